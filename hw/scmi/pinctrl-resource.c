/*
 * SCMI pin control: pins, groups and functions
 *
 * Source: Linux drivers/firmware/arm_scmi/pinctrl.c,
 * include/linux/scmi_protocol.h (enum scmi_pinctrl_conf_type).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "pinctrl.h"
#include "protocol.h"

OBJECT_DEFINE_SIMPLE_TYPE(ScmiPin, scmi_pin, SCMI_PIN, SCMI_RESOURCE)
OBJECT_DEFINE_SIMPLE_TYPE(ScmiPinctrl, scmi_pinctrl, SCMI_PINCTRL, DEVICE)

/* Settings */

int scmi_pin_place(const ScmiPinctrl *pinctrl, uint32_t type)
{
    uint32_t oem = type - SCMI_PIN_OEM_FIRST;

    if (type < SCMI_PIN_SETTING_TYPE__MAX) {
        return type;
    }
    if (oem < SCMI_PIN_NUM_OEM && extract64(pinctrl->oem, oem, 1)) {
        return SCMI_PIN_SETTING_TYPE__MAX + oem;
    }
    return -1;
}

uint32_t scmi_pin_type(unsigned place)
{
    return place < SCMI_PIN_SETTING_TYPE__MAX
           ? place
           : SCMI_PIN_OEM_FIRST + place - SCMI_PIN_SETTING_TYPE__MAX;
}

bool scmi_pin_writable(unsigned place)
{
    return place != SCMI_PIN_SETTING_TYPE_INPUT_VALUE;
}

static void put(ScmiPinState *state, unsigned place, uint32_t value)
{
    state->has[place] = true;
    state->values[place] = value;
}

/* A pin is pulled in one way, and driven in one way. */
static void drop_others(ScmiPinState *state, unsigned place)
{
    static const struct {
        uint8_t first;
        uint8_t last;
    } either[] = {
        { SCMI_PIN_SETTING_TYPE_BIAS_BUS_HOLD,
          SCMI_PIN_SETTING_TYPE_BIAS_PULL_DOWN },
        { SCMI_PIN_SETTING_TYPE_DRIVE_OPEN_DRAIN,
          SCMI_PIN_SETTING_TYPE_DRIVE_PUSH_PULL },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(either); i++) {
        if (place < either[i].first || place > either[i].last) {
            continue;
        }
        for (unsigned j = either[i].first; j <= either[i].last; j++) {
            state->has[j] = j == place;
        }
    }
}

/* Everything but its function, and what the world has at the pin. */
static void restore_settings(ScmiPin *pin)
{
    unsigned function = pin->state.function;
    uint32_t level =
        pin->state.values[SCMI_PIN_SETTING_TYPE_INPUT_VALUE];

    pin->state = pin->at_reset;
    pin->state.function = function;
    put(&pin->state, SCMI_PIN_SETTING_TYPE_INPUT_VALUE, level);
}

static void state_set(ScmiPinState *state, unsigned place, uint32_t value)
{
    drop_others(state, place);
    put(state, place, value);
    if (place == SCMI_PIN_SETTING_TYPE_OUTPUT_VALUE) {
        put(state, SCMI_PIN_SETTING_TYPE_OUTPUT_MODE, 1);
    }
    /* What an output drives is what is read at the pin. */
    if (state->values[SCMI_PIN_SETTING_TYPE_OUTPUT_MODE] &&
        state->has[SCMI_PIN_SETTING_TYPE_OUTPUT_VALUE]) {
        put(state, SCMI_PIN_SETTING_TYPE_INPUT_VALUE,
            state->values[SCMI_PIN_SETTING_TYPE_OUTPUT_VALUE]);
    }
}

void scmi_pin_set(ScmiPin *pin, unsigned place, uint32_t value)
{
    if (place == SCMI_PIN_SETTING_TYPE_DEFAULT) {
        restore_settings(pin);
    } else {
        state_set(&pin->state, place, value);
    }
}

bool scmi_pin_configure(ScmiPin *pin, const ScmiPinConfig *config,
                        Error **errp)
{
    const ScmiPinSettingList *l = config->settings;

    for (unsigned i = 0; l; l = l->next, i++) {
        if (l->value->type == SCMI_PIN_SETTING_TYPE_DEFAULT) {
            error_setg(errp, "settings[%u].type: there is no default yet", i);
            return false;
        }
        state_set(&pin->at_reset, l->value->type, l->value->value);
    }
    pin->state = pin->at_reset;
    return true;
}

/* Groups and functions */

ScmiPinctrl *scmi_pin_pinctrl(const ScmiPin *pin)
{
    return SCMI_PINCTRL(OBJECT(pin)->parent);
}

bool scmi_pinctrl_pin_can(const ScmiPinctrl *pinctrl, uint32_t function,
                          uint32_t pin)
{
    const ScmiPinList *f = pinctrl->functions[function];

    for (unsigned i = 0; i < f->n; i++) {
        if (scmi_pin_list_has(pinctrl->groups[f->members[i]], pin)) {
            return true;
        }
    }
    return false;
}

/* Pin */

static void pin_reset_hold(Object *obj, ResetType type)
{
    ScmiPin *pin = SCMI_PIN(obj);
    uint32_t level = pin->state.values[SCMI_PIN_SETTING_TYPE_INPUT_VALUE];

    pin->state = pin->at_reset;
    pin->owner = SCMI_AGENT_PLATFORM;
    put(&pin->state, SCMI_PIN_SETTING_TYPE_INPUT_VALUE, level);
}

static void pin_release(ScmiResource *resource, unsigned agent)
{
    ScmiPin *pin = SCMI_PIN(resource);

    if (pin->owner == agent) {
        pin->owner = SCMI_AGENT_PLATFORM;
    }
}

static int pin_post_load(void *opaque, int version_id)
{
    ScmiPin *pin = opaque;
    const ScmiPinctrl *pinctrl = scmi_pin_pinctrl(pin);

    if (pin->owner >= scmi_platform_num_agents(
                          scmi_resource_platform(SCMI_RESOURCE(pin)))) {
        return -EINVAL;
    }
    if (pin->state.function != SCMI_PIN_NO_FUNCTION &&
        (pin->state.function >= pinctrl->num_functions ||
         !scmi_pinctrl_pin_can(pinctrl, pin->state.function,
                               SCMI_RESOURCE(pin)->id))) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < SCMI_PIN_NUM_SETTINGS; i++) {
        if (pin->state.has[i] &&
            scmi_pin_place(pinctrl, scmi_pin_type(i)) < 0) {
            return -EINVAL;
        }
    }
    return 0;
}

static const VMStateDescription vmstate_pin_state = {
    .name = "scmi-pin-state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(function, ScmiPinState),
        VMSTATE_BOOL_ARRAY(has, ScmiPinState, SCMI_PIN_NUM_SETTINGS),
        VMSTATE_UINT32_ARRAY(values, ScmiPinState, SCMI_PIN_NUM_SETTINGS),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_pin = {
    .name = TYPE_SCMI_PIN,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pin_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(state, ScmiPin, 1, vmstate_pin_state, ScmiPinState),
        VMSTATE_UINT32(owner, ScmiPin),
        VMSTATE_END_OF_LIST()
    },
};

static char *pin_get_function(Object *obj, Error **errp)
{
    ScmiPin *pin = SCMI_PIN(obj);
    const ScmiPinctrl *pinctrl = scmi_pin_pinctrl(pin);

    if (pin->state.function == SCMI_PIN_NO_FUNCTION) {
        return g_strdup("");
    }
    return g_strdup(pinctrl->functions[pin->state.function]->name);
}

static char *pin_get_settings(Object *obj, Error **errp)
{
    const ScmiPinState *state = &SCMI_PIN(obj)->state;
    GString *text = g_string_new("");

    for (unsigned i = 0; i < SCMI_PIN_NUM_SETTINGS; i++) {
        if (!state->has[i] || !scmi_pin_writable(i)) {
            continue;
        }
        g_string_append(text, text->len ? " " : "");
        if (i < SCMI_PIN_SETTING_TYPE__MAX) {
            g_string_append(text, ScmiPinSettingType_str(i));
        } else {
            g_string_append_printf(text, "oem-%u", scmi_pin_type(i));
        }
        g_string_append_printf(text, "=%" PRIu32, state->values[i]);
    }
    return g_string_free(text, false);
}

static char *pin_get_owner(Object *obj, Error **errp)
{
    ScmiPin *pin = SCMI_PIN(obj);
    ScmiPlatform *platform = scmi_resource_platform(SCMI_RESOURCE(pin));

    return g_strdup(pin->owner == SCMI_AGENT_PLATFORM
                    ? "" : scmi_agent_name(platform, pin->owner));
}

static void pin_get_input(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uint32_t *values = SCMI_PIN(obj)->state.values;

    visit_type_uint32(v, name, &values[SCMI_PIN_SETTING_TYPE_INPUT_VALUE],
                      errp);
}

static void pin_set_input(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    ScmiPinState *state = &SCMI_PIN(obj)->state;
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (state->values[SCMI_PIN_SETTING_TYPE_OUTPUT_MODE]) {
        error_setg(errp, "pinctrl '%s': the pin is an output",
                   SCMI_RESOURCE(obj)->name);
        return;
    }
    put(state, SCMI_PIN_SETTING_TYPE_INPUT_VALUE, value);
}

static void scmi_pin_init(Object *obj)
{
    ScmiPin *pin = SCMI_PIN(obj);

    pin->at_reset.function = SCMI_PIN_NO_FUNCTION;
    put(&pin->at_reset, SCMI_PIN_SETTING_TYPE_INPUT_VALUE, 0);
    put(&pin->at_reset, SCMI_PIN_SETTING_TYPE_OUTPUT_MODE, 0);
}

static void scmi_pin_finalize(Object *obj)
{
}

static void scmi_pin_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_pin;
    SCMI_RESOURCE_CLASS(oc)->release = pin_release;
    rc->phases.hold = pin_reset_hold;
    object_class_property_add_str(oc, "function", pin_get_function, NULL);
    object_class_property_add_str(oc, "settings", pin_get_settings, NULL);
    object_class_property_add_str(oc, "owner", pin_get_owner, NULL);
    object_class_property_add(oc, "input-value", "uint32", pin_get_input,
                              pin_set_input, NULL, NULL);
}

static void scmi_pinctrl_init(Object *obj)
{
}

static void scmi_pinctrl_finalize(Object *obj)
{
    ScmiPinctrl *pinctrl = SCMI_PINCTRL(obj);

    g_free(pinctrl->groups);
    g_free(pinctrl->functions);
}

/* It is all configuration. */
static const VMStateDescription vmstate_pinctrl = {
    .name = TYPE_SCMI_PINCTRL,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
};

static void scmi_pinctrl_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->vmsd = &vmstate_pinctrl;
    /* Reason: made by a platform from its configuration */
    dc->user_creatable = false;
    scmi_migrate_by_path(oc);
}
