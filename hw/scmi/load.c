/*
 * SCMI platform: a configuration from a file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/json-file.h"
#include "hw/scmi/platform.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "qapi/qobject-input-visitor.h"

ScmiPlatformConfig *scmi_platform_load(const char *file, Error **errp)
{
    ERRP_GUARD();
    QObject *object = json_file_read(file, errp);
    ScmiPlatformConfig *config = NULL;

    if (object) {
        Visitor *v = qobject_input_visitor_new(object);

        visit_type_ScmiPlatformConfig(v, NULL, &config, errp);
        visit_free(v);
        qobject_unref(object);
    }
    if (!config) {
        error_prepend(errp, "SCMI platform '%s': ", file);
    }
    return config;
}
