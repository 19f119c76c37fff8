/*
 * SCMI over virtio-mmio, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/scmi/wire.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "standard-headers/linux/virtio_ring.h"
#include "virtio-scmi.h"

#define RAM 0x40000000
#define RAM_END 0x41000000
#define PAGE 4096

#define QUEUE_SIZE 64

#define BASE_VERSION 0x00004000
#define POWER_STATE_SET 0x00084404
#define POWER_STATE_NOTIFY 0x000c4406
#define CLOCK_RATE_SET 0x00005005
#define ASYNCHRONOUS 1

/* Longer than any delayed response takes. */
#define LONG_NS 1000000

static void write_register(VirtioScmi *v, unsigned offset, uint32_t value)
{
    qtest_writel(v->qts, v->mmio.addr + offset, value);
}

/* libqos knows the registers of the legacy interface only. */
static QVirtQueue *setup_queue(VirtioScmi *v, uint16_t index)
{
    QVirtQueue *vq = g_new0(QVirtQueue, 1);

    vq->vdev = &v->mmio.vdev;
    vq->index = index;
    vq->size = QUEUE_SIZE;
    vq->num_free = QUEUE_SIZE;
    vq->align = PAGE;
    vq->indirect = v->mmio.features & 1ull << VIRTIO_RING_F_INDIRECT_DESC;
    qvring_init(v->qts, &v->alloc, vq,
                guest_alloc(&v->alloc, qvring_size(QUEUE_SIZE, PAGE)));
    write_register(v, VIRTIO_MMIO_QUEUE_SEL, index);
    write_register(v, VIRTIO_MMIO_QUEUE_NUM, QUEUE_SIZE);
    write_register(v, VIRTIO_MMIO_QUEUE_DESC_LOW, vq->desc);
    write_register(v, VIRTIO_MMIO_QUEUE_AVAIL_LOW, vq->avail);
    write_register(v, VIRTIO_MMIO_QUEUE_USED_LOW, vq->used);
    write_register(v, VIRTIO_MMIO_QUEUE_READY, 1);
    return vq;
}

static void drive(VirtioScmi *v, uint64_t features)
{
    QVirtioDevice *d = &v->mmio.vdev;

    qvirtio_start_device(d);
    g_assert_cmphex(qvirtio_get_features(d) & 3, ==, VIRTIO_SCMI_EVENTS);
    qvirtio_set_features(d, features | 1ull << VIRTIO_F_VERSION_1);
    v->commands = setup_queue(v, VIRTIO_SCMI_VQ_TX);
    v->events = setup_queue(v, VIRTIO_SCMI_VQ_RX);
    qvirtio_set_driver_ok(d);
}

static void release_queues(VirtioScmi *v)
{
    qvirtqueue_cleanup(v->mmio.vdev.bus, v->commands, &v->alloc);
    qvirtqueue_cleanup(v->mmio.vdev.bus, v->events, &v->alloc);
}

VirtioScmi *virtio_scmi_start(const char *args, uint64_t features)
{
    VirtioScmi *v = g_new0(VirtioScmi, 1);

    v->qts = qtest_init(args);
    alloc_init(&v->alloc, 0, RAM, RAM_END, PAGE);
    qvirtio_mmio_init_device(&v->mmio, v->qts, VIRTIO_SCMI_TRANSPORT, PAGE);
    g_assert_cmphex(v->mmio.vdev.device_type, ==, VIRTIO_ID_SCMI);
    drive(v, features);
    return v;
}

void virtio_scmi_stop(VirtioScmi *v)
{
    release_queues(v);
    alloc_destroy(&v->alloc);
    qtest_quit(v->qts);
    g_free(v);
}

void virtio_scmi_restart(VirtioScmi *v, uint64_t features)
{
    release_queues(v);
    drive(v, features);
}

/* The queues share an interrupt, so it is the ring that is looked at. */
uint32_t virtio_scmi_wait(VirtioScmi *v, QVirtQueue *vq, uint32_t head)
{
    uint32_t index, length;

    while (!qvirtqueue_get_buf(v->qts, vq, &index, &length)) {
        qtest_clock_step(v->qts, 100);
    }
    g_assert_cmpuint(index, ==, head);
    return length;
}

uint32_t virtio_scmi_exchange(VirtioScmi *v, const uint32_t *words, size_t out,
                              uint32_t *reply, size_t in)
{
    uint64_t request = guest_alloc(&v->alloc, VIRTIO_SCMI_BUFFER);
    uint64_t response = guest_alloc(&v->alloc, VIRTIO_SCMI_BUFFER);
    uint32_t head, length;

    v->commands->free_head = 0;
    qtest_memwrite(v->qts, request, words, out);
    head = qvirtqueue_add(v->qts, v->commands, request, out, false, true);
    qvirtqueue_add(v->qts, v->commands, response, in, true, false);
    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->commands, head);
    length = virtio_scmi_wait(v, v->commands, head);
    qtest_memread(v->qts, response, reply, in);
    guest_free(&v->alloc, request);
    guest_free(&v->alloc, response);
    return length;
}

void virtio_scmi_subscribe(VirtioScmi *v)
{
    const uint32_t subscribed[] = { POWER_STATE_NOTIFY, SCMI_SUCCESS };

    VIRTIO_SCMI_CHECK(v, sizeof(subscribed), subscribed, POWER_STATE_NOTIFY,
                      0, 1);
}

void virtio_scmi_set_power(VirtioScmi *v, uint32_t state)
{
    const uint32_t done[] = { POWER_STATE_SET, SCMI_SUCCESS };

    VIRTIO_SCMI_CHECK(v, sizeof(done), done, POWER_STATE_SET, 0, 0, state);
}

void virtio_scmi_set_rate_later(VirtioScmi *v, uint32_t rate)
{
    const uint32_t begun[] = { CLOCK_RATE_SET, SCMI_SUCCESS };

    VIRTIO_SCMI_CHECK(v, sizeof(begun), begun, CLOCK_RATE_SET, ASYNCHRONOUS,
                      CLOCK, rate, 0);
}

void virtio_scmi_check_alive(VirtioScmi *v)
{
    const uint32_t version[] = { BASE_VERSION, SCMI_SUCCESS, 0x20001 };

    VIRTIO_SCMI_CHECK(v, VIRTIO_SCMI_BUFFER, version, BASE_VERSION);
}

uint32_t virtio_scmi_offer_at(VirtioScmi *v, uint64_t address, size_t size)
{
    uint32_t head = qvirtqueue_add(v->qts, v->events, address, size, true,
                                   false);

    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->events, head);
    return head;
}

uint32_t virtio_scmi_offer(VirtioScmi *v, uint64_t *buffer, size_t size)
{
    *buffer = guest_alloc(&v->alloc, VIRTIO_SCMI_BUFFER);
    return virtio_scmi_offer_at(v, *buffer, size);
}

void virtio_scmi_expect_silence(VirtioScmi *v)
{
    qtest_clock_step(v->qts, LONG_NS);
    g_assert_false(qvirtqueue_get_buf(v->qts, v->events, NULL, NULL));
}
