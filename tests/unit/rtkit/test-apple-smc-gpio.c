/*
 * The SMC's GPIO lines: interrupts of inputs, and open drains
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-fixture.h"
#include "qapi/error.h"
#include "qemu/bswap.h"

#define INPUT "gP1a"
#define OPEN_DRAIN "gP0b"
#define NOTIFICATION 0x72021a0000000018ULL

#define DRIVE(level)    (0x01000000 | (level))
#define IRQ_ENABLE(on)  (0x04000000 | (on))
#define IRQ_ACK         0x05000001
#define IRQ_MODE(mode)  (0x06000000 | (mode))

enum { MODE_HIGH, MODE_LOW, MODE_RISING, MODE_FALLING, MODE_BOTH };

/* What an order is answered by, which may be preceded by a notification. */
static void order(SmcFixture *s, const char *key, uint32_t word,
                  AppleSmcResult result, bool notified)
{
    stl_le_p(s->buffer, word);
    fixture_send(s->rtkit, SMC_ENDPOINT,
                 (uint64_t)SMC_KEY(key) << 32 | 4 << 16 | 0x11);
    if (notified) {
        fixture_expect(s->rtkit, SMC_ENDPOINT, NOTIFICATION);
    }
    fixture_expect(s->rtkit, SMC_ENDPOINT, result);
    fixture_expect_silence(s->rtkit);
}

static void level(SmcFixture *s, bool high, bool notified)
{
    object_property_set_bool(smc_key_object(s, INPUT), "value", high,
                             &error_abort);
    if (notified) {
        fixture_expect(s->rtkit, SMC_ENDPOINT, NOTIFICATION);
    }
    fixture_expect_silence(s->rtkit);
}

/* An input that is low, with interrupts of this kind; the guest listens. */
static SmcFixture *new_with_mode(uint32_t mode)
{
    static const uint8_t on = 1;
    SmcFixture *s = smc_fixture_new_booted();

    smc_write(s, "NTAP", &on, 1);
    level(s, false, false);
    order(s, INPUT, IRQ_MODE(mode), SMC_SUCCESS, false);
    g_assert_cmphex(smc_call(s, INPUT, IRQ_MODE(0)).data, ==, mode);
    level(s, true, false);
    level(s, false, false);
    order(s, INPUT, IRQ_ENABLE(1), SMC_SUCCESS, mode == MODE_LOW);
    return s;
}

static void acknowledge(SmcFixture *s, bool again)
{
    order(s, INPUT, IRQ_ACK, SMC_SUCCESS, again);
}

static void test_edges(void)
{
    for (int mode = MODE_RISING; mode <= MODE_BOTH; mode++) {
        SmcFixture *s = new_with_mode(mode);
        bool rising = mode != MODE_FALLING;
        bool falling = mode != MODE_RISING;

        level(s, true, rising);
        if (rising) {
            acknowledge(s, false);
        }
        level(s, false, falling);
        if (falling) {
            acknowledge(s, false);
        }
        level(s, false, false);
        smc_fixture_free(s);
    }
}

/* Edges between notification and acknowledgement: one more, not more. */
static void test_edge_again(void)
{
    SmcFixture *s = new_with_mode(MODE_RISING);

    level(s, true, true);
    for (int i = 0; i < 3; i++) {
        level(s, false, false);
        level(s, true, false);
    }
    level(s, false, false);
    acknowledge(s, true);
    acknowledge(s, false);
    smc_fixture_free(s);
}

/* As long as the level is there. */
static void test_levels(void)
{
    for (int mode = MODE_HIGH; mode <= MODE_LOW; mode++) {
        SmcFixture *s = new_with_mode(mode);
        bool active = mode == MODE_HIGH;

        if (active) {
            level(s, active, true);
        }
        acknowledge(s, true);
        level(s, !active, false);
        acknowledge(s, false);
        level(s, active, true);
        level(s, !active, false);
        level(s, active, false);
        level(s, !active, false);
        acknowledge(s, false);
        smc_fixture_free(s);
    }
}

static void test_disabled(void)
{
    SmcFixture *s = new_with_mode(MODE_BOTH);

    order(s, INPUT, IRQ_ENABLE(0), SMC_SUCCESS, false);
    level(s, true, false);
    /* Only one bit says so. */
    order(s, INPUT, IRQ_ENABLE(2), SMC_SUCCESS, false);
    level(s, false, false);
    level(s, true, false);
    acknowledge(s, false);
    order(s, INPUT, IRQ_ENABLE(1), SMC_SUCCESS, false);
    level(s, false, true);
    /* A new driver enables what an old one never acknowledged. */
    order(s, INPUT, IRQ_ENABLE(1), SMC_SUCCESS, false);
    level(s, true, true);
    smc_fixture_free(s);
}

/* A notification that cannot leave is not waited for. */
static void test_unheard(void)
{
    static const uint8_t off, on = 1;
    SmcFixture *s = new_with_mode(MODE_BOTH);

    smc_write(s, "NTAP", &off, 1);
    level(s, true, false);
    smc_write(s, "NTAP", &on, 1);
    level(s, false, true);
    acknowledge(s, false);
    /* Nor is one for which there is no room. */
    s->rtkit->room = 0;
    for (int i = 0; i < RTKIT_QUEUE_LEN / 2; i++) {
        object_property_set_int(smc_key_object(s, "BUIC"), "value", i + 1,
                                &error_abort);
    }
    level(s, true, false);
    fixture_expect_error(s->rtkit, true);
    s->rtkit->room = UINT_MAX;
    rtkit_flush(&s->rtkit->rtkit);
    g_array_set_size(s->rtkit->out, 0);
    level(s, false, true);
    smc_fixture_free(s);
}

static void test_wrong(void)
{
    SmcFixture *s = new_with_mode(MODE_BOTH);

    order(s, INPUT, IRQ_MODE(5), SMC_BAD_ARGUMENT, false);
    order(s, INPUT, IRQ_MODE(0xffffff), SMC_BAD_ARGUMENT, false);
    g_assert_cmphex(smc_call(s, INPUT, IRQ_MODE(0)).data, ==, MODE_BOTH);
    order(s, INPUT, DRIVE(1), SMC_BAD_FUNCTION_PARAMETER, false);
    order(s, INPUT, 0x00000000, SMC_BAD_FUNCTION_PARAMETER, false);
    order(s, INPUT, 0xff000001, SMC_BAD_FUNCTION_PARAMETER, false);
    order(s, "gP0d", IRQ_ENABLE(1), SMC_BAD_FUNCTION_PARAMETER, false);
    order(s, "gP0d", IRQ_MODE(1), SMC_BAD_FUNCTION_PARAMETER, false);
    order(s, OPEN_DRAIN, IRQ_ACK, SMC_BAD_FUNCTION_PARAMETER, false);
    smc_fixture_free(s);
}

/* No pin mode and no interrupts, but driven by the guest. */
static void test_open_drain(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    Object *line = smc_key_object(s, OPEN_DRAIN);
    Error *err = NULL;

    g_assert_cmphex(smc_call(s, OPEN_DRAIN, 0x03000000).result, ==,
                    SMC_BAD_FUNCTION_PARAMETER);
    g_assert_cmphex(smc_call(s, OPEN_DRAIN, IRQ_MODE(0)).result, ==,
                    SMC_BAD_FUNCTION_PARAMETER);
    g_assert_cmphex(smc_call(s, OPEN_DRAIN, 0x01000000).data, ==, 1);
    order(s, OPEN_DRAIN, 0x00800000, SMC_SUCCESS, false);
    g_assert_false(object_property_get_bool(line, "value", &error_abort));
    order(s, OPEN_DRAIN, 0x00800001, SMC_SUCCESS, false);
    g_assert_true(object_property_get_bool(line, "value", &error_abort));
    order(s, OPEN_DRAIN, DRIVE(0), SMC_SUCCESS, false);
    g_assert_false(object_property_get_bool(line, "value", &error_abort));
    order(s, OPEN_DRAIN, DRIVE(1), SMC_SUCCESS, false);
    g_assert_true(object_property_get_bool(line, "value", &error_abort));
    g_assert_false(object_property_set_bool(line, "value", false, &err));
    error_free_or_abort(&err);
    smc_fixture_free(s);
}

/* Only the level outlives a reset; "raw" shows no more than a line has. */
static void test_reset(void)
{
    SmcFixture *s = new_with_mode(MODE_BOTH);
    g_autofree char *raw = NULL;

    level(s, true, true);
    raw = object_property_get_str(smc_key_object(s, INPUT), "raw",
                                  &error_abort);
    g_assert_cmpstr(raw, ==, "02000000");
    g_assert_cmphex(smc_value(s, INPUT, 4), ==, 2);
    apple_smc_keys_reset(s->keys);
    g_assert_cmphex(smc_call(s, INPUT, 0x02000000).data, ==, 1);
    g_assert_cmphex(smc_call(s, INPUT, IRQ_MODE(0)).data, ==, 0);
    level(s, false, false);
    smc_fixture_free(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/apple-smc-gpio/edges", test_edges);
    g_test_add_func("/apple-smc-gpio/edge-again", test_edge_again);
    g_test_add_func("/apple-smc-gpio/levels", test_levels);
    g_test_add_func("/apple-smc-gpio/disabled", test_disabled);
    g_test_add_func("/apple-smc-gpio/unheard", test_unheard);
    g_test_add_func("/apple-smc-gpio/wrong", test_wrong);
    g_test_add_func("/apple-smc-gpio/open-drain", test_open_drain);
    g_test_add_func("/apple-smc-gpio/reset", test_reset);
    return g_test_run();
}
