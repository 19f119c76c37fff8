/*
 * RTKit system endpoint: ioreport
 *
 * It tells the AP that it starts, and the AP has to echo that. Nobody knows
 * what else it says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "migration/vmstate.h"

#define IOREPORT_START rtkit_message(0xc, 0)

/* @due: START has been sent, and its echo has not come */
typedef struct Ioreport {
    bool due;
} Ioreport;

static void ioreport_ap_on(RTKitEndpoint *ep)
{
    Ioreport *ioreport = ep->state;

    ioreport->due = true;
    rtkit_send(ep, IOREPORT_START);
}

static bool ioreport_receive(RTKitEndpoint *ep, uint64_t msg)
{
    Ioreport *ioreport = ep->state;

    if (!ioreport->due || msg != IOREPORT_START) {
        return false;
    }
    ioreport->due = false;
    return true;
}

static const VMStateDescription vmstate_ioreport = {
    .name = "apple-rtkit/ioreport",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(due, Ioreport),
        VMSTATE_END_OF_LIST()
    },
};

const RTKitEndpointOps rtkit_ioreport_ops = {
    .name = "ioreport",
    .needed = true,
    .state_size = sizeof(Ioreport),
    .vmsd = &vmstate_ioreport,
    .ap_on = ioreport_ap_on,
    .receive = ioreport_receive,
};
