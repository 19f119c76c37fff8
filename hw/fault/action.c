/*
 * The fault engine: what rules do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "effect.h"
#include "engine.h"
#include "site.h"

/* At once: each returns whether it could be carried out. */

typedef bool FaultActor(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                        FaultMessage *m, FaultVerdict *v);

static bool act_keep(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                     FaultMessage *m, FaultVerdict *v)
{
    static const FaultHeldKind kinds[] = {
        [FAULT_ACTION_DELAY] = FAULT_HELD_DELAYED,
        [FAULT_ACTION_REORDER] = FAULT_HELD_REORDERED,
        [FAULT_ACTION_SUSPEND] = FAULT_HELD_SUSPENDED,
    };
    FaultHeldKind kind = kinds[armed->rule->action];
    FaultHeld *held = fault_hold(s, kind, port, armed, m, v->copies);

    if (!held) {
        return false;
    }
    if (kind == FAULT_HELD_DELAYED) {
        held->due = armed->last_hit + armed->rule->u.delay.ns;
    } else if (kind == FAULT_HELD_SUSPENDED) {
        held->tag = g_strdup(armed->rule->u.suspend.tag);
    }
    fault_held_rearm(s);
    v->held = held;
    v->kept = true;
    return true;
}

static bool act_drop(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                     FaultMessage *m, FaultVerdict *v)
{
    v->kept = true;
    return true;
}

static bool act_silence(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                        FaultMessage *m, FaultVerdict *v)
{
    if (!armed->silenced) {
        armed->silenced = port;
        s->num_silenced++;
    }
    return act_drop(s, armed, port, m, v);
}

static bool act_duplicate(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                          FaultMessage *m, FaultVerdict *v)
{
    const FaultDuplicate *arg = &armed->rule->u.duplicate;

    v->copies = MIN(v->copies + (arg->has_copies ? arg->copies : 1),
                    FAULT_MAX_MADE);
    return true;
}

static bool act_status(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                       FaultMessage *m, FaultVerdict *v)
{
    return fault_slot_set(&fault_sites[m->site].status, m,
                          armed->rule->u.status.status);
}

static bool act_token(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                      FaultMessage *m, FaultVerdict *v)
{
    return fault_slot_set(&fault_sites[m->site].token, m,
                          armed->rule->u.token.token);
}

static bool act_patch(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                      FaultMessage *m, FaultVerdict *v)
{
    const FaultWordList *l;

    for (l = armed->rule->u.patch.patch; l; l = l->next) {
        uint32_t mask = l->value->has_mask ? l->value->mask : UINT32_MAX;
        uint8_t *word = m->bytes + l->value->offset;

        if (l->value->offset + sizeof(mask) > m->length) {
            return false;
        }
        stl_le_p(word, (ldl_le_p(word) & ~mask) | l->value->value);
    }
    return true;
}

static bool act_truncate(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                         FaultMessage *m, FaultVerdict *v)
{
    if (m->length <= armed->rule->u.truncate.length) {
        return false;
    }
    m->length = armed->rule->u.truncate.length;
    return true;
}

static bool act_extend(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                       FaultMessage *m, FaultVerdict *v)
{
    if (m->length + armed->num_bytes > fault_sites[m->site].max) {
        return false;
    }
    memcpy(m->bytes + m->length, armed->bytes, armed->num_bytes);
    m->length += armed->num_bytes;
    return true;
}

static bool act_hold(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                     FaultMessage *m, FaultVerdict *v)
{
    const FaultHold *arg = &armed->rule->u.hold;

    if (armed->holding && armed->holding != port) {
        return false;
    }
    port->ops->hold(port->opaque, true);
    armed->holding = port;
    armed->hold_end = arg->has_duration ? armed->last_hit + arg->duration
                                        : INT64_MAX;
    fault_rule_busy(s, armed);
    return true;
}

static bool act_property(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                         FaultMessage *m, FaultVerdict *v)
{
    return fault_effect_set_property(&armed->rule->u.set_property);
}

static bool act_none(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                     FaultMessage *m, FaultVerdict *v)
{
    return true;
}

static bool act_afterwards(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                           FaultMessage *m, FaultVerdict *v)
{
    if (!v->after) {
        v->after = g_ptr_array_new();
    }
    g_ptr_array_add(v->after, armed);
    return true;
}

static FaultActor *const actors[FAULT_ACTION__MAX] = {
    [FAULT_ACTION_NONE] = act_none,
    [FAULT_ACTION_DROP] = act_drop,
    [FAULT_ACTION_DELAY] = act_keep,
    [FAULT_ACTION_DUPLICATE] = act_duplicate,
    [FAULT_ACTION_REORDER] = act_keep,
    [FAULT_ACTION_SUSPEND] = act_keep,
    [FAULT_ACTION_STATUS] = act_status,
    [FAULT_ACTION_TOKEN] = act_token,
    [FAULT_ACTION_PATCH] = act_patch,
    [FAULT_ACTION_TRUNCATE] = act_truncate,
    [FAULT_ACTION_EXTEND] = act_extend,
    [FAULT_ACTION_SEND] = act_afterwards,
    [FAULT_ACTION_HOLD] = act_hold,
    [FAULT_ACTION_INTERRUPT] = act_afterwards,
    [FAULT_ACTION_SET_PROPERTY] = act_property,
    [FAULT_ACTION_WRITE_MEMORY] = act_afterwards,
    [FAULT_ACTION_SILENCE] = act_silence,
    [FAULT_ACTION_CRASH] = act_afterwards,
    [FAULT_ACTION_POWER_OFF] = act_afterwards,
    [FAULT_ACTION_REBOOT] = act_afterwards,
};

bool fault_act(FaultEngine *s, FaultArmed *armed, FaultPort *port,
               FaultMessage *m, FaultVerdict *v)
{
    return actors[armed->rule->action](s, armed, port, m, v);
}

bool fault_acts_afterwards(const FaultArmed *armed)
{
    return actors[armed->rule->action] == act_afterwards;
}

/* What is done when the message has been delivered, or kept. */

/* Off comes first, and both have to be a change. */
static bool reboot(FaultPort *port)
{
    bool off = port->ops->power(port->opaque, false);
    bool on = port->ops->power(port->opaque, true);

    return off && on;
}

static bool send_another(FaultEngine *s, const FaultArmed *armed,
                         FaultPort *port, const FaultMessage *m)
{
    const FaultSend *arg = &armed->rule->u.send;
    FaultMessage another;

    fault_message_init(&another, arg->has_to ? arg->to : m->site,
                       armed->bytes, armed->num_bytes);
    another.fields = m->fields;
    another.cookie = m->cookie;
    if (arg->has_endpoint) {
        fault_message_set(&another, FAULT_FIELD_ENDPOINT, arg->endpoint);
    }
    return fault_send(s, armed->rule, port, &another);
}

bool fault_act_after(FaultEngine *s, FaultArmed *armed, FaultPort *port,
                     const FaultMessage *m)
{
    const FaultPortOps *ops = port->ops;

    switch (armed->rule->action) {
    case FAULT_ACTION_SEND:
        return send_another(s, armed, port, m);
    case FAULT_ACTION_INTERRUPT:
        fault_effect_interrupt(armed);
        fault_rule_busy(s, armed);
        return true;
    case FAULT_ACTION_WRITE_MEMORY:
        return fault_effect_write_memory(armed);
    case FAULT_ACTION_CRASH:
        return ops->crash(port->opaque, armed->rule->u.crash.reason,
                          armed->bytes, armed->num_bytes);
    case FAULT_ACTION_POWER_OFF:
        return ops->power(port->opaque, false);
    case FAULT_ACTION_REBOOT:
        return reboot(port);
    default:
        g_assert_not_reached();
    }
}
