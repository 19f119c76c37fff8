/*
 * Unit tests of the SCMI platform: sensor protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define SENSOR SCMI_PROTOCOL_SENSOR

#define DESCRIPTION_GET 0x3
#define TRIP_POINT_CONFIG 0x5
#define READING_GET 0x6
#define AXIS_DESCRIPTION_GET 0x7
#define UPDATE_INTERVALS 0x8
#define CONFIG_GET 0x9
#define CONFIG_SET 0xa
#define AXIS_NAME_GET 0xd

#define DESCRIPTOR_WORDS 7
#define LONG_NAME (1u << 29)

static void check_descriptor(const ScmiTestReply *reply, unsigned place,
                             uint32_t id, uint32_t low, uint32_t high,
                             const char *name)
{
    unsigned first = 1 + place * DESCRIPTOR_WORDS;

    g_assert_cmpuint(reply->values[first], ==, id);
    g_assert_cmphex(reply->values[first + 1], ==, low);
    g_assert_cmphex(reply->values[first + 2], ==, high);
    scmi_test_assert_text(reply, first + 3, name, 16);
}

static void test_attributes(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_VALUES(SEND(platform, SENSOR, 0x0), 0x30001);
    ASSERT_VALUES(SEND(platform, SENSOR, 0x1), 5, 0, 0, 0);
    scmi_test_free(platform);
}

/* Three descriptors fit: returned in the low half, remaining in the high. */
static void test_descriptions(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    ScmiTestReply reply = SEND(platform, SENSOR, DESCRIPTION_GET, 0);

    g_assert_cmphex(reply.values[0], ==, 0x00020003);
    g_assert_cmpuint(reply.num_values, ==, 1 + 3 * DESCRIPTOR_WORDS);
    check_descriptor(&reply, 0, 0, 0, 0xe802, "soc-thermal");
    check_descriptor(&reply, 1, 1, 0, 0xe802, "ddr-thermal");
    check_descriptor(&reply, 2, 2, 0, 0xe805, "vdd-core");

    reply = SEND(platform, SENSOR, DESCRIPTION_GET, 3);
    g_assert_cmphex(reply.values[0], ==, 2);
    g_assert_cmpuint(reply.num_values, ==, 1 + 2 * DESCRIPTOR_WORDS);
    check_descriptor(&reply, 0, 3, 0, 0xe806, "idd-core");
    check_descriptor(&reply, 1, 4, 0, 0xd007, "soc-total-power");

    reply = SEND(platform, SENSOR, DESCRIPTION_GET, 1);
    g_assert_cmphex(reply.values[0], ==, 0x00010003);
    ASSERT_STATUS(SEND(platform, SENSOR, DESCRIPTION_GET, 5),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, DESCRIPTION_GET, UINT32_MAX),
                  SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

/* Scales to both ends of their five bits, every type, a long name. */
static void test_descriptor_fields(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'sensors': [ { 'name': 'lowest', 'type': 'energy', 'scale': -16,"
        "                 'value': 0 },"
        "  { 'name': 'highest', 'type': 'voltage', 'scale': 15, 'value': 0 },"
        "  { 'name': 'sixteen-letters-', 'type': 'temperature', 'scale': 0,"
        "    'value': 0 } ] }");
    ScmiTestReply reply = SEND(platform, SENSOR, DESCRIPTION_GET, 0);

    check_descriptor(&reply, 0, 0, 0, 0x8008, "lowest");
    check_descriptor(&reply, 1, 1, 0, 0x7805, "highest");
    check_descriptor(&reply, 2, 2, LONG_NAME, 0x0002, "sixteen-letters");

    scmi_test_negotiate(platform, SENSOR, 0x20000);
    reply = SEND(platform, SENSOR, DESCRIPTION_GET, 2);
    check_descriptor(&reply, 0, 2, 0, 0x0002, "sixteen-letters");
    /* Version 1 has the update interval here, a second. */
    scmi_test_negotiate(platform, SENSOR, 0x10000);
    reply = SEND(platform, SENSOR, DESCRIPTION_GET, 2);
    check_descriptor(&reply, 0, 2, 0, 0x08000002, "sixteen-letters");
    scmi_test_free(platform);
}

static void test_many(void)
{
    g_autoptr(GString) json = g_string_new("{ 'sensors': [");
    unsigned total = 1000, seen = 0, remaining;
    ScmiPlatform *platform;

    for (unsigned i = 0; i < total; i++) {
        g_string_append_printf(json, "%s{ 'name': 's%u', 'type': 'power',"
                               "'scale': 0, 'value': %u }", i ? "," : "", i,
                               i);
    }
    g_string_append(json, "] }");
    platform = scmi_test_platform(json->str);
    ASSERT_VALUES(SEND(platform, SENSOR, 0x1), total, 0, 0, 0);

    do {
        ScmiTestReply reply = SEND(platform, SENSOR, DESCRIPTION_GET, seen);
        unsigned returned = reply.values[0] & 0xffff;

        g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
        remaining = reply.values[0] >> 16;
        g_assert_cmpuint(returned, >, 0);
        g_assert_cmpuint(seen + returned + remaining, ==, total);
        for (unsigned i = 0; i < returned; i++) {
            g_autofree char *name = g_strdup_printf("s%u", seen + i);

            check_descriptor(&reply, i, seen + i, 0, 7, name);
        }
        seen += returned;
    } while (remaining);
    g_assert_cmpuint(seen, ==, total);
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 999, 0), 999, 0, 0, 0);
    scmi_test_free(platform);
}

static void test_reading(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'sensors': [ { 'name': 'small', 'type': 'power', 'scale': 0,"
        "                 'value': 42 },"
        "  { 'name': 'below', 'type': 'temperature', 'scale': 0,"
        "    'value': -40 },"
        "  { 'name': 'least', 'type': 'power', 'scale': 0,"
        "    'value': -9223372036854775808 },"
        "  { 'name': 'most', 'type': 'power', 'scale': 0,"
        "    'value': 9223372036854775807 } ] }");

    /* A value and a timestamp, which there is none of. */
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 0, 0), 42, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 1, 0),
                  (uint32_t)-40, UINT32_MAX, 0, 0);
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 2, 0),
                  0, 0x80000000, 0, 0);
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 3, 0),
                  UINT32_MAX, 0x7fffffff, 0, 0);
    ASSERT_STATUS(SEND(platform, SENSOR, READING_GET, 0, 1),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, SENSOR, READING_GET, 0, 2),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, READING_GET, 0, UINT32_MAX),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, READING_GET, 4, 0), SCMI_NOT_FOUND);

    scmi_test_negotiate(platform, SENSOR, 0x10000);
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 1, 0),
                  (uint32_t)-40, UINT32_MAX);
    ASSERT_STATUS(SEND(platform, SENSOR, READING_GET, 0, 1),
                  SCMI_NOT_SUPPORTED);
    scmi_test_free(platform);
}

static bool is_enabled(ScmiPlatform *platform)
{
    return object_property_get_bool(scmi_test_resource(platform,
                                                       "sensor/vdd-core"),
                                    "enabled", &error_abort);
}

static void test_config(void)
{
    static const uint32_t bad[] = {
        0x00000003, /* timestamps */
        0x00000005, 0x00000101,
        0x00000600, /* no way to round */
        0x00020200, 0xffff0200, /* nothing as long */
        0x0009f800, 0x0001f800, /* nothing as short */
    };
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_VALUES(SEND(platform, SENSOR, CONFIG_GET, 2), 0x00010000);
    ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, 2, 1), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, SENSOR, CONFIG_GET, 2), 0x00010001);
    g_assert(is_enabled(platform));
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, 2, bad[i] & ~1u),
                      SCMI_INVALID_PARAMETERS);
    }
    g_assert(is_enabled(platform));
    ASSERT_VALUES(SEND(platform, SENSOR, CONFIG_GET, 1), 0x00010000);
    /* What CONFIG_GET says may be written back. */
    ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, 2, 0x00010000),
                  SCMI_SUCCESS);
    g_assert(!is_enabled(platform));
    scmi_test_free(platform);
}

/* A sensor that nobody enabled reads the same. */
static void test_reads_disabled(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    g_assert(!is_enabled(platform));
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 2, 0), 825, 0, 0, 0);
    SEND(platform, SENSOR, CONFIG_SET, 2, 1);
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 2, 0), 825, 0, 0, 0);
    scmi_test_free(platform);
}

static void test_update_intervals(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    /* One: a second, in bits 20:5. */
    ASSERT_VALUES(SEND(platform, SENSOR, UPDATE_INTERVALS, 0, 0), 1, 0x20);
    ASSERT_STATUS(SEND(platform, SENSOR, UPDATE_INTERVALS, 0, 1),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, UPDATE_INTERVALS, 5, 0),
                  SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

/*
 * Scalars have no axes. Trip points are for events, so an agent without them
 * has none.
 */
static void test_absent(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_STATUS(SEND(platform, SENSOR, AXIS_DESCRIPTION_GET, 0, 0),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, SENSOR, AXIS_NAME_GET, 0, 0),
                  SCMI_NOT_SUPPORTED);
    for (uint32_t event = 0; event < 4; event++) {
        ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_CONFIG, 0, event,
                           50000, 0), SCMI_INVALID_PARAMETERS);
    }
    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_CONFIG, 5, 0, 0, 0),
                  SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

void scmi_test_add_sensor(void)
{
    g_test_add_func("/scmi/sensor/attributes", test_attributes);
    g_test_add_func("/scmi/sensor/descriptions", test_descriptions);
    g_test_add_func("/scmi/sensor/descriptor-fields",
                    test_descriptor_fields);
    g_test_add_func("/scmi/sensor/many", test_many);
    g_test_add_func("/scmi/sensor/reading", test_reading);
    g_test_add_func("/scmi/sensor/config", test_config);
    g_test_add_func("/scmi/sensor/reads-disabled", test_reads_disabled);
    g_test_add_func("/scmi/sensor/update-intervals", test_update_intervals);
    g_test_add_func("/scmi/sensor/absent", test_absent);
}
