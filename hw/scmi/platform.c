/*
 * SCMI platform: the core that every transport ends in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "migration/vmstate.h"
#include "protocol.h"
#include "trace.h"

/* In the order in which LIST_PROTOCOLS names them, after Base. */
static const ScmiProtocol *const protocols[] = {
    &scmi_base_protocol,
    &scmi_power_protocol,
    &scmi_clock_protocol,
    &scmi_sensor_protocol,
    &scmi_reset_protocol,
};

#define NUM_PROTOCOLS ARRAY_SIZE(protocols)
#define NUM_MESSAGES 0x20
#define MAX_AGENTS 128

/* A protocol as one agent sees it: rows by message id, for its version. */
typedef struct ScmiView {
    const ScmiProtocol *protocol;
    uint32_t version;
    const ScmiMessage *rows[NUM_MESSAGES];
} ScmiView;

struct ScmiPlatform {
    DeviceState parent_obj;

    ScmiPlatformConfig *config;
    char **agents;
    unsigned num_agents;
    GPtrArray *resources[NUM_PROTOCOLS]; /* of ScmiResource, by id */
    uint8_t place[UINT8_MAX + 1]; /* in protocols[], plus 1, by protocol id */

    uint32_t num_views;
    ScmiView *views; /* by agent and protocol */

    /*
     * The command that is being run: one at a time, under the BQL. On the
     * stack, zeroing it would take longer than many a command.
     */
    ScmiCall call;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiPlatform, scmi_platform, SCMI_PLATFORM, DEVICE)

static unsigned protocol_index(const ScmiProtocol *protocol)
{
    unsigned i = 0;

    while (protocols[i] != protocol) {
        i++;
        assert(i < NUM_PROTOCOLS);
    }
    return i;
}

static ScmiView *agent_view(ScmiPlatform *s, unsigned agent, unsigned index)
{
    return &s->views[agent * NUM_PROTOCOLS + index];
}

const ScmiPlatformConfig *scmi_platform_config(const ScmiPlatform *s)
{
    return s->config;
}

unsigned scmi_platform_num_agents(const ScmiPlatform *s)
{
    return s->num_agents;
}

const char *scmi_agent_name(const ScmiPlatform *s, unsigned agent)
{
    return s->agents[agent];
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

/* A protocol with domains is offered if there are any. */
static bool protocol_offered(const ScmiPlatform *s,
                             const ScmiProtocol *protocol)
{
    return !protocol->populate || scmi_num_resources(s, protocol);
}

bool scmi_platform_has_protocol(const ScmiPlatform *s, uint8_t protocol)
{
    return s->place[protocol];
}

const ScmiProtocol *scmi_platform_protocol(const ScmiPlatform *s,
                                           unsigned index)
{
    for (unsigned i = 0; i < NUM_PROTOCOLS; i++) {
        if (protocol_offered(s, protocols[i]) && !index--) {
            return protocols[i];
        }
    }
    return NULL;
}

/* Messages that every protocol has. */

static ScmiStatus protocol_version(ScmiCall *call)
{
    scmi_put_u32(call, call->protocol->version);
    return SCMI_SUCCESS;
}

static ScmiStatus protocol_attributes(ScmiCall *call)
{
    return call->protocol->attributes(call);
}

static const ScmiMessage *call_row(const ScmiCall *call, uint32_t id)
{
    return id < NUM_MESSAGES ? call->view->rows[id] : NULL;
}

/*
 * No message of these protocols has attributes of its own; what is asked is
 * whether it can be used. No transport of an agent carries events so far.
 */
static ScmiStatus message_attributes(ScmiCall *call)
{
    const ScmiMessage *message = call_row(call, call->payload[0]);

    if (!message || message->notify) {
        return SCMI_NOT_FOUND;
    }
    scmi_put_u32(call, 0);
    return SCMI_SUCCESS;
}

static void view_set_version(ScmiView *view, uint32_t version);

static ScmiStatus negotiate_version(ScmiCall *call)
{
    uint32_t wanted = call->payload[0];

    if (wanted < 0x10000 || wanted > call->protocol->version) {
        return SCMI_NOT_SUPPORTED;
    }
    view_set_version(call->view, wanted);
    return SCMI_SUCCESS;
}

static ScmiStatus name_get(ScmiCall *call)
{
    scmi_put_u32(call, 0);
    scmi_put_text(call, call->resource->name, SCMI_EXTENDED_NAME_SIZE);
    return SCMI_SUCCESS;
}

static const ScmiMessage common_messages[] = {
    { SCMI_PROTOCOL_VERSION, "protocol_version",
      .domain = SCMI_NO_DOMAIN, .handler = protocol_version },
    { SCMI_PROTOCOL_ATTRIBUTES, "protocol_attributes",
      .domain = SCMI_NO_DOMAIN, .handler = protocol_attributes },
    { SCMI_PROTOCOL_MESSAGE_ATTRIBUTES, "protocol_message_attributes",
      .min = 4, .domain = SCMI_NO_DOMAIN, .handler = message_attributes },
    { SCMI_NEGOTIATE_PROTOCOL_VERSION, "negotiate_protocol_version",
      .min = 4, .domain = SCMI_NO_DOMAIN, .handler = negotiate_version },
};

static const ScmiMessage name_get_message = {
    .name = "name_get", .min = 4, .domain = 0, .handler = name_get,
};

static void view_add_rows(ScmiView *view, const ScmiMessage *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        assert(rows[i].id < NUM_MESSAGES);
        if (rows[i].since <= view->version) {
            view->rows[rows[i].id] = &rows[i];
        }
    }
}

static void view_set_version(ScmiView *view, uint32_t version)
{
    const ScmiProtocol *protocol = view->protocol;

    view->version = version;
    memset(view->rows, 0, sizeof(view->rows));
    view_add_rows(view, common_messages, ARRAY_SIZE(common_messages));
    if (protocol->name_get && version >= protocol->name_get_since) {
        view->rows[protocol->name_get] = &name_get_message;
    }
    view_add_rows(view, protocol->messages, protocol->num_messages);
}

bool scmi_call_extended_name(const ScmiCall *call,
                             const ScmiResource *resource)
{
    return call->version >= call->protocol->name_get_since &&
           scmi_resource_has_long_name(resource);
}

static ScmiStatus refuse_notify(const ScmiCall *call)
{
    uint32_t enable = call->payload[call->message->min / 4 - 1];

    return enable > 1 ? SCMI_INVALID_PARAMETERS : SCMI_NOT_SUPPORTED;
}

/* The domain that @payload names, if its row says that it names one. */
static bool find_domain(ScmiCall *call)
{
    uint32_t id;

    if (call->message->domain == SCMI_NO_DOMAIN) {
        return true;
    }
    id = call->payload[call->message->domain];
    if (id >= scmi_num_resources(call->platform, call->protocol)) {
        return false;
    }
    call->resource = scmi_resource(call->platform, call->protocol, id);
    return true;
}

static bool copy_payload(ScmiCall *call, const void *payload, size_t length)
{
    const ScmiMessage *message = call->message;

    if (length < message->min || length > MAX(message->min, message->max) ||
        length % sizeof(uint32_t)) {
        return false;
    }
    for (unsigned i = 0; i < MAX(message->min, message->max) / 4; i++) {
        call->payload[i] = i < length / 4 ? ldl_le_p(payload + 4 * i) : 0;
    }
    return true;
}

static void log_guest_error(const ScmiCall *call, uint32_t header,
                            const char *what)
{
    trace_scmi_guest_error(call->agent, header, what);
    qemu_log_mask(LOG_GUEST_ERROR, "scmi: agent %u, header 0x%08" PRIx32
                  ": %s\n", call->agent, header, what);
}

static ScmiStatus run(ScmiCall *call, uint32_t header, const void *payload,
                      size_t length)
{
    ScmiPlatform *s = call->platform;
    unsigned index;

    if (FIELD_EX32(header, SCMI_HEADER, TYPE) != SCMI_TYPE_COMMAND) {
        log_guest_error(call, header, "not a command");
        return SCMI_PROTOCOL_ERROR;
    }
    index = s->place[FIELD_EX32(header, SCMI_HEADER, PROTOCOL)];
    if (!index) {
        log_guest_error(call, header, "no such protocol");
        return SCMI_NOT_SUPPORTED;
    }
    call->view = agent_view(s, call->agent, index - 1);
    call->protocol = call->view->protocol;
    call->version = call->view->version;
    call->message = call_row(call, FIELD_EX32(header, SCMI_HEADER, MESSAGE));
    if (!call->message) {
        /* No error: this is how an agent may find out what there is. */
        trace_scmi_no_message(call->agent, header);
        return SCMI_NOT_FOUND;
    }
    if (!copy_payload(call, payload, length)) {
        log_guest_error(call, header, "payload of a wrong length");
        return SCMI_PROTOCOL_ERROR;
    }
    if (!find_domain(call)) {
        return SCMI_NOT_FOUND;
    }
    return call->message->notify ? refuse_notify(call)
                                 : call->message->handler(call);
}

size_t scmi_platform_handle(ScmiPlatform *s, unsigned agent, uint32_t header,
                            const void *payload, size_t length, void *reply,
                            size_t room)
{
    ScmiCall *call = &s->call;
    ScmiStatus status;

    assert(agent != SCMI_AGENT_PLATFORM && agent < s->num_agents);
    assert(room >= sizeof(uint32_t));
    call->agent = agent;
    call->view = NULL;
    call->message = NULL;
    call->resource = NULL;
    call->reply = reply;
    call->length = sizeof(uint32_t);
    call->room = QEMU_ALIGN_DOWN(MIN(room, SCMI_REPLY_MAX), sizeof(uint32_t));
    call->overflow = false;

    status = run(call, header, payload, length);
    if (status == SCMI_SUCCESS && call->overflow) {
        status = SCMI_COMMS_ERROR;
    }
    if (status != SCMI_SUCCESS) {
        call->length = sizeof(uint32_t);
    }
    stl_le_p(reply, status);
    trace_scmi_command(agent, call->view ? call->protocol->name : "?",
                       call->message ? call->message->name : "?",
                       FIELD_EX32(header, SCMI_HEADER, TOKEN), status,
                       call->length);
    return call->length;
}

void scmi_agent_reset(ScmiPlatform *s, unsigned agent)
{
    for (unsigned i = 0; i < NUM_PROTOCOLS; i++) {
        view_set_version(agent_view(s, agent, i), protocols[i]->version);
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

/* Texts that the wire has no longer form of, unlike names of resources. */
static bool platform_check_texts(const ScmiPlatform *s, Error **errp)
{
    const strList *agent = s->config->agents;

    if (!text_fits(s->config->vendor, "vendor", errp) ||
        !text_fits(s->config->sub_vendor, "sub-vendor", errp)) {
        return false;
    }
    for (unsigned i = 1; agent; agent = agent->next, i++) {
        g_autofree char *what = g_strdup_printf("agent %u", i);

        if (!text_fits(agent->value, what, errp)) {
            return false;
        }
    }
    return true;
}

static bool platform_set_agents(ScmiPlatform *s, Error **errp)
{
    GPtrArray *names = g_ptr_array_new();

    g_ptr_array_add(names, g_strdup("platform"));
    for (strList *l = s->config->agents; l; l = l->next) {
        g_ptr_array_add(names, g_strdup(l->value));
    }
    s->num_agents = names->len;
    g_ptr_array_add(names, NULL);
    s->agents = (char **)g_ptr_array_free(names, false);
    if (s->num_agents < 2 || s->num_agents > MAX_AGENTS) {
        error_setg(errp, "agents: a platform has 1 to %d of them",
                   MAX_AGENTS - 1);
        return false;
    }
    s->num_views = s->num_agents * NUM_PROTOCOLS;
    s->views = g_new0(ScmiView, s->num_views);
    for (unsigned i = 0; i < s->num_views; i++) {
        s->views[i].protocol = protocols[i % NUM_PROTOCOLS];
        view_set_version(&s->views[i], s->views[i].protocol->version);
    }
    return true;
}

static void scmi_platform_realize(DeviceState *dev, Error **errp)
{
    ScmiPlatform *s = SCMI_PLATFORM(dev);

    if (!platform_check_texts(s, errp) || !platform_set_agents(s, errp)) {
        return;
    }
    for (unsigned i = 0; i < NUM_PROTOCOLS; i++) {
        if (protocols[i]->populate) {
            object_property_add_new_container(OBJECT(s), protocols[i]->name);
            if (!protocols[i]->populate(s, s->config, errp)) {
                return;
            }
        }
        if (protocol_offered(s, protocols[i])) {
            s->place[protocols[i]->id] = i + 1;
        }
    }
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

    for (unsigned i = 0; i < NUM_PROTOCOLS; i++) {
        for (unsigned id = 0; id < s->resources[i]->len; id++) {
            callback(g_ptr_array_index(s->resources[i], id), opaque, type);
        }
    }
}

static void scmi_platform_reset_hold(Object *obj, ResetType type)
{
    ScmiPlatform *s = SCMI_PLATFORM(obj);

    for (unsigned i = 0; i < s->num_agents; i++) {
        scmi_agent_reset(s, i);
    }
}

/* A version comes from a stream that may be forged. */
static int scmi_view_post_load(void *opaque, int version_id)
{
    ScmiView *view = opaque;

    if (view->version < 0x10000 || view->version > view->protocol->version) {
        return -EINVAL;
    }
    view_set_version(view, view->version);
    return 0;
}

static const VMStateDescription vmstate_scmi_view = {
    .name = "scmi-view",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = scmi_view_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version, ScmiView),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_scmi_platform = {
    .name = TYPE_SCMI_PLATFORM,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(num_views, ScmiPlatform,
                             "number of agents and protocols"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(views, ScmiPlatform, num_views,
                                             vmstate_scmi_view, ScmiView),
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
    for (unsigned i = 0; i < NUM_PROTOCOLS; i++) {
        s->resources[i] = g_ptr_array_new();
    }
}

static void scmi_platform_finalize(Object *obj)
{
    ScmiPlatform *s = SCMI_PLATFORM(obj);

    for (unsigned i = 0; i < NUM_PROTOCOLS; i++) {
        g_ptr_array_free(s->resources[i], true);
    }
    g_strfreev(s->agents);
    g_free(s->views);
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
