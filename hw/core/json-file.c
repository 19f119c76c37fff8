/*
 * Configuration in a JSON file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/json-file.h"
#include "qapi/error.h"
#include "qobject/qjson.h"

/* What QEMU's JSON parser takes. */
#define MAX_TEXT (64 << 20)

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

QObject *json_file_read(const char *file, Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GString) text = read_text(file, errp);
    QObject *object;

    if (!text) {
        return NULL;
    }
    object = qobject_from_json(text->str, errp);
    if (!object) {
        error_append_hint(errp, "'python3 -m json.tool FILE' tells the line "
                          "of most mistakes.\n");
    }
    return object;
}
