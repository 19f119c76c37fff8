/*
 * SCMI over virtio, on a machine that has no SCMI platform
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "hw/scmi/wire.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_scmi.h"
#include "tests/qtest/libqos/libqos-malloc.h"
#include "tests/qtest/libqos/virtio-mmio.h"
#include "tests/qtest/libqtest.h"

/* Of a source package, there is no option ROM for the default NIC. */
#define MACHINE "-M virt -nic none -device virtio-scmi-device"

/* The transport that virt gives the first virtio device. */
#define TRANSPORT 0x0a003e00
#define RAM 0x40000000
#define RAM_END 0x41000000
#define PAGE 4096

#define BASE_VERSION 0x00004000
#define POWER_STATE_SET 0x00084404
#define POWER_STATE_NOTIFY 0x000c4406
#define POWER_MESSAGE_ATTRIBUTES 0x00104402
#define POWER_STATE_CHANGED 0x00004700
#define POWER_OFF 0x40000000

/* As large as Linux makes them. */
#define BUFFER 136

typedef struct Virtio {
    QTestState *qts;
    QGuestAllocator alloc;
    QVirtioMMIODevice mmio;
    QVirtQueue *commands;
    QVirtQueue *events;
} Virtio;

static Virtio *virtio_start(const char *args, uint64_t features)
{
    Virtio *v = g_new0(Virtio, 1);
    QVirtioDevice *d = &v->mmio.vdev;

    v->qts = qtest_init(args);
    alloc_init(&v->alloc, 0, RAM, RAM_END, PAGE);
    qvirtio_mmio_init_device(&v->mmio, v->qts, TRANSPORT, PAGE);
    g_assert_cmphex(d->device_type, ==, VIRTIO_ID_SCMI);
    qvirtio_start_device(d);
    g_assert_cmphex(qvirtio_get_features(d) & 3, ==,
                    1 << VIRTIO_SCMI_F_P2A_CHANNELS);
    qvirtio_set_features(d, features);
    v->commands = qvirtqueue_setup(d, &v->alloc, VIRTIO_SCMI_VQ_TX);
    v->events = qvirtqueue_setup(d, &v->alloc, VIRTIO_SCMI_VQ_RX);
    qvirtio_set_driver_ok(d);
    return v;
}

static Virtio *start(void)
{
    return virtio_start(MACHINE,
                        1 << VIRTIO_SCMI_F_P2A_CHANNELS);
}

static void stop(Virtio *v)
{
    qvirtqueue_cleanup(v->mmio.vdev.bus, v->commands, &v->alloc);
    qvirtqueue_cleanup(v->mmio.vdev.bus, v->events, &v->alloc);
    alloc_destroy(&v->alloc);
    qtest_quit(v->qts);
    g_free(v);
}

/* The queues share an interrupt, so it is the ring that is looked at. */
static uint32_t wait_used(Virtio *v, QVirtQueue *vq, uint32_t head)
{
    uint32_t index, length;

    while (!qvirtqueue_get_buf(v->qts, vq, &index, &length)) {
        qtest_clock_step(v->qts, 100);
    }
    g_assert_cmpuint(index, ==, head);
    return length;
}

/* Send @out bytes, with @in bytes of room: returns how many were used. */
static uint32_t exchange(Virtio *v, uint32_t *words, size_t out,
                         uint32_t *reply, size_t in)
{
    uint64_t request = guest_alloc(&v->alloc, BUFFER);
    uint64_t response = guest_alloc(&v->alloc, BUFFER);
    uint32_t head, length;

    qtest_memwrite(v->qts, request, words, MIN(out, BUFFER));
    head = qvirtqueue_add(v->qts, v->commands, request, out, false, true);
    qvirtqueue_add(v->qts, v->commands, response, in, true, false);
    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->commands, head);
    length = wait_used(v, v->commands, head);
    qtest_memread(v->qts, response, reply, in);
    guest_free(&v->alloc, request);
    guest_free(&v->alloc, response);
    return length;
}

/* The reply's words, header first, have to be these. */
#define CHECK(v, room, expected, ...) do {                              \
        uint32_t words_[] = { __VA_ARGS__ };                            \
        uint32_t reply_[BUFFER / 4];                                    \
                                                                        \
        g_assert_cmpuint(exchange(v, words_, sizeof(words_), reply_,    \
                                  room), ==, sizeof(expected));         \
        g_assert_cmpmem(reply_, sizeof(expected), expected,             \
                        sizeof(expected));                              \
    } while (0)

static void test_commands(void)
{
    const uint32_t version[] = { BASE_VERSION, SCMI_SUCCESS, 0x20001 };
    const uint32_t no_room[] = { BASE_VERSION, (uint32_t)SCMI_COMMS_ERROR };
    const uint32_t too_long[] = {
        BASE_VERSION, (uint32_t)SCMI_PROTOCOL_ERROR
    };
    Virtio *v = start();

    CHECK(v, BUFFER, version, BASE_VERSION);
    CHECK(v, sizeof(version), version, BASE_VERSION);
    CHECK(v, sizeof(no_room), no_room, BASE_VERSION);
    CHECK(v, BUFFER, too_long, BASE_VERSION, 0);
    CHECK(v, BUFFER, version, BASE_VERSION);
    stop(v);
}

/* What cannot be answered comes back empty, and the next one is answered. */
static void test_wrong_buffers(void)
{
    const uint32_t version[] = { BASE_VERSION, SCMI_SUCCESS, 0x20001 };
    uint32_t words[BUFFER / 4] = { BASE_VERSION };
    uint32_t reply[BUFFER / 4];
    Virtio *v = start();

    g_assert_cmpuint(exchange(v, words, 3, reply, BUFFER), ==, 0);
    g_assert_cmpuint(exchange(v, words, 4, reply, 7), ==, 0);
    g_assert_cmpuint(exchange(v, words, 1, reply, 1), ==, 0);
    /* Longer than any message: refused, not copied. */
    g_assert_cmpuint(exchange(v, words, BUFFER, reply, BUFFER), ==, 8);
    g_assert_cmphex(reply[1], ==, (uint32_t)SCMI_PROTOCOL_ERROR);
    CHECK(v, BUFFER, version, BASE_VERSION);
    stop(v);
}

/* Events. */

static const uint32_t subscribed[] = { POWER_STATE_NOTIFY, SCMI_SUCCESS };
static const uint32_t done[] = { POWER_STATE_SET, SCMI_SUCCESS };

static uint32_t offer_event_buffer(Virtio *v, uint64_t *buffer, size_t size)
{
    uint32_t head;

    *buffer = guest_alloc(&v->alloc, BUFFER);
    head = qvirtqueue_add(v->qts, v->events, *buffer, size, true, false);
    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->events, head);
    return head;
}

static void expect_event(Virtio *v, uint32_t head, uint64_t buffer,
                         uint32_t state)
{
    const uint32_t event[] = { POWER_STATE_CHANGED, 1, 0, state };
    uint32_t words[ARRAY_SIZE(event)];

    g_assert_cmpuint(wait_used(v, v->events, head), ==, sizeof(event));
    qtest_memread(v->qts, buffer, words, sizeof(words));
    g_assert_cmpmem(words, sizeof(words), event, sizeof(event));
}

static void test_events(void)
{
    Virtio *v = start();
    uint64_t buffer;
    uint32_t head = offer_event_buffer(v, &buffer, BUFFER);

    CHECK(v, BUFFER, subscribed, POWER_STATE_NOTIFY, 0, 1);
    CHECK(v, BUFFER, done, POWER_STATE_SET, 0, 0, POWER_OFF);
    expect_event(v, head, buffer, POWER_OFF);
    /* Those for which there is no buffer wait for one, in order. */
    CHECK(v, BUFFER, done, POWER_STATE_SET, 0, 0, 0);
    CHECK(v, BUFFER, done, POWER_STATE_SET, 0, 0, POWER_OFF);
    head = offer_event_buffer(v, &buffer, BUFFER);
    expect_event(v, head, buffer, 0);
    head = offer_event_buffer(v, &buffer, BUFFER);
    expect_event(v, head, buffer, POWER_OFF);
    stop(v);
}

static void test_event_buffer_too_small(void)
{
    Virtio *v = start();
    uint64_t buffer;
    uint32_t head = offer_event_buffer(v, &buffer, 15);

    CHECK(v, BUFFER, subscribed, POWER_STATE_NOTIFY, 0, 1);
    CHECK(v, BUFFER, done, POWER_STATE_SET, 0, 0, POWER_OFF);
    g_assert_cmpuint(wait_used(v, v->events, head), ==, 0);
    CHECK(v, BUFFER, done, POWER_STATE_SET, 0, 0, 0);
    head = offer_event_buffer(v, &buffer, 16);
    expect_event(v, head, buffer, 0);
    stop(v);
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
    Virtio *v = virtio_start(MACHINE, 0);

    CHECK(v, BUFFER, absent, POWER_MESSAGE_ATTRIBUTES, 6);
    CHECK(v, BUFFER, refused, POWER_STATE_NOTIFY, 0, 1);
    stop(v);
}

/* Events that wait in a platform of the device's own go along. */
static void test_migration(void)
{
    Virtio *v = start();
    uint64_t buffer;
    uint32_t head;

    CHECK(v, BUFFER, subscribed, POWER_STATE_NOTIFY, 0, 1);
    CHECK(v, BUFFER, done, POWER_STATE_SET, 0, 0, POWER_OFF);
    CHECK(v, BUFFER, done, POWER_STATE_SET, 0, 0, 0);
    v->qts = migrate_machine(v->qts, MACHINE);
    v->mmio.qts = v->qts;
    head = offer_event_buffer(v, &buffer, BUFFER);
    expect_event(v, head, buffer, POWER_OFF);
    CHECK(v, BUFFER, done, POWER_STATE_SET, 0, 0, POWER_OFF);
    head = offer_event_buffer(v, &buffer, BUFFER);
    expect_event(v, head, buffer, 0);
    head = offer_event_buffer(v, &buffer, BUFFER);
    expect_event(v, head, buffer, POWER_OFF);
    stop(v);
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

/* The machine's platform has no agent left for it. */
static void test_own_platform(void)
{
    QTestState *qts = qtest_init("-M farside "
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
    g_test_add_func("/virtio-scmi/own-platform", test_own_platform);
    g_test_add_func("/virtio-scmi/machines-platform",
                    test_machines_platform);
    return g_test_run();
}
