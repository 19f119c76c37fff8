/*
 * Unit tests of the SCMI platform: the machine that there is none of
 *
 * What the platform asks of a machine is written down, and the date is always
 * the same. The real-time clock goes with virtual time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "system/rtc.h"
#include "system/runstate.h"
#include "system/system.h"
#include "scmi-test.h"

ScmiTestMachine scmi_test_machine;

QEMUClockType rtc_clock = QEMU_CLOCK_VIRTUAL;

/* SCMI_TEST_DATE */
void qemu_get_timedate(struct tm *tm, time_t offset)
{
    *tm = (struct tm) {
        .tm_year = 101, .tm_mon = 8, .tm_mday = 9, .tm_hour = 1,
        .tm_min = 46, .tm_sec = 40,
    };
}

void qemu_system_shutdown_request(ShutdownCause reason)
{
    scmi_test_machine.shutdowns++;
    scmi_test_machine.by_guest = shutdown_caused_by_guest(reason);
}

void qemu_system_reset_request(ShutdownCause reason)
{
    scmi_test_machine.resets++;
    scmi_test_machine.by_guest = shutdown_caused_by_guest(reason);
}

void qemu_system_suspend_request(void)
{
    scmi_test_machine.suspends++;
}

void qemu_register_wakeup_support(void)
{
}
