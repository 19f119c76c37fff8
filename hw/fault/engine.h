/*
 * The fault engine: all rules, and the messages that they keep
 *
 * One engine serves all models of a QEMU. It is made when the machine is
 * complete, and migrates with its rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_ENGINE_H
#define HW_FAULT_ENGINE_H

#include "hw/qdev-core.h"
#include "message-log.h"
#include "rule.h"

#define TYPE_FAULT_ENGINE "fault-engine"
OBJECT_DECLARE_SIMPLE_TYPE(FaultEngine, FAULT_ENGINE)

/* The rules' common state before a hit changed it. */
#define FAULT_FIRST_STATE 1

/* Rules at a time */
#define FAULT_MAX_RULES 16384

/* Messages that are kept at a time; a rule that would keep more fails. */
#define FAULT_MAX_HELD 4096

/* Messages that rules may make of one that nobody but a model made. */
#define FAULT_MAX_MADE 100000

/* How deep what they lead to may be in what leads to it: stacks end. */
#define FAULT_MAX_DEPTH 64

typedef enum FaultHeldKind {
    FAULT_HELD_DELAYED,
    FAULT_HELD_REORDERED,
    FAULT_HELD_SUSPENDED,
    FAULT_HELD__MAX,
    FAULT_HELD_RESUMED = FAULT_HELD__MAX, /* while it is; never migrates */
} FaultHeldKind;

/**
 * FaultHeld: a message that is kept
 * @by: the rule, NULL if it was removed
 * @copies: how often it is to arrive
 * @logged: its position in the log, 0 if it is not there
 * @due: when, in ns of QEMU_CLOCK_VIRTUAL, if it is delayed
 * @tag: of a suspended one; owned
 */
typedef struct FaultHeld {
    FaultHeldKind kind;
    FaultPort *port;
    FaultArmed *by;
    FaultMessage message;
    uint32_t copies;
    uint64_t logged;
    int64_t due;
    char *tag;
    QTAILQ_ENTRY(FaultHeld) next;
} FaultHeld;

/*
 * @depth: messages that are on their way, each in what the one before it leads
 *         to; 0 between messages
 * @made: by rules, since @depth was 0
 */
struct FaultEngine {
    DeviceState parent_obj;

    uint32_t state;
    QTAILQ_HEAD(, FaultArmed) rules;
    GHashTable *by_id;
    GPtrArray *by_site[FAULT_SITE__MAX];
    GPtrArray *busy;             /* rules that have something to do later */
    unsigned num_silenced;
    unsigned depth;
    unsigned made;
    QTAILQ_HEAD(, FaultHeld) held;
    uint32_t num_held;
    QEMUTimer *timer;
    FaultLog log;
};

/**
 * FaultVerdict: what the rules have made of a message
 * @copies: how often it is delivered now
 * @kept: no further rule is asked, and it is not delivered now
 * @held: it, if it is kept for later
 * @hits: how many rules it hit
 * @by: the last of them whose action could be carried out
 * @after: rules that do something when it has been delivered, or kept
 */
typedef struct FaultVerdict {
    unsigned copies;
    bool kept;
    FaultHeld *held;
    unsigned hits;
    const FaultArmed *by;
    GPtrArray *after;
} FaultVerdict;

/* The engine, which is made if need be. A unit test brings its own. */
FaultEngine *fault_engine(void);

/* Add all of them or none. */
bool fault_engine_add(FaultEngine *s, const FaultRuleList *rules,
                      Error **errp);
bool fault_engine_remove(FaultEngine *s, const char *id, Error **errp);
void fault_engine_clear(FaultEngine *s);

/* Somebody may watch now, or nobody any more. */
void fault_engine_watch(FaultEngine *s);

/* False if one of them could not be delivered. */
bool fault_deliver(FaultEngine *s, FaultPort *port, const FaultMessage *m,
                   unsigned copies);

/* One that nobody but @rule, or QMP if it is NULL, made. */
bool fault_send(FaultEngine *s, const FaultRule *rule, FaultPort *port,
                const FaultMessage *m);

/* action.c: false if it could not be carried out */
bool fault_act(FaultEngine *s, FaultArmed *armed, FaultPort *port,
               FaultMessage *m, FaultVerdict *v);
bool fault_acts_afterwards(const FaultArmed *armed);
bool fault_act_after(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                     const FaultMessage *m);

/* held.c */
FaultHeld *fault_hold(FaultEngine *s, FaultHeldKind kind, FaultPort *port,
                      FaultArmed *by, const FaultMessage *m, unsigned copies);
void fault_held_drop(FaultEngine *s, FaultHeld *held);
/* Likewise, and the log says so. */
void fault_held_lose(FaultEngine *s, FaultHeld *held);
bool fault_held_resume(FaultEngine *s, const char *tag);
void fault_held_overtaken(FaultEngine *s, FaultPort *port, FaultSite site);
void fault_held_rearm(FaultEngine *s);
void fault_held_expired(void *opaque);

/* What a rule does for a while: false when it is over. */
bool fault_rule_is_busy(const FaultArmed *armed);
void fault_rule_relax(FaultEngine *s, FaultArmed *armed);
void fault_rule_busy(FaultEngine *s, FaultArmed *armed);

/* engine-vmstate.c */
extern const VMStateDescription vmstate_fault_engine;

#endif
