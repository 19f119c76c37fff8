/*
 * Fault rules by QMP, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fault-rules.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"

QDict *fault_run(QTestState *qts, const char *json)
{
    qtest_qmp_send_raw(qts, "%s", json);
    return qtest_qmp_receive(qts);
}

void fault_run_well(QTestState *qts, const char *json)
{
    QDict *response = fault_run(qts, json);

    if (!qdict_haskey(response, "return")) {
        g_error("%s: %s", json, qdict_get_str(
                qdict_get_qdict(response, "error"), "desc"));
    }
    qobject_unref(response);
}

void fault_refuse(QTestState *qts, const char *json, const char *error)
{
    QDict *response = fault_run(qts, json);
    const QDict *e = qdict_get_qdict(response, "error");

    if (!e || !strstr(qdict_get_str(e, "desc"), error)) {
        g_test_message("%s: %s", json,
                       e ? qdict_get_str(e, "desc") : "no error");
        g_test_fail();
    }
    qobject_unref(response);
}

void fault_add(QTestState *qts, const char *rules)
{
    g_autofree char *json = g_strdup_printf(
        "{ 'execute': 'fault-add', 'arguments': { 'rules': [ %s ] } }", rules);

    fault_run_well(qts, json);
}

void fault_remove(QTestState *qts, const char *id)
{
    g_autofree char *json = g_strdup_printf(
        "{ 'execute': 'fault-remove', 'arguments': { 'id': '%s' } }", id);

    fault_run_well(qts, json);
}

void fault_resume(QTestState *qts, const char *tag)
{
    g_autofree char *json = g_strdup_printf(
        "{ 'execute': 'fault-resume', 'arguments': { 'tag': '%s' } }", tag);

    fault_run_well(qts, json);
}

static QDict *query(QTestState *qts)
{
    return fault_run(qts, "{ 'execute': 'query-faults' }");
}

void fault_expect_number(QTestState *qts, size_t rules, size_t suspended)
{
    QDict *response = query(qts);
    const QDict *info = qdict_get_qdict(response, "return");

    g_assert_cmpuint(qlist_size(qdict_get_qlist(info, "rules")), ==, rules);
    g_assert_cmpuint(qlist_size(qdict_get_qlist(info, "suspended")), ==,
                     suspended);
    qobject_unref(response);
}

size_t fault_suspended(QTestState *qts)
{
    QDict *response = query(qts);
    const QDict *info = qdict_get_qdict(response, "return");
    size_t suspended = qlist_size(qdict_get_qlist(info, "suspended"));

    qobject_unref(response);
    return suspended;
}

int64_t fault_count(QTestState *qts, const char *what)
{
    QDict *response = query(qts);
    const QDict *info = qdict_get_qdict(response, "return");
    QList *rules = qdict_get_qlist(info, "rules");
    int64_t count = qdict_get_int(qobject_to(QDict, qlist_peek(rules)), what);

    qobject_unref(response);
    return count;
}

void fault_expect_count(QTestState *qts, const char *what, int64_t count)
{
    g_assert_cmpint(fault_count(qts, what), ==, count);
}
