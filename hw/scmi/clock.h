/*
 * SCMI clock: the resource behind the clock protocol
 *
 * QEMU interface of a clock ("<platform>/clock/<name>"):
 *  + QOM property "rate": in Hz (uint64). Writing it takes a rate that an
 *    agent could set too.
 *  + QOM properties "enabled" and "users": see switch.h
 *  + QOM property "parent": name of the clock that feeds it, or empty
 *    (string, read-only)
 *  + QOM property "oem-TYPE": an extended configuration value (uint32)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_CLOCK_H
#define HW_SCMI_CLOCK_H

#include "hw/scmi/platform.h"
#include "resource.h"
#include "switch.h"

#define TYPE_SCMI_CLOCK "scmi-clock"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiClock, SCMI_CLOCK)

/**
 * ScmiClock:
 * @rates, @num_rates: the rates of a discrete clock, ascending; none if it
 *                     has a range instead
 * @min, @max, @step: that range
 * @parents, @num_parents: ids of the clocks that may feed it
 * @forbidden: by agent, what it may not change: a bit a ScmiClockChange
 * @enable_latency: in microseconds, 0 if unknown
 * @oem, @num_oem: its extended configuration values
 * @rate, @gate, @parent: its state
 * @rate_at_reset: its state after reset
 */
typedef struct ScmiClockOem {
    uint8_t type;
    uint32_t value;
    uint32_t at_reset;
} ScmiClockOem;

struct ScmiClock {
    ScmiResource parent_obj;

    uint64_t *rates;
    unsigned num_rates;
    uint64_t min;
    uint64_t max;
    uint64_t step;
    uint32_t *parents;
    unsigned num_parents;
    ScmiClockOem *oem;
    uint32_t num_oem;
    uint8_t *forbidden;
    uint32_t enable_latency;
    uint64_t rate_at_reset;

    uint64_t rate;
    ScmiSwitch gate;
    uint32_t parent;
};

/* How RATE_SET rounds, as its flags encode it. */
enum ScmiClockRound {
    SCMI_CLOCK_ROUND_DOWN = 0,
    SCMI_CLOCK_ROUND_UP = 1,
    SCMI_CLOCK_ROUND_NEAREST = 2,
    SCMI_CLOCK_ROUND_NEAREST_TOO = 3, /* the up bit is then ignored */
};

/**
 * scmi_clock_round: the rate that the clock takes when @rate is asked for
 *
 * Returns 0 if @rate is beyond its lowest or highest rate.
 */
uint64_t scmi_clock_round(const ScmiClock *clock, uint64_t rate,
                          unsigned round);

/* Events of a clock. */
enum ScmiClockEvent {
    SCMI_CLOCK_RATE_CHANGED = 0x0,
    SCMI_CLOCK_RATE_CHANGE_REQUESTED = 0x1,
};

/* Set a rate that the clock has, and tell who subscribed to it. */
void scmi_clock_set_rate(ScmiClock *clock, uint64_t rate, unsigned cause);

static inline bool scmi_clock_may(const ScmiClock *clock, unsigned agent,
                                  ScmiClockChange change)
{
    return !(clock->forbidden[agent] & BIT(change));
}

/* The extended configuration value of @type, or NULL. */
ScmiClockOem *scmi_clock_oem(ScmiClock *clock, uint32_t type);

bool scmi_clock_has_parent(const ScmiClock *clock, uint32_t id);

bool scmi_clock_populate(ScmiPlatform *platform,
                         const ScmiPlatformConfig *config, Error **errp);

#endif
