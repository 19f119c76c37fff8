/*
 * SCMI pin control: from its configuration
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "pinctrl.h"
#include "protocol.h"

/* What the numbers on the wire can count. */
#define MAX_MEMBERS 0xffff

/* The container of groups or of functions. */
static Object *container_of_lists(const ScmiPinctrl *pinctrl, const char *name)
{
    return object_resolve_path_component(OBJECT(pinctrl), name);
}

/* The number of a group or a function, or -1 if none has the name. */
static int list_find(const ScmiPinctrl *pinctrl, const char *container,
                     const char *name)
{
    Object *obj = object_resolve_path_component(
        container_of_lists(pinctrl, container), name);
    const ScmiPinList *list =
        (ScmiPinList *)object_dynamic_cast(obj, TYPE_SCMI_PIN_LIST);

    return list ? (int)list->id : -1;
}

/*
 * Make the list number @id of @type, without members yet.
 * @member, @members: what it lists
 */
static ScmiPinList *list_new(ScmiPinctrl *pinctrl, const char *type,
                             const char *container, unsigned id,
                             const char *name, const char *member,
                             strList *members, Error **errp)
{
    size_t n = QAPI_LIST_LENGTH(members);
    g_autoptr(Object) obj = NULL;
    ScmiPinList *list;

    if (!scmi_check_name(name, errp)) {
        return NULL;
    }
    if (list_find(pinctrl, container, name) >= 0) {
        error_setg(errp, "name: another one is named '%s', too", name);
        return NULL;
    }
    if (!members) {
        /* Linux refuses what has no members. */
        error_setg(errp, "%s: there are none", member);
        return NULL;
    }
    if (!scmi_check_count(member, n, MAX_MEMBERS, errp)) {
        return NULL;
    }
    obj = object_new(type);
    if (!object_property_try_add_child(container_of_lists(pinctrl, container),
                                       name, obj, NULL)) {
        error_setg(errp, "name: '%s' is QEMU's own", name);
        return NULL;
    }
    list = SCMI_PIN_LIST(obj);
    list->name = name;
    list->id = id;
    list->member_names = members;
    list->members = g_new(uint16_t, n);
    return list;
}

static bool add_member(ScmiPinList *list, int member, const char *what,
                       const char *name, Error **errp)
{
    if (member < 0 || scmi_pin_list_has(list, member)) {
        error_setg(errp, "%ss[%u]: no%s %s is named '%s'", what, list->n,
                   member < 0 ? "" : " second", what, name);
        return false;
    }
    list->members[list->n++] = member;
    return true;
}

static bool add_group(ScmiPlatform *platform, ScmiPinctrl *pinctrl,
                      const ScmiPinGroupConfig *config, Error **errp)
{
    ScmiPinList *group = list_new(pinctrl, TYPE_SCMI_PIN_GROUP,
                                  SCMI_PIN_GROUPS, pinctrl->num_groups,
                                  config->name, "pins", config->pins, errp);

    if (!group) {
        return false;
    }
    pinctrl->groups[pinctrl->num_groups++] = group;
    for (const strList *l = config->pins; l; l = l->next) {
        const ScmiResource *pin = scmi_find_resource(platform,
                                                     &scmi_pinctrl_protocol,
                                                     l->value);

        if (!add_member(group, pin ? (int)pin->id : -1, "pin", l->value,
                        errp)) {
            return false;
        }
    }
    return true;
}

static bool add_function(ScmiPinctrl *pinctrl,
                         const ScmiPinFunctionConfig *config, Error **errp)
{
    ScmiPinList *function = list_new(pinctrl, TYPE_SCMI_PIN_FUNCTION,
                                     SCMI_PIN_FUNCTIONS,
                                     pinctrl->num_functions, config->name,
                                     "groups", config->groups, errp);

    if (!function) {
        return false;
    }
    function->gpio = config->has_gpio && config->gpio;
    pinctrl->functions[pinctrl->num_functions++] = function;
    for (const strList *l = config->groups; l; l = l->next) {
        int group = list_find(pinctrl, SCMI_PIN_GROUPS, l->value);

        if (!add_member(function, group, "group", l->value, errp)) {
            return false;
        }
    }
    return true;
}

static bool add_oem(ScmiPinctrl *pinctrl, const uint8List *types,
                    Error **errp)
{
    for (unsigned i = 0; types; types = types->next, i++) {
        if (types->value < SCMI_PIN_OEM_FIRST) {
            error_setg(errp, "oem-types[%u]: %u must be from %u to 255", i,
                       types->value, SCMI_PIN_OEM_FIRST);
            return false;
        }
        pinctrl->oem |= 1ull << (types->value - SCMI_PIN_OEM_FIRST);
    }
    return true;
}

static bool add_pin(ScmiPlatform *platform, const ScmiPinConfig *config,
                    Error **errp)
{
    Object *obj = object_new(TYPE_SCMI_PIN);

    if (!scmi_pin_configure(SCMI_PIN(obj), config, errp)) {
        object_unref(obj);
        return false;
    }
    return scmi_platform_add(platform, &scmi_pinctrl_protocol,
                             SCMI_RESOURCE(obj), config->name, errp);
}

static bool add_pins(ScmiPlatform *platform, const ScmiPinConfigList *pins,
                     Error **errp)
{
    ERRP_GUARD();

    if (!pins) {
        error_setg(errp, "pins: there are none");
        return false;
    }
    if (!scmi_check_count("pins", QAPI_LIST_LENGTH(pins), SCMI_MAX_DOMAINS,
                          errp)) {
        return false;
    }
    for (unsigned id = 0; pins; pins = pins->next, id++) {
        if (!add_pin(platform, pins->value, errp)) {
            error_prepend(errp, "pins[%u].", id);
            return false;
        }
    }
    return true;
}

static bool add_groups(ScmiPlatform *platform, ScmiPinctrl *pinctrl,
                       const ScmiPinGroupConfigList *l, Error **errp)
{
    ERRP_GUARD();
    size_t n = QAPI_LIST_LENGTH(l);

    if (!scmi_check_count("groups", n, MAX_MEMBERS, errp)) {
        return false;
    }
    pinctrl->groups = g_new0(ScmiPinList *, n);
    for (unsigned i = 0; l; l = l->next, i++) {
        if (!add_group(platform, pinctrl, l->value, errp)) {
            error_prepend(errp, "groups[%u].", i);
            return false;
        }
    }
    return true;
}

static bool add_functions(ScmiPinctrl *pinctrl,
                          const ScmiPinFunctionConfigList *l, Error **errp)
{
    ERRP_GUARD();
    size_t n = QAPI_LIST_LENGTH(l);

    if (!scmi_check_count("functions", n, MAX_MEMBERS, errp)) {
        return false;
    }
    pinctrl->functions = g_new0(ScmiPinList *, n);
    for (unsigned i = 0; l; l = l->next, i++) {
        if (!add_function(pinctrl, l->value, errp)) {
            error_prepend(errp, "functions[%u].", i);
            return false;
        }
    }
    return true;
}

/* Once there are functions, pins can have them. */
static bool give_functions(ScmiPlatform *platform, ScmiPinctrl *pinctrl,
                           const ScmiPinConfigList *pins, Error **errp)
{
    for (unsigned id = 0; pins; pins = pins->next, id++) {
        ScmiPin *pin = SCMI_PIN(scmi_resource(platform,
                                              &scmi_pinctrl_protocol, id));
        int function;

        if (!pins->value->function) {
            continue;
        }
        function = list_find(pinctrl, SCMI_PIN_FUNCTIONS,
                             pins->value->function);
        if (function < 0 || !scmi_pinctrl_pin_can(pinctrl, function, id)) {
            error_setg(errp, "pins[%u].function: the pin has no '%s'", id,
                       pins->value->function);
            return false;
        }
        pin->at_reset.function = function;
        pin->state.function = function;
    }
    return true;
}

bool scmi_pinctrl_populate(ScmiPlatform *platform,
                           const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiPinctrlConfig *c = config->pinctrl;
    ScmiPinctrl *pinctrl =
        SCMI_PINCTRL(scmi_protocol_device(platform, &scmi_pinctrl_protocol));

    object_property_add_new_container(OBJECT(pinctrl), SCMI_PIN_GROUPS);
    object_property_add_new_container(OBJECT(pinctrl), SCMI_PIN_FUNCTIONS);
    if (add_oem(pinctrl, c->oem_types, errp) &&
        add_pins(platform, c->pins, errp) &&
        add_groups(platform, pinctrl, c->groups, errp) &&
        add_functions(pinctrl, c->functions, errp) &&
        give_functions(platform, pinctrl, c->pins, errp)) {
        return true;
    }
    error_prepend(errp, "pinctrl.");
    return false;
}
