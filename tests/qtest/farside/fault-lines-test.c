/*
 * Fault rules that raise interrupt lines, and what is left of the lines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fault-rules.h"
#include "hw/apple/asc-mailbox.h"
#include "scmi-channel.h"

#define TOKEN_5 (5 << 18)
#define INTERRUPT 1
#define SMC_MAILBOX "/machine/smc-mailbox"
#define NUM_MHU_INTERRUPTS 3 /* versions whose channels have one */

/* A machine whose lines of @device are seen by the test. */
static QTestState *start(const Mhu *mhu, const char *device)
{
    g_autofree char *machine = channel_machine(mhu);
    QTestState *qts = qtest_init(machine);

    qtest_irq_intercept_out_named(qts, device, "sysbus-irq");
    return qts;
}

static void add_rule(QTestState *qts, const char *id, const char *device,
                     unsigned line, const char *more)
{
    g_autofree char *rule = g_strdup_printf(
        "{ 'id': '%s', 'site': 'scmi-command', 'action': 'interrupt',"
        "  'path': '%s', 'line': %u %s }", id, device, line, more);

    fault_add(qts, rule);
}

static void add_pulse(QTestState *qts, const char *device, unsigned line,
                      const char *more)
{
    g_autofree char *id = g_strdup_printf("line%u", line);

    add_rule(qts, id, device, line, more);
}

/* A command that its agent wants to be told of the end of. */
static void ring(QTestState *qts, const Mhu *mhu)
{
    channel_put(qts, mhu, INTERRUPT, 0x4000 | TOKEN_5, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
}

/* Two pulses: up and down twice, in equal parts of the interval. */
static void test_pulses(void)
{
    QTestState *qts = start(&mhus[0], SMC_MAILBOX);
    const unsigned line = ASC_MAILBOX_IRQ_RECV_NOT_EMPTY;
    const unsigned steps = 8;

    add_pulse(qts, SMC_MAILBOX, line, ", 'pulses': 2, 'interval': 1000");
    ring(qts, &mhus[0]);
    for (unsigned i = 0; i < steps; i++) {
        g_assert_cmpint(qtest_get_irq(qts, line), ==, i == 0 || i == 2);
        qtest_clock_step(qts, 499);
        g_assert_cmpint(qtest_get_irq(qts, line), ==, i == 0 || i == 2);
        qtest_clock_step(qts, 1);
    }
    qtest_quit(qts);
}

/* A line that its device holds is still held after a pulse. */
static void test_held(void)
{
    QTestState *qts = start(&mhus[0], SMC_MAILBOX);
    const unsigned line = ASC_MAILBOX_IRQ_SEND_EMPTY;

    add_pulse(qts, SMC_MAILBOX, line, "");
    ring(qts, &mhus[0]);
    g_assert_true(qtest_get_irq(qts, line));
    qtest_clock_step(qts, 1000);
    g_assert_true(qtest_get_irq(qts, line));
    qtest_quit(qts);
}

/* The pulse is over, the line's own cause is not. */
static void test_mhu(gconstpointer arg)
{
    const Mhu *mhu = arg;
    QTestState *qts = start(mhu, mhu->receive);

    if (mhu->enable) {
        qtest_writel(qts, mhu->enable, mhu->enable_value);
    }
    add_pulse(qts, mhu->receive, 0, "");
    ring(qts, mhu);
    qtest_clock_step(qts, 1000);
    g_assert_true(qtest_get_irq(qts, 0));
    qtest_writel(qts, mhu->clear, 1 << A2P);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_quit(qts);
}

/* Raised for good is until the rule's end. */
static void test_raised(void)
{
    QTestState *qts = start(&mhus[0], SMC_MAILBOX);
    const unsigned high = ASC_MAILBOX_IRQ_SEND_EMPTY;
    const unsigned low = ASC_MAILBOX_IRQ_RECV_NOT_EMPTY;

    add_pulse(qts, SMC_MAILBOX, high, ", 'pulses': 0");
    add_pulse(qts, SMC_MAILBOX, low, ", 'pulses': 0");
    ring(qts, &mhus[0]);
    qtest_clock_step(qts, 1000000);
    g_assert_true(qtest_get_irq(qts, high));
    g_assert_true(qtest_get_irq(qts, low));
    fault_remove(qts, "line0");
    fault_remove(qts, "line3");
    g_assert_true(qtest_get_irq(qts, high));
    g_assert_false(qtest_get_irq(qts, low));
    qtest_quit(qts);
}

/* A line that several rules raise is up until the last one's end. */
static void test_raised_by_two(void)
{
    QTestState *qts = start(&mhus[0], SMC_MAILBOX);
    const unsigned line = ASC_MAILBOX_IRQ_RECV_NOT_EMPTY;

    add_rule(qts, "first", SMC_MAILBOX, line, ", 'pulses': 0");
    add_rule(qts, "second", SMC_MAILBOX, line, ", 'pulses': 0");
    add_rule(qts, "pulse", SMC_MAILBOX, line, "");
    ring(qts, &mhus[0]);
    qtest_clock_step(qts, 1000);
    g_assert_true(qtest_get_irq(qts, line));
    fault_remove(qts, "first");
    g_assert_true(qtest_get_irq(qts, line));
    fault_remove(qts, "second");
    g_assert_false(qtest_get_irq(qts, line));
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/fault-lines/pulses", test_pulses);
    qtest_add_func("/fault-lines/held", test_held);
    qtest_add_func("/fault-lines/raised", test_raised);
    qtest_add_func("/fault-lines/raised-by-two", test_raised_by_two);
    for (unsigned i = 0; i < NUM_MHU_INTERRUPTS; i++) {
        g_autofree char *path = g_strdup_printf("/fault-lines/%s",
                                                mhus[i].name);

        qtest_add_data_func(path, &mhus[i], test_mhu);
    }
    return g_test_run();
}
