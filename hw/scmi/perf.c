/*
 * SCMI performance domain management protocol (0x13), version 4.0
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/perf.c,
 * drivers/cpufreq/scmi-cpufreq.c and drivers/pmdomain/arm/scmi_perf_domain.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "perf.h"

enum {
    PERF_DOMAIN_ATTRIBUTES = 0x3,
    PERF_DESCRIBE_LEVELS = 0x4,
    PERF_NOTIFY_LIMITS = 0x9,
    PERF_NOTIFY_LEVEL = 0xa,
    PERF_DESCRIBE_FASTCHANNEL = 0xb,
    PERF_DOMAIN_NAME_GET = 0xc,
};

FIELD(PERF_PROTOCOL_FLAGS, MILLIWATT, 0, 1)
FIELD(PERF_PROTOCOL_FLAGS, MICROWATT, 1, 1)

FIELD(PERF_ATTRIBUTES, LEVEL_INDEXING, 25, 1)
FIELD(PERF_ATTRIBUTES, EXTENDED_NAME, 26, 1)
FIELD(PERF_ATTRIBUTES, FAST_CHANNELS, 27, 1)
FIELD(PERF_ATTRIBUTES, LEVEL_NOTIFY, 28, 1)
FIELD(PERF_ATTRIBUTES, LIMITS_NOTIFY, 29, 1)
FIELD(PERF_ATTRIBUTES, SET_LEVEL, 30, 1)
FIELD(PERF_ATTRIBUTES, SET_LIMITS, 31, 1)

/* Bytes of a level in a description. */
#define PERF_LEVEL_SIZE 12
#define PERF_LEVEL_SIZE_V4 20

static ScmiStatus perf_protocol_attributes(ScmiCall *call)
{
    const ScmiPlatformConfig *config = scmi_platform_config(call->platform);
    ScmiPowerUnit unit = config->has_perf_power_unit
                         ? config->perf_power_unit : SCMI_POWER_UNIT_MILLIWATT;
    uint16_t flags = 0;

    flags = FIELD_DP16(flags, PERF_PROTOCOL_FLAGS, MILLIWATT,
                       unit == SCMI_POWER_UNIT_MILLIWATT);
    flags = FIELD_DP16(flags, PERF_PROTOCOL_FLAGS, MICROWATT,
                       unit == SCMI_POWER_UNIT_MICROWATT &&
                       call->version >= SCMI_PERF_V3);
    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    scmi_put_u16(call, flags);
    /* No statistics region. */
    scmi_put_u64(call, 0);
    scmi_put_u32(call, 0);
    return SCMI_SUCCESS;
}

/* Whether the agent uses indices for the levels of @domain. */
static bool call_indexed(const ScmiCall *call, const ScmiPerfDomain *domain)
{
    return domain->indexed && call->version >= SCMI_PERF_V4;
}

static ScmiStatus perf_domain_attributes(ScmiCall *call)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(call->resource);
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, PERF_ATTRIBUTES, SET_LIMITS,
                            domain->limits_settable);
    attributes = FIELD_DP32(attributes, PERF_ATTRIBUTES, SET_LEVEL,
                            domain->settable);
    attributes = FIELD_DP32(attributes, PERF_ATTRIBUTES, LIMITS_NOTIFY,
                            scmi_call_has_events(call));
    attributes = FIELD_DP32(attributes, PERF_ATTRIBUTES, LEVEL_NOTIFY,
                            scmi_call_has_events(call));
    attributes = FIELD_DP32(attributes, PERF_ATTRIBUTES, FAST_CHANNELS,
                            scmi_fast_offered(call, &domain->fast));
    attributes = FIELD_DP32(attributes, PERF_ATTRIBUTES, EXTENDED_NAME,
                            scmi_call_extended_name(call, call->resource));
    attributes = FIELD_DP32(attributes, PERF_ATTRIBUTES, LEVEL_INDEXING,
                            call_indexed(call, domain));
    scmi_put_u32(call, attributes);
    scmi_put_u32(call, domain->rate_limit);
    scmi_put_u32(call, domain->sustained_frequency);
    scmi_put_u32(call, domain->levels[domain->sustained].level);
    scmi_put_text(call, call->resource->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static void put_level(ScmiCall *call, const ScmiPerfLevel *level)
{
    scmi_put_u32(call, level->level);
    scmi_put_u32(call, level->power);
    scmi_put_u16(call, level->latency);
    scmi_put_u16(call, 0);
    if (call->version >= SCMI_PERF_V4) {
        scmi_put_u32(call, level->frequency);
        scmi_put_u32(call, level->index);
    }
}

static ScmiStatus perf_describe_levels(ScmiCall *call)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(call->resource);
    uint32_t first = call->payload[1];
    unsigned n;

    if (first >= domain->num_levels) {
        return SCMI_INVALID_PARAMETERS;
    }
    n = scmi_chunk(call, first, domain->num_levels, sizeof(uint32_t),
                   call->version >= SCMI_PERF_V4 ? PERF_LEVEL_SIZE_V4
                                                 : PERF_LEVEL_SIZE);
    scmi_put_u16(call, n);
    scmi_put_u16(call, domain->num_levels - first - n);
    for (unsigned i = 0; i < n; i++) {
        put_level(call, &domain->levels[first + i]);
    }
    return SCMI_SUCCESS;
}

static ScmiStatus perf_limits_set(ScmiCall *call)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(call->resource);

    return scmi_perf_set_limits(domain, call->payload[1], call->payload[2],
                                call_indexed(call, domain), call->agent);
}

static ScmiStatus perf_limits_get(ScmiCall *call)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(call->resource);
    bool indexed = call_indexed(call, domain);

    scmi_put_u32(call, scmi_perf_value(domain, domain->max, indexed));
    scmi_put_u32(call, scmi_perf_value(domain, domain->min, indexed));
    return SCMI_SUCCESS;
}

static ScmiStatus perf_level_set(ScmiCall *call)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(call->resource);

    return scmi_perf_set_level(domain, call->payload[1],
                               call_indexed(call, domain), call->agent);
}

static ScmiStatus perf_level_get(ScmiCall *call)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(call->resource);

    scmi_put_u32(call, scmi_perf_value(domain, domain->level,
                                       call_indexed(call, domain)));
    return SCMI_SUCCESS;
}

/* Fast channels. Where there are indices, they are the language of all. */

static bool perf_fast_settable(const ScmiFastDomain *fast, unsigned message)
{
    const ScmiPerfDomain *domain = container_of(fast, ScmiPerfDomain, fast);

    return message == SCMI_PERF_LEVEL_SET ? domain->settable
                                          : domain->limits_settable;
}

static ScmiStatus perf_fast_set(ScmiFastDomain *fast, unsigned message,
                                const uint32_t *words, unsigned agent)
{
    ScmiPerfDomain *domain = container_of(fast, ScmiPerfDomain, fast);

    if (message == SCMI_PERF_LEVEL_SET) {
        return scmi_perf_set_level(domain, words[0], domain->indexed, agent);
    }
    return scmi_perf_set_limits(domain, words[0], words[1], domain->indexed,
                                agent);
}

enum {
    PERF_FAST_LEVEL_SET = 0,
    PERF_FAST_LEVEL_GET = 1,
    PERF_FAST_LIMITS_SET = 2,
    PERF_FAST_LIMITS_GET = 4,
};

static void perf_fast_get(const ScmiFastDomain *fast, uint32_t *entry)
{
    const ScmiPerfDomain *domain = container_of(fast, ScmiPerfDomain, fast);
    bool indexed = domain->indexed;

    entry[PERF_FAST_LEVEL_GET] = scmi_perf_value(domain, domain->level,
                                                 indexed);
    entry[PERF_FAST_LIMITS_GET] = scmi_perf_value(domain, domain->max,
                                                  indexed);
    entry[PERF_FAST_LIMITS_GET + 1] = scmi_perf_value(domain, domain->min,
                                                      indexed);
}

const ScmiFastClass scmi_perf_fast = {
    .protocol = &scmi_perf_protocol,
    .channels = {
        { SCMI_PERF_LEVEL_SET, PERF_FAST_LEVEL_SET, 1, .set = true },
        { SCMI_PERF_LIMITS_SET, PERF_FAST_LIMITS_SET, 2, .set = true },
        { SCMI_PERF_LEVEL_GET, PERF_FAST_LEVEL_GET, 1 },
        { SCMI_PERF_LIMITS_GET, PERF_FAST_LIMITS_GET, 2 },
    },
    .settable = perf_fast_settable,
    .set = perf_fast_set,
    .get = perf_fast_get,
};

static ScmiStatus perf_describe_fastchannel(ScmiCall *call)
{
    return scmi_fast_describe(call, &SCMI_PERF_DOMAIN(call->resource)->fast);
}

static const ScmiMessage perf_messages[] = {
    { PERF_DOMAIN_ATTRIBUTES, "domain_attributes", .min = 4, .domain = 0,
      .handler = perf_domain_attributes },
    { PERF_DESCRIBE_LEVELS, "describe_levels", .min = 8, .domain = 0,
      .handler = perf_describe_levels },
    { SCMI_PERF_LIMITS_SET, "limits_set", .min = 12, .domain = 0,
      .handler = perf_limits_set,
      .message_attributes = scmi_fast_message_attributes },
    { SCMI_PERF_LIMITS_GET, "limits_get", .min = 4, .domain = 0,
      .handler = perf_limits_get,
      .message_attributes = scmi_fast_message_attributes },
    { SCMI_PERF_LEVEL_SET, "level_set", .min = 8, .domain = 0,
      .handler = perf_level_set,
      .message_attributes = scmi_fast_message_attributes },
    { SCMI_PERF_LEVEL_GET, "level_get", .min = 4, .domain = 0,
      .handler = perf_level_get,
      .message_attributes = scmi_fast_message_attributes },
    { PERF_NOTIFY_LIMITS, "notify_limits", .min = 8, .domain = 0,
      .notify = true, .enable = 1, .event = SCMI_PERF_LIMITS_CHANGED },
    { PERF_NOTIFY_LEVEL, "notify_level", .min = 8, .domain = 0,
      .notify = true, .enable = 1, .event = SCMI_PERF_LEVEL_CHANGED },
    { PERF_DESCRIBE_FASTCHANNEL, "describe_fastchannel",
      .since = SCMI_PERF_V2, .min = 8, .domain = 0,
      .handler = perf_describe_fastchannel },
};

const ScmiProtocol scmi_perf_protocol = {
    .id = SCMI_PROTOCOL_PERF,
    .name = "perf",
    .version = 0x40000,
    .populate = scmi_perf_populate,
    .attributes = perf_protocol_attributes,
    .name_get = PERF_DOMAIN_NAME_GET,
    .name_get_since = SCMI_PERF_V3,
    .messages = perf_messages,
    .num_messages = ARRAY_SIZE(perf_messages),
};
