/*
 * SCMI vendor protocol of NXP i.MX: BBM (0x81), version 1.0
 *
 * The battery-backed module: general-purpose registers, real-time clocks and
 * the ON/OFF button. A clock has one alarm, not one for each logical machine.
 *
 * Source: Linux drivers/firmware/arm_scmi/vendors/imx/imx95.rst and
 * imx-sm-bbm.c, whose number of clocks is at bits 23:16.
 *
 * QEMU interface ("<platform>/imx-bbm"; clocks: imx-bbm.h):
 *  + QOM property "button": whether the ON/OFF button is pressed (bool).
 *    Writing it is a finger on it, of which agents that subscribed are told.
 *  + QOM property "gpr-N": a general-purpose register (uint32)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "imx-bbm.h"
#include "migration/vmstate.h"

#define TYPE_SCMI_IMX_BBM "scmi-imx-bbm"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiImxBbm, SCMI_IMX_BBM)

enum {
    BBM_GPR_SET = 0x3,
    BBM_GPR_GET = 0x4,
    BBM_RTC_ATTRIBUTES = 0x5,
    BBM_RTC_TIME_SET = 0x6,
    BBM_RTC_TIME_GET = 0x7,
    BBM_RTC_ALARM_SET = 0x8,
    BBM_BUTTON_GET = 0x9,
    BBM_RTC_NOTIFY = 0xa,
    BBM_BUTTON_NOTIFY = 0xb,
};

enum {
    BBM_RTC_EVENT = 0x0,
    BBM_BUTTON_EVENT = 0x1,
};

/* Subscribed to beside the events of the first clock. */
#define BBM_BUTTON_KIND SCMI_IMX_RTC_NUM_EVENTS

FIELD(BBM_ATTRIBUTES, GPRS, 0, 16)
FIELD(BBM_ATTRIBUTES, RTCS, 16, 8)

FIELD(BBM_RTC, TICKS_PER_SECOND, 0, 16)
FIELD(BBM_RTC, TICK_BITS, 16, 8)
FIELD(BBM_RTC, SECOND_BITS, 24, 8)

FIELD(BBM_TIME_FLAGS, TICKS, 0, 1)
FIELD(BBM_ALARM_FLAGS, ENABLE, 0, 1)

FIELD(BBM_RTC_EVENT, RTC, 24, 8)

#define BBM_MAX_RTCS 255

struct ScmiImxBbm {
    DeviceState parent_obj;
    bool button;
    uint32_t *gprs;
    uint32_t num_gprs;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiImxBbm, scmi_imx_bbm, SCMI_IMX_BBM, DEVICE)

static const ScmiProtocol imx_bbm_protocol;

static ScmiImxBbm *call_bbm(const ScmiCall *call)
{
    return SCMI_IMX_BBM(scmi_protocol_device(call->platform, call->protocol));
}

static ScmiStatus bbm_attributes(ScmiCall *call)
{
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, BBM_ATTRIBUTES, RTCS,
                            scmi_num_resources(call->platform,
                                               call->protocol));
    attributes = FIELD_DP32(attributes, BBM_ATTRIBUTES, GPRS,
                            call_bbm(call)->num_gprs);
    scmi_put_u32(call, attributes);
    return SCMI_SUCCESS;
}

/* General-purpose registers */

static ScmiStatus bbm_gpr_set(ScmiCall *call)
{
    ScmiImxBbm *bbm = call_bbm(call);

    if (call->payload[0] >= bbm->num_gprs) {
        return SCMI_NOT_FOUND;
    }
    bbm->gprs[call->payload[0]] = call->payload[1];
    return SCMI_SUCCESS;
}

static ScmiStatus bbm_gpr_get(ScmiCall *call)
{
    const ScmiImxBbm *bbm = call_bbm(call);

    if (call->payload[0] >= bbm->num_gprs) {
        return SCMI_NOT_FOUND;
    }
    scmi_put_u32(call, bbm->gprs[call->payload[0]]);
    return SCMI_SUCCESS;
}

/* Real-time clocks */

static ScmiStatus bbm_rtc_attributes(ScmiCall *call)
{
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, BBM_RTC, TICKS_PER_SECOND,
                            SCMI_IMX_RTC_HZ);
    attributes = FIELD_DP32(attributes, BBM_RTC, TICK_BITS,
                            SCMI_IMX_RTC_TICK_BITS);
    attributes = FIELD_DP32(attributes, BBM_RTC, SECOND_BITS,
                            SCMI_IMX_RTC_SECOND_BITS);
    scmi_put_u32(call, attributes);
    scmi_put_text(call, call->resource->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static uint64_t call_time(const ScmiCall *call)
{
    return deposit64(call->payload[2], 32, 32, call->payload[3]);
}

static ScmiStatus bbm_rtc_time_set(ScmiCall *call)
{
    uint32_t flags = call->payload[1];
    uint64_t time = call_time(call);

    if (flags & ~R_BBM_TIME_FLAGS_TICKS_MASK ||
        time >> (flags ? SCMI_IMX_RTC_TICK_BITS : SCMI_IMX_RTC_SECOND_BITS)) {
        return SCMI_INVALID_PARAMETERS;
    }
    scmi_imx_rtc_set(SCMI_IMX_RTC(call->resource),
                     flags ? time : time * SCMI_IMX_RTC_HZ, call->agent);
    return SCMI_SUCCESS;
}

static ScmiStatus bbm_rtc_time_get(ScmiCall *call)
{
    uint32_t flags = call->payload[1];
    uint64_t ticks = scmi_imx_rtc_get(SCMI_IMX_RTC(call->resource));

    if (flags & ~R_BBM_TIME_FLAGS_TICKS_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    scmi_put_u64(call, flags ? ticks : ticks / SCMI_IMX_RTC_HZ);
    return SCMI_SUCCESS;
}

static ScmiStatus bbm_rtc_alarm_set(ScmiCall *call)
{
    uint32_t enable = call->payload[1];

    if (enable & ~R_BBM_ALARM_FLAGS_ENABLE_MASK ||
        call_time(call) >> SCMI_IMX_RTC_SECOND_BITS) {
        return SCMI_INVALID_PARAMETERS;
    }
    scmi_imx_rtc_set_alarm(SCMI_IMX_RTC(call->resource), enable,
                           call_time(call));
    return SCMI_SUCCESS;
}

void scmi_imx_bbm_notify_rtc(ScmiResource *rtc, unsigned kind, unsigned cause)
{
    ScmiPlatform *platform = scmi_resource_platform(rtc);
    uint32_t flags = FIELD_DP32(1u << kind, BBM_RTC_EVENT, RTC, rtc->id);

    for (unsigned agent = 1; agent < scmi_platform_num_agents(platform);
         agent++) {
        if (agent != cause) {
            scmi_notify_kind(platform, agent, &imx_bbm_protocol,
                             BBM_RTC_EVENT, kind, rtc->id, &flags, 1);
        }
    }
}

/* Button */

static ScmiStatus bbm_button_get(ScmiCall *call)
{
    scmi_put_u32(call, call_bbm(call)->button);
    return SCMI_SUCCESS;
}

static void bbm_press(ScmiImxBbm *bbm, bool pressed)
{
    ScmiPlatform *platform = scmi_device_platform(DEVICE(bbm));
    uint32_t flags = 1;

    if (pressed == bbm->button) {
        return;
    }
    bbm->button = pressed;
    for (unsigned agent = 1; agent < scmi_platform_num_agents(platform);
         agent++) {
        scmi_notify_kind(platform, agent, &imx_bbm_protocol,
                         BBM_BUTTON_EVENT, BBM_BUTTON_KIND, 0, &flags, 1);
    }
}

static const ScmiMessage bbm_messages[] = {
    { BBM_GPR_SET, "gpr_set", .min = 8, .domain = SCMI_NO_DOMAIN,
      .handler = bbm_gpr_set },
    { BBM_GPR_GET, "gpr_get", .min = 4, .domain = SCMI_NO_DOMAIN,
      .handler = bbm_gpr_get },
    { BBM_RTC_ATTRIBUTES, "rtc_attributes", .min = 4, .domain = 0,
      .handler = bbm_rtc_attributes },
    { BBM_RTC_TIME_SET, "rtc_time_set", .min = 16, .domain = 0,
      .handler = bbm_rtc_time_set },
    { BBM_RTC_TIME_GET, "rtc_time_get", .min = 8, .domain = 0,
      .handler = bbm_rtc_time_get },
    { BBM_RTC_ALARM_SET, "rtc_alarm_set", .min = 16, .domain = 0,
      .handler = bbm_rtc_alarm_set },
    { BBM_BUTTON_GET, "button_get", .domain = SCMI_NO_DOMAIN,
      .handler = bbm_button_get },
    { BBM_RTC_NOTIFY, "rtc_notify", .min = 8, .domain = 0, .notify = true,
      .enable = 1, .event = SCMI_IMX_RTC_ALARM,
      .kinds = SCMI_IMX_RTC_NUM_EVENTS },
    { BBM_BUTTON_NOTIFY, "button_notify", .min = 4,
      .domain = SCMI_NO_DOMAIN, .notify = true, .enable = 0,
      .event = BBM_BUTTON_KIND },
};

static bool bbm_configured(const ScmiPlatformConfig *config)
{
    return config->imx_bbm;
}

static void bbm_add_gprs(ScmiImxBbm *bbm, unsigned n)
{
    bbm->num_gprs = n;
    bbm->gprs = g_new0(uint32_t, n);
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("gpr-%u", i);

        object_property_add_uint32_ptr(OBJECT(bbm), name, &bbm->gprs[i],
                                       OBJ_PROP_FLAG_READWRITE);
    }
}

static bool bbm_populate(ScmiPlatform *platform,
                         const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiImxBbmConfig *c = config->imx_bbm;
    const ScmiImxRtcConfigList *l = c->rtcs;

    if (!scmi_check_count("imx-bbm.rtcs", QAPI_LIST_LENGTH(l), BBM_MAX_RTCS,
                          errp)) {
        return false;
    }
    bbm_add_gprs(SCMI_IMX_BBM(scmi_protocol_device(platform,
                                                   &imx_bbm_protocol)),
                 c->has_gprs ? c->gprs : 0);
    for (unsigned id = 0; l; l = l->next, id++) {
        Object *rtc = object_new(TYPE_SCMI_IMX_RTC);

        if (!scmi_platform_add(platform, &imx_bbm_protocol,
                               SCMI_RESOURCE(rtc), l->value->name, errp)) {
            error_prepend(errp, "imx-bbm.rtcs[%u].", id);
            return false;
        }
    }
    return true;
}

static const ScmiProtocol imx_bbm_protocol = {
    .id = SCMI_PROTOCOL_IMX_BBM,
    .name = "imx-bbm",
    .version = 0x10000,
    .type = TYPE_SCMI_IMX_BBM,
    .configured = bbm_configured,
    .populate = bbm_populate,
    .attributes = bbm_attributes,
    .messages = bbm_messages,
    .num_messages = ARRAY_SIZE(bbm_messages),
};

SCMI_PROTOCOL_REGISTER(imx_bbm_protocol)

static const VMStateDescription vmstate_imx_bbm = {
    .name = TYPE_SCMI_IMX_BBM,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(button, ScmiImxBbm),
        VMSTATE_UINT32_EQUAL(num_gprs, ScmiImxBbm, "number of registers"),
        VMSTATE_VARRAY_UINT32(gprs, ScmiImxBbm, num_gprs, 1,
                              vmstate_info_uint32, uint32_t),
        VMSTATE_END_OF_LIST()
    },
};

static bool bbm_get_button(Object *obj, Error **errp)
{
    return SCMI_IMX_BBM(obj)->button;
}

static void bbm_set_button(Object *obj, bool value, Error **errp)
{
    bbm_press(SCMI_IMX_BBM(obj), value);
}

static void scmi_imx_bbm_init(Object *obj)
{
}

static void scmi_imx_bbm_finalize(Object *obj)
{
    g_free(SCMI_IMX_BBM(obj)->gprs);
}

static void scmi_imx_bbm_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->vmsd = &vmstate_imx_bbm;
    /* Reason: made by a platform from its configuration */
    dc->user_creatable = false;
    scmi_migrate_by_path(oc);
    object_class_property_add_bool(oc, "button", bbm_get_button,
                                   bbm_set_button);
}
