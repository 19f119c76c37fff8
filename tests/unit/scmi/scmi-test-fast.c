/*
 * Unit tests of the SCMI platform: where an agent sees fast channels
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "scmi-test-fast.h"

static uint64_t window_address(void *opaque, unsigned agent)
{
    Window *w = opaque;

    return w->mapped ? (uint64_t)BASE_HIGH << 32 | BASE_LOW : UINT64_MAX;
}

static void window_changed(void *opaque, unsigned agent, unsigned area)
{
    Window *w = opaque;

    w->changes++;
}

void scmi_test_window(ScmiPlatform *platform, unsigned agent, Window *w)
{
    *w = (Window) {
        .window = { window_address, STATE, window_changed, w, w->state,
                    w->slots },
        .mapped = true,
    };
    g_assert_cmpuint(scmi_fast_size(platform), ==, sizeof(w->state));
    g_assert_false(scmi_fast_has_window(platform, agent));
    scmi_fast_attach(platform, agent, &w->window);
    g_assert_true(scmi_fast_has_window(platform, agent));
}

uint32_t window_read(const Window *w, unsigned entry, unsigned offset)
{
    return ldl_le_p(w->state + entry * SCMI_FAST_ENTRY_SIZE + offset);
}

void slot_write(Window *w, unsigned entry, unsigned offset, uint32_t value)
{
    stl_le_p(w->slots + entry * SCMI_FAST_ENTRY_SIZE + offset, value);
}

void window_write(ScmiPlatform *platform, unsigned entry, unsigned offset,
                  uint32_t value)
{
    scmi_fast_write(platform, SCMI_TEST_AGENT,
                    entry * SCMI_FAST_ENTRY_SIZE + offset, value);
}
