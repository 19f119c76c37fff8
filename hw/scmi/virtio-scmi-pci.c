/*
 * SCMI transport over virtio, on the PCI bus
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/qdev-properties.h"
#include "hw/scmi/virtio-scmi.h"
#include "hw/virtio/virtio-pci.h"

#define TYPE_VIRTIO_SCMI_PCI "virtio-scmi-pci-base"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOScmiPCI, VIRTIO_SCMI_PCI)

struct VirtIOScmiPCI {
    VirtIOPCIProxy parent_obj;
    VirtIOScmi vdev;
};

/* One for each queue and one for the configuration. */
#define NUM_VECTORS 3

static const Property virtio_scmi_pci_properties[] = {
    DEFINE_PROP_UINT32("vectors", VirtIOPCIProxy, nvectors, NUM_VECTORS),
};

static void virtio_scmi_pci_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    qdev_realize(DEVICE(&VIRTIO_SCMI_PCI(proxy)->vdev), BUS(&proxy->bus),
                 errp);
}

static void virtio_scmi_pci_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, virtio_scmi_pci_properties);
    VIRTIO_PCI_CLASS(oc)->realize = virtio_scmi_pci_realize;
    PCI_DEVICE_CLASS(oc)->class_id = PCI_CLASS_OTHERS;
}

static void virtio_scmi_pci_instance_init(Object *obj)
{
    VirtIOScmiPCI *s = VIRTIO_SCMI_PCI(obj);

    virtio_instance_init_common(obj, &s->vdev, sizeof(s->vdev),
                                TYPE_VIRTIO_SCMI);
}

static const VirtioPCIDeviceTypeInfo virtio_scmi_pci_info = {
    .base_name = TYPE_VIRTIO_SCMI_PCI,
    .non_transitional_name = "virtio-scmi-pci",
    .instance_size = sizeof(VirtIOScmiPCI),
    .instance_init = virtio_scmi_pci_instance_init,
    .class_init = virtio_scmi_pci_class_init,
};

static void virtio_scmi_pci_register(void)
{
    virtio_pci_types_register(&virtio_scmi_pci_info);
}
type_init(virtio_scmi_pci_register)
