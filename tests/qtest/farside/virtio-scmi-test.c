/*
 * SCMI over virtio, on a machine that has no SCMI platform
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "hw/scmi/wire.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "virtio-scmi.h"

#define BASE_VERSION 0x00004000
#define POWER_STATE_NOTIFY 0x000c4406
#define POWER_MESSAGE_ATTRIBUTES 0x00104402

static VirtioScmi *start(void)
{
    return virtio_scmi_start(VIRTIO_SCMI_VIRT, VIRTIO_SCMI_EVENTS);
}

static void test_commands(void)
{
    const uint32_t version[] = { BASE_VERSION, SCMI_SUCCESS, 0x20001 };
    const uint32_t no_room[] = { BASE_VERSION, (uint32_t)SCMI_COMMS_ERROR };
    const uint32_t too_long[] = {
        BASE_VERSION, (uint32_t)SCMI_PROTOCOL_ERROR
    };
    VirtioScmi *v = start();

    VIRTIO_SCMI_CHECK(v, VIRTIO_SCMI_BUFFER, version, BASE_VERSION);
    VIRTIO_SCMI_CHECK(v, sizeof(version), version, BASE_VERSION);
    VIRTIO_SCMI_CHECK(v, sizeof(no_room), no_room, BASE_VERSION);
    VIRTIO_SCMI_CHECK(v, VIRTIO_SCMI_BUFFER, too_long, BASE_VERSION, 0);
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

/* What cannot be answered comes back empty, and the next one is answered. */
static void test_wrong_buffers(void)
{
    uint32_t words[VIRTIO_SCMI_BUFFER / 4] = { BASE_VERSION };
    uint32_t reply[VIRTIO_SCMI_BUFFER / 4];
    VirtioScmi *v = start();

    g_assert_cmpuint(virtio_scmi_exchange(v, words, 3, reply, 8), ==, 0);
    g_assert_cmpuint(virtio_scmi_exchange(v, words, 4, reply, 7), ==, 0);
    g_assert_cmpuint(virtio_scmi_exchange(v, words, 1, reply, 1), ==, 0);
    /* Longer than any message: refused, not copied. */
    g_assert_cmpuint(virtio_scmi_exchange(v, words, VIRTIO_SCMI_BUFFER, reply,
                                          VIRTIO_SCMI_BUFFER), ==, 8);
    g_assert_cmphex(reply[1], ==, (uint32_t)SCMI_PROTOCOL_ERROR);
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

/* Events. */

static void expect_event(VirtioScmi *v, uint32_t head, uint64_t buffer,
                         uint32_t state)
{
    VIRTIO_SCMI_EXPECT(v, head, buffer, POWER_STATE_CHANGED, 1, 0, state);
}

static QDict *first(QDict *dict, const char *list)
{
    return qobject_to(QDict, qlist_peek(qdict_get_qlist(dict, list)));
}

/* What query-scmi says of the events' queue. */
static void expect_channel(VirtioScmi *v, const char *state)
{
    QDict *answer = qtest_qmp(v->qts, "{ 'execute': 'query-scmi' }");
    QDict *agent = first(first(answer, "return"), "agents");
    QList *channels = qdict_get_qlist(agent, "channels");
    const QListEntry *last = qlist_next(qlist_first(channels));
    QDict *channel = qobject_to(QDict, qlist_entry_obj(last));

    g_assert_cmpstr(qdict_get_str(channel, "state"), ==, state);
    qobject_unref(answer);
}

static void test_events(void)
{
    VirtioScmi *v = start();
    uint64_t buffer;
    uint32_t head;

    expect_channel(v, "busy");
    head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    expect_channel(v, "free");
    virtio_scmi_subscribe(v);
    virtio_scmi_set_power(v, POWER_OFF);
    expect_event(v, head, buffer, POWER_OFF);
    expect_channel(v, "busy");
    /* Those for which there is no buffer wait for one, in order. */
    virtio_scmi_set_power(v, POWER_ON);
    virtio_scmi_set_power(v, POWER_OFF);
    head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    expect_event(v, head, buffer, POWER_ON);
    head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    expect_event(v, head, buffer, POWER_OFF);
    virtio_scmi_stop(v);
}

static void test_event_buffer_too_small(void)
{
    VirtioScmi *v = start();
    uint64_t buffer;
    uint32_t head = virtio_scmi_offer(v, &buffer, 15);

    virtio_scmi_subscribe(v);
    virtio_scmi_set_power(v, POWER_OFF);
    g_assert_cmpuint(virtio_scmi_wait(v, v->events, head), ==, 0);
    virtio_scmi_set_power(v, POWER_ON);
    head = virtio_scmi_offer(v, &buffer, 16);
    expect_event(v, head, buffer, POWER_ON);
    virtio_scmi_stop(v);
}

/* A driver that does not want events is not told that there are any. */
static void test_events_declined(void)
{
    const uint32_t absent[] = {
        POWER_MESSAGE_ATTRIBUTES, (uint32_t)SCMI_NOT_FOUND
    };
    const uint32_t refused[] = {
        POWER_STATE_NOTIFY, (uint32_t)SCMI_NOT_SUPPORTED
    };
    VirtioScmi *v = virtio_scmi_start(VIRTIO_SCMI_VIRT, 0);

    VIRTIO_SCMI_CHECK(v, VIRTIO_SCMI_BUFFER, absent,
                      POWER_MESSAGE_ATTRIBUTES, 6);
    VIRTIO_SCMI_CHECK(v, VIRTIO_SCMI_BUFFER, refused, POWER_STATE_NOTIFY, 0,
                      1);
    expect_channel(v, "closed");
    virtio_scmi_stop(v);
}

static void migrate(VirtioScmi *v)
{
    v->qts = migrate_machine(v->qts, VIRTIO_SCMI_VIRT);
    v->mmio.qts = v->qts;
}

/* Events that wait in a platform of the device's own go along. */
static void test_migration(void)
{
    VirtioScmi *v = start();
    uint64_t buffer;
    uint32_t head;

    virtio_scmi_subscribe(v);
    virtio_scmi_set_power(v, POWER_OFF);
    virtio_scmi_set_power(v, POWER_ON);
    migrate(v);
    head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    expect_event(v, head, buffer, POWER_OFF);
    virtio_scmi_set_power(v, POWER_OFF);
    head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    expect_event(v, head, buffer, POWER_ON);
    head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    expect_event(v, head, buffer, POWER_OFF);
    virtio_scmi_stop(v);
}

/* So do buffers that wait for events, and responses that are not due yet. */
static void test_migration_of_buffers(void)
{
    VirtioScmi *v = start();
    uint64_t buffers[3];
    uint32_t heads[3];

    for (unsigned i = 0; i < ARRAY_SIZE(heads); i++) {
        heads[i] = virtio_scmi_offer(v, &buffers[i], VIRTIO_SCMI_BUFFER);
    }
    virtio_scmi_subscribe(v);
    virtio_scmi_set_power(v, POWER_OFF);
    virtio_scmi_set_rate_later(v, 50000000);
    migrate(v);
    expect_event(v, heads[0], buffers[0], POWER_OFF);
    VIRTIO_SCMI_EXPECT(v, heads[1], buffers[1], CLOCK_RATE_SET_RESPONSE,
                       SCMI_SUCCESS, CLOCK, 50000000, 0);
    virtio_scmi_set_power(v, POWER_ON);
    expect_event(v, heads[2], buffers[2], POWER_ON);
    virtio_scmi_stop(v);
}

static char *platform_of(QTestState *qts, const char *path)
{
    QDict *answer = qtest_qmp(qts, "{ 'execute': 'qom-get', 'arguments': {"
                              " 'path': %s, 'property': 'platform' } }",
                              path);
    char *platform = g_strdup(qdict_get_str(answer, "return"));

    qobject_unref(answer);
    return platform;
}

/* The machine has no platform. */
static void test_own_platform(void)
{
    QTestState *qts = qtest_init("-M farside,scmi=off "
                                 "-device virtio-scmi-pci,id=scmi");
    g_autofree char *path = platform_of(qts, "/machine/peripheral/scmi");

    g_assert_cmpstr(path, ==,
                    "/machine/peripheral/scmi/virtio-backend/scmi-fw");
    qtest_quit(qts);
}

static void test_machines_platform(void)
{
    QTestState *qts;
    g_autofree char *path = NULL;

    qts = qtest_init("-M farside,scmi-platform.vendor=qtest,"
                     "scmi-platform.sub-vendor=virtio,"
                     "scmi-platform.version=1,"
                     "scmi-platform.agents.0.name=OSPM,"
                     "scmi-platform.agents.0.transport.type=virtio");
    path = platform_of(qts, "/machine/scmi-virtio");
    g_assert_cmpstr(path, ==, "/machine/scmi-fw");
    qtest_quit(qts);
}

/* The platform of the machine, which outlives its transport. */
#define MACHINES_PLATFORM "/machine/scmi-fw"

static void set_bool(VirtioScmi *v, const char *path, const char *property,
                     bool value)
{
    qtest_qmp_assert_success(v->qts, "{ 'execute': 'qom-set', 'arguments': {"
                             " 'path': %s, 'property': %s, 'value': %i } }",
                             path, property, value);
}

/* What has been subscribed to and is under way has nobody to go to. */
static void test_unrealize(void)
{
    VirtioScmi *v;

    v = virtio_scmi_start("-M farside,scmi-platform.vendor=qtest,"
                          "scmi-platform.sub-vendor=virtio,"
                          "scmi-platform.version=1,"
                          "scmi-platform.agents.0.name=OSPM,"
                          "scmi-platform.agents.0.transport.type=virtio,"
                          "scmi-platform.agents.0.transport.bus=mmio,"
                          "scmi-platform.power-domains.0.name=soc,"
                          "scmi-platform.power-domains.0.on=on,"
                          "scmi-platform.clocks.0.name=a,"
                          "scmi-platform.clocks.0.rates.0=1,"
                          "scmi-platform.clocks.1.name=b,"
                          "scmi-platform.clocks.1.rates.0=1,"
                          "scmi-platform.clocks.2.name=c,"
                          "scmi-platform.clocks.2.rates.0=1",
                          VIRTIO_SCMI_EVENTS);
    virtio_scmi_subscribe(v);
    virtio_scmi_set_rate_later(v, 1);
    set_bool(v, "/machine/scmi-virtio", "realized", false);
    set_bool(v, MACHINES_PLATFORM "/power/soc", "on", false);
    qtest_clock_step(v->qts, 1000000);
    set_bool(v, MACHINES_PLATFORM "/power/soc", "on", true);
    virtio_scmi_stop(v);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-scmi/commands", test_commands);
    g_test_add_func("/virtio-scmi/wrong-buffers", test_wrong_buffers);
    g_test_add_func("/virtio-scmi/events", test_events);
    g_test_add_func("/virtio-scmi/event-buffer-too-small",
                    test_event_buffer_too_small);
    g_test_add_func("/virtio-scmi/events-declined", test_events_declined);
    g_test_add_func("/virtio-scmi/migration", test_migration);
    g_test_add_func("/virtio-scmi/migration-of-buffers",
                    test_migration_of_buffers);
    g_test_add_func("/virtio-scmi/own-platform", test_own_platform);
    g_test_add_func("/virtio-scmi/machines-platform",
                    test_machines_platform);
    g_test_add_func("/virtio-scmi/unrealize", test_unrealize);
    return g_test_run();
}
