/*
 * The ANS NVMe controller: commands under way when their queue is deleted, and
 * when the controller is shut down
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"
#include "fault-rules.h"

#define BLOCKS 64

/* A disk whose I/O takes 200 ms of the host's. */
static AnsDisk *start_slow(AnsDriver *d)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");

    g_free(disk->args);
    disk->args = g_strdup("-M farside -blockdev driver=null-co,node-name=d,"
                          "size=1048576,latency-ns=200000000 "
                          "-device farside-ans,drive=d");
    ans_driver_init(d, qtest_init(disk->args));
    ans_start(d);
    return disk;
}

#define SOME 6

/* Reads, and one command that is over at once. */
static void submit_some(AnsDriver *d)
{
    for (unsigned tag = 2; tag < 1 + SOME; tag++) {
        ans_submit(d, IO, tag, ans_rw(NVME_CMD_READ, tag, 1, RAM_DATA, 0));
    }
    ans_submit(d, IO, 1 + SOME, ans_cmd(0x7f, 0, 0));
}

/*
 * Deleting a submission queue waits for its commands, of which some end sooner;
 * the next admin command does not overtake it, and nothing of them is left.
 */
static void test_delete_busy_queue(void)
{
    NvmeCmd delete = ans_cmd(NVME_ADM_CMD_DELETE_SQ, 0, 0);
    AnsDriver d;
    AnsDisk *disk = start_slow(&d);
    NvmeCqe cqe;

    /* All of it is found together when the machine runs on. */
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'stop' }");
    submit_some(&d);
    delete.cdw10 = cpu_to_le32(1);
    ans_submit(&d, ADMIN, 0, delete);
    delete.opcode = NVME_ADM_CMD_DELETE_CQ;
    ans_submit(&d, ADMIN, 1, delete);
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
    for (int tag = 0; tag < 2; tag++) {
        g_assert_cmphex(ans_complete(&d, ADMIN, &cqe), ==, 0);
        g_assert_cmpuint(le16_to_cpu(cqe.cid), ==, tag);
    }
    d.cq_head[IO] = 0;
    d.phase[IO] = true;
    ans_fill(&d, RAM_CQ(IO), 0, d.entries * sizeof(NvmeCqe));
    ans_create_queues(&d);
    g_assert_false(ans_has_completion(&d, IO));
    d.qts = migrate_machine(d.qts, disk->args);
    g_assert_cmphex(ans_read_block(&d, 1), ==, 0);
    ans_end(&d, disk);
}

static void queue_command(AnsDriver *d, uint8_t opcode, uint64_t addr,
                          uint32_t cdw11)
{
    NvmeCmd cmd = ans_cmd(opcode, addr, 0);

    cmd.cdw10 = cpu_to_le32(addr ? 63 << 16 | 1 : 1);
    cmd.cdw11 = cpu_to_le32(cdw11);
    g_assert_cmphex(ans_do(d, ADMIN, cmd), ==, 0);
}

/* What a rule keeps for a millisecond. */
static void submit_kept(AnsDriver *d, uint64_t slba)
{
    ans_submit(d, IO, 2, ans_rw(NVME_CMD_READ, slba, 1, RAM_DATA, 0));
    g_assert_false(ans_has_completion(d, IO));
}

/*
 * A command that a rule keeps longer than its queue is there is aborted, also
 * if there is another queue then; with its completion queue it is forgotten,
 * and is nothing to the command that has its tag.
 */
static void test_delete_queue_of_kept(void)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    AnsDriver d;

    ans_driver_init(&d, qtest_init(disk->args));
    ans_start(&d);
    g_assert_cmphex(ans_write_block(&d, 5, 0x55), ==, 0);
    fault_add(d.qts, "{ 'id': 'r', 'site': 'nvme-command', 'match': {"
              " 'queue': 1 }, 'action': 'delay', 'ns': 1000000 }");
    ans_fill(&d, RAM_DATA, 0xee, PAGE);
    for (int again = 0; again < 2; again++) {
        submit_kept(&d, 1);
        queue_command(&d, NVME_ADM_CMD_DELETE_SQ, 0, 0);
        if (again) {
            queue_command(&d, NVME_ADM_CMD_CREATE_SQ, RAM_SQ(IO),
                          1 << 16 | 1);
        }
        qtest_clock_step(d.qts, 1000000);
        g_assert_cmphex(ans_complete(&d, IO, NULL), ==,
                        NVME_CMD_ABORT_SQ_DEL);
        g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 0xee);
        if (!again) {
            queue_command(&d, NVME_ADM_CMD_CREATE_SQ, RAM_SQ(IO),
                          1 << 16 | 1);
        }
    }
    submit_kept(&d, 1);
    ans_delete_queues(&d);
    ans_create_queues(&d);
    qtest_clock_step(d.qts, 500000);
    submit_kept(&d, 5);
    qtest_clock_step(d.qts, 500000);
    g_assert_false(ans_has_completion(&d, IO));
    qtest_clock_step(d.qts, 500000);
    g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
    g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 0x55);
    ans_end(&d, disk);
}

/* A shutdown is complete when what was under way is on the disk. */
static void test_busy_shutdown(void)
{
    AnsDriver d;
    AnsDisk *disk = start_slow(&d);

    submit_some(&d);
    qtest_writel(d.qts, ANS_CC, 0x464001);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS) & 0xc, ==, 0x4);
    while ((qtest_readl(d.qts, ANS_CSTS) & 0xc) != 0x8) {
        /* It is flushed. */
    }
    for (int i = 0; i < SOME; i++) {
        g_assert_true(ans_has_completion(&d, IO));
        ans_complete(&d, IO, NULL);
    }
    ans_end(&d, disk);
}

static uint32_t shutdown_status(AnsDriver *d)
{
    return qtest_readl(d->qts, ANS_CSTS) & 0xc;
}

static void qemu_io(AnsDriver *d, const char *command)
{
    g_autofree char *output = qtest_hmp(
        d->qts, "qemu-io -d /machine/ans0 \"%s\"", command);

    g_assert_null(strstr(output, "rror"));
}

/* A guest that takes its shutdown back is not told of its end. */
static void test_shutdown_taken_back(void)
{
    AnsDriver d;

    ans_driver_init(&d, qtest_init(
        "-M farside -blockdev driver=raw,node-name=d,file.driver=blkdebug,"
        "file.image.driver=null-co,file.image.size=1048576 "
        "-device farside-ans,drive=d"));
    ans_start(&d);
    g_assert_cmphex(ans_write_block(&d, 5, 1), ==, 0);
    qemu_io(&d, "break flush_to_disk A");
    for (int i = 0; i < 100; i++) {
        qtest_writel(d.qts, ANS_CC, 0x464001);
        g_assert_cmphex(shutdown_status(&d), ==, 0x4);
        qtest_writel(d.qts, ANS_CC, 0x460001);
        g_assert_cmphex(shutdown_status(&d), ==, 0);
    }
    qemu_io(&d, "resume A");
    /* This waits for what is under way. */
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'stop' }");
    g_assert_cmphex(shutdown_status(&d), ==, 0);
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
    qtest_writel(d.qts, ANS_CC, 0x464001);
    while (shutdown_status(&d) != 0x8) {
        /* It is flushed. */
    }
    qtest_quit(d.qts);
}

/* A shutdown that is called off is not complete when the last I/O is. */
static void test_shutdown_called_off(void)
{
    AnsDriver d;
    AnsDisk *disk = start_slow(&d);

    submit_some(&d);
    qtest_writel(d.qts, ANS_CC, 0x464001);
    qtest_writel(d.qts, ANS_CC, 0x460001);
    for (int i = 0; i < SOME; i++) {
        g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS), ==, 1);
        ans_complete(&d, IO, NULL);
    }
    g_assert_cmphex(ans_do(&d, IO, ans_cmd(NVME_CMD_FLUSH, 0, 0)), ==, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS), ==, 1);
    ans_end(&d, disk);
}

/* What a rule keeps does not keep a shutdown waiting. */
static void test_kept_shutdown(void)
{
    AnsDriver d;
    AnsDisk *disk = start_slow(&d);

    ans_suspend_io(&d);
    submit_kept(&d, 1);
    qtest_writel(d.qts, ANS_CC, 0x464001);
    while ((qtest_readl(d.qts, ANS_CSTS) & 0xc) != 0x8) {
        /* It is flushed. */
    }
    ans_end(&d, disk);
}

/* A tag that is under way keeps its TCB; the others do not. */
static void test_invalidation(void)
{
    AnsDriver d;
    AnsDisk *disk = start_slow(&d);

    ans_submit(&d, IO, 2, ans_rw(NVME_CMD_READ, 2, 1, RAM_DATA, 0));
    qtest_writel(d.qts, ANS_TCB_INVAL, 3);
    g_assert_cmphex(qtest_readl(d.qts, ANS_TCB_STAT), ==, 0);
    qtest_writel(d.qts, ANS_TCB_INVAL, 2);
    g_assert_cmphex(qtest_readl(d.qts, ANS_TCB_STAT), ==, 1);
    /* Nor is there another command with that tag. */
    ans_submit(&d, IO, 2, ans_cmd(0x7f, 0, 0));
    g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
    g_assert_cmphex(ans_read_block(&d, 1), ==, 0);
    g_assert_false(ans_has_completion(&d, IO));
    ans_end(&d, disk);
}

/* A disk whose first write fails, and stops the machine. */
static void start_failing_once(AnsDriver *d, AnsDisk *disk)
{
    g_autofree char *args = g_strdup_printf(
        "-M farside -blockdev '{\"driver\": \"blkdebug\", \"node-name\": "
        "\"d\", \"image\": {\"driver\": \"file\", \"filename\": \"%s\"},"
        "\"inject-error\": [{\"event\": \"none\", \"once\": true, "
        "\"iotype\": \"write\"}]}' "
        "-device farside-ans,drive=d,werror=stop", disk->image);

    ans_driver_init(d, qtest_init(args));
    ans_start(d);
}

/* A write that failed, and is tried again where the machine runs on. */
static void test_stopped_shutdown(void)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0,werror=stop");
    AnsDriver d;

    start_failing_once(&d, disk);
    ans_submit(&d, IO, 2, ans_rw(NVME_CMD_WRITE, 2, 1, RAM_DATA, 0));
    qtest_qmp_eventwait(d.qts, "STOP");
    qtest_writel(d.qts, ANS_CC, 0x464001);
    d.qts = migrate_machine(d.qts, disk->args);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS) & 0xc, ==, 0x4);
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
    while ((qtest_readl(d.qts, ANS_CSTS) & 0xc) != 0x8) {
        /* Written, and flushed. */
    }
    g_assert_true(ans_has_completion(&d, IO));
    ans_end(&d, disk);
}

/* A shutdown that waits for a write that failed ends with a reset. */
static void test_reset_shutdown(void)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    AnsDriver d;

    start_failing_once(&d, disk);
    ans_submit(&d, IO, 2, ans_rw(NVME_CMD_WRITE, 2, 1, RAM_DATA, 0));
    qtest_qmp_eventwait(d.qts, "STOP");
    qtest_writel(d.qts, ANS_CC, 0x464001);
    system_reset(d.qts);
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
    d.sart_used = 0;
    ans_start(&d);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

/* A machine that is stopped carries out nothing, whoever let it go on. */
static void test_resumed_while_stopped(void)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    AnsDriver d;

    ans_driver_init(&d, qtest_init(disk->args));
    ans_start(&d);
    ans_suspend_io(&d);
    ans_fill(&d, RAM_DATA, 0x55, PAGE);
    ans_submit(&d, IO, 2, ans_rw(NVME_CMD_WRITE, 2, 1, RAM_DATA, 0));
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'stop' }");
    fault_resume(d.qts, "t");
    /* This waits for what is under way in the block layer. */
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'stop' }");
    g_assert_cmpint(ans_disk_byte(disk, 2), ==, 0);
    d.qts = migrate_machine(d.qts, disk->args);
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
    g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
    g_assert_cmpint(ans_disk_byte(disk, 2), ==, 0x55);
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-ans/under-way/delete", test_delete_busy_queue);
    qtest_add_func("/apple-ans/under-way/kept", test_delete_queue_of_kept);
    qtest_add_func("/apple-ans/under-way/shutdown", test_busy_shutdown);
    qtest_add_func("/apple-ans/under-way/shutdown-taken-back",
                   test_shutdown_taken_back);
    qtest_add_func("/apple-ans/under-way/shutdown-called-off",
                   test_shutdown_called_off);
    qtest_add_func("/apple-ans/under-way/kept-shutdown", test_kept_shutdown);
    qtest_add_func("/apple-ans/under-way/stopped-shutdown",
                   test_stopped_shutdown);
    qtest_add_func("/apple-ans/under-way/reset-shutdown",
                   test_reset_shutdown);
    qtest_add_func("/apple-ans/under-way/invalidation", test_invalidation);
    qtest_add_func("/apple-ans/under-way/resumed-while-stopped",
                   test_resumed_while_stopped);
    return g_test_run();
}
