/*
 * SCMI channels: how a transport brings commands to the platform
 *
 * A command is answered at once and in place, unless fault rules or the log
 * watch: then its reply comes by ScmiChannelOps, never, once or several
 * times, when the rules say.
 *
 * All functions are called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_CHANNEL_H
#define HW_SCMI_CHANNEL_H

#include "hw/fault/port.h"
#include "hw/scmi/platform.h"

/**
 * ScmiChannelOps: the transport; NULL for what it cannot do
 *
 * @reply: a reply, or whatever a rule makes the platform send. @cookie is the
 *         one given with the command, but comes from a migration stream at
 *         worst. False if there is nowhere to put it.
 * @hold: the channel stays busy after a reply, or is so no longer
 */
typedef struct ScmiChannelOps {
    bool (*reply)(void *opaque, uint64_t cookie, uint32_t header,
                  const void *payload, size_t length);
    void (*hold)(void *opaque, bool busy);
} ScmiChannelOps;

/**
 * ScmiChannel:
 * @platform, @agent: whose commands it carries; borrowed
 */
typedef struct ScmiChannel {
    FaultPort port;
    ScmiPlatform *platform;
    unsigned agent;
    const ScmiChannelOps *ops;
    void *opaque;
} ScmiChannel;

/**
 * scmi_channel_init: make a channel, until scmi_channel_finalize()
 * @number: which of the agent's channels it is; 0 serves all protocols
 *          without one of their own
 * @ops, @opaque: borrowed
 */
void scmi_channel_init(ScmiChannel *channel, ScmiPlatform *platform,
                       unsigned agent, unsigned number,
                       const ScmiChannelOps *ops, void *opaque);
void scmi_channel_finalize(ScmiChannel *channel);

/* See scmi_channel_run(). */
void scmi_channel_pass(ScmiChannel *channel, uint64_t cookie, uint32_t header,
                       const void *payload, size_t length);

/**
 * scmi_channel_run: run a command
 * @cookie: what the transport knows it by
 * @header, @payload, @length, @reply, @room: see scmi_platform_handle()
 *
 * Returns the length of the reply, or 0 if it comes by ScmiChannelOps.
 */
static inline size_t scmi_channel_run(ScmiChannel *channel, uint64_t cookie,
                                      uint32_t header, const void *payload,
                                      size_t length, void *reply, size_t room)
{
    if (unlikely(fault_watched)) {
        scmi_channel_pass(channel, cookie, header, payload, length);
        return 0;
    }
    return scmi_platform_handle(channel->platform, channel->agent, header,
                                payload, length, reply, room);
}

#endif
