/*
 * SCMI: resources that agents share, and switch on and off
 *
 * Each agent has a state of its own, which is what it is told. The resource is
 * on as long as one of them wants it, so that no agent can take it from
 * another one. After reset all that may switch it have it as it is configured,
 * as if each had asked for that. Who may use a clock but not switch it (see
 * "restricted-clocks") is told whether it runs. So are those who hear of
 * events, whatever they have asked for themselves.
 *
 * The platform itself keeps on what is on after reset, and what QMP has
 * switched on, also if no agent may switch it: that is on for all of them,
 * until one switches it off.
 *
 * QEMU interface of such a resource:
 *  + QOM property "on", or "enabled" of a clock: whether it is (bool). Writing
 *    it is what the world does behind the agents' back: it is so for all. Who
 *    wanted it on still does when that is what is written.
 *  + QOM property "users": the agents that want it on, by name (list of
 *    strings, read-only)
 *
 * Source: Arm's SCP-firmware keeps such states of clocks; that others may want
 * a power domain is why there is POWER_STATE_CHANGE_REQUESTED.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_SWITCH_H
#define HW_SCMI_SWITCH_H

#include "migration/vmstate.h"
#include "protocol.h"
#include "resource.h"

/**
 * ScmiSwitch:
 * @on_at_reset: as configured
 * @users: by number, the agents that want it on, SCMI_AGENT_PLATFORM included
 */
typedef struct ScmiSwitch {
    bool on_at_reset;
    uint64_t users[SCMI_MAX_AGENTS / 64];
} ScmiSwitch;

/**
 * scmi_switch_add: have a type of resources be switched
 * @protocol: whose resources they are
 * @property: the name of "on"
 * @offset: where its instances have their ScmiSwitch
 */
void scmi_switch_add(ObjectClass *oc, const ScmiProtocol *protocol,
                     const char *property, size_t offset);

/* As configured, before any agent has started. */
void scmi_switch_reset(ScmiResource *resource);

/* An agent asks for it. */
void scmi_switch_set(ScmiResource *resource, unsigned agent, bool on);

/* Whether it is on as far as @agent knows. */
bool scmi_switch_is_on_for(const ScmiResource *resource, unsigned agent);

/* 0, or -EINVAL if what was loaded cannot be. */
int scmi_switch_check(const ScmiResource *resource);

extern const VMStateDescription vmstate_scmi_switch;

#endif
