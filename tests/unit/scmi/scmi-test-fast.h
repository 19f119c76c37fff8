/*
 * Unit tests of the SCMI platform: where an agent sees fast channels
 *
 * The window is memory of the test's, at an address that only the agent would
 * use. A test looks at what the domains became, and at what agents read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_UNIT_SCMI_TEST_FAST_H
#define TESTS_UNIT_SCMI_TEST_FAST_H

#include "hw/scmi/fastchannel.h"
#include "scmi-test.h"

#define BASE_HIGH 0x12
#define BASE_LOW 0xffffff80
/* In the agent's memory, from its commands. */
#define STATE 0x1000
#define SLOTS (2 * STATE)
#define NUM_ENTRIES 5

typedef struct Window {
    ScmiFastWindow window;
    bool mapped;
    unsigned changes;
    uint8_t state[NUM_ENTRIES * SCMI_FAST_ENTRY_SIZE];
    uint8_t slots[NUM_ENTRIES * SCMI_FAST_ENTRY_SIZE];
} Window;

/* Give an agent of a platform with NUM_ENTRIES such domains a window. */
void scmi_test_window(ScmiPlatform *platform, unsigned agent, Window *w);

/* A word of an entry that the agent reads. */
uint32_t window_read(const Window *w, unsigned entry, unsigned offset);

/* What it writes before it rings; nobody sees it. */
void slot_write(Window *w, unsigned entry, unsigned offset, uint32_t value);

/* What SCMI_TEST_AGENT commands. */
void window_write(ScmiPlatform *platform, unsigned entry, unsigned offset,
                  uint32_t value);

#endif
