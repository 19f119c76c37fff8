/*
 * The ANS NVMe controller's admin commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"

#define BLOCKS 4096

static AnsDisk *start(AnsDriver *d)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0,serial=S1");

    ans_driver_init(d, qtest_init(disk->args));
    ans_start(d);
    return disk;
}

static void test_identify(void)
{
    const uint32_t wrong[] = { 0, 2, NVME_NSID_BROADCAST };
    AnsDriver d;
    AnsDisk *disk = start(&d);
    NvmeCmd cmd = ans_cmd(NVME_ADM_CMD_IDENTIFY, RAM_DATA, 0);
    NvmeIdCtrl ctrl;
    NvmeIdNs ns;

    g_assert_cmphex(qtest_readq(d.qts, ANS_CAP) & 0xffff, ==, 63);
    cmd.cdw10 = cpu_to_le32(NVME_ID_CNS_CTRL);
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==, 0);
    qtest_memread(d.qts, RAM_DATA, &ctrl, sizeof(ctrl));
    g_assert_cmpmem(ctrl.sn, 3, "S1 ", 3);
    g_assert_cmphex(ctrl.oaes, ==, 0);
    g_assert_cmphex(ctrl.nn, ==, 1);
    g_assert_cmphex(ctrl.vwc, ==, 1);

    cmd.cdw10 = cpu_to_le32(NVME_ID_CNS_NS);
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==, 0);
    qtest_memread(d.qts, RAM_DATA, &ns, sizeof(ns));
    g_assert_cmpint(ns.nsze, ==, BLOCKS);
    g_assert_cmpint(ns.lbaf[0].ds, ==, 12);
    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        cmd.nsid = cpu_to_le32(wrong[i]);
        g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==,
                        NVME_INVALID_NSID | NVME_DNR);
    }

    cmd.cdw10 = cpu_to_le32(NVME_ID_CNS_NS_ACTIVE_LIST);
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==,
                    NVME_INVALID_FIELD | NVME_DNR);
    ans_end(&d, disk);
}

static void test_features(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);
    NvmeCmd get = ans_cmd(NVME_ADM_CMD_GET_FEATURES, 0, 0);
    NvmeCmd set = ans_cmd(NVME_ADM_CMD_SET_FEATURES, 0, 0);
    NvmeCqe cqe;

    set.cdw10 = cpu_to_le32(NVME_NUMBER_OF_QUEUES);
    set.cdw11 = cpu_to_le32(0x00070007);
    ans_submit(&d, ADMIN, 0, set);
    g_assert_cmphex(ans_complete(&d, ADMIN, &cqe), ==, 0);
    g_assert_cmphex(cqe.result, ==, 0);
    get.cdw10 = cpu_to_le32(NVME_VOLATILE_WRITE_CACHE);
    ans_submit(&d, ADMIN, 0, get);
    g_assert_cmphex(ans_complete(&d, ADMIN, &cqe), ==, 0);
    g_assert_cmphex(le32_to_cpu(cqe.result), ==, 1);
    set.cdw10 = get.cdw10;
    g_assert_cmphex(ans_do(&d, ADMIN, set), ==,
                    NVME_FEAT_NOT_CHANGEABLE | NVME_DNR);
    get.cdw10 = cpu_to_le32(0xee);
    g_assert_cmphex(ans_do(&d, ADMIN, get), ==,
                    NVME_INVALID_FIELD | NVME_DNR);
    ans_end(&d, disk);
}

/* SMART counts what was read and written, in thousands of 512 bytes. */
static void test_smart(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);
    NvmeCmd cmd = ans_cmd(NVME_ADM_CMD_GET_LOG_PAGE, RAM_DATA, 0);
    NvmeSmartLog log;

    g_assert_cmphex(ans_write_block(&d, 1, 1), ==, 0);
    cmd.cdw10 = cpu_to_le32(NVME_LOG_SMART_INFO | (sizeof(log) / 4 - 1) << 16);
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==, 0);
    qtest_memread(d.qts, RAM_DATA, &log, sizeof(log));
    g_assert_cmpint(le64_to_cpu(log.host_write_commands[0]), ==, 1);
    g_assert_cmpint(le64_to_cpu(log.data_units_written[0]), ==, 1);
    g_assert_cmpint(le64_to_cpu(log.host_read_commands[0]), ==, 0);
    /* From an offset on, in words; there is nothing behind the end. */
    cmd.cdw12 = cpu_to_le32(offsetof(NvmeSmartLog, host_write_commands));
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==, 0);
    g_assert_cmpint(qtest_readq(d.qts, RAM_DATA), ==, 1);
    cmd.cdw12 = cpu_to_le32(2);
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==,
                    NVME_INVALID_FIELD | NVME_DNR);
    cmd.cdw12 = cpu_to_le32(sizeof(log));
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==,
                    NVME_INVALID_FIELD | NVME_DNR);
    cmd.cdw10 = cpu_to_le32(0x7f);
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==,
                    NVME_INVALID_LOG_ID | NVME_DNR);
    ans_end(&d, disk);
}

static uint16_t queue_command(AnsDriver *d, uint8_t opcode, uint64_t prp1,
                              uint32_t dw10, uint32_t dw11)
{
    NvmeCmd cmd = ans_cmd(opcode, prp1, 0);

    cmd.cdw10 = cpu_to_le32(dw10);
    cmd.cdw11 = cpu_to_le32(dw11);
    return ans_do(d, ADMIN, cmd) & ~NVME_DNR;
}

static void test_queue_commands(void)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    AnsDriver d;
    const uint8_t cq = NVME_ADM_CMD_CREATE_CQ;
    const uint8_t sq = NVME_ADM_CMD_CREATE_SQ;
    const uint32_t one = 63 << 16 | 1;

    ans_driver_init(&d, qtest_init(disk->args));
    ans_boot(&d);
    ans_setup(&d);
    ans_enable(&d);
    g_assert_cmphex(queue_command(&d, sq, RAM_SQ(IO), one, 1 << 16 | 1), ==,
                    NVME_INVALID_CQID);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO), 63 << 16, 3), ==,
                    NVME_INVALID_QID);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO), 63 << 16 | 2, 3), ==,
                    NVME_INVALID_QID);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO), 64 << 16 | 1, 3), ==,
                    NVME_MAX_QSIZE_EXCEEDED);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO), 1, 3), ==,
                    NVME_MAX_QSIZE_EXCEEDED);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO) + 16, one, 3), ==,
                    NVME_INVALID_PRP_OFFSET);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO), one, 2), ==,
                    NVME_INVALID_FIELD);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO), one, 1 << 16 | 3), ==,
                    NVME_INVALID_IRQ_VECTOR);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO), one, 3), ==, 0);
    g_assert_cmphex(queue_command(&d, cq, RAM_CQ(IO), one, 3), ==,
                    NVME_INVALID_QID);
    g_assert_cmphex(queue_command(&d, NVME_ADM_CMD_DELETE_SQ, 0, 1, 0), ==,
                    NVME_INVALID_QID);
    g_assert_cmphex(queue_command(&d, sq, RAM_SQ(IO), one, 1 << 16 | 1), ==,
                    0);
    g_assert_cmphex(queue_command(&d, NVME_ADM_CMD_DELETE_CQ, 0, 1, 0), ==,
                    NVME_INVALID_QUEUE_DEL);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-ans/admin/identify", test_identify);
    qtest_add_func("/apple-ans/admin/features", test_features);
    qtest_add_func("/apple-ans/admin/smart", test_smart);
    qtest_add_func("/apple-ans/admin/queue-commands", test_queue_commands);
    return g_test_run();
}
