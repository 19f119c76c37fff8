/*
 * Where messages between a guest and a firmware model pass
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/fault/port.h"
#include "port-internal.h"

bool fault_watched;
FaultPortList fault_ports = QTAILQ_HEAD_INITIALIZER(fault_ports);
FaultWatcher fault_watcher;

void fault_port_init(FaultPort *port, Object *owner, const FaultPortOps *ops,
                     void *opaque)
{
    FaultPort *other;

    assert(!port->owner);
    port->owner = owner;
    port->ops = ops;
    port->opaque = opaque;
    port->index = 0;
    port->path = NULL;
    QTAILQ_FOREACH(other, &fault_ports, next) {
        if (other->owner == owner) {
            port->index = other->index + 1;
        }
    }
    QTAILQ_INSERT_TAIL(&fault_ports, port, next);
}

void fault_port_reset(FaultPort *port)
{
    if (fault_watcher.port_reset) {
        fault_watcher.port_reset(port);
    }
}

void fault_port_finalize(FaultPort *port)
{
    if (port->owner) {
        QTAILQ_REMOVE(&fault_ports, port, next);
        if (fault_watcher.port_gone) {
            fault_watcher.port_gone(port);
        }
        port->owner = NULL;
    }
}

bool fault_port_is_of(const FaultPort *port, const Object *device)
{
    const Object *part = port->owner;

    while (device && part && part != device) {
        part = part->parent;
    }
    return part;
}

FaultPort *fault_port_find(const Object *owner, unsigned index)
{
    FaultPort *port;

    QTAILQ_FOREACH(port, &fault_ports, next) {
        if (port->owner == owner && port->index == index) {
            return port;
        }
    }
    return NULL;
}

const char *fault_port_path(FaultPort *port)
{
    if (!port->path) {
        g_autofree char *path = object_get_canonical_path(port->owner);

        port->path = g_intern_string(path);
    }
    return port->path;
}

void fault_message_init(FaultMessage *m, FaultSite site, const void *bytes,
                        size_t length)
{
    m->site = site;
    m->fields.present = 0;
    m->group = NULL;
    m->name = NULL;
    m->since = -1;
    m->cookie = 0;
    m->length = MIN(length, sizeof(m->bytes));
    if (m->length) {
        memcpy(m->bytes, bytes, m->length);
    }
}

/* A message's own fields stay. */
static void add_fields(FaultFields *fields, const FaultFields *more)
{
    for (unsigned i = 0; i < FAULT_FIELD__MAX; i++) {
        if (more->present & ~fields->present & (1u << i)) {
            fault_fields_set(fields, i, more->value[i]);
        }
    }
}

bool fault_pass(FaultPort *port, FaultMessage *m)
{
    add_fields(&m->fields, &port->fields);
    return fault_watcher.pass ? fault_watcher.pass(port, m)
                              : port->ops->deliver(port->opaque, m);
}
