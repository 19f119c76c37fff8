/*
 * SCMI platform: its state in a snapshot, that of its resources included
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "platform-state.h"

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

static const VMStateDescription vmstate_scmi_view = {
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

/*
 * Who cannot be sent events is subscribed to none. Whether a channel is open
 * its transport knows only once it is loaded, too.
 */
static bool views_are_possible(const ScmiPlatform *s)
{
    for (unsigned i = 0; i < s->num_views; i++) {
        bool events = s->agents[i / scmi_num_protocols].sink;
        uint8_t possible = SCMI_DOMAIN_DENIED |
                           (events ? SCMI_DOMAIN_EVENTS : 0);

        for (unsigned d = 0; d < s->views[i].num_domains; d++) {
            if (s->views[i].domains[d] & ~possible) {
                return false;
            }
        }
    }
    return true;
}

/* What is loaded next has to have room. */
static bool delayed_fit(void *opaque, int version_id)
{
    ScmiPlatform *s = opaque;

    return s->num_delayed <= (s->num_agents - 1) * SCMI_MAX_DELAYED;
}

static bool delayed_is_possible(const ScmiPlatform *s, const ScmiDelayed *d)
{
    unsigned place = s->place[FIELD_EX32(d->header, SCMI_HEADER, PROTOCOL)];
    const ScmiView *view;

    if (!place || d->agent >= s->num_agents || !s->agents[d->agent].sink) {
        return false;
    }
    view = scmi_agent_view(s, d->agent, place - 1);
    return scmi_protocol_has_version(view->protocol, view->newest,
                                     d->version);
}

static int scmi_platform_post_load(void *opaque, int version_id)
{
    ScmiPlatform *s = opaque;

    if (!views_are_possible(s)) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < s->num_delayed; i++) {
        if (!delayed_is_possible(s, &s->delayed[i])) {
            return -EINVAL;
        }
    }
    scmi_events_loaded(s);
    return 0;
}

/* Their numbers are those of the views' domains, which are loaded before. */
static int put_resources(QEMUFile *f, void *pv, size_t size,
                         const VMStateField *field, JSONWriter *vmdesc)
{
    ScmiPlatform *s = pv;

    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        for (unsigned id = 0; id < s->resources[i]->len; id++) {
            ScmiResource *resource = g_ptr_array_index(s->resources[i], id);
            int rc = vmstate_save_state(
                f, SCMI_RESOURCE_GET_CLASS(resource)->vmsd, resource, NULL);

            if (rc) {
                return rc;
            }
        }
    }
    return 0;
}

static int get_resources(QEMUFile *f, void *pv, size_t size,
                         const VMStateField *field)
{
    ScmiPlatform *s = pv;

    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        for (unsigned id = 0; id < s->resources[i]->len; id++) {
            ScmiResource *resource = g_ptr_array_index(s->resources[i], id);
            const VMStateDescription *vmsd =
                SCMI_RESOURCE_GET_CLASS(resource)->vmsd;
            int rc = vmstate_load_state(f, vmsd, resource, vmsd->version_id);

            if (rc) {
                return rc;
            }
        }
    }
    return 0;
}

static const VMStateInfo vmstate_info_resources = {
    .name = "scmi-resources",
    .get = get_resources,
    .put = put_resources,
};

/* The versions of resources are in no stream: this one is theirs, too. */
const VMStateDescription vmstate_scmi_platform = {
    .name = TYPE_SCMI_PLATFORM,
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = scmi_platform_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_EQUAL(digest, ScmiPlatform,
                             "The SCMI platform is configured differently"),
        VMSTATE_UINT32_EQUAL(num_views, ScmiPlatform,
                             "number of agents and protocols"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(views, ScmiPlatform, num_views,
                                             vmstate_scmi_view, ScmiView),
        VMSTATE_UINT32_EQUAL(num_agents, ScmiPlatform, "number of agents"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(agents, ScmiPlatform, num_agents,
                                             vmstate_scmi_agent, ScmiAgent),
        VMSTATE_UINT32(num_delayed, ScmiPlatform),
        VMSTATE_VALIDATE("number of delayed responses", delayed_fit),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(delayed, ScmiPlatform,
                                             num_delayed,
                                             vmstate_scmi_delayed,
                                             ScmiDelayed),
        {
            .name = "resources",
            .info = &vmstate_info_resources,
            .flags = VMS_SINGLE,
        },
        VMSTATE_END_OF_LIST()
    },
};
