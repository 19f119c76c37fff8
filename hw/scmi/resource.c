/*
 * SCMI resources: what the domains of a protocol are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/vmstate-if.h"
#include "platform-state.h"

bool scmi_resource_has_long_name(const ScmiResource *resource)
{
    return strlen(resource->name) >= SCMI_SHORT_NAME_SIZE;
}

void scmi_resource_release(ScmiResource *resource, unsigned agent)
{
    ScmiResourceClass *rc = SCMI_RESOURCE_GET_CLASS(resource);

    if (rc->release && agent != SCMI_AGENT_PLATFORM) {
        rc->release(resource, agent);
    }
}

void scmi_resource_restart(ScmiResource *resource, unsigned agent)
{
    ScmiResourceClass *rc = SCMI_RESOURCE_GET_CLASS(resource);

    if (rc->restart && agent != SCMI_AGENT_PLATFORM) {
        rc->restart(resource, agent);
    } else {
        scmi_resource_release(resource, agent);
    }
}

static char *path_of(VMStateIf *obj)
{
    return object_get_canonical_path(OBJECT(obj));
}

void scmi_migrate_by_path(ObjectClass *oc)
{
    VMSTATE_IF_CLASS(oc)->get_id = path_of;
}

/* The resources of a platform */

static GPtrArray *resources_of(const ScmiPlatform *s,
                               const ScmiProtocol *protocol)
{
    return s->resources[scmi_protocol_place(protocol)];
}

unsigned scmi_num_resources(const ScmiPlatform *s,
                            const ScmiProtocol *protocol)
{
    return resources_of(s, protocol)->len;
}

ScmiResource *scmi_resource(const ScmiPlatform *s,
                            const ScmiProtocol *protocol, unsigned id)
{
    return g_ptr_array_index(resources_of(s, protocol), id);
}

/* <platform>/<protocol> */
static Object *container_of_resources(const ScmiPlatform *s,
                                      const ScmiProtocol *protocol)
{
    return object_resolve_path_component(OBJECT(s), protocol->name);
}

ScmiResource *scmi_find_resource(const ScmiPlatform *s,
                                 const ScmiProtocol *protocol,
                                 const char *name)
{
    Object *container = container_of_resources(s, protocol);
    Object *obj = container ? object_resolve_path_component(container, name)
                            : NULL;

    return (ScmiResource *)object_dynamic_cast(obj, TYPE_SCMI_RESOURCE);
}

int scmi_agent_find(const ScmiPlatform *s, unsigned agent, uint8_t protocol,
                    const char *name)
{
    const ScmiResource *resource = NULL;

    if (scmi_agent_is_told(s, agent, protocol)) {
        resource = scmi_find_resource(s, scmi_protocol_by_id(protocol), name);
    }
    return resource ? resource->id : -1;
}

/* <platform>/<protocol>/<name>. Commands ask, so it is not checked. */
ScmiPlatform *scmi_resource_platform(const ScmiResource *resource)
{
    return (ScmiPlatform *)OBJECT(resource)->parent->parent;
}

bool scmi_platform_add(ScmiPlatform *s, const ScmiProtocol *protocol,
                       ScmiResource *resource, const char *name,
                       Error **errp)
{
    GPtrArray *resources = resources_of(s, protocol);
    g_autoptr(Object) reference = OBJECT(resource);

    assert(resources->len < SCMI_MAX_DOMAINS);
    if (!scmi_check_name(name, errp)) {
        return false;
    }
    if (scmi_find_resource(s, protocol, name)) {
        error_setg(errp, "name: another one is named '%s', too", name);
        return false;
    }
    if (!object_property_try_add_child(container_of_resources(s, protocol),
                                       name, reference, NULL)) {
        error_setg(errp, "name: '%s' is QEMU's own", name);
        return false;
    }
    resource->id = resources->len;
    resource->name = g_strdup(name);
    g_ptr_array_add(resources, resource);
    return qdev_realize(DEVICE(resource), NULL, errp);
}

/* The type */

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
