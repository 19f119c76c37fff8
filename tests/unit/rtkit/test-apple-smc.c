/*
 * The SMC's endpoint: every command, every result
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-fixture.h"
#include "qapi/error.h"
#include "qemu/bswap.h"

static void expect_answer(SmcAnswer a, uint8_t result, uint8_t size,
                          uint32_t data)
{
    g_assert_cmphex(a.result, ==, result);
    g_assert_cmphex(a.size, ==, size);
    g_assert_cmphex(a.data, ==, data);
}

static void expect_failure(SmcAnswer a, uint8_t result)
{
    expect_answer(a, result, 0, 0);
}

static void test_initialize(void)
{
    SmcFixture *s = smc_fixture_new();

    smc_fixture_boot(s);
    expect_failure(smc_read(s, "BUIC", 1), SMC_ERROR);
    fixture_expect_error(s->rtkit, true);
    /* Twice is fine. */
    for (int i = 0; i < 2; i++) {
        fixture_send(s->rtkit, SMC_ENDPOINT, 0x17);
        fixture_expect(s->rtkit, SMC_ENDPOINT, SMC_BUFFER_ADDRESS);
    }
    g_assert_cmpuint(smc_value(s, "BUIC", 1), ==, 87);
    fixture_expect_error(s->rtkit, false);
    smc_fixture_free(s);
}

static void test_read(void)
{
    SmcFixture *s = smc_fixture_new_booted();

    expect_answer(smc_read(s, "B0AV", 2), 0, 2, 12600);
    expect_answer(smc_read(s, "BUIC", 1), 0, 1, 87);
    expect_answer(smc_read(s, "ACPW", 4), 0, 4, 94000);
    expect_answer(smc_read(s, "TW0P", 4), 0, 4, 0x420e0000);
    /* Big-endian, always. */
    expect_answer(smc_read(s, "#KEY", 4), 0, 4,
                  bswap32(apple_smc_default_key_count));
    /* More than four bytes: in the key buffer. */
    memset(s->buffer, 0xff, sizeof(s->buffer));
    expect_answer(smc_read(s, "BAAC", 8), 0, 8, 0);
    g_assert_cmpuint(ldq_le_p(s->buffer), ==, 1012000);
    g_assert_cmphex(s->buffer[8], ==, 0xff);
    expect_answer(smc_read(s, "PHPC", 8), 0, 8, 0);
    g_assert_cmphex(ldq_le_p(s->buffer), ==, 0x64000);
    expect_answer(smc_read(s, "CLKM", 6), 0, 6, 0);
    g_assert_cmphex(ldl_le_p(s->buffer), ==, 0x56789abc);
    g_assert_cmphex(lduw_le_p(s->buffer + 4), ==, 0x1234);
    smc_fixture_free(s);
}

static void test_read_text(void)
{
    SmcFixture *s = smc_fixture_new_booted();

    memset(s->buffer, 0xff, sizeof(s->buffer));
    expect_answer(smc_read(s, "BMDN", 255), 0, 16, 0);
    g_assert_cmpstr((char *)s->buffer, ==, "bq40z651");
    for (int i = 8; i < 255; i++) {
        g_assert_cmphex(s->buffer[i], ==, 0);
    }
    g_assert_cmphex(s->buffer[255], ==, 0xff);
    expect_answer(smc_read(s, "BMDN", 16), 0, 16, 0);
    expect_failure(smc_read(s, "BMDN", 15), SMC_KEY_SIZE_MISMATCH);
    smc_fixture_free(s);
}

static void test_read_failures(void)
{
    SmcFixture *s = smc_fixture_new_booted();

    expect_failure(smc_read(s, "XXXX", 4), SMC_KEY_NOT_FOUND);
    expect_failure(smc_read(s, "MBSE", 4), SMC_KEY_NOT_READABLE);
    for (int size = 0; size < 256; size++) {
        if (size != 2) {
            expect_failure(smc_read(s, "B0AV", size), SMC_KEY_SIZE_MISMATCH);
        }
    }
    fixture_expect_error(s->rtkit, false);
    smc_fixture_free(s);
}

static void test_write(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    uint8_t data[255] = { 1 };

    expect_answer(smc_write(s, "CHTE", data, 4), 0, 0, 0);
    g_assert_cmpuint(smc_value(s, "CHTE", 4), ==, 1);
    expect_failure(smc_write(s, "XXXX", data, 1), SMC_KEY_NOT_FOUND);
    expect_failure(smc_write(s, "BUIC", data, 1), SMC_KEY_NOT_WRITABLE);
    for (int size = 0; size < 256; size++) {
        if (size != 4) {
            expect_failure(smc_write(s, "CHTE", data, size),
                           SMC_KEY_SIZE_MISMATCH);
        }
    }
    g_assert_cmpuint(smc_value(s, "CHTE", 4), ==, 1);
    g_assert_cmpuint(smc_value(s, "BUIC", 1), ==, 87);
    smc_fixture_free(s);
}

static void test_key_by_index(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    unsigned count = apple_smc_default_key_count;
    uint32_t last = 0;

    expect_answer(smc_command(s, 0x12, 0, 0, 0), 0, 0, 0x59454b23);
    for (unsigned i = 0; i < count; i++) {
        SmcAnswer a = smc_command(s, 0x12, i, 0, 0);

        expect_answer(a, 0, 0, a.data);
        g_assert_cmphex(bswap32(a.data), >, last);
        last = bswap32(a.data);
    }
    g_assert_cmphex(last, ==, SMC_KEY("zSPp"));
    expect_failure(smc_command(s, 0x12, count, 0, 0), SMC_KEY_INDEX_RANGE);
    expect_failure(smc_command(s, 0x12, UINT32_MAX, 0, 0),
                   SMC_KEY_INDEX_RANGE);
    smc_fixture_free(s);
}

static void expect_info(SmcFixture *s, const char *key, uint8_t size,
                        const char *type, uint8_t flags)
{
    expect_answer(smc_command(s, 0x13, SMC_KEY(key), 0, 0), 0, 0, 0);
    g_assert_cmpuint(s->buffer[0], ==, size);
    g_assert_cmpmem(s->buffer + 1, 4, type, 4);
    g_assert_cmphex(s->buffer[5], ==, flags);
}

static void test_key_info(void)
{
    SmcFixture *s = smc_fixture_new_booted();

    expect_info(s, "BCF0", 1, "ui8 ", 0x80);
    expect_info(s, "TW0P", 4, "flt ", 0x80);
    expect_info(s, "PHPC", 8, "ioft", 0x80);
    expect_info(s, "BMDN", 16, "ch8*", 0x80);
    expect_info(s, "MBSE", 4, "hex_", 0x40);
    expect_info(s, "gP0d", 4, "ui32", 0xf0);
    expect_failure(smc_command(s, 0x13, SMC_KEY("XXXX"), 0, 0),
                   SMC_KEY_NOT_FOUND);
    smc_fixture_free(s);
}

static void test_rw(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    uint32_t line = SMC_KEY("gP0d");

    /* Only function keys, 32 bits in and out. */
    expect_failure(smc_call(s, "BUIC", 0x03000000),
                   SMC_BAD_FUNCTION_PARAMETER);
    expect_failure(smc_call(s, "gP0e", 0x03000000), SMC_KEY_NOT_FOUND);
    expect_failure(smc_command(s, 0x20, line, 8, 4), SMC_KEY_SIZE_MISMATCH);
    expect_failure(smc_command(s, 0x20, line, 4, 255), SMC_KEY_SIZE_MISMATCH);
    expect_failure(smc_command(s, 0x20, line, 4, 0), SMC_KEY_SIZE_MISMATCH);
    expect_answer(smc_call(s, "gP0d", 0x03000000), 0, 4, 3);
    smc_fixture_free(s);
}

static void test_gpio(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    uint8_t high[4], low[4];

    stl_le_p(high, 0x01000001);
    stl_le_p(low, 0x01000000);
    /* An output: driven by the guest, seen outside. */
    expect_answer(smc_call(s, "gP08", 0x03000000), 0, 4, 1);
    expect_answer(smc_call(s, "gP08", 0x01000000), 0, 4, 0);
    expect_answer(smc_write(s, "gP08", high, 4), 0, 0, 0);
    expect_answer(smc_call(s, "gP08", 0x01000000), 0, 4, 1);
    g_assert_true(object_property_get_bool(smc_key_object(s, "gP08"), "value",
                                           &error_abort));
    expect_answer(smc_write(s, "gP08", low, 4), 0, 0, 0);
    expect_answer(smc_call(s, "gP08", 0x01000000), 0, 4, 0);
    expect_failure(smc_call(s, "gP08", 0x02000000),
                   SMC_BAD_FUNCTION_PARAMETER);
    expect_failure(smc_call(s, "gP08", 0x06000000),
                   SMC_BAD_FUNCTION_PARAMETER);
    /* An input: the other way round. */
    expect_answer(smc_call(s, "gP00", 0x03000000), 0, 4, 0);
    expect_answer(smc_call(s, "gP00", 0x02000000), 0, 4, 0);
    object_property_set_bool(smc_key_object(s, "gP00"), "value", true,
                             &error_abort);
    expect_answer(smc_call(s, "gP00", 0x02000000), 0, 4, 1);
    expect_answer(smc_call(s, "gP00", 0x06000000), 0, 4, 0);
    expect_failure(smc_write(s, "gP00", high, 4), SMC_BAD_FUNCTION_PARAMETER);
    expect_failure(smc_call(s, "gP00", 0x01000000),
                   SMC_BAD_FUNCTION_PARAMETER);
    expect_failure(smc_call(s, "gP00", 0xff000000),
                   SMC_BAD_FUNCTION_PARAMETER);
    smc_fixture_free(s);
}

static void test_bad_command(void)
{
    static const uint8_t known[] = { 0x10, 0x11, 0x12, 0x13, 0x17, 0x20 };
    SmcFixture *s = smc_fixture_new_booted();

    for (int command = 0; command < 256; command++) {
        if (!memchr(known, command, sizeof(known))) {
            expect_failure(smc_command(s, command, SMC_KEY("BUIC"), 1, 0),
                           SMC_BAD_COMMAND);
            fixture_expect_error(s->rtkit, true);
        }
    }
    smc_fixture_free(s);
}

static void write_mbse(SmcFixture *s, const char *word, uint8_t result,
                       AppleSmcPower power)
{
    uint8_t buf[4];

    s->power = SMC_POWER_NONE;
    stl_le_p(buf, SMC_KEY(word));
    expect_answer(smc_write(s, "MBSE", buf, 4), result, 0, 0);
    g_assert_cmpint(s->power, ==, power);
    if (power != SMC_POWER_NONE) {
        g_assert_cmpuint(s->answers_before_power, ==, 1);
    }
}

static void test_power(void)
{
    static const char *const warnings[] = {
        "slpw", "susp", "panb", "pane", "rest", "offw",
    };
    SmcFixture *s = smc_fixture_new_booted();
    g_autofree char *raw = NULL;

    for (int i = 0; i < ARRAY_SIZE(warnings); i++) {
        write_mbse(s, warnings[i], SMC_SUCCESS, SMC_POWER_NONE);
    }
    raw = object_property_get_str(smc_key_object(s, "MBSE"), "raw",
                                  &error_abort);
    g_assert_cmpstr(raw, ==, "7766666f");
    write_mbse(s, "phra", SMC_SUCCESS, SMC_POWER_RESET);
    write_mbse(s, "off1", SMC_SUCCESS, SMC_POWER_OFF);
    write_mbse(s, "oops", SMC_BAD_ARGUMENT, SMC_POWER_NONE);
    smc_fixture_free(s);
}

static void test_after_quiesce(void)
{
    SmcFixture *s = smc_fixture_new_booted();

    for (int i = 0; i < 20; i++) {
        fixture_send(s->rtkit, 0, 0x00b0000000000010);
        fixture_expect(s->rtkit, 0, 0x00b0000000000010);
        fixture_send(s->rtkit, 0, 0x0060000000000010);
        fixture_expect(s->rtkit, 0, 0x0070000000000010);
        fixture_send(s->rtkit, SMC_ENDPOINT, 0x17);
        fixture_expect_silence(s->rtkit);
        fixture_expect_error(s->rtkit, true);
        smc_fixture_boot(s);
        expect_failure(smc_read(s, "BUIC", 1), SMC_ERROR);
        fixture_expect_error(s->rtkit, true);
        fixture_send(s->rtkit, SMC_ENDPOINT, 0x17);
        fixture_expect(s->rtkit, SMC_ENDPOINT, SMC_BUFFER_ADDRESS);
        g_assert_cmpuint(smc_value(s, "BUIC", 1), ==, 87);
    }
    smc_fixture_free(s);
}

/* Any command with any sizes: always one answer, never more, never none. */
static void test_hostile(void)
{
    static const uint8_t commands[] = { 0x10, 0x11, 0x12, 0x13, 0x20, 0x18 };
    SmcFixture *s = smc_fixture_new_booted();
    GRand *rand = g_rand_new_with_seed(2);

    for (int i = 0; i < 200000; i++) {
        uint8_t command = commands[g_rand_int_range(rand, 0, 6)];
        unsigned index = g_rand_int_range(rand, 0,
                                          apple_smc_default_key_count + 1);
        AppleSmcKey *key = apple_smc_keys_at(s->keys, index);

        stl_le_p(s->buffer, g_rand_int(rand));
        smc_command(s, command, key ? key->name : g_rand_int(rand),
                    g_rand_int(rand), g_rand_int(rand));
        if (key) {
            smc_command(s, command, key->name, key->size, 4);
        }
    }
    fixture_expect_error(s->rtkit, true);
    g_rand_free(rand);
    smc_fixture_free(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/apple-smc/initialize", test_initialize);
    g_test_add_func("/apple-smc/read", test_read);
    g_test_add_func("/apple-smc/read-text", test_read_text);
    g_test_add_func("/apple-smc/read-failures", test_read_failures);
    g_test_add_func("/apple-smc/write", test_write);
    g_test_add_func("/apple-smc/key-by-index", test_key_by_index);
    g_test_add_func("/apple-smc/key-info", test_key_info);
    g_test_add_func("/apple-smc/rw", test_rw);
    g_test_add_func("/apple-smc/gpio", test_gpio);
    g_test_add_func("/apple-smc/bad-command", test_bad_command);
    g_test_add_func("/apple-smc/power", test_power);
    g_test_add_func("/apple-smc/after-quiesce", test_after_quiesce);
    g_test_add_func("/apple-smc/hostile", test_hostile);
    return g_test_run();
}
