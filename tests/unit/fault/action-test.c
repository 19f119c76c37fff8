/*
 * Unit tests of the fault engine: what rules do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fault-test.h"

static void test_bytes(void)
{
    static const struct {
        const char *action;
        const char *taken;
    } cases[] = {
        { "'none'", "1/8:0 " },
        { "'duplicate', 'copies': 2", "1/8:0 1/8:0 1/8:0 " },
        { "'status', 'status': -6", "1/8:-6 " },
        { "'token', 'token': 1023", "ffc0001/8:0 " },
        { "'patch', 'patch': [ { 'offset': 0, 'mask': 240, 'value': 16 },"
          " { 'offset': 4, 'value': 7 } ]", "11/8:7 " },
        { "'truncate', 'length': 4", "1/4:0 " },
        { "'extend', 'bytes': '0a0b0c0d'", "1/12:0 " },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'r', 'site': 'scmi-reply', "
                            "'action': %s } ]", cases[i].action);

        arm(json, NULL);
        pass_reply(1);
        assert_taken(0, cases[i].taken);
        g_assert_cmpuint(find_rule("r")->failures, ==, 0);
        clear_rules();
    }
}

static void test_cannot(void)
{
    arm("[ { 'id': 'short', 'site': 'scmi-reply', 'action': 'status',"
        "    'status': -1 },"
        "  { 'id': 'cut', 'site': 'scmi-reply', 'action': 'truncate',"
        "    'length': 8 } ]", NULL);
    pass_to(0, FAULT_SITE_SCMI_REPLY, 1, 0, 4);
    assert_taken(0, "1/4:0 ");
    g_assert_cmpuint(find_rule("short")->failures, ==, 1);
    g_assert_cmpuint(find_rule("cut")->failures, ==, 1);
    clear_rules();
}

static void test_delay(void)
{
    arm("[ { 'id': 'long', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'delay', 'ns': 200 },"
        "  { 'id': 'short', 'site': 'scmi-reply', 'times': 2,"
        "    'action': 'delay', 'ns': 100 } ]", NULL);
    for (unsigned i = 1; i <= 4; i++) {
        pass_reply(i);
    }
    assert_taken(0, "4/8:0 ");
    virtual_clock_step(99);
    assert_taken(0, "");
    virtual_clock_step(1);
    assert_taken(0, "2/8:0 3/8:0 ");
    g_assert_cmpuint(find_rule("long")->held, ==, 1);
    g_assert_cmpuint(find_rule("short")->held, ==, 0);
    virtual_clock_step(100);
    assert_taken(0, "1/8:0 ");
    clear_rules();
}

static void test_reorder(void)
{
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'reorder' } ]", NULL);
    pass_reply(1);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 5, 0, 8);
    pass_to(0, FAULT_SITE_SCMI_COMMAND, 6, 0, 8);
    assert_taken(0, "6/8:0 ");
    pass_reply(2);
    assert_taken(0, "2/8:0 1/8:0 ");
    clear_rules();
}

static void test_suspend(void)
{
    Error *err = NULL;

    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'match': { 'message': 1 },"
        "    'action': 'suspend', 'tag': 'one' },"
        "  { 'id': 's', 'site': 'scmi-reply', 'match': { 'message': 2 },"
        "    'action': 'suspend', 'tag': 'two' } ]", NULL);
    pass_reply(1);
    pass_reply(2);
    pass_reply(1);
    g_assert_false(fault_held_resume(fault_engine(), "three"));
    assert_taken(0, "");

    /* A message outlives its rule. */
    g_assert_true(fault_engine_remove(fault_engine(), "r", &err));
    g_assert_true(fault_held_resume(fault_engine(), "one"));
    assert_taken(0, "1/8:0 1/8:0 ");
    g_assert_false(fault_held_resume(fault_engine(), "one"));
    g_assert_true(fault_engine_remove(fault_engine(), "s", &err));
    g_assert_true(fault_watched);
    g_assert_true(fault_held_resume(fault_engine(), "two"));
    assert_taken(0, "2/8:0 ");
    g_assert_false(fault_watched);
    clear_rules();
}

/* What is resumed leads to the release of what was kept behind it. */
static void test_resume_overtakes(void)
{
    test_ports[0].answers = true;
    arm("[ { 'id': 'c', 'site': 'scmi-command', 'action': 'suspend',"
        "    'tag': 'one' },"
        "  { 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'reorder' } ]", NULL);
    pass_to(0, FAULT_SITE_SCMI_COMMAND, 1, 0, 8);
    pass_reply(9);
    pass_to(0, FAULT_SITE_SCMI_COMMAND, 2, 0, 8);
    assert_taken(0, "");
    g_assert_true(fault_held_resume(fault_engine(), "one"));
    assert_taken(0, "1/8:0 9/8:0 2/8:0 ");
    g_assert_cmpuint(fault_engine()->num_held, ==, 0);
    clear_rules();
}

static void test_silence(void)
{
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'after': 1, 'times': 1,"
        "    'action': 'silence' } ]", NULL);
    pass_reply(1);
    pass_reply(2);
    pass_to(0, FAULT_SITE_RTKIT_SEND, 3, 0, 8);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 4, 0, 8);
    assert_taken(0, "1/8:0 ");
    assert_taken(1, "4/8:0 ");
    fault_engine_remove(fault_engine(), "r", &error_abort);
    pass_reply(5);
    assert_taken(0, "5/8:0 ");
    clear_rules();
}

static void test_hold(void)
{
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'times': 1, 'action': 'hold',"
        "    'duration': 100 } ]", NULL);
    pass_reply(1);
    assert_taken(0, "busy 1/8:0 ");
    virtual_clock_step(100);
    assert_taken(0, "free ");
    clear_rules();

    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'hold' } ]", NULL);
    pass_reply(1);
    virtual_clock_step(1000000000);
    assert_taken(0, "busy 1/8:0 ");
    fault_engine_remove(fault_engine(), "r", &error_abort);
    assert_taken(0, "free ");
    clear_rules();
}

static void test_aside(void)
{
    arm("[ { 'id': 'p', 'site': 'scmi-reply', 'action': 'set-property',"
        "    'path': '/port0', 'property': 'x', 'value': 1 },"
        "  { 'id': 'w', 'site': 'scmi-reply', 'action': 'write-memory',"
        "    'address': 0, 'bytes': '00112233' },"
        "  { 'id': 'i', 'site': 'scmi-reply', 'action': 'interrupt',"
        "    'path': '/port0', 'line': 0, 'pulses': 3, 'interval': 10 },"
        "  { 'id': 's', 'site': 'scmi-reply', 'action': 'send',"
        "    'to': 'scmi-notification', 'bytes': '0900000005000000' },"
        "  { 'id': 'd', 'site': 'scmi-reply', 'action': 'drop' } ]", NULL);
    pass_reply(1);
    assert_taken(0, "9/8:5 ");
    g_assert_cmpstr(test_effects->str, ==, "set x;write 4;pulse;");
    virtual_clock_step(10);
    virtual_clock_step(10);
    virtual_clock_step(10);
    g_assert_cmpstr(test_effects->str, ==, "set x;write 4;pulse;pulse;pulse;");
    clear_rules();
}

static void test_life(void)
{
    arm("[ { 'id': 'c', 'site': 'rtkit-send', 'times': 1, 'action': 'crash',"
        "    'reason': 'why' },"
        "  { 'id': 'b', 'site': 'rtkit-send', 'times': 1,"
        "    'action': 'reboot' } ]", NULL);
    pass_to(0, FAULT_SITE_RTKIT_SEND, 1, 0, 8);
    assert_taken(0, "1/8:0 crash why off on ");
    clear_rules();
}

/* What cannot be delivered later is a failure, not a success. */
static void test_deaf(void)
{
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'delay',"
        "    'ns': 1 } ]", NULL);
    pass_reply(1);
    test_ports[0].deaf = true;
    virtual_clock_step(1);
    g_assert_cmpuint(find_rule("r")->failures, ==, 1);
    clear_rules();
}

static void arm_answerers(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'r%u', 'site': 'scmi-reply',"
                            "    'action': 'send', 'to': 'scmi-command',"
                            "    'bytes': '00000000' } ]", i);

        arm(json, NULL);
    }
}

static unsigned num_taken(void)
{
    const char *taken = test_ports[0].taken->str;
    unsigned n = 0;

    while ((taken = strchr(taken, ' '))) {
        taken++;
        n++;
    }
    g_string_truncate(test_ports[0].taken, 0);
    return n;
}

static uint64_t all_failures(unsigned rules)
{
    uint64_t failures = 0;

    for (unsigned i = 0; i < rules; i++) {
        g_autofree char *id = g_strdup_printf("r%u", i);

        failures += find_rule(id)->failures;
    }
    return failures;
}

/* Rules that answer each other end, and the next message is as any other. */
static void test_endless(void)
{
    test_ports[0].answers = true;
    arm_answerers(9);
    pass_reply(1);
    g_assert_cmpuint(num_taken(), ==, FAULT_MAX_MADE + 1);
    g_assert_cmpuint(all_failures(9), >, 0);
    clear_rules();

    test_ports[0].answers = true;
    arm_answerers(FAULT_MAX_DEPTH);
    pass_reply(1);
    g_assert_cmpuint(num_taken(), <=, FAULT_MAX_MADE + 1);
    g_assert_cmpuint(all_failures(FAULT_MAX_DEPTH), >, 0);
    clear_rules();

    test_ports[0].answers = true;
    arm_answerers(3);
    pass_reply(1);
    pass_reply(1);
    g_assert_cmpuint(num_taken(), ==, 2 * (1 + 3 + 3 * 2 + 3 * 2));
    g_assert_cmpuint(all_failures(3), ==, 0);
    clear_rules();
}

/* Copies that lead to copies are messages that rules make, too. */
static void test_endless_copies(void)
{
    test_ports[0].answers = true;
    arm("[ { 'id': 'c', 'site': 'scmi-command', 'action': 'duplicate',"
        "    'copies': 999 },"
        "  { 'id': 'r', 'site': 'scmi-reply', 'action': 'duplicate',"
        "    'copies': 999 } ]", NULL);
    pass_to(0, FAULT_SITE_SCMI_COMMAND, 1, 0, 8);
    g_assert_cmpuint(num_taken(), <=, FAULT_MAX_MADE + 1000);
    g_assert_cmpuint(num_taken(), ==, 0);
    clear_rules();
}

static void test_port_gone(void)
{
    arm("[ { 'id': 'late', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'delay', 'ns': 100 },"
        "  { 'id': 'quiet', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'silence' } ]", NULL);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 1, 0, 8);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 2, 0, 8);
    fault_port_finalize(&test_ports[1].port);
    virtual_clock_step(100);
    assert_taken(1, "");
    fault_port_init(&test_ports[1].port, object_resolve_path("/port1", NULL),
                    &test_port_ops, &test_ports[1]);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 3, 0, 8);
    assert_taken(1, "3/8:0 ");
    clear_rules();
}

void add_action_tests(void)
{
    g_test_add_func("/fault/bytes", test_bytes);
    g_test_add_func("/fault/cannot", test_cannot);
    g_test_add_func("/fault/delay", test_delay);
    g_test_add_func("/fault/reorder", test_reorder);
    g_test_add_func("/fault/suspend", test_suspend);
    g_test_add_func("/fault/resume-overtakes", test_resume_overtakes);
    g_test_add_func("/fault/silence", test_silence);
    g_test_add_func("/fault/hold", test_hold);
    g_test_add_func("/fault/aside", test_aside);
    g_test_add_func("/fault/life", test_life);
    g_test_add_func("/fault/deaf", test_deaf);
    g_test_add_func("/fault/endless", test_endless);
    g_test_add_func("/fault/endless-copies", test_endless_copies);
    g_test_add_func("/fault/port-gone", test_port_gone);
}
