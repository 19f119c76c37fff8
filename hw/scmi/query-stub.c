/*
 * SCMI platform: query-scmi where there can be none
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-scmi.h"

ScmiPlatformInfoList *qmp_query_scmi(Error **errp)
{
    error_setg(errp, "this QEMU has no SCMI platform");
    return NULL;
}
