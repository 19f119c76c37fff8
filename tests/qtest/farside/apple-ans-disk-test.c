/*
 * What happens to ANS commands when the disk fails, or takes its time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"

#define BLOCKS 64

/* Errors as blkdebug makes them. */
static AnsDisk *start_blkdebug(AnsDriver *d, const char *rules,
                               const char *options)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    g_autofree char *args = g_strdup_printf(
        "-M farside -blockdev '{\"driver\": \"blkdebug\", \"node-name\": "
        "\"d\", \"image\": {\"driver\": \"file\", \"filename\": \"%s\"},"
        "\"inject-error\": [%s]}' -device farside-ans,drive=d%s",
        disk->image, rules, options);

    ans_driver_init(d, qtest_init(args));
    ans_start(d);
    return disk;
}

static void test_disk_errors(void)
{
    AnsDriver d;
    AnsDisk *disk = start_blkdebug(&d,
        "{\"event\": \"none\", \"iotype\": \"read\", \"errno\": 5,"
        " \"sector\": 16},"
        "{\"event\": \"none\", \"iotype\": \"write\", \"errno\": 5,"
        " \"sector\": 24},"
        "{\"event\": \"none\", \"iotype\": \"flush\", \"errno\": 5,"
        " \"once\": true}", "");

    ans_fill(&d, RAM_DATA, 0xee, PAGE);
    g_assert_cmphex(ans_read_block(&d, 2), ==, NVME_UNRECOVERED_READ);
    g_assert_cmphex(ans_write_block(&d, 3, 1), ==, NVME_WRITE_FAULT);
    g_assert_cmphex(ans_do(&d, IO, ans_cmd(NVME_CMD_FLUSH, 0, 0)), ==,
                    NVME_WRITE_FAULT);
    g_assert_cmphex(ans_do(&d, IO, ans_cmd(NVME_CMD_FLUSH, 0, 0)), ==, 0);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

/* Forced unit access is a flush to a disk that knows no such thing. */
static void fua_flushes(uint8_t opcode, uint64_t prp1)
{
    AnsDriver d;
    NvmeCmd fua = ans_rw(opcode, 5, 1, prp1, 0);

    ans_driver_init(&d, qtest_init(
        "-M farside -blockdev '{\"driver\": \"blkreplay\", \"node-name\": "
        "\"d\", \"image\": {\"driver\": \"blkdebug\", \"image\": {"
        "\"driver\": \"null-co\", \"size\": 1048576}, \"inject-error\": [{"
        "\"event\": \"none\", \"iotype\": \"flush\", \"errno\": 5,"
        "\"once\": true}]}}' -device farside-ans,drive=d"));
    ans_start(&d);
    g_assert_cmphex(ans_write_block(&d, 5, 1), ==, 0);
    fua.cdw12 = cpu_to_le32((uint32_t)NVME_RW_FUA << 16);
    g_assert_cmphex(ans_do(&d, IO, fua), ==, NVME_WRITE_FAULT);
    g_assert_cmphex(ans_do(&d, IO, fua), ==, 0);
    qtest_quit(d.qts);
}

static void test_fua(void)
{
    fua_flushes(NVME_CMD_WRITE, RAM_DATA);
    fua_flushes(NVME_CMD_WRITE_ZEROES, 0);
}

/* Nobody may write to it, and it says so. */
static void test_read_only(void)
{
    AnsDriver d;
    NvmeCmd identify = ans_cmd(NVME_ADM_CMD_IDENTIFY, RAM_DATA, 0);

    ans_driver_init(&d, qtest_init(
        "-M farside -blockdev driver=null-co,node-name=d,size=1048576,"
        "read-only=on -device farside-ans,drive=d"));
    ans_start(&d);
    g_assert_cmphex(ans_do(&d, ADMIN, identify), ==, 0);
    g_assert_cmphex(qtest_readb(d.qts, RAM_DATA +
                                offsetof(NvmeIdNs, nsattr)), ==, 1);
    g_assert_cmphex(ans_read_block(&d, 1), ==, 0);
    g_assert_cmphex(ans_write_block(&d, 1, 1), ==,
                    NVME_WRITE_TO_RO | NVME_DNR);
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_WRITE_ZEROES, 1, 1, 0, 0)),
                    ==, NVME_WRITE_TO_RO | NVME_DNR);
    g_assert_cmphex(ans_do(&d, IO, ans_cmd(NVME_CMD_FLUSH, 0, 0)), ==, 0);
    qtest_quit(d.qts);
}

/* werror=ignore: the guest does not hear of it. */
static void test_ignored_error(void)
{
    AnsDriver d;
    AnsDisk *disk = start_blkdebug(&d,
        "{\"event\": \"none\", \"iotype\": \"write\", \"errno\": 5}",
        ",werror=ignore");

    g_assert_cmphex(ans_write_block(&d, 3, 1), ==, 0);
    g_assert_cmpint(ans_disk_byte(disk, 3), ==, 0);
    ans_end(&d, disk);
}

/* werror=stop: the machine stops, and tries again when it runs on. */
static void test_stop_on_error(void)
{
    AnsDriver d;
    AnsDisk *disk = start_blkdebug(&d,
        "{\"event\": \"none\", \"iotype\": \"write\", \"errno\": 28,"
        " \"once\": true}", ",werror=stop");

    ans_fill(&d, RAM_DATA, 0x42, PAGE);
    ans_submit(&d, IO, TAG, ans_rw(NVME_CMD_WRITE, 3, 1, RAM_DATA, 0));
    qtest_qmp_eventwait(d.qts, "STOP");
    g_assert_false(ans_has_completion(&d, IO));
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
    g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
    g_assert_cmpint(ans_disk_byte(disk, 3), ==, 0x42);
    ans_end(&d, disk);
}

/* A disk that is slow enough for all of these commands to be under way. */
static void start_under_way(AnsDriver *d)
{
    ans_driver_init(d, qtest_init(
        "-M farside -blockdev driver=null-co,node-name=d,size=1048576,"
        "latency-ns=200000000 -device farside-ans,drive=d"));
    ans_start(d);
    for (int tag = 20; tag < 40; tag++) {
        ans_submit(d, IO, tag, ans_rw(NVME_CMD_READ, tag, 1,
                                       RAM_DATA + tag * PAGE, 0));
    }
}

/*
 * A controller that is disabled waits for what is under way, and nothing of it
 * completes in the next life.
 */
static void test_disable_under_way(void)
{
    AnsDriver d;
    NvmeCqe cqe;

    start_under_way(&d);
    g_assert_false(ans_has_completion(&d, IO));
    qtest_writel(d.qts, ANS_CC, 0);
    ans_fill(&d, RAM_CQ(IO), 0, PAGE);
    ans_setup(&d);
    ans_enable(&d);
    ans_create_queues(&d);
    /* What had been left under way would be over before this. */
    ans_submit(&d, IO, TAG, ans_rw(NVME_CMD_READ, 0, 1, RAM_DATA, 0));
    g_assert_cmphex(ans_complete(&d, IO, &cqe), ==, 0);
    g_assert_cmpint(le16_to_cpu(cqe.cid), ==, TAG);
    g_assert_false(ans_has_completion(&d, IO));
    qtest_quit(d.qts);
}

/*
 * Another kernel wakes firmware that is at work for the one before: it boots,
 * and the queues of that one, and what was under way in them, are no more.
 */
static void test_woken_under_way(void)
{
    AnsDriver d;

    start_under_way(&d);
    ans_mbox_send(&d, 0, 0x0060000000000220);
    ans_fill(&d, RAM_CQ(IO), 0, PAGE);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CC), ==, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS), ==, 0);
    g_assert_true(ans_answer_messages(&d));
    g_assert_cmphex(qtest_readl(d.qts, ANS_BOOT_STATUS), ==, BOOT_STATUS_OK);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS), ==, 0);
    g_assert_cmpint(ans_filled(&d, RAM_CQ(IO), PAGE), ==, 0);
    ans_setup(&d);
    ans_enable(&d);
    ans_create_queues(&d);
    g_assert_cmphex(ans_read_block(&d, 0), ==, 0);
    qtest_quit(d.qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-ans/disk/errors", test_disk_errors);
    qtest_add_func("/apple-ans/disk/fua", test_fua);
    qtest_add_func("/apple-ans/disk/read-only", test_read_only);
    qtest_add_func("/apple-ans/disk/ignored-error", test_ignored_error);
    qtest_add_func("/apple-ans/disk/stop-on-error", test_stop_on_error);
    qtest_add_func("/apple-ans/disk/woken-under-way", test_woken_under_way);
    qtest_add_func("/apple-ans/disk/disable-under-way",
                   test_disable_under_way);
    return g_test_run();
}
