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

#endif
