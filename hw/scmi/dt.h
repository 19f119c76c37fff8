/*
 * SCMI transports: what their device-tree nodes have in common
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_DT_H
#define HW_SCMI_DT_H

#include "hw/core/dt-node.h"
#include "hw/scmi/platform.h"

/**
 * scmi_dt_add_transport: add a transport's node, with one for each protocol
 * @transport: the transport; dt_phandle() knows the node of a protocol by it
 *             and the node's name, for example "protocol@14"
 * @agent: whose messages it carries
 *
 * The node is /firmware/scmi or, from the second one on, /firmware/scmi-1 and
 * so on. Returns its path, which the caller frees.
 */
char *scmi_dt_add_transport(DtWriter *dt, Object *transport,
                            const ScmiPlatform *platform, unsigned agent,
                            const char *compatible);

/* The node of a protocol in that of a transport; the caller frees it. */
char *scmi_dt_protocol(const char *scmi, uint8_t protocol);

#endif
