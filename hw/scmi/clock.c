/*
 * SCMI clock management protocol (0x14), version 3.0
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/clock.c and
 * drivers/clk/clk-scmi.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "clock.h"
#include "protocol.h"

enum {
    CLOCK_ATTRIBUTES = 0x3,
    CLOCK_DESCRIBE_RATES = 0x4,
    CLOCK_RATE_SET = 0x5,
    CLOCK_RATE_GET = 0x6,
    CLOCK_CONFIG_SET = 0x7,
    CLOCK_NAME_GET = 0x8,
    CLOCK_RATE_NOTIFY = 0x9,
    CLOCK_RATE_CHANGE_REQUESTED_NOTIFY = 0xa,
    CLOCK_CONFIG_GET = 0xb,
    CLOCK_POSSIBLE_PARENTS_GET = 0xc,
    CLOCK_PARENT_SET = 0xd,
    CLOCK_PARENT_GET = 0xe,
    CLOCK_GET_PERMISSIONS = 0xf,
};

/* How many rate changes an agent may have under way; Linux wants two. */
#define CLOCK_MAX_ASYNC 4

#define CLOCK_OEM_DUTY_CYCLE 1

#define CLOCK_V2 0x20000
#define CLOCK_V3 0x30000

FIELD(CLOCK_ATTRIBUTES, ENABLED, 0, 1)
FIELD(CLOCK_ATTRIBUTES, RESTRICTED, 1, 1)
FIELD(CLOCK_ATTRIBUTES, OEM_CONFIG, 27, 1)
FIELD(CLOCK_ATTRIBUTES, PARENTS, 28, 1)
FIELD(CLOCK_ATTRIBUTES, EXTENDED_NAME, 29, 1)
FIELD(CLOCK_ATTRIBUTES, CHANGE_REQUESTED_NOTIFY, 30, 1)
FIELD(CLOCK_ATTRIBUTES, CHANGE_NOTIFY, 31, 1)

FIELD(CLOCK_RATES, RETURNED, 0, 12)
FIELD(CLOCK_RATES, RANGE, 12, 1)
FIELD(CLOCK_RATES, REMAINING, 16, 16)

FIELD(CLOCK_RATE_SET_FLAGS, ASYNC, 0, 1)
FIELD(CLOCK_RATE_SET_FLAGS, NO_DELAYED_RESPONSE, 1, 1)
FIELD(CLOCK_RATE_SET_FLAGS, ROUND, 2, 2)
FIELD(CLOCK_RATE_SET_FLAGS, RESERVED, 4, 28)

/* Up to version 2 there was but one bit. */
FIELD(CLOCK_CONFIG, ENABLE, 0, 1)

FIELD(CLOCK_CONFIG_V3, STATE, 0, 2)
FIELD(CLOCK_CONFIG_V3, OEM_TYPE, 16, 8)
#define CLOCK_CONFIG_V3_KNOWN (R_CLOCK_CONFIG_V3_STATE_MASK | \
                               R_CLOCK_CONFIG_V3_OEM_TYPE_MASK)
enum {
    CLOCK_STATE_DISABLE = 0,
    CLOCK_STATE_ENABLE = 1,
    CLOCK_STATE_RESERVED = 2,
    CLOCK_STATE_UNCHANGED = 3,
};

FIELD(CLOCK_CONFIG_GET_FLAGS, OEM_TYPE, 0, 8)

FIELD(CLOCK_PARENTS, RETURNED, 0, 8)
FIELD(CLOCK_PARENTS, REMAINING, 24, 8)

FIELD(CLOCK_PERMISSIONS, RATE, 29, 1)
FIELD(CLOCK_PERMISSIONS, PARENT, 30, 1)
FIELD(CLOCK_PERMISSIONS, STATE, 31, 1)

static ScmiStatus clock_protocol_attributes(ScmiCall *call)
{
    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    scmi_put_u8(call, scmi_call_can_delay(call) ? CLOCK_MAX_ASYNC : 0);
    scmi_put_u8(call, 0);
    return SCMI_SUCCESS;
}

static ScmiStatus clock_attributes(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    bool v3 = call->version >= CLOCK_V3;
    bool notify = call->version >= CLOCK_V2 && scmi_call_has_events(call);
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, CLOCK_ATTRIBUTES, ENABLED,
                            scmi_switch_is_on_for(call->resource, call->agent));
    attributes = FIELD_DP32(attributes, CLOCK_ATTRIBUTES, EXTENDED_NAME,
                            scmi_call_extended_name(call, call->resource));
    attributes = FIELD_DP32(attributes, CLOCK_ATTRIBUTES, CHANGE_NOTIFY,
                            notify);
    attributes = FIELD_DP32(attributes, CLOCK_ATTRIBUTES,
                            CHANGE_REQUESTED_NOTIFY, notify);
    attributes = FIELD_DP32(attributes, CLOCK_ATTRIBUTES, OEM_CONFIG,
                            v3 && clock->num_oem);
    attributes = FIELD_DP32(attributes, CLOCK_ATTRIBUTES, PARENTS,
                            v3 && clock->num_parents);
    attributes = FIELD_DP32(attributes, CLOCK_ATTRIBUTES, RESTRICTED,
                            v3 && clock->forbidden[call->agent]);
    scmi_put_u32(call, attributes);
    scmi_put_text(call, call->resource->name, SCMI_SHORT_NAME_SIZE);
    if (call->version >= CLOCK_V2) {
        scmi_put_u32(call, clock->enable_latency);
    }
    return SCMI_SUCCESS;
}

static void put_rates_header(ScmiCall *call, unsigned returned, bool range,
                             unsigned remaining)
{
    uint32_t word = 0;

    word = FIELD_DP32(word, CLOCK_RATES, RETURNED, returned);
    word = FIELD_DP32(word, CLOCK_RATES, RANGE, range);
    word = FIELD_DP32(word, CLOCK_RATES, REMAINING, remaining);
    scmi_put_u32(call, word);
}

static ScmiStatus clock_describe_rates(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    uint32_t first = call->payload[1];
    unsigned n;

    if (!clock->num_rates) {
        if (first) {
            return SCMI_OUT_OF_RANGE;
        }
        put_rates_header(call, 3, true, 0);
        scmi_put_u64(call, clock->min);
        scmi_put_u64(call, clock->max);
        scmi_put_u64(call, clock->step);
        return SCMI_SUCCESS;
    }
    if (first >= clock->num_rates) {
        return SCMI_OUT_OF_RANGE;
    }
    n = scmi_chunk(call, first, clock->num_rates, sizeof(uint32_t),
                   sizeof(uint64_t));
    put_rates_header(call, n, false, clock->num_rates - first - n);
    for (unsigned i = 0; i < n; i++) {
        scmi_put_u64(call, clock->rates[first + i]);
    }
    return SCMI_SUCCESS;
}

/* The rate that a RATE_SET comes to, or 0. */
static uint64_t clock_rounded(const ScmiCall *call, const ScmiClock *clock)
{
    uint32_t flags = call->payload[0];
    uint64_t rate = deposit64(call->payload[2], 32, 32, call->payload[3]);

    return scmi_clock_round(clock, rate,
                            FIELD_EX32(flags, CLOCK_RATE_SET_FLAGS, ROUND));
}

static ScmiStatus clock_rate_set(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    uint32_t flags = call->payload[0];
    bool async = FIELD_EX32(flags, CLOCK_RATE_SET_FLAGS, ASYNC);
    uint64_t rate;

    if (FIELD_EX32(flags, CLOCK_RATE_SET_FLAGS, RESERVED)) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (async && !scmi_call_can_delay(call)) {
        return SCMI_NOT_SUPPORTED;
    }
    if (!scmi_clock_may(clock, call->agent, SCMI_CLOCK_CHANGE_RATE)) {
        return SCMI_DENIED;
    }
    rate = clock_rounded(call, clock);
    if (!rate) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (async && !FIELD_EX32(flags, CLOCK_RATE_SET_FLAGS,
                             NO_DELAYED_RESPONSE)) {
        return scmi_call_delay(call);
    }
    scmi_clock_set_rate(clock, rate, call->agent);
    return SCMI_SUCCESS;
}

static ScmiStatus clock_rate_set_complete(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    uint64_t rate = clock_rounded(call, clock);

    /* The command may come from a forged snapshot. */
    if (!rate) {
        return SCMI_INVALID_PARAMETERS;
    }
    scmi_clock_set_rate(clock, rate, call->agent);
    scmi_put_u32(call, call->resource->id);
    scmi_put_u64(call, clock->rate);
    return SCMI_SUCCESS;
}

static ScmiStatus clock_rate_get(ScmiCall *call)
{
    scmi_put_u64(call, SCMI_CLOCK(call->resource)->rate);
    return SCMI_SUCCESS;
}

static ScmiStatus clock_config_set(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    uint32_t config = call->payload[1];

    if (config & ~R_CLOCK_CONFIG_ENABLE_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (!scmi_clock_may(clock, call->agent, SCMI_CLOCK_CHANGE_STATE)) {
        return SCMI_DENIED;
    }
    scmi_switch_set(call->resource, call->agent, config);
    return SCMI_SUCCESS;
}

static ScmiStatus clock_config_set_v3(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    uint32_t config = call->payload[1];
    uint32_t state = FIELD_EX32(config, CLOCK_CONFIG_V3, STATE);
    uint32_t type = FIELD_EX32(config, CLOCK_CONFIG_V3, OEM_TYPE);
    ScmiClockOem *oem = NULL;

    if ((config & ~CLOCK_CONFIG_V3_KNOWN) || state == CLOCK_STATE_RESERVED) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (type) {
        oem = scmi_clock_oem(clock, type);
        if (!oem) {
            return SCMI_NOT_SUPPORTED;
        }
        if (type == CLOCK_OEM_DUTY_CYCLE && call->payload[2] > 100) {
            return SCMI_INVALID_PARAMETERS;
        }
    }
    if (!scmi_clock_may(clock, call->agent, SCMI_CLOCK_CHANGE_STATE)) {
        return SCMI_DENIED;
    }
    if (oem) {
        oem->value = call->payload[2];
    }
    if (state != CLOCK_STATE_UNCHANGED) {
        scmi_switch_set(call->resource, call->agent,
                        state == CLOCK_STATE_ENABLE);
    }
    return SCMI_SUCCESS;
}

static ScmiStatus clock_config_get(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    uint32_t flags = call->payload[1];
    ScmiClockOem *oem;

    if (flags & ~R_CLOCK_CONFIG_GET_FLAGS_OEM_TYPE_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    oem = scmi_clock_oem(clock, flags);
    if (flags && !oem) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, 0);
    scmi_put_u32(call, scmi_switch_is_on_for(call->resource, call->agent));
    scmi_put_u32(call, oem ? oem->value : 0);
    return SCMI_SUCCESS;
}

static ScmiStatus clock_possible_parents_get(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    uint32_t skip = call->payload[1];
    uint32_t word = 0;
    unsigned n;

    if (skip > clock->num_parents) {
        return SCMI_OUT_OF_RANGE;
    }
    n = scmi_chunk(call, skip, clock->num_parents, sizeof(uint32_t),
                   sizeof(uint32_t));
    word = FIELD_DP32(word, CLOCK_PARENTS, RETURNED, n);
    word = FIELD_DP32(word, CLOCK_PARENTS, REMAINING,
                      clock->num_parents - skip - n);
    scmi_put_u32(call, word);
    for (unsigned i = 0; i < n; i++) {
        scmi_put_u32(call, clock->parents[skip + i]);
    }
    return SCMI_SUCCESS;
}

static ScmiStatus clock_parent_set(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);
    uint32_t parent = call->payload[1];

    if (parent >= scmi_num_resources(call->platform, call->protocol)) {
        return SCMI_NOT_FOUND;
    }
    if (!scmi_clock_has_parent(clock, parent)) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (!scmi_clock_may(clock, call->agent, SCMI_CLOCK_CHANGE_PARENT)) {
        return SCMI_DENIED;
    }
    clock->parent = parent;
    return SCMI_SUCCESS;
}

static ScmiStatus clock_parent_get(ScmiCall *call)
{
    ScmiClock *clock = SCMI_CLOCK(call->resource);

    if (!clock->num_parents) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, clock->parent);
    return SCMI_SUCCESS;
}

static ScmiStatus clock_get_permissions(ScmiCall *call)
{
    const ScmiClock *clock = SCMI_CLOCK(call->resource);
    unsigned agent = call->agent;
    uint32_t permissions = 0;

    permissions = FIELD_DP32(permissions, CLOCK_PERMISSIONS, STATE,
                             scmi_clock_may(clock, agent,
                                            SCMI_CLOCK_CHANGE_STATE));
    permissions = FIELD_DP32(permissions, CLOCK_PERMISSIONS, PARENT,
                             scmi_clock_may(clock, agent,
                                            SCMI_CLOCK_CHANGE_PARENT));
    permissions = FIELD_DP32(permissions, CLOCK_PERMISSIONS, RATE,
                             scmi_clock_may(clock, agent,
                                            SCMI_CLOCK_CHANGE_RATE));
    scmi_put_u32(call, permissions);
    return SCMI_SUCCESS;
}

static const ScmiMessage clock_messages[] = {
    { CLOCK_ATTRIBUTES, "attributes", .min = 4, .domain = 0,
      .handler = clock_attributes },
    { CLOCK_DESCRIBE_RATES, "describe_rates", .min = 8, .domain = 0,
      .handler = clock_describe_rates },
    { CLOCK_RATE_SET, "rate_set", .min = 16, .domain = 1,
      .handler = clock_rate_set, .complete = clock_rate_set_complete,
      .pending = CLOCK_MAX_ASYNC },
    { CLOCK_RATE_GET, "rate_get", .min = 4, .domain = 0,
      .handler = clock_rate_get },
    { CLOCK_CONFIG_SET, "config_set", .min = 8, .domain = 0,
      .handler = clock_config_set },
    /* Linux 6.1 takes version 3 for 2 and leaves the OEM value out. */
    { CLOCK_CONFIG_SET, "config_set", .since = CLOCK_V3, .min = 8, .max = 12,
      .domain = 0, .handler = clock_config_set_v3 },
    { CLOCK_RATE_NOTIFY, "rate_notify", .since = CLOCK_V2, .min = 8,
      .domain = 0, .notify = true, .enable = 1,
      .event = SCMI_CLOCK_RATE_CHANGED },
    { CLOCK_RATE_CHANGE_REQUESTED_NOTIFY, "rate_change_requested_notify",
      .since = CLOCK_V2, .min = 8, .domain = 0, .notify = true, .enable = 1,
      .event = SCMI_CLOCK_RATE_CHANGE_REQUESTED },
    { CLOCK_CONFIG_GET, "config_get", .since = CLOCK_V3, .min = 8,
      .domain = 0, .handler = clock_config_get },
    { CLOCK_POSSIBLE_PARENTS_GET, "possible_parents_get", .since = CLOCK_V3,
      .min = 8, .domain = 0, .handler = clock_possible_parents_get },
    { CLOCK_PARENT_SET, "parent_set", .since = CLOCK_V3, .min = 8,
      .domain = 0, .handler = clock_parent_set },
    { CLOCK_PARENT_GET, "parent_get", .since = CLOCK_V3, .min = 4,
      .domain = 0, .handler = clock_parent_get },
    { CLOCK_GET_PERMISSIONS, "get_permissions", .since = CLOCK_V3, .min = 4,
      .domain = 0, .handler = clock_get_permissions },
};

/* What single agents may not change. */
static bool clock_restrict(ScmiPlatform *platform,
                           const ScmiAgentConfigList *agents, Error **errp)
{
    for (unsigned agent = 1; agents; agents = agents->next, agent++) {
        const ScmiClockRestrictionList *l = agents->value->restricted_clocks;

        for (unsigned i = 0; l; l = l->next, i++) {
            const ScmiClockChangeList *change = l->value->changes;
            ScmiResource *clock = scmi_find_resource(platform,
                                                     &scmi_clock_protocol,
                                                     l->value->clock);

            if (!clock) {
                error_setg(errp, "agents[%u].restricted-clocks[%u].clock: no "
                           "clock is named '%s'", agent - 1, i,
                           l->value->clock);
                return false;
            }
            for (; change; change = change->next) {
                SCMI_CLOCK(clock)->forbidden[agent] |= BIT(change->value);
            }
        }
    }
    return true;
}

static bool clock_populate(ScmiPlatform *platform,
                           const ScmiPlatformConfig *config, Error **errp)
{
    return scmi_clock_populate(platform, config, errp) &&
           clock_restrict(platform, config->agents, errp);
}

const ScmiProtocol scmi_clock_protocol = {
    .id = SCMI_PROTOCOL_CLOCK,
    .name = "clock",
    .version = 0x30000,
    .populate = clock_populate,
    .attributes = clock_protocol_attributes,
    .name_get = CLOCK_NAME_GET,
    .name_get_since = CLOCK_V2,
    .messages = clock_messages,
    .num_messages = ARRAY_SIZE(clock_messages),
};
