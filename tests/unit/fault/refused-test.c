/*
 * Unit tests of the fault engine: rules that make no sense
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fault-test.h"

static void test_refused(void)
{
    static const struct {
        const char *rule;
        const char *error;
    } cases[] = {
        { "'id': '0'", "id: '0'" },
        { "'id': ''", "id: ''" },
        { "'id': 'r', 'every': 0", "every: it must" },
        { "'id': 'r', 'times': 0", "times: it must" },
        { "'id': 'r', 'probability': 0", "probability: " },
        { "'id': 'r', 'probability': 1.5", "probability: " },
        { "'id': 'r', 'seed': 3", "seed: " },
        { "'id': 'r', 'from': 5, 'until': 5", "until: " },
        { "'id': 'r', 'match': { 'endpoint': 1 }", "match.endpoint: " },
        { "'id': 'r', 'match': { 'protocol': 21 }", "match.protocol: " },
        { "'id': 'r', 'match': { 'agent': 3 }", "match.agent: " },
        { "'id': 'r', 'match': { 'device': '/nowhere' }", "match.device: " },
        { "'id': 'r', 'match': { 'words': [ { 'offset': 125,"
          " 'value': 0 } ] }", "match.words[0].offset: " },
        { "'id': 'r', 'match': { 'words': [ { 'offset': 0, 'mask': 1,"
          " 'value': 2 } ] }", "match.words[0].mask: " },
        { "'id': 'r', 'match': { 'words': [ { 'offset': 4, 'value': 1 },"
          " { 'offset': 8, 'value': 0 }, { 'offset': 4, 'mask': 3,"
          " 'value': 2 } ] }", "match.words: two of them" },
        { "'id': 'r', 'match': { 'words': [ { 'offset': 4, 'mask': 65536,"
          " 'value': 65536 }, { 'offset': 6, 'value': 0 } ] }",
          "match.words: two of them" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'good', 'site': 'scmi-reply',"
                            "    'action': 'none' },"
                            "  { %s, 'site': 'scmi-reply',"
                            "    'action': 'drop' } ]", cases[i].rule);

        arm(json, cases[i].error);
        /* Nothing half done. */
        g_assert_true(QTAILQ_EMPTY(&fault_engine()->rules));
        g_assert_false(fault_watched);
    }
}

static void test_refused_action(void)
{
    static const char *const cases[][2] = {
        { "'site': 'rtkit-send', 'action': 'status', 'status': 1",
          "action: " },
        { "'site': 'smccc-return', 'action': 'none'", "site: " },
        { "'site': 'scmi-reply', 'action': 'delay', 'ns': 0", "ns: " },
        { "'site': 'scmi-reply', 'action': 'duplicate', 'copies': 0",
          "copies: " },
        { "'site': 'scmi-reply', 'action': 'truncate', 'length': 3",
          "length: " },
        { "'site': 'scmi-reply', 'action': 'extend', 'bytes': 'abc'",
          "bytes: " },
        { "'site': 'scmi-reply', 'action': 'extend', 'bytes': 'xy'",
          "bytes: " },
        { "'site': 'scmi-reply', 'action': 'patch', 'patch': []", "patch: " },
        { "'site': 'scmi-reply', 'action': 'patch', 'patch': ["
          " { 'offset': 4, 'value': 1 }, { 'offset': 4, 'value': 2 } ]",
          "patch: two of them" },
        { "'site': 'scmi-reply', 'action': 'send', 'bytes': '01'",
          "bytes: " },
        { "'site': 'scmi-reply', 'action': 'send', 'to': 'smc-key',"
          " 'bytes': '0102030405060708'", "to: " },
        { "'site': 'rtkit-send', 'action': 'crash'", "crash: " },
        { "'site': 'rtkit-send', 'action': 'crash', 'reason': 'a',"
          " 'crashlog': '00'", "crash: " },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json = g_strdup_printf("[ { 'id': 'r', %s } ]",
                                                cases[i][0]);

        arm(json, cases[i][1]);
    }
    /* They overlap, and agree. */
    arm("[ { 'id': 's', 'site': 'scmi-reply', 'action': 'none', 'match': {"
        "    'words': [ { 'offset': 4, 'value': 65536 },"
        "               { 'offset': 6, 'mask': 1, 'value': 1 } ] } } ]",
        NULL);
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'none' } ]", NULL);
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'none' } ]", "id: ");
    clear_rules();
}

void add_refused_tests(void)
{
    g_test_add_func("/fault/refused", test_refused);
    g_test_add_func("/fault/refused-action", test_refused_action);
}
