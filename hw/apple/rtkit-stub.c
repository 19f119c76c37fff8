/*
 * RTKit: QMP commands where there can be no firmware
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-rtkit.h"

void qmp_rtkit_crash(const char *path, const char *reason, Error **errp)
{
    error_setg(errp, "this QEMU has no RTKit co-processor");
}

void qmp_rtkit_hang(const char *path, Error **errp)
{
    error_setg(errp, "this QEMU has no RTKit co-processor");
}

void qmp_rtkit_log(const char *path, const char *task, const char *text,
                   Error **errp)
{
    error_setg(errp, "this QEMU has no RTKit co-processor");
}
