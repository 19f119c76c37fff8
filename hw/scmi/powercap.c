/*
 * SCMI powercap protocol (0x18), version 2.0
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/powercap.c and
 * drivers/powercap/arm_scmi_powercap.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "powercap.h"

enum {
    POWERCAP_DOMAIN_ATTRIBUTES = 0x3,
    POWERCAP_DOMAIN_NAME_GET = 0x8,
    POWERCAP_MEASUREMENTS_GET = 0x9,
    POWERCAP_CAP_NOTIFY = 0xa,
    POWERCAP_MEASUREMENTS_NOTIFY = 0xb,
    POWERCAP_DESCRIBE_FASTCHANNEL = 0xc,
};

FIELD(POWERCAP_ATTRIBUTES, FAST_CHANNELS, 22, 1)
FIELD(POWERCAP_ATTRIBUTES, UNIT, 23, 2)
FIELD(POWERCAP_ATTRIBUTES, SET_PAI, 25, 1)
FIELD(POWERCAP_ATTRIBUTES, MONITORING, 26, 1)
FIELD(POWERCAP_ATTRIBUTES, SET_CAP, 27, 1)
FIELD(POWERCAP_ATTRIBUTES, EXTENDED_NAME, 28, 1)
FIELD(POWERCAP_ATTRIBUTES, SET_CAP_ASYNC, 29, 1)
FIELD(POWERCAP_ATTRIBUTES, MEASUREMENTS_NOTIFY, 30, 1)
FIELD(POWERCAP_ATTRIBUTES, CAP_NOTIFY, 31, 1)

FIELD(POWERCAP_CAP_SET_FLAGS, NO_DELAYED_RESPONSE, 0, 1)
FIELD(POWERCAP_CAP_SET_FLAGS, ASYNC, 1, 1)
FIELD(POWERCAP_CAP_SET_FLAGS, RESERVED, 2, 30)

static const uint8_t powercap_unit_codes[SCMI_POWER_UNIT__MAX] = {
    [SCMI_POWER_UNIT_ABSTRACT] = 0,
    [SCMI_POWER_UNIT_MICROWATT] = 1,
    [SCMI_POWER_UNIT_MILLIWATT] = 2,
};

static ScmiStatus powercap_protocol_attributes(ScmiCall *call)
{
    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    scmi_put_u16(call, 0);
    return SCMI_SUCCESS;
}

static uint32_t domain_attributes(const ScmiCall *call,
                                  const ScmiPowercap *domain)
{
    bool set_cap = scmi_powercap_settable(&domain->caps);
    uint32_t word = 0;

    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, CAP_NOTIFY,
                      scmi_call_has_events(call));
    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, MEASUREMENTS_NOTIFY,
                      domain->monitoring && scmi_call_has_events(call));
    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, SET_CAP_ASYNC,
                      set_cap && scmi_call_can_delay(call));
    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, EXTENDED_NAME,
                      scmi_call_extended_name(call, call->resource));
    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, SET_CAP, set_cap);
    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, MONITORING,
                      domain->monitoring);
    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, SET_PAI,
                      scmi_powercap_settable(&domain->pais));
    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, UNIT,
                      powercap_unit_codes[domain->unit]);
    word = FIELD_DP32(word, POWERCAP_ATTRIBUTES, FAST_CHANNELS,
                      scmi_fast_offered(call, &domain->fast));
    return word;
}

static void put_range(ScmiCall *call, const ScmiPowercapRange *range)
{
    scmi_put_u32(call, range->min);
    scmi_put_u32(call, range->max);
    scmi_put_u32(call, range->step);
}

static ScmiStatus powercap_domain_attributes(ScmiCall *call)
{
    ScmiPowercap *domain = SCMI_POWERCAP(call->resource);

    scmi_put_u32(call, domain_attributes(call, domain));
    scmi_put_text(call, call->resource->name, SCMI_SHORT_NAME_SIZE);
    put_range(call, &domain->pais);
    put_range(call, &domain->caps);
    scmi_put_u32(call, domain->sustainable_power);
    scmi_put_u32(call, domain->accuracy);
    scmi_put_u32(call, domain->parent);
    return SCMI_SUCCESS;
}

static ScmiStatus powercap_cap_get(ScmiCall *call)
{
    scmi_put_u32(call, scmi_powercap_cap(SCMI_POWERCAP(call->resource),
                                         call->version));
    return SCMI_SUCCESS;
}

static ScmiStatus powercap_cap_set(ScmiCall *call)
{
    ScmiPowercap *domain = SCMI_POWERCAP(call->resource);
    uint32_t flags = call->payload[1];
    uint32_t cap = call->payload[2];
    bool async = FIELD_EX32(flags, POWERCAP_CAP_SET_FLAGS, ASYNC);
    ScmiStatus status;

    if (FIELD_EX32(flags, POWERCAP_CAP_SET_FLAGS, RESERVED)) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (async && !scmi_call_can_delay(call)) {
        return SCMI_NOT_SUPPORTED;
    }
    status = scmi_powercap_check_cap(domain, cap, call->version);
    if (status != SCMI_SUCCESS) {
        return status;
    }
    if (async && !FIELD_EX32(flags, POWERCAP_CAP_SET_FLAGS,
                             NO_DELAYED_RESPONSE)) {
        return scmi_call_delay(call);
    }
    scmi_powercap_set_cap(domain, cap, call->agent);
    return SCMI_SUCCESS;
}

static ScmiStatus powercap_cap_set_complete(ScmiCall *call)
{
    ScmiPowercap *domain = SCMI_POWERCAP(call->resource);
    ScmiStatus status;

    /* The command may come from a forged snapshot. */
    status = scmi_powercap_check_cap(domain, call->payload[2], call->version);
    if (status != SCMI_SUCCESS) {
        return status;
    }
    scmi_powercap_set_cap(domain, call->payload[2], call->agent);
    scmi_put_u32(call, call->resource->id);
    scmi_put_u32(call, domain->cap);
    return SCMI_SUCCESS;
}

static ScmiStatus powercap_pai_get(ScmiCall *call)
{
    scmi_put_u32(call, SCMI_POWERCAP(call->resource)->pai);
    return SCMI_SUCCESS;
}

static ScmiStatus powercap_pai_set(ScmiCall *call)
{
    if (call->payload[1]) {
        return SCMI_INVALID_PARAMETERS;
    }
    return scmi_powercap_set_pai(SCMI_POWERCAP(call->resource),
                                 call->payload[2], call->agent);
}

static ScmiStatus powercap_measurements_get(ScmiCall *call)
{
    ScmiPowercap *domain = SCMI_POWERCAP(call->resource);

    if (!domain->monitoring) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, domain->power);
    scmi_put_u32(call, domain->pai);
    return SCMI_SUCCESS;
}

static bool powercap_is_monitored(const ScmiCall *call)
{
    return SCMI_POWERCAP(call->resource)->monitoring;
}

static ScmiStatus powercap_measurements_notify(ScmiCall *call)
{
    ScmiPowercap *domain = SCMI_POWERCAP(call->resource);
    ScmiPowercapThresholds thresholds = {
        .low = call->payload[2],
        .high = call->payload[3],
    };

    if (!call->payload[1]) {
        return SCMI_SUCCESS;
    }
    if (thresholds.low > thresholds.high) {
        return SCMI_INVALID_PARAMETERS;
    }
    domain->thresholds[call->agent] = thresholds;
    return SCMI_SUCCESS;
}

/* Fast channels. */

static bool powercap_fast_settable(const ScmiFastDomain *fast,
                                   unsigned message)
{
    const ScmiPowercap *domain = container_of(fast, ScmiPowercap, fast);

    return scmi_powercap_settable(message == SCMI_POWERCAP_CAP_SET
                                  ? &domain->caps : &domain->pais);
}

static ScmiStatus powercap_fast_set(ScmiFastDomain *fast, unsigned message,
                                    const uint32_t *words, unsigned agent)
{
    ScmiPowercap *domain = container_of(fast, ScmiPowercap, fast);
    uint32_t version = scmi_agent_version(fast->platform, agent,
                                          &scmi_powercap_protocol);
    ScmiStatus status;

    if (message == SCMI_POWERCAP_PAI_SET) {
        return scmi_powercap_set_pai(domain, words[0], agent);
    }
    status = scmi_powercap_check_cap(domain, words[0], version);
    if (status == SCMI_SUCCESS) {
        scmi_powercap_set_cap(domain, words[0], agent);
    }
    return status;
}

enum {
    POWERCAP_FAST_CAP_SET,
    POWERCAP_FAST_CAP_GET,
    POWERCAP_FAST_PAI_SET,
    POWERCAP_FAST_PAI_GET,
};

static void powercap_fast_get(const ScmiFastDomain *fast, uint32_t *entry)
{
    const ScmiPowercap *domain = container_of(fast, ScmiPowercap, fast);

    entry[POWERCAP_FAST_CAP_GET] = domain->cap;
    entry[POWERCAP_FAST_PAI_GET] = domain->pai;
}

const ScmiFastClass scmi_powercap_fast = {
    .protocol = &scmi_powercap_protocol,
    .channels = {
        { SCMI_POWERCAP_CAP_SET, POWERCAP_FAST_CAP_SET, 1, .set = true },
        { SCMI_POWERCAP_PAI_SET, POWERCAP_FAST_PAI_SET, 1, .set = true },
        { SCMI_POWERCAP_CAP_GET, POWERCAP_FAST_CAP_GET, 1 },
        { SCMI_POWERCAP_PAI_GET, POWERCAP_FAST_PAI_GET, 1 },
    },
    .settable = powercap_fast_settable,
    .set = powercap_fast_set,
    .get = powercap_fast_get,
};

static ScmiStatus powercap_describe_fastchannel(ScmiCall *call)
{
    return scmi_fast_describe(call, &SCMI_POWERCAP(call->resource)->fast);
}

static const ScmiMessage powercap_messages[] = {
    { POWERCAP_DOMAIN_ATTRIBUTES, "domain_attributes", .min = 4, .domain = 0,
      .handler = powercap_domain_attributes },
    { SCMI_POWERCAP_CAP_GET, "cap_get", .min = 4, .domain = 0,
      .handler = powercap_cap_get,
      .message_attributes = scmi_fast_message_attributes },
    { SCMI_POWERCAP_CAP_SET, "cap_set", .min = 12, .domain = 0,
      .handler = powercap_cap_set, .complete = powercap_cap_set_complete,
      .message_attributes = scmi_fast_message_attributes },
    { SCMI_POWERCAP_PAI_GET, "pai_get", .min = 4, .domain = 0,
      .handler = powercap_pai_get,
      .message_attributes = scmi_fast_message_attributes },
    { SCMI_POWERCAP_PAI_SET, "pai_set", .min = 12, .domain = 0,
      .handler = powercap_pai_set,
      .message_attributes = scmi_fast_message_attributes },
    { POWERCAP_MEASUREMENTS_GET, "measurements_get", .min = 4, .domain = 0,
      .handler = powercap_measurements_get },
    { POWERCAP_CAP_NOTIFY, "cap_notify", .min = 8, .domain = 0,
      .notify = true, .enable = 1, .event = SCMI_POWERCAP_CAP_CHANGED },
    { POWERCAP_MEASUREMENTS_NOTIFY, "measurements_notify", .min = 16,
      .domain = 0, .notify = true, .enable = 1,
      .event = SCMI_POWERCAP_MEASUREMENTS_CHANGED,
      .supported = powercap_is_monitored,
      .handler = powercap_measurements_notify },
    { POWERCAP_DESCRIBE_FASTCHANNEL, "describe_fastchannel", .min = 8,
      .domain = 0, .handler = powercap_describe_fastchannel },
};

const ScmiProtocol scmi_powercap_protocol = {
    .id = SCMI_PROTOCOL_POWERCAP,
    .name = "powercap",
    .version = 0x20000,
    .populate = scmi_powercap_populate,
    .attributes = powercap_protocol_attributes,
    .name_get = POWERCAP_DOMAIN_NAME_GET,
    .name_get_since = SCMI_POWERCAP_V1,
    .messages = powercap_messages,
    .num_messages = ARRAY_SIZE(powercap_messages),
};
