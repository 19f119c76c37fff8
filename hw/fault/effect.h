/*
 * What fault rules do besides messages
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_EFFECT_H
#define HW_FAULT_EFFECT_H

#include "rule.h"

/**
 * fault_effect_watch_line: have an interrupt line pass a port of its own
 * @wanted: names the line
 *
 * An error unless both are named, and the line is connected.
 */
bool fault_effect_watch_line(Object *device, const FaultFields *wanted,
                             Error **errp);

/* The port of line @number, which is made if need be. NULL on error. */
FaultPort *fault_effect_line_port(Object *device, unsigned number,
                                  Error **errp);

/* Whether the object that the action is about is there. */
bool fault_effect_check(const FaultRule *rule, Error **errp);

bool fault_effect_set_property(const FaultSetProperty *arg);
bool fault_effect_write_memory(const FaultArmed *armed);

/* Raise a line, for a pulse or for good. */
void fault_effect_interrupt(FaultArmed *armed);
/* What is next: the end of a pulse, or the start of another one. */
void fault_effect_pulse(FaultArmed *armed);
/* Give a raised line back the level that its device or another rule wants. */
void fault_effect_settle(FaultArmed *armed);

#endif
