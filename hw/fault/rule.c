/*
 * Fault rules: which messages they are about
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-fault.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "rule.h"
#include "port-internal.h"
#include "rule-check.h"
#include "site.h"

bool fault_rule_is_live(const FaultArmed *armed)
{
    const FaultRule *rule = armed->rule;

    return !rule->has_times || armed->hits < rule->times;
}

static bool has_words(const FaultMessage *m, const FaultWordList *words)
{
    for (; words; words = words->next) {
        const FaultWord *word = words->value;
        uint32_t mask = word->has_mask ? word->mask : UINT32_MAX;

        if (m->length < sizeof(uint32_t) ||
            word->offset > m->length - sizeof(uint32_t) ||
            (ldl_le_p(m->bytes + word->offset) ^ word->value) & mask) {
            return false;
        }
    }
    return true;
}

static bool has_fields(const FaultMessage *m, const FaultFields *wanted)
{
    if (wanted->present & ~m->fields.present) {
        return false;
    }
    for (uint32_t left = wanted->present; left; left &= left - 1) {
        unsigned i = ctz32(left);

        if (m->fields.value[i] != wanted->value[i]) {
            return false;
        }
    }
    return true;
}

static bool is_in_window(const FaultRule *rule, uint32_t state, int64_t now)
{
    return (!rule->has_from || now >= rule->from) &&
           (!rule->has_until || now < rule->until) &&
           (!rule->has_state || !rule->state || rule->state == state);
}

/* SplitMix64: small, and its whole state is one number that migrates. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

bool fault_rule_hit(FaultArmed *armed, const FaultPort *port,
                    const FaultMessage *m, uint32_t state, int64_t now)
{
    const FaultRule *rule = armed->rule;
    uint64_t place;

    if (armed->acting || !fault_rule_is_live(armed) ||
        !fault_port_is_of(port, armed->device) ||
        !has_fields(m, &armed->wanted) || !is_in_window(rule, state, now) ||
        (rule->match && !has_words(m, rule->match->words))) {
        return false;
    }
    place = armed->matches++;
    if (rule->has_after) {
        if (place < rule->after) {
            return false;
        }
        place -= rule->after;
    }
    if (rule->has_every && (place + 1) % rule->every) {
        return false;
    }
    if (rule->has_probability && rule->probability < 1 &&
        next_random(&armed->random) >= armed->threshold) {
        return false;
    }
    armed->hits++;
    armed->last_hit = now;
    return true;
}

static QObject *fault_rule_to_qobject(const FaultRule *rule)
{
    FaultRule *visited = (FaultRule *)rule;
    QObject *object;
    Visitor *v = qobject_output_visitor_new(&object);

    visit_type_FaultRule(v, NULL, &visited, &error_abort);
    visit_complete(v, &object);
    visit_free(v);
    return object;
}

FaultRule *fault_rule_from_qobject(QObject *object, Error **errp)
{
    Visitor *v = qobject_input_visitor_new(object);
    FaultRule *rule = NULL;

    visit_type_FaultRule(v, NULL, &rule, errp);
    visit_free(v);
    return rule;
}

/* QAPI cannot clone a member of type 'any'. */
FaultRule *fault_rule_copy(const FaultRule *rule)
{
    QObject *object = fault_rule_to_qobject(rule);
    FaultRule *copy = fault_rule_from_qobject(object, &error_abort);

    qobject_unref(object);
    return copy;
}

char *fault_rule_to_json(const FaultRule *rule)
{
    QObject *object = fault_rule_to_qobject(rule);
    GString *json = qobject_to_json(object);

    qobject_unref(object);
    return g_string_free(json, false);
}

static bool check_size(const FaultRule *rule, Error **errp)
{
    g_autofree char *json = fault_rule_to_json(rule);
    bool fits = strlen(json) <= FAULT_RULE_MAX_TEXT;

    if (!fits) {
        error_setg(errp, "rule '%.64s': it has more than %u characters",
                   rule->id, FAULT_RULE_MAX_TEXT);
    }
    return fits;
}

FaultArmed *fault_rule_new(const FaultRule *rule, Error **errp)
{
    FaultArmed *armed;

    if (!check_size(rule, errp)) {
        return NULL;
    }
    armed = g_new0(FaultArmed, 1);

    armed->rule = fault_rule_copy(rule);
    armed->last_hit = -1;
    armed->random = rule->has_seed ? rule->seed : 0;
    if (!fault_rule_check(armed, errp)) {
        fault_rule_free(armed);
        return NULL;
    }
    return armed;
}

void fault_rule_free(FaultArmed *armed)
{
    qapi_free_FaultRule(armed->rule);
    object_unref(armed->device);
    g_free(armed->bytes);
    g_free(armed);
}
