/*
 * SCMI reset domain management protocol (0x16), version 3.1
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/reset.c and
 * drivers/reset/reset-scmi.c.
 *
 * QEMU interface of a reset domain ("<platform>/reset/<name>"):
 *  + QOM property "asserted": whether it is held in reset (bool)
 *  + QOM property "resets": how often agents reset it, by asserting or by a
 *    pulse, since the machine was reset (uint64, read-only)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "protocol.h"

#define TYPE_SCMI_RESET_DOMAIN "scmi-reset-domain"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiResetDomain, SCMI_RESET_DOMAIN)

enum {
    RESET_DOMAIN_ATTRIBUTES = 0x3,
    RESET = 0x4,
    RESET_NOTIFY = 0x5,
    RESET_DOMAIN_NAME_GET = 0x6,
};

FIELD(RESET_ATTRIBUTES, EXTENDED_NAME, 29, 1)
FIELD(RESET_ATTRIBUTES, NOTIFY, 30, 1)
FIELD(RESET_ATTRIBUTES, ASYNC, 31, 1)

/* The event. */
#define RESET_ISSUED 0x0

FIELD(RESET_FLAGS, AUTONOMOUS, 0, 1)
FIELD(RESET_FLAGS, ASSERT, 1, 1)
FIELD(RESET_FLAGS, ASYNC, 2, 1)
FIELD(RESET_FLAGS, RESERVED, 3, 29)

#define RESET_STATE_ARCHITECTURAL_COLD 0
#define RESET_LATENCY_UNKNOWN UINT32_MAX

struct ScmiResetDomain {
    ScmiResource parent_obj;
    uint32_t latency;
    bool asserted_at_reset;
    bool asserted;
    uint64_t resets;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiResetDomain, scmi_reset_domain,
                          SCMI_RESET_DOMAIN, SCMI_RESOURCE)

static ScmiStatus reset_protocol_attributes(ScmiCall *call)
{
    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    scmi_put_u16(call, 0);
    return SCMI_SUCCESS;
}

static ScmiStatus reset_domain_attributes(ScmiCall *call)
{
    ScmiResource *resource = call->resource;
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, RESET_ATTRIBUTES, ASYNC,
                            scmi_call_can_delay(call));
    attributes = FIELD_DP32(attributes, RESET_ATTRIBUTES, NOTIFY,
                            scmi_call_has_events(call));
    attributes = FIELD_DP32(attributes, RESET_ATTRIBUTES, EXTENDED_NAME,
                            scmi_call_extended_name(call, resource));
    scmi_put_u32(call, attributes);
    scmi_put_u32(call, SCMI_RESET_DOMAIN(resource)->latency);
    scmi_put_text(call, resource->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static void reset_issue(ScmiCall *call)
{
    ScmiResetDomain *domain = SCMI_RESET_DOMAIN(call->resource);
    uint32_t words[] = { call->resource->id, RESET_STATE_ARCHITECTURAL_COLD };

    domain->resets++;
    scmi_notify(call->platform, call->protocol, RESET_ISSUED,
                call->resource->id, call->agent, words, ARRAY_SIZE(words));
}

static void reset_pulse(ScmiCall *call)
{
    reset_issue(call);
    SCMI_RESET_DOMAIN(call->resource)->asserted = false;
}

static ScmiStatus reset(ScmiCall *call)
{
    ScmiResetDomain *domain = SCMI_RESET_DOMAIN(call->resource);
    uint32_t flags = call->payload[1];
    bool pulse = FIELD_EX32(flags, RESET_FLAGS, AUTONOMOUS);
    bool assert = FIELD_EX32(flags, RESET_FLAGS, ASSERT);

    if (FIELD_EX32(flags, RESET_FLAGS, RESERVED) ||
        call->payload[2] != RESET_STATE_ARCHITECTURAL_COLD) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (FIELD_EX32(flags, RESET_FLAGS, ASYNC)) {
        /* Only a pulse has an end to wait for. */
        return pulse ? scmi_call_delay(call) : SCMI_INVALID_PARAMETERS;
    }
    if (pulse) {
        reset_pulse(call);
        return SCMI_SUCCESS;
    }
    if (assert && !domain->asserted) {
        reset_issue(call);
    }
    domain->asserted = assert;
    return SCMI_SUCCESS;
}

static ScmiStatus reset_complete(ScmiCall *call)
{
    reset_pulse(call);
    scmi_put_u32(call, call->resource->id);
    return SCMI_SUCCESS;
}

static const ScmiMessage reset_messages[] = {
    { RESET_DOMAIN_ATTRIBUTES, "domain_attributes", .min = 4, .domain = 0,
      .handler = reset_domain_attributes },
    { RESET, "reset", .min = 12, .domain = 0, .handler = reset,
      .complete = reset_complete },
    { RESET_NOTIFY, "notify", .min = 8, .domain = 0, .notify = true,
      .enable = 1, .event = RESET_ISSUED },
};

static bool reset_populate(ScmiPlatform *platform,
                           const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiResetDomainConfigList *l = config->reset_domains;

    if (!scmi_check_count("reset-domains", QAPI_LIST_LENGTH(l),
                          SCMI_MAX_DOMAINS, errp)) {
        return false;
    }
    for (unsigned id = 0; l; l = l->next, id++) {
        Object *obj = object_new(TYPE_SCMI_RESET_DOMAIN);
        ScmiResetDomain *domain = SCMI_RESET_DOMAIN(obj);

        domain->latency = l->value->has_latency ? l->value->latency
                                                : RESET_LATENCY_UNKNOWN;
        domain->asserted_at_reset = l->value->has_asserted &&
                                    l->value->asserted;
        domain->asserted = domain->asserted_at_reset;
        if (!scmi_platform_add(platform, &scmi_reset_protocol,
                               SCMI_RESOURCE(obj), l->value->name, errp)) {
            error_prepend(errp, "reset-domains[%u].", id);
            return false;
        }
    }
    return true;
}

const ScmiProtocol scmi_reset_protocol = {
    .id = SCMI_PROTOCOL_RESET,
    .name = "reset",
    .version = 0x30001,
    .populate = reset_populate,
    .attributes = reset_protocol_attributes,
    .name_get = RESET_DOMAIN_NAME_GET,
    .name_get_since = 0x30000,
    .messages = reset_messages,
    .num_messages = ARRAY_SIZE(reset_messages),
};

static const VMStateDescription vmstate_reset_domain = {
    .name = TYPE_SCMI_RESET_DOMAIN,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(asserted, ScmiResetDomain),
        VMSTATE_UINT64(resets, ScmiResetDomain),
        VMSTATE_END_OF_LIST()
    },
};

static bool reset_domain_get_asserted(Object *obj, Error **errp)
{
    return SCMI_RESET_DOMAIN(obj)->asserted;
}

static void reset_domain_set_asserted(Object *obj, bool value, Error **errp)
{
    SCMI_RESET_DOMAIN(obj)->asserted = value;
}

static void reset_domain_reset_hold(Object *obj, ResetType type)
{
    ScmiResetDomain *domain = SCMI_RESET_DOMAIN(obj);

    domain->asserted = domain->asserted_at_reset;
    domain->resets = 0;
}

static void scmi_reset_domain_init(Object *obj)
{
    object_property_add_uint64_ptr(obj, "resets",
                                   &SCMI_RESET_DOMAIN(obj)->resets,
                                   OBJ_PROP_FLAG_READ);
}

static void scmi_reset_domain_finalize(Object *obj)
{
}

static void scmi_reset_domain_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_reset_domain;
    rc->phases.hold = reset_domain_reset_hold;
    object_class_property_add_bool(oc, "asserted", reset_domain_get_asserted,
                                   reset_domain_set_asserted);
}
