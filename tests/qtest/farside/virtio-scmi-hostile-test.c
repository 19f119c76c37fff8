/*
 * SCMI over virtio: drivers that do not keep to the rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/scmi/wire.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "standard-headers/linux/virtio_ring.h"
#include "virtio-scmi.h"

#define BASE_VERSION 0x00004000

#define STATUS VIRTIO_SCMI_REG(VIRTIO_MMIO_STATUS)
#define NOTIFY VIRTIO_SCMI_REG(VIRTIO_MMIO_QUEUE_NOTIFY)

static VirtioScmi *start(void)
{
    return virtio_scmi_start(VIRTIO_SCMI_VIRT, VIRTIO_SCMI_EVENTS);
}

static bool needs_reset(VirtioScmi *v)
{
    return qtest_readl(v->qts, STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET;
}

/* The device has given up on its driver, and takes another one. */
static void check_given_up(VirtioScmi *v)
{
    /* The device runs in the main loop, between our accesses. */
    while (!needs_reset(v)) {
        g_assert_false(qvirtqueue_get_buf(v->qts, v->commands, NULL, NULL));
        qtest_clock_step(v->qts, 100);
    }
    virtio_scmi_restart(v, VIRTIO_SCMI_EVENTS);
    virtio_scmi_check_alive(v);
}

/* A descriptor. */
typedef struct Piece {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
} Piece;

/* Write @pieces to the start of the table, and have the first one taken. */
static void send_pieces(VirtioScmi *v, const Piece *pieces, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t place = v->commands->desc + i * sizeof(struct vring_desc);

        qtest_writeq(v->qts, place, pieces[i].address);
        qtest_writel(v->qts, place + 8, pieces[i].length);
        qtest_writew(v->qts, place + 12, pieces[i].flags);
        qtest_writew(v->qts, place + 14, pieces[i].next);
    }
    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->commands, 0);
}

/* Command and reply in pieces of one byte. */
static void test_scattered(void)
{
    const uint32_t command = BASE_VERSION;
    const uint32_t version[] = { BASE_VERSION, SCMI_SUCCESS, 0x20001 };
    Piece pieces[sizeof(command) + sizeof(version)];
    VirtioScmi *v = start();
    uint64_t buffer = guest_alloc(&v->alloc, 4096);
    uint8_t reply[sizeof(version)];

    for (unsigned i = 0; i < ARRAY_SIZE(pieces); i++) {
        bool in = i >= sizeof(command);

        pieces[i] = (Piece) {
            buffer + 3 * i, 1,
            (in ? VRING_DESC_F_WRITE : 0) |
            (i < ARRAY_SIZE(pieces) - 1 ? VRING_DESC_F_NEXT : 0), i + 1
        };
        if (!in) {
            qtest_writeb(v->qts, buffer + 3 * i, command >> (8 * i));
        }
    }
    send_pieces(v, pieces, ARRAY_SIZE(pieces));
    g_assert_cmpuint(virtio_scmi_wait(v, v->commands, 0), ==, sizeof(version));
    for (unsigned i = 0; i < sizeof(reply); i++) {
        reply[i] = qtest_readb(v->qts, pieces[sizeof(command) + i].address);
    }
    g_assert_cmpmem(reply, sizeof(reply), version, sizeof(version));
    virtio_scmi_stop(v);
}

/* Without a command, or without room for a reply, it comes back empty. */
static void test_one_direction(void)
{
    VirtioScmi *v = start();
    uint64_t buffer = guest_alloc(&v->alloc, 4096);
    const Piece out = { buffer, 4, 0, 1 };
    const Piece in = { buffer, 64, VRING_DESC_F_WRITE, 1 };

    send_pieces(v, &out, 1);
    g_assert_cmpuint(virtio_scmi_wait(v, v->commands, 0), ==, 0);
    send_pieces(v, &in, 1);
    g_assert_cmpuint(virtio_scmi_wait(v, v->commands, 0), ==, 0);
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

/* An event cannot be read from a buffer that is the driver's to read. */
static void test_event_buffer_read_only(void)
{
    VirtioScmi *v = start();
    uint64_t buffer = guest_alloc(&v->alloc, VIRTIO_SCMI_BUFFER);
    uint32_t head = qvirtqueue_add(v->qts, v->events, buffer,
                                   VIRTIO_SCMI_BUFFER, false, false);

    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->events, head);
    virtio_scmi_subscribe(v);
    virtio_scmi_set_power(v, POWER_OFF);
    g_assert_cmpuint(virtio_scmi_wait(v, v->events, head), ==, 0);
    g_assert_cmphex(qtest_readl(v->qts, buffer), ==, 0);
    head = virtio_scmi_offer(v, &buffer, VIRTIO_SCMI_BUFFER);
    virtio_scmi_set_power(v, POWER_ON);
    VIRTIO_SCMI_EXPECT(v, head, buffer, POWER_STATE_CHANGED, 1, 0, POWER_ON);
    virtio_scmi_stop(v);
}

/* Chains that are none. */
static void test_broken_chains(void)
{
    static const struct {
        Piece pieces[2];
        unsigned n;
    } chains[] = {
        /* what is written comes before what is read */
        { { { 0x40000000, 64, VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, 1 },
            { 0x40000000, 4 } }, 2 },
        /* nothing */
        { { { 0x40000000, 0 } }, 1 },
        { { { 0x40000000, 4, VRING_DESC_F_NEXT, 1 },
            { 0x40000000, 0, VRING_DESC_F_WRITE } }, 2 },
        /* circles */
        { { { 0x40000000, 4, VRING_DESC_F_NEXT, 0 } }, 1 },
        { { { 0x40000000, 4, VRING_DESC_F_NEXT, 1 },
            { 0x40000000, 4, VRING_DESC_F_NEXT, 0 } }, 2 },
        /* beyond the table */
        { { { 0x40000000, 4, VRING_DESC_F_NEXT, 0xffff } }, 1 },
        /* beyond memory */
        { { { 0x47fffff0, UINT32_MAX, VRING_DESC_F_NEXT, 1 },
            { 0x40000000, 64, VRING_DESC_F_WRITE } }, 2 },
        /* tables of tables, and of no size */
        { { { 0x40000000, 0, VRING_DESC_F_INDIRECT } }, 1 },
        { { { 0x40000000, 17, VRING_DESC_F_INDIRECT } }, 1 },
        { { { UINT64_MAX - 15, 32, VRING_DESC_F_INDIRECT } }, 1 },
    };
    VirtioScmi *v = start();

    for (unsigned i = 0; i < ARRAY_SIZE(chains); i++) {
        send_pieces(v, chains[i].pieces, chains[i].n);
        check_given_up(v);
    }
    virtio_scmi_stop(v);
}

static void test_indirect(void)
{
    VirtioScmi *v = virtio_scmi_start(VIRTIO_SCMI_VIRT, VIRTIO_SCMI_EVENTS |
                                      1ull << VIRTIO_RING_F_INDIRECT_DESC);
    uint64_t buffer = guest_alloc(&v->alloc, 4096);
    QVRingIndirectDesc *table = qvring_indirect_desc_setup(v->qts,
                                                           &v->mmio.vdev,
                                                           &v->alloc, 2);
    Piece loop;
    uint32_t head;

    qtest_writel(v->qts, buffer, BASE_VERSION);
    qvring_indirect_desc_add(&v->mmio.vdev, v->qts, table, buffer, 4, false);
    qvring_indirect_desc_add(&v->mmio.vdev, v->qts, table, buffer + 64, 64,
                             true);
    head = qvirtqueue_add_indirect(v->qts, v->commands, table);
    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->commands, head);
    g_assert_cmpuint(virtio_scmi_wait(v, v->commands, head), ==, 12);
    g_assert_cmphex(qtest_readl(v->qts, buffer + 72), ==, 0x20001);

    /* The table's second entry leads to its first one. */
    qtest_writew(v->qts, table->desc + 16 + 12,
                 VRING_DESC_F_WRITE | VRING_DESC_F_NEXT);
    qtest_writew(v->qts, table->desc + 16 + 14, 0);
    loop = (Piece) { table->desc, 32, VRING_DESC_F_INDIRECT };
    send_pieces(v, &loop, 1);
    check_given_up(v);
    g_free(table);
    virtio_scmi_stop(v);
}

/* The ring says that there is more than it holds. */
static void test_avail_index(void)
{
    VirtioScmi *v = start();

    qtest_writew(v->qts, v->commands->avail + 2, 0x8000);
    v->mmio.vdev.bus->virtqueue_kick(&v->mmio.vdev, v->commands);
    check_given_up(v);
    /* A chain that starts outside of the table. */
    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->commands, v->commands->size);
    check_given_up(v);
    virtio_scmi_stop(v);
}

/* Queues that are not there, and one that is not ready. */
static void test_stray_kicks(void)
{
    VirtioScmi *v = start();

    qtest_writel(v->qts, NOTIFY, 2);
    qtest_writel(v->qts, NOTIFY, UINT32_MAX);
    virtio_scmi_check_alive(v);
    qtest_writel(v->qts, STATUS, 0);
    qtest_writel(v->qts, NOTIFY, VIRTIO_SCMI_VQ_TX);
    qtest_writel(v->qts, NOTIFY, VIRTIO_SCMI_VQ_RX);
    /* What is not offered cannot be had. */
    virtio_scmi_restart(v, VIRTIO_SCMI_EVENTS |
                        1ull << VIRTIO_SCMI_F_SHARED_MEMORY);
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

/* Chance. */

/* A few descriptors of which some make sense, now and then. */
static void scribble(VirtioScmi *v, QVirtQueue *vq)
{
    for (unsigned i = 0; i < 4; i++) {
        uint64_t place = vq->desc + i * sizeof(struct vring_desc);
        uint32_t shift = g_test_rand_int_range(0, 32);

        qtest_writeq(v->qts, place,
                     0x40000000 + ((uint32_t)g_test_rand_int() >> shift));
        qtest_writel(v->qts, place + 8, (uint32_t)g_test_rand_int() >> shift);
        qtest_writew(v->qts, place + 12, g_test_rand_int_range(0, 8));
        qtest_writew(v->qts, place + 14, g_test_rand_int_range(0, 5));
    }
    qvirtqueue_kick(v->qts, &v->mmio.vdev, vq, g_test_rand_int_range(0, 5));
}

static void scribble_for_long(const char *args, uint64_t features)
{
    VirtioScmi *v = virtio_scmi_start(args, features);

    for (unsigned i = 0; i < 300; i++) {
        scribble(v, i % 3 ? v->commands : v->events);
        if (needs_reset(v)) {
            virtio_scmi_restart(v, features);
        }
    }
    /* Where the descriptors were to lead is not known. */
    virtio_scmi_restart(v, VIRTIO_SCMI_EVENTS);
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

static void test_chance(void)
{
    scribble_for_long(VIRTIO_SCMI_VIRT, VIRTIO_SCMI_EVENTS |
                      1ull << VIRTIO_RING_F_INDIRECT_DESC);
}

static void test_chance_packed(void)
{
    scribble_for_long(VIRTIO_SCMI_VIRT ",packed=on,in_order=on",
                      VIRTIO_SCMI_EVENTS | 1ull << VIRTIO_F_RING_PACKED |
                      1ull << VIRTIO_F_IN_ORDER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-scmi/hostile/scattered", test_scattered);
    g_test_add_func("/virtio-scmi/hostile/one-direction", test_one_direction);
    g_test_add_func("/virtio-scmi/hostile/event-buffer-read-only",
                    test_event_buffer_read_only);
    g_test_add_func("/virtio-scmi/hostile/broken-chains", test_broken_chains);
    g_test_add_func("/virtio-scmi/hostile/indirect", test_indirect);
    g_test_add_func("/virtio-scmi/hostile/avail-index", test_avail_index);
    g_test_add_func("/virtio-scmi/hostile/stray-kicks", test_stray_kicks);
    g_test_add_func("/virtio-scmi/hostile/chance", test_chance);
    g_test_add_func("/virtio-scmi/hostile/chance-packed", test_chance_packed);
    return g_test_run();
}
