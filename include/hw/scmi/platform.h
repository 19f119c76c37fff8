/*
 * SCMI platform: the core that every transport ends in
 *
 * The platform takes a message of an agent and returns the reply. It knows
 * neither who carries the message nor how: transports own shared memory,
 * interrupts and timing. It needs no machine, so a unit test can feed it.
 *
 * Source: Arm DEN0056 (System Control and Management Interface), Linux
 * drivers/firmware/arm_scmi/.
 *
 * QEMU interface:
 *  + no MMIO, no interrupts
 *  + QOM children "<protocol>/<name>": the resources, for example
 *    "sensor/soc-thermal"; see hw/scmi/resource.h and the protocol files for
 *    their properties
 *  + QOM properties "vendor" and "sub-vendor": as reported (read-only)
 *  + Resettable: resources return to their configuration, negotiated versions
 *    are forgotten. What the world around the platform decides, such as a
 *    sensor's reading, stays.
 *
 * Everything here is called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_PLATFORM_H
#define HW_SCMI_PLATFORM_H

#include "qom/object.h"
#include "qapi/qapi-types-scmi.h"

#define TYPE_SCMI_PLATFORM "scmi-platform"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiPlatform, SCMI_PLATFORM)

/* The agent that the platform is to itself. */
#define SCMI_AGENT_PLATFORM 0
/* At most, the platform included; the number of an agent is a byte. */
#define SCMI_MAX_AGENTS 128

/*
 * The longest reply, status word included, in bytes. Small enough for the
 * 128-byte slots that other firmware uses and for every Linux version, whose
 * receive buffers hold 104 bytes behind the status.
 */
#define SCMI_REPLY_MAX 100

/* The longest command payload that any message takes, in bytes. */
#define SCMI_COMMAND_MAX 104

/**
 * scmi_platform_new: make and realize a platform
 * @parent: becomes the owner
 * @name: the name of the child
 * @config: what it offers; copied
 *
 * Returns NULL, with @errp naming the resource, when the configuration makes
 * no sense.
 */
ScmiPlatform *scmi_platform_new(Object *parent, const char *name,
                                const ScmiPlatformConfig *config,
                                Error **errp);

/* Protocols that have a channel of their own; NULL, or part of @transport. */
const uint8List *scmi_transport_channels(const ScmiTransportConfig *transport);

/* The configuration that is built in; the caller frees it. */
ScmiPlatformConfig *scmi_default_platform(void);

/**
 * scmi_platform_load: read a configuration from a JSON file
 *
 * Fails with the member that is wrong and why. The caller frees it.
 */
ScmiPlatformConfig *scmi_platform_load(const char *file, Error **errp);

/**
 * scmi_platform_visit: visit_type_ScmiPlatformSource() for an input visitor
 *
 * Its errors name each member by its whole path.
 */
bool scmi_platform_visit(Visitor *v, const char *name,
                         ScmiPlatformSource **source, Error **errp);

/* Number of agents, the platform included. */
unsigned scmi_platform_num_agents(const ScmiPlatform *platform);

/**
 * scmi_platform_handle: run one command
 * @agent: who sends it, 1 to scmi_platform_num_agents() - 1
 * @header: message header, host byte order
 * @payload: what follows the header (little-endian words). Each word is read
 *           once at most, so it may be memory that the agent still writes to.
 * @length: its length in bytes
 * @reply: receives the reply from the status word on (little-endian). It is
 *         never read and may be @payload.
 * @room: size of @reply, at least 4
 *
 * Returns the length of the reply: 4, for a status alone, up to @room. The
 * header of the reply is @header. Nothing of the platform has changed when
 * the status is not SUCCESS. A command that comes by way of an event that
 * another one sends finds the platform BUSY.
 */
size_t scmi_platform_handle(ScmiPlatform *platform, unsigned agent,
                            uint32_t header, const void *payload,
                            size_t length, void *reply, size_t room);

/* The longest notification or delayed response, in bytes behind the header. */
#define SCMI_EVENT_MAX 104

/**
 * ScmiEventSink: a transport that carries messages to an agent
 * @send: send a message of @length bytes behind @header; false if the channel
 *        is not free, and then scmi_platform_drained() is called when it is.
 *        The agent may have chosen where the message goes: sending it can
 *        ring a doorbell, and lead back into the platform. Not so if @send
 *        returns false.
 * @is_open: whether the agent has taken up the channel; NULL if it always has
 */
typedef struct ScmiEventSink {
    bool (*send)(void *opaque, uint32_t header, const void *payload,
                 size_t length);
    bool (*is_open)(void *opaque);
} ScmiEventSink;

/**
 * scmi_platform_attach: carry the platform's events to an agent
 *
 * Before the machine starts; an agent has one sink at most. The platform
 * advertises notifications and delayed responses only to agents that have
 * one. @sink is borrowed.
 */
void scmi_platform_attach(ScmiPlatform *platform, unsigned agent,
                          const ScmiEventSink *sink, void *opaque);

/* Whether the transport of an agent can carry events. */
bool scmi_platform_sends_to(const ScmiPlatform *platform, unsigned agent);

/**
 * scmi_platform_claim: let @transport carry the messages of an agent
 * @agent: whose; 0 for the first one that has no transport yet
 * @transport: implements TYPE_SCMI_TRANSPORT (hw/scmi/transport.h)
 *
 * An agent has one transport at most: whether that carries events decides what
 * the platform advertises to it. What carries no more than commands, in
 * addition to a transport or instead of one, claims nothing and calls
 * scmi_platform_handle(): the SMC mailbox (hw/smccc/mailbox.h) does. Returns
 * the agent, or 0 when there is no such agent or it has a transport.
 * @transport is borrowed.
 */
unsigned scmi_platform_claim(ScmiPlatform *platform, unsigned agent,
                             Object *transport, Error **errp);

/* Undo scmi_platform_claim() and scmi_platform_attach(). */
void scmi_platform_release(ScmiPlatform *platform, unsigned agent);

/* The agent has taken a message: the next one can be sent. */
void scmi_platform_drained(ScmiPlatform *platform, unsigned agent);

/**
 * scmi_platform_restart: the agent's transport has been reset
 *
 * Events and delayed responses that the agent has not taken are gone, as is
 * what it negotiated and subscribed to.
 */
void scmi_platform_restart(ScmiPlatform *platform, unsigned agent);

/* Whether the platform has @protocol, for whichever agents. */
bool scmi_platform_has_protocol(const ScmiPlatform *platform,
                                uint8_t protocol);

/*
 * Whether the device tree of an agent names @protocol: not if the agent is
 * denied it, unless the platform is wrong on purpose.
 */
bool scmi_agent_is_told(const ScmiPlatform *platform, unsigned agent,
                        uint8_t protocol);

/*
 * The domain number of a resource by its name, for the device tree of an
 * agent: -1 if there is none or the agent is not told of its protocol.
 */
int scmi_agent_find(const ScmiPlatform *platform, unsigned agent,
                    uint8_t protocol, const char *name);

#endif
