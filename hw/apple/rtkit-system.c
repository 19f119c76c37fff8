/*
 * RTKit system endpoints: which there are
 *
 * They exist in every co-processor, but for tracekit. The AP starts them all
 * before the boot is complete. Some APs leave out all but crashlog, ioreport
 * and oslog, so only the first two are waited for. Debug, oslog and tracekit
 * have nothing to say: Linux has no use for what they could.
 *
 * That oslog asks for a buffer, not every AP knows. Older Linux acknowledges,
 * as m1n1 did; m1n1 now says nothing. U-Boot 2025.01 gives up its boot at any
 * message of oslog's, which it starts; it does not start syslog.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"

/* Debug: the AP asks it to start, which only a debugger does. */
FIELD(DEBUG, TYPE, 48, 8)
#define DEBUG_START 8

static bool debug_receive(RTKitEndpoint *ep, uint64_t msg)
{
    return FIELD_EX64(msg, DEBUG, TYPE) == DEBUG_START;
}

static const RTKitEndpointOps debug_ops = {
    .name = "debug",
    .receive = debug_receive,
};

static const RTKitEndpointOps oslog_ops = {
    .name = "oslog",
    .oslog = true,
};

static const RTKitEndpointOps tracekit_ops = {
    .name = "tracekit",
};

/* The buffers are those a co-processor without memory of its own asks for. */
static const struct {
    uint8_t id;
    const RTKitEndpointOps *ops;
    uint32_t buffer;
} system_endpoints[] = {
    { RTKIT_EP_CRASHLOG, &rtkit_crashlog_ops, 0x4000 },
    { RTKIT_EP_SYSLOG, &rtkit_syslog_ops, 0x4000 },
    { RTKIT_EP_DEBUG, &debug_ops },
    { RTKIT_EP_IOREPORT, &rtkit_ioreport_ops, 0x4000 },
    { RTKIT_EP_OSLOG, &oslog_ops, 0x4000 },
};

void rtkit_add_system_endpoints(RTKit *rtkit)
{
    for (int i = 0; i < ARRAY_SIZE(system_endpoints); i++) {
        rtkit_add_endpoint(rtkit, system_endpoints[i].id,
                           system_endpoints[i].ops, NULL);
        rtkit_set_buffer(rtkit, system_endpoints[i].id,
                         system_endpoints[i].buffer, 0);
    }
}

void rtkit_add_tracekit(RTKit *rtkit)
{
    rtkit_add_endpoint(rtkit, RTKIT_EP_TRACEKIT, &tracekit_ops, NULL);
}
