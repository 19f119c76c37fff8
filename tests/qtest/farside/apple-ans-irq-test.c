/*
 * The interrupt of the ANS NVMe controller, and its coalescing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "farside-apple.h"
#include "qobject/qdict.h"

#define BLOCKS 64
/* Of the virtual clock. */
#define WAIT_NS 100000
/* Of interrupt 287, which is the first disk's. */
#define GICD_ISPENDR (0x08000000 + 0x200 + 287 / 32 * 4)
#define PENDING (1u << 287 % 32)

/* A disk whose next write can be told to wait. */
static AnsDisk *start(AnsDriver *d)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    char *args = g_strdup_printf(
        "-M farside -blockdev '{\"driver\": \"blkdebug\", \"node-name\": "
        "\"d\", \"image\": {\"driver\": \"file\", \"filename\": \"%s\"}}' "
        "-device farside-ans,drive=d", disk->image);

    g_free(disk->args);
    disk->args = args;
    ans_driver_init(d, qtest_init(args));
    ans_start(d);
    return disk;
}

static void intercept(AnsDriver *d)
{
    qtest_irq_intercept_out_named(d->qts, "/machine/ans0", "sysbus-irq");
}

static bool line(AnsDriver *d)
{
    return qtest_get_irq(d->qts, 0);
}

static void submit(AnsDriver *d, unsigned tag)
{
    ans_submit(d, IO, tag, ans_rw(NVME_CMD_WRITE, tag, 1, RAM_DATA, 0));
}

static void wait_for_completion(AnsDriver *d)
{
    while (!ans_has_completion(d, IO)) {
        /* The block layer takes its time. */
    }
}

static void block(AnsDriver *d, const char *command)
{
    g_autofree char *answer = qtest_hmp(
        d->qts, "qemu-io -d /machine/ans0 \"%s\"", command);

    g_assert_cmpstr(answer, ==, "");
}

/*
 * The guest rings for a command before it takes the completion of another one,
 * and has taken that when the command completes.
 */
static void submit_ahead(AnsDriver *d)
{
    submit(d, 2);
    wait_for_completion(d);
    block(d, "break pwritev late");
    submit(d, 3);
    ans_complete(d, IO, NULL);
    g_assert_false(line(d));
    block(d, "resume late");
    wait_for_completion(d);
}

/* The line is high as long as there is something to take, and no mask. */
static void test_level(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    g_assert_false(line(&d));
    submit(&d, 2);
    wait_for_completion(&d);
    g_assert_true(line(&d));
    submit(&d, 3);
    ans_complete(&d, IO, NULL);
    wait_for_completion(&d);
    qtest_clock_step(d.qts, WAIT_NS);
    g_assert_true(line(&d));
    ans_complete(&d, IO, NULL);
    g_assert_false(line(&d));
    ans_submit(&d, IO, 2, ans_cmd(0x7f, 0, 0));
    wait_for_completion(&d);
    g_assert_true(line(&d));
    qtest_writel(d.qts, ANS_INTMS, 1);
    g_assert_false(line(&d));
    qtest_writel(d.qts, ANS_INTMC, 1);
    g_assert_true(line(&d));
    qtest_writel(d.qts, ANS_CC, 0x460000);
    g_assert_false(line(&d));
    ans_end(&d, disk);
}

/* A guest that does not ring again gets its interrupt after WAIT_NS. */
static void test_wait(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    submit_ahead(&d);
    g_assert_false(line(&d));
    qtest_clock_step(d.qts, WAIT_NS - 1);
    g_assert_false(line(&d));
    qtest_clock_step(d.qts, 1);
    g_assert_true(line(&d));
    ans_complete(&d, IO, NULL);
    g_assert_false(line(&d));
    /* That was in vain: it does not wait for a while. */
    for (int i = 0; i < 32; i++) {
        submit_ahead(&d);
        g_assert_true(line(&d));
        ans_complete(&d, IO, NULL);
    }
    submit_ahead(&d);
    g_assert_false(line(&d));
    ans_end(&d, disk);
}

/* The next command ends the wait, and so does taking what there is. */
static void test_doorbell(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    for (int i = 0; i < 100; i++) {
        submit_ahead(&d);
        g_assert_false(line(&d));
        block(&d, "break pwritev next");
        submit(&d, 4);
        g_assert_true(line(&d));
        block(&d, "resume next");
        ans_complete(&d, IO, NULL);
        ans_complete(&d, IO, NULL);
        g_assert_false(line(&d));
    }
    submit_ahead(&d);
    ans_complete(&d, IO, NULL);
    qtest_clock_step(d.qts, WAIT_NS);
    g_assert_false(line(&d));
    ans_end(&d, disk);
}

/* A command on its own, an admin command, and what was masked do not wait. */
static void test_no_wait(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    for (int i = 0; i < 3; i++) {
        submit(&d, 2);
        wait_for_completion(&d);
        g_assert_true(line(&d));
        ans_complete(&d, IO, NULL);
        g_assert_false(line(&d));
    }
    qtest_writel(d.qts, ANS_INTMS, 1);
    submit_ahead(&d);
    g_assert_false(line(&d));
    qtest_writel(d.qts, ANS_INTMC, 1);
    g_assert_true(line(&d));
    ans_complete(&d, IO, NULL);
    submit_ahead(&d);
    g_assert_false(line(&d));
    ans_submit(&d, ADMIN, 0, ans_cmd(0x7f, 0, 0));
    while (!ans_has_completion(&d, ADMIN)) {
        /* It is on its way. */
    }
    g_assert_true(line(&d));
    ans_end(&d, disk);
}

/* A controller that is disabled has nothing to wait for, and begins anew. */
static void test_disable(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    submit_ahead(&d);
    g_assert_false(line(&d));
    qtest_writel(d.qts, ANS_CC, 0);
    qtest_clock_step(d.qts, WAIT_NS);
    g_assert_false(line(&d));
    ans_setup(&d);
    ans_enable(&d);
    ans_create_queues(&d);
    submit(&d, 2);
    wait_for_completion(&d);
    g_assert_true(line(&d));
    ans_complete(&d, IO, NULL);
    submit_ahead(&d);
    g_assert_false(line(&d));
    ans_end(&d, disk);
}

static bool pending(AnsDriver *d)
{
    return qtest_readl(d->qts, GICD_ISPENDR) & PENDING;
}

/* Who waits when the machine moves gets the interrupt where it runs on. */
static void test_migrate(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    submit(&d, 2);
    wait_for_completion(&d);
    g_assert_true(pending(&d));
    ans_complete(&d, IO, NULL);
    submit_ahead(&d);
    g_assert_false(pending(&d));
    d.qts = migrate_machine(d.qts, disk->args);
    g_assert_true(pending(&d));
    ans_complete(&d, IO, NULL);
    g_assert_false(pending(&d));
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-ans/irq/level", test_level);
    qtest_add_func("/apple-ans/irq/wait", test_wait);
    qtest_add_func("/apple-ans/irq/doorbell", test_doorbell);
    qtest_add_func("/apple-ans/irq/no-wait", test_no_wait);
    qtest_add_func("/apple-ans/irq/disable", test_disable);
    qtest_add_func("/apple-ans/irq/migrate", test_migrate);
    return g_test_run();
}
