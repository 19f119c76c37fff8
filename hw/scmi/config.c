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
#include "qapi/error.h"
#include "platform-state.h"

bool scmi_check_count(const char *list, size_t n, size_t most, Error **errp)
{
    if (n <= most) {
        return true;
    }
    error_setg(errp, "%s: %zu elements are more than %zu", list, n, most);
    return false;
}

bool scmi_check_name(const char *name, Error **errp)
{
    if (*name && strlen(name) < SCMI_EXTENDED_NAME_SIZE) {
        return true;
    }
    error_setg(errp, "name: '%s' does not have 1 to %d characters", name,
               SCMI_EXTENDED_NAME_SIZE - 1);
    return false;
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
