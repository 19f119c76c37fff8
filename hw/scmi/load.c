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
#include "path-visitor.h"

bool scmi_platform_visit(Visitor *v, const char *name,
                         ScmiPlatformSource **source, Error **errp)
{
    ERRP_GUARD();
    Visitor *path = path_visitor_new(v);
    bool ok = visit_type_ScmiPlatformSource(path, name, source, errp);

    if (!ok) {
        path_visitor_name(path, errp);
    }
    visit_free(path);
    return ok;
}

static ScmiPlatformConfig *visit_config(QObject *object, Error **errp)
{
    ERRP_GUARD();
    ScmiPlatformConfig *config = NULL;
    Visitor *v = qobject_input_visitor_new(object);
    Visitor *path = path_visitor_new(v);

    if (!visit_type_ScmiPlatformConfig(path, NULL, &config, errp)) {
        path_visitor_name(path, errp);
    }
    visit_free(path);
    visit_free(v);
    return config;
}

ScmiPlatformConfig *scmi_platform_load(const char *file, Error **errp)
{
    ERRP_GUARD();
    QObject *object = json_file_read(file, errp);
    ScmiPlatformConfig *config = NULL;

    if (object) {
        config = visit_config(object, errp);
        qobject_unref(object);
    }
    if (!config) {
        error_prepend(errp, "SCMI platform '%s': ", file);
    }
    return config;
}
