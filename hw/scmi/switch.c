/*
 * SCMI: resources that agents share, and switch on and off
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-builtin-visit.h"
#include "switch.h"

QEMU_BUILD_BUG_ON(SCMI_MAX_AGENTS % 64);

static ScmiSwitch *switch_of(const ScmiResource *resource)
{
    const ScmiResourceClass *rc = SCMI_RESOURCE_GET_CLASS(resource);

    return (void *)resource + rc->switch_offset;
}

static bool is_on(const ScmiSwitch *s)
{
    uint64_t any = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(s->users); i++) {
        any |= s->users[i];
    }
    return any;
}

static bool is_user(const ScmiSwitch *s, unsigned agent)
{
    return extract64(s->users[agent / 64], agent % 64, 1);
}

static void set_user(ScmiSwitch *s, unsigned agent, bool on)
{
    uint64_t *users = &s->users[agent / 64];

    *users = deposit64(*users, agent % 64, 1, on);
}

static bool may_ask(const ScmiResource *resource, unsigned agent)
{
    const ScmiResourceClass *rc = SCMI_RESOURCE_GET_CLASS(resource);

    return scmi_agent_may_use(scmi_resource_platform(resource), agent,
                              rc->protocol, resource->id) &&
           (!rc->may_switch || rc->may_switch(resource, agent));
}

bool scmi_switch_is_on_for(const ScmiResource *resource, unsigned agent)
{
    const ScmiSwitch *s = switch_of(resource);

    if (!may_ask(resource, agent)) {
        return is_on(s);
    }
    return is_user(s, agent) || is_user(s, SCMI_AGENT_PLATFORM);
}

static void tell(ScmiResource *resource, bool changed, bool on, unsigned cause)
{
    ScmiResourceClass *rc = SCMI_RESOURCE_GET_CLASS(resource);

    if (rc->switched) {
        rc->switched(resource, changed, on, cause);
    }
}

void scmi_switch_set(ScmiResource *resource, unsigned agent, bool on)
{
    ScmiSwitch *s = switch_of(resource);
    bool was_on = is_on(s);

    set_user(s, agent, on);
    if (!on) {
        set_user(s, SCMI_AGENT_PLATFORM, false);
    }
    tell(resource, is_on(s) != was_on, on, agent);
}

static bool anybody_may_ask(const ScmiResource *resource)
{
    const ScmiPlatform *platform = scmi_resource_platform(resource);
    unsigned agent = scmi_platform_num_agents(platform);

    while (--agent && !may_ask(resource, agent)) {
        continue;
    }
    return agent;
}

/* What is on when nobody has asked stays on when nobody may ask. */
static void switch_release(ScmiResource *resource, unsigned agent)
{
    ScmiSwitch *s = switch_of(resource);

    if (!is_user(s, agent)) {
        return;
    }
    set_user(s, agent, false);
    if (!is_on(s) && s->on_at_reset) {
        set_user(s, SCMI_AGENT_PLATFORM, !anybody_may_ask(resource));
    }
    if (!is_on(s)) {
        tell(resource, true, false, agent);
    }
}

static void switch_restart(ScmiResource *resource, unsigned agent)
{
    ScmiSwitch *s = switch_of(resource);
    bool was_on = is_on(s);

    if (!s->on_at_reset || !may_ask(resource, agent)) {
        switch_release(resource, agent);
        return;
    }
    set_user(s, agent, true);
    if (!was_on) {
        tell(resource, true, true, agent);
    }
}

void scmi_switch_reset(ScmiResource *resource)
{
    ScmiSwitch *s = switch_of(resource);

    memset(s->users, 0, sizeof(s->users));
    set_user(s, SCMI_AGENT_PLATFORM, s->on_at_reset);
}

/* Properties */

static bool get_on(Object *obj, Error **errp)
{
    return is_on(switch_of(SCMI_RESOURCE(obj)));
}

static void set_on(Object *obj, bool on, Error **errp)
{
    ScmiResource *resource = SCMI_RESOURCE(obj);
    ScmiSwitch *s = switch_of(resource);
    bool was_on = is_on(s);

    if (!on) {
        memset(s->users, 0, sizeof(s->users));
    }
    set_user(s, SCMI_AGENT_PLATFORM, on);
    tell(resource, on != was_on, on, SCMI_AGENT_PLATFORM);
}

static void get_users(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    const ScmiResource *resource = SCMI_RESOURCE(obj);
    const ScmiPlatform *platform = scmi_resource_platform(resource);
    g_autoptr(strList) names = NULL;
    strList **tail = &names;

    for (unsigned i = 1; i < scmi_platform_num_agents(platform); i++) {
        if (is_user(switch_of(resource), i)) {
            QAPI_LIST_APPEND(tail, g_strdup(scmi_agent_name(platform, i)));
        }
    }
    visit_type_strList(v, name, &names, errp);
}

void scmi_switch_add(ObjectClass *oc, const ScmiProtocol *protocol,
                     const char *property, size_t offset)
{
    ScmiResourceClass *rc = SCMI_RESOURCE_CLASS(oc);

    rc->protocol = protocol;
    rc->switch_offset = offset;
    rc->release = switch_release;
    rc->restart = switch_restart;
    object_class_property_add_bool(oc, property, get_on, set_on);
    object_class_property_add(oc, "users", "strList", get_users, NULL, NULL,
                              NULL);
}

/* State */

/* Permissions are loaded before resources. */
int scmi_switch_check(const ScmiResource *resource)
{
    unsigned n = scmi_platform_num_agents(scmi_resource_platform(resource));

    for (unsigned i = 1; i < SCMI_MAX_AGENTS; i++) {
        if (is_user(switch_of(resource), i) &&
            (i >= n || !may_ask(resource, i))) {
            return -EINVAL;
        }
    }
    return 0;
}

const VMStateDescription vmstate_scmi_switch = {
    .name = "scmi-switch",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(users, ScmiSwitch, SCMI_MAX_AGENTS / 64),
        VMSTATE_END_OF_LIST()
    },
};
