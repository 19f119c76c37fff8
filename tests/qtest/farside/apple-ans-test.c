/*
 * The ANS NVMe controller, driven as Linux drives it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"
#include "qobject/qdict.h"

#define BLOCKS 4096

/* The variants that have registers or memory of their own. */
static const struct {
    const char *name;
    bool ring;
    int sart;
    unsigned entries;
} variants[] = {
    { "t8103", false, 2, 64 },
    { "t8015", true, 0, 16 },
    { "t6000", false, 3, 64 },
};

static AnsDisk *start_variant(int i, AnsDriver *d)
{
    g_autofree char *options = g_strdup_printf("file0,variant=%s,serial=S1",
                                               variants[i].name);
    AnsDisk *disk = ans_disk_new(BLOCKS, options);

    ans_driver_init(d, qtest_init(disk->args));
    d->ring = variants[i].ring;
    d->sart = variants[i].sart;
    d->entries = variants[i].entries;
    ans_start(d);
    return disk;
}

static AnsDisk *start(AnsDriver *d)
{
    return start_variant(0, d);
}

/* QOM says which variant it is, even if nobody asked for one. */
static void test_default_variant(void)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    QTestState *qts = qtest_init(disk->args);
    QDict *answer = qtest_qmp(qts, "{ 'execute': 'qom-get', 'arguments': {"
                              " 'path': '/machine/ans0',"
                              " 'property': 'variant' } }");

    g_assert_cmpstr(qdict_get_str(answer, "return"), ==, "t8103");
    qobject_unref(answer);
    qtest_quit(qts);
    ans_disk_free(disk);
}

/* Every variant, and more commands than a queue has entries. */
static void test_read_write(gconstpointer data)
{
    AnsDriver d;
    AnsDisk *disk = start_variant(GPOINTER_TO_INT(data), &d);

    for (int i = 0; i < 150; i++) {
        g_assert_cmphex(ans_write_block(&d, i, i + 1), ==, 0);
    }
    g_assert_cmphex(ans_do(&d, IO, ans_cmd(NVME_CMD_FLUSH, 0, 0)), ==, 0);
    g_assert_cmpint(ans_disk_byte(disk, 149), ==, 150);
    g_assert_cmphex(ans_read_block(&d, 99), ==, 0);
    g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 100);
    ans_end(&d, disk);
}

/* Commands under way in every slot at once, each with its own answer. */
static void test_depth(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);
    uint64_t seen = 0;
    NvmeCqe cqe;

    for (int tag = 0; tag < 63; tag++) {
        ans_fill(&d, RAM_DATA + tag * PAGE, tag + 7, PAGE);
        ans_submit(&d, IO, tag, ans_rw(NVME_CMD_WRITE, tag, 1,
                                       RAM_DATA + tag * PAGE, 0));
    }
    for (int i = 0; i < 63; i++) {
        g_assert_cmphex(ans_complete(&d, IO, &cqe), ==, 0);
        seen |= 1ULL << le16_to_cpu(cqe.cid);
    }
    g_assert_cmphex(seen, ==, (1ULL << 63) - 1);
    for (int tag = 0; tag < 63; tag++) {
        g_assert_cmpint(ans_disk_byte(disk, tag), ==, tag + 7);
    }
    ans_end(&d, disk);
}

static void test_zeroes_and_discard(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);
    NvmeCmd dsm = ans_cmd(NVME_CMD_DSM, RAM_DATA, 0);
    NvmeDsmRange ranges[2] = {
        { .nlb = cpu_to_le32(1), .slba = cpu_to_le64(4) },
        { .nlb = cpu_to_le32(2), .slba = cpu_to_le64(6) },
    };

    for (int i = 0; i < 10; i++) {
        g_assert_cmphex(ans_write_block(&d, i, 0x55), ==, 0);
    }
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_WRITE_ZEROES, 1, 2, 0, 0)),
                    ==, 0);
    qtest_memwrite(d.qts, RAM_DATA, ranges, sizeof(ranges));
    dsm.cdw10 = cpu_to_le32(1);
    dsm.cdw11 = cpu_to_le32(NVME_DSMGMT_AD);
    g_assert_cmphex(ans_do(&d, IO, dsm), ==, 0);
    for (int i = 0; i < 10; i++) {
        bool zero = i == 1 || i == 2 || i == 4 || i == 6 || i == 7;

        g_assert_cmpint(ans_disk_byte(disk, i), ==, zero ? 0 : 0x55);
    }
    /* A range beyond the end: nothing is discarded. */
    ranges[1].slba = cpu_to_le64(BLOCKS - 1);
    ranges[0].slba = cpu_to_le64(3);
    qtest_memwrite(d.qts, RAM_DATA, ranges, sizeof(ranges));
    g_assert_cmphex(ans_do(&d, IO, dsm), ==, NVME_LBA_RANGE | NVME_DNR);
    g_assert_cmpint(ans_disk_byte(disk, 3), ==, 0x55);
    ans_end(&d, disk);
}

/* Completions wait while the queue is full, and survive migration there. */
static void test_full_queue_migrates(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);
    NvmeCmd delete = ans_cmd(NVME_ADM_CMD_DELETE_SQ, 0, 0);

    delete.cdw10 = cpu_to_le32(1);
    g_assert_cmphex(ans_do(&d, ADMIN, delete), ==, 0);
    delete.opcode = NVME_ADM_CMD_DELETE_CQ;
    g_assert_cmphex(ans_do(&d, ADMIN, delete), ==, 0);
    /* Room for one completion of two. */
    ans_create_queues_of(&d, 2);
    for (int tag = 2; tag < 5; tag++) {
        ans_submit(&d, IO, tag, ans_rw(NVME_CMD_READ, tag, 1, RAM_DATA, 0));
    }
    d.qts = migrate_machine(d.qts, disk->args);
    d.entries = 2;
    for (int tag = 2; tag < 5; tag++) {
        g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
    }
    g_assert_false(ans_has_completion(&d, IO));
    g_assert_cmphex(ans_do(&d, IO, ans_cmd(NVME_CMD_FLUSH, 0, 0)), ==, 0);
    ans_end(&d, disk);
}

/* A place of the NVMMU's page that is no register: memory keeps all. */
static bool nvmmu_is_memory(AnsDriver *d)
{
    const uint64_t place = ANS_BASE + 0x28ff0;

    qtest_writel(d->qts, place, 0x12345678);
    return qtest_readl(d->qts, place) == 0x12345678;
}

/* While it is enabled, also after a migration; a reset forgets it all. */
static void test_nvmmu_memory(void)
{
    AnsDriver d;
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0,lazy=on");

    ans_driver_init(&d, qtest_init(disk->args));
    ans_boot(&d);
    ans_setup(&d);
    g_assert_false(nvmmu_is_memory(&d));
    ans_enable(&d);
    g_assert_true(nvmmu_is_memory(&d));
    d.qts = migrate_machine(d.qts, disk->args);
    g_assert_cmphex(qtest_readl(d.qts, ANS_BASE + 0x28ff0), ==, 0x12345678);
    g_assert_cmphex(qtest_readl(d.qts, ANS_NUM_TCBS), ==, 63);
    ans_create_queues(&d);
    ans_assert_works(&d);
    /* What was wrong in this life is nothing to the next one. */
    qtest_writel(d.qts, ANS_TCB_INVAL, 64);
    qtest_writel(d.qts, ANS_CC, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_NUM_TCBS), ==, 63);
    g_assert_false(nvmmu_is_memory(&d));
    ans_setup(&d);
    ans_enable(&d);
    ans_create_queues(&d);
    ans_assert_works(&d);
    system_reset(d.qts);
    g_assert_cmphex(qtest_readl(d.qts, ANS_NUM_TCBS), ==, 0);
    d.sart_used = 0;
    ans_start(&d);
    g_assert_cmphex(qtest_readl(d.qts, ANS_BASE + 0x28ff0), ==, 0);
    ans_assert_works(&d);
    ans_end(&d, disk);
    /* A variant without an NVMMU; and one that is not lazy. */
    for (int i = 1; i >= 0; i--) {
        disk = start_variant(i, &d);
        g_assert_false(nvmmu_is_memory(&d));
        ans_end(&d, disk);
    }
}

/* Shutdown, stop, start again. */
static void test_life(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    g_assert_cmphex(ans_write_block(&d, 1, 0x77), ==, 0);
    for (int i = 0; i < 3; i++) {
        qtest_writel(d.qts, ANS_CC, 0x464001);
        while ((qtest_readl(d.qts, ANS_CSTS) & 0xc) != 8) {
            /* It is flushing. */
        }
        qtest_writel(d.qts, ANS_CC, 0x460000);
        g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS), ==, 0);
        ans_mbox_send(&d, 0, 0x00b0000000000010);
        ans_mbox_send(&d, 0, 0x0060000000000001);
        g_assert_cmphex(qtest_readq(d.qts, ANS_MBOX + 0x830), ==,
                        0x00b0000000000010);
        g_assert_cmphex(qtest_readq(d.qts, ANS_MBOX + 0x830), ==,
                        0x0070000000000001);
        qtest_writel(d.qts, ANS_CPU_CONTROL, 0);
        g_assert_cmphex(qtest_readl(d.qts, ANS_CPU_CONTROL), ==, 0);
        g_assert_cmphex(qtest_readl(d.qts, ANS_BOOT_STATUS), ==, 0);
        d.sart_used = 0;
        d.next_buffer = RAM_BUFFERS;
        ans_start(&d);
        g_assert_cmphex(ans_read_block(&d, 1), ==, 0);
        g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 0x77);
    }
    ans_end(&d, disk);
}

/* What the power manager's register does to the ANS. */
static void test_power_manager(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    g_assert_cmphex(qtest_readl(d.qts, PMGR_BASE), ==, 0xff);
    qtest_writel(d.qts, PMGR_BASE, 0x800004ff);
    g_assert_cmpint(qom_get_number(d.qts, "/machine/pmgr/ps_ans0", "resets"),
                    ==, 1);
    /* Held in reset, it does not run. */
    qtest_writel(d.qts, ANS_CPU_CONTROL, CPU_RUN);
    qtest_writel(d.qts, PMGR_BASE, 0xff);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CPU_CONTROL), ==, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS), ==, 0);
    d.sart_used = 0;
    ans_start(&d);

    /* So does power that goes away, which the register remembers. */
    qtest_writel(d.qts, PMGR_BASE, 0xf0);
    g_assert_cmphex(qtest_readl(d.qts, PMGR_BASE), ==, 0x100);
    qtest_writel(d.qts, PMGR_BASE, 0x10f);
    g_assert_cmphex(qtest_readl(d.qts, PMGR_BASE), ==, 0xff);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CPU_CONTROL), ==, 0);
    g_assert_cmpint(qom_get_number(d.qts, "/machine/pmgr/ps_ans0", "resets"),
                    ==, 2);
    /* Clock gating does not. */
    d.sart_used = 0;
    ans_start(&d);
    qtest_writel(d.qts, PMGR_BASE, 0xf4);
    g_assert_cmphex(qtest_readl(d.qts, PMGR_BASE), ==, 0x244);
    qtest_writel(d.qts, PMGR_BASE, 0xff);
    g_assert_cmphex(ans_read_block(&d, 1), ==, 0);
    sweep_region(d.qts, PMGR_BASE, 0x100);
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/apple-ans/default-variant", test_default_variant);
    for (int i = 0; i < ARRAY_SIZE(variants); i++) {
        g_autofree char *path = g_strdup_printf("/apple-ans/read-write/%s",
                                                variants[i].name);

        qtest_add_data_func(path, GINT_TO_POINTER(i), test_read_write);
    }
    qtest_add_func("/apple-ans/depth", test_depth);
    qtest_add_func("/apple-ans/zeroes-and-discard", test_zeroes_and_discard);
    qtest_add_func("/apple-ans/full-queue-migrates", test_full_queue_migrates);
    qtest_add_func("/apple-ans/nvmmu-memory", test_nvmmu_memory);
    qtest_add_func("/apple-ans/life", test_life);
    qtest_add_func("/apple-ans/power-manager", test_power_manager);

    return g_test_run();
}
