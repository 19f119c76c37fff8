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

/* What QEMU's JSON parser takes. */
#define MAX_TEXT (64 << 20)

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

/* The file may be a pipe, or have no end. */
static GString *read_text(const char *file, Error **errp)
{
    g_autoptr(GString) text = g_string_new(NULL);
    FILE *stream = fopen(file, "r");
    bool ok = false;
    char buffer[4096];
    size_t n;

    if (!stream) {
        error_setg_errno(errp, errno, "cannot be read");
        return NULL;
    }
    while (text->len <= MAX_TEXT &&
           (n = fread(buffer, 1, sizeof(buffer), stream))) {
        g_string_append_len(text, buffer, n);
    }
    if (ferror(stream)) {
        error_setg_errno(errp, errno, "cannot be read");
    } else if (text->len > MAX_TEXT) {
        error_setg(errp, "more than %d bytes", MAX_TEXT);
    } else if (strlen(text->str) != text->len) {
        error_setg(errp, "not a text file");
    } else {
        ok = true;
    }
    fclose(stream);
    return ok ? g_steal_pointer(&text) : NULL;
}

ScmiPlatformConfig *scmi_platform_load(const char *file, Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GString) text = read_text(file, errp);
    ScmiPlatformConfig *config = text ? parse_platform(text->str, errp) : NULL;

    if (!config) {
        error_prepend(errp, "SCMI platform '%s': ", file);
    }
    return config;
}
