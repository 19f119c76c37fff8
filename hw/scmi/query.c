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

static ScmiResourceInfoList *query_resources(ScmiPlatform *s)
{
    ScmiResourceInfoList *list = NULL, **tail = &list;

    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        if (s->devices[i]) {
            QAPI_LIST_APPEND(tail, query_object(scmi_protocols[i],
                                                OBJECT(s->devices[i]),
                                                scmi_protocols[i]->name));
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
        info->denied = view->denied;
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

static ScmiAgentInfoList *query_agents(ScmiPlatform *s)
{
    ScmiAgentInfoList *list = NULL, **tail = &list;

    for (unsigned i = 1; i < s->num_agents; i++) {
        const ScmiAgent *agent = &s->agents[i];
        ScmiAgentInfo *info = g_new0(ScmiAgentInfo, 1);
        strList **channels = &info->channels;

        info->id = i;
        info->name = g_strdup(scmi_agent_name(s, i));
        info->events = scmi_agent_has_events(s, i);
        info->queued_events = agent->count;
        info->dropped_events = agent->dropped;
        if (agent->transport) {
            QAPI_LIST_APPEND(channels,
                             object_get_canonical_path(agent->transport));
        }
        info->protocols = query_protocols(s, i);
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

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
