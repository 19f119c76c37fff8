/*
 * SMC: boot, keys, power, notifications, and hostile guests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "qobject/qdict.h"

#define SUCCESS(size, data) ((uint64_t)(size) << 16 | (uint64_t)(data) << 32)

static void test_boot(void)
{
    QTestState *qts = qtest_init("-M farside");

    smc_boot(qts);
    system_reset(qts);
    smc_boot(qts);
    qtest_quit(qts);
}

/* Quiesce and wake, as when Linux unbinds and binds its driver. */
static void test_quiesce(void)
{
    QTestState *qts = qtest_init("-M farside");

    for (int i = 0; i < 20; i++) {
        smc_boot(qts);
        mbox_send(qts, 0, 0x00b0000000000010);
        mbox_expect(qts, 0, 0x00b0000000000010);
        mbox_send(qts, 0, 0x0060000000000010);
        mbox_expect(qts, 0, 0x0070000000000010);
    }
    qtest_quit(qts);
}

static void test_cpu_control(void)
{
    QTestState *qts = qtest_init("-M farside");

    g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==, 0x10);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_STATUS), ==, 0x2d);
    smc_boot(qts);
    qtest_writel(qts, SMC_CPU_CONTROL, 0x10);
    mbox_expect_silence(qts);
    qtest_writel(qts, SMC_CPU_CONTROL, 0);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==, 0);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_STATUS), ==, 0x2f);
    mbox_send(qts, 0, RTKIT_WAKE);
    mbox_expect_silence(qts);
    qtest_writel(qts, SMC_CPU_CONTROL, 0x10);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_STATUS), ==, 0x0d);
    mbox_expect(qts, 0, RTKIT_HELLO);
    /* A message on its way to it, and none to the AP. */
    qom_set_number(qts, "/machine/smc-mailbox", "latency-ns", 1000);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_STATUS), ==, 0x29);
    qtest_clock_step(qts, 1000);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_STATUS), ==, 0x0d);
    /* It takes its time to boot. */
    qom_set_number(qts, "/machine/smc/rtkit", "boot-ns", 5000);
    qtest_writel(qts, SMC_CPU_CONTROL, 0);
    qtest_writel(qts, SMC_CPU_CONTROL, 0x10);
    mbox_expect(qts, 0, 0x008000000000011f);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_STATUS), ==, 0x2c);
    qtest_clock_step(qts, 4999);
    mbox_expect_silence(qts);
    qtest_clock_step(qts, 1);
    mbox_expect(qts, 0, RTKIT_HELLO);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_STATUS), ==, 0x2d);
    /* Bits that are none are ignored. */
    qtest_writel(qts, SMC_CPU_CONTROL, 0xffffffff);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==, 0x10);
    /* No other width is taken. */
    qtest_writeq(qts, SMC_CPU_CONTROL, 0);
    qtest_writeb(qts, SMC_CPU_CONTROL, 0);
    qtest_writel(qts, SMC_CPU_STATUS, 0);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==, 0x10);
    g_assert_cmphex(qtest_readq(qts, SMC_CPU_CONTROL), ==, 0);
    qtest_quit(qts);
}

static void test_keys(void)
{
    QTestState *qts = qtest_init("-M farside");
    char text[8];

    smc_boot(qts);
    g_assert_cmphex(smc_command(qts, 0x10, "BUIC", 1, 0), ==, SUCCESS(1, 87));
    qom_set_number(qts, "/machine/smc/keys/BUIC", "value", 42);
    g_assert_cmphex(smc_command(qts, 0x10, "BUIC", 1, 0), ==, SUCCESS(1, 42));
    g_assert_cmphex(smc_command(qts, 0x10, "BMDN", 255, 0), ==,
                    SUCCESS(16, 0));
    qtest_memread(qts, SMC_KEY_BUFFER, text, sizeof(text));
    g_assert_cmpmem(text, sizeof(text), "bq40z651", 8);
    qtest_writel(qts, SMC_KEY_BUFFER, 1);
    g_assert_cmphex(smc_command(qts, 0x11, "CHTE", 4, 0), ==, 0);
    g_assert_cmpint(qom_get_number(qts, "/machine/smc/keys/CHTE", "value"),
                    ==, 1);
    g_assert_cmphex(smc_command(qts, 0x10, "NONE", 4, 0), ==, 0x84);
    qtest_writel(qts, SMC_KEY_BUFFER, 0x03000000);
    g_assert_cmphex(smc_command(qts, 0x20, "gP0d", 4, 4), ==, SUCCESS(4, 3));
    qtest_quit(qts);
}

/* A reset brings back what the guest wrote over, whatever it was. */
static void test_reset(void)
{
    QTestState *qts = qtest_init("-M farside");
    const uint32_t rpm_1350 = 0x44a8c000, rpm_3000 = 0x453b8000;

    smc_boot(qts);
    qtest_writel(qts, SMC_KEY_BUFFER, rpm_3000);
    g_assert_cmphex(smc_command(qts, 0x11, "F0Tg", 4, 0), ==, 0);
    g_assert_cmphex(smc_command(qts, 0x10, "F0Tg", 4, 0), ==,
                    SUCCESS(4, rpm_3000));
    /* What is the world's, and not the guest's, stays. */
    qom_set_number(qts, "/machine/smc/keys/BUIC", "value", 42);
    system_reset(qts);
    smc_boot(qts);
    g_assert_cmphex(smc_command(qts, 0x10, "F0Tg", 4, 0), ==,
                    SUCCESS(4, rpm_1350));
    g_assert_cmphex(smc_command(qts, 0x10, "BUIC", 1, 0), ==, SUCCESS(1, 42));
    qtest_quit(qts);
}

/* CLKM is the time of day, unless the clock of the machine is set. */
static void test_clock(void)
{
    QTestState *qts = qtest_init("-M farside -rtc base=2026-01-02T03:04:05,"
                                 "clock=vm");

    smc_boot(qts);
    qtest_clock_step(qts, 2500000000);
    g_assert_cmphex(smc_command(qts, 0x10, "CLKM", 6, 0), ==, SUCCESS(6, 0));
    g_assert_cmphex(qtest_readq(qts, SMC_KEY_BUFFER) & 0xffffffffffffULL, ==,
                    1767323047ULL * 32768 + 16384);
    qtest_quit(qts);
}

static void test_notification(void)
{
    QTestState *qts = qtest_init("-M farside");

    smc_boot(qts);
    qom_set_number(qts, "/machine/smc/keys/CHIS", "value", 0);
    mbox_expect_silence(qts);
    qtest_writeb(qts, SMC_KEY_BUFFER, 1);
    g_assert_cmphex(smc_command(qts, 0x11, "NTAP", 1, 0), ==, 0);
    qom_set_number(qts, "/machine/smc/keys/CHIS", "value", 1);
    mbox_expect(qts, 0x20, 0x7113000000000018);
    /* What the guest asked for is forgotten by a reset. */
    system_reset(qts);
    smc_boot(qts);
    qom_set_number(qts, "/machine/smc/keys/CHIS", "value", 0);
    mbox_expect_silence(qts);
    qtest_quit(qts);
}

static void write_mbse(QTestState *qts, uint32_t word)
{
    qtest_writel(qts, SMC_KEY_BUFFER, word);
    g_assert_cmphex(smc_command(qts, 0x11, "MBSE", 4, 0), ==, 0);
}

/* The machine goes before its AP, which does not run here, sees an answer. */
static void write_last_mbse(QTestState *qts, uint32_t word)
{
    qtest_writel(qts, SMC_KEY_BUFFER, word);
    mbox_send(qts, 0x20, 0x4d42534500041011);
}

static void test_restart(void)
{
    QTestState *qts = qtest_init("-M farside");

    smc_boot(qts);
    write_mbse(qts, 0x72657374);
    write_last_mbse(qts, 0x70687261);
    qtest_qmp_eventwait(qts, "RESET");
    smc_boot(qts);
    qtest_quit(qts);
}

static void test_power_off(void)
{
    QTestState *qts = qtest_init("-M farside -no-shutdown");
    QDict *event;

    smc_boot(qts);
    write_mbse(qts, 0x6f666677);
    write_last_mbse(qts, 0x6f666631);
    event = qtest_qmp_eventwait_ref(qts, "SHUTDOWN");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(event, "data"), "reason"),
                    ==, "guest-shutdown");
    qobject_unref(event);
    qtest_quit(qts);
}

static void test_migration(void)
{
    QTestState *qts = qtest_init("-M farside");

    smc_boot(qts);
    qom_set_number(qts, "/machine/smc/keys/BUIC", "value", 42);
    qtest_writeb(qts, SMC_KEY_BUFFER, 1);
    g_assert_cmphex(smc_command(qts, 0x11, "NTAP", 1, 0), ==, 0);
    qtest_writel(qts, SMC_KEY_BUFFER, 0x01000001);
    /* With the answer still in the mailbox. */
    mbox_send(qts, 0x20, 0x6750303800041011);
    qts = migrate_machine(qts, "-M farside");
    mbox_expect(qts, 0x20, 0x1000);
    g_assert_cmphex(qtest_readl(qts, SMC_KEY_BUFFER), ==, 0x01000001);
    g_assert_cmphex(smc_command(qts, 0x10, "BUIC", 1, 0), ==, SUCCESS(1, 42));
    qtest_writel(qts, SMC_KEY_BUFFER, 0x01000000);
    g_assert_cmphex(smc_command(qts, 0x20, "gP08", 4, 4), ==, SUCCESS(4, 1));
    qom_set_number(qts, "/machine/smc/keys/BUIC", "value", 43);
    mbox_expect(qts, 0x20, 0x7101010000000018);
    qtest_quit(qts);
}

/* Between any two messages of a boot. */
static void test_migration_mid_boot(void)
{
    QTestState *qts = qtest_init("-M farside");

    mbox_send(qts, 0, RTKIT_WAKE);
    qts = migrate_machine(qts, "-M farside");
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    mbox_expect(qts, 0, 0x008000000000011f);
    mbox_send(qts, 0, 0x0080000000000001);
    qts = migrate_machine(qts, "-M farside");
    mbox_expect(qts, 0, 0x0088000100000001);
    qtest_quit(qts);
}

static void crash(QTestState *qts)
{
    qtest_qmp_assert_success(qts, "{ 'execute': 'rtkit-crash', 'arguments': {"
                             " 'path': '/machine/smc/rtkit',"
                             " 'reason': 'on purpose' } }");
}

/* What it writes to SRAM that has been sent already is sent again. */
static void test_migration_late(void)
{
    QTestState *qts = qtest_init("-M farside");

    smc_boot(qts);
    g_assert_cmphex(qtest_readl(qts, SMC_SRAM + 0x1000), ==, 0);
    qts = migrate_machine_late(qts, "-M farside", crash);
    g_assert_cmphex(qtest_readl(qts, SMC_SRAM + 0x1000), ==, 0x434c4845);
    qtest_quit(qts);
}

/* Its notice still in the mailbox, it is dead there too. */
static void test_crash(void)
{
    QTestState *qts = qtest_init("-M farside");

    smc_boot(qts);
    crash(qts);
    qts = migrate_machine(qts, "-M farside");
    mbox_expect(qts, 1, 0x0010100000000000 | (SMC_SRAM + 0x1000));
    g_assert_cmphex(qtest_readl(qts, SMC_SRAM + 0x1000), ==, 0x434c4845);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==, 0x10);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_STATUS), ==, 0x2c);
    mbox_send(qts, 0, RTKIT_WAKE);
    mbox_send(qts, 0x20, 0x17);
    qom_set_number(qts, "/machine/smc/keys/BUIC", "value", 43);
    mbox_expect_silence(qts);
    qtest_writel(qts, SMC_CPU_CONTROL, 0);
    qtest_writel(qts, SMC_CPU_CONTROL, 0x10);
    mbox_expect(qts, 0, RTKIT_HELLO);
    system_reset(qts);
    smc_boot(qts);
    qtest_quit(qts);
}

/* A boot's latency is waited for there; qtest's clock begins at 0 again. */
static void test_migration_while_booting(void)
{
    const char *args = "-M farside -global apple-rtkit.boot-ns=1000";
    QTestState *qts = qtest_init(args);

    mbox_send(qts, 0, RTKIT_WAKE);
    qts = migrate_machine(qts, args);
    qtest_clock_step(qts, 999);
    mbox_expect_silence(qts);
    qtest_clock_step(qts, 1);
    mbox_expect(qts, 0, RTKIT_HELLO);
    qtest_quit(qts);
}

static void test_sweep(void)
{
    QTestState *qts = qtest_init("-M farside");

    sweep_region(qts, SMC_BASE, 0x1000);
    system_reset(qts);
    smc_boot(qts);
    qtest_quit(qts);
}

/* Any message to any endpoint, read now and then. */
static void test_hostile(void)
{
    static const uint64_t words[] = {
        RTKIT_WAKE, RTKIT_HELLO_REPLY, 0x0080000000000001,
        0x0088000100000000, 0x0050000100000002, 0x0050000200000002,
        0x0050000400000002, 0x0050002000000002, 0x00b0000000000020,
        0x0060000000000010, 0x0060000000000201, 0x17,
        0x4e54415000010011, 0x2342455900ff0010, 0xffffffffffffff20,
    };
    QTestState *qts = qtest_init("-M farside");
    GRand *rand = g_rand_new_with_seed(3);

    for (int i = 0; i < 5000; i++) {
        uint64_t any = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
        uint64_t msg = g_rand_boolean(rand)
                       ? any : words[any % ARRAY_SIZE(words)];

        qtest_writeq(qts, MBOX_A2I_SEND0, msg);
        qtest_writeq(qts, MBOX_A2I_SEND1,
                     g_rand_boolean(rand) ? 0 : g_rand_boolean(rand)
                     ? 0x20 : g_rand_int(rand));
        if (g_rand_int_range(rand, 0, 3) == 0) {
            qtest_readq(qts, MBOX_I2A_RECV0);
        }
    }
    g_rand_free(rand);
    system_reset(qts);
    smc_boot(qts);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-smc/boot", test_boot);
    qtest_add_func("/apple-smc/quiesce", test_quiesce);
    qtest_add_func("/apple-smc/cpu-control", test_cpu_control);
    qtest_add_func("/apple-smc/keys", test_keys);
    qtest_add_func("/apple-smc/reset", test_reset);
    qtest_add_func("/apple-smc/clock", test_clock);
    qtest_add_func("/apple-smc/notification", test_notification);
    qtest_add_func("/apple-smc/restart", test_restart);
    qtest_add_func("/apple-smc/power-off", test_power_off);
    qtest_add_func("/apple-smc/migration", test_migration);
    qtest_add_func("/apple-smc/migration-mid-boot", test_migration_mid_boot);
    qtest_add_func("/apple-smc/migration-late", test_migration_late);
    qtest_add_func("/apple-smc/migration-while-booting",
                   test_migration_while_booting);
    qtest_add_func("/apple-smc/crash", test_crash);
    qtest_add_func("/apple-smc/sweep", test_sweep);
    qtest_add_func("/apple-smc/hostile", test_hostile);
    return g_test_run();
}
