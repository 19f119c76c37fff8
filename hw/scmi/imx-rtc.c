/*
 * SCMI vendor protocol of NXP i.MX: the real-time clocks of BBM
 *
 * Source: Linux drivers/firmware/arm_scmi/vendors/imx/imx95.rst,
 * drivers/rtc/rtc-imx-sm-bbm.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "imx-bbm.h"
#include "migration/vmstate.h"
#include "system/rtc.h"
#include "system/system.h"

#define TICKS (1ull << SCMI_IMX_RTC_TICK_BITS)
#define SECONDS (1ull << SCMI_IMX_RTC_SECOND_BITS)

/**
 * ScmiImxRtc:
 * @offset: what its count is ahead of the clock's, in ticks; the sum counts
 *          from 0 to TICKS - 1, and beyond it until it was seen to roll over
 * @alarm: in seconds
 */
struct ScmiImxRtc {
    ScmiResource parent_obj;
    QEMUTimer *timer;
    int64_t offset;
    uint64_t alarm;
    bool alarm_enabled;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiImxRtc, scmi_imx_rtc, SCMI_IMX_RTC,
                          SCMI_RESOURCE)

static int64_t clock_ticks(void)
{
    return muldiv64(qemu_clock_get_ns(rtc_clock), SCMI_IMX_RTC_HZ,
                    NANOSECONDS_PER_SECOND);
}

/* When the clock has counted @ticks, in its nanoseconds. */
static int64_t clock_ns(uint64_t ticks)
{
    return muldiv64(ticks, NANOSECONDS_PER_SECOND, SCMI_IMX_RTC_HZ) + 1;
}

uint64_t scmi_imx_rtc_get(const ScmiImxRtc *rtc)
{
    return (clock_ticks() + rtc->offset) & (TICKS - 1);
}

static void rtc_rearm(ScmiImxRtc *rtc)
{
    uint64_t next = TICKS;

    if (rtc->alarm_enabled) {
        next = rtc->alarm * SCMI_IMX_RTC_HZ;
    }
    /* Not before now: an alarm that is over is due. */
    next = MAX(next, scmi_imx_rtc_get(rtc));
    timer_mod(rtc->timer, clock_ns(next - rtc->offset));
}

static void rtc_set_offset(ScmiImxRtc *rtc, uint64_t ticks)
{
    rtc->offset = ticks - clock_ticks();
    rtc_rearm(rtc);
}

static void rtc_expired(void *opaque)
{
    ScmiImxRtc *rtc = opaque;
    int64_t ticks = clock_ticks() + rtc->offset;

    if (rtc->alarm_enabled &&
        ticks >= (int64_t)(rtc->alarm * SCMI_IMX_RTC_HZ)) {
        rtc->alarm_enabled = false;
        scmi_imx_bbm_notify_rtc(SCMI_RESOURCE(rtc), SCMI_IMX_RTC_ALARM,
                                SCMI_AGENT_PLATFORM);
    }
    if (ticks >= (int64_t)TICKS) {
        rtc->offset -= TICKS;
        scmi_imx_bbm_notify_rtc(SCMI_RESOURCE(rtc), SCMI_IMX_RTC_ROLLOVER,
                                SCMI_AGENT_PLATFORM);
    }
    rtc_rearm(rtc);
}

void scmi_imx_rtc_set(ScmiImxRtc *rtc, uint64_t ticks, unsigned cause)
{
    rtc_set_offset(rtc, ticks);
    scmi_imx_bbm_notify_rtc(SCMI_RESOURCE(rtc), SCMI_IMX_RTC_UPDATED, cause);
}

void scmi_imx_rtc_set_alarm(ScmiImxRtc *rtc, bool enable, uint64_t seconds)
{
    rtc->alarm = seconds;
    rtc->alarm_enabled = enable;
    rtc_rearm(rtc);
}

static int rtc_post_load(void *opaque, int version_id)
{
    ScmiImxRtc *rtc = opaque;

    if (rtc->alarm >= SECONDS) {
        return -EINVAL;
    }
    /* Whatever the offset is, it is one that the counter can have. */
    rtc_set_offset(rtc, scmi_imx_rtc_get(rtc));
    return 0;
}

static const VMStateDescription vmstate_imx_rtc = {
    .name = TYPE_SCMI_IMX_RTC,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = rtc_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_INT64(offset, ScmiImxRtc),
        VMSTATE_UINT64(alarm, ScmiImxRtc),
        VMSTATE_BOOL(alarm_enabled, ScmiImxRtc),
        VMSTATE_END_OF_LIST()
    },
};

static void rtc_get_time(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    uint64_t seconds = scmi_imx_rtc_get(SCMI_IMX_RTC(obj)) / SCMI_IMX_RTC_HZ;

    visit_type_uint64(v, name, &seconds, errp);
}

static void rtc_set_time(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    uint64_t seconds;

    if (!visit_type_uint64(v, name, &seconds, errp)) {
        return;
    }
    if (seconds >= SECONDS) {
        error_setg(errp, "imx-bbm '%s': the time has %d bits",
                   SCMI_RESOURCE(obj)->name, SCMI_IMX_RTC_SECOND_BITS);
        return;
    }
    scmi_imx_rtc_set(SCMI_IMX_RTC(obj), seconds * SCMI_IMX_RTC_HZ,
                     SCMI_AGENT_PLATFORM);
}

static bool rtc_get_alarm_enabled(Object *obj, Error **errp)
{
    return SCMI_IMX_RTC(obj)->alarm_enabled;
}

/* Seconds begin when rtc_clock's do, as in every other real-time clock. */
static void rtc_realize(DeviceState *dev, Error **errp)
{
    ScmiImxRtc *rtc = SCMI_IMX_RTC(dev);
    struct tm tm;

    qemu_get_timedate(&tm, 0);
    rtc->timer = timer_new_ns(rtc_clock, rtc_expired, rtc);
    rtc_set_offset(rtc, (uint64_t)mktimegm(&tm) * SCMI_IMX_RTC_HZ +
                        clock_ticks() % SCMI_IMX_RTC_HZ);
}

static void scmi_imx_rtc_init(Object *obj)
{
    object_property_add_uint64_ptr(obj, "alarm", &SCMI_IMX_RTC(obj)->alarm,
                                   OBJ_PROP_FLAG_READ);
}

static void scmi_imx_rtc_finalize(Object *obj)
{
    timer_free(SCMI_IMX_RTC(obj)->timer);
}

static void scmi_imx_rtc_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->realize = rtc_realize;
    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_imx_rtc;
    object_class_property_add(oc, "time", "uint64", rtc_get_time,
                              rtc_set_time, NULL, NULL);
    object_class_property_add_bool(oc, "alarm-enabled", rtc_get_alarm_enabled,
                                   NULL);
}
