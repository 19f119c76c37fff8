/*
 * Snapshots in which an Apple device has a state that cannot be
 *
 * Each is what was saved but for a few bytes of one device, whose places are
 * those of its VMStateDescription's fields: every check after a load is the
 * only one that can refuse one of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "ans-driver.h"
#include "farside-apple.h"
#include "fault-rules.h"
#include "migration-stream.h"
#include "snapshot.h"

#define MAX_BYTES 6

/* A FIFO of the mailbox: 16 slots, and what is behind them. */
#define FIFO(n, field) ((n) * 229 + (field))
enum { FIFO_RPTR = 192, FIFO_COUNT };
enum { MBOX_ENABLE = 2 * 229 + 8, MBOX_SEEN };

enum { SPMI_HEAD = 0x10000 + 32 * 4, SPMI_COUNT, SPMI_LEFT = SPMI_HEAD + 4 };

enum { BANK = 16 * 4 };

/* The lower bytes of an ANS's queue's fields, which are big-endian. */
#define QUEUE(n, field) (4157 + (n) * 4615 + (field))
enum {
    ANS_TRUST = 12,
    SQ_SIZE = 17, SQ_HEAD = 19, SQ_TAIL = 21,
    CQ_SIZE = 23, CQ_HEAD = 25, CQ_TAIL = 27,
    RUNG = 38, BUSY = 46, DONE = 54, STOPPED = 62, KEPT = 70,
};

/* In the stream, the I/O queue has a command that a rule keeps, with tag 1. */
#define KEPT_TAG 1
#define KEPT_BIT (1 << KEPT_TAG)

static const struct {
    const char *device;
    struct {
        size_t at;
        uint8_t value;
    } bytes[MAX_BYTES];
} rows[] = {
    /* Registers have no bits but their own, and no bank but the version's. */
    { "apple-sart", { { BANK, 0x01 } } },
    { "apple-sart", { { 2 * BANK + 3, 0x01 } } },
    { "apple-pmgr-domain", { { 2, 0x08 } } },
    /* Places in FIFOs, and how much is in them. */
    { "apple-spmi", { { SPMI_HEAD, 32 } } },
    { "apple-spmi", { { SPMI_COUNT, 33 } } },
    { "apple-spmi", { { SPMI_LEFT, 17 } } },
    { "apple-asc-mailbox", { { FIFO(0, FIFO_RPTR), 16 } } },
    { "apple-asc-mailbox", { { FIFO(0, FIFO_COUNT), 17 } } },
    { "apple-asc-mailbox", { { FIFO(1, FIFO_RPTR), 16 } } },
    { "apple-asc-mailbox", { { FIFO(1, FIFO_COUNT), 17 } } },
    { "apple-asc-mailbox", { { MBOX_ENABLE, 0x10 } } },
    { "apple-asc-mailbox", { { MBOX_SEEN, 0x10 } } },
    /* The size of all keys, and the name of the first one. */
    { "apple-smc", { { 3, 1 } } },
    { "apple-smc", { { 4, '!' } } },
    /* Of -32 to 64. */
    { "apple-ans", { { ANS_TRUST, 65 } } },
    { "apple-ans", { { ANS_TRUST, -33 } } },
    /* Queues of up to 64 entries, but not of one; and places in them. */
    { "apple-ans", { { QUEUE(IO, SQ_SIZE), 65 } } },
    { "apple-ans", { { QUEUE(IO, SQ_SIZE), 1 } } },
    { "apple-ans", { { QUEUE(IO, CQ_SIZE), 65 } } },
    { "apple-ans", { { QUEUE(IO, SQ_HEAD), 64 } } },
    { "apple-ans", { { QUEUE(IO, SQ_TAIL), 64 } } },
    { "apple-ans", { { QUEUE(IO, CQ_HEAD), 64 } } },
    { "apple-ans", { { QUEUE(IO, CQ_TAIL), 64 } } },
    { "apple-ans", { { QUEUE(ADMIN, CQ_SIZE), 1 },
                     { QUEUE(ADMIN, CQ_HEAD), 0 },
                     { QUEUE(ADMIN, CQ_TAIL), 0 } } },
    /* What is busy is one of done, stopped and kept. */
    { "apple-ans", { { QUEUE(IO, BUSY), 0 } } },
    { "apple-ans", { { QUEUE(IO, BUSY), KEPT_BIT | 0x10 } } },
    { "apple-ans", { { QUEUE(IO, DONE), KEPT_BIT } } },
    { "apple-ans", { { QUEUE(IO, STOPPED), KEPT_BIT } } },
    { "apple-ans", { { QUEUE(IO, KEPT), 0 }, { QUEUE(IO, DONE), KEPT_BIT },
                     { QUEUE(IO, STOPPED), KEPT_BIT } } },
    /* Rung for a tag that is busy, or beyond the queue. */
    { "apple-ans", { { QUEUE(IO, RUNG), KEPT_BIT } } },
    { "apple-ans", { { QUEUE(ADMIN, RUNG), 0x4 } } },
    /* A completion without a queue that could take it. */
    { "apple-ans", { { QUEUE(ADMIN, CQ_SIZE), 0 },
                     { QUEUE(ADMIN, CQ_HEAD), 0 },
                     { QUEUE(ADMIN, CQ_TAIL), 0 },
                     { QUEUE(ADMIN, BUSY), 1 }, { QUEUE(ADMIN, DONE), 1 } } },
};

static void write_byte(int fd, size_t at, uint8_t value)
{
    g_assert_cmpint(pwrite(fd, &value, 1, at), ==, 1);
}

/* Write what row @i has, or what was there before. */
static void write_row(int fd, const Stream *s, int i, bool spoil)
{
    const StreamSection *section = stream_find(s, rows[i].device);

    for (int n = 0; n < MAX_BYTES && (!n || rows[i].bytes[n].at); n++) {
        size_t at = rows[i].bytes[n].at;

        g_assert_cmpuint(at, <, section->length);
        at += section->at;
        write_byte(fd, at, spoil ? rows[i].bytes[n].value : s->bytes[at]);
    }
}

static void test_refused(void)
{
    AnsDisk *disk = ans_disk_new(16, "file0,id=ans0");
    AnsDriver d;
    char *path;
    Stream s;
    int fd;

    ans_driver_init(&d, qtest_init(disk->args));
    path = snapshot_attach(d.qts);
    ans_start(&d);
    ans_suspend_io(&d);
    ans_submit(&d, IO, KEPT_TAG, ans_rw(NVME_CMD_READ, 0, 1, RAM_DATA, 0));
    g_assert_cmpuint(fault_suspended(d.qts), ==, 1);
    snapshot_save(d.qts);
    stream_read(&s, path);
    fd = open(path, O_WRONLY);
    g_assert_cmpint(fd, >=, 0);
    for (int i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("%d: %s", i, rows[i].device);
        write_row(fd, &s, i, true);
        g_assert_false(snapshot_load(d.qts));
        write_row(fd, &s, i, false);
        /* It is half loaded, and stopped; virt's flash wants it to go on. */
        system_reset(d.qts);
        qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
    }
    g_assert_true(snapshot_load(d.qts));
    fault_resume(d.qts, "t");
    fault_remove(d.qts, "r");
    g_assert_cmphex(ans_complete(&d, IO, NULL), ==, NVME_SUCCESS);
    ans_assert_works(&d);
    close(fd);
    stream_free(&s);
    g_unlink(path);
    g_free(path);
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-refused/refused", test_refused);
    return g_test_run();
}
