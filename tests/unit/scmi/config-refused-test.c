/*
 * Unit tests of the SCMI platform: configurations that make no sense
 *
 * Each is refused with an error that names the member that is wrong, and
 * leaves nothing behind. Those of domains: domains-refused-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define CLOCKS(list) "{ 'clocks': [ " list " ] }"
#define RATES "clocks[0].rates: there must be either rates or a range"
#define RANGE "clocks[0].range: it must ascend from above 0 in whole steps"
#define SIXTY_FOUR \
    "a234567890123456789012345678901234567890123456789012345678901234"
#define TRANSPORT(members) \
    "{ 'power-domains': [ { 'name': 'p' } ], 'agents': [ { 'name': 'a' }," \
    "    { 'name': 'b', 'transport': { " members " } } ] }"
/* A limit of a transport, and the most that it may be. */
#define LIMIT(member, value, max)                                       \
    { "transport/" member "=" value,                                    \
      TRANSPORT("'type': 'virtio', '" member "': " value),              \
      "agents[1].transport." member ": must be from 1 to " max }

static const ScmiTestRefusal cases[] = {
    { "name/twice",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ] },"
             "{ 'name': 'x', 'rates': [ 1 ] }"),
      "clocks[1].name: another one is named 'x', too" },
    { "name/empty", CLOCKS("{ 'name': '', 'rates': [ 1 ] }"),
      "clocks[0].name: '' does not have 1 to 63 characters" },
    { "name/slash", "{ 'power-domains': [ { 'name': 'a/b' } ] }",
      "power-domains[0].name: 'a/b' has one of / [ ]" },
    { "name/bracket", "{ 'reset-domains': [ { 'name': 'a[*]' } ] }",
      "reset-domains[0].name: 'a[*]' has one of / [ ]" },
    { "name/closing-bracket", "{ 'reset-domains': [ { 'name': 'a]' } ] }",
      "reset-domains[0].name: 'a]' has one of / [ ]" },
    { "name/too-long",
      "{ 'power-domains': [ { 'name': 'a' }, { 'name': '" SIXTY_FOUR "' } ]"
      "}", "power-domains[1].name: '" SIXTY_FOUR "' does not have 1 to 63" },
    { "name/of-qom", "{ 'power-domains': [ { 'name': 'type' } ] }",
      "power-domains[0].name: 'type' is QEMU's own" },
    { "agents/twice", "{ 'agents': [ { 'name': 'a' }, { 'name': 'a' } ] }",
      "agents[1].name: another one is named 'a', too" },
    { "devices/twice", "{ 'devices': [ { 'name': 'a' }, { 'name': 'a' } ] }",
      "devices[1].name: another one is named 'a', too" },
    { "unchecked/no-rates",
      "{ 'unchecked': true, 'clocks': [ { 'name': 'x' } ] }",
      RATES },
    { "unchecked/no-step",
      "{ 'unchecked': true, 'clocks': [ { 'name': 'x',"
      "  'range': { 'min': 1, 'max': 2, 'step': 0 } } ] }",
      RANGE },
    { "unchecked/name", "{ 'unchecked': true, 'power-domains': ["
      "  { 'name': 'a' }, { 'name': 'a' } ] }",
      "power-domains[1].name: another one is named 'a', too" },
    { "unchecked/powercap-circle",
      "{ 'unchecked': true, 'powercap-domains': ["
      "  { 'name': 'a', 'caps': { 'min': 1, 'max': 1 },"
      "    'pais': { 'min': 1, 'max': 1 }, 'parent': 'a' } ] }",
      "powercap-domains[0].parent: 'a' is part of it" },
    { "imx-lms/no-agent",
      "{ 'imx-lms': [ { 'name': 'l', 'agents': [ 'x' ] } ] }",
      "imx-lms[0].agents[0]: no agent is named 'x'" },
    { "imx-lms/two-machines",
      "{ 'imx-lms': [ { 'name': 'l', 'agents': [ 'agent' ] },"
      "               { 'name': 'm', 'agents': [ 'agent' ] } ] }",
      "imx-lms[1].agents[0]: another machine has agent 'agent'" },
    { "imx-cpus/no-machine",
      "{ 'imx-cpus': [ { 'name': 'c' }, { 'name': 'd', 'lm': 'x' } ] }",
      "imx-cpus[1].lm: no machine is named 'x'" },
    { "imx-misc/no-words",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c', 'value': [] } ] } }",
      "imx-misc.controls[0].value: it has 1 to 8 words" },
    { "imx-misc/too-many-words",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c',"
      "  'value': [ 1, 2, 3, 4, 5, 6, 7, 8, 9 ] } ] } }",
      "imx-misc.controls[0].value: it has 1 to 8 words" },
    { "imx-misc/rom-passover",
      "{ 'imx-misc': { 'rom-passover': [ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,"
      "  12, 13, 14 ] } }",
      "imx-misc.rom-passover: 14 elements are more than 13" },
    { "imx-misc/twice",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c' } ],"
      "  'board-controls': [ { 'name': 'c' } ] } }",
      "imx-misc.board-controls[0].name: another one is named 'c', too" },
    { "agents/none", "{ 'agents': [] }",
      "agents: there are none" },
    { "identity/vendor", "{ 'vendor': 'sixteen-letters-' }",
      "vendor: 'sixteen-letters-' is longer than 15 characters" },
    { "identity/sub-vendor", "{ 'sub-vendor': 'sixteen-letters-' }",
      "sub-vendor: 'sixteen-letters-' is longer than 15 characters" },
    { "identity/agent",
      "{ 'agents': [ { 'name': 'a' }, { 'name': 'sixteen-letters-' } ] }",
      "agents[1].name: 'sixteen-letters-' is longer than 15 characters" },
    { "devices/resource", "{ 'power-domains': [ { 'name': 'p' } ],"
      "  'devices': [ { 'name': 'a' }, { 'name': 'b',"
      "                 'power-domains': [ 'p', 'q' ] } ] }",
      "devices[1].power-domains[1]: none of the platform's "
      "power-domains is named 'q'" },
    { "devices/no-protocol",
      "{ 'devices': [ { 'name': 'a', 'pins': [ 'p' ] } ] }",
      "devices[0].pins[0]: none of the platform's pins is named 'p'" },
    { "agents/denied-base",
      "{ 'agents': [ { 'name': 'a', 'denied-protocols': [ 16 ] } ] }",
      "agents[0].denied-protocols[0]: protocol 0x10 is every agent's" },
    { "agents/denied-nothing",
      "{ 'power-domains': [ { 'name': 'p' } ], 'agents': [ { 'name': 'a' },"
      "    { 'name': 'b', 'denied-protocols': [ 17, 20 ] } ] }",
      "agents[1].denied-protocols[1]: protocol 0x14 is not offered" },
    { "agents/denied-device",
      "{ 'agents': [ { 'name': 'a', 'denied-devices': [ 'd' ] } ] }",
      "agents[0].denied-devices[0]: no device is named 'd'" },
    { "agents/restricted-clock",
      "{ 'agents': [ { 'name': 'a' }, { 'name': 'b', 'restricted-clocks': ["
      "    { 'clock': 'c', 'changes': [ 'rate' ] },"
      "    { 'clock': 'd', 'changes': [] } ] } ],"
      "  'clocks': [ { 'name': 'c', 'rates': [ 1 ] } ] }",
      "agents[1].restricted-clocks[1].clock: no clock is named 'd'" },
    { "versions/protocol",
      "{ 'versions': [ { 'protocol': 1, 'version': 65536 } ] }",
      "versions[0].protocol: there is no protocol 0x1" },
    { "versions/version",
      "{ 'versions': [ { 'protocol': 20, 'version': 65535 } ] }",
      "versions[0].version: 0xffff is older than version 1.0" },
    { "versions/twice",
      "{ 'versions': [ { 'protocol': 20, 'version': 65536 },"
      "                { 'protocol': 20, 'version': 65536 } ] }",
      "versions[1].protocol: 0x14 has a version already" },
    { "transport/channel-offered",
      TRANSPORT("'type': 'smc-param', 'channels': [ 17, 20 ]"),
      "agents[1].transport.channels[1]: protocol 0x14 is not offered" },
    { "transport/channel-base",
      TRANSPORT("'type': 'smc-param', 'channels': [ 16 ]"),
      "agents[1].transport.channels[0]: protocol 0x10 cannot have one" },
    { "transport/channel-twice",
      TRANSPORT("'type': 'qcom-smc', 'channels': [ 17, 17 ]"),
      "agents[1].transport.channels[1]: protocol 0x11 has a channel already" },
    { "transport/mailbox-channel",
      TRANSPORT("'type': 'mailbox', 'channels': [ 17, 17 ]"),
      "agents[1].transport.channels[1]: protocol 0x11 has a channel already" },
    LIMIT("max-rx-timeout-ms", "0", "3600000"),
    LIMIT("max-rx-timeout-ms", "3600001", "3600000"),
    LIMIT("max-msg", "0", "1024"),
    LIMIT("max-msg", "1025", "1024"),
    LIMIT("max-msg-size", "0", "104"),
    LIMIT("max-msg-size", "105", "104"),
    { "imx-misc/board", "{ 'imx-misc': { 'board': 'sixteen-letters-' } }",
      "imx-misc.board: 'sixteen-letters-' is longer than 15 characters" },
    { "imx-misc/reason",
      "{ 'imx-misc': { 'reset-reasons': [ 'a', 'sixteen-letters-' ] } }",
      "imx-misc.reset-reasons[1]: 'sixteen-letters-' is longer than 15" },
    { "imx-bbm/rtc",
      "{ 'imx-bbm': { 'rtcs': [ { 'name': 'a' }, { 'name': '' } ] } }",
      "imx-bbm.rtcs[1].name: '' does not have 1 to 63 characters" },
    { "imx-cpus/name", "{ 'imx-cpus': [ { 'name': '/' } ] }",
      "imx-cpus[0].name: '/' has one of / [ ]" },
};

void scmi_test_check_config(const ScmiPlatformConfig *config,
                            const char *expected)
{
    Object *root = object_get_root();
    Error *err = NULL;
    ScmiPlatform *platform = scmi_platform_new(root, "scmi", config, &err);

    g_assert_null(platform);
    g_assert_nonnull(err);
    g_test_message("%s", error_get_pretty(err));
    g_assert(g_str_has_prefix(error_get_pretty(err), expected));
    error_free(err);
    g_assert_null(object_resolve_path_component(root, "scmi"));
}

void scmi_test_check_refused(const char *members, const char *expected)
{
    g_autoptr(ScmiPlatformConfig) config = scmi_test_config(members);

    scmi_test_check_config(config, expected);
}

static void test_refused(const void *opaque)
{
    const ScmiTestRefusal *refusal = opaque;

    scmi_test_check_refused(refusal->json, refusal->error);
}

void scmi_test_add_refusals(const ScmiTestRefusal *refusals, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/scmi/refused/%s",
                                                refusals[i].name);

        g_test_add_data_func(path, &refusals[i], test_refused);
    }
}

void scmi_test_add_refused(void)
{
    scmi_test_add_refusals(cases, ARRAY_SIZE(cases));
}
