/*
 * SCMI protocols as tables
 *
 * A protocol is a table of messages and, if it has domains, a QOM type for
 * them. The core does once, from the table, what every protocol needs:
 * lengths, unknown messages, versions, domain numbers, PROTOCOL_VERSION,
 * PROTOCOL_MESSAGE_ATTRIBUTES, NAME_GET, refusing notifications, tracing.
 * A handler is left with what its message means.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_PROTOCOL_H
#define HW_SCMI_PROTOCOL_H

#include "hw/scmi/platform.h"
#include "hw/scmi/resource.h"
#include "hw/scmi/wire.h"

typedef struct ScmiCall ScmiCall;
typedef struct ScmiMessage ScmiMessage;

/**
 * ScmiHandler: carry out a message
 *
 * Runs after the checks of its row: the payload has a length that the row
 * allows, and the domain that it names exists. Return values are appended to
 * the reply with scmi_put_*(); they are dropped unless it returns SUCCESS.
 * Validate everything first: a handler that fails has changed nothing.
 */
typedef ScmiStatus ScmiHandler(ScmiCall *call);

/* A row whose payload names no domain. */
#define SCMI_NO_DOMAIN (-1)

/**
 * ScmiMessage: one row
 * @id: message id
 * @name: as in the specification, lower case
 * @since: first protocol version that has the row in this form; of several
 *         rows with one id, the last that is not too new counts
 * @min: shortest payload in bytes
 * @max: longest payload in bytes; 0 means @min
 * @domain: which word of the payload is a domain number, or SCMI_NO_DOMAIN
 * @notify: subscribes to @event, by bit 0 of word @enable. An agent whose
 *          transport cannot carry events is told that there is no such
 *          message, and refused with NOT_SUPPORTED should it send it. A
 *          @handler, if there is one, checks and keeps the other words
 *          before the subscription holds.
 * @kinds: how many bits of word @enable subscribe, from bit 0 to @event on,
 *         where an event is of several kinds; 0 means 1
 * @supported: whether the domain has the event; NULL if they all do
 * @handler: what to do
 * @complete: what to do when a call that @handler put off with
 *            scmi_call_delay() is due; its reply is the delayed response
 * @pending: how many of these calls an agent may have put off at a time; 0
 *           for as many as all of an agent's may be
 * @message_attributes: answers PROTOCOL_MESSAGE_ATTRIBUTES; NULL for 0
 */
struct ScmiMessage {
    uint8_t id;
    const char *name;
    uint32_t since;
    uint8_t min;
    uint8_t max;
    int8_t domain;
    bool notify;
    uint8_t enable;
    uint8_t event;
    uint8_t kinds;
    bool (*supported)(const ScmiCall *call);
    ScmiHandler *handler;
    ScmiHandler *complete;
    uint8_t pending;
    uint32_t (*message_attributes)(const ScmiCall *call);
};

/**
 * ScmiProtocol: one protocol
 * @id: protocol id
 * @name: names the QOM container of its resources and its trace events
 * @version: newest version implemented, major in bits 31:16
 * @type: QOM device type of <platform>/<name>, for a protocol that has state
 *        beside that of its domains; NULL for a plain container
 * @configured: whether a configuration asks for it; NULL if its domains decide.
 *              There is a device of @type only then.
 * @populate: make the resources of a configuration, each with
 *            scmi_platform_add(), and set up the device of @type, which is
 *            realized afterwards; NULL for a protocol without either
 * @find: the domain that a number on the wire means, for a protocol that does
 *        not count them from 0; a number that is too large if it means none
 * @attributes: handler of PROTOCOL_ATTRIBUTES
 * @name_get: id of NAME_GET, or 0 if there is none
 * @name_get_since: first version with NAME_GET and the extended-name bit
 * @messages: rows, those common to all protocols excepted
 */
struct ScmiProtocol {
    uint8_t id;
    const char *name;
    uint32_t version;
    const char *type;
    bool (*configured)(const ScmiPlatformConfig *config);
    bool (*populate)(ScmiPlatform *platform, const ScmiPlatformConfig *config,
                     Error **errp);
    uint32_t (*find)(const ScmiCall *call, uint32_t id);
    ScmiHandler *attributes;
    uint8_t name_get;
    uint32_t name_get_since;
    const ScmiMessage *messages;
    unsigned num_messages;
};

/**
 * scmi_protocol_register: have every platform know of @protocol
 *
 * Before the first platform is made. A vendor's protocol, in a file that the
 * core knows nothing of, uses SCMI_PROTOCOL_REGISTER().
 */
void scmi_protocol_register(const ScmiProtocol *protocol);

#define SCMI_PROTOCOL_REGISTER(protocol)                                \
    static void protocol ## _register(void)                             \
    {                                                                   \
        scmi_protocol_register(&protocol);                              \
    }                                                                   \
    type_init(protocol ## _register)

extern const ScmiProtocol scmi_base_protocol;
extern const ScmiProtocol scmi_power_protocol;
extern const ScmiProtocol scmi_perf_protocol;
extern const ScmiProtocol scmi_clock_protocol;
extern const ScmiProtocol scmi_sensor_protocol;
extern const ScmiProtocol scmi_reset_protocol;
extern const ScmiProtocol scmi_voltage_protocol;
extern const ScmiProtocol scmi_system_protocol;
extern const ScmiProtocol scmi_pinctrl_protocol;
extern const ScmiProtocol scmi_powercap_protocol;

/**
 * ScmiCall: a message on its way through the core
 * @agent: who sent it
 * @header: its header
 * @view: how @agent sees @protocol; the core's own
 * @protocol: the protocol it is for
 * @version: the version of @protocol that @agent uses
 * @message: its row
 * @resource: the domain that it names, or NULL
 * @payload: the words of the command, padded with zeros up to its row's @max
 * @payload_length: how many bytes of it the agent sent
 * @reply, @length, @room: the reply so far, status word included; @reply is
 *                          NULL while no command runs
 * @overflow: a return value did not fit
 */
struct ScmiCall {
    ScmiPlatform *platform;
    unsigned agent;
    uint32_t header;
    struct ScmiView *view;
    const ScmiProtocol *protocol;
    uint32_t version;
    const ScmiMessage *message;
    ScmiResource *resource;
    uint32_t payload[SCMI_COMMAND_MAX / sizeof(uint32_t)];
    size_t payload_length;
    uint8_t *reply;
    size_t length;
    size_t room;
    bool overflow;
};

/* Append a return value to the reply. Text is cut to @size - 1 characters. */
void scmi_put_u8(ScmiCall *call, uint8_t value);
void scmi_put_u16(ScmiCall *call, uint16_t value);
void scmi_put_u32(ScmiCall *call, uint32_t value);
void scmi_put_u64(ScmiCall *call, uint64_t value);
void scmi_put_text(ScmiCall *call, const char *text, size_t size);

/* Pad the reply with zeros to a whole word. */
void scmi_put_padding(ScmiCall *call);

/**
 * scmi_chunk: how many of a list's elements this reply carries
 * @first: index of the first element asked for
 * @total: number of elements there are; at least @first
 * @fixed: bytes of return values before the elements
 * @size: bytes an element takes
 *
 * A reply that has no room for even one of those that there are overflows.
 */
unsigned scmi_chunk(ScmiCall *call, unsigned first, unsigned total,
                    size_t fixed, size_t size);

/* What PROTOCOL_ATTRIBUTES can count. */
#define SCMI_MAX_DOMAINS 0xffff

/**
 * scmi_platform_add: realize @resource as the next domain of @protocol
 *
 * Takes the caller's reference. Fails when the name cannot be used. No more
 * than SCMI_MAX_DOMAINS are added.
 */
bool scmi_platform_add(ScmiPlatform *platform, const ScmiProtocol *protocol,
                       ScmiResource *resource, const char *name,
                       Error **errp);

/* The platform that a resource belongs to. */
ScmiPlatform *scmi_resource_platform(const ScmiResource *resource);

/* The domains of a protocol on this platform. */
unsigned scmi_num_resources(const ScmiPlatform *platform,
                            const ScmiProtocol *protocol);
ScmiResource *scmi_resource(const ScmiPlatform *platform,
                            const ScmiProtocol *protocol, unsigned id);

/* The domain of that name, or NULL; also while domains are being added. */
ScmiResource *scmi_find_resource(const ScmiPlatform *platform,
                                 const ScmiProtocol *protocol,
                                 const char *name);

/* The device of a protocol's @type, and the platform of such a device. */
DeviceState *scmi_protocol_device(const ScmiPlatform *platform,
                                  const ScmiProtocol *protocol);
ScmiPlatform *scmi_device_platform(const DeviceState *device);

/**
 * scmi_call_domain: set the resource of a call whose row names no domain
 * @id: its number on the wire
 *
 * NOT_FOUND or DENIED as if the row did.
 */
ScmiStatus scmi_call_domain(ScmiCall *call, uint32_t id);

/* Whether the call may be told of an extended name of @resource. */
bool scmi_call_extended_name(const ScmiCall *call,
                             const ScmiResource *resource);

/* The configuration, for the Base protocol. */
const ScmiPlatformConfig *scmi_platform_config(const ScmiPlatform *platform);

/*
 * Checks of a configuration. Their errors start with the member that is wrong;
 * whoever walks a list prepends the path to it, such as "clocks[3].".
 */

/* Whether @list, that member's name, has at most @most elements. */
bool scmi_check_count(const char *list, size_t n, size_t most, Error **errp);

/* Whether member "name" fits an extended name of the wire, and a QOM path. */
bool scmi_check_name(const char *name, Error **errp);

/* Whether @text, which may be NULL, fits a short name of the wire. */
bool scmi_check_text(const char *member, const char *text, Error **errp);

/*
 * Whether the configuration is wrong on purpose: what only agents stumble
 * over is let through. What the models rely on is not.
 */
bool scmi_unchecked(const ScmiPlatform *platform);

const char *scmi_agent_name(const ScmiPlatform *platform, unsigned agent);
const ScmiProtocol *scmi_agent_protocol(const ScmiPlatform *platform,
                                        unsigned agent, unsigned index);

/* The version of @protocol, which is offered, that an agent uses. */
uint32_t scmi_agent_version(const ScmiPlatform *platform, unsigned agent,
                            const ScmiProtocol *protocol);

/* The version that PROTOCOL_VERSION reports. */
uint32_t scmi_reported_version(const ScmiPlatform *platform,
                               const ScmiProtocol *protocol);
#define SCMI_OLDEST_VERSION 0x10000

/**
 * scmi_agent_reset: have an agent begin as after reset
 * @permissions: restore its configured permissions, too
 *
 * What it negotiated, subscribed to and holds is forgotten, and so are its
 * commands whose delayed responses are due: they are not carried out.
 */
void scmi_agent_reset(ScmiPlatform *platform, unsigned agent,
                      bool permissions);

/* Whether an agent is permitted a domain, and its protocol. */
bool scmi_agent_may_use(const ScmiPlatform *platform, unsigned agent,
                        const ScmiProtocol *protocol, unsigned domain);

/* Permit an agent @n domains of @protocol, which there are, or deny them. */
void scmi_permit_domains(ScmiPlatform *platform, unsigned agent,
                         const ScmiProtocol *protocol, const uint16_t *ids,
                         unsigned n, bool allow);

/* Permissions. NOT_FOUND if there is no such agent, device or protocol. */
bool scmi_agent_is_trusted(const ScmiPlatform *platform, unsigned agent);
ScmiStatus scmi_permit_device(ScmiPlatform *platform, uint32_t agent,
                              uint32_t device, bool allow);
ScmiStatus scmi_permit_protocol(ScmiPlatform *platform, uint32_t agent,
                                uint32_t device, uint32_t protocol,
                                bool allow);

/*
 * Events. Whether the agent's transport carries them decides what a protocol
 * advertises.
 */
bool scmi_call_has_events(const ScmiCall *call);

/* Whether the agent may ask for delayed responses. */
bool scmi_call_can_delay(const ScmiCall *call);

/**
 * scmi_call_delay: accept a command now and carry it out later
 *
 * Later is the configured "async-latency", on the virtual clock.
 * The handler returns what this returns. Everything that can be refused has
 * to be refused before; BUSY is when the agent has too many under way. The
 * row's @complete runs with the same payload, resource and version, and what
 * it puts is the delayed response.
 */
ScmiStatus scmi_call_delay(ScmiCall *call);

/**
 * scmi_notify: tell the agents that subscribed of an event
 * @event: notification id
 * @domain: the domain it is about, 0 for a protocol without domains
 * @cause: the agent that caused it, SCMI_AGENT_PLATFORM for all else
 * @words: the payload after the agent's id, @n words
 */
void scmi_notify(ScmiPlatform *platform, const ScmiProtocol *protocol,
                 unsigned event, unsigned domain, unsigned cause,
                 const uint32_t *words, unsigned n);

/* The same for one agent, whose words differ from others'. Was it sent? */
bool scmi_notify_agent(ScmiPlatform *platform, unsigned agent,
                       const ScmiProtocol *protocol, unsigned event,
                       unsigned domain, unsigned cause,
                       const uint32_t *words, unsigned n);

/**
 * scmi_notify_kind: tell one agent of an event that is a vendor's
 * @kind: which of the kinds that its row has, as a bit of a domain's events
 * @words: the whole payload
 */
bool scmi_notify_kind(ScmiPlatform *platform, unsigned agent,
                      const ScmiProtocol *protocol, unsigned event,
                      unsigned kind, unsigned domain, const uint32_t *words,
                      unsigned n);

/*
 * Whether anybody may hear of any event at all: spares work that is not seen,
 * cheaply.
 */
bool scmi_is_heard(const ScmiPlatform *platform);

/**
 * scmi_base_report: tell who asked for it of a command that failed
 * @agent: whose command it was
 *
 * For commands that are answered nothing, such as those of fast channels: what
 * an agent is answered it knows. It is the last thing that such a command
 * does.
 */
void scmi_base_report(ScmiPlatform *platform, unsigned agent,
                      const ScmiProtocol *protocol, unsigned message,
                      ScmiStatus status);

/* Whether anybody would hear of this event. */
bool scmi_is_subscribed(const ScmiPlatform *platform,
                        const ScmiProtocol *protocol, unsigned event,
                        unsigned domain);

#endif
