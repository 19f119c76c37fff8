/*
 * Unit tests of the SCMI platform: what only agents would stumble over
 *
 * Each configuration is refused with an error that names the member that is
 * wrong, unless it is wrong on purpose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "scmi-test.h"

#define CLOCK(members) \
    "'clocks': [ { 'name': 'c', 'rates': [ 1 ], " members " } ]"
#define OEM(type, value) \
    CLOCK("'oem': [ { 'type': 2, 'value': 360 }," \
          "         { 'type': " type ", 'value': " value " } ]")
#define RESTRICTED(clocks) \
    CLOCK("'enabled': true") \
    ", 'agents': [ { 'name': 'a', 'restricted-clocks': [ " clocks " ] } ]"
#define TWO_POWER "'power-domains': [ { 'name': 'p' }, { 'name': 'q' } ]"
#define AGENT(members) \
    TWO_POWER ", 'devices': [ { 'name': 'd', 'power-domains': [ 'p' ] } ]," \
    "'agents': [ { 'name': 'a' }, { 'name': 'b', " members " } ]"
#define POWERCAP(members) \
    "'powercap-domains': [ { 'name': 'x', 'caps': { 'min': 1, 'max': 1 }," \
    "                        'pais': { 'min': 1, 'max': 1 }, " members " } ]"
#define PERF(members) \
    "'perf-domains': [ { 'name': 'x', 'levels': [ { 'level': 1 } ], " \
    members " } ]"
#define PINS(pin, members) \
    "'pinctrl': { 'pins': [ { 'name': 'p' }, { 'name': 'q' " pin " } ]" \
    members " }"
#define IMX "only vendor 'NXP' with sub-vendor 'IMX' has this"

static const ScmiTestRefusal wrong[] = {
    { "clock-parent-twice",
      "'clocks': [ { 'name': 'a', 'rates': [ 1 ] }, { 'name': 'b',"
      "  'rates': [ 1 ], 'parents': [ 'a', 'a' ] } ]",
      "clocks[1].parents[1]: 'a' is there already" },
    { "clock-oem-0", CLOCK("'oem': [ { 'type': 3, 'value': 0 } ]"),
      "clocks[0].oem[0].type: must be 1, 2 or from 128 to 255" },
    { "clock-oem-127", OEM("127", "0"),
      "clocks[0].oem[1].type: must be 1, 2 or from 128 to 255" },
    { "clock-duty-cycle", OEM("1", "101"),
      "clocks[0].oem[1].value: must be from 0 to 100" },
    { "clock-phase", CLOCK("'oem': [ { 'type': 2, 'value': 361 } ]"),
      "clocks[0].oem[0].value: must be from 0 to 360" },
    { "pin-setting-twice",
      PINS(", 'settings': [ { 'type': 'slew-rate', 'value': 1 },"
           "                { 'type': 'slew-rate', 'value': 2 } ]", ""),
      "pinctrl.pins[1].settings[1]: 'slew-rate' is there already" },
    { "pin-oem-type-twice", PINS("", ", 'oem-types': [ 200, 201, 200 ]"),
      "pinctrl.oem-types[2]: '200' is there already" },
    { "axis-twice",
      "'sensors': [ { 'name': 's', 'type': 'power', 'scale': 0,"
      "  'axes': [ { 'name': 'X' }, { 'name': 'X' } ] } ]",
      "sensors[0].axes[1]: 'X' is there already" },
    { "denied-protocol-twice", AGENT("'denied-protocols': [ 17, 17 ]"),
      "agents[1].denied-protocols[1]: '17' is there already" },
    { "restricted-clock-twice",
      RESTRICTED("{ 'clock': 'c', 'changes': [] },"
                 "{ 'clock': 'c', 'changes': [ 'rate' ] }"),
      "agents[0].restricted-clocks[1]: 'c' is there already" },
    { "restricted-change-twice",
      RESTRICTED("{ 'clock': 'c', 'changes': [ 'rate', 'rate' ] }"),
      "agents[0].restricted-clocks[0].changes[1]: 'rate' is there already" },
    { "denied-device-twice", AGENT("'denied-devices': [ 'd', 'd' ]"),
      "agents[1].denied-devices[1]: 'd' is there already" },
    { "device-resource-twice",
      TWO_POWER ", 'devices': [ { 'name': 'd',"
      "  'power-domains': [ 'q', 'p', 'q' ] } ]",
      "devices[0].power-domains[2]: 'q' is there already" },
    { "denied-channel",
      AGENT("'denied-protocols': [ 17 ],"
            "'transport': { 'type': 'smc-param', 'channels': [ 17 ] }"),
      "agents[1].transport.channels[0]: the agent is denied protocol 0x11" },
    { "imx-bbm", "'sub-vendor': 'IMX', 'imx-bbm': {}", "imx-bbm: " IMX },
    { "imx-misc", "'vendor': 'NXP', 'imx-misc': {}", "imx-misc: " IMX },
    { "imx-lms", "'imx-lms': [ { 'name': 'x' } ]", "imx-lms: " IMX },
    { "imx-cpus", "'imx-cpus': [ { 'name': 'x' } ]", "imx-cpus: " IMX },
    { "vendor", "'vendor': ''", "vendor: must not be empty" },
    { "vendor-tab", "'sub-vendor': 'a\\tb'",
      "sub-vendor: character 2 is not printable ASCII" },
    { "agent", "'agents': [ { 'name': 'a' }, { 'name': '' } ]",
      "agents[1].name: must not be empty" },
    { "agent-umlaut", "'agents': [ { 'name': 'a\\u00e4' } ]",
      "agents[0].name: character 2 is not printable ASCII" },
    { "name-umlaut", "'power-domains': [ { 'name': '\\u00e4' } ]",
      "power-domains[0].name: character 1 is not printable ASCII" },
    { "name-newline", "'reset-domains': [ { 'name': 'r' },"
      "                                   { 'name': 'ab\\n' } ]",
      "reset-domains[1].name: character 3 is not printable ASCII" },
    { "name-delete", PINS("", ", 'groups': [ { 'name': '\\u007f',"
                          "                    'pins': [ 'p' ] } ]"),
      "pinctrl.groups[0].name: character 1 is not printable ASCII" },
    { "text-of-list",
      "'vendor': 'NXP', 'sub-vendor': 'IMX',"
      "'imx-misc': { 'reset-reasons': [ 'por', 'p\\u0001r' ] }",
      "imx-misc.reset-reasons[1]: character 2 is not printable ASCII" },
    { "accuracy", POWERCAP("'accuracy': 100001"),
      "powercap-domains[0].accuracy: must be from 0 to 100000" },
    { "sustained-frequency", PERF("'sustained-frequency': 0"),
      "perf-domains[0].sustained-frequency: must be above 0" },
};

static void test_refused(const void *opaque)
{
    const ScmiTestRefusal *refusal = opaque;
    g_autofree char *json = g_strdup_printf("{ %s }", refusal->json);

    scmi_test_check_refused(json, refusal->error);
}

static void test_unchecked(const void *opaque)
{
    const ScmiTestRefusal *refusal = opaque;
    g_autofree char *json = g_strdup_printf("{ 'unchecked': true, %s }",
                                            refusal->json);

    scmi_test_free(scmi_test_platform(json));
}

/* The ends of what there may be, and what may be there twice. */
static void test_good(void)
{
    static const char *const good[] = {
        CLOCK("'oem': [ { 'type': 1, 'value': 100 },"
              "         { 'type': 128, 'value': 4294967295 },"
              "         { 'type': 255, 'value': 101 } ]"),
        OEM("1", "0"),
        POWERCAP("'accuracy': 100000"),
        PERF("'sustained-frequency': 1"),
        "'sub-vendor': '', 'power-domains': [ { 'name': ' ~' } ]",
        AGENT("'denied-protocols': [ 17 ],"
              "'transport': { 'type': 'smc-param', 'channels': [ ] }"),
        "'vendor': 'NXP', 'sub-vendor': 'IMX', 'imx-misc': {"
        "  'controls': [ { 'name': 'c', 'value': [ 1, 1 ] } ] }",
        "'devices': [ { 'name': 'd', 'power-domains': [ 'p' ] },"
        "             { 'name': 'e', 'power-domains': [ 'p' ] } ],"
        TWO_POWER,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(good); i++) {
        g_autofree char *json = g_strdup_printf("{ %s }", good[i]);

        scmi_test_free(scmi_test_platform(json));
    }
}

void scmi_test_add_config_check(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
        g_autofree char *refused = g_strdup_printf("/scmi/refused/agents-%s",
                                                   wrong[i].name);
        g_autofree char *unchecked = g_strdup_printf("/scmi/unchecked/%s",
                                                     wrong[i].name);

        g_test_add_data_func(refused, &wrong[i], test_refused);
        g_test_add_data_func(unchecked, &wrong[i], test_unchecked);
    }
    g_test_add_func("/scmi/config/ends", test_good);
}
