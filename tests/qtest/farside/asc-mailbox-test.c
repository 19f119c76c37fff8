/*
 * ASC mailbox: registers, FIFOs, interrupts, migration
 *
 * With a latency, messages stay in A2I until the clock is stepped: it stands
 * still otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"

#define LATENCY 1000
#define SLOW "-M farside -global apple-asc-mailbox.latency-ns=1000"
#define SLOTS 16

/* In the order of the sysbus interrupts. */
enum { SEND_EMPTY, SEND_NOT_EMPTY, RECV_EMPTY, RECV_NOT_EMPTY };

static uint32_t control(unsigned wptr, unsigned rptr, unsigned count)
{
    return 1 | wptr << 8 | rptr << 12 | (count == SLOTS) << 16 |
           !count << 17 | (count % SLOTS) << 20;
}

static uint64_t bookkeeping(unsigned inptr, unsigned outptr, unsigned outcnt)
{
    return (uint64_t)inptr << 40 | (uint64_t)outptr << 44 |
           (uint64_t)outcnt << 52;
}

static void test_reset_values(void)
{
    QTestState *qts = qtest_init(SLOW);

    for (int i = 0; i < 2; i++) {
        g_assert_cmphex(qtest_readl(qts, MBOX_A2I_CONTROL), ==, CONTROL_IDLE);
        g_assert_cmphex(qtest_readl(qts, MBOX_I2A_CONTROL), ==, CONTROL_IDLE);
        g_assert_cmphex(qtest_readq(qts, MBOX_I2A_RECV1), ==, 0);
        mbox_send(qts, 0, 1);
        qtest_writeq(qts, MBOX_I2A_SEND1, 0);
        qtest_readq(qts, MBOX_I2A_RECV0);
        qtest_readq(qts, MBOX_I2A_RECV0);
        g_assert_cmphex(qtest_readl(qts, MBOX_A2I_CONTROL), !=, CONTROL_IDLE);
        g_assert_cmphex(qtest_readl(qts, MBOX_I2A_CONTROL), !=, CONTROL_IDLE);
        system_reset(qts);
    }
    qtest_quit(qts);
}

/* Each FIFO, filled and emptied through both ends' registers. */
static void fill_and_empty(QTestState *qts, uint64_t ctl, uint64_t send)
{
    uint64_t recv = send + 0x10;

    for (int i = 0; i < SLOTS; i++) {
        g_assert_cmphex(qtest_readl(qts, ctl), ==, control(i, 0, i));
        qtest_writeq(qts, send, 0x1122334455667700 + i);
        qtest_writeq(qts, send + 8, 0xffffffff00000080 + i);
    }
    g_assert_cmphex(qtest_readl(qts, ctl), ==, control(0, 0, SLOTS));
    qtest_writeq(qts, send + 8, 0x55);
    g_assert_cmphex(qtest_readl(qts, ctl), ==,
                    control(0, 0, SLOTS) | CONTROL_OVERFLOW);
    for (int i = 0; i < SLOTS; i++) {
        g_assert_cmphex(qtest_readq(qts, recv), ==, 0x1122334455667700 + i);
        g_assert_cmphex(qtest_readq(qts, recv + 8), ==,
                        (0x80 + i) | bookkeeping(0, i, SLOTS - i));
        /* Latched: reading it again pops nothing. */
        g_assert_cmphex(qtest_readl(qts, recv + 8), ==, 0x80 + i);
    }
    g_assert_cmphex(qtest_readl(qts, ctl), ==,
                    control(0, 0, 0) | CONTROL_OVERFLOW);
    g_assert_cmphex(qtest_readq(qts, recv), ==, 0);
    g_assert_cmphex(qtest_readq(qts, recv + 8), ==, 0);
    g_assert_cmphex(qtest_readl(qts, ctl), ==, control(0, 0, 0) |
                    CONTROL_OVERFLOW | CONTROL_UNDERFLOW);
    qtest_writel(qts, ctl, control(0, 0, 0) | CONTROL_OVERFLOW);
    g_assert_cmphex(qtest_readl(qts, ctl), ==,
                    control(0, 0, 0) | CONTROL_UNDERFLOW);
    qtest_writel(qts, ctl, control(0, 0, 0) | CONTROL_UNDERFLOW);
    g_assert_cmphex(qtest_readl(qts, ctl), ==, control(0, 0, 0));
}

static void test_fill(void)
{
    QTestState *qts = qtest_init(SLOW);

    fill_and_empty(qts, MBOX_A2I_CONTROL, MBOX_A2I_SEND0);
    fill_and_empty(qts, MBOX_I2A_CONTROL, MBOX_I2A_SEND0);
    qtest_quit(qts);
}

/* The pointers go round, and the bookkeeping with them. */
static void test_wrap(void)
{
    QTestState *qts = qtest_init(SLOW);

    for (int i = 0; i < 3 * SLOTS; i++) {
        unsigned out = i % SLOTS, in = (i + 1) % SLOTS;

        qtest_writeq(qts, MBOX_I2A_SEND0, i);
        qtest_writeq(qts, MBOX_I2A_SEND1, 0x37);
        g_assert_cmphex(qtest_readl(qts, MBOX_I2A_CONTROL), ==,
                        control(in, out, 1));
        g_assert_cmphex(qtest_readq(qts, MBOX_I2A_RECV0), ==, i);
        g_assert_cmphex(qtest_readq(qts, MBOX_I2A_RECV1), ==,
                        0x37 | bookkeeping(in, out, 1));
    }
    qtest_quit(qts);
}

/* Two halves make a register: the upper one commits, the lower one pops. */
static void test_halves(void)
{
    QTestState *qts = qtest_init(SLOW);

    qtest_writel(qts, MBOX_I2A_SEND0, 0x44556677);
    qtest_writel(qts, MBOX_I2A_SEND0 + 4, 0x00112233);
    qtest_writel(qts, MBOX_I2A_SEND1, 0x12);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_CONTROL), ==, CONTROL_IDLE);
    qtest_writel(qts, MBOX_I2A_SEND1 + 4, 0);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_CONTROL), ==, control(1, 0, 1));
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_RECV0), ==, 0x44556677);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_CONTROL), ==, control(1, 1, 0));
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_RECV0 + 4), ==, 0x00112233);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_RECV1), ==, 0x12);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_RECV1 + 4), ==,
                    bookkeeping(1, 0, 1) >> 32);
    qtest_quit(qts);
}

/* What is not an access to a register does nothing and reads as zero. */
static void test_wrong_accesses(void)
{
    QTestState *qts = qtest_init(SLOW);

    qtest_writeq(qts, MBOX_I2A_SEND0, 0x1111111111111111);
    qtest_writeq(qts, MBOX_I2A_SEND1, 1);
    g_assert_cmphex(qtest_readb(qts, MBOX_I2A_RECV0), ==, 0);
    g_assert_cmphex(qtest_readw(qts, MBOX_I2A_RECV0), ==, 0);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_RECV0 + 2), ==, 0);
    g_assert_cmphex(qtest_readq(qts, MBOX_I2A_RECV0 + 4), ==, 0);
    g_assert_cmphex(qtest_readq(qts, MBOX_I2A_SEND0), ==, 0);
    g_assert_cmphex(qtest_readl(qts, MBOX_BASE), ==, 0);
    g_assert_cmphex(qtest_readl(qts, MBOX_BASE + MBOX_SIZE - 4), ==, 0);
    qtest_writeb(qts, MBOX_A2I_SEND1 + 7, 0);
    qtest_writeq(qts, MBOX_I2A_RECV0, 0);
    qtest_writeq(qts, MBOX_I2A_RECV1, 0);
    qtest_writel(qts, MBOX_BASE, 0);
    qtest_writel(qts, MBOX_A2I_CONTROL, 0);
    qtest_writel(qts, MBOX_I2A_CONTROL, 0xfff00000);
    g_assert_cmphex(qtest_readl(qts, MBOX_A2I_CONTROL), ==, CONTROL_IDLE);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_CONTROL), ==, control(1, 0, 1));
    mbox_expect(qts, 1, 0x1111111111111111);
    qtest_quit(qts);
}

static void expect_irqs(QTestState *qts, bool sending, bool receiving)
{
    g_assert_cmpint(qtest_get_irq(qts, SEND_EMPTY), ==, !sending);
    g_assert_cmpint(qtest_get_irq(qts, SEND_NOT_EMPTY), ==, sending);
    g_assert_cmpint(qtest_get_irq(qts, RECV_EMPTY), ==, !receiving);
    g_assert_cmpint(qtest_get_irq(qts, RECV_NOT_EMPTY), ==, receiving);
}

static void test_interrupts(void)
{
    QTestState *qts = qtest_init(SLOW);

    qtest_irq_intercept_out_named(qts, "/machine/smc-mailbox", "sysbus-irq");
    system_reset(qts);
    expect_irqs(qts, false, false);
    mbox_send(qts, 0, 0);
    expect_irqs(qts, true, false);
    mbox_send(qts, 0, 0);
    qtest_writeq(qts, MBOX_I2A_SEND1, 0);
    qtest_writeq(qts, MBOX_I2A_SEND1, 0);
    expect_irqs(qts, true, true);
    qtest_readq(qts, MBOX_I2A_RECV0);
    expect_irqs(qts, true, true);
    qtest_readq(qts, MBOX_I2A_RECV0);
    expect_irqs(qts, true, false);
    qtest_readq(qts, MBOX_A2I_RECV0);
    expect_irqs(qts, true, false);
    qtest_readq(qts, MBOX_A2I_RECV0);
    expect_irqs(qts, false, false);
    mbox_send(qts, 0, 0);
    system_reset(qts);
    expect_irqs(qts, false, false);
    qtest_quit(qts);
}

/* One message in each latency, in order. */
static void test_latency(void)
{
    QTestState *qts = qtest_init(SLOW);

    qtest_irq_intercept_out_named(qts, "/machine/smc-mailbox", "sysbus-irq");
    system_reset(qts);
    mbox_send(qts, 0, 0x0060000000000220);
    mbox_send(qts, 0, 0x00200000000c000c);
    qtest_clock_step(qts, LATENCY - 1);
    expect_irqs(qts, true, false);
    qtest_clock_step(qts, 1);
    expect_irqs(qts, true, true);
    mbox_expect(qts, 0, 0x00100000000c000b);
    mbox_expect_silence(qts);
    qtest_clock_step(qts, LATENCY);
    expect_irqs(qts, false, true);
    mbox_expect(qts, 0, 0x008000000000011f);
    qtest_quit(qts);
}

/* Without a latency A2I is never seen to hold anything. */
static void test_no_latency(void)
{
    QTestState *qts = qtest_init("-M farside");

    qtest_irq_intercept_out_named(qts, "/machine/smc-mailbox", "sysbus-irq");
    system_reset(qts);
    mbox_send(qts, 0, 0x0060000000000220);
    g_assert_cmphex(qtest_readl(qts, MBOX_A2I_CONTROL), ==, control(1, 1, 0));
    expect_irqs(qts, false, true);
    qtest_quit(qts);
}

/* An AP that never reads: the mailbox fills, then RTKit's queue, no more. */
static void test_no_reader(void)
{
    QTestState *qts = qtest_init("-M farside");

    smc_boot(qts);
    for (int i = 0; i < 200; i++) {
        mbox_send(qts, 0, 0x0030000000000000 | i);
    }
    g_assert_true(qtest_readl(qts, MBOX_I2A_CONTROL) & CONTROL_FULL);
    g_assert_cmpint(qom_get_number(qts, "/machine/smc/rtkit",
                                   "dropped-messages"), ==, 200 - 64 - SLOTS);
    for (int i = 0; i < 64 + SLOTS; i++) {
        mbox_expect(qts, 0, 0x0040000000000000 | i);
    }
    mbox_expect_silence(qts);
    qtest_quit(qts);
}

/* Half a message written, half a message read, one on its way. */
static void test_migration(void)
{
    QTestState *qts = qtest_init(SLOW);

    qtest_writeq(qts, MBOX_I2A_SEND0, 0x1234);
    qtest_writeq(qts, MBOX_I2A_SEND1, 0x37);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_RECV0), ==, 0x1234);
    qtest_readq(qts, MBOX_A2I_RECV0);
    mbox_send(qts, 0, 0x0060000000000220);
    qtest_writeq(qts, MBOX_A2I_SEND0, 0x00200000000c000c);
    qts = migrate_machine(qts, SLOW);
    g_assert_cmphex(qtest_readq(qts, MBOX_I2A_RECV1), ==,
                    0x37 | bookkeeping(1, 0, 1));
    g_assert_cmphex(qtest_readl(qts, MBOX_A2I_CONTROL), ==,
                    control(1, 0, 1) | CONTROL_UNDERFLOW);
    qtest_clock_step(qts, LATENCY);
    mbox_expect(qts, 0, 0x00100000000c000b);
    qtest_writeq(qts, MBOX_A2I_SEND1, 0);
    qtest_clock_step(qts, LATENCY);
    mbox_expect(qts, 0, 0x008000000000011f);
    qtest_quit(qts);
}

static void test_sweep(void)
{
    QTestState *qts = qtest_init("-M farside");

    sweep_region(qts, MBOX_BASE, 0x1000);
    system_reset(qts);
    smc_boot(qts);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/asc-mailbox/reset-values", test_reset_values);
    qtest_add_func("/asc-mailbox/fill", test_fill);
    qtest_add_func("/asc-mailbox/wrap", test_wrap);
    qtest_add_func("/asc-mailbox/halves", test_halves);
    qtest_add_func("/asc-mailbox/wrong-accesses", test_wrong_accesses);
    qtest_add_func("/asc-mailbox/interrupts", test_interrupts);
    qtest_add_func("/asc-mailbox/latency", test_latency);
    qtest_add_func("/asc-mailbox/no-latency", test_no_latency);
    qtest_add_func("/asc-mailbox/no-reader", test_no_reader);
    qtest_add_func("/asc-mailbox/migration", test_migration);
    qtest_add_func("/asc-mailbox/sweep", test_sweep);
    return g_test_run();
}
