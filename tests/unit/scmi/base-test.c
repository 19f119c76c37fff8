/*
 * Unit tests of the SCMI platform: Base protocol and versions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "scmi-test.h"

#define BASE SCMI_PROTOCOL_BASE
#define BASE_V1 0x10000
#define MYSELF UINT32_MAX

static void test_identity(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    ScmiTestReply reply;

    ASSERT_VALUES(SEND(platform, BASE, 0x0), 0x20001);
    ASSERT_VALUES(SEND(platform, BASE, 0x5), 1);

    reply = SEND(platform, BASE, 0x3);
    g_assert_cmpuint(reply.num_values, ==, 4);
    scmi_test_assert_text(&reply, 0, "Farside", 16);
    reply = SEND(platform, BASE, 0x4);
    g_assert_cmpuint(reply.num_values, ==, 4);
    scmi_test_assert_text(&reply, 0, "reference", 16);
    scmi_test_free(platform);
}

/* As bytes, the way that a transport carries them. */
static void test_vectors(void)
{
    static const uint8_t version_reply[] = { 0, 0, 0, 0, 1, 0, 2, 0 };
    static const uint8_t list_reply[] = {
        0, 0, 0, 0, 3, 0, 0, 0, 0x11, 0x14, 0x16, 0,
    };
    static const uint8_t not_found[] = { 0xfc, 0xff, 0xff, 0xff };
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'power-domains': [ { 'name': 'a' } ],"
        "  'clocks': [ { 'name': 'a', 'rates': [ 1 ] } ],"
        "  'reset-domains': [ { 'name': 'a' } ] }");
    uint8_t reply[SCMI_REPLY_MAX];
    uint8_t payload[4] = {};
    size_t n;

    n = scmi_platform_handle(platform, 1, 0x00004000, NULL, 0, reply,
                             sizeof(reply));
    g_assert_cmpmem(reply, n, version_reply, sizeof(version_reply));
    n = scmi_platform_handle(platform, 1, 0x00044006, payload, 4, reply,
                             sizeof(reply));
    g_assert_cmpmem(reply, n, list_reply, sizeof(list_reply));
    n = scmi_platform_handle(platform, 1, 0x000440ff, NULL, 0, reply,
                             sizeof(reply));
    g_assert_cmpmem(reply, n, not_found, sizeof(not_found));
    scmi_test_free(platform);
}

static ScmiPlatform *four_protocols(void)
{
    return scmi_test_platform(
        "{ 'power-domains': [ { 'name': 'a' } ],"
        "  'clocks': [ { 'name': 'a', 'rates': [ 1 ] } ],"
        "  'sensors': [ { 'name': 'a', 'type': 'power', 'scale': 0,"
        "                 'value': 0 } ],"
        "  'reset-domains': [ { 'name': 'a' } ] }");
}

static void test_list_protocols(void)
{
    ScmiPlatform *platform = four_protocols();

    /* Besides Base; and one agent besides the platform. */
    ASSERT_VALUES(SEND(platform, BASE, 0x1), 0x00000104);
    ASSERT_VALUES(SEND(platform, BASE, 0x6, 0), 4, 0x16151411);
    ASSERT_VALUES(SEND(platform, BASE, 0x6, 1), 3, 0x00161514);
    ASSERT_VALUES(SEND(platform, BASE, 0x6, 3), 1, 0x16);
    ASSERT_VALUES(SEND(platform, BASE, 0x6, 4), 0);
    ASSERT_STATUS(SEND(platform, BASE, 0x6, 5), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BASE, 0x6, UINT32_MAX),
                  SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);

    /* None besides Base. */
    platform = scmi_test_platform("{}");
    ASSERT_VALUES(SEND(platform, BASE, 0x1), 0x00000100);
    ASSERT_VALUES(SEND(platform, BASE, 0x6, 0), 0);
    ASSERT_STATUS(SEND(platform, BASE, 0x6, 1), SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

/* A reply that cannot hold the whole list holds part of it. */
static void test_list_protocols_cut(void)
{
    ScmiPlatform *platform = four_protocols();
    uint32_t skip[] = { 0 };
    uint32_t header = scmi_test_header(BASE, 0x6);

    ASSERT_VALUES(scmi_test_send(platform, 1, header, skip, 4, 12),
                  4, 0x16151411);
    for (unsigned room = 8; room < 12; room++) {
        ASSERT_STATUS(scmi_test_send(platform, 1, header, skip, 4, room),
                      SCMI_COMMS_ERROR);
    }
    skip[0] = cpu_to_le32(4);
    ASSERT_VALUES(scmi_test_send(platform, 1, header, skip, 4, 8), 0);
    scmi_test_free(platform);
}

static void check_agent(ScmiPlatform *platform, unsigned sender, uint32_t id,
                        unsigned expected, const char *name)
{
    ScmiTestReply reply = SEND_AS(sender, platform, BASE, 0x7, id);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    g_assert_cmpuint(reply.num_values, ==, 5);
    g_assert_cmpuint(reply.values[0], ==, expected);
    scmi_test_assert_text(&reply, 1, name, 16);
}

static void test_agents(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'OSPM' }, { 'name': 'fifteen-letters' }, { 'name': 'modem' } ] }");
    ScmiTestReply reply;

    g_assert_cmpuint(scmi_platform_num_agents(platform), ==, 4);
    ASSERT_VALUES(SEND(platform, BASE, 0x1), 0x00000300);
    check_agent(platform, 1, 0, 0, "platform");
    check_agent(platform, 1, 1, 1, "OSPM");
    check_agent(platform, 1, 2, 2, "fifteen-letters");
    check_agent(platform, 1, MYSELF, 1, "OSPM");
    check_agent(platform, 3, MYSELF, 3, "modem");
    ASSERT_STATUS(SEND(platform, BASE, 0x7, 4), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, BASE, 0x7, UINT32_MAX - 1), SCMI_NOT_FOUND);

    /* Version 1 names the agent and does not number it, nor knows "myself". */
    scmi_test_negotiate(platform, BASE, BASE_V1);
    reply = SEND(platform, BASE, 0x7, 3);
    g_assert_cmpuint(reply.num_values, ==, 4);
    scmi_test_assert_text(&reply, 0, "modem", 16);
    ASSERT_STATUS(SEND(platform, BASE, 0x7, MYSELF), SCMI_NOT_FOUND);
    check_agent(platform, 2, MYSELF, 2, "fifteen-letters");
    scmi_test_free(platform);
}

/* An agent that nobody trusts gives no permissions, itself included. */
static void test_permissions_untrusted(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_STATUS(SEND(platform, BASE, 0x9, 1, 0, 1), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, BASE, 0xa, 1, 0, 0x14, 1), SCMI_DENIED);
    scmi_test_free(platform);
}

static bool uses_clock_v1(ScmiPlatform *platform, unsigned agent)
{
    ScmiTestReply reply = SEND_AS(agent, platform, SCMI_PROTOCOL_CLOCK, 0x3,
                                  0);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    return reply.num_values == 5;
}

static ScmiPlatform *two_agents(void)
{
    return scmi_test_platform(
        "{ 'agents': [ { 'name': 'a' }, { 'name': 'b' } ],"
        "  'clocks': [ { 'name': 'a', 'rates': [ 1 ] } ] }");
}

static void test_reset_agent_configuration(void)
{
    ScmiPlatform *platform = two_agents();

    SEND_AS(1, platform, SCMI_PROTOCOL_CLOCK, 0x10, 0x10000);
    SEND_AS(2, platform, SCMI_PROTOCOL_CLOCK, 0x10, 0x10000);

    ASSERT_STATUS(SEND(platform, BASE, 0xb, 3, 0), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, BASE, 0xb, MYSELF, 0), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, BASE, 0xb, 1, 2), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BASE, 0xb, 0, 0), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, BASE, 0xb, 2, 0), SCMI_DENIED);
    g_assert(uses_clock_v1(platform, 1));
    g_assert(uses_clock_v1(platform, 2));

    ASSERT_STATUS(SEND(platform, BASE, 0xb, 1, 0), SCMI_SUCCESS);
    g_assert(!uses_clock_v1(platform, 1));
    g_assert(uses_clock_v1(platform, 2));
    /* Its permissions, too: that is for those who may change them. */
    ASSERT_STATUS(SEND_AS(2, platform, BASE, 0xb, 2, 1), SCMI_DENIED);
    g_assert(uses_clock_v1(platform, 2));
    ASSERT_STATUS(SEND_AS(2, platform, BASE, 0xb, 2, 0), SCMI_SUCCESS);
    g_assert(!uses_clock_v1(platform, 2));
    scmi_test_free(platform);
}

/* Each agent has a version of its own, of each protocol. */
static void test_versions_are_apart(void)
{
    ScmiPlatform *platform = two_agents();

    scmi_test_negotiate(platform, SCMI_PROTOCOL_CLOCK, 0x10000);
    g_assert(uses_clock_v1(platform, 1));
    g_assert(!uses_clock_v1(platform, 2));
    check_agent(platform, 1, MYSELF, 1, "a");
    /* What the platform implements is not what is in use. */
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_CLOCK, 0x0), 0x30000);
    scmi_test_negotiate(platform, SCMI_PROTOCOL_CLOCK, 0x30000);
    g_assert(!uses_clock_v1(platform, 1));
    scmi_test_free(platform);
}

static void test_versions_refused(void)
{
    static const struct {
        uint8_t protocol;
        uint32_t newest;
    } newest[] = {
        { SCMI_PROTOCOL_BASE, 0x20001 }, { SCMI_PROTOCOL_POWER, 0x30001 },
        { SCMI_PROTOCOL_CLOCK, 0x30000 }, { SCMI_PROTOCOL_SENSOR, 0x30001 },
        { SCMI_PROTOCOL_RESET, 0x30001 },
    };
    ScmiPlatform *platform = scmi_test_default_platform();

    for (unsigned i = 0; i < ARRAY_SIZE(newest); i++) {
        uint32_t bad[] = { 0, 1, 0xffff, newest[i].newest + 1, 0x40000,
                           0x80010000, UINT32_MAX };

        ASSERT_VALUES(SEND(platform, newest[i].protocol, 0x0),
                      newest[i].newest);
        scmi_test_negotiate(platform, newest[i].protocol, newest[i].newest);
        scmi_test_negotiate(platform, newest[i].protocol, 0x10000);
        for (unsigned j = 0; j < ARRAY_SIZE(bad); j++) {
            ASSERT_STATUS(SEND(platform, newest[i].protocol, 0x10, bad[j]),
                          SCMI_NOT_SUPPORTED);
        }
    }
    /* A refused version leaves the one in use alone. */
    g_assert(uses_clock_v1(platform, 1));
    scmi_test_free(platform);
}

void scmi_test_add_base(void)
{
    g_test_add_func("/scmi/base/identity", test_identity);
    g_test_add_func("/scmi/base/vectors", test_vectors);
    g_test_add_func("/scmi/base/list-protocols", test_list_protocols);
    g_test_add_func("/scmi/base/list-protocols-cut",
                    test_list_protocols_cut);
    g_test_add_func("/scmi/base/agents", test_agents);
    g_test_add_func("/scmi/base/permissions-untrusted",
                    test_permissions_untrusted);
    g_test_add_func("/scmi/base/reset-agent-configuration",
                    test_reset_agent_configuration);
    g_test_add_func("/scmi/base/versions-are-apart", test_versions_are_apart);
    g_test_add_func("/scmi/base/versions-refused", test_versions_refused);
}
