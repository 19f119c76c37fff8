/*
 * Where messages between a guest and a firmware model pass
 *
 * A model has a port for each thing that messages go to and come from: an
 * SCMI channel, an RTKit, a mailbox. While somebody watches, a rule of
 * qapi/fault.json or the log, each message is passed through its port:
 *
 *     if (fault_watched) {
 *         FaultMessage m;
 *
 *         fault_message_init(&m, FAULT_SITE_RTKIT_SEND, &msg, sizeof(msg));
 *         fault_message_set(&m, FAULT_FIELD_ENDPOINT, endpoint);
 *         fault_pass(&rtkit->port, &m);
 *     } else {
 *         really_send(rtkit, endpoint, msg);
 *     }
 *
 * What is passed is delivered to the port's owner never, once or several
 * times, at once or later, unchanged or not. Ports know nothing of rules.
 *
 * All functions are called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_PORT_H
#define HW_FAULT_PORT_H

#include "qapi/qapi-types-fault.h"
#include "qemu/queue.h"
#include "qom/object.h"

/* Bytes of the longest message: an SCMI header and what comes behind it. */
#define FAULT_MESSAGE_MAX 128

/* What a message is about; FaultMatch has a member for each. */
typedef enum FaultField {
    FAULT_FIELD_AGENT,
    FAULT_FIELD_CHANNEL,
    FAULT_FIELD_PROTOCOL,
    FAULT_FIELD_MESSAGE,
    FAULT_FIELD_DOMAIN,
    FAULT_FIELD_ENDPOINT,
    FAULT_FIELD_TYPE,
    FAULT_FIELD_KEY,      /* its first character in bits 31 to 24 */
    FAULT_FIELD_QUEUE,
    FAULT_FIELD_OPCODE,
    FAULT_FIELD_LINE,
    FAULT_FIELD_FUNCTION,
    FAULT_FIELD__MAX,
} FaultField;

/* @present: BIT() of each field that has a value */
typedef struct FaultFields {
    uint32_t present;
    uint32_t value[FAULT_FIELD__MAX];
} FaultFields;

/**
 * FaultMessage: a message on its way
 * @site: where it is
 * @fields: what is known of it
 * @group, @name: of the protocol or endpoint and of the message, for people;
 *                static texts, or NULL
 * @since: when what it answers came, in ns of QEMU_CLOCK_VIRTUAL; -1 if it
 *         answers nothing
 * @cookie: the owner's own; migrates
 * @length: of @bytes
 * @bytes: it, as qapi/fault.json says for its site
 */
typedef struct FaultMessage {
    FaultSite site;
    FaultFields fields;
    const char *group;
    const char *name;
    int64_t since;
    uint64_t cookie;
    uint32_t length;
    uint8_t bytes[FAULT_MESSAGE_MAX];
} FaultMessage;

/**
 * FaultPortOps: what the owner of a port does; NULL for what it cannot
 *
 * @sites: BIT() of each FaultSite of its messages
 * @deliver: let a message go its way. Nothing in it can be trusted: a rule, or
 *           a migration stream, may have made it up. False if it cannot be
 *           done at the moment.
 * @check: can there be messages with these fields? Called when a rule is made.
 * @hold: what carries messages stays busy after the one that is delivered
 *        next, or is so no longer
 * @crash: the firmware dies, with @log for its crashlog, or one that gives
 *         @reason if @log is NULL. False if it has nothing to lose.
 * @power: the firmware is switched on, or off
 * @watch: fault_watched has changed
 */
typedef struct FaultPortOps {
    uint32_t sites;
    bool (*deliver)(void *opaque, FaultMessage *m);
    bool (*check)(void *opaque, FaultSite site, const FaultFields *fields,
                  Error **errp);
    void (*hold)(void *opaque, bool busy);
    bool (*crash)(void *opaque, const char *reason, const uint8_t *log,
                  size_t length);
    bool (*power)(void *opaque, bool on);
    void (*watch)(void *opaque);
} FaultPortOps;

/**
 * FaultPort:
 * @owner: whose it is, and what rules call it by; borrowed
 * @index: which of its owner's ports
 * @fields: what all of its messages have in common
 * @path: see fault_port_path()
 */
typedef struct FaultPort {
    Object *owner;
    unsigned index;
    const FaultPortOps *ops;
    void *opaque;
    FaultFields fields;
    const char *path;
    QTAILQ_ENTRY(FaultPort) next;
} FaultPort;

/* Somebody wants to see messages. */
extern bool fault_watched;

/**
 * fault_port_init: make a port, until fault_port_finalize()
 * @ops, @opaque: borrowed
 *
 * The order in which an owner makes its ports is the same after a migration.
 */
void fault_port_init(FaultPort *port, Object *owner, const FaultPortOps *ops,
                     void *opaque);
void fault_port_finalize(FaultPort *port);

/*
 * Who is behind it starts anew: what rules keep of its messages is lost. What
 * rules have silenced, or hold, stays so.
 */
void fault_port_reset(FaultPort *port);

static inline void fault_fields_set(FaultFields *fields, FaultField field,
                                    uint32_t value)
{
    fields->present |= 1u << field;
    fields->value[field] = value;
}

/* Bytes beyond FAULT_MESSAGE_MAX are left out. */
void fault_message_init(FaultMessage *m, FaultSite site, const void *bytes,
                        size_t length);

static inline void fault_message_set(FaultMessage *m, FaultField field,
                                     uint32_t value)
{
    fault_fields_set(&m->fields, field, value);
}

/**
 * fault_pass: let @m pass @port
 *
 * @m may be changed. False if it was delivered and could not be.
 */
bool fault_pass(FaultPort *port, FaultMessage *m);

#endif
