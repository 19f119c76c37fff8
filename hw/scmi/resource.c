/*
 * SCMI resources: what the domains of a protocol are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/scmi/resource.h"
#include "hw/scmi/wire.h"

bool scmi_resource_has_long_name(const ScmiResource *resource)
{
    return strlen(resource->name) >= SCMI_SHORT_NAME_SIZE;
}

static void scmi_resource_init(Object *obj)
{
    object_property_add_uint32_ptr(obj, "id", &SCMI_RESOURCE(obj)->id,
                                   OBJ_PROP_FLAG_READ);
}

static void scmi_resource_finalize(Object *obj)
{
    g_free(SCMI_RESOURCE(obj)->name);
}

static void scmi_resource_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    /* Reason: made by a platform from its configuration */
    dc->user_creatable = false;
}

static const TypeInfo scmi_resource_info = {
    .name = TYPE_SCMI_RESOURCE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(ScmiResource),
    .instance_init = scmi_resource_init,
    .instance_finalize = scmi_resource_finalize,
    .class_size = sizeof(ScmiResourceClass),
    .class_init = scmi_resource_class_init,
    .abstract = true,
};

static void scmi_resource_register(void)
{
    type_register_static(&scmi_resource_info);
}
type_init(scmi_resource_register)
