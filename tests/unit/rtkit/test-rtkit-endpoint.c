/*
 * RTKit endpoints: starting, buffers, syslog, ioreport, and a slow AP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-fixture.h"
#include "qapi/error.h"
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "qom/qom-qobject.h"

static void test_unknown(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    for (int id = 0; id < 256; id++) {
        if (id < 5 || id == 8) {
            continue;
        }
        fixture_send(f, id, 0x1234);
        fixture_expect_error(f, true);
        fixture_send(f, 0, MSG_STARTEP(id));
        fixture_expect_error(f, true);
    }
    fixture_expect_silence(f);
    fixture_free(f);
}

static RTKitFixture *boot_with_app(void)
{
    RTKitFixture *f = fixture_prepare(true);

    fixture_add_app(f, 0x01 + 0x1e);
    fixture_realize(f);
    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_expect(f, 0, 0x008800008000011f);
    fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
    return f;
}

static void test_start_stop(void)
{
    RTKitFixture *f = boot_with_app();

    fixture_send(f, 0x1f, 1);
    fixture_expect_error(f, true);
    g_assert_cmpuint(f->app_messages, ==, 0);
    fixture_send(f, 0, MSG_STOPEP(0x1f));
    fixture_expect_error(f, true);
    g_assert_cmpuint(f->app_stops, ==, 0);
    fixture_send(f, 0, MSG_STARTEP(0x1f));
    fixture_expect_error(f, false);
    fixture_send(f, 0, MSG_STARTEP(0x1f));
    fixture_expect_error(f, true);
    fixture_send(f, 0x1f, 1);
    fixture_expect_error(f, false);
    g_assert_cmpuint(f->app_messages, ==, 1);
    fixture_send(f, 0, MSG_STOPEP(0x1f));
    g_assert_cmpuint(f->app_stops, ==, 1);
    fixture_expect_error(f, false);
    fixture_send(f, 0x1f, 1);
    fixture_expect_error(f, true);
    fixture_send(f, 0, 0x0050001f00000003);
    fixture_expect_error(f, true);
    fixture_send(f, 0, 0x0050001f00000000);
    fixture_expect_error(f, true);
    fixture_free(f);
}

/* As QOM shows them. */
static void test_list(void)
{
    RTKitFixture *f = fixture_new(true);
    QObject *list;
    g_autoptr(GString) json = NULL;

    fixture_boot(f);
    list = object_property_get_qobject(OBJECT(&f->rtkit), "endpoints",
                                       &error_abort);
    json = qobject_to_json(list);
    g_assert_cmpstr(json->str, ==, "[\"crashlog\", \"syslog\", \"debug\", "
                    "\"ioreport\", \"oslog\"]");
    qobject_unref(list);
    fixture_free(f);
}

static void test_buffer_wrong(void)
{
    static const uint64_t wrong[] = {
        0x0010400000000000,     /* no address */
        0x0010300048a00000,     /* too small */
        0x0080400048a00000,     /* another message */
    };
    RTKitFixture *f = fixture_new(false);

    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
    fixture_send(f, 0, MSG_STARTEP(1));
    fixture_expect_error(f, false);
    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        fixture_send(f, 1, wrong[i]);
        fixture_expect_error(f, true);
        g_assert_true(f->rtkit.endpoint[1].waiting);
    }
    /* The co-processor's own opinion of it. */
    f->refused_buffer = 0x48a00000;
    fixture_send(f, 1, 0x0010400048a00000);
    fixture_expect_error(f, true);
    g_assert_true(f->rtkit.endpoint[1].waiting);
    f->refused_buffer = 0;
    /* More than was asked for is fine, but not more than that is used. */
    fixture_send(f, 1, 0x0010800048a00000);
    fixture_expect_error(f, false);
    g_assert_false(f->rtkit.endpoint[1].waiting);
    g_assert_cmphex(f->rtkit.endpoint[1].size, ==, 0x4000);
    /* Unasked for, it is out of place. */
    fixture_send(f, 1, 0x0010400048a00000);
    fixture_expect_error(f, true);
    fixture_free(f);
}

/* The buffer of syslog: where index lies, who speaks, and what. */
static void check_entry(RTKitFixture *f, unsigned index, const char *task,
                        const char *text)
{
    const char *entry = (const char *)f->sram + 0x2000 + index * 0x80;

    g_assert_cmpstr(entry + 8, ==, task);
    g_assert_cmpstr(entry + 0x20, ==, text);
}

static void test_syslog(void)
{
    RTKitFixture *f = fixture_new(true);

    g_assert_false(rtkit_syslog(&f->rtkit, "early", "nobody listens"));
    fixture_boot(f);
    for (int i = 0; i < 16; i++) {
        g_autofree char *text = g_strdup_printf("line %d", i);

        g_assert_true(rtkit_syslog(&f->rtkit, "task", text));
        fixture_expect(f, 2, MSG_SYSLOG(i));
        check_entry(f, i, "task", text);
    }
    /* All entries are out: the next line is lost. */
    g_assert_false(rtkit_syslog(&f->rtkit, "task", "one too many"));
    fixture_expect_silence(f);
    check_entry(f, 0, "task", "line 0");
    fixture_send(f, 2, MSG_SYSLOG(0));
    fixture_expect_error(f, false);
    g_assert_true(rtkit_syslog(&f->rtkit, "task", "again"));
    fixture_expect(f, 2, MSG_SYSLOG(0));
    check_entry(f, 0, "task", "again");
    fixture_free(f);
}

/* An entry that the AP never returns is lost, and no other. */
static void test_syslog_lost_echo(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    g_assert_true(rtkit_syslog(&f->rtkit, "task", "never returned"));
    fixture_expect(f, 2, MSG_SYSLOG(0));
    for (int i = 0; i < 40; i++) {
        g_assert_true(rtkit_syslog(&f->rtkit, "task", "text"));
        fixture_expect(f, 2, MSG_SYSLOG(1 + i % 15));
        fixture_send(f, 2, MSG_SYSLOG(1 + i % 15));
        fixture_expect_error(f, false);
    }
    fixture_free(f);
}

static void test_syslog_long(void)
{
    RTKitFixture *f = fixture_new(true);
    g_autofree char *text = g_strnfill(200, 'x');

    fixture_boot(f);
    g_assert_true(rtkit_syslog(&f->rtkit, text, text));
    g_assert_cmpuint(strlen((char *)f->sram + 0x2008), ==, 23);
    g_assert_cmpuint(strlen((char *)f->sram + 0x2020), ==, 0x5f);
    g_assert_cmpint(f->sram[0x2080], ==, 0);
    fixture_free(f);
}

static void test_syslog_echo_wrong(void)
{
    static const uint64_t wrong[] = {
        MSG_SYSLOG(1),          /* not out */
        MSG_SYSLOG(16),         /* beyond the buffer */
        MSG_SYSLOG(0xff),
        MSG_SYSLOG(0x100),      /* more than an index */
        MSG_SYSLOG_INIT,
    };
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    g_assert_true(rtkit_syslog(&f->rtkit, "task", "text"));
    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        fixture_send(f, 2, wrong[i]);
        fixture_expect_error(f, true);
    }
    fixture_send(f, 2, MSG_SYSLOG(0));
    fixture_expect_error(f, false);
    fixture_send(f, 2, MSG_SYSLOG(0));
    fixture_expect_error(f, true);
    fixture_free(f);
}

/* The AP gave us a buffer where there is no memory. */
static void test_syslog_no_memory(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    f->rtkit.endpoint[RTKIT_EP_SYSLOG].addr = 0xfffffffff00;
    g_assert_false(rtkit_syslog(&f->rtkit, "task", "text"));
    fixture_expect_silence(f);
    fixture_free(f);
}

/* Lines that the AP never returned do not count after a sleep. */
static void test_syslog_forgets(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    for (int i = 0; i < 16; i++) {
        g_assert_true(rtkit_syslog(&f->rtkit, "task", "text"));
        fixture_expect(f, 2, MSG_SYSLOG(i));
    }
    fixture_send(f, 0, 0x0060000000000001);
    fixture_expect(f, 0, 0x0070000000000001);
    fixture_boot(f);
    g_assert_true(rtkit_syslog(&f->rtkit, "task", "text"));
    fixture_expect(f, 2, MSG_SYSLOG(0));
    fixture_free(f);
}

static void test_ioreport(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    /* fixture_boot() has echoed it; once is enough. */
    fixture_send(f, 4, MSG_IOREPORT_START);
    fixture_expect_error(f, true);
    fixture_send(f, 4, 0);
    fixture_expect_error(f, true);
    fixture_free(f);
}

/* A debugger's request to begin is heard, and nothing comes of it. */
static void test_debug(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    fixture_send(f, 3, 0x0008000000000000);
    fixture_expect_error(f, false);
    fixture_expect_silence(f);
    fixture_send(f, 3, 0x0007000000000000);
    fixture_expect_error(f, true);
    fixture_free(f);
}

/* Debug, crashlog and oslog say nothing, and have nothing said to them. */
static void test_silent(void)
{
    static const uint8_t silent[] = { 1, 3, 8 };
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    for (int i = 0; i < ARRAY_SIZE(silent); i++) {
        fixture_send(f, silent[i], 0x0010400048a00000);
        fixture_expect_error(f, true);
    }
    fixture_expect_silence(f);
    fixture_free(f);
}

static unsigned dropped(RTKitFixture *f)
{
    return object_property_get_uint(OBJECT(&f->rtkit), "dropped-messages",
                                    &error_abort);
}

/* A full mailbox: messages wait in order, and what is too much is lost. */
static void test_slow_ap(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    f->room = 0;
    for (int i = 0; i < RTKIT_QUEUE_LEN + 3; i++) {
        fixture_send(f, 0, 0x0030000000000000 | i);
        fixture_expect_error(f, i >= RTKIT_QUEUE_LEN);
    }
    fixture_expect_silence(f);
    g_assert_cmpuint(dropped(f), ==, 3);
    for (int i = 0; i < RTKIT_QUEUE_LEN; i++) {
        f->room = 1;
        rtkit_flush(&f->rtkit);
        fixture_expect(f, 0, 0x0040000000000000 | i);
        fixture_expect_silence(f);
    }
    f->room = 5;
    rtkit_flush(&f->rtkit);
    fixture_expect_silence(f);
    fixture_send(f, 0, 0x0030000000000077);
    fixture_expect(f, 0, 0x0040000000000077);
    /* None overtakes those that wait. */
    f->room = 0;
    fixture_send(f, 0, 0x0030000000000001);
    f->room = 2;
    fixture_send(f, 0, 0x0030000000000002);
    fixture_expect_silence(f);
    rtkit_flush(&f->rtkit);
    fixture_expect(f, 0, 0x0040000000000001);
    fixture_expect(f, 0, 0x0040000000000002);
    device_cold_reset(DEVICE(&f->rtkit));
    g_assert_cmpuint(dropped(f), ==, 0);
    fixture_free(f);
}

/* What may get lost leaves half of the queue to answers. */
static void test_notify(void)
{
    RTKitFixture *f = fixture_new(true);
    RTKitEndpoint *ep = &f->rtkit.endpoint[RTKIT_EP_IOREPORT];

    fixture_boot(f);
    f->room = 0;
    for (int i = 0; i < RTKIT_QUEUE_LEN; i++) {
        rtkit_notify(ep, i);
        fixture_expect_error(f, i >= RTKIT_QUEUE_LEN / 2);
    }
    g_assert_cmpuint(dropped(f), ==, RTKIT_QUEUE_LEN / 2);
    fixture_send(f, 0, 0x0030000000000007);
    fixture_expect_error(f, false);
    f->room = RTKIT_QUEUE_LEN;
    rtkit_flush(&f->rtkit);
    for (int i = 0; i < RTKIT_QUEUE_LEN / 2; i++) {
        fixture_expect(f, RTKIT_EP_IOREPORT, i);
    }
    fixture_expect(f, 0, 0x0040000000000007);
    fixture_expect_silence(f);
    fixture_free(f);
}

/* Nonsense in bulk, made of the words that mean something. */
static uint64_t random_message(GRand *rand)
{
    static const uint64_t words[] = {
        MSG_WAKE, MSG_IOP_ON, MSG_HELLO_REPLY, MSG_EPMAP_ONLY_REPLY,
        MSG_AP_ON, MSG_SYSLOG(0), MSG_IOREPORT_START, 0x0060000000000010,
        0x0060000000000001, 0x0060000000000201, 0x0010400048a00000,
        0x0104000000048b00,
    };
    uint64_t any = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);

    switch (g_rand_int_range(rand, 0, 4)) {
    case 0:
        return any;
    case 1:
        return MSG_STARTEP(any & 0xff);
    default:
        return words[any % ARRAY_SIZE(words)];
    }
}

static void test_hostile(void)
{
    RTKitFixture *f = fixture_new(false);
    GRand *rand = g_rand_new_with_seed(1);

    for (int i = 0; i < 200000; i++) {
        f->room = g_rand_int_range(rand, 0, 4);
        fixture_send(f, g_rand_boolean(rand) ? g_rand_int(rand) & 0xf : 0,
                     random_message(rand));
        rtkit_syslog(&f->rtkit, "task", "text");
        rtkit_flush(&f->rtkit);
        if (g_rand_int_range(rand, 0, 500) == 0) {
            rtkit_crash(&f->rtkit, "at random");
        }
        if (g_rand_int_range(rand, 0, 1000) == 0) {
            rtkit_set_running(&f->rtkit, g_rand_boolean(rand));
        }
        g_assert_cmpuint(f->rtkit.queue_count, <=, RTKIT_QUEUE_LEN);
        g_array_set_size(f->out, 0);
    }
    /* It still works. */
    device_cold_reset(DEVICE(&f->rtkit));
    f->room = 1;
    fixture_send(f, 0, MSG_WAKE);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_expect_error(f, true);
    g_rand_free(rand);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/rtkit/endpoint/unknown", test_unknown);
    g_test_add_func("/rtkit/endpoint/start-stop", test_start_stop);
    g_test_add_func("/rtkit/endpoint/list", test_list);
    g_test_add_func("/rtkit/endpoint/buffer-wrong", test_buffer_wrong);
    g_test_add_func("/rtkit/endpoint/silent", test_silent);
    g_test_add_func("/rtkit/endpoint/debug", test_debug);
    g_test_add_func("/rtkit/syslog/lines", test_syslog);
    g_test_add_func("/rtkit/syslog/lost-echo", test_syslog_lost_echo);
    g_test_add_func("/rtkit/syslog/long", test_syslog_long);
    g_test_add_func("/rtkit/syslog/echo-wrong", test_syslog_echo_wrong);
    g_test_add_func("/rtkit/syslog/no-memory", test_syslog_no_memory);
    g_test_add_func("/rtkit/syslog/forgets", test_syslog_forgets);
    g_test_add_func("/rtkit/ioreport", test_ioreport);
    g_test_add_func("/rtkit/slow-ap", test_slow_ap);
    g_test_add_func("/rtkit/notify", test_notify);
    g_test_add_func("/rtkit/hostile", test_hostile);
    return g_test_run();
}
