/*
 * Unit tests of the SCMI platform: system power protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define SYSTEM SCMI_PROTOCOL_SYSTEM
#define EVENT 0x00004b00

enum { SHUTDOWN, COLD_RESET, WARM_RESET, POWER_UP, SUSPEND };

static ScmiPlatform *system_platform(const char *config)
{
    g_autofree char *members = g_strdup_printf(
        "{ 'system-power': %s,"
        "  'agents': [ { 'name': 'a' }, { 'name': 'b' } ] }", config);

    memset(&scmi_test_machine, 0, sizeof(scmi_test_machine));
    return scmi_test_platform(members);
}

static void check_machine(unsigned shutdowns, unsigned resets,
                          unsigned suspends)
{
    g_assert_cmpuint(scmi_test_machine.shutdowns, ==, shutdowns);
    g_assert_cmpuint(scmi_test_machine.resets, ==, resets);
    g_assert_cmpuint(scmi_test_machine.suspends, ==, suspends);
}

static void set_request(ScmiPlatform *platform, const char *request)
{
    object_property_set_str(scmi_test_resource(platform, "system"), "request",
                            request, &error_abort);
}

static void check_request(ScmiPlatform *platform, const char *expected)
{
    g_autofree char *request =
        object_property_get_str(scmi_test_resource(platform, "system"),
                                "request", &error_abort);

    g_assert_cmpstr(request, ==, expected);
}

static void test_attributes(void)
{
    ScmiPlatform *platform = system_platform("{ 'suspend': true }");

    ASSERT_VALUES(SEND(platform, SYSTEM, 0x0), 0x20001);
    ASSERT_VALUES(SEND(platform, SYSTEM, 0x1), 0);
    ASSERT_VALUES(SEND(platform, SYSTEM, 0x2, 3), 0xc0000000);
    ASSERT_VALUES(SEND(platform, SYSTEM, 0x4), POWER_UP);
    /* Without a transport for events, there is nothing to subscribe to. */
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x2, 5), SCMI_NOT_FOUND);
    scmi_test_free(platform);

    platform = system_platform("{ 'warm-reset': false }");
    ASSERT_VALUES(SEND(platform, SYSTEM, 0x2, 3), 0);
    scmi_test_free(platform);
}

static void test_forceful(void)
{
    ScmiPlatform *platform = system_platform("{ 'suspend': true }");

    ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 0, SHUTDOWN), SCMI_SUCCESS);
    check_machine(1, 0, 0);
    g_assert(scmi_test_machine.by_guest);
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 0, COLD_RESET), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 0, WARM_RESET), SCMI_SUCCESS);
    check_machine(1, 2, 0);
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 0, SUSPEND), SCMI_SUCCESS);
    check_machine(1, 2, 1);
    /* Gracefully, with nobody to ask. */
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 1, SHUTDOWN), SCMI_SUCCESS);
    check_machine(2, 2, 1);
    scmi_test_free(platform);
}

static void test_refused(void)
{
    static const uint32_t states[] = {
        POWER_UP, 5, 0x7fffffff, 0x80000000, UINT32_MAX,
    };
    ScmiPlatform *platform = system_platform("{ 'warm-reset': false }");

    for (unsigned bit = 1; bit < 32; bit++) {
        ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 1u << bit, SHUTDOWN),
                      SCMI_INVALID_PARAMETERS);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(states); i++) {
        ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 0, states[i]),
                      SCMI_INVALID_PARAMETERS);
    }
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 0, WARM_RESET),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x3, 0, SUSPEND),
                  SCMI_NOT_SUPPORTED);
    check_machine(0, 0, 0);
    scmi_test_free(platform);
}

/* The vector of a graceful shutdown within 10 s, for either version. */
static void test_event(void)
{
    ScmiPlatform *platform = system_platform("{ 'timeout': 10000 }");
    ScmiTestInbox a = {}, b = {};

    scmi_test_attach(platform, 1, &a);
    scmi_test_attach(platform, 2, &b);
    ASSERT_VALUES(SEND(platform, SYSTEM, 0x2, 5), 0);
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x5, 2), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x5, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, SYSTEM, 0x10, 0x10000), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, SYSTEM, 0x5, 1), SCMI_SUCCESS);

    set_request(platform, "shutdown");
    ASSERT_EVENT(&a, EVENT, 0, 1, SHUTDOWN, 10000);
    ASSERT_EVENT(&b, EVENT, 0, 1, SHUTDOWN);
    check_request(platform, "shutdown");
    ASSERT_VALUES(SEND(platform, SYSTEM, 0x4), POWER_UP);
    check_machine(0, 0, 0);

    /* Another agent asks, and by force. */
    ASSERT_STATUS(SEND_AS(2, platform, SYSTEM, 0x3, 1, COLD_RESET),
                  SCMI_SUCCESS);
    ASSERT_EVENT(&a, EVENT, 2, 1, COLD_RESET, 10000);
    check_request(platform, "cold-reset");
    ASSERT_STATUS(SEND_AS(2, platform, SYSTEM, 0x3, 0, SHUTDOWN),
                  SCMI_SUCCESS);
    ASSERT_EVENT(&a, EVENT, 2, 0, SHUTDOWN, 0);
    check_request(platform, "none");
    check_machine(1, 0, 0);
    scmi_test_free(platform);
}

static void test_timeout(void)
{
    ScmiPlatform *platform = system_platform("{ 'timeout': 100 }");
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x5, 1), SCMI_SUCCESS);
    set_request(platform, "shutdown");
    virtual_clock_step(99 * SCALE_MS);
    check_machine(0, 0, 0);
    virtual_clock_step(2 * SCALE_MS);
    check_machine(1, 0, 0);
    g_assert(!scmi_test_machine.by_guest);
    check_request(platform, "none");

    /* Withdrawn, forgotten by a reset, and without a limit. */
    set_request(platform, "cold-reset");
    set_request(platform, "none");
    set_request(platform, "cold-reset");
    device_cold_reset(DEVICE(platform));
    check_request(platform, "none");
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x5, 1), SCMI_SUCCESS);
    object_property_set_uint(scmi_test_resource(platform, "system"),
                             "timeout", 0, &error_abort);
    set_request(platform, "cold-reset");
    virtual_clock_step(1000 * SCALE_MS);
    check_machine(1, 0, 0);
    check_request(platform, "cold-reset");
    scmi_test_free(platform);
}

static void test_unsupported_request(void)
{
    ScmiPlatform *platform = system_platform("{}");
    Error *err = NULL;

    g_assert(!object_property_set_str(scmi_test_resource(platform, "system"),
                                      "request", "suspend", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "system: the platform does not support 'suspend'");
    error_free(err);
    /* Nobody listens: it is done at once. */
    set_request(platform, "warm-reset");
    check_machine(0, 1, 0);
    check_request(platform, "none");
    scmi_test_free(platform);
}

static void test_vmstate(void)
{
    ScmiPlatform *platform = system_platform("{ 'timeout': 100 }");
    DeviceState *system = DEVICE(scmi_test_resource(platform, "system"));
    ScmiTestInbox inbox = {};
    GByteArray *stream;

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_STATUS(SEND(platform, SYSTEM, 0x5, 1), SCMI_SUCCESS);
    set_request(platform, "cold-reset");
    stream = scmi_test_save(system);
    set_request(platform, "none");
    g_assert_cmpint(scmi_test_load(system, stream), ==, 0);
    check_request(platform, "cold-reset");
    virtual_clock_step(200 * SCALE_MS);
    check_machine(0, 1, 0);

    /* A request that is none, one that is not supported. */
    stream->data[7] = 5;
    g_assert_cmpint(scmi_test_load(system, stream), !=, 0);
    stream->data[7] = 4;
    g_assert_cmpint(scmi_test_load(system, stream), !=, 0);
    /* A limit for nothing. */
    stream->data[7] = 0;
    g_assert_cmpint(scmi_test_load(system, stream), !=, 0);
    g_byte_array_unref(stream);
    scmi_test_free(platform);
}

void scmi_test_add_system(void)
{
    g_test_add_func("/scmi/system/attributes", test_attributes);
    g_test_add_func("/scmi/system/forceful", test_forceful);
    g_test_add_func("/scmi/system/refused", test_refused);
    g_test_add_func("/scmi/system/event", test_event);
    g_test_add_func("/scmi/system/timeout", test_timeout);
    g_test_add_func("/scmi/system/unsupported", test_unsupported_request);
    g_test_add_func("/scmi/system/vmstate", test_vmstate);
}
