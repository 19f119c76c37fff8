/*
 * SCMI transports: what their configuration may say, whichever they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "protocol.h"
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

static bool check_limit(const char *member, bool has, uint32_t value,
                        uint32_t max, Error **errp)
{
    if (!has || (value && value <= max)) {
        return true;
    }
    error_setg(errp, "%s: must be from 1 to %" PRIu32, member, max);
    return false;
}

static bool check_limits(const ScmiTransportConfig *t, Error **errp)
{
    return check_limit("max-rx-timeout-ms", t->has_max_rx_timeout_ms,
                       t->max_rx_timeout_ms, MAX_RX_TIMEOUT_MS, errp) &&
           check_limit("max-msg", t->has_max_msg, t->max_msg, MAX_MSG,
                       errp) &&
           check_limit("max-msg-size", t->has_max_msg_size, t->max_msg_size,
                       SCMI_COMMAND_MAX, errp);
}

const uint8List *scmi_transport_channels(const ScmiTransportConfig *transport)
{
    switch (transport ? transport->type : SCMI_TRANSPORT_TYPE_SMC) {
    case SCMI_TRANSPORT_TYPE_SMC_PARAM:
        return transport->u.smc_param.channels;
    case SCMI_TRANSPORT_TYPE_QCOM_SMC:
        return transport->u.qcom_smc.channels;
    case SCMI_TRANSPORT_TYPE_MAILBOX:
        return transport->u.mailbox.channels;
    default:
        return NULL;
    }
}

static bool check_channels(const ScmiPlatform *s, const uint8List *channels,
                           Error **errp)
{
    const uint8List *l = channels;

    for (unsigned i = 0; l; l = l->next, i++) {
        const uint8List *earlier = channels;

        while (earlier->value != l->value) {
            earlier = earlier->next;
        }
        if (l->value == SCMI_PROTOCOL_BASE || earlier != l ||
            !scmi_platform_has_protocol(s, l->value)) {
            error_setg(errp, "channels[%u]: protocol 0x%x %s", i, l->value,
                       earlier != l ? "has a channel already"
                       : l->value == SCMI_PROTOCOL_BASE
                       ? "cannot have one of its own" : "is not offered");
            return false;
        }
    }
    return true;
}

bool scmi_transports_check(const ScmiPlatform *s, Error **errp)
{
    ERRP_GUARD();
    const ScmiAgentConfigList *l = scmi_platform_config(s)->agents;

    for (unsigned i = 0; l; l = l->next, i++) {
        const ScmiTransportConfig *t = l->value->transport;

        if (t && (!check_limits(t, errp) ||
                  !check_channels(s, scmi_transport_channels(t), errp))) {
            error_prepend(errp, "agents[%u].transport.", i);
            return false;
        }
    }
    return true;
}
