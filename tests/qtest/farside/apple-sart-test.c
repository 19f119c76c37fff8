/*
 * The SART: its registers, and what it lets the co-processor do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"

#define ENTRIES 16
#define BANKS 3
#define UNIT 0x40
#define SART_PATH "/machine/ans0-sart"
#define ARGS(variant) \
    "-M farside -blockdev driver=null-co,node-name=d,size=1048576 " \
    "-device farside-ans,drive=d,variant=" variant

typedef struct Version {
    int number;
    bool ring;
    const char *args;
    uint32_t mask[BANKS];
} Version;

static const Version versions[] = {
    { 0, true, ARGS("t8015"), { 0x1f07ffff, 0xffffffff, 0 } },
    { 2, false, ARGS("t8103"), { 0xffffffff, 0x00ffffff, 0 } },
    { 3, false, ARGS("t6000"), { 0x000000ff, 0x3fffffff, 0x3fffffff } },
};

static void start(AnsDriver *d, const Version *version)
{
    ans_driver_init(d, qtest_init(version->args));
    d->sart = version->number;
    d->ring = version->ring;
}

/* Each register, by its number: no two have the same value. */
static uint32_t value_of(const Version *version, int bank, int entry)
{
    return (0x9e3779b9u * (bank * ENTRIES + entry + 1)) & version->mask[bank];
}

static void assert_values(QTestState *qts, const Version *version)
{
    for (int bank = 0; bank < BANKS; bank++) {
        for (int entry = 0; entry < ENTRIES; entry++) {
            g_assert_cmphex(qtest_readl(qts, ANS_SART + bank * UNIT +
                                        4 * entry), ==,
                            value_of(version, bank, entry));
        }
    }
}

/* All of them keep the bits that they have; a snapshot does, a reset not. */
static void test_registers(gconstpointer data)
{
    const Version *version = data;
    AnsDriver d;

    start(&d, version);
    for (int bank = 0; bank < BANKS; bank++) {
        for (int entry = 0; entry < ENTRIES; entry++) {
            uint64_t address = ANS_SART + bank * UNIT + 4 * entry;

            g_assert_cmphex(qtest_readl(d.qts, address), ==, 0);
            qtest_writel(d.qts, address, UINT32_MAX);
            g_assert_cmphex(qtest_readl(d.qts, address), ==,
                            version->mask[bank]);
            qtest_writel(d.qts, address, value_of(version, bank, entry));
        }
    }
    assert_values(d.qts, version);
    /* Of another width, beside a register, and beyond them: nothing. */
    qtest_writeb(d.qts, ANS_SART, 0xff);
    qtest_writew(d.qts, ANS_SART + 2, 0xffff);
    qtest_writeq(d.qts, ANS_SART + 8, UINT64_MAX);
    qtest_writel(d.qts, ANS_SART + 2, UINT32_MAX);
    qtest_writel(d.qts, ANS_SART + BANKS * UNIT, UINT32_MAX);
    g_assert_cmphex(qtest_readl(d.qts, ANS_SART + BANKS * UNIT), ==, 0);
    g_assert_cmphex(qtest_readb(d.qts, ANS_SART), ==, 0);
    g_assert_cmphex(qtest_readq(d.qts, ANS_SART), ==, 0);
    assert_values(d.qts, version);
    d.qts = migrate_machine(d.qts, version->args);
    assert_values(d.qts, version);
    system_reset(d.qts);
    for (int bank = 0; bank < BANKS; bank++) {
        for (int entry = 0; entry < ENTRIES; entry++) {
            g_assert_cmphex(qtest_readl(d.qts, ANS_SART + bank * UNIT +
                                        4 * entry), ==, 0);
        }
    }
    qtest_quit(d.qts);
}

/*
 * Start the firmware, which asks for its buffers, one after the other in
 * memory: whether it is on, and knows of no access that was refused. Without
 * the buffer of oslog, the last one, it boots all the same.
 */
static bool boots(AnsDriver *d)
{
    bool on, refused;

    d->use_sart = false;
    d->next_buffer = RAM_BUFFERS;
    qtest_writel(d->qts, ANS_CPU_CONTROL, CPU_RUN);
    on = ans_answer_messages(d);
    g_assert_cmpint(on, ==,
                    qtest_readl(d->qts, ANS_BOOT_STATUS) == BOOT_STATUS_OK);
    refused = qom_get_number(d->qts, SART_PATH, "refused");
    g_assert_true(on || refused);
    system_reset(d->qts);
    return !refused;
}

static void test_filter(gconstpointer data)
{
    AnsDriver d;
    uint32_t pages, half;
    uint8_t allow;

    start(&d, data);
    allow = ans_sart_allow_flags(&d);
    ans_boot(&d);
    pages = (d.next_buffer - RAM_BUFFERS) / PAGE;
    half = pages / 2;
    g_assert_cmpint(pages, >=, ENTRIES);
    system_reset(d.qts);

    g_assert_false(boots(&d));
    ans_sart_set(&d, ENTRIES - 1, RAM_BUFFERS, pages, allow);
    g_assert_true(boots(&d));
    /* An entry that is there, but allows nothing. */
    ans_sart_set(&d, 0, RAM_BUFFERS, pages, 0);
    g_assert_false(boots(&d));
    for (int bit = 0; 1 << bit < allow; bit++) {
        ans_sart_set(&d, 0, RAM_BUFFERS, pages, allow & ~(1 << bit));
        g_assert_false(boots(&d));
    }
    /* Too early, too late, and too short by a page. */
    ans_sart_set(&d, 0, RAM_BUFFERS - PAGE, pages, allow);
    g_assert_false(boots(&d));
    ans_sart_set(&d, 0, RAM_BUFFERS + PAGE, pages, allow);
    g_assert_false(boots(&d));
    ans_sart_set(&d, 0, RAM_BUFFERS, pages - 1, allow);
    g_assert_false(boots(&d));
    /* Two that meet, in either order; overlap; and leave a page out. */
    ans_sart_set(&d, 3, RAM_BUFFERS, half, allow);
    ans_sart_set(&d, 2, RAM_BUFFERS + half * PAGE, pages - half, allow);
    g_assert_true(boots(&d));
    ans_sart_set(&d, 0, RAM_BUFFERS, half + 2, allow);
    ans_sart_set(&d, 9, RAM_BUFFERS + half * PAGE, pages - half, allow);
    g_assert_true(boots(&d));
    ans_sart_set(&d, 0, RAM_BUFFERS, half - 1, allow);
    ans_sart_set(&d, 1, RAM_BUFFERS + half * PAGE, pages - half, allow);
    g_assert_false(boots(&d));
    qtest_quit(d.qts);
}

/* The whole table, of which each entry is needed. */
static void test_full(gconstpointer data)
{
    for (int missing = -1; missing < ENTRIES; missing++) {
        AnsDriver d;
        uint32_t pages;

        start(&d, data);
        ans_boot(&d);
        pages = (d.next_buffer - RAM_BUFFERS) / PAGE;
        system_reset(d.qts);
        for (int i = 0; i < ENTRIES; i++) {
            uint32_t first = pages * i / ENTRIES;
            uint32_t end = pages * (i + 1) / ENTRIES;

            if (i != missing) {
                ans_sart_set(&d, i, RAM_BUFFERS + first * PAGE, end - first,
                             ans_sart_allow_flags(&d));
            }
        }
        g_assert_cmpint(boots(&d), ==, missing < 0);
        qtest_quit(d.qts);
    }
}

/* Buffers that it does not know: the firmware asks, and boots no further. */
static void test_refused(gconstpointer data)
{
    AnsDriver d;

    start(&d, data);
    d.use_sart = false;
    qtest_writel(d.qts, ANS_CPU_CONTROL, CPU_RUN);
    g_assert_false(ans_answer_messages(&d));
    g_assert_cmphex(qtest_readl(d.qts, ANS_BOOT_STATUS), ==, 0);
    g_assert_cmpint(qom_get_number(d.qts, SART_PATH, "refused"), ==, 4);
    qtest_writel(d.qts, ANS_CPU_CONTROL, 0);
    d.use_sart = true;
    ans_boot(&d);
    qtest_quit(d.qts);
}

/* A region that was taken back: what the firmware says there is lost. */
static void test_taken_back(void)
{
    AnsDisk *disk = ans_disk_new(64, "file0");
    AnsDriver d;

    ans_driver_init(&d, qtest_init(disk->args));
    ans_boot(&d);
    for (int i = 0; i < ENTRIES; i++) {
        qtest_writel(d.qts, ANS_SART + 4 * i, 0);
    }
    ans_fill(&d, RAM_BUFFERS, 0, 0x10000);
    ans_setup(&d);
    ans_enable(&d);
    g_assert_cmpint(ans_filled(&d, RAM_BUFFERS, 0x10000), ==, 0);
    g_assert_cmpint(qom_get_number(d.qts, SART_PATH, "refused"), ==, 1);
    /* Data is none of its business. */
    ans_create_queues(&d);
    ans_assert_works(&d);
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    for (int i = 0; i < ARRAY_SIZE(versions); i++) {
        const Version *version = &versions[i];
        g_autofree char *registers = g_strdup_printf(
            "/apple-sart/v%d/registers", version->number);
        g_autofree char *filter = g_strdup_printf(
            "/apple-sart/v%d/filter", version->number);
        g_autofree char *full = g_strdup_printf(
            "/apple-sart/v%d/full", version->number);
        g_autofree char *refused = g_strdup_printf(
            "/apple-sart/v%d/refused", version->number);

        qtest_add_data_func(registers, version, test_registers);
        qtest_add_data_func(filter, version, test_filter);
        qtest_add_data_func(full, version, test_full);
        qtest_add_data_func(refused, version, test_refused);
    }
    qtest_add_func("/apple-sart/taken-back", test_taken_back);
    return g_test_run();
}
