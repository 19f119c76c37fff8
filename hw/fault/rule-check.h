/*
 * Fault rules: whether they make sense
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_RULE_CHECK_H
#define HW_FAULT_RULE_CHECK_H

#include "rule.h"

/* Check @armed->rule, and fill in what is derived from it. */
bool fault_rule_check(FaultArmed *armed, Error **errp);

/*
 * match-check.c: there is a place where messages can match; what is wanted of
 * them is filled in.
 */
bool fault_match_check(FaultArmed *armed, Error **errp);

/* Words of @member of the rule: that they are in its messages, and agree. */
bool fault_words_check(const FaultArmed *armed, const char *member,
                       const FaultWordList *words, Error **errp);

#endif
