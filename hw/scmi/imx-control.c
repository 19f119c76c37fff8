/*
 * SCMI vendor protocol of NXP i.MX: the controls of MISC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "imx-misc.h"
#include "migration/vmstate.h"

#define EVENT_CHANGED 0x1

OBJECT_DEFINE_SIMPLE_TYPE(ScmiImxControl, scmi_imx_control, SCMI_IMX_CONTROL,
                          SCMI_RESOURCE)

static void control_get_word(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_uint32(v, name, opaque, errp);
}

static void control_set_word(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    uint32_t *word = opaque;
    uint32_t value;

    if (visit_type_uint32(v, name, &value, errp) && value != *word) {
        *word = value;
        scmi_imx_misc_notify(SCMI_IMX_CONTROL(obj), EVENT_CHANGED);
    }
}

static void control_set_event(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    uint32_t events;

    if (!visit_type_uint32(v, name, &events, errp)) {
        return;
    }
    if (events >> SCMI_IMX_CONTROL_NUM_EVENTS) {
        error_setg(errp, "imx-misc '%s': events have bits 0 to %d",
                   SCMI_RESOURCE(obj)->name, SCMI_IMX_CONTROL_NUM_EVENTS - 1);
        return;
    }
    scmi_imx_misc_notify(SCMI_IMX_CONTROL(obj), events);
}

static void control_add_words(ScmiImxControl *control)
{
    for (unsigned i = 0; i < control->num_words; i++) {
        g_autofree char *name = control->num_words == 1
                                ? g_strdup("value")
                                : g_strdup_printf("value-%u", i);

        object_property_add(OBJECT(control), name, "uint32", control_get_word,
                            control_set_word, NULL, &control->words[i]);
    }
}

ScmiImxControl *scmi_imx_control_new(const ScmiImxControlConfig *config,
                                     uint32_t number, Error **errp)
{
    size_t n = config->has_value ? QAPI_LIST_LENGTH(config->value) : 1;
    const uint32List *l = config->value;
    ScmiImxControl *control;

    if (!n || n > SCMI_IMX_CONTROL_MAX_WORDS) {
        error_setg(errp, "value: it has 1 to %d words",
                   SCMI_IMX_CONTROL_MAX_WORDS);
        return NULL;
    }
    control = SCMI_IMX_CONTROL(object_new(TYPE_SCMI_IMX_CONTROL));
    control->number = number;
    control->num_words = n;
    for (unsigned i = 0; l; l = l->next, i++) {
        control->at_reset[i] = l->value;
        control->words[i] = l->value;
    }
    control_add_words(control);
    return control;
}

static const VMStateDescription vmstate_imx_control = {
    .name = TYPE_SCMI_IMX_CONTROL,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(num_words, ScmiImxControl, "number of words"),
        VMSTATE_UINT32_ARRAY(words, ScmiImxControl,
                             SCMI_IMX_CONTROL_MAX_WORDS),
        VMSTATE_UINT32(action, ScmiImxControl),
        VMSTATE_UINT32(num_actions, ScmiImxControl),
        VMSTATE_END_OF_LIST()
    },
};

static void control_reset_hold(Object *obj, ResetType type)
{
    ScmiImxControl *control = SCMI_IMX_CONTROL(obj);

    memcpy(control->words, control->at_reset, sizeof(control->words));
    control->action = 0;
    control->num_actions = 0;
}

static void scmi_imx_control_init(Object *obj)
{
    ScmiImxControl *control = SCMI_IMX_CONTROL(obj);

    object_property_add_uint32_ptr(obj, "action", &control->action,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint32_ptr(obj, "actions", &control->num_actions,
                                   OBJ_PROP_FLAG_READ);
}

static void scmi_imx_control_finalize(Object *obj)
{
}

static void scmi_imx_control_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_imx_control;
    rc->phases.hold = control_reset_hold;
    object_class_property_add(oc, "event", "uint32", NULL, control_set_event,
                              NULL, NULL);
}
