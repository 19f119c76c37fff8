/*
 * QMP: fault rules and a message log where there can be none
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-fault.h"
#include "qapi/qapi-commands-message-log.h"

void qmp_fault_add(FaultRuleList *rules, Error **errp)
{
    error_setg(errp, "this QEMU has no models that fail");
}

void qmp_fault_remove(const char *id, Error **errp)
{
    error_setg(errp, "id: there is no rule '%s'", id);
}

void qmp_fault_resume(const char *tag, Error **errp)
{
    error_setg(errp, "tag: no message is suspended under '%s'", tag);
}

void qmp_fault_send(const char *device, FaultSite site, const char *bytes,
                    bool has_agent, uint32_t agent, bool has_channel,
                    uint32_t channel, bool has_endpoint, uint8_t endpoint,
                    Error **errp)
{
    error_setg(errp, "this QEMU has no models that fail");
}

FaultStatusInfo *qmp_query_faults(Error **errp)
{
    return g_new0(FaultStatusInfo, 1);
}

void qmp_message_log(bool enable, Error **errp)
{
    error_setg(errp, "this QEMU has no models whose messages could be "
               "logged");
}

MessageLog *qmp_query_message_log(bool has_since, uint64_t since,
                                  bool has_max, uint32_t max,
                                  const char *device, bool has_site,
                                  FaultSite site, const char *rule,
                                  Error **errp)
{
    return g_new0(MessageLog, 1);
}
