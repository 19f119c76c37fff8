/*
 * SCMI voltage domain management protocol (0x17), version 2.1
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/voltage.c and
 * drivers/regulator/scmi-regulator.c.
 *
 * QEMU interface of a voltage domain ("<platform>/voltage/<name>"):
 *  + QOM property "level": in microvolts (int32). Writing it takes a level
 *    that an agent could set too.
 *  + QOM properties "min-level" and "max-level": the lowest and the highest
 *    (int32, read-only)
 *  + QOM properties "on" and "users": see switch.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "protocol.h"
#include "switch.h"

#define TYPE_SCMI_VOLTAGE_DOMAIN "scmi-voltage-domain"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiVoltageDomain, SCMI_VOLTAGE_DOMAIN)

enum {
    VOLTAGE_DOMAIN_ATTRIBUTES = 0x3,
    VOLTAGE_DESCRIBE_LEVELS = 0x4,
    VOLTAGE_CONFIG_SET = 0x5,
    VOLTAGE_CONFIG_GET = 0x6,
    VOLTAGE_LEVEL_SET = 0x7,
    VOLTAGE_LEVEL_GET = 0x8,
    VOLTAGE_DOMAIN_NAME_GET = 0x9,
};

#define VOLTAGE_V2 0x20000

FIELD(VOLTAGE_ATTRIBUTES, EXTENDED_NAME, 30, 1)
FIELD(VOLTAGE_ATTRIBUTES, ASYNC, 31, 1)

FIELD(VOLTAGE_LEVELS, RETURNED, 0, 12)
FIELD(VOLTAGE_LEVELS, RANGE, 12, 1)
FIELD(VOLTAGE_LEVELS, REMAINING, 16, 16)
#define MAX_LEVELS 4095

/* Modes of the architecture; whatever else there is, nobody defined. */
#define VOLTAGE_MODE_OFF 0x0
#define VOLTAGE_MODE_ON  0x7

FIELD(VOLTAGE_LEVEL_SET_FLAGS, ASYNC, 0, 1)

/**
 * ScmiVoltageDomain: in microvolts
 * @levels, @num_levels: its discrete levels, ascending; none if it has a
 *                       range instead
 * @min, @max, @step: that range
 */
struct ScmiVoltageDomain {
    ScmiResource parent_obj;

    int32_t *levels;
    unsigned num_levels;
    int32_t min;
    int32_t max;
    int32_t step;
    int32_t level_at_reset;

    int32_t level;
    ScmiSwitch power;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiVoltageDomain, scmi_voltage_domain,
                          SCMI_VOLTAGE_DOMAIN, SCMI_RESOURCE)

/* Neither differences nor products of levels fit their type. */
static bool voltage_has_level(const ScmiVoltageDomain *domain, int32_t level)
{
    if (level < domain->min || level > domain->max) {
        return false;
    }
    if (!domain->num_levels) {
        return ((int64_t)level - domain->min) % domain->step == 0;
    }
    for (unsigned i = 0; i < domain->num_levels; i++) {
        if (domain->levels[i] == level) {
            return true;
        }
    }
    return false;
}

/* Messages */

static ScmiStatus voltage_attributes(ScmiCall *call)
{
    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    scmi_put_u16(call, 0);
    return SCMI_SUCCESS;
}

static ScmiStatus voltage_domain_attributes(ScmiCall *call)
{
    ScmiResource *resource = call->resource;
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, VOLTAGE_ATTRIBUTES, ASYNC,
                            call->version >= VOLTAGE_V2 &&
                            scmi_call_can_delay(call));
    attributes = FIELD_DP32(attributes, VOLTAGE_ATTRIBUTES, EXTENDED_NAME,
                            scmi_call_extended_name(call, resource));
    scmi_put_u32(call, attributes);
    scmi_put_text(call, resource->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static void put_levels_header(ScmiCall *call, unsigned returned, bool range,
                              unsigned remaining)
{
    uint32_t word = 0;

    word = FIELD_DP32(word, VOLTAGE_LEVELS, RETURNED, returned);
    word = FIELD_DP32(word, VOLTAGE_LEVELS, RANGE, range);
    word = FIELD_DP32(word, VOLTAGE_LEVELS, REMAINING, remaining);
    scmi_put_u32(call, word);
}

static ScmiStatus voltage_describe_levels(ScmiCall *call)
{
    ScmiVoltageDomain *domain = SCMI_VOLTAGE_DOMAIN(call->resource);
    uint32_t first = call->payload[1];
    unsigned n;

    if (first >= MAX(domain->num_levels, 1)) {
        return SCMI_OUT_OF_RANGE;
    }
    if (!domain->num_levels) {
        put_levels_header(call, 3, true, 0);
        scmi_put_u32(call, domain->min);
        scmi_put_u32(call, domain->max);
        scmi_put_u32(call, domain->step);
        return SCMI_SUCCESS;
    }
    n = scmi_chunk(call, first, domain->num_levels, sizeof(uint32_t),
                   sizeof(uint32_t));
    put_levels_header(call, n, false, domain->num_levels - first - n);
    for (unsigned i = 0; i < n; i++) {
        scmi_put_u32(call, domain->levels[first + i]);
    }
    return SCMI_SUCCESS;
}

static ScmiStatus voltage_config_set(ScmiCall *call)
{
    uint32_t mode = call->payload[1];

    if (mode != VOLTAGE_MODE_OFF && mode != VOLTAGE_MODE_ON) {
        return SCMI_INVALID_PARAMETERS;
    }
    scmi_switch_set(call->resource, call->agent, mode == VOLTAGE_MODE_ON);
    return SCMI_SUCCESS;
}

static ScmiStatus voltage_config_get(ScmiCall *call)
{
    scmi_put_u32(call, scmi_switch_is_on_for(call->resource, call->agent)
                       ? VOLTAGE_MODE_ON : VOLTAGE_MODE_OFF);
    return SCMI_SUCCESS;
}

static ScmiStatus voltage_level_set(ScmiCall *call)
{
    ScmiVoltageDomain *domain = SCMI_VOLTAGE_DOMAIN(call->resource);
    uint32_t flags = call->payload[1];
    int32_t level = call->payload[2];

    if (call->version < VOLTAGE_V2
        ? flags : flags & ~R_VOLTAGE_LEVEL_SET_FLAGS_ASYNC_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (level < domain->min || level > domain->max) {
        return SCMI_OUT_OF_RANGE;
    }
    if (!voltage_has_level(domain, level)) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (flags) {
        return scmi_call_delay(call);
    }
    domain->level = level;
    return SCMI_SUCCESS;
}

static ScmiStatus voltage_level_set_complete(ScmiCall *call)
{
    ScmiVoltageDomain *domain = SCMI_VOLTAGE_DOMAIN(call->resource);
    int32_t level = call->payload[2];

    /* The command may come from a forged snapshot. */
    if (!voltage_has_level(domain, level)) {
        return SCMI_INVALID_PARAMETERS;
    }
    domain->level = level;
    scmi_put_u32(call, call->resource->id);
    scmi_put_u32(call, domain->level);
    return SCMI_SUCCESS;
}

static ScmiStatus voltage_level_get(ScmiCall *call)
{
    scmi_put_u32(call, SCMI_VOLTAGE_DOMAIN(call->resource)->level);
    return SCMI_SUCCESS;
}

static const ScmiMessage voltage_messages[] = {
    { VOLTAGE_DOMAIN_ATTRIBUTES, "domain_attributes", .min = 4, .domain = 0,
      .handler = voltage_domain_attributes },
    { VOLTAGE_DESCRIBE_LEVELS, "describe_levels", .min = 8, .domain = 0,
      .handler = voltage_describe_levels },
    { VOLTAGE_CONFIG_SET, "config_set", .min = 8, .domain = 0,
      .handler = voltage_config_set },
    { VOLTAGE_CONFIG_GET, "config_get", .min = 4, .domain = 0,
      .handler = voltage_config_get },
    { VOLTAGE_LEVEL_SET, "level_set", .min = 12, .domain = 0,
      .handler = voltage_level_set, .complete = voltage_level_set_complete },
    { VOLTAGE_LEVEL_GET, "level_get", .min = 4, .domain = 0,
      .handler = voltage_level_get },
};

/* Configuration */

static bool voltage_set_levels(ScmiVoltageDomain *domain,
                               const int32List *levels, bool unchecked,
                               Error **errp)
{
    unsigned n = QAPI_LIST_LENGTH(levels);

    if (!scmi_check_count("levels", n, MAX_LEVELS, errp)) {
        return false;
    }
    domain->levels = g_new(int32_t, n);
    for (; levels; levels = levels->next) {
        if (!unchecked && domain->num_levels &&
            levels->value <= domain->max) {
            error_setg(errp, "levels[%u]: levels must ascend",
                       domain->num_levels);
            return false;
        }
        domain->min = domain->num_levels ? MIN(domain->min, levels->value)
                                         : levels->value;
        domain->max = domain->num_levels ? MAX(domain->max, levels->value)
                                         : levels->value;
        domain->levels[domain->num_levels++] = levels->value;
    }
    return true;
}

static bool voltage_set_range(ScmiVoltageDomain *domain,
                              const ScmiVoltageRange *range, Error **errp)
{
    if (range->min >= range->max || range->step <= 0 ||
        ((int64_t)range->max - range->min) % range->step) {
        error_setg(errp, "range: it must ascend in whole steps");
        return false;
    }
    domain->min = range->min;
    domain->max = range->max;
    domain->step = range->step;
    return true;
}

static bool voltage_configure(ScmiVoltageDomain *domain,
                              const ScmiVoltageDomainConfig *config,
                              bool unchecked, Error **errp)
{
    bool ok;

    if (!config->levels == !config->range) {
        error_setg(errp, "levels: there must be either levels or a range");
        return false;
    }
    ok = config->levels
         ? voltage_set_levels(domain, config->levels, unchecked, errp)
         : voltage_set_range(domain, config->range, errp);
    if (!ok) {
        return false;
    }
    domain->level = config->has_level ? config->level : domain->min;
    if (!voltage_has_level(domain, domain->level)) {
        error_setg(errp, "level: there is no level of %" PRId32
                   " microvolts", domain->level);
        return false;
    }
    domain->level_at_reset = domain->level;
    domain->power.on_at_reset = config->has_on && config->on;
    scmi_switch_reset(SCMI_RESOURCE(domain));
    return true;
}

static bool voltage_add(ScmiPlatform *platform,
                        const ScmiVoltageDomainConfig *config, Error **errp)
{
    Object *obj = object_new(TYPE_SCMI_VOLTAGE_DOMAIN);

    if (!voltage_configure(SCMI_VOLTAGE_DOMAIN(obj), config,
                           scmi_unchecked(platform), errp)) {
        object_unref(obj);
        return false;
    }
    return scmi_platform_add(platform, &scmi_voltage_protocol,
                             SCMI_RESOURCE(obj), config->name, errp);
}

static bool voltage_populate(ScmiPlatform *platform,
                             const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiVoltageDomainConfigList *l = config->voltage_domains;

    if (!scmi_check_count("voltage-domains", QAPI_LIST_LENGTH(l),
                          SCMI_MAX_DOMAINS, errp)) {
        return false;
    }
    for (unsigned id = 0; l; l = l->next, id++) {
        if (!voltage_add(platform, l->value, errp)) {
            error_prepend(errp, "voltage-domains[%u].", id);
            return false;
        }
    }
    return true;
}

const ScmiProtocol scmi_voltage_protocol = {
    .id = SCMI_PROTOCOL_VOLTAGE,
    .name = "voltage",
    .version = 0x20001,
    .populate = voltage_populate,
    .attributes = voltage_attributes,
    .name_get = VOLTAGE_DOMAIN_NAME_GET,
    .name_get_since = VOLTAGE_V2,
    .messages = voltage_messages,
    .num_messages = ARRAY_SIZE(voltage_messages),
};

/* State */

static int voltage_post_load(void *opaque, int version_id)
{
    ScmiVoltageDomain *domain = opaque;

    if (!voltage_has_level(domain, domain->level)) {
        return -EINVAL;
    }
    return scmi_switch_check(SCMI_RESOURCE(domain));
}

static const VMStateDescription vmstate_voltage_domain = {
    .name = TYPE_SCMI_VOLTAGE_DOMAIN,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = voltage_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_INT32(level, ScmiVoltageDomain),
        VMSTATE_STRUCT(power, ScmiVoltageDomain, 1, vmstate_scmi_switch,
                       ScmiSwitch),
        VMSTATE_END_OF_LIST()
    },
};

static void voltage_get_level(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    visit_type_int32(v, name, &SCMI_VOLTAGE_DOMAIN(obj)->level, errp);
}

static void voltage_set_level(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    ScmiVoltageDomain *domain = SCMI_VOLTAGE_DOMAIN(obj);
    int32_t level;

    if (!visit_type_int32(v, name, &level, errp)) {
        return;
    }
    if (!voltage_has_level(domain, level)) {
        error_setg(errp, "voltage domain '%s' has no level of %" PRId32
                   " microvolts", SCMI_RESOURCE(obj)->name, level);
        return;
    }
    domain->level = level;
}

static void voltage_get_min_level(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    visit_type_int32(v, name, &SCMI_VOLTAGE_DOMAIN(obj)->min, errp);
}

static void voltage_get_max_level(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    visit_type_int32(v, name, &SCMI_VOLTAGE_DOMAIN(obj)->max, errp);
}

static void voltage_reset_hold(Object *obj, ResetType type)
{
    ScmiVoltageDomain *domain = SCMI_VOLTAGE_DOMAIN(obj);

    domain->level = domain->level_at_reset;
    scmi_switch_reset(SCMI_RESOURCE(obj));
}

static void scmi_voltage_domain_init(Object *obj)
{
}

static void scmi_voltage_domain_finalize(Object *obj)
{
    g_free(SCMI_VOLTAGE_DOMAIN(obj)->levels);
}

static void scmi_voltage_domain_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_voltage_domain;
    rc->phases.hold = voltage_reset_hold;
    object_class_property_add(oc, "level", "int32", voltage_get_level,
                              voltage_set_level, NULL, NULL);
    object_class_property_add(oc, "min-level", "int32", voltage_get_min_level,
                              NULL, NULL, NULL);
    object_class_property_add(oc, "max-level", "int32", voltage_get_max_level,
                              NULL, NULL, NULL);
    scmi_switch_add(oc, &scmi_voltage_protocol, "on",
                    offsetof(ScmiVoltageDomain, power));
}
