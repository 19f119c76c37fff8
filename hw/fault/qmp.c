/*
 * QMP: fault rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-fault.h"
#include "engine.h"
#include "port-internal.h"
#include "qemu/timer.h"
#include "site.h"

/* Only loadvm goes back in time, and has rules of its own. */
static bool check_until(const FaultRuleList *rules, Error **errp)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    for (unsigned i = 0; rules; rules = rules->next, i++) {
        const FaultRule *rule = rules->value;

        if (rule->has_until && rule->until <= now) {
            error_setg(errp, "rules[%u]: rule '%s': until: it is %" PRId64
                       " already", i, rule->id, now);
            return false;
        }
    }
    return true;
}

void qmp_fault_add(FaultRuleList *rules, Error **errp)
{
    if (check_until(rules, errp)) {
        fault_engine_add(fault_engine(), rules, errp);
    }
}

void qmp_fault_remove(const char *id, Error **errp)
{
    fault_engine_remove(fault_engine(), id, errp);
}

void qmp_fault_resume(const char *tag, Error **errp)
{
    if (!fault_held_resume(fault_engine(), tag)) {
        error_setg(errp, "tag: no message is suspended under '%s'", tag);
    }
}

static bool has_field(FaultSite site, const char *member, bool has,
                      FaultField field, Error **errp)
{
    if (has && !(fault_sites[site].fields & (1u << field))) {
        error_setg(errp, "%s: messages at site '%s' have none", member,
                   FaultSite_str(site));
        return false;
    }
    return true;
}

static bool check_sent(FaultSite site, size_t length, Error **errp)
{
    const FaultSiteInfo *info = &fault_sites[site];

    if (!(info->actions & (1u << FAULT_ACTION_SEND))) {
        error_setg(errp, "site: nothing can be sent at '%s'",
                   FaultSite_str(site));
        return false;
    }
    if (length < info->min || length > info->max) {
        error_setg(errp, "bytes: messages at site '%s' have %u to %u bytes",
                   FaultSite_str(site), info->min, info->max);
        return false;
    }
    return true;
}

static FaultPort *find_port(const char *device, FaultSite site, uint32_t agent,
                            uint32_t channel, Error **errp)
{
    const char *what = "site";
    Object *obj = object_resolve_path(device, NULL);
    FaultPort *port;

    if (!obj) {
        error_setg(errp, "device: '%s' is the path of no object, or of more "
                   "than one", device);
        return NULL;
    }
    QTAILQ_FOREACH(port, &fault_ports, next) {
        const FaultFields *f = &port->fields;

        if (!fault_port_is_of(port, obj) ||
            !(port->ops->sites & (1u << site))) {
            continue;
        }
        if (f->present & (1u << FAULT_FIELD_AGENT) &&
            f->value[FAULT_FIELD_AGENT] != agent) {
            what = "agent";
        } else if (f->present & (1u << FAULT_FIELD_CHANNEL) &&
                   f->value[FAULT_FIELD_CHANNEL] != channel) {
            what = "channel";
        } else {
            return port;
        }
    }
    error_setg(errp, "%s: '%s' has no such place", what, device);
    return NULL;
}

void qmp_fault_send(const char *device, FaultSite site, const char *bytes,
                    bool has_agent, uint32_t agent, bool has_channel,
                    uint32_t channel, bool has_endpoint, uint8_t endpoint,
                    Error **errp)
{
    g_autofree uint8_t *message = NULL;
    FaultMessage m;
    FaultPort *port;
    size_t length;

    if (!has_field(site, "agent", has_agent, FAULT_FIELD_AGENT, errp) ||
        !has_field(site, "channel", has_channel, FAULT_FIELD_CHANNEL, errp) ||
        !has_field(site, "endpoint", has_endpoint, FAULT_FIELD_ENDPOINT,
                   errp)) {
        return;
    }
    port = find_port(device, site, has_agent ? agent : 1,
                     has_channel ? channel : 0, errp);
    message = port ? fault_bytes_parse(bytes, "bytes", &length, errp) : NULL;
    if (!message || !check_sent(site, length, errp)) {
        return;
    }
    fault_message_init(&m, site, message, length);
    m.fields = port->fields;
    if (fault_sites[site].fields & (1u << FAULT_FIELD_ENDPOINT)) {
        fault_message_set(&m, FAULT_FIELD_ENDPOINT,
                          has_endpoint ? endpoint : 0);
    }
    if (!fault_send(fault_engine(), NULL, port, &m)) {
        error_setg(errp, "'%s' takes no message at the moment", device);
    }
}

static FaultInfo *info_of(const FaultArmed *armed)
{
    FaultInfo *info = g_new0(FaultInfo, 1);

    info->rule = fault_rule_copy(armed->rule);
    info->armed = fault_rule_is_live(armed);
    info->matches = armed->matches;
    info->hits = armed->hits;
    info->failures = armed->failures;
    info->has_last_hit = armed->last_hit >= 0;
    info->last_hit = armed->last_hit;
    info->held = armed->held;
    return info;
}

FaultStatusInfo *qmp_query_faults(Error **errp)
{
    FaultEngine *s = fault_engine();
    FaultStatusInfo *status = g_new0(FaultStatusInfo, 1);
    FaultInfoList **tail = &status->rules;
    strList **tags = &status->suspended;
    FaultArmed *armed;
    FaultHeld *held;

    status->state = s->state;
    QTAILQ_FOREACH(armed, &s->rules, next) {
        QAPI_LIST_APPEND(tail, info_of(armed));
    }
    QTAILQ_FOREACH(held, &s->held, next) {
        if (held->kind == FAULT_HELD_SUSPENDED) {
            QAPI_LIST_APPEND(tags, g_strdup(held->tag));
        }
    }
    return status;
}
