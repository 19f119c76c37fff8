/*
 * SCMI vendor protocol of NXP i.MX: what MISC tells of the system manager
 *
 * All of it is as configured, and not supported where it is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "imx-misc.h"

FIELD(MISC_SYSLOG, RETURNED, 0, 12)
FIELD(MISC_SYSLOG, REMAINING, 20, 12)

static const ScmiImxMiscConfig *call_config(const ScmiCall *call)
{
    return scmi_platform_config(call->platform)->imx_misc;
}

ScmiStatus scmi_imx_misc_discover_build_info(ScmiCall *call)
{
    const ScmiImxBuildInfo *build = call_config(call)->build;

    if (!build) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, build->number);
    scmi_put_u32(call, build->commit);
    scmi_put_text(call, build->date, SCMI_SHORT_NAME_SIZE);
    scmi_put_text(call, build->time, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

ScmiStatus scmi_imx_misc_si_info_get(ScmiCall *call)
{
    const ScmiImxSiliconInfo *silicon = call_config(call)->silicon;

    if (!silicon) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, silicon->device);
    scmi_put_u32(call, silicon->revision);
    scmi_put_u32(call, silicon->part);
    scmi_put_text(call, silicon->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

ScmiStatus scmi_imx_misc_cfg_info_get(ScmiCall *call)
{
    const ScmiImxCfgInfo *cfg = call_config(call)->cfg;

    if (!cfg) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, cfg->mode_select);
    scmi_put_text(call, cfg->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

ScmiStatus scmi_imx_misc_board_info(ScmiCall *call)
{
    const char *board = call_config(call)->board;

    if (!board) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, 0);
    scmi_put_text(call, board, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static void put_words(ScmiCall *call, const uint32List *l, unsigned skip,
                      unsigned n)
{
    for (; l && skip; skip--) {
        l = l->next;
    }
    for (; l && n; n--) {
        scmi_put_u32(call, l->value);
        l = l->next;
    }
}

ScmiStatus scmi_imx_misc_rom_passover_get(ScmiCall *call)
{
    const ScmiImxMiscConfig *config = call_config(call);
    unsigned n = QAPI_LIST_LENGTH(config->rom_passover);

    if (!config->has_rom_passover) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, n);
    put_words(call, config->rom_passover, 0, n);
    return SCMI_SUCCESS;
}

ScmiStatus scmi_imx_misc_syslog_get(ScmiCall *call)
{
    const ScmiImxMiscConfig *config = call_config(call);
    uint32_t first = call->payload[1];
    unsigned total = QAPI_LIST_LENGTH(config->syslog);
    uint32_t flags = 0;
    unsigned n;

    if (!config->has_syslog) {
        return SCMI_NOT_SUPPORTED;
    }
    if (call->payload[0] || first > total) {
        return SCMI_INVALID_PARAMETERS;
    }
    n = scmi_chunk(call, first, total, sizeof(flags), sizeof(uint32_t));
    flags = FIELD_DP32(flags, MISC_SYSLOG, RETURNED, n);
    flags = FIELD_DP32(flags, MISC_SYSLOG, REMAINING, total - first - n);
    scmi_put_u32(call, flags);
    put_words(call, config->syslog, first, n);
    return SCMI_SUCCESS;
}

ScmiStatus scmi_imx_misc_reset_reason_attributes(ScmiCall *call)
{
    const strList *l = call_config(call)->reset_reasons;

    for (uint32_t i = 0; l && i < call->payload[0]; i++) {
        l = l->next;
    }
    if (!l) {
        return SCMI_NOT_FOUND;
    }
    scmi_put_u32(call, 0);
    scmi_put_text(call, l->value, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}
