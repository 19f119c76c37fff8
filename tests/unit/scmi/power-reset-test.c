/*
 * Unit tests of the SCMI platform: power domain and reset protocols
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define POWER SCMI_PROTOCOL_POWER
#define RESET SCMI_PROTOCOL_RESET
#define ON  0
#define OFF 0x40000000

#define LONG_NAME "a-name-of-more-than-fifteen"
#define LONGEST_NAME \
    "a23456789b23456789c23456789d23456789e23456789f23456789g23456789"

static bool domain_flag(ScmiPlatform *platform, const char *path,
                        const char *property)
{
    return object_property_get_bool(scmi_test_resource(platform, path),
                                    property, &error_abort);
}

static void test_power_attributes(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'power-domains': [ { 'name': 'fifteen-letters' },"
        "  { 'name': '" LONG_NAME "' } ] }");
    ScmiTestReply reply;

    ASSERT_VALUES(SEND(platform, POWER, 0x0), 0x30001);
    ASSERT_VALUES(SEND(platform, POWER, 0x1), 2, 0, 0, 0);

    /* Synchronous setting, and nothing that needs a notification. */
    reply = SEND(platform, POWER, 0x3, 0);
    g_assert_cmpuint(reply.num_values, ==, 5);
    g_assert_cmphex(reply.values[0], ==, 0x20000000);
    scmi_test_assert_text(&reply, 1, "fifteen-letters", 16);

    reply = SEND(platform, POWER, 0x3, 1);
    g_assert_cmpuint(reply.num_values, ==, 5);
    g_assert_cmphex(reply.values[0], ==, 0x28000000);
    scmi_test_assert_text(&reply, 1, "a-name-of-more-", 16);

    scmi_test_negotiate(platform, POWER, 0x20000);
    reply = SEND(platform, POWER, 0x3, 1);
    g_assert_cmphex(reply.values[0], ==, 0x20000000);
    scmi_test_free(platform);
}

static void check_name(ScmiPlatform *platform, uint8_t protocol,
                       uint8_t message, uint32_t id, const char *name)
{
    ScmiTestReply reply = SEND(platform, protocol, message, id);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    g_assert_cmpuint(reply.num_values, ==, 17);
    g_assert_cmphex(reply.values[0], ==, 0);
    scmi_test_assert_text(&reply, 1, name, 64);
}

static void test_names(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'power-domains': [ { 'name': 'p' },"
        "                     { 'name': '" LONGEST_NAME "' } ],"
        "  'reset-domains': [ { 'name': '" LONG_NAME "' } ],"
        "  'sensors': [ { 'name': '" LONG_NAME "', 'type': 'power',"
        "                 'scale': 0, 'value': 0 } ],"
        "  'clocks': [ { 'name': '" LONG_NAME "', 'rates': [ 1 ] } ] }");

    check_name(platform, POWER, 0x8, 0, "p");
    check_name(platform, POWER, 0x8, 1, LONGEST_NAME);
    check_name(platform, RESET, 0x6, 0, LONG_NAME);
    check_name(platform, SCMI_PROTOCOL_SENSOR, 0xc, 0, LONG_NAME);
    check_name(platform, SCMI_PROTOCOL_CLOCK, 0x8, 0, LONG_NAME);
    scmi_test_free(platform);
}

static void test_power_state(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_VALUES(SEND(platform, POWER, 0x5, 0), ON);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 1), OFF);

    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 1, ON), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 1), ON);
    g_assert(domain_flag(platform, "power/periph", "on"));
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 1, OFF), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 1), OFF);
    g_assert(!domain_flag(platform, "power/periph", "on"));
    /* The others kept theirs. */
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 0), ON);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 2), OFF);
    scmi_test_free(platform);
}

static void test_power_refused(void)
{
    static const uint32_t states[] = {
        1, 0x0fffffff, 0x10000000, 0x20000000, 0x40000001, 0x80000000,
        0xc0000000, UINT32_MAX,
    };
    static const uint32_t flags[] = { 2, 3, 0x80000000, UINT32_MAX };
    ScmiPlatform *platform = scmi_test_default_platform();

    for (unsigned i = 0; i < ARRAY_SIZE(states); i++) {
        ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 0, states[i]),
                      SCMI_INVALID_PARAMETERS);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(flags); i++) {
        ASSERT_STATUS(SEND(platform, POWER, 0x4, flags[i], 0, OFF),
                      SCMI_INVALID_PARAMETERS);
    }
    /* Asynchronously: its end could not be told. */
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 1, 0, OFF), SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 5, OFF), SCMI_NOT_FOUND);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 0), ON);
    scmi_test_free(platform);
}

/* The vector of a domain switched off, token and all. */
static void test_power_vector(void)
{
    static const uint8_t command[] = {
        0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x40,
    };
    static const uint8_t success[4];
    ScmiPlatform *platform = scmi_test_default_platform();
    uint8_t reply[SCMI_REPLY_MAX];
    size_t n;

    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 1, ON), SCMI_SUCCESS);
    n = scmi_platform_handle(platform, 1, 0x001c4404, command,
                             sizeof(command), reply, sizeof(reply));
    g_assert_cmpmem(reply, n, success, sizeof(success));
    g_assert(!domain_flag(platform, "power/periph", "on"));
    scmi_test_free(platform);
}

static void test_reset_attributes(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'reset-domains': [ { 'name': 'short', 'latency': 50 },"
        "  { 'name': '" LONG_NAME "' },"
        "  { 'name': 'zero', 'latency': 0 } ] }");
    ScmiTestReply reply;

    ASSERT_VALUES(SEND(platform, RESET, 0x0), 0x30001);
    ASSERT_VALUES(SEND(platform, RESET, 0x1), 3);

    reply = SEND(platform, RESET, 0x3, 0);
    g_assert_cmpuint(reply.num_values, ==, 6);
    g_assert_cmphex(reply.values[0], ==, 0);
    g_assert_cmpuint(reply.values[1], ==, 50);
    scmi_test_assert_text(&reply, 2, "short", 16);

    reply = SEND(platform, RESET, 0x3, 1);
    g_assert_cmphex(reply.values[0], ==, 0x20000000);
    g_assert_cmphex(reply.values[1], ==, 0xffffffff);
    scmi_test_assert_text(&reply, 2, "a-name-of-more-", 16);

    reply = SEND(platform, RESET, 0x3, 2);
    g_assert_cmpuint(reply.values[1], ==, 0);

    scmi_test_negotiate(platform, RESET, 0x10000);
    reply = SEND(platform, RESET, 0x3, 1);
    g_assert_cmphex(reply.values[0], ==, 0);
    scmi_test_free(platform);
}

static void check_reset(ScmiPlatform *platform, bool asserted,
                        unsigned resets)
{
    Object *obj = scmi_test_resource(platform, "reset/usb");

    g_assert(object_property_get_bool(obj, "asserted", &error_abort) ==
             asserted);
    g_assert_cmpuint(object_property_get_uint(obj, "resets", &error_abort),
                     ==, resets);
}

static void test_reset_flags(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    check_reset(platform, false, 0);
    /* Assert; a second time changes nothing. */
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 2, 0), SCMI_SUCCESS);
    check_reset(platform, true, 1);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 2, 0), SCMI_SUCCESS);
    check_reset(platform, true, 1);
    /* Deassert. */
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 0, 0), SCMI_SUCCESS);
    check_reset(platform, false, 1);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 0, 0), SCMI_SUCCESS);
    check_reset(platform, false, 1);
    /* A pulse, which leaves the domain out of reset. */
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 1, 0), SCMI_SUCCESS);
    check_reset(platform, false, 2);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 2, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 1, 0), SCMI_SUCCESS);
    check_reset(platform, false, 4);
    scmi_test_free(platform);
}

static void test_reset_refused(void)
{
    static const uint32_t states[] = {
        1, 0x7fffffff, 0x80000000, UINT32_MAX,
    };
    ScmiPlatform *platform = scmi_test_default_platform();

    for (unsigned bit = 3; bit < 32; bit++) {
        ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 1u << bit | 1, 0),
                      SCMI_INVALID_PARAMETERS);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(states); i++) {
        ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 2, states[i]),
                      SCMI_INVALID_PARAMETERS);
    }
    /* Only a pulse has an end to wait for, and none here is waited for. */
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 4, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 5, 0), SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 4, 1, 0), SCMI_NOT_FOUND);
    check_reset(platform, false, 0);
    scmi_test_free(platform);
}

void scmi_test_add_power_reset(void)
{
    g_test_add_func("/scmi/names", test_names);
    g_test_add_func("/scmi/power/attributes", test_power_attributes);
    g_test_add_func("/scmi/power/state", test_power_state);
    g_test_add_func("/scmi/power/refused", test_power_refused);
    g_test_add_func("/scmi/power/vector", test_power_vector);
    g_test_add_func("/scmi/reset/attributes", test_reset_attributes);
    g_test_add_func("/scmi/reset/flags", test_reset_flags);
    g_test_add_func("/scmi/reset/refused", test_reset_refused);
}
