/*
 * Fault rules by QMP, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FAULT_RULES_H
#define FAULT_RULES_H

#include "tests/qtest/libqtest.h"

/* Run a command, which is not a format; the caller unrefs its response. */
QDict *fault_run(QTestState *qts, const char *json);
/* The same, of which nothing is wanted but that it succeeds. */
void fault_run_well(QTestState *qts, const char *json);
/* It fails, and says this among other things. */
void fault_refuse(QTestState *qts, const char *json, const char *error);

/* Add rules, the elements of a JSON array. */
void fault_add(QTestState *qts, const char *rules);
void fault_remove(QTestState *qts, const char *id);
void fault_resume(QTestState *qts, const char *tag);

/* How many rules there are, and how many messages are suspended. */
void fault_expect_number(QTestState *qts, size_t rules, size_t suspended);
size_t fault_suspended(QTestState *qts);
/* What the first rule has counted. */
int64_t fault_count(QTestState *qts, const char *what);
void fault_expect_count(QTestState *qts, const char *what, int64_t count);

#endif
