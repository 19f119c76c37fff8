/*
 * QEMU_CLOCK_VIRTUAL for unit tests
 *
 * QEMU's stubs let it run with the host; here it stands still until a test
 * moves it. cpus_set_virtual_clock() moves it past timers that are due.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_UNIT_VIRTUAL_CLOCK_H
#define TESTS_UNIT_VIRTUAL_CLOCK_H

/* Call once, before any timer is made. */
void virtual_clock_init(void);

/* Let @ns pass, and run each timer when it is due. */
void virtual_clock_step(int64_t ns);

#endif
