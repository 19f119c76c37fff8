/*
 * Apple SMC: QMP commands where there can be none
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-smc.h"

SmcKeyTable *qmp_query_smc_keys(const char *path, Error **errp)
{
    error_setg(errp, "this QEMU has no SMC");
    return NULL;
}

void qmp_smc_event(const char *path, SmcEvent *event, Error **errp)
{
    error_setg(errp, "this QEMU has no SMC");
}
