/*
 * SCMI platform: what the checks of a configuration share
 *
 * What is wrong is named by its path from the top of the configuration, such
 * as "clocks[3].rates[1]". A check names the member it looks at; whoever walks
 * a list puts the list and the place in it before that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "qapi/qobject-output-visitor.h"
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "platform-state.h"

bool scmi_check_count(const char *list, size_t n, size_t most, Error **errp)
{
    if (n <= most) {
        return true;
    }
    error_setg(errp, "%s: %zu elements are more than %zu", list, n, most);
    return false;
}

/* QOM gives the brackets and the slash a meaning of their own. */
bool scmi_check_name(const char *name, Error **errp)
{
    if (!*name || strlen(name) >= SCMI_EXTENDED_NAME_SIZE) {
        error_setg(errp, "name: '%s' does not have 1 to %d characters", name,
                   SCMI_EXTENDED_NAME_SIZE - 1);
        return false;
    }
    if (strpbrk(name, "/[]")) {
        error_setg(errp, "name: '%s' has one of / [ ]", name);
        return false;
    }
    return true;
}

bool scmi_check_text(const char *member, const char *text, Error **errp)
{
    if (!text || strlen(text) < SCMI_SHORT_NAME_SIZE) {
        return true;
    }
    error_setg(errp, "%s: '%s' is longer than %d characters", member, text,
               SCMI_SHORT_NAME_SIZE - 1);
    return false;
}

/* The same for the same configuration, on every host. */
uint64_t scmi_config_digest(const ScmiPlatformConfig *config)
{
    ScmiPlatformConfig *copy = (ScmiPlatformConfig *)config;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GString) json = NULL;
    uint8_t digest[32];
    gsize size = sizeof(digest);
    QObject *object;
    Visitor *v;

    v = qobject_output_visitor_new(&object);
    visit_type_ScmiPlatformConfig(v, NULL, &copy, &error_abort);
    visit_complete(v, &object);
    visit_free(v);
    json = qobject_to_json(object);
    qobject_unref(object);
    g_checksum_update(checksum, (const uint8_t *)json->str, json->len);
    g_checksum_get_digest(checksum, digest, &size);
    return ldq_be_p(digest);
}
