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
    const char *member;
    const ScmiProtocol *protocol;
    const strList *names;
} DeviceList;

#define NUM_DEVICE_LISTS 8

static void device_lists(const ScmiDeviceConfig *device,
                         DeviceList lists[NUM_DEVICE_LISTS])
{
    const DeviceList all[NUM_DEVICE_LISTS] = {
        { "clocks", &scmi_clock_protocol, device->clocks },
        { "power-domains", &scmi_power_protocol, device->power_domains },
        { "sensors", &scmi_sensor_protocol, device->sensors },
        { "reset-domains", &scmi_reset_protocol, device->reset_domains },
        { "perf-domains", &scmi_perf_protocol, device->perf_domains },
        { "powercap-domains", &scmi_powercap_protocol,
          device->powercap_domains },
        { "voltage-domains", &scmi_voltage_protocol,
          device->voltage_domains },
        { "pins", &scmi_pinctrl_protocol, device->pins },
    };

    memcpy(lists, all, sizeof(all));
}

/*
 * What an agent may not use, it neither holds nor hears of. What it may use
 * again it has as after reset.
 */
static void permit(ScmiPlatform *s, unsigned agent,
                   const ScmiProtocol *protocol, ScmiResource *resource,
                   bool allow)
{
    ScmiView *view = scmi_agent_view(s, agent, s->place[protocol->id] - 1);
    uint8_t *flags = &view->domains[resource->id];

    if (!allow) {
        *flags = SCMI_DOMAIN_DENIED;
        scmi_resource_release(resource, agent);
    } else if (*flags & SCMI_DOMAIN_DENIED) {
        *flags &= ~SCMI_DOMAIN_DENIED;
        if (scmi_agent_may_use(s, agent, protocol, resource->id)) {
            scmi_resource_restart(resource, agent);
        }
    }
}

/* Deny or allow the resources in @list to @agent. */
static void permit_list(ScmiPlatform *s, unsigned agent,
                        const DeviceList *list, bool allow)
{
    for (const strList *l = list->names; l; l = l->next) {
        permit(s, agent, list->protocol,
               scmi_find_resource(s, list->protocol, l->value), allow);
    }
}

static void permit_device(ScmiPlatform *s, unsigned agent,
                          const ScmiDeviceConfig *device, bool allow)
{
    DeviceList lists[NUM_DEVICE_LISTS];

    device_lists(device, lists);
    for (unsigned i = 0; i < NUM_DEVICE_LISTS; i++) {
        permit_list(s, agent, &lists[i], allow);
    }
}

void scmi_permit_domains(ScmiPlatform *s, unsigned agent,
                         const ScmiProtocol *protocol, const uint16_t *ids,
                         unsigned n, bool allow)
{
    for (unsigned i = 0; i < n; i++) {
        permit(s, agent, protocol, scmi_resource(s, protocol, ids[i]), allow);
    }
    scmi_fast_permitted(s, agent);
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

    if (!config || agent >= s->num_agents) {
        return SCMI_NOT_FOUND;
    }
    permit_device(s, agent, config, allow);
    scmi_fast_permitted(s, agent);
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
            permit_list(s, agent, &lists[i], allow);
            scmi_fast_permitted(s, agent);
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

bool scmi_agent_is_denied(const ScmiPlatform *s, unsigned agent,
                          const ScmiDeviceConfig *device)
{
    DeviceList lists[NUM_DEVICE_LISTS];
    bool any = false;

    device_lists(device, lists);
    for (unsigned i = 0; i < NUM_DEVICE_LISTS; i++) {
        for (const strList *l = lists[i].names; l; l = l->next) {
            if (scmi_agent_may_use(s, agent, lists[i].protocol,
                                   scmi_find_resource(s, lists[i].protocol,
                                                      l->value)->id)) {
                return false;
            }
            any = true;
        }
    }
    return any;
}

/* Configuration */

static bool check_list(const ScmiPlatform *s, const DeviceList *list,
                       Error **errp)
{
    const strList *l = list->names;

    for (unsigned i = 0; l; l = l->next, i++) {
        if (!scmi_find_resource(s, list->protocol, l->value)) {
            error_setg(errp, "%s[%u]: none of the platform's %s is named "
                       "'%s'", list->member, i, list->member, l->value);
            return false;
        }
    }
    return true;
}

static bool check_device(const ScmiPlatform *s, const ScmiDeviceConfig *device,
                         Error **errp)
{
    const ScmiDeviceConfigList *d = s->config->devices;
    DeviceList lists[NUM_DEVICE_LISTS];

    while (strcmp(d->value->name, device->name)) {
        d = d->next;
    }
    if (d->value != device) {
        error_setg(errp, "name: another one is named '%s', too",
                   device->name);
        return false;
    }
    device_lists(device, lists);
    for (unsigned i = 0; i < NUM_DEVICE_LISTS; i++) {
        if (!check_list(s, &lists[i], errp)) {
            return false;
        }
    }
    return true;
}

static bool check_devices(const ScmiPlatform *s, Error **errp)
{
    ERRP_GUARD();
    const ScmiDeviceConfigList *d = s->config->devices;

    for (unsigned id = 0; d; d = d->next, id++) {
        if (!check_device(s, d->value, errp)) {
            error_prepend(errp, "devices[%u].", id);
            return false;
        }
    }
    return true;
}

static bool deny_protocols(ScmiPlatform *s, unsigned agent,
                           const uint8List *ids, Error **errp)
{
    for (unsigned i = 0; ids; ids = ids->next, i++) {
        if (ids->value == SCMI_PROTOCOL_BASE || !s->place[ids->value]) {
            error_setg(errp, "denied-protocols[%u]: protocol 0x%x %s", i,
                       ids->value,
                       s->place[ids->value] ? "is every agent's"
                                            : "is not offered");
            return false;
        }
        scmi_agent_view(s, agent, s->place[ids->value] - 1)->denied = true;
    }
    return true;
}

static bool deny_devices(ScmiPlatform *s, unsigned agent,
                         const strList *names, Error **errp)
{
    for (unsigned i = 0; names; names = names->next, i++) {
        const ScmiDeviceConfigList *d = s->config->devices;

        while (d && strcmp(d->value->name, names->value)) {
            d = d->next;
        }
        if (!d) {
            error_setg(errp, "denied-devices[%u]: no device is named '%s'", i,
                       names->value);
            return false;
        }
        permit_device(s, agent, d->value, false);
    }
    return true;
}

bool scmi_agent_permit_configured(ScmiPlatform *s, unsigned agent,
                                  Error **errp)
{
    const ScmiAgentConfig *config = s->agents[agent].config;

    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        ScmiView *view = scmi_agent_view(s, agent, i);

        view->denied = false;
        for (unsigned d = 0; d < view->num_domains; d++) {
            view->domains[d] &= ~SCMI_DOMAIN_DENIED;
        }
    }
    if (config &&
        (!deny_protocols(s, agent, config->denied_protocols, errp) ||
         !deny_devices(s, agent, config->denied_devices, errp))) {
        return false;
    }
    scmi_fast_permitted(s, agent);
    return true;
}

bool scmi_permissions_init(ScmiPlatform *s, Error **errp)
{
    ERRP_GUARD();

    if (!check_devices(s, errp)) {
        return false;
    }
    for (unsigned i = 1; i < s->num_agents; i++) {
        if (!scmi_agent_permit_configured(s, i, errp)) {
            error_prepend(errp, "agents[%u].", i - 1);
            return false;
        }
    }
    return true;
}
