/*
 * RTKit application: echo, which returns what it is sent
 *
 * It serves to test an AP, and as the example of docs/add-an-endpoint.rst.
 * Property "echo-endpoint" of RTKit adds it to a co-processor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "migration/vmstate.h"

/* What it remembers: zeroed by the core when it stops, migrated by the core. */
typedef struct Echo {
    uint64_t count;
} Echo;

static void echo_start(RTKitEndpoint *ep)
{
    rtkit_syslog(ep->rtkit, "echo", "started");
}

static bool echo_receive(RTKitEndpoint *ep, uint64_t msg)
{
    Echo *echo = ep->state;

    echo->count++;
    rtkit_send(ep, msg);
    return true;
}

static void echo_stop(RTKitEndpoint *ep)
{
    Echo *echo = ep->state;
    g_autofree char *text = g_strdup_printf("%" PRIu64 " echoed", echo->count);

    rtkit_syslog(ep->rtkit, "echo", text);
}

static const VMStateDescription vmstate_echo = {
    .name = "apple-rtkit/echo",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(count, Echo),
        VMSTATE_END_OF_LIST()
    },
};

const RTKitEndpointOps rtkit_echo_ops = {
    .name = "echo",
    .state_size = sizeof(Echo),
    .vmsd = &vmstate_echo,
    .start = echo_start,
    .receive = echo_receive,
    .stop = echo_stop,
};
