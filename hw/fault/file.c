/*
 * Fault rules from a file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "engine.h"
#include "hw/core/json-file.h"
#include "hw/fault/file.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-fault.h"
#include "qapi/qobject-input-visitor.h"

static FaultRules *read_rules(const char *file, Error **errp)
{
    QObject *object = json_file_read(file, errp);
    FaultRules *rules = NULL;
    Visitor *v;

    if (object) {
        v = qobject_input_visitor_new(object);
        visit_type_FaultRules(v, NULL, &rules, errp);
        visit_free(v);
        qobject_unref(object);
    }
    return rules;
}

bool fault_file_add(const char *file, Error **errp)
{
    ERRP_GUARD();
    FaultRules *rules = read_rules(file, errp);
    bool ok = rules && fault_engine_add(fault_engine(), rules->rules, errp);

    qapi_free_FaultRules(rules);
    if (!ok) {
        error_prepend(errp, "fault rules '%s': ", file);
    }
    return ok;
}
