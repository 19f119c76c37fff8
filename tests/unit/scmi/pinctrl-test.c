/*
 * Unit tests of the SCMI platform: pin control protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define PINCTRL SCMI_PROTOCOL_PINCTRL
#define NO_FUNCTION UINT32_MAX

#define LONG_NAME "a-name-of-more-than-fifteen"

enum { PIN, GROUP, FUNCTION };
enum { ATTRIBUTES = 3, LIST, GET, CONFIGURE, REQUEST, RELEASE, NAME_GET };
enum {
    BUS_HOLD = 1, PULL_UP = 4, PULL_DOWN = 6, STRENGTH = 10, INPUT_VALUE = 14,
    OUTPUT_MODE = 17, OUTPUT_VALUE = 18,
};

/* Words of SETTINGS_GET and SETTINGS_CONFIGURE. */
#define GET_ONE(selector, type) ((selector) << 16 | (type))
#define GET_ALL(selector, skip) (1 << 18 | (selector) << 16 | (skip) << 8)
#define GET_FUNCTION(selector) (2 << 18 | (selector) << 16)
#define SET(selector, count) ((selector) | (count) << 2)
#define SELECT(selector) ((selector) | 1 << 10)

static ScmiPlatform *pins_platform(void)
{
    return scmi_test_platform(
        "{ 'agents': [ { 'name': 'a' }, { 'name': 'b' } ],"
        "  'pinctrl': { 'oem-types': [ 192, 255 ], 'pins': ["
        "    { 'name': 'p0', 'function': 'gpio', 'settings': ["
        "      { 'type': 'bias-pull-up', 'value': 1 },"
        "      { 'type': 'drive-strength', 'value': 8 } ] },"
        "    { 'name': 'p1' }, { 'name': 'p2' },"
        "    { 'name': '" LONG_NAME "' } ],"
        "    'groups': [ { 'name': 'uart', 'pins': [ 'p0', 'p1' ] },"
        "      { 'name': 'all', 'pins': [ 'p2', 'p1', 'p0' ] } ],"
        "    'functions': [ { 'name': 'uart', 'groups': [ 'uart' ] },"
        "      { 'name': 'gpio', 'gpio': true,"
        "        'groups': [ 'all', 'uart' ] } ] } }");
}

static void check_text(ScmiPlatform *platform, const char *pin,
                       const char *property, const char *expected)
{
    g_autofree char *path = g_strdup_printf("pinctrl/%s", pin);
    g_autofree char *text =
        object_property_get_str(scmi_test_resource(platform, path), property,
                                &error_abort);

    g_assert_cmpstr(text, ==, expected);
}

static void check_element(ScmiPlatform *platform, unsigned selector,
                          unsigned id, uint32_t attributes, const char *name)
{
    ScmiTestReply reply = SEND(platform, PINCTRL, ATTRIBUTES, id, selector);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    g_assert_cmpuint(reply.num_values, ==, 5);
    g_assert_cmphex(reply.values[0], ==, attributes);
    scmi_test_assert_text(&reply, 1, name, 16);
}

static void test_elements(void)
{
    ScmiPlatform *platform = pins_platform();
    ScmiTestReply reply;

    ASSERT_VALUES(SEND(platform, PINCTRL, 0x0), 0x10000);
    ASSERT_VALUES(SEND(platform, PINCTRL, 0x1), 0x00020004, 2);
    check_element(platform, PIN, 0, 0, "p0");
    check_element(platform, PIN, 3, 0x80000000, "a-name-of-more-");
    check_element(platform, GROUP, 1, 3, "all");
    check_element(platform, FUNCTION, 0, 1, "uart");
    check_element(platform, FUNCTION, 1, 0x00020002, "gpio");
    reply = SEND(platform, PINCTRL, NAME_GET, 3, PIN);
    g_assert_cmpuint(reply.num_values, ==, 17);
    scmi_test_assert_text(&reply, 1, LONG_NAME, 64);

    for (unsigned message = ATTRIBUTES; message <= NAME_GET;
         message += NAME_GET - ATTRIBUTES) {
        ASSERT_STATUS(SEND(platform, PINCTRL, message, 4, PIN),
                      SCMI_NOT_FOUND);
        ASSERT_STATUS(SEND(platform, PINCTRL, message, 2, GROUP),
                      SCMI_NOT_FOUND);
        ASSERT_STATUS(SEND(platform, PINCTRL, message, 2, FUNCTION),
                      SCMI_NOT_FOUND);
        ASSERT_STATUS(SEND(platform, PINCTRL, message, 0, 3),
                      SCMI_INVALID_PARAMETERS);
        ASSERT_STATUS(SEND(platform, PINCTRL, message, 0, 4),
                      SCMI_INVALID_PARAMETERS);
    }
    scmi_test_free(platform);
}

static void test_associations(void)
{
    ScmiPlatform *platform = pins_platform();

    /* As long as what it lists: a status, a word, halves of words. */
    g_assert_cmpuint(SEND(platform, PINCTRL, LIST, 1, GROUP, 0).length, ==,
                     14);
    g_assert_cmpuint(SEND(platform, PINCTRL, LIST, 1, FUNCTION, 0).length, ==,
                     12);
    ASSERT_VALUES(SEND(platform, PINCTRL, LIST, 1, GROUP, 0),
                  3, 0x00010002, 0);
    ASSERT_VALUES(SEND(platform, PINCTRL, LIST, 1, GROUP, 2), 1, 0);
    ASSERT_VALUES(SEND(platform, PINCTRL, LIST, 1, FUNCTION, 0),
                  2, 0x00000001);
    ASSERT_STATUS(SEND(platform, PINCTRL, LIST, 1, GROUP, 3),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, LIST, 0, PIN, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, LIST, 2, GROUP, 0),
                  SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

/* A group of more pins than a reply holds. */
static void test_associations_parts(void)
{
    g_autoptr(GString) pins = g_string_new("");
    g_autoptr(GString) names = g_string_new("");
    g_autofree char *members = NULL;
    ScmiPlatform *platform;
    unsigned got = 0, remaining;

    for (unsigned i = 0; i < 100; i++) {
        g_string_append_printf(pins, "%s{ 'name': '%u' }", i ? ", " : "", i);
        g_string_append_printf(names, "%s'%u'", i ? ", " : "", 99 - i);
    }
    members = g_strdup_printf("{ 'pinctrl': { 'pins': [ %s ],"
                              "  'groups': [ { 'name': 'g',"
                              "                'pins': [ %s ] } ] } }",
                              pins->str, names->str);
    platform = scmi_test_platform(members);
    do {
        ScmiTestReply reply = SEND(platform, PINCTRL, LIST, 0, GROUP, got);
        unsigned n = reply.values[0] & 0xfff;

        g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
        g_assert_cmpuint(n, >, 0);
        remaining = reply.values[0] >> 16;
        for (unsigned i = 0; i < n; i++, got++) {
            g_assert_cmpuint(extract32(reply.values[1 + i / 2], i % 2 * 16,
                                       16), ==, 99 - got);
        }
        g_assert_cmpuint(got + remaining, ==, 100);
    } while (remaining);
    scmi_test_free(platform);
}

static void test_get(void)
{
    ScmiPlatform *platform = pins_platform();

    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_ONE(PIN, STRENGTH)),
                  1, 1, STRENGTH, 8);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 1, GET_ONE(PIN, INPUT_VALUE)),
                  NO_FUNCTION, 1, INPUT_VALUE, 0);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_ALL(PIN, 0)), 1, 4,
                  PULL_UP, 1, STRENGTH, 8, INPUT_VALUE, 0, OUTPUT_MODE, 0);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_ALL(PIN, 3)), 1, 1,
                  OUTPUT_MODE, 0);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_ALL(PIN, 4)), 1, 0);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_FUNCTION(PIN)), 1, 0);
    /* What the pins of a group have in common. */
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_ALL(GROUP, 0)),
                  NO_FUNCTION, 2, INPUT_VALUE, 0, OUTPUT_MODE, 0);

    object_property_set_uint(scmi_test_resource(platform, "pinctrl/p1"),
                             "input-value", 1, &error_abort);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_ALL(GROUP, 0)),
                  NO_FUNCTION, 1, OUTPUT_MODE, 0);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 0,
                       GET_ONE(GROUP, INPUT_VALUE)), SCMI_NOT_SUPPORTED);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0,
                       GET_ONE(GROUP, OUTPUT_MODE)), NO_FUNCTION, 1,
                  OUTPUT_MODE, 0);

    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 0, GET_ALL(PIN, 5)),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 0, GET_ONE(PIN, PULL_DOWN)),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 0, GET_ONE(PIN, 21)),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 0, GET_ONE(PIN, 193)),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 4, GET_ALL(PIN, 0)),
                  SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 2, GET_ALL(GROUP, 0)),
                  SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 0, GET_ALL(FUNCTION, 0)),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 0, 3 << 18),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 0, 1 << 20),
                  SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

static void test_configure(void)
{
    ScmiPlatform *platform = pins_platform();

    /* One way to pull replaces the other; what the vendor has stands beside. */
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                       SET(PIN, 3), PULL_DOWN, 1, 192, 7, STRENGTH, 4),
                  SCMI_SUCCESS);
    check_text(platform, "p0", "settings", "bias-pull-down=1 "
               "drive-strength=4 output-mode=0 oem-192=7");
    check_text(platform, "p0", "function", "gpio");
    /* An output drives what is read. */
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 1, NO_FUNCTION,
                       SET(PIN, 1), OUTPUT_VALUE, 1), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 1, GET_ALL(PIN, 0)),
                  NO_FUNCTION, 3, INPUT_VALUE, 1, OUTPUT_MODE, 1,
                  OUTPUT_VALUE, 1);
    /* A group sets all its pins; the default is what the pin began with. */
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 1, NO_FUNCTION,
                       SET(GROUP, 2), 0, 0, BUS_HOLD, 1), SCMI_SUCCESS);
    check_text(platform, "p0", "settings", "bias-bus-hold=1 "
               "drive-strength=8 output-mode=0");
    check_text(platform, "p1", "settings", "bias-bus-hold=1 output-mode=0");
    check_text(platform, "p2", "settings", "bias-bus-hold=1 output-mode=0");
    scmi_test_free(platform);
}

static void test_select(void)
{
    ScmiPlatform *platform = pins_platform();

    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, 0, SELECT(GROUP)),
                  SCMI_SUCCESS);
    check_text(platform, "p0", "function", "uart");
    check_text(platform, "p1", "function", "uart");
    check_text(platform, "p2", "function", "");
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_FUNCTION(GROUP)), 0, 0);
    /* As U-Boot does it. */
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 1, 1, PIN),
                  SCMI_SUCCESS);
    check_text(platform, "p1", "function", "gpio");

    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 1, 0, SELECT(GROUP)),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 2, 0, SELECT(PIN)),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, 2, SELECT(PIN)),
                  SCMI_NOT_FOUND);
    check_text(platform, "p0", "function", "uart");
    scmi_test_free(platform);
}

static void test_configure_refused(void)
{
    static const uint32_t types[] = {
        INPUT_VALUE, 21, 191, 193, 256, UINT32_MAX,
    };
    ScmiPlatform *platform = pins_platform();
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;

    for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
        ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                           SET(PIN, 2), BUS_HOLD, 1, types[i], 1),
                      SCMI_INVALID_PARAMETERS);
    }
    for (unsigned bit = 11; bit < 32; bit++) {
        ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                           SET(PIN, 1) | 1u << bit, BUS_HOLD, 1),
                      SCMI_INVALID_PARAMETERS);
    }
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                       SET(FUNCTION, 1), BUS_HOLD, 1),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 4, NO_FUNCTION,
                       SET(PIN, 1), BUS_HOLD, 1), SCMI_NOT_FOUND);
    /* More and fewer settings than announced. */
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                       SET(PIN, 2), BUS_HOLD, 1), SCMI_PROTOCOL_ERROR);
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                       SET(PIN, 0), BUS_HOLD, 1), SCMI_PROTOCOL_ERROR);
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                       SET(PIN, 255)), SCMI_PROTOCOL_ERROR);
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    scmi_test_free(platform);
}

static void test_owner(void)
{
    ScmiPlatform *platform = pins_platform();

    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 1, PIN), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 1, PIN), SCMI_SUCCESS);
    check_text(platform, "p1", "owner", "a");
    ASSERT_STATUS(SEND_AS(2, platform, PINCTRL, REQUEST, 1, PIN), SCMI_BUSY);
    ASSERT_STATUS(SEND_AS(2, platform, PINCTRL, REQUEST, 1, GROUP),
                  SCMI_BUSY);
    check_text(platform, "p2", "owner", "");
    ASSERT_STATUS(SEND_AS(2, platform, PINCTRL, RELEASE, 1, PIN),
                  SCMI_DENIED);
    ASSERT_STATUS(SEND_AS(2, platform, PINCTRL, CONFIGURE, 1, NO_FUNCTION,
                          SET(PIN, 1), BUS_HOLD, 1), SCMI_DENIED);
    ASSERT_STATUS(SEND_AS(2, platform, PINCTRL, CONFIGURE, 1, 1,
                          SELECT(GROUP)), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, PINCTRL, RELEASE, 1, PIN), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PINCTRL, RELEASE, 1, PIN), SCMI_DENIED);
    ASSERT_STATUS(SEND_AS(2, platform, PINCTRL, REQUEST, 1, GROUP),
                  SCMI_SUCCESS);
    check_text(platform, "p0", "owner", "b");
    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 0, FUNCTION),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 0, 4),
                  SCMI_INVALID_PARAMETERS);
    device_cold_reset(DEVICE(platform));
    check_text(platform, "p0", "owner", "");
    scmi_test_free(platform);
}

/* With its configuration, an agent gives up the pins it owns, and no others. */
static void test_agent_reset(void)
{
    ScmiPlatform *platform = pins_platform();

    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 2, PIN), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, PINCTRL, REQUEST, 0, PIN),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, SCMI_PROTOCOL_BASE, 0xb, 2, 0),
                  SCMI_SUCCESS);
    check_text(platform, "p0", "owner", "");
    check_text(platform, "p2", "owner", "a");
    scmi_test_free(platform);
}

/* A pin that an agent is denied, and the groups that it is in. */
static void test_denied(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'a', 'denied-devices': [ 'd' ] } ],"
        "  'devices': [ { 'name': 'd', 'pins': [ 'q' ] } ],"
        "  'pinctrl': { 'pins': [ { 'name': 'p' }, { 'name': 'q' } ],"
        "    'groups': [ { 'name': 'p', 'pins': [ 'p' ] },"
        "                { 'name': 'both', 'pins': [ 'p', 'q' ] } ] } }");

    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 0, PIN), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 1, PIN), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 0, GROUP), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 1, GROUP), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, PINCTRL, GET, 1, GET_ALL(GROUP, 0)),
                  SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 1, NO_FUNCTION,
                       SET(GROUP, 1), BUS_HOLD, 1), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, PINCTRL, ATTRIBUTES, 1, PIN), SCMI_DENIED);
    scmi_test_free(platform);
}

static void test_world(void)
{
    ScmiPlatform *platform = pins_platform();
    Object *pin = scmi_test_resource(platform, "pinctrl/p0");
    Error *err = NULL;

    object_property_set_uint(pin, "input-value", 1, &error_abort);
    ASSERT_VALUES(SEND(platform, PINCTRL, GET, 0, GET_ONE(PIN, INPUT_VALUE)),
                  1, 1, INPUT_VALUE, 1);
    /* The world stays as it is. */
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                       SET(PIN, 1), STRENGTH, 2), SCMI_SUCCESS);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpuint(object_property_get_uint(pin, "input-value",
                                              &error_abort), ==, 1);
    check_text(platform, "p0", "settings", "bias-pull-up=1 drive-strength=8 "
               "output-mode=0");
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 0, NO_FUNCTION,
                       SET(PIN, 1), OUTPUT_VALUE, 0), SCMI_SUCCESS);
    g_assert(!object_property_set_uint(pin, "input-value", 1, &err));
    error_free(err);
    scmi_test_free(platform);
}

static void test_vmstate(void)
{
    ScmiPlatform *platform = pins_platform();
    DeviceState *pin = DEVICE(scmi_test_resource(platform, "pinctrl/p1"));
    GByteArray *stream;
    uint8_t *function, *owner;

    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 1, 1, SELECT(PIN)),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PINCTRL, CONFIGURE, 1, NO_FUNCTION,
                       SET(PIN, 1), 255, 9), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PINCTRL, REQUEST, 1, PIN), SCMI_SUCCESS);
    stream = scmi_test_save(pin);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpint(scmi_test_load(pin, stream), ==, 0);
    check_text(platform, "p1", "function", "gpio");
    check_text(platform, "p1", "settings", "output-mode=0 oem-255=9");
    check_text(platform, "p1", "owner", "a");

    function = &stream->data[3];
    *function = 2;
    g_assert_cmpint(scmi_test_load(pin, stream), !=, 0);
    *function = 1;
    owner = &stream->data[stream->len - 2];
    g_assert_cmpuint(*owner, ==, 1);
    *owner = 3;
    g_assert_cmpint(scmi_test_load(pin, stream), !=, 0);
    *owner = 2;
    g_assert_cmpint(scmi_test_load(pin, stream), ==, 0);
    /* A setting that no pin has: type 193. */
    stream->data[4 + 22] = 1;
    g_assert_cmpint(scmi_test_load(pin, stream), !=, 0);
    g_byte_array_unref(stream);
    scmi_test_free(platform);
}

void scmi_test_add_pinctrl(void)
{
    g_test_add_func("/scmi/pinctrl/elements", test_elements);
    g_test_add_func("/scmi/pinctrl/associations", test_associations);
    g_test_add_func("/scmi/pinctrl/associations-parts",
                    test_associations_parts);
    g_test_add_func("/scmi/pinctrl/get", test_get);
    g_test_add_func("/scmi/pinctrl/configure", test_configure);
    g_test_add_func("/scmi/pinctrl/select", test_select);
    g_test_add_func("/scmi/pinctrl/configure-refused",
                    test_configure_refused);
    g_test_add_func("/scmi/pinctrl/owner", test_owner);
    g_test_add_func("/scmi/pinctrl/agent-reset", test_agent_reset);
    g_test_add_func("/scmi/pinctrl/denied", test_denied);
    g_test_add_func("/scmi/pinctrl/world", test_world);
    g_test_add_func("/scmi/pinctrl/vmstate", test_vmstate);
}
