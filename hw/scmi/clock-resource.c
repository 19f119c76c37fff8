/*
 * SCMI clock: the resource behind the clock protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "clock.h"
#include "protocol.h"

/* What the wire can count. */
#define MAX_RATES   4095
#define MAX_PARENTS 255

OBJECT_DEFINE_SIMPLE_TYPE(ScmiClock, scmi_clock, SCMI_CLOCK, SCMI_RESOURCE)

/* Of two neighbouring rates that enclose @rate, the one to take. */
static uint64_t round_between(uint64_t low, uint64_t high, uint64_t rate,
                              unsigned round)
{
    switch (round) {
    case SCMI_CLOCK_ROUND_DOWN:
        return rate == high ? high : low;
    case SCMI_CLOCK_ROUND_UP:
        return rate == low ? low : high;
    default:
        return rate - low <= high - rate ? low : high;
    }
}

static uint64_t round_discrete(const ScmiClock *clock, uint64_t rate,
                               unsigned round)
{
    unsigned i = 0;

    while (clock->rates[i] < rate) {
        i++;
    }
    return i ? round_between(clock->rates[i - 1], clock->rates[i], rate,
                             round) : clock->rates[0];
}

uint64_t scmi_clock_round(const ScmiClock *clock, uint64_t rate,
                          unsigned round)
{
    uint64_t low;

    if (rate < clock->min || rate > clock->max) {
        return 0;
    }
    if (clock->num_rates) {
        return round_discrete(clock, rate, round);
    }
    low = rate - (rate - clock->min) % clock->step;
    return round_between(low, MIN(low + clock->step, clock->max), rate,
                         round);
}

/* 0 is no rate, although rounding answers it, too. */
static bool clock_can_run(const ScmiClock *clock, uint64_t rate)
{
    return rate && scmi_clock_round(clock, rate, SCMI_CLOCK_ROUND_DOWN) == rate;
}

void scmi_clock_set_rate(ScmiClock *clock, uint64_t rate, unsigned cause)
{
    ScmiResource *resource = SCMI_RESOURCE(clock);
    bool changed = rate != clock->rate;
    uint32_t words[] = { resource->id, rate, rate >> 32 };

    clock->rate = rate;
    scmi_notify(scmi_resource_platform(resource), &scmi_clock_protocol,
                changed ? SCMI_CLOCK_RATE_CHANGED
                        : SCMI_CLOCK_RATE_CHANGE_REQUESTED,
                resource->id, cause, words, ARRAY_SIZE(words));
}

ScmiClockOem *scmi_clock_oem(ScmiClock *clock, uint32_t type)
{
    for (unsigned i = 0; i < clock->num_oem; i++) {
        if (clock->oem[i].type == type) {
            return &clock->oem[i];
        }
    }
    return NULL;
}

bool scmi_clock_has_parent(const ScmiClock *clock, uint32_t id)
{
    for (unsigned i = 0; i < clock->num_parents; i++) {
        if (clock->parents[i] == id) {
            return true;
        }
    }
    return false;
}

/* Configuration. */

static bool clock_set_rates(ScmiClock *clock, const uint64List *rates,
                            bool unchecked, Error **errp)
{
    unsigned n = QAPI_LIST_LENGTH(rates);

    if (!scmi_check_count("rates", n, MAX_RATES, errp)) {
        return false;
    }
    clock->rates = g_new(uint64_t, n);
    for (; rates; rates = rates->next) {
        if (rates->value <= clock->max && !unchecked) {
            error_setg(errp, "rates[%u]: rates must ascend from above 0",
                       clock->num_rates);
            return false;
        }
        clock->max = MAX(clock->max, rates->value);
        clock->rates[clock->num_rates++] = rates->value;
    }
    clock->min = clock->rates[0];
    return true;
}

static bool clock_set_range(ScmiClock *clock, const ScmiRateRange *range,
                            Error **errp)
{
    if (!range->min || range->min >= range->max || !range->step ||
        (range->max - range->min) % range->step) {
        error_setg(errp, "range: it must ascend from above 0 in whole steps");
        return false;
    }
    clock->min = range->min;
    clock->max = range->max;
    clock->step = range->step;
    return true;
}

static bool clock_set_oem(ScmiClock *clock, const ScmiClockOemConfigList *l,
                          Error **errp)
{
    clock->oem = g_new0(ScmiClockOem, QAPI_LIST_LENGTH(l));
    for (; l; l = l->next) {
        ScmiClockOem *oem = &clock->oem[clock->num_oem];
        g_autofree char *name = g_strdup_printf("oem-%u", l->value->type);

        if (!l->value->type || scmi_clock_oem(clock, l->value->type)) {
            error_setg(errp, "oem[%u].type: %u %s", clock->num_oem,
                       l->value->type, l->value->type ? "is there already"
                                                      : "is no type");
            return false;
        }
        oem->type = l->value->type;
        oem->value = oem->at_reset = l->value->value;
        object_property_add_uint32_ptr(OBJECT(clock), name, &oem->value,
                                       OBJ_PROP_FLAG_READWRITE);
        clock->num_oem++;
    }
    return true;
}

static bool clock_configure(ScmiClock *clock, const ScmiClockConfig *config,
                            bool unchecked, Error **errp)
{
    bool ok;

    if (!config->rates == !config->range) {
        error_setg(errp, "rates: there must be either rates or a range");
        return false;
    }
    ok = config->rates ? clock_set_rates(clock, config->rates, unchecked, errp)
                       : clock_set_range(clock, config->range, errp);
    if (!ok) {
        return false;
    }
    clock->rate = config->has_rate ? config->rate : clock->min;
    if (!clock_can_run(clock, clock->rate) && !unchecked) {
        error_setg(errp, "rate: the clock cannot run at %" PRIu64 " Hz",
                   clock->rate);
        return false;
    }
    clock->rate_at_reset = clock->rate;
    clock->gate.on_at_reset = !config->has_enabled || config->enabled;
    scmi_switch_reset(SCMI_RESOURCE(clock));
    clock->enable_latency = config->enable_latency;
    return clock_set_oem(clock, config->oem, errp);
}

static bool clock_set_parents(ScmiPlatform *platform, ScmiClock *clock,
                              const strList *parents, Error **errp)
{
    unsigned n = QAPI_LIST_LENGTH(parents);

    if (!scmi_check_count("parents", n, MAX_PARENTS, errp)) {
        return false;
    }
    clock->parents = g_new(uint32_t, n);
    for (; parents; parents = parents->next) {
        ScmiResource *parent = scmi_find_resource(platform,
                                                  &scmi_clock_protocol,
                                                  parents->value);

        if (!parent ||
            (SCMI_CLOCK(parent) == clock && !scmi_unchecked(platform))) {
            error_setg(errp, "parents[%u]: no other clock is named '%s'",
                       clock->num_parents, parents->value);
            return false;
        }
        clock->parents[clock->num_parents++] = parent->id;
    }
    if (n) {
        clock->parent = clock->parents[0];
    }
    return true;
}

/*
 * No clock may feed itself, whichever parents agents choose. Take away, again
 * and again, the clocks whose parents are gone; what stays goes in circles.
 */
static bool clock_check_circles(ScmiPlatform *platform, Error **errp)
{
    unsigned n = scmi_num_resources(platform, &scmi_clock_protocol);
    g_autofree bool *gone = g_new0(bool, n);
    unsigned left = n, before;

    do {
        before = left;
        for (unsigned id = 0; id < n; id++) {
            ScmiClock *clock = SCMI_CLOCK(
                scmi_resource(platform, &scmi_clock_protocol, id));
            bool fed = false;

            for (unsigned i = 0; i < clock->num_parents; i++) {
                fed |= !gone[clock->parents[i]];
            }
            if (!gone[id] && !fed) {
                gone[id] = true;
                left--;
            }
        }
    } while (left && left < before);
    for (unsigned id = 0; left && id < n; id++) {
        if (!gone[id]) {
            error_setg(errp, "clocks[%u].parents: by way of them, clock '%s' "
                       "feeds itself", id,
                       scmi_resource(platform, &scmi_clock_protocol,
                                     id)->name);
            return false;
        }
    }
    return true;
}

static bool clock_add(ScmiPlatform *platform, const ScmiClockConfig *config,
                      Error **errp)
{
    unsigned num_agents = scmi_platform_num_agents(platform);
    Object *obj = object_new(TYPE_SCMI_CLOCK);
    ScmiClock *clock = SCMI_CLOCK(obj);

    clock->forbidden = g_new0(uint8_t, num_agents);
    if (config->has_restricted && config->restricted) {
        memset(clock->forbidden, UINT8_MAX, num_agents);
    }
    if (!clock_configure(clock, config, scmi_unchecked(platform), errp)) {
        object_unref(obj);
        return false;
    }
    return scmi_platform_add(platform, &scmi_clock_protocol,
                             SCMI_RESOURCE(obj), config->name, errp);
}

bool scmi_clock_populate(ScmiPlatform *platform,
                         const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiClockConfigList *l = config->clocks;
    unsigned id = 0;

    if (!scmi_check_count("clocks", QAPI_LIST_LENGTH(l), SCMI_MAX_DOMAINS,
                          errp)) {
        return false;
    }
    for (; l; l = l->next, id++) {
        if (!clock_add(platform, l->value, errp)) {
            error_prepend(errp, "clocks[%u].", id);
            return false;
        }
    }
    /* A parent may be listed after its children. */
    for (l = config->clocks, id = 0; l; l = l->next, id++) {
        ScmiResource *clock = scmi_resource(platform, &scmi_clock_protocol,
                                            id);

        if (!clock_set_parents(platform, SCMI_CLOCK(clock),
                               l->value->parents, errp)) {
            error_prepend(errp, "clocks[%u].", id);
            return false;
        }
    }
    return scmi_unchecked(platform) || clock_check_circles(platform, errp);
}

/* State. */

static int clock_post_load(void *opaque, int version_id)
{
    ScmiClock *clock = opaque;

    if (clock->rate != clock->rate_at_reset &&
        !clock_can_run(clock, clock->rate)) {
        return -EINVAL;
    }
    if (clock->num_parents && !scmi_clock_has_parent(clock, clock->parent)) {
        return -EINVAL;
    }
    return scmi_switch_check(SCMI_RESOURCE(clock));
}

static const VMStateDescription vmstate_scmi_clock_oem = {
    .name = "scmi-clock-oem",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(value, ScmiClockOem),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_scmi_clock = {
    .name = TYPE_SCMI_CLOCK,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = clock_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(rate, ScmiClock),
        VMSTATE_STRUCT(gate, ScmiClock, 1, vmstate_scmi_switch, ScmiSwitch),
        VMSTATE_UINT32(parent, ScmiClock),
        VMSTATE_UINT32_EQUAL(num_oem, ScmiClock, "number of OEM values"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(oem, ScmiClock, num_oem,
                                             vmstate_scmi_clock_oem,
                                             ScmiClockOem),
        VMSTATE_END_OF_LIST()
    },
};

static void clock_get_rate(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &SCMI_CLOCK(obj)->rate, errp);
}

static void clock_set_rate(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    ScmiClock *clock = SCMI_CLOCK(obj);
    uint64_t rate;

    if (!visit_type_uint64(v, name, &rate, errp)) {
        return;
    }
    if (!clock_can_run(clock, rate)) {
        error_setg(errp, "clock '%s' cannot run at %" PRIu64 " Hz",
                   SCMI_RESOURCE(obj)->name, rate);
        return;
    }
    scmi_clock_set_rate(clock, rate, SCMI_AGENT_PLATFORM);
}

static char *clock_get_parent(Object *obj, Error **errp)
{
    ScmiClock *clock = SCMI_CLOCK(obj);
    /* <platform>/clock/<name> */
    Object *platform = obj->parent->parent;

    if (!clock->num_parents) {
        return g_strdup("");
    }
    return g_strdup(scmi_resource(SCMI_PLATFORM(platform),
                                  &scmi_clock_protocol,
                                  clock->parent)->name);
}

static bool clock_may_switch(const ScmiResource *resource, unsigned agent)
{
    return scmi_clock_may(SCMI_CLOCK(resource), agent,
                          SCMI_CLOCK_CHANGE_STATE);
}

static void clock_reset_hold(Object *obj, ResetType type)
{
    ScmiClock *clock = SCMI_CLOCK(obj);

    clock->rate = clock->rate_at_reset;
    scmi_switch_reset(SCMI_RESOURCE(clock));
    clock->parent = clock->num_parents ? clock->parents[0] : 0;
    for (unsigned i = 0; i < clock->num_oem; i++) {
        clock->oem[i].value = clock->oem[i].at_reset;
    }
}

static void scmi_clock_init(Object *obj)
{
}

static void scmi_clock_finalize(Object *obj)
{
    ScmiClock *clock = SCMI_CLOCK(obj);

    g_free(clock->rates);
    g_free(clock->parents);
    g_free(clock->forbidden);
    g_free(clock->oem);
}

static void scmi_clock_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_scmi_clock;
    rc->phases.hold = clock_reset_hold;
    object_class_property_add(oc, "rate", "uint64", clock_get_rate,
                              clock_set_rate, NULL, NULL);
    scmi_switch_add(oc, &scmi_clock_protocol, "enabled",
                    offsetof(ScmiClock, gate));
    SCMI_RESOURCE_CLASS(oc)->may_switch = clock_may_switch;
    object_class_property_add_str(oc, "parent", clock_get_parent, NULL);
}
