/*
 * Unit tests of the SCMI platform: events and delayed responses of power
 * domains, clocks and reset domains
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define POWER SCMI_PROTOCOL_POWER
#define CLOCK SCMI_PROTOCOL_CLOCK
#define RESET SCMI_PROTOCOL_RESET

#define ON  0
#define OFF 0x40000000

#define STATE_CHANGED          0x00004700
#define STATE_CHANGE_REQUESTED 0x00004701
#define STATE_SET_COMPLETE     0x00004604
#define RATE_CHANGED           0x00005300
#define RATE_CHANGE_REQUESTED  0x00005301
#define RATE_SET_COMPLETE      0x00005205
#define RESET_ISSUED           0x00005b00
#define RESET_COMPLETE         0x00005a04

/* Until the delayed response, in ns; see "async-latency". */
#define LATENCY (100 * 1000)

static const char domains[] =
"{ 'agents': [ { 'name': 'a' }, { 'name': 'b' } ],"
"  'power-domains': [ { 'name': 'p' }, { 'name': 'q' } ],"
"  'clocks': [ { 'name': 'c', 'rates': [ 100, 200, 4294967297 ] },"
"              { 'name': 'r', 'rates': [ 100 ], 'restricted': true } ],"
"  'reset-domains': [ { 'name': 's' } ] }";

/* @a is that of agent 1, @b that of agent 2. */
static ScmiPlatform *platform_with(ScmiTestInbox *a, ScmiTestInbox *b)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    scmi_test_attach(platform, 1, a);
    scmi_test_attach(platform, 2, b);
    return platform;
}

static void test_power_attributes(void)
{
    ScmiTestInbox a = {}, b = {};
    ScmiPlatform *platform = platform_with(&a, &b);

    g_assert_cmphex(SEND(platform, POWER, 0x3, 0).values[0], ==, 0xf0000000);
    /* The bit of change requests came after their message. */
    scmi_test_negotiate(platform, POWER, 0x30000);
    g_assert_cmphex(SEND(platform, POWER, 0x3, 0).values[0], ==, 0xf0000000);
    scmi_test_negotiate(platform, POWER, 0x20000);
    g_assert_cmphex(SEND(platform, POWER, 0x3, 0).values[0], ==, 0xe0000000);
    ASSERT_VALUES(SEND(platform, POWER, 0x2, 0x7), 0);
    scmi_test_negotiate(platform, POWER, 0x10000);
    g_assert_cmphex(SEND(platform, POWER, 0x3, 0).values[0], ==, 0xe0000000);
    ASSERT_STATUS(SEND(platform, POWER, 0x2, 0x7), SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

static void test_power_events(void)
{
    ScmiTestInbox a = {}, b = {};
    ScmiPlatform *platform = platform_with(&a, &b);

    ASSERT_STATUS(SEND_AS(2, platform, POWER, 0x6, 0, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 0, ON), SCMI_SUCCESS);
    ASSERT_EVENT(&b, STATE_CHANGED, 1, 0, ON);
    /* Of what changes nothing there is an event of its own. */
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 0, ON), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&b);
    ASSERT_STATUS(SEND_AS(2, platform, POWER, 0x7, 0, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 0, ON), SCMI_SUCCESS);
    ASSERT_EVENT(&b, STATE_CHANGE_REQUESTED, 1, 0, ON);
    /* Of this domain alone. */
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 1, ON), SCMI_SUCCESS);
    object_property_set_bool(scmi_test_resource(platform, "power/p"), "on",
                             false, &error_abort);
    ASSERT_EVENT(&b, STATE_CHANGED, 0, 0, OFF);

    ASSERT_STATUS(SEND_AS(2, platform, POWER, 0x6, 0, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 0, ON), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&a);
    ASSERT_NO_EVENT(&b);
    scmi_test_free(platform);
}

static void test_power_async(void)
{
    ScmiTestInbox a = {}, b = {};
    ScmiPlatform *platform = platform_with(&a, &b);

    ASSERT_STATUS(SEND(platform, POWER, 0x4, 1, 1, ON), SCMI_SUCCESS);
    virtual_clock_step(LATENCY - 1);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 1), OFF);
    ASSERT_NO_EVENT(&a);
    virtual_clock_step(1);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 1), ON);
    ASSERT_EVENT(&a, STATE_SET_COMPLETE, 0, 1, ON);

    ASSERT_STATUS(SEND(platform, POWER, 0x4, 1, 1, 1),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 1, 2, ON), SCMI_NOT_FOUND);
    virtual_clock_step(LATENCY);
    ASSERT_NO_EVENT(&a);
    ASSERT_NO_EVENT(&b);
    scmi_test_free(platform);
}

static void test_clock_events(void)
{
    ScmiTestInbox a = {}, b = {};
    ScmiPlatform *platform = platform_with(&a, &b);

    g_assert_cmphex(SEND(platform, CLOCK, 0x3, 0).values[0], ==, 0xc0000001);
    ASSERT_STATUS(SEND_AS(2, platform, CLOCK, 0x9, 0, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, 0, 1, 1), SCMI_SUCCESS);
    ASSERT_EVENT(&b, RATE_CHANGED, 1, 0, 1, 1);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, 0, 1, 1), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&b);
    ASSERT_STATUS(SEND_AS(2, platform, CLOCK, 0xa, 0, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, 0, 1, 1), SCMI_SUCCESS);
    ASSERT_EVENT(&b, RATE_CHANGE_REQUESTED, 1, 0, 1, 1);
    ASSERT_STATUS(SEND_AS(2, platform, CLOCK, 0x9, 0, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, 0, 100, 0), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&a);
    ASSERT_NO_EVENT(&b);

    scmi_test_negotiate(platform, CLOCK, 0x10000);
    g_assert_cmphex(SEND(platform, CLOCK, 0x3, 0).values[0], ==, 1);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x9, 0, 1), SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

static void test_clock_async(void)
{
    ScmiTestInbox a = {}, b = {};
    ScmiPlatform *platform = platform_with(&a, &b);

    /* Linux asks for none unless it is told of two. */
    ASSERT_VALUES(SEND(platform, CLOCK, 0x1), 2 | 4 << 16);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 1, 0, 150, 0), SCMI_SUCCESS);
    virtual_clock_step(LATENCY - 1);
    ASSERT_VALUES(SEND(platform, CLOCK, 0x6, 0), 100, 0);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 5, 0, 150, 0), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&a);
    virtual_clock_step(1);
    ASSERT_EVENT(&a, RATE_SET_COMPLETE, 0, 0, 100, 0);
    virtual_clock_step(LATENCY);
    ASSERT_EVENT(&a, RATE_SET_COMPLETE, 0, 0, 200, 0);
    ASSERT_VALUES(SEND(platform, CLOCK, 0x6, 0), 200, 0);

    /* An agent that wants no response gets none. */
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 3, 0, 1, 1), SCMI_SUCCESS);
    virtual_clock_step(10 * LATENCY);
    ASSERT_VALUES(SEND(platform, CLOCK, 0x6, 0), 1, 1);
    ASSERT_NO_EVENT(&a);

    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 1, 0, 99, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 1, 1, 100, 0), SCMI_DENIED);
    virtual_clock_step(LATENCY);
    ASSERT_NO_EVENT(&a);
    ASSERT_NO_EVENT(&b);
    scmi_test_free(platform);
}

static void test_reset_events(void)
{
    ScmiTestInbox a = {}, b = {};
    ScmiPlatform *platform = platform_with(&a, &b);

    g_assert_cmphex(SEND(platform, RESET, 0x3, 0).values[0], ==, 0xc0000000);
    ASSERT_STATUS(SEND_AS(2, platform, RESET, 0x5, 0, 1), SCMI_SUCCESS);
    /* A pulse, and being put into reset; staying there or leaving is none. */
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 1, 0), SCMI_SUCCESS);
    ASSERT_EVENT(&b, RESET_ISSUED, 1, 0, 0);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 2, 0), SCMI_SUCCESS);
    ASSERT_EVENT(&b, RESET_ISSUED, 1, 0, 0);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 2, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 0, 0), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&b);
    ASSERT_STATUS(SEND_AS(2, platform, RESET, 0x5, 0, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 1, 0), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&a);
    ASSERT_NO_EVENT(&b);
    scmi_test_free(platform);
}

static void test_reset_async(void)
{
    ScmiTestInbox a = {}, b = {};
    ScmiPlatform *platform = platform_with(&a, &b);

    ASSERT_STATUS(SEND_AS(2, platform, RESET, 0x5, 0, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 5, 0), SCMI_SUCCESS);
    virtual_clock_step(LATENCY - 1);
    ASSERT_NO_EVENT(&a);
    ASSERT_NO_EVENT(&b);
    virtual_clock_step(1);
    ASSERT_EVENT(&b, RESET_ISSUED, 1, 0, 0);
    ASSERT_EVENT(&a, RESET_COMPLETE, 0, 0);

    /* Only a pulse has an end. */
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 4, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 6, 0),
                  SCMI_INVALID_PARAMETERS);
    virtual_clock_step(LATENCY);
    ASSERT_NO_EVENT(&a);
    scmi_test_free(platform);
}

void scmi_test_add_async(void)
{
    g_test_add_func("/scmi/async/power-attributes", test_power_attributes);
    g_test_add_func("/scmi/async/power-events", test_power_events);
    g_test_add_func("/scmi/async/power", test_power_async);
    g_test_add_func("/scmi/async/clock-events", test_clock_events);
    g_test_add_func("/scmi/async/clock", test_clock_async);
    g_test_add_func("/scmi/async/reset-events", test_reset_events);
    g_test_add_func("/scmi/async/reset", test_reset_async);
}
