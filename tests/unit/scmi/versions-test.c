/*
 * Unit tests of the SCMI platform: what each version of a protocol has
 *
 * Linux takes the layout of a reply, and what it may ask for, from the version
 * that is in use. Which messages there are is in rows-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define CLOCK SCMI_PROTOCOL_CLOCK
#define PERF SCMI_PROTOCOL_PERF
#define SENSOR SCMI_PROTOCOL_SENSOR
#define V1 0x10000
#define V2 0x20000
#define V3 0x30000
#define V4 0x40000

/* One of each domain, which has everything that a version may tell of. */
#define NAME "'name': 'a-name-of-more-than-15-characters'"
static const char everything[] =
    "{ 'clocks': [ { " NAME ", 'rates': [ 1, 2 ], 'parents': [ 'parent' ],"
    "    'restricted': true, 'oem': [ { 'type': 1, 'value': 50 } ] },"
    "    { 'name': 'parent', 'rates': [ 3 ] } ],"
    "  'power-domains': [ { " NAME " } ],"
    "  'perf-domains': [ { " NAME ", 'level-indexing': true, 'levels':"
    "    [ { 'level': 10, 'index': 5 }, { 'level': 20, 'index': 6 } ] } ],"
    "  'perf-power-unit': 'microwatt',"
    "  'sensors': [ { " NAME ", 'type': 'power', 'scale': 0, 'power': 9,"
    "    'timestamp-exponent': -3, 'trip-points': 2, 'async': true } ],"
    "  'reset-domains': [ { " NAME " } ],"
    "  'voltage-domains': [ { " NAME ", 'levels': [ 1 ] } ],"
    "  'powercap-domains': [ { " NAME ","
    "    'caps': { 'min': 1, 'max': 2, 'step': 1 },"
    "    'pais': { 'min': 1, 'max': 2, 'step': 1 } } ],"
    "  'pinctrl': { 'pins': [ { " NAME " } ] }, 'system-power': {} }";

/**
 * VersionCase: a message of domain 0 in one version
 * @num_values: words of the reply
 * @index, @value: one of them
 */
typedef struct VersionCase {
    uint8_t protocol;
    uint32_t version;
    uint8_t message;
    uint8_t num_values;
    uint8_t index;
    uint32_t value;
} VersionCase;

static const VersionCase cases[] = {
    /* The agent's number came with version 2. */
    { SCMI_PROTOCOL_BASE, V1, 0x7, 4, 0, 0x74616c70 /* "plat" */ },
    { SCMI_PROTOCOL_BASE, V2, 0x7, 5, 0, 0 },
    { SCMI_PROTOCOL_BASE, 0x20001, 0x7, 5, 0, 0 },
    { SCMI_PROTOCOL_POWER, V1, 0x3, 5, 0, 0xe0000000 },
    { SCMI_PROTOCOL_POWER, V2, 0x3, 5, 0, 0xe0000000 },
    { SCMI_PROTOCOL_POWER, V3, 0x3, 5, 0, 0xf8000000 },
    { SCMI_PROTOCOL_POWER, 0x30001, 0x3, 5, 0, 0xf8000000 },
    /* Microwatts came with version 3, before which they are abstract. */
    { PERF, V1, 0x1, 4, 0, 0x00000001 },
    { PERF, V2, 0x1, 4, 0, 0x00000001 },
    { PERF, V3, 0x1, 4, 0, 0x00020001 },
    { PERF, V1, 0x3, 8, 0, 0xf0000000 },
    { PERF, V2, 0x3, 8, 0, 0xf0000000 },
    { PERF, V3, 0x3, 8, 0, 0xf4000000 },
    { PERF, V4, 0x3, 8, 0, 0xf6000000 },
    /* Two levels, of three words and of five; a level and its index. */
    { PERF, V3, 0x4, 7, 4, 20 },
    { PERF, V4, 0x4, 11, 10, 6 },
    { PERF, V3, 0x8, 1, 0, 10 },
    { PERF, V4, 0x8, 1, 0, 5 },
    { CLOCK, V1, 0x3, 5, 0, 0x00000001 },
    { CLOCK, V2, 0x3, 6, 0, 0xe0000001 },
    { CLOCK, V3, 0x3, 6, 0, 0xf8000003 },
    { SENSOR, V1, 0x3, 8, 2, 0x80000002 },
    { SENSOR, V2, 0x3, 14, 2, 0xc0007702 },
    { SENSOR, V3, 0x3, 14, 2, 0xe0007702 },
    /* An interval of a second, where later versions count axes. */
    { SENSOR, V1, 0x3, 8, 3, 0x08000007 },
    { SENSOR, V2, 0x3, 14, 3, 0x00000007 },
    { SENSOR, V1, 0x6, 2, 0, 0 },
    { SENSOR, V2, 0x6, 4, 0, 0 },
    { SCMI_PROTOCOL_RESET, V1, 0x3, 6, 0, 0xc0000000 },
    { SCMI_PROTOCOL_RESET, V2, 0x3, 6, 0, 0xc0000000 },
    { SCMI_PROTOCOL_RESET, V3, 0x3, 6, 0, 0xe0000000 },
    { SCMI_PROTOCOL_VOLTAGE, V1, 0x3, 5, 0, 0 },
    { SCMI_PROTOCOL_VOLTAGE, V2, 0x3, 5, 0, 0xc0000000 },
    { SCMI_PROTOCOL_POWERCAP, V1, 0x3, 14, 0, 0xfe800000 },
    { SCMI_PROTOCOL_POWERCAP, V2, 0x3, 14, 0, 0xfe800000 },
    { SCMI_PROTOCOL_SYSTEM, V1, 0x1, 1, 0, 0 },
    { SCMI_PROTOCOL_SYSTEM, V2, 0x1, 1, 0, 0 },
    { SCMI_PROTOCOL_PINCTRL, V1, 0x1, 2, 0, 1 },
};

/* The fewest words that each of the messages above takes. */
static unsigned num_words(const VersionCase *c)
{
    static const struct {
        uint8_t protocol;
        uint8_t message;
    } two[] = { { PERF, 0x4 }, { SENSOR, 0x6 } };

    for (unsigned i = 0; i < ARRAY_SIZE(two); i++) {
        if (two[i].protocol == c->protocol && two[i].message == c->message) {
            return 2;
        }
    }
    return c->message > SCMI_PROTOCOL_ATTRIBUTES;
}

static void check_case(ScmiPlatform *platform, const VersionCase *c)
{
    uint32_t payload[2] = {};
    ScmiTestReply reply;

    g_test_message("protocol 0x%x version 0x%x message 0x%x", c->protocol,
                   c->version, c->message);
    reply = scmi_test_send(platform, SCMI_TEST_AGENT,
                           scmi_test_header(c->protocol, c->message), payload,
                           num_words(c) * sizeof(uint32_t), SCMI_REPLY_MAX);
    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    g_assert_cmpuint(reply.num_values, ==, c->num_values);
    g_assert_cmphex(reply.values[c->index], ==, c->value);
}

/* An agent goes to an older version, and back. */
static void test_negotiated(void)
{
    ScmiPlatform *platform = scmi_test_platform(everything);
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        scmi_test_negotiate(platform, cases[i].protocol, cases[i].version);
        check_case(platform, &cases[i]);
    }
    for (unsigned i = ARRAY_SIZE(cases); i--; ) {
        scmi_test_negotiate(platform, cases[i].protocol, cases[i].version);
        check_case(platform, &cases[i]);
    }
    scmi_test_free(platform);
}

/* A platform that was never newer. */
static void test_reported(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        ScmiPlatform *platform =
            scmi_test_old_platform(scmi_test_config(everything),
                                   cases[i].protocol, cases[i].version);
        ScmiTestInbox inbox = {};

        scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
        ASSERT_VALUES(SEND(platform, cases[i].protocol, 0x0),
                      cases[i].version);
        check_case(platform, &cases[i]);
        device_cold_reset(DEVICE(platform));
        check_case(platform, &cases[i]);
        scmi_test_free(platform);
    }
}

/* Every version that there has been, and hardly any other. */
static void test_negotiable(void)
{
    static const struct {
        uint8_t protocol;
        unsigned majors; /* each with a minor version of 0 */
        uint32_t newest;
    } known[] = {
        { SCMI_PROTOCOL_BASE, 2, 0x20001 },
        { SCMI_PROTOCOL_POWER, 3, 0x30001 },
        { SCMI_PROTOCOL_SYSTEM, 2, 0x20001 },
        { PERF, 4, V4 },
        { CLOCK, 3, V3 },
        { SENSOR, 3, 0x30001 },
        { SCMI_PROTOCOL_RESET, 3, 0x30001 },
        { SCMI_PROTOCOL_VOLTAGE, 2, 0x20001 },
        { SCMI_PROTOCOL_POWERCAP, 2, V2 },
        { SCMI_PROTOCOL_PINCTRL, 1, V1 },
    };
    ScmiPlatform *platform = scmi_test_platform(everything);

    for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
        for (uint32_t major = 0; major < 8; major++) {
            for (uint32_t minor = 0; minor < 4; minor++) {
                uint32_t version = major << 16 | minor;
                bool good = version == known[i].newest ||
                            (major && major <= known[i].majors && !minor);

                ASSERT_STATUS(SEND(platform, known[i].protocol, 0x10,
                                   version),
                              good ? SCMI_SUCCESS : SCMI_NOT_SUPPORTED);
            }
        }
    }
    scmi_test_free(platform);
}

/* Firmware that is newer than Linux, or whose version nobody else has. */
static void test_odd_versions(void)
{
    ScmiPlatform *platform = scmi_test_old_platform(
        scmi_test_config(everything), CLOCK, 0x50000);

    ASSERT_VALUES(SEND(platform, CLOCK, 0x0), 0x50000);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x10, V4), SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x10, 0x50001), SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x10, V3), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x10, 0x50000), SCMI_SUCCESS);
    scmi_test_free(platform);

    /* What TF-A reports. */
    platform = scmi_test_old_platform(scmi_test_config(everything),
                                      SCMI_PROTOCOL_POWER, 0x21000);
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_POWER, 0x0), 0x21000);
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_POWER, 0x5, 0), 0x40000000);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_POWER, 0x8, 0),
                  SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

static void set_rate(ScmiPlatform *platform, uint64_t rate)
{
    object_property_set_uint(
        scmi_test_resource(platform, "clock/a-name-of-more-than-15-characters"),
        "rate", rate, &error_abort);
}

/* What an older version does not know of ends with going to it, for good. */
static void test_subscriptions(void)
{
    ScmiPlatform *platform = scmi_test_platform(everything);
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x9, 0, 1), SCMI_SUCCESS);
    set_rate(platform, 2);
    ASSERT_EVENT(&inbox, 0x5300, 0, 0, 2, 0);
    scmi_test_negotiate(platform, CLOCK, V2);
    set_rate(platform, 1);
    ASSERT_EVENT(&inbox, 0x5300, 0, 0, 1, 0);
    scmi_test_negotiate(platform, CLOCK, V1);
    set_rate(platform, 2);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_negotiate(platform, CLOCK, V3);
    set_rate(platform, 1);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

void scmi_test_add_versions(void)
{
    g_test_add_func("/scmi/versions/negotiated", test_negotiated);
    g_test_add_func("/scmi/versions/reported", test_reported);
    g_test_add_func("/scmi/versions/negotiable", test_negotiable);
    g_test_add_func("/scmi/versions/odd", test_odd_versions);
    g_test_add_func("/scmi/versions/subscriptions", test_subscriptions);
}
