/*
 * Unit tests of the SCMI platform: limits of a configuration
 *
 * What it refuses beside is in refused-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

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
    scmi_test_check_refused(json->str, error);
}

static void test_too_many_agents(void)
{
    check_count("{ 'agents': ", "{ 'name': 'agent-#' }", " }", 127,
                "agents: 128 elements are more than 127");
}

static void test_too_many_rates(void)
{
    check_count("{ 'clocks': [ { 'name': 'x', 'rates': ", "#", " } ] }", 4095,
                "clocks[0].rates: 4096 elements are more than 4095");
}

static void test_too_many_parents(void)
{
    check_count("{ 'unchecked': true,"
                "  'clocks': [ { 'name': 'a', 'rates': [ 1 ] },"
                "  { 'name': 'x', 'rates': [ 1 ], 'parents': ", "'a'",
                " } ] }", 255,
                "clocks[1].parents: 256 elements are more than 255");
}

/* What QAPI's lists of objects have in common. */
typedef struct AnyList AnyList;
struct AnyList {
    AnyList *next;
    void *value;
};

/*
 * A list that is its first element again and again. Nobody looks at them when
 * their number alone is wrong, and when it is not, it is their names that are.
 */
static void check_too_many(ScmiPlatformConfig *config, void *member,
                           unsigned most, const char *path)
{
    AnyList **list = member;
    AnyList *saved = *list;
    g_autofree AnyList *nodes = g_new(AnyList, most + 1);
    g_autofree char *count = g_strdup_printf(
        "%s: %u elements are more than %u", path, most + 1, most);
    g_autofree char *name = g_strdup_printf("%s[1].name: another one is",
                                            path);

    for (unsigned i = 0; i <= most; i++) {
        nodes[i].value = saved->value;
        nodes[i].next = i < most ? &nodes[i + 1] : NULL;
    }
    *list = nodes;
    scmi_test_check_config(config, count);
    *list = nodes + 1;
    scmi_test_check_config(config, name);
    *list = saved;
}

/* Refused before any of them is made. */
static void test_too_many_domains(void)
{
    g_autoptr(ScmiPlatformConfig) config = scmi_test_full_config();

    check_too_many(config, &config->clocks, 65535, "clocks");
    check_too_many(config, &config->power_domains, 65535, "power-domains");
    check_too_many(config, &config->sensors, 65535, "sensors");
    check_too_many(config, &config->reset_domains, 65535, "reset-domains");
    check_too_many(config, &config->voltage_domains, 65535,
                   "voltage-domains");
    check_too_many(config, &config->perf_domains, 65535, "perf-domains");
    check_too_many(config, &config->powercap_domains, 65535,
                   "powercap-domains");
    check_too_many(config, &config->pinctrl->pins, 65535, "pinctrl.pins");
    check_too_many(config, &config->pinctrl->groups, 65535, "pinctrl.groups");
    check_too_many(config, &config->pinctrl->functions, 65535,
                   "pinctrl.functions");
    check_too_many(config, &config->imx_lms, 16, "imx-lms");
    check_too_many(config, &config->imx_bbm->rtcs, 255, "imx-bbm.rtcs");
    check_too_many(config, &config->imx_cpus, 65535, "imx-cpus");
    check_too_many(config, &config->imx_misc->controls, 32767,
                   "imx-misc.controls");
    check_too_many(config, &config->imx_misc->board_controls, 255,
                   "imx-misc.board-controls");
    /* It is good as it was. */
    scmi_test_free(scmi_test_make(g_steal_pointer(&config)));
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
        "{ 'clocks': ["
        "  { 'name': 'd', 'rates': [ 1 ], 'parents': [ 'b', 'c' ] },"
        "  { 'name': 'b', 'rates': [ 1 ], 'parents': [ 'a' ] },"
        "  { 'name': 'c', 'rates': [ 1 ], 'parents': [ 'a', 'b' ] },"
        "  { 'name': 'a', 'rates': [ 1 ] } ] }"));
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
    g_test_add_func("/scmi/config/too-many-agents", test_too_many_agents);
    g_test_add_func("/scmi/config/too-many-domains", test_too_many_domains);
    g_test_add_func("/scmi/config/too-many-rates", test_too_many_rates);
    g_test_add_func("/scmi/config/too-many-parents", test_too_many_parents);
    g_test_add_func("/scmi/config/names", test_names);
    g_test_add_func("/scmi/config/limits", test_limits);
    g_test_add_func("/scmi/config/clock-tree", test_clock_tree);
    g_test_add_func("/scmi/config/unchecked", test_unchecked);
    g_test_add_func("/scmi/config/defaults", test_defaults);
}
