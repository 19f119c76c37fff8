/*
 * SCMI pin control: groups of pins and functions of groups, as QOM objects
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-builtin-visit.h"
#include "qemu/module.h"
#include "pinctrl.h"

bool scmi_pin_list_has(const ScmiPinList *list, uint16_t member)
{
    for (unsigned i = 0; i < list->n; i++) {
        if (list->members[i] == member) {
            return true;
        }
    }
    return false;
}

static void list_get_members(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_strList(v, name, &SCMI_PIN_LIST(obj)->member_names, errp);
}

static bool list_get_gpio(Object *obj, Error **errp)
{
    return SCMI_PIN_LIST(obj)->gpio;
}

static void scmi_pin_list_init(Object *obj)
{
    object_property_add_uint32_ptr(obj, "id", &SCMI_PIN_LIST(obj)->id,
                                   OBJ_PROP_FLAG_READ);
}

static void scmi_pin_list_finalize(Object *obj)
{
    g_free(SCMI_PIN_LIST(obj)->members);
}

static void scmi_pin_group_class_init(ObjectClass *oc, void *data)
{
    object_class_property_add(oc, "pins", "strList", list_get_members, NULL,
                              NULL, NULL);
}

static void scmi_pin_function_class_init(ObjectClass *oc, void *data)
{
    object_class_property_add(oc, "groups", "strList", list_get_members, NULL,
                              NULL, NULL);
    object_class_property_add_bool(oc, "gpio", list_get_gpio, NULL);
}

static const TypeInfo scmi_pin_list_types[] = {
    {
        .name = TYPE_SCMI_PIN_LIST,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(ScmiPinList),
        .instance_init = scmi_pin_list_init,
        .instance_finalize = scmi_pin_list_finalize,
        .abstract = true,
    }, {
        .name = TYPE_SCMI_PIN_GROUP,
        .parent = TYPE_SCMI_PIN_LIST,
        .class_init = scmi_pin_group_class_init,
    }, {
        .name = TYPE_SCMI_PIN_FUNCTION,
        .parent = TYPE_SCMI_PIN_LIST,
        .class_init = scmi_pin_function_class_init,
    },
};

DEFINE_TYPES(scmi_pin_list_types)
