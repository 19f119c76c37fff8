/*
 * SCMI performance domain: the resource behind the performance protocol
 *
 * QEMU interface of a performance domain ("<platform>/perf/<name>"):
 *  + QOM property "level": the level it runs at (uint32). Writing it is what
 *    hardware does by itself, within the limits.
 *  + QOM properties "min-level" and "max-level": its limits (uint32). Writing
 *    one is what a thermal or power controller does; a level beyond it follows.
 *  Each is a level of the domain, also where agents use indices, and a change
 *  is an event to the agents that subscribed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_PERF_H
#define HW_SCMI_PERF_H

#include "fast.h"

#define TYPE_SCMI_PERF_DOMAIN "scmi-perf-domain"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiPerfDomain, SCMI_PERF_DOMAIN)

/**
 * ScmiPerfLevel:
 * @level: its value
 * @power: in the unit of the platform
 * @frequency: in kHz
 * @index: its value on the wire with level indexing
 * @latency: in microseconds
 */
typedef struct ScmiPerfLevel {
    uint32_t level;
    uint32_t power;
    uint32_t frequency;
    uint32_t index;
    uint16_t latency;
} ScmiPerfLevel;

/**
 * ScmiPerfDomain:
 * @levels, @num_levels: by ascending level and ascending index
 * @indexed: agents that know of it use indices
 * @settable, @limits_settable: what agents may change
 * @rate_limit: in microseconds, 0 for none
 * @sustained: place in @levels
 * @sustained_frequency: in kHz
 * @level, @min, @max: its state, places in @levels
 * @level_at_reset: its state after reset; there are no limits then
 */
struct ScmiPerfDomain {
    ScmiResource parent_obj;

    ScmiPerfLevel *levels;
    uint32_t num_levels;
    bool indexed;
    bool settable;
    bool limits_settable;
    uint32_t rate_limit;
    uint32_t sustained;
    uint32_t sustained_frequency;
    uint32_t level_at_reset;
    ScmiFastDomain fast;

    uint32_t level;
    uint32_t min;
    uint32_t max;
};

/* Messages that have fast channels. */
enum ScmiPerfMessage {
    SCMI_PERF_LIMITS_SET = 0x5,
    SCMI_PERF_LIMITS_GET = 0x6,
    SCMI_PERF_LEVEL_SET = 0x7,
    SCMI_PERF_LEVEL_GET = 0x8,
};

enum ScmiPerfEvent {
    SCMI_PERF_LIMITS_CHANGED = 0x0,
    SCMI_PERF_LEVEL_CHANGED = 0x1,
};

#define SCMI_PERF_V2 0x20000
#define SCMI_PERF_V3 0x30000
#define SCMI_PERF_V4 0x40000

/* A level by its place, as it is on the wire. */
static inline uint32_t scmi_perf_value(const ScmiPerfDomain *domain,
                                       uint32_t place, bool indexed)
{
    const ScmiPerfLevel *level = &domain->levels[place];

    return indexed ? level->index : level->level;
}

/**
 * scmi_perf_set_level: set a level for an agent
 * @value: as it is on the wire
 */
ScmiStatus scmi_perf_set_level(ScmiPerfDomain *domain, uint32_t value,
                               bool indexed, unsigned agent);

/*
 * Set the limits for an agent. One that is 0, which is no level, stays. Limits
 * are levels: what lies between two of them is OUT_OF_RANGE, as Linux has it
 * for indexed levels (perf.c, scmi_perf_limits_set()). None of its drivers
 * sets limits.
 */
ScmiStatus scmi_perf_set_limits(ScmiPerfDomain *domain, uint32_t max,
                                uint32_t min, bool indexed, unsigned agent);

/* In perf.c, with the messages that they stand for. */
extern const ScmiFastClass scmi_perf_fast;

bool scmi_perf_populate(ScmiPlatform *platform,
                        const ScmiPlatformConfig *config, Error **errp);

#endif
