/*
 * SCMI agents: who sends commands, and what each sees of the platform
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
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

bool scmi_agent_is_told(const ScmiPlatform *s, unsigned agent,
                        uint8_t protocol)
{
    unsigned place = s->place[protocol];

    return place && (!scmi_agent_view(s, agent, place - 1)->denied ||
                     scmi_unchecked(s));
}

static void agent_restart_protocol(ScmiPlatform *s, unsigned agent,
                                   unsigned place)
{
    const GPtrArray *resources = s->resources[place];

    for (unsigned id = 0; id < resources->len; id++) {
        ScmiResource *resource = g_ptr_array_index(resources, id);

        if (scmi_agent_may_use(s, agent, scmi_protocols[place], id)) {
            scmi_resource_restart(resource, agent);
        } else {
            scmi_resource_release(resource, agent);
        }
    }
}

void scmi_agent_reset(ScmiPlatform *s, unsigned agent, bool permissions)
{
    scmi_agent_forget_delayed(s, agent);
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        ScmiView *view = scmi_agent_view(s, agent, i);

        scmi_view_set_version(view, view->newest);
        for (unsigned d = 0; d < view->num_domains; d++) {
            view->domains[d] &= ~SCMI_DOMAIN_EVENTS;
        }
    }
    if (permissions) {
        /* They were found to be good when the platform was made. */
        scmi_agent_permit_configured(s, agent, &error_abort);
    }
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        agent_restart_protocol(s, agent, i);
    }
}

/* Transports */

bool scmi_agent_has_events(const ScmiPlatform *s, unsigned agent)
{
    const ScmiAgent *a = &s->agents[agent];

    return a->sink && (!a->sink->is_open || a->sink->is_open(a->opaque));
}

bool scmi_call_has_events(const ScmiCall *call)
{
    return scmi_agent_has_events(call->platform, call->agent);
}

void scmi_platform_attach(ScmiPlatform *s, unsigned agent,
                          const ScmiEventSink *sink, void *opaque)
{
    assert(agent < s->num_agents && !s->agents[agent].sink);
    s->agents[agent].sink = sink;
    s->agents[agent].opaque = opaque;
}

bool scmi_platform_sends_to(const ScmiPlatform *s, unsigned agent)
{
    return s->agents[agent].sink;
}

static unsigned first_without_transport(const ScmiPlatform *s)
{
    unsigned agent = 1;

    while (agent < s->num_agents && s->agents[agent].transport) {
        agent++;
    }
    return agent;
}

unsigned scmi_platform_claim(ScmiPlatform *s, unsigned agent,
                             Object *transport, Error **errp)
{
    if (!agent) {
        agent = first_without_transport(s);
        if (agent == s->num_agents) {
            error_setg(errp, "every agent of the platform has a transport");
            return 0;
        }
    }
    if (agent >= s->num_agents) {
        error_setg(errp, "the platform has no agent %u", agent);
        return 0;
    }
    if (s->agents[agent].transport) {
        error_setg(errp, "agent %u has a transport already", agent);
        return 0;
    }
    s->agents[agent].transport = transport;
    return agent;
}

/* What is under way has nobody to go to. */
void scmi_platform_release(ScmiPlatform *s, unsigned agent)
{
    scmi_platform_restart(s, agent);
    s->agents[agent].transport = NULL;
    s->agents[agent].sink = NULL;
    s->agents[agent].opaque = NULL;
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
    s->delayed = g_new0(ScmiDelayed, n * SCMI_MAX_DELAYED);
    for (unsigned i = 1; l; l = l->next, i++) {
        s->agents[i].config = l->value;
        scmi_agent_port_init(s, i);
        if (!check_agent_name(s, i, errp)) {
            error_prepend(errp, "agents[%u].", i - 1);
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
    for (unsigned i = 1; s->agents && i < s->num_agents; i++) {
        fault_port_finalize(&s->agents[i].port);
    }
    for (unsigned i = 0; i < s->num_views; i++) {
        g_free(s->views[i].domains);
    }
    g_free(s->views);
    g_free(s->delayed);
    g_free(s->agents);
}
