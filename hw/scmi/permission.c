/*
 * SCMI platform: which agent may use what
 *
 * A device is a set of resources that agents are permitted together. What an
 * agent is denied, its messages are answered DENIED for; a protocol that it
 * is denied as a whole is not listed to it either.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "platform-state.h"

/* The lists of a device, by the protocol that its names belong to. */
typedef struct DeviceList {
    const ScmiProtocol *protocol;
    const strList *names;
} DeviceList;

#define NUM_DEVICE_LISTS 8

static void device_lists(const ScmiDeviceConfig *device,
                         DeviceList lists[NUM_DEVICE_LISTS])
{
    lists[0] = (DeviceList) { &scmi_clock_protocol, device->clocks };
    lists[1] = (DeviceList) { &scmi_power_protocol, device->power_domains };
    lists[2] = (DeviceList) { &scmi_sensor_protocol, device->sensors };
    lists[3] = (DeviceList) { &scmi_reset_protocol, device->reset_domains };
    lists[4] = (DeviceList) { &scmi_perf_protocol, device->perf_domains };
    lists[5] = (DeviceList) { &scmi_powercap_protocol,
                              device->powercap_domains };
    lists[6] = (DeviceList) { &scmi_voltage_protocol,
                              device->voltage_domains };
    lists[7] = (DeviceList) { &scmi_pinctrl_protocol, device->pins };
}

static ScmiResource *find_resource(const ScmiPlatform *s,
                                   const ScmiProtocol *protocol,
                                   const char *name)
{
    unsigned n = scmi_num_resources(s, protocol);

    for (unsigned i = 0; i < n; i++) {
        ScmiResource *resource = scmi_resource(s, protocol, i);

        if (!strcmp(resource->name, name)) {
            return resource;
        }
    }
    return NULL;
}

/* Deny or allow the resources in @list to @agent. */
static void set_list(ScmiPlatform *s, unsigned agent, const DeviceList *list,
                     bool allow)
{
    for (const strList *l = list->names; l; l = l->next) {
        ScmiResource *resource = find_resource(s, list->protocol, l->value);
        unsigned place = s->place[list->protocol->id] - 1;
        uint8_t *flags;

        flags = &scmi_agent_view(s, agent, place)->domains[resource->id];
        /* What it may not use, it shall not hear of either. */
        *flags = allow ? *flags & ~SCMI_DOMAIN_DENIED : SCMI_DOMAIN_DENIED;
    }
}

static const ScmiDeviceConfig *find_device(const ScmiPlatform *s, uint32_t id)
{
    const ScmiDeviceConfigList *l = s->config->devices;

    for (; l && id; id--) {
        l = l->next;
    }
    return l ? l->value : NULL;
}

ScmiStatus scmi_permit_device(ScmiPlatform *s, uint32_t agent, uint32_t device,
                              bool allow)
{
    const ScmiDeviceConfig *config = find_device(s, device);
    DeviceList lists[NUM_DEVICE_LISTS];

    if (!config || agent >= s->num_agents) {
        return SCMI_NOT_FOUND;
    }
    device_lists(config, lists);
    for (unsigned i = 0; i < NUM_DEVICE_LISTS; i++) {
        set_list(s, agent, &lists[i], allow);
    }
    return SCMI_SUCCESS;
}

ScmiStatus scmi_permit_protocol(ScmiPlatform *s, uint32_t agent,
                                uint32_t device, uint32_t protocol, bool allow)
{
    const ScmiDeviceConfig *config = find_device(s, device);
    DeviceList lists[NUM_DEVICE_LISTS];

    if (!config || agent >= s->num_agents) {
        return SCMI_NOT_FOUND;
    }
    device_lists(config, lists);
    for (unsigned i = 0; i < NUM_DEVICE_LISTS; i++) {
        if (lists[i].protocol->id == protocol && lists[i].names) {
            set_list(s, agent, &lists[i], allow);
            return SCMI_SUCCESS;
        }
    }
    return SCMI_NOT_FOUND;
}

bool scmi_agent_may_use(const ScmiPlatform *s, unsigned agent,
                        const ScmiProtocol *protocol, unsigned domain)
{
    ScmiView *view = scmi_agent_view(s, agent, s->place[protocol->id] - 1);

    return !view->denied && !(view->domains[domain] & SCMI_DOMAIN_DENIED);
}

bool scmi_agent_is_trusted(const ScmiPlatform *s, unsigned agent)
{
    const ScmiAgentConfigList *l = s->config->agents;

    for (unsigned i = 1; i < agent; i++) {
        l = l->next;
    }
    return l->value->has_trusted && l->value->trusted;
}

/* Configuration */

static bool device_name_is_new(const ScmiPlatform *s,
                               const ScmiDeviceConfig *device)
{
    const ScmiDeviceConfigList *d = s->config->devices;

    while (strcmp(d->value->name, device->name)) {
        d = d->next;
    }
    return d->value == device;
}

static bool check_devices(const ScmiPlatform *s, Error **errp)
{
    const ScmiDeviceConfigList *d = s->config->devices;

    for (unsigned id = 0; d; d = d->next, id++) {
        DeviceList lists[NUM_DEVICE_LISTS];

        if (!device_name_is_new(s, d->value)) {
            error_setg(errp, "devices[%u]: another one is named '%s', too",
                       id, d->value->name);
            return false;
        }
        device_lists(d->value, lists);
        for (unsigned i = 0; i < NUM_DEVICE_LISTS; i++) {
            for (const strList *l = lists[i].names; l; l = l->next) {
                if (!find_resource(s, lists[i].protocol, l->value)) {
                    error_setg(errp, "devices[%u] '%s': no %s is named '%s'",
                               id, d->value->name, lists[i].protocol->name,
                               l->value);
                    return false;
                }
            }
        }
    }
    return true;
}

static bool deny_protocols(ScmiPlatform *s, unsigned agent,
                           const uint8List *ids, Error **errp)
{
    for (; ids; ids = ids->next) {
        if (ids->value == SCMI_PROTOCOL_BASE || !s->place[ids->value]) {
            error_setg(errp, "agent '%s': protocol 0x%x is not there to be "
                       "denied", s->agents[agent].name, ids->value);
            return false;
        }
        scmi_agent_view(s, agent, s->place[ids->value] - 1)->denied = true;
    }
    return true;
}

static bool deny_devices(ScmiPlatform *s, unsigned agent,
                         const strList *names, Error **errp)
{
    for (; names; names = names->next) {
        const ScmiDeviceConfigList *d = s->config->devices;
        unsigned id = 0;

        while (d && strcmp(d->value->name, names->value)) {
            d = d->next;
            id++;
        }
        if (!d) {
            error_setg(errp, "agent '%s': no device is named '%s'",
                       s->agents[agent].name, names->value);
            return false;
        }
        scmi_permit_device(s, agent, id, false);
    }
    return true;
}

bool scmi_agent_permit_configured(ScmiPlatform *s, unsigned agent,
                                  Error **errp)
{
    const ScmiAgentConfigList *l = s->config->agents;

    if (agent == SCMI_AGENT_PLATFORM) {
        return true;
    }
    for (unsigned i = 1; i < agent; i++) {
        l = l->next;
    }
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        ScmiView *view = scmi_agent_view(s, agent, i);

        view->denied = false;
        for (unsigned d = 0; d < view->num_domains; d++) {
            view->domains[d] &= ~SCMI_DOMAIN_DENIED;
        }
    }
    return deny_protocols(s, agent, l->value->denied_protocols, errp) &&
           deny_devices(s, agent, l->value->denied_devices, errp);
}

bool scmi_permissions_init(ScmiPlatform *s, Error **errp)
{
    if (!check_devices(s, errp)) {
        return false;
    }
    for (unsigned i = 0; i < s->num_agents; i++) {
        if (!scmi_agent_permit_configured(s, i, errp)) {
            return false;
        }
    }
    return true;
}
