/*
 * SCMI pin control protocol (0x19), version 1.0
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/pinctrl.c; the GPIO
 * bit: U-Boot drivers/pinctrl/pinctrl-scmi.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "pinctrl.h"
#include "protocol.h"

enum {
    PINCTRL_ATTRIBUTES = 0x3,
    PINCTRL_LIST_ASSOCIATIONS = 0x4,
    PINCTRL_SETTINGS_GET = 0x5,
    PINCTRL_SETTINGS_CONFIGURE = 0x6,
    PINCTRL_REQUEST = 0x7,
    PINCTRL_RELEASE = 0x8,
    PINCTRL_NAME_GET = 0x9,
    PINCTRL_SET_PERMISSIONS = 0xa,
};

FIELD(PINCTRL_FLAGS, SELECTOR, 0, 2)

FIELD(PINCTRL_ELEMENT, MEMBERS, 0, 16)
FIELD(PINCTRL_ELEMENT, GPIO, 17, 1)
FIELD(PINCTRL_ELEMENT, EXTENDED_NAME, 31, 1)

FIELD(PINCTRL_LIST, RETURNED, 0, 12)
FIELD(PINCTRL_LIST, REMAINING, 16, 16)

ScmiPinctrl *scmi_call_pinctrl(const ScmiCall *call)
{
    return SCMI_PINCTRL(scmi_protocol_device(call->platform, call->protocol));
}

const ScmiPinList *scmi_call_pin_list(const ScmiCall *call,
                                      ScmiPinSelector selector, uint32_t id)
{
    const ScmiPinctrl *pinctrl = scmi_call_pinctrl(call);

    if (selector == SCMI_SELECT_GROUP) {
        return id < pinctrl->num_groups ? pinctrl->groups[id] : NULL;
    }
    return id < pinctrl->num_functions ? pinctrl->functions[id] : NULL;
}

/* What there is */

static ScmiStatus pinctrl_protocol_attributes(ScmiCall *call)
{
    const ScmiPinctrl *pinctrl = scmi_call_pinctrl(call);

    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    scmi_put_u16(call, pinctrl->num_groups);
    scmi_put_u16(call, pinctrl->num_functions);
    scmi_put_u16(call, 0);
    return SCMI_SUCCESS;
}

/* The name of the element at words 0 and 1, and its members if it has any. */
static ScmiStatus find_element(ScmiCall *call, const char **name,
                               const ScmiPinList **list)
{
    uint32_t flags = call->payload[1];
    ScmiPinSelector selector = FIELD_EX32(flags, PINCTRL_FLAGS, SELECTOR);
    ScmiStatus status;

    *list = NULL;
    if (flags > SCMI_SELECT_FUNCTION) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (selector == SCMI_SELECT_PIN) {
        status = scmi_call_domain(call, call->payload[0]);
        *name = status == SCMI_SUCCESS ? call->resource->name : NULL;
        return status;
    }
    *list = scmi_call_pin_list(call, selector, call->payload[0]);
    if (!*list) {
        return SCMI_NOT_FOUND;
    }
    *name = (*list)->name;
    return SCMI_SUCCESS;
}

static ScmiStatus pinctrl_attributes(ScmiCall *call)
{
    const ScmiPinList *list;
    const char *name;
    ScmiStatus status = find_element(call, &name, &list);
    uint32_t attributes = 0;

    if (status != SCMI_SUCCESS) {
        return status;
    }
    attributes = FIELD_DP32(attributes, PINCTRL_ELEMENT, MEMBERS,
                            list ? list->n : 0);
    attributes = FIELD_DP32(attributes, PINCTRL_ELEMENT, GPIO,
                            list && list->gpio);
    attributes = FIELD_DP32(attributes, PINCTRL_ELEMENT, EXTENDED_NAME,
                            strlen(name) >= SCMI_SHORT_NAME_SIZE);
    scmi_put_u32(call, attributes);
    scmi_put_text(call, name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static ScmiStatus pinctrl_name_get(ScmiCall *call)
{
    const ScmiPinList *list;
    const char *name;
    ScmiStatus status = find_element(call, &name, &list);

    if (status != SCMI_SUCCESS) {
        return status;
    }
    scmi_put_u32(call, 0);
    scmi_put_text(call, name, SCMI_EXTENDED_NAME_SIZE);
    return SCMI_SUCCESS;
}

/* Not padded: U-Boot refuses a reply that is longer than what it lists. */
static ScmiStatus pinctrl_list_associations(ScmiCall *call)
{
    uint32_t first = call->payload[2];
    const ScmiPinList *list;
    const char *name;
    ScmiStatus status = find_element(call, &name, &list);
    uint32_t flags = 0;
    unsigned n;

    if (status != SCMI_SUCCESS) {
        return status;
    }
    /* A pin is no list. */
    if (!list || first >= list->n) {
        return SCMI_INVALID_PARAMETERS;
    }
    n = scmi_chunk(call, first, list->n, sizeof(flags), sizeof(uint16_t));
    flags = FIELD_DP32(flags, PINCTRL_LIST, RETURNED, n);
    flags = FIELD_DP32(flags, PINCTRL_LIST, REMAINING, list->n - first - n);
    scmi_put_u32(call, flags);
    for (unsigned i = 0; i < n; i++) {
        scmi_put_u16(call, list->members[first + i]);
    }
    return SCMI_SUCCESS;
}

static const ScmiMessage pinctrl_messages[] = {
    { PINCTRL_ATTRIBUTES, "attributes", .min = 8, .domain = SCMI_NO_DOMAIN,
      .handler = pinctrl_attributes },
    { PINCTRL_LIST_ASSOCIATIONS, "list_associations", .min = 12,
      .domain = SCMI_NO_DOMAIN, .handler = pinctrl_list_associations },
    { PINCTRL_SETTINGS_GET, "settings_get", .min = 8,
      .domain = SCMI_NO_DOMAIN, .handler = scmi_pinctrl_settings_get },
    { PINCTRL_SETTINGS_CONFIGURE, "settings_configure",
      .min = SCMI_PIN_CONFIGURE_MIN, .max = SCMI_PIN_CONFIGURE_MAX,
      .domain = SCMI_NO_DOMAIN, .handler = scmi_pinctrl_settings_configure },
    { PINCTRL_REQUEST, "request", .min = 8, .domain = SCMI_NO_DOMAIN,
      .handler = scmi_pinctrl_request },
    { PINCTRL_RELEASE, "release", .min = 8, .domain = SCMI_NO_DOMAIN,
      .handler = scmi_pinctrl_release },
    { PINCTRL_NAME_GET, "name_get", .min = 8, .domain = SCMI_NO_DOMAIN,
      .handler = pinctrl_name_get },
    { PINCTRL_SET_PERMISSIONS, "set_permissions", .min = 12,
      .domain = SCMI_NO_DOMAIN, .handler = scmi_pinctrl_set_permissions },
};

static bool pinctrl_configured(const ScmiPlatformConfig *config)
{
    return config->pinctrl;
}

const ScmiProtocol scmi_pinctrl_protocol = {
    .id = SCMI_PROTOCOL_PINCTRL,
    .name = "pinctrl",
    .version = 0x10000,
    .type = TYPE_SCMI_PINCTRL,
    .configured = pinctrl_configured,
    .populate = scmi_pinctrl_populate,
    .attributes = pinctrl_protocol_attributes,
    .messages = pinctrl_messages,
    .num_messages = ARRAY_SIZE(pinctrl_messages),
};
