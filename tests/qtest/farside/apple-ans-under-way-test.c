/*
 * The ANS NVMe controller: commands under way when their queue is deleted, or
 * when the controller is shut down
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"
#include "fault-rules.h"
#include "qobject/qdict.h"

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

/* A command that a rule keeps outlives its queue, and is aborted then. */
static void test_delete_queue_of_kept(void)
{
    NvmeCmd delete = ans_cmd(NVME_ADM_CMD_DELETE_SQ, 0, 0);
    AnsDriver d;
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");

    ans_driver_init(&d, qtest_init(disk->args));
    ans_start(&d);
    fault_add(d.qts, "{ 'id': 'r', 'site': 'nvme-command', 'match': {"
              " 'queue': 1 }, 'action': 'delay', 'ns': 1000000 }");
    ans_submit(&d, IO, 2, ans_rw(NVME_CMD_READ, 2, 1, RAM_DATA, 0));
    delete.cdw10 = cpu_to_le32(1);
    g_assert_cmphex(ans_do(&d, ADMIN, delete), ==, 0);
    g_assert_false(ans_has_completion(&d, IO));
    qtest_clock_step(d.qts, 1000000);
    g_assert_cmphex(ans_complete(&d, IO, NULL), ==, NVME_CMD_ABORT_SQ_DEL);
    ans_end(&d, disk);
}

/* A shutdown is complete when what was under way is on the disk. */
static void test_busy_shutdown(void)
{
    AnsDriver d;
    AnsDisk *disk = start_slow(&d);

    submit_some(&d);
    qtest_writel(d.qts, ANS_CC, 0x464001);
    while ((qtest_readl(d.qts, ANS_CSTS) & 0xc) != 0x8) {
        /* It is flushed. */
    }
    for (int i = 0; i < SOME; i++) {
        g_assert_true(ans_has_completion(&d, IO));
        ans_complete(&d, IO, NULL);
    }
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-ans/under-way/delete", test_delete_busy_queue);
    qtest_add_func("/apple-ans/under-way/kept", test_delete_queue_of_kept);
    qtest_add_func("/apple-ans/under-way/shutdown", test_busy_shutdown);
    return g_test_run();
}
