/*
 * SCMI over mailboxes: commands and events by register accesses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "hw/scmi/wire.h"
#include "scmi-channel.h"

#define BASE_VERSION 0x00004000
#define POWER_VERSION 0x00004400
#define POWER_STATE_SET 0x00084404
#define POWER_STATE_NOTIFY 0x000c4406
#define POWER_STATE_CHANGED 0x00004700
#define POWER_STATE_SET_DONE 0x00084604

#define POWER_OFF 0x40000000

/* What the platform waits before it looks whether an area is free. */
#define FIRST_POLL_NS 100000
#define ALL_POLLS_NS 1000000000

static const uint32_t version_reply[] = { SCMI_SUCCESS, 0x20001 };

static QTestState *start_with(const Mhu *mhu, const char *args)
{
    QTestState *qts = qtest_init(args);

    if (mhu->enable) {
        qtest_writel(qts, mhu->enable, mhu->enable_value);
    }
    qtest_irq_intercept_out_named(qts, mhu->receive, "sysbus-irq");
    return qts;
}

static QTestState *start(const Mhu *mhu)
{
    g_autofree char *args = channel_machine(mhu);

    return start_with(mhu, args);
}

static void expect_rung(QTestState *qts, const Mhu *mhu, uint32_t doorbells)
{
    g_assert_cmphex(qtest_readl(qts, mhu->stat), ==, doorbells);
    g_assert_cmpint(qtest_get_irq(qts, 0), ==, doorbells != 0);
}

static void test_command(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    shmem_expect_idle(qts, mhu->commands);
    shmem_expect_idle(qts, mhu->events);
    expect_rung(qts, mhu, 0);

    channel_put(qts, mhu, 1, BASE_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
    shmem_expect(qts, mhu->commands, CHANNEL_FREE, BASE_VERSION,
                 version_reply, 2);
    g_assert_cmphex(qtest_readl(qts, mhu->send_stat), ==, 0);
    expect_rung(qts, mhu, 1 << A2P);
    qtest_writel(qts, mhu->clear, 1 << A2P);
    expect_rung(qts, mhu, 0);
    qtest_quit(qts);
}

static void test_polled_command(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    channel_put(qts, mhu, ~1, BASE_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
    shmem_expect(qts, mhu->commands, CHANNEL_FREE, BASE_VERSION,
                 version_reply, 2);
    expect_rung(qts, mhu, 0);
    qtest_quit(qts);
}

/* The agent owns the channel, or rings what nobody listens to. */
static void test_rung_in_vain(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    channel_put(qts, mhu, 1, BASE_VERSION, NULL, 0);
    shmem_write(qts, mhu->commands, SCMI_SHMEM_STATUS, CHANNEL_FREE);
    qtest_writel(qts, mhu->set, 1 << A2P);
    shmem_expect(qts, mhu->commands, CHANNEL_FREE, BASE_VERSION, NULL, 0);
    expect_rung(qts, mhu, 0);

    shmem_write(qts, mhu->commands, SCMI_SHMEM_STATUS, 0);
    qtest_writel(qts, mhu->set, 0xfffffffc);
    g_assert_cmphex(qtest_readl(qts, mhu->send_stat), ==, 0xfffffffc);
    shmem_expect(qts, mhu->commands, 0, BASE_VERSION, NULL, 0);
    expect_rung(qts, mhu, 0);
    qtest_quit(qts);
}

static void test_wrong_length(const void *opaque)
{
    const uint32_t error[] = { (uint32_t)SCMI_PROTOCOL_ERROR };
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    channel_put(qts, mhu, 1, BASE_VERSION, NULL, 0);
    shmem_write(qts, mhu->commands, SCMI_SHMEM_LENGTH, 3);
    qtest_writel(qts, mhu->set, 1 << A2P);
    shmem_expect(qts, mhu->commands, CHANNEL_FREE_ERROR, BASE_VERSION, error,
                 1);
    expect_rung(qts, mhu, 1 << A2P);
    qtest_quit(qts);
}

/* Events. */

static void subscribe(QTestState *qts, const Mhu *mhu)
{
    const uint32_t words[] = { 0, 1 };

    channel_run(qts, mhu, POWER_STATE_NOTIFY, words, ARRAY_SIZE(words));
}

static void power(QTestState *qts, const Mhu *mhu, uint32_t state)
{
    const uint32_t words[] = { 0, 0, state };

    channel_run(qts, mhu, POWER_STATE_SET, words, ARRAY_SIZE(words));
}

static void expect_event(QTestState *qts, const Mhu *mhu, uint32_t state)
{
    const uint32_t words[] = { 1, 0, state };

    shmem_expect(qts, mhu->events, 0, POWER_STATE_CHANGED, words,
                 ARRAY_SIZE(words));
    g_assert_cmphex(shmem_read(qts, mhu->events, SCMI_SHMEM_FLAGS), ==, 0);
    expect_rung(qts, mhu, 1 << P2A);
}

static void free_events(QTestState *qts, const Mhu *mhu)
{
    shmem_write(qts, mhu->events, SCMI_SHMEM_STATUS, CHANNEL_FREE);
}

/* As drivers do that look at the shared memory before they clear the ring. */
static void test_events(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    subscribe(qts, mhu);
    expect_rung(qts, mhu, 0);
    power(qts, mhu, POWER_OFF);
    expect_event(qts, mhu, POWER_OFF);
    power(qts, mhu, 0);
    expect_event(qts, mhu, POWER_OFF);
    free_events(qts, mhu);
    qtest_writel(qts, mhu->clear, 1 << P2A);
    expect_event(qts, mhu, 0);
    free_events(qts, mhu);
    qtest_writel(qts, mhu->clear, 1 << P2A);
    expect_rung(qts, mhu, 0);
    g_assert_cmphex(shmem_read(qts, mhu->events, SCMI_SHMEM_STATUS), ==,
                    CHANNEL_FREE);
    qtest_quit(qts);
}

/* As drivers do that clear the ring first. */
static void test_events_cleared_first(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    subscribe(qts, mhu);
    power(qts, mhu, POWER_OFF);
    power(qts, mhu, 0);
    qtest_writel(qts, mhu->clear, 1 << P2A);
    expect_rung(qts, mhu, 0);
    free_events(qts, mhu);
    expect_rung(qts, mhu, 0);
    qtest_clock_step(qts, FIRST_POLL_NS);
    expect_event(qts, mhu, 0);

    /* An agent that does not care is left alone. */
    power(qts, mhu, POWER_OFF);
    qtest_writel(qts, mhu->clear, 1 << P2A);
    qtest_clock_step(qts, ALL_POLLS_NS);
    expect_rung(qts, mhu, 0);
    free_events(qts, mhu);
    qtest_clock_step(qts, ALL_POLLS_NS);
    expect_event(qts, mhu, POWER_OFF);
    qtest_quit(qts);
}

/* A ring that was taken, or is another's, cannot be taken once more. */
static void test_taken_in_vain(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    subscribe(qts, mhu);
    power(qts, mhu, POWER_OFF);
    power(qts, mhu, 0);
    qtest_writel(qts, mhu->clear, 1 << P2A);
    free_events(qts, mhu);
    qtest_writel(qts, mhu->clear, 0xffffffff);
    expect_rung(qts, mhu, 0);
    qtest_clock_step(qts, FIRST_POLL_NS);
    expect_event(qts, mhu, 0);
    qtest_quit(qts);
}

static void test_delayed_response(const void *opaque)
{
    const uint32_t asynchronous[] = { 1, 0, POWER_OFF };
    const uint32_t response[] = { SCMI_SUCCESS, 0, POWER_OFF };
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    channel_run(qts, mhu, POWER_STATE_SET, asynchronous,
                ARRAY_SIZE(asynchronous));
    expect_rung(qts, mhu, 0);
    qtest_clock_step(qts, 100000);
    shmem_expect(qts, mhu->events, 0, POWER_STATE_SET_DONE, response,
                 ARRAY_SIZE(response));
    expect_rung(qts, mhu, 1 << P2A);
    qtest_quit(qts);
}

/* With a completion rung, an event under way and another one waiting. */
static void test_migration(const void *opaque)
{
    const Mhu *mhu = opaque;
    g_autofree char *args = channel_machine(mhu);
    QTestState *qts = start(mhu);

    subscribe(qts, mhu);
    channel_put(qts, mhu, 1, BASE_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
    power(qts, mhu, POWER_OFF);
    power(qts, mhu, 0);
    qts = migrate_machine(qts, args);
    qtest_irq_intercept_out_named(qts, mhu->receive, "sysbus-irq");
    g_assert_cmphex(qtest_readl(qts, mhu->stat), ==, 1 << A2P | 1 << P2A);
    qtest_writel(qts, mhu->clear, 1 << A2P);
    expect_event(qts, mhu, POWER_OFF);
    qtest_writel(qts, mhu->clear, 1 << P2A);
    free_events(qts, mhu);
    expect_rung(qts, mhu, 0);
    qtest_clock_step(qts, ALL_POLLS_NS);
    expect_event(qts, mhu, 0);
    qtest_quit(qts);
}

static void test_reset(const void *opaque)
{
    const Mhu *mhu = opaque;
    QTestState *qts = start(mhu);

    subscribe(qts, mhu);
    channel_put(qts, mhu, 1, BASE_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P | 1 << 31);
    power(qts, mhu, POWER_OFF);
    power(qts, mhu, 0);
    system_reset(qts);
    if (mhu->enable) {
        g_assert_cmphex(qtest_readl(qts, mhu->enable), ==, 0);
        qtest_writel(qts, mhu->enable, mhu->enable_value);
    }
    g_assert_cmphex(qtest_readl(qts, mhu->send_stat), ==, 0);
    expect_rung(qts, mhu, 0);
    shmem_expect_idle(qts, mhu->commands);
    shmem_expect_idle(qts, mhu->events);
    qtest_clock_step(qts, ALL_POLLS_NS);
    power(qts, mhu, POWER_OFF);
    expect_rung(qts, mhu, 0);
    qtest_quit(qts);
}

/* Two channels with a command each: neither waits for the other. */
static void test_own_channel(const void *opaque)
{
    const uint32_t version[] = { SCMI_SUCCESS, 0x30001 };
    const Mhu *mhu = opaque;
    g_autofree char *args = own_channel_machine(mhu);
    QTestState *qts = start_with(mhu, args);
    Mhu own = *mhu;

    own.commands = own_channel(mhu);
    shmem_expect_idle(qts, own.commands);
    channel_put(qts, mhu, 1, BASE_VERSION, NULL, 0);
    channel_put(qts, &own, 1, POWER_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << OWN_A2P);
    shmem_expect(qts, own.commands, CHANNEL_FREE, POWER_VERSION, version, 2);
    shmem_expect(qts, mhu->commands, 0, BASE_VERSION, NULL, 0);
    expect_rung(qts, mhu, 1 << OWN_A2P);
    qtest_writel(qts, mhu->set, 1 << A2P);
    shmem_expect(qts, mhu->commands, CHANNEL_FREE, BASE_VERSION,
                 version_reply, 2);
    expect_rung(qts, mhu, 1 << A2P | 1 << OWN_A2P);

    /* What is rung before the last ring was taken is rung again then. */
    channel_put(qts, &own, 1, POWER_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << OWN_A2P);
    qts = migrate_machine(qts, args);
    qtest_irq_intercept_out_named(qts, mhu->receive, "sysbus-irq");
    g_assert_cmphex(qtest_readl(qts, mhu->stat), ==, 1 << A2P | 1 << OWN_A2P);
    qtest_writel(qts, mhu->clear, 1 << OWN_A2P);
    expect_rung(qts, mhu, 1 << A2P | 1 << OWN_A2P);
    qtest_writel(qts, mhu->clear, 1 << A2P | 1 << OWN_A2P);
    expect_rung(qts, mhu, 0);

    channel_put(qts, &own, 1, POWER_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << OWN_A2P);
    system_reset(qts);
    shmem_expect_idle(qts, own.commands);
    g_assert_cmphex(qtest_readl(qts, mhu->stat), ==, 0);
    qtest_quit(qts);
}

static uint32_t noise(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/*
 * Doorbells by the thousand over shared memory that holds anything, with
 * everything subscribed to; then a command like any other.
 */
static void test_storm(const void *opaque)
{
    const Mhu *mhu = opaque;
    g_autofree char *args = own_channel_machine(mhu);
    QTestState *qts = start_with(mhu, args);
    const uint64_t areas[] = { mhu->commands, mhu->events, own_channel(mhu) };
    uint32_t state = 1;

    subscribe(qts, mhu);
    for (unsigned i = 0; i < 4000; i++) {
        uint64_t area = areas[noise(&state) % ARRAY_SIZE(areas)];
        uint32_t offset = noise(&state) % 16 * 4;

        qtest_writel(qts, area + offset, offset == SCMI_SHMEM_LENGTH
                                         ? noise(&state) % 64
                                         : noise(&state));
        if (i % 3 == 0) {
            qtest_writel(qts, area + SCMI_SHMEM_STATUS, i % 2);
            qtest_writel(qts, area + SCMI_SHMEM_HEADER,
                         0x4400 | noise(&state) % 16);
        }
        qtest_writel(qts, mhu->set, noise(&state));
        qtest_writel(qts, mhu->clear, noise(&state));
        qtest_clock_step(qts, noise(&state));
    }
    system_reset(qts);
    subscribe(qts, mhu);
    power(qts, mhu, POWER_OFF);
    if (mhu->enable) {
        qtest_writel(qts, mhu->enable, mhu->enable_value);
    }
    expect_event(qts, mhu, POWER_OFF);
    qtest_quit(qts);
}

static const struct {
    const char *name;
    void (*test)(const void *mhu);
} tests[] = {
    { "command", test_command },
    { "polled-command", test_polled_command },
    { "rung-in-vain", test_rung_in_vain },
    { "wrong-length", test_wrong_length },
    { "events", test_events },
    { "events-cleared-first", test_events_cleared_first },
    { "taken-in-vain", test_taken_in_vain },
    { "delayed-response", test_delayed_response },
    { "migration", test_migration },
    { "reset", test_reset },
    { "own-channel", test_own_channel },
    { "storm", test_storm },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < ARRAY_SIZE(mhus); i++) {
        for (unsigned j = 0; j < ARRAY_SIZE(tests); j++) {
            g_autofree char *path = g_strdup_printf("/scmi-mailbox/%s/%s",
                                                    mhus[i].name,
                                                    tests[j].name);

            g_test_add_data_func(path, &mhus[i], tests[j].test);
        }
    }
    return g_test_run();
}
