/*
 * SCMI platform: the core that every transport ends in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "platform-state.h"
#include "transport-config.h"

OBJECT_DEFINE_SIMPLE_TYPE(ScmiPlatform, scmi_platform, SCMI_PLATFORM, DEVICE)

const ScmiPlatformConfig *scmi_platform_config(const ScmiPlatform *s)
{
    return s->config;
}

bool scmi_unchecked(const ScmiPlatform *s)
{
    return s->config->has_unchecked && s->config->unchecked;
}

DeviceState *scmi_protocol_device(const ScmiPlatform *s,
                                  const ScmiProtocol *protocol)
{
    return s->devices[scmi_protocol_place(protocol)];
}

/* <platform>/<protocol> */
ScmiPlatform *scmi_device_platform(const DeviceState *device)
{
    return SCMI_PLATFORM(OBJECT(device)->parent);
}

uint32_t scmi_reported_version(const ScmiPlatform *s,
                               const ScmiProtocol *protocol)
{
    for (const ScmiProtocolVersionList *l = s->config->versions; l;
         l = l->next) {
        if (l->value->protocol == protocol->id) {
            return l->value->version;
        }
    }
    return protocol->version;
}

/* Unless it says so itself, a protocol with domains is if there are any. */
static bool protocol_offered(const ScmiPlatform *s,
                             const ScmiProtocol *protocol)
{
    return protocol->configured ? protocol->configured(s->config)
                                : !protocol->populate ||
                                  scmi_num_resources(s, protocol);
}

bool scmi_platform_has_protocol(const ScmiPlatform *s, uint8_t protocol)
{
    return s->place[protocol];
}

static bool check_version(const ScmiProtocolVersion *v, Error **errp)
{
    if (!scmi_protocol_by_id(v->protocol)) {
        error_setg(errp, "protocol: there is no protocol 0x%x", v->protocol);
        return false;
    }
    if (v->version < SCMI_OLDEST_VERSION) {
        error_setg(errp, "version: 0x%x is older than version 1.0",
                   v->version);
        return false;
    }
    return true;
}

static bool check_versions(const ScmiPlatform *s, Error **errp)
{
    ERRP_GUARD();
    const ScmiProtocolVersionList *l = s->config->versions;

    for (unsigned i = 0; l; l = l->next, i++) {
        const ScmiProtocolVersionList *earlier = s->config->versions;

        while (earlier->value->protocol != l->value->protocol) {
            earlier = earlier->next;
        }
        if (earlier != l) {
            error_setg(errp, "protocol: 0x%x has a version already",
                       l->value->protocol);
        }
        if (earlier != l || !check_version(l->value, errp)) {
            error_prepend(errp, "versions[%u].", i);
            return false;
        }
    }
    return true;
}

static bool protocol_populate(ScmiPlatform *s, const ScmiProtocol *protocol,
                              DeviceState **device, Error **errp)
{
    if (protocol->configured && !protocol->configured(s->config)) {
        return true;
    }
    if (protocol->type) {
        *device = DEVICE(object_new(protocol->type));
        object_property_add_child(OBJECT(s), protocol->name, OBJECT(*device));
        object_unref(OBJECT(*device));
    } else if (protocol->populate) {
        object_property_add_new_container(OBJECT(s), protocol->name);
    }
    return (!protocol->populate ||
            protocol->populate(s, s->config, errp)) &&
           (!*device || qdev_realize(*device, NULL, errp));
}

static bool platform_populate(ScmiPlatform *s, Error **errp)
{
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        const ScmiProtocol *protocol = scmi_protocols[i];

        if (!protocol_populate(s, protocol, &s->devices[i], errp)) {
            return false;
        }
        if (protocol_offered(s, protocol)) {
            s->place[protocol->id] = i + 1;
        }
    }
    return true;
}

static void reset_agents(ScmiPlatform *s)
{
    for (unsigned i = 0; i < s->num_agents; i++) {
        scmi_agent_reset(s, i, true);
    }
}

static void scmi_platform_realize(DeviceState *dev, Error **errp)
{
    ScmiPlatform *s = SCMI_PLATFORM(dev);

    if (!scmi_check_text("vendor", s->config->vendor, errp) ||
        !scmi_check_text("sub-vendor", s->config->sub_vendor, errp) ||
        !check_versions(s, errp) || !scmi_agents_init(s, errp) ||
        !platform_populate(s, errp) ||
        !scmi_transports_check(s, errp)) {
        return;
    }
    scmi_agents_add_views(s);
    if (!scmi_permissions_init(s, errp) ||
        (!scmi_unchecked(s) && !scmi_config_check(s->config, errp))) {
        return;
    }
    reset_agents(s);
    s->digest = scmi_config_digest(s->config);
}

ScmiPlatform *scmi_platform_new(Object *parent, const char *name,
                                const ScmiPlatformConfig *config,
                                Error **errp)
{
    ScmiPlatform *s = SCMI_PLATFORM(object_new(TYPE_SCMI_PLATFORM));

    s->config = QAPI_CLONE(ScmiPlatformConfig, config);
    object_property_add_child(parent, name, OBJECT(s));
    object_unref(OBJECT(s));
    if (!qdev_realize(DEVICE(s), NULL, errp)) {
        object_unparent(OBJECT(s));
        return NULL;
    }
    return s;
}

static void scmi_platform_reset_child(Object *obj,
                                      ResettableChildCallback callback,
                                      void *opaque, ResetType type)
{
    ScmiPlatform *s = SCMI_PLATFORM(obj);

    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        if (s->devices[i]) {
            callback(OBJECT(s->devices[i]), opaque, type);
        }
        for (unsigned id = 0; id < s->resources[i]->len; id++) {
            callback(g_ptr_array_index(s->resources[i], id), opaque, type);
        }
    }
}

static void scmi_platform_reset_hold(Object *obj, ResetType type)
{
    ScmiPlatform *s = SCMI_PLATFORM(obj);

    scmi_events_reset(s);
    reset_agents(s);
}

static char *platform_get_vendor(Object *obj, Error **errp)
{
    return g_strdup(SCMI_PLATFORM(obj)->config->vendor);
}

static char *platform_get_sub_vendor(Object *obj, Error **errp)
{
    return g_strdup(SCMI_PLATFORM(obj)->config->sub_vendor);
}

static void scmi_platform_init(Object *obj)
{
    ScmiPlatform *s = SCMI_PLATFORM(obj);

    s->call.platform = s;
    s->devices = g_new0(DeviceState *, scmi_num_protocols);
    s->fast = g_ptr_array_new();
    s->resources = g_new(GPtrArray *, scmi_num_protocols);
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        s->resources[i] = g_ptr_array_new();
    }
    scmi_events_init(s);
}

static void scmi_platform_finalize(Object *obj)
{
    ScmiPlatform *s = SCMI_PLATFORM(obj);

    scmi_events_finalize(s);
    g_ptr_array_free(s->fast, true);
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        g_ptr_array_free(s->resources[i], true);
    }
    g_free(s->resources);
    g_free(s->devices);
    scmi_agents_finalize(s);
    qapi_free_ScmiPlatformConfig(s->config);
}

static void scmi_platform_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->realize = scmi_platform_realize;
    dc->vmsd = &vmstate_scmi_platform;
    /* Reason: made with its configuration by scmi_platform_new() */
    dc->user_creatable = false;
    scmi_migrate_by_path(oc);
    rc->child_foreach = scmi_platform_reset_child;
    rc->phases.hold = scmi_platform_reset_hold;
    object_class_property_add_str(oc, "vendor", platform_get_vendor, NULL);
    object_class_property_add_str(oc, "sub-vendor", platform_get_sub_vendor,
                                  NULL);
}
