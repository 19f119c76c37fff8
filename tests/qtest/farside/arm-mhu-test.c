/*
 * Arm MHU, versions 1 to 3: registers and interrupts
 *
 * Doorbell 0 rings the SCMI platform, which rings it in turn; nobody listens
 * to those from 2 on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "scmi-channel.h"

#define V1 0x0b000000
#define SENDER 0x0b000000
#define RECEIVER 0x0b400000

#define BASE_VERSION 0x00004000

static QTestState *start(const Mhu *mhu)
{
    g_autofree char *args = channel_machine(mhu);

    return qtest_init(args);
}

/* Have the platform ring doorbell 0. */
static void have_rung(QTestState *qts, const Mhu *mhu)
{
    channel_put(qts, mhu, 1, BASE_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
    g_assert_cmphex(qtest_readl(qts, mhu->stat), ==, 1 << A2P);
}

static uint32_t identification(QTestState *qts, uint64_t base)
{
    static const uint8_t cid[] = { 0x0d, 0xf0, 0x05, 0xb1 };
    uint32_t part = 0;

    for (unsigned i = 0; i < 4; i++) {
        part |= qtest_readl(qts, base + 0xfe0 + 4 * i) << (8 * i);
        g_assert_cmphex(qtest_readl(qts, base + 0xff0 + 4 * i), ==, cid[i]);
    }
    g_assert_cmphex(qtest_readl(qts, base + 0xfd0), ==, 4);
    return part;
}

static void test_v1(void)
{
    static const uint64_t channels[] = { V1, V1 + 0x20, V1 + 0x200 };
    QTestState *qts = start(&mhus[0]);

    g_assert_cmphex(identification(qts, V1), ==, 0x1bb098);
    for (unsigned i = 0; i < ARRAY_SIZE(channels); i++) {
        uint64_t send = channels[i] + 0x100;

        g_assert_cmphex(qtest_readl(qts, send), ==, 0);
        qtest_writel(qts, send + 0x08, 0xf0);
        qtest_writel(qts, send + 0x08, 0x0c);
        g_assert_cmphex(qtest_readl(qts, send), ==, 0xfc);
        qtest_writel(qts, send + 0x10, 0x3c);
        g_assert_cmphex(qtest_readl(qts, send), ==, 0xc0);
        /* What can be written only, and what cannot be written. */
        g_assert_cmphex(qtest_readl(qts, send + 0x08), ==, 0);
        qtest_writel(qts, send, 0xff);
        qtest_writel(qts, channels[i], 0xff);
        qtest_writel(qts, channels[i] + 0x08, 0xff);
        g_assert_cmphex(qtest_readl(qts, send), ==, 0xc0);
        g_assert_cmphex(qtest_readl(qts, channels[i]), ==, 0);
    }
    qtest_quit(qts);
}

static void test_v1_interrupts(void)
{
    QTestState *qts = start(&mhus[0]);

    qtest_irq_intercept_out_named(qts, "/machine/scmi-mhu", "sysbus-irq");
    have_rung(qts, &mhus[0]);
    g_assert_true(qtest_get_irq(qts, 0));
    g_assert_false(qtest_get_irq(qts, 1));
    g_assert_false(qtest_get_irq(qts, 2));
    qtest_writel(qts, V1 + 0x10, ~1);
    g_assert_true(qtest_get_irq(qts, 0));
    qtest_writel(qts, V1 + 0x10, 1);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_quit(qts);
}

/* Words: any but 0 rings the channel that it is written to, and is taken. */
static void test_v1_word(void)
{
    g_autofree char *args =
        g_strdup_printf("-M farside,scmi-platform.vendor=qtest,"
                        "scmi-platform.sub-vendor=word,"
                        "scmi-platform.version=1,"
                        "scmi-platform.agents.0.name=OSPM,"
                        "scmi-platform.agents.0.transport.type=mailbox,"
                        "scmi-platform.agents.0.transport.mhu=v1-word,"
                        "scmi-platform.power-domains.0.name=gpu");
    QTestState *qts = qtest_init(args);

    qtest_irq_intercept_out_named(qts, "/machine/scmi-mhu", "sysbus-irq");
    channel_put(qts, &mhus[0], 1, BASE_VERSION, NULL, 0);
    qtest_writel(qts, V1 + 0x108, 0);
    g_assert_cmphex(qtest_readl(qts, V1), ==, 0);
    qtest_writel(qts, V1 + 0x108, 0xcafe0000);
    g_assert_cmphex(qtest_readl(qts, V1 + 0x100), ==, 0);
    g_assert_cmphex(qtest_readl(qts, V1), ==, 1);
    g_assert_true(qtest_get_irq(qts, 0));
    /* The second channel is that of events, and nobody's the third. */
    qtest_writel(qts, V1 + 0x128, 0xcafe);
    g_assert_cmphex(qtest_readl(qts, V1 + 0x120), ==, 0);
    qtest_writel(qts, V1 + 0x308, 0xcafe);
    g_assert_cmphex(qtest_readl(qts, V1 + 0x300), ==, 0xcafe);
    g_assert_false(qtest_get_irq(qts, 1));
    qtest_writel(qts, V1 + 0x10, 1);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_quit(qts);
}

/* MHU 2.0 has no combined registers, and the receiver's interrupt is on. */
static void test_v2_0(void)
{
    QTestState *qts = start(&mhus[3]);

    g_assert_cmphex(identification(qts, SENDER), ==, 0xbb0d1);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0xfcc), ==, 0x10);
    qtest_irq_intercept_out_named(qts, mhus[3].receive, "sysbus-irq");
    have_rung(qts, &mhus[3]);
    g_assert_true(qtest_get_irq(qts, 0));
    g_assert_cmphex(qtest_readl(qts, RECEIVER + 0xfa0), ==, 0);
    g_assert_cmphex(qtest_readl(qts, RECEIVER + 0xf90), ==, 0);
    qtest_writel(qts, RECEIVER + 0x08, 1);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_quit(qts);
}

static void test_v2_identification(void)
{
    QTestState *qts = start(&mhus[1]);

    g_assert_cmphex(identification(qts, SENDER), ==, 0xbb076);
    g_assert_cmphex(identification(qts, RECEIVER), ==, 0xbb076);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0xf80), ==, 4);
    g_assert_cmphex(qtest_readl(qts, RECEIVER + 0xf80), ==, 4);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0xfcc), ==, 0x11);
    /* The far side is ready as soon as it is asked for. */
    g_assert_cmphex(qtest_readl(qts, SENDER + 0xf8c), ==, 0);
    qtest_writel(qts, SENDER + 0xf88, UINT32_MAX);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0xf88), ==, 1);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0xf8c), ==, 1);
    qtest_writel(qts, SENDER + 0xf88, 0);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0xf8c), ==, 0);
    qtest_quit(qts);
}

static void test_v3_identification(void)
{
    QTestState *qts = start(&mhus[2]);

    g_assert_cmphex(qtest_readl(qts, SENDER), ==, 0);
    g_assert_cmphex(qtest_readl(qts, RECEIVER), ==, 1);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0x10), ==, 1);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0x14), ==, 1);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0x20), ==, 3);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0x30), ==, 0);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0x40), ==, 0);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0xfcc), ==, 0x20);
    qtest_writel(qts, SENDER + 0x100, UINT32_MAX);
    g_assert_cmphex(qtest_readl(qts, SENDER + 0x100), ==, 3);
    qtest_quit(qts);
}

/* Where version 2 and version 3 have the same windows. */
static uint64_t window(const Mhu *mhu, uint64_t frame, unsigned i)
{
    return frame + (mhu == &mhus[2] ? 0x1000 : 0) + 0x20 * i;
}

/* Let the interrupts of window 0 through. */
static void enable(QTestState *qts, const Mhu *mhu, uint64_t frame)
{
    if (mhu == &mhus[2]) {
        qtest_writel(qts, window(mhu, frame, 0) + 0x1c, UINT32_MAX);
    } else {
        qtest_writel(qts, frame + 0xf98, UINT32_MAX);
    }
}

/* A bit for each window: there are 4, and words for more. */
static uint32_t combined_status(QTestState *qts, const Mhu *mhu,
                                uint64_t frame)
{
    uint64_t status = frame + (mhu == &mhus[2] ? 0x400 : 0xfa0);

    for (unsigned i = 1; i < 4; i++) {
        g_assert_cmphex(qtest_readl(qts, status + 4 * i), ==, 0);
    }
    return qtest_readl(qts, status);
}

static void test_sender_window(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    for (unsigned i = 0; i < 4; i++) {
        uint64_t base = window(mhu, SENDER, i);

        qtest_writel(qts, base + 0x0c, 0xf0);
        qtest_writel(qts, base + 0x0c, 0x0c);
        g_assert_cmphex(qtest_readl(qts, base), ==, 0xfc);
        g_assert_cmphex(qtest_readl(qts, base + 0x0c), ==, 0);
        g_assert_cmphex(qtest_readl(qts, base + 0x10), ==, 0);
        qtest_writel(qts, base, 0);
        g_assert_cmphex(qtest_readl(qts, base), ==, 0xfc);
        qtest_writel(qts, base + 0x18, UINT32_MAX);
        g_assert_cmphex(qtest_readl(qts, base + 0x18), ==, 1);
    }
    /* There is no window number 4. */
    qtest_writel(qts, window(mhu, SENDER, 4) + 0x0c, 0xff);
    g_assert_cmphex(qtest_readl(qts, window(mhu, SENDER, 4)), ==, 0);
    qtest_quit(qts);
}

/* The interrupt that says that the far side has taken a doorbell. */
static void test_taken(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);
    uint64_t base = window(mhu, SENDER, 0);

    qtest_irq_intercept_out_named(qts, mhu->send, "sysbus-irq");
    have_rung(qts, mhu);
    g_assert_cmphex(qtest_readl(qts, base + 0x10), ==, 1);
    g_assert_cmphex(combined_status(qts, mhu, SENDER), ==, 0);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_writel(qts, base + 0x18, 1);
    g_assert_cmphex(combined_status(qts, mhu, SENDER), ==, 1);
    g_assert_false(qtest_get_irq(qts, 0));
    enable(qts, mhu, SENDER);
    g_assert_true(qtest_get_irq(qts, 0));
    qtest_writel(qts, base + 0x14, ~1);
    g_assert_cmphex(qtest_readl(qts, base + 0x10), ==, 1);
    g_assert_true(qtest_get_irq(qts, 0));
    qtest_writel(qts, base + 0x14, 1);
    g_assert_cmphex(qtest_readl(qts, base + 0x10), ==, 0);
    g_assert_cmphex(combined_status(qts, mhu, SENDER), ==, 0);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_quit(qts);
}

static void test_receiver_window(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);
    uint64_t base = window(mhu, RECEIVER, 0);

    qtest_irq_intercept_out_named(qts, mhu->receive, "sysbus-irq");
    qtest_writel(qts, base + 0x14, 0x0f);
    qtest_writel(qts, base + 0x14, 0xf0);
    g_assert_cmphex(qtest_readl(qts, base + 0x10), ==, 0xff);
    qtest_writel(qts, base + 0x18, 0xf0);
    g_assert_cmphex(qtest_readl(qts, base + 0x10), ==, 0x0f);
    enable(qts, mhu, RECEIVER);
    have_rung(qts, mhu);
    g_assert_cmphex(qtest_readl(qts, base + 0x04), ==, 0);
    g_assert_cmphex(combined_status(qts, mhu, RECEIVER), ==, 0);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_writel(qts, base + 0x18, 1);
    g_assert_cmphex(qtest_readl(qts, base + 0x04), ==, 1);
    g_assert_cmphex(combined_status(qts, mhu, RECEIVER), ==, 1);
    g_assert_true(qtest_get_irq(qts, 0));
    qtest_writel(qts, base + 0x08, ~1);
    g_assert_true(qtest_get_irq(qts, 0));
    qtest_writel(qts, base + 0x08, 1);
    g_assert_cmphex(qtest_readl(qts, base), ==, 0);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_quit(qts);
}

/* QEMU outlives it, and SCMI works after a reset. */
static void test_every_register(const void *opaque)
{
    const Mhu *mhu = opaque;
    uint64_t size = mhu == &mhus[2] ? 0x10000 : 0x1000;
    QTestState *qts = start(mhu);

    sweep_region(qts, SENDER, MIN(size, 0x2000));
    if (mhu != &mhus[0]) {
        sweep_region(qts, RECEIVER, MIN(size, 0x2000));
    }
    system_reset(qts);
    have_rung(qts, mhu);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm-mhu/v1", test_v1);
    g_test_add_func("/arm-mhu/v1/interrupts", test_v1_interrupts);
    g_test_add_func("/arm-mhu/v1/word", test_v1_word);
    g_test_add_func("/arm-mhu/v2.0", test_v2_0);
    g_test_add_func("/arm-mhu/v2/identification", test_v2_identification);
    g_test_add_func("/arm-mhu/v3/identification", test_v3_identification);
    g_test_add_data_func("/arm-mhu/v2/sender-window", &mhus[1],
                         test_sender_window);
    g_test_add_data_func("/arm-mhu/v3/sender-window", &mhus[2],
                         test_sender_window);
    g_test_add_data_func("/arm-mhu/v2/taken", &mhus[1], test_taken);
    g_test_add_data_func("/arm-mhu/v3/taken", &mhus[2], test_taken);
    g_test_add_data_func("/arm-mhu/v2/receiver-window", &mhus[1],
                         test_receiver_window);
    g_test_add_data_func("/arm-mhu/v3/receiver-window", &mhus[2],
                         test_receiver_window);
    g_test_add_data_func("/arm-mhu/v1/every-register", &mhus[0],
                         test_every_register);
    g_test_add_data_func("/arm-mhu/v2/every-register", &mhus[1],
                         test_every_register);
    g_test_add_data_func("/arm-mhu/v3/every-register", &mhus[2],
                         test_every_register);
    return g_test_run();
}
