/*
 * SCMI transports: what their configuration may say, whichever they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_TRANSPORT_CONFIG_H
#define HW_SCMI_TRANSPORT_CONFIG_H

#include "hw/scmi/platform.h"

/* The transport of an agent, counted from 1, or NULL if it does not say. */
const ScmiTransportConfig *
scmi_transport_config(const ScmiPlatformConfig *config, unsigned agent);

/*
 * Whether the limits are within the ranges of qapi/scmi.json, and no channel is
 * for a protocol that cannot have one; once there are resources.
 */
bool scmi_transports_check(const ScmiPlatform *platform, Error **errp);

#endif
