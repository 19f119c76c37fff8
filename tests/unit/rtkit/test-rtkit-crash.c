/*
 * RTKit: the firmware crashes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-fixture.h"
#include "qemu/cutils.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"

#define NOTICE 0x001010023fe01000ULL

/* The log, as an AP reads it. */

static const uint8_t *crashlog(RTKitFixture *f)
{
    return f->sram + 0x1000;
}

/*
 * The content of section @name, which comes @nth, and its length. Sections
 * follow one another without a gap, and the last one is the footer.
 */
static const uint8_t *section(RTKitFixture *f, unsigned nth, const char *name,
                              unsigned *length)
{
    const uint8_t *log = crashlog(f);
    unsigned size = ldl_le_p(log + 8);
    unsigned offset = 0x20;

    g_assert_cmphex(ldl_le_p(log), ==, 0x434c4845);
    g_assert_cmpuint(size, <=, 0x1000);
    while (nth--) {
        offset += ldl_le_p(log + offset + 12);
        g_assert_cmpuint(offset + 16, <=, size);
    }
    g_assert_cmphex(ldl_le_p(log + offset), ==, ldl_be_p(name));
    *length = ldl_le_p(log + offset + 12) - 16;
    g_assert_cmpuint(offset + 16 + *length, <=, size);
    if (!strcmp(name, "CLHE")) {
        g_assert_cmpuint(offset + 16 + *length, ==, size);
    }
    return log + offset + 16;
}

static void check_entry(const uint8_t *entry, uint64_t endpoint, uint64_t msg,
                        uint32_t time)
{
    g_assert_cmphex(ldq_le_p(entry), ==, endpoint);
    g_assert_cmphex(ldq_le_p(entry + 8), ==, msg);
    g_assert_cmpuint(ldl_le_p(entry + 16), ==, time);
}

static void test_crashlog(void)
{
    RTKitFixture *f = fixture_new(true);
    const uint8_t *content;
    unsigned length;
    uint32_t time;

    fixture_boot(f);
    virtual_clock_step(2000000);
    time = qemu_clock_get_us(QEMU_CLOCK_VIRTUAL);
    fixture_send(f, 0, 0x0030000000000007);
    fixture_expect(f, 0, 0x0040000000000007);
    virtual_clock_step(1000000);
    g_assert_true(rtkit_crash(&f->rtkit, "two\nlines"));
    fixture_expect(f, 1, NOTICE);
    fixture_expect_silence(f);
    fixture_expect_state(f, "crashed");

    content = section(f, 0, "Cver", &length);
    g_assert_nonnull(strstr((const char *)content + 16, "RTKit protocol 12"));
    g_assert_cmpint(content[length - 1], ==, 0);
    content = section(f, 1, "Cstr", &length);
    g_assert_cmpuint(ldl_le_p(content), ==, 0);
    g_assert_cmpstr((const char *)content + 4, ==, "two\nlines");
    content = section(f, 2, "Ctim", &length);
    g_assert_cmpuint(length, ==, 8);
    g_assert_cmpuint(ldq_le_p(content), ==, time + 1000);
    content = section(f, 3, "Cmbx", &length);
    g_assert_cmpuint((length - 28) % 24, ==, 0);
    g_assert_cmpuint((length - 28) / 24, ==, ldl_le_p(content + 24));
    check_entry(content + length - 48, 0, 0x0030000000000007, time);
    check_entry(content + length - 24, 0, 0x0040000000000007, time);
    check_entry(content + 28, 0, MSG_WAKE, time - 2000);
    content = section(f, 4, "Crg8", &length);
    g_assert_cmphex(length, ==, 0x350);
    g_assert_cmphex(ldq_le_p(content + 0x110), ==, 0x3c5);
    g_assert_cmphex(ldq_le_p(content + 0x340), ==, 0xf2000001);
    section(f, 5, "CLHE", &length);
    g_assert_cmpuint(length, ==, 16);
    fixture_expect_error(f, false);
    fixture_free(f);
}

/* Of many messages the latest are kept; the longest reason fits. */
static void test_history(void)
{
    RTKitFixture *f = fixture_new(true);
    g_autofree char *reason = g_strnfill(5000, 'x');
    const uint8_t *content;
    unsigned length;

    fixture_boot(f);
    for (int i = 0; i < 1000; i++) {
        fixture_send(f, 0, 0x0030000000000000 | i);
    }
    g_assert_true(rtkit_crash(&f->rtkit, reason));
    content = section(f, 1, "Cstr", &length);
    g_assert_cmpuint(strlen((const char *)content + 4), ==,
                     RTKIT_REASON_LEN - 1);
    content = section(f, 3, "Cmbx", &length);
    g_assert_cmpuint(length, ==, 28 + 24 * RTKIT_HISTORY_LEN);
    for (int i = 0; i < RTKIT_HISTORY_LEN / 2; i++) {
        uint64_t number = 1000 - RTKIT_HISTORY_LEN / 2 + i;

        g_assert_cmphex(ldq_le_p(content + 28 + 48 * i + 8), ==,
                        0x0030000000000000 | number);
        g_assert_cmphex(ldq_le_p(content + 28 + 48 * i + 32), ==,
                        0x0040000000000000 | number);
    }
    section(f, 5, "CLHE", &length);
    fixture_free(f);
}

/* No crashlog, and what waited for room in the mailbox is lost. */
static void test_hang(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    f->room = 0;
    rtkit_send(&f->rtkit.endpoint[1], 1);
    g_assert_true(rtkit_hang(&f->rtkit));
    g_assert_cmpint(f->rtkit.state, ==, RTKIT_STATE_CRASHED);
    f->room = 10;
    rtkit_flush(&f->rtkit);
    fixture_expect_silence(f);
    g_assert_false(rtkit_hang(&f->rtkit));
    g_assert_false(rtkit_crash(&f->rtkit, "too late"));
    rtkit_set_running(&f->rtkit, false);
    g_assert_false(rtkit_hang(&f->rtkit));
    rtkit_set_running(&f->rtkit, true);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_free(f);
}

/* The dead neither listen nor speak, until they are held and run again. */
static void test_dead(void)
{
    static const uint64_t messages[] = {
        MSG_WAKE, MSG_IOP_ON, MSG_AP_ON, MSG_HELLO_REPLY, MSG_STARTEP(2),
        0x0030000000000001, 0x0060000000000001,
    };
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    g_assert_true(rtkit_crash(&f->rtkit, "once"));
    fixture_expect(f, 1, NOTICE);
    g_assert_false(rtkit_crash(&f->rtkit, "twice"));
    for (int i = 0; i < ARRAY_SIZE(messages); i++) {
        fixture_send(f, 0, messages[i]);
        fixture_expect_error(f, true);
    }
    fixture_send(f, 4, MSG_IOREPORT_START);
    fixture_expect_error(f, true);
    g_assert_false(rtkit_syslog(&f->rtkit, "task", "text"));
    rtkit_send(&f->rtkit.endpoint[1], 1);
    fixture_expect_silence(f);
    g_assert_true(rtkit_is_running(&f->rtkit));
    rtkit_set_running(&f->rtkit, true);
    fixture_expect_silence(f);
    rtkit_set_running(&f->rtkit, false);
    g_assert_false(rtkit_crash(&f->rtkit, "held"));
    rtkit_set_running(&f->rtkit, true);
    fixture_expect(f, 0, MSG_HELLO);
    device_cold_reset(DEVICE(&f->rtkit));
    fixture_boot(f);
    fixture_free(f);
}

/* What was on its way is lost, the notice is not. */
static void test_full_mailbox(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    f->room = 0;
    for (int i = 0; i < RTKIT_QUEUE_LEN; i++) {
        fixture_send(f, 0, 0x0030000000000000 | i);
    }
    g_assert_true(rtkit_crash(&f->rtkit, "reason"));
    fixture_expect_silence(f);
    f->room = 10;
    rtkit_flush(&f->rtkit);
    fixture_expect(f, 1, NOTICE);
    fixture_expect_silence(f);
    fixture_free(f);
}

/* Before there is a buffer, and when there is none any more: silence. */
static void test_without_buffer(void)
{
    RTKitFixture *f = fixture_new(false);

    g_assert_true(rtkit_crash(&f->rtkit, "never booted"));
    fixture_expect_silence(f);
    device_cold_reset(DEVICE(&f->rtkit));
    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
    fixture_send(f, 0, MSG_STARTEP(1));
    g_array_set_size(f->out, 0);
    g_assert_true(rtkit_crash(&f->rtkit, "no buffer yet"));
    fixture_expect_silence(f);
    fixture_expect_state(f, "crashed");
    fixture_expect_error(f, false);
    fixture_free(f);

    f = fixture_new(true);
    fixture_boot(f);
    fixture_send(f, 0, 0x0060000000000010);
    fixture_expect(f, 0, 0x0070000000000010);
    g_assert_true(rtkit_crash(&f->rtkit, "quiesced"));
    fixture_expect_silence(f);
    device_cold_reset(DEVICE(&f->rtkit));
    fixture_boot(f);
    fixture_send(f, 0, 0x0060000000000000);
    g_assert_false(rtkit_crash(&f->rtkit, "off"));
    fixture_free(f);
}

/* The buffer is where there is no memory: the AP is told all the same. */
static void test_no_memory(void)
{
    RTKitFixture *f = fixture_new(true);

    fixture_boot(f);
    f->rtkit.endpoint[RTKIT_EP_CRASHLOG].addr = 0xfffffffff00;
    g_assert_true(rtkit_crash(&f->rtkit, "reason"));
    fixture_expect_error(f, true);
    fixture_expect(f, 1, 0x00101fffffffff00);
    fixture_free(f);

    /* Nor does it write beyond its buffer. */
    f = fixture_new(true);
    fixture_boot(f);
    f->rtkit.endpoint[RTKIT_EP_CRASHLOG].size = 0x100;
    g_assert_true(rtkit_crash(&f->rtkit, "reason"));
    fixture_expect_error(f, true);
    g_assert_true(buffer_is_zero(f->sram, FIXTURE_SRAM_SIZE));
    fixture_free(f);
}

/* An AP that asks for it. */
static void test_asked_for(void)
{
    static const uint64_t words[] = { 0x22, 0x40 };

    for (int i = 0; i < ARRAY_SIZE(words); i++) {
        RTKitFixture *f = fixture_new(true);
        unsigned length;

        fixture_boot(f);
        fixture_send(f, 1, words[i] + 1);
        fixture_expect_error(f, true);
        fixture_send(f, 1, words[i]);
        fixture_expect(f, 1, NOTICE);
        fixture_expect_state(f, "crashed");
        fixture_expect_error(f, false);
        g_assert_nonnull(strstr((const char *)section(f, 1, "Cstr", &length) +
                                4, words[i] == 0x22 ? "hard" : "soft"));
        fixture_free(f);
    }
}

static void test_in_every_state(void)
{
    for (int state = 0; state < RTKIT_STATE__MAX; state++) {
        bool dies = state != RTKIT_STATE_STOPPED &&
                    state != RTKIT_STATE_OFF && state != RTKIT_STATE_CRASHED;
        RTKitFixture *f = fixture_new(true);

        fixture_go_to(f, state);
        g_assert_cmpint(rtkit_crash(&f->rtkit, "reason"), ==, dies);
        if (state == RTKIT_STATE_ON || state == RTKIT_STATE_IDLE) {
            fixture_expect(f, RTKIT_EP_CRASHLOG, NOTICE);
        }
        /* Nor does what was under way go on, such as a boot. */
        virtual_clock_step(1000);
        fixture_expect_silence(f);
        g_assert_cmpint(f->rtkit.state, ==,
                        dies ? RTKIT_STATE_CRASHED : state);
        fixture_free(f);
    }
}

/* Of the life before, a crashlog has no message, and the AP no power. */
static void test_next_life(void)
{
    RTKitFixture *f = fixture_new(true);
    const uint8_t *content;
    unsigned length;

    fixture_boot(f);
    rtkit_set_running(&f->rtkit, false);
    g_assert_cmphex(f->rtkit.ap_power, ==, RTKIT_PWR_STATE_OFF);
    rtkit_set_running(&f->rtkit, true);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_expect(f, 0, MSG_EPMAP_ONLY);
    fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
    fixture_send(f, 0, MSG_STARTEP(1));
    fixture_expect(f, 1, NOTICE);
    g_assert_true(rtkit_crash(&f->rtkit, "again"));
    fixture_expect(f, 1, NOTICE);
    content = section(f, 3, "Cmbx", &length);
    /* HELLO, EPMAP and their replies, STARTEP and the buffer. */
    g_assert_cmpuint(ldl_le_p(content + 24), ==, 6);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/rtkit/crash/crashlog", test_crashlog);
    g_test_add_func("/rtkit/crash/history", test_history);
    g_test_add_func("/rtkit/crash/dead", test_dead);
    g_test_add_func("/rtkit/crash/hang", test_hang);
    g_test_add_func("/rtkit/crash/full-mailbox", test_full_mailbox);
    g_test_add_func("/rtkit/crash/without-buffer", test_without_buffer);
    g_test_add_func("/rtkit/crash/no-memory", test_no_memory);
    g_test_add_func("/rtkit/crash/asked-for", test_asked_for);
    g_test_add_func("/rtkit/crash/in-every-state", test_in_every_state);
    g_test_add_func("/rtkit/crash/next-life", test_next_life);
    return g_test_run();
}
