/*
 * SCMI fast channels: the device that agents see them in
 *
 * What is behind the words is tested without a machine; here it is that they
 * are where the platform says, each agent's its own, and the same after a
 * migration.
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
/* One agent: a page each of commands, state and slots. */
#define PAGE 0x1000
#define CHANNELS_SIZE (3 * PAGE)

/* The commands of the built-in platform. */
#define BIG CHANNELS
#define LITTLE (CHANNELS + SCMI_FAST_ENTRY_SIZE)
#define PACKAGE (CHANNELS + 2 * SCMI_FAST_ENTRY_SIZE)
#define STATE PAGE
#define SLOT (2 * PAGE)

#define RESOURCE(path) "/machine/scmi-fw/" path

/*
 * PERFORMANCE_DESCRIBE_FASTCHANNEL of a domain's LEVEL_SET, asked by the agent
 * whose function and shared memory these are.
 */
static uint64_t described_to(SmcQemu *qemu, uint32_t function,
                             uint64_t shmem, uint32_t domain)
{
    static const uint32_t header = SCMI_PROTOCOL_PERF << 10 | 0xb;
    const uint64_t args[] = { function };
    uint64_t results[SMC_NUM_RESULTS];

    smc_qemu_write(qemu, shmem + SCMI_SHMEM_STATUS, 0);
    smc_qemu_write(qemu, shmem + SCMI_SHMEM_LENGTH, 12);
    smc_qemu_write(qemu, shmem + SCMI_SHMEM_HEADER, header);
    smc_qemu_write(qemu, shmem + SCMI_SHMEM_PAYLOAD, domain);
    smc_qemu_write(qemu, shmem + SCMI_SHMEM_PAYLOAD + 4, 0x7);
    smc_qemu_call(qemu, true, args, ARRAY_SIZE(args), results);
    g_assert_cmphex(results[0], ==, 0);
    g_assert_cmphex(smc_qemu_read(qemu, shmem + SCMI_SHMEM_PAYLOAD), ==, 0);
    g_assert_cmphex(smc_qemu_read(qemu, shmem + SCMI_SHMEM_PAYLOAD + 16), ==,
                    0);
    return smc_qemu_read(qemu, shmem + SCMI_SHMEM_PAYLOAD + 12);
}

static uint64_t described_address(SmcQemu *qemu, uint32_t domain)
{
    return described_to(qemu, SCMI_SMC_DEFAULT_FUNCTION, SHMEM, domain);
}

static void test_described(void)
{
    SmcQemu *qemu = smc_qemu_start("-M farside");

    g_assert_cmphex(described_address(qemu, 0), ==, BIG);
    g_assert_cmphex(described_address(qemu, 1), ==, LITTLE + SLOT);
    smc_qemu_quit(qemu);
}

static void check_level(QTestState *qts, uint64_t entry, const char *path,
                        uint32_t level)
{
    g_assert_cmpuint(qtest_readl(qts, entry + STATE + 0x4), ==, level);
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
    g_assert_cmphex(qtest_readq(qts, BIG + STATE + 0x10), ==,
                    900000ull << 32 | 2000000);
    check_level(qts, BIG, RESOURCE("perf/big"), 900000);

    /* Part of a word is none. */
    qtest_writew(qts, BIG, 2000000 & 0xffff);
    qtest_writew(qts, BIG + 2, 2000000 >> 16);
    /* Nor is state changed by writing it. */
    qtest_writel(qts, BIG + STATE + 0x4, 2000000);
    check_level(qts, BIG, RESOURCE("perf/big"), 900000);

    system_reset(qts);
    check_level(qts, BIG, RESOURCE("perf/big"), 1200000);
    g_assert_cmphex(qtest_readl(qts, BIG + SLOT), ==, 0);
    g_assert_cmphex(qtest_readl(qts, BIG + SLOT + 0x8), ==, 0);
    qtest_quit(qts);
}

static void test_doorbell(void)
{
    QTestState *qts = qtest_init("-M farside");

    qtest_writel(qts, LITTLE + SLOT, 1400000);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 800000);
    g_assert_cmphex(qtest_readl(qts, LITTLE + SCMI_FAST_DOORBELL), ==, 0);
    qtest_writel(qts, LITTLE + SCMI_FAST_DOORBELL, 1);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 1400000);
    g_assert_cmphex(qtest_readl(qts, LITTLE + SCMI_FAST_DOORBELL), ==, 0);

    /* What is in the slot is RAM: as it was written, until a reset. */
    qtest_writeb(qts, LITTLE + SLOT + 0x4, 0x55);
    g_assert_cmphex(qtest_readl(qts, LITTLE + SLOT), ==, 1400000);
    g_assert_cmphex(qtest_readl(qts, LITTLE + SLOT + 0x4), ==, 0x55);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 1400000);
    system_reset(qts);
    g_assert_cmphex(qtest_readl(qts, LITTLE + SLOT), ==, 0);
    g_assert_cmphex(qtest_readl(qts, LITTLE + SLOT + 0x4), ==, 0);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 800000);

    /* Two bells that are rung at once: the level, and its limits. */
    qtest_writel(qts, LITTLE + SLOT, 1400000);
    qtest_writel(qts, LITTLE + SLOT + 0x8, 1400000);
    qtest_writel(qts, LITTLE + SLOT + 0xc, 1100000);
    qtest_writel(qts, LITTLE + SCMI_FAST_DOORBELL, 3);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 1400000);
    g_assert_cmpint(qom_get_number(qts, RESOURCE("perf/little"), "min-level"),
                    ==, 1100000);
    qtest_quit(qts);
}

/*
 * Two agents, one of which may not use the second domain. All that is theirs
 * comes behind their channels.
 */
#define PLATFORM "scmi-platform."
#define DOMAIN(i) PLATFORM "perf-domains." #i "."
#define TWO_AGENTS \
    "-M farside," PLATFORM "vendor=v," PLATFORM "sub-vendor=s," \
    PLATFORM "version=1," PLATFORM "agents.0.name=a," \
    PLATFORM "agents.1.name=b," PLATFORM "agents.1.denied-devices.0=dev," \
    PLATFORM "devices.0.name=dev," \
    PLATFORM "devices.0.perf-domains.0=theirs," \
    DOMAIN(0) "name=bell," DOMAIN(0) "fast-channels=doorbell," \
    DOMAIN(0) "levels.0.level=1," DOMAIN(0) "levels.1.level=2," \
    DOMAIN(0) "levels.2.level=3," \
    DOMAIN(1) "name=theirs," DOMAIN(1) "fast-channels=plain," \
    DOMAIN(1) "levels.0.level=1," DOMAIN(1) "levels.1.level=2"
#define SECOND_SHMEM 0x0b400000
#define TWO_CHANNELS 0x0b410000
#define TWO_STATES (2 * PAGE)
#define TWO_SLOTS (4 * PAGE)
#define THEIRS (TWO_CHANNELS + SCMI_FAST_ENTRY_SIZE)

/* The level of the first domain, or the second one, as an agent reads it. */
static uint32_t agent_level(SmcQemu *qemu, unsigned agent, unsigned domain)
{
    return smc_qemu_read(qemu, TWO_CHANNELS + TWO_STATES +
                         (agent - 1) * PAGE +
                         domain * SCMI_FAST_ENTRY_SIZE + 0x4);
}

static void test_two_agents(void)
{
    SmcQemu *qemu = smc_qemu_start(TWO_AGENTS);
    uint64_t slot = described_to(qemu, SCMI_SMC_DEFAULT_FUNCTION, SHMEM, 0);
    uint64_t other = described_to(qemu, SCMI_SMC_DEFAULT_FUNCTION + 1,
                                  SECOND_SHMEM, 0);

    g_assert_cmphex(slot, ==, TWO_CHANNELS + TWO_SLOTS);
    g_assert_cmphex(other, ==, slot + PAGE);

    /* Each doorbell is about its agent's slot; both see what became of it. */
    smc_qemu_write(qemu, slot, 2);
    smc_qemu_write(qemu, other, 3);
    smc_qemu_write(qemu, TWO_CHANNELS + PAGE + SCMI_FAST_DOORBELL, 1);
    g_assert_cmpuint(agent_level(qemu, 1, 0), ==, 3);
    g_assert_cmpuint(agent_level(qemu, 2, 0), ==, 3);
    smc_qemu_write(qemu, TWO_CHANNELS + SCMI_FAST_DOORBELL, 1);
    g_assert_cmpuint(agent_level(qemu, 2, 0), ==, 2);

    /* What the second one is denied, it cannot do here either. */
    smc_qemu_write(qemu, THEIRS + PAGE, 2);
    g_assert_cmpuint(agent_level(qemu, 1, 1), ==, 1);
    smc_qemu_write(qemu, THEIRS, 2);
    g_assert_cmpuint(agent_level(qemu, 1, 1), ==, 2);
    smc_qemu_quit(qemu);
}

/* Half a command before the migration, the other half after it. */
/* Who is denied the protocol has words all the same, to no effect. */
static void test_denied_protocol(void)
{
    SmcQemu *qemu = smc_qemu_start(TWO_AGENTS "," PLATFORM
                                   "agents.1.denied-protocols.0=0x13");

    smc_qemu_write(qemu, TWO_CHANNELS + TWO_SLOTS + PAGE, 3);
    smc_qemu_write(qemu, TWO_CHANNELS + PAGE + SCMI_FAST_DOORBELL, 1);
    g_assert_cmpuint(agent_level(qemu, 1, 0), ==, 1);
    g_assert_cmpuint(agent_level(qemu, 2, 0), ==, 0);
    smc_qemu_quit(qemu);
}

static void test_migration(void)
{
    QTestState *qts = qtest_init("-M farside");

    qtest_writel(qts, BIG, 2000000);
    qtest_writel(qts, BIG + 0x8, 1600000);
    qtest_writel(qts, LITTLE + SLOT, 400000);
    qtest_writel(qts, PACKAGE, 3000000);
    qtest_writel(qts, PACKAGE + 0x8, 20000);
    qts = migrate_machine(qts, "-M farside");

    check_level(qts, BIG, RESOURCE("perf/big"), 2000000);
    qtest_writel(qts, BIG + 0xc, 600000);
    check_level(qts, BIG, RESOURCE("perf/big"), 1600000);
    qtest_writel(qts, LITTLE + SCMI_FAST_DOORBELL, 1);
    check_level(qts, LITTLE, RESOURCE("perf/little"), 400000);
    g_assert_cmpuint(qtest_readl(qts, PACKAGE + STATE + 0x4), ==, 3000000);
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
    qtest_add_func("/scmi-fastchannel/two-agents", test_two_agents);
    qtest_add_func("/scmi-fastchannel/denied-protocol", test_denied_protocol);
    qtest_add_func("/scmi-fastchannel/migration", test_migration);
    qtest_add_func("/scmi-fastchannel/sweep", test_sweep);
    return g_test_run();
}
