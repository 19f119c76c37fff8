/*
 * SCMI transport over virtio: its migration
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "virtio-scmi-internal.h"

/* Commands that wait for a reply: their place, plus 1, and 0 at the end. */

static int put_pending(QEMUFile *f, void *pv, size_t size,
                       const VMStateField *field, JSONWriter *vmdesc)
{
    VirtIOScmi *s = pv;

    for (unsigned i = 0; i < VIRTIO_SCMI_PENDING; i++) {
        if (s->pending[i]) {
            qemu_put_byte(f, i + 1);
            qemu_put_virtqueue_element(VIRTIO_DEVICE(s), f, s->pending[i]);
        }
    }
    qemu_put_byte(f, 0);
    return 0;
}

static int get_pending(QEMUFile *f, void *pv, size_t size,
                       const VMStateField *field)
{
    VirtIOScmi *s = pv;
    unsigned slot;

    virtio_scmi_forget_pending(s);
    while ((slot = qemu_get_byte(f))) {
        if (slot > VIRTIO_SCMI_PENDING || s->pending[slot - 1]) {
            return -EINVAL;
        }
        s->pending[slot - 1] = qemu_get_virtqueue_element(
            VIRTIO_DEVICE(s), f, sizeof(VirtQueueElement));
    }
    return 0;
}

static const VMStateInfo vmstate_info_pending = {
    .name = "virtio-scmi/pending",
    .get = get_pending,
    .put = put_pending,
};

static bool pending_needed(void *opaque)
{
    VirtIOScmi *s = VIRTIO_SCMI(opaque);

    for (unsigned i = 0; i < VIRTIO_SCMI_PENDING; i++) {
        if (s->pending[i]) {
            return true;
        }
    }
    return false;
}

static const VMStateDescription vmstate_virtio_scmi_pending = {
    .name = "virtio-scmi-device/pending",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = pending_needed,
    .fields = (const VMStateField[]) {
        {
            .name = "pending",
            .info = &vmstate_info_pending,
            .flags = VMS_SINGLE,
        },
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_virtio_scmi_device = {
    .name = "virtio-scmi-device",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const []) {
        &vmstate_virtio_scmi_pending,
        NULL
    },
};
