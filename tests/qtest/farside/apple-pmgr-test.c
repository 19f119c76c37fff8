/*
 * PMGR: the registers of its power domains, and what they hold in reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"

#define DOMAIN(n) (PMGR_BASE + 8 * (n))
#define TARGET(state) (state)
#define ACTUAL(state) ((state) << 4)
#define WAS_PWRGATED (1 << 8)
#define WAS_CLKGATED (1 << 9)
#define RESET (1u << 31)
/* TARGET, DEV_DISABLE, MIN, AUTO, AUTO_ENABLE, RESET */
#define WRITABLE 0x9f0f040f
#define ON (TARGET(0xf) | ACTUAL(0xf))
#define CAP_MQES 63

#define DISK(variant) "-blockdev driver=null-co,node-name=" variant \
    ",size=1048576 -device farside-ans,drive=" variant ",variant=" variant
#define ARGS "-M farside " DISK("t8103") " " DISK("t6000")
/* Of a t8103's ANS and its storage module; and a t6000's, with two. */
#define DOMAINS 5

static const char *const labels[DOMAINS] = {
    "ps_ans0", "ps_ans0_apcie0", "ps_ans1", "ps_ans1_apcie0",
    "ps_ans1_apcie1",
};

static int64_t get(QTestState *qts, int domain, const char *property)
{
    g_autofree char *path = g_strdup_printf("/machine/pmgr/%s",
                                            labels[domain]);

    return qom_get_number(qts, path, property);
}

/* What a register has after each write; the other domains do not care. */
static void test_states(void)
{
    static const struct {
        uint32_t written;
        uint32_t read;
    } steps[] = {
        { 0xf, ON },
        { 0x4, TARGET(4) | ACTUAL(4) | WAS_CLKGATED },
        { 0x0, TARGET(0) | ACTUAL(0) | WAS_CLKGATED | WAS_PWRGATED },
        { 0xf, ON | WAS_CLKGATED | WAS_PWRGATED },
        { 0xf | WAS_CLKGATED, ON | WAS_PWRGATED },
        { 0xf | WAS_PWRGATED, ON },
        /* Nothing is gated that was so before. */
        { 0x0 | WAS_PWRGATED, TARGET(0) | ACTUAL(0) | WAS_PWRGATED },
        { 0x0 | WAS_PWRGATED, TARGET(0) | ACTUAL(0) },
        { 0xf | RESET, ON | RESET },
        { 0xf, ON },
        /* The actual state is not the guest's to write. */
        { 0xf | ACTUAL(3), ON },
        { UINT32_MAX, ON | WRITABLE },
        { 0xf, ON },
    };
    QTestState *qts = qtest_init(ARGS);

    for (int n = 0; n < DOMAINS; n++) {
        g_assert_cmphex(qtest_readl(qts, DOMAIN(n)), ==, ON);
        for (int i = 0; i < ARRAY_SIZE(steps); i++) {
            qtest_writel(qts, DOMAIN(n), steps[i].written);
            g_assert_cmphex(qtest_readl(qts, DOMAIN(n)), ==, steps[i].read);
            g_assert_cmpint(get(qts, n, "target-state"), ==,
                            steps[i].read & 0xf);
            g_assert_cmpint(get(qts, n, "actual-state"), ==,
                            steps[i].read >> 4 & 0xf);
        }
        for (int other = n + 1; other < DOMAINS; other++) {
            g_assert_cmphex(qtest_readl(qts, DOMAIN(other)), ==, ON);
        }
        /* Gated once, again and then held, and held. */
        g_assert_cmpint(get(qts, n, "resets"), ==, 3);
    }
    qtest_quit(qts);
}

/* A domain's second word, other widths, and what is beyond the domains. */
static void test_no_registers(void)
{
    QTestState *qts = qtest_init(ARGS);

    for (int n = 0; n < DOMAINS; n++) {
        qtest_writel(qts, DOMAIN(n) + 4, UINT32_MAX);
        qtest_writeb(qts, DOMAIN(n), 0);
        qtest_writew(qts, DOMAIN(n), 0);
        qtest_writeq(qts, DOMAIN(n), 0);
        qtest_writel(qts, DOMAIN(n) + 2, 0);
        g_assert_cmphex(qtest_readl(qts, DOMAIN(n) + 4), ==, 0);
        g_assert_cmphex(qtest_readw(qts, DOMAIN(n)), ==, 0);
        g_assert_cmphex(qtest_readq(qts, DOMAIN(n)), ==, 0);
        g_assert_cmphex(qtest_readl(qts, DOMAIN(n)), ==, ON);
    }
    for (uint64_t addr = DOMAIN(DOMAINS); addr < PMGR_BASE + PMGR_SIZE;
         addr += 4) {
        qtest_writel(qts, addr, UINT32_MAX);
        g_assert_cmphex(qtest_readl(qts, addr), ==, 0);
    }
    qtest_quit(qts);
}

/* Whether the first ANS is held, by what it does not answer. */
static bool is_held(QTestState *qts)
{
    return qtest_readw(qts, ANS_CAP) == 0 && !qtest_readl(qts, ANS_CAP);
}

/* Only the ANS's own domain holds it; and a snapshot knows. */
static void test_hold(void)
{
    QTestState *qts = qtest_init(ARGS);

    g_assert_cmpint(qtest_readl(qts, ANS_CAP) & 0xffff, ==, CAP_MQES);
    for (int n = 1; n < DOMAINS; n++) {
        qtest_writel(qts, DOMAIN(n), ON | RESET);
        g_assert_false(is_held(qts));
    }
    qtest_writel(qts, DOMAIN(0), TARGET(0xf) | RESET);
    g_assert_true(is_held(qts));
    qts = migrate_machine(qts, ARGS);
    g_assert_true(is_held(qts));
    g_assert_cmphex(qtest_readl(qts, DOMAIN(0)), ==, ON | RESET);
    g_assert_cmpint(get(qts, 0, "resets"), ==, 1);
    /* From one way to hold it to the other, it is held all the time. */
    qtest_writel(qts, DOMAIN(0), TARGET(0) | RESET);
    qtest_writel(qts, DOMAIN(0), TARGET(0));
    g_assert_true(is_held(qts));
    g_assert_cmpint(get(qts, 0, "resets"), ==, 1);
    qtest_writel(qts, DOMAIN(0), TARGET(4));
    g_assert_false(is_held(qts));
    qtest_writel(qts, DOMAIN(0), TARGET(0));
    g_assert_true(is_held(qts));
    system_reset(qts);
    g_assert_false(is_held(qts));
    for (int n = 0; n < DOMAINS; n++) {
        g_assert_cmphex(qtest_readl(qts, DOMAIN(n)), ==, ON);
        g_assert_cmpint(get(qts, n, "resets"), ==, 0);
    }
    qtest_quit(qts);
}

/* Held while it runs: the firmware and the controller start afresh. */
static void test_hold_running(void)
{
    AnsDriver d;

    ans_driver_init(&d, qtest_init(ARGS));
    ans_start(&d);
    g_assert_cmphex(ans_read_block(&d, 1), ==, 0);
    qtest_writel(d.qts, DOMAIN(0), TARGET(0xf) | RESET);
    /* What is started meanwhile is gone when it is released. */
    qtest_writel(d.qts, ANS_CPU_CONTROL, CPU_RUN);
    qtest_writel(d.qts, DOMAIN(0), TARGET(0xf));
    g_assert_cmphex(qtest_readl(d.qts, ANS_CSTS), ==, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CC), ==, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_AQA), ==, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_BOOT_STATUS), ==, 0);
    g_assert_cmphex(qtest_readl(d.qts, ANS_CPU_CONTROL), ==, 0);
    ans_start(&d);
    g_assert_cmphex(ans_read_block(&d, 1), ==, 0);
    qtest_quit(d.qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/apple-pmgr/states", test_states);
    qtest_add_func("/apple-pmgr/no-registers", test_no_registers);
    qtest_add_func("/apple-pmgr/hold", test_hold);
    qtest_add_func("/apple-pmgr/hold-running", test_hold_running);

    return g_test_run();
}
