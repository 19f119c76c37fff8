/*
 * The fault engine: its migration
 *
 * Rules travel as the JSON that describes them, and are checked as any other;
 * what they have counted follows. The rules of the destination give way. Of
 * the log, its position travels, and whether it is on; not the messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "effect.h"
#include "engine.h"
#include "port-internal.h"

#define MAX_TEXT FAULT_RULE_MAX_TEXT
#define MAX_NAME 64

/* Texts: their length, and that many bytes */

static void put_text(QEMUFile *f, const char *text)
{
    size_t length = strlen(text);

    qemu_put_be32(f, length);
    qemu_put_buffer(f, (const uint8_t *)text, length);
}

/* NULL if there is none; the caller frees it. */
static char *get_text(QEMUFile *f)
{
    uint32_t length = qemu_get_be32(f);
    g_autofree char *text = NULL;

    if (length > MAX_TEXT) {
        return NULL;
    }
    text = g_malloc0(length + 1);
    if (qemu_get_buffer(f, (uint8_t *)text, length) != length ||
        strlen(text) != length) {
        return NULL;
    }
    return g_steal_pointer(&text);
}

/*
 * Ports: whose, which; nobody's is none. That of an interrupt line goes by the
 * line's number: lines are parted in the order in which rules ask for them.
 */

static bool is_line(const FaultPort *port)
{
    return port->ops->sites == 1u << FAULT_SITE_IRQ;
}

static void put_port(QEMUFile *f, const FaultPort *port)
{
    g_autofree char *path = port ? object_get_canonical_path(port->owner)
                                 : g_strdup("");

    put_text(f, path);
    qemu_put_byte(f, port && is_line(port));
    qemu_put_be32(f, !port ? 0
                     : is_line(port) ? port->fields.value[FAULT_FIELD_LINE]
                     : port->index);
}

static FaultPort *find_port(Object *owner, bool line, uint32_t number)
{
    FaultPort *port;

    if (line) {
        return fault_effect_line_port(owner, number, NULL);
    }
    port = fault_port_find(owner, number);
    return port && !is_line(port) ? port : NULL;
}

/* False if there is no such port. */
static bool get_port(QEMUFile *f, FaultPort **port)
{
    g_autofree char *path = get_text(f);
    bool line = qemu_get_byte(f);
    uint32_t number = qemu_get_be32(f);
    Object *owner;

    *port = NULL;
    if (!path || !path[0]) {
        return path;
    }
    owner = object_resolve_path(path, NULL);
    *port = owner ? find_port(owner, line, number) : NULL;
    return *port;
}

/* Rules */

static void put_rule(QEMUFile *f, const FaultArmed *armed)
{
    g_autofree char *json = fault_rule_to_json(armed->rule);

    put_text(f, json);
    qemu_put_be64(f, armed->matches);
    qemu_put_be64(f, armed->hits);
    qemu_put_be64(f, armed->failures);
    qemu_put_be64(f, armed->last_hit);
    qemu_put_be64(f, armed->random);
    put_port(f, armed->silenced);
    put_port(f, armed->holding);
    qemu_put_be64(f, armed->hold_end);
    qemu_put_be32(f, armed->pulses);
    qemu_put_be64(f, armed->next_pulse);
    qemu_put_byte(f, armed->raised);
}

static FaultArmed *add_rule(FaultEngine *s, const char *json, Error **errp)
{
    QObject *object = json ? qobject_from_json(json, errp) : NULL;
    FaultRuleList list = {};
    bool ok;

    if (!object) {
        return NULL;
    }
    list.value = fault_rule_from_qobject(object, errp);
    qobject_unref(object);
    ok = list.value && fault_engine_add(s, &list, errp);
    qapi_free_FaultRule(list.value);
    return ok ? QTAILQ_LAST(&s->rules) : NULL;
}

static bool get_state(QEMUFile *f, FaultEngine *s, FaultArmed *armed)
{
    bool ok;

    armed->matches = qemu_get_be64(f);
    armed->hits = qemu_get_be64(f);
    armed->failures = qemu_get_be64(f);
    armed->last_hit = qemu_get_be64(f);
    armed->random = qemu_get_be64(f);
    ok = get_port(f, &armed->silenced) && get_port(f, &armed->holding);
    armed->hold_end = qemu_get_be64(f);
    armed->pulses = qemu_get_be32(f);
    armed->next_pulse = qemu_get_be64(f);
    armed->raised = qemu_get_byte(f);
    if (armed->holding && (armed->rule->action != FAULT_ACTION_HOLD ||
                           !armed->holding->ops->hold)) {
        armed->holding = NULL;
        ok = false;
    }
    if ((armed->pulses || armed->raised) &&
        armed->rule->action != FAULT_ACTION_INTERRUPT) {
        armed->pulses = 0;
        armed->raised = false;
        ok = false;
    }
    if (armed->holding) {
        armed->holding->ops->hold(armed->holding->opaque, true);
    }
    s->num_silenced += !!armed->silenced;
    fault_rule_busy(s, armed);
    return ok;
}

static bool get_rule(QEMUFile *f, FaultEngine *s)
{
    g_autofree char *json = get_text(f);
    Error *err = NULL;
    FaultArmed *armed = add_rule(s, json, &err);

    if (err) {
        error_reportf_err(err, "fault rule: ");
    }
    return armed && get_state(f, s, armed);
}

/* Messages that are kept */

static uint32_t rule_number(FaultEngine *s, const FaultArmed *by)
{
    uint32_t number = 1;
    FaultArmed *armed;

    QTAILQ_FOREACH(armed, &s->rules, next) {
        if (armed == by) {
            return number;
        }
        number++;
    }
    return 0;
}

static FaultArmed *rule_by_number(FaultEngine *s, uint32_t number)
{
    FaultArmed *armed = QTAILQ_FIRST(&s->rules);

    while (armed && --number) {
        armed = QTAILQ_NEXT(armed, next);
    }
    return armed;
}

static void put_held(QEMUFile *f, FaultEngine *s, const FaultHeld *held)
{
    const FaultMessage *m = &held->message;

    qemu_put_be32(f, held->kind);
    put_port(f, held->port);
    /* 0 if it was removed */
    qemu_put_be32(f, rule_number(s, held->by));
    qemu_put_be32(f, held->copies);
    qemu_put_be64(f, held->due);
    qemu_put_be64(f, held->logged);
    put_text(f, held->tag ?: "");
    put_text(f, m->group ?: "");
    put_text(f, m->name ?: "");
    qemu_put_be32(f, m->site);
    qemu_put_be32(f, m->fields.present);
    for (unsigned i = 0; i < FAULT_FIELD__MAX; i++) {
        qemu_put_be32(f, m->fields.value[i]);
    }
    qemu_put_be64(f, m->since);
    qemu_put_be64(f, m->cookie);
    qemu_put_be32(f, m->length);
    qemu_put_buffer(f, m->bytes, m->length);
}

/* A text that lasts, or NULL for an empty one. False if there is none. */
static bool get_name(QEMUFile *f, const char **name)
{
    g_autofree char *text = get_text(f);

    *name = NULL;
    if (!text || strlen(text) > MAX_NAME) {
        return false;
    }
    if (text[0]) {
        *name = g_intern_string(text);
    }
    return true;
}

static bool get_message(QEMUFile *f, const FaultPort *port, FaultMessage *m)
{
    const char *group, *name;
    bool named = get_name(f, &group) && get_name(f, &name);
    uint32_t site = qemu_get_be32(f);

    if (!named) {
        return false;
    }
    fault_message_init(m, site, NULL, 0);
    m->group = group;
    m->name = name;
    m->fields.present = qemu_get_be32(f) & ((1u << FAULT_FIELD__MAX) - 1);
    for (unsigned i = 0; i < FAULT_FIELD__MAX; i++) {
        m->fields.value[i] = qemu_get_be32(f);
    }
    m->since = qemu_get_be64(f);
    m->cookie = qemu_get_be64(f);
    m->length = qemu_get_be32(f);
    return site < FAULT_SITE__MAX && port->ops->sites & (1u << site) &&
           m->length <= sizeof(m->bytes) &&
           qemu_get_buffer(f, m->bytes, m->length) == m->length;
}

static bool get_held(QEMUFile *f, FaultEngine *s)
{
    uint32_t kind = qemu_get_be32(f);
    FaultPort *port;
    bool ok = get_port(f, &port);
    uint32_t number = qemu_get_be32(f);
    uint32_t copies = qemu_get_be32(f);
    int64_t due = qemu_get_be64(f);
    uint64_t logged = qemu_get_be64(f);
    g_autofree char *tag = get_text(f);
    FaultMessage m;
    FaultHeld *held;

    if (!ok || !port || !tag || kind >= FAULT_HELD__MAX ||
        copies > FAULT_MAX_MADE || logged >= s->log.next ||
        !get_message(f, port, &m) ||
        number > g_hash_table_size(s->by_id)) {
        return false;
    }
    held = fault_hold(s, kind, port, number ? rule_by_number(s, number) : NULL,
                      &m, copies);
    if (held) {
        held->due = due;
        held->logged = logged;
        held->tag = g_steal_pointer(&tag);
    }
    return held;
}

/* All of it */

static int engine_put(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    FaultEngine *s = pv;
    FaultArmed *armed;
    FaultHeld *held;

    qemu_put_be64(f, s->log.next);
    qemu_put_byte(f, s->log.enabled);
    qemu_put_be32(f, s->state);
    qemu_put_be32(f, g_hash_table_size(s->by_id));
    QTAILQ_FOREACH(armed, &s->rules, next) {
        put_rule(f, armed);
    }
    qemu_put_be32(f, s->num_held);
    QTAILQ_FOREACH(held, &s->held, next) {
        put_held(f, s, held);
    }
    return 0;
}

/* Whose log goes to a file wants it on. */
static bool get_log(QEMUFile *f, FaultLog *log)
{
    uint64_t next = qemu_get_be64(f);
    uint8_t enabled = qemu_get_byte(f);

    if (next < 1 || next > INT64_MAX || enabled > 1) {
        return false;
    }
    fault_log_move(log, next);
    fault_log_enable(log, enabled || log->file);
    return true;
}

/* Nothing in the stream can be trusted. */
static bool get_all(QEMUFile *f, FaultEngine *s)
{
    bool ok = get_log(f, &s->log);
    uint32_t state = qemu_get_be32(f);
    uint32_t count = qemu_get_be32(f);

    if (!ok || count > FAULT_MAX_RULES) {
        return false;
    }
    while (count--) {
        if (!get_rule(f, s)) {
            return false;
        }
    }
    count = qemu_get_be32(f);
    if (count > FAULT_MAX_HELD) {
        return false;
    }
    while (count--) {
        if (!get_held(f, s)) {
            return false;
        }
    }
    s->state = state;
    return !qemu_file_get_error(f);
}

static int engine_get(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field)
{
    FaultEngine *s = pv;
    FaultArmed *armed;

    /* Lines are as the stream has them. */
    QTAILQ_FOREACH(armed, &s->rules, next) {
        armed->raised = false;
    }
    fault_engine_clear(s);
    if (!get_all(f, s)) {
        fault_engine_clear(s);
        return -EINVAL;
    }
    fault_held_rearm(s);
    fault_engine_watch(s);
    return 0;
}

static const VMStateInfo vmstate_info_fault_engine = {
    .name = "fault-engine/rules",
    .get = engine_get,
    .put = engine_put,
};

const VMStateDescription vmstate_fault_engine = {
    .name = TYPE_FAULT_ENGINE,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        {
            .name = "rules",
            .info = &vmstate_info_fault_engine,
            .flags = VMS_SINGLE,
        },
        VMSTATE_END_OF_LIST()
    },
};
