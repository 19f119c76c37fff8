/*
 * Unit tests of the SCMI platform: what a sensor sends
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define SENSOR SCMI_PROTOCOL_SENSOR

#define DESCRIPTION_GET 0x3
#define TRIP_POINT_NOTIFY 0x4
#define TRIP_POINT_CONFIG 0x5
#define READING_GET 0x6
#define CONFIG_SET 0xa
#define UPDATE_NOTIFY 0xb

#define TRIP_EVENT (3 << 8 | SENSOR << 10)
#define UPDATE_EVENT (3 << 8 | SENSOR << 10 | 1)
#define READING_RESPONSE (2 << 8 | SENSOR << 10 | READING_GET)
#define RISING (1 << 16)

enum { OFF, ON_RISING, ON_FALLING, ON_BOTH };

/* On the inertial platform. */
enum { THERMAL, POWER, ACCELEROMETER };

#define SECOND (1000 * SCALE_MS)
#define LATENCY (100 * SCALE_US)

/* Its only agent hears of events. */
static ScmiPlatform *inertial_with(ScmiTestInbox *inbox)
{
    ScmiPlatform *platform = scmi_test_inertial_platform();

    scmi_test_attach(platform, SCMI_TEST_AGENT, inbox);
    return platform;
}

static void set_thermal(ScmiPlatform *platform, int64_t value)
{
    object_property_set_int(scmi_test_resource(platform,
                                               "sensor/soc-thermal"),
                            "value", value, &error_abort);
}

static uint32_t low_of(ScmiPlatform *platform, uint32_t id)
{
    return SEND(platform, SENSOR, DESCRIPTION_GET, id).values[2];
}

/* With events there is more of a sensor than without. */
static void test_advertised(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = scmi_test_inertial_platform();

    g_assert_cmphex(low_of(platform, THERMAL), ==, 0);
    g_assert_cmphex(low_of(platform, POWER), ==, 0);
    g_assert_cmphex(low_of(platform, ACCELEROMETER), ==, 0x5e00);
    scmi_test_free(platform);

    platform = inertial_with(&inbox);
    ASSERT_VALUES(SEND(platform, SENSOR, 0x1), 4 << 16 | 4, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, SENSOR, 2, TRIP_POINT_NOTIFY), 0);
    ASSERT_VALUES(SEND(platform, SENSOR, 2, UPDATE_NOTIFY), 0);
    g_assert_cmphex(low_of(platform, THERMAL), ==, 1 << 30 | 4);
    g_assert_cmphex(low_of(platform, POWER), ==, 3u << 30);
    g_assert_cmphex(low_of(platform, ACCELEROMETER), ==, 1 << 30 | 0x5e00);

    scmi_test_negotiate(platform, SENSOR, 0x10000);
    g_assert_cmphex(low_of(platform, THERMAL), ==, 4);
    g_assert_cmphex(low_of(platform, POWER), ==, 1u << 31);
    scmi_test_free(platform);
}

static void config_trip(ScmiPlatform *platform, unsigned trip, unsigned mode,
                        int64_t value)
{
    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_CONFIG, THERMAL,
                       trip << 4 | mode, (uint32_t)value, value >> 32),
                  SCMI_SUCCESS);
}

static void test_trips(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);

    set_thermal(platform, 0);
    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_NOTIFY, THERMAL, 1),
                  SCMI_SUCCESS);
    config_trip(platform, 0, ON_RISING, 100);
    config_trip(platform, 1, ON_FALLING, 50);
    config_trip(platform, 2, ON_BOTH, -10);
    config_trip(platform, 3, OFF, 100);
    ASSERT_NO_EVENT(&inbox);

    set_thermal(platform, 99);
    ASSERT_NO_EVENT(&inbox);
    set_thermal(platform, 100);
    ASSERT_EVENT(&inbox, TRIP_EVENT, 0, THERMAL, RISING | 0);
    /* Beyond it, and as it was: nothing is reached. */
    set_thermal(platform, 101);
    set_thermal(platform, 101);
    set_thermal(platform, 100);
    ASSERT_NO_EVENT(&inbox);
    /* Two at once, in their order. */
    set_thermal(platform, -10);
    ASSERT_EVENT(&inbox, TRIP_EVENT, 0, THERMAL, 1);
    ASSERT_EVENT(&inbox, TRIP_EVENT, 0, THERMAL, 2);
    set_thermal(platform, INT64_MIN);
    ASSERT_NO_EVENT(&inbox);
    set_thermal(platform, INT64_MAX);
    ASSERT_EVENT(&inbox, TRIP_EVENT, 0, THERMAL, RISING | 0);
    ASSERT_EVENT(&inbox, TRIP_EVENT, 0, THERMAL, RISING | 2);

    config_trip(platform, 0, OFF, 0);
    config_trip(platform, 1, OFF, 0);
    config_trip(platform, 2, OFF, 0);
    set_thermal(platform, 0);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

static void test_trips_refused(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);

    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_CONFIG, THERMAL,
                       4 << 4 | 1, 0, 0), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_CONFIG, THERMAL,
                       255 << 4 | 1, 0, 0), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_CONFIG, THERMAL,
                       1 << 2, 0, 0), SCMI_INVALID_PARAMETERS);
    for (unsigned bit = 12; bit < 32; bit++) {
        ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_CONFIG, THERMAL,
                           1u << bit, 0, 0), SCMI_INVALID_PARAMETERS);
    }
    /* Neither is there an event of a sensor without trip points. */
    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_CONFIG, POWER, 1, 0, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_NOTIFY, POWER, 1),
                  SCMI_NOT_SUPPORTED);
    scmi_test_free(platform);
}

/* Reset forgets the trip points along with who wanted to hear of them. */
static void test_trips_reset(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);

    config_trip(platform, 0, ON_BOTH, 43000);
    device_cold_reset(DEVICE(platform));
    ASSERT_STATUS(SEND(platform, SENSOR, TRIP_POINT_NOTIFY, THERMAL, 1),
                  SCMI_SUCCESS);
    set_thermal(platform, 50000);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

/* Updates */

static void enable(ScmiPlatform *platform, uint32_t config)
{
    ASSERT_STATUS(SEND(platform, SENSOR, CONFIG_SET, ACCELEROMETER, config),
                  SCMI_SUCCESS);
}

static void subscribe(ScmiPlatform *platform, uint32_t on)
{
    ASSERT_STATUS(SEND(platform, SENSOR, UPDATE_NOTIFY, ACCELEROMETER, on),
                  SCMI_SUCCESS);
}

#define ASSERT_UPDATE(inbox, time)                                      \
    ASSERT_EVENT(inbox, UPDATE_EVENT, 0, ACCELEROMETER,                 \
                 0, 0, (uint32_t)(time), (time) >> 32,                  \
                 0, 0, (uint32_t)(time), (time) >> 32,                  \
                 9806650, 0, (uint32_t)(time), (time) >> 32)

/* In whichever order it is enabled and subscribed to. */
static void check_updates(bool subscribe_first)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);
    uint64_t start;

    if (subscribe_first) {
        subscribe(platform, 1);
        virtual_clock_step(SECOND);
        ASSERT_NO_EVENT(&inbox);
    }
    start = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    enable(platform, 3);
    if (!subscribe_first) {
        virtual_clock_step(SECOND);
        ASSERT_NO_EVENT(&inbox);
        start = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        subscribe(platform, 1);
    }
    virtual_clock_step(20 * SCALE_MS - 1);
    ASSERT_NO_EVENT(&inbox);
    virtual_clock_step(40 * SCALE_MS + 1);
    for (unsigned i = 1; i <= 3; i++) {
        ASSERT_UPDATE(&inbox, start + i * 20 * SCALE_MS);
    }
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

static void test_updates(void)
{
    check_updates(false);
    check_updates(true);
}

static void test_updates_end(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);

    subscribe(platform, 1);
    enable(platform, 1);
    virtual_clock_step(20 * SCALE_MS);
    ASSERT_UPDATE(&inbox, (uint64_t)0);
    /* Linux reads once: on and off again. */
    enable(platform, 0);
    virtual_clock_step(SECOND);
    ASSERT_NO_EVENT(&inbox);

    enable(platform, 1);
    subscribe(platform, 0);
    virtual_clock_step(SECOND);
    ASSERT_NO_EVENT(&inbox);
    subscribe(platform, 1);
    virtual_clock_step(20 * SCALE_MS);
    ASSERT_UPDATE(&inbox, (uint64_t)0);

    device_cold_reset(DEVICE(platform));
    virtual_clock_step(SECOND);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

/* Another interval counts from when it is set. */
static void test_updates_interval(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);

    subscribe(platform, 1);
    enable(platform, 1);
    virtual_clock_step(15 * SCALE_MS);
    enable(platform, 1u << 16 | 0x1f << 11 | 1);
    virtual_clock_step(100 * SCALE_MS - 1);
    ASSERT_NO_EVENT(&inbox);
    virtual_clock_step(1);
    ASSERT_UPDATE(&inbox, (uint64_t)0);
    /* To set the same again is nothing new. */
    virtual_clock_step(60 * SCALE_MS);
    enable(platform, 1);
    virtual_clock_step(40 * SCALE_MS);
    ASSERT_UPDATE(&inbox, (uint64_t)0);
    scmi_test_free(platform);
}

/* Each agent hears of what it subscribed to, and of nothing else. */
static void test_updates_of_agents(void)
{
    ScmiTestInbox a = {}, b = {};
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'a' }, { 'name': 'b' } ],"
        "  'sensors': [ { 'name': 'x', 'type': 'power', 'scale': 0,"
        "                 'value': -1, 'intervals': [ 100 ] } ] }");

    scmi_test_attach(platform, 1, &a);
    scmi_test_attach(platform, 2, &b);
    ASSERT_STATUS(SEND_AS(1, platform, SENSOR, CONFIG_SET, 0, 1),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, SENSOR, UPDATE_NOTIFY, 0, 1),
                  SCMI_SUCCESS);
    virtual_clock_step(100 * SCALE_US);
    ASSERT_NO_EVENT(&a);
    ASSERT_EVENT(&b, UPDATE_EVENT, 0, 0, UINT32_MAX, UINT32_MAX, 0, 0);
    scmi_test_free(platform);
}

/* Asynchronous readings */

static void test_async(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);

    ASSERT_STATUS(SEND(platform, SENSOR, READING_GET, THERMAL, 1),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, SENSOR, READING_GET, POWER, 1),
                  SCMI_SUCCESS);
    /* What it reads is what is there when it is done. */
    object_property_set_int(scmi_test_resource(platform,
                                               "sensor/soc-total-power"),
                            "value", -7, &error_abort);
    virtual_clock_step(LATENCY - 1);
    ASSERT_NO_EVENT(&inbox);
    virtual_clock_step(1);
    ASSERT_EVENT(&inbox, READING_RESPONSE, 0, POWER, (uint32_t)-7, UINT32_MAX,
                 0, 0);

    scmi_test_negotiate(platform, SENSOR, 0x10000);
    ASSERT_STATUS(SEND(platform, SENSOR, READING_GET, POWER, 1),
                  SCMI_SUCCESS);
    virtual_clock_step(LATENCY);
    ASSERT_EVENT(&inbox, READING_RESPONSE, 0, POWER, (uint32_t)-7,
                 UINT32_MAX);
    scmi_test_free(platform);
}

/* Snapshots */

static void load(ScmiPlatform *platform, const char *path,
                 const GByteArray *stream, int expected)
{
    DeviceState *dev = path ? DEVICE(scmi_test_resource(platform, path))
                            : DEVICE(platform);

    g_assert_cmpint(scmi_test_load(dev, stream), ==, expected);
}

/* Half an interval before a snapshot, the other half after it. */
static void test_vmstate(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);
    g_autoptr(GByteArray) whole = NULL;
    g_autoptr(GByteArray) accelerometer = NULL;
    g_autoptr(GByteArray) thermal = NULL;

    subscribe(platform, 1);
    enable(platform, 1);
    SEND(platform, SENSOR, TRIP_POINT_NOTIFY, THERMAL, 1);
    config_trip(platform, 3, ON_RISING, 50000);
    virtual_clock_step(10 * SCALE_MS);
    whole = scmi_test_save(DEVICE(platform));
    accelerometer = scmi_test_save(
        DEVICE(scmi_test_resource(platform, "sensor/accelerometer")));
    thermal = scmi_test_save(
        DEVICE(scmi_test_resource(platform, "sensor/soc-thermal")));
    scmi_test_free(platform);

    platform = inertial_with(&inbox);
    load(platform, NULL, whole, 0);
    load(platform, "sensor/accelerometer", accelerometer, 0);
    load(platform, "sensor/soc-thermal", thermal, 0);
    virtual_clock_step(10 * SCALE_MS);
    ASSERT_UPDATE(&inbox, (uint64_t)0);
    set_thermal(platform, 50000);
    ASSERT_EVENT(&inbox, TRIP_EVENT, 0, THERMAL, RISING | 3);
    scmi_test_free(platform);
}

/*
 * A stream: the number of readings and each; the number of trip points, and a
 * mode and a value for each; enabled, timestamps, interval, next update.
 */
static int load_forged(ScmiPlatform *platform, const char *path,
                       size_t offset, uint64_t value, size_t size)
{
    DeviceState *dev = DEVICE(scmi_test_resource(platform, path));
    g_autoptr(GByteArray) stream = scmi_test_save(dev);

    stn_be_p(stream->data + offset, size, value);
    return scmi_test_load(dev, stream);
}

#define RANGED "sensor/accelerometer"
#define SCALAR "sensor/soc-thermal"
enum {
    RANGED_VALUE = 4,
    RANGED_ENABLED = 4 + 3 * 8 + 4,
    RANGED_INTERVAL = RANGED_ENABLED + 2,
    RANGED_NEXT = RANGED_INTERVAL + 8,
    SCALAR_TRIP = 4 + 8 + 4,
    SCALAR_TIMESTAMPS = SCALAR_TRIP + 4 * 9 + 1,
};

static void test_forged(void)
{
    ScmiTestInbox inbox = {};
    ScmiPlatform *platform = inertial_with(&inbox);

    g_assert_cmpint(load_forged(platform, RANGED, 0, 3, 4), ==, 0);
    g_assert_cmpint(load_forged(platform, RANGED, 0, 4, 4), !=, 0);
    g_assert_cmpint(load_forged(platform, RANGED, RANGED_VALUE, 39226600, 8),
                    ==, 0);
    g_assert_cmpint(load_forged(platform, RANGED, RANGED_INTERVAL, 5000, 8),
                    ==, 0);
    g_assert_cmpint(load_forged(platform, SCALAR, SCALAR_TRIP, ON_BOTH, 1),
                    ==, 0);
    g_assert_cmpint(load_forged(platform, SCALAR, SCALAR_TRIP, 4, 1), !=, 0);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpint(load_forged(platform, SCALAR, SCALAR_TIMESTAMPS, 1, 1),
                    !=, 0);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpint(load_forged(platform, RANGED, RANGED_INTERVAL, 0, 8), !=,
                    0);
    g_assert_cmpint(load_forged(platform, RANGED, RANGED_INTERVAL, 5001, 8),
                    !=, 0);
    g_assert_cmpint(load_forged(platform, RANGED, RANGED_INTERVAL, UINT64_MAX,
                                8), !=, 0);
    device_cold_reset(DEVICE(platform));
    /* An update of a sensor that nobody enabled. */
    g_assert_cmpint(load_forged(platform, RANGED, RANGED_NEXT, 1, 8), !=, 0);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpint(load_forged(platform, RANGED, RANGED_NEXT, -2, 8), !=, 0);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpint(load_forged(platform, RANGED, RANGED_VALUE, 39226601, 8),
                    !=, 0);
    scmi_test_free(platform);
}

void scmi_test_add_sensor_event(void)
{
    g_test_add_func("/scmi/sensor/advertised", test_advertised);
    g_test_add_func("/scmi/sensor/trips", test_trips);
    g_test_add_func("/scmi/sensor/trips/refused", test_trips_refused);
    g_test_add_func("/scmi/sensor/trips/reset", test_trips_reset);
    g_test_add_func("/scmi/sensor/updates", test_updates);
    g_test_add_func("/scmi/sensor/updates/end", test_updates_end);
    g_test_add_func("/scmi/sensor/updates/interval", test_updates_interval);
    g_test_add_func("/scmi/sensor/updates/agents", test_updates_of_agents);
    g_test_add_func("/scmi/sensor/async", test_async);
    g_test_add_func("/scmi/sensor/vmstate", test_vmstate);
    g_test_add_func("/scmi/sensor/forged", test_forged);
}
