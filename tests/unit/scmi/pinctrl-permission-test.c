/*
 * Unit tests of the SCMI platform: which agent may use which pins
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define PINCTRL SCMI_PROTOCOL_PINCTRL
#define BASE SCMI_PROTOCOL_BASE

enum { TRUSTED = 1, PLAIN = 2, NUM_AGENTS = 3 };
enum { PIN, GROUP, FUNCTION };
enum { ATTRIBUTES = 3, REQUEST = 7, RELEASE = 8, SET_PERMISSIONS = 10 };

#define DENY(selector) (selector)
#define ALLOW(selector) ((selector) | 1 << 2)

static ScmiPlatform *three_pins(void)
{
    return scmi_test_platform(
        "{ 'agents': [ { 'name': 'trusted', 'trusted': true },"
        "    { 'name': 'plain' } ],"
        "  'devices': [ { 'name': 'd', 'pins': [ 'p1' ] } ],"
        "  'pinctrl': { 'pins': [ { 'name': 'p0' }, { 'name': 'p1' },"
        "      { 'name': 'p2' } ],"
        "    'groups': [ { 'name': 'g', 'pins': [ 'p1', 'p2' ] } ],"
        "    'functions': [ { 'name': 'f', 'groups': [ 'g' ] } ] } }");
}

static void permit(ScmiPlatform *platform, unsigned agent, uint32_t id,
                   uint32_t flags)
{
    ASSERT_STATUS(SEND_AS(TRUSTED, platform, PINCTRL, SET_PERMISSIONS, agent,
                          id, flags), SCMI_SUCCESS);
}

/* What each of the agent's pins is answered. */
static void check_pins(ScmiPlatform *platform, unsigned agent, int p0, int p1,
                       int p2)
{
    const int expected[] = { p0, p1, p2 };

    for (unsigned id = 0; id < ARRAY_SIZE(expected); id++) {
        g_assert_cmpint(SEND_AS(agent, platform, PINCTRL, ATTRIBUTES, id,
                                PIN).status, ==, expected[id]);
    }
}

static void test_set(void)
{
    ScmiPlatform *platform = three_pins();

    ASSERT_VALUES(SEND(platform, PINCTRL, 0x2, SET_PERMISSIONS), 0);
    permit(platform, PLAIN, 0, DENY(PIN));
    check_pins(platform, PLAIN, SCMI_DENIED, SCMI_SUCCESS, SCMI_SUCCESS);
    check_pins(platform, TRUSTED, SCMI_SUCCESS, SCMI_SUCCESS, SCMI_SUCCESS);
    permit(platform, PLAIN, 0, DENY(GROUP));
    check_pins(platform, PLAIN, SCMI_DENIED, SCMI_DENIED, SCMI_DENIED);
    permit(platform, PLAIN, 2, ALLOW(PIN));
    check_pins(platform, PLAIN, SCMI_DENIED, SCMI_DENIED, SCMI_SUCCESS);
    permit(platform, PLAIN, 0, ALLOW(GROUP));
    check_pins(platform, PLAIN, SCMI_DENIED, SCMI_SUCCESS, SCMI_SUCCESS);
    /* Who locks itself out can let itself in. */
    permit(platform, TRUSTED, 0, DENY(PIN));
    check_pins(platform, TRUSTED, SCMI_DENIED, SCMI_SUCCESS, SCMI_SUCCESS);
    permit(platform, TRUSTED, 0, ALLOW(PIN));
    check_pins(platform, TRUSTED, SCMI_SUCCESS, SCMI_SUCCESS, SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, BASE, 0xb, PLAIN, 1), SCMI_SUCCESS);
    check_pins(platform, PLAIN, SCMI_SUCCESS, SCMI_SUCCESS, SCMI_SUCCESS);
    scmi_test_free(platform);
}

static void test_refused(void)
{
    static const struct {
        uint32_t agent;
        uint32_t id;
        uint32_t flags;
        int status;
    } cases[] = {
        { NUM_AGENTS, 0, DENY(PIN), SCMI_NOT_FOUND },
        { UINT32_MAX, 0, DENY(PIN), SCMI_NOT_FOUND },
        { PLAIN, 3, DENY(PIN), SCMI_NOT_FOUND },
        { PLAIN, 0x10000, DENY(PIN), SCMI_NOT_FOUND },
        { PLAIN, 1, DENY(GROUP), SCMI_NOT_FOUND },
        { PLAIN, 0, DENY(FUNCTION), SCMI_INVALID_PARAMETERS },
        { PLAIN, 0, DENY(3), SCMI_INVALID_PARAMETERS },
        { PLAIN, 0, 1 << 3, SCMI_INVALID_PARAMETERS },
        { PLAIN, 0, 1u << 31, SCMI_INVALID_PARAMETERS },
    };
    ScmiPlatform *platform = three_pins();

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        ASSERT_STATUS(SEND(platform, PINCTRL, SET_PERMISSIONS, cases[i].agent,
                           cases[i].id, cases[i].flags), cases[i].status);
    }
    ASSERT_STATUS(SEND_AS(PLAIN, platform, PINCTRL, SET_PERMISSIONS, PLAIN, 0,
                          ALLOW(PIN)), SCMI_DENIED);
    check_pins(platform, PLAIN, SCMI_SUCCESS, SCMI_SUCCESS, SCMI_SUCCESS);
    scmi_test_free(platform);
}

/* The pins of @agent's are those of the group, which it requested. */
static void check_given_up(ScmiPlatform *platform, int p1, int p2)
{
    g_assert_cmpint(SEND(platform, PINCTRL, REQUEST, 0, PIN).status, ==,
                    SCMI_BUSY);
    g_assert_cmpint(SEND(platform, PINCTRL, REQUEST, 1, PIN).status, ==, p1);
    g_assert_cmpint(SEND(platform, PINCTRL, REQUEST, 2, PIN).status, ==, p2);
}

static ScmiPlatform *requested_pins(void)
{
    ScmiPlatform *platform = three_pins();

    ASSERT_STATUS(SEND_AS(PLAIN, platform, PINCTRL, REQUEST, 0, PIN),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(PLAIN, platform, PINCTRL, REQUEST, 0, GROUP),
                  SCMI_SUCCESS);
    check_given_up(platform, SCMI_BUSY, SCMI_BUSY);
    return platform;
}

/* Who is denied a pin cannot keep others from it. */
static void test_release(void)
{
    ScmiPlatform *platform = requested_pins();

    /* Another agent's denial takes nothing away. */
    permit(platform, TRUSTED, 0, DENY(GROUP));
    permit(platform, TRUSTED, 0, ALLOW(GROUP));
    check_given_up(platform, SCMI_BUSY, SCMI_BUSY);
    permit(platform, PLAIN, 2, DENY(PIN));
    check_given_up(platform, SCMI_BUSY, SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, BASE, 0x9, PLAIN, 0, 0), SCMI_SUCCESS);
    check_given_up(platform, SCMI_SUCCESS, SCMI_SUCCESS);
    scmi_test_free(platform);

    platform = requested_pins();
    ASSERT_STATUS(SEND(platform, BASE, 0xa, PLAIN, 0, PINCTRL, 0),
                  SCMI_SUCCESS);
    check_given_up(platform, SCMI_SUCCESS, SCMI_BUSY);
    scmi_test_free(platform);
}

void scmi_test_add_pinctrl_permission(void)
{
    g_test_add_func("/scmi/pinctrl-permission/set", test_set);
    g_test_add_func("/scmi/pinctrl-permission/refused", test_refused);
    g_test_add_func("/scmi/pinctrl-permission/release", test_release);
}
