/*
 * Unit tests of the SCMI platform: which agent may use what
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define BASE SCMI_PROTOCOL_BASE
#define CLOCK SCMI_PROTOCOL_CLOCK
#define POWER SCMI_PROTOCOL_POWER

enum {
    TRUSTED = 1,
    PLAIN = 2,
    CONFINED = 3,
};

enum {
    DEVICE_UART = 0,
    DEVICE_EMPTY = 1,
    NUM_DEVICES = 2,
};

/* The UART's clock is number 1, its power domain number 0. */
static ScmiPlatform *three_agents(void)
{
    return scmi_test_platform(
        "{ 'agents': [ { 'name': 'trusted', 'trusted': true },"
        "    { 'name': 'plain' },"
        "    { 'name': 'confined', 'denied-protocols': [ 22 ],"
        "      'denied-devices': [ 'uart' ] } ],"
        "  'devices': [ { 'name': 'uart', 'clocks': [ 'uart' ],"
        "      'power-domains': [ 'uart' ] }, { 'name': 'empty' } ],"
        "  'clocks': [ { 'name': 'other', 'rates': [ 1 ] },"
        "              { 'name': 'uart', 'rates': [ 1, 2 ] } ],"
        "  'power-domains': [ { 'name': 'uart' }, { 'name': 'other' } ],"
        "  'reset-domains': [ { 'name': 'other' } ] }");
}

static void check_uart(ScmiPlatform *platform, unsigned agent, int clock,
                       int power)
{
    ScmiTestReply reply = SEND_AS(agent, platform, CLOCK, 0x6, 1);

    g_assert_cmpint(reply.status, ==, clock);
    reply = SEND_AS(agent, platform, POWER, 0x5, 0);
    g_assert_cmpint(reply.status, ==, power);
    /* What is not the UART's nobody is denied. */
    ASSERT_VALUES(SEND_AS(agent, platform, CLOCK, 0x6, 0), 1, 0);
    ASSERT_VALUES(SEND_AS(agent, platform, POWER, 0x5, 1), 0x40000000);
}

static void check_configured(ScmiPlatform *platform)
{
    check_uart(platform, TRUSTED, SCMI_SUCCESS, SCMI_SUCCESS);
    check_uart(platform, PLAIN, SCMI_SUCCESS, SCMI_SUCCESS);
    check_uart(platform, CONFINED, SCMI_DENIED, SCMI_DENIED);
}

/* Denied protocols are not listed; denied domains are still counted. */
static void test_views(void)
{
    ScmiPlatform *platform = three_agents();

    check_configured(platform);
    ASSERT_VALUES(SEND_AS(PLAIN, platform, BASE, 0x1), 0x00000303);
    ASSERT_VALUES(SEND_AS(PLAIN, platform, BASE, 0x6, 0), 3, 0x00161411);
    ASSERT_VALUES(SEND_AS(CONFINED, platform, BASE, 0x1), 0x00000302);
    ASSERT_VALUES(SEND_AS(CONFINED, platform, BASE, 0x6, 0), 2, 0x1411);
    ASSERT_STATUS(SEND_AS(CONFINED, platform, BASE, 0x6, 3),
                  SCMI_INVALID_PARAMETERS);
    for (unsigned message = 0; message < 0x20; message++) {
        ASSERT_STATUS(SEND_AS(CONFINED, platform, SCMI_PROTOCOL_RESET,
                              message), SCMI_DENIED);
    }
    ASSERT_VALUES(SEND_AS(CONFINED, platform, CLOCK, 0x1), 2);
    ASSERT_STATUS(SEND_AS(CONFINED, platform, CLOCK, 0x3, 1), SCMI_DENIED);
    ASSERT_STATUS(SEND_AS(CONFINED, platform, CLOCK, 0x3, 2), SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

static void test_device(void)
{
    ScmiPlatform *platform = three_agents();

    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0x9, PLAIN, DEVICE_UART,
                          0), SCMI_SUCCESS);
    check_uart(platform, PLAIN, SCMI_DENIED, SCMI_DENIED);
    check_uart(platform, TRUSTED, SCMI_SUCCESS, SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0x9, CONFINED, DEVICE_UART,
                          1), SCMI_SUCCESS);
    check_uart(platform, CONFINED, SCMI_SUCCESS, SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0x9, CONFINED,
                          DEVICE_EMPTY, 0), SCMI_SUCCESS);
    check_uart(platform, CONFINED, SCMI_SUCCESS, SCMI_SUCCESS);
    /* It may even lock itself out. */
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0x9, TRUSTED, DEVICE_UART,
                          0), SCMI_SUCCESS);
    check_uart(platform, TRUSTED, SCMI_DENIED, SCMI_DENIED);
    device_cold_reset(DEVICE(platform));
    check_configured(platform);
    scmi_test_free(platform);
}

static void test_protocol(void)
{
    ScmiPlatform *platform = three_agents();

    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0xa, PLAIN, DEVICE_UART,
                          CLOCK, 0), SCMI_SUCCESS);
    check_uart(platform, PLAIN, SCMI_DENIED, SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0xa, CONFINED, DEVICE_UART,
                          POWER, 1), SCMI_SUCCESS);
    check_uart(platform, CONFINED, SCMI_DENIED, SCMI_SUCCESS);
    scmi_test_free(platform);
}

static void test_refused(void)
{
    static const struct {
        uint32_t agent;
        uint32_t device;
        uint32_t protocol;
        uint32_t flags;
        int device_status;
        int protocol_status;
    } cases[] = {
        { 4, DEVICE_UART, CLOCK, 0, SCMI_NOT_FOUND, SCMI_NOT_FOUND },
        { UINT32_MAX, DEVICE_UART, CLOCK, 0, SCMI_NOT_FOUND, SCMI_NOT_FOUND },
        { PLAIN, NUM_DEVICES, CLOCK, 0, SCMI_NOT_FOUND, SCMI_NOT_FOUND },
        { PLAIN, UINT32_MAX, CLOCK, 0, SCMI_NOT_FOUND, SCMI_NOT_FOUND },
        { PLAIN, DEVICE_UART, CLOCK, 2, SCMI_INVALID_PARAMETERS,
          SCMI_INVALID_PARAMETERS },
        { PLAIN, DEVICE_UART, CLOCK, 0x80000001, SCMI_INVALID_PARAMETERS,
          SCMI_INVALID_PARAMETERS },
        { PLAIN, DEVICE_EMPTY, CLOCK, 0, SCMI_SUCCESS, SCMI_NOT_FOUND },
        { PLAIN, DEVICE_EMPTY, BASE, 0, SCMI_SUCCESS, SCMI_NOT_FOUND },
        { PLAIN, DEVICE_EMPTY, 0x100 | CLOCK, 0, SCMI_SUCCESS,
          SCMI_NOT_FOUND },
        { PLAIN, DEVICE_EMPTY, UINT32_MAX, 0, SCMI_SUCCESS, SCMI_NOT_FOUND },
    };
    ScmiPlatform *platform = three_agents();

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0x9, cases[i].agent,
                              cases[i].device, cases[i].flags),
                      cases[i].device_status);
        ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0xa, cases[i].agent,
                              cases[i].device, cases[i].protocol,
                              cases[i].flags), cases[i].protocol_status);
        check_configured(platform);
    }
    ASSERT_STATUS(SEND_AS(PLAIN, platform, BASE, 0x9, CONFINED, DEVICE_UART,
                          1), SCMI_DENIED);
    ASSERT_STATUS(SEND_AS(PLAIN, platform, BASE, 0xa, CONFINED, DEVICE_UART,
                          CLOCK, 1), SCMI_DENIED);
    ASSERT_STATUS(SEND_AS(PLAIN, platform, BASE, 0xb, CONFINED, 1),
                  SCMI_DENIED);
    check_configured(platform);
    scmi_test_free(platform);
}

/* What single agents may not change of a clock, beside what none may. */
static void test_restricted_clocks(void)
{
    enum { RATE_ONLY, STATE_ONLY, ROOT, FIXED };
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'free' }, { 'name': 'bound',"
        "    'restricted-clocks': ["
        "      { 'clock': 'rate', 'changes': [ 'parent', 'state' ] },"
        "      { 'clock': 'state', 'changes': [ 'rate', 'parent' ] },"
        "      { 'clock': 'root', 'changes': [] },"
        "      { 'clock': 'fixed', 'changes': [ 'rate' ] } ] } ],"
        "  'clocks': [ { 'name': 'rate', 'rates': [ 1, 2 ],"
        "                'parents': [ 'root' ] },"
        "    { 'name': 'state', 'rates': [ 1, 2 ], 'parents': [ 'root' ],"
        "      'oem': [ { 'type': 1, 'value': 50 } ] },"
        "    { 'name': 'root', 'rates': [ 1 ] },"
        "    { 'name': 'fixed', 'rates': [ 1 ], 'restricted': true } ] }");
    static const struct {
        unsigned agent;
        uint32_t clock;
        uint32_t permissions;
        int rate;
        int state;
        int parent;
    } cases[] = {
        { 1, RATE_ONLY, 7u << 29, SCMI_SUCCESS, SCMI_SUCCESS, SCMI_SUCCESS },
        { 1, STATE_ONLY, 7u << 29, SCMI_SUCCESS, SCMI_SUCCESS, SCMI_SUCCESS },
        { 2, RATE_ONLY, 1u << 29, SCMI_SUCCESS, SCMI_DENIED, SCMI_DENIED },
        { 2, STATE_ONLY, 1u << 31, SCMI_DENIED, SCMI_SUCCESS, SCMI_DENIED },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned agent = cases[i].agent;
        uint32_t clock = cases[i].clock;
        ScmiTestReply reply = SEND_AS(agent, platform, CLOCK, 0x3, clock);

        /* Only who is restricted is told to look at what. */
        g_assert_cmphex(reply.values[0] & 2, ==, agent == 2 ? 2 : 0);
        ASSERT_VALUES(SEND_AS(agent, platform, CLOCK, 0xf, clock),
                      cases[i].permissions);
        ASSERT_STATUS(SEND_AS(agent, platform, CLOCK, 0x5, 0, clock, 2, 0),
                      cases[i].rate);
        ASSERT_STATUS(SEND_AS(agent, platform, CLOCK, 0x7, clock, 0, 0),
                      cases[i].state);
        ASSERT_STATUS(SEND_AS(agent, platform, CLOCK, 0xd, clock, ROOT),
                      cases[i].parent);
    }
    ASSERT_STATUS(SEND_AS(2, platform, CLOCK, 0x7, STATE_ONLY, 1 << 16 | 3,
                          30), SCMI_SUCCESS);
    ASSERT_VALUES(SEND_AS(2, platform, CLOCK, 0xf, ROOT), 7u << 29);
    for (unsigned agent = 1; agent <= 2; agent++) {
        ASSERT_VALUES(SEND_AS(agent, platform, CLOCK, 0xf, FIXED), 0);
    }
    scmi_test_free(platform);
}

/* Versions and subscriptions always, permissions if asked to. */
static void test_reset_configuration(void)
{
    ScmiPlatform *platform = three_agents();

    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0x9, PLAIN, DEVICE_UART,
                          0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(PLAIN, platform, CLOCK, 0x10, 0x10000),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0xb, PLAIN, 0),
                  SCMI_SUCCESS);
    g_assert_cmpuint(SEND_AS(PLAIN, platform, CLOCK, 0x3, 0).num_values, ==,
                     6);
    check_uart(platform, PLAIN, SCMI_DENIED, SCMI_DENIED);
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0xb, PLAIN, 1),
                  SCMI_SUCCESS);
    check_configured(platform);

    /* Configured permissions come back as they were: some are denials. */
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0x9, CONFINED, DEVICE_UART,
                          1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0xb, CONFINED, 1),
                  SCMI_SUCCESS);
    check_configured(platform);
    ASSERT_STATUS(SEND_AS(CONFINED, platform, SCMI_PROTOCOL_RESET, 0x0),
                  SCMI_DENIED);
    scmi_test_free(platform);
}

/* What an agent may not use it does not hear of, not even later. */
static void test_subscriptions(void)
{
    ScmiPlatform *platform = three_agents();
    ScmiTestInbox inbox = {};
    Object *uart = scmi_test_resource(platform, "clock/uart");

    scmi_test_attach(platform, PLAIN, &inbox);
    ASSERT_STATUS(SEND_AS(PLAIN, platform, CLOCK, 0x9, 1, 1), SCMI_SUCCESS);
    object_property_set_uint(uart, "rate", 2, &error_abort);
    ASSERT_EVENT(&inbox, 0x5300, 0, 1, 2, 0);
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0xa, PLAIN, DEVICE_UART,
                          CLOCK, 0), SCMI_SUCCESS);
    object_property_set_uint(uart, "rate", 1, &error_abort);
    ASSERT_NO_EVENT(&inbox);
    ASSERT_STATUS(SEND_AS(PLAIN, platform, CLOCK, 0x9, 1, 1), SCMI_DENIED);
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, BASE, 0xa, PLAIN, DEVICE_UART,
                          CLOCK, 1), SCMI_SUCCESS);
    object_property_set_uint(uart, "rate", 2, &error_abort);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

void scmi_test_add_permission(void)
{
    g_test_add_func("/scmi/permission/views", test_views);
    g_test_add_func("/scmi/permission/device", test_device);
    g_test_add_func("/scmi/permission/protocol", test_protocol);
    g_test_add_func("/scmi/permission/refused", test_refused);
    g_test_add_func("/scmi/permission/restricted-clocks",
                    test_restricted_clocks);
    g_test_add_func("/scmi/permission/reset-configuration",
                    test_reset_configuration);
    g_test_add_func("/scmi/permission/subscriptions", test_subscriptions);
}
