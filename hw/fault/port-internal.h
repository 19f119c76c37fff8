/*
 * Fault ports: what their watcher sees of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_PORT_INTERNAL_H
#define HW_FAULT_PORT_INTERNAL_H

#include "hw/fault/port.h"

typedef QTAILQ_HEAD(FaultPortList, FaultPort) FaultPortList;

/**
 * FaultWatcher: who is asked about messages while fault_watched
 * @pass: see fault_pass()
 * @port_reset: see fault_port_reset()
 * @port_gone: a port goes
 */
typedef struct FaultWatcher {
    bool (*pass)(FaultPort *port, FaultMessage *m);
    void (*port_reset)(FaultPort *port);
    void (*port_gone)(FaultPort *port);
} FaultWatcher;

extern FaultPortList fault_ports;
extern FaultWatcher fault_watcher;

/* Whether its owner is @device or a part of it; all are of NULL. */
bool fault_port_is_of(const FaultPort *port, const Object *device);

/* NULL if there is none. */
FaultPort *fault_port_find(const Object *owner, unsigned index);

/* Its owner's path: a text that lasts, and is the same one each time. */
const char *fault_port_path(FaultPort *port);

#endif
