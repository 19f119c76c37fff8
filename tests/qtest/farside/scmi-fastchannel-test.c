/*
 * SCMI fast channels: the device that agents see them in
 *
 * What is behind the words is tested without a machine; here it is that they
 * are where the platform says, RAM to read, and the same after a migration.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/scmi/fastchannel.h"
#include "hw/scmi/smc.h"
#include "hw/scmi/wire.h"
#include "tests/qtest/libqtest.h"
#include "farside-apple.h"
#include "smc-qemu.h"

#define SHMEM 0x0b000000
#define CHANNELS 0x0b400000
#define CHANNELS_SIZE 0x1000

/* The records of the built-in platform. */
#define BIG CHANNELS
#define LITTLE (CHANNELS + SCMI_FAST_RECORD_SIZE)
#define PACKAGE (CHANNELS + 2 * SCMI_FAST_RECORD_SIZE)

#define RESOURCE(path) "/machine/scmi-fw/" path

/* PERFORMANCE_DESCRIBE_FASTCHANNEL of a domain's LEVEL_SET. */
static uint64_t described_address(SmcQemu *qemu, uint32_t domain)
{
    static const uint32_t header = SCMI_PROTOCOL_PERF << 10 | 0xb;
    const uint64_t args[] = { SCMI_SMC_DEFAULT_FUNCTION };
    uint64_t results[SMC_NUM_RESULTS];

    smc_qemu_write(qemu, SHMEM + SCMI_SHMEM_STATUS, 0);
    smc_qemu_write(qemu, SHMEM + SCMI_SHMEM_LENGTH, 12);
    smc_qemu_write(qemu, SHMEM + SCMI_SHMEM_HEADER, header);
    smc_qemu_write(qemu, SHMEM + SCMI_SHMEM_PAYLOAD, domain);
    smc_qemu_write(qemu, SHMEM + SCMI_SHMEM_PAYLOAD + 4, 0x7);
    smc_qemu_call(qemu, true, args, ARRAY_SIZE(args), results);
    g_assert_cmphex(results[0], ==, 0);
    g_assert_cmphex(smc_qemu_read(qemu, SHMEM + SCMI_SHMEM_PAYLOAD), ==, 0);
    g_assert_cmphex(smc_qemu_read(qemu, SHMEM + SCMI_SHMEM_PAYLOAD + 16), ==,
                    0);
    return smc_qemu_read(qemu, SHMEM + SCMI_SHMEM_PAYLOAD + 12);
}

static void test_described(void)
{
    SmcQemu *qemu = smc_qemu_start("-M farside");

    g_assert_cmphex(described_address(qemu, 0), ==, BIG);
    g_assert_cmphex(described_address(qemu, 1), ==, LITTLE);
    smc_qemu_quit(qemu);
}

static void check_level(QTestState *qts, uint64_t record, const char *path,
                        uint32_t level)
{
    g_assert_cmpuint(qtest_readl(qts, record + 0x4), ==, level);
    g_assert_cmpint(qom_get_number(qts, path, "level"), ==, level);
}

static void test_plain(void)
{
    QTestState *qts = qtest_init("-M farside");

    check_level(qts, BIG, RESOURCE("perf/big"), 1200000);
    qtest_writel(qts, BIG, 2400000);
    check_level(qts, BIG, RESOURCE("perf/big"), 2400000);
    qom_set_number(qts, RESOURCE("perf/big"), "level", 600000);
    check_level(qts, BIG, RESOURCE("perf/big"), 600000);
    /* Both limits in one access. */
    qtest_writeq(qts, BIG + 0x8, 900000ull << 32 | 2000000);
    g_assert_cmphex(qtest_readq(qts, BIG + 0x10), ==,
                    900000ull << 32 | 2000000);
    check_level(qts, BIG, RESOURCE("perf/big"), 900000);

    /* Part of a word is none. */
    qtest_writew(qts, BIG, 2000000 & 0xffff);
    qtest_writew(qts, BIG + 2, 2000000 >> 16);
    qtest_writeb(qts, BIG + 0x4, 1);
    check_level(qts, BIG, RESOURCE("perf/big"), 900000);

    system_reset(qts);
    check_level(qts, BIG, RESOURCE("perf/big"), 1200000);
    g_assert_cmphex(qtest_readl(qts, BIG), ==, 0);
    g_assert_cmphex(qtest_readl(qts, BIG + 0x8), ==, 0);
    qtest_quit(qts);
}

static void test_doorbell(void)
{
    QTestState *qts = qtest_init("-M farside");

    qtest_writel(qts, LITTLE, 1400000);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 800000);
    g_assert_cmphex(qtest_readl(qts, LITTLE + SCMI_FAST_DOORBELL), ==, 0);
    qtest_writel(qts, LITTLE + SCMI_FAST_DOORBELL, 1);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 1400000);
    g_assert_cmphex(qtest_readl(qts, LITTLE + SCMI_FAST_DOORBELL), ==, 0);
    qtest_quit(qts);
}

/* Half a command before the migration, the other half after it. */
static void test_migration(void)
{
    QTestState *qts = qtest_init("-M farside");

    qtest_writel(qts, BIG, 2000000);
    qtest_writel(qts, BIG + 0x8, 1600000);
    qtest_writel(qts, LITTLE, 400000);
    qtest_writel(qts, PACKAGE, 3000000);
    qtest_writel(qts, PACKAGE + 0x8, 20000);
    qts = migrate_machine(qts, "-M farside");

    check_level(qts, BIG, RESOURCE("perf/big"), 2000000);
    qtest_writel(qts, BIG + 0xc, 600000);
    check_level(qts, BIG, RESOURCE("perf/big"), 1600000);
    qtest_writel(qts, LITTLE + SCMI_FAST_DOORBELL, 1);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 400000);
    g_assert_cmpuint(qtest_readl(qts, PACKAGE + 0x4), ==, 3000000);
    g_assert_cmpint(qom_get_number(qts, RESOURCE("powercap/package"), "pai"),
                    ==, 20000);
    qtest_quit(qts);
}

static void test_sweep(void)
{
    QTestState *qts = qtest_init("-M farside");

    sweep_region(qts, CHANNELS, CHANNELS_SIZE);
    system_reset(qts);
    check_level(qts, BIG, RESOURCE("perf/big"), 1200000);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 800000);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/scmi-fastchannel/described", test_described);
    qtest_add_func("/scmi-fastchannel/plain", test_plain);
    qtest_add_func("/scmi-fastchannel/doorbell", test_doorbell);
    qtest_add_func("/scmi-fastchannel/migration", test_migration);
    qtest_add_func("/scmi-fastchannel/sweep", test_sweep);
    return g_test_run();
}
