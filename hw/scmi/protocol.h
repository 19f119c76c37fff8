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
typedef struct ScmiProtocol ScmiProtocol;

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
 * @notify: subscribes to an event, by bit 0 of its last word. An agent whose
 *          transport cannot carry events is told that there is no such
 *          message, and refused with NOT_SUPPORTED should it send it.
 * @handler: what to do; unused if @notify
 */
struct ScmiMessage {
    uint8_t id;
    const char *name;
    uint32_t since;
    uint8_t min;
    uint8_t max;
    int8_t domain;
    bool notify;
    ScmiHandler *handler;
};

/**
 * ScmiProtocol: one protocol
 * @id: protocol id
 * @name: names the QOM container of its resources and its trace events
 * @version: newest version implemented, major in bits 31:16
 * @populate: make the resources of a configuration, each with
 *            scmi_platform_add(); NULL for a protocol without domains
 * @attributes: handler of PROTOCOL_ATTRIBUTES
 * @name_get: id of NAME_GET, or 0 if there is none
 * @name_get_since: first version with NAME_GET and the extended-name bit
 * @messages: rows, those common to all protocols excepted
 */
struct ScmiProtocol {
    uint8_t id;
    const char *name;
    uint32_t version;
    bool (*populate)(ScmiPlatform *platform, const ScmiPlatformConfig *config,
                     Error **errp);
    ScmiHandler *attributes;
    uint8_t name_get;
    uint32_t name_get_since;
    const ScmiMessage *messages;
    unsigned num_messages;
};

extern const ScmiProtocol scmi_base_protocol;
extern const ScmiProtocol scmi_power_protocol;
extern const ScmiProtocol scmi_clock_protocol;
extern const ScmiProtocol scmi_sensor_protocol;
extern const ScmiProtocol scmi_reset_protocol;

/**
 * ScmiCall: a message on its way through the core
 * @agent: who sent it
 * @view: how @agent sees @protocol; the core's own
 * @protocol: the protocol it is for
 * @version: the version of @protocol that @agent uses
 * @message: its row
 * @resource: the domain that it names, or NULL
 * @payload: the words of the command, padded with zeros up to its row's @max
 * @reply, @length, @room: the reply so far, status word included
 * @overflow: a return value did not fit
 */
struct ScmiCall {
    ScmiPlatform *platform;
    unsigned agent;
    struct ScmiView *view;
    const ScmiProtocol *protocol;
    uint32_t version;
    const ScmiMessage *message;
    ScmiResource *resource;
    uint32_t payload[SCMI_COMMAND_MAX / sizeof(uint32_t)];
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

/**
 * scmi_platform_add: realize @resource as the next domain of @protocol
 *
 * Takes the caller's reference. Fails when the name cannot be used.
 */
bool scmi_platform_add(ScmiPlatform *platform, const ScmiProtocol *protocol,
                       ScmiResource *resource, const char *name,
                       Error **errp);

/* The domains of a protocol on this platform. */
unsigned scmi_num_resources(const ScmiPlatform *platform,
                            const ScmiProtocol *protocol);
ScmiResource *scmi_resource(const ScmiPlatform *platform,
                            const ScmiProtocol *protocol, unsigned id);

/* Whether the call may be told of an extended name of @resource. */
bool scmi_call_extended_name(const ScmiCall *call,
                             const ScmiResource *resource);

/* The configuration, for the Base protocol. */
const ScmiPlatformConfig *scmi_platform_config(const ScmiPlatform *platform);
const char *scmi_agent_name(const ScmiPlatform *platform, unsigned agent);
const ScmiProtocol *scmi_platform_protocol(const ScmiPlatform *platform,
                                           unsigned index);

/* Forget the versions that an agent negotiated. */
void scmi_agent_reset(ScmiPlatform *platform, unsigned agent);

#endif
