/*
 * The message log: a ring of what passed, and a file that follows it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_MESSAGE_LOG_H
#define HW_FAULT_MESSAGE_LOG_H

#include "hw/fault/port.h"
#include "qapi/qapi-types-message-log.h"

/* Messages that are kept; see query-message-log. A power of two. */
#define FAULT_LOG_SIZE 4096

/* Of a rule's name, with the NUL behind it. */
#define FAULT_LOG_RULE 64

/**
 * FaultLogEntry: a message that passed; see LoggedMessage
 * @device, @group, @name: lasting texts, or NULL
 * @latency: -1 if it answers nothing
 * @rule: empty if there is none
 * @of: 0 if there is none
 */
typedef struct FaultLogEntry {
    uint64_t position;
    int64_t time;
    int64_t latency;
    uint64_t of;
    const char *device;
    const char *group;
    const char *name;
    FaultSite site;
    MessageFate fate;
    FaultAction action;
    uint32_t copies;
    uint32_t rules;
    FaultFields fields;
    uint32_t length;
    uint8_t bytes[FAULT_MESSAGE_MAX];
    char rule[FAULT_LOG_RULE];
} FaultLogEntry;

/**
 * FaultLog:
 * @first: the oldest position that is in @ring
 * @next: of the next message, from 1 on; migrates, as does @enabled
 * @ring: made when the log is switched on first; position P is in slot
 *        P % FAULT_LOG_SIZE
 * @file: NULL if there is none
 * @written: the first position that is not in @file
 * @timer: when it is to be
 */
typedef struct FaultLog {
    bool enabled;
    uint64_t first;
    uint64_t next;
    FaultLogEntry *ring;
    FILE *file;
    uint64_t written;
    QEMUTimer *timer;
} FaultLog;

/**
 * FaultLogNote: what is known of a message besides itself
 * @rule: borrowed; NULL if there is none
 */
typedef struct FaultLogNote {
    MessageFate fate;
    unsigned copies;
    unsigned rules;
    const FaultRule *rule;
    uint64_t of;
} FaultLogNote;

void fault_log_init(FaultLog *log);

/* Who watches messages has to be told: fault_engine_watch(). */
void fault_log_enable(FaultLog *log, bool enable);

/**
 * fault_log_add: write down @m, while the log is on
 *
 * Returns its position, 0 if the log is off.
 */
uint64_t fault_log_add(FaultLog *log, FaultPort *port, const FaultMessage *m,
                       const FaultLogNote *note);

/* The one at @position, which may be 0 or gone, could not be delivered. */
void fault_log_failed(FaultLog *log, uint64_t position);

/* Go on at @next, with nothing in the ring. */
void fault_log_move(FaultLog *log, uint64_t next);

/* From @first to @next of @log; borrowed until the next message. */
const FaultLogEntry *fault_log_at(const FaultLog *log, uint64_t position);

/* The caller frees it. */
LoggedMessage *fault_log_decode(const FaultLogEntry *e);

/* log-file.c */
bool fault_log_open(FaultLog *log, const char *path, Error **errp);
/* Have what was added written soon, or now if there is no more room. */
void fault_log_follow(FaultLog *log);
void fault_log_flush(FaultLog *log);

#endif
