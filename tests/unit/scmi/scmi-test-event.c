/*
 * Unit tests of the SCMI platform: a sink for events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "scmi-test.h"

bool scmi_test_receive(void *opaque, uint32_t header, const void *payload,
                       size_t length)
{
    ScmiTestInbox *inbox = opaque;
    ScmiTestEvent *event = &inbox->events[inbox->count];

    if (inbox->busy) {
        return false;
    }
    g_assert_cmpuint(inbox->count, <, ARRAY_SIZE(inbox->events));
    g_assert_cmpuint(length, <=, SCMI_EVENT_MAX);
    g_assert_cmpuint(length % 4, ==, 0);
    event->header = header;
    event->num_words = length / 4;
    for (unsigned i = 0; i < event->num_words; i++) {
        event->words[i] = ldl_le_p(payload + 4 * i);
    }
    inbox->count++;
    return true;
}

static const ScmiEventSink inbox_sink = { .send = scmi_test_receive };

void scmi_test_attach(ScmiPlatform *platform, unsigned agent,
                      ScmiTestInbox *inbox)
{
    scmi_platform_attach(platform, agent, &inbox_sink, inbox);
}

ScmiTestEvent scmi_test_take(ScmiTestInbox *inbox)
{
    ScmiTestEvent first = inbox->events[0];

    g_assert_cmpuint(inbox->count, >, 0);
    inbox->count--;
    memmove(inbox->events, inbox->events + 1,
            inbox->count * sizeof(inbox->events[0]));
    return first;
}
