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

/*
 * A disk whose next write can be told to wait; @ring: whose submission queues
 * are rings.
 */
static AnsDisk *start_variant(AnsDriver *d, bool ring)
{
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");
    char *args = g_strdup_printf(
        "-M farside -blockdev '{\"driver\": \"blkdebug\", \"node-name\": "
        "\"d\", \"image\": {\"driver\": \"file\", \"filename\": \"%s\"}}' "
        "-device farside-ans,drive=d,lazy=on,variant=%s", disk->image,
        ring ? "t8015" : "t8103");

    g_free(disk->args);
    disk->args = args;
    ans_driver_init(d, qtest_init(args));
    if (ring) {
        d->ring = true;
        d->sart = 0;
        d->entries = 16;
    }
    ans_start(d);
    return disk;
}

static AnsDisk *start(AnsDriver *d)
{
    return start_variant(d, false);
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

/*
 * A guest that does not ring again gets its interrupt after WAIT_NS. That was
 * in vain: the next ones do not wait, for a while; the last one does again.
 */
static void wait_in_vain(AnsDriver *d)
{
    submit_ahead(d);
    g_assert_false(line(d));
    qtest_clock_step(d->qts, WAIT_NS - 1);
    g_assert_false(line(d));
    qtest_clock_step(d->qts, 1);
    g_assert_true(line(d));
    ans_complete(d, IO, NULL);
    g_assert_false(line(d));
    for (int i = 0; i < 32; i++) {
        submit_ahead(d);
        g_assert_true(line(d));
        ans_complete(d, IO, NULL);
    }
    submit_ahead(d);
    g_assert_false(line(d));
}

static void test_wait(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    wait_in_vain(&d);
    ans_end(&d, disk);
}

/* Without being told, a qtest's disk is not lazy: its clock stands still. */
static void test_not_lazy(void)
{
    AnsDriver d;
    AnsDisk *disk = ans_disk_new(BLOCKS, "file0");

    ans_driver_init(&d, qtest_init(disk->args));
    ans_start(&d);
    intercept(&d);
    for (unsigned tag = 2; tag < 5; tag++) {
        ans_write_entry(&d, IO, tag, ans_rw(NVME_CMD_WRITE, tag, 1, RAM_DATA,
                                            0));
    }
    for (unsigned tag = 2; tag < 5; tag++) {
        ans_ring_doorbell(&d, IO, tag);
    }
    for (unsigned tag = 2; tag < 5; tag++) {
        while (!line(&d)) {
            qtest_readl(d.qts, ANS_CSTS);
        }
        ans_complete(&d, IO, NULL);
    }
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
    /* However many there were, they make up for no more than two in vain. */
    for (int i = 0; i < 3; i++) {
        submit_ahead(&d);
        g_assert_false(line(&d));
        qtest_clock_step(d.qts, WAIT_NS);
        ans_complete(&d, IO, NULL);
    }
    submit_ahead(&d);
    g_assert_true(line(&d));
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
    /* A wait in vain is of this life, too. */
    submit_ahead(&d);
    qtest_clock_step(d.qts, WAIT_NS);
    ans_complete(&d, IO, NULL);
    qtest_writel(d.qts, ANS_CC, 0);
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

/* The same of a variant whose submission queues are rings. */
static void test_ring(void)
{
    AnsDriver d;
    AnsDisk *disk = start_variant(&d, true);

    intercept(&d);
    wait_in_vain(&d);
    submit(&d, 4);
    g_assert_true(line(&d));
    ans_end(&d, disk);
}

/* What is masked while it waits waits on, and comes when both have ended. */
static void test_mask(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    submit_ahead(&d);
    qtest_writel(d.qts, ANS_INTMS, 1);
    qtest_writel(d.qts, ANS_INTMC, 1);
    g_assert_false(line(&d));
    qtest_writel(d.qts, ANS_INTMS, 1);
    qtest_clock_step(d.qts, WAIT_NS);
    g_assert_false(line(&d));
    qtest_writel(d.qts, ANS_INTMC, 1);
    g_assert_true(line(&d));
    ans_end(&d, disk);
}

static void delete_queue(AnsDriver *d, uint8_t opcode)
{
    NvmeCmd cmd = ans_cmd(opcode, 0, 0);

    cmd.cdw10 = cpu_to_le32(1);
    g_assert_cmphex(ans_do(d, ADMIN, cmd), ==, NVME_SUCCESS);
}

/* Nothing is left to wait for when the queue has gone. */
static void test_delete(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    submit_ahead(&d);
    delete_queue(&d, NVME_ADM_CMD_DELETE_SQ);
    delete_queue(&d, NVME_ADM_CMD_DELETE_CQ);
    g_assert_false(line(&d));
    qtest_clock_step(d.qts, WAIT_NS);
    g_assert_false(line(&d));
    ans_end(&d, disk);
}

/* Firmware that crashes takes no interrupt with it that it owes. */
static void test_crash(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    submit_ahead(&d);
    qtest_qmp_assert_success(d.qts, "{'execute': 'rtkit-crash', "
                             "'arguments': {'path': '/machine/ans0/rtkit', "
                             "'reason': 'test'}}");
    g_assert_false(line(&d));
    qtest_clock_step(d.qts, WAIT_NS);
    g_assert_true(line(&d));
    ans_complete(&d, IO, NULL);
    g_assert_false(line(&d));
    ans_end(&d, disk);
}

/* A machine that is stopped neither ends the wait nor begins it anew. */
static void test_stop(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    submit_ahead(&d);
    qtest_clock_step(d.qts, WAIT_NS / 2);
    qtest_qmp_assert_success(d.qts, "{'execute': 'stop'}");
    g_assert_false(line(&d));
    qtest_qmp_assert_success(d.qts, "{'execute': 'cont'}");
    g_assert_false(line(&d));
    qtest_clock_step(d.qts, WAIT_NS / 2);
    g_assert_true(line(&d));
    ans_end(&d, disk);
}

/* A machine that is reset starts without. */
static void test_reset(void)
{
    AnsDriver d;
    AnsDisk *disk = start(&d);

    intercept(&d);
    submit_ahead(&d);
    qtest_writel(d.qts, ANS_INTMS, 1);
    qtest_system_reset(d.qts);
    qtest_clock_step(d.qts, WAIT_NS);
    g_assert_false(line(&d));
    g_assert_cmphex(qtest_readl(d.qts, ANS_INTMS), ==, 0);
    ans_end(&d, disk);
}

static bool pending(AnsDriver *d)
{
    return qtest_readl(d->qts, GICD_ISPENDR) & PENDING;
}

/* The wait goes on where the machine does, and so does what it taught. */
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
    qtest_clock_step(d.qts, WAIT_NS - 1);
    g_assert_false(pending(&d));
    qtest_clock_step(d.qts, 1);
    g_assert_true(pending(&d));
    ans_complete(&d, IO, NULL);
    g_assert_false(pending(&d));
    d.qts = migrate_machine(d.qts, disk->args);
    submit_ahead(&d);
    g_assert_true(pending(&d));
    ans_end(&d, disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-ans/irq/level", test_level);
    qtest_add_func("/apple-ans/irq/wait", test_wait);
    qtest_add_func("/apple-ans/irq/not-lazy", test_not_lazy);
    qtest_add_func("/apple-ans/irq/doorbell", test_doorbell);
    qtest_add_func("/apple-ans/irq/no-wait", test_no_wait);
    qtest_add_func("/apple-ans/irq/disable", test_disable);
    qtest_add_func("/apple-ans/irq/ring", test_ring);
    qtest_add_func("/apple-ans/irq/mask", test_mask);
    qtest_add_func("/apple-ans/irq/delete", test_delete);
    qtest_add_func("/apple-ans/irq/crash", test_crash);
    qtest_add_func("/apple-ans/irq/stop", test_stop);
    qtest_add_func("/apple-ans/irq/reset", test_reset);
    qtest_add_func("/apple-ans/irq/migrate", test_migrate);
    return g_test_run();
}
