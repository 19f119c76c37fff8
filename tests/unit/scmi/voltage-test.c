/*
 * Unit tests of the SCMI platform: voltage protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define VOLTAGE SCMI_PROTOCOL_VOLTAGE

#define DOMAIN_ATTRIBUTES 0x3
#define DESCRIBE_LEVELS 0x4
#define CONFIG_SET 0x5
#define CONFIG_GET 0x6
#define LEVEL_SET 0x7
#define LEVEL_GET 0x8
#define NAME_GET 0x9

#define ASYNC (1u << 31)
#define LONG_NAME (1u << 30)
#define LATENCY (100 * SCALE_US)

/* By their numbers on the default platform. */
enum { FIXED, DISCRETE, RANGE };

static const char odd_domains[] =
    "{ 'voltage-domains': ["
    "  { 'name': 'negative', 'levels': [ -5000000, -1, 0, 3300000 ],"
    "    'level': -1 },"
    "  { 'name': 'a-name-of-twenty-two-', 'range': { 'min': -2147483648,"
    "    'max': 2147483647, 'step': 3 }, 'on': true } ] }";

static Object *domain(ScmiPlatform *platform, const char *name)
{
    g_autofree char *path = g_strdup_printf("voltage/%s", name);

    return scmi_test_resource(platform, path);
}

static void check_attributes(ScmiPlatform *platform, uint32_t id,
                             uint32_t attributes, const char *name)
{
    ScmiTestReply reply = SEND(platform, VOLTAGE, DOMAIN_ATTRIBUTES, id);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    g_assert_cmpuint(reply.num_values, ==, 5);
    g_assert_cmphex(reply.values[0], ==, attributes);
    scmi_test_assert_text(&reply, 1, name, 16);
}

static void test_attributes(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_VALUES(SEND(platform, VOLTAGE, 0x0), 0x20001);
    ASSERT_VALUES(SEND(platform, VOLTAGE, 0x1), 3);
    check_attributes(platform, FIXED, 0, "vcc-3v3");
    check_attributes(platform, RANGE, 0, "vdd-gpu");
    scmi_test_free(platform);
}

/* What an agent is told depends on its version and its transport. */
static void test_attributes_of_agents(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = scmi_test_platform(odd_domains);
    ScmiTestReply reply;

    check_attributes(platform, 1, LONG_NAME, "a-name-of-twent");
    scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
    check_attributes(platform, 0, ASYNC, "negative");
    check_attributes(platform, 1, ASYNC | LONG_NAME, "a-name-of-twent");
    reply = SEND(platform, VOLTAGE, NAME_GET, 1);
    g_assert_cmpuint(reply.num_values, ==, 17);
    g_assert_cmphex(reply.values[0], ==, 0);
    scmi_test_assert_text(&reply, 1, "a-name-of-twenty-two-", 64);

    scmi_test_negotiate(platform, VOLTAGE, 0x10000);
    check_attributes(platform, 1, 0, "a-name-of-twent");
    ASSERT_STATUS(SEND(platform, VOLTAGE, NAME_GET, 1), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, 0, 1, 0),
                  SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

static void test_levels(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_VALUES(SEND(platform, VOLTAGE, DESCRIBE_LEVELS, FIXED, 0), 1,
                  3300000);
    ASSERT_VALUES(SEND(platform, VOLTAGE, DESCRIBE_LEVELS, DISCRETE, 0), 2,
                  1800000, 3300000);
    ASSERT_VALUES(SEND(platform, VOLTAGE, DESCRIBE_LEVELS, DISCRETE, 1), 1,
                  3300000);
    ASSERT_VALUES(SEND(platform, VOLTAGE, DESCRIBE_LEVELS, RANGE, 0), 0x1003,
                  600000, 1100000, 6250);
    ASSERT_STATUS(SEND(platform, VOLTAGE, DESCRIBE_LEVELS, DISCRETE, 2),
                  SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, VOLTAGE, DESCRIBE_LEVELS, RANGE, 1),
                  SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, VOLTAGE, DESCRIBE_LEVELS, RANGE, UINT32_MAX),
                  SCMI_OUT_OF_RANGE);
    scmi_test_free(platform);
}

/* The most that the wire can count, 23 in each part. */
static void test_many_levels(void)
{
    g_autoptr(GString) json = g_string_new("{ 'voltage-domains': [ { 'name':"
                                           " 'x', 'levels': [ -1000");
    unsigned total = 4095, seen = 0, remaining;
    ScmiPlatform *platform;

    for (unsigned i = 1; i < total; i++) {
        g_string_append_printf(json, ", %d", -1000 + (int)i);
    }
    g_string_append(json, " ] } ] }");
    platform = scmi_test_platform(json->str);
    do {
        ScmiTestReply reply = SEND(platform, VOLTAGE, DESCRIBE_LEVELS, 0,
                                   seen);
        unsigned returned = reply.values[0] & 0xfff;

        remaining = reply.values[0] >> 16;
        g_assert_cmphex(reply.values[0] & 0xf000, ==, 0);
        g_assert_cmpuint(returned, ==, MIN(23, total - seen));
        g_assert_cmpuint(reply.num_values, ==, 1 + returned);
        g_assert_cmpuint(seen + returned + remaining, ==, total);
        for (unsigned i = 0; i < returned; i++) {
            g_assert_cmpint((int32_t)reply.values[1 + i], ==,
                            -1000 + (int)(seen + i));
        }
        seen += returned;
    } while (remaining);
    g_assert_cmpuint(seen, ==, total);
    scmi_test_free(platform);
}

static void test_config(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_VALUES(SEND(platform, VOLTAGE, CONFIG_GET, FIXED), 7);
    ASSERT_VALUES(SEND(platform, VOLTAGE, CONFIG_GET, RANGE), 0);
    ASSERT_STATUS(SEND(platform, VOLTAGE, CONFIG_SET, RANGE, 7),
                  SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, VOLTAGE, CONFIG_GET, RANGE), 7);
    g_assert(object_property_get_bool(domain(platform, "vdd-gpu"), "on",
                                      &error_abort));
    for (unsigned mode = 1; mode < 64; mode++) {
        if (mode != 7) {
            ASSERT_STATUS(SEND(platform, VOLTAGE, CONFIG_SET, RANGE, mode),
                          SCMI_INVALID_PARAMETERS);
        }
    }
    ASSERT_STATUS(SEND(platform, VOLTAGE, CONFIG_SET, RANGE, 0x80000007),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_VALUES(SEND(platform, VOLTAGE, CONFIG_GET, RANGE), 7);
    ASSERT_STATUS(SEND(platform, VOLTAGE, CONFIG_SET, RANGE, 0),
                  SCMI_SUCCESS);
    object_property_set_bool(domain(platform, "vdd-gpu"), "on", true,
                             &error_abort);
    ASSERT_VALUES(SEND(platform, VOLTAGE, CONFIG_GET, RANGE), 7);
    scmi_test_free(platform);
}

static void check_level(ScmiPlatform *platform, uint32_t id, int32_t level)
{
    ASSERT_VALUES(SEND(platform, VOLTAGE, LEVEL_GET, id), (uint32_t)level);
}

static void test_level(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    check_level(platform, FIXED, 3300000);
    check_level(platform, DISCRETE, 1800000);
    check_level(platform, RANGE, 800000);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 0, 606250),
                  SCMI_SUCCESS);
    check_level(platform, RANGE, 606250);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, DISCRETE, 0, 3300000),
                  SCMI_SUCCESS);
    check_level(platform, DISCRETE, 3300000);

    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 0, 606251),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, DISCRETE, 0, 2500000),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 0, 599999),
                  SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 0, 1106250),
                  SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 0, 0x80000000),
                  SCMI_OUT_OF_RANGE);
    /* No delayed responses without a transport that carries them. */
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 1, 600000),
                  SCMI_NOT_SUPPORTED);
    for (unsigned bit = 1; bit < 32; bit++) {
        ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 1u << bit,
                           600000), SCMI_INVALID_PARAMETERS);
    }
    check_level(platform, RANGE, 606250);
    scmi_test_free(platform);
}

static void test_negative(void)
{
    ScmiPlatform *platform = scmi_test_platform(odd_domains);

    check_level(platform, 0, -1);
    check_level(platform, 1, INT32_MIN);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, 0, 0, -5000000),
                  SCMI_SUCCESS);
    check_level(platform, 0, -5000000);
    /* Across all that 32 bits hold, in steps of 3. */
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, 1, 0, INT32_MAX),
                  SCMI_SUCCESS);
    check_level(platform, 1, INT32_MAX);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, 1, 0, INT32_MAX - 1),
                  SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

static void test_async(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = scmi_test_default_platform();

    scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 1, 600001),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 1, 600000),
                  SCMI_SUCCESS);
    virtual_clock_step(LATENCY - 1);
    ASSERT_NO_EVENT(&inbox);
    check_level(platform, RANGE, 800000);
    virtual_clock_step(1);
    ASSERT_EVENT(&inbox, scmi_test_header(VOLTAGE, LEVEL_SET) | 2 << 8, 0,
                 RANGE, 600000);
    check_level(platform, RANGE, 600000);
    scmi_test_free(platform);
}

static void test_qom(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    Object *gpu = domain(platform, "vdd-gpu");
    Error *err = NULL;

    object_property_set_int(gpu, "level", 1100000, &error_abort);
    check_level(platform, RANGE, 1100000);
    g_assert(!object_property_set_int(gpu, "level", 1100001, &err));
    error_free_or_abort(&err);
    check_level(platform, RANGE, 1100000);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_SET, RANGE, 0, 606250),
                  SCMI_SUCCESS);
    g_assert_cmpint(object_property_get_int(gpu, "level", &error_abort), ==,
                    606250);
    device_cold_reset(DEVICE(platform));
    check_level(platform, RANGE, 800000);
    scmi_test_free(platform);
}

/* An agent that is denied a device is denied its supplies. */
static void test_denied(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'a', 'denied-devices': [ 'd' ] } ],"
        "  'devices': [ { 'name': 'd', 'voltage-domains': [ 'y' ] } ],"
        "  'voltage-domains': [ { 'name': 'x', 'levels': [ 1 ] },"
        "    { 'name': 'y', 'levels': [ 2 ] } ] }");

    check_level(platform, 0, 1);
    ASSERT_STATUS(SEND(platform, VOLTAGE, LEVEL_GET, 1), SCMI_DENIED);
    scmi_test_free(platform);
}

static int load_level(ScmiPlatform *platform, const char *name, int32_t level)
{
    DeviceState *dev = DEVICE(domain(platform, name));
    g_autoptr(GByteArray) stream = scmi_test_save(dev);

    stl_be_p(stream->data, level);
    return scmi_test_load(dev, stream);
}

static void test_vmstate(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    g_assert_cmpint(load_level(platform, "vdd-gpu", 606250), ==, 0);
    check_level(platform, RANGE, 606250);
    g_assert_cmpint(load_level(platform, "vccq-sd", 3300000), ==, 0);
    check_level(platform, DISCRETE, 3300000);
    g_assert_cmpint(load_level(platform, "vdd-gpu", 606251), !=, 0);
    g_assert_cmpint(load_level(platform, "vdd-gpu", -606250), !=, 0);
    g_assert_cmpint(load_level(platform, "vdd-gpu", INT32_MIN), !=, 0);
    g_assert_cmpint(load_level(platform, "vccq-sd", 2500000), !=, 0);
    scmi_test_free(platform);
}

void scmi_test_add_voltage(void)
{
    g_test_add_func("/scmi/voltage/attributes", test_attributes);
    g_test_add_func("/scmi/voltage/attributes-of-agents",
                    test_attributes_of_agents);
    g_test_add_func("/scmi/voltage/levels", test_levels);
    g_test_add_func("/scmi/voltage/many-levels", test_many_levels);
    g_test_add_func("/scmi/voltage/config", test_config);
    g_test_add_func("/scmi/voltage/level", test_level);
    g_test_add_func("/scmi/voltage/negative", test_negative);
    g_test_add_func("/scmi/voltage/async", test_async);
    g_test_add_func("/scmi/voltage/qom", test_qom);
    g_test_add_func("/scmi/voltage/denied", test_denied);
    g_test_add_func("/scmi/voltage/vmstate", test_vmstate);
}
