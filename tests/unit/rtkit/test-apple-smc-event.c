/*
 * What happens to a machine with an SMC: keys and notifications
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <math.h>
#include "smc-fixture.h"
#include "qapi/error.h"
#include "qemu/bswap.h"

/* The AP that listens; the same, that does not. */
static SmcFixture *new_listening(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    uint8_t on = 1;

    g_assert_cmphex(smc_write(s, "NTAP", &on, 1).result, ==, SMC_SUCCESS);
    return s;
}

static void happen(SmcFixture *s, SmcEvent event)
{
    apple_smc_keys_event(s->keys, &event, &error_abort);
}

static void expect_refused(SmcFixture *s, SmcEvent event)
{
    Error *err = NULL;

    apple_smc_keys_event(s->keys, &event, &err);
    error_free_or_abort(&err);
    fixture_expect_silence(s->rtkit);
}

static SmcEvent button(bool pressed)
{
    return (SmcEvent) { .type = SMC_EVENT_TYPE_POWER_BUTTON,
                        .u.power_button.pressed = pressed };
}

static SmcEvent lid(bool closed)
{
    return (SmcEvent) { .type = SMC_EVENT_TYPE_LID,
                        .u.lid.closed = closed };
}

static SmcEvent adapter(bool connected)
{
    return (SmcEvent) { .type = SMC_EVENT_TYPE_ADAPTER,
                        .u.adapter.connected = connected };
}

static SmcEvent battery(uint8_t level)
{
    return (SmcEvent) { .type = SMC_EVENT_TYPE_BATTERY,
                        .u.battery.level = level };
}

static SmcEvent pressure(uint8_t level)
{
    return (SmcEvent) { .type = SMC_EVENT_TYPE_THERMAL_PRESSURE,
                        .u.thermal_pressure.level = level };
}

static SmcEvent raw(uint32_t event)
{
    return (SmcEvent) { .type = SMC_EVENT_TYPE_RAW, .u.raw.event = event };
}

/* Words that real machines were seen to send. */
static void test_lid_and_button(void)
{
    SmcFixture *s = new_listening();

    happen(s, lid(true));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7203010000000018);
    g_assert_cmpuint(smc_value(s, "MSLD", 1), ==, 1);
    happen(s, lid(true));
    fixture_expect_silence(s->rtkit);
    happen(s, lid(false));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7203000100000018);
    g_assert_cmpuint(smc_value(s, "MSLD", 1), ==, 0);
    happen(s, button(true));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7201060100000018);
    g_assert_cmpuint(smc_value(s, "bHLD", 4), ==, 1);
    happen(s, button(false));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7201060000000018);
    g_assert_cmpuint(smc_value(s, "bHLD", 4), ==, 0);
    /* It was pressed, which is told once; looking from outside is free. */
    for (int told = 1; told >= 0; told--) {
        g_assert_cmpint(object_property_get_int(smc_key_object(s, "MBSe"),
                                                "value", &error_abort),
                        ==, told);
        g_assert_cmpuint(smc_read(s, "MBSe", 4).result, ==,
                         SMC_KEY_SIZE_MISMATCH);
        g_assert_cmpuint(smc_value(s, "MBSe", 1), ==, told);
    }
    happen(s, button(false));
    g_assert_cmpuint(smc_value(s, "MBSe", 1), ==, 0);
    smc_fixture_free(s);
}

static int16_t current(SmcFixture *s)
{
    return smc_value(s, "B0AC", 2);
}

static int32_t power(SmcFixture *s)
{
    return smc_value(s, "B0AP", 4);
}

/* A battery that holds more than it once held when full is full. */
static void test_more_than_full(void)
{
    SmcFixture *s = new_listening();
    unsigned full = smc_value(s, "B0FC", 2);

    object_property_set_int(smc_key_object(s, "B0RM"), "value", full + 100,
                            &error_abort);
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7101010000000018);
    happen(s, adapter(true));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7113000000000018);
    g_assert_cmpuint(smc_value(s, "B0TF", 2), ==, 0);
    smc_fixture_free(s);
}

static void test_adapter(void)
{
    SmcFixture *s = new_listening();
    int before = current(s);
    int before_power = power(s);
    unsigned before_full = smc_value(s, "B0TF", 2);

    g_assert_cmpint(before, >, 0);
    happen(s, adapter(false));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7113000000000018);
    g_assert_cmpuint(smc_value(s, "CHIS", 4), ==, 0);
    g_assert_cmpuint(smc_value(s, "CHCE", 1), ==, 0);
    g_assert_cmpuint(smc_value(s, "ACPW", 4), ==, 0);
    g_assert_cmphex(smc_value(s, "CH0R", 4), ==, 0x10);
    smc_read(s, "CHNC", 8);
    g_assert_cmphex(ldq_le_p(s->buffer), ==, 0x80);
    g_assert_cmpint(current(s), ==, -before);
    g_assert_cmpint(power(s), ==, -before_power);
    g_assert_cmpuint(smc_value(s, "B0TF", 2), ==, 0xffff);
    g_assert_cmpuint(smc_value(s, "B0TE", 2), ==,
                     DIV_ROUND_UP(smc_value(s, "B0RM", 2) * 60, before));
    /* Again: it stays so, and the guest hears of it. */
    happen(s, adapter(false));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7113000000000018);
    g_assert_cmpint(current(s), ==, -before);
    happen(s, adapter(true));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7113000000000018);
    g_assert_cmpuint(smc_value(s, "CHIS", 4), ==, 1);
    g_assert_cmpuint(smc_value(s, "ACPW", 4), ==, 94000);
    g_assert_cmpint(current(s), ==, before);
    g_assert_cmpint(power(s), ==, before_power);
    g_assert_cmpuint(smc_value(s, "B0TF", 2), ==, before_full);
    g_assert_cmpuint(smc_value(s, "B0TE", 2), ==, 0xffff);
    smc_fixture_free(s);
}

static void test_battery(void)
{
    SmcFixture *s = new_listening();

    happen(s, battery(50));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7101010000000018);
    g_assert_cmpuint(smc_value(s, "BUIC", 1), ==, 50);
    g_assert_cmpuint(smc_value(s, "B0RM", 2), ==, 2900);
    g_assert_cmpuint(smc_value(s, "B0TF", 2), ==, 2900 * 60 / 1200);
    g_assert_cmpuint(smc_value(s, "BSFC", 1), ==, 0);
    happen(s, battery(100));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7101010000000018);
    g_assert_cmpuint(smc_value(s, "BSFC", 1), ==, 1);
    g_assert_cmpuint(smc_value(s, "B0TF", 2), ==, 0);
    /* It takes no more, and the charger says why. */
    g_assert_cmpint(current(s), ==, 0);
    g_assert_cmpint(power(s), ==, 0);
    g_assert_cmpuint(smc_value(s, "CHSC", 1), ==, 0);
    smc_read(s, "CHNC", 8);
    g_assert_cmphex(ldq_le_p(s->buffer), ==, 1);
    expect_refused(s, battery(101));
    g_assert_cmpuint(smc_value(s, "BUIC", 1), ==, 100);
    happen(s, battery(0));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7102000000000018);
    g_assert_cmpuint(smc_value(s, "BCF0", 1), ==, 1);
    g_assert_cmpuint(smc_value(s, "BSFC", 1), ==, 0);
    happen(s, battery(1));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7101010000000018);
    g_assert_cmpuint(smc_value(s, "BCF0", 1), ==, 0);
    g_assert_cmpint(current(s), ==, 1200);
    /* A full one whose adapter is pulled is discharged. */
    happen(s, battery(100));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7101010000000018);
    happen(s, adapter(false));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7113000000000018);
    g_assert_cmpint(current(s), ==, -1200);
    smc_fixture_free(s);
}

/* Without a key it is a notification and nothing else. */
static void test_notifications_only(void)
{
    SmcFixture *s = new_listening();
    uint8_t off = 0;

    happen(s, pressure(3));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x8000000300000018);
    happen(s, raw(0x70220000));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7022000000000018);
    happen(s, raw(0xffffffff));
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0xffffffff00000018);
    g_assert_cmphex(smc_write(s, "NTAP", &off, 1).result, ==, SMC_SUCCESS);
    expect_refused(s, pressure(3));
    expect_refused(s, raw(1));
    smc_fixture_free(s);
}

/* Nobody listens: keys change all the same, and nothing is sent later. */
static void test_nobody_listens(void)
{
    SmcFixture *s = smc_fixture_new();
    uint8_t on = 1;

    happen(s, lid(true));
    happen(s, adapter(false));
    happen(s, battery(20));
    expect_refused(s, raw(1));
    smc_fixture_boot(s);
    happen(s, battery(21));
    fixture_expect_silence(s->rtkit);
    fixture_send(s->rtkit, SMC_ENDPOINT, 0x17);
    fixture_expect(s->rtkit, SMC_ENDPOINT, SMC_BUFFER_ADDRESS);
    g_assert_cmphex(smc_write(s, "NTAP", &on, 1).result, ==, SMC_SUCCESS);
    fixture_expect_silence(s->rtkit);
    g_assert_cmpuint(smc_value(s, "MSLD", 1), ==, 1);
    g_assert_cmpuint(smc_value(s, "CHIS", 4), ==, 0);
    g_assert_cmpuint(smc_value(s, "BUIC", 1), ==, 21);
    /* The endpoint is stopped, with NTAP left on. */
    fixture_send(s->rtkit, 0, MSG_STOPEP(SMC_ENDPOINT));
    g_array_set_size(s->rtkit->out, 0);
    happen(s, lid(false));
    expect_refused(s, pressure(1));
    smc_fixture_free(s);
}

/* The AP says that it sleeps, its endpoints still started. */
static void test_ap_asleep(void)
{
    SmcFixture *s = new_listening();

    fixture_send(s->rtkit, 0, 0x00b0000000000010);
    fixture_expect(s->rtkit, 0, 0x00b0000000000010);
    happen(s, lid(true));
    expect_refused(s, pressure(1));
    smc_fixture_free(s);
}

/* More than fits: the queue is bounded, and answers still find room. */
static void test_flood(void)
{
    SmcFixture *s = new_listening();

    s->rtkit->room = 4;
    for (int i = 0; i < 4 + RTKIT_QUEUE_LEN / 2; i++) {
        happen(s, raw(i));
    }
    for (int i = 0; i < 1000; i++) {
        SmcEvent event = raw(i);
        Error *err = NULL;

        apple_smc_keys_event(s->keys, &event, &err);
        error_free_or_abort(&err);
    }
    g_assert_cmpuint(s->rtkit->out->len, ==, 4);
    fixture_send(s->rtkit, SMC_ENDPOINT,
                 0x10 | 1 << 16 | (uint64_t)SMC_KEY("BUIC") << 32);
    s->rtkit->room = UINT_MAX;
    rtkit_flush(&s->rtkit->rtkit);
    g_assert_cmpuint(s->rtkit->out->len, ==, 4 + RTKIT_QUEUE_LEN / 2 + 1);
    g_assert_cmphex(g_array_index(s->rtkit->out, RTKitMessage,
                                  s->rtkit->out->len - 1).msg,
                    ==, 87ULL << 32 | 1 << 16);
    smc_fixture_free(s);
}

/*
 * A machine that has no battery and no lid cannot have them change, nor one
 * whose key is bytes of which nobody knows what they mean.
 */
static void test_missing_keys(void)
{
    static const AppleSmcKeyDef few_keys[] = {
        { .name = "CHIS", .type = "ui32" },
        { .name = "MSLD", .type = "hex_", .size = 1 },
    };
    Object *parent = object_new(TYPE_CONTAINER);
    SmcEvent refused[] = { lid(true), button(true), battery(1) };
    SmcEvent plugged = adapter(true);
    AppleSmcKeys *keys = apple_smc_keys_new(parent, few_keys, 2, NULL, NULL);
    Error *err = NULL;

    for (int i = 0; i < ARRAY_SIZE(refused); i++) {
        apple_smc_keys_event(keys, &refused[i], &err);
        error_free_or_abort(&err);
    }
    apple_smc_keys_event(keys, &plugged, &error_abort);
    g_assert_cmpuint(apple_smc_keys_at(keys, 0)->value[0], ==, 1);
    object_unref(parent);
}

/* Whatever a guest wrote where a battery's current is to be. */
static void check_absurd(double current, int32_t power)
{
    AppleSmcKeyDef rows[] = {
        { .name = "CHIS", .type = "ui32" },
        { .name = "B0AC", .type = "flt ", .number = current },
        { .name = "B0AP", .type = "si64" },
        { .name = "B0AV", .type = "ui64", .number = 0x1p62 },
        { .name = "B0TE", .type = "ioft" },
    };
    Object *parent = object_new(TYPE_CONTAINER);
    AppleSmcKeys *keys = apple_smc_keys_new(parent, rows, ARRAY_SIZE(rows),
                                            NULL, NULL);
    SmcEvent pulled = adapter(false);
    AppleSmcKey *shown = apple_smc_keys_find(keys, SMC_KEY("B0AP"));

    apple_smc_keys_event(keys, &pulled, &error_abort);
    g_assert_cmphex(ldq_le_p(shown->value) >> 32, ==, (uint32_t)power);
    object_unref(parent);
}

static void test_absurd_values(void)
{
    check_absurd(NAN, 0);
    check_absurd(INFINITY, INT32_MIN);
    check_absurd(3e38, INT32_MIN);
    check_absurd(0, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/apple-smc-event/lid-and-button", test_lid_and_button);
    g_test_add_func("/apple-smc-event/adapter", test_adapter);
    g_test_add_func("/apple-smc-event/more-than-full", test_more_than_full);
    g_test_add_func("/apple-smc-event/battery", test_battery);
    g_test_add_func("/apple-smc-event/notifications-only",
                    test_notifications_only);
    g_test_add_func("/apple-smc-event/nobody-listens", test_nobody_listens);
    g_test_add_func("/apple-smc-event/ap-asleep", test_ap_asleep);
    g_test_add_func("/apple-smc-event/flood", test_flood);
    g_test_add_func("/apple-smc-event/absurd-values", test_absurd_values);
    g_test_add_func("/apple-smc-event/missing-keys", test_missing_keys);
    return g_test_run();
}
