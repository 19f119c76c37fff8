/*
 * Unit tests of the fault engine: matching
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fault-test.h"

static void test_nothing(void)
{
    pass_reply(1);
    assert_taken(0, "1/8:0 ");
}

static void test_match(void)
{
    static const struct {
        const char *match;
        const char *left;
    } cases[] = {
        { "", "" },
        { "'match': {},", "" },
        { "'match': { 'message': 2 },", "1/8:0 " },
        { "'match': { 'protocol': 20, 'message': 1 },", "2/8:0 " },
        { "'match': { 'agent': 1 },", "" },
        { "'match': { 'agent': 2 },", "1/8:0 2/8:0 " },
        { "'match': { 'device': '/port0' },", "" },
        { "'match': { 'device': '/port1' },", "1/8:0 2/8:0 " },
        { "'match': { 'words': [ { 'offset': 0, 'value': 2 } ] },",
          "1/8:0 " },
        { "'match': { 'words': [ { 'offset': 0, 'mask': 2, 'value': 0 } ] },",
          "2/8:0 " },
        { "'match': { 'words': [ { 'offset': 5, 'value': 0 } ] },",
          "1/8:0 2/8:0 " },
        { "'after': 1,", "1/8:0 " },
        { "'times': 1,", "2/8:0 " },
        { "'every': 2,", "1/8:0 " },
        { "'state': 1,", "" },
        { "'state': 2,", "1/8:0 2/8:0 " },
        { "'new-state': 2, 'state': 1,", "2/8:0 " },
        { "'until': 1,", "1/8:0 2/8:0 " },
        { "'from': 9000000000000000000,", "1/8:0 2/8:0 " },
    };

    virtual_clock_step(1);
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'r', 'site': 'scmi-reply', %s "
                            "'action': 'drop' } ]", cases[i].match);

        arm(json, NULL);
        g_assert_true(fault_watched);
        pass_reply(1);
        pass_reply(2);
        assert_taken(0, cases[i].left);
        clear_rules();
    }
}

/* Both ends, of which the first one is part of it. */
static void test_window(void)
{
    int64_t from = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + 10;
    g_autofree char *json =
        g_strdup_printf("[ { 'id': 'r', 'site': 'scmi-reply', 'from': %" PRId64
                        ", 'until': %" PRId64 ", 'action': 'drop' } ]", from,
                        from + 10);

    arm(json, NULL);
    for (unsigned i = 1; i <= 21; i++) {
        virtual_clock_step(1);
        if (i == 9 || i == 10 || i == 19 || i == 20) {
            pass_reply(i);
        }
    }
    assert_taken(0, "9/8:0 14/8:0 ");
    g_assert_cmpuint(find_rule("r")->matches, ==, 2);
    clear_rules();
}

/* Half of many, and the same half each time. */
static void test_probability(void)
{
    uint64_t hits[3];

    for (unsigned i = 0; i < 3; i++) {
        arm(i < 2 ? "[ { 'id': 'r', 'site': 'scmi-reply', 'seed': 1,"
                    "    'probability': 0.5, 'action': 'drop' } ]"
                  : "[ { 'id': 'r', 'site': 'scmi-reply', 'seed': 2,"
                    "    'probability': 0.5, 'action': 'drop' } ]", NULL);
        for (unsigned n = 0; n < 1000; n++) {
            pass_reply(n);
        }
        hits[i] = find_rule("r")->hits;
        g_assert_cmpuint(find_rule("r")->matches, ==, 1000);
        g_assert_cmpuint(hits[i], >, 400);
        g_assert_cmpuint(hits[i], <, 600);
        clear_rules();
    }
    g_assert_cmpuint(hits[0], ==, hits[1]);
    g_assert_cmpuint(hits[0], !=, hits[2]);
}

static void test_two_rules(void)
{
    arm("[ { 'id': 'a', 'site': 'scmi-reply', 'action': 'status',"
        "    'status': -1 },"
        "  { 'id': 'b', 'site': 'scmi-reply', 'action': 'duplicate' },"
        "  { 'id': 'c', 'site': 'scmi-reply', 'after': 1,"
        "    'action': 'drop' },"
        "  { 'id': 'd', 'site': 'scmi-reply', 'action': 'none' } ]", NULL);
    pass_reply(1);
    pass_reply(2);
    assert_taken(0, "1/8:-1 1/8:-1 ");
    g_assert_cmpuint(find_rule("d")->hits, ==, 1);
    clear_rules();
}

static void test_many(void)
{
    for (unsigned i = 0; i < 10000; i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'r%u', 'site': 'scmi-reply',"
                            "    'match': { 'message': 99 },"
                            "    'action': 'drop' } ]", i);

        arm(json, NULL);
    }
    pass_reply(1);
    pass_reply(99);
    assert_taken(0, "1/8:0 ");
    g_assert_cmpuint(find_rule("r0")->hits, ==, 1);
    clear_rules();
}

void add_match_tests(void)
{
    g_test_add_func("/fault/nothing", test_nothing);
    g_test_add_func("/fault/match", test_match);
    g_test_add_func("/fault/window", test_window);
    g_test_add_func("/fault/probability", test_probability);
    g_test_add_func("/fault/two-rules", test_two_rules);
    g_test_add_func("/fault/many", test_many);
}
