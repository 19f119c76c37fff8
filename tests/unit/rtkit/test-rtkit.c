/*
 * RTKit management: booting, power states, and everything out of place
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-fixture.h"
#include "qapi/error.h"

/* An SMC: woken by a message, buffers in its SRAM, one application. */
static void test_boot_own_buffers(void)
{
    static const FixtureLine lines[] = {
        A(0, 0x0060000000000220),
        I(0, 0x00100000000c000b),
        A(0, 0x00200000000c000c),
        I(0, 0x008000000000011f),
        A(0, 0x0080000000000001),
        I(0, 0x0088000100000001),
        A(0, 0x0088000100000000),
        A(0, 0x0050000100000002),
        A(0, 0x0050000200000002),
        A(0, 0x0050000300000002),
        A(0, 0x0050000400000002),
        A(0, 0x0050000800000002),
        I(1, 0x001010023fe01000),
        I(2, 0x001010023fe02000),
        I(2, 0x0080000060000010),
        I(4, 0x001010023fe04000),
        I(0, 0x0070000000000020),
        A(0, 0x00b0000000000020),
        I(0, 0x00b0000000000020),
        I(4, 0x00c0000000000000),
        A(4, 0x00c0000000000000),
        A(0, 0x0050002000000002),
        A(0x20, 0x17),
    };
    RTKitFixture *f = fixture_prepare(true);

    fixture_add_app(f, 0x20);
    fixture_realize(f);
    fixture_expect_state(f, "init");
    FIXTURE_PLAY(f, lines);
    fixture_expect_state(f, "on");
    g_assert_cmpuint(f->app_messages, ==, 1);
    fixture_free(f);
}

/* An ANS: started by CPU control, buffers from the AP, no application. */
static void test_boot_ap_buffers(void)
{
    static const FixtureLine lines[] = {
        I(0, 0x00100000000c000b),
        A(0, 0x00200000000c000c),
        I(0, 0x008800000000011f),
        A(0, 0x0088000000000000),
        A(0, 0x0050000100000002),
        A(0, 0x0050000200000002),
        A(0, 0x0050000300000002),
        A(0, 0x0050000400000002),
        A(0, 0x0050000800000002),
        I(1, 0x0010400000000000),
        I(2, 0x0010400000000000),
        I(4, 0x0010400000000000),
        I(8, 0x0104000000000000),
        A(1, 0x0010400048a00000),
        A(2, 0x0010400048a04000),
        I(2, 0x0080000060000010),
        A(4, 0x0010400048a08000),
        A(8, 0x0104000000048b00),
        I(0, 0x0070000000000020),
        A(0, 0x00b0000000000020),
        I(0, 0x00b0000000000020),
        I(4, 0x00c0000000000000),
        A(4, 0x00c0000000000000),
    };
    RTKitFixture *f = fixture_prepare(false);

    object_property_set_bool(OBJECT(&f->rtkit), "running-at-reset", false,
                             &error_abort);
    fixture_realize(f);
    fixture_expect_state(f, "stopped");
    rtkit_set_running(&f->rtkit, true);
    FIXTURE_PLAY(f, lines);
    g_assert_cmphex(f->rtkit.endpoint[8].addr, ==, 0x48b00000);
    g_assert_cmphex(f->rtkit.endpoint[8].size, ==, 0x4000);
    g_assert_cmphex(f->rtkit.endpoint[1].addr, ==, 0x48a00000);
    fixture_free(f);
}

/*
 * What older kernels say, and m1n1 said: they take the request of oslog
 * for an initialization. It has no buffer then, and needs none.
 */
static void test_boot_oslog_ack(void)
{
    static const FixtureLine lines[] = {
        A(0, MSG_IOP_ON), I(0, MSG_HELLO),
        A(0, MSG_HELLO_REPLY), I(0, MSG_EPMAP_ONLY),
        A(0, MSG_EPMAP_ONLY_REPLY),
        A(0, MSG_STARTEP(3)), A(0, MSG_STARTEP(1)),
        A(0, MSG_STARTEP(2)), A(0, MSG_STARTEP(4)), A(0, MSG_STARTEP(8)),
        I(1, 0x0010400000000000), I(2, 0x0010400000000000),
        I(4, 0x0010400000000000), I(8, 0x0104000000000000),
        A(1, 0x0010400048a00000), A(2, 0x0010400048a04000),
        I(2, MSG_SYSLOG_INIT),
        A(4, 0x0010400048a08000), A(8, 0x0300000000000000),
        I(0, MSG_IOP_ACK_ON),
        A(0, MSG_AP_ON), I(0, MSG_AP_ON), I(4, MSG_IOREPORT_START),
    };
    RTKitFixture *f = fixture_new(false);
    GBytes *state;

    FIXTURE_PLAY(f, lines);
    fixture_expect_state(f, "on");
    g_assert_cmphex(f->rtkit.endpoint[8].addr, ==, 0);
    g_assert_cmphex(f->rtkit.endpoint[8].size, ==, 0);
    state = fixture_save(DEVICE_GET_CLASS(&f->rtkit)->vmsd, &f->rtkit);
    g_assert_cmpint(fixture_load(DEVICE_GET_CLASS(&f->rtkit)->vmsd,
                                 &f->rtkit, state), ==, 0);
    g_bytes_unref(state);
    /* Once is enough. */
    fixture_send(f, 8, 0x0300000000000000);
    fixture_expect_error(f, true);
    fixture_free(f);
}

/* m1n1 says nothing to it; an AP that answers late has a buffer then. */
static void test_boot_oslog_silence(void)
{
    static const FixtureLine lines[] = {
        A(0, MSG_IOP_ON), I(0, MSG_HELLO),
        A(0, MSG_HELLO_REPLY), I(0, MSG_EPMAP_ONLY),
        A(0, MSG_EPMAP_ONLY_REPLY),
        A(0, MSG_STARTEP(1)), I(1, 0x0010400000000000),
        A(0, MSG_STARTEP(2)), I(2, 0x0010400000000000),
        A(0, MSG_STARTEP(4)), I(4, 0x0010400000000000),
        A(0, MSG_STARTEP(8)), I(8, 0x0104000000000000),
        A(1, 0x0010400048a00000), A(4, 0x0010400048a08000),
        A(2, 0x0010400048a04000), I(2, MSG_SYSLOG_INIT),
        I(0, MSG_IOP_ACK_ON),
        A(0, MSG_AP_ON), I(0, MSG_AP_ON), I(4, MSG_IOREPORT_START),
        A(8, 0x0104000000048b00),
    };
    RTKitFixture *f = fixture_new(false);

    FIXTURE_PLAY(f, lines);
    fixture_expect_state(f, "on");
    g_assert_cmphex(f->rtkit.endpoint[8].addr, ==, 0x48b00000);
    fixture_free(f);
}

/* U-Boot starts oslog, but not syslog, and wants to hear nothing of it. */
static void test_boot_without_logs(void)
{
    static const FixtureLine lines[] = {
        A(0, MSG_IOP_ON), I(0, MSG_HELLO),
        A(0, MSG_HELLO_REPLY), I(0, MSG_EPMAP_ONLY),
        A(0, MSG_EPMAP_ONLY_REPLY),
        A(0, MSG_STARTEP(1)), A(0, MSG_STARTEP(4)), A(0, MSG_STARTEP(8)),
        I(1, 0x0010400000000000), I(4, 0x0010400000000000),
        A(1, 0x0010400048a00000), A(4, 0x0010400048a08000),
        I(0, MSG_IOP_ACK_ON),
    };
    RTKitFixture *f = fixture_new(false);

    FIXTURE_PLAY(f, lines);
    fixture_expect_state(f, "on");
    fixture_free(f);
}

/* Some bootloaders start neither syslog nor debug. */
static void test_boot_without_syslog(void)
{
    static const FixtureLine lines[] = {
        A(0, MSG_IOP_ON), I(0, MSG_HELLO),
        A(0, MSG_HELLO_REPLY), I(0, MSG_EPMAP_ONLY),
        A(0, MSG_EPMAP_ONLY_REPLY),
        A(0, MSG_STARTEP(1)), I(1, 0x001010023fe01000),
        A(0, MSG_STARTEP(4)), I(4, 0x001010023fe04000),
        I(0, MSG_IOP_ACK_ON),
        A(0, MSG_STARTEP(8)),
    };
    RTKitFixture *f = fixture_new(true);

    FIXTURE_PLAY(f, lines);
    fixture_expect_state(f, "on");
    fixture_free(f);
}

static void test_cpu_control(void)
{
    RTKitFixture *f = fixture_prepare(true);

    object_property_set_bool(OBJECT(&f->rtkit), "running-at-reset", false,
                             &error_abort);
    fixture_realize(f);
    rtkit_set_running(&f->rtkit, true);
    fixture_expect(f, 0, MSG_HELLO);
    /* RUN again, and the wake some APs send on top: no second HELLO. */
    rtkit_set_running(&f->rtkit, true);
    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_IOP_ON);
    fixture_expect_silence(f);
    fixture_expect_error(f, false);
    rtkit_set_running(&f->rtkit, false);
    fixture_expect_state(f, "stopped");
    fixture_send(f, 0, MSG_WAKE);
    fixture_expect_silence(f);
    fixture_expect_error(f, true);
    rtkit_set_running(&f->rtkit, true);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_free(f);
}

/*
 * An AP that found HELLO in its mailbox is anywhere in its boot when it sends
 * the wake that belongs to it, as Linux does; the next wake is another AP's.
 */
static void test_late_wake(void)
{
    static const RTKitState states[] = {
        RTKIT_STATE_EPMAP, RTKIT_STATE_STARTING, RTKIT_STATE_ON,
    };

    for (int i = 0; i < ARRAY_SIZE(states); i++) {
        RTKitFixture *f = fixture_new(true);

        fixture_boot(f);
        rtkit_set_running(&f->rtkit, false);
        rtkit_set_running(&f->rtkit, true);
        fixture_expect(f, 0, MSG_HELLO);
        fixture_send(f, 0, MSG_HELLO_REPLY);
        fixture_expect(f, 0, MSG_EPMAP_ONLY);
        if (states[i] != RTKIT_STATE_EPMAP) {
            fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
        }
        if (states[i] == RTKIT_STATE_ON) {
            fixture_send(f, 0, MSG_STARTEP(1));
            fixture_expect(f, 1, 0x001010023fe01000);
            fixture_send(f, 0, MSG_STARTEP(4));
            fixture_expect(f, 4, 0x001010023fe04000);
            fixture_expect(f, 0, MSG_IOP_ACK_ON);
        }
        g_assert_cmpint(f->rtkit.state, ==, states[i]);
        fixture_send(f, 0, MSG_WAKE);
        if (states[i] == RTKIT_STATE_ON) {
            fixture_expect(f, 0, MSG_IOP_ACK_ON);
        }
        fixture_expect_silence(f);
        fixture_expect_error(f, false);
        g_assert_cmpint(f->rtkit.state, ==, states[i]);
        fixture_boot(f);
        fixture_free(f);
    }
}

/* Down, with the AP going first, and up again by a wake. */
static void go_down(RTKitFixture *f, unsigned ap, unsigned iop,
                    const char *state)
{
    fixture_send(f, 0, 0x00b0000000000000 | ap);
    fixture_expect(f, 0, 0x00b0000000000000 | ap);
    fixture_send(f, 0, 0x0060000000000000 | iop);
    fixture_expect(f, 0, 0x0070000000000000 | iop);
    fixture_expect_silence(f);
    fixture_expect_error(f, false);
    fixture_expect_state(f, state);
}

static void test_quiesce(void)
{
    RTKitFixture *f = fixture_new(true);

    for (int i = 0; i < 20; i++) {
        fixture_boot(f);
        go_down(f, 0x10, 0x10, "quiesced");
    }
    fixture_free(f);
}

static void test_sleep(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    go_down(f, 0x10, 0x01, "sleep");
    fixture_boot(f);
    /* Some APs say nothing of themselves: they are not on after a wake. */
    fixture_send(f, 0, 0x0060000000000001);
    fixture_expect(f, 0, 0x0070000000000001);
    fixture_boot(f);
    fixture_free(f);
}

static void test_idle(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    go_down(f, 0x201, 0x201, "idle");
    /* Retained, but not to be talked to. */
    fixture_send(f, RTKIT_EP_DEBUG, MSG_DEBUG_START);
    fixture_expect_error(f, true);
    g_assert_false(rtkit_syslog(&f->rtkit, "task", "text"));
    fixture_send(f, 0, MSG_WAKE);
    fixture_expect(f, 0, MSG_IOP_ACK_ON);
    fixture_send(f, 0, MSG_AP_ON);
    fixture_expect(f, 0, MSG_AP_ON);
    g_assert_true(f->rtkit.endpoint[RTKIT_EP_SYSLOG].started);
    g_assert_true(rtkit_syslog(&f->rtkit, "task", "text"));
    fixture_send(f, RTKIT_EP_DEBUG, MSG_DEBUG_START);
    fixture_expect_error(f, false);
    fixture_free(f);
}

/* A kernel that was started by another one: nobody went down before. */
static void test_another_ap(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    f->room = 0;
    g_assert_true(rtkit_syslog(&f->rtkit, "task", "for the first AP"));
    f->room = UINT_MAX;
    fixture_boot(f);
    rtkit_flush(&f->rtkit);
    fixture_expect_silence(f);
    /* The first one got no further than this. */
    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_expect(f, 0, MSG_EPMAP_ONLY);
    fixture_boot(f);
    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
    fixture_send(f, 0, MSG_STARTEP(RTKIT_EP_CRASHLOG));
    fixture_expect(f, 0, MSG_HELLO);
    fixture_expect(f, 0, MSG_EPMAP_ONLY);
    fixture_expect(f, RTKIT_EP_CRASHLOG, 0x001010023fe01000);
    fixture_boot(f);
    fixture_free(f);
}

static void test_off(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    go_down(f, 0, 0, "off");
    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_IOP_ON);
    fixture_expect_silence(f);
    fixture_expect_error(f, true);
    device_cold_reset(DEVICE(&f->rtkit));
    fixture_boot(f);
    fixture_free(f);
}

/* To be on is news once. */
static void test_on_again(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    fixture_send(f, 0, MSG_AP_ON);
    fixture_expect(f, 0, MSG_AP_ON);
    fixture_expect_silence(f);
    fixture_free(f);
}

static void test_ping(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    fixture_send(f, 0, 0x0030877500000007);
    fixture_expect(f, 0, 0x0040000000000007);
    fixture_expect_error(f, false);
    fixture_free(f);
}

/* "boot-ns" pass before HELLO, of which further wakes change nothing. */
static void test_boot_latency(void)
{
    RTKitFixture *f = fixture_new(true);

    object_property_set_uint(OBJECT(&f->rtkit), "boot-ns", 1000, &error_abort);
    fixture_send(f, 0, MSG_WAKE);
    fixture_expect_state(f, "boot");
    virtual_clock_step(500);
    fixture_send(f, 0, MSG_WAKE);
    virtual_clock_step(499);
    fixture_expect_silence(f);
    virtual_clock_step(1);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_expect_state(f, "hello");
    fixture_expect_error(f, false);
    /* Held, or reset, in the middle of it. */
    for (int i = 0; i < 2; i++) {
        rtkit_set_running(&f->rtkit, false);
        rtkit_set_running(&f->rtkit, true);
        fixture_expect_state(f, "boot");
        if (i) {
            device_cold_reset(DEVICE(&f->rtkit));
        } else {
            rtkit_set_running(&f->rtkit, false);
        }
        virtual_clock_step(5000);
        fixture_expect_silence(f);
    }
    /* So long that nothing overflows. */
    object_property_set_uint(OBJECT(&f->rtkit), "boot-ns", UINT64_MAX,
                             &error_abort);
    fixture_send(f, 0, MSG_WAKE);
    virtual_clock_step(1000000);
    fixture_expect_silence(f);
    fixture_expect_state(f, "boot");
    fixture_free(f);
}

/*
 * Every message in every state. @next says where it leads, by the message's
 * column: NULL for a guest error that changes nothing.
 */
static const uint64_t matrix_messages[] = {
    0x0060000000000220, 0x0060000000000020, 0x00200000000c000c,
    0x0088000000000000, 0x0050000300000002, 0x00b0000000000010,
    0x0030000000000001, 0x0060000000000010, 0x0060000000000001,
    0x0060000000000201, 0x0060000000000000, 0x0060000000001234,
    0x0040000000000000, 0x0010000000000000, 0x0070000000000020,
    0x0ff0000000000000, 0x0000000000000000, 0x00b0000000000202,
    0x0050000100000001, 0x0050000500000002, 0x0050000300000003,
};

#define NO NULL

static const struct {
    const char *state;
    const char *next[ARRAY_SIZE(matrix_messages)];
} matrix[] = {
    { "stopped", { NO } },
    { "init", { "hello", "hello" } },
    { "boot", { "boot", "boot" } },
    { "hello", { "hello", "hello", "epmap" } },
    { "epmap", { "hello", "hello", NO, "starting" } },
    { "starting", { "hello", "hello", NO, NO, "starting", "starting",
                    "starting" } },
    { "on", { "hello", "hello", NO, NO, NO, "on", "on", "quiesced", "sleep",
              "idle", "off", [18] = "on" } },
    { "idle", { "on", "on" } },
    { "quiesced", { "hello", "hello" } },
    { "sleep", { "hello", "hello" } },
    { "off", { NO } },
    { "crashed", { NO } },
};

QEMU_BUILD_BUG_ON(ARRAY_SIZE(matrix) != RTKIT_STATE__MAX);

static void test_matrix(void)
{
    for (int s = 0; s < ARRAY_SIZE(matrix); s++) {
        for (int m = 0; m < ARRAY_SIZE(matrix_messages); m++) {
            RTKitFixture *f = fixture_new(true);
            const char *next = matrix[s].next[m];

            g_test_message("0x%016" PRIx64 " while %s", matrix_messages[m],
                           matrix[s].state);
            fixture_go_to(f, s);
            fixture_expect_state(f, matrix[s].state);
            fixture_send(f, 0, matrix_messages[m]);
            fixture_expect_error(f, !next);
            fixture_expect_state(f, next ?: matrix[s].state);
            g_assert_cmpint(f->changed_to, ==, f->rtkit.state);
            if (!next) {
                fixture_expect_silence(f);
            }
            fixture_free(f);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/rtkit/boot/own-buffers", test_boot_own_buffers);
    g_test_add_func("/rtkit/boot/ap-buffers", test_boot_ap_buffers);
    g_test_add_func("/rtkit/boot/without-syslog", test_boot_without_syslog);
    g_test_add_func("/rtkit/boot/oslog-ack", test_boot_oslog_ack);
    g_test_add_func("/rtkit/boot/oslog-silence", test_boot_oslog_silence);
    g_test_add_func("/rtkit/boot/without-logs", test_boot_without_logs);
    g_test_add_func("/rtkit/boot/cpu-control", test_cpu_control);
    g_test_add_func("/rtkit/boot/late-wake", test_late_wake);
    g_test_add_func("/rtkit/boot/latency", test_boot_latency);
    g_test_add_func("/rtkit/power/quiesce", test_quiesce);
    g_test_add_func("/rtkit/power/sleep", test_sleep);
    g_test_add_func("/rtkit/power/idle", test_idle);
    g_test_add_func("/rtkit/power/off", test_off);
    g_test_add_func("/rtkit/power/another-ap", test_another_ap);
    g_test_add_func("/rtkit/power/on-again", test_on_again);
    g_test_add_func("/rtkit/ping", test_ping);
    g_test_add_func("/rtkit/every-message-in-every-state", test_matrix);
    return g_test_run();
}
