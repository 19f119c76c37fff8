/*
 * QMP: the message log
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-message-log.h"
#include "engine.h"
#include "port-internal.h"

#define DEFAULT_MAX 1000

void qmp_message_log(bool enable, Error **errp)
{
    FaultEngine *s;

    if (QTAILQ_EMPTY(&fault_ports)) {
        error_setg(errp, "this machine has no models whose messages could be "
                   "logged");
        return;
    }
    s = fault_engine();
    fault_log_enable(&s->log, enable);
    fault_engine_watch(s);
}

/**
 * Wanted: which messages
 * @device: a lasting text, as in FaultLogEntry; NULL for all, as is @rule
 */
typedef struct Wanted {
    const char *device;
    bool has_site;
    FaultSite site;
    const char *rule;
} Wanted;

static bool is_wanted(const FaultLogEntry *e, const Wanted *wanted)
{
    return (!wanted->device || e->device == wanted->device) &&
           (!wanted->has_site || e->site == wanted->site) &&
           (!wanted->rule || !strcmp(e->rule, wanted->rule));
}

static const char *find_device(const char *path, Error **errp)
{
    Object *obj = object_resolve_path(path, NULL);
    g_autofree char *canonical = NULL;

    if (!obj) {
        error_setg(errp, "device: '%s' is the path of no object, or of more "
                   "than one", path);
        return NULL;
    }
    canonical = object_get_canonical_path(obj);
    return g_intern_string(canonical);
}

static void collect(const FaultLog *log, MessageLog *found,
                    const Wanted *wanted, uint32_t max)
{
    LoggedMessageList **tail = &found->messages;

    for (; found->next < log->next && max; found->next++) {
        const FaultLogEntry *e = fault_log_at(log, found->next);

        if (is_wanted(e, wanted)) {
            QAPI_LIST_APPEND(tail, fault_log_decode(e));
            max--;
        }
    }
}

MessageLog *qmp_query_message_log(bool has_since, uint64_t since,
                                  bool has_max, uint32_t max,
                                  const char *device, bool has_site,
                                  FaultSite site, const char *rule,
                                  Error **errp)
{
    FaultLog *log = &fault_engine()->log;
    Wanted wanted = { .has_site = has_site, .site = site, .rule = rule };
    MessageLog *found;

    if (has_since && since > log->next) {
        error_setg(errp, "since: the next message will be %" PRIu64,
                   log->next);
        return NULL;
    }
    if (has_max && (max < 1 || max > FAULT_LOG_SIZE)) {
        error_setg(errp, "max: it must be between 1 and %d", FAULT_LOG_SIZE);
        return NULL;
    }
    if (device) {
        wanted.device = find_device(device, errp);
        if (!wanted.device) {
            return NULL;
        }
    }
    fault_log_flush(log);
    found = g_new0(MessageLog, 1);
    found->enabled = log->enabled;
    found->first = log->first;
    found->next = has_since ? MAX(since, log->first) : log->first;
    collect(log, found, &wanted, has_max ? max : DEFAULT_MAX);
    return found;
}
