/*
 * RTKit: QMP commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/rtkit.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-rtkit.h"

static RTKit *find_rtkit(const char *path, Error **errp)
{
    ERRP_GUARD();
    bool ambiguous;
    Object *obj = object_resolve_path_type(path, TYPE_APPLE_RTKIT, &ambiguous);

    if (!obj) {
        error_setg(errp, "path: '%s' is %s RTKit firmware", path,
                   ambiguous ? "more than one" : "no");
        error_append_hint(errp, "qom-list-types and qom-list find those of "
                          "type " TYPE_APPLE_RTKIT ".\n");
        return NULL;
    }
    return APPLE_RTKIT(obj);
}

void qmp_rtkit_crash(const char *path, const char *reason, Error **errp)
{
    RTKit *rtkit = find_rtkit(path, errp);

    if (rtkit && !rtkit_crash(rtkit, reason)) {
        error_setg(errp, "path: '%s' is held, off, or crashed already", path);
    }
}

void qmp_rtkit_hang(const char *path, Error **errp)
{
    RTKit *rtkit = find_rtkit(path, errp);

    if (rtkit && !rtkit_hang(rtkit)) {
        error_setg(errp, "path: '%s' is held, off, or crashed already", path);
    }
}

void qmp_rtkit_log(const char *path, const char *task, const char *text,
                   Error **errp)
{
    RTKit *rtkit = find_rtkit(path, errp);

    if (rtkit && !rtkit_syslog(rtkit, task, text)) {
        error_setg(errp, "the guest takes no lines of '%s' now", path);
    }
}
