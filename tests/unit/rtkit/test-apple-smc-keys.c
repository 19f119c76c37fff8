/*
 * The SMC's keys: the table, its QOM properties, notifications, migration
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-fixture.h"
#include "qapi/error.h"
#include "qapi/qobject-output-visitor.h"
#include "qemu/bswap.h"

/* What Linux' macsmc-gpio needs of the order of the table. */
static void test_table(void)
{
    SmcFixture *s = smc_fixture_new();
    unsigned count = s->keys->count;
    bool guard = false;

    g_assert_cmpuint(count, ==, apple_smc_default_key_count);
    for (unsigned i = 1; i < count; i++) {
        g_assert_cmphex(s->keys->key[i]->name, >, s->keys->key[i - 1]->name);
    }
    for (unsigned i = 0; i < count; i++) {
        AppleSmcKey *key = apple_smc_keys_at(s->keys, i);

        g_assert_true(apple_smc_keys_find(s->keys, key->name) == key);
        g_assert_cmpuint(key->size, >, 0);
        guard |= key->name > SMC_KEY("gPff");
    }
    g_assert_true(guard);
    g_assert_cmphex(s->keys->key[0]->name, <, SMC_KEY("gP00"));
    g_assert_nonnull(apple_smc_keys_find(s->keys, SMC_KEY("gP00")));
    g_assert_null(apple_smc_keys_find(s->keys, SMC_KEY("gP40")));
    g_assert_null(apple_smc_keys_find(s->keys, 0));
    g_assert_null(apple_smc_keys_find(s->keys, UINT32_MAX));
    g_assert_null(apple_smc_keys_at(s->keys, count));
    smc_fixture_free(s);
}

/* Sensors have keys, of a type that Linux' macsmc-hwmon takes. */
static void check_sensor_key(SmcFixture *s, const char *name)
{
    AppleSmcKey *key;

    if (name) {
        key = apple_smc_keys_find(s->keys, SMC_KEY(name));
        g_assert_nonnull(key);
        g_assert_true(!strcmp(key->def->type, "flt ") ||
                      !strcmp(key->def->type, "ioft"));
    }
}

static void test_sensors(void)
{
    SmcFixture *s = smc_fixture_new();

    for (unsigned i = 0; i < apple_smc_default_sensor_count; i++) {
        const AppleSmcSensor *sensor = &apple_smc_default_sensors[i];

        check_sensor_key(s, sensor->key);
        check_sensor_key(s, sensor->min);
        check_sensor_key(s, sensor->max);
        check_sensor_key(s, sensor->target);
        g_assert_cmpuint(strlen(sensor->label), <, 32);
    }
    smc_fixture_free(s);
}

/* The battery agrees with itself. */
static void test_battery(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    int mv = smc_value(s, "B0AV", 2);
    int ma = (int16_t)smc_value(s, "B0AC", 2);
    int left = smc_value(s, "B0RM", 2);
    int full = smc_value(s, "B0FC", 2);

    g_assert_cmpint((int32_t)smc_value(s, "B0AP", 4), ==, mv * ma / 1000);
    g_assert_cmpint(smc_value(s, "BUIC", 1), ==, left * 100 / full);
    g_assert_cmpint(smc_value(s, "B0TF", 2), ==,
                    DIV_ROUND_UP((full - left) * 60, ma));
    g_assert_cmpint(smc_value(s, "ACPW", 4), ==,
                    smc_value(s, "AC-n", 2) * smc_value(s, "AC-i", 2) / 1000);
    smc_fixture_free(s);
}

static void check_raw(SmcFixture *s, const char *key, const char *expected)
{
    g_autofree char *raw = object_property_get_str(smc_key_object(s, key),
                                                   "raw", &error_abort);

    g_assert_cmpstr(raw, ==, expected);
}

static void parse(SmcFixture *s, const char *key, const char *value)
{
    object_property_parse(smc_key_object(s, key), "value", value,
                          &error_abort);
}

static void test_values(void)
{
    SmcFixture *s = smc_fixture_new_booted();

    parse(s, "BUIC", "12");
    check_raw(s, "BUIC", "0c");
    parse(s, "B0AC", "-850");
    check_raw(s, "B0AC", "aefc");
    g_assert_cmpint(object_property_get_int(smc_key_object(s, "B0AC"),
                                            "value", &error_abort), ==, -850);
    parse(s, "TB0T", "-1.5");
    check_raw(s, "TB0T", "0000c0bf");
    parse(s, "PHPC", "0.5");
    check_raw(s, "PHPC", "0080000000000000");
    parse(s, "BSFC", "on");
    check_raw(s, "BSFC", "01");
    parse(s, "BMDT", "300102");
    check_raw(s, "BMDT", "3330303130320000");
    parse(s, "gP01", "off");
    check_raw(s, "gP01", "00000000");
    parse(s, "gP01", "on");
    check_raw(s, "gP01", "02000000");
    parse(s, "MBSE", "01020304");
    check_raw(s, "MBSE", "01020304");
    object_property_set_str(smc_key_object(s, "B0AV"), "raw", "1027",
                            &error_abort);
    g_assert_cmpuint(smc_value(s, "B0AV", 2), ==, 10000);
    smc_fixture_free(s);
}

static void expect_parse_error(SmcFixture *s, const char *key,
                               const char *property, const char *value)
{
    Error *err = NULL;
    g_autofree char *before = object_property_get_str(smc_key_object(s, key),
                                                      "raw", &error_abort);

    g_assert_false(object_property_parse(smc_key_object(s, key), property,
                                         value, &err));
    error_free_or_abort(&err);
    check_raw(s, key, before);
}

static void test_values_wrong(void)
{
    SmcFixture *s = smc_fixture_new();

    expect_parse_error(s, "BUIC", "value", "256");
    expect_parse_error(s, "BUIC", "value", "many");
    expect_parse_error(s, "B0AC", "value", "32768");
    expect_parse_error(s, "PHPC", "value", "-1");
    expect_parse_error(s, "TB0T", "value", "1e39");
    expect_parse_error(s, "TB0T", "value", "-1e39");
    expect_parse_error(s, "BMDT", "value", "12345678");
    expect_parse_error(s, "B0AV", "raw", "123");
    expect_parse_error(s, "B0AV", "raw", "12345");
    expect_parse_error(s, "B0AV", "raw", "12x4");
    expect_parse_error(s, "#KEY", "value", "1");
    expect_parse_error(s, "CLKM", "raw", "000000000000");
    expect_parse_error(s, "gP08", "value", "on");
    expect_parse_error(s, "gP00", "raw", "03000000");
    expect_parse_error(s, "BUIC", "size", "2");
    expect_parse_error(s, "BUIC", "flags", "2");
    smc_fixture_free(s);
}

/* What the guest writes into a float may be none; QMP must not send it. */
static void check_no_number(SmcFixture *s, const uint8_t *bytes)
{
    Object *fan = smc_key_object(s, "F0Tg");
    Visitor *v;
    QObject *shown = NULL;
    Error *err = NULL;

    g_assert_cmphex(smc_write(s, "F0Tg", bytes, 4).result, ==, SMC_SUCCESS);
    v = qobject_output_visitor_new(&shown);
    g_assert_false(object_property_get(fan, "value", v, &err));
    visit_free(v);
    error_free_or_abort(&err);
}

static void test_values_no_number(void)
{
    static const uint8_t nan[] = { 0x00, 0x00, 0xc0, 0x7f };
    static const uint8_t infinity[] = { 0x00, 0x00, 0x80, 0xff };
    SmcFixture *s = smc_fixture_new_booted();

    check_no_number(s, nan);
    check_raw(s, "F0Tg", "0000c07f");
    check_no_number(s, infinity);
    parse(s, "F0Tg", "1500");
    check_raw(s, "F0Tg", "0080bb44");
    smc_fixture_free(s);
}

static void set_notifications(SmcFixture *s, uint8_t on)
{
    g_assert_cmphex(smc_write(s, "NTAP", &on, 1).result, ==, SMC_SUCCESS);
}

static void test_notifications(void)
{
    SmcFixture *s = smc_fixture_new_booted();

    parse(s, "BUIC", "50");
    fixture_expect_silence(s->rtkit);
    set_notifications(s, 1);
    parse(s, "BUIC", "51");
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7101010000000018);
    parse(s, "BUIC", "51");
    fixture_expect_silence(s->rtkit);
    parse(s, "CHIS", "0");
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7113000000000018);
    parse(s, "BCF0", "1");
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7102000000000018);
    parse(s, "B0AV", "8999");
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7102000000000018);
    parse(s, "B0AV", "9000");
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7101010000000018);
    parse(s, "TB0T", "31");
    fixture_expect_silence(s->rtkit);
    set_notifications(s, 0);
    parse(s, "BUIC", "52");
    fixture_expect_silence(s->rtkit);
    g_assert_cmpuint(smc_value(s, "BUIC", 1), ==, 52);
    smc_fixture_free(s);
}

/* Linux takes the first message for an address, so that must come first. */
static void test_notifications_early(void)
{
    SmcFixture *s = smc_fixture_new_booted();

    set_notifications(s, 1);
    fixture_send(s->rtkit, 0, 0x0060000000000010);
    fixture_expect(s->rtkit, 0, 0x0070000000000010);
    parse(s, "BUIC", "50");
    fixture_expect_silence(s->rtkit);
    smc_fixture_boot(s);
    parse(s, "BUIC", "51");
    fixture_expect_silence(s->rtkit);
    fixture_send(s->rtkit, SMC_ENDPOINT, 0x17);
    fixture_expect(s->rtkit, SMC_ENDPOINT, SMC_BUFFER_ADDRESS);
    parse(s, "BUIC", "52");
    fixture_expect(s->rtkit, SMC_ENDPOINT, 0x7101010000000018);
    smc_fixture_free(s);
}

/* Its current in mA, its power in mW, how long it lasts, when it is full. */
static void check_battery(SmcFixture *s, int16_t current, int32_t power,
                          uint16_t empty, uint16_t full)
{
    g_assert_cmpint((int16_t)smc_value(s, "B0AC", 2), ==, current);
    g_assert_cmpint((int32_t)smc_value(s, "B0AP", 4), ==, power);
    g_assert_cmpuint(smc_value(s, "B0TE", 2), ==, empty);
    g_assert_cmpuint(smc_value(s, "B0TF", 2), ==, full);
}

static void test_charge_behaviour(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    uint8_t on[4] = { 1 };
    uint8_t off[4] = { };

    check_battery(s, 1200, 15120, 0xffff, 38);
    smc_write(s, "CHTE", on, 4);
    check_battery(s, 0, 0, 0xffff, 0xffff);
    g_assert_cmphex(smc_value(s, "CHSC", 1), ==, 0);
    smc_read(s, "CHNC", 8);
    g_assert_cmphex(ldq_le_p(s->buffer), ==, 1 << 14);
    smc_write(s, "CHTE", off, 4);
    g_assert_cmphex(smc_value(s, "CHSC", 1), ==, 1);
    check_battery(s, 1200, 15120, 0xffff, 38);
    smc_write(s, "CH0I", on, 1);
    check_battery(s, -1200, -15120, 5046 * 60 / 1200 + 1, 0xffff);
    g_assert_cmphex(smc_value(s, "CH0R", 4), ==, 1);
    smc_read(s, "CHNC", 8);
    g_assert_cmphex(ldq_le_p(s->buffer), ==, 1ULL << 54);
    smc_write(s, "CH0I", off, 1);
    g_assert_cmphex(smc_value(s, "CH0R", 4), ==, 0);
    check_battery(s, 1200, 15120, 0xffff, 38);
    smc_fixture_free(s);
}

/* One that is discharged anyway is so, whatever the guest asks for. */
static void test_charge_behaviour_unplugged(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    uint8_t on[4] = { 1 };

    parse(s, "B0AC", "-850");
    parse(s, "B0AP", "-10710");
    parse(s, "B0TE", "340");
    parse(s, "B0TF", "65535");
    smc_write(s, "CHTE", on, 4);
    check_battery(s, -850, -10710, 340, 0xffff);
    smc_write(s, "CH0I", on, 1);
    check_battery(s, -850, -10710, 340, 0xffff);
    smc_fixture_free(s);
}

/* The guest's own speed while it controls the fan, whatever number it is. */
static void test_fan(void)
{
    static const uint8_t manual = 1;
    static const uint8_t automatic;
    static const uint8_t speed[] = { 0x00, 0x80, 0xbb, 0x44 };
    static const uint8_t nan[] = { 0x00, 0x00, 0xc0, 0x7f };
    SmcFixture *s = smc_fixture_new_booted();
    uint32_t own = smc_value(s, "F0Ac", 4);

    smc_write(s, "F0Tg", speed, 4);
    g_assert_cmphex(smc_value(s, "F0Ac", 4), ==, own);
    smc_write(s, "F0Md", &manual, 1);
    g_assert_cmphex(smc_value(s, "F0Ac", 4), ==, ldl_le_p(speed));
    smc_write(s, "F0Tg", nan, 4);
    g_assert_cmphex(smc_value(s, "F0Ac", 4), ==, ldl_le_p(nan));
    parse(s, "F0Ac", "2000");
    smc_write(s, "F0Md", &automatic, 1);
    g_assert_cmphex(smc_value(s, "F0Ac", 4), ==, 0x44fa0000);
    smc_fixture_free(s);
}

/* What the guest wrote is gone; what the world did stays. */
static void test_reset(void)
{
    SmcFixture *s = smc_fixture_new_booted();
    uint8_t high[4] = { 1, 0, 0, 1 };

    set_notifications(s, 1);
    smc_write(s, "gP08", high, 4);
    apple_smc_keys_reset(s->keys);
    check_raw(s, "NTAP", "00");
    check_raw(s, "gP08", "01000000");
    parse(s, "BUIC", "50");
    parse(s, "gP00", "on");
    apple_smc_keys_reset(s->keys);
    check_raw(s, "BUIC", "32");
    check_raw(s, "gP00", "02000000");
    smc_fixture_free(s);
}

static int move_keys(AppleSmcKeys *from, AppleSmcKeys *to)
{
    g_autoptr(GBytes) state = fixture_save(&vmstate_apple_smc_keys, from);

    return fixture_load(&vmstate_apple_smc_keys, to, state);
}

static const AppleSmcKeyDef few_keys[] = {
    { .name = "AAAA", .type = "ui8 ", .number = 1 },
    { .name = "BBBB", .type = "ui16", .number = 2 },
};

static const AppleSmcKeyDef other_keys[] = {
    { .name = "AAAA", .type = "ui8 ", .number = 1 },
    { .name = "CCCC", .type = "ui16", .number = 2 },
};

static const AppleSmcKeyDef more_keys[] = {
    { .name = "AAAA", .type = "ui8 ", .number = 1 },
    { .name = "BBBB", .type = "ui32", .number = 2 },
};

static AppleSmcKeys *add_keys(Object *parent, const AppleSmcKeyDef *defs)
{
    return apple_smc_keys_new(parent, defs, 2, NULL, NULL);
}

static void test_migration(void)
{
    Object *a = object_new(TYPE_CONTAINER);
    Object *b = object_new(TYPE_CONTAINER);
    Object *c = object_new(TYPE_CONTAINER);
    Object *d = object_new(TYPE_CONTAINER);
    AppleSmcKeys *from = add_keys(a, few_keys);
    AppleSmcKeys *to = add_keys(b, few_keys);

    stw_le_p(apple_smc_keys_at(from, 1)->value, 0x1234);
    g_assert_cmpint(move_keys(from, to), ==, 0);
    g_assert_cmphex(lduw_le_p(apple_smc_keys_at(to, 1)->value), ==, 0x1234);
    g_assert_cmpint(move_keys(from, add_keys(c, other_keys)), <, 0);
    g_assert_cmpint(move_keys(from, add_keys(d, more_keys)), <, 0);
    object_unref(a);
    object_unref(b);
    object_unref(c);
    object_unref(d);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/apple-smc-keys/table", test_table);
    g_test_add_func("/apple-smc-keys/sensors", test_sensors);
    g_test_add_func("/apple-smc-keys/battery", test_battery);
    g_test_add_func("/apple-smc-keys/values", test_values);
    g_test_add_func("/apple-smc-keys/values-wrong", test_values_wrong);
    g_test_add_func("/apple-smc-keys/values-no-number",
                    test_values_no_number);
    g_test_add_func("/apple-smc-keys/notifications", test_notifications);
    g_test_add_func("/apple-smc-keys/notifications-early",
                    test_notifications_early);
    g_test_add_func("/apple-smc-keys/charge-behaviour",
                    test_charge_behaviour);
    g_test_add_func("/apple-smc-keys/charge-behaviour-unplugged",
                    test_charge_behaviour_unplugged);
    g_test_add_func("/apple-smc-keys/fan", test_fan);
    g_test_add_func("/apple-smc-keys/reset", test_reset);
    g_test_add_func("/apple-smc-keys/migration", test_migration);
    return g_test_run();
}
