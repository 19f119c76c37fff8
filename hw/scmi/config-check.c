/*
 * SCMI platform: what only agents would stumble over in a configuration
 *
 * The models work with all of it, so it is let through in a platform that is
 * wrong on purpose. What they rely on they check themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "qapi/qobject-output-visitor.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "platform-state.h"
#include "transport-config.h"

/* A whole, in thousandths of a percent. */
#define MAX_ACCURACY 100000

/* Types of extended configuration values of a clock, and what they may be. */
enum {
    CLOCK_OEM_DUTY_CYCLE = 1,
    CLOCK_OEM_PHASE = 2,
    CLOCK_OEM_VENDOR = 128,
};
#define MAX_DUTY_CYCLE 100
#define MAX_PHASE 360

/* Whose vendor protocols the i.MX ones are, to Linux's drivers. */
#define IMX_VENDOR "NXP"
#define IMX_SUB_VENDOR "IMX"

/* Members whatever they are members of */

/* Text that agents are told; also each element of a list of that name. */
static const char *const texts[] = {
    "name", "vendor", "sub-vendor", "board", "date", "time", "reset-reasons",
};

/* Lists without an element twice; of structs, none with @key twice. */
static const struct {
    const char *list;
    const char *key;
} sets[] = {
    { "parents" }, { "denied-protocols" }, { "denied-devices" },
    { "oem-types" }, { "clocks" }, { "power-domains" }, { "sensors" },
    { "reset-domains" }, { "perf-domains" }, { "powercap-domains" },
    { "voltage-domains" }, { "pins" },
    { "settings", "type" }, { "axes", "name" },
    { "restricted-clocks", "clock" }, { "changes" },
};

static bool is_text(const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
        if (!strcmp(texts[i], name)) {
            return true;
        }
    }
    return false;
}

static bool check_text(const char *text, const char *path, Error **errp)
{
    for (const char *c = text; *c; c++) {
        if (*c < ' ' || *c > '~') {
            error_setg(errp, "%s: character %td is not printable ASCII", path,
                       c - text + 1);
            return false;
        }
    }
    return true;
}

/* What makes an element of the list @name differ, or NULL if nothing has to. */
static char *element_key(const char *name, QObject *element)
{
    QDict *dict = qobject_to(QDict, element);

    for (unsigned i = 0; i < ARRAY_SIZE(sets); i++) {
        if (strcmp(sets[i].list, name) || !dict != !sets[i].key) {
            continue;
        }
        element = dict ? qdict_get(dict, sets[i].key) : element;
        return qobject_to(QString, element)
               ? g_strdup(qstring_get_str(qobject_to(QString, element)))
               : qnum_to_string(qobject_to(QNum, element));
    }
    return NULL;
}

static bool check_once(GHashTable *before, const char *name, QObject *element,
                       const char *path, Error **errp)
{
    char *key = element_key(name, element);

    if (key && g_hash_table_contains(before, key)) {
        error_setg(errp, "%s: '%s' is there already", path, key);
        g_free(key);
        return false;
    }
    if (key) {
        g_hash_table_add(before, key);
    }
    return true;
}

/**
 * check_value: check a value and what is in it
 * @name: of the member that it is, or is in the list of
 */
static bool check_value(QObject *value, const char *name, const char *path,
                        Error **errp);

static bool check_dict(QDict *dict, const char *path, Error **errp)
{
    for (const QDictEntry *e = qdict_first(dict); e; e = qdict_next(dict, e)) {
        const char *name = qdict_entry_key(e);
        g_autofree char *member = g_strdup_printf("%s%s%s", path,
                                                  *path ? "." : "", name);

        if (!check_value(qdict_entry_value(e), name, member, errp)) {
            return false;
        }
    }
    return true;
}

static bool check_list(QList *list, const char *name, const char *path,
                       Error **errp)
{
    g_autoptr(GHashTable) before = g_hash_table_new_full(g_str_hash,
                                                         g_str_equal, g_free,
                                                         NULL);
    const QListEntry *entry;
    unsigned i = 0;

    QLIST_FOREACH_ENTRY(list, entry) {
        QObject *element = qlist_entry_obj(entry);
        g_autofree char *member = g_strdup_printf("%s[%u]", path, i++);

        if (!check_once(before, name, element, member, errp) ||
            !check_value(element, name, member, errp)) {
            return false;
        }
    }
    return true;
}

static bool check_value(QObject *value, const char *name, const char *path,
                        Error **errp)
{
    switch (qobject_type(value)) {
    case QTYPE_QDICT:
        return check_dict(qobject_to(QDict, value), path, errp);
    case QTYPE_QLIST:
        return check_list(qobject_to(QList, value), name, path, errp);
    case QTYPE_QSTRING:
        return !is_text(name) ||
               check_text(qstring_get_str(qobject_to(QString, value)), path,
                          errp);
    default:
        return true;
    }
}

static bool check_members(const ScmiPlatformConfig *config, Error **errp)
{
    ScmiPlatformConfig *copy = (ScmiPlatformConfig *)config;
    QObject *object;
    Visitor *v = qobject_output_visitor_new(&object);
    bool ok;

    visit_type_ScmiPlatformConfig(v, NULL, &copy, &error_abort);
    visit_complete(v, &object);
    visit_free(v);
    ok = check_value(object, "", "", errp);
    qobject_unref(object);
    return ok;
}

/* Members of one protocol */

static bool check_oem(const ScmiClockOemConfig *oem, Error **errp)
{
    uint32_t max = oem->type == CLOCK_OEM_DUTY_CYCLE ? MAX_DUTY_CYCLE
                                                     : MAX_PHASE;

    if (oem->type >= CLOCK_OEM_VENDOR) {
        return true;
    }
    if (oem->type != CLOCK_OEM_DUTY_CYCLE && oem->type != CLOCK_OEM_PHASE) {
        error_setg(errp, "type: must be 1, 2 or from %d to 255",
                   CLOCK_OEM_VENDOR);
        return false;
    }
    if (oem->value > max) {
        error_setg(errp, "value: must be from 0 to %" PRIu32, max);
        return false;
    }
    return true;
}

static bool check_clocks(const ScmiClockConfigList *clocks, Error **errp)
{
    ERRP_GUARD();

    for (unsigned i = 0; clocks; clocks = clocks->next, i++) {
        const ScmiClockOemConfigList *oem = clocks->value->oem;

        for (unsigned j = 0; oem; oem = oem->next, j++) {
            if (!check_oem(oem->value, errp)) {
                error_prepend(errp, "clocks[%u].oem[%u].", i, j);
                return false;
            }
        }
    }
    return true;
}

static bool check_domains(const ScmiPlatformConfig *config, Error **errp)
{
    const ScmiPerfDomainConfigList *perf = config->perf_domains;
    const ScmiPowercapConfigList *cap = config->powercap_domains;

    for (unsigned i = 0; perf; perf = perf->next, i++) {
        if (perf->value->has_sustained_frequency &&
            !perf->value->sustained_frequency) {
            error_setg(errp, "perf-domains[%u].sustained-frequency: must be "
                       "above 0", i);
            return false;
        }
    }
    for (unsigned i = 0; cap; cap = cap->next, i++) {
        if (cap->value->accuracy > MAX_ACCURACY) {
            error_setg(errp, "powercap-domains[%u].accuracy: must be from 0 "
                       "to %d", i, MAX_ACCURACY);
            return false;
        }
    }
    return true;
}

/* Agents */

static bool is_denied(const ScmiAgentConfig *agent, uint8_t protocol)
{
    const uint8List *l = agent->denied_protocols;

    while (l && l->value != protocol) {
        l = l->next;
    }
    return l;
}

static bool check_agent(const ScmiAgentConfig *agent, Error **errp)
{
    const uint8List *l = scmi_transport_channels(agent->transport);

    if (!*agent->name) {
        error_setg(errp, "name: must not be empty");
        return false;
    }
    for (unsigned i = 0; l; l = l->next, i++) {
        if (is_denied(agent, l->value)) {
            error_setg(errp, "transport.channels[%u]: the agent is denied "
                       "protocol 0x%x", i, l->value);
            return false;
        }
    }
    return true;
}

static bool check_agents(const ScmiAgentConfigList *agents, Error **errp)
{
    ERRP_GUARD();

    for (unsigned i = 0; agents; agents = agents->next, i++) {
        if (!check_agent(agents->value, errp)) {
            error_prepend(errp, "agents[%u].", i);
            return false;
        }
    }
    return true;
}

static bool check_identity(const ScmiPlatformConfig *config, Error **errp)
{
    const char *imx = config->imx_lms ? "imx-lms"
                      : config->imx_bbm ? "imx-bbm"
                      : config->imx_cpus ? "imx-cpus"
                      : config->imx_misc ? "imx-misc" : NULL;

    if (!*config->vendor) {
        error_setg(errp, "vendor: must not be empty");
        return false;
    }
    if (imx && (strcmp(config->vendor, IMX_VENDOR) ||
                strcmp(config->sub_vendor, IMX_SUB_VENDOR))) {
        error_setg(errp, "%s: only vendor '%s' with sub-vendor '%s' has this",
                   imx, IMX_VENDOR, IMX_SUB_VENDOR);
        return false;
    }
    return true;
}

bool scmi_config_check(const ScmiPlatformConfig *config, Error **errp)
{
    return check_identity(config, errp) &&
           check_members(config, errp) &&
           check_agents(config->agents, errp) &&
           check_clocks(config->clocks, errp) &&
           check_domains(config, errp);
}
