/*
 * SCMI powercap domain: the resource behind the powercap protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "powercap.h"

OBJECT_DEFINE_SIMPLE_TYPE(ScmiPowercap, scmi_powercap, SCMI_POWERCAP,
                          SCMI_RESOURCE)

bool scmi_powercap_settable(const ScmiPowercapRange *range)
{
    return range->min != range->max;
}

uint32_t scmi_powercap_cap(const ScmiPowercap *domain, uint32_t version)
{
    return domain->cap || version >= SCMI_POWERCAP_V2 ? domain->cap
                                                      : domain->caps.max;
}

static bool range_has(const ScmiPowercapRange *range, uint32_t value)
{
    if (value < range->min || value > range->max) {
        return false;
    }
    /* A single value is good whatever the step. */
    return value == range->min || !range->step || value % range->step == 0;
}

/* With a choice of caps, there may be none. */
static bool caps_have(const ScmiPowercapRange *caps, uint32_t cap)
{
    return range_has(caps, cap) || (!cap && scmi_powercap_settable(caps));
}

static ScmiStatus range_check(const ScmiPowercapRange *range, uint32_t value)
{
    if (!scmi_powercap_settable(range)) {
        return SCMI_NOT_SUPPORTED;
    }
    if (value < range->min || value > range->max) {
        return SCMI_OUT_OF_RANGE;
    }
    return range_has(range, value) ? SCMI_SUCCESS : SCMI_INVALID_PARAMETERS;
}

/* Changes, and who hears of them. */

static void powercap_changed(ScmiPowercap *domain, unsigned cause)
{
    ScmiPlatform *platform = domain->fast.platform;
    unsigned id;

    scmi_fast_update(&domain->fast);
    if (!scmi_is_heard(platform)) {
        return;
    }
    id = SCMI_RESOURCE(domain)->id;
    for (unsigned i = 1; i < scmi_platform_num_agents(platform); i++) {
        uint32_t version = scmi_agent_version(platform, i,
                                              &scmi_powercap_protocol);
        uint32_t words[] = { id, scmi_powercap_cap(domain, version),
                             domain->pai };

        scmi_notify_agent(platform, i, &scmi_powercap_protocol,
                          SCMI_POWERCAP_CAP_CHANGED, id, cause, words,
                          ARRAY_SIZE(words));
    }
}

ScmiStatus scmi_powercap_check_cap(const ScmiPowercap *domain, uint32_t cap,
                                   uint32_t version)
{
    if (!cap && version >= SCMI_POWERCAP_V2 &&
        scmi_powercap_settable(&domain->caps)) {
        return SCMI_SUCCESS;
    }
    return range_check(&domain->caps, cap);
}

void scmi_powercap_set_cap(ScmiPowercap *domain, uint32_t cap, unsigned cause)
{
    if (cap != domain->cap) {
        domain->cap = cap;
        powercap_changed(domain, cause);
    }
}

ScmiStatus scmi_powercap_set_pai(ScmiPowercap *domain, uint32_t pai,
                                 unsigned agent)
{
    ScmiStatus status = range_check(&domain->pais, pai);

    if (status == SCMI_SUCCESS && pai != domain->pai) {
        domain->pai = pai;
        powercap_changed(domain, agent);
    }
    return status;
}

/* Below (-1), within (0) or above (1) what an agent wants to hear of. */
static int thresholds_side(const ScmiPowercapThresholds *thresholds,
                           uint32_t power)
{
    return (power > thresholds->high) - (power < thresholds->low);
}

static void powercap_measure(ScmiPowercap *domain, uint32_t power)
{
    unsigned id = SCMI_RESOURCE(domain)->id;
    uint32_t words[] = { id, power };
    uint32_t before = domain->power;

    domain->power = power;
    for (unsigned i = 1; i < domain->num_agents; i++) {
        const ScmiPowercapThresholds *thresholds = &domain->thresholds[i];

        if (thresholds_side(thresholds, before) !=
            thresholds_side(thresholds, power)) {
            scmi_notify_agent(domain->fast.platform, i,
                              &scmi_powercap_protocol,
                              SCMI_POWERCAP_MEASUREMENTS_CHANGED, id,
                              SCMI_AGENT_PLATFORM, words, ARRAY_SIZE(words));
        }
    }
}

/* Configuration. */

static bool check_range(const ScmiPowercapRange *range, const char *member,
                        Error **errp)
{
    if (!range->min || range->min > range->max ||
        (scmi_powercap_settable(range) &&
         (!range->step || range->min % range->step ||
          range->max % range->step))) {
        error_setg(errp, "%s: they must ascend from above 0 in whole steps, "
                   "of which they are multiples", member);
        return false;
    }
    return true;
}

static bool powercap_check(const ScmiPowercapConfig *config, Error **errp)
{
    if (!check_range(config->caps, "caps", errp) ||
        !check_range(config->pais, "pais", errp)) {
        return false;
    }
    if (config->has_cap && !caps_have(config->caps, config->cap)) {
        error_setg(errp, "cap: the caps have no %" PRIu32, config->cap);
        return false;
    }
    if (config->has_pai && !range_has(config->pais, config->pai)) {
        error_setg(errp, "pai: the pais have no %" PRIu32, config->pai);
        return false;
    }
    if (config->rate_limit > SCMI_MAX_RATE_LIMIT) {
        error_setg(errp, "rate-limit: it is above %d", SCMI_MAX_RATE_LIMIT);
        return false;
    }
    return true;
}

static void powercap_configure(ScmiPowercap *domain, ScmiPlatform *platform,
                               const ScmiPowercapConfig *config)
{
    domain->parent = SCMI_POWERCAP_ROOT;
    domain->unit = config->has_unit ? config->unit
                                    : SCMI_POWER_UNIT_MICROWATT;
    domain->caps = *config->caps;
    domain->pais = *config->pais;
    domain->sustainable_power = config->has_sustainable_power
                                ? config->sustainable_power
                                : config->caps->max;
    domain->accuracy = config->accuracy;
    domain->monitoring = !config->has_monitoring || config->monitoring;
    domain->cap = config->has_cap ? config->cap : config->caps->max;
    domain->pai = config->has_pai ? config->pai : config->pais->min;
    domain->power = config->power;
    domain->cap_at_reset = domain->cap;
    domain->pai_at_reset = domain->pai;
    domain->num_agents = scmi_platform_num_agents(platform);
    domain->thresholds = g_new0(ScmiPowercapThresholds, domain->num_agents);
    domain->fast = (ScmiFastDomain) {
        .class = &scmi_powercap_fast,
        .platform = platform,
        .resource = SCMI_RESOURCE(domain),
        .mode = config->fast_channels,
        .since = SCMI_POWERCAP_V1,
        .rate_limit = config->rate_limit,
    };
}

static ScmiPowercap *powercap_at(const ScmiPlatform *platform, uint32_t id)
{
    return SCMI_POWERCAP(scmi_resource(platform, &scmi_powercap_protocol,
                                       id));
}

/* Parents are set one by one, so a circle closes with the last of it. */
static bool is_part_of(const ScmiPlatform *platform, uint32_t id,
                       uint32_t whole)
{
    while (id != SCMI_POWERCAP_ROOT && id != whole) {
        id = powercap_at(platform, id)->parent;
    }
    return id == whole;
}

static bool powercap_set_parent(ScmiPlatform *platform, uint32_t id,
                                const char *name, Error **errp)
{
    const ScmiResource *parent;

    if (!name) {
        return true;
    }
    parent = scmi_find_resource(platform, &scmi_powercap_protocol, name);
    if (!parent || is_part_of(platform, parent->id, id)) {
        error_setg(errp, "parent: '%s' %s", name,
                   parent ? "is part of it" : "is no powercap domain");
        return false;
    }
    powercap_at(platform, id)->parent = parent->id;
    return true;
}

static bool powercap_add(ScmiPlatform *platform,
                         const ScmiPowercapConfig *config, Error **errp)
{
    Object *obj;

    if (!powercap_check(config, errp)) {
        return false;
    }
    obj = object_new(TYPE_SCMI_POWERCAP);
    powercap_configure(SCMI_POWERCAP(obj), platform, config);
    if (!scmi_platform_add(platform, &scmi_powercap_protocol,
                           SCMI_RESOURCE(obj), config->name, errp)) {
        return false;
    }
    scmi_fast_add(&SCMI_POWERCAP(obj)->fast);
    return true;
}

bool scmi_powercap_populate(ScmiPlatform *platform,
                            const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiPowercapConfigList *l = config->powercap_domains;
    unsigned id = 0;

    if (!scmi_check_count("powercap-domains", QAPI_LIST_LENGTH(l),
                          SCMI_MAX_DOMAINS, errp)) {
        return false;
    }
    for (; l; l = l->next, id++) {
        if (!powercap_add(platform, l->value, errp)) {
            error_prepend(errp, "powercap-domains[%u].", id);
            return false;
        }
    }
    /* A parent may be listed after its children. */
    for (l = config->powercap_domains, id = 0; l; l = l->next, id++) {
        if (!powercap_set_parent(platform, id, l->value->parent, errp)) {
            error_prepend(errp, "powercap-domains[%u].", id);
            return false;
        }
    }
    return true;
}

/* State. */

static int powercap_post_load(void *opaque, int version_id)
{
    ScmiPowercap *domain = opaque;

    if (!caps_have(&domain->caps, domain->cap) ||
        !range_has(&domain->pais, domain->pai)) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < domain->num_agents; i++) {
        if (domain->thresholds[i].low > domain->thresholds[i].high) {
            return -EINVAL;
        }
    }
    scmi_fast_update(&domain->fast);
    return 0;
}

static const VMStateDescription vmstate_thresholds = {
    .name = "scmi-powercap-thresholds",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(low, ScmiPowercapThresholds),
        VMSTATE_UINT32(high, ScmiPowercapThresholds),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_powercap = {
    .name = TYPE_SCMI_POWERCAP,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = powercap_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(cap, ScmiPowercap),
        VMSTATE_UINT32(pai, ScmiPowercap),
        VMSTATE_UINT32(power, ScmiPowercap),
        VMSTATE_UINT32_EQUAL(num_agents, ScmiPowercap, "number of agents"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(thresholds, ScmiPowercap,
                                             num_agents, vmstate_thresholds,
                                             ScmiPowercapThresholds),
        VMSTATE_END_OF_LIST()
    },
};

static void powercap_get_word(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    visit_type_uint32(v, name, (void *)obj + (uintptr_t)opaque, errp);
}

static void powercap_set_cap(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ScmiPowercap *domain = SCMI_POWERCAP(obj);
    uint32_t cap;

    if (!visit_type_uint32(v, name, &cap, errp)) {
        return;
    }
    if (!caps_have(&domain->caps, cap)) {
        error_setg(errp, "powercap domain '%s' cannot have a cap of %" PRIu32,
                   SCMI_RESOURCE(obj)->name, cap);
        return;
    }
    scmi_powercap_set_cap(domain, cap, SCMI_AGENT_PLATFORM);
}

static void powercap_set_pai(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ScmiPowercap *domain = SCMI_POWERCAP(obj);
    uint32_t pai;

    if (!visit_type_uint32(v, name, &pai, errp)) {
        return;
    }
    if (!range_has(&domain->pais, pai)) {
        error_setg(errp, "powercap domain '%s' cannot have an interval of %"
                   PRIu32, SCMI_RESOURCE(obj)->name, pai);
        return;
    }
    scmi_powercap_set_pai(domain, pai, SCMI_AGENT_PLATFORM);
}

static void powercap_set_power(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    uint32_t power;

    if (visit_type_uint32(v, name, &power, errp)) {
        powercap_measure(SCMI_POWERCAP(obj), power);
    }
}

/* Of agents that subscribed with any. */
static void powercap_get_thresholds(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    ScmiPowercap *domain = SCMI_POWERCAP(obj);
    g_autoptr(ScmiPowercapThresholdsInfoList) list = NULL;
    ScmiPowercapThresholdsInfoList **tail = &list;

    for (unsigned i = 0; i < domain->num_agents; i++) {
        const ScmiPowercapThresholds *t = &domain->thresholds[i];
        ScmiPowercapThresholdsInfo *info;

        if (!t->low && !t->high) {
            continue;
        }
        info = g_new0(ScmiPowercapThresholdsInfo, 1);
        info->agent = i;
        info->low = t->low;
        info->high = t->high;
        QAPI_LIST_APPEND(tail, info);
    }
    visit_type_ScmiPowercapThresholdsInfoList(v, name, &list, errp);
}

static void powercap_reset_hold(Object *obj, ResetType type)
{
    ScmiPowercap *domain = SCMI_POWERCAP(obj);

    domain->cap = domain->cap_at_reset;
    domain->pai = domain->pai_at_reset;
    memset(domain->thresholds, 0,
           domain->num_agents * sizeof(domain->thresholds[0]));
    scmi_fast_update(&domain->fast);
}

static void scmi_powercap_init(Object *obj)
{
}

static void scmi_powercap_finalize(Object *obj)
{
    g_free(SCMI_POWERCAP(obj)->thresholds);
}

static void scmi_powercap_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_powercap;
    rc->phases.hold = powercap_reset_hold;
    object_class_property_add(oc, "cap", "uint32", powercap_get_word,
                              powercap_set_cap, NULL,
                              (void *)offsetof(ScmiPowercap, cap));
    object_class_property_add(oc, "pai", "uint32", powercap_get_word,
                              powercap_set_pai, NULL,
                              (void *)offsetof(ScmiPowercap, pai));
    object_class_property_add(oc, "power", "uint32", powercap_get_word,
                              powercap_set_power, NULL,
                              (void *)offsetof(ScmiPowercap, power));
    object_class_property_add(oc, "thresholds",
                              "ScmiPowercapThresholdsInfoList",
                              powercap_get_thresholds, NULL, NULL, NULL);
}
