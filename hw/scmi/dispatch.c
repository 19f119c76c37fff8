/*
 * SCMI platform: running commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "platform-state.h"
#include "trace.h"

/* Messages that every protocol has. */

static ScmiStatus protocol_version(ScmiCall *call)
{
    scmi_put_u32(call, call->view->newest);
    return SCMI_SUCCESS;
}

static ScmiStatus protocol_attributes(ScmiCall *call)
{
    return call->protocol->attributes(call);
}

static const ScmiMessage *call_row(const ScmiCall *call, uint32_t id)
{
    return id < SCMI_NUM_MESSAGES ? call->view->rows[id] : NULL;
}

static ScmiStatus message_attributes(ScmiCall *call)
{
    const ScmiMessage *message = call_row(call, call->payload[0]);

    if (!message || (message->notify && !scmi_call_has_events(call))) {
        return SCMI_NOT_FOUND;
    }
    scmi_put_u32(call, message->message_attributes
                       ? message->message_attributes(call) : 0);
    return SCMI_SUCCESS;
}

/* An agent is not told of what its version does not know. */
static void view_drop_unknown_events(ScmiView *view)
{
    uint8_t known = SCMI_DOMAIN_DENIED;

    for (unsigned id = 0; id < SCMI_NUM_MESSAGES; id++) {
        const ScmiMessage *row = view->rows[id];

        if (row && row->notify) {
            known |= MAKE_64BIT_MASK(row->event, MAX(1, row->kinds));
        }
    }
    for (unsigned d = 0; d < view->num_domains; d++) {
        view->domains[d] &= known;
    }
}

static ScmiStatus negotiate_version(ScmiCall *call)
{
    ScmiView *view = call->view;
    uint32_t wanted = call->payload[0];

    if (!scmi_protocol_has_version(call->protocol, view->newest, wanted)) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_view_set_version(view, wanted);
    view_drop_unknown_events(view);
    return SCMI_SUCCESS;
}

static ScmiStatus name_get(ScmiCall *call)
{
    scmi_put_u32(call, 0);
    scmi_put_text(call, call->resource->name, SCMI_EXTENDED_NAME_SIZE);
    return SCMI_SUCCESS;
}

static const ScmiMessage common_messages[] = {
    { SCMI_PROTOCOL_VERSION, "protocol_version",
      .domain = SCMI_NO_DOMAIN, .handler = protocol_version },
    { SCMI_PROTOCOL_ATTRIBUTES, "protocol_attributes",
      .domain = SCMI_NO_DOMAIN, .handler = protocol_attributes },
    { SCMI_PROTOCOL_MESSAGE_ATTRIBUTES, "protocol_message_attributes",
      .min = 4, .domain = SCMI_NO_DOMAIN, .handler = message_attributes },
};

static const ScmiMessage negotiate_message = {
    .name = "negotiate_protocol_version", .min = 4, .domain = SCMI_NO_DOMAIN,
    .handler = negotiate_version,
};

static const ScmiMessage name_get_message = {
    .name = "name_get", .min = 4, .domain = 0, .handler = name_get,
};

static void view_add_rows(ScmiView *view, const ScmiMessage *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        assert(rows[i].id < SCMI_NUM_MESSAGES);
        if (rows[i].since <= view->version) {
            view->rows[rows[i].id] = &rows[i];
        }
    }
}

void scmi_view_set_version(ScmiView *view, uint32_t version)
{
    const ScmiProtocol *protocol = view->protocol;

    view->version = version;
    memset(view->rows, 0, sizeof(view->rows));
    view_add_rows(view, common_messages, ARRAY_SIZE(common_messages));
    /*
     * The release that the newest versions are of, SCMI 3.2, brought
     * negotiation, too. It is the platform's, not a version's: who has gone
     * to an older one can come back.
     */
    if (view->newest >= protocol->version) {
        view->rows[SCMI_NEGOTIATE_PROTOCOL_VERSION] = &negotiate_message;
    }
    if (protocol->name_get && version >= protocol->name_get_since) {
        view->rows[protocol->name_get] = &name_get_message;
    }
    view_add_rows(view, protocol->messages, protocol->num_messages);
}

bool scmi_call_extended_name(const ScmiCall *call,
                             const ScmiResource *resource)
{
    return call->version >= call->protocol->name_get_since &&
           scmi_resource_has_long_name(resource);
}

ScmiStatus scmi_call_domain(ScmiCall *call, uint32_t id)
{
    const ScmiPlatform *s = call->platform;
    const GPtrArray *resources =
        s->resources[s->place[call->protocol->id] - 1];

    if (call->protocol->find) {
        id = call->protocol->find(call, id);
    }
    if (id >= resources->len) {
        return SCMI_NOT_FOUND;
    }
    if (call->view->domains[id] & SCMI_DOMAIN_DENIED) {
        return SCMI_DENIED;
    }
    call->resource = g_ptr_array_index(resources, id);
    return SCMI_SUCCESS;
}

/* The domain that @payload names, if its row says that it names one. */
static ScmiStatus find_domain(ScmiCall *call)
{
    if (call->message->domain == SCMI_NO_DOMAIN) {
        return SCMI_SUCCESS;
    }
    return scmi_call_domain(call, call->payload[call->message->domain]);
}

static bool copy_payload(ScmiCall *call, const void *payload, size_t length)
{
    const ScmiMessage *message = call->message;
    size_t max = MAX(message->min, message->max);

    if (length < message->min || length > max || length % sizeof(uint32_t)) {
        return false;
    }
    for (unsigned i = 0; i < max / 4; i++) {
        call->payload[i] = i < length / 4 ? ldl_le_p(payload + 4 * i) : 0;
    }
    call->payload_length = length;
    return true;
}

static void log_guest_error(unsigned agent, uint32_t header, const char *what)
{
    trace_scmi_guest_error(agent, header, what);
    qemu_log_mask(LOG_GUEST_ERROR, "scmi: agent %u, header 0x%08" PRIx32
                  ": %s\n", agent, header, what);
}

/* Find out which protocol @header is about. */
static ScmiStatus find_protocol(ScmiCall *call, uint32_t header)
{
    ScmiPlatform *s = call->platform;
    unsigned place = s->place[FIELD_EX32(header, SCMI_HEADER, PROTOCOL)];

    if (FIELD_EX32(header, SCMI_HEADER, TYPE) != SCMI_TYPE_COMMAND) {
        log_guest_error(call->agent, header, "not a command");
        return SCMI_PROTOCOL_ERROR;
    }
    if (!place) {
        log_guest_error(call->agent, header, "no such protocol");
        return SCMI_NOT_SUPPORTED;
    }
    call->view = scmi_agent_view(s, call->agent, place - 1);
    call->protocol = call->view->protocol;
    call->version = call->view->version;
    return call->view->denied ? SCMI_DENIED : SCMI_SUCCESS;
}

static ScmiStatus find_message(ScmiCall *call, uint32_t header)
{
    ScmiStatus status = find_protocol(call, header);

    if (status != SCMI_SUCCESS) {
        return status;
    }
    call->message = call_row(call, FIELD_EX32(header, SCMI_HEADER, MESSAGE));
    if (!call->message) {
        /* No error: this is how an agent may find out what there is. */
        trace_scmi_no_message(call->agent, header);
        return SCMI_NOT_FOUND;
    }
    return SCMI_SUCCESS;
}

static ScmiStatus run(ScmiCall *call, const void *payload, size_t length)
{
    ScmiStatus status = find_message(call, call->header);

    if (status != SCMI_SUCCESS) {
        return status;
    }
    if (!copy_payload(call, payload, length)) {
        log_guest_error(call->agent, call->header, "payload of a wrong length");
        return SCMI_PROTOCOL_ERROR;
    }
    status = find_domain(call);
    if (status != SCMI_SUCCESS) {
        return status;
    }
    return call->message->notify ? scmi_subscribe(call)
                                 : call->message->handler(call);
}

static void call_start(ScmiCall *call, unsigned agent, uint32_t header,
                       void *reply, size_t room)
{
    call->agent = agent;
    call->header = header;
    call->view = NULL;
    call->message = NULL;
    call->resource = NULL;
    call->reply = reply;
    call->length = sizeof(uint32_t);
    call->room = QEMU_ALIGN_DOWN(MIN(room, SCMI_REPLY_MAX), sizeof(uint32_t));
    call->overflow = false;
}

static size_t call_finish(ScmiCall *call, ScmiStatus status)
{
    if (status == SCMI_SUCCESS && call->overflow) {
        status = SCMI_COMMS_ERROR;
    }
    if (status != SCMI_SUCCESS) {
        call->length = sizeof(uint32_t);
    }
    stl_le_p(call->reply, status);
    call->reply = NULL;
    trace_scmi_command(call->agent, call->view ? call->protocol->name : "?",
                       call->message ? call->message->name : "?",
                       FIELD_EX32(call->header, SCMI_HEADER, TOKEN), status,
                       call->length);
    return call->length;
}

size_t scmi_platform_handle(ScmiPlatform *s, unsigned agent, uint32_t header,
                            const void *payload, size_t length, void *reply,
                            size_t room)
{
    ScmiCall *call = &s->call;

    assert(agent != SCMI_AGENT_PLATFORM && agent < s->num_agents);
    assert(room >= sizeof(uint32_t));
    if (call->reply) {
        log_guest_error(agent, header, "sent while another command runs");
        stl_le_p(reply, SCMI_BUSY);
        return sizeof(uint32_t);
    }
    call_start(call, agent, header, reply, room);
    return call_finish(call, run(call, payload, length));
}

const ScmiMessage *scmi_protocol_row(const ScmiProtocol *protocol,
                                     unsigned id, uint32_t version)
{
    const ScmiMessage *found = NULL;

    for (unsigned i = 0; i < protocol->num_messages; i++) {
        const ScmiMessage *row = &protocol->messages[i];

        if (row->id == id && row->since <= version) {
            found = row;
        }
    }
    return found;
}

/* It is carried out, and answered, in the version in which it was accepted. */
static ScmiStatus complete(ScmiCall *call, const ScmiDelayed *delayed)
{
    ScmiStatus status = find_protocol(call, delayed->header);

    if (status != SCMI_SUCCESS) {
        return status;
    }
    call->version = delayed->version;
    call->message = scmi_protocol_row(call->protocol,
                                      FIELD_EX32(delayed->header, SCMI_HEADER,
                                                 MESSAGE), delayed->version);
    /* Nothing but a forged snapshot has another row here. */
    if (!call->message || !call->message->complete) {
        return SCMI_GENERIC_ERROR;
    }
    memcpy(call->payload, delayed->payload, sizeof(call->payload));
    status = find_domain(call);
    return status ?: call->message->complete(call);
}

void scmi_complete(ScmiPlatform *s, const ScmiDelayed *delayed,
                   ScmiEvent *event)
{
    ScmiCall *call = &s->call;

    call_start(call, delayed->agent, delayed->header, event->payload,
               sizeof(event->payload));
    event->length = call_finish(call, complete(call, delayed));
    event->header = FIELD_DP32(delayed->header, SCMI_HEADER, TYPE,
                               SCMI_TYPE_DELAYED_RESPONSE);
}
