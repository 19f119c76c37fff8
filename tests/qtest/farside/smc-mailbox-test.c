/*
 * The SMC mailbox: channels, errors, and a peer behind a character device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "smc-mailbox.h"

#define INVALID_PARAMETER ((uint64_t)SMC_MAILBOX_INVALID_PARAMETER)
#define UNDER_WAY ((uint64_t)SMC_MAILBOX_BUSY)
#define TIMEOUT_NS (1000 * 1000 * 1000ll)

static void test_loopback(void)
{
    Mailbox f = mailbox_start();

    mailbox_ask(&f, LOOPBACK, 0x11223344);
    mailbox_expect_answer(&f, LOOPBACK, 4, 0x11223344);
    mailbox_write(&f, LOOPBACK, SMC_MAILBOX_LENGTH, 0);
    g_assert_cmphex(mailbox_call(&f, LOOPBACK), ==, 0);
    mailbox_expect_answer(&f, LOOPBACK, 0, 0x11223344);
    mailbox_write(&f, LOOPBACK, SMC_MAILBOX_LENGTH, SMC_MAILBOX_MESSAGE_MAX);
    g_assert_cmphex(mailbox_call(&f, LOOPBACK), ==, 0);
    mailbox_expect_answer(&f, LOOPBACK, SMC_MAILBOX_MESSAGE_MAX, 0x11223344);
    mailbox_finish(&f);
}

static void test_scmi(void)
{
    Mailbox f = mailbox_start();

    mailbox_ask(&f, SCMI, 0x10 << 10);
    mailbox_expect_answer(&f, SCMI, 12, 0x10 << 10);
    g_assert_cmphex(mailbox_read(&f, SCMI, MAILBOX_WORD(1)), ==, 0);
    g_assert_cmphex(mailbox_read(&f, SCMI, MAILBOX_WORD(2)), ==, 0x20001);
    mailbox_write(&f, SCMI, SMC_MAILBOX_LENGTH, 3);
    g_assert_cmphex(mailbox_call(&f, SCMI), ==, 0);
    mailbox_expect_error(&f, SCMI, SMC_MAILBOX_ERROR_LENGTH);
    mailbox_finish(&f);
}

static void test_errors(void)
{
    static const uint32_t too_long[] = {
        SMC_MAILBOX_MESSAGE_MAX + 1, 1u << 31, UINT32_MAX,
    };
    Mailbox f = mailbox_start();

    g_assert_cmphex(mailbox_call(&f, NUM_CHANNELS), ==, INVALID_PARAMETER);
    g_assert_cmphex(mailbox_call(&f, UINT32_MAX), ==, INVALID_PARAMETER);
    for (unsigned channel = 0; channel < NUM_CHANNELS; channel++) {
        for (unsigned i = 0; i < ARRAY_SIZE(too_long); i++) {
            mailbox_write(&f, channel, SMC_MAILBOX_LENGTH, too_long[i]);
            g_assert_cmphex(mailbox_call(&f, channel), ==, 0);
            mailbox_expect_error(&f, channel, SMC_MAILBOX_ERROR_LENGTH);
        }
    }
    mailbox_ask(&f, LOOPBACK, 1);
    mailbox_expect_answer(&f, LOOPBACK, 4, 1);
    g_assert_cmpuint(mailbox_read(&f, LOOPBACK, SMC_MAILBOX_ERROR), ==, 0);
    mailbox_finish(&f);
}

static void test_peer(void)
{
    Mailbox f = mailbox_start();
    uint32_t request;

    mailbox_ask(&f, PEER, 0x11223344);
    mailbox_expect_status(&f, PEER, SMC_MAILBOX_STATUS_BUSY);
    g_assert_false(mailbox_interrupted(&f));
    /* What the agent makes of the status is its own business. */
    mailbox_write(&f, PEER, SMC_MAILBOX_STATUS, SMC_MAILBOX_STATUS_FREE);
    g_assert_cmphex(mailbox_call(&f, PEER), ==, UNDER_WAY);
    mailbox_write(&f, PEER, SMC_MAILBOX_STATUS, SMC_MAILBOX_STATUS_BUSY);
    request = mailbox_receive(&f, 0x11223344);
    mailbox_send(&f, 4, PEER, request, 0x55667788);
    mailbox_wait(&f);
    mailbox_expect_answer(&f, PEER, 4, 0x55667788);
    g_assert_true(mailbox_interrupted(&f));

    mailbox_ask(&f, PEER, 2);
    g_assert_cmpuint(mailbox_receive(&f, 2), ==, request + 1);
    mailbox_send(&f, 4, PEER, request, 0xbad);
    mailbox_send(&f, 4, PEER + 1, request + 1, 0xbad);
    mailbox_send(&f, 4, PEER, request + 1, 0x600d);
    mailbox_wait(&f);
    mailbox_expect_answer(&f, PEER, 4, 0x600d);
    g_assert_true(mailbox_interrupted(&f));
    mailbox_finish(&f);
}

static void test_timeout(void)
{
    Mailbox f = mailbox_start();
    uint32_t late;

    mailbox_ask(&f, PEER, 1);
    smc_qemu_clock_step(f.qemu, TIMEOUT_NS - 1);
    mailbox_expect_status(&f, PEER, SMC_MAILBOX_STATUS_BUSY);
    g_assert_false(mailbox_interrupted(&f));
    smc_qemu_clock_step(f.qemu, 1);
    mailbox_expect_error(&f, PEER, SMC_MAILBOX_ERROR_TIMEOUT);
    g_assert_true(mailbox_interrupted(&f));

    late = mailbox_receive(&f, 1);
    mailbox_ask(&f, PEER, 2);
    mailbox_send(&f, 4, PEER, late, 0xbad);
    mailbox_send(&f, 4, PEER, mailbox_receive(&f, 2), 0x600d);
    mailbox_wait(&f);
    mailbox_expect_answer(&f, PEER, 4, 0x600d);
    mailbox_finish(&f);
}

static void test_gone(void)
{
    Mailbox f = mailbox_start();

    mailbox_ask(&f, PEER, 1);
    close(f.peer);
    f.peer = -1;
    mailbox_wait(&f);
    mailbox_expect_error(&f, PEER, SMC_MAILBOX_ERROR_NO_PEER);
    g_assert_true(mailbox_interrupted(&f));
    mailbox_ask(&f, PEER, 2);
    mailbox_expect_error(&f, PEER, SMC_MAILBOX_ERROR_NO_PEER);
    g_assert_false(mailbox_interrupted(&f));
    mailbox_finish(&f);
}

static void test_answer_too_long(void)
{
    Mailbox f = mailbox_start();

    mailbox_ask(&f, PEER, 1);
    /* 4 bytes of its content come along, the rest as another such frame. */
    mailbox_send(&f, SMC_MAILBOX_MESSAGE_MAX + 1, PEER,
                 mailbox_receive(&f, 1), 0);
    mailbox_wait(&f);
    mailbox_expect_error(&f, PEER, SMC_MAILBOX_ERROR_ANSWER);
    g_assert_true(mailbox_interrupted(&f));
    for (unsigned i = 4; i + 16 <= SMC_MAILBOX_MESSAGE_MAX + 1; i += 16) {
        mailbox_send(&f, 4, PEER, 2, 0xbad);
    }
    g_assert_cmpint(qemu_write_full(f.peer, "0123456789abc", 13), ==, 13);
    mailbox_ask(&f, PEER, 2);
    mailbox_send(&f, 4, PEER, mailbox_receive(&f, 2), 0x600d);
    mailbox_wait(&f);
    mailbox_expect_answer(&f, PEER, 4, 0x600d);
    mailbox_finish(&f);
}

static void test_reset(void)
{
    Mailbox f = mailbox_start();
    uint32_t request;

    mailbox_ask(&f, PEER, 1);
    request = mailbox_receive(&f, 1);
    smc_qemu_reset(f.qemu);
    mailbox_expect_answer(&f, PEER, 0, 0);
    smc_qemu_clock_step(f.qemu, 2 * TIMEOUT_NS);
    mailbox_expect_answer(&f, PEER, 0, 0);
    mailbox_ask(&f, PEER, 2);
    mailbox_send(&f, 4, PEER, request, 0xbad);
    mailbox_send(&f, 4, PEER, mailbox_receive(&f, 2), 0x600d);
    mailbox_wait(&f);
    mailbox_expect_answer(&f, PEER, 4, 0x600d);
    mailbox_finish(&f);
}

/* An answer to a stopped machine waits until it goes on. */
static void test_stopped(void)
{
    Mailbox f = mailbox_start();

    mailbox_ask(&f, PEER, 1);
    smc_qemu_do(f.qemu, "{ 'execute': 'stop' }");
    mailbox_send(&f, 4, PEER, mailbox_receive(&f, 1), 0x600d);
    for (unsigned i = 0; i < 100; i++) {
        mailbox_expect_status(&f, PEER, SMC_MAILBOX_STATUS_BUSY);
    }
    smc_qemu_do(f.qemu, "{ 'execute': 'cont' }");
    mailbox_wait(&f);
    mailbox_expect_answer(&f, PEER, 4, 0x600d);
    mailbox_finish(&f);
}

/* Nor does its memory change when the peer goes away. */
static void test_gone_while_stopped(void)
{
    Mailbox f = mailbox_start();

    mailbox_ask(&f, PEER, 1);
    smc_qemu_do(f.qemu, "{ 'execute': 'stop' }");
    close(f.peer);
    f.peer = -1;
    for (unsigned i = 0; i < 100; i++) {
        mailbox_expect_status(&f, PEER, SMC_MAILBOX_STATUS_BUSY);
    }
    smc_qemu_do(f.qemu, "{ 'execute': 'cont' }");
    mailbox_wait(&f);
    mailbox_expect_error(&f, PEER, SMC_MAILBOX_ERROR_NO_PEER);
    g_assert_true(mailbox_interrupted(&f));
    mailbox_finish(&f);
}

/* The request that is under way belongs to a peer that was left behind. */
static void test_migration(void)
{
    Mailbox f = mailbox_start(), to;
    g_autofree char *args = mailbox_args(&to.peer);

    mailbox_ask(&f, LOOPBACK, 0x11223344);
    mailbox_ask(&f, PEER, 1);
    mailbox_receive(&f, 1);
    to.qemu = smc_qemu_migrate(f.qemu, args);
    mailbox_close_inherited(args);
    close(f.peer);
    mailbox_expect_answer(&to, LOOPBACK, 4, 0x11223344);
    mailbox_expect_status(&to, PEER, SMC_MAILBOX_STATUS_BUSY);
    g_assert_cmphex(mailbox_call(&to, PEER), ==, UNDER_WAY);
    mailbox_send(&to, 4, PEER, 0, 0xbad);
    mailbox_send(&to, 4, PEER, 1, 0xbad);
    smc_qemu_clock_step(to.qemu, TIMEOUT_NS);
    mailbox_expect_error(&to, PEER, SMC_MAILBOX_ERROR_TIMEOUT);
    g_assert_true(mailbox_interrupted(&to));
    mailbox_ask(&to, PEER, 2);
    mailbox_send(&to, 4, PEER, mailbox_receive(&to, 2), 0x600d);
    mailbox_wait(&to);
    mailbox_expect_answer(&to, PEER, 4, 0x600d);
    mailbox_finish(&to);
}

/*
 * The channels in a snapshot: a number of them, then of each whether it is
 * pending, its error and when its timer expires.
 */
#define SECTION "\x0bsmc-mailbox"
#define SECTION_CHANNELS (sizeof(SECTION) - 1 + 3 * 4)
#define CHANNEL_SIZE (1 + 4 + 8)
#define CHANNEL_PENDING 0
#define CHANNEL_ERROR (1 + 3) /* of a word that starts with its high byte */

static uint8_t *find_channels(char *snapshot, size_t length)
{
    uint8_t *section = memmem(snapshot, length, SECTION, sizeof(SECTION) - 1);

    g_assert_nonnull(section);
    g_assert_cmpuint(ldl_be_p(section + SECTION_CHANNELS - 4), ==,
                     NUM_CHANNELS);
    return section + SECTION_CHANNELS;
}

/* A snapshot with a message under way, of which a byte is another one. */
static void check_forged(unsigned channel, unsigned offset, uint8_t from,
                         uint8_t to)
{
    Mailbox f = mailbox_start();
    g_autofree char *path = NULL, *snapshot = NULL, *args = NULL;
    g_autofree char *errors = NULL;
    uint8_t *byte;
    size_t length;

    mailbox_ask(&f, PEER, 1);
    mailbox_receive(&f, 1);
    path = smc_qemu_save(f.qemu);
    close(f.peer);
    g_assert_true(g_file_get_contents(path, &snapshot, &length, NULL));
    byte = find_channels(snapshot, length) + channel * CHANNEL_SIZE + offset;
    g_assert_cmphex(*byte, ==, from);
    *byte = to;
    g_assert_true(g_file_set_contents(path, snapshot, length, NULL));

    args = g_strdup_printf("-accel qtest " MAILBOX_MACHINE
                           " -chardev null,id=fw -incoming file:%s", path);
    errors = smc_qemu_fail(args);
    g_assert_nonnull(strstr(errors, "'smc-mailbox'"));
    g_assert_cmpint(g_unlink(path), ==, 0);
}

static void test_forged(void)
{
    /* Pending without a peer, or a timer; a timer without being pending. */
    check_forged(LOOPBACK, CHANNEL_PENDING, 0, 1);
    check_forged(PEER, CHANNEL_PENDING, 1, 0);
    /* What will become of it cannot be that, nor that it was too long. */
    check_forged(PEER, CHANNEL_ERROR, SMC_MAILBOX_ERROR_TIMEOUT,
                 SMC_MAILBOX_ERROR_ANSWER + 1);
    check_forged(PEER, CHANNEL_ERROR, SMC_MAILBOX_ERROR_TIMEOUT,
                 SMC_MAILBOX_ERROR_LENGTH);
}

static void test_without_scmi(void)
{
    Mailbox f = { .peer = -1 };

    f.qemu = smc_qemu_start("-M farside,scmi=off,smccc-mailbox=fw "
                            "-chardev null,id=fw");
    mailbox_ask(&f, LOOPBACK, 0x11223344);
    mailbox_expect_answer(&f, LOOPBACK, 4, 0x11223344);
    g_assert_cmphex(mailbox_call(&f, SCMI), ==, INVALID_PARAMETER);
    /* There is no other end. */
    mailbox_ask(&f, PEER, 1);
    mailbox_expect_error(&f, PEER, SMC_MAILBOX_ERROR_NO_PEER);
    mailbox_finish(&f);
}

static void test_refused(void)
{
    g_autofree char *absent = smc_qemu_fail("-accel qtest " MAILBOX_MACHINE);
    g_autofree char *in_use = smc_qemu_fail("-accel qtest " MAILBOX_MACHINE
                                            " -chardev null,id=fw"
                                            " -serial chardev:fw");

    g_assert_nonnull(strstr(absent, "there is no chardev 'fw'"));
    g_assert_nonnull(strstr(in_use, "fw"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smc-mailbox/loopback", test_loopback);
    g_test_add_func("/smc-mailbox/scmi", test_scmi);
    g_test_add_func("/smc-mailbox/errors", test_errors);
    g_test_add_func("/smc-mailbox/peer", test_peer);
    g_test_add_func("/smc-mailbox/timeout", test_timeout);
    g_test_add_func("/smc-mailbox/gone", test_gone);
    g_test_add_func("/smc-mailbox/answer-too-long", test_answer_too_long);
    g_test_add_func("/smc-mailbox/reset", test_reset);
    g_test_add_func("/smc-mailbox/stopped", test_stopped);
    g_test_add_func("/smc-mailbox/gone-while-stopped",
                    test_gone_while_stopped);
    g_test_add_func("/smc-mailbox/migration", test_migration);
    g_test_add_func("/smc-mailbox/forged", test_forged);
    g_test_add_func("/smc-mailbox/without-scmi", test_without_scmi);
    g_test_add_func("/smc-mailbox/refused", test_refused);
    return g_test_run();
}
