/*
 * The message log: its ring
 *
 * An entry is copied as it is: names are static, and nothing is decoded or
 * allocated before somebody looks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-types-message-log.h"
#include "qemu/cutils.h"
#include "qemu/timer.h"
#include "message-log.h"
#include "port-internal.h"
#include "site.h"
#include "trace.h"

#define FIRST_POSITION 1

static FaultLogEntry *slot(const FaultLog *log, uint64_t position)
{
    return &log->ring[position % FAULT_LOG_SIZE];
}

const FaultLogEntry *fault_log_at(const FaultLog *log, uint64_t position)
{
    assert(position >= log->first && position < log->next);
    return slot(log, position);
}

/* Only what has a status answers something. */
static int64_t latency_of(const FaultMessage *m, int64_t now)
{
    return m->since >= 0 && fault_sites[m->site].status.width
           ? MAX(now - m->since, 0) : -1;
}

static void set_rule(FaultLogEntry *e, const FaultRule *rule)
{
    if (rule) {
        e->action = rule->action;
        pstrcpy(e->rule, sizeof(e->rule), rule->id);
    } else {
        e->rule[0] = 0;
    }
}

static void trace(const FaultLogEntry *e)
{
    if (trace_event_get_state_backends(TRACE_FAULT_MESSAGE)) {
        trace_fault_message(e->position, e->device ?: "?",
                            FaultSite_str(e->site), e->group ?: "?",
                            e->name ?: "?", MessageFate_str(e->fate));
    }
}

uint64_t fault_log_add(FaultLog *log, FaultPort *port, const FaultMessage *m,
                       const FaultLogNote *note)
{
    FaultLogEntry *e;

    if (!log->enabled) {
        return 0;
    }
    if (log->next - log->first == FAULT_LOG_SIZE) {
        log->first++;
    }
    e = slot(log, log->next);
    e->position = log->next;
    e->time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    e->latency = latency_of(m, e->time);
    e->of = note->of;
    e->device = fault_port_path(port);
    e->group = m->group;
    e->name = m->name;
    e->site = m->site;
    e->fate = note->fate;
    e->copies = note->copies;
    e->rules = note->rules;
    e->fields = m->fields;
    e->length = m->length;
    memcpy(e->bytes, m->bytes, m->length);
    set_rule(e, note->rule);
    trace(e);
    log->next++;
    if (log->file) {
        fault_log_follow(log);
    }
    return e->position;
}

void fault_log_failed(FaultLog *log, uint64_t position)
{
    if (position >= log->first && position < log->next) {
        slot(log, position)->fate = MESSAGE_FATE_FAILED;
    }
}

void fault_log_enable(FaultLog *log, bool enable)
{
    if (enable && !log->ring) {
        log->ring = g_new0(FaultLogEntry, FAULT_LOG_SIZE);
    }
    log->enabled = enable;
}

void fault_log_move(FaultLog *log, uint64_t next)
{
    fault_log_flush(log);
    log->first = next;
    log->next = next;
    log->written = next;
}

void fault_log_init(FaultLog *log)
{
    fault_log_move(log, FIRST_POSITION);
}
