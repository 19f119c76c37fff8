/*
 * SCMI agents: who sends commands, and what each sees of the platform
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "platform-state.h"

unsigned scmi_platform_num_agents(const ScmiPlatform *s)
{
    return s->num_agents;
}

const char *scmi_agent_name(const ScmiPlatform *s, unsigned agent)
{
    return agent == SCMI_AGENT_PLATFORM ? "platform"
                                        : s->agents[agent].config->name;
}

bool scmi_agent_is_trusted(const ScmiPlatform *s, unsigned agent)
{
    return s->agents[agent].config->trusted;
}

uint32_t scmi_agent_version(const ScmiPlatform *s, unsigned agent,
                            const ScmiProtocol *protocol)
{
    return scmi_agent_view(s, agent, s->place[protocol->id] - 1)->version;
}

/* The protocol at @index of those that the agent may use. */
const ScmiProtocol *scmi_agent_protocol(const ScmiPlatform *s, unsigned agent,
                                        unsigned index)
{
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        if (s->place[scmi_protocols[i]->id] &&
            !scmi_agent_view(s, agent, i)->denied && !index--) {
            return scmi_protocols[i];
        }
    }
    return NULL;
}

void scmi_agent_reset(ScmiPlatform *s, unsigned agent, bool permissions)
{
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        ScmiView *view = scmi_agent_view(s, agent, i);

        scmi_view_set_version(view, view->newest);
        for (unsigned d = 0; d < view->num_domains; d++) {
            view->domains[d] &= ~SCMI_DOMAIN_EVENTS;
        }
        if (scmi_protocols[i]->release) {
            scmi_protocols[i]->release(s, agent);
        }
    }
    if (permissions) {
        /* They were found to be good when the platform was made. */
        scmi_agent_permit_configured(s, agent, &error_abort);
    }
}

/* Configuration */

static bool check_agent_name(const ScmiPlatform *s, unsigned agent,
                             Error **errp)
{
    const char *name = scmi_agent_name(s, agent);

    if (!scmi_check_text("name", name, errp)) {
        return false;
    }
    for (unsigned i = 1; i < agent; i++) {
        if (!strcmp(scmi_agent_name(s, i), name)) {
            error_setg(errp, "name: another one is named '%s', too", name);
            return false;
        }
    }
    return true;
}

bool scmi_agents_init(ScmiPlatform *s, Error **errp)
{
    ERRP_GUARD();
    const ScmiAgentConfigList *l = s->config->agents;
    size_t n = QAPI_LIST_LENGTH(l);

    if (!n) {
        error_setg(errp, "agents: there are none");
        return false;
    }
    if (!scmi_check_count("agents", n, SCMI_MAX_AGENTS - 1, errp)) {
        return false;
    }
    s->num_agents = n + 1;
    s->agents = g_new0(ScmiAgent, s->num_agents);
    for (unsigned i = 1; l; l = l->next, i++) {
        s->agents[i].config = l->value;
        if (!check_agent_name(s, i, errp)) {
            error_prepend(errp, "agents[%u].", i - 1);
            return false;
        }
    }
    return true;
}

/* The members of a transport that only some types have. */
static bool check_transport_members(const ScmiTransportConfig *transport,
                                    Error **errp)
{
    const ScmiTransportType type = transport->type;
    const bool is_mailbox = type == SCMI_TRANSPORT_TYPE_MAILBOX;
    const bool is_virtio = type == SCMI_TRANSPORT_TYPE_VIRTIO;
    const bool is_smc = !is_mailbox && !is_virtio;
    const struct {
        const char *member;
        bool given;
        bool possible;
    } members[] = {
        { "interrupt", transport->has_interrupt, is_smc },
        { "channels", transport->has_channels,
          is_smc && type != SCMI_TRANSPORT_TYPE_SMC },
        { "mhu", transport->has_mhu, is_mailbox },
        { "bus", transport->has_bus, is_virtio },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(members); i++) {
        if (members[i].given && !members[i].possible) {
            error_setg(errp, "%s: transport '%s' has no such thing",
                       members[i].member, ScmiTransportType_str(type));
            return false;
        }
    }
    return true;
}

static bool check_channels(const ScmiPlatform *s, const uint8List *channels,
                           Error **errp)
{
    const uint8List *l = channels;

    for (unsigned i = 0; l; l = l->next, i++) {
        const uint8List *earlier = channels;

        while (earlier->value != l->value) {
            earlier = earlier->next;
        }
        if (l->value == SCMI_PROTOCOL_BASE || !s->place[l->value] ||
            earlier != l) {
            error_setg(errp, "channels[%u]: protocol 0x%x %s", i, l->value,
                       earlier != l ? "has a channel already"
                       : s->place[l->value] ? "cannot have one of its own"
                       : "is not offered");
            return false;
        }
    }
    return true;
}

bool scmi_agents_check_transports(const ScmiPlatform *s, Error **errp)
{
    ERRP_GUARD();

    for (unsigned i = 1; i < s->num_agents; i++) {
        const ScmiTransportConfig *transport = s->agents[i].config->transport;

        if (transport &&
            (!check_transport_members(transport, errp) ||
             !check_channels(s, transport->channels, errp))) {
            error_prepend(errp, "agents[%u].transport.", i - 1);
            return false;
        }
    }
    return true;
}

void scmi_agents_add_views(ScmiPlatform *s)
{
    s->num_views = s->num_agents * scmi_num_protocols;
    s->views = g_new0(ScmiView, s->num_views);
    for (unsigned i = 0; i < s->num_views; i++) {
        ScmiView *view = &s->views[i];

        view->protocol = scmi_protocols[i % scmi_num_protocols];
        view->num_domains = MAX(1, scmi_num_resources(s, view->protocol));
        view->domains = g_new0(uint8_t, view->num_domains);
        view->newest = scmi_reported_version(s, view->protocol);
        scmi_view_set_version(view, view->newest);
    }
}

void scmi_agents_finalize(ScmiPlatform *s)
{
    for (unsigned i = 0; i < s->num_views; i++) {
        g_free(s->views[i].domains);
    }
    g_free(s->views);
    g_free(s->agents);
}

/* State */

/* A version comes from a stream that may be forged. */
static int scmi_view_post_load(void *opaque, int version_id)
{
    ScmiView *view = opaque;

    if (!scmi_protocol_has_version(view->protocol, view->newest,
                                   view->version)) {
        return -EINVAL;
    }
    scmi_view_set_version(view, view->version);
    return 0;
}

const VMStateDescription vmstate_scmi_view = {
    .name = "scmi-view",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = scmi_view_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version, ScmiView),
        VMSTATE_BOOL(denied, ScmiView),
        VMSTATE_UINT32_EQUAL(num_domains, ScmiView, "number of domains"),
        VMSTATE_VARRAY_UINT32(domains, ScmiView, num_domains, 1,
                              vmstate_info_uint8, uint8_t),
        VMSTATE_END_OF_LIST()
    },
};
