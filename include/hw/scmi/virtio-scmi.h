/*
 * SCMI transport over virtio
 *
 * A virtio device that carries commands in one queue and events in another.
 * It serves an agent of the machine's SCMI platform or, on a machine without
 * one, brings a platform of its own.
 *
 * Source: Virtual I/O Device specification 1.2, section "SCMI Device"; Linux
 * drivers/firmware/arm_scmi/transports/virtio.c, uapi linux/virtio_scmi.h.
 *
 * QEMU interface:
 *  + virtio device 32; queue 0: commands, queue 1: events; feature bit 0
 *    (P2A_CHANNELS); no configuration space
 *  + QOM property "platform": the SCMI platform (link, default: the machine's
 *    if it has one, else one of its own, which is the QOM child "scmi-fw")
 *  + QOM property "config": JSON file that describes a platform of its own
 *    (string, default: the built-in one; excludes "platform")
 *  + QOM property "agent": whose commands it carries (uint32, default 0: the
 *    first agent without a transport)
 *  + QOM property "events": whether it offers P2A_CHANNELS (bool, default
 *    true)
 *  + implements TYPE_DT_NODE: /firmware/scmi, "arm,scmi-virtio". Linux has
 *    one such device at most, and so has a machine.
 *
 * It needs a transport that is not a legacy one (virtio-mmio.force-legacy=off)
 * and cannot be hot-plugged. A reset by the driver also forgets what waits for
 * the agent, and what the agent negotiated and subscribed to.
 *
 * "virtio-scmi-pci" is the same on the PCI bus.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_VIRTIO_SCMI_H
#define HW_SCMI_VIRTIO_SCMI_H

#include "hw/scmi/channel.h"
#include "hw/virtio/virtio.h"

#define TYPE_VIRTIO_SCMI "virtio-scmi-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOScmi, VIRTIO_SCMI)

/* Linux uses two descriptors for a command and one for an event. */
#define VIRTIO_SCMI_QUEUE_SIZE 64

/* Commands that fault rules can keep; those that follow stay in the queue. */
#define VIRTIO_SCMI_PENDING 64

/*
 * @pending: commands without a reply yet
 * @handling: commands are being taken from their queue; never between messages
 */
struct VirtIOScmi {
    VirtIODevice parent_obj;
    ScmiChannel channel;
    VirtQueueElement *pending[VIRTIO_SCMI_PENDING];
    VirtQueue *command_queue;
    VirtQueue *event_queue;
    ScmiPlatform *platform;
    char *config_file;
    uint32_t agent;
    bool events;
    bool handling;
};

#endif
