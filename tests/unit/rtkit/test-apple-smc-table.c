/*
 * Key tables from a file: what is taken, what is refused and how
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-fixture.h"
#include "qapi/error.h"
#include "qemu/bswap.h"

static SmcKeyTable *read_text(const char *text, Error **errp)
{
    g_autofree char *file = NULL;
    int fd = g_file_open_tmp("smc-keys-XXXXXX", &file, NULL);
    SmcKeyTable *table;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    table = apple_smc_read_key_file(file, errp);
    unlink(file);
    return table;
}

static AppleSmcKeys *load(Object *parent, const char *text, Error **errp)
{
    SmcKeyTable *table = read_text(text, errp);

    return table ? apple_smc_keys_load(parent, table, NULL, NULL, errp)
                 : NULL;
}

static AppleSmcKey *find(AppleSmcKeys *keys, const char *name)
{
    AppleSmcKey *key = apple_smc_keys_find(keys, SMC_KEY(name));

    g_assert_nonnull(key);
    return key;
}

static void check_raw(AppleSmcKeys *keys, const char *name,
                      const char *expected)
{
    g_autofree char *raw = object_property_get_str(OBJECT(find(keys, name)),
                                                   "raw", &error_abort);

    g_assert_cmpstr(raw, ==, expected);
}

static const char other_machine[] =
    "{ 'keys': ["
    "  { 'key': 'zSPp', 'type': 'ui8 ' },"
    "  { 'key': '#KEY', 'type': 'ui32', 'raw': '000008f3' },"
    "  { 'key': 'BUIC', 'type': 'ui8 ', 'value': 12 },"
    "  { 'key': 'CHNC', 'type': 'ui64', 'value': 18446744073709551615 },"
    "  { 'key': 'B0AC', 'type': 'si16', 'value': -850 },"
    "  { 'key': 'B0RM', 'type': 'ui16', 'big-endian': true, 'value': 258 },"
    "  { 'key': 'TB0T', 'type': 'ioft', 'value': 1.5 },"
    "  { 'key': 'BMDN', 'type': 'ch8*', 'size': 8, 'value': 'abc' },"
    "  { 'key': 'D?[]', 'type': '{jst', 'size': 3, 'flags': 208,"
    "    'raw': '01fF7a' },"
    "  { 'key': 'CLKM', 'type': 'ui48', 'size': 6 },"
    "  { 'key': 'gP3f', 'type': 'ui32', 'gpio': 'output', 'value': true },"
    "  { 'key': 'gP01', 'type': 'ui32' },"
    "  { 'key': 'gPzz', 'type': 'ui8 ', 'event': 1 },"
    "  { 'key': 'NTAP', 'type': 'flag', 'value': true } ],"
    "  'sensors': ["
    "  { 'kind': 'fan', 'key': 'F9Ac', 'label': 'Fan', 'mode': 'F9Md' } ] }";

static void test_load(void)
{
    Object *parent = object_new(TYPE_CONTAINER);
    AppleSmcKeys *keys = load(parent, other_machine, &error_abort);
    uint8_t read[8] = { };

    g_assert_cmpuint(keys->count, ==, 14);
    /* In the order that Linux needs, whatever the file's is. */
    g_assert_cmphex(apple_smc_keys_at(keys, 0)->name, ==, SMC_KEY("#KEY"));
    g_assert_cmphex(apple_smc_keys_at(keys, 13)->name, ==, SMC_KEY("zSPp"));
    /* Computed, whatever the file says. */
    check_raw(keys, "#KEY", "0000000e");
    check_raw(keys, "BUIC", "0c");
    check_raw(keys, "CHNC", "ffffffffffffffff");
    check_raw(keys, "B0AC", "aefc");
    check_raw(keys, "B0RM", "0102");
    check_raw(keys, "TB0T", "0080010000000000");
    check_raw(keys, "BMDN", "6162630000000000");
    check_raw(keys, "D?[]", "01ff7a");
    check_raw(keys, "gP3f", "03000000");
    check_raw(keys, "gP01", "00000000");
    check_raw(keys, "NTAP", "01");
    g_assert_cmphex(find(keys, "D?[]")->def->flags, ==, 0xd0);
    /* What the file leaves out: the built-in key's, or nothing. */
    g_assert_cmphex(find(keys, "NTAP")->def->flags, ==, 0xc0);
    g_assert_cmphex(find(keys, "BUIC")->def->event, ==, 0x71010100);
    g_assert_cmphex(find(keys, "gP01")->def->flags, ==, 0xf0);
    g_assert_cmphex(find(keys, "gP3f")->def->flags, ==, 0xf0);
    g_assert_cmphex(find(keys, "gPzz")->def->flags, ==, 0x80);
    g_assert_cmphex(find(keys, "gPzz")->def->event, ==, 1);
    g_assert_null(find(keys, "gPzz")->behaviour);
    /* A type that nobody knows has bytes, of which the guest reads all. */
    g_assert_cmphex(apple_smc_key_read(find(keys, "D?[]"), read, 3), ==,
                    SMC_SUCCESS);
    g_assert_cmpmem(read, 3, "\x01\xff\x7a", 3);
    /* A reset brings back what the file says. */
    memset(read, 0, sizeof(read));
    g_assert_cmphex(apple_smc_key_write(find(keys, "D?[]"), read, 3), ==,
                    SMC_SUCCESS);
    check_raw(keys, "D?[]", "000000");
    apple_smc_keys_reset(keys);
    check_raw(keys, "D?[]", "01ff7a");
    g_assert_cmpuint(keys->sensor_count, ==, 1);
    g_assert_cmpstr(keys->sensor[0].kind, ==, "fan");
    g_assert_cmpstr(keys->sensor[0].mode, ==, "F9Md");
    g_assert_null(keys->sensor[0].target);
    object_unref(parent);
}

/* A dump does not say so, but the size of BCF0 tells. */
static void test_old_firmware(void)
{
    static const struct {
        const char *critical;
        const char *remaining;
        const char *raw;
    } tests[] = {
        { "'type': 'ui8 '", "", "0201" },
        { "'type': 'ui32'", "", "0102" },
        { "'type': 'hex_', 'size': 4", "", "0102" },
        { "'type': 'ui32'", "'big-endian': false,", "0201" },
        { "'type': 'ui8 '", "'big-endian': true,", "0102" },
    };

    for (int i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *json = g_strdup_printf(
            "{ 'keys': [ { 'key': 'B0RM', 'type': 'ui16', %s 'value': 258 },"
            " { 'key': 'BCF0', %s } ] }", tests[i].remaining,
            tests[i].critical);
        Object *parent = object_new(TYPE_CONTAINER);

        check_raw(load(parent, json, &error_abort), "B0RM", tests[i].raw);
        object_unref(parent);
    }
}

/* Sensors of the built-in machine, as far as the file has their keys. */
static void test_default_sensors(void)
{
    Object *parent = object_new(TYPE_CONTAINER);
    AppleSmcKeys *keys = load(parent, "{ 'keys': ["
        "{ 'key': 'TB0T', 'type': 'flt ' }, { 'key': 'F0Ac', 'type': 'flt ' },"
        "{ 'key': 'PSTR', 'type': 'flt ' } ] }", &error_abort);

    g_assert_cmpuint(keys->sensor_count, ==, 2);
    g_assert_cmpstr(keys->sensor[0].key, ==, "TB0T");
    g_assert_cmpstr(keys->sensor[1].key, ==, "PSTR");
    object_unref(parent);
}

static void test_no_keys(void)
{
    Object *parent = object_new(TYPE_CONTAINER);
    AppleSmcKeys *keys = load(parent, "{ 'keys': [] }", &error_abort);

    g_assert_cmpuint(keys->count, ==, 0);
    g_assert_null(apple_smc_keys_find(keys, SMC_KEY("#KEY")));
    apple_smc_keys_reset(keys);
    object_unref(parent);
}

/* Described and loaded again they are the same, with the values of now. */
static void test_describe(void)
{
    SmcFixture *s = smc_fixture_new();
    Object *parent = object_new(TYPE_CONTAINER);
    AppleSmcKeys *keys;

    object_property_set_uint(smc_key_object(s, "BUIC"), "value", 3,
                             &error_abort);
    keys = apple_smc_keys_load(parent, apple_smc_keys_describe(s->keys),
                               NULL, NULL, &error_abort);
    g_assert_cmpuint(keys->image_size, ==, s->keys->image_size);
    g_assert_cmpmem(keys->image, keys->image_size, s->keys->image,
                    s->keys->image_size);
    check_raw(keys, "BUIC", "03");
    for (unsigned i = 0; i < keys->count; i++) {
        const AppleSmcKeyDef *a = apple_smc_keys_at(s->keys, i)->def;
        const AppleSmcKeyDef *b = apple_smc_keys_at(keys, i)->def;

        g_assert_cmpstr(a->type, ==, b->type);
        g_assert_cmphex(a->flags, ==, b->flags);
        g_assert_cmphex(a->event, ==, b->event);
        g_assert_cmpint(a->gpio, ==, b->gpio);
        g_assert_cmpint(a->big_endian, ==, b->big_endian);
    }
    g_assert_cmpuint(keys->sensor_count, ==, s->keys->sensor_count);
    g_assert_cmpstr(keys->sensor[10].target, ==, "F0Tg");
    object_unref(parent);
    smc_fixture_free(s);
}

#define KEY(members) "{ 'keys': [ { 'key': 'NTAP', 'type': 'flag' }, " \
                     "{ " members " } ] }"
#define BUIC "'key': 'BUIC', 'type': 'ui8 '"
#define PSTR(kind) "{ 'kind': '" kind "', 'key': 'PSTR', 'label': '' }"
#define SENSOR(members) "{ 'keys': [], 'sensors': [ { " members " } ] }"

/* A file, and what its refusal has to name. */
static const struct {
    const char *text;
    const char *name;
    const char *why;
} bad_files[] = {
    { "", "SMC keys", "" },
    { "{", "SMC keys", "JSON parse error" },
    { "[]", "SMC keys", "object" },
    { "{}", "keys", "missing" },
    { "{ 'keys': 1 }", "keys", "array" },
    { "{ 'keys': [], 'more': 1 }", "more", "unexpected" },
    { KEY("'key': 'BUIC'"), "keys[1], 'BUIC'", "missing" },
    { KEY("'type': 'ui8 '"), "keys[1].key", "missing" },
    { KEY("'key': 1, 'type': 'ui8 '"), "keys[1].key", "string" },
    { KEY("'key': 'BUIC', 'type': true"), "keys[1], 'BUIC'", "string" },
    { KEY(BUIC ", 'size': '1'"), "keys[1], 'BUIC'", "integer" },
    { KEY(BUIC ", 'size': 1.5"), "keys[1], 'BUIC'", "integer" },
    { KEY(BUIC ", 'size': 256"), "keys[1], 'BUIC'", "size" },
    { KEY(BUIC ", 'size': -1"), "keys[1], 'BUIC'", "size" },
    { KEY(BUIC ", 'flags': 256"), "keys[1], 'BUIC'", "flags" },
    { KEY(BUIC ", 'event': 4294967296"), "'BUIC'", "event" },
    { KEY(BUIC ", 'gpio': 'both'"), "keys[1], 'BUIC'", "both" },
    { KEY(BUIC ", 'sise': 1"), "keys[1], 'BUIC'", "'sise' is unexpected" },
    { KEY("'key': 'BUI', 'type': 'ui8 '"), "keys[1], 'BUI'", "four" },
    { KEY("'key': 'BUIC ', 'type': 'ui8 '"), "keys[1], 'BUIC '", "four" },
    { KEY("'key': '', 'type': 'ui8 '"), "keys[1], ''", "four" },
    { KEY("'key': 'B/IC', 'type': 'ui8 '"), "keys[1], 'B/IC'", "'/'" },
    { KEY("'key': 'B[*]', 'type': 'ui8 '"), "keys[1], 'B[*]'", "'*'" },
    { KEY("'key': 'B\\u0000IC', 'type': 'ui8 '"), "keys[1]", "four" },
    { KEY("'key': '\xc3\xbc\xc3\xbc', 'type': 'ui8 '"), "keys[1]", "four" },
    { KEY("'key': 'type', 'type': 'ui8 '"), "keys[1], 'type'", "property" },
    { KEY("'key': 'BUIC', 'type': 'ui8'"), "'BUIC'", "'ui8' is no type" },
    { KEY("'key': 'BUIC', 'type': 'ui8  '"), "'BUIC'", "is no type" },
    { KEY("'key': 'NTAP', 'type': 'flag'"), "keys[1], 'NTAP'", "already" },
    { KEY(BUIC ", 'size': 2"), "'BUIC'", "1 bytes, not 2" },
    { KEY(BUIC ", 'size': 0"), "'BUIC'", "'size'" },
    { KEY("'key': 'BMDN', 'type': 'ch8*'"), "'BMDN'", "'size'" },
    { KEY("'key': 'BMDN', 'type': 'ch8*', 'size': 0"), "'BMDN'", "'size'" },
    { KEY("'key': 'ABCD', 'type': '{xyz'"), "'ABCD'", "'size'" },
    { KEY("'key': 'CLKM', 'type': 'ui64'"), "'CLKM'", "6 bytes, not 8" },
    { KEY("'key': '#KEY', 'type': 'ui8 '"), "'#KEY'", "4 bytes, not 1" },
    { "{ 'keys': [ { 'key': 'NTAP', 'type': 'ui32' } ] }",
      "keys[0], 'NTAP'", "1 bytes, not 4" },
    { KEY("'key': 'MBSE', 'type': 'hex_', 'size': 3"), "'MBSE'", "4 bytes" },
    { KEY("'key': 'CHNC', 'type': 'ui32'"), "'CHNC'", "8 bytes, not 4" },
    { KEY("'key': 'CH0R', 'type': 'ui8 '"), "'CH0R'", "4 bytes, not 1" },
    { KEY("'key': 'gP00', 'type': 'ui8 ', 'size': 1"), "'gP00'",
      "4 bytes, not 1" },
    { KEY(BUIC ", 'gpio': 'input'"), "'BUIC'", "GPIO" },
    { KEY("'key': 'gP0D', 'type': 'ui32', 'gpio': 'input'"), "'gP0D'",
      "GPIO" },
    { KEY("'key': 'gP0d', 'type': 'ui32', 'raw': '03000000'"), "'gP0d'",
      "level" },
    { KEY("'key': 'gP0d', 'type': 'ui32', 'value': 1"), "'gP0d'",
      "boolean" },
    { KEY(BUIC ", 'value': 1, 'raw': '01'"), "'BUIC'", "exclude" },
    { KEY(BUIC ", 'value': 256"), "'BUIC'", "does not fit" },
    { KEY(BUIC ", 'value': -1"), "'BUIC'", "does not fit" },
    { KEY(BUIC ", 'value': 1.5"), "'BUIC'", "uint64" },
    { KEY(BUIC ", 'value': '1'"), "'BUIC'", "uint64" },
    { KEY(BUIC ", 'value': {}"), "'BUIC'", "uint64" },
    { KEY(BUIC ", 'raw': '0'"), "'BUIC'", "1 bytes" },
    { KEY(BUIC ", 'raw': '0g'"), "'BUIC'", "1 bytes" },
    { KEY(BUIC ", 'raw': 1"), "keys[1], 'BUIC'", "string" },
    { KEY("'key': 'TB0T', 'type': 'flt ', 'value': 1e39"), "'TB0T'",
      "does not fit" },
    { KEY("'key': 'TB0T', 'type': 'flt ', 'value': 'warm'"), "'TB0T'",
      "number" },
    { KEY("'key': 'BSFC', 'type': 'flag', 'value': 1"), "'BSFC'",
      "boolean" },
    { KEY("'key': 'BMDN', 'type': 'ch8*', 'size': 3, 'value': 'abc'"),
      "'BMDN'", "does not fit" },
    { SENSOR("'kind': 'fan', 'key': 'F0Ac'"), "sensors[0], 'F0Ac'",
      "'label' is missing" },
    { SENSOR("'kind': 'fan', 'label': ''"), "sensors[0].key", "missing" },
    { SENSOR("'kind': 'noise', 'key': 'F0Ac', 'label': ''"),
      "sensors[0], 'F0Ac'", "noise" },
    { "{ 'keys': [], 'sensors': [ " PSTR("power") ", " PSTR("gravity") " ] }",
      "sensors[1], 'PSTR'", "gravity" },
    { SENSOR("'kind': 'fan', 'key': 'F0/c', 'label': ''"),
      "sensors[0].key", "F0/c" },
    { SENSOR("'kind': 'fan', 'key': 'F0Ac', 'label': '', 'mode': 'F'"),
      "sensors[0].mode", "'F'" },
    { SENSOR("'kind': 'power', 'key': 'PSTR', 'label': '', 'mode': 'F0Md'"),
      "sensors[0], 'PSTR'", "fan" },
    { "{ 'keys': [], 'sensors': [ " PSTR("power") ", " PSTR("current") ", "
      PSTR("power") " ] }", "sensors[2], 'PSTR'", "power" },
};

static void test_refused(void)
{
    for (int i = 0; i < ARRAY_SIZE(bad_files); i++) {
        Object *parent = object_new(TYPE_CONTAINER);
        Error *err = NULL;
        g_autofree char *ascii = NULL;
        const char *text;

        g_assert_null(load(parent, bad_files[i].text, &err));
        g_assert_nonnull(err);
        text = error_get_pretty(err);
        /* TAP is UTF-8; one of the names is not. */
        ascii = g_strescape(text, NULL);
        g_test_message("%s", ascii);
        if (!strstr(text, bad_files[i].name) ||
            !strstr(text, bad_files[i].why)) {
            g_test_message("which is not it: %s", bad_files[i].text);
            g_test_fail();
        }
        error_free(err);
        g_assert_null(object_resolve_path_component(parent, "keys"));
        object_unref(parent);
    }
}

static void test_no_file(void)
{
    Error *err = NULL;

    g_assert_null(apple_smc_read_key_file("/nonexistent/keys.json", &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "/nonexistent/keys.json"));
    error_free(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/apple-smc-table/load", test_load);
    g_test_add_func("/apple-smc-table/old-firmware", test_old_firmware);
    g_test_add_func("/apple-smc-table/default-sensors", test_default_sensors);
    g_test_add_func("/apple-smc-table/no-keys", test_no_keys);
    g_test_add_func("/apple-smc-table/describe", test_describe);
    g_test_add_func("/apple-smc-table/refused", test_refused);
    g_test_add_func("/apple-smc-table/no-file", test_no_file);
    return g_test_run();
}
