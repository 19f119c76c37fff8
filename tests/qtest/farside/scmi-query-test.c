/*
 * query-scmi: what agents do shows in it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/scmi/wire.h"
#include "qapi/error.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "scmi-channel.h"

#define POWER_NEGOTIATE 0x00004410
#define POWER_STATE_SET 0x00084404
#define POWER_STATE_NOTIFY 0x000c4406
#define SENSOR_TRIP_POINT_CONFIG 0x00005405
#define SENSOR_CONFIG_SET 0x0000540a
#define POWERCAP_MEASUREMENTS_NOTIFY 0x0000600b

#define POWER_OFF 0x40000000
#define POWER_ASYNC 1

#define MHU (&mhus[0])

/* The other agent is denied the power protocol: what is on is the first's. */
static QTestState *start(void)
{
    g_autofree char *machine = own_channel_machine(MHU);

    return qtest_initf("%s,scmi-platform.agents.1.name=other,"
                       "scmi-platform.agents.1.denied-protocols.0=17,"
                       "scmi-platform.sensors.0.name=soc,"
                       "scmi-platform.sensors.0.type=temperature,"
                       "scmi-platform.sensors.0.scale=0,"
                       "scmi-platform.sensors.0.timestamp-exponent=-9,"
                       "scmi-platform.sensors.0.trip-points=2,"
                       "scmi-platform.powercap-domains.0.name=cap,"
                       "scmi-platform.powercap-domains.0.caps.min=1,"
                       "scmi-platform.powercap-domains.0.caps.max=1,"
                       "scmi-platform.powercap-domains.0.pais.min=1,"
                       "scmi-platform.powercap-domains.0.pais.max=1",
                       machine);
}

/* The members of @obj named or numbered in @path, with dots between them. */
static QObject *member(QObject *obj, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, ".", 0);

    for (unsigned i = 0; parts[i]; i++) {
        QList *list = qobject_to(QList, obj);

        if (list) {
            const QListEntry *entry = qlist_first(list);

            for (int n = atoi(parts[i]); n && entry; n--) {
                entry = qlist_next(entry);
            }
            obj = entry ? qlist_entry_obj(entry) : NULL;
        } else {
            obj = qdict_get(qobject_to(QDict, obj), parts[i]);
        }
        g_assert(obj);
    }
    return obj;
}

/* What query-scmi says at @path of the first platform is @json. */
static void expect(QTestState *qts, const char *path, const char *json)
{
    QDict *answer = qtest_qmp(qts, "{ 'execute': 'query-scmi' }");
    QObject *all = qdict_get(answer, "return");
    QObject *wanted = qobject_from_json(json, &error_abort);
    g_autofree char *whole = g_strdup_printf("0.%s", path);
    QObject *found = member(all, whole);

    if (!qobject_is_equal(found, wanted)) {
        GString *text = qobject_to_json(found);

        g_error("%s is %s", path, text->str);
    }
    qobject_unref(wanted);
    qobject_unref(answer);
}

#define RUN(qts, header, ...) do {                                      \
        const uint32_t words_[] = { __VA_ARGS__ };                      \
                                                                        \
        channel_run(qts, MHU, header, words_, ARRAY_SIZE(words_));      \
    } while (0)

static void test_channels(void)
{
    QTestState *qts = start();

    expect(qts, "agents.0.transport", "'/machine/scmi-mailbox'");
    expect(qts, "agents.0.channels",
           "[{'name': 'shmem', 'events': false, 'state': 'free',"
           "  'protocols': [16, 21, 24], 'rung': false},"
           " {'name': 'shmem-11', 'events': false, 'state': 'free',"
           "  'protocols': [17], 'rung': false},"
           " {'name': 'event-shmem', 'events': true, 'state': 'free',"
           "  'protocols': [16, 17, 21, 24], 'rung': false}]");
    shmem_write(qts, own_channel(MHU), SCMI_SHMEM_STATUS, 0);
    expect(qts, "agents.0.channels.0.state", "'free'");
    expect(qts, "agents.0.channels.1.state", "'busy'");

    channel_put(qts, MHU, 1, POWER_NEGOTIATE, NULL, 0);
    expect(qts, "agents.0.channels.0.state", "'busy'");
    qtest_writel(qts, MHU->set, 1 << A2P);
    expect(qts, "agents.0.channels.0.state", "'free'");
    expect(qts, "agents.0.channels.0.rung", "true");
    expect(qts, "agents.0.channels.1.rung", "false");
    qtest_writel(qts, MHU->clear, 1 << A2P);
    expect(qts, "agents.0.channels.0.rung", "false");
    qtest_quit(qts);
}

static void test_events(void)
{
    const char *none = "[]";
    QTestState *qts = start();

    expect(qts, "agents.0.protocols.1.subscriptions", none);
    RUN(qts, POWER_STATE_NOTIFY, 0, 1);
    expect(qts, "agents.0.protocols.1.subscriptions",
           "[{'message': 'state_notify', 'kinds': 1, 'resource': 'gpu'}]");
    expect(qts, "resources.0.state", "{'on': true, 'users': ['OSPM']}");
    RUN(qts, POWER_STATE_SET, 0, 0, POWER_OFF);
    expect(qts, "resources.0.state", "{'on': false, 'users': []}");
    expect(qts, "agents.0.channels.2.state", "'busy'");
    expect(qts, "agents.0.channels.2.rung", "true");
    expect(qts, "agents.0.queued-events", "0");
    RUN(qts, POWER_STATE_SET, 0, 0, 0);
    expect(qts, "agents.0.queued-events", "1");

    /* Given back, and not taken. */
    shmem_write(qts, MHU->events, SCMI_SHMEM_STATUS, CHANNEL_FREE);
    expect(qts, "agents.0.channels.2.state", "'busy'");
    qtest_writel(qts, MHU->clear, 1 << P2A);
    expect(qts, "agents.0.queued-events", "0");
    expect(qts, "agents.0.channels.2.rung", "true");

    /* Taken, and not given back. */
    qtest_writel(qts, MHU->clear, 1 << P2A);
    expect(qts, "agents.0.channels.2.state", "'busy'");
    expect(qts, "agents.0.channels.2.rung", "false");
    RUN(qts, POWER_STATE_NOTIFY, 0, 0);
    expect(qts, "agents.0.protocols.1.subscriptions", none);
    qtest_quit(qts);
}

static void test_delayed(void)
{
    QTestState *qts = start();

    expect(qts, "agents.0.delayed", "[]");
    RUN(qts, POWER_STATE_SET | 5 << 18, POWER_ASYNC, 0, POWER_OFF);
    qtest_clock_step(qts, 40000);
    expect(qts, "agents.0.delayed",
           "[{'protocol': 'power', 'message': 'state_set', 'token': 7,"
           "  'due': 60000}]");
    expect(qts, "agents.1.delayed", "[]");
    qtest_clock_step(qts, 60000);
    expect(qts, "agents.0.delayed", "[]");
    qtest_quit(qts);
}

static void test_version(void)
{
    QTestState *qts = start();

    expect(qts, "agents.0.protocols.1.version", "196609");
    RUN(qts, POWER_NEGOTIATE, 0x20000);
    expect(qts, "agents.0.protocols.1.version", "131072");
    expect(qts, "agents.0.protocols.1.reported-version", "196609");
    qtest_quit(qts);
}

static void test_sensor(void)
{
    QTestState *qts = start();

    RUN(qts, SENSOR_TRIP_POINT_CONFIG, 0, 1 << 4 | 2, 0xfffffff6, 0xffffffff);
    RUN(qts, SENSOR_CONFIG_SET, 0, 1 << 1 | 1);
    expect(qts, "resources.1.state",
           "{'value': 0, 'interval': 1000000, 'enabled': true,"
           " 'timestamps': true, 'trip-points': ["
           "  {'mode': 'off', 'value': 0}, {'mode': 'falling', 'value': -10}"
           "]}");
    qtest_quit(qts);
}

static void test_powercap(void)
{
    QTestState *qts = start();

    expect(qts, "resources.2.state.thresholds", "[]");
    RUN(qts, POWERCAP_MEASUREMENTS_NOTIFY, 0, 1, 3, 9);
    expect(qts, "resources.2.state.thresholds",
           "[{'agent': 1, 'low': 3, 'high': 9}]");
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/scmi-query/channels", test_channels);
    qtest_add_func("/scmi-query/events", test_events);
    qtest_add_func("/scmi-query/delayed", test_delayed);
    qtest_add_func("/scmi-query/version", test_version);
    qtest_add_func("/scmi-query/sensor", test_sensor);
    qtest_add_func("/scmi-query/powercap", test_powercap);
    return g_test_run();
}
