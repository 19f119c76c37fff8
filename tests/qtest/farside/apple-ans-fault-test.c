/*
 * Fault rules on an ANS: commands, completions, its registers and its line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"
#include "fault-rules.h"

#define UNRECOVERED 0x281
#define OTHER_TAG 6
#define ANS_A2I_CONTROL (ANS_MBOX + 0x110)
#define OLD 0x11
#define NEW 0x22

typedef struct Fixture {
    AnsDisk *disk;
    AnsDriver d;
} Fixture;

/* A disk whose first block is full of OLD, and memory for it of NEW. */
static void start(Fixture *f)
{
    f->disk = ans_disk_new(16, "file0,id=ans0");
    ans_driver_init(&f->d, qtest_init(f->disk->args));
    ans_start(&f->d);
    g_assert_cmphex(ans_write_block(&f->d, 0, OLD), ==, NVME_SUCCESS);
    ans_fill(&f->d, RAM_DATA, NEW, PAGE);
}

static void stop(Fixture *f)
{
    ans_end(&f->d, f->disk);
}

static void add_at(AnsDriver *d, const char *site, const char *action)
{
    g_autofree char *rule = g_strdup_printf(
        "{ 'id': 'r', 'site': 'nvme-%s', 'match': {"
        "  'device': '/machine/ans0', 'queue': 1, 'opcode': 2 },"
        "  'action': %s }", site, action);

    g_test_message("%s", rule);
    fault_add(d->qts, rule);
}

static void submit_read(AnsDriver *d, unsigned tag)
{
    ans_submit(d, IO, tag, ans_rw(NVME_CMD_READ, 0, 1, RAM_DATA, 0));
}

/* The block layer takes its time. */
static void wait_hits(AnsDriver *d, int64_t hits)
{
    while (fault_count(d->qts, "hits") < hits) {
        /* Nothing happens by itself but that. */
    }
    fault_expect_count(d->qts, "failures", 0);
}

static int data(AnsDriver *d)
{
    return ans_filled(d, RAM_DATA, PAGE);
}

static void test_status(void)
{
    Fixture f;

    start(&f);
    add_at(&f.d, "completion", "'status', 'status': 641");
    g_assert_cmphex(ans_read_block(&f.d, 0), ==, UNRECOVERED);
    fault_remove(f.d.qts, "r");
    g_assert_cmphex(ans_read_block(&f.d, 0), ==, NVME_SUCCESS);
    stop(&f);
}

static void test_token(void)
{
    NvmeCqe cqe;
    Fixture f;

    start(&f);
    add_at(&f.d, "completion", "'token', 'token': 6");
    submit_read(&f.d, TAG);
    ans_complete(&f.d, IO, &cqe);
    g_assert_cmpuint(le16_to_cpu(cqe.cid), ==, OTHER_TAG);
    fault_remove(f.d.qts, "r");
    /* Of the command: its TCB is that of its slot, as before. */
    add_at(&f.d, "command", "'token', 'token': 6");
    ans_fill(&f.d, RAM_DATA, NEW, PAGE);
    submit_read(&f.d, TAG);
    g_assert_cmphex(ans_complete(&f.d, IO, &cqe), ==, NVME_SUCCESS);
    g_assert_cmpuint(le16_to_cpu(cqe.cid), ==, OTHER_TAG);
    g_assert_cmphex(data(&f.d), !=, NEW);
    stop(&f);
}

/* Another block is read than was asked for. */
static void test_patch(void)
{
    Fixture f;

    start(&f);
    add_at(&f.d, "command", "'patch', 'patch': ["
           " { 'offset': 40, 'value': 1 } ]");
    g_assert_cmphex(ans_read_block(&f.d, 0), ==, NVME_SUCCESS);
    g_assert_cmphex(data(&f.d), ==, 0);
    stop(&f);
}

static void test_duplicate(void)
{
    NvmeCqe cqe;
    Fixture f;

    start(&f);
    add_at(&f.d, "completion", "'duplicate'");
    g_assert_cmphex(ans_read_block(&f.d, 0), ==, NVME_SUCCESS);
    g_assert_cmphex(ans_complete(&f.d, IO, &cqe), ==, NVME_SUCCESS);
    g_assert_cmpuint(le16_to_cpu(cqe.cid), ==, TAG);
    g_assert_false(ans_has_completion(&f.d, IO));
    stop(&f);
}

static void test_send(void)
{
    NvmeCqe cqe;
    Fixture f;

    start(&f);
    add_at(&f.d, "completion",
           "'send', 'bytes': '78563412000000000000000006000205'");
    g_assert_cmphex(ans_read_block(&f.d, 0), ==, NVME_SUCCESS);
    g_assert_cmphex(ans_complete(&f.d, IO, &cqe), ==, UNRECOVERED);
    g_assert_cmphex(le32_to_cpu(cqe.result), ==, 0x12345678);
    g_assert_cmpuint(le16_to_cpu(cqe.cid), ==, OTHER_TAG);
    stop(&f);
}

/* Lost commands do nothing; lost completions are of commands that did it. */
static void test_drop(void)
{
    static const char *const actions[] = { "'drop'", "'silence'" };

    for (unsigned i = 0; i < ARRAY_SIZE(actions); i++) {
        Fixture f;

        start(&f);
        add_at(&f.d, "command", actions[i]);
        submit_read(&f.d, TAG);
        wait_hits(&f.d, 1);
        g_assert_cmphex(data(&f.d), ==, NEW);
        fault_remove(f.d.qts, "r");
        add_at(&f.d, "completion", actions[i]);
        submit_read(&f.d, OTHER_TAG);
        wait_hits(&f.d, 1);
        g_assert_false(ans_has_completion(&f.d, IO));
        g_assert_cmphex(data(&f.d), ==, OLD);
        fault_remove(f.d.qts, "r");
        /* The tag of what was lost last is free, that of the other is not. */
        submit_read(&f.d, OTHER_TAG);
        g_assert_cmphex(ans_complete(&f.d, IO, NULL), ==, NVME_SUCCESS);
        stop(&f);
    }
}

static void test_delay(void)
{
    static const char *const sites[] = { "command", "completion" };
    Fixture f;

    start(&f);
    for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
        add_at(&f.d, sites[i], "'delay', 'ns': 1000");
        submit_read(&f.d, TAG);
        wait_hits(&f.d, 1);
        qtest_clock_step(f.d.qts, 999);
        g_assert_false(ans_has_completion(&f.d, IO));
        qtest_clock_step(f.d.qts, 1);
        g_assert_cmphex(ans_complete(&f.d, IO, NULL), ==, NVME_SUCCESS);
        fault_remove(f.d.qts, "r");
    }
    stop(&f);
}

static void test_reorder(void)
{
    static const char *const sites[] = { "command", "completion" };
    NvmeCqe cqe;
    Fixture f;

    start(&f);
    for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
        add_at(&f.d, sites[i], "'reorder'");
        submit_read(&f.d, TAG);
        wait_hits(&f.d, 1);
        g_assert_false(ans_has_completion(&f.d, IO));
        fault_remove(f.d.qts, "r");
        submit_read(&f.d, OTHER_TAG);
        g_assert_cmphex(ans_complete(&f.d, IO, &cqe), ==, NVME_SUCCESS);
        if (i == 1) {
            g_assert_cmpuint(le16_to_cpu(cqe.cid), ==, OTHER_TAG);
        }
        g_assert_cmphex(ans_complete(&f.d, IO, &cqe), ==, NVME_SUCCESS);
        if (i == 1) {
            g_assert_cmpuint(le16_to_cpu(cqe.cid), ==, TAG);
        }
    }
    stop(&f);
}

/* What is suspended moves to another QEMU, and is done, or told of, there. */
static void test_suspend(void)
{
    static const char *const sites[] = { "command", "completion" };
    Fixture f;

    for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
        start(&f);
        add_at(&f.d, sites[i], "'suspend', 'tag': 'later'");
        submit_read(&f.d, TAG);
        wait_hits(&f.d, 1);
        f.d.qts = migrate_machine(f.d.qts, f.disk->args);
        g_assert_false(ans_has_completion(&f.d, IO));
        g_assert_cmphex(data(&f.d), ==, i ? OLD : NEW);
        fault_expect_number(f.d.qts, 1, 1);
        fault_remove(f.d.qts, "r");
        fault_resume(f.d.qts, "later");
        g_assert_cmphex(ans_complete(&f.d, IO, NULL), ==, NVME_SUCCESS);
        g_assert_cmphex(data(&f.d), ==, OLD);
        g_assert_cmphex(ans_read_block(&f.d, 0), ==, NVME_SUCCESS);
        stop(&f);
    }
}

/* Whatever is kept when the controller is disabled leaves no trace. */
static void test_disable(void)
{
    static const char *const sites[] = { "command", "completion" };
    Fixture f;

    start(&f);
    for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
        add_at(&f.d, sites[i], "'suspend', 'tag': 'later'");
        submit_read(&f.d, TAG);
        wait_hits(&f.d, 1);
        fault_remove(f.d.qts, "r");
        qtest_writel(f.d.qts, ANS_CC, 0x460000);
        ans_fill(&f.d, RAM_DATA, NEW, PAGE);
        ans_setup(&f.d);
        fault_expect_number(f.d.qts, 0, 0);
        ans_enable(&f.d);
        ans_create_queues(&f.d);
        g_assert_false(ans_has_completion(&f.d, IO));
        g_assert_cmphex(data(&f.d), ==, NEW);
        g_assert_cmphex(ans_read_block(&f.d, 0), ==, NVME_SUCCESS);
    }
    stop(&f);
}

/* A command that was kept before a reset is not taken for a later one. */
static void test_stale(void)
{
    Fixture f;

    start(&f);
    add_at(&f.d, "command", "'suspend', 'tag': 'old'");
    submit_read(&f.d, TAG);
    wait_hits(&f.d, 1);
    fault_remove(f.d.qts, "r");
    qtest_writel(f.d.qts, ANS_CC, 0x460000);
    ans_setup(&f.d);
    ans_enable(&f.d);
    ans_create_queues(&f.d);
    add_at(&f.d, "command", "'suspend', 'tag': 'new'");
    ans_submit(&f.d, IO, TAG, ans_rw(NVME_CMD_READ, 0, 1, RAM_DATA + PAGE,
                                     0));
    wait_hits(&f.d, 1);
    fault_refuse(f.d.qts, "{ 'execute': 'fault-resume', 'arguments': {"
                 " 'tag': 'old' } }", "tag: no message");
    fault_resume(f.d.qts, "new");
    g_assert_cmphex(ans_complete(&f.d, IO, NULL), ==, NVME_SUCCESS);
    g_assert_cmphex(data(&f.d), ==, NEW);
    g_assert_cmphex(ans_filled(&f.d, RAM_DATA + PAGE, PAGE), ==, OLD);
    stop(&f);
}

/* A silenced controller says nothing after a reset either. */
static void test_silent_when_reset(void)
{
    Fixture f;

    start(&f);
    add_at(&f.d, "completion", "'silence'");
    submit_read(&f.d, TAG);
    wait_hits(&f.d, 1);
    qtest_writel(f.d.qts, ANS_CC, 0x460000);
    ans_setup(&f.d);
    ans_enable(&f.d);
    ans_submit(&f.d, ADMIN, 0, ans_cmd(NVME_ADM_CMD_GET_FEATURES, 0, 0));
    g_assert_false(ans_has_completion(&f.d, ADMIN));
    fault_remove(f.d.qts, "r");
    ans_submit(&f.d, ADMIN, 1, ans_cmd(NVME_ADM_CMD_GET_FEATURES, 0, 0));
    ans_complete(&f.d, ADMIN, NULL);
    stop(&f);
}

/* What is in its mailbox goes with a reset, but not a rule that holds it. */
static void test_mailbox_reset(void)
{
    Fixture f;

    start(&f);
    fault_add(f.d.qts, "{ 'id': 'r', 'site': 'mailbox-receive', 'match': {"
              "  'device': '/machine/ans0-mailbox' }, 'times': 1,"
              "  'action': 'hold' },"
              "{ 'id': 'later', 'site': 'mailbox-receive', 'match': {"
              "  'device': '/machine/ans0-mailbox' },"
              "  'action': 'suspend', 'tag': 'later' }");
    ans_mbox_send(&f.d, 0, 0x00b0000000000020);
    fault_expect_number(f.d.qts, 2, 1);
    g_assert_true(qtest_readl(f.d.qts, ANS_A2I_CONTROL) & CONTROL_FULL);
    qtest_writel(f.d.qts, PMGR_BASE, 0x800000ff);
    qtest_writel(f.d.qts, PMGR_BASE, 0xff);
    fault_expect_number(f.d.qts, 2, 0);
    g_assert_true(qtest_readl(f.d.qts, ANS_A2I_CONTROL) & CONTROL_FULL);
    system_reset(f.d.qts);
    g_assert_false(qtest_readl(f.d.qts, ANS_A2I_CONTROL) & CONTROL_FULL);
    stop(&f);
}

/* What is resumed in a stopped machine is carried out when it runs on. */
static void test_resume_in_stop(void)
{
    Fixture f;

    start(&f);
    fault_add(f.d.qts, "{ 'id': 'r', 'site': 'nvme-command', 'match': {"
              "  'device': '/machine/ans0', 'queue': 0 },"
              "  'action': 'suspend', 'tag': 'later' }");
    ans_submit(&f.d, ADMIN, 0, ans_cmd(NVME_ADM_CMD_GET_FEATURES, 0, 0));
    wait_hits(&f.d, 1);
    fault_remove(f.d.qts, "r");
    fault_run_well(f.d.qts, "{ 'execute': 'stop' }");
    fault_resume(f.d.qts, "later");
    f.d.qts = migrate_machine(f.d.qts, f.disk->args);
    fault_run_well(f.d.qts, "{ 'execute': 'cont' }");
    ans_complete(&f.d, ADMIN, NULL);
    stop(&f);
}

static void test_crash(void)
{
    static const char *const sites[] = { "command", "completion" };

    for (unsigned i = 0; i < ARRAY_SIZE(sites); i++) {
        g_autofree char *state = NULL;
        Fixture f;

        start(&f);
        add_at(&f.d, sites[i], "'crash', 'crashlog': '0123456789abcdef'");
        submit_read(&f.d, TAG);
        wait_hits(&f.d, 1);
        /* The first buffer that it was given. */
        g_assert_cmphex(qtest_readq(f.d.qts, RAM_BUFFERS), ==,
                        0xefcdab8967452301);
        g_assert_cmphex(qtest_readl(f.d.qts, ANS_BOOT_STATUS), !=,
                        BOOT_STATUS_OK);
        stop(&f);
    }
}

static void test_registers(void)
{
    Fixture f;

    start(&f);
    fault_add(f.d.qts, "{ 'id': 'r', 'site': 'register-read', 'match': {"
              "  'device': '/machine/ans0', 'words': ["
              "    { 'offset': 0, 'value': 164128 } ] }, 'times': 1,"
              "  'action': 'patch', 'patch': ["
              "    { 'offset': 4, 'value': 1 } ] }");
    g_assert_cmphex(qtest_readl(f.d.qts, ANS_TCB_STAT), ==, 1);
    g_assert_cmphex(qtest_readl(f.d.qts, ANS_TCB_STAT), ==, 0);
    fault_remove(f.d.qts, "r");
    /* The upper word of 64 bits. */
    fault_add(f.d.qts, "{ 'id': 'r', 'site': 'register-read', 'match': {"
              "  'device': '/machine/ans0', 'words': ["
              "    { 'offset': 0, 'value': 44 } ] }, 'action': 'patch',"
              "  'patch': [ { 'offset': 4, 'value': 7 } ] }");
    g_assert_cmphex(qtest_readq(f.d.qts, ANS_ASQ), ==,
                    7ULL << 32 | RAM_SQ(ADMIN));
    stop(&f);
}

/* Nobody can make up a command; a completion needs a queue. */
static void test_refused(void)
{
    Fixture f;

    start(&f);
    fault_refuse(f.d.qts, "{ 'execute': 'fault-send', 'arguments': {"
                 " 'device': '/machine/ans0', 'site': 'nvme-command',"
                 " 'bytes': '00' } }", "site: nothing can be sent");
    fault_refuse(f.d.qts, "{ 'execute': 'fault-add', 'arguments': {"
                 " 'rules': [ { 'id': 'r', 'site': 'nvme-command',"
                 " 'action': 'duplicate' } ] } }", "action: ");
    fault_refuse(f.d.qts, "{ 'execute': 'fault-add', 'arguments': {"
                 " 'rules': [ { 'id': 'r', 'site': 'nvme-command',"
                 " 'match': { 'queue': 2 }, 'action': 'drop' } ] } }",
                 "match.queue");
    qtest_writel(f.d.qts, ANS_CC, 0x460000);
    fault_refuse(f.d.qts, "{ 'execute': 'fault-send', 'arguments': {"
                 " 'device': '/machine/ans0', 'site': 'nvme-completion',"
                 " 'bytes': '00000000000000000000000005000000' } }",
                 "takes no message");
    stop(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/ans-fault/status", test_status);
    qtest_add_func("/ans-fault/token", test_token);
    qtest_add_func("/ans-fault/patch", test_patch);
    qtest_add_func("/ans-fault/duplicate", test_duplicate);
    qtest_add_func("/ans-fault/send", test_send);
    qtest_add_func("/ans-fault/drop", test_drop);
    qtest_add_func("/ans-fault/delay", test_delay);
    qtest_add_func("/ans-fault/reorder", test_reorder);
    qtest_add_func("/ans-fault/suspend", test_suspend);
    qtest_add_func("/ans-fault/disable", test_disable);
    qtest_add_func("/ans-fault/stale", test_stale);
    qtest_add_func("/ans-fault/silent-when-reset", test_silent_when_reset);
    qtest_add_func("/ans-fault/mailbox-reset", test_mailbox_reset);
    qtest_add_func("/ans-fault/resume-in-stop", test_resume_in_stop);
    qtest_add_func("/ans-fault/crash", test_crash);
    qtest_add_func("/ans-fault/registers", test_registers);
    qtest_add_func("/ans-fault/refused", test_refused);
    return g_test_run();
}
