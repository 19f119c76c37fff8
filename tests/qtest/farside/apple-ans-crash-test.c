/*
 * The ANS NVMe controller: commands under way when its firmware crashes, or is
 * told to sleep
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"
#include "fault-rules.h"

#define BLOCKS 64
#define SOME 6

/* Power states of RTKit, and the message that sets one. */
#define MGMT_IOP_POWER 0x0060000000000000
enum {
    RTKIT_PWR_STATE_OFF = 0x000,
    RTKIT_PWR_STATE_SLEEP = 0x001,
    RTKIT_PWR_STATE_QUIESCED = 0x010,
    RTKIT_PWR_STATE_IDLE = 0x201,
    RTKIT_PWR_STATE_INIT = 0x220,
};

static void start(AnsDriver *d, const char *blockdev)
{
    g_autofree char *args = g_strdup_printf(
        "-M farside -object throttle-group,id=t,x-iops-total=2 "
        "-blockdev node-name=d,%s -device farside-ans,drive=d", blockdev);

    ans_driver_init(d, qtest_init(args));
    ans_start(d);
}

/*
 * All but the first of its commands wait for half a second each of the virtual
 * clock, or for somebody who drains.
 */
static void start_throttled(AnsDriver *d)
{
    start(d, "driver=throttle,throttle-group=t,file.driver=null-co,"
          "file.size=1048576,file.read-zeroes=on");
}

static void crash(AnsDriver *d)
{
    qtest_qmp_assert_success(d->qts, "{ 'execute': 'rtkit-crash',"
                             "  'arguments': { 'reason': 'a test',"
                             "  'path': '/machine/ans0/rtkit' } }");
}

/*
 * Dead firmware writes no more: what is under way ends before it dies. One of
 * two reads waits for the virtual clock, or for somebody who drains.
 */
static void test_crash_under_way(void)
{
    AnsDriver d;

    start_throttled(&d);
    ans_fill(&d, RAM_DATA, 0xee, 2 * PAGE);
    for (unsigned i = 0; i < 2; i++) {
        ans_submit(&d, IO, 2 + i, ans_rw(NVME_CMD_READ, i, 1,
                                         RAM_DATA + i * PAGE, 0));
    }
    g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
    g_assert_cmpint(ans_filled(&d, RAM_DATA + PAGE, PAGE), ==, 0xee);
    crash(&d);
    g_assert_cmpint(ans_filled(&d, RAM_DATA + PAGE, PAGE), ==, 0);
    g_assert_false(ans_has_completion(&d, IO));
    qtest_quit(d.qts);
}

/* What waits for room in its queue is not posted by firmware that is dead. */
static void test_crash_with_full_queue(void)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    AnsDriver d;

    ans_driver_init(&d, qtest_init(disk->args));
    ans_start(&d);
    ans_delete_queues(&d);
    ans_create_queues_of(&d, 2);
    for (unsigned tag = 2; tag < 4; tag++) {
        ans_submit(&d, IO, tag, ans_cmd(0x7f, 0, 0));
    }
    while (!ans_has_completion(&d, IO)) {
        /* It is on its way. */
    }
    crash(&d);
    ans_complete(&d, IO, NULL);
    g_assert_false(ans_has_completion(&d, IO));
    ans_end(&d, disk);
}

/*
 * A rule that crashes the firmware when a command ends, which this block
 * driver says from within: nobody waits for himself.
 */
static void test_crash_by_rule(void)
{
    AnsDriver d;

    start(&d, "driver=null-co,size=1048576,latency-ns=200000000");
    fault_add(d.qts, "{ 'id': 'r', 'site': 'nvme-completion', 'match': {"
              " 'queue': 1 }, 'action': 'crash', 'reason': 'a test' }");
    ans_submit(&d, IO, 2, ans_rw(NVME_CMD_READ, 2, 1, RAM_DATA, 0));
    while (qtest_readl(d.qts, ANS_BOOT_STATUS) == BOOT_STATUS_OK) {
        /* It takes 200 ms. */
    }
    qtest_quit(d.qts);
}

/* Firmware that has crashed does not read what a rule has kept until now. */
static void test_crash_of_kept(void)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    AnsDriver d;

    ans_driver_init(&d, qtest_init(disk->args));
    ans_start(&d);
    ans_suspend_io(&d);
    ans_fill(&d, RAM_DATA, 0xee, PAGE);
    ans_submit(&d, IO, 2, ans_rw(NVME_CMD_READ, 1, 1, RAM_DATA, 0));
    g_assert_false(ans_has_completion(&d, IO));
    crash(&d);
    fault_resume(d.qts, "t");
    d.qts = migrate_machine(d.qts, disk->args);
    g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 0xee);
    ans_end(&d, disk);
}

/* Nor does it try again what had failed when the machine stopped. */
static void test_crash_of_stopped(void)
{
    AnsDriver d;

    ans_driver_init(&d, qtest_init(
        "-M farside -blockdev '{\"driver\": \"blkdebug\", \"node-name\": "
        "\"d\", \"image\": {\"driver\": \"null-co\", \"size\": 1048576,"
        "\"read-zeroes\": true}, \"inject-error\": [{\"event\": \"none\","
        "\"once\": true, \"iotype\": \"read\"}]}' "
        "-device farside-ans,drive=d,rerror=stop"));
    ans_start(&d);
    ans_fill(&d, RAM_DATA, 0xee, PAGE);
    ans_submit(&d, IO, 2, ans_rw(NVME_CMD_READ, 2, 1, RAM_DATA, 0));
    qtest_qmp_eventwait(d.qts, "STOP");
    crash(&d);
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
    /* This waits for what is under way. */
    qtest_qmp_assert_success(d.qts, "{ 'execute': 'stop' }");
    g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 0xee);
    qtest_quit(d.qts);
}

/* Tell the firmware, which acknowledges it. */
static void set_power(AnsDriver *d, uint64_t state)
{
    ans_mbox_send(d, 0, MGMT_IOP_POWER | state);
    while (!(qtest_readl(d->qts, ANS_MBOX + 0x114) & 1 << 17)) {
        qtest_readq(d->qts, ANS_MBOX + 0x830);
        qtest_readq(d->qts, ANS_MBOX + 0x838);
    }
}

/*
 * Whatever the firmware is told to be, it is done with the guest's memory when
 * it says that it is. Idle firmware completes commands when it is back.
 */
static void test_power_down(void)
{
    const uint16_t states[] = { RTKIT_PWR_STATE_OFF, RTKIT_PWR_STATE_SLEEP,
                                RTKIT_PWR_STATE_QUIESCED,
                                RTKIT_PWR_STATE_IDLE };

    for (int i = 0; i < ARRAY_SIZE(states); i++) {
        AnsDriver d;

        start_throttled(&d);
        for (unsigned tag = 2; tag < 2 + SOME; tag++) {
            ans_submit(&d, IO, tag, ans_rw(NVME_CMD_READ, tag, 1, RAM_DATA,
                                           0));
        }
        g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
        set_power(&d, states[i]);
        g_assert_cmphex(qtest_readl(d.qts, ANS_BOOT_STATUS), ==, 0);
        ans_fill(&d, RAM_DATA, 0xdd, PAGE);
        /* This waits for what is under way. */
        qtest_qmp_assert_success(d.qts, "{ 'execute': 'stop' }");
        qtest_qmp_assert_success(d.qts, "{ 'execute': 'cont' }");
        g_assert_cmpint(ans_filled(&d, RAM_DATA, PAGE), ==, 0xdd);
        if (states[i] == RTKIT_PWR_STATE_IDLE) {
            set_power(&d, RTKIT_PWR_STATE_INIT);
            for (int n = 1; n < SOME; n++) {
                g_assert_cmphex(ans_complete(&d, IO, NULL), ==, 0);
            }
        }
        qtest_quit(d.qts);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-ans/crash/under-way", test_crash_under_way);
    qtest_add_func("/apple-ans/crash/full-queue", test_crash_with_full_queue);
    qtest_add_func("/apple-ans/crash/by-rule", test_crash_by_rule);
    qtest_add_func("/apple-ans/crash/kept", test_crash_of_kept);
    qtest_add_func("/apple-ans/crash/stopped", test_crash_of_stopped);
    qtest_add_func("/apple-ans/crash/power-down", test_power_down);
    return g_test_run();
}
