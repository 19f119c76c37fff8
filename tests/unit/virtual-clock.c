/*
 * QEMU_CLOCK_VIRTUAL for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"
#include "virtual-clock.h"

/* Not 0, which models may take for never. */
static int64_t now = SCALE_MS;

int64_t cpus_get_virtual_clock(void)
{
    return now;
}

void cpus_set_virtual_clock(int64_t new_time)
{
    now = new_time;
}

void virtual_clock_init(void)
{
    init_clocks(NULL);
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
}

void virtual_clock_step(int64_t ns)
{
    int64_t end = now + ns;

    for (;;) {
        int64_t wait = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                                  QEMU_TIMER_ATTR_ALL);

        if (wait < 0 || wait > end - now) {
            break;
        }
        now += wait;
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
    }
    now = end;
}
