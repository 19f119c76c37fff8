/*
 * SCMI pin control protocol: settings, and who owns pins
 *
 * What is set at a group is set at each of its pins, and what is read from it
 * is what all its pins have in common.
 *
 * Source: Linux drivers/firmware/arm_scmi/pinctrl.c; a function selected with
 * bit 10 clear: U-Boot drivers/pinctrl/pinctrl-scmi.c; SET_PERMISSIONS: the
 * pin control module of Linaro's for SCP-firmware.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "pinctrl.h"
#include "protocol.h"

FIELD(PINCTRL_GET, TYPE, 0, 8)
FIELD(PINCTRL_GET, SKIP, 8, 8)
FIELD(PINCTRL_GET, SELECTOR, 16, 2)
FIELD(PINCTRL_GET, WHAT, 18, 2)
FIELD(PINCTRL_GET, RESERVED, 20, 12)

enum { GET_ONE = 0, GET_ALL = 1, GET_FUNCTION = 2 };

FIELD(PINCTRL_SETTINGS, RETURNED, 0, 8)
FIELD(PINCTRL_SETTINGS, REMAINING, 24, 8)

FIELD(PINCTRL_PERMISSION, SELECTOR, 0, 2)
FIELD(PINCTRL_PERMISSION, ALLOW, 2, 1)
FIELD(PINCTRL_PERMISSION, RESERVED, 3, 29)

FIELD(PINCTRL_CONFIGURE, SELECTOR, 0, 2)
FIELD(PINCTRL_CONFIGURE, COUNT, 2, 8)
FIELD(PINCTRL_CONFIGURE, FUNCTION, 10, 1)
FIELD(PINCTRL_CONFIGURE, RESERVED, 11, 21)

/* A setting: type and value. */
#define PAIR_SIZE (2 * sizeof(uint32_t))

static ScmiPin *call_pin(const ScmiCall *call, unsigned id)
{
    return SCMI_PIN(scmi_resource(call->platform, call->protocol, id));
}

/* A pin, or the pins of a group. */
typedef struct Pins {
    uint16_t self;
    const uint16_t *ids;
    unsigned n;
} Pins;

static ScmiStatus select_pins(const ScmiCall *call, ScmiPinSelector selector,
                              uint32_t id, Pins *pins)
{
    const ScmiPinList *group;

    if (selector > SCMI_SELECT_GROUP) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (selector == SCMI_SELECT_PIN) {
        *pins = (Pins) { .self = id, .ids = &pins->self, .n = 1 };
        return id < scmi_num_resources(call->platform, call->protocol)
               ? SCMI_SUCCESS : SCMI_NOT_FOUND;
    }
    group = scmi_call_pin_list(call, selector, id);
    if (!group) {
        return SCMI_NOT_FOUND;
    }
    *pins = (Pins) { .ids = group->members, .n = group->n };
    return SCMI_SUCCESS;
}

/* The pins that a call is about; the agent has to be permitted all of them. */
static ScmiStatus find_pins(ScmiCall *call, ScmiPinSelector selector,
                            uint32_t id, Pins *pins)
{
    ScmiStatus status = select_pins(call, selector, id, pins);

    for (unsigned i = 0; status == SCMI_SUCCESS && i < pins->n; i++) {
        status = scmi_call_domain(call, pins->ids[i]);
    }
    return status;
}

/* Reading settings */

/* Keep those of @n places at which @state is as @first; returns how many. */
static unsigned keep_common(const ScmiPinState *first,
                            const ScmiPinState *state, uint8_t *places,
                            unsigned n)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < n; i++) {
        unsigned place = places[i];

        if (state->has[place] &&
            state->values[place] == first->values[place]) {
            places[kept++] = place;
        }
    }
    return kept;
}

/*
 * Keep those of @n places at which all pins are alike. A group may be large:
 * each pin is looked at once, and only for what those before it have.
 */
static unsigned common_settings(const ScmiCall *call, const Pins *pins,
                                uint8_t *places, unsigned n)
{
    const ScmiPinState *first = &call_pin(call, pins->ids[0])->state;

    for (unsigned i = 0; n && i < pins->n; i++) {
        n = keep_common(first, &call_pin(call, pins->ids[i])->state, places,
                        n);
    }
    return n;
}

static uint32_t common_function(const ScmiCall *call, const Pins *pins)
{
    uint32_t function = call_pin(call, pins->ids[0])->state.function;

    for (unsigned i = 1; i < pins->n; i++) {
        if (call_pin(call, pins->ids[i])->state.function != function) {
            return SCMI_PIN_NO_FUNCTION;
        }
    }
    return function;
}

static void put_setting(ScmiCall *call, const Pins *pins, unsigned place)
{
    scmi_put_u32(call, scmi_pin_type(place));
    scmi_put_u32(call, call_pin(call, pins->ids[0])->state.values[place]);
}

static ScmiStatus get_one(ScmiCall *call, const Pins *pins, uint32_t type)
{
    int place = scmi_pin_place(scmi_call_pinctrl(call), type);
    uint8_t places[] = { place };

    if (place < 0 || !common_settings(call, pins, places, 1)) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, FIELD_DP32(0, PINCTRL_SETTINGS, RETURNED, 1));
    put_setting(call, pins, place);
    return SCMI_SUCCESS;
}

static ScmiStatus get_all(ScmiCall *call, const Pins *pins, unsigned skip)
{
    uint8_t places[SCMI_PIN_NUM_SETTINGS];
    unsigned total;
    uint32_t counts = 0;
    unsigned n;

    for (unsigned i = 0; i < SCMI_PIN_NUM_SETTINGS; i++) {
        places[i] = i;
    }
    total = common_settings(call, pins, places, SCMI_PIN_NUM_SETTINGS);
    if (skip > total) {
        return SCMI_INVALID_PARAMETERS;
    }
    n = scmi_chunk(call, skip, total, sizeof(counts), PAIR_SIZE);
    counts = FIELD_DP32(counts, PINCTRL_SETTINGS, RETURNED, n);
    counts = FIELD_DP32(counts, PINCTRL_SETTINGS, REMAINING, total - skip - n);
    scmi_put_u32(call, counts);
    for (unsigned i = 0; i < n; i++) {
        put_setting(call, pins, places[skip + i]);
    }
    return SCMI_SUCCESS;
}

ScmiStatus scmi_pinctrl_settings_get(ScmiCall *call)
{
    uint32_t flags = call->payload[1];
    ScmiStatus status;
    Pins pins;

    if (FIELD_EX32(flags, PINCTRL_GET, RESERVED)) {
        return SCMI_INVALID_PARAMETERS;
    }
    status = find_pins(call, FIELD_EX32(flags, PINCTRL_GET, SELECTOR),
                       call->payload[0], &pins);
    if (status != SCMI_SUCCESS) {
        return status;
    }
    scmi_put_u32(call, common_function(call, &pins));
    switch (FIELD_EX32(flags, PINCTRL_GET, WHAT)) {
    case GET_ONE:
        return get_one(call, &pins, FIELD_EX32(flags, PINCTRL_GET, TYPE));
    case GET_ALL:
        return get_all(call, &pins, FIELD_EX32(flags, PINCTRL_GET, SKIP));
    case GET_FUNCTION:
        scmi_put_u32(call, 0);
        return SCMI_SUCCESS;
    default:
        return SCMI_INVALID_PARAMETERS;
    }
}

/* Changing settings */

static ScmiStatus check_owner(const ScmiCall *call, const Pins *pins)
{
    for (unsigned i = 0; i < pins->n; i++) {
        uint32_t owner = call_pin(call, pins->ids[i])->owner;

        if (owner != SCMI_AGENT_PLATFORM && owner != call->agent) {
            return SCMI_DENIED;
        }
    }
    return SCMI_SUCCESS;
}

static ScmiStatus check_function(const ScmiCall *call, const Pins *pins,
                                 ScmiPinSelector selector)
{
    const ScmiPinctrl *pinctrl = scmi_call_pinctrl(call);
    uint32_t function = call->payload[1];

    if (function >= pinctrl->num_functions) {
        return SCMI_NOT_FOUND;
    }
    if (selector == SCMI_SELECT_GROUP
        ? !scmi_pin_list_has(pinctrl->functions[function], call->payload[0])
        : !scmi_pinctrl_pin_can(pinctrl, function, pins->ids[0])) {
        return SCMI_INVALID_PARAMETERS;
    }
    return SCMI_SUCCESS;
}

static ScmiStatus check_settings(const ScmiCall *call, unsigned count)
{
    const ScmiPinctrl *pinctrl = scmi_call_pinctrl(call);

    for (unsigned i = 0; i < count; i++) {
        int place = scmi_pin_place(pinctrl, call->payload[3 + 2 * i]);

        if (place < 0 || !scmi_pin_writable(place)) {
            return SCMI_INVALID_PARAMETERS;
        }
    }
    return SCMI_SUCCESS;
}

static void configure(ScmiCall *call, const Pins *pins, bool function,
                      unsigned count)
{
    const ScmiPinctrl *pinctrl = scmi_call_pinctrl(call);

    for (unsigned i = 0; i < pins->n; i++) {
        ScmiPin *pin = call_pin(call, pins->ids[i]);

        if (function) {
            pin->state.function = call->payload[1];
        }
        for (unsigned j = 0; j < count; j++) {
            scmi_pin_set(pin, scmi_pin_place(pinctrl,
                                             call->payload[3 + 2 * j]),
                         call->payload[4 + 2 * j]);
        }
    }
}

ScmiStatus scmi_pinctrl_settings_configure(ScmiCall *call)
{
    uint32_t flags = call->payload[2];
    unsigned count = FIELD_EX32(flags, PINCTRL_CONFIGURE, COUNT);
    ScmiPinSelector selector = FIELD_EX32(flags, PINCTRL_CONFIGURE, SELECTOR);
    bool function = FIELD_EX32(flags, PINCTRL_CONFIGURE, FUNCTION);
    ScmiStatus status;
    Pins pins;

    if (call->payload_length != SCMI_PIN_CONFIGURE_MIN + count * PAIR_SIZE) {
        return SCMI_PROTOCOL_ERROR;
    }
    if (FIELD_EX32(flags, PINCTRL_CONFIGURE, RESERVED)) {
        return SCMI_INVALID_PARAMETERS;
    }
    /* U-Boot selects a function without the bit; it means nothing else. */
    function |= !count && call->payload[1] != SCMI_PIN_NO_FUNCTION;
    status = find_pins(call, selector, call->payload[0], &pins);
    status = status ?: check_owner(call, &pins);
    status = status ?: check_settings(call, count);
    if (status == SCMI_SUCCESS && function) {
        status = check_function(call, &pins, selector);
    }
    if (status == SCMI_SUCCESS) {
        configure(call, &pins, function, count);
    }
    return status;
}

/* Owning pins */

static ScmiStatus find_requested(ScmiCall *call, Pins *pins)
{
    uint32_t flags = call->payload[1];

    return find_pins(call, flags, call->payload[0], pins);
}

static void set_owner(ScmiCall *call, const Pins *pins, uint32_t owner)
{
    for (unsigned i = 0; i < pins->n; i++) {
        call_pin(call, pins->ids[i])->owner = owner;
    }
}

ScmiStatus scmi_pinctrl_request(ScmiCall *call)
{
    Pins pins;
    ScmiStatus status = find_requested(call, &pins);

    if (status != SCMI_SUCCESS) {
        return status;
    }
    if (check_owner(call, &pins) != SCMI_SUCCESS) {
        return SCMI_BUSY;
    }
    set_owner(call, &pins, call->agent);
    return SCMI_SUCCESS;
}

ScmiStatus scmi_pinctrl_release(ScmiCall *call)
{
    Pins pins;
    ScmiStatus status = find_requested(call, &pins);

    for (unsigned i = 0; status == SCMI_SUCCESS && i < pins.n; i++) {
        if (call_pin(call, pins.ids[i])->owner != call->agent) {
            status = SCMI_DENIED;
        }
    }
    if (status == SCMI_SUCCESS) {
        set_owner(call, &pins, SCMI_AGENT_PLATFORM);
    }
    return status;
}

/* Permitting pins */

/* Pins are what is permitted: a group is all of its own. */
ScmiStatus scmi_pinctrl_set_permissions(ScmiCall *call)
{
    uint32_t agent = call->payload[0];
    uint32_t flags = call->payload[2];
    ScmiStatus status;
    Pins pins;

    if (agent >= scmi_platform_num_agents(call->platform)) {
        return SCMI_NOT_FOUND;
    }
    if (FIELD_EX32(flags, PINCTRL_PERMISSION, RESERVED)) {
        return SCMI_INVALID_PARAMETERS;
    }
    status = select_pins(call, FIELD_EX32(flags, PINCTRL_PERMISSION, SELECTOR),
                         call->payload[1], &pins);
    if (status != SCMI_SUCCESS) {
        return status;
    }
    if (!scmi_agent_is_trusted(call->platform, call->agent)) {
        return SCMI_DENIED;
    }
    scmi_permit_domains(call->platform, agent, call->protocol, pins.ids,
                        pins.n, FIELD_EX32(flags, PINCTRL_PERMISSION, ALLOW));
    return SCMI_SUCCESS;
}
