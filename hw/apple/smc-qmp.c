/*
 * Apple SMC: QMP commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/smc.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-smc.h"

static AppleSmcKeys *find_keys(const char *path, Error **errp)
{
    bool ambiguous;
    Object *obj = object_resolve_path_type(path, TYPE_APPLE_SMC, &ambiguous);

    if (!obj || !APPLE_SMC(obj)->keys) {
        error_setg(errp, "path: '%s' is %s SMC", path,
                   ambiguous ? "more than one" : "no");
        return NULL;
    }
    return APPLE_SMC(obj)->keys;
}

SmcKeyTable *qmp_query_smc_keys(const char *path, Error **errp)
{
    AppleSmcKeys *keys = find_keys(path, errp);

    return keys ? apple_smc_keys_describe(keys) : NULL;
}

void qmp_smc_event(const char *path, SmcEvent *event, Error **errp)
{
    AppleSmcKeys *keys = find_keys(path, errp);

    if (keys) {
        apple_smc_keys_event(keys, event, errp);
    }
}
