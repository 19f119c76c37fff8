/*
 * SCMI resources: what the domains of a protocol are
 *
 * A clock, a sensor, a power domain is a QOM object below its platform, with
 * properties of its own that show its state and, where hardware would let the
 * world change it, take it.
 *
 * QEMU interface, common to all:
 *  + QOM path: <platform>/<protocol>/<name>
 *  + QOM property "id": the domain number (uint32, read-only)
 *  + Resettable: back to the configuration, by its platform
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_RESOURCE_H
#define HW_SCMI_RESOURCE_H

#include "hw/qdev-core.h"

#define TYPE_SCMI_RESOURCE "scmi-resource"
OBJECT_DECLARE_TYPE(ScmiResource, ScmiResourceClass, SCMI_RESOURCE)

typedef struct ScmiProtocol ScmiProtocol;

/**
 * ScmiResourceClass:
 * @vmsd: its state, which migrates as part of the platform's: to look for each
 *        of thousands by itself would take QEMU a time that grows with the
 *        square of their number
 * @release: give up what it holds for an agent, which is denied it; NULL if it
 *           holds nothing for agents
 * @restart: hold for an agent, which is permitted it and starts anew, what it
 *           holds after reset; NULL if that is nothing
 * @protocol, @switch_offset: see scmi_switch_add()
 * @may_switch: whether an agent that may use it may switch it; NULL if all may
 * @switched: an agent, or the platform, has asked for it, or has not any more;
 *            @changed: it makes a difference. May be NULL
 */
struct ScmiResourceClass {
    DeviceClass parent_class;
    const VMStateDescription *vmsd;
    void (*release)(ScmiResource *resource, unsigned agent);
    void (*restart)(ScmiResource *resource, unsigned agent);
    const ScmiProtocol *protocol;
    size_t switch_offset;
    bool (*may_switch)(const ScmiResource *resource, unsigned agent);
    void (*switched)(ScmiResource *resource, bool changed, bool on,
                     unsigned cause);
};

/**
 * ScmiResource:
 * @name: its full name, owned
 * @id: domain number, also its place among its platform's resources
 */
struct ScmiResource {
    DeviceState parent_obj;
    char *name;
    uint32_t id;
};

/*
 * Have a device without a bus migrate by its QOM path: without one, QEMU tells
 * devices of a type apart by the order in which they were made.
 */
void scmi_migrate_by_path(ObjectClass *oc);

/*
 * Have it give up what it holds for an agent, if anything, or go back to what
 * it holds for it after reset.
 */
void scmi_resource_release(ScmiResource *resource, unsigned agent);
void scmi_resource_restart(ScmiResource *resource, unsigned agent);

/* Whether the short name of the wire cannot hold the name. */
bool scmi_resource_has_long_name(const ScmiResource *resource);

#endif
