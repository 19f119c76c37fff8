/*
 * RTKit: the states of the co-processor
 *
 * What leads from one to another is in rtkit-mgmt.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "trace.h"

/*
 * @power: the co-processor's power state
 * @endpoints: may endpoints be started?
 */
static const struct {
    const char *name;
    uint16_t power;
    bool endpoints;
} rtkit_states[RTKIT_STATE__MAX] = {
    [RTKIT_STATE_STOPPED] = { "stopped", RTKIT_PWR_STATE_OFF },
    [RTKIT_STATE_INIT] = { "init", RTKIT_PWR_STATE_OFF },
    [RTKIT_STATE_BOOT] = { "boot", RTKIT_PWR_STATE_INIT },
    [RTKIT_STATE_HELLO] = { "hello", RTKIT_PWR_STATE_INIT },
    [RTKIT_STATE_EPMAP] = { "epmap", RTKIT_PWR_STATE_INIT },
    [RTKIT_STATE_STARTING] = { "starting", RTKIT_PWR_STATE_INIT, true },
    [RTKIT_STATE_ON] = { "on", RTKIT_PWR_STATE_ON, true },
    [RTKIT_STATE_IDLE] = { "idle", RTKIT_PWR_STATE_IDLE, true },
    [RTKIT_STATE_QUIESCED] = { "quiesced", RTKIT_PWR_STATE_QUIESCED },
    [RTKIT_STATE_SLEEP] = { "sleep", RTKIT_PWR_STATE_SLEEP },
    [RTKIT_STATE_OFF] = { "off", RTKIT_PWR_STATE_OFF },
    [RTKIT_STATE_CRASHED] = { "crashed", RTKIT_PWR_STATE_OFF },
};

/* Of any number: a load that was refused may have left one. */
const char *rtkit_state_name(RTKitState state)
{
    return state < RTKIT_STATE__MAX ? rtkit_states[state].name : "?";
}

uint16_t rtkit_state_power(RTKitState state)
{
    return state < RTKIT_STATE__MAX ? rtkit_states[state].power
                                    : RTKIT_PWR_STATE_OFF;
}

bool rtkit_state_has_endpoints(RTKitState state)
{
    return rtkit_states[state].endpoints;
}

void rtkit_set_state(RTKit *rtkit, RTKitState state)
{
    if (state == rtkit->state) {
        return;
    }
    trace_rtkit_state(rtkit_state_name(rtkit->state),
                      rtkit_state_name(state));
    rtkit->state = state;
    if (rtkit->ops->state_changed) {
        rtkit->ops->state_changed(rtkit->opaque, state);
    }
}
