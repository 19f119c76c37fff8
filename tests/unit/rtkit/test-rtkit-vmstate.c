/*
 * RTKit's state, saved and loaded
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-fixture.h"
#include "migration/vmstate.h"
#include "hw/vmstate-if.h"
#include "qapi/error.h"
#include "qemu/timer.h"

static const VMStateDescription *vmsd(RTKitFixture *f)
{
    return DEVICE_GET_CLASS(&f->rtkit)->vmsd;
}

/* The fixture becomes another one with the same state. */
static RTKitFixture *move(RTKitFixture *f)
{
    g_autoptr(GBytes) state = fixture_save(vmsd(f), &f->rtkit);
    RTKitFixture *other;

    fixture_free(f);
    other = fixture_new(true);
    g_assert_cmpint(fixture_load(vmsd(other), &other->rtkit, state), ==, 0);
    return other;
}

/* A boot that moves before every message. */
static void test_mid_boot(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_send(f, 0, MSG_WAKE);
    fixture_expect(f, 0, MSG_HELLO);
    f = move(f);
    fixture_expect_state(f, "hello");
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_expect(f, 0, MSG_EPMAP_ONLY);
    f = move(f);
    fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
    f = move(f);
    fixture_send(f, 0, MSG_STARTEP(1));
    fixture_expect(f, 1, 0x001010023fe01000);
    f = move(f);
    fixture_send(f, 0, MSG_STARTEP(2));
    fixture_expect(f, 2, 0x001010023fe02000);
    fixture_expect(f, 2, MSG_SYSLOG_INIT);
    f = move(f);
    fixture_send(f, 0, MSG_STARTEP(4));
    fixture_expect(f, 4, 0x001010023fe04000);
    fixture_expect(f, 0, MSG_IOP_ACK_ON);
    f = move(f);
    fixture_send(f, 0, MSG_AP_ON);
    fixture_expect(f, 0, MSG_AP_ON);
    fixture_expect(f, 4, MSG_IOREPORT_START);
    f = move(f);
    fixture_send(f, 4, MSG_IOREPORT_START);
    fixture_expect_silence(f);
    fixture_expect_error(f, false);
    fixture_free(f);
}

static void test_syslog(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    g_assert_true(rtkit_syslog(&f->rtkit, "task", "first"));
    f = move(f);
    g_assert_true(rtkit_syslog(&f->rtkit, "task", "second"));
    fixture_expect(f, 2, MSG_SYSLOG(1));
    fixture_send(f, 2, MSG_SYSLOG(0));
    fixture_send(f, 2, MSG_SYSLOG(1));
    fixture_expect_error(f, false);
    fixture_free(f);
}

/* Messages that wait for the mailbox move along. */
static void test_queue(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    f->room = 0;
    for (int i = 0; i < 5; i++) {
        fixture_send(f, 0, 0x0030000000000000 | i);
    }
    f = move(f);
    rtkit_flush(&f->rtkit);
    for (int i = 0; i < 5; i++) {
        fixture_expect(f, 0, 0x0040000000000000 | i);
    }
    fixture_free(f);
}

static void test_every_state(void)
{
    for (int state = 0; state < RTKIT_STATE__MAX; state++) {
        RTKitFixture *f = fixture_new(true);

        f->rtkit.state = state;
        f->rtkit.version = 11;
        f->rtkit.ap_power = 0x10;
        f->rtkit.epmap_base = 7;
        f->rtkit.dropped = 3;
        f->rtkit.boot_end = 1000000000;
        f = move(f);
        g_assert_cmpint(f->rtkit.state, ==, state);
        g_assert_cmpint(f->rtkit.version, ==, 11);
        g_assert_cmphex(f->rtkit.ap_power, ==, 0x10);
        g_assert_cmpint(f->rtkit.epmap_base, ==, 7);
        g_assert_cmpint(f->rtkit.dropped, ==, 3);
        g_assert_cmpint(timer_pending(f->rtkit.timer), ==,
                        state == RTKIT_STATE_BOOT);
        fixture_free(f);
    }
}

/* A state that cannot be is refused. */
static void expect_refused(void (*spoil)(RTKit *rtkit))
{
    RTKitFixture *f = fixture_new(true);
    g_autoptr(GBytes) state = NULL;

    fixture_boot(f);
    spoil(&f->rtkit);
    state = fixture_save(vmsd(f), &f->rtkit);
    fixture_free(f);
    f = fixture_new(true);
    g_assert_cmpint(fixture_load(vmsd(f), &f->rtkit, state), <, 0);
    fixture_free(f);
}

static void spoil_state(RTKit *rtkit)
{
    rtkit->state = RTKIT_STATE__MAX;
}

static void spoil_epmap(RTKit *rtkit)
{
    rtkit->epmap_base = 8;
}

static void spoil_head(RTKit *rtkit)
{
    rtkit->queue_head = RTKIT_QUEUE_LEN;
}

static void spoil_count(RTKit *rtkit)
{
    rtkit->queue_count = RTKIT_QUEUE_LEN + 1;
}

/* The first byte of its state is the entry to fill next. */
static void spoil_syslog(RTKit *rtkit)
{
    *(uint8_t *)rtkit->endpoint[RTKIT_EP_SYSLOG].state = RTKIT_SYSLOG_ENTRIES;
}

static void spoil_version(RTKit *rtkit)
{
    rtkit->version = 13;
}

static void spoil_endpoint(RTKit *rtkit)
{
    rtkit->endpoint[0x77].started = true;
}

static void spoil_started(RTKit *rtkit)
{
    rtkit->state = RTKIT_STATE_SLEEP;
}

static void spoil_unstarted(RTKit *rtkit)
{
    rtkit->endpoint[RTKIT_EP_CRASHLOG].started = false;
}

/* It has its buffer, and is not to be asked for one. */
static void spoil_waiting(RTKit *rtkit)
{
    rtkit->endpoint[RTKIT_EP_CRASHLOG].waiting = true;
}

static void spoil_size(RTKit *rtkit)
{
    rtkit->endpoint[RTKIT_EP_SYSLOG].size = 0x2000;
}

static void spoil_addr(RTKit *rtkit)
{
    rtkit->endpoint[RTKIT_EP_SYSLOG].addr += 0x1000;
}

static void test_refused(void)
{
    expect_refused(spoil_state);
    expect_refused(spoil_epmap);
    expect_refused(spoil_head);
    expect_refused(spoil_count);
    expect_refused(spoil_syslog);
    expect_refused(spoil_version);
    expect_refused(spoil_endpoint);
    expect_refused(spoil_started);
    expect_refused(spoil_unstarted);
    expect_refused(spoil_waiting);
    expect_refused(spoil_size);
    expect_refused(spoil_addr);
}

/* What is left of the boot's latency moves along. */
static void test_boot_latency(void)
{
    RTKitFixture *f = fixture_new(true);

    f->rtkit.boot_ns = 1000;
    fixture_send(f, 0, MSG_WAKE);
    virtual_clock_step(400);
    f = move(f);
    virtual_clock_step(599);
    fixture_expect_silence(f);
    virtual_clock_step(1);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_free(f);
}

/* A boot that is under way where another state is loaded is over. */
static void test_boot_forgotten(void)
{
    RTKitFixture *f = fixture_new(true);
    g_autoptr(GBytes) state = NULL;

    fixture_boot(f);
    state = fixture_save(vmsd(f), &f->rtkit);
    fixture_free(f);
    f = fixture_new(true);
    f->rtkit.boot_ns = 1000;
    fixture_send(f, 0, MSG_WAKE);
    g_assert_cmpint(fixture_load(vmsd(f), &f->rtkit, state), ==, 0);
    virtual_clock_step(1000);
    fixture_expect_silence(f);
    fixture_expect_state(f, "on");
    fixture_free(f);
}

/* The other side has another endpoint that remembers something. */
static void test_other_endpoints(void)
{
    RTKitFixture *f = fixture_new(true);
    g_autoptr(GBytes) plain = fixture_save(vmsd(f), &f->rtkit);
    g_autoptr(GBytes) with_echo = NULL;

    fixture_free(f);
    f = fixture_prepare(true);
    object_property_set_uint(OBJECT(&f->rtkit), "echo-endpoint", 0x21,
                             &error_abort);
    fixture_realize(f);
    with_echo = fixture_save(vmsd(f), &f->rtkit);
    g_assert_cmpint(fixture_load(vmsd(f), &f->rtkit, with_echo), ==, 0);
    g_assert_cmpint(fixture_load(vmsd(f), &f->rtkit, plain), <, 0);
    fixture_free(f);
    f = fixture_new(true);
    g_assert_cmpint(fixture_load(vmsd(f), &f->rtkit, with_echo), <, 0);
    fixture_free(f);
}

/* Known by their path, wherever they are and whenever they were made. */
static void test_id(void)
{
    RTKitFixture *f = fixture_new(true);
    g_autofree char *id = vmstate_if_get_id(VMSTATE_IF(&f->rtkit));

    g_assert_cmpstr(id, ==, "/fixture/rtkit");
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/rtkit/vmstate/mid-boot", test_mid_boot);
    g_test_add_func("/rtkit/vmstate/syslog", test_syslog);
    g_test_add_func("/rtkit/vmstate/queue", test_queue);
    g_test_add_func("/rtkit/vmstate/boot-latency", test_boot_latency);
    g_test_add_func("/rtkit/vmstate/boot-forgotten", test_boot_forgotten);
    g_test_add_func("/rtkit/vmstate/other-endpoints", test_other_endpoints);
    g_test_add_func("/rtkit/vmstate/id", test_id);
    g_test_add_func("/rtkit/vmstate/every-state", test_every_state);
    g_test_add_func("/rtkit/vmstate/refused", test_refused);
    return g_test_run();
}
