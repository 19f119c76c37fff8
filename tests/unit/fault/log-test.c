/*
 * Unit tests of the fault engine: the message log
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-visit-message-log.h"
#include "qapi/qobject-input-visitor.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "fault-test.h"

static FaultLog *log_on(void)
{
    FaultEngine *s = fault_engine();

    fault_log_enable(&s->log, true);
    fault_engine_watch(s);
    return &s->log;
}

static LoggedMessage *last(void)
{
    const FaultLog *log = &fault_engine()->log;

    return fault_log_decode(fault_log_at(log, log->next - 1));
}

/* "fate copies rules rule action" of the last message */
static void assert_last(const char *expected)
{
    g_autoptr(LoggedMessage) l = last();
    g_autofree char *text =
        g_strdup_printf("%s %u %u %s %s", MessageFate_str(l->fate), l->copies,
                        l->rules, l->rule ?: "-",
                        l->has_action ? FaultAction_str(l->action) : "-");

    g_assert_cmpstr(text, ==, expected);
}

static void test_off(void)
{
    const FaultLog *log = &fault_engine()->log;
    uint64_t next = log->next;

    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'none' } ]", NULL);
    pass_reply(1);
    g_assert_cmpuint(log->next, ==, next);
    clear_rules();
}

/* Token 5 of message 7 is answered by -3 after 250 ns. */
static void test_decode(void)
{
    uint32_t words[] = { cpu_to_le32(5 << 18 | 0x14 << 10 | 7),
                         cpu_to_le32(-3) };
    uint64_t next = log_on()->next;
    g_autoptr(LoggedMessage) l = NULL;
    FaultMessage m;

    g_assert_true(fault_watched);
    fault_message_init(&m, FAULT_SITE_SCMI_REPLY, words, sizeof(words));
    fault_message_set(&m, FAULT_FIELD_PROTOCOL, 0x14);
    fault_message_set(&m, FAULT_FIELD_MESSAGE, 7);
    m.group = "clock";
    m.since = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    virtual_clock_step(250);
    fault_pass(&test_ports[1].port, &m);
    l = last();
    g_assert_cmpuint(l->position, ==, next);
    g_assert_cmpint(l->time, ==, m.since + 250);
    g_assert_cmpint(l->site, ==, FAULT_SITE_SCMI_REPLY);
    g_assert_cmpstr(l->device, ==, "/port1");
    g_assert_true(l->has_agent && l->agent == 2);
    g_assert_true(l->has_protocol && l->protocol == 0x14);
    g_assert_true(l->has_message && l->message == 7);
    g_assert_false(l->has_domain || l->has_endpoint || l->key);
    g_assert_cmpstr(l->group, ==, "clock");
    g_assert_null(l->name);
    g_assert_true(l->has_token && l->token == 5);
    g_assert_true(l->has_status && l->status == -3);
    g_assert_cmpstr(l->bytes, ==, "07501400fdffffff");
    g_assert_true(l->has_latency && l->latency == 250);
    g_assert_false(l->has_of);
    assert_last("delivered 1 0 - -");
    clear_rules();
}

/* What is not there is not made up. */
static void test_decode_short(void)
{
    g_autoptr(LoggedMessage) reply = NULL;
    g_autoptr(LoggedMessage) send = NULL;

    log_on();
    pass_to(0, FAULT_SITE_SCMI_REPLY, 1, 0, 4);
    reply = last();
    g_assert_true(reply->has_token);
    g_assert_false(reply->has_status || reply->has_latency);
    pass_to(0, FAULT_SITE_RTKIT_SEND, 1, 0, 8);
    send = last();
    g_assert_false(send->has_token || send->has_status);
    clear_rules();
}

static void test_decode_key(void)
{
    static const struct {
        uint32_t key;
        const char *text;
    } cases[] = { { 0x23304231, "#0B1" }, { 0x23304200, "0x23304200" } };

    log_on();
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autoptr(LoggedMessage) l = NULL;
        FaultMessage m;

        fault_message_init(&m, FAULT_SITE_RTKIT_SEND, "12345678", 8);
        fault_message_set(&m, FAULT_FIELD_KEY, cases[i].key);
        fault_pass(&test_ports[0].port, &m);
        l = last();
        g_assert_cmpstr(l->key, ==, cases[i].text);
    }
    clear_rules();
}

static void test_fates(void)
{
    static const char *const cases[][2] = {
        { "'none'", "delivered 1 1 r none" },
        { "'status', 'status': -6", "delivered 1 1 r status" },
        { "'duplicate', 'copies': 2", "delivered 3 1 r duplicate" },
        { "'extend', 'bytes': '00'", "delivered 1 1 r extend" },
        /* It is too short already: nothing was done. */
        { "'truncate', 'length': 8", "delivered 1 1 - -" },
        { "'drop'", "dropped 0 1 r drop" },
        { "'silence'", "dropped 0 1 r silence" },
        { "'delay', 'ns': 100", "delayed 1 1 r delay" },
        { "'reorder'", "reordered 1 1 r reorder" },
        { "'suspend', 'tag': 't'", "suspended 1 1 r suspend" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'r', 'site': 'scmi-reply', "
                            "'action': %s } ]", cases[i][0]);

        log_on();
        arm(json, NULL);
        pass_reply(1);
        assert_last(cases[i][1]);
        clear_rules();
    }
}

static void test_silenced(void)
{
    log_on();
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'silence' } ]", NULL);
    pass_reply(1);
    pass_to(0, FAULT_SITE_RTKIT_SEND, 2, 0, 8);
    assert_last("dropped 0 0 r silence");
    clear_rules();
}

/* What is kept is seen twice, even when its rule is gone. */
static void test_released(void)
{
    g_autoptr(LoggedMessage) l = NULL;
    uint64_t kept = log_on()->next;

    arm("[ { 'id': 'd', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'delay', 'ns': 100 },"
        "  { 'id': 's', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'suspend', 'tag': 't' } ]", NULL);
    pass_reply(1);
    pass_reply(2);
    virtual_clock_step(100);
    assert_last("released 1 0 d delay");
    l = last();
    g_assert_cmpuint(l->position, ==, kept + 2);
    g_assert_true(l->has_of);
    g_assert_cmpuint(l->of, ==, kept);
    g_assert_cmpstr(l->bytes, ==, "0100000000000000");

    fault_engine_remove(fault_engine(), "s", &error_abort);
    fault_held_resume(fault_engine(), "t");
    assert_last("released 1 0 - -");
    clear_rules();
}

static void test_lost(void)
{
    log_on();
    arm("[ { 'id': 'r', 'site': 'scmi-reply',"
        "    'action': 'suspend', 'tag': 't' } ]", NULL);
    pass_reply(1);
    resettable_reset(OBJECT(fault_engine()), RESET_TYPE_COLD);
    assert_last("lost 0 0 r suspend");
    clear_rules();
}

static void test_failed(void)
{
    log_on();
    test_ports[0].deaf = true;
    pass_reply(1);
    assert_last("failed 1 0 - -");
    clear_rules();
}

static void test_sent(void)
{
    g_autoptr(LoggedMessage) l = NULL;

    log_on();
    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'send',"
        "    'to': 'scmi-notification', 'bytes': '09000000' } ]", NULL);
    pass_reply(1);
    assert_last("sent 1 0 r send");
    l = last();
    g_assert_cmpint(l->site, ==, FAULT_SITE_SCMI_NOTIFICATION);
    g_assert_cmpstr(l->bytes, ==, "09000000");
    clear_rules();
}

static void test_long_name(void)
{
    g_autofree char *id = g_strnfill(200, 'r');
    g_autofree char *json =
        g_strdup_printf("[ { 'id': '%s', 'site': 'scmi-reply',"
                        "    'action': 'drop' } ]", id);
    g_autoptr(LoggedMessage) l = NULL;

    log_on();
    arm(json, NULL);
    pass_reply(1);
    l = last();
    g_assert_cmpuint(strlen(l->rule), ==, FAULT_LOG_RULE - 1);
    clear_rules();
}

/* The oldest gives way. */
static void test_ring(void)
{
    FaultLog *log = log_on();
    uint64_t first = log->next;

    for (unsigned i = 0; i < FAULT_LOG_SIZE + 10; i++) {
        pass_reply(i);
    }
    g_assert_cmpuint(log->next, ==, first + FAULT_LOG_SIZE + 10);
    g_assert_cmpuint(log->first, ==, first + 10);
    for (unsigned i = 10; i < FAULT_LOG_SIZE + 10; i++) {
        const FaultLogEntry *e = fault_log_at(log, first + i);

        g_assert_cmpuint(e->position, ==, first + i);
        g_assert_cmpuint(ldl_le_p(e->bytes), ==, i);
    }
    clear_rules();
}

/* Its place and whether it is on, not what is in it */
static void test_moves(void)
{
    FaultLog *log = log_on();
    g_autoptr(GByteArray) stream = NULL;
    uint64_t next;

    arm("[ { 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'suspend', 'tag': 't' } ]", NULL);
    pass_reply(1);
    next = log->next;
    stream = save_engine();
    pass_reply(2);
    clear_rules();

    g_assert_cmpint(load_engine(stream, stream->len), ==, 0);
    g_assert_true(log->enabled && fault_watched);
    g_assert_cmpuint(log->first, ==, next);
    g_assert_cmpuint(log->next, ==, next);
    fault_held_resume(fault_engine(), "t");
    g_assert_cmpuint(fault_log_at(log, next)->of, ==, next - 1);
    clear_rules();

    /* There is no position 0, and none that JSON could not say. */
    g_byte_array_unref(stream);
    stream = save_engine();
    g_assert_cmpint(load_engine(stream, stream->len), ==, 0);
    memset(stream->data, 0, sizeof(uint64_t));
    g_assert_cmpint(load_engine(stream, stream->len), !=, 0);
    memset(stream->data, 0xff, sizeof(uint64_t));
    g_assert_cmpint(load_engine(stream, stream->len), !=, 0);
    clear_rules();
}

/* Files */

static void close_file(FaultLog *log)
{
    fclose(log->file);
    log->file = NULL;
}

static void assert_line(const char *line, uint64_t position, uint32_t word)
{
    QObject *object = qobject_from_json(line, &error_abort);
    Visitor *v = qobject_input_visitor_new(object);
    g_autofree char *bytes = g_strdup_printf("%08x00000000", bswap32(word));
    LoggedMessage *l;

    visit_type_LoggedMessage(v, NULL, &l, &error_abort);
    g_assert_cmpuint(l->position, ==, position);
    g_assert_cmpstr(l->bytes, ==, bytes);
    qapi_free_LoggedMessage(l);
    visit_free(v);
    qobject_unref(object);
}

/* More than the ring holds, without a moment to write it in between */
static void test_file(void)
{
    enum { NUM = FAULT_LOG_SIZE * 2 + 100 };
    FaultLog *log = &fault_engine()->log;
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    uint64_t first = log->next;
    int fd = g_file_open_tmp("fault-log-XXXXXX", &path, NULL);

    close(fd);
    g_assert_true(fault_log_open(log, path, &error_abort));
    log_on();
    for (unsigned i = 0; i < NUM; i++) {
        pass_reply(i);
    }
    fault_log_flush(log);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, NUM + 1);
    for (unsigned i = 0; i < NUM; i++) {
        assert_line(lines[i], first + i, i);
    }
    close_file(log);
    unlink(path);
    clear_rules();
}

/* What could not be delivered says so in the file, however full the ring is. */
static void test_file_of_failed(void)
{
    enum { NUM = FAULT_LOG_SIZE + 100 };
    FaultLog *log = &fault_engine()->log;
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    int fd = g_file_open_tmp("fault-log-XXXXXX", &path, NULL);

    close(fd);
    g_assert_true(fault_log_open(log, path, &error_abort));
    log_on();
    test_ports[0].deaf = true;
    for (unsigned i = 0; i < NUM; i++) {
        pass_reply(i);
    }
    fault_log_flush(log);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; i < NUM; i++) {
        g_assert_nonnull(strstr(lines[i], "\"failed\""));
    }
    close_file(log);
    unlink(path);
    clear_rules();
}

static void test_file_refused(void)
{
    FaultLog *log = &fault_engine()->log;
    Error *err = NULL;

    g_assert_false(fault_log_open(log, "/nowhere/log", &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "/nowhere/log"));
    error_free(err);
    g_assert_false(log->enabled);
}

/* A full disk ends the file, not the log. */
static void test_file_full(void)
{
    FaultLog *log = &fault_engine()->log;

    if (access("/dev/full", W_OK)) {
        g_test_skip("there is no /dev/full");
        return;
    }
    g_assert_true(fault_log_open(log, "/dev/full", &error_abort));
    log_on();
    pass_reply(1);
    fault_log_flush(log);
    g_assert_null(log->file);
    pass_reply(2);
    assert_last("delivered 1 0 - -");
    clear_rules();
}

void add_log_tests(void)
{
    g_test_add_func("/fault/log/off", test_off);
    g_test_add_func("/fault/log/decode", test_decode);
    g_test_add_func("/fault/log/decode-short", test_decode_short);
    g_test_add_func("/fault/log/decode-key", test_decode_key);
    g_test_add_func("/fault/log/fates", test_fates);
    g_test_add_func("/fault/log/silenced", test_silenced);
    g_test_add_func("/fault/log/released", test_released);
    g_test_add_func("/fault/log/lost", test_lost);
    g_test_add_func("/fault/log/failed", test_failed);
    g_test_add_func("/fault/log/sent", test_sent);
    g_test_add_func("/fault/log/long-name", test_long_name);
    g_test_add_func("/fault/log/ring", test_ring);
    g_test_add_func("/fault/log/moves", test_moves);
    g_test_add_func("/fault/log/file", test_file);
    g_test_add_func("/fault/log/file-of-failed", test_file_of_failed);
    g_test_add_func("/fault/log/file-refused", test_file_refused);
    g_test_add_func("/fault/log/file-full", test_file_full);
}
