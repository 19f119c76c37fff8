/*
 * SCMI platform: the state that the files of the core share
 *
 * platform.c makes the platform from its configuration, agent.c keeps what
 * each agent sees of it, dispatch.c runs commands, event.c sends what no
 * command is waiting for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_PLATFORM_STATE_H
#define HW_SCMI_PLATFORM_STATE_H

#include "protocol.h"
#include "hw/fault/port.h"
#include "hw/scmi/fastchannel.h"
#include "qemu/timer.h"

#define SCMI_NUM_MESSAGES 0x20
#define SCMI_MAX_PROTOCOLS 32

/* How many events wait for an agent that is slow to take them. */
#define SCMI_EVENT_QUEUE 32

/* How many commands of an agent may be under way after their response. */
#define SCMI_MAX_DELAYED 16

/* In microseconds: long enough to be seen, short for Linux, which waits 2 s. */
#define SCMI_DEFAULT_ASYNC_LATENCY 100

/* A domain as one agent sees it. */
enum {
    SCMI_DOMAIN_EVENTS = 0x0f, /* subscribed to, one bit an event */
    SCMI_DOMAIN_DENIED = 0x80,
};

/**
 * ScmiView: a protocol as one agent sees it
 * @version: the version in use
 * @newest: the version that is reported, the newest that can be in use
 * @denied: the agent may not use it
 * @rows: its rows, by message id
 * @domains: SCMI_DOMAIN_ flags, by domain; one byte without domains
 */
typedef struct ScmiView {
    const ScmiProtocol *protocol;
    uint32_t version;
    uint32_t newest;
    bool denied;
    uint32_t num_domains;
    uint8_t *domains;
    const ScmiMessage *rows[SCMI_NUM_MESSAGES];
} ScmiView;

/* An event on its way: what a transport sends, header first. */
typedef struct ScmiEvent {
    uint32_t header;
    uint32_t length;
    uint8_t payload[SCMI_EVENT_MAX];
} ScmiEvent;

/**
 * ScmiAgent:
 * @port: what is sent to it unasked, and what it writes to fast channels,
 *        passes here
 * @platform, @number: which agent of whose it is
 * @config: as configured; NULL for the platform itself
 * @sink, @opaque: the transport that carries events to it, if any
 * @window: where it sees fast channels, if anywhere
 * @queue: the oldest event at @head
 * @dropped: events that the queue could not hold
 * @transport: what carries its messages, NULL if nothing does; borrowed
 */
typedef struct ScmiAgent {
    FaultPort port;
    ScmiPlatform *platform;
    unsigned number;
    const ScmiAgentConfig *config;
    const ScmiEventSink *sink;
    void *opaque;
    const ScmiFastWindow *window;
    ScmiEvent queue[SCMI_EVENT_QUEUE];
    uint32_t head;
    uint32_t count;
    uint32_t dropped;
    Object *transport;
} ScmiAgent;

/**
 * ScmiDelayed: a command whose delayed response is due
 * @deadline: when (virtual clock, ns)
 * @version: of the protocol when it was given, which its response has, too
 */
typedef struct ScmiDelayed {
    int64_t deadline;
    uint32_t agent;
    uint32_t header;
    uint32_t version;
    uint32_t payload[SCMI_COMMAND_MAX / sizeof(uint32_t)];
} ScmiDelayed;

struct ScmiPlatform {
    DeviceState parent_obj;

    ScmiPlatformConfig *config;
    uint64_t digest;              /* of @config */
    uint32_t num_agents;
    ScmiAgent *agents;
    DeviceState **devices;        /* by protocol, NULL where it has none */
    GPtrArray **resources;        /* of ScmiResource, by protocol and id */
    uint8_t place[UINT8_MAX + 1]; /* scmi_protocols[], plus 1, by id */
    uint32_t num_views;
    ScmiView *views;              /* by agent and protocol */
    GPtrArray *fast;              /* of ScmiFastDomain, by place of entry */

    bool heard;                   /* false: nobody is subscribed to anything */

    QEMUTimer *delayed_timer;
    uint32_t num_delayed;
    ScmiDelayed *delayed;         /* SCMI_MAX_DELAYED an agent, by deadline */

    /*
     * The command that is being run: one at a time, under the BQL. On the
     * stack, zeroing it would take longer than many a command.
     */
    ScmiCall call;
};

/* protocol.c */
extern const ScmiProtocol *scmi_protocols[];
extern unsigned scmi_num_protocols;

/* The index of @protocol in scmi_protocols[], in which it has to be. */
unsigned scmi_protocol_place(const ScmiProtocol *protocol);
const ScmiProtocol *scmi_protocol_by_id(uint8_t id);

/* Whether a platform that reports a version can be used in another one. */
bool scmi_protocol_has_version(const ScmiProtocol *protocol,
                               uint32_t reported, uint32_t version);

/* agent.c: from the configuration; views once there are resources */
bool scmi_agents_init(ScmiPlatform *platform, Error **errp);
void scmi_agents_add_views(ScmiPlatform *platform);
void scmi_agents_finalize(ScmiPlatform *platform);

/* agent.c: whether an agent can be sent events now */
bool scmi_agent_has_events(const ScmiPlatform *platform, unsigned agent);

static inline ScmiView *scmi_agent_view(const ScmiPlatform *s, unsigned agent,
                                        unsigned place)
{
    return &s->views[agent * scmi_num_protocols + place];
}

/* config.c: what tells a configuration from others */
uint64_t scmi_config_digest(const ScmiPlatformConfig *config);

/* config-check.c: whether all of a configuration makes sense to agents */
bool scmi_config_check(const ScmiPlatformConfig *config, Error **errp);

/* dispatch.c */
void scmi_view_set_version(ScmiView *view, uint32_t version);

/* The row of a message, or NULL, in a version that need not be in use. */
const ScmiMessage *scmi_protocol_row(const ScmiProtocol *protocol,
                                     unsigned id, uint32_t version);

/**
 * scmi_complete: carry out a command that was put off
 * @delayed: the command, as scmi_call_delay() kept it
 * @event: receives the delayed response
 */
void scmi_complete(ScmiPlatform *platform, const ScmiDelayed *delayed,
                   ScmiEvent *event);

/* event.c */
ScmiStatus scmi_subscribe(ScmiCall *call);
void scmi_events_init(ScmiPlatform *platform);
void scmi_events_reset(ScmiPlatform *platform);
void scmi_events_loaded(ScmiPlatform *platform);
void scmi_events_finalize(ScmiPlatform *platform);
/* Nobody waits for the delayed responses of an agent's commands any more. */
void scmi_agent_forget_delayed(ScmiPlatform *platform, unsigned agent);

/* Put an event on its way, or into the queue. */
void scmi_event_send(ScmiPlatform *platform, unsigned agent,
                     const ScmiEvent *event);

/* fast.c: carry out a command; false if there is no such channel. */
bool scmi_fast_set(ScmiPlatform *platform, unsigned agent, unsigned protocol,
                   unsigned message, unsigned domain, const uint32_t *words);

/* channel.c: a message, and what is known of it by its header */
void scmi_message_init(const ScmiPlatform *platform, unsigned agent,
                       FaultMessage *m, FaultSite site, uint32_t header,
                       const void *payload, size_t length);
/* Whether the platform can have messages with these fields. */
bool scmi_message_check(const ScmiPlatform *platform,
                        const FaultFields *fields, Error **errp);

/* agent-port.c: what passes an agent's port */
void scmi_agent_port_init(ScmiPlatform *platform, unsigned agent);
void scmi_event_pass(ScmiPlatform *platform, unsigned agent,
                     const ScmiEvent *event);
void scmi_fast_pass(ScmiPlatform *platform, unsigned agent, unsigned protocol,
                    unsigned message, unsigned domain, const uint32_t *words,
                    unsigned n);

/* permission.c: the configured permissions, of all agents or of one */
bool scmi_permissions_init(ScmiPlatform *platform, Error **errp);
bool scmi_agent_permit_configured(ScmiPlatform *platform, unsigned agent,
                                  Error **errp);

/* permission.c: whether a device has resources, and an agent may use none */
bool scmi_agent_is_denied(const ScmiPlatform *platform, unsigned agent,
                          const ScmiDeviceConfig *device);

/* fast.c: show an agent what it may see, after a change of that */
void scmi_fast_permitted(const ScmiPlatform *platform, unsigned agent);

/* platform-vmstate.c, event.c */
extern const VMStateDescription vmstate_scmi_platform;
extern const VMStateDescription vmstate_scmi_agent;
extern const VMStateDescription vmstate_scmi_delayed;

#endif
