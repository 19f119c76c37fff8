/*
 * SCMI over virtio-mmio, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FARSIDE_VIRTIO_SCMI_H
#define FARSIDE_VIRTIO_SCMI_H

#include "standard-headers/linux/virtio_scmi.h"
#include "tests/qtest/libqos/libqos-malloc.h"
#include "tests/qtest/libqos/virtio-mmio.h"
#include "tests/qtest/libqtest.h"

/* Of a source package, there is no option ROM for the default NIC. */
#define VIRTIO_SCMI_VIRT \
    "-M virt -nic none -global virtio-mmio.force-legacy=off " \
    "-device virtio-scmi-device"

/* The transport that virt gives the first virtio device. */
#define VIRTIO_SCMI_TRANSPORT 0x0a003e00
#define VIRTIO_SCMI_REG(offset) (VIRTIO_SCMI_TRANSPORT + (offset))

#define VIRTIO_SCMI_EVENTS (1ull << VIRTIO_SCMI_F_P2A_CHANNELS)

/* The size of a buffer, as large as Linux makes them. */
#define VIRTIO_SCMI_BUFFER 136

typedef struct VirtioScmi {
    QTestState *qts;
    QGuestAllocator alloc;
    QVirtioMMIODevice mmio;
    QVirtQueue *commands;
    QVirtQueue *events;
} VirtioScmi;

/* Start a machine, and drive its device with @features. */
VirtioScmi *virtio_scmi_start(const char *args, uint64_t features);
void virtio_scmi_stop(VirtioScmi *v);

/* Reset the device, and drive it anew. */
void virtio_scmi_restart(VirtioScmi *v, uint64_t features);

/* Wait for the chain at @head to come back: returns how much was written. */
uint32_t virtio_scmi_wait(VirtioScmi *v, QVirtQueue *vq, uint32_t head);

/*
 * Send @out bytes, with @in bytes of room, no more than a buffer holds: returns
 * how many were used. No other command is under way.
 */
uint32_t virtio_scmi_exchange(VirtioScmi *v, const uint32_t *words, size_t out,
                              uint32_t *reply, size_t in);

/* The reply's words, header first, have to be these. */
#define VIRTIO_SCMI_CHECK(v, room, expected, ...) do {                  \
        const uint32_t words_[] = { __VA_ARGS__ };                      \
        uint32_t reply_[VIRTIO_SCMI_BUFFER / 4];                        \
                                                                        \
        g_assert_cmpuint(virtio_scmi_exchange(v, words_, sizeof(words_), \
                                              reply_, room), ==,        \
                         sizeof(expected));                             \
        g_assert_cmpmem(reply_, sizeof(expected), expected,             \
                        sizeof(expected));                              \
    } while (0)

/* Power domain 0 of the built-in platform, which is on after reset. */
#define POWER_STATE_CHANGED 0x00004700
#define POWER_ON  0
#define POWER_OFF 0x40000000
void virtio_scmi_subscribe(VirtioScmi *v);
void virtio_scmi_set_power(VirtioScmi *v, uint32_t state);

/* A clock of the built-in platform: a delayed response will follow. */
#define CLOCK 2
#define CLOCK_RATE_SET_RESPONSE 0x00005205
void virtio_scmi_set_rate_later(VirtioScmi *v, uint32_t rate);

/* The device answers. */
void virtio_scmi_check_alive(VirtioScmi *v);

/* Give the device @size bytes at @address for an event; returns the chain. */
uint32_t virtio_scmi_offer_at(VirtioScmi *v, uint64_t address, size_t size);
/* The same with a new buffer. */
uint32_t virtio_scmi_offer(VirtioScmi *v, uint64_t *buffer, size_t size);

/* The buffer of the chain at @head got these words, header first. */
#define VIRTIO_SCMI_EXPECT(v, head, buffer, ...) do {                   \
        const uint32_t expected_[] = { __VA_ARGS__ };                   \
        uint32_t words_[ARRAY_SIZE(expected_)];                         \
                                                                        \
        g_assert_cmpuint(virtio_scmi_wait(v, (v)->events, head), ==,    \
                         sizeof(expected_));                            \
        qtest_memread((v)->qts, buffer, words_, sizeof(words_));        \
        g_assert_cmpmem(words_, sizeof(words_), expected_,              \
                        sizeof(expected_));                             \
    } while (0)

/* No event has been written. */
void virtio_scmi_expect_silence(VirtioScmi *v);

#endif
