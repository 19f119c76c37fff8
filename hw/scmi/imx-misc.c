/*
 * SCMI vendor protocol of NXP i.MX: MISC (0x84), version 1.0
 *
 * Controls of the device and of the board, and what the system manager tells
 * of itself.
 *
 * Source: Linux drivers/firmware/arm_scmi/vendors/imx/imx95.rst and
 * imx-sm-misc.c, drivers/firmware/imx/sm-misc.c. The former has eight words of
 * extended information in a reset reason, the latter reads four.
 *
 * QEMU interface ("<platform>/imx-misc"; controls: imx-misc.h):
 *  + QOM properties "boot-reason", "shutdown-reason", "lm-boot-reason" and
 *    "lm-shutdown-reason": as RESET_REASON_GET reports them for the system and
 *    for the agent's logical machine, bit 31 set if they are valid (uint32)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "imx-misc.h"
#include "migration/vmstate.h"

enum {
    MISC_CTRL_SET = 0x3,
    MISC_CTRL_GET = 0x4,
    MISC_CONTROL_ACTION = 0x5,
    MISC_DISCOVER_BUILD_INFO = 0x6,
    MISC_ROM_PASSOVER_GET = 0x7,
    MISC_CTRL_NOTIFY = 0x8,
    MISC_RESET_REASON_ATTRIBUTES = 0x9,
    MISC_RESET_REASON_GET = 0xa,
    MISC_SI_INFO_GET = 0xb,
    MISC_CFG_INFO_GET = 0xc,
    MISC_SYSLOG_GET = 0xd,
    MISC_BOARD_INFO = 0xe,
};

#define MISC_CONTROL_EVENT 0x0

FIELD(MISC_ATTRIBUTES, CONTROLS, 0, 16)
FIELD(MISC_ATTRIBUTES, REASONS, 16, 8)
FIELD(MISC_ATTRIBUTES, BOARD_CONTROLS, 24, 8)

FIELD(MISC_REASON_FLAGS, SYSTEM, 0, 1)

/* Numbers of the board's controls start here. */
#define MISC_BOARD_CONTROL 0x8000
#define MISC_MAX_CONTROLS (MISC_BOARD_CONTROL - 1)
#define MISC_MAX_BOARD_CONTROLS 255
#define MISC_MAX_REASONS 255
#define MISC_MAX_ROM_PASSOVER 13
#define MISC_MAX_SYSLOG 4095
#define MISC_NUM_EXTENDED_INFO 8

/* Valid, and the reset reason that Linux calls "por". */
#define MISC_REASON_POWER_ON 0x8000001f

OBJECT_DEFINE_SIMPLE_TYPE(ScmiImxMisc, scmi_imx_misc, SCMI_IMX_MISC, DEVICE)

static const ScmiProtocol imx_misc_protocol;

ScmiImxMisc *scmi_call_imx_misc(const ScmiCall *call)
{
    return SCMI_IMX_MISC(scmi_protocol_device(call->platform,
                                              call->protocol));
}

/* The board's controls come after the device's. */
static uint32_t misc_find(const ScmiCall *call, uint32_t number)
{
    const ScmiImxMisc *misc = scmi_call_imx_misc(call);

    if (number < MISC_BOARD_CONTROL) {
        return number < misc->num_controls ? number : UINT32_MAX;
    }
    number -= MISC_BOARD_CONTROL;
    return number < misc->num_board_controls ? misc->num_controls + number
                                             : UINT32_MAX;
}

static ScmiStatus misc_attributes(ScmiCall *call)
{
    const ScmiImxMisc *misc = scmi_call_imx_misc(call);
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, MISC_ATTRIBUTES, CONTROLS,
                            misc->num_controls);
    attributes = FIELD_DP32(attributes, MISC_ATTRIBUTES, REASONS,
                            misc->num_reasons);
    attributes = FIELD_DP32(attributes, MISC_ATTRIBUTES, BOARD_CONTROLS,
                            misc->num_board_controls);
    scmi_put_u32(call, attributes);
    return SCMI_SUCCESS;
}

/* Controls */

static ScmiStatus misc_ctrl_set(ScmiCall *call)
{
    ScmiImxControl *control = SCMI_IMX_CONTROL(call->resource);
    uint32_t n = call->payload[1];

    if (n != control->num_words) {
        return SCMI_INVALID_PARAMETERS;
    }
    /* An agent may send the whole array of values, used or not. */
    if (call->payload_length < 8 + n * sizeof(uint32_t)) {
        return SCMI_PROTOCOL_ERROR;
    }
    memcpy(control->words, &call->payload[2], n * sizeof(uint32_t));
    return SCMI_SUCCESS;
}

static ScmiStatus misc_ctrl_get(ScmiCall *call)
{
    const ScmiImxControl *control = SCMI_IMX_CONTROL(call->resource);

    scmi_put_u32(call, control->num_words);
    for (unsigned i = 0; i < control->num_words; i++) {
        scmi_put_u32(call, control->words[i]);
    }
    return SCMI_SUCCESS;
}

/* What an action does is the control's; this one's have no results. */
static ScmiStatus misc_control_action(ScmiCall *call)
{
    ScmiImxControl *control = SCMI_IMX_CONTROL(call->resource);
    uint32_t n = call->payload[2];

    if (n > SCMI_IMX_CONTROL_MAX_WORDS) {
        return SCMI_INVALID_PARAMETERS;
    }
    /* As of values, an agent may send the whole array. */
    if (call->payload_length < 12 + n * sizeof(uint32_t)) {
        return SCMI_PROTOCOL_ERROR;
    }
    control->action = call->payload[1];
    control->num_actions++;
    scmi_put_u32(call, 0);
    return SCMI_SUCCESS;
}

static void notify_agent(ScmiImxControl *control, ScmiPlatform *platform,
                         unsigned agent, uint32_t events)
{
    for (unsigned kind = 0; events >> kind; kind++) {
        uint32_t words[] = { control->number, 1u << kind };

        if (extract32(events, kind, 1)) {
            scmi_notify_kind(platform, agent, &imx_misc_protocol,
                             MISC_CONTROL_EVENT, kind,
                             SCMI_RESOURCE(control)->id, words,
                             ARRAY_SIZE(words));
        }
    }
}

void scmi_imx_misc_notify(ScmiImxControl *control, uint32_t events)
{
    ScmiPlatform *platform = scmi_resource_platform(SCMI_RESOURCE(control));

    for (unsigned agent = 1; agent < scmi_platform_num_agents(platform);
         agent++) {
        notify_agent(control, platform, agent, events);
    }
}

/* Reset reasons */

static ScmiStatus misc_reset_reason_get(ScmiCall *call)
{
    const ScmiImxMisc *misc = scmi_call_imx_misc(call);
    uint32_t system = call->payload[0];

    if (system & ~R_MISC_REASON_FLAGS_SYSTEM_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    scmi_put_u32(call, system ? misc->boot_reason : misc->lm_boot_reason);
    scmi_put_u32(call, system ? misc->shutdown_reason
                              : misc->lm_shutdown_reason);
    for (unsigned i = 0; i < MISC_NUM_EXTENDED_INFO; i++) {
        scmi_put_u32(call, 0);
    }
    return SCMI_SUCCESS;
}

static const ScmiMessage misc_messages[] = {
    { MISC_CTRL_SET, "ctrl_set", .min = 8,
      .max = 8 + SCMI_IMX_CONTROL_MAX_WORDS * sizeof(uint32_t), .domain = 0,
      .handler = misc_ctrl_set },
    { MISC_CTRL_GET, "ctrl_get", .min = 4, .domain = 0,
      .handler = misc_ctrl_get },
    { MISC_CONTROL_ACTION, "control_action", .min = 12,
      .max = 12 + SCMI_IMX_CONTROL_MAX_WORDS * sizeof(uint32_t), .domain = 0,
      .handler = misc_control_action },
    { MISC_DISCOVER_BUILD_INFO, "discover_build_info",
      .domain = SCMI_NO_DOMAIN, .handler = scmi_imx_misc_discover_build_info },
    { MISC_ROM_PASSOVER_GET, "rom_passover_get", .domain = SCMI_NO_DOMAIN,
      .handler = scmi_imx_misc_rom_passover_get },
    { MISC_CTRL_NOTIFY, "ctrl_notify", .min = 8, .domain = 0, .notify = true,
      .enable = 1, .event = 0, .kinds = SCMI_IMX_CONTROL_NUM_EVENTS },
    { MISC_RESET_REASON_ATTRIBUTES, "reset_reason_attributes", .min = 4,
      .domain = SCMI_NO_DOMAIN,
      .handler = scmi_imx_misc_reset_reason_attributes },
    { MISC_RESET_REASON_GET, "reset_reason_get", .min = 4,
      .domain = SCMI_NO_DOMAIN, .handler = misc_reset_reason_get },
    { MISC_SI_INFO_GET, "si_info_get", .domain = SCMI_NO_DOMAIN,
      .handler = scmi_imx_misc_si_info_get },
    { MISC_CFG_INFO_GET, "cfg_info_get", .domain = SCMI_NO_DOMAIN,
      .handler = scmi_imx_misc_cfg_info_get },
    { MISC_SYSLOG_GET, "syslog_get", .min = 8, .domain = SCMI_NO_DOMAIN,
      .handler = scmi_imx_misc_syslog_get },
    { MISC_BOARD_INFO, "board_info", .domain = SCMI_NO_DOMAIN,
      .handler = scmi_imx_misc_board_info },
};

/* Configuration */

static bool misc_configured(const ScmiPlatformConfig *config)
{
    return config->imx_misc;
}

static bool add_controls(ScmiPlatform *platform, const char *list,
                         const ScmiImxControlConfigList *l, uint32_t number,
                         Error **errp)
{
    ERRP_GUARD();

    for (unsigned i = 0; l; l = l->next, i++) {
        ScmiImxControl *control = scmi_imx_control_new(l->value, number + i,
                                                       errp);

        if (!control ||
            !scmi_platform_add(platform, &imx_misc_protocol,
                               SCMI_RESOURCE(control), l->value->name, errp)) {
            error_prepend(errp, "%s[%u].", list, i);
            return false;
        }
    }
    return true;
}

/* Each list is as long as the wire can count. */
static bool check_lengths(const ScmiImxMiscConfig *c, Error **errp)
{
    const struct {
        const char *list;
        size_t n;
        size_t most;
    } lists[] = {
        { "controls", QAPI_LIST_LENGTH(c->controls), MISC_MAX_CONTROLS },
        { "board-controls", QAPI_LIST_LENGTH(c->board_controls),
          MISC_MAX_BOARD_CONTROLS },
        { "reset-reasons", QAPI_LIST_LENGTH(c->reset_reasons),
          MISC_MAX_REASONS },
        { "rom-passover", QAPI_LIST_LENGTH(c->rom_passover),
          MISC_MAX_ROM_PASSOVER },
        { "syslog", QAPI_LIST_LENGTH(c->syslog), MISC_MAX_SYSLOG },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(lists); i++) {
        if (!scmi_check_count(lists[i].list, lists[i].n, lists[i].most,
                              errp)) {
            return false;
        }
    }
    return true;
}

/* The schema says of each text that it has at most 15 characters. */
static bool check_texts(const ScmiImxMiscConfig *c, Error **errp)
{
    const strList *l = c->reset_reasons;

    for (unsigned i = 0; l; l = l->next, i++) {
        g_autofree char *member = g_strdup_printf("reset-reasons[%u]", i);

        if (!scmi_check_text(member, l->value, errp)) {
            return false;
        }
    }
    return scmi_check_text("silicon.name", c->silicon ? c->silicon->name
                                                      : NULL, errp) &&
           scmi_check_text("cfg.name", c->cfg ? c->cfg->name : NULL, errp) &&
           scmi_check_text("board", c->board, errp);
}

static bool misc_populate(ScmiPlatform *platform,
                          const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiImxMiscConfig *c = config->imx_misc;
    ScmiImxMisc *misc =
        SCMI_IMX_MISC(scmi_protocol_device(platform, &imx_misc_protocol));

    scmi_imx_misc_resolve(misc, c);
    misc->num_controls = QAPI_LIST_LENGTH(c->controls);
    misc->num_board_controls = QAPI_LIST_LENGTH(c->board_controls);
    if (check_lengths(c, errp) && check_texts(c, errp) &&
        add_controls(platform, "controls", c->controls, 0, errp) &&
        add_controls(platform, "board-controls", c->board_controls,
                     MISC_BOARD_CONTROL, errp)) {
        return true;
    }
    error_prepend(errp, "imx-misc.");
    return false;
}

static const ScmiProtocol imx_misc_protocol = {
    .id = SCMI_PROTOCOL_IMX_MISC,
    .name = "imx-misc",
    .version = 0x10000,
    .type = TYPE_SCMI_IMX_MISC,
    .configured = misc_configured,
    .populate = misc_populate,
    .find = misc_find,
    .attributes = misc_attributes,
    .messages = misc_messages,
    .num_messages = ARRAY_SIZE(misc_messages),
};

SCMI_PROTOCOL_REGISTER(imx_misc_protocol)

/* Device */

static const VMStateDescription vmstate_imx_misc = {
    .name = TYPE_SCMI_IMX_MISC,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(boot_reason, ScmiImxMisc),
        VMSTATE_UINT32(shutdown_reason, ScmiImxMisc),
        VMSTATE_UINT32(lm_boot_reason, ScmiImxMisc),
        VMSTATE_UINT32(lm_shutdown_reason, ScmiImxMisc),
        VMSTATE_END_OF_LIST()
    },
};

static void scmi_imx_misc_init(Object *obj)
{
    ScmiImxMisc *misc = SCMI_IMX_MISC(obj);

    misc->boot_reason = MISC_REASON_POWER_ON;
    misc->lm_boot_reason = MISC_REASON_POWER_ON;
    object_property_add_uint32_ptr(obj, "boot-reason", &misc->boot_reason,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "shutdown-reason",
                                   &misc->shutdown_reason,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "lm-boot-reason",
                                   &misc->lm_boot_reason,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "lm-shutdown-reason",
                                   &misc->lm_shutdown_reason,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void scmi_imx_misc_finalize(Object *obj)
{
    ScmiImxMisc *misc = SCMI_IMX_MISC(obj);

    g_free(misc->reasons);
    g_free(misc->rom_passover.words);
    g_free(misc->syslog.words);
}

static void scmi_imx_misc_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->vmsd = &vmstate_imx_misc;
    /* Reason: made by a platform from its configuration */
    dc->user_creatable = false;
    scmi_migrate_by_path(oc);
}
