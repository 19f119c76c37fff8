/*
 * Unit tests of the SCMI platform: channels of agents that misuse them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define POWER SCMI_PROTOCOL_POWER
#define CLOCK SCMI_PROTOCOL_CLOCK

#define STATE_SET 0x4
#define STATE_NOTIFY 0x6
#define RATE_SET 0x5
#define ASYNCHRONOUS 1
#define ON  0
#define OFF 0x40000000

#define STATE_CHANGED (3 << 8 | POWER << 10)
#define RATE_SET_RESPONSE (2 << 8 | CLOCK << 10 | RATE_SET)

#define LATENCY (100 * SCALE_US)

enum { FIRST = 1, SECOND = 2 };

/**
 * Loop: a channel whose messages land on a doorbell
 * @ring: what sending one does as well, NULL for nothing
 * @reply: what a command was answered that came this way
 */
typedef struct Loop {
    ScmiPlatform *platform;
    ScmiTestInbox inbox;
    void (*ring)(struct Loop *loop);
    uint32_t reply;
    size_t length;
} Loop;

static bool loop_send(void *opaque, uint32_t header, const void *payload,
                      size_t length)
{
    Loop *loop = opaque;

    if (!scmi_test_receive(&loop->inbox, header, payload, length)) {
        return false;
    }
    if (loop->ring) {
        loop->ring(loop);
    }
    return true;
}

static const ScmiEventSink loop_sink = { .send = loop_send };

/* Two agents. The first one has @loop, and hears of power domain 0. */
static void loop_start(Loop *loop)
{
    loop->platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'first' }, { 'name': 'second' } ],"
        "  'power-domains': [ { 'name': 'a', 'on': true } ],"
        "  'clocks': [ { 'name': 'a', 'rates': [ 1, 2 ] } ],"
        "  'perf-domains': [ { 'name': 'a', 'levels': [ { 'level': 1 },"
        "    { 'level': 2 }, { 'level': 3 } ], 'level': 1 } ] }");
    scmi_platform_attach(loop->platform, FIRST, &loop_sink, loop);
    /* From now on it is as the second one wants it. */
    ASSERT_STATUS(SEND(loop->platform, POWER, STATE_SET, 0, 0, OFF),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(loop->platform, POWER, STATE_NOTIFY, 0, 1),
                  SCMI_SUCCESS);
}

static void set_power(Loop *loop, uint32_t state)
{
    ASSERT_STATUS(SEND_AS(SECOND, loop->platform, POWER, STATE_SET, 0, 0,
                          state), SCMI_SUCCESS);
}

static void set_rate_later(Loop *loop, unsigned agent)
{
    ASSERT_STATUS(SEND_AS(agent, loop->platform, CLOCK, RATE_SET,
                          ASYNCHRONOUS, 0, 2, 0), SCMI_SUCCESS);
}

static void ring_platform(Loop *loop)
{
    const uint32_t command[] = { 0, 0, cpu_to_le32(OFF) };

    loop->length = scmi_platform_handle(
        loop->platform, SECOND, scmi_test_header(POWER, STATE_SET), command,
        sizeof(command), &loop->reply, sizeof(loop->reply));
}

/* Only after the command that sent it may an event lead to another one. */
static void test_command_by_event(void)
{
    Loop loop = { .ring = ring_platform };

    loop_start(&loop);
    set_power(&loop, ON);
    g_assert_cmpuint(loop.inbox.count, ==, 0);
    set_power(&loop, OFF);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, OFF);
    g_assert_cmpuint(loop.length, ==, sizeof(loop.reply));
    g_assert_cmpint((int32_t)le32_to_cpu(loop.reply), ==, SCMI_BUSY);
    ring_platform(&loop);
    g_assert_cmpint(le32_to_cpu(loop.reply), ==, SCMI_SUCCESS);
    scmi_test_free(loop.platform);
}

/* Nor does a delayed response that leads back disturb what follows. */
static void test_command_by_response(void)
{
    Loop loop = { .ring = ring_platform };

    loop_start(&loop);
    set_rate_later(&loop, FIRST);
    virtual_clock_step(LATENCY);
    ASSERT_EVENT(&loop.inbox, RATE_SET_RESPONSE, SCMI_SUCCESS, 0, 2, 0);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, OFF);
    g_assert_cmpint(le32_to_cpu(loop.reply), ==, SCMI_SUCCESS);
    scmi_test_free(loop.platform);
}

static void ring_drained(Loop *loop)
{
    scmi_platform_drained(loop->platform, FIRST);
}

static void ring_restart(Loop *loop)
{
    scmi_platform_restart(loop->platform, FIRST);
}

static void queue_events(Loop *loop, unsigned n)
{
    loop->inbox.busy = true;
    for (unsigned i = 0; i < n; i++) {
        set_power(loop, i % 2 ? ON : OFF);
    }
    loop->inbox.busy = false;
}

/* Each event is sent once, also when sending one asks for the next. */
static void test_drained_by_event(void)
{
    Loop loop = { .ring = ring_drained };

    loop_start(&loop);
    queue_events(&loop, 3);
    scmi_platform_drained(loop.platform, FIRST);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, OFF);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, ON);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, OFF);
    ASSERT_NO_EVENT(&loop.inbox);
    scmi_platform_drained(loop.platform, FIRST);
    ASSERT_NO_EVENT(&loop.inbox);
    set_power(&loop, ON);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, ON);
    scmi_test_free(loop.platform);
}

/* An event that its channel refuses is the next one to be sent. */
static void test_refused(void)
{
    Loop loop = {};

    loop_start(&loop);
    queue_events(&loop, 2);
    loop.inbox.busy = true;
    scmi_platform_drained(loop.platform, FIRST);
    loop.inbox.busy = false;
    scmi_platform_drained(loop.platform, FIRST);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, OFF);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, ON);
    ASSERT_NO_EVENT(&loop.inbox);
    scmi_test_free(loop.platform);
}

static void test_restart(void)
{
    ScmiTestInbox second = {};
    Loop loop = {};

    loop_start(&loop);
    scmi_test_attach(loop.platform, SECOND, &second);
    scmi_test_negotiate(loop.platform, CLOCK, 0x10000);
    queue_events(&loop, 2);
    set_rate_later(&loop, FIRST);
    set_rate_later(&loop, SECOND);

    scmi_platform_restart(loop.platform, FIRST);
    scmi_platform_drained(loop.platform, FIRST);
    virtual_clock_step(LATENCY);
    set_power(&loop, OFF);
    ASSERT_NO_EVENT(&loop.inbox);
    ASSERT_EVENT(&second, RATE_SET_RESPONSE, SCMI_SUCCESS, 0, 2, 0);
    ASSERT_NO_EVENT(&second);
    /* A message of version 3.0 is there again. */
    ASSERT_VALUES(SEND(loop.platform, CLOCK, 0x2, 0xc), 0);
    scmi_test_free(loop.platform);
}

static void test_restart_by_event(void)
{
    Loop loop = { .ring = ring_restart };

    loop_start(&loop);
    queue_events(&loop, 3);
    scmi_platform_drained(loop.platform, FIRST);
    ASSERT_EVENT(&loop.inbox, STATE_CHANGED, SECOND, 0, OFF);
    scmi_platform_drained(loop.platform, FIRST);
    ASSERT_NO_EVENT(&loop.inbox);
    scmi_test_free(loop.platform);
}

static void ring_limits(Loop *loop)
{
    loop->ring = NULL;
    ASSERT_STATUS(SEND_AS(SECOND, loop->platform, SCMI_PROTOCOL_PERF, 0x5, 0,
                          1, 1), SCMI_SUCCESS);
}

/* What an event tells of has come to an end, and what it leads to stays. */
static void test_limits_by_event(void)
{
    Loop loop = { .ring = ring_limits };
    Object *domain;

    loop_start(&loop);
    domain = scmi_test_resource(loop.platform, "perf/a");
    ASSERT_STATUS(SEND(loop.platform, SCMI_PROTOCOL_PERF, 0x9, 0, 1),
                  SCMI_SUCCESS);
    object_property_set_uint(domain, "min-level", 2, &error_abort);
    ASSERT_VALUES(SEND(loop.platform, SCMI_PROTOCOL_PERF, 0x6, 0), 1, 1);
    ASSERT_VALUES(SEND(loop.platform, SCMI_PROTOCOL_PERF, 0x8, 0), 1);
    scmi_test_free(loop.platform);
}

/* The accelerometer of the inertial platform, and its intervals. */
#define SENSOR SCMI_PROTOCOL_SENSOR
#define ACCELEROMETER 2
#define INTERVAL (20 * SCALE_MS)
#define LONG_INTERVAL (100 * SCALE_MS)
#define SET_LONG_INTERVAL (1 << 16 | 0x1f << 11 | 1)

static void ring_interval(Loop *loop)
{
    loop->ring = NULL;
    ASSERT_STATUS(SEND(loop->platform, SENSOR, 0xa, ACCELEROMETER,
                       SET_LONG_INTERVAL), SCMI_SUCCESS);
}

static void test_interval_by_update(void)
{
    Loop loop = { .ring = ring_interval };

    loop.platform = scmi_test_inertial_platform();
    scmi_platform_attach(loop.platform, FIRST, &loop_sink, &loop);
    ASSERT_STATUS(SEND(loop.platform, SENSOR, 0xb, ACCELEROMETER, 1),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(loop.platform, SENSOR, 0xa, ACCELEROMETER, 1),
                  SCMI_SUCCESS);
    virtual_clock_step(INTERVAL);
    g_assert_cmpuint(loop.inbox.count, ==, 1);
    virtual_clock_step(LONG_INTERVAL - 1);
    g_assert_cmpuint(loop.inbox.count, ==, 1);
    virtual_clock_step(1);
    g_assert_cmpuint(loop.inbox.count, ==, 2);
    scmi_test_free(loop.platform);
}

/* The transport of an agent goes, and what is under way with it. */
static void test_release(void)
{
    ScmiTestInbox inbox = {};
    Loop loop = {};

    loop_start(&loop);
    queue_events(&loop, 2);
    set_rate_later(&loop, FIRST);
    scmi_platform_release(loop.platform, FIRST);
    g_assert_false(scmi_platform_sends_to(loop.platform, FIRST));
    set_power(&loop, OFF);
    virtual_clock_step(LATENCY);
    ASSERT_NO_EVENT(&loop.inbox);
    ASSERT_STATUS(SEND(loop.platform, POWER, STATE_NOTIFY, 0, 1),
                  SCMI_NOT_SUPPORTED);
    /* Who comes next starts anew. */
    scmi_test_attach(loop.platform, FIRST, &inbox);
    scmi_platform_drained(loop.platform, FIRST);
    set_power(&loop, ON);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(loop.platform);
}

void scmi_test_add_channel(void)
{
    g_test_add_func("/scmi/channel/command-by-event", test_command_by_event);
    g_test_add_func("/scmi/channel/command-by-response",
                    test_command_by_response);
    g_test_add_func("/scmi/channel/drained-by-event", test_drained_by_event);
    g_test_add_func("/scmi/channel/refused", test_refused);
    g_test_add_func("/scmi/channel/restart", test_restart);
    g_test_add_func("/scmi/channel/restart-by-event", test_restart_by_event);
    g_test_add_func("/scmi/channel/limits-by-event", test_limits_by_event);
    g_test_add_func("/scmi/channel/interval-by-update",
                    test_interval_by_update);
    g_test_add_func("/scmi/channel/release", test_release);
}
