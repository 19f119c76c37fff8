/*
 * SCMI platform: the core that every transport ends in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "migration/vmstate.h"
#include "platform-state.h"
#include "transport-config.h"

/* In the order of their ids, in which LIST_PROTOCOLS names them, too. */
const ScmiProtocol *scmi_protocols[SCMI_MAX_PROTOCOLS];
unsigned scmi_num_protocols;

static const ScmiProtocol *const standard_protocols[] = {
    &scmi_base_protocol,
    &scmi_power_protocol,
    &scmi_perf_protocol,
    &scmi_powercap_protocol,
    &scmi_clock_protocol,
    &scmi_sensor_protocol,
    &scmi_reset_protocol,
    &scmi_voltage_protocol,
    &scmi_system_protocol,
    &scmi_pinctrl_protocol,
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiPlatform, scmi_platform, SCMI_PLATFORM, DEVICE)

void scmi_protocol_register(const ScmiProtocol *protocol)
{
    unsigned i = scmi_num_protocols++;

    assert(i < SCMI_MAX_PROTOCOLS);
    for (; i && scmi_protocols[i - 1]->id > protocol->id; i--) {
        scmi_protocols[i] = scmi_protocols[i - 1];
    }
    assert(!i || scmi_protocols[i - 1]->id != protocol->id);
    scmi_protocols[i] = protocol;
}

static void register_standard_protocols(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(standard_protocols); i++) {
        scmi_protocol_register(standard_protocols[i]);
    }
}
type_init(register_standard_protocols)

static unsigned protocol_index(const ScmiProtocol *protocol)
{
    unsigned i = 0;

    while (scmi_protocols[i] != protocol) {
        i++;
        assert(i < scmi_num_protocols);
    }
    return i;
}

ScmiView *scmi_agent_view(const ScmiPlatform *s, unsigned agent,
                          unsigned place)
{
    return &s->views[agent * scmi_num_protocols + place];
}

const ScmiPlatformConfig *scmi_platform_config(const ScmiPlatform *s)
{
    return s->config;
}

bool scmi_unchecked(const ScmiPlatform *s)
{
    return s->config->has_unchecked && s->config->unchecked;
}

unsigned scmi_platform_num_agents(const ScmiPlatform *s)
{
    return s->num_agents;
}

const char *scmi_agent_name(const ScmiPlatform *s, unsigned agent)
{
    return s->agents[agent].name;
}

unsigned scmi_num_resources(const ScmiPlatform *s,
                            const ScmiProtocol *protocol)
{
    return s->resources[protocol_index(protocol)]->len;
}

ScmiResource *scmi_resource(const ScmiPlatform *s,
                            const ScmiProtocol *protocol, unsigned id)
{
    return g_ptr_array_index(s->resources[protocol_index(protocol)], id);
}

DeviceState *scmi_protocol_device(const ScmiPlatform *s,
                                  const ScmiProtocol *protocol)
{
    return s->devices[protocol_index(protocol)];
}

/* <platform>/<protocol> */
ScmiPlatform *scmi_device_platform(const DeviceState *device)
{
    return SCMI_PLATFORM(OBJECT(device)->parent);
}

int scmi_platform_find(const ScmiPlatform *s, uint8_t protocol,
                       const char *name)
{
    const GPtrArray *resources;

    if (!s->place[protocol]) {
        return -1;
    }
    resources = s->resources[s->place[protocol] - 1];
    for (unsigned id = 0; id < resources->len; id++) {
        const ScmiResource *resource = g_ptr_array_index(resources, id);

        if (!strcmp(resource->name, name)) {
            return id;
        }
    }
    return -1;
}

/* <platform>/<protocol>/<name> */
ScmiPlatform *scmi_resource_platform(const ScmiResource *resource)
{
    return SCMI_PLATFORM(OBJECT(resource)->parent->parent);
}

uint32_t scmi_agent_version(const ScmiPlatform *s, unsigned agent,
                            const ScmiProtocol *protocol)
{
    return scmi_agent_view(s, agent, s->place[protocol->id] - 1)->version;
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

/* The protocol at @index of those that the agent may use. */
const ScmiProtocol *scmi_agent_protocol(const ScmiPlatform *s, unsigned agent,
                                        unsigned index)
{
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        if (protocol_offered(s, scmi_protocols[i]) &&
            !scmi_agent_view(s, agent, i)->denied && !index--) {
            return scmi_protocols[i];
        }
    }
    return NULL;
}

void scmi_agent_reset(ScmiPlatform *s, unsigned agent, bool permissions)
{
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        ScmiView *view = scmi_agent_view(s, agent, i);

        scmi_view_set_version(view, view->newest);
        for (unsigned d = 0; d < view->num_domains; d++) {
            view->domains[d] &= ~SCMI_DOMAIN_EVENTS;
        }
    }
    if (permissions) {
        /* They were found to be good when the platform was made. */
        scmi_agent_permit_configured(s, agent, &error_abort);
    }
}

bool scmi_platform_add(ScmiPlatform *s, const ScmiProtocol *protocol,
                       ScmiResource *resource, const char *name,
                       Error **errp)
{
    ERRP_GUARD();
    Object *container = object_resolve_path_component(OBJECT(s),
                                                      protocol->name);
    GPtrArray *resources = s->resources[protocol_index(protocol)];
    g_autoptr(Object) reference = OBJECT(resource);

    if (!*name || strlen(name) >= SCMI_EXTENDED_NAME_SIZE ||
        strpbrk(name, "/[]")) {
        error_setg(errp, "%s %u: '%s' cannot be a name", protocol->name,
                   resources->len, name);
        error_append_hint(errp, "A name has 1 to %d characters and none "
                          "of / [ ].\n", SCMI_EXTENDED_NAME_SIZE - 1);
        return false;
    }
    if (resources->len == SCMI_MAX_DOMAINS) {
        error_setg(errp, "%s: more than %d domains", protocol->name,
                   SCMI_MAX_DOMAINS);
        return false;
    }
    if (!object_property_try_add_child(container, name, reference, errp)) {
        error_prepend(errp, "%s %u: ", protocol->name, resources->len);
        return false;
    }
    resource->id = resources->len;
    resource->name = g_strdup(name);
    g_ptr_array_add(resources, resource);
    return qdev_realize(DEVICE(resource), NULL, errp);
}

static bool text_fits(const char *text, const char *what, Error **errp)
{
    if (strlen(text) < SCMI_SHORT_NAME_SIZE) {
        return true;
    }
    error_setg(errp, "%s: '%s' is longer than %d characters", what, text,
               SCMI_SHORT_NAME_SIZE - 1);
    return false;
}

static bool platform_check_versions(const ScmiPlatform *s, Error **errp)
{
    for (const ScmiProtocolVersionList *l = s->config->versions; l;
         l = l->next) {
        const ScmiProtocolVersion *v = l->value;
        unsigned i = 0;

        while (i < scmi_num_protocols &&
               scmi_protocols[i]->id != v->protocol) {
            i++;
        }
        if (i == scmi_num_protocols) {
            error_setg(errp, "versions: there is no protocol 0x%x",
                       v->protocol);
            return false;
        }
        if (v->version < SCMI_OLDEST_VERSION) {
            error_setg(errp, "versions: 0x%x is older than version 1.0",
                       v->version);
            return false;
        }
    }
    return true;
}

static bool agent_name_is_new(const ScmiPlatform *s, unsigned agent,
                              const char *name)
{
    for (unsigned i = 1; i < agent; i++) {
        if (!strcmp(s->agents[i].name, name)) {
            return false;
        }
    }
    return true;
}

static bool platform_set_agents(ScmiPlatform *s, Error **errp)
{
    unsigned n = QAPI_LIST_LENGTH(s->config->agents) + 1;
    const ScmiAgentConfigList *l = s->config->agents;

    if (n < 2 || n > SCMI_MAX_AGENTS) {
        error_setg(errp, "agents: a platform has 1 to %d of them",
                   SCMI_MAX_AGENTS - 1);
        return false;
    }
    s->agents = g_new0(ScmiAgent, n);
    s->num_agents = n;
    s->agents[SCMI_AGENT_PLATFORM].name = "platform";
    for (unsigned i = 1; i < n; i++, l = l->next) {
        g_autofree char *what = g_strdup_printf("agent %u", i);

        if (!text_fits(l->value->name, what, errp)) {
            return false;
        }
        if (!agent_name_is_new(s, i, l->value->name)) {
            error_setg(errp, "agent %u: another one is named '%s', too", i,
                       l->value->name);
            return false;
        }
        s->agents[i].name = l->value->name;
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

static void platform_add_views(ScmiPlatform *s)
{
    s->num_views = s->num_agents * scmi_num_protocols;
    s->views = g_new0(ScmiView, s->num_views);
    for (unsigned i = 0; i < s->num_views; i++) {
        ScmiView *view = &s->views[i];

        view->protocol = scmi_protocols[i % scmi_num_protocols];
        view->num_domains = MAX(1, scmi_num_resources(s, view->protocol));
        view->domains = g_new0(uint8_t, view->num_domains);
        view->newest = scmi_reported_version(s, view->protocol);
        scmi_view_set_version(view, view->newest);
    }
}

static void scmi_platform_realize(DeviceState *dev, Error **errp)
{
    ScmiPlatform *s = SCMI_PLATFORM(dev);

    if (!text_fits(s->config->vendor, "vendor", errp) ||
        !text_fits(s->config->sub_vendor, "sub-vendor", errp) ||
        !platform_check_versions(s, errp) || !platform_set_agents(s, errp) ||
        !scmi_transports_check(s->config, errp) ||
        !platform_populate(s, errp)) {
        return;
    }
    platform_add_views(s);
    scmi_permissions_init(s, errp);
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
    for (unsigned i = 0; i < s->num_agents; i++) {
        scmi_agent_reset(s, i, true);
    }
}

/* A version comes from a stream that may be forged. */
static int scmi_view_post_load(void *opaque, int version_id)
{
    ScmiView *view = opaque;

    if (view->version < SCMI_OLDEST_VERSION ||
        view->version > view->newest) {
        return -EINVAL;
    }
    scmi_view_set_version(view, view->version);
    return 0;
}

static const VMStateDescription vmstate_scmi_view = {
    .name = "scmi-view",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = scmi_view_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version, ScmiView),
        VMSTATE_BOOL(denied, ScmiView),
        VMSTATE_UINT32_EQUAL(num_domains, ScmiView, "number of domains"),
        VMSTATE_VARRAY_UINT32(domains, ScmiView, num_domains, 1,
                              vmstate_info_uint8, uint8_t),
        VMSTATE_END_OF_LIST()
    },
};

static int scmi_platform_post_load(void *opaque, int version_id)
{
    ScmiPlatform *s = opaque;

    if (s->num_delayed > SCMI_MAX_DELAYED) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < s->num_delayed; i++) {
        if (s->delayed[i].agent >= s->num_agents ||
            !s->agents[s->delayed[i].agent].sink) {
            return -EINVAL;
        }
    }
    scmi_events_loaded(s);
    return 0;
}

static const VMStateDescription vmstate_scmi_platform = {
    .name = TYPE_SCMI_PLATFORM,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = scmi_platform_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(num_views, ScmiPlatform,
                             "number of agents and protocols"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(views, ScmiPlatform, num_views,
                                             vmstate_scmi_view, ScmiView),
        VMSTATE_UINT32_EQUAL(num_agents, ScmiPlatform, "number of agents"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(agents, ScmiPlatform, num_agents,
                                             vmstate_scmi_agent, ScmiAgent),
        VMSTATE_UINT32(num_delayed, ScmiPlatform),
        VMSTATE_STRUCT_ARRAY(delayed, ScmiPlatform, SCMI_MAX_DELAYED, 1,
                             vmstate_scmi_delayed, ScmiDelayed),
        VMSTATE_END_OF_LIST()
    },
};

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
    for (unsigned i = 0; i < s->num_views; i++) {
        g_free(s->views[i].domains);
    }
    g_free(s->views);
    g_free(s->agents);
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
    rc->child_foreach = scmi_platform_reset_child;
    rc->phases.hold = scmi_platform_reset_hold;
    object_class_property_add_str(oc, "vendor", platform_get_vendor, NULL);
    object_class_property_add_str(oc, "sub-vendor", platform_get_sub_vendor,
                                  NULL);
}
