/*
 * SCMI platform: events and fast channels that pass fault rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "platform-state.h"

#define HEADER_SIZE sizeof(uint32_t)

void scmi_event_pass(ScmiPlatform *s, unsigned agent, const ScmiEvent *event)
{
    bool delayed = FIELD_EX32(event->header, SCMI_HEADER, TYPE) ==
                   SCMI_TYPE_DELAYED_RESPONSE;
    FaultMessage m;

    scmi_message_init(s, agent, &m,
                      delayed ? FAULT_SITE_SCMI_DELAYED_RESPONSE
                              : FAULT_SITE_SCMI_NOTIFICATION,
                      event->header, event->payload, event->length);
    if (!delayed) {
        /* The number of an event is not that of the message of its name. */
        m.name = "notification";
    }
    fault_pass(&s->agents[agent].port, &m);
}

void scmi_fast_pass(ScmiPlatform *s, unsigned agent, unsigned protocol,
                    unsigned message, unsigned domain, const uint32_t *words,
                    unsigned n)
{
    uint8_t bytes[FAULT_MESSAGE_MAX];
    FaultMessage m;

    for (unsigned i = 0; i < n; i++) {
        stl_le_p(bytes + i * sizeof(*words), words[i]);
    }
    fault_message_init(&m, FAULT_SITE_SCMI_FAST_WRITE, bytes,
                       n * sizeof(*words));
    fault_message_set(&m, FAULT_FIELD_PROTOCOL, protocol);
    fault_message_set(&m, FAULT_FIELD_MESSAGE, message);
    fault_message_set(&m, FAULT_FIELD_DOMAIN, domain);
    m.group = scmi_protocols[s->place[protocol] - 1]->name;
    m.name = "fast channel";
    fault_pass(&s->agents[agent].port, &m);
}

static bool deliver_event(ScmiAgent *agent, const FaultMessage *m)
{
    ScmiEvent event = {};

    if (m->length < HEADER_SIZE ||
        m->length > HEADER_SIZE + sizeof(event.payload) || !agent->sink) {
        return false;
    }
    event.header = ldl_le_p(m->bytes);
    event.length = m->length - HEADER_SIZE;
    memcpy(event.payload, m->bytes + HEADER_SIZE, event.length);
    scmi_event_send(agent->platform, agent->number, &event);
    return true;
}

static bool deliver_fast(ScmiAgent *agent, const FaultMessage *m)
{
    uint32_t words[FAULT_MESSAGE_MAX / sizeof(uint32_t)] = {};

    for (unsigned i = 0; i < m->length / sizeof(words[0]); i++) {
        words[i] = ldl_le_p(m->bytes + i * sizeof(words[0]));
    }
    return scmi_fast_set(agent->platform, agent->number,
                         m->fields.value[FAULT_FIELD_PROTOCOL],
                         m->fields.value[FAULT_FIELD_MESSAGE],
                         m->fields.value[FAULT_FIELD_DOMAIN], words);
}

static bool agent_deliver(void *opaque, FaultMessage *m)
{
    return m->site == FAULT_SITE_SCMI_FAST_WRITE ? deliver_fast(opaque, m)
                                                 : deliver_event(opaque, m);
}

static bool agent_check(void *opaque, FaultSite site,
                        const FaultFields *fields, Error **errp)
{
    const ScmiAgent *agent = opaque;

    if (site == FAULT_SITE_SCMI_FAST_WRITE
        ? !agent->window : !agent->sink) {
        error_setg(errp, "site: agent %u has no '%s'", agent->number,
                   FaultSite_str(site));
        return false;
    }
    return scmi_message_check(agent->platform, fields, errp);
}

static const FaultPortOps agent_ops = {
    .sites = 1u << FAULT_SITE_SCMI_DELAYED_RESPONSE |
             1u << FAULT_SITE_SCMI_NOTIFICATION |
             1u << FAULT_SITE_SCMI_FAST_WRITE,
    .deliver = agent_deliver,
    .check = agent_check,
};

void scmi_agent_port_init(ScmiPlatform *s, unsigned agent)
{
    ScmiAgent *a = &s->agents[agent];

    a->platform = s;
    a->number = agent;
    fault_port_init(&a->port, OBJECT(s), &agent_ops, a);
    fault_fields_set(&a->port.fields, FAULT_FIELD_AGENT, agent);
}
