/*
 * SCMI performance domain: the resource behind the performance protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "perf.h"

/* What the wire can count. */
#define MAX_LEVELS 4095

OBJECT_DEFINE_SIMPLE_TYPE(ScmiPerfDomain, scmi_perf_domain, SCMI_PERF_DOMAIN,
                          SCMI_RESOURCE)

/* The place of a level, or -1 if the domain has none of that value. */
static int perf_find(const ScmiPerfDomain *domain, uint32_t value,
                     bool indexed)
{
    for (uint32_t i = 0; i < domain->num_levels; i++) {
        if (scmi_perf_value(domain, i, indexed) == value) {
            return i;
        }
    }
    return -1;
}

/* Changes, and who hears of them. */

static void perf_notify(ScmiPerfDomain *domain, unsigned event,
                        unsigned cause, const uint32_t *places, unsigned n)
{
    ScmiPlatform *platform = domain->fast.platform;
    unsigned id;

    if (!scmi_is_heard(platform)) {
        return;
    }
    id = SCMI_RESOURCE(domain)->id;
    for (unsigned i = 1; i < scmi_platform_num_agents(platform); i++) {
        bool indexed = domain->indexed &&
                       scmi_agent_version(platform, i, &scmi_perf_protocol) >=
                       SCMI_PERF_V4;
        uint32_t words[3] = { id };

        for (unsigned p = 0; p < n; p++) {
            words[1 + p] = scmi_perf_value(domain, places[p], indexed);
        }
        scmi_notify_agent(platform, i, &scmi_perf_protocol, event, id, cause,
                          words, 1 + n);
    }
}

static void perf_change_level(ScmiPerfDomain *domain, uint32_t place,
                              unsigned cause)
{
    if (place == domain->level) {
        return;
    }
    domain->level = place;
    scmi_fast_update(&domain->fast);
    perf_notify(domain, SCMI_PERF_LEVEL_CHANGED, cause, &place, 1);
}

static void perf_change_limits(ScmiPerfDomain *domain, uint32_t max,
                               uint32_t min, unsigned cause)
{
    uint32_t places[] = { max, min };
    uint32_t level = MIN(MAX(domain->level, min), max);
    bool moved = level != domain->level;

    if (max == domain->max && min == domain->min) {
        return;
    }
    domain->max = max;
    domain->min = min;
    domain->level = level;
    scmi_fast_update(&domain->fast);
    /* All is changed by now: an event may lead to the next command. */
    perf_notify(domain, SCMI_PERF_LIMITS_CHANGED, cause, places,
                ARRAY_SIZE(places));
    if (moved) {
        perf_notify(domain, SCMI_PERF_LEVEL_CHANGED, cause, &level, 1);
    }
}

static bool perf_within_limits(const ScmiPerfDomain *domain, int place)
{
    return place >= (int)domain->min && place <= (int)domain->max;
}

ScmiStatus scmi_perf_set_level(ScmiPerfDomain *domain, uint32_t value,
                               bool indexed, unsigned agent)
{
    int place = perf_find(domain, value, indexed);

    if (!domain->settable) {
        return SCMI_DENIED;
    }
    if (!perf_within_limits(domain, place)) {
        return SCMI_OUT_OF_RANGE;
    }
    perf_change_level(domain, place, agent);
    return SCMI_SUCCESS;
}

ScmiStatus scmi_perf_set_limits(ScmiPerfDomain *domain, uint32_t max,
                                uint32_t min, bool indexed, unsigned agent)
{
    bool zero = perf_find(domain, 0, indexed) >= 0;
    int max_place = max || zero ? perf_find(domain, max, indexed)
                                : domain->max;
    int min_place = min || zero ? perf_find(domain, min, indexed)
                                : domain->min;

    if (!domain->limits_settable) {
        return SCMI_DENIED;
    }
    if ((!max && !min && !zero) || (min > max && (max || zero))) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (max_place < 0 || min_place < 0) {
        return SCMI_OUT_OF_RANGE;
    }
    if (min_place > max_place) {
        return SCMI_INVALID_PARAMETERS;
    }
    perf_change_limits(domain, max_place, min_place, agent);
    return SCMI_SUCCESS;
}

/* Configuration. */

static bool perf_set_levels(ScmiPerfDomain *domain,
                            const ScmiPerfDomainConfig *config,
                            bool unchecked, Error **errp)
{
    unsigned n = QAPI_LIST_LENGTH(config->levels);
    ScmiPerfLevel *level;

    if (!n) {
        error_setg(errp, "levels: there are none");
        return false;
    }
    if (!scmi_check_count("levels", n, MAX_LEVELS, errp)) {
        return false;
    }
    level = domain->levels = g_new0(ScmiPerfLevel, n);
    for (ScmiPerfLevelConfigList *l = config->levels; l; l = l->next) {
        const ScmiPerfLevelConfig *c = l->value;

        level->level = c->level;
        level->power = c->power;
        level->latency = c->latency;
        level->frequency = c->has_frequency ? c->frequency : c->level;
        level->index = c->has_index ? c->index : domain->num_levels;
        if (!unchecked &&
            (!c->level || (domain->num_levels &&
                           (level->level <= level[-1].level ||
                            level->index <= level[-1].index)))) {
            error_setg(errp, "levels[%u]: levels and their indices must "
                       "ascend, levels from above 0", domain->num_levels);
            return false;
        }
        domain->num_levels++;
        level++;
    }
    return true;
}

/* Where a level that the configuration names is. */
static bool perf_configured(const ScmiPerfDomain *domain, const char *member,
                            bool has, uint32_t level, uint32_t *place,
                            Error **errp)
{
    int found = has ? perf_find(domain, level, false) : (int)*place;

    if (found < 0) {
        error_setg(errp, "%s: there is no level %" PRIu32, member, level);
        return false;
    }
    *place = found;
    return true;
}

static bool perf_configure(ScmiPerfDomain *domain,
                           const ScmiPerfDomainConfig *config, bool unchecked,
                           Error **errp)
{
    if (!perf_set_levels(domain, config, unchecked, errp)) {
        return false;
    }
    domain->max = domain->sustained = domain->num_levels - 1;
    if (!perf_configured(domain, "level", config->has_level, config->level,
                         &domain->level, errp) ||
        !perf_configured(domain, "sustained-level",
                         config->has_sustained_level, config->sustained_level,
                         &domain->sustained, errp)) {
        return false;
    }
    if (config->rate_limit > SCMI_MAX_RATE_LIMIT) {
        error_setg(errp, "rate-limit: it is above %d", SCMI_MAX_RATE_LIMIT);
        return false;
    }
    domain->level_at_reset = domain->level;
    domain->sustained_frequency = config->has_sustained_frequency
                                  ? config->sustained_frequency
                                  : domain->levels[domain->sustained].frequency;
    domain->rate_limit = config->rate_limit;
    domain->indexed = config->has_level_indexing && config->level_indexing;
    domain->settable = !config->has_set_level || config->set_level;
    domain->limits_settable = !config->has_set_limits || config->set_limits;
    return true;
}

static void perf_set_fast(ScmiPlatform *platform, ScmiPerfDomain *domain,
                          const ScmiPerfDomainConfig *config)
{
    domain->fast = (ScmiFastDomain) {
        .class = &scmi_perf_fast,
        .platform = platform,
        .resource = SCMI_RESOURCE(domain),
        .mode = config->fast_channels,
        .since = domain->indexed ? SCMI_PERF_V4 : SCMI_PERF_V2,
        .rate_limit = domain->rate_limit,
    };
    scmi_fast_add(&domain->fast);
}

static bool perf_add(ScmiPlatform *platform,
                     const ScmiPerfDomainConfig *config, Error **errp)
{
    Object *obj = object_new(TYPE_SCMI_PERF_DOMAIN);

    if (!perf_configure(SCMI_PERF_DOMAIN(obj), config,
                        scmi_unchecked(platform), errp)) {
        object_unref(obj);
        return false;
    }
    if (!scmi_platform_add(platform, &scmi_perf_protocol, SCMI_RESOURCE(obj),
                           config->name, errp)) {
        return false;
    }
    perf_set_fast(platform, SCMI_PERF_DOMAIN(obj), config);
    return true;
}

bool scmi_perf_populate(ScmiPlatform *platform,
                        const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiPerfDomainConfigList *l = config->perf_domains;

    if (!scmi_check_count("perf-domains", QAPI_LIST_LENGTH(l),
                          SCMI_MAX_DOMAINS, errp)) {
        return false;
    }
    for (unsigned id = 0; l; l = l->next, id++) {
        if (!perf_add(platform, l->value, errp)) {
            error_prepend(errp, "perf-domains[%u].", id);
            return false;
        }
    }
    return true;
}

/* State. */

static int perf_domain_post_load(void *opaque, int version_id)
{
    ScmiPerfDomain *domain = opaque;

    if (domain->max >= domain->num_levels || domain->min > domain->max ||
        domain->level < domain->min || domain->level > domain->max) {
        return -EINVAL;
    }
    scmi_fast_update(&domain->fast);
    return 0;
}

static const VMStateDescription vmstate_perf_domain = {
    .name = TYPE_SCMI_PERF_DOMAIN,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = perf_domain_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(level, ScmiPerfDomain),
        VMSTATE_UINT32(min, ScmiPerfDomain),
        VMSTATE_UINT32(max, ScmiPerfDomain),
        VMSTATE_END_OF_LIST()
    },
};

static void perf_get_place(Object *obj, Visitor *v, const char *name,
                           uint32_t place, Error **errp)
{
    visit_type_uint32(v, name, &SCMI_PERF_DOMAIN(obj)->levels[place].level,
                      errp);
}

/* The place of a level that is being set and lies within @first to @last. */
static int perf_set_place(Object *obj, Visitor *v, const char *name,
                          uint32_t first, uint32_t last, Error **errp)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(obj);
    uint32_t level;
    int place;

    if (!visit_type_uint32(v, name, &level, errp)) {
        return -1;
    }
    place = perf_find(domain, level, false);
    if (place < (int)first || place > (int)last) {
        error_setg(errp, "perf domain '%s' has no level %" PRIu32 " from %"
                   PRIu32 " to %" PRIu32, SCMI_RESOURCE(obj)->name, level,
                   domain->levels[first].level, domain->levels[last].level);
        return -1;
    }
    return place;
}

static void perf_get_level(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    perf_get_place(obj, v, name, SCMI_PERF_DOMAIN(obj)->level, errp);
}

static void perf_set_level(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(obj);
    int place = perf_set_place(obj, v, name, domain->min, domain->max, errp);

    if (place >= 0) {
        perf_change_level(domain, place, SCMI_AGENT_PLATFORM);
    }
}

static void perf_get_min(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    perf_get_place(obj, v, name, SCMI_PERF_DOMAIN(obj)->min, errp);
}

static void perf_set_min(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(obj);
    int place = perf_set_place(obj, v, name, 0, domain->max, errp);

    if (place >= 0) {
        perf_change_limits(domain, domain->max, place, SCMI_AGENT_PLATFORM);
    }
}

static void perf_get_max(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    perf_get_place(obj, v, name, SCMI_PERF_DOMAIN(obj)->max, errp);
}

static void perf_set_max(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(obj);
    int place = perf_set_place(obj, v, name, domain->min,
                               domain->num_levels - 1, errp);

    if (place >= 0) {
        perf_change_limits(domain, place, domain->min, SCMI_AGENT_PLATFORM);
    }
}

static void perf_domain_reset_hold(Object *obj, ResetType type)
{
    ScmiPerfDomain *domain = SCMI_PERF_DOMAIN(obj);

    domain->level = domain->level_at_reset;
    domain->min = 0;
    domain->max = domain->num_levels - 1;
    scmi_fast_update(&domain->fast);
}

static void scmi_perf_domain_init(Object *obj)
{
}

static void scmi_perf_domain_finalize(Object *obj)
{
    g_free(SCMI_PERF_DOMAIN(obj)->levels);
}

static void scmi_perf_domain_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_perf_domain;
    rc->phases.hold = perf_domain_reset_hold;
    object_class_property_add(oc, "level", "uint32", perf_get_level,
                              perf_set_level, NULL, NULL);
    object_class_property_add(oc, "min-level", "uint32", perf_get_min,
                              perf_set_min, NULL, NULL);
    object_class_property_add(oc, "max-level", "uint32", perf_get_max,
                              perf_set_max, NULL, NULL);
}
