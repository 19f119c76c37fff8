/*
 * Fault rules on what passes between the AP and the SMC: mailbox, RTKit, keys,
 * interrupts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "fault-rules.h"

#define EVENT 0xdeadbeef00000018
#define QUIESCED_ACK 0x0070000000000010
#define CRASH_NOTICE 0x0010100000000000
#define CRASHLOG (SMC_SRAM + 0x1000)
/* Pending bit of the mailbox's interrupt for what is received: SPI 179. */
#define GICD_ISPENDR (0x08000000 + 0x200 + (32 + 179) / 32 * 4)
#define PENDING (1u << (32 + 179) % 32)

static void add_at(QTestState *qts, const char *site, const char *action)
{
    g_autofree char *rule = g_strdup_printf(
        "{ 'id': 'r', 'site': '%s', 'match': { 'device': '/machine/smc%s' },"
        "  'action': %s }", site,
        g_str_has_prefix(site, "mailbox") ? "-mailbox" : "", action);

    g_test_message("%s", rule);
    fault_add(qts, rule);
}

/* What arrives when number 5 is asked. */
typedef struct Change {
    const char *site;
    const char *action;
    unsigned n;
    struct {
        uint8_t endpoint;
        uint64_t msg;
    } words[2];
} Change;

#define GOOD { SMC_ENDPOINT, SMC_TOLD | SMC_ID(5) }
#define ID_9 "'patch', 'patch': [ { 'offset': 0, 'mask': 61440, " \
             "'value': 36864 } ]"

static const Change changes[] = {
    { "smc-key", "'none'", 1, { GOOD } },
    { "smc-key", "'drop'", 0 },
    { "smc-key", "'silence'", 0 },
    { "smc-key", "'duplicate'", 2, { GOOD, GOOD } },
    { "smc-key", "'status', 'status': 130", 1,
      { { SMC_ENDPOINT, SMC_TOLD | SMC_ID(5) | 0x82 } } },
    { "smc-key", "'token', 'token': 9", 1,
      { { SMC_ENDPOINT, SMC_TOLD | SMC_ID(9) } } },
    { "smc-key", ID_9, 1, { { SMC_ENDPOINT, SMC_TOLD | SMC_ID(9) } } },
    { "smc-key", "'send', 'bytes': '18000000efbeadde'", 2,
      { GOOD, { SMC_ENDPOINT, EVENT } } },
    { "rtkit-send", "'none'", 1, { GOOD } },
    { "rtkit-send", "'drop'", 0 },
    { "rtkit-send", "'silence'", 0 },
    { "rtkit-send", "'duplicate'", 2, { GOOD, GOOD } },
    { "rtkit-send", ID_9, 1, { { SMC_ENDPOINT, SMC_TOLD | SMC_ID(9) } } },
    { "rtkit-send", "'send', 'endpoint': 0, 'bytes': '1000000000007000'", 2,
      { GOOD, { 0, QUIESCED_ACK } } },
    { "rtkit-receive", "'none'", 1, { GOOD } },
    { "rtkit-receive", "'drop'", 0 },
    { "rtkit-receive", "'silence'", 0 },
    { "rtkit-receive", "'duplicate'", 2, { GOOD, GOOD } },
    { "rtkit-receive", ID_9, 1, { { SMC_ENDPOINT, SMC_TOLD | SMC_ID(9) } } },
    { "rtkit-receive", "'send', 'bytes': '1090010043495542'", 2,
      { GOOD, { SMC_ENDPOINT, SMC_TOLD | SMC_ID(9) } } },
    { "rtkit-receive", "'send', 'to': 'rtkit-send', 'bytes':"
      " '18000000efbeadde'", 2, { GOOD, { SMC_ENDPOINT, EVENT } } },
    { "mailbox-receive", "'none'", 1, { GOOD } },
    { "mailbox-receive", "'drop'", 0 },
    { "mailbox-receive", "'silence'", 0 },
    { "mailbox-receive", "'duplicate'", 2, { GOOD, GOOD } },
    { "mailbox-receive", ID_9, 1, { { SMC_ENDPOINT, SMC_TOLD | SMC_ID(9) } } },
    { "mailbox-receive", "'patch', 'patch': [ { 'offset': 8, 'value': 119 } ]",
      0 },
    { "mailbox-receive", "'send', 'bytes': '10900100434955422000000000000000'",
      2, { GOOD, { SMC_ENDPOINT, SMC_TOLD | SMC_ID(9) } } },
    { "mailbox-send", "'none'", 1, { GOOD } },
    { "mailbox-send", "'drop'", 0 },
    { "mailbox-send", "'silence'", 0 },
    { "mailbox-send", "'duplicate'", 2, { GOOD, GOOD } },
    { "mailbox-send", "'patch', 'patch': [ { 'offset': 8, 'value': 119 } ]", 1,
      { { 119, SMC_TOLD | SMC_ID(5) } } },
    { "mailbox-send", "'send', 'bytes': '18000000efbeadde2000000000000000'", 2,
      { GOOD, { SMC_ENDPOINT, EVENT } } },
};

static void test_changes(void)
{
    QTestState *qts = smc_start();

    for (unsigned i = 0; i < ARRAY_SIZE(changes); i++) {
        const Change *c = &changes[i];

        add_at(qts, c->site, c->action);
        smc_ask(qts, 5);
        for (unsigned n = 0; n < c->n; n++) {
            mbox_expect(qts, c->words[n].endpoint, c->words[n].msg);
        }
        mbox_expect_silence(qts);
        fault_expect_count(qts, "hits", 1);
        fault_expect_count(qts, "failures", 0);
        fault_remove(qts, "r");
        smc_ask(qts, 6);
        smc_expect_told(qts, 6);
    }
    qtest_quit(qts);
}

/* Where messages can come at another time. */
static const char *const sites[] = {
    "smc-key", "rtkit-send", "rtkit-receive", "mailbox-send",
    "mailbox-receive",
};

static void test_delay(void)
{
    QTestState *qts = smc_start();

    for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
        add_at(qts, sites[i], "'delay', 'ns': 1000");
        smc_ask(qts, 5);
        qtest_clock_step(qts, 999);
        mbox_expect_silence(qts);
        qtest_clock_step(qts, 1);
        smc_expect_told(qts, 5);
        fault_remove(qts, "r");
    }
    qtest_quit(qts);
}

static void test_reorder(void)
{
    QTestState *qts = smc_start();

    for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
        g_autofree char *rule = g_strdup_printf(
            "{ 'id': 'r', 'site': '%s', 'times': 1, 'action': 'reorder' }",
            sites[i]);

        fault_add(qts, rule);
        smc_ask(qts, 5);
        mbox_expect_silence(qts);
        smc_ask(qts, 6);
        smc_expect_told(qts, 6);
        smc_expect_told(qts, 5);
        fault_remove(qts, "r");
    }
    qtest_quit(qts);
}

/* A message that is suspended moves to another QEMU, and arrives there. */
static void test_suspend(void)
{
    QTestState *qts = smc_start();

    for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
        add_at(qts, sites[i], "'suspend', 'tag': 'later'");
        smc_ask(qts, 5);
        smc_ask(qts, 6);
        fault_expect_number(qts, 1, 2);
        qts = migrate_machine(qts, "-M farside");
        mbox_expect_silence(qts);
        fault_expect_count(qts, "hits", 2);
        fault_expect_count(qts, "held", 2);
        fault_remove(qts, "r");
        mbox_expect_silence(qts);
        fault_resume(qts, "later");
        smc_expect_told(qts, 5);
        smc_expect_told(qts, 6);
        mbox_expect_silence(qts);
    }
    /* A reset forgets them. */
    add_at(qts, "smc-key", "'suspend', 'tag': 'later'");
    smc_ask(qts, 5);
    system_reset(qts);
    fault_expect_number(qts, 1, 0);
    fault_remove(qts, "r");
    smc_boot(qts);
    qtest_quit(qts);
}

/* The FIFO is full, here and after a migration, until the rule goes. */
static void test_hold(void)
{
    QTestState *qts = smc_start();

    add_at(qts, "mailbox-receive", "'hold'");
    g_assert_false(qtest_readl(qts, MBOX_A2I_CONTROL) & CONTROL_FULL);
    smc_ask(qts, 5);
    smc_expect_told(qts, 5);
    g_assert_true(qtest_readl(qts, MBOX_A2I_CONTROL) & CONTROL_FULL);
    qts = migrate_machine(qts, "-M farside");
    g_assert_true(qtest_readl(qts, MBOX_A2I_CONTROL) & CONTROL_FULL);
    fault_remove(qts, "r");
    g_assert_false(qtest_readl(qts, MBOX_A2I_CONTROL) & CONTROL_FULL);
    smc_ask(qts, 6);
    smc_expect_told(qts, 6);

    add_at(qts, "mailbox-receive", "'hold', 'duration': 1000");
    smc_ask(qts, 7);
    smc_expect_told(qts, 7);
    qtest_clock_step(qts, 999);
    g_assert_true(qtest_readl(qts, MBOX_A2I_CONTROL) & CONTROL_FULL);
    qtest_clock_step(qts, 1);
    g_assert_false(qtest_readl(qts, MBOX_A2I_CONTROL) & CONTROL_FULL);
    qtest_quit(qts);
}

/* Life and death */

static void expect_crashlog(QTestState *qts, const void *bytes, size_t length)
{
    uint8_t log[64];

    mbox_expect(qts, 1, CRASH_NOTICE | CRASHLOG);
    mbox_expect_silence(qts);
    qtest_memread(qts, CRASHLOG, log, length);
    g_assert_cmpmem(log, length, bytes, length);
}

static void run_again(QTestState *qts)
{
    qtest_writel(qts, SMC_CPU_CONTROL, 0);
    qtest_writel(qts, SMC_CPU_CONTROL, 0x10);
    mbox_expect(qts, 0, RTKIT_HELLO);
}

static void test_crash(void)
{
    static const char *const dying[] = {
        "smc-key", "rtkit-send", "rtkit-receive",
    };

    for (unsigned i = 0; i < ARRAY_SIZE(dying); i++) {
        QTestState *qts = smc_start();

        add_at(qts, dying[i], "'crash', 'crashlog': '0123456789abcdef'");
        smc_ask(qts, 5);
        smc_expect_told(qts, 5);
        expect_crashlog(qts, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
        fault_expect_count(qts, "failures", 0);
        fault_remove(qts, "r");
        smc_ask(qts, 6);
        mbox_expect_silence(qts);
        run_again(qts);
        qtest_quit(qts);
    }
}

static void test_crash_reason(void)
{
    QTestState *qts = smc_start();

    add_at(qts, "smc-key", "'crash', 'reason': 'why'");
    smc_ask(qts, 5);
    smc_expect_told(qts, 5);
    /* "CLHE", the section that begins a log. */
    expect_crashlog(qts, "EHLC", 4);
    qtest_quit(qts);
}

static void test_power(void)
{
    QTestState *qts = smc_start();

    add_at(qts, "rtkit-send", "'power-off'");
    smc_ask(qts, 5);
    smc_expect_told(qts, 5);
    mbox_expect_silence(qts);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==, 0);
    fault_remove(qts, "r");
    run_again(qts);
    qtest_quit(qts);

    qts = smc_start();
    add_at(qts, "rtkit-receive", "'reboot'");
    smc_ask(qts, 5);
    smc_expect_told(qts, 5);
    mbox_expect(qts, 0, RTKIT_HELLO);
    g_assert_cmphex(qtest_readl(qts, SMC_CPU_CONTROL), ==, 0x10);
    fault_expect_count(qts, "failures", 0);
    qtest_quit(qts);
}

/* Registers and interrupts */

static void test_register(void)
{
    QTestState *qts = smc_start();

    fault_add(qts, "{ 'id': 'r', 'site': 'register-read', 'match': {"
              "  'device': '/machine/smc-mailbox', 'words': ["
              "    { 'offset': 0, 'value': 276 } ] }, 'times': 2,"
              "  'action': 'patch', 'patch': ["
              "    { 'offset': 4, 'mask': 131072, 'value': 0 } ] }");
    g_assert_true(qtest_readl(qts, MBOX_A2I_CONTROL) & CONTROL_EMPTY);
    g_assert_false(qtest_readl(qts, MBOX_I2A_CONTROL) & CONTROL_EMPTY);
    g_assert_false(qtest_readl(qts, MBOX_I2A_CONTROL) & CONTROL_EMPTY);
    g_assert_true(qtest_readl(qts, MBOX_I2A_CONTROL) & CONTROL_EMPTY);
    fault_refuse(qts, "{ 'execute': 'fault-add', 'arguments': { 'rules': ["
                 " { 'id': 'x', 'site': 'register-read', 'action': 'drop' } ]"
                 " } }", "action: 'drop' is not possible");
    fault_refuse(qts, "{ 'execute': 'fault-add', 'arguments': { 'rules': ["
                 " { 'id': 'x', 'site': 'register-read', 'match': {"
                 "   'device': '/machine/spmi' }, 'action': 'none' } ] } }",
                 "site: the device has no 'register-read'");
    qtest_quit(qts);
}

/* A guest that does nothing but hit a rule is told of ever more seldom. */
static void test_events(void)
{
    QTestState *qts = smc_start();
    const unsigned hits = 5000;
    unsigned events = 0;
    QDict *event;

    fault_add(qts, "{ 'id': 'r', 'site': 'register-read', 'match': {"
              "  'device': '/machine/smc-mailbox' }, 'action': 'none' }");
    for (unsigned i = 0; i < hits; i++) {
        qtest_readl(qts, MBOX_I2A_CONTROL);
    }
    fault_expect_count(qts, "hits", hits);
    while ((event = qtest_qmp_event_ref(qts, "FAULT_HIT"))) {
        uint64_t hit = qdict_get_int(qdict_get_qdict(event, "data"), "hits");

        events++;
        g_assert_cmpuint(hit, ==, events < 2048 ? events :
                         events < 3072 ? 2048 + 2 * (events - 2048)
                                       : 4096 + 4 * (events - 3072));
        qobject_unref(event);
    }
    g_assert_cmpuint(events, ==, 3072 + (hits - 4096) / 4);
    qtest_quit(qts);
}

static bool is_pending(QTestState *qts)
{
    return qtest_readl(qts, GICD_ISPENDR) & PENDING;
}

static void test_irq(void)
{
    QTestState *qts = smc_start();

    fault_add(qts, "{ 'id': 'r', 'site': 'irq', 'match': {"
              "  'device': '/machine/smc-mailbox', 'line': 3, 'words': ["
              "    { 'offset': 0, 'value': 1 } ] },"
              "  'action': 'delay', 'ns': 1000 }");
    g_assert_false(is_pending(qts));
    smc_ask(qts, 5);
    g_assert_false(is_pending(qts));
    qtest_clock_step(qts, 1000);
    g_assert_true(is_pending(qts));
    smc_expect_told(qts, 5);
    g_assert_false(is_pending(qts));
    fault_remove(qts, "r");
    /* It stays high once it is. */
    fault_add(qts, "{ 'id': 'r', 'site': 'irq', 'match': {"
              "  'device': '/machine/smc-mailbox', 'line': 3, 'words': ["
              "    { 'offset': 0, 'value': 0 } ] }, 'action': 'drop' }");
    smc_ask(qts, 5);
    smc_expect_told(qts, 5);
    g_assert_true(is_pending(qts));
    fault_remove(qts, "r");
    smc_ask(qts, 6);
    smc_expect_told(qts, 6);
    g_assert_false(is_pending(qts));
    qtest_quit(qts);
}

/* A line is the same one after a migration, whatever was parted before it. */
static void test_migrate_irq(void)
{
    QTestState *qts = smc_start();

    fault_add(qts, "{ 'id': 'r', 'site': 'irq', 'match': {"
              "  'device': '/machine/smc-mailbox', 'line': 0 },"
              "  'action': 'none' }");
    fault_remove(qts, "r");
    fault_add(qts, "{ 'id': 'r', 'site': 'irq', 'match': {"
              "  'device': '/machine/smc-mailbox', 'line': 3, 'words': ["
              "    { 'offset': 0, 'value': 1 } ] },"
              "  'action': 'suspend', 'tag': 'later' }");
    smc_ask(qts, 5);
    fault_remove(qts, "r");
    g_assert_false(is_pending(qts));
    qts = migrate_machine(qts, "-M farside");
    g_assert_false(is_pending(qts));
    fault_resume(qts, "later");
    g_assert_true(is_pending(qts));
    smc_expect_told(qts, 5);
    qtest_quit(qts);
}

/* Unasked */

static void test_send(void)
{
    QTestState *qts = smc_start();

    fault_run_well(qts, "{ 'execute': 'fault-send', 'arguments': {"
                   " 'device': '/machine/smc/rtkit', 'site': 'rtkit-send',"
                   " 'endpoint': 0, 'bytes': '1000000000007000' } }");
    mbox_expect(qts, 0, QUIESCED_ACK);
    fault_run_well(qts, "{ 'execute': 'fault-send', 'arguments': {"
                   " 'device': '/machine/smc-mailbox',"
                   " 'site': 'mailbox-receive',"
                   " 'bytes': '10500100434955422000000000000000' } }");
    smc_expect_told(qts, 5);
    qtest_writel(qts, SMC_CPU_CONTROL, 0);
    fault_refuse(qts, "{ 'execute': 'fault-send', 'arguments': {"
                 " 'device': '/machine/smc/rtkit', 'site': 'rtkit-send',"
                 " 'bytes': '1000000000007000' } }", "takes no message");
    mbox_expect_silence(qts);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-fault/changes", test_changes);
    qtest_add_func("/apple-fault/delay", test_delay);
    qtest_add_func("/apple-fault/reorder", test_reorder);
    qtest_add_func("/apple-fault/suspend", test_suspend);
    qtest_add_func("/apple-fault/hold", test_hold);
    qtest_add_func("/apple-fault/crash", test_crash);
    qtest_add_func("/apple-fault/crash-reason", test_crash_reason);
    qtest_add_func("/apple-fault/power", test_power);
    qtest_add_func("/apple-fault/register", test_register);
    qtest_add_func("/apple-fault/events", test_events);
    qtest_add_func("/apple-fault/irq", test_irq);
    qtest_add_func("/apple-fault/migrate-irq", test_migrate_irq);
    qtest_add_func("/apple-fault/send", test_send);
    return g_test_run();
}
