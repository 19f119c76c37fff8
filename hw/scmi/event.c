/*
 * SCMI platform: what it sends without being asked
 *
 * Notifications go to the agents that subscribed to them, delayed responses
 * to the agent whose command they answer. Both need a transport that carries
 * messages from the platform to the agent. An agent that is slow to take them
 * finds them in order; what its queue cannot hold is dropped and counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "platform-state.h"
#include "trace.h"

static bool agent_send(const ScmiAgent *agent, const ScmiEvent *event)
{
    return agent->sink->send(agent->opaque, event->header, event->payload,
                             event->length);
}

void scmi_platform_drained(ScmiPlatform *s, unsigned agent)
{
    ScmiAgent *a = &s->agents[agent];

    /* An event is off the queue before it can lead back to here. */
    while (a->count) {
        ScmiEvent event = a->queue[a->head];

        a->head = (a->head + 1) % SCMI_EVENT_QUEUE;
        a->count--;
        if (!agent_send(a, &event)) {
            a->head = (a->head + SCMI_EVENT_QUEUE - 1) % SCMI_EVENT_QUEUE;
            a->count++;
            return;
        }
    }
}

void scmi_event_send(ScmiPlatform *s, unsigned agent, const ScmiEvent *event)
{
    ScmiAgent *a = &s->agents[agent];

    trace_scmi_event(agent, event->header, event->length);
    if (a->sink && !a->count && agent_send(a, event)) {
        return;
    }
    if (!a->sink || a->count == SCMI_EVENT_QUEUE) {
        a->dropped++;
        trace_scmi_event_dropped(agent, event->header);
        return;
    }
    a->queue[(a->head + a->count) % SCMI_EVENT_QUEUE] = *event;
    a->count++;
}

static void agent_queue(ScmiPlatform *s, unsigned agent,
                        const ScmiEvent *event)
{
    if (fault_watched) {
        scmi_event_pass(s, agent, event);
    } else {
        scmi_event_send(s, agent, event);
    }
}

/* Notifications */

ScmiStatus scmi_subscribe(ScmiCall *call)
{
    const ScmiMessage *message = call->message;
    uint32_t enable = call->payload[message->enable];
    unsigned kinds = MAX(1, message->kinds);
    ScmiStatus status = SCMI_SUCCESS;
    uint8_t *flags = &call->view->domains[call->resource ? call->resource->id
                                                         : 0];

    if (enable >> kinds) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (!scmi_call_has_events(call) ||
        (message->supported && !message->supported(call))) {
        return SCMI_NOT_SUPPORTED;
    }
    if (message->handler) {
        status = message->handler(call);
    }
    if (status == SCMI_SUCCESS) {
        *flags = deposit32(*flags, message->event, kinds, enable);
        call->platform->heard |= enable;
    }
    return status;
}

bool scmi_is_heard(const ScmiPlatform *s)
{
    return s->heard;
}

bool scmi_is_subscribed(const ScmiPlatform *s, const ScmiProtocol *protocol,
                        unsigned event, unsigned domain)
{
    unsigned place = s->place[protocol->id] - 1;

    for (unsigned agent = 1; agent < s->num_agents; agent++) {
        ScmiView *view = scmi_agent_view(s, agent, place);

        if (view->domains[domain] & (1 << event)) {
            return true;
        }
    }
    return false;
}

static void event_init(ScmiEvent *e, const ScmiProtocol *protocol,
                       unsigned event, const uint32_t *words, unsigned n)
{
    e->length = n * sizeof(uint32_t);
    assert(e->length <= sizeof(e->payload));
    e->header = FIELD_DP32(0, SCMI_HEADER, MESSAGE, event);
    e->header = FIELD_DP32(e->header, SCMI_HEADER, TYPE,
                           SCMI_TYPE_NOTIFICATION);
    e->header = FIELD_DP32(e->header, SCMI_HEADER, PROTOCOL, protocol->id);
    for (unsigned i = 0; i < n; i++) {
        stl_le_p(e->payload + 4 * i, words[i]);
    }
}

bool scmi_notify_kind(ScmiPlatform *s, unsigned agent,
                      const ScmiProtocol *protocol, unsigned event,
                      unsigned kind, unsigned domain, const uint32_t *words,
                      unsigned n)
{
    ScmiView *view = scmi_agent_view(s, agent, s->place[protocol->id] - 1);
    ScmiEvent e = {};

    if (!(view->domains[domain] & (1 << kind))) {
        return false;
    }
    event_init(&e, protocol, event, words, n);
    agent_queue(s, agent, &e);
    return true;
}

bool scmi_notify_agent(ScmiPlatform *s, unsigned agent,
                       const ScmiProtocol *protocol, unsigned event,
                       unsigned domain, unsigned cause,
                       const uint32_t *words, unsigned n)
{
    uint32_t payload[SCMI_EVENT_MAX / sizeof(uint32_t)];

    assert(n < ARRAY_SIZE(payload));
    payload[0] = cause;
    memcpy(payload + 1, words, n * sizeof(uint32_t));
    return scmi_notify_kind(s, agent, protocol, event, event, domain, payload,
                            n + 1);
}

void scmi_notify(ScmiPlatform *s, const ScmiProtocol *protocol,
                 unsigned event, unsigned domain, unsigned cause,
                 const uint32_t *words, unsigned n)
{
    for (unsigned agent = 1; s->heard && agent < s->num_agents; agent++) {
        scmi_notify_agent(s, agent, protocol, event, domain, cause, words, n);
    }
}

/* Delayed responses */

/* In microseconds. */
static int64_t async_latency(const ScmiPlatform *s)
{
    return s->config->has_async_latency ? s->config->async_latency
                                        : SCMI_DEFAULT_ASYNC_LATENCY;
}

static void delayed_rearm(ScmiPlatform *s)
{
    if (s->num_delayed) {
        timer_mod(s->delayed_timer, s->delayed[0].deadline);
    } else {
        timer_del(s->delayed_timer);
    }
}

bool scmi_call_can_delay(const ScmiCall *call)
{
    return scmi_call_has_events(call) && async_latency(call->platform);
}

/* Whether the agent has as many commands under way as it may. */
static bool call_is_too_many(const ScmiCall *call)
{
    const ScmiPlatform *s = call->platform;
    const uint32_t what = R_SCMI_HEADER_PROTOCOL_MASK |
                          R_SCMI_HEADER_MESSAGE_MASK;
    unsigned all = 0, same = 0;

    for (unsigned i = 0; i < s->num_delayed; i++) {
        if (s->delayed[i].agent == call->agent) {
            all++;
            same += (s->delayed[i].header & what) == (call->header & what);
        }
    }
    return all == SCMI_MAX_DELAYED ||
           (call->message->pending && same >= call->message->pending);
}

ScmiStatus scmi_call_delay(ScmiCall *call)
{
    ScmiPlatform *s = call->platform;
    int64_t deadline = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                       async_latency(s) * SCALE_US;
    unsigned i = s->num_delayed;

    assert(call->message->complete);
    if (!scmi_call_can_delay(call)) {
        return SCMI_NOT_SUPPORTED;
    }
    if (call_is_too_many(call)) {
        return SCMI_BUSY;
    }
    for (; i && s->delayed[i - 1].deadline > deadline; i--) {
        s->delayed[i] = s->delayed[i - 1];
    }
    s->delayed[i] = (ScmiDelayed) {
        .deadline = deadline,
        .agent = call->agent,
        .header = call->header,
        .version = call->version,
    };
    memcpy(s->delayed[i].payload, call->payload, sizeof(call->payload));
    s->num_delayed++;
    delayed_rearm(s);
    return SCMI_SUCCESS;
}

static void delayed_expired(void *opaque)
{
    ScmiPlatform *s = opaque;
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    while (s->num_delayed && s->delayed[0].deadline <= now) {
        ScmiDelayed delayed = s->delayed[0];
        ScmiEvent event;

        s->num_delayed--;
        memmove(s->delayed, s->delayed + 1,
                s->num_delayed * sizeof(s->delayed[0]));
        scmi_complete(s, &delayed, &event);
        agent_queue(s, delayed.agent, &event);
    }
    delayed_rearm(s);
}

/* Life */

void scmi_events_init(ScmiPlatform *s)
{
    s->delayed_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, delayed_expired, s);
}

void scmi_events_reset(ScmiPlatform *s)
{
    for (unsigned i = 0; i < s->num_agents; i++) {
        s->agents[i].head = 0;
        s->agents[i].count = 0;
        s->agents[i].dropped = 0;
    }
    s->num_delayed = 0;
    s->heard = false;
    delayed_rearm(s);
}

void scmi_agent_forget_delayed(ScmiPlatform *s, unsigned agent)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < s->num_delayed; i++) {
        if (s->delayed[i].agent != agent) {
            s->delayed[kept++] = s->delayed[i];
        }
    }
    s->num_delayed = kept;
    delayed_rearm(s);
}

void scmi_platform_restart(ScmiPlatform *s, unsigned agent)
{
    s->agents[agent].head = 0;
    s->agents[agent].count = 0;
    scmi_agent_reset(s, agent, false);
}

/* The timer follows from what is due; who is subscribed is in the views. */
void scmi_events_loaded(ScmiPlatform *s)
{
    s->heard = true;
    delayed_rearm(s);
}

void scmi_events_finalize(ScmiPlatform *s)
{
    timer_free(s->delayed_timer);
}

static const VMStateDescription vmstate_scmi_event = {
    .name = "scmi-event",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(header, ScmiEvent),
        VMSTATE_UINT32(length, ScmiEvent),
        VMSTATE_UINT8_ARRAY(payload, ScmiEvent, SCMI_EVENT_MAX),
        VMSTATE_END_OF_LIST()
    },
};

static int scmi_agent_post_load(void *opaque, int version_id)
{
    ScmiAgent *agent = opaque;

    if (agent->head >= SCMI_EVENT_QUEUE || agent->count > SCMI_EVENT_QUEUE ||
        (agent->count && !agent->sink)) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < SCMI_EVENT_QUEUE; i++) {
        if (agent->queue[i].length > SCMI_EVENT_MAX) {
            return -EINVAL;
        }
    }
    return 0;
}

const VMStateDescription vmstate_scmi_agent = {
    .name = "scmi-agent",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = scmi_agent_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(queue, ScmiAgent, SCMI_EVENT_QUEUE, 1,
                             vmstate_scmi_event, ScmiEvent),
        VMSTATE_UINT32(head, ScmiAgent),
        VMSTATE_UINT32(count, ScmiAgent),
        VMSTATE_UINT32(dropped, ScmiAgent),
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_scmi_delayed = {
    .name = "scmi-delayed",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_INT64(deadline, ScmiDelayed),
        VMSTATE_UINT32(agent, ScmiDelayed),
        VMSTATE_UINT32(header, ScmiDelayed),
        VMSTATE_UINT32(version, ScmiDelayed),
        VMSTATE_UINT32_ARRAY(payload, ScmiDelayed,
                             SCMI_COMMAND_MAX / sizeof(uint32_t)),
        VMSTATE_END_OF_LIST()
    },
};
