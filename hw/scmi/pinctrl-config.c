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

static int list_find(const ScmiPinList *lists, unsigned n, const char *name)
{
    for (unsigned i = 0; i < n; i++) {
        if (!strcmp(lists[i].name, name)) {
            return i;
        }
    }
    return -1;
}

static bool check_name(const ScmiPinList *lists, unsigned n, const char *what,
                       const char *name, Error **errp)
{
    if (!*name || strlen(name) >= SCMI_EXTENDED_NAME_SIZE) {
        error_setg(errp, "pinctrl: '%s' cannot be the name of a %s", name,
                   what);
        return false;
    }
    if (list_find(lists, n, name) >= 0) {
        error_setg(errp, "pinctrl: there are two %ss '%s'", what, name);
        return false;
    }
    return true;
}

static bool check_members(const char *what, const char *name, size_t n,
                          Error **errp)
{
    /* Linux refuses what has no members. */
    if (n && n <= MAX_MEMBERS) {
        return true;
    }
    error_setg(errp, "pinctrl: %s '%s' needs 1 to %d members", what, name,
               MAX_MEMBERS);
    return false;
}

static int find_pin(ScmiPlatform *platform, const char *name)
{
    Object *pinctrl =
        OBJECT(scmi_protocol_device(platform, &scmi_pinctrl_protocol));
    Object *pin = object_resolve_path_component(pinctrl, name);

    return pin && object_dynamic_cast(pin, TYPE_SCMI_PIN)
           ? SCMI_RESOURCE(pin)->id : -1;
}

static bool add_group(ScmiPlatform *platform, ScmiPinctrl *pinctrl,
                      const ScmiPinGroupConfig *config, Error **errp)
{
    ScmiPinList *group = &pinctrl->groups[pinctrl->num_groups];
    size_t n = QAPI_LIST_LENGTH(config->pins);
    const strList *l;

    if (!check_name(pinctrl->groups, pinctrl->num_groups, "group",
                    config->name, errp) ||
        !check_members("group", config->name, n, errp)) {
        return false;
    }
    group->name = config->name;
    group->members = g_new(uint16_t, n);
    pinctrl->num_groups++;
    for (l = config->pins; l; l = l->next) {
        int pin = find_pin(platform, l->value);

        if (pin < 0 || scmi_pin_list_has(group, pin)) {
            error_setg(errp, "pinctrl: group '%s': no%s pin is named '%s'",
                       config->name, pin < 0 ? "" : " second", l->value);
            return false;
        }
        group->members[group->n++] = pin;
    }
    return true;
}

static bool add_function(ScmiPinctrl *pinctrl,
                         const ScmiPinFunctionConfig *config, Error **errp)
{
    ScmiPinList *function = &pinctrl->functions[pinctrl->num_functions];
    size_t n = QAPI_LIST_LENGTH(config->groups);
    const strList *l;

    if (!check_name(pinctrl->functions, pinctrl->num_functions, "function",
                    config->name, errp) ||
        !check_members("function", config->name, n, errp)) {
        return false;
    }
    function->name = config->name;
    function->gpio = config->has_gpio && config->gpio;
    function->members = g_new(uint16_t, n);
    pinctrl->num_functions++;
    for (l = config->groups; l; l = l->next) {
        int group = list_find(pinctrl->groups, pinctrl->num_groups, l->value);

        if (group < 0 || scmi_pin_list_has(function, group)) {
            error_setg(errp, "pinctrl: function '%s': no%s group is named "
                       "'%s'", config->name, group < 0 ? "" : " second",
                       l->value);
            return false;
        }
        function->members[function->n++] = group;
    }
    return true;
}

static bool add_oem(ScmiPinctrl *pinctrl, const uint8List *types,
                    Error **errp)
{
    for (; types; types = types->next) {
        if (types->value < SCMI_PIN_OEM_FIRST) {
            error_setg(errp, "pinctrl: the vendor's type %u must be from %u "
                       "to 255", types->value, SCMI_PIN_OEM_FIRST);
            return false;
        }
        pinctrl->oem |= 1ull << (types->value - SCMI_PIN_OEM_FIRST);
    }
    return true;
}

static bool add_pins(ScmiPlatform *platform, const ScmiPinConfigList *pins,
                     Error **errp)
{
    if (!pins) {
        error_setg(errp, "pinctrl: there are no pins");
        return false;
    }
    for (; pins; pins = pins->next) {
        Object *obj = object_new(TYPE_SCMI_PIN);

        if (!scmi_pin_configure(SCMI_PIN(obj), pins->value, errp)) {
            object_unref(obj);
            return false;
        }
        if (!scmi_platform_add(platform, &scmi_pinctrl_protocol,
                               SCMI_RESOURCE(obj), pins->value->name, errp)) {
            return false;
        }
    }
    return true;
}

static bool add_lists(ScmiPlatform *platform, ScmiPinctrl *pinctrl,
                      const ScmiPinctrlConfig *config, Error **errp)
{
    size_t groups = QAPI_LIST_LENGTH(config->groups);
    size_t functions = QAPI_LIST_LENGTH(config->functions);

    if (groups > MAX_MEMBERS || functions > MAX_MEMBERS) {
        error_setg(errp, "pinctrl: more than %d groups or functions",
                   MAX_MEMBERS);
        return false;
    }
    pinctrl->groups = g_new0(ScmiPinList, groups);
    pinctrl->functions = g_new0(ScmiPinList, functions);
    for (const ScmiPinGroupConfigList *l = config->groups; l; l = l->next) {
        if (!add_group(platform, pinctrl, l->value, errp)) {
            return false;
        }
    }
    for (const ScmiPinFunctionConfigList *l = config->functions; l;
         l = l->next) {
        if (!add_function(pinctrl, l->value, errp)) {
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
        function = list_find(pinctrl->functions, pinctrl->num_functions,
                             pins->value->function);
        if (function < 0 || !scmi_pinctrl_pin_can(pinctrl, function, id)) {
            error_setg(errp, "pinctrl '%s': the pin has no function '%s'",
                       pins->value->name, pins->value->function);
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
    const ScmiPinctrlConfig *c = config->pinctrl;
    ScmiPinctrl *pinctrl =
        SCMI_PINCTRL(scmi_protocol_device(platform, &scmi_pinctrl_protocol));

    return add_oem(pinctrl, c->oem_types, errp) &&
           add_pins(platform, c->pins, errp) &&
           add_lists(platform, pinctrl, c, errp) &&
           give_functions(platform, pinctrl, c->pins, errp);
}
