/*
 * The fault engine: what it does later
 *
 * Messages that are kept, interrupt lines that are pulsed again, and what is
 * busy for a while.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "effect.h"
#include "engine.h"
#include "trace.h"

/* Messages */

FaultHeld *fault_hold(FaultEngine *s, FaultHeldKind kind, FaultPort *port,
                      FaultArmed *by, const FaultMessage *m, unsigned copies)
{
    FaultHeld *held;

    if (s->num_held == FAULT_MAX_HELD) {
        return NULL;
    }
    held = g_new0(FaultHeld, 1);
    held->kind = kind;
    held->port = port;
    held->by = by;
    held->message = *m;
    held->copies = copies;
    QTAILQ_INSERT_TAIL(&s->held, held, next);
    s->num_held++;
    if (by) {
        by->held++;
    }
    return held;
}

void fault_held_drop(FaultEngine *s, FaultHeld *held)
{
    QTAILQ_REMOVE(&s->held, held, next);
    s->num_held--;
    if (held->by) {
        held->by->held--;
    }
    g_free(held->tag);
    g_free(held);
}

static uint64_t write_down(FaultEngine *s, const FaultHeld *held,
                           MessageFate fate)
{
    const FaultLogNote note = {
        .fate = fate,
        .copies = fate == MESSAGE_FATE_LOST ? 0 : held->copies,
        .rule = held->by ? held->by->rule : NULL,
        .of = held->logged,
    };

    return fault_log_add(&s->log, held->port, &held->message, &note);
}

void fault_held_lose(FaultEngine *s, FaultHeld *held)
{
    write_down(s, held, MESSAGE_FATE_LOST);
    fault_held_drop(s, held);
}

/* It is off the list before its delivery can lead back to here. */
static void release(FaultEngine *s, FaultHeld *held)
{
    FaultPort *port = held->port;
    FaultMessage m = held->message;
    FaultArmed *by = held->by;
    unsigned copies = held->copies;
    uint64_t logged = write_down(s, held, MESSAGE_FATE_RELEASED);

    fault_held_drop(s, held);
    trace_fault_release(FaultSite_str(m.site), copies);
    if (!fault_deliver(port, &m, copies)) {
        fault_log_failed(&s->log, logged);
        if (by) {
            by->failures++;
        }
    }
}

static FaultHeld *first_resumed(FaultEngine *s)
{
    FaultHeld *held;

    QTAILQ_FOREACH(held, &s->held, next) {
        if (held->kind == FAULT_HELD_RESUMED) {
            break;
        }
    }
    return held;
}

bool fault_held_resume(FaultEngine *s, const char *tag)
{
    FaultHeld *held;
    bool found = false;

    QTAILQ_FOREACH(held, &s->held, next) {
        if (held->kind == FAULT_HELD_SUSPENDED && !strcmp(held->tag, tag)) {
            found = true;
            held->kind = FAULT_HELD_RESUMED;
        }
    }
    /* A delivery can suspend other messages, and take any off the list. */
    while ((held = first_resumed(s))) {
        release(s, held);
    }
    fault_engine_watch(s);
    return found;
}

void fault_held_overtaken(FaultEngine *s, FaultPort *port, FaultSite site)
{
    FaultHeld *held;

    QTAILQ_FOREACH(held, &s->held, next) {
        if (held->kind == FAULT_HELD_REORDERED && held->port == port &&
            held->message.site == site) {
            release(s, held);
            break;
        }
    }
    fault_engine_watch(s);
}

/* Rules */

bool fault_rule_is_busy(const FaultArmed *armed)
{
    return armed->pulses || (armed->holding && armed->hold_end != INT64_MAX);
}

void fault_rule_busy(FaultEngine *s, FaultArmed *armed)
{
    if (fault_rule_is_busy(armed) &&
        !g_ptr_array_find(s->busy, armed, NULL)) {
        g_ptr_array_add(s->busy, armed);
    }
    fault_held_rearm(s);
}

static void stop_holding(FaultArmed *armed)
{
    FaultPort *port = armed->holding;

    armed->holding = NULL;
    if (port) {
        port->ops->hold(port->opaque, false);
    }
}

void fault_rule_relax(FaultEngine *s, FaultArmed *armed)
{
    stop_holding(armed);
    if (armed->silenced) {
        armed->silenced = NULL;
        s->num_silenced--;
    }
    if (armed->raised) {
        fault_effect_lower(armed);
    }
    armed->pulses = 0;
    g_ptr_array_remove(s->busy, armed);
}

static void rule_due(FaultArmed *armed, int64_t now)
{
    if (armed->holding && armed->hold_end <= now) {
        stop_holding(armed);
    }
    if (armed->pulses && armed->next_pulse <= now) {
        fault_effect_pulse(armed);
    }
}

/* Time */

static int64_t rule_deadline(const FaultArmed *armed)
{
    int64_t first = armed->pulses ? armed->next_pulse : INT64_MAX;

    return armed->holding ? MIN(first, armed->hold_end) : first;
}

void fault_held_rearm(FaultEngine *s)
{
    int64_t first = INT64_MAX;
    FaultHeld *held;

    QTAILQ_FOREACH(held, &s->held, next) {
        if (held->kind == FAULT_HELD_DELAYED) {
            first = MIN(first, held->due);
        }
    }
    for (unsigned i = 0; i < s->busy->len; i++) {
        first = MIN(first, rule_deadline(g_ptr_array_index(s->busy, i)));
    }
    if (first == INT64_MAX) {
        timer_del(s->timer);
    } else {
        timer_mod(s->timer, first);
    }
}

/* The first of those that are due; those of the same time in order. */
static FaultHeld *first_due(FaultEngine *s, int64_t now)
{
    FaultHeld *held, *first = NULL;

    QTAILQ_FOREACH(held, &s->held, next) {
        if (held->kind == FAULT_HELD_DELAYED && held->due <= now &&
            (!first || held->due < first->due)) {
            first = held;
        }
    }
    return first;
}

void fault_held_expired(void *opaque)
{
    FaultEngine *s = opaque;
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    FaultHeld *held;

    while ((held = first_due(s, now))) {
        release(s, held);
    }
    for (unsigned i = s->busy->len; i--; ) {
        FaultArmed *armed = g_ptr_array_index(s->busy, i);

        rule_due(armed, now);
        if (!fault_rule_is_busy(armed)) {
            g_ptr_array_remove_index(s->busy, i);
        }
    }
    fault_held_rearm(s);
    fault_engine_watch(s);
}
