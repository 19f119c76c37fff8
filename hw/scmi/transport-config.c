/*
 * SCMI transports: what their configuration may say, whichever they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/scmi/platform.h"
#include "transport-config.h"

/* Twice of it, in milliseconds, fits Linux's int. */
#define MAX_RX_TIMEOUT_MS 3600000

/* As many as there are tokens. */
#define MAX_MSG 1024

const ScmiTransportConfig *
scmi_transport_config(const ScmiPlatformConfig *config, unsigned agent)
{
    const ScmiAgentConfigList *l = config->agents;

    while (--agent) {
        l = l->next;
    }
    return l->value->transport;
}

static bool check_limit(unsigned agent, const char *member, bool has,
                        uint32_t value, uint32_t max, Error **errp)
{
    if (!has || (value && value <= max)) {
        return true;
    }
    error_setg(errp, "agents[%u].transport.%s: must be from 1 to %" PRIu32,
               agent, member, max);
    return false;
}

bool scmi_transports_check(const ScmiPlatformConfig *config, Error **errp)
{
    unsigned i = 0;

    for (const ScmiAgentConfigList *l = config->agents; l; l = l->next, i++) {
        const ScmiTransportConfig *t = l->value->transport;

        if (t && (!check_limit(i, "max-rx-timeout-ms",
                               t->has_max_rx_timeout_ms,
                               t->max_rx_timeout_ms, MAX_RX_TIMEOUT_MS,
                               errp) ||
                  !check_limit(i, "max-msg", t->has_max_msg, t->max_msg,
                               MAX_MSG, errp) ||
                  !check_limit(i, "max-msg-size", t->has_max_msg_size,
                               t->max_msg_size, SCMI_COMMAND_MAX, errp))) {
            return false;
        }
    }
    return true;
}
