/*
 * Unit tests of the SCMI platform: sensors with axes, extended attributes,
 * update intervals and timestamps
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define SENSOR SCMI_PROTOCOL_SENSOR

#define DESCRIPTION_GET 0x3
#define READING_GET 0x6
#define AXIS_DESCRIPTION_GET 0x7
#define UPDATE_INTERVALS 0x8
#define CONFIG_GET 0x9
#define CONFIG_SET 0xa
#define AXIS_NAME_GET 0xd

/* On the inertial platform. */
enum { ACCELEROMETER = 2, GYROSCOPE = 3 };

#define G_RANGE "'range': { 'min': -39226600, 'max': 39226600,"         \
                "  'resolution': 1197, 'resolution-exponent': -6 }"

static const char inertial[] =
    "{ 'sensors': ["
    "  { 'name': 'soc-thermal', 'type': 'temperature', 'scale': -3,"
    "    'value': 42500, 'trip-points': 4 },"
    "  { 'name': 'soc-total-power', 'type': 'power', 'scale': -6,"
    "    'value': 3200000, 'async': true },"
    "  { 'name': 'accelerometer', 'type': 'meters-sec-squared',"
    "    'scale': -6, 'axes': [ { 'name': 'accelerometer_X', " G_RANGE " },"
    "      { 'name': 'accelerometer_Y', " G_RANGE " },"
    "      { 'name': 'accelerometer_Z', 'value': 9806650, " G_RANGE " } ],"
    "    'intervals': [ 2500, 5000, 10000, 20000, 40000, 100000 ],"
    "    'interval': 20000, 'timestamp-exponent': -9 },"
    "  { 'name': 'gyroscope', 'type': 'radians-sec', 'scale': -6,"
    "    'axes': [ { 'name': 'gyroscope_X' }, { 'name': 'gyroscope_Y' },"
    "      { 'name': 'gyroscope_Z' } ],"
    "    'interval-range': { 'min': 5000, 'max': 100000, 'step': 5000 },"
    "    'interval': 20000, 'timestamp-exponent': -9 } ] }";

ScmiPlatform *scmi_test_inertial_platform(void)
{
    return scmi_test_platform(inertial);
}

static const char six_axes[] =
    "{ 'sensors': [ { 'name': 'six', 'type': 'gauss', 'scale': -2,"
    "    'power': 77, 'axes': ["
    "      { 'name': 'a', 'value': 1 },"
    "      { 'name': 'an-axis-of-twenty-one', 'value': -2 },"
    "      { 'name': 'c', 'type': 'oem-unit', 'scale': 3, 'value': 3 },"
    "      { 'name': 'd', 'range': { 'min': -5, 'max': 5,"
    "        'resolution': 134217727, 'resolution-exponent': -16 } },"
    "      { 'name': 'e' }, { 'name': 'f', 'value': 6 } ] } ] }";

/* A sensor's descriptor: what is behind the name of the only one. */
static void check_extended(const char *sensor, uint32_t low,
                           const uint32_t *words, unsigned n)
{
    g_autofree char *json = g_strdup_printf("{ 'sensors': [ %s ] }", sensor);
    ScmiPlatform *platform = scmi_test_platform(json);
    ScmiTestReply reply = SEND(platform, SENSOR, DESCRIPTION_GET, 0);

    g_assert_cmphex(reply.values[0], ==, 1);
    g_assert_cmphex(reply.values[2], ==, low);
    g_assert_cmpmem(reply.values + 8, reply.num_values * 4 - 32, words,
                    n * 4);
    /* Older versions have no such thing. */
    scmi_test_negotiate(platform, SENSOR, 0x10000);
    reply = SEND(platform, SENSOR, DESCRIPTION_GET, 0);
    g_assert_cmpuint(reply.num_values, ==, 8);
    g_assert_cmphex(reply.values[2], ==, 0);
    scmi_test_free(platform);
}

static void test_extended(void)
{
    const uint32_t all[] = {
        1500, 0xe8000005, (uint32_t)-40, UINT32_MAX, 125, 0,
    };
    const uint32_t range[] = { 0, 0, 0, 0, 0, 1 };
    const uint32_t power[] = { 7, 0, 0, 0x80000000, UINT32_MAX, INT32_MAX };

    check_extended("{ 'name': 'x', 'type': 'power', 'scale': 0,"
                   "  'power': 1500, 'range': { 'min': -40, 'max': 125,"
                   "  'resolution': 5, 'resolution-exponent': -3 } }",
                   1 << 8, all, ARRAY_SIZE(all));
    check_extended("{ 'name': 'x', 'type': 'power', 'scale': 0,"
                   "  'range': { 'min': 0, 'max': 4294967296 } }", 1 << 8,
                   range, ARRAY_SIZE(range));
    check_extended("{ 'name': 'x', 'type': 'power', 'scale': 0,"
                   "  'power': 7 }", 1 << 8, power, ARRAY_SIZE(power));
    /* An axis has a range of its own. */
    check_extended("{ 'name': 'x', 'type': 'power', 'scale': 0,"
                   "  'power': 7, 'axes': [ { 'name': 'a' } ] }", 1 << 8,
                   power, 1);
    check_extended("{ 'name': 'x', 'type': 'power', 'scale': 0,"
                   "  'timestamp-exponent': -3 }", 1 << 9 | 0x1d << 10,
                   NULL, 0);
}

/* Descriptors of 28, 32 and 52 bytes share replies of 92 bytes of them. */
static void test_mixed_sizes(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'sensors': [ { 'name': 'a', 'type': 'power', 'scale': 0 },"
        "  { 'name': 'b', 'type': 'power', 'scale': 0, 'power': 1 },"
        "  { 'name': 'c', 'type': 'power', 'scale': 0, 'power': 1,"
        "    'axes': [ { 'name': 'x' } ] },"
        "  { 'name': 'd', 'type': 'power', 'scale': 0 },"
        "  { 'name': 'e', 'type': 'power', 'scale': 0 } ] }");
    static const struct {
        uint32_t first;
        uint32_t header;
        unsigned words;
    } parts[] = {
        { 0, 0x00030002, 7 + 13 },
        { 1, 0x00020002, 13 + 8 },
        { 2, 0x00000003, 8 + 7 + 7 },
        { 4, 0x00000001, 7 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(parts); i++) {
        ScmiTestReply reply = SEND(platform, SENSOR, DESCRIPTION_GET,
                                   parts[i].first);

        g_assert_cmphex(reply.values[0], ==, parts[i].header);
        g_assert_cmpuint(reply.num_values, ==, 1 + parts[i].words);
        g_assert_cmpuint(reply.values[1], ==, parts[i].first);
    }
    scmi_test_free(platform);
}

static void test_types(void)
{
    static const struct {
        const char *name;
        uint32_t code;
    } types[] = {
        { "none", 0 }, { "unspec", 1 }, { "temperature", 2 },
        { "energy", 8 }, { "lux", 0xd }, { "rpm", 0x13 },
        { "meters", 0x1f }, { "gauss", 0x2d }, { "percentage", 0x41 },
        { "errors", 0x4f }, { "radians-sec", 0x57 },
        { "meters-sec-squared", 0x59 }, { "radians-sec-squared", 0x5d },
        { "oem-unit", 0xff },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
        g_autofree char *json = g_strdup_printf(
            "{ 'sensors': [ { 'name': 'x', 'type': '%s', 'scale': 0 } ] }",
            types[i].name);
        ScmiPlatform *platform = scmi_test_platform(json);

        g_assert_cmphex(SEND(platform, SENSOR, DESCRIPTION_GET, 0).values[3],
                        ==, types[i].code);
        scmi_test_free(platform);
    }
}

static void check_axis(const ScmiTestReply *reply, unsigned first,
                       uint32_t id, uint32_t low, uint32_t high,
                       const char *name)
{
    g_assert_cmpuint(reply->values[first], ==, id);
    g_assert_cmphex(reply->values[first + 1], ==, low);
    g_assert_cmphex(reply->values[first + 2], ==, high);
    scmi_test_assert_text(reply, first + 3, name, 16);
}

static void test_axes(void)
{
    ScmiPlatform *platform = scmi_test_platform(six_axes);
    ScmiTestReply reply = SEND(platform, SENSOR, DESCRIPTION_GET, 0);
    const uint32_t range[] = {
        0x87ffffff, (uint32_t)-5, UINT32_MAX, 5, 0,
    };

    g_assert_cmphex(reply.values[3], ==, 6 << 16 | 0x1e << 11 | 1 << 8 | 0x2d);
    reply = SEND(platform, SENSOR, AXIS_DESCRIPTION_GET, 0, 0);
    g_assert_cmphex(reply.values[0], ==, 3u << 26 | 3);
    g_assert_cmpuint(reply.num_values, ==, 1 + 3 * 7);
    check_axis(&reply, 1, 0, 0, 0xf02d, "a");
    check_axis(&reply, 8, 1, 1 << 9, 0xf02d, "an-axis-of-twen");
    check_axis(&reply, 15, 2, 0, 3 << 11 | 0xff, "c");

    reply = SEND(platform, SENSOR, AXIS_DESCRIPTION_GET, 0, 3);
    g_assert_cmphex(reply.values[0], ==, 1u << 26 | 2);
    g_assert_cmpuint(reply.num_values, ==, 1 + 12 + 7);
    check_axis(&reply, 1, 3, 1 << 8, 0xf02d, "d");
    g_assert_cmpmem(reply.values + 8, sizeof(range), range, sizeof(range));
    check_axis(&reply, 13, 4, 0, 0xf02d, "e");

    ASSERT_STATUS(SEND(platform, SENSOR, AXIS_DESCRIPTION_GET, 0, 6),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, AXIS_DESCRIPTION_GET, 0,
                       UINT32_MAX), SCMI_INVALID_PARAMETERS);
    /* Extended names came with version 3. */
    scmi_test_negotiate(platform, SENSOR, 0x20000);
    reply = SEND(platform, SENSOR, AXIS_DESCRIPTION_GET, 0, 1);
    check_axis(&reply, 1, 1, 0, 0xf02d, "an-axis-of-twen");
    scmi_test_free(platform);
}

static void test_axis_names(void)
{
    static const char *names[] = {
        "a", "an-axis-of-twenty-one", "c", "d", "e", "f",
    };
    ScmiPlatform *platform = scmi_test_platform(six_axes);

    for (unsigned i = 0; i < 6; i++) {
        ScmiTestReply reply = SEND(platform, SENSOR, AXIS_NAME_GET, 0, i);

        g_assert_cmpuint(reply.num_values, ==, 1 + 17);
        g_assert_cmphex(reply.values[0], ==, (5 - i) << 26 | 1);
        g_assert_cmpuint(reply.values[1], ==, i);
        scmi_test_assert_text(&reply, 2, names[i], 64);
    }
    ASSERT_STATUS(SEND(platform, SENSOR, AXIS_NAME_GET, 0, 6),
                  SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

/* As many readings as a reply can hold; the first alone in version 1. */
static void test_axis_readings(void)
{
    ScmiPlatform *platform = scmi_test_platform(six_axes);
    Object *six = scmi_test_resource(platform, "sensor/six");

    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 0, 0),
                  1, 0, 0, 0, (uint32_t)-2, UINT32_MAX, 0, 0,
                  3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                  6, 0, 0, 0);
    object_property_set_int(six, "value-0", INT64_MIN, &error_abort);
    g_assert(!object_property_find(six, "value"));
    g_assert(!object_property_find(six, "value-6"));
    scmi_test_negotiate(platform, SENSOR, 0x10000);
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 0, 0), 0, 0x80000000);
    scmi_test_free(platform);
}

static void test_range_of_values(void)
{
    ScmiPlatform *platform = scmi_test_platform(six_axes);
    Object *six = scmi_test_resource(platform, "sensor/six");
    Error *err = NULL;

    object_property_set_int(six, "value-3", -5, &error_abort);
    object_property_set_int(six, "value-3", 5, &error_abort);
    g_assert(!object_property_set_int(six, "value-3", 6, &err));
    error_free_or_abort(&err);
    g_assert_cmpint(object_property_get_int(six, "value-3", &error_abort), ==,
                    5);
    scmi_test_free(platform);
}

/* Update intervals */

static void test_intervals(void)
{
    ScmiPlatform *platform = scmi_test_inertial_platform();

    ASSERT_VALUES(SEND(platform, SENSOR, UPDATE_INTERVALS, ACCELEROMETER, 0),
                  6, 25 << 5 | 0x1c, 5 << 5 | 0x1d, 1 << 5 | 0x1e,
                  2 << 5 | 0x1e, 4 << 5 | 0x1e, 1 << 5 | 0x1f);
    ASSERT_VALUES(SEND(platform, SENSOR, UPDATE_INTERVALS, ACCELEROMETER, 4),
                  2, 4 << 5 | 0x1e, 1 << 5 | 0x1f);
    ASSERT_VALUES(SEND(platform, SENSOR, UPDATE_INTERVALS, GYROSCOPE, 0),
                  0x1003, 5 << 5 | 0x1d, 1 << 5 | 0x1f, 5 << 5 | 0x1d);
    ASSERT_STATUS(SEND(platform, SENSOR, UPDATE_INTERVALS, ACCELEROMETER, 6),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, UPDATE_INTERVALS, GYROSCOPE, 1),
                  SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

static void test_many_intervals(void)
{
    g_autoptr(GString) json = g_string_new("{ 'sensors': [ { 'name': 'x',"
        " 'type': 'power', 'scale': 0, 'intervals': [ 100");
    unsigned total = 4095, seen = 0, remaining;
    ScmiPlatform *platform;

    for (unsigned i = 1; i < total; i++) {
        g_string_append_printf(json, ", %u", 100 + i);
    }
    g_string_append(json, " ] } ] }");
    platform = scmi_test_platform(json->str);
    do {
        ScmiTestReply reply = SEND(platform, SENSOR, UPDATE_INTERVALS, 0,
                                   seen);
        unsigned returned = reply.values[0] & 0xfff;

        remaining = reply.values[0] >> 16;
        g_assert_cmpuint(returned, ==, MIN(23, total - seen));
        g_assert_cmpuint(seen + returned + remaining, ==, total);
        seen += returned;
    } while (remaining);
    g_assert_cmpuint(seen, ==, total);
    scmi_test_free(platform);
}

#define SECONDS(seconds, exponent) ((uint32_t)(seconds) << 16 | \
                                    ((exponent) & 0x1f) << 11)
#define UP (1 << 9)
#define AUTO (2 << 9)

/* What a CONFIG_SET asks for, and the interval in microseconds or 0. */
typedef struct Rounding {
    uint32_t config;
    uint64_t interval;
} Rounding;

static void check_roundings(uint32_t id, const char *path,
                            const Rounding *roundings, unsigned n)
{
    ScmiPlatform *platform = scmi_test_inertial_platform();
    Object *sensor = scmi_test_resource(platform, path);

    for (unsigned i = 0; i < n; i++) {
        uint64_t before = object_property_get_uint(sensor, "interval",
                                                   &error_abort);
        uint64_t interval = roundings[i].interval;

        ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, id,
                           roundings[i].config),
                      interval ? SCMI_SUCCESS : SCMI_INVALID_PARAMETERS);
        g_assert_cmpuint(object_property_get_uint(sensor, "interval",
                                                  &error_abort), ==,
                         interval ?: before);
    }
    scmi_test_free(platform);
}

static void test_rounding(void)
{
    static const Rounding list[] = {
        { SECONDS(10, -3), 10000 }, { SECONDS(10, -3) | UP, 10000 },
        { SECONDS(10000, -6) | AUTO, 10000 },
        { SECONDS(19999, -6), 10000 }, { SECONDS(10001, -6) | UP, 20000 },
        { SECONDS(14, -3) | AUTO, 10000 }, { SECONDS(15, -3) | AUTO, 10000 },
        { SECONDS(15001, -6) | AUTO, 20000 },
        { SECONDS(25, -4), 2500 }, { SECONDS(24, -4), 0 },
        { SECONDS(24, -4) | UP, 2500 }, { SECONDS(24, -4) | AUTO, 2500 },
        { SECONDS(65535, -16) | AUTO, 2500 }, { SECONDS(1, -16) | UP, 2500 },
        { SECONDS(1, -16), 0 },
        { SECONDS(1, -1) | UP, 100000 }, { SECONDS(1, 0) | UP, 0 },
        { SECONDS(1, 0), 100000 }, { SECONDS(65535, 15), 100000 },
        { SECONDS(65535, 15) | AUTO, 100000 }, { SECONDS(65535, 15) | UP, 0 },
        /* No interval leaves it alone, whatever the exponent. */
        { SECONDS(0, 3), 100000 }, { SECONDS(10, -3), 10000 },
        { SECONDS(0, 0) | AUTO, 10000 }, { SECONDS(10, -3) | 3 << 9, 0 },
    };
    static const Rounding range[] = {
        { SECONDS(5, -3), 5000 }, { SECONDS(4, -3), 0 },
        { SECONDS(4, -3) | UP, 5000 }, { SECONDS(12, -3), 10000 },
        { SECONDS(12, -3) | UP, 15000 }, { SECONDS(12, -3) | AUTO, 10000 },
        { SECONDS(13, -3) | AUTO, 15000 }, { SECONDS(99, -3) | UP, 100000 },
        { SECONDS(1, -1), 100000 }, { SECONDS(2, -1), 100000 },
        { SECONDS(2, -1) | UP, 0 }, { SECONDS(95, -3), 95000 },
    };

    check_roundings(ACCELEROMETER, "sensor/accelerometer", list,
                    ARRAY_SIZE(list));
    check_roundings(GYROSCOPE, "sensor/gyroscope", range, ARRAY_SIZE(range));
}

/* CONFIG_GET says what is in use, and how it rounded is forgotten. */
static void test_config(void)
{
    ScmiPlatform *platform = scmi_test_inertial_platform();

    ASSERT_VALUES(SEND(platform, SENSOR, CONFIG_GET, ACCELEROMETER),
                  SECONDS(2, -2));
    ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, ACCELEROMETER,
                       SECONDS(30, -3) | UP | 3), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, SENSOR, CONFIG_GET, ACCELEROMETER),
                  SECONDS(4, -2) | 3);
    ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, ACCELEROMETER, 0),
                  SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, SENSOR, CONFIG_GET, ACCELEROMETER),
                  SECONDS(4, -2));
    device_cold_reset(DEVICE(platform));
    ASSERT_VALUES(SEND(platform, SENSOR, CONFIG_GET, ACCELEROMETER),
                  SECONDS(2, -2));
    scmi_test_free(platform);
}

/* Timestamps, in the unit that the sensor has. */
static void check_timestamp(int exponent, uint64_t unit)
{
    g_autofree char *json = g_strdup_printf(
        "{ 'sensors': [ { 'name': 'x', 'type': 'power', 'scale': 0,"
        "                 'value': 5, 'timestamp-exponent': %d } ] }",
        exponent);
    ScmiPlatform *platform = scmi_test_platform(json);
    uint64_t now;

    ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, 0, 1), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 0, 0), 5, 0, 0, 0);
    ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, 0, 3), SCMI_SUCCESS);
    virtual_clock_step(12345678901);
    now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) / unit;
    ASSERT_VALUES(SEND(platform, SENSOR, READING_GET, 0, 0), 5, 0,
                  (uint32_t)now, now >> 32);
    scmi_test_free(platform);
}

static void test_timestamps(void)
{
    check_timestamp(-9, 1);
    check_timestamp(-6, SCALE_US);
    check_timestamp(0, NANOSECONDS_PER_SECOND);
}

void scmi_test_add_sensor_axes(void)
{
    g_test_add_func("/scmi/sensor/extended", test_extended);
    g_test_add_func("/scmi/sensor/mixed-sizes", test_mixed_sizes);
    g_test_add_func("/scmi/sensor/types", test_types);
    g_test_add_func("/scmi/sensor/axes", test_axes);
    g_test_add_func("/scmi/sensor/axis-names", test_axis_names);
    g_test_add_func("/scmi/sensor/axis-readings", test_axis_readings);
    g_test_add_func("/scmi/sensor/range-of-values", test_range_of_values);
    g_test_add_func("/scmi/sensor/intervals", test_intervals);
    g_test_add_func("/scmi/sensor/many-intervals", test_many_intervals);
    g_test_add_func("/scmi/sensor/rounding", test_rounding);
    g_test_add_func("/scmi/sensor/config-get", test_config);
    g_test_add_func("/scmi/sensor/timestamps", test_timestamps);
}
