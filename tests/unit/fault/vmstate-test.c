/*
 * Unit tests of the fault engine: migration
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fault-test.h"

static void arm_everything(void)
{
    arm("[ { 'id': 'late', 'site': 'scmi-reply',"
        "    'match': { 'agent': 1, 'message': 1 }, 'times': 2,"
        "    'action': 'delay', 'ns': 100 },"
        "  { 'id': 'wait', 'site': 'scmi-reply', 'match': { 'message': 2 },"
        "    'action': 'suspend', 'tag': 't' },"
        "  { 'id': 'quiet', 'site': 'scmi-reply', 'match': { 'agent': 2 },"
        "    'action': 'silence' },"
        "  { 'id': 'hold', 'site': 'scmi-reply', 'match': { 'message': 3 },"
        "    'new-state': 5, 'action': 'hold', 'duration': 50 },"
        "  { 'id': 'dice', 'site': 'scmi-reply', 'match': { 'message': 4 },"
        "    'probability': 0.5, 'action': 'drop' } ]", NULL);
    pass_reply(1);
    pass_reply(2);
    pass_reply(3);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 1, 0, 8);
    for (unsigned i = 0; i < 8; i++) {
        pass_reply(4);
    }
}

static void go_on(void)
{
    virtual_clock_step(100);
    fault_held_resume(fault_engine(), "t");
    pass_to(1, FAULT_SITE_SCMI_REPLY, 7, 0, 8);
    for (unsigned i = 0; i < 100; i++) {
        pass_reply(4);
    }
    pass_reply(1);
    pass_reply(1);
    pass_reply(8);
}

static void test_migrate(void)
{
    g_autofree char *expected = NULL;
    GByteArray *stream;
    int64_t then;

    arm_everything();
    stream = save_engine();
    then = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    go_on();
    expected = g_strdup(test_ports[0].taken->str);
    g_assert_nonnull(strstr(expected, "2/8:0 "));
    assert_taken(1, "");
    clear_rules();

    arm_everything();
    arm("[ { 'id': 'gone', 'site': 'scmi-reply', 'action': 'drop' } ]", NULL);
    cpus_set_virtual_clock(then);
    g_assert_cmpint(load_engine(stream, stream->len), ==, 0);
    g_assert_true(g_str_has_suffix(test_ports[0].taken->str, "busy "));
    g_assert_null(find_rule("gone"));
    g_assert_cmpuint(fault_engine()->state, ==, 5);
    g_assert_cmpuint(find_rule("late")->held, ==, 1);
    go_on();
    /* The first run's text starts with what came before the stream. */
    g_assert_true(g_str_has_suffix(test_ports[0].taken->str,
                                   strstr(expected, "free ")));
    assert_taken(1, "");
    g_byte_array_unref(stream);
    clear_rules();
}

/* None of them crashes, and none half loads. */
static void test_forged(void)
{
    GByteArray *stream;
    GRand *random = g_rand_new_with_seed(1);

    arm_everything();
    stream = save_engine();
    for (size_t length = 0; length < stream->len; length += 7) {
        g_assert_cmpint(load_engine(stream, length), !=, 0);
    }
    for (unsigned i = 0; i < 2000; i++) {
        size_t at = g_rand_int_range(random, 0, stream->len);
        uint8_t was = stream->data[at];

        stream->data[at] ^= 1 << g_rand_int_range(random, 0, 8);
        if (load_engine(stream, stream->len) == 0) {
            pass_reply(1);
            virtual_clock_step(10);
        }
        stream->data[at] = was;
    }
    g_rand_free(random);
    g_byte_array_unref(stream);
    clear_rules();
}

/* A line that a rule keeps high is so after a load, and settled once. */
static void test_raised(void)
{
    GByteArray *stream;

    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'interrupt',"
        "    'path': '/port0', 'line': 0, 'pulses': 0 } ]", NULL);
    pass_reply(1);
    stream = save_engine();
    g_assert_cmpint(load_engine(stream, stream->len), ==, 0);
    g_assert_cmpstr(test_effects->str, ==, "raise;");
    g_assert_true(fault_engine_remove(fault_engine(), "r", &error_abort));
    g_assert_cmpstr(test_effects->str, ==, "raise;settle;");
    g_byte_array_unref(stream);
    clear_rules();
}

/* What is released after a load is still called what it was. */
static void test_names(void)
{
    FaultMessage m;
    FaultHeld *held;
    GByteArray *stream;

    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'suspend',"
        "    'tag': 't' } ]", NULL);
    fault_message_init(&m, FAULT_SITE_SCMI_REPLY, "1234", 4);
    m.group = "sensor";
    m.name = "reading_get";
    fault_pass(&test_ports[0].port, &m);
    m.name = NULL;
    fault_pass(&test_ports[0].port, &m);
    stream = save_engine();
    g_assert_cmpint(load_engine(stream, stream->len), ==, 0);
    held = QTAILQ_FIRST(&fault_engine()->held);
    g_assert_cmpstr(held->message.group, ==, "sensor");
    g_assert_cmpstr(held->message.name, ==, "reading_get");
    held = QTAILQ_NEXT(held, next);
    g_assert_cmpstr(held->message.group, ==, "sensor");
    g_assert_null(held->message.name);
    g_byte_array_unref(stream);
    clear_rules();
}

/* A rule of the longest text that is taken can be loaded. */
static void test_longest(void)
{
    g_autofree char *fits = g_strnfill(FAULT_RULE_MAX_TEXT - 100, '0');
    g_autofree char *long_one = g_strnfill(FAULT_RULE_MAX_TEXT, '0');
    g_autofree char *good = g_strdup_printf(
        "[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'write-memory',"
        "    'address': 0, 'bytes': '%s' } ]", fits);
    g_autofree char *bad = g_strdup_printf(
        "[ { 'id': 's', 'site': 'scmi-reply', 'action': 'write-memory',"
        "    'address': 0, 'bytes': '%s' } ]", long_one);
    GByteArray *stream;

    arm(good, NULL);
    arm(bad, "rule 's': it has more than 1048576 characters");
    stream = save_engine();
    g_assert_cmpint(load_engine(stream, stream->len), ==, 0);
    g_assert_nonnull(find_rule("r"));
    g_byte_array_unref(stream);
    clear_rules();
}

/* As many rules as are taken can be loaded. */
static void test_most(void)
{
    GString *json = g_string_new("[ ");
    GByteArray *stream;

    for (unsigned i = 0; i < FAULT_MAX_RULES; i++) {
        g_string_append_printf(json, "%s{ 'id': 'r%u', 'site': 'scmi-reply',"
                               " 'action': 'none' }", i ? ", " : "", i);
    }
    g_string_append(json, " ]");
    arm(json->str, NULL);
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'none' } ]",
        "rules: there are 16384 already");
    stream = save_engine();
    g_assert_cmpint(load_engine(stream, stream->len), ==, 0);
    g_assert_nonnull(find_rule("r16383"));
    g_byte_array_unref(stream);
    g_string_free(json, true);
    clear_rules();
}

void add_vmstate_tests(void)
{
    g_test_add_func("/fault/most", test_most);
    g_test_add_func("/fault/raised", test_raised);
    g_test_add_func("/fault/names", test_names);
    g_test_add_func("/fault/longest", test_longest);
    g_test_add_func("/fault/migrate", test_migrate);
    g_test_add_func("/fault/forged", test_forged);
}
