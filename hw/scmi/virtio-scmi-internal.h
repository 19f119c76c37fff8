/*
 * SCMI transport over virtio: what its files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_VIRTIO_SCMI_INTERNAL_H
#define HW_SCMI_VIRTIO_SCMI_INTERNAL_H

#include "hw/scmi/virtio-scmi.h"
#include "migration/vmstate.h"

/* Give up the commands without a reply. */
void virtio_scmi_forget_pending(VirtIOScmi *s);

/* What virtio does not know of: see VirtioDeviceClass.vmsd. */
extern const VMStateDescription vmstate_virtio_scmi_device;

#endif
