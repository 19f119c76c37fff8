/*
 * Apple SMC: the file of a table of keys
 *
 * It is read here; what its keys say is checked in smc-table.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/smc-keys.h"
#include "hw/core/json-file.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-smc.h"
#include "qapi/qobject-input-visitor.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"

static bool smc_visit_key(QObject *object, Error **errp)
{
    Visitor *v = qobject_input_visitor_new(object);
    SmcKeyConfig *key = NULL;
    bool ok = visit_type_SmcKeyConfig(v, NULL, &key, errp);

    visit_free(v);
    qapi_free_SmcKeyConfig(key);
    return ok;
}

static bool smc_visit_sensor(QObject *object, Error **errp)
{
    Visitor *v = qobject_input_visitor_new(object);
    SmcSensorConfig *sensor = NULL;
    bool ok = visit_type_SmcSensorConfig(v, NULL, &sensor, errp);

    visit_free(v);
    qapi_free_SmcSensorConfig(sensor);
    return ok;
}

/*
 * Visit each entry that has a key by itself: the visitor of the whole table
 * tells a wrong one by its place only, or, of a wrong word, not even that.
 */
static bool smc_visit_list(QObject *object, const char *name,
                           bool (*visit)(QObject *, Error **), Error **errp)
{
    ERRP_GUARD();
    QDict *table = qobject_to(QDict, object);
    QList *list = table ? qobject_to(QList, qdict_get(table, name)) : NULL;
    QListEntry *entry;
    unsigned index = 0;

    if (!list) {
        return true;
    }
    QLIST_FOREACH_ENTRY(list, entry) {
        QDict *dict = qobject_to(QDict, qlist_entry_obj(entry));
        const char *key = dict ? qdict_get_try_str(dict, "key") : NULL;

        if (key && !visit(QOBJECT(dict), errp)) {
            error_prepend(errp, "%s[%u], '%s': ", name, index, key);
            return false;
        }
        index++;
    }
    return true;
}

static SmcKeyTable *smc_visit_table(QObject *object, Error **errp)
{
    SmcKeyTable *table = NULL;
    Visitor *v;

    if (!smc_visit_list(object, "keys", smc_visit_key, errp) ||
        !smc_visit_list(object, "sensors", smc_visit_sensor, errp)) {
        return NULL;
    }
    v = qobject_input_visitor_new(object);
    visit_type_SmcKeyTable(v, NULL, &table, errp);
    visit_free(v);
    return table;
}

SmcKeyTable *apple_smc_read_key_file(const char *file, Error **errp)
{
    ERRP_GUARD();
    QObject *object = json_file_read(file, errp);
    SmcKeyTable *table = object ? smc_visit_table(object, errp) : NULL;

    qobject_unref(object);
    if (!table) {
        error_prepend(errp, "SMC keys '%s': ", file);
    }
    return table;
}
