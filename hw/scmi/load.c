/*
 * SCMI platform: a configuration from a file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "qapi/qobject-input-visitor.h"
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "hw/scmi/platform.h"

static ScmiPlatformConfig *parse_platform(const char *text, Error **errp)
{
    QObject *object = qobject_from_json(text, errp);
    ScmiPlatformConfig *config = NULL;
    Visitor *v;

    if (!object) {
        return NULL;
    }
    v = qobject_input_visitor_new(object);
    visit_type_ScmiPlatformConfig(v, NULL, &config, errp);
    visit_free(v);
    qobject_unref(object);
    return config;
}

ScmiPlatformConfig *scmi_platform_load(const char *file, Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    ScmiPlatformConfig *config;
    size_t length;

    if (!g_file_get_contents(file, &text, &length, &error)) {
        error_setg(errp, "SCMI platform: %s", error->message);
        return NULL;
    }
    if (strlen(text) != length) {
        error_setg(errp, "SCMI platform '%s': not a text file", file);
        return NULL;
    }
    config = parse_platform(text, errp);
    if (!config) {
        error_prepend(errp, "SCMI platform '%s': ", file);
    }
    return config;
}
