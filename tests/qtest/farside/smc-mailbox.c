/*
 * The SMC mailbox of the farside machine, for qtests: its agent and its peer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "smc-mailbox.h"

#define BASE 0x0b020000
#define PAGE(channel) (BASE + SMC_MAILBOX_PAGE * (channel))

/* SPI 181, in the words and bits of a GICv2. */
#define IRQ (32 + 181)
#define GICD 0x08000000
#define GICD_ISPENDR (GICD + 0x200 + IRQ / 32 * 4)
#define GICD_ICPENDR (GICD + 0x280 + IRQ / 32 * 4)
#define GICD_ICFGR (GICD + 0xc00 + IRQ / 16 * 4)
#define PENDING (1u << IRQ % 32)
#define EDGE (2u << IRQ % 16 * 2)

char *mailbox_args(int *peer)
{
    struct timeval patience = { .tv_sec = 60 };
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    g_assert_cmpint(fcntl(fds[0], F_SETFD, FD_CLOEXEC), ==, 0);
    g_assert_cmpint(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
                               sizeof(patience)), ==, 0);
    *peer = fds[0];
    return g_strdup_printf(MAILBOX_MACHINE " -chardev socket,id=fw,fd=%d",
                           fds[1]);
}

void mailbox_close_inherited(const char *args)
{
    close(atoi(strrchr(args, '=') + 1));
}

Mailbox mailbox_start(void)
{
    Mailbox f;
    g_autofree char *args = mailbox_args(&f.peer);

    f.qemu = smc_qemu_start(args);
    mailbox_close_inherited(args);
    smc_qemu_write(f.qemu, GICD_ICFGR, EDGE);
    return f;
}

void mailbox_finish(Mailbox *f)
{
    smc_qemu_quit(f->qemu);
    if (f->peer >= 0) {
        close(f->peer);
    }
}

uint64_t mailbox_call(Mailbox *f, uint64_t channel)
{
    const uint64_t args[] = { SMC_MAILBOX_DEFAULT_FUNCTION, channel };
    uint64_t results[SMC_NUM_RESULTS];

    smc_qemu_call(f->qemu, true, args, ARRAY_SIZE(args), results);
    return results[0];
}

uint32_t mailbox_read(Mailbox *f, unsigned channel, unsigned offset)
{
    return smc_qemu_read(f->qemu, PAGE(channel) + offset);
}

void mailbox_write(Mailbox *f, unsigned channel, unsigned offset,
                   uint32_t value)
{
    smc_qemu_write(f->qemu, PAGE(channel) + offset, value);
}

void mailbox_ask(Mailbox *f, unsigned channel, uint32_t word)
{
    mailbox_write(f, channel, MAILBOX_WORD(0), word);
    mailbox_write(f, channel, SMC_MAILBOX_LENGTH, sizeof(word));
    g_assert_cmphex(mailbox_call(f, channel), ==, 0);
}

void mailbox_expect_status(Mailbox *f, unsigned channel, uint32_t status)
{
    g_assert_cmpuint(mailbox_read(f, channel, SMC_MAILBOX_STATUS), ==, status);
}

void mailbox_expect_answer(Mailbox *f, unsigned channel, uint32_t length,
                           uint32_t word)
{
    mailbox_expect_status(f, channel, SMC_MAILBOX_STATUS_FREE);
    g_assert_cmpuint(mailbox_read(f, channel, SMC_MAILBOX_LENGTH), ==, length);
    g_assert_cmphex(mailbox_read(f, channel, MAILBOX_WORD(0)), ==, word);
}

void mailbox_expect_error(Mailbox *f, unsigned channel, uint32_t error)
{
    mailbox_expect_status(f, channel, SMC_MAILBOX_STATUS_ERROR);
    g_assert_cmpuint(mailbox_read(f, channel, SMC_MAILBOX_ERROR), ==, error);
}

bool mailbox_interrupted(Mailbox *f)
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

void mailbox_wait(Mailbox *f)
{
    unsigned steps = 0;

    while (mailbox_read(f, PEER, SMC_MAILBOX_STATUS) ==
           SMC_MAILBOX_STATUS_BUSY) {
        g_assert_cmpuint(steps++, <, MAX_STEPS);
        smc_qemu_clock_step(f->qemu, 1);
    }
}

uint32_t mailbox_receive(Mailbox *f, uint32_t word)
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

void mailbox_send(Mailbox *f, uint32_t length, uint32_t channel,
                  uint32_t request, uint32_t word)
{
    const uint32_t frame[] = {
        cpu_to_le32(length), cpu_to_le32(channel), cpu_to_le32(request),
        cpu_to_le32(word),
    };

    g_assert_cmpint(qemu_write_full(f->peer, frame, sizeof(frame)), ==,
                    sizeof(frame));
}
