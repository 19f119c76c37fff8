/*
 * ASC mailbox: registers, FIFOs, interrupts, migration, for each variant
 *
 * With a latency, messages stay in A2I until the clock is stepped: it stands
 * still otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"

#define LATENCY 1000
#define SLOW "-global apple-asc-mailbox.latency-ns=1000"
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

static QTestState *start(const char *args)
{
    return qtest_initf("-M farside,asc-mailbox=%s %s", mbox->option, args);
}

static void test_reset_values(void)
{
    QTestState *qts = start(SLOW);

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
    QTestState *qts = start(SLOW);

    fill_and_empty(qts, MBOX_A2I_CONTROL, MBOX_A2I_SEND0);
    fill_and_empty(qts, MBOX_I2A_CONTROL, MBOX_I2A_SEND0);
    qtest_quit(qts);
}

/* The pointers go round, and the bookkeeping with them. */
static void test_wrap(void)
{
    QTestState *qts = start(SLOW);

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
    QTestState *qts = start(SLOW);

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
    QTestState *qts = start(SLOW);

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

static void expect_lines(QTestState *qts, bool send_empty,
                         bool send_not_empty, bool recv_empty,
                         bool recv_not_empty)
{
    g_assert_cmpint(qtest_get_irq(qts, SEND_EMPTY), ==, send_empty);
    g_assert_cmpint(qtest_get_irq(qts, SEND_NOT_EMPTY), ==, send_not_empty);
    g_assert_cmpint(qtest_get_irq(qts, RECV_EMPTY), ==, recv_empty);
    g_assert_cmpint(qtest_get_irq(qts, RECV_NOT_EMPTY), ==, recv_not_empty);
}

/* The lines show what is, if need be after an acknowledgement. */
static void expect_irqs(QTestState *qts, bool sending, bool receiving)
{
    if (mbox->irq_ack) {
        qtest_writel(qts, MBOX_IRQ_ACK, 0xf);
    }
    expect_lines(qts, !sending, sending, !receiving, receiving);
}

/* A machine whose interrupts all get out, and are seen by the test. */
static QTestState *start_with_irqs(const char *args)
{
    QTestState *qts = start(args);

    qtest_irq_intercept_out_named(qts, "/machine/smc-mailbox", "sysbus-irq");
    system_reset(qts);
    if (mbox->irq_enable) {
        qtest_writel(qts, MBOX_IRQ_ENABLE, 0xf);
    }
    return qts;
}

static void test_interrupts(void)
{
    QTestState *qts = start_with_irqs(SLOW);

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
    if (mbox->irq_enable) {
        g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ENABLE), ==, 0);
        expect_lines(qts, false, false, false, false);
        qtest_writel(qts, MBOX_IRQ_ENABLE, 0xf);
    }
    expect_irqs(qts, false, false);
    qtest_quit(qts);
}

/* The M3's: an interrupt stays until it is acknowledged, and its cause gone. */
static void test_irq_latch(void)
{
    QTestState *qts = start(SLOW);

    if (!mbox->irq_enable) {
        g_assert_cmphex(qtest_readq(qts, MBOX_BASE + 0x48), ==, 0);
        qtest_quit(qts);
        return;
    }
    qtest_irq_intercept_out_named(qts, "/machine/smc-mailbox", "sysbus-irq");
    system_reset(qts);
    expect_lines(qts, false, false, false, false);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ACK), ==, 0x5);
    qtest_writel(qts, MBOX_IRQ_ENABLE, 0x9);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ENABLE), ==, 0x9);
    expect_lines(qts, true, false, false, false);
    /* Seen although they are not enabled; acknowledged one by one. */
    qtest_writeq(qts, MBOX_I2A_SEND1, 0);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ACK), ==, 0xd);
    expect_lines(qts, true, false, false, true);
    qtest_writel(qts, MBOX_IRQ_ACK, 0xc);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ACK), ==, 0x9);
    expect_lines(qts, true, false, false, true);
    qtest_readq(qts, MBOX_I2A_RECV0);
    expect_lines(qts, true, false, false, true);
    qtest_writel(qts, MBOX_IRQ_ACK, 0x8);
    expect_lines(qts, true, false, false, false);
    /* The sender waits: the FIFO empties while the interrupt is off. */
    mbox_send(qts, 0, RTKIT_WAKE);
    qtest_writel(qts, MBOX_IRQ_ACK, 0x1);
    expect_lines(qts, false, false, false, false);
    qts = migrate_machine(qts, "-M farside,asc-mailbox=m3 " SLOW);
    qtest_irq_intercept_out_named(qts, "/machine/smc-mailbox", "sysbus-irq");
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ACK), ==, 0x6);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ENABLE), ==, 0x9);
    qtest_clock_step(qts, LATENCY);
    expect_lines(qts, true, false, false, true);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ACK), ==, 0xf);
    /* Bits that are no interrupt. */
    qtest_writel(qts, MBOX_IRQ_ENABLE, 0xfffffff0);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ENABLE), ==, 0);
    expect_lines(qts, false, false, false, false);
    qtest_writel(qts, MBOX_IRQ_ACK, 0xfffffff0);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ACK), ==, 0xf);
    system_reset(qts);
    g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ACK), ==, 0x5);
    qtest_quit(qts);
}

/* Without a latency A2I is empty again at once, yet was not. */
static void test_irq_brief(void)
{
    QTestState *qts = start("");

    if (mbox->irq_ack) {
        qtest_writel(qts, MBOX_IRQ_ACK, 0xf);
        mbox_send(qts, 0, RTKIT_WAKE);
        g_assert_cmphex(qtest_readl(qts, MBOX_IRQ_ACK), ==, 0xf);
    }
    qtest_quit(qts);
}

/* One message in each latency, in order. */
static void test_latency(void)
{
    QTestState *qts = start_with_irqs(SLOW);

    mbox_send(qts, 0, RTKIT_WAKE);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    qtest_clock_step(qts, LATENCY - 1);
    expect_irqs(qts, true, false);
    qtest_clock_step(qts, 1);
    expect_irqs(qts, true, true);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_expect_silence(qts);
    qtest_clock_step(qts, LATENCY);
    expect_irqs(qts, false, true);
    mbox_expect(qts, 0, 0x008000000000011f);
    qtest_quit(qts);
}

/* The latency changes while messages are on their way. */
static void test_latency_changes(void)
{
    QTestState *qts = start(SLOW);

    mbox_send(qts, 0, RTKIT_WAKE);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    qtest_clock_step(qts, LATENCY / 2);
    qom_set_number(qts, "/machine/smc-mailbox", "latency-ns", 3 * LATENCY);
    g_assert_cmpint(qom_get_number(qts, "/machine/smc-mailbox", "latency-ns"),
                    ==, 3 * LATENCY);
    qtest_clock_step(qts, 3 * LATENCY - 1);
    mbox_expect_silence(qts);
    qtest_clock_step(qts, 1);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_expect_silence(qts);
    qom_set_number(qts, "/machine/smc-mailbox", "latency-ns", 0);
    qtest_clock_step(qts, 1);
    mbox_expect(qts, 0, 0x008000000000011f);
    mbox_send(qts, 0, 0x0080000000000001);
    mbox_expect(qts, 0, 0x0088000100000001);
    qtest_quit(qts);
}

/* Of a latency that was under way, a reset leaves nothing. */
static void test_latency_reset(void)
{
    QTestState *qts = start(SLOW);

    mbox_send(qts, 0, RTKIT_WAKE);
    qtest_clock_step(qts, LATENCY / 2);
    system_reset(qts);
    mbox_send(qts, 0, RTKIT_WAKE);
    qtest_clock_step(qts, LATENCY - 1);
    mbox_expect_silence(qts);
    qtest_clock_step(qts, 1);
    mbox_expect(qts, 0, RTKIT_HELLO);
    qtest_quit(qts);
}

/* An endpoint is eight bits of a word: what is above is of no endpoint. */
static void test_no_endpoint(void)
{
    QTestState *qts = start("");

    qtest_writeq(qts, MBOX_A2I_SEND0, RTKIT_WAKE);
    qtest_writeq(qts, MBOX_A2I_SEND1, 0x100);
    mbox_expect_silence(qts);
    smc_boot(qts);
    qtest_quit(qts);
}

/* Without a latency A2I is never seen to hold anything. */
static void test_no_latency(void)
{
    QTestState *qts = start_with_irqs("");

    mbox_send(qts, 0, RTKIT_WAKE);
    g_assert_cmphex(qtest_readl(qts, MBOX_A2I_CONTROL), ==, control(1, 1, 0));
    expect_irqs(qts, false, true);
    qtest_quit(qts);
}

/* An AP that never reads: the mailbox fills, then RTKit's queue, no more. */
static void test_no_reader(void)
{
    QTestState *qts = start("");

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
    QTestState *qts = start(SLOW);
    g_autofree char *args = NULL;

    qtest_writeq(qts, MBOX_I2A_SEND0, 0x1234);
    qtest_writeq(qts, MBOX_I2A_SEND1, 0x37);
    g_assert_cmphex(qtest_readl(qts, MBOX_I2A_RECV0), ==, 0x1234);
    qtest_readq(qts, MBOX_A2I_RECV0);
    mbox_send(qts, 0, RTKIT_WAKE);
    qtest_writeq(qts, MBOX_A2I_SEND0, RTKIT_HELLO_REPLY);
    args = g_strdup_printf("-M farside,asc-mailbox=%s " SLOW, mbox->option);
    qts = migrate_machine(qts, args);
    g_assert_cmphex(qtest_readq(qts, MBOX_I2A_RECV1), ==,
                    0x37 | bookkeeping(1, 0, 1));
    g_assert_cmphex(qtest_readl(qts, MBOX_A2I_CONTROL), ==,
                    control(1, 0, 1) | CONTROL_UNDERFLOW);
    qtest_clock_step(qts, LATENCY);
    mbox_expect(qts, 0, RTKIT_HELLO);
    qtest_writeq(qts, MBOX_A2I_SEND1, 0);
    qtest_clock_step(qts, LATENCY);
    mbox_expect(qts, 0, 0x008000000000011f);
    qtest_quit(qts);
}

static void test_sweep(void)
{
    QTestState *qts = start("");

    sweep_region(qts, MBOX_BASE, 0x1000);
    system_reset(qts);
    smc_boot(qts);
    qtest_quit(qts);
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    { "reset-values", test_reset_values },
    { "fill", test_fill },
    { "wrap", test_wrap },
    { "halves", test_halves },
    { "wrong-accesses", test_wrong_accesses },
    { "interrupts", test_interrupts },
    { "irq-latch", test_irq_latch },
    { "irq-brief", test_irq_brief },
    { "latency", test_latency },
    { "latency-changes", test_latency_changes },
    { "latency-reset", test_latency_reset },
    { "no-latency", test_no_latency },
    { "no-endpoint", test_no_endpoint },
    { "no-reader", test_no_reader },
    { "migration", test_migration },
    { "sweep", test_sweep },
};

/* Test @data is one of tests[], for each variant in turn. */
static void run_test(const void *data)
{
    unsigned number = GPOINTER_TO_UINT(data);

    mbox = &mbox_variants[number % MBOX_VARIANTS];
    tests[number / MBOX_VARIANTS].run();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < ARRAY_SIZE(tests) * MBOX_VARIANTS; i++) {
        g_autofree char *path = g_strdup_printf("/asc-mailbox/%s/%s",
            mbox_variants[i % MBOX_VARIANTS].option,
            tests[i / MBOX_VARIANTS].name);

        qtest_add_data_func(path, GUINT_TO_POINTER(i), run_test);
    }
    return g_test_run();
}
