/*
 * SCMI platform: query-scmi
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-scmi.h"
#include "qobject/qdict.h"
#include "qom/qom-qobject.h"
#include "platform-state.h"
#include "transport.h"

/* Resources */

/* Every property that the type of @obj adds to all resources', but children. */
static QObject *resource_state(Object *obj)
{
    ObjectClass *base = object_class_by_name(TYPE_SCMI_RESOURCE);
    QDict *state = qdict_new();
    ObjectPropertyIterator iter;
    ObjectProperty *property;

    object_property_iter_init(&iter, obj);
    while ((property = object_property_iter_next(&iter))) {
        QObject *value = NULL;

        if (property->get && strcmp(property->name, "id") &&
            !g_str_has_prefix(property->type, "child<") &&
            !object_class_property_find(base, property->name)) {
            value = object_property_get_qobject(obj, property->name, NULL);
        }
        if (value) {
            qdict_put_obj(state, property->name, value);
        }
    }
    return QOBJECT(state);
}

static ScmiResourceInfo *query_object(const ScmiProtocol *protocol,
                                      Object *obj, const char *name)
{
    ScmiResourceInfo *info = g_new0(ScmiResourceInfo, 1);

    info->protocol = g_strdup(protocol->name);
    info->name = g_strdup(name);
    info->path = object_get_canonical_path(obj);
    info->state = resource_state(obj);
    return info;
}

/* What a protocol has beside its domains, in containers of their own. */
typedef struct OtherQuery {
    const ScmiProtocol *protocol;
    ScmiResourceInfoList ***tail;
} OtherQuery;

static int query_other(Object *obj, void *opaque)
{
    OtherQuery *query = opaque;

    QAPI_LIST_APPEND(*query->tail,
                     query_object(query->protocol, obj,
                                  object_get_canonical_path_component(obj)));
    return 0;
}

static int query_container(Object *obj, void *opaque)
{
    return object_dynamic_cast(obj, TYPE_CONTAINER)
           ? object_child_foreach(obj, query_other, opaque) : 0;
}

static ScmiResourceInfoList *query_resources(ScmiPlatform *s)
{
    ScmiResourceInfoList *list = NULL, **tail = &list;

    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        OtherQuery others = { scmi_protocols[i], &tail };

        if (s->devices[i]) {
            query_other(OBJECT(s->devices[i]), &others);
            object_child_foreach(OBJECT(s->devices[i]), query_container,
                                 &others);
        }
        for (unsigned id = 0; id < s->resources[i]->len; id++) {
            ScmiResource *resource = g_ptr_array_index(s->resources[i], id);
            ScmiResourceInfo *info = query_object(scmi_protocols[i],
                                                  OBJECT(resource),
                                                  resource->name);

            info->has_id = true;
            info->id = id;
            QAPI_LIST_APPEND(tail, info);
        }
    }
    return list;
}

/* Protocols as an agent sees them */

static ScmiResource *view_resource(const ScmiPlatform *s, const ScmiView *view,
                                   unsigned domain)
{
    return domain < scmi_num_resources(s, view->protocol)
           ? scmi_resource(s, view->protocol, domain) : NULL;
}

static strList *query_denied(const ScmiPlatform *s, const ScmiView *view)
{
    strList *list = NULL, **tail = &list;

    for (unsigned d = 0; d < view->num_domains; d++) {
        if (view->domains[d] & SCMI_DOMAIN_DENIED) {
            QAPI_LIST_APPEND(tail,
                             g_strdup(view_resource(s, view, d)->name));
        }
    }
    return list;
}

static ScmiSubscriptionInfoList *query_subscriptions(const ScmiPlatform *s,
                                                     const ScmiView *view)
{
    ScmiSubscriptionInfoList *list = NULL, **tail = &list;
    uint32_t n = SCMI_NUM_MESSAGES * view->num_domains;

    for (uint32_t i = 0; i < n; i++) {
        const ScmiMessage *row = view->rows[i % SCMI_NUM_MESSAGES];
        unsigned d = i / SCMI_NUM_MESSAGES;
        ScmiSubscriptionInfo *info;
        uint32_t kinds;

        if (!row || !row->notify) {
            continue;
        }
        kinds = extract32(view->domains[d], row->event, MAX(1, row->kinds));
        if (kinds) {
            const ScmiResource *resource = view_resource(s, view, d);

            info = g_new0(ScmiSubscriptionInfo, 1);
            info->message = g_strdup(row->name);
            info->kinds = kinds;
            info->resource = resource ? g_strdup(resource->name) : NULL;
            QAPI_LIST_APPEND(tail, info);
        }
    }
    return list;
}

static ScmiProtocolInfoList *query_protocols(ScmiPlatform *s, unsigned agent)
{
    ScmiProtocolInfoList *list = NULL, **tail = &list;

    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        const ScmiView *view = scmi_agent_view(s, agent, i);
        ScmiProtocolInfo *info;

        if (!s->place[view->protocol->id]) {
            continue;
        }
        info = g_new0(ScmiProtocolInfo, 1);
        info->id = view->protocol->id;
        info->name = g_strdup(view->protocol->name);
        info->version = view->version;
        info->reported_version = view->newest;
        info->denied = view->denied;
        info->denied_resources = query_denied(s, view);
        info->subscriptions = query_subscriptions(s, view);
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

/* Agents */

static bool has_own_channel(const ScmiChannelInfoList *channels, uint8_t id)
{
    for (; channels; channels = channels->next) {
        const uint8List *l = channels->value->protocols;

        for (; l; l = l->next) {
            if (l->value == id) {
                return true;
            }
        }
    }
    return false;
}

/* Protocols without a channel of their own; of @events, all. */
static uint8List *protocols_of_channel(const ScmiPlatform *s,
                                       const ScmiChannelInfoList *channels,
                                       bool events)
{
    uint8List *list = NULL, **tail = &list;

    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        uint8_t id = scmi_protocols[i]->id;

        if (s->place[id] && (events || !has_own_channel(channels, id))) {
            QAPI_LIST_APPEND(tail, id);
        }
    }
    return list;
}

static ScmiChannelInfoList *query_channels(const ScmiPlatform *s,
                                           Object *transport)
{
    ScmiChannelInfoList *list =
        scmi_transport_query(SCMI_TRANSPORT(transport));
    uint8List *others = protocols_of_channel(s, list, false);

    for (ScmiChannelInfoList *l = list; l; l = l->next) {
        if (l->value->events) {
            l->value->protocols = protocols_of_channel(s, list, true);
        } else if (!l->value->protocols) {
            l->value->protocols = g_steal_pointer(&others);
        }
    }
    return list;
}

static ScmiDelayedInfoList *query_delayed(const ScmiPlatform *s,
                                          unsigned agent)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    ScmiDelayedInfoList *list = NULL, **tail = &list;

    for (unsigned i = 0; i < s->num_delayed; i++) {
        const ScmiDelayed *delayed = &s->delayed[i];
        uint32_t header = delayed->header;
        const ScmiProtocol *protocol =
            scmi_protocol_by_id(FIELD_EX32(header, SCMI_HEADER, PROTOCOL));
        const ScmiMessage *row;
        ScmiDelayedInfo *info;

        /* A forged snapshot may have one of no protocol. */
        row = protocol ? scmi_protocol_row(protocol,
                                           FIELD_EX32(header, SCMI_HEADER,
                                                      MESSAGE),
                                           delayed->version) : NULL;
        if (delayed->agent != agent || !row) {
            continue;
        }
        info = g_new0(ScmiDelayedInfo, 1);
        info->protocol = g_strdup(protocol->name);
        info->message = g_strdup(row->name);
        info->token = FIELD_EX32(header, SCMI_HEADER, TOKEN);
        info->due = MAX(0, delayed->deadline - now);
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

static strList *query_denied_devices(const ScmiPlatform *s, unsigned agent)
{
    strList *list = NULL, **tail = &list;

    for (const ScmiDeviceConfigList *l = s->config->devices; l; l = l->next) {
        if (scmi_agent_is_denied(s, agent, l->value)) {
            QAPI_LIST_APPEND(tail, g_strdup(l->value->name));
        }
    }
    return list;
}

static ScmiAgentInfo *query_agent(ScmiPlatform *s, unsigned i)
{
    const ScmiAgent *agent = &s->agents[i];
    ScmiAgentInfo *info = g_new0(ScmiAgentInfo, 1);

    info->id = i;
    info->name = g_strdup(scmi_agent_name(s, i));
    info->trusted = scmi_agent_is_trusted(s, i);
    info->events = scmi_agent_has_events(s, i);
    info->queued_events = agent->count;
    info->dropped_events = agent->dropped;
    info->delayed = query_delayed(s, i);
    info->denied_devices = query_denied_devices(s, i);
    if (agent->transport) {
        info->transport = object_get_canonical_path(agent->transport);
        info->channels = query_channels(s, agent->transport);
    }
    info->protocols = query_protocols(s, i);
    return info;
}

static ScmiAgentInfoList *query_agents(ScmiPlatform *s)
{
    ScmiAgentInfoList *list = NULL, **tail = &list;

    for (unsigned i = 1; i < s->num_agents; i++) {
        QAPI_LIST_APPEND(tail, query_agent(s, i));
    }
    return list;
}

/* Platforms */

static int query_platform(Object *obj, void *opaque)
{
    ScmiPlatformInfoList ***tail = opaque;
    ScmiPlatform *s;
    ScmiPlatformInfo *info;

    if (!object_dynamic_cast(obj, TYPE_SCMI_PLATFORM)) {
        return 0;
    }
    s = SCMI_PLATFORM(obj);
    info = g_new0(ScmiPlatformInfo, 1);
    info->path = object_get_canonical_path(obj);
    info->vendor = g_strdup(s->config->vendor);
    info->sub_vendor = g_strdup(s->config->sub_vendor);
    info->agents = query_agents(s);
    info->resources = query_resources(s);
    QAPI_LIST_APPEND(*tail, info);
    return 0;
}

ScmiPlatformInfoList *qmp_query_scmi(Error **errp)
{
    ScmiPlatformInfoList *list = NULL, **tail = &list;

    object_child_foreach_recursive(object_get_root(), query_platform, &tail);
    return list;
}
