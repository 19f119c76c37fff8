/*
 * SCMI channels: commands and replies that pass fault rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "hw/scmi/channel.h"
#include "hw/scmi/wire.h"
#include "platform-state.h"

#define HEADER_SIZE sizeof(uint32_t)

static const ScmiMessage *find_row(const ScmiPlatform *s, unsigned agent,
                                   uint32_t header)
{
    unsigned place = s->place[FIELD_EX32(header, SCMI_HEADER, PROTOCOL)];
    unsigned id = FIELD_EX32(header, SCMI_HEADER, MESSAGE);

    return place && id < SCMI_NUM_MESSAGES
           ? scmi_agent_view(s, agent, place - 1)->rows[id] : NULL;
}

void scmi_message_init(const ScmiPlatform *s, unsigned agent, FaultMessage *m,
                       FaultSite site, uint32_t header, const void *payload,
                       size_t length)
{
    uint8_t bytes[FAULT_MESSAGE_MAX];
    unsigned protocol = FIELD_EX32(header, SCMI_HEADER, PROTOCOL);
    const ScmiMessage *row = find_row(s, agent, header);

    length = MIN(length, sizeof(bytes) - HEADER_SIZE);
    stl_le_p(bytes, header);
    memcpy(bytes + HEADER_SIZE, payload, length);
    fault_message_init(m, site, bytes, HEADER_SIZE + length);
    fault_message_set(m, FAULT_FIELD_AGENT, agent);
    fault_message_set(m, FAULT_FIELD_PROTOCOL, protocol);
    fault_message_set(m, FAULT_FIELD_MESSAGE,
                      FIELD_EX32(header, SCMI_HEADER, MESSAGE));
    if (s->place[protocol]) {
        m->group = scmi_protocols[s->place[protocol] - 1]->name;
    }
    m->name = row ? row->name : NULL;
}

/* What a command's row says that it is about. */
static void set_domain(const ScmiPlatform *s, unsigned agent, FaultMessage *m)
{
    const ScmiMessage *row = find_row(s, agent, ldl_le_p(m->bytes));
    size_t at;

    if (row && row->domain != SCMI_NO_DOMAIN) {
        at = HEADER_SIZE + row->domain * sizeof(uint32_t);
        if (at + sizeof(uint32_t) <= m->length) {
            fault_message_set(m, FAULT_FIELD_DOMAIN, ldl_le_p(m->bytes + at));
        }
    }
}

void scmi_channel_pass(ScmiChannel *channel, uint64_t cookie, uint32_t header,
                       const void *payload, size_t length)
{
    FaultMessage m;

    scmi_message_init(channel->platform, channel->agent, &m,
                      FAULT_SITE_SCMI_COMMAND, header, payload, length);
    set_domain(channel->platform, channel->agent, &m);
    m.cookie = cookie;
    m.since = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    fault_pass(&channel->port, &m);
}

static bool deliver_command(ScmiChannel *channel, const FaultMessage *command)
{
    uint8_t payload[SCMI_REPLY_MAX];
    uint32_t header = ldl_le_p(command->bytes);
    FaultMessage m;
    size_t length;

    length = scmi_platform_handle(channel->platform, channel->agent, header,
                                  command->bytes + HEADER_SIZE,
                                  command->length - HEADER_SIZE, payload,
                                  sizeof(payload));
    scmi_message_init(channel->platform, channel->agent, &m,
                      FAULT_SITE_SCMI_REPLY, header, payload, length);
    /* What the command was about, the reply is, too. */
    m.fields = command->fields;
    m.cookie = command->cookie;
    m.since = command->since;
    return fault_pass(&channel->port, &m);
}

static bool channel_deliver(void *opaque, FaultMessage *m)
{
    ScmiChannel *channel = opaque;

    if (m->length < HEADER_SIZE) {
        return false;
    }
    if (m->site == FAULT_SITE_SCMI_COMMAND) {
        return deliver_command(channel, m);
    }
    return channel->ops->reply(channel->opaque, m->cookie, ldl_le_p(m->bytes),
                               m->bytes + HEADER_SIZE,
                               m->length - HEADER_SIZE);
}

/* Rules */

/* Whether a version of the message has a row that names a domain. */
static bool names_domain(const ScmiProtocol *protocol, unsigned message)
{
    for (unsigned i = 0; i < protocol->num_messages; i++) {
        const ScmiMessage *row = &protocol->messages[i];

        if (row->id == message && row->domain != SCMI_NO_DOMAIN) {
            return true;
        }
    }
    return protocol->name_get && protocol->name_get == message;
}

bool scmi_message_check(const ScmiPlatform *s, const FaultFields *fields,
                        Error **errp)
{
    bool has_message = fields->present & (1u << FAULT_FIELD_MESSAGE);
    bool has_domain = fields->present & (1u << FAULT_FIELD_DOMAIN);
    uint32_t protocol = fields->value[FAULT_FIELD_PROTOCOL];
    uint32_t message = fields->value[FAULT_FIELD_MESSAGE];
    unsigned place;

    if (!(fields->present & (1u << FAULT_FIELD_PROTOCOL))) {
        if (has_domain) {
            error_setg(errp, "match.domain: it needs 'protocol'");
        }
        return !has_domain;
    }
    place = s->place[protocol];
    if (!place) {
        error_setg(errp, "match.protocol: the platform does not offer 0x%x",
                   protocol);
        return false;
    }
    if (has_message && message >= SCMI_NUM_MESSAGES) {
        error_setg(errp, "match.message: no protocol has 0x%x", message);
        return false;
    }
    if (has_message && has_domain &&
        !names_domain(scmi_protocols[place - 1], message)) {
        error_setg(errp, "match.domain: message 0x%x of protocol 0x%x has "
                   "none", message, protocol);
        return false;
    }
    if (has_domain &&
        fields->value[FAULT_FIELD_DOMAIN] >=
        scmi_num_resources(s, scmi_protocols[place - 1])) {
        error_setg(errp, "match.domain: protocol 0x%x has no domain %" PRIu32,
                   protocol, fields->value[FAULT_FIELD_DOMAIN]);
        return false;
    }
    return true;
}

static bool channel_check(void *opaque, FaultSite site,
                          const FaultFields *fields, Error **errp)
{
    const ScmiChannel *channel = opaque;

    return scmi_message_check(channel->platform, fields, errp);
}

static void channel_hold(void *opaque, bool busy)
{
    const ScmiChannel *channel = opaque;

    channel->ops->hold(channel->opaque, busy);
}

#define CHANNEL_SITES \
    (1u << FAULT_SITE_SCMI_COMMAND | 1u << FAULT_SITE_SCMI_REPLY)

static const FaultPortOps channel_ops = {
    .sites = CHANNEL_SITES,
    .deliver = channel_deliver,
    .check = channel_check,
};

static const FaultPortOps channel_ops_hold = {
    .sites = CHANNEL_SITES,
    .deliver = channel_deliver,
    .check = channel_check,
    .hold = channel_hold,
};

void scmi_channel_init(ScmiChannel *channel, ScmiPlatform *platform,
                       unsigned agent, unsigned number,
                       const ScmiChannelOps *ops, void *opaque)
{
    channel->platform = platform;
    channel->agent = agent;
    channel->ops = ops;
    channel->opaque = opaque;
    fault_port_init(&channel->port, OBJECT(platform),
                    ops->hold ? &channel_ops_hold : &channel_ops, channel);
    fault_fields_set(&channel->port.fields, FAULT_FIELD_AGENT, agent);
    fault_fields_set(&channel->port.fields, FAULT_FIELD_CHANNEL, number);
}

void scmi_channel_finalize(ScmiChannel *channel)
{
    fault_port_finalize(&channel->port);
}
