/*
 * Fault rules whose doings come back to where they came from: a co-processor
 * that dies, or a FIFO that moves, while a message passes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "fault-rules.h"

#define CRASH_NOTICE (0x0010100000000000 | (SMC_SRAM + 0x1000))
#define RUN 0x10
#define SLOTS 16

#define AT_MAILBOX(site, members) \
    "{ 'id': 'r', 'site': 'mailbox-" site "', 'match': {" \
    "  'device': '/machine/smc-mailbox' }, " members " }"
#define SAYS_HELLO(action) \
    "{ 'id': 'r', 'site': 'rtkit-send', 'match': {" \
    "  'device': '/machine/smc', 'endpoint': 0, 'type': 1 }," \
    "  'times': 1, 'action': " action " }"

static bool is_full(QTestState *qts)
{
    return qtest_readl(qts, MBOX_A2I_CONTROL) & CONTROL_FULL;
}

/* FIFOs */

/* A copy that there is no room for is lost, and its message not said again. */
static void test_no_room_for_copies(void)
{
    QTestState *qts = smc_start();

    fault_add(qts, AT_MAILBOX("send", "'action': 'duplicate'"));
    for (unsigned i = 0; i <= SLOTS / 2; i++) {
        smc_ask(qts, i);
    }
    for (unsigned i = 0; i < SLOTS / 2; i++) {
        smc_expect_told(qts, i);
        smc_expect_told(qts, i);
    }
    smc_expect_told(qts, SLOTS / 2);
    mbox_expect_silence(qts);
    fault_expect_count(qts, "hits", SLOTS / 2 + 1);
    qtest_quit(qts);
}

/* What waits for room goes with the firmware that said it. */
static void test_stopped_while_flushing(void)
{
    g_autofree char *rule = g_strdup_printf(
        AT_MAILBOX("send", "'times': 1, 'action': 'write-memory',"
                   "  'address': %u, 'bytes': '00000000'"), SMC_CPU_CONTROL);
    QTestState *qts = smc_start();

    for (unsigned i = 0; i < SLOTS + 4; i++) {
        smc_ask(qts, i % SLOTS);
    }
    fault_add(qts, rule);
    for (unsigned i = 0; i <= SLOTS; i++) {
        smc_expect_told(qts, i % SLOTS);
    }
    mbox_expect_silence(qts);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==, 0);
    qts = migrate_machine(qts, "-M farside");
    qtest_writel(qts, SMC_CPU_CONTROL, RUN);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_expect_silence(qts);
    qtest_quit(qts);
}

/* What is taken from a FIFO when a rule lets go of it is not the rule's. */
static void test_removed_with_work(void)
{
    QTestState *qts = smc_start();

    qom_set_number(qts, "/machine/smc-mailbox", "latency-ns", 1000);
    fault_add(qts, AT_MAILBOX("receive", "'action': 'hold'"));
    smc_ask(qts, 5);
    smc_ask(qts, 6);
    qtest_clock_step(qts, 1000);
    smc_expect_told(qts, 5);
    g_assert_true(is_full(qts));
    qom_set_number(qts, "/machine/smc-mailbox", "latency-ns", 0);
    fault_remove(qts, "r");
    smc_expect_told(qts, 6);
    g_assert_false(is_full(qts));
    qtest_quit(qts);
}

/* A FIFO is held until the last rule that does lets go of it. */
static void test_two_hold(void)
{
    QTestState *qts = smc_start();

    fault_add(qts, AT_MAILBOX("receive", "'action': 'hold',"
                              "  'duration': 1000") ","
              "{ 'id': 'other', 'site': 'mailbox-receive', 'match': {"
              "  'device': '/machine/smc-mailbox' }, 'action': 'hold' }");
    smc_ask(qts, 5);
    smc_expect_told(qts, 5);
    qtest_clock_step(qts, 1000);
    g_assert_true(is_full(qts));
    fault_remove(qts, "other");
    g_assert_false(is_full(qts));
    qtest_quit(qts);
}

/* Life and death */

static const char *const ends[] = {
    "'crash', 'reason': 'x'", "'power-off'",
};

/* A firmware that is dead by its first word does not go on booting. */
static void test_dead_by_hello(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(ends); i++) {
        g_autofree char *rule = g_strdup_printf(SAYS_HELLO("%s"), ends[i]);
        QTestState *qts = qtest_init("-M farside");

        g_test_message("%s", rule);
        fault_add(qts, rule);
        mbox_send(qts, 0, RTKIT_WAKE);
        mbox_expect(qts, 0, RTKIT_HELLO);
        fault_expect_count(qts, "failures", 0);
        mbox_send(qts, 0, RTKIT_HELLO_REPLY);
        mbox_expect_silence(qts);
        g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==,
                        i ? 0 : RUN);
        qtest_quit(qts);
    }
}

static void test_reboot_by_hello(void)
{
    QTestState *qts = qtest_init("-M farside");

    fault_add(qts, SAYS_HELLO("'reboot'"));
    mbox_send(qts, 0, RTKIT_WAKE);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_expect_silence(qts);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    mbox_expect(qts, 0, 0x008000000000011f);
    qtest_quit(qts);
}

/* One that is rebooted by what it says in its boot starts from the front. */
static void test_reboot_by_epmap(void)
{
    QTestState *qts = qtest_init("-M farside");

    fault_add(qts, "{ 'id': 'r', 'site': 'rtkit-send', 'match': {"
              "  'device': '/machine/smc', 'endpoint': 0, 'type': 8 },"
              "  'times': 1, 'action': 'reboot' }");
    mbox_send(qts, 0, RTKIT_WAKE);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    mbox_expect(qts, 0, 0x008000000000011f);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    mbox_expect(qts, 0, 0x008000000000011f);
    mbox_expect_silence(qts);
    qtest_quit(qts);
}

static void test_reboot_by_crash(void)
{
    QTestState *qts = smc_start();

    fault_add(qts, "{ 'id': 'r', 'site': 'rtkit-send', 'match': {"
              "  'device': '/machine/smc', 'endpoint': 1 },"
              "  'action': 'reboot' }");
    fault_run_well(qts, "{ 'execute': 'rtkit-crash', 'arguments': {"
                   " 'path': '/machine/smc/rtkit', 'reason': 'x' } }");
    mbox_expect(qts, 1, CRASH_NOTICE);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    mbox_expect(qts, 0, 0x008000000000011f);
    qtest_quit(qts);
}

/* An endpoint that was starting is no more when its firmware is not. */
static void test_dead_by_endpoint(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(ends); i++) {
        g_autofree char *rule = g_strdup_printf(
            "{ 'id': 'r', 'site': 'rtkit-send', 'match': {"
            "  'device': '/machine/smc', 'endpoint': 2 },"
            "  'times': 1, 'action': %s }", ends[i]);
        QTestState *qts = qtest_init("-M farside");

        g_test_message("%s", rule);
        fault_add(qts, rule);
        mbox_send(qts, 0, RTKIT_WAKE);
        mbox_expect(qts, 0, RTKIT_HELLO);
        mbox_send(qts, 0, RTKIT_HELLO_REPLY);
        mbox_expect(qts, 0, 0x008000000000011f);
        mbox_send(qts, 0, 0x0080000000000001);
        mbox_expect(qts, 0, 0x0088000100000001);
        mbox_send(qts, 0, 0x0088000100000000);
        mbox_send(qts, 0, 0x0050000200000002);
        mbox_expect(qts, 2, 0x0010100000000000 | (SMC_SRAM + 0x2000));
        mbox_expect_silence(qts);
        qts = migrate_machine(qts, "-M farside");
        qtest_writel(qts, SMC_CPU_CONTROL, 0);
        qtest_writel(qts, SMC_CPU_CONTROL, RUN);
        mbox_expect(qts, 0, RTKIT_HELLO);
        qtest_quit(qts);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/fault-nested/no-room-for-copies",
                   test_no_room_for_copies);
    qtest_add_func("/fault-nested/stopped-while-flushing",
                   test_stopped_while_flushing);
    qtest_add_func("/fault-nested/removed-with-work", test_removed_with_work);
    qtest_add_func("/fault-nested/two-hold", test_two_hold);
    qtest_add_func("/fault-nested/dead-by-hello", test_dead_by_hello);
    qtest_add_func("/fault-nested/reboot-by-hello", test_reboot_by_hello);
    qtest_add_func("/fault-nested/reboot-by-epmap", test_reboot_by_epmap);
    qtest_add_func("/fault-nested/reboot-by-crash", test_reboot_by_crash);
    qtest_add_func("/fault-nested/dead-by-endpoint", test_dead_by_endpoint);
    return g_test_run();
}
