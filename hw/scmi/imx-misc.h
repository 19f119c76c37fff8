/*
 * SCMI vendor protocol of NXP i.MX: the controls of MISC
 *
 * QEMU interface of a control ("<platform>/imx-misc/<name>"):
 *  + QOM property "value", or "value-0" and so on if it has more than one:
 *    its words (uint32). Writing one is the hardware changing by itself, of
 *    which agents that subscribed with bit 0 are told.
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

#define SCMI_IMX_CONTROL_MAX_WORDS 8
#define SCMI_IMX_CONTROL_NUM_EVENTS 4

/**
 * ScmiImxControl:
 * @number: what it is called on the wire
 */
struct ScmiImxControl {
    ScmiResource parent_obj;
    uint32_t number;
    uint32_t num_words;
    uint32_t at_reset[SCMI_IMX_CONTROL_MAX_WORDS];
    uint32_t words[SCMI_IMX_CONTROL_MAX_WORDS];
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
