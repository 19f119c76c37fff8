/*
 * SCMI over virtio: events that nobody takes, and buffers for them that lead
 * back into the device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/scmi/wire.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "scmi-channel.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "virtio-scmi.h"

#define POWER_STATE_SET 0x00004404

#define STATUS VIRTIO_SCMI_REG(VIRTIO_MMIO_STATUS)
#define NOTIFY VIRTIO_SCMI_REG(VIRTIO_MMIO_QUEUE_NOTIFY)

/* Longer than any delayed response takes. */
#define LONG_NS 1000000

/* How many events wait for an agent: hw/scmi/platform-state.h. */
#define EVENT_QUEUE 32

static VirtioScmi *start(void)
{
    return virtio_scmi_start(VIRTIO_SCMI_VIRT, VIRTIO_SCMI_EVENTS);
}

static int64_t agent_count(QTestState *qts, const char *name)
{
    QDict *answer = qtest_qmp(qts, "{ 'execute': 'query-scmi' }");
    QDict *platform = qobject_to(QDict,
                                 qlist_peek(qdict_get_qlist(answer,
                                                            "return")));
    QDict *agent = qobject_to(QDict,
                              qlist_peek(qdict_get_qlist(platform, "agents")));
    int64_t count = qdict_get_int(agent, name);

    qobject_unref(answer);
    return count;
}

/* The first ones wait, in order; what is too much is counted. */
static void test_too_many_events(void)
{
    const unsigned n = EVENT_QUEUE + 8;
    VirtioScmi *v = start();
    uint64_t buffer;
    uint32_t head;

    virtio_scmi_subscribe(v);
    for (unsigned i = 0; i < n; i++) {
        virtio_scmi_set_power(v, i % 2 ? POWER_ON : POWER_OFF);
    }
    g_assert_cmpint(agent_count(v->qts, "queued-events"), ==, EVENT_QUEUE);
    g_assert_cmpint(agent_count(v->qts, "dropped-events"), ==, 8);
    for (unsigned i = 0; i < EVENT_QUEUE; i++) {
        head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
        VIRTIO_SCMI_EXPECT(v, head, buffer, POWER_STATE_CHANGED, 1, 0,
                           i % 2 ? POWER_ON : POWER_OFF);
    }
    virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    virtio_scmi_expect_silence(v);
    virtio_scmi_stop(v);
}

/* A driver gets nothing of what the one before it was to get. */
static void test_reset_while_pending(void)
{
    VirtioScmi *v = start();
    uint64_t buffer;
    uint32_t head;

    virtio_scmi_subscribe(v);
    virtio_scmi_set_power(v, POWER_OFF);
    virtio_scmi_set_rate_later(v, 100000000);
    virtio_scmi_restart(v, VIRTIO_SCMI_EVENTS);
    head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    virtio_scmi_set_power(v, POWER_ON);
    virtio_scmi_expect_silence(v);
    virtio_scmi_set_rate_later(v, 25000000);
    VIRTIO_SCMI_EXPECT(v, head, buffer, CLOCK_RATE_SET_RESPONSE, SCMI_SUCCESS,
                       CLOCK, 25000000, 0);
    virtio_scmi_stop(v);
}

/* Buffers that are the device's own doorbell: each event asks for the next. */
static void events_to_own_doorbell(const char *args)
{
    VirtioScmi *v = virtio_scmi_start(args, VIRTIO_SCMI_EVENTS);

    virtio_scmi_subscribe(v);
    virtio_scmi_set_power(v, POWER_OFF);
    virtio_scmi_set_power(v, POWER_ON);
    virtio_scmi_set_rate_later(v, 100000000);
    for (unsigned i = 0; i < 4; i++) {
        virtio_scmi_offer_at(v, NOTIFY, 20);
    }
    qtest_clock_step(v->qts, LONG_NS);
    virtio_scmi_check_alive(v);
    g_assert_cmpint(agent_count(v->qts, "queued-events"), ==, 0);
    g_assert_cmpint(agent_count(v->qts, "dropped-events"), ==, 0);
    virtio_scmi_stop(v);
}

static void test_event_to_own_doorbell(void)
{
    events_to_own_doorbell(VIRTIO_SCMI_VIRT);
    /* Rung at once, not from the main loop. */
    events_to_own_doorbell(VIRTIO_SCMI_VIRT
                           " -global virtio-mmio.ioeventfd=off");
}

/*
 * A buffer that is the device's status. The header of the event, a multiple of
 * 256, is the 0 that resets the device, which is in the midst of sending it;
 * the other events go with the driver.
 */
static void test_event_resets(void)
{
    VirtioScmi *v = start();

    virtio_scmi_subscribe(v);
    virtio_scmi_set_power(v, POWER_OFF);
    virtio_scmi_set_power(v, POWER_ON);
    virtio_scmi_offer_at(v, STATUS, 16);
    while (qtest_readl(v->qts, STATUS)) {
        qtest_clock_step(v->qts, 100);
    }
    g_assert_cmpint(agent_count(v->qts, "queued-events"), ==, 0);
    virtio_scmi_restart(v, VIRTIO_SCMI_EVENTS);
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

/*
 * A buffer that is the doorbell of another agent's mailbox: the command there
 * would run in the midst of the one that sends the event.
 */
static void test_event_to_doorbell(void)
{
    static const uint32_t off[] = { 0, 0, POWER_OFF };
    const Mhu *mhu = &mhus[0];
    const uint32_t busy[] = { (uint32_t)SCMI_BUSY };
    VirtioScmi *v = virtio_scmi_start(
        "-M farside,scmi-platform.vendor=qtest,"
        "scmi-platform.sub-vendor=loop,scmi-platform.version=1,"
        "scmi-platform.agents.0.name=driver,"
        "scmi-platform.agents.0.transport.type=virtio,"
        "scmi-platform.agents.0.transport.bus=mmio,"
        "scmi-platform.agents.1.name=mailbox,"
        "scmi-platform.agents.1.transport.type=mailbox,"
        "scmi-platform.power-domains.0.name=gpu", VIRTIO_SCMI_EVENTS);
    uint32_t head;

    virtio_scmi_subscribe(v);
    channel_put(v->qts, mhu, 0, POWER_STATE_SET, off, ARRAY_SIZE(off));
    /* The second word of the event is the agent, 1: doorbell 0. */
    head = virtio_scmi_offer_at(v, mhu->set - 4, 16);
    virtio_scmi_set_power(v, POWER_ON);
    g_assert_cmpuint(virtio_scmi_wait(v, v->events, head), ==, 16);
    shmem_expect(v->qts, mhu->commands, CHANNEL_FREE, POWER_STATE_SET, busy,
                 ARRAY_SIZE(busy));
    virtio_scmi_check_alive(v);
    /* Rung by its agent, it is answered. */
    channel_run(v->qts, mhu, POWER_STATE_SET, off, ARRAY_SIZE(off));
    virtio_scmi_stop(v);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-scmi/hostile-event/too-many-events",
                    test_too_many_events);
    g_test_add_func("/virtio-scmi/hostile-event/reset-while-pending",
                    test_reset_while_pending);
    g_test_add_func("/virtio-scmi/hostile-event/to-own-doorbell",
                    test_event_to_own_doorbell);
    g_test_add_func("/virtio-scmi/hostile-event/resets", test_event_resets);
    g_test_add_func("/virtio-scmi/hostile-event/to-doorbell",
                    test_event_to_doorbell);
    return g_test_run();
}
