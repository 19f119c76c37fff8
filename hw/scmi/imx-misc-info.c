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

static ScmiImxWords resolve_words(const uint32List *l)
{
    ScmiImxWords list = { .words = g_new(uint32_t, QAPI_LIST_LENGTH(l)) };

    for (; l; l = l->next) {
        list.words[list.n++] = l->value;
    }
    return list;
}

void scmi_imx_misc_resolve(ScmiImxMisc *misc, const ScmiImxMiscConfig *config)
{
    const strList *l = config->reset_reasons;

    misc->reasons = g_new(const char *, QAPI_LIST_LENGTH(l));
    for (; l; l = l->next) {
        misc->reasons[misc->num_reasons++] = l->value;
    }
    misc->rom_passover = resolve_words(config->rom_passover);
    misc->syslog = resolve_words(config->syslog);
}

ScmiStatus scmi_imx_misc_rom_passover_get(ScmiCall *call)
{
    const ScmiImxWords *passover = &scmi_call_imx_misc(call)->rom_passover;

    if (!call_config(call)->has_rom_passover) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u32(call, passover->n);
    for (unsigned i = 0; i < passover->n; i++) {
        scmi_put_u32(call, passover->words[i]);
    }
    return SCMI_SUCCESS;
}

ScmiStatus scmi_imx_misc_syslog_get(ScmiCall *call)
{
    const ScmiImxWords *syslog = &scmi_call_imx_misc(call)->syslog;
    uint32_t first = call->payload[1];
    uint32_t flags = 0;
    unsigned n;

    if (!call_config(call)->has_syslog) {
        return SCMI_NOT_SUPPORTED;
    }
    if (call->payload[0] || first > syslog->n) {
        return SCMI_INVALID_PARAMETERS;
    }
    n = scmi_chunk(call, first, syslog->n, sizeof(flags), sizeof(uint32_t));
    flags = FIELD_DP32(flags, MISC_SYSLOG, RETURNED, n);
    flags = FIELD_DP32(flags, MISC_SYSLOG, REMAINING, syslog->n - first - n);
    scmi_put_u32(call, flags);
    for (unsigned i = 0; i < n; i++) {
        scmi_put_u32(call, syslog->words[first + i]);
    }
    return SCMI_SUCCESS;
}

ScmiStatus scmi_imx_misc_reset_reason_attributes(ScmiCall *call)
{
    const ScmiImxMisc *misc = scmi_call_imx_misc(call);
    uint32_t reason = call->payload[0];

    if (reason >= misc->num_reasons) {
        return SCMI_NOT_FOUND;
    }
    scmi_put_u32(call, 0);
    scmi_put_text(call, misc->reasons[reason], SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}
