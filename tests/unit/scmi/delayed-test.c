/*
 * Unit tests of the SCMI platform: commands that are put off
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "scmi-test.h"

#define POWER SCMI_PROTOCOL_POWER
#define CLOCK SCMI_PROTOCOL_CLOCK
#define SENSOR SCMI_PROTOCOL_SENSOR

#define RESPONSE(protocol, message) (2 << 8 | (protocol) << 10 | (message))
#define SET_RATE 0x5
#define SET_POWER 0x4
#define READ 0x6
#define ASYNCHRONOUS 1
#define LATENCY (100 * SCALE_US)

enum { FIRST = 1, SECOND = 2 };

/* Of one agent, and of those the changes of rates. */
#define QUOTA 16
#define MAX_RATES 4
#define MAX_READINGS 4

/* @inboxes: of both agents */
static ScmiPlatform *two_agents(ScmiTestInbox *inboxes)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'first' }, { 'name': 'second' } ],"
        "  'power-domains': [ { 'name': 'p' } ],"
        "  'clocks': [ { 'name': 'c', 'rates': [ 1, 2 ] } ],"
        "  'sensors': [ { 'name': 's', 'type': 'power', 'scale': 0,"
        "    'async': true, 'value': 7, 'timestamp-exponent': -9 } ] }");

    scmi_test_attach(platform, FIRST, &inboxes[0]);
    scmi_test_attach(platform, SECOND, &inboxes[1]);
    return platform;
}

static void set_power(ScmiPlatform *platform, unsigned agent, int status)
{
    ASSERT_STATUS(SEND_AS(agent, platform, POWER, SET_POWER, ASYNCHRONOUS, 0,
                          0), status);
}

static void set_rate(ScmiPlatform *platform, unsigned agent, int status)
{
    ASSERT_STATUS(SEND_AS(agent, platform, CLOCK, SET_RATE, ASYNCHRONOUS, 0, 2,
                          0), status);
}

static void read_sensor(ScmiPlatform *platform, unsigned agent, int status)
{
    ASSERT_STATUS(SEND_AS(agent, platform, SENSOR, READ, 0, ASYNCHRONOUS),
                  status);
}

/* What PROTOCOL_ATTRIBUTES says is what there may be. */
static void test_advertised(void)
{
    ScmiTestInbox inboxes[2] = {};
    ScmiPlatform *platform = two_agents(inboxes);

    ASSERT_VALUES(SEND(platform, CLOCK, 0x1), MAX_RATES << 16 | 1);
    g_assert_cmphex(SEND(platform, SENSOR, 0x1).values[0], ==,
                    MAX_READINGS << 16 | 1);
    for (unsigned i = 0; i < MAX_RATES; i++) {
        set_rate(platform, FIRST, SCMI_SUCCESS);
    }
    set_rate(platform, FIRST, SCMI_BUSY);
    for (unsigned i = 0; i < MAX_READINGS; i++) {
        read_sensor(platform, FIRST, SCMI_SUCCESS);
    }
    read_sensor(platform, FIRST, SCMI_BUSY);
    /* Neither is the other's business, nor another agent's. */
    set_power(platform, FIRST, SCMI_SUCCESS);
    set_rate(platform, SECOND, SCMI_SUCCESS);
    virtual_clock_step(LATENCY);
    g_assert_cmpuint(inboxes[0].count, ==, MAX_RATES + MAX_READINGS + 1);
    g_assert_cmpuint(inboxes[1].count, ==, 1);
    set_rate(platform, FIRST, SCMI_SUCCESS);
    read_sensor(platform, FIRST, SCMI_SUCCESS);
    scmi_test_free(platform);
}

/* An agent cannot take up the room of others. */
static void test_quota(void)
{
    ScmiTestInbox inboxes[2] = {};
    ScmiPlatform *platform = two_agents(inboxes);

    for (unsigned i = 0; i < QUOTA; i++) {
        set_power(platform, FIRST, SCMI_SUCCESS);
    }
    set_power(platform, FIRST, SCMI_BUSY);
    set_rate(platform, FIRST, SCMI_BUSY);
    for (unsigned i = 0; i < QUOTA; i++) {
        set_power(platform, SECOND, SCMI_SUCCESS);
    }
    set_power(platform, SECOND, SCMI_BUSY);
    virtual_clock_step(LATENCY);
    g_assert_cmpuint(inboxes[0].count, ==, QUOTA);
    g_assert_cmpuint(inboxes[1].count, ==, QUOTA);
    set_power(platform, FIRST, SCMI_SUCCESS);
    scmi_test_free(platform);
}

/* The response is laid out as was promised when the command was given. */
static void test_version(void)
{
    ScmiTestInbox inboxes[2] = {};
    ScmiPlatform *platform = two_agents(inboxes);
    ScmiTestEvent event;

    read_sensor(platform, FIRST, SCMI_SUCCESS);
    scmi_test_negotiate(platform, SENSOR, 0x10000);
    read_sensor(platform, FIRST, SCMI_SUCCESS);
    scmi_test_negotiate(platform, SENSOR, 0x30001);
    virtual_clock_step(LATENCY);
    event = scmi_test_take(&inboxes[0]);
    g_assert_cmphex(event.header, ==, RESPONSE(SENSOR, READ));
    g_assert_cmpuint(event.num_words, ==, 6);
    g_assert_cmpuint(event.words[2], ==, 7);
    ASSERT_EVENT(&inboxes[0], RESPONSE(SENSOR, READ), SCMI_SUCCESS, 0, 7, 0);
    scmi_test_free(platform);
}

/* Where the number of commands under way is: it is what one changes first. */
static size_t count_offset(ScmiPlatform *platform)
{
    g_autoptr(GByteArray) none = scmi_test_save(DEVICE(platform));
    g_autoptr(GByteArray) one = NULL;
    size_t offset = 0;

    read_sensor(platform, FIRST, SCMI_SUCCESS);
    one = scmi_test_save(DEVICE(platform));
    while (one->data[offset] == none->data[offset]) {
        offset++;
    }
    g_assert_cmpuint(ldl_be_p(one->data + offset - 3), ==, 1);
    return offset - 3;
}

static int load_word(ScmiPlatform *platform, size_t offset, uint32_t value)
{
    g_autoptr(GByteArray) stream = scmi_test_save(DEVICE(platform));
    uint32_t good = ldl_be_p(stream->data + offset);
    int status;

    stl_be_p(stream->data + offset, value);
    status = scmi_test_load(DEVICE(platform), stream);
    stl_be_p(stream->data + offset, good);
    g_assert_cmpint(scmi_test_load(DEVICE(platform), stream), ==, 0);
    return status;
}

static void test_forged(void)
{
    ScmiTestInbox inboxes[2] = {};
    ScmiPlatform *platform = two_agents(inboxes);
    size_t count = count_offset(platform);
    size_t agent = count + 12, header = agent + 4, version = header + 4;

    g_assert_cmpint(load_word(platform, count, 2 * QUOTA + 1), !=, 0);
    g_assert_cmpint(load_word(platform, count, UINT32_MAX), !=, 0);
    g_assert_cmpint(load_word(platform, agent, 0), !=, 0);
    g_assert_cmpint(load_word(platform, agent, 3), !=, 0);
    g_assert_cmpint(load_word(platform, agent, UINT32_MAX), !=, 0);
    g_assert_cmpint(load_word(platform, header,
                              scmi_test_header(0x83, 0)), !=, 0);
    g_assert_cmpint(load_word(platform, version, 0), !=, 0);
    g_assert_cmpint(load_word(platform, version, 0x30002), !=, 0);
    g_assert_cmpint(load_word(platform, version, 0x20000), ==, 0);
    virtual_clock_step(LATENCY);
    g_assert_cmpuint(inboxes[0].count, ==, 1);
    scmi_test_free(platform);
}

/* A message that has no delayed response, or is none at all. */
static void test_forged_message(void)
{
    static const uint8_t messages[] = { 0x3, 0x4, 0x1f, 0x20, 0xff };

    for (unsigned i = 0; i < ARRAY_SIZE(messages); i++) {
        ScmiTestInbox inboxes[2] = {};
        ScmiPlatform *platform = two_agents(inboxes);
        size_t count = count_offset(platform);
        g_autoptr(GByteArray) stream = scmi_test_save(DEVICE(platform));

        stl_be_p(stream->data + count + 16,
                 scmi_test_header(SENSOR, messages[i]));
        g_assert_cmpint(scmi_test_load(DEVICE(platform), stream), ==, 0);
        virtual_clock_step(LATENCY);
        ASSERT_EVENT(&inboxes[0], RESPONSE(SENSOR, messages[i]),
                     (uint32_t)SCMI_GENERIC_ERROR);
        scmi_test_free(platform);
    }
}

void scmi_test_add_delayed(void)
{
    g_test_add_func("/scmi/delayed/advertised", test_advertised);
    g_test_add_func("/scmi/delayed/quota", test_quota);
    g_test_add_func("/scmi/delayed/version", test_version);
    g_test_add_func("/scmi/delayed/forged", test_forged);
    g_test_add_func("/scmi/delayed/forged-message", test_forged_message);
}
