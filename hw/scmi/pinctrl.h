/*
 * SCMI pin control: what is behind the protocol
 *
 * Pins hold all the state. A group is a list of pins and a function a list of
 * groups, both as configured.
 *
 * QEMU interface of a pin ("<platform>/pinctrl/<name>"):
 *  + QOM property "function": name of its function, empty if it has none
 *    (string, read-only)
 *  + QOM property "settings": its settings, such as
 *    "bias-pull-up=1 drive-strength=8" (string, read-only)
 *  + QOM property "owner": name of the agent that requested it, empty if none
 *    did (string, read-only)
 *  + QOM property "input-value": the level at the pin (uint32). Writing it is
 *    what is connected to the pin driving it; an output has its own level.
 *
 * QEMU interface of a group ("<platform>/pinctrl/groups/<name>"):
 *  + QOM property "id": its number (uint32, read-only)
 *  + QOM property "pins": names of its pins (list of strings, read-only)
 *
 * QEMU interface of a function ("<platform>/pinctrl/functions/<name>"):
 *  + QOM property "id": its number (uint32, read-only)
 *  + QOM property "groups": names of its groups (list of strings, read-only)
 *  + QOM property "gpio": whether it makes general-purpose input and output
 *    (bool, read-only)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_PINCTRL_H
#define HW_SCMI_PINCTRL_H

#include "protocol.h"

#define TYPE_SCMI_PIN "scmi-pin"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiPin, SCMI_PIN)

#define TYPE_SCMI_PINCTRL "scmi-pinctrl"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiPinctrl, SCMI_PINCTRL)

/* Types of settings that the vendor defines follow those of the standard. */
#define SCMI_PIN_OEM_FIRST 192
#define SCMI_PIN_NUM_OEM 64
#define SCMI_PIN_NUM_SETTINGS (SCMI_PIN_SETTING_TYPE__MAX + SCMI_PIN_NUM_OEM)

#define SCMI_PIN_NO_FUNCTION UINT32_MAX

/**
 * ScmiPinState:
 * @function: number of its function, or SCMI_PIN_NO_FUNCTION
 * @has: whether it has a setting, by place
 * @values: the settings, by place
 */
typedef struct ScmiPinState {
    uint32_t function;
    bool has[SCMI_PIN_NUM_SETTINGS];
    uint32_t values[SCMI_PIN_NUM_SETTINGS];
} ScmiPinState;

/**
 * ScmiPin:
 * @owner: the agent that requested it, or SCMI_AGENT_PLATFORM
 */
struct ScmiPin {
    ScmiResource parent_obj;
    ScmiPinState at_reset;
    ScmiPinState state;
    uint32_t owner;
};

/* Both are lists: the containers of their objects have these names. */
#define TYPE_SCMI_PIN_LIST "scmi-pin-list"
#define TYPE_SCMI_PIN_GROUP "scmi-pin-group"
#define TYPE_SCMI_PIN_FUNCTION "scmi-pin-function"
#define SCMI_PIN_GROUPS "groups"
#define SCMI_PIN_FUNCTIONS "functions"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiPinList, SCMI_PIN_LIST)

/**
 * ScmiPinList: a group of pins or a function of groups
 * @name: as configured; borrowed
 * @members: numbers of its @n members
 * @member_names: their names, as configured; borrowed
 */
struct ScmiPinList {
    Object parent_obj;
    const char *name;
    uint32_t id;
    uint16_t *members;
    unsigned n;
    strList *member_names;
    bool gpio;
};

/**
 * ScmiPinctrl: what the protocol has beside the pins
 * @oem: settings that the vendor defines, bit 0 for type 192
 */
struct ScmiPinctrl {
    DeviceState parent_obj;
    ScmiPinList **groups;
    unsigned num_groups;
    ScmiPinList **functions;
    unsigned num_functions;
    uint64_t oem;
};

/* The place of a type of setting, or -1 if pins do not have it. */
int scmi_pin_place(const ScmiPinctrl *pinctrl, uint32_t type);

/* The type of setting that has a place. */
uint32_t scmi_pin_type(unsigned place);

/* Whether agents may set what has a place. */
bool scmi_pin_writable(unsigned place);

/* Change a setting, and those that cannot be beside it. */
void scmi_pin_set(ScmiPin *pin, unsigned place, uint32_t value);

/* Give a pin the settings that it has after reset. */
bool scmi_pin_configure(ScmiPin *pin, const ScmiPinConfig *config,
                        Error **errp);

/* What a pin belongs to. */
ScmiPinctrl *scmi_pin_pinctrl(const ScmiPin *pin);

/* Whether a list has a member. */
bool scmi_pin_list_has(const ScmiPinList *list, uint16_t member);

/* Whether a pin can have a function: one of its groups has the pin. */
bool scmi_pinctrl_pin_can(const ScmiPinctrl *pinctrl, uint32_t function,
                          uint32_t pin);

/* What a message is about. */
typedef enum ScmiPinSelector {
    SCMI_SELECT_PIN = 0,
    SCMI_SELECT_GROUP = 1,
    SCMI_SELECT_FUNCTION = 2,
} ScmiPinSelector;

ScmiPinctrl *scmi_call_pinctrl(const ScmiCall *call);

/* The group or function that is selected, or NULL if there is none. */
const ScmiPinList *scmi_call_pin_list(const ScmiCall *call,
                                      ScmiPinSelector selector, uint32_t id);

/* SETTINGS_CONFIGURE: three words, then as many pairs as a command holds. */
#define SCMI_PIN_CONFIGURE_MIN 12
#define SCMI_PIN_CONFIGURE_MAX \
    (SCMI_PIN_CONFIGURE_MIN + \
     QEMU_ALIGN_DOWN(SCMI_COMMAND_MAX - SCMI_PIN_CONFIGURE_MIN, 8))

/* Handlers of messages about settings, owners and permissions */
ScmiStatus scmi_pinctrl_settings_get(ScmiCall *call);
ScmiStatus scmi_pinctrl_settings_configure(ScmiCall *call);
ScmiStatus scmi_pinctrl_request(ScmiCall *call);
ScmiStatus scmi_pinctrl_release(ScmiCall *call);
ScmiStatus scmi_pinctrl_set_permissions(ScmiCall *call);

/* Make pins, groups and functions; a ScmiProtocol's populate. */
bool scmi_pinctrl_populate(ScmiPlatform *platform,
                           const ScmiPlatformConfig *config, Error **errp);

#endif
