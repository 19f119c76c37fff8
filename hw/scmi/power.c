/*
 * SCMI power domain management protocol (0x11), version 3.1
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/power.c.
 *
 * QEMU interface of a power domain ("<platform>/power/<name>"):
 *  + QOM properties "on" and "users": see switch.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "protocol.h"
#include "switch.h"

#define TYPE_SCMI_POWER_DOMAIN "scmi-power-domain"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiPowerDomain, SCMI_POWER_DOMAIN)

enum {
    POWER_DOMAIN_ATTRIBUTES = 0x3,
    POWER_STATE_SET = 0x4,
    POWER_STATE_GET = 0x5,
    POWER_STATE_NOTIFY = 0x6,
    POWER_STATE_CHANGE_REQUESTED_NOTIFY = 0x7,
    POWER_DOMAIN_NAME_GET = 0x8,
};

FIELD(POWER_ATTRIBUTES, EXTENDED_NAME, 27, 1)
FIELD(POWER_ATTRIBUTES, CHANGE_REQUESTED_NOTIFY, 28, 1)
FIELD(POWER_ATTRIBUTES, STATE_SET_SYNC, 29, 1)
FIELD(POWER_ATTRIBUTES, STATE_SET_ASYNC, 30, 1)
FIELD(POWER_ATTRIBUTES, CHANGE_NOTIFY, 31, 1)

/* Events. */
enum {
    POWER_STATE_CHANGED = 0x0,
    POWER_STATE_CHANGE_REQUESTED = 0x1,
};

FIELD(POWER_STATE_SET_FLAGS, ASYNC, 0, 1)

/* The message of change requests came first, the bit that tells of it later. */
#define POWER_V2 0x20000
#define POWER_V3 0x30000

/* Power states: the context is lost when a domain is off. */
#define POWER_STATE_ON  0
#define POWER_STATE_OFF 0x40000000

struct ScmiPowerDomain {
    ScmiResource parent_obj;
    ScmiSwitch power;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiPowerDomain, scmi_power_domain,
                          SCMI_POWER_DOMAIN, SCMI_RESOURCE)

static ScmiStatus power_attributes(ScmiCall *call)
{
    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    scmi_put_u16(call, 0);
    /* No statistics region. */
    scmi_put_u64(call, 0);
    scmi_put_u32(call, 0);
    return SCMI_SUCCESS;
}

static ScmiStatus power_domain_attributes(ScmiCall *call)
{
    ScmiResource *resource = call->resource;
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, POWER_ATTRIBUTES, STATE_SET_SYNC, 1);
    attributes = FIELD_DP32(attributes, POWER_ATTRIBUTES, STATE_SET_ASYNC,
                            scmi_call_can_delay(call));
    attributes = FIELD_DP32(attributes, POWER_ATTRIBUTES, CHANGE_NOTIFY,
                            scmi_call_has_events(call));
    attributes = FIELD_DP32(attributes, POWER_ATTRIBUTES,
                            CHANGE_REQUESTED_NOTIFY,
                            call->version >= POWER_V3 &&
                            scmi_call_has_events(call));
    attributes = FIELD_DP32(attributes, POWER_ATTRIBUTES, EXTENDED_NAME,
                            scmi_call_extended_name(call, resource));
    scmi_put_u32(call, attributes);
    scmi_put_text(call, resource->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

/*
 * What the agent has made of it: Linux's scmi_pd_power() reads it back up to
 * 6.12, and takes anything else for an error.
 */
static uint32_t power_state(const ScmiCall *call)
{
    return scmi_switch_is_on_for(call->resource, call->agent)
           ? POWER_STATE_ON : POWER_STATE_OFF;
}

/* A request that changes nothing is an event, too. */
static void power_switched(ScmiResource *resource, bool changed, bool on,
                           unsigned cause)
{
    uint32_t words[] = { resource->id, on ? POWER_STATE_ON
                                          : POWER_STATE_OFF };

    scmi_notify(scmi_resource_platform(resource), &scmi_power_protocol,
                changed ? POWER_STATE_CHANGED : POWER_STATE_CHANGE_REQUESTED,
                resource->id, cause, words, ARRAY_SIZE(words));
}

static ScmiStatus power_state_set(ScmiCall *call)
{
    uint32_t flags = call->payload[0];
    uint32_t state = call->payload[2];

    if (flags & ~R_POWER_STATE_SET_FLAGS_ASYNC_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (state != POWER_STATE_ON && state != POWER_STATE_OFF) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (flags) {
        return scmi_call_delay(call);
    }
    scmi_switch_set(call->resource, call->agent, state == POWER_STATE_ON);
    return SCMI_SUCCESS;
}

static ScmiStatus power_state_set_complete(ScmiCall *call)
{
    scmi_switch_set(call->resource, call->agent,
                    call->payload[2] == POWER_STATE_ON);
    scmi_put_u32(call, call->resource->id);
    scmi_put_u32(call, power_state(call));
    return SCMI_SUCCESS;
}

static ScmiStatus power_state_get(ScmiCall *call)
{
    scmi_put_u32(call, power_state(call));
    return SCMI_SUCCESS;
}

static const ScmiMessage power_messages[] = {
    { POWER_DOMAIN_ATTRIBUTES, "domain_attributes", .min = 4, .domain = 0,
      .handler = power_domain_attributes },
    { POWER_STATE_SET, "state_set", .min = 12, .domain = 1,
      .handler = power_state_set, .complete = power_state_set_complete },
    { POWER_STATE_GET, "state_get", .min = 4, .domain = 0,
      .handler = power_state_get },
    { POWER_STATE_NOTIFY, "state_notify", .min = 8, .domain = 0,
      .notify = true, .enable = 1, .event = POWER_STATE_CHANGED },
    { POWER_STATE_CHANGE_REQUESTED_NOTIFY, "state_change_requested_notify",
      .since = POWER_V2, .min = 8, .domain = 0, .notify = true, .enable = 1,
      .event = POWER_STATE_CHANGE_REQUESTED },
};

static bool power_populate(ScmiPlatform *platform,
                           const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiPowerDomainConfigList *l = config->power_domains;

    if (!scmi_check_count("power-domains", QAPI_LIST_LENGTH(l),
                          SCMI_MAX_DOMAINS, errp)) {
        return false;
    }
    for (unsigned id = 0; l; l = l->next, id++) {
        Object *obj = object_new(TYPE_SCMI_POWER_DOMAIN);
        ScmiPowerDomain *domain = SCMI_POWER_DOMAIN(obj);

        domain->power.on_at_reset = l->value->has_on && l->value->on;
        scmi_switch_reset(SCMI_RESOURCE(obj));
        if (!scmi_platform_add(platform, &scmi_power_protocol,
                               SCMI_RESOURCE(obj), l->value->name, errp)) {
            error_prepend(errp, "power-domains[%u].", id);
            return false;
        }
    }
    return true;
}

const ScmiProtocol scmi_power_protocol = {
    .id = SCMI_PROTOCOL_POWER,
    .name = "power",
    .version = 0x30001,
    .populate = power_populate,
    .attributes = power_attributes,
    .name_get = POWER_DOMAIN_NAME_GET,
    .name_get_since = POWER_V3,
    .messages = power_messages,
    .num_messages = ARRAY_SIZE(power_messages),
};

static int power_domain_post_load(void *opaque, int version_id)
{
    return scmi_switch_check(SCMI_RESOURCE(opaque));
}

static const VMStateDescription vmstate_power_domain = {
    .name = TYPE_SCMI_POWER_DOMAIN,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = power_domain_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(power, ScmiPowerDomain, 1, vmstate_scmi_switch,
                       ScmiSwitch),
        VMSTATE_END_OF_LIST()
    },
};

static void power_domain_reset_hold(Object *obj, ResetType type)
{
    scmi_switch_reset(SCMI_RESOURCE(obj));
}

static void scmi_power_domain_init(Object *obj)
{
}

static void scmi_power_domain_finalize(Object *obj)
{
}

static void scmi_power_domain_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_power_domain;
    rc->phases.hold = power_domain_reset_hold;
    SCMI_RESOURCE_CLASS(oc)->switched = power_switched;
    scmi_switch_add(oc, &scmi_power_protocol, "on",
                    offsetof(ScmiPowerDomain, power));
}
