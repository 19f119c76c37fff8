/*
 * The ANS NVMe controller, driven as nobody should: every mistake has its
 * defined error, and the controller lives on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"
#include "fault-rules.h"
#include "qobject/qdict.h"

#define BLOCKS 64
#define NO_MEMORY 0x8000000000ULL
/* A device: the machine's own UART. */
#define DEVICE_MEMORY 0x09000000

static AnsDisk *start_with(AnsDriver *d, const char *options)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, options);

    ans_driver_init(d, qtest_init(disk->args));
    return disk;
}

static AnsDisk *start(AnsDriver *d)
{
    AnsDisk *disk = start_with(d, "file0");

    ans_start(d);
    return disk;
}

static bool ans_failed(AnsDriver *d)
{
    return qtest_readl(d->qts, ANS_CSTS) & 2;
}

/* The NVMMU: each field of the TCB that disagrees with the command. */
static void test_tcb(void)
{
    static const struct {
        size_t offset;
        uint8_t value;
    } changes[] = {
        { offsetof(Tcb, dma_flags), 0 },
        { offsetof(Tcb, dma_flags), 2 },
        { offsetof(Tcb, command_id), TAG + 1 },
        { offsetof(Tcb, length), 1 },
        { offsetof(Tcb, prp1) + 1, 0x10 },
        { offsetof(Tcb, prp2) + 5, 0x01 },
    };
    AnsDriver d;
    AnsDisk *disk = start(&d);
    NvmeCmd cmd = ans_rw(NVME_CMD_READ, 3, 1, RAM_DATA, 0);
    uint64_t tcb = RAM_TCB(IO) + TAG * sizeof(Tcb);
    NvmeCqe cqe;

    for (int i = 0; i < ARRAY_SIZE(changes); i++) {
        ans_fill(&d, RAM_DATA, 0xee, PAGE);
        ans_write_entry(&d, IO, TAG, cmd);
        qtest_writeb(d.qts, tcb + changes[i].offset, changes[i].value);
        ans_ring_doorbell(&d, IO, TAG);
        g_assert_cmphex(ans_complete(&d, IO, NULL), ==,
                        NVME_DATA_TRAS_ERROR | NVME_DNR);
        g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 0xee);
    }
    /* A command's own id need not be its tag: U-Boot's counts on. */
    ans_write_entry(&d, IO, TAG, cmd);
    qtest_writew(d.qts, RAM_SQ(IO) + TAG * sizeof(cmd) +
                 offsetof(NvmeCmd, cid), 33);
    ans_ring_doorbell(&d, IO, TAG);
    g_assert_cmphex(ans_complete(&d, IO, &cqe), ==, 0);
    g_assert_cmpuint(le16_to_cpu(cqe.cid), ==, 33);
    /* The opcode is nobody's business, and both directions are more. */
    ans_write_entry(&d, IO, TAG, cmd);
    qtest_writeb(d.qts, tcb, 0x77);
    qtest_writeb(d.qts, tcb + 1, 3);
    ans_ring_doorbell(&d, IO, TAG);
    g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

/* Its status, once a doorbell was rung that tells of nothing new. */
static void assert_invalidation(AnsDriver *d, uint32_t tag, uint32_t status)
{
    qtest_writel(d->qts, ANS_TCB_INVAL, tag);
    qtest_writel(d->qts, ANS_CQ_DB(IO), d->cq_head[IO]);
    g_assert_cmphex(qtest_readl(d->qts, ANS_TCB_STAT), ==, status);
    g_assert_cmphex(qtest_readl(d->qts, ANS_BASE + 0x29120), ==, status);
}

/* Registers say at once what is wrong. */
static void assert_invalidation_at_once(AnsDriver *d)
{
    qtest_writel(d->qts, ANS_TCB_INVAL, 64);
    g_assert_cmphex(qtest_readl(d->qts, ANS_TCB_STAT), ==, 1);
    qtest_writel(d->qts, ANS_TCB_INVAL, 63);
    g_assert_cmphex(qtest_readl(d->qts, ANS_TCB_STAT), ==, 0);
}

static void test_tcb_invalidation(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    assert_invalidation_at_once(&d);
    qtest_writel(d.qts, ANS_TCB_INVAL, 64);
    qtest_writel(d.qts, ANS_CC, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_TCB_STAT), ==, 0);
    ans_end(&d, disk);
    disk = start_with(&d, "file0,lazy=on");
    ans_start(&d);
    assert_invalidation(&d, 64, 1);
    assert_invalidation(&d, 63, 0);
    assert_invalidation(&d, UINT32_MAX - 1, 1);
    /* The next command's doorbell will do, too. */
    qtest_writel(d.qts, ANS_TCB_INVAL, 5);
    g_assert_cmphex(ans_read_block(&d, 1), ==, NVME_SUCCESS);
    g_assert_cmphex(qtest_readl(d.qts, ANS_TCB_STAT), ==, 0);
    /* Registers again, for who watches: it is shown at once. */
    fault_add(d.qts, "{ 'id': 'r', 'site': 'register-read',"
              " 'action': 'none' }");
    assert_invalidation_at_once(&d);
    g_assert_cmphex(qtest_readl(d.qts, ANS_NUM_TCBS), ==, 63);
    fault_expect_count(d.qts, "hits", 3);
    fault_remove(d.qts, "r");
    g_assert_cmphex(qtest_readl(d.qts, ANS_NUM_TCBS), ==, 63);
    qtest_writel(d.qts, ANS_TCB_INVAL, 64);
    g_assert_cmphex(qtest_readl(d.qts, ANS_TCB_STAT), ==, 0);
    assert_invalidation(&d, 63, 0);
    /* No TCB memory at all. */
    qtest_writeq(d.qts, ANS_TCB_BASE(IO), NO_MEMORY);
    g_assert_cmphex(ans_read_block(&d, 1), ==,
                    NVME_DATA_TRAS_ERROR | NVME_DNR);
    qtest_writeq(d.qts, ANS_TCB_BASE(IO), RAM_TCB(IO));
    ans_assert_works(&d);
    ans_end(&d, disk);
}

static void test_prps(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);
    const uint16_t offset = NVME_INVALID_PRP_OFFSET | NVME_DNR;
    const uint16_t transfer = NVME_DATA_TRAS_ERROR | NVME_DNR;
    const struct {
        unsigned blocks;
        uint64_t prp1;
        uint64_t prp2;
        uint16_t status;
    } rows[] = {
        { 1, RAM_DATA + 2, 0, offset },
        { 2, RAM_DATA, RAM_DATA + 8, offset },
        { 3, RAM_DATA, RAM_LIST + 4, offset },
        { 1, NO_MEMORY, 0, transfer },
        { 1, UINT64_MAX - PAGE + 1, 0, transfer },
        { 1, 4, 0, transfer },
        { 1, DEVICE_MEMORY, 0, transfer },
        { 1, ANS_BASE, 0, transfer },
        { 2, RAM_DATA, ANS_BASE + 0x24000, transfer },
        { 2, RAM_DATA, NO_MEMORY, transfer },
        { 2, RAM_DATA, 0, transfer },
        { 3, RAM_DATA, NO_MEMORY, transfer },
        { 3, RAM_DATA, ANS_BASE, transfer },
        { 3, RAM_DATA, RAM_LIST, transfer },
        { 3, RAM_DATA, RAM_LIST + 0x10, offset },
    };

    /* A list whose second page is nowhere, and one that is misaligned. */
    qtest_writeq(d.qts, RAM_LIST, RAM_DATA);
    qtest_writeq(d.qts, RAM_LIST + 0x08, NO_MEMORY);
    qtest_writeq(d.qts, RAM_LIST + 0x10, RAM_DATA + 0x10);
    qtest_writeq(d.qts, RAM_LIST + 0x18, RAM_DATA);
    for (int i = 0; i < ARRAY_SIZE(rows); i++) {
        g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_READ, 0,
                                              rows[i].blocks, rows[i].prp1,
                                              rows[i].prp2)), ==,
                        rows[i].status);
    }
    ans_assert_works(&d);
    ans_end(&d, disk);
}

static void test_commands(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);
    NvmeCmd cmd = ans_cmd(0x99, 0, 0);

    g_assert_cmphex(ans_do(&d, IO, cmd), ==, NVME_INVALID_OPCODE | NVME_DNR);
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==,
                    NVME_INVALID_OPCODE | NVME_DNR);
    cmd = ans_rw(NVME_CMD_READ, BLOCKS, 1, RAM_DATA, 0);
    g_assert_cmphex(ans_do(&d, IO, cmd), ==, NVME_LBA_RANGE | NVME_DNR);
    cmd = ans_rw(NVME_CMD_READ, BLOCKS - 1, 2, RAM_DATA, RAM_DATA);
    g_assert_cmphex(ans_do(&d, IO, cmd), ==, NVME_LBA_RANGE | NVME_DNR);
    cmd = ans_rw(NVME_CMD_WRITE, UINT64_MAX, 1, RAM_DATA, 0);
    g_assert_cmphex(ans_do(&d, IO, cmd), ==, NVME_LBA_RANGE | NVME_DNR);
    cmd = ans_rw(NVME_CMD_READ, 0, 1, RAM_DATA, 0);
    cmd.nsid = cpu_to_le32(2);
    g_assert_cmphex(ans_do(&d, IO, cmd), ==, NVME_INVALID_NSID | NVME_DNR);
    /* Only a flush can be of all namespaces. */
    cmd.nsid = cpu_to_le32(NVME_NSID_BROADCAST);
    g_assert_cmphex(ans_do(&d, IO, cmd), ==, NVME_INVALID_NSID | NVME_DNR);
    cmd.opcode = NVME_CMD_FLUSH;
    g_assert_cmphex(ans_do(&d, IO, cmd), ==, 0);
    cmd.opcode = NVME_CMD_READ;
    cmd.nsid = cpu_to_le32(1);
    cmd.flags = 0x40;
    g_assert_cmphex(ans_do(&d, IO, cmd), ==, NVME_INVALID_FIELD | NVME_DNR);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

static void test_doorbells(void)
{
    AnsDriver d;
    AnsDisk *disk = start_with(&d, "file0");

    /* Before RTKit, before the controller, before the queue. */
    for (int q = 0; q < QUEUES; q++) {
        qtest_writel(d.qts, ANS_LINEAR_DB(q), 0);
        qtest_writel(d.qts, ANS_CQ_DB(q), 1);
    }
    qtest_writel(d.qts, ANS_CC, 1);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CC), ==, 0);
    ans_boot(&d);
    ans_setup(&d);
    qtest_writel(d.qts, ANS_LINEAR_DB(ADMIN), 0);
    ans_enable(&d);
    qtest_writel(d.qts, ANS_LINEAR_DB(IO), 2);
    qtest_writel(d.qts, ANS_CQ_DB(IO), 1);
    ans_create_queues(&d);

    /* Of the other kind of queue, beyond the end, and beyond the tail. */
    qtest_writel(d.qts, ANS_SQ_DB(IO), 1);
    qtest_writel(d.qts, ANS_LINEAR_DB(IO), 64);
    qtest_writel(d.qts, ANS_LINEAR_DB(ADMIN), 2);
    qtest_writel(d.qts, ANS_LINEAR_DB(IO), UINT32_MAX);
    qtest_writel(d.qts, ANS_CQ_DB(IO), 64);
    qtest_writel(d.qts, ANS_CQ_DB(IO), 5);
    g_assert_false(ans_has_completion(&d, IO));
    qtest_writel(d.qts, ANS_LINEAR_CTRL, 0);
    qtest_writel(d.qts, ANS_LINEAR_DB(IO), 1);
    g_assert_false(ans_has_completion(&d, IO));
    qtest_writel(d.qts, ANS_LINEAR_CTRL, 1);
    qtest_writel(d.qts, ANS_NUM_TCBS, 3);
    qtest_writel(d.qts, ANS_LINEAR_DB(IO), 4);
    g_assert_false(ans_has_completion(&d, IO));
    qtest_writel(d.qts, ANS_NUM_TCBS, 63);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

/* The same of a variant whose submission queues are rings. */
static void test_ring_doorbells(void)
{
    AnsDriver d;
    AnsDisk *disk = start_with(&d, "file0,variant=t8015");

    d.ring = true;
    d.sart = 0;
    d.entries = 16;
    for (int q = 0; q < QUEUES; q++) {
        qtest_writel(d.qts, ANS_SQ_DB(q), 1);
    }
    ans_boot(&d);
    ans_setup(&d);
    qtest_writel(d.qts, ANS_SQ_DB(ADMIN), 1);
    ans_enable(&d);
    qtest_writel(d.qts, ANS_SQ_DB(IO), 1);
    ans_create_queues(&d);

    qtest_writel(d.qts, ANS_LINEAR_DB(IO), 1);
    qtest_writel(d.qts, ANS_SQ_DB(IO), 16);
    qtest_writel(d.qts, ANS_SQ_DB(ADMIN), 2);
    qtest_writel(d.qts, ANS_SQ_DB(IO), UINT32_MAX);
    qtest_writel(d.qts, ANS_CQ_DB(IO), 16);
    qtest_writel(d.qts, ANS_CQ_DB(IO), 3);
    g_assert_false(ans_has_completion(&d, IO));
    ans_assert_works(&d);
    /* A tail behind the head: all that the ring holds, round its end. */
    ans_fill(&d, RAM_SQ(IO), 0, 16 * 128);
    d.sq_tail[IO] = (d.sq_tail[IO] + 15) % 16;
    qtest_writel(d.qts, ANS_SQ_DB(IO), d.sq_tail[IO]);
    for (int i = 0; i < 15; i++) {
        /* Flushes of no namespace. */
        g_assert_cmphex(ans_complete(&d, IO, NULL), ==,
                        NVME_INVALID_NSID | NVME_DNR);
    }
    g_assert_false(ans_has_completion(&d, IO));
    ans_assert_works(&d);
    ans_end(&d, disk);
}

/*
 * A guest that does not take completions gets as many commands executed as an
 * ANS has room for. The rest waits in the ring, and for no further doorbell.
 */
static void test_ring_backlog(void)
{
    AnsDriver d;
    AnsDisk *disk = start_with(&d, "file0,variant=t8015");
    const unsigned rounds = 6, room = 15;

    d.ring = true;
    d.sart = 0;
    d.entries = 16;
    ans_start(&d);
    for (int i = 0; i < rounds * room; i++) {
        NvmeCmd cmd = ans_cmd(NVME_CMD_FLUSH, 0, 0);

        /* Of no namespace: it takes no time. */
        cmd.nsid = 0;
        ans_submit(&d, IO, i, cmd);
    }
    for (int i = 0; i < rounds * room; i++) {
        g_assert_cmphex(ans_complete(&d, IO, NULL), ==,
                        NVME_INVALID_NSID | NVME_DNR);
    }
    g_assert_false(ans_has_completion(&d, IO));
    ans_assert_works(&d);
    ans_end(&d, disk);
}

/* What cannot be enabled, and queues that leave memory: CSTS.CFS. */
static void test_configuration(void)
{
    static const struct {
        uint32_t aqa;
        uint64_t asq;
        uint64_t acq;
        uint32_t cc;
    } rows[] = {
        { 0x00010000, RAM_SQ(ADMIN), RAM_CQ(ADMIN), 1 },
        { 0x00000001, RAM_SQ(ADMIN), RAM_CQ(ADMIN), 1 },
        { 0x0fff0fff, RAM_SQ(ADMIN), RAM_CQ(ADMIN), 1 },
        { 0x00010001, RAM_SQ(ADMIN) + 8, RAM_CQ(ADMIN), 1 },
        { 0x00010001, RAM_SQ(ADMIN), RAM_CQ(ADMIN) + 64, 1 },
        { 0x00010001, RAM_SQ(ADMIN), RAM_CQ(ADMIN), 1 | 1 << 7 },
        { 0x00010001, RAM_SQ(ADMIN), RAM_CQ(ADMIN), 1 | 6 << 4 },
        { 0x00010001, RAM_SQ(ADMIN), RAM_CQ(ADMIN), 1 | 7 << 16 },
        { 0x00010001, RAM_SQ(ADMIN), RAM_CQ(ADMIN), 1 | 5 << 20 },
    };
    AnsDriver d;
    AnsDisk *disk = start_with(&d, "file0");

    ans_boot(&d);
    ans_setup(&d);
    for (int i = 0; i < ARRAY_SIZE(rows); i++) {
        qtest_writel(d.qts, ANS_AQA, rows[i].aqa);
        qtest_writeq(d.qts, ANS_ASQ, rows[i].asq);
        qtest_writeq(d.qts, ANS_ACQ, rows[i].acq);
        qtest_writel(d.qts, ANS_CC, rows[i].cc);
        g_assert_true(ans_failed(&d));
        qtest_writel(d.qts, ANS_LINEAR_DB(ADMIN), 0);
        qtest_writel(d.qts, ANS_CC, 0);
        g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS), ==, 0);
    }
    /* Queues where there is no memory, and where there is a device. */
    for (int i = 0; i < 4; i++) {
        uint64_t nowhere = i & 1 ? DEVICE_MEMORY : NO_MEMORY;

        ans_setup(&d);
        qtest_writeq(d.qts, i & 2 ? ANS_ASQ : ANS_ACQ, nowhere);
        qtest_writel(d.qts, ANS_CC, 1);
        g_assert_false(ans_failed(&d));
        ans_submit(&d, ADMIN, 0, ans_cmd(NVME_ADM_CMD_ABORT, 0, 0));
        while (!ans_failed(&d)) {
            /* It is on its way. */
        }
        qtest_writel(d.qts, ANS_CC, 0);
    }
    ans_setup(&d);
    ans_enable(&d);
    ans_create_queues(&d);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

/* Every register, at every width: no abort, and a reset mends it all. */
static void test_sweep(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    sweep_region(d.qts, ANS_BASE, 0x40);
    sweep_region(d.qts, ANS_BASE + 0xff8, 0x20);
    sweep_region(d.qts, ANS_BASE + 0x1200, 0x110);
    sweep_region(d.qts, ANS_BASE + 0x24000, 0x20);
    sweep_region(d.qts, ANS_BASE + 0x24900, 0x20);
    sweep_region(d.qts, ANS_BASE + 0x280f8, 0x40);
    sweep_region(d.qts, ANS_BASE + ANS_NVME_SIZE - 16, 16);
    sweep_region(d.qts, ANS_ASC_BASE, 0x100);
    sweep_region(d.qts, ANS_SART, 0x100);
    sweep_region(d.qts, PMGR_BASE, 0x40);
    system_reset(d.qts);
    d.sart_used = 0;
    ans_start(&d);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/apple-ans/hostile/tcb", test_tcb);
    qtest_add_func("/apple-ans/hostile/tcb-invalidation",
                   test_tcb_invalidation);
    qtest_add_func("/apple-ans/hostile/prps", test_prps);
    qtest_add_func("/apple-ans/hostile/commands", test_commands);
    qtest_add_func("/apple-ans/hostile/doorbells", test_doorbells);
    qtest_add_func("/apple-ans/hostile/ring-doorbells", test_ring_doorbells);
    qtest_add_func("/apple-ans/hostile/ring-backlog", test_ring_backlog);
    qtest_add_func("/apple-ans/hostile/configuration", test_configuration);
    qtest_add_func("/apple-ans/hostile/sweep", test_sweep);

    return g_test_run();
}
