/*
 * Fault rules: whether they make sense
 *
 * A rule that could never be hit, or whose action could never be carried out,
 * is refused: a test that relies on it would pass for the wrong reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <math.h>
#include "qapi/error.h"
#include "qemu/id.h"
#include "effect.h"
#include "rule-check.h"
#include "site.h"

#define MAX_COPIES 1000
#define MAX_PULSES 1000000

uint8_t *fault_bytes_parse(const char *text, const char *what, size_t *length,
                           Error **errp)
{
    size_t digits = strlen(text);
    g_autofree uint8_t *bytes = g_malloc(digits / 2 + 1);

    if (!digits || digits % 2) {
        error_setg(errp, "%s: there must be an even number of hexadecimal "
                   "digits, at least two", what);
        return NULL;
    }
    for (size_t i = 0; i < digits / 2; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            error_setg(errp, "%s: '%c%c' is not hexadecimal", what,
                       text[2 * i], text[2 * i + 1]);
            return NULL;
        }
        bytes[i] = high << 4 | low;
    }
    *length = digits / 2;
    return g_steal_pointer(&bytes);
}

/* How often */

static bool check_range(const char *member, bool has, uint64_t value,
                        uint64_t min, uint64_t max, Error **errp)
{
    if (has && (value < min || value > max)) {
        error_setg(errp, "%s: it must be from %" PRIu64 " to %" PRIu64, member,
                   min, max);
        return false;
    }
    return true;
}

static bool check_counts(FaultArmed *armed, Error **errp)
{
    const FaultRule *rule = armed->rule;

    /* QAPI takes a negative number for a large one. */
    if (!check_range("after", rule->has_after, rule->after, 0, INT64_MAX,
                     errp) ||
        !check_range("every", rule->has_every, rule->every, 1, INT64_MAX,
                     errp) ||
        !check_range("times", rule->has_times, rule->times, 1, INT64_MAX,
                     errp)) {
        return false;
    }
    if (rule->has_seed && !rule->has_probability) {
        error_setg(errp, "seed: it is of no use without probability");
        return false;
    }
    if (rule->has_probability &&
        !(rule->probability > 0 && rule->probability <= 1)) {
        error_setg(errp, "probability: it must be above 0 and at most 1");
        return false;
    }
    if (rule->has_probability) {
        double threshold = ldexp(rule->probability, 64);

        armed->threshold = threshold < 0x1p64 ? threshold : UINT64_MAX;
        if (!armed->threshold) {
            error_setg(errp, "probability: it is too small for a hit");
            return false;
        }
    }
    /* Time starts at 0. */
    if (rule->has_until &&
        rule->until <= MAX(rule->has_from ? rule->from : 0, 0)) {
        error_setg(errp, "until: it must be after 'from', and above 0");
        return false;
    }
    return true;
}

/* Actions */

static bool check_send(FaultArmed *armed, Error **errp)
{
    const FaultSend *send = &armed->rule->u.send;
    FaultSite to = send->has_to ? send->to : armed->rule->site;
    const FaultSiteInfo *info = &fault_sites[to];

    armed->bytes = fault_bytes_parse(send->bytes, "bytes", &armed->num_bytes,
                                     errp);
    if (!armed->bytes) {
        return false;
    }
    if (!(info->actions & (1u << FAULT_ACTION_SEND))) {
        error_setg(errp, "to: nothing can be sent at site '%s'",
                   FaultSite_str(to));
        return false;
    }
    if (armed->num_bytes < info->min || armed->num_bytes > info->max) {
        error_setg(errp, "bytes: messages at site '%s' have %u to %u bytes",
                   FaultSite_str(to), info->min, info->max);
        return false;
    }
    if (send->has_endpoint &&
        !(info->fields & (1u << FAULT_FIELD_ENDPOINT))) {
        error_setg(errp, "endpoint: messages at site '%s' have none",
                   FaultSite_str(to));
        return false;
    }
    return true;
}

static bool check_length(const FaultArmed *armed, size_t length,
                         const char *member, Error **errp)
{
    const FaultSiteInfo *info = &fault_sites[armed->rule->site];

    if (length < info->min || length > info->max) {
        error_setg(errp, "%s: messages at site '%s' have %u to %u bytes",
                   member, FaultSite_str(armed->rule->site), info->min,
                   info->max);
        return false;
    }
    return true;
}

static bool check_extend(FaultArmed *armed, Error **errp)
{
    armed->bytes = fault_bytes_parse(armed->rule->u.extend.bytes, "bytes",
                                     &armed->num_bytes, errp);
    return armed->bytes &&
           check_length(armed, fault_sites[armed->rule->site].min +
                        armed->num_bytes, "bytes", errp);
}

static bool check_write(FaultArmed *armed, Error **errp)
{
    armed->bytes = fault_bytes_parse(armed->rule->u.write_memory.bytes,
                                     "bytes", &armed->num_bytes, errp);
    return armed->bytes;
}

static bool check_crash(FaultArmed *armed, Error **errp)
{
    const FaultCrash *crash = &armed->rule->u.crash;

    if (!crash->reason == !crash->crashlog) {
        error_setg(errp, "crash: either 'reason' or 'crashlog' is needed");
        return false;
    }
    if (crash->crashlog) {
        armed->bytes = fault_bytes_parse(crash->crashlog, "crashlog",
                                         &armed->num_bytes, errp);
    }
    return crash->reason || armed->bytes;
}

static bool check_patch(const FaultArmed *armed, Error **errp)
{
    if (!armed->rule->u.patch.patch) {
        error_setg(errp, "patch: it changes nothing");
        return false;
    }
    return fault_words_check(armed, "patch", armed->rule->u.patch.patch, errp);
}

/* What an action needs beyond its members' types. */
static bool check_arguments(FaultArmed *armed, Error **errp)
{
    const FaultRule *rule = armed->rule;

    switch (rule->action) {
    case FAULT_ACTION_DELAY:
        return check_range("ns", true, rule->u.delay.ns, 1, INT64_MAX / 2,
                           errp);
    case FAULT_ACTION_DUPLICATE:
        return check_range("copies", rule->u.duplicate.has_copies,
                           rule->u.duplicate.copies, 1, MAX_COPIES, errp);
    case FAULT_ACTION_HOLD:
        return check_range("duration", rule->u.hold.has_duration,
                           rule->u.hold.duration, 1, INT64_MAX / 2, errp);
    case FAULT_ACTION_PATCH:
        return check_patch(armed, errp);
    case FAULT_ACTION_TRUNCATE:
        return check_length(armed, rule->u.truncate.length, "length", errp);
    case FAULT_ACTION_EXTEND:
        return check_extend(armed, errp);
    case FAULT_ACTION_SEND:
        return check_send(armed, errp);
    case FAULT_ACTION_CRASH:
        return check_crash(armed, errp);
    case FAULT_ACTION_WRITE_MEMORY:
        return check_write(armed, errp);
    case FAULT_ACTION_INTERRUPT:
        return check_range("pulses", rule->u.interrupt.has_pulses,
                           rule->u.interrupt.pulses, 0, MAX_PULSES, errp) &&
               check_range("interval", rule->u.interrupt.has_interval,
                           rule->u.interrupt.interval, 1, INT64_MAX / 2,
                           errp) &&
               fault_effect_check(rule, errp);
    case FAULT_ACTION_SET_PROPERTY:
        return fault_effect_check(rule, errp);
    default:
        return true;
    }
}

static bool check_action(FaultArmed *armed, Error **errp)
{
    const FaultRule *rule = armed->rule;

    if (!(fault_sites[rule->site].actions & (1u << rule->action))) {
        error_setg(errp, "action: '%s' is not possible at site '%s'",
                   FaultAction_str(rule->action), FaultSite_str(rule->site));
        return false;
    }
    return check_arguments(armed, errp);
}

bool fault_rule_check(FaultArmed *armed, Error **errp)
{
    ERRP_GUARD();

    if (!id_wellformed(armed->rule->id)) {
        error_setg(errp, "id: '%s' is not well-formed", armed->rule->id);
        error_append_hint(errp, "It starts with a letter, and has letters, "
                          "digits, '-', '.' and '_'.\n");
        return false;
    }
    if (!check_counts(armed, errp) || !check_action(armed, errp) ||
        !fault_match_check(armed, errp)) {
        error_prepend(errp, "rule '%s': ", armed->rule->id);
        return false;
    }
    return true;
}
