/*
 * The SMC mailbox: channels, errors, and a peer behind a character device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <sys/socket.h>
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "hw/smccc/mailbox.h"
#include "smc-qemu.h"

#define BASE 0x0b020000
#define PAGE(channel) (BASE + SMC_MAILBOX_PAGE * (channel))
#define WORD(i) (SMC_MAILBOX_MESSAGE + 4 * (i))

/* What the machine makes of them. */
enum { PEER, LOOPBACK, SCMI, NUM_CHANNELS };

#define INVALID_PARAMETER ((uint64_t)SMC_MAILBOX_INVALID_PARAMETER)
#define UNDER_WAY ((uint64_t)SMC_MAILBOX_BUSY)
#define TIMEOUT_NS (1000 * 1000 * 1000ll)

/* SPI 181, in the words and bits of a GICv2. */
#define IRQ (32 + 181)
#define GICD 0x08000000
#define GICD_ISPENDR (GICD + 0x200 + IRQ / 32 * 4)
#define GICD_ICPENDR (GICD + 0x280 + IRQ / 32 * 4)
#define GICD_ICFGR (GICD + 0xc00 + IRQ / 16 * 4)
#define PENDING (1u << IRQ % 32)
#define EDGE (2u << IRQ % 16 * 2)

#define MACHINE "-M farside,smccc-mailbox=fw"

/* A machine, and the test's end of its mailbox. */
typedef struct Fixture {
    SmcQemu *qemu;
    int peer;
} Fixture;

static char *machine_args(int *peer)
{
    struct timeval patience = { .tv_sec = 60 };
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    g_assert_cmpint(fcntl(fds[0], F_SETFD, FD_CLOEXEC), ==, 0);
    g_assert_cmpint(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
                               sizeof(patience)), ==, 0);
    *peer = fds[0];
    return g_strdup_printf(MACHINE " -chardev socket,id=fw,fd=%d", fds[1]);
}

/* The other end belongs to QEMU alone. */
static void close_inherited(const char *args)
{
    close(atoi(strrchr(args, '=') + 1));
}

static Fixture start(void)
{
    Fixture f;
    g_autofree char *args = machine_args(&f.peer);

    f.qemu = smc_qemu_start(args);
    close_inherited(args);
    smc_qemu_write(f.qemu, GICD_ICFGR, EDGE);
    return f;
}

static void finish(Fixture *f)
{
    smc_qemu_quit(f->qemu);
    if (f->peer >= 0) {
        close(f->peer);
    }
}

static uint64_t call(Fixture *f, uint64_t channel)
{
    const uint64_t args[] = { SMC_MAILBOX_DEFAULT_FUNCTION, channel };
    uint64_t results[SMC_NUM_RESULTS];

    smc_qemu_call(f->qemu, true, args, ARRAY_SIZE(args), results);
    return results[0];
}

static uint32_t page_read(Fixture *f, unsigned channel, unsigned offset)
{
    return smc_qemu_read(f->qemu, PAGE(channel) + offset);
}

static void page_write(Fixture *f, unsigned channel, unsigned offset,
                       uint32_t value)
{
    smc_qemu_write(f->qemu, PAGE(channel) + offset, value);
}

/* Send one word. */
static void ask(Fixture *f, unsigned channel, uint32_t word)
{
    page_write(f, channel, WORD(0), word);
    page_write(f, channel, SMC_MAILBOX_LENGTH, sizeof(word));
    g_assert_cmphex(call(f, channel), ==, 0);
}

static void expect_status(Fixture *f, unsigned channel, uint32_t status)
{
    g_assert_cmpuint(page_read(f, channel, SMC_MAILBOX_STATUS), ==, status);
}

static void expect_answer(Fixture *f, unsigned channel, uint32_t length,
                          uint32_t word)
{
    expect_status(f, channel, SMC_MAILBOX_STATUS_FREE);
    g_assert_cmpuint(page_read(f, channel, SMC_MAILBOX_LENGTH), ==, length);
    g_assert_cmphex(page_read(f, channel, WORD(0)), ==, word);
}

static void expect_error(Fixture *f, unsigned channel, uint32_t error)
{
    expect_status(f, channel, SMC_MAILBOX_STATUS_ERROR);
    g_assert_cmpuint(page_read(f, channel, SMC_MAILBOX_ERROR), ==, error);
}

/* Whether channel 0 raised its interrupt since this was last asked. */
static bool interrupted(Fixture *f)
{
    bool pending = smc_qemu_read(f->qemu, GICD_ISPENDR) & PENDING;

    smc_qemu_write(f->qemu, GICD_ICPENDR, PENDING);
    return pending;
}

/*
 * QEMU's main loop takes what the peer does when it comes to it: long before
 * these many steps of 1 ns have become a timeout, even on a busy host.
 */
#define MAX_STEPS 200000

static void wait_not_busy(Fixture *f)
{
    unsigned steps = 0;

    while (page_read(f, PEER, SMC_MAILBOX_STATUS) == SMC_MAILBOX_STATUS_BUSY) {
        g_assert_cmpuint(steps++, <, MAX_STEPS);
        smc_qemu_clock_step(f->qemu, 1);
    }
}

/* The next frame, which has to have this content; its request's number. */
static uint32_t peer_receive(Fixture *f, uint32_t word)
{
    uint32_t frame[4];

    for (size_t n = 0; n < sizeof(frame); ) {
        ssize_t more = recv(f->peer, (char *)frame + n, sizeof(frame) - n, 0);

        g_assert_cmpint(more, >, 0);
        n += more;
    }
    g_assert_cmpuint(le32_to_cpu(frame[0]), ==, sizeof(word));
    g_assert_cmpuint(le32_to_cpu(frame[1]), ==, PEER);
    g_assert_cmphex(le32_to_cpu(frame[3]), ==, word);
    return le32_to_cpu(frame[2]);
}

static void peer_send(Fixture *f, uint32_t length, uint32_t channel,
                      uint32_t request, uint32_t word)
{
    const uint32_t frame[] = {
        cpu_to_le32(length), cpu_to_le32(channel), cpu_to_le32(request),
        cpu_to_le32(word),
    };

    g_assert_cmpint(qemu_write_full(f->peer, frame, sizeof(frame)), ==,
                    sizeof(frame));
}

static void test_loopback(void)
{
    Fixture f = start();

    ask(&f, LOOPBACK, 0x11223344);
    expect_answer(&f, LOOPBACK, 4, 0x11223344);
    page_write(&f, LOOPBACK, SMC_MAILBOX_LENGTH, 0);
    g_assert_cmphex(call(&f, LOOPBACK), ==, 0);
    expect_answer(&f, LOOPBACK, 0, 0x11223344);
    page_write(&f, LOOPBACK, SMC_MAILBOX_LENGTH, SMC_MAILBOX_MESSAGE_MAX);
    g_assert_cmphex(call(&f, LOOPBACK), ==, 0);
    expect_answer(&f, LOOPBACK, SMC_MAILBOX_MESSAGE_MAX, 0x11223344);
    finish(&f);
}

static void test_scmi(void)
{
    Fixture f = start();

    ask(&f, SCMI, 0x10 << 10);
    expect_answer(&f, SCMI, 12, 0x10 << 10);
    g_assert_cmphex(page_read(&f, SCMI, WORD(1)), ==, 0);
    g_assert_cmphex(page_read(&f, SCMI, WORD(2)), ==, 0x20001);
    page_write(&f, SCMI, SMC_MAILBOX_LENGTH, 3);
    g_assert_cmphex(call(&f, SCMI), ==, 0);
    expect_error(&f, SCMI, SMC_MAILBOX_ERROR_LENGTH);
    finish(&f);
}

static void test_errors(void)
{
    static const uint32_t too_long[] = {
        SMC_MAILBOX_MESSAGE_MAX + 1, 1u << 31, UINT32_MAX,
    };
    Fixture f = start();

    g_assert_cmphex(call(&f, NUM_CHANNELS), ==, INVALID_PARAMETER);
    g_assert_cmphex(call(&f, UINT32_MAX), ==, INVALID_PARAMETER);
    for (unsigned channel = 0; channel < NUM_CHANNELS; channel++) {
        for (unsigned i = 0; i < ARRAY_SIZE(too_long); i++) {
            page_write(&f, channel, SMC_MAILBOX_LENGTH, too_long[i]);
            g_assert_cmphex(call(&f, channel), ==, 0);
            expect_error(&f, channel, SMC_MAILBOX_ERROR_LENGTH);
        }
    }
    ask(&f, LOOPBACK, 1);
    expect_answer(&f, LOOPBACK, 4, 1);
    g_assert_cmpuint(page_read(&f, LOOPBACK, SMC_MAILBOX_ERROR), ==, 0);
    finish(&f);
}

static void test_peer(void)
{
    Fixture f = start();
    uint32_t request;

    ask(&f, PEER, 0x11223344);
    expect_status(&f, PEER, SMC_MAILBOX_STATUS_BUSY);
    g_assert_false(interrupted(&f));
    /* What the agent makes of the status is its own business. */
    page_write(&f, PEER, SMC_MAILBOX_STATUS, SMC_MAILBOX_STATUS_FREE);
    g_assert_cmphex(call(&f, PEER), ==, UNDER_WAY);
    page_write(&f, PEER, SMC_MAILBOX_STATUS, SMC_MAILBOX_STATUS_BUSY);
    request = peer_receive(&f, 0x11223344);
    peer_send(&f, 4, PEER, request, 0x55667788);
    wait_not_busy(&f);
    expect_answer(&f, PEER, 4, 0x55667788);
    g_assert_true(interrupted(&f));

    ask(&f, PEER, 2);
    g_assert_cmpuint(peer_receive(&f, 2), ==, request + 1);
    peer_send(&f, 4, PEER, request, 0xbad);
    peer_send(&f, 4, PEER + 1, request + 1, 0xbad);
    peer_send(&f, 4, PEER, request + 1, 0x600d);
    wait_not_busy(&f);
    expect_answer(&f, PEER, 4, 0x600d);
    g_assert_true(interrupted(&f));
    finish(&f);
}

static void test_timeout(void)
{
    Fixture f = start();
    uint32_t late;

    ask(&f, PEER, 1);
    smc_qemu_clock_step(f.qemu, TIMEOUT_NS - 1);
    expect_status(&f, PEER, SMC_MAILBOX_STATUS_BUSY);
    g_assert_false(interrupted(&f));
    smc_qemu_clock_step(f.qemu, 1);
    expect_error(&f, PEER, SMC_MAILBOX_ERROR_TIMEOUT);
    g_assert_true(interrupted(&f));

    late = peer_receive(&f, 1);
    ask(&f, PEER, 2);
    peer_send(&f, 4, PEER, late, 0xbad);
    peer_send(&f, 4, PEER, peer_receive(&f, 2), 0x600d);
    wait_not_busy(&f);
    expect_answer(&f, PEER, 4, 0x600d);
    finish(&f);
}

static void test_gone(void)
{
    Fixture f = start();

    ask(&f, PEER, 1);
    close(f.peer);
    f.peer = -1;
    wait_not_busy(&f);
    expect_error(&f, PEER, SMC_MAILBOX_ERROR_NO_PEER);
    g_assert_true(interrupted(&f));
    ask(&f, PEER, 2);
    expect_error(&f, PEER, SMC_MAILBOX_ERROR_NO_PEER);
    g_assert_false(interrupted(&f));
    finish(&f);
}

static void test_answer_too_long(void)
{
    Fixture f = start();

    ask(&f, PEER, 1);
    /* 4 bytes of its content come along, the rest as another such frame. */
    peer_send(&f, SMC_MAILBOX_MESSAGE_MAX + 1, PEER, peer_receive(&f, 1), 0);
    wait_not_busy(&f);
    expect_error(&f, PEER, SMC_MAILBOX_ERROR_ANSWER);
    g_assert_true(interrupted(&f));
    for (unsigned i = 4; i + 16 <= SMC_MAILBOX_MESSAGE_MAX + 1; i += 16) {
        peer_send(&f, 4, PEER, 2, 0xbad);
    }
    g_assert_cmpint(qemu_write_full(f.peer, "0123456789abc", 13), ==, 13);
    ask(&f, PEER, 2);
    peer_send(&f, 4, PEER, peer_receive(&f, 2), 0x600d);
    wait_not_busy(&f);
    expect_answer(&f, PEER, 4, 0x600d);
    finish(&f);
}

static void test_reset(void)
{
    Fixture f = start();
    uint32_t request;

    ask(&f, PEER, 1);
    request = peer_receive(&f, 1);
    smc_qemu_reset(f.qemu);
    expect_answer(&f, PEER, 0, 0);
    smc_qemu_clock_step(f.qemu, 2 * TIMEOUT_NS);
    expect_answer(&f, PEER, 0, 0);
    ask(&f, PEER, 2);
    peer_send(&f, 4, PEER, request, 0xbad);
    peer_send(&f, 4, PEER, peer_receive(&f, 2), 0x600d);
    wait_not_busy(&f);
    expect_answer(&f, PEER, 4, 0x600d);
    finish(&f);
}

/* An answer to a stopped machine waits until it goes on. */
static void test_stopped(void)
{
    Fixture f = start();

    ask(&f, PEER, 1);
    smc_qemu_do(f.qemu, "{ 'execute': 'stop' }");
    peer_send(&f, 4, PEER, peer_receive(&f, 1), 0x600d);
    for (unsigned i = 0; i < 100; i++) {
        expect_status(&f, PEER, SMC_MAILBOX_STATUS_BUSY);
    }
    smc_qemu_do(f.qemu, "{ 'execute': 'cont' }");
    wait_not_busy(&f);
    expect_answer(&f, PEER, 4, 0x600d);
    finish(&f);
}

/* Nor does its memory change when the peer goes away. */
static void test_gone_while_stopped(void)
{
    Fixture f = start();

    ask(&f, PEER, 1);
    smc_qemu_do(f.qemu, "{ 'execute': 'stop' }");
    close(f.peer);
    f.peer = -1;
    for (unsigned i = 0; i < 100; i++) {
        expect_status(&f, PEER, SMC_MAILBOX_STATUS_BUSY);
    }
    smc_qemu_do(f.qemu, "{ 'execute': 'cont' }");
    wait_not_busy(&f);
    expect_error(&f, PEER, SMC_MAILBOX_ERROR_NO_PEER);
    g_assert_true(interrupted(&f));
    finish(&f);
}

/* The request that is under way belongs to a peer that was left behind. */
static void test_migration(void)
{
    Fixture f = start(), to;
    g_autofree char *args = machine_args(&to.peer);

    ask(&f, LOOPBACK, 0x11223344);
    ask(&f, PEER, 1);
    peer_receive(&f, 1);
    to.qemu = smc_qemu_migrate(f.qemu, args);
    close_inherited(args);
    close(f.peer);
    expect_answer(&to, LOOPBACK, 4, 0x11223344);
    expect_status(&to, PEER, SMC_MAILBOX_STATUS_BUSY);
    g_assert_cmphex(call(&to, PEER), ==, UNDER_WAY);
    peer_send(&to, 4, PEER, 0, 0xbad);
    peer_send(&to, 4, PEER, 1, 0xbad);
    smc_qemu_clock_step(to.qemu, TIMEOUT_NS);
    expect_error(&to, PEER, SMC_MAILBOX_ERROR_TIMEOUT);
    g_assert_true(interrupted(&to));
    ask(&to, PEER, 2);
    peer_send(&to, 4, PEER, peer_receive(&to, 2), 0x600d);
    wait_not_busy(&to);
    expect_answer(&to, PEER, 4, 0x600d);
    finish(&to);
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
    Fixture f = start();
    g_autofree char *path = NULL, *snapshot = NULL, *args = NULL;
    g_autofree char *errors = NULL;
    uint8_t *byte;
    size_t length;

    ask(&f, PEER, 1);
    peer_receive(&f, 1);
    path = smc_qemu_save(f.qemu);
    close(f.peer);
    g_assert_true(g_file_get_contents(path, &snapshot, &length, NULL));
    byte = find_channels(snapshot, length) + channel * CHANNEL_SIZE + offset;
    g_assert_cmphex(*byte, ==, from);
    *byte = to;
    g_assert_true(g_file_set_contents(path, snapshot, length, NULL));

    args = g_strdup_printf("-accel qtest " MACHINE " -chardev null,id=fw "
                           "-incoming file:%s", path);
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
    Fixture f = { .peer = -1 };

    f.qemu = smc_qemu_start("-M farside,scmi=off,smccc-mailbox=fw "
                            "-chardev null,id=fw");
    ask(&f, LOOPBACK, 0x11223344);
    expect_answer(&f, LOOPBACK, 4, 0x11223344);
    g_assert_cmphex(call(&f, SCMI), ==, INVALID_PARAMETER);
    /* There is no other end. */
    ask(&f, PEER, 1);
    expect_error(&f, PEER, SMC_MAILBOX_ERROR_NO_PEER);
    finish(&f);
}

static void test_refused(void)
{
    g_autofree char *absent = smc_qemu_fail("-accel qtest " MACHINE);
    g_autofree char *in_use = smc_qemu_fail("-accel qtest " MACHINE
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
