/*
 * SCMI powercap domain: the resource behind the powercap protocol
 *
 * QEMU interface of a powercap domain ("<platform>/powercap/<name>"):
 *  + QOM property "cap": the cap, 0 for none (uint32). Writing it is another
 *    controller, such as a baseboard's, setting what an agent could set.
 *  + QOM property "pai": power averaging interval in microseconds (uint32).
 *    Writing it is the same.
 *  + QOM property "power": what the domain takes, averaged (uint32). Writing
 *    it is the world changing; it survives a reset.
 *  + QOM property "thresholds": what agents want to hear of (list of
 *    ScmiPowercapThresholdsInfo, read-only)
 *  A change of the first three is an event to the agents that subscribed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_POWERCAP_H
#define HW_SCMI_POWERCAP_H

#include "fast.h"

#define TYPE_SCMI_POWERCAP "scmi-powercap"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiPowercap, SCMI_POWERCAP)

/* The parent of a domain that has none. */
#define SCMI_POWERCAP_ROOT UINT32_MAX

/* An agent hears when the power gets below @low or above @high, or back. */
typedef struct ScmiPowercapThresholds {
    uint32_t low;
    uint32_t high;
} ScmiPowercapThresholds;

/**
 * ScmiPowercap:
 * @parent: id of the domain that it is part of, or SCMI_POWERCAP_ROOT
 * @caps, @pais: what it can be set to; agents set it if there is a choice
 * @accuracy: in thousandths of a percent
 * @cap, @pai, @power: its state
 * @cap_at_reset, @pai_at_reset: its state after reset
 * @thresholds, @num_agents: of each agent that subscribed to measurements
 */
struct ScmiPowercap {
    ScmiResource parent_obj;

    uint32_t parent;
    ScmiPowerUnit unit;
    ScmiPowercapRange caps;
    ScmiPowercapRange pais;
    uint32_t sustainable_power;
    uint32_t accuracy;
    bool monitoring;
    uint32_t cap_at_reset;
    uint32_t pai_at_reset;
    ScmiFastDomain fast;

    uint32_t cap;
    uint32_t pai;
    uint32_t power;
    uint32_t num_agents;
    ScmiPowercapThresholds *thresholds;
};

/* Messages that have fast channels. */
enum ScmiPowercapMessage {
    SCMI_POWERCAP_CAP_GET = 0x4,
    SCMI_POWERCAP_CAP_SET = 0x5,
    SCMI_POWERCAP_PAI_GET = 0x6,
    SCMI_POWERCAP_PAI_SET = 0x7,
};

enum ScmiPowercapEvent {
    SCMI_POWERCAP_CAP_CHANGED = 0x0,
    SCMI_POWERCAP_MEASUREMENTS_CHANGED = 0x1,
};

#define SCMI_POWERCAP_V1 0x10000
#define SCMI_POWERCAP_V2 0x20000

/* Whether there is a choice that agents have. */
bool scmi_powercap_settable(const ScmiPowercapRange *range);

/* The cap as @version knows it: only from 2 on there may be none. */
uint32_t scmi_powercap_cap(const ScmiPowercap *domain, uint32_t version);

/* Whether an agent that uses @version may set a cap. */
ScmiStatus scmi_powercap_check_cap(const ScmiPowercap *domain, uint32_t cap,
                                   uint32_t version);

/* Set a cap that was checked. */
void scmi_powercap_set_cap(ScmiPowercap *domain, uint32_t cap,
                           unsigned cause);

ScmiStatus scmi_powercap_set_pai(ScmiPowercap *domain, uint32_t pai,
                                 unsigned agent);

/* In powercap.c, with the messages that they stand for. */
extern const ScmiFastClass scmi_powercap_fast;

bool scmi_powercap_populate(ScmiPlatform *platform,
                            const ScmiPlatformConfig *config, Error **errp);

#endif
