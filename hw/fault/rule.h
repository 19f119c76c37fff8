/*
 * Fault rules: made from their description, and asked about messages
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_RULE_H
#define HW_FAULT_RULE_H

#include "hw/fault/port.h"

/* Characters of a rule as JSON: what a migration stream has room for. */
#define FAULT_RULE_MAX_TEXT (1 << 20)

/**
 * FaultArmed: a rule that was added
 * @rule: as described; owned
 * @device: whose ports, its parts' included, it is about, NULL for all; a
 *          reference is held
 * @wanted: what a message's fields have to be
 * @threshold: a random number below it is a hit
 * @bytes: what the action sends, adds or writes, @num_bytes of it
 *
 * Its state:
 * @last_hit: in ns of QEMU_CLOCK_VIRTUAL, -1 if there was none
 * @random: what the next random number is made of
 * @silenced: the port that says no more, if any
 * @holding: the port that is busy, if any, until @hold_end (INT64_MAX: the
 *           rule's end)
 * @pulses: how many are not over yet; something happens at @next_pulse
 * @raised: an interrupt line is up because of it
 * @held: messages of its that are under way
 * @acting: what passes now is of its own making, and does not match; false
 *          between messages
 */
typedef struct FaultArmed {
    FaultRule *rule;
    Object *device;
    FaultFields wanted;
    uint64_t threshold;
    uint8_t *bytes;
    size_t num_bytes;

    uint64_t matches;
    uint64_t hits;
    uint64_t failures;
    int64_t last_hit;
    uint64_t random;
    FaultPort *silenced;
    FaultPort *holding;
    int64_t hold_end;
    uint32_t pulses;
    int64_t next_pulse;
    bool raised;
    uint32_t held;
    bool acting;
    QTAILQ_ENTRY(FaultArmed) next;
} FaultArmed;

/**
 * fault_rule_new: check a rule whole
 * @rule: copied
 *
 * Whether its id is free is for the caller to know. NULL on error.
 */
FaultArmed *fault_rule_new(const FaultRule *rule, Error **errp);
void fault_rule_free(FaultArmed *armed);

/* As the schema describes it; the caller frees. */
char *fault_rule_to_json(const FaultRule *rule);
FaultRule *fault_rule_from_qobject(QObject *object, Error **errp);
FaultRule *fault_rule_copy(const FaultRule *rule);

/* Whether it can still be hit. */
bool fault_rule_is_live(const FaultArmed *armed);

/**
 * fault_rule_hit: count @m if it matches
 * @state: the rules' common state
 * @now: in ns of QEMU_CLOCK_VIRTUAL
 *
 * True if it is a hit.
 */
bool fault_rule_hit(FaultArmed *armed, const FaultPort *port,
                    const FaultMessage *m, uint32_t state, int64_t now);

/**
 * fault_bytes_parse: bytes from hexadecimal, which the caller frees
 * @what: for the error
 *
 * An even number of digits, at least two; NULL on error.
 */
uint8_t *fault_bytes_parse(const char *text, const char *what, size_t *length,
                           Error **errp);

#endif
