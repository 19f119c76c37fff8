/*
 * The farside machine: a file for the message log
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside.h"
#include "hw/fault/log.h"
#include "qapi/error.h"

static char *get_message_log(Object *obj, Error **errp)
{
    return g_strdup(FARSIDE_MACHINE(obj)->message_log ?: "");
}

static void set_message_log(Object *obj, const char *value, Error **errp)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(obj);

    g_free(fms->message_log);
    fms->message_log = *value ? g_strdup(value) : NULL;
}

void farside_add_log_option(ObjectClass *oc)
{
    object_class_property_add_str(oc, "message-log", get_message_log,
                                  set_message_log);
    object_class_property_set_description(oc, "message-log",
        "File for every message between the guest and the models, a line of "
        "JSON each");
}

void farside_open_log(FarsideMachineState *fms)
{
    if (fms->message_log) {
        fault_log_to_file(fms->message_log, &error_fatal);
    }
}
