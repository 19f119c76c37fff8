/*
 * Fault rules: whether there can be messages that match
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "effect.h"
#include "port-internal.h"
#include "rule-check.h"
#include "site.h"

/* What is wanted of the fields */

static const char *const field_members[FAULT_FIELD__MAX] = {
    [FAULT_FIELD_AGENT] = "agent",
    [FAULT_FIELD_CHANNEL] = "channel",
    [FAULT_FIELD_PROTOCOL] = "protocol",
    [FAULT_FIELD_MESSAGE] = "message",
    [FAULT_FIELD_DOMAIN] = "domain",
    [FAULT_FIELD_ENDPOINT] = "endpoint",
    [FAULT_FIELD_TYPE] = "type",
    [FAULT_FIELD_KEY] = "key",
    [FAULT_FIELD_QUEUE] = "queue",
    [FAULT_FIELD_OPCODE] = "opcode",
    [FAULT_FIELD_LINE] = "line",
    [FAULT_FIELD_FUNCTION] = "function",
};

static bool want(FaultArmed *armed, FaultField field, bool has,
                 uint32_t value, Error **errp)
{
    FaultSite site = armed->rule->site;

    if (!has) {
        return true;
    }
    if (!(fault_sites[site].fields & (1u << field))) {
        error_setg(errp, "match.%s: messages at site '%s' have none",
                   field_members[field], FaultSite_str(site));
        return false;
    }
    fault_fields_set(&armed->wanted, field, value);
    return true;
}

static bool want_key(FaultArmed *armed, const char *key, Error **errp)
{
    if (!key) {
        return true;
    }
    if (strlen(key) != sizeof(uint32_t)) {
        error_setg(errp, "match.key: '%s' does not have four characters", key);
        return false;
    }
    return want(armed, FAULT_FIELD_KEY, true, ldl_be_p(key), errp);
}

static bool check_fields(FaultArmed *armed, const FaultMatch *m, Error **errp)
{
    return want(armed, FAULT_FIELD_AGENT, m->has_agent, m->agent, errp) &&
           want(armed, FAULT_FIELD_CHANNEL, m->has_channel, m->channel,
                errp) &&
           want(armed, FAULT_FIELD_PROTOCOL, m->has_protocol, m->protocol,
                errp) &&
           want(armed, FAULT_FIELD_MESSAGE, m->has_message, m->message,
                errp) &&
           want(armed, FAULT_FIELD_DOMAIN, m->has_domain, m->domain, errp) &&
           want(armed, FAULT_FIELD_ENDPOINT, m->has_endpoint, m->endpoint,
                errp) &&
           want(armed, FAULT_FIELD_TYPE, m->has_type, m->type, errp) &&
           want(armed, FAULT_FIELD_QUEUE, m->has_queue, m->queue, errp) &&
           want(armed, FAULT_FIELD_OPCODE, m->has_opcode, m->opcode, errp) &&
           want(armed, FAULT_FIELD_LINE, m->has_line, m->line, errp) &&
           want(armed, FAULT_FIELD_FUNCTION, m->has_function, m->function,
                errp) &&
           want_key(armed, m->key, errp);
}

/* Two of them may overlap, but no bit can be 0 and 1. */
static bool words_agree(const FaultWordList *words)
{
    uint8_t known[FAULT_MESSAGE_MAX] = {}, bits[FAULT_MESSAGE_MAX] = {};

    for (; words; words = words->next) {
        const FaultWord *word = words->value;
        uint32_t mask = word->has_mask ? word->mask : UINT32_MAX;

        for (unsigned i = 0; i < sizeof(mask); i++) {
            size_t at = word->offset + i;
            uint8_t more = mask >> 8 * i, value = word->value >> 8 * i;

            if ((bits[at] ^ value) & known[at] & more) {
                return false;
            }
            known[at] |= more;
            bits[at] |= value & more;
        }
    }
    return true;
}

bool fault_words_check(const FaultArmed *armed, const char *member,
                       const FaultWordList *words, Error **errp)
{
    const FaultWordList *all = words;
    const FaultSiteInfo *info = &fault_sites[armed->rule->site];

    for (unsigned i = 0; words; words = words->next, i++) {
        const FaultWord *word = words->value;

        if (word->offset > info->max - sizeof(uint32_t)) {
            error_setg(errp, "%s[%u].offset: messages at site '%s' have at "
                       "most %u bytes", member, i,
                       FaultSite_str(armed->rule->site), info->max);
            return false;
        }
        if (word->has_mask && (!word->mask || word->value & ~word->mask)) {
            error_setg(errp, "%s[%u].mask: it must not be 0, nor leave out "
                       "bits of the value", member, i);
            return false;
        }
    }
    if (!words_agree(all)) {
        error_setg(errp, "%s: two of them want a bit to be 0 and 1", member);
        return false;
    }
    return true;
}

static bool check_device(FaultArmed *armed, const char *path, Error **errp)
{
    bool ambiguous = false;
    Object *obj;

    if (!path) {
        return true;
    }
    obj = object_resolve_path(path, &ambiguous);
    if (!obj) {
        error_setg(errp, "match.device: '%s' %s", path, ambiguous
                   ? "is the path of more than one object"
                   : "is the path of no object");
        return false;
    }
    armed->device = object_ref(obj);
    return true;
}

static bool port_agrees(const FaultPort *port, const FaultArmed *armed,
                        Error **errp)
{
    const FaultFields *wanted = &armed->wanted;

    for (unsigned i = 0; i < FAULT_FIELD__MAX; i++) {
        if (wanted->present & port->fields.present & (1u << i) &&
            wanted->value[i] != port->fields.value[i]) {
            error_setg(errp, "match.%s: no messages with that one pass there",
                       field_members[i]);
            return false;
        }
    }
    return !port->ops->check ||
           port->ops->check(port->opaque, armed->rule->site, wanted, errp);
}

static bool port_can(const FaultPort *port, const FaultRule *rule,
                     Error **errp)
{
    const FaultPortOps *ops = port->ops;

    if ((rule->action == FAULT_ACTION_HOLD && !ops->hold) ||
        (rule->action == FAULT_ACTION_CRASH && !ops->crash) ||
        ((rule->action == FAULT_ACTION_POWER_OFF ||
          rule->action == FAULT_ACTION_REBOOT) && !ops->power)) {
        error_setg(errp, "action: '%s' is not possible there",
                   FaultAction_str(rule->action));
        return false;
    }
    if (rule->action == FAULT_ACTION_SEND && rule->u.send.has_to &&
        !(ops->sites & (1u << rule->u.send.to))) {
        error_setg(errp, "to: the model has no site '%s'",
                   FaultSite_str(rule->u.send.to));
        return false;
    }
    return true;
}

/* There is a place where messages can hit it. */
static bool check_ports(const FaultArmed *armed, Error **errp)
{
    FaultSite site = armed->rule->site;
    Error *reason = NULL;
    FaultPort *port;

    QTAILQ_FOREACH(port, &fault_ports, next) {
        if (!(port->ops->sites & (1u << site)) ||
            !fault_port_is_of(port, armed->device)) {
            continue;
        }
        error_free(reason);
        reason = NULL;
        if (port_agrees(port, armed, &reason) &&
            port_can(port, armed->rule, &reason)) {
            return true;
        }
    }
    if (!reason) {
        error_setg(&reason, "site: %s has no '%s'", armed->device
                   ? "the device" : "the machine", FaultSite_str(site));
    }
    error_propagate(errp, reason);
    return false;
}

bool fault_match_check(FaultArmed *armed, Error **errp)
{
    const FaultMatch *match = armed->rule->match;

    if (match && (!check_fields(armed, match, errp) ||
                  !fault_words_check(armed, "match.words", match->words,
                                     errp) ||
                  !check_device(armed, match->device, errp))) {
        return false;
    }
    if (armed->rule->site == FAULT_SITE_IRQ &&
        !fault_effect_watch_line(armed->device, &armed->wanted, errp)) {
        return false;
    }
    return check_ports(armed, errp);
}
