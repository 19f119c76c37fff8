/*
 * SCMI vendor protocol of NXP i.MX: the controls of MISC
 *
 * QEMU interface of a control ("<platform>/imx-misc/<name>"):
 *  + QOM property "value", or "value-0" and so on if it has more than one:
 *    its words (uint32). Writing one is the hardware changing by itself, of
 *    which agents that subscribed with bit 0 are told.
 *  + QOM properties "action" and "actions": the last action that an agent asked
 *    for with CONTROL_ACTION, and how many it asked for (uint32, read-only)
 *  + QOM property "event": raises the events whose bits are written, 0 to 3
 *    (uint32, write-only)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_IMX_MISC_H
#define HW_SCMI_IMX_MISC_H

#include "protocol.h"

#define TYPE_SCMI_IMX_CONTROL "scmi-imx-control"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiImxControl, SCMI_IMX_CONTROL)

#define TYPE_SCMI_IMX_MISC "scmi-imx-misc"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiImxMisc, SCMI_IMX_MISC)

/* A list of words as configured; owned. */
typedef struct ScmiImxWords {
    uint32_t *words;
    unsigned n;
} ScmiImxWords;

/**
 * ScmiImxMisc:
 * @reasons: names of reset reasons, @num_reasons of them; the names belong to
 *           the configuration
 */
struct ScmiImxMisc {
    DeviceState parent_obj;
    uint32_t num_controls;
    uint32_t num_board_controls;
    const char **reasons;
    unsigned num_reasons;
    ScmiImxWords rom_passover;
    ScmiImxWords syslog;
    uint32_t boot_reason;
    uint32_t shutdown_reason;
    uint32_t lm_boot_reason;
    uint32_t lm_shutdown_reason;
};

ScmiImxMisc *scmi_call_imx_misc(const ScmiCall *call);

/* Have the lists of the configuration at hand for messages. */
void scmi_imx_misc_resolve(ScmiImxMisc *misc, const ScmiImxMiscConfig *config);

#define SCMI_IMX_CONTROL_MAX_WORDS 8
#define SCMI_IMX_CONTROL_NUM_EVENTS 4

/**
 * ScmiImxControl:
 * @number: what it is called on the wire
 * @action: the last action that an agent asked for, of @num_actions
 */
struct ScmiImxControl {
    ScmiResource parent_obj;
    uint32_t number;
    uint32_t num_words;
    uint32_t at_reset[SCMI_IMX_CONTROL_MAX_WORDS];
    uint32_t words[SCMI_IMX_CONTROL_MAX_WORDS];
    uint32_t action;
    uint32_t num_actions;
};

/* A control as configured; NULL if it has too many words. */
ScmiImxControl *scmi_imx_control_new(const ScmiImxControlConfig *config,
                                     uint32_t number, Error **errp);

/* Handlers of what it tells of itself, in imx-misc-info.c. */
ScmiStatus scmi_imx_misc_discover_build_info(ScmiCall *call);
ScmiStatus scmi_imx_misc_rom_passover_get(ScmiCall *call);
ScmiStatus scmi_imx_misc_reset_reason_attributes(ScmiCall *call);
ScmiStatus scmi_imx_misc_si_info_get(ScmiCall *call);
ScmiStatus scmi_imx_misc_cfg_info_get(ScmiCall *call);
ScmiStatus scmi_imx_misc_syslog_get(ScmiCall *call);
ScmiStatus scmi_imx_misc_board_info(ScmiCall *call);

/* Tell agents of the events whose bits are set. */
void scmi_imx_misc_notify(ScmiImxControl *control, uint32_t events);

#endif
