/*
 * Unit tests of the SCMI platform: configurations that make no sense
 *
 * Each is refused with an error that names what is wrong, and leaves nothing
 * behind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

typedef struct ConfigCase {
    const char *name;
    const char *json;
    const char *error;
} ConfigCase;

#define CLOCKS(list) "{ 'clocks': [ " list " ] }"
#define PINCTRL(list) "{ 'pinctrl': { 'pins': [ " list " ] } }"
#define PINCTRL_LISTS(lists) \
    "{ 'pinctrl': { 'pins': [ { 'name': 'p' } ], " lists " } }"
#define RATES "needs either rates or a range"
#define ASCEND "rates must ascend from above 0"
#define RANGE "the range must ascend from above 0 in whole steps"
#define SIXTY_FOUR \
    "a234567890123456789012345678901234567890123456789012345678901234"

/* A limit of the second agent's transport, and the most that it may be. */
#define LIMIT(member, value, max)                                       \
    { "transport/" member "=" value,                                    \
      "{ 'agents': [ { 'name': 'a' }, { 'name': 'b', 'transport':"      \
      "  { 'type': 'virtio', '" member "': " value " } } ] }",          \
      "agents[1].transport." member ": must be from 1 to " max }

static const ConfigCase cases[] = {
    { "clock/neither", CLOCKS("{ 'name': 'x' }"), "clock 'x': " RATES },
    { "clock/both",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ],"
             "  'range': { 'min': 1, 'max': 2, 'step': 1 } }"),
      "clock 'x': " RATES },
    { "clock/no-rates", CLOCKS("{ 'name': 'x', 'rates': [] }"),
      "clock 'x': " RATES },
    { "clock/zero", CLOCKS("{ 'name': 'x', 'rates': [ 0, 1 ] }"),
      "clock 'x': " ASCEND },
    { "clock/equal", CLOCKS("{ 'name': 'x', 'rates': [ 1, 2, 2 ] }"),
      "clock 'x': " ASCEND },
    { "clock/descending", CLOCKS("{ 'name': 'x', 'rates': [ 2, 1 ] }"),
      "clock 'x': " ASCEND },
    { "clock/from-zero",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 0, 'max': 2, 'step': 1 } }"),
      "clock 'x': " RANGE },
    { "clock/point",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 2, 'max': 2, 'step': 1 } }"),
      "clock 'x': " RANGE },
    { "clock/backwards",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 3, 'max': 2, 'step': 1 } }"),
      "clock 'x': " RANGE },
    { "clock/no-step",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 1, 'max': 2, 'step': 0 } }"),
      "clock 'x': " RANGE },
    { "clock/part-of-a-step",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 1, 'max': 9, 'step': 3 } }"),
      "clock 'x': " RANGE },
    { "clock/giant-step",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 1, 'max': 9,"
             "  'step': 18446744073709551615 } }"), "clock 'x': " RANGE },
    { "clock/rate-between",
      CLOCKS("{ 'name': 'x', 'rates': [ 1, 3 ], 'rate': 2 }"),
      "clock 'x': cannot run at 2 Hz" },
    { "clock/rate-above",
      CLOCKS("{ 'name': 'x', 'rates': [ 1, 3 ], 'rate': 4 }"),
      "clock 'x': cannot run at 4 Hz" },
    { "clock/rate-zero",
      CLOCKS("{ 'name': 'x', 'rates': [ 1, 3 ], 'rate': 0 }"),
      "clock 'x': cannot run at 0 Hz" },
    { "clock/rate-off-step",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 1, 'max': 9, 'step': 2 },"
             "  'rate': 4 }"), "clock 'x': cannot run at 4 Hz" },
    { "clock/parent-unknown",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ], 'parents': [ 'y' ] }"),
      "clock 'x': no other clock is named 'y'" },
    { "clock/parent-self",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ], 'parents': [ 'x' ] }"),
      "clock 'x': no other clock is named 'x'" },
    { "clock/parent-empty",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ], 'parents': [ '' ] }"),
      "clock 'x': no other clock is named ''" },
    { "clock/parents-circle",
      CLOCKS("{ 'name': 'root', 'rates': [ 1 ] },"
             "{ 'name': 'x', 'rates': [ 1 ], 'parents': [ 'root', 'z' ] },"
             "{ 'name': 'y', 'rates': [ 1 ], 'parents': [ 'x' ] },"
             "{ 'name': 'z', 'rates': [ 1 ], 'parents': [ 'y' ] }"),
      "clock 'x': is fed from itself by way of its parents" },
    { "clock/second-wrong",
      CLOCKS("{ 'name': 'fine', 'rates': [ 1 ] }, { 'name': 'x' }"),
      "clock 'x': " RATES },
    { "name/twice",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ] },"
             "{ 'name': 'x', 'rates': [ 1 ] }"), "clock 1: " },
    { "name/empty", CLOCKS("{ 'name': '', 'rates': [ 1 ] }"),
      "clock 0: '' cannot be a name" },
    { "name/slash", "{ 'power-domains': [ { 'name': 'a/b' } ] }",
      "power 0: 'a/b' cannot be a name" },
    { "name/bracket", "{ 'reset-domains': [ { 'name': 'a[*]' } ] }",
      "reset 0: 'a[*]' cannot be a name" },
    { "name/closing-bracket", "{ 'reset-domains': [ { 'name': 'a]' } ] }",
      "reset 0: 'a]' cannot be a name" },
    { "name/too-long",
      "{ 'power-domains': [ { 'name': 'a' }, { 'name': '" SIXTY_FOUR "' } ]"
      "}", "power 1: '" SIXTY_FOUR "' cannot be a name" },
    { "name/of-qom", "{ 'power-domains': [ { 'name': 'type' } ] }",
      "power 0: " },
    { "sensor/scale-low",
      "{ 'sensors': [ { 'name': 'x', 'type': 'power', 'scale': -17,"
      "                 'value': 0 } ] }",
      "sensor 'x': scale must be from -16 to 15" },
    { "sensor/scale-high",
      "{ 'sensors': [ { 'name': 'x', 'type': 'power', 'scale': 16,"
      "                 'value': 0 } ] }",
      "sensor 'x': scale must be from -16 to 15" },
    { "sensor/name",
      "{ 'sensors': [ { 'name': '', 'type': 'power', 'scale': 0,"
      "                 'value': 0 } ] }", "sensor 0: '' cannot be a name" },
    { "agents/twice", "{ 'agents': [ { 'name': 'a' }, { 'name': 'a' } ] }",
      "agent 2: another one is named 'a', too" },
    { "devices/twice", "{ 'devices': [ { 'name': 'a' }, { 'name': 'a' } ] }",
      "devices[1]: another one is named 'a', too" },
    { "unchecked/no-rates",
      "{ 'unchecked': true, 'clocks': [ { 'name': 'x' } ] }",
      "clock 'x': " RATES },
    { "unchecked/no-step",
      "{ 'unchecked': true, 'clocks': [ { 'name': 'x',"
      "  'range': { 'min': 1, 'max': 2, 'step': 0 } } ] }",
      "clock 'x': " RANGE },
    { "unchecked/name", "{ 'unchecked': true, 'power-domains': ["
      "  { 'name': 'a' }, { 'name': 'a' } ] }", "power 1: " },
    { "unchecked/powercap-circle",
      "{ 'unchecked': true, 'powercap-domains': ["
      "  { 'name': 'a', 'caps': { 'min': 1, 'max': 1 },"
      "    'pais': { 'min': 1, 'max': 1 }, 'parent': 'a' } ] }",
      "powercap domain 'a': 'a' is part of it" },
    { "pinctrl/no-pins", PINCTRL(""), "pinctrl: there are no pins" },
    { "pinctrl/default",
      PINCTRL("{ 'name': 'p', 'settings': ["
              "  { 'type': 'default', 'value': 0 } ] }"),
      "pinctrl 'p': there is no default yet" },
    { "pinctrl/pin-twice", PINCTRL("{ 'name': 'p' }, { 'name': 'p' }"),
      "pinctrl 1: " },
    { "pinctrl/function", PINCTRL("{ 'name': 'p', 'function': 'f' }"),
      "pinctrl 'p': the pin has no function 'f'" },
    { "pinctrl/empty-group",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [] } ]"),
      "pinctrl: group 'g' needs 1 to 65535 members" },
    { "pinctrl/group-pin",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'x' ] } ]"),
      "pinctrl: group 'g': no pin is named 'x'" },
    { "pinctrl/group-property",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'type' ] } ]"),
      "pinctrl: group 'g': no pin is named 'type'" },
    { "pinctrl/group-pin-twice",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'p', 'p' ] } ]"),
      "pinctrl: group 'g': no second pin is named 'p'" },
    { "pinctrl/group-twice",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'p' ] },"
                    "            { 'name': 'g', 'pins': [ 'p' ] } ]"),
      "pinctrl: there are two groups 'g'" },
    { "pinctrl/group-name",
      PINCTRL_LISTS("'groups': [ { 'name': '', 'pins': [ 'p' ] } ]"),
      "pinctrl: '' cannot be the name of a group" },
    { "pinctrl/function-group",
      PINCTRL_LISTS("'functions': [ { 'name': 'f', 'groups': [ 'g' ] } ]"),
      "pinctrl: function 'f': no group is named 'g'" },
    { "pinctrl/oem", PINCTRL_LISTS("'oem-types': [ 191 ]"),
      "pinctrl: the vendor's type 191 must be from 192 to 255" },
    { "imx-lms/no-agent",
      "{ 'imx-lms': [ { 'name': 'l', 'agents': [ 'x' ] } ] }",
      "imx-lms 'l': no agent is named 'x'" },
    { "imx-lms/two-machines",
      "{ 'imx-lms': [ { 'name': 'l', 'agents': [ 'agent' ] },"
      "               { 'name': 'm', 'agents': [ 'agent' ] } ] }",
      "imx-lms 'm': another machine has agent 'agent'" },
    { "imx-misc/no-words",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c', 'value': [] } ] } }",
      "imx-misc 'c': a value has 1 to 8 words" },
    { "imx-misc/too-many-words",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c',"
      "  'value': [ 1, 2, 3, 4, 5, 6, 7, 8, 9 ] } ] } }",
      "imx-misc 'c': a value has 1 to 8 words" },
    { "imx-misc/rom-passover",
      "{ 'imx-misc': { 'rom-passover': [ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,"
      "  12, 13, 14 ] } }",
      "imx-misc: rom-passover has more than 13 elements" },
    { "imx-misc/twice",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c' } ],"
      "  'board-controls': [ { 'name': 'c' } ] } }", "imx-misc 1: " },
    { "agents/none", "{ 'agents': [] }",
      "agents: a platform has 1 to 127 of them" },
    LIMIT("max-rx-timeout-ms", "0", "3600000"),
    LIMIT("max-rx-timeout-ms", "3600001", "3600000"),
    LIMIT("max-msg", "0", "1024"),
    LIMIT("max-msg", "1025", "1024"),
    LIMIT("max-msg-size", "0", "104"),
    LIMIT("max-msg-size", "105", "104"),
    { "identity/vendor", "{ 'vendor': 'sixteen-letters-' }",
      "vendor: 'sixteen-letters-' is longer than 15 characters" },
    { "identity/sub-vendor", "{ 'sub-vendor': 'sixteen-letters-' }",
      "sub-vendor: 'sixteen-letters-' is longer than 15 characters" },
    { "identity/agent",
      "{ 'agents': [ { 'name': 'a' }, { 'name': 'sixteen-letters-' } ] }",
      "agent 2: 'sixteen-letters-' is longer than 15 characters" },
};

static void check_refused(const ScmiPlatformConfig *config,
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

    check_refused(config, expected);
}

static void test_refused(const void *opaque)
{
    const ConfigCase *c = opaque;

    scmi_test_check_refused(c->json, c->error);
}

/* A list of @n elements; the '#' in @pattern stands for their number. */
static void append_list(GString *json, unsigned n, const char *pattern)
{
    g_auto(GStrv) parts = g_strsplit(pattern, "#", -1);

    g_string_append_c(json, '[');
    for (unsigned i = 1; i <= n; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *element = g_strjoinv(number, parts);

        g_string_append_printf(json, "%s%s", i > 1 ? ", " : "", element);
    }
    g_string_append_c(json, ']');
}

static void check_count(const char *head, const char *pattern,
                        const char *tail, unsigned most, const char *error)
{
    g_autoptr(GString) json = g_string_new(head);

    append_list(json, most, pattern);
    g_string_append(json, tail);
    scmi_test_free(scmi_test_platform(json->str));

    g_string_assign(json, head);
    append_list(json, most + 1, pattern);
    g_string_append(json, tail);
    {
        g_autoptr(ScmiPlatformConfig) config = scmi_test_config(json->str);

        check_refused(config, error);
    }
}

static void test_too_many_agents(void)
{
    check_count("{ 'agents': ", "{ 'name': 'agent-#' }", " }", 127,
                "agents: a platform has 1 to 127 of them");
}

static void test_too_many_rates(void)
{
    check_count("{ 'clocks': [ { 'name': 'x', 'rates': ", "#", " } ] }", 4095,
                "clock 'x': more than 4095 rates");
}

static void test_too_many_parents(void)
{
    check_count("{ 'clocks': [ { 'name': 'a', 'rates': [ 1 ] },"
                "  { 'name': 'x', 'rates': [ 1 ], 'parents': ", "'a'",
                " } ] }", 255, "clock 'x': more than 255 parents");
}

/* The most that a name may have, and characters that it may. */
static void test_names(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'power-domains': [ { 'name':"
        "  'a23456789012345678901234567890123456789012345678901234567890123'"
        "  }, { 'name': 'with a space, a comma' }, { 'name': '.' } ],"
        "  'reset-domains': [ { 'name': '.' } ] }");

    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_POWER, 0x1), 3, 0, 0, 0);
    scmi_test_free(platform);
}

/* What is left out has the value that the schema says. */
static void test_defaults(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'rates': [ 5, 6 ] } ],"
        "  'power-domains': [ { 'name': 'a' } ],"
        "  'reset-domains': [ { 'name': 'a' } ] }");
    Object *clock = scmi_test_resource(platform, "clock/a");

    g_assert_cmpuint(object_property_get_uint(clock, "rate", &error_abort),
                     ==, 5);
    g_assert(object_property_get_bool(clock, "enabled", &error_abort));
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_CLOCK, 0xf, 0), 0xe0000000);
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_POWER, 0x5, 0), 0x40000000);
    g_assert(!object_property_get_bool(
                 scmi_test_resource(platform, "reset/a"), "asserted",
                 &error_abort));
    g_assert_cmphex(SEND(platform, SCMI_PROTOCOL_RESET, 0x3, 0).values[1],
                    ==, UINT32_MAX);
    scmi_test_free(platform);
}

/* Diamonds are no circles, and order in the list does not matter. */
static void test_clock_tree(void)
{
    scmi_test_free(scmi_test_platform(
        CLOCKS("{ 'name': 'd', 'rates': [ 1 ], 'parents': [ 'b', 'c' ] },"
               "{ 'name': 'b', 'rates': [ 1 ], 'parents': [ 'a' ] },"
               "{ 'name': 'c', 'rates': [ 1 ], 'parents': [ 'a', 'b' ] },"
               "{ 'name': 'a', 'rates': [ 1 ] }")));
}

/* What is wrong on purpose is told to agents as it is. */
static void test_unchecked(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'unchecked': true,"
        "  'clocks': [ { 'name': 'a', 'rates': [ 7, 3, 0, 3 ], 'rate': 5,"
        "                'parents': [ 'b' ] },"
        "              { 'name': 'b', 'rates': [ 1 ],"
        "                'parents': [ 'a', 'b' ] } ],"
        "  'perf-domains': [ { 'name': 'a', 'levels': ["
        "    { 'level': 9 }, { 'level': 0 }, { 'level': 9 } ] } ],"
        "  'voltage-domains': [ { 'name': 'a', 'levels': [ 5, -5, 5 ] } ] }");

    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_CLOCK, 0x4, 0, 0),
                  4, 7, 0, 3, 0, 0, 0, 3, 0);
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_CLOCK, 0x6, 0), 5, 0);
    for (uint32_t rate = 0; rate < 10; rate++) {
        SEND(platform, SCMI_PROTOCOL_CLOCK, 0x5, 0, 0, rate, 0);
        SEND(platform, SCMI_PROTOCOL_CLOCK, 0x5, 0x8, 0, rate, 0);
    }
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_PERF, 0x8, 0), 9);
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_VOLTAGE, 0x4, 0, 0),
                  3, 5, -5, 5);
    scmi_test_free(platform);
}

/* The ends of what a transport's limits may be. */
static void test_limits(void)
{
    scmi_test_free(scmi_test_platform(
        "{ 'agents': [ { 'name': 'a', 'transport': { 'type': 'smc',"
        "    'max-rx-timeout-ms': 1, 'max-msg': 1, 'max-msg-size': 1 } },"
        "  { 'name': 'b', 'transport': { 'type': 'mailbox',"
        "    'max-rx-timeout-ms': 3600000, 'max-msg': 1024,"
        "    'max-msg-size': 104 } } ] }"));
}

void scmi_test_add_config(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *path = g_strdup_printf("/scmi/config/refused/%s",
                                                cases[i].name);

        g_test_add_data_func(path, &cases[i], test_refused);
    }
    g_test_add_func("/scmi/config/too-many-agents", test_too_many_agents);
    g_test_add_func("/scmi/config/too-many-rates", test_too_many_rates);
    g_test_add_func("/scmi/config/too-many-parents", test_too_many_parents);
    g_test_add_func("/scmi/config/names", test_names);
    g_test_add_func("/scmi/config/limits", test_limits);
    g_test_add_func("/scmi/config/clock-tree", test_clock_tree);
    g_test_add_func("/scmi/config/unchecked", test_unchecked);
    g_test_add_func("/scmi/config/defaults", test_defaults);
}
