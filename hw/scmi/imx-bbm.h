/*
 * SCMI vendor protocol of NXP i.MX: the real-time clocks of BBM
 *
 * QEMU interface of a real-time clock ("<platform>/imx-bbm/<name>"):
 *  + QOM property "time": in seconds (uint64). Writing it is somebody else
 *    setting the clock, of which agents that subscribed are told.
 *  + QOM property "alarm": when it is due, in seconds (uint64, read-only)
 *  + QOM property "alarm-enabled": whether it is still to come (bool,
 *    read-only)
 *
 * It follows QEMU's -rtc option, and like its battery it outlives a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_IMX_BBM_H
#define HW_SCMI_IMX_BBM_H

#include "protocol.h"

#define TYPE_SCMI_IMX_RTC "scmi-imx-rtc"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiImxRtc, SCMI_IMX_RTC)

/* A counter of 47 bits whose upper 32 bits are seconds. */
#define SCMI_IMX_RTC_HZ 32768
#define SCMI_IMX_RTC_TICK_BITS 47
#define SCMI_IMX_RTC_SECOND_BITS 32

/* What agents are told of: kinds of the event, by their bits. */
enum {
    SCMI_IMX_RTC_ALARM = 0,
    SCMI_IMX_RTC_ROLLOVER = 1,
    SCMI_IMX_RTC_UPDATED = 2,
    SCMI_IMX_RTC_NUM_EVENTS = 3,
};

/* In ticks. */
uint64_t scmi_imx_rtc_get(const ScmiImxRtc *rtc);

/* @cause: the agent that sets it, which is not told of it. */
void scmi_imx_rtc_set(ScmiImxRtc *rtc, uint64_t ticks, unsigned cause);

/* In seconds; one that is over is due at once. */
void scmi_imx_rtc_set_alarm(ScmiImxRtc *rtc, bool enable, uint64_t seconds);

/* Tell agents of an event. */
void scmi_imx_bbm_notify_rtc(ScmiResource *rtc, unsigned kind,
                             unsigned cause);

#endif
