/*
 * The fault engine: what becomes of a message
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-events-fault.h"
#include "qemu/host-utils.h"
#include "qemu/timer.h"
#include "engine.h"
#include "hw/vmstate-if.h"
#include "port-internal.h"
#include "trace.h"

#define EVENTS_A_STEP 1024

/* Passing */

/*
 * A guest in an endless loop can hit a rule a million times a second, and
 * nobody could read as many events.
 */
static bool worth_an_event(uint64_t hits)
{
    return hits < EVENTS_A_STEP || !(hits % (pow2floor(hits) / EVENTS_A_STEP));
}

static void tell(FaultArmed *armed, FaultPort *port, bool applied)
{
    armed->failures += !applied;
    trace_fault_hit(armed->rule->id, FaultSite_str(armed->rule->site),
                    FaultAction_str(armed->rule->action), applied);
    if (worth_an_event(armed->hits)) {
        qapi_event_send_fault_hit(armed->rule->id, armed->rule->site,
                                  fault_port_path(port), armed->last_hit,
                                  armed->hits, applied);
    }
}

static void ask_rules(FaultEngine *s, FaultPort *port, FaultMessage *m,
                      FaultVerdict *v)
{
    GPtrArray *rules = s->by_site[m->site];
    int64_t now = rules->len ? qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) : 0;

    for (unsigned i = 0; i < rules->len && !v->kept; i++) {
        FaultArmed *armed = g_ptr_array_index(rules, i);
        bool applied;

        if (!fault_rule_hit(armed, port, m, s->state, now)) {
            continue;
        }
        if (armed->rule->has_new_state) {
            s->state = armed->rule->new_state;
        }
        applied = fault_act(s, armed, port, m, v);
        v->hits++;
        if (applied) {
            v->by = armed;
        }
        if (!fault_acts_afterwards(armed)) {
            tell(armed, port, applied);
        }
    }
}

/* The rule that keeps @port from saying anything. */
static const FaultArmed *find_silencer(const FaultEngine *s,
                                       const FaultPort *port)
{
    const FaultArmed *armed;

    if (s->num_silenced) {
        QTAILQ_FOREACH(armed, &s->rules, next) {
            if (armed->silenced == port) {
                return armed;
            }
        }
    }
    return NULL;
}

static void enter(FaultEngine *s)
{
    if (!s->depth++) {
        s->made = 0;
    }
}

static void leave(FaultEngine *s)
{
    s->depth--;
}

/* Rules that answer each other could go on for ever. */
static bool may_make(FaultEngine *s)
{
    return s->made++ < FAULT_MAX_MADE && s->depth <= FAULT_MAX_DEPTH;
}

bool fault_deliver(FaultEngine *s, FaultPort *port, const FaultMessage *m,
                   unsigned copies)
{
    bool ok = true;

    enter(s);
    for (unsigned i = 0; i < copies; i++) {
        /* Who takes it may change it. */
        FaultMessage copy = *m;

        if (i && !may_make(s)) {
            ok = false;
            break;
        }
        ok &= port->ops->deliver(port->opaque, &copy);
    }
    leave(s);
    return ok;
}

bool fault_send(FaultEngine *s, const FaultRule *rule, FaultPort *port,
                const FaultMessage *m)
{
    const FaultLogNote note = {
        .fate = MESSAGE_FATE_SENT,
        .copies = 1,
        .rule = rule,
    };
    uint64_t logged = fault_log_add(&s->log, port, m, &note);
    bool ok = (!rule || may_make(s)) && fault_deliver(s, port, m, 1);

    if (!ok) {
        fault_log_failed(&s->log, logged);
    }
    return ok;
}

/* Before it is delivered: what it leads to comes behind it. */
static uint64_t write_down(FaultEngine *s, FaultPort *port,
                           const FaultMessage *m, const FaultVerdict *v)
{
    static const MessageFate kept[] = {
        [FAULT_HELD_DELAYED] = MESSAGE_FATE_DELAYED,
        [FAULT_HELD_REORDERED] = MESSAGE_FATE_REORDERED,
        [FAULT_HELD_SUSPENDED] = MESSAGE_FATE_SUSPENDED,
    };
    FaultLogNote note = {
        .fate = MESSAGE_FATE_DELIVERED,
        .copies = v->copies,
        .rules = v->hits,
        .rule = v->by ? v->by->rule : NULL,
    };

    if (v->held) {
        note.fate = kept[v->held->kind];
    } else if (v->kept) {
        note.fate = MESSAGE_FATE_DROPPED;
        note.copies = 0;
    }
    return fault_log_add(&s->log, port, m, &note);
}

static bool engine_pass(FaultPort *port, FaultMessage *m)
{
    FaultEngine *s = fault_engine();
    FaultVerdict v = { .copies = 1, .by = find_silencer(s, port) };
    uint64_t logged;
    bool ok = true;

    if (v.by) {
        v.kept = true;
        write_down(s, port, m, &v);
        return true;
    }
    enter(s);
    ask_rules(s, port, m, &v);
    logged = write_down(s, port, m, &v);
    if (v.held) {
        v.held->logged = logged;
    }
    if (!v.kept) {
        ok = fault_deliver(s, port, m, v.copies);
        if (!ok) {
            fault_log_failed(&s->log, logged);
        }
    }
    for (unsigned i = 0; v.after && i < v.after->len; i++) {
        FaultArmed *armed = g_ptr_array_index(v.after, i);

        armed->acting = true;
        tell(armed, port, fault_act_after(s, armed, port, m));
        armed->acting = false;
    }
    if (v.after) {
        g_ptr_array_free(v.after, true);
    }
    if (!v.kept && s->num_held) {
        fault_held_overtaken(s, port, m->site);
    }
    leave(s);
    return ok;
}

static void engine_port_reset(FaultPort *port)
{
    FaultEngine *s = fault_engine();
    FaultHeld *held, *next_held;

    QTAILQ_FOREACH_SAFE(held, &s->held, next, next_held) {
        if (held->port == port) {
            fault_held_lose(s, held);
        }
    }
    fault_engine_watch(s);
}

static void engine_port_gone(FaultPort *port)
{
    FaultEngine *s = fault_engine();
    FaultArmed *armed;

    engine_port_reset(port);
    QTAILQ_FOREACH(armed, &s->rules, next) {
        if (armed->silenced == port) {
            armed->silenced = NULL;
            s->num_silenced--;
        }
        if (armed->holding == port) {
            armed->holding = NULL;
        }
    }
}

/* Rules come and go */

void fault_engine_watch(FaultEngine *s)
{
    bool watched = !QTAILQ_EMPTY(&s->rules) || s->num_held || s->log.enabled;
    FaultPort *port;

    if (watched == fault_watched) {
        return;
    }
    fault_watched = watched;
    QTAILQ_FOREACH(port, &fault_ports, next) {
        if (port->ops->watch) {
            port->ops->watch(port->opaque);
        }
    }
}

static void insert(FaultEngine *s, FaultArmed *armed)
{
    QTAILQ_INSERT_TAIL(&s->rules, armed, next);
    g_ptr_array_add(s->by_site[armed->rule->site], armed);
    g_hash_table_insert(s->by_id, armed->rule->id, armed);
}

static void remove_rule(FaultEngine *s, FaultArmed *armed)
{
    FaultHeld *held;

    /* What passes because it lets go of something does not hit it any more. */
    g_ptr_array_remove(s->by_site[armed->rule->site], armed);
    fault_rule_relax(s, armed);
    QTAILQ_FOREACH(held, &s->held, next) {
        if (held->by == armed) {
            held->by = NULL;
        }
    }
    g_hash_table_remove(s->by_id, armed->rule->id);
    QTAILQ_REMOVE(&s->rules, armed, next);
    fault_rule_free(armed);
}

static bool add_one(FaultEngine *s, const FaultRule *rule, Error **errp)
{
    FaultArmed *armed;

    if (g_hash_table_size(s->by_id) == FAULT_MAX_RULES) {
        error_setg(errp, "rules: there are %d already", FAULT_MAX_RULES);
        return false;
    }
    if (g_hash_table_contains(s->by_id, rule->id)) {
        error_setg(errp, "id: there is a rule '%s' already", rule->id);
        return false;
    }
    armed = fault_rule_new(rule, errp);
    if (armed) {
        insert(s, armed);
    }
    return armed;
}

bool fault_engine_add(FaultEngine *s, const FaultRuleList *rules, Error **errp)
{
    ERRP_GUARD();
    FaultArmed *last = QTAILQ_LAST(&s->rules);
    unsigned i = 0;

    for (; rules; rules = rules->next, i++) {
        if (!add_one(s, rules->value, errp)) {
            error_prepend(errp, "rules[%u]: ", i);
            while (QTAILQ_LAST(&s->rules) != last) {
                remove_rule(s, QTAILQ_LAST(&s->rules));
            }
            return false;
        }
    }
    fault_engine_watch(s);
    return true;
}

bool fault_engine_remove(FaultEngine *s, const char *id, Error **errp)
{
    FaultArmed *armed = g_hash_table_lookup(s->by_id, id);

    if (!armed) {
        error_setg(errp, "id: there is no rule '%s'", id);
        return false;
    }
    remove_rule(s, armed);
    fault_held_rearm(s);
    fault_engine_watch(s);
    return true;
}

void fault_engine_clear(FaultEngine *s)
{
    FaultHeld *held;
    FaultArmed *armed;

    while ((held = QTAILQ_FIRST(&s->held))) {
        fault_held_drop(s, held);
    }
    while ((armed = QTAILQ_FIRST(&s->rules))) {
        remove_rule(s, armed);
    }
    s->state = FAULT_FIRST_STATE;
    fault_held_rearm(s);
    fault_engine_watch(s);
}

/* Life */

/* What is under way is lost; the rules stay, and go on counting. */
static void fault_engine_reset_hold(Object *obj, ResetType type)
{
    FaultEngine *s = FAULT_ENGINE(obj);
    FaultHeld *held;
    FaultArmed *armed;

    while ((held = QTAILQ_FIRST(&s->held))) {
        fault_held_lose(s, held);
    }
    QTAILQ_FOREACH(armed, &s->rules, next) {
        fault_rule_relax(s, armed);
    }
    fault_held_rearm(s);
    fault_engine_watch(s);
}

static void fault_engine_init(Object *obj)
{
    FaultEngine *s = FAULT_ENGINE(obj);

    s->state = FAULT_FIRST_STATE;
    QTAILQ_INIT(&s->rules);
    QTAILQ_INIT(&s->held);
    s->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    s->busy = g_ptr_array_new();
    for (unsigned i = 0; i < FAULT_SITE__MAX; i++) {
        s->by_site[i] = g_ptr_array_new();
    }
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, fault_held_expired, s);
    fault_log_init(&s->log);
    fault_watcher.pass = engine_pass;
    fault_watcher.port_reset = engine_port_reset;
    fault_watcher.port_gone = engine_port_gone;
}

/* On no bus, it would be told from others by the order of their creation. */
static char *fault_engine_vmstate_id(VMStateIf *obj)
{
    return g_strdup(TYPE_FAULT_ENGINE);
}

static void fault_engine_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Fault rules and the message log";
    /* Reason: there is one, and it is there by itself */
    dc->user_creatable = false;
    dc->vmsd = &vmstate_fault_engine;
    VMSTATE_IF_CLASS(oc)->get_id = fault_engine_vmstate_id;
    RESETTABLE_CLASS(oc)->phases.hold = fault_engine_reset_hold;
}

static const TypeInfo fault_engine_info = {
    .name = TYPE_FAULT_ENGINE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(FaultEngine),
    .instance_init = fault_engine_init,
    .class_init = fault_engine_class_init,
};

static void fault_engine_register(void)
{
    type_register_static(&fault_engine_info);
}
type_init(fault_engine_register)
