/*
 * The memory of ANS commands: lists of PRPs, and the largest transfer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"

#define BLOCKS 2048

static AnsDisk *start(AnsDriver *d, const char *options)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, options);

    ans_driver_init(d, qtest_init(disk->args));
    ans_start(d);
    return disk;
}

/* 4 MiB: a list that goes on in two more, all pages apart and backwards. */
#define MANY 1024

static void test_prp_lists(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d, "file0");
    const unsigned per_list = PAGE / sizeof(uint64_t);
    unsigned index = 0;
    uint64_t list = RAM_LIST;

    for (int i = 0; i < MANY; i++) {
        ans_fill(&d, RAM_DATA + 2 * PAGE * i, i % 251, PAGE);
    }
    for (int i = MANY - 2; i >= 0; i--) {
        if (index == per_list - 1 && i > 0) {
            qtest_writeq(d.qts, list + index * 8, list + PAGE);
            list += PAGE;
            index = 0;
        }
        qtest_writeq(d.qts, list + index++ * 8, RAM_DATA + 2 * PAGE * i);
    }
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_WRITE, 0, MANY,
                                          RAM_DATA + 2 * PAGE * (MANY - 1),
                                          RAM_LIST)), ==, 0);
    for (int i = 0; i < MANY; i++) {
        g_assert_cmpint(ans_disk_byte(disk, i), ==, (MANY - 1 - i) % 251);
    }
    /* Contiguous memory at an offset: read two blocks over three pages. */
    qtest_writeq(d.qts, RAM_LIST + 8, RAM_DATA + PAGE);
    qtest_writeq(d.qts, RAM_LIST + 16, RAM_DATA + 2 * PAGE);
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_READ, 1, 2,
                                          RAM_DATA + 0x100,
                                          RAM_LIST + 8)), ==, 0);
    g_assert_cmpint(ans_filled(&d, RAM_DATA + 0x100, PAGE), ==,
                    (MANY - 2) % 251);
    g_assert_cmpint(ans_filled(&d, RAM_DATA + 0x1100, PAGE), ==,
                    (MANY - 3) % 251);
    ans_end(&d, disk);
}

/* m1n1 has switched off the check, and reads more than it has room for. */
static void test_null_prp(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d, "file0");
    NvmeCmd read = ans_rw(NVME_CMD_READ, 1, 2, RAM_DATA, 0);
    const uint64_t control = ANS_BASE + 0x24008;

    g_assert_cmphex(qtest_readl(d.qts, control), ==, 0x800);
    g_assert_cmphex(ans_write_block(&d, 1, 0x11), ==, 0);
    ans_fill(&d, RAM_DATA, 0xee, 2 * PAGE);
    g_assert_cmphex(ans_do(&d, IO, read), ==, NVME_DATA_TRAS_ERROR | NVME_DNR);
    qtest_writel(d.qts, control, 0);
    g_assert_cmphex(ans_do(&d, IO, read), ==, 0);
    g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 0x11);
    g_assert_cmpint(ans_filled(&d, RAM_DATA + PAGE, PAGE), ==, 0xee);
    ans_end(&d, disk);
}

/* A list of one and the same page that goes on where it begins. */
static void write_loop(AnsDriver *d)
{
    for (int i = 0; i < 511; i++) {
        qtest_writeq(d->qts, RAM_LIST + i * 8, RAM_DATA);
    }
    qtest_writeq(d->qts, RAM_LIST + 511 * 8, RAM_LIST);
}

/* A list that goes on in itself: at its start, and at its last entry. */
static void test_prp_loops(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d, "file0");
    uint64_t last = RAM_LIST + PAGE - 8;

    write_loop(&d);
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_READ, 0, 1024, RAM_DATA,
                                          RAM_LIST)), ==, 0);
    qtest_writeq(d.qts, last, last);
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_READ, 0, 1024, RAM_DATA,
                                          last)), ==,
                    NVME_INVALID_PRP_OFFSET | NVME_DNR);
    /* One page more than a command may transfer. */
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_READ, 0, 1025, RAM_DATA,
                                          RAM_LIST)), ==,
                    NVME_INVALID_FIELD | NVME_DNR);
    /* From within a page on it has one piece more than a host takes. */
    write_loop(&d);
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_READ, 0, 1024,
                                          RAM_DATA + 0x100, RAM_LIST)), ==,
                    NVME_INTERNAL_DEV_ERROR | NVME_DNR);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

static void test_mdts(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d, "file0,mdts=1");
    NvmeCmd cmd = ans_cmd(NVME_ADM_CMD_IDENTIFY, RAM_DATA, 0);

    cmd.cdw10 = cpu_to_le32(NVME_ID_CNS_CTRL);
    g_assert_cmphex(ans_do(&d, ADMIN, cmd), ==, 0);
    g_assert_cmpint(qtest_readb(d.qts, RAM_DATA +
                                offsetof(NvmeIdCtrl, mdts)), ==, 1);
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_READ, 0, 2, RAM_DATA,
                                          RAM_DATA + PAGE)), ==, 0);
    qtest_writeq(d.qts, RAM_LIST, RAM_DATA + PAGE);
    qtest_writeq(d.qts, RAM_LIST + 8, RAM_DATA + 2 * PAGE);
    g_assert_cmphex(ans_do(&d, IO, ans_rw(NVME_CMD_READ, 0, 3, RAM_DATA,
                                          RAM_LIST)), ==,
                    NVME_INVALID_FIELD | NVME_DNR);
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-ans/prp/lists", test_prp_lists);
    qtest_add_func("/apple-ans/prp/loops", test_prp_loops);
    qtest_add_func("/apple-ans/prp/null", test_null_prp);
    qtest_add_func("/apple-ans/prp/mdts", test_mdts);
    return g_test_run();
}
