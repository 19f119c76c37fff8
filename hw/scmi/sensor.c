/*
 * SCMI sensor management protocol (0x15), version 3.1
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/sensors.c,
 * drivers/hwmon/scmi-hwmon.c and drivers/iio/common/scmi_sensors/scmi_iio.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "protocol.h"
#include "sensor.h"

enum {
    SENSOR_DESCRIPTION_GET = 0x3,
    SENSOR_TRIP_POINT_NOTIFY = 0x4,
    SENSOR_TRIP_POINT_CONFIG = 0x5,
    SENSOR_READING_GET = 0x6,
    SENSOR_AXIS_DESCRIPTION_GET = 0x7,
    SENSOR_LIST_UPDATE_INTERVALS = 0x8,
    SENSOR_CONFIG_GET = 0x9,
    SENSOR_CONFIG_SET = 0xa,
    SENSOR_CONTINUOUS_UPDATE_NOTIFY = 0xb,
    SENSOR_NAME_GET = 0xc,
    SENSOR_AXIS_NAME_GET = 0xd,
};

/* How many asynchronous readings an agent may have under way. */
#define SENSOR_MAX_ASYNC 4

FIELD(SENSOR_TRIP, MODE, 0, 2)
FIELD(SENSOR_TRIP, ID, 4, 8)
#define SENSOR_TRIP_KNOWN (R_SENSOR_TRIP_MODE_MASK | R_SENSOR_TRIP_ID_MASK)

FIELD(SENSOR_READING_FLAGS, ASYNC, 0, 1)

FIELD(SENSOR_CONFIG, ENABLED, 0, 1)
FIELD(SENSOR_CONFIG, TIMESTAMPS, 1, 1)
FIELD(SENSOR_CONFIG, ROUND, 9, 2)
FIELD(SENSOR_CONFIG, EXPONENT, 11, 5)
FIELD(SENSOR_CONFIG, SECONDS, 16, 16)
#define SENSOR_CONFIG_KNOWN (R_SENSOR_CONFIG_ENABLED_MASK |     \
                             R_SENSOR_CONFIG_TIMESTAMPS_MASK |  \
                             R_SENSOR_CONFIG_ROUND_MASK |       \
                             R_SENSOR_CONFIG_EXPONENT_MASK |    \
                             R_SENSOR_CONFIG_SECONDS_MASK)

static ScmiStatus sensor_protocol_attributes(ScmiCall *call)
{
    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    scmi_put_u8(call, scmi_call_can_delay(call) ? SENSOR_MAX_ASYNC : 0);
    scmi_put_u8(call, 0);
    /* No shared area with readings. */
    scmi_put_u64(call, 0);
    scmi_put_u32(call, 0);
    return SCMI_SUCCESS;
}

/* Trip points */

static bool sensor_has_trips(const ScmiCall *call)
{
    return SCMI_SENSOR(call->resource)->num_trips;
}

static ScmiStatus sensor_trip_point_config(ScmiCall *call)
{
    ScmiSensor *sensor = SCMI_SENSOR(call->resource);
    uint32_t control = call->payload[1];
    unsigned id = FIELD_EX32(control, SENSOR_TRIP, ID);

    if ((control & ~SENSOR_TRIP_KNOWN) ||
        id >= scmi_sensor_num_trips(call, sensor)) {
        return SCMI_INVALID_PARAMETERS;
    }
    sensor->trips[id] = (ScmiSensorTrip) {
        .mode = FIELD_EX32(control, SENSOR_TRIP, MODE),
        .value = deposit64(call->payload[2], 32, 32, call->payload[3]),
    };
    return SCMI_SUCCESS;
}

/* Readings */

/* Version 1 knows one value, without a timestamp. */
static void put_readings(ScmiCall *call)
{
    const ScmiSensor *sensor = SCMI_SENSOR(call->resource);
    uint32_t words[SCMI_SENSOR_MAX_WORDS];
    unsigned n = scmi_sensor_words(sensor, words);

    if (call->version < SENSOR_V2) {
        n = 2;
    }
    for (unsigned i = 0; i < n; i++) {
        scmi_put_u32(call, words[i]);
    }
}

static ScmiStatus sensor_reading_get(ScmiCall *call)
{
    uint32_t flags = call->payload[1];

    if (flags & ~R_SENSOR_READING_FLAGS_ASYNC_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (flags) {
        return scmi_sensor_can_read_async(call, SCMI_SENSOR(call->resource))
               ? scmi_call_delay(call) : SCMI_NOT_SUPPORTED;
    }
    put_readings(call);
    return SCMI_SUCCESS;
}

static ScmiStatus sensor_reading_get_complete(ScmiCall *call)
{
    scmi_put_u32(call, call->resource->id);
    put_readings(call);
    return SCMI_SUCCESS;
}

/* Update intervals and configuration */

static ScmiStatus sensor_config_get(ScmiCall *call)
{
    const ScmiSensor *sensor = SCMI_SENSOR(call->resource);
    uint16_t seconds;
    int8_t exponent;
    uint32_t config = 0;

    scmi_sensor_encode_interval(sensor->interval, &seconds, &exponent);
    config = FIELD_DP32(config, SENSOR_CONFIG, ENABLED, sensor->enabled);
    config = FIELD_DP32(config, SENSOR_CONFIG, TIMESTAMPS,
                        sensor->timestamps);
    config = FIELD_DP32(config, SENSOR_CONFIG, EXPONENT, exponent);
    config = FIELD_DP32(config, SENSOR_CONFIG, SECONDS, seconds);
    scmi_put_u32(call, config);
    return SCMI_SUCCESS;
}

/* The interval that a CONFIG_SET comes to, or 0. */
static uint64_t config_interval(const ScmiSensor *sensor, uint32_t config)
{
    unsigned round = FIELD_EX32(config, SENSOR_CONFIG, ROUND);
    uint16_t seconds = FIELD_EX32(config, SENSOR_CONFIG, SECONDS);

    if (round > SCMI_SENSOR_ROUND_AUTO) {
        return 0;
    }
    /* Linux switches a sensor on and off with no interval at all. */
    if (!seconds) {
        return sensor->interval;
    }
    return scmi_sensor_round_interval(sensor, seconds,
                                      FIELD_SEX32(config, SENSOR_CONFIG,
                                                  EXPONENT), round);
}

static ScmiStatus sensor_config_set(ScmiCall *call)
{
    ScmiSensor *sensor = SCMI_SENSOR(call->resource);
    uint32_t config = call->payload[1];
    bool enable = FIELD_EX32(config, SENSOR_CONFIG, ENABLED);
    bool timestamps = FIELD_EX32(config, SENSOR_CONFIG, TIMESTAMPS);
    uint64_t interval = config_interval(sensor, config);
    bool changed = enable != sensor->enabled || interval != sensor->interval;

    if ((config & ~SENSOR_CONFIG_KNOWN) || !interval ||
        (timestamps && !sensor->has_timestamps)) {
        return SCMI_INVALID_PARAMETERS;
    }
    sensor->enabled = enable;
    sensor->timestamps = timestamps;
    sensor->interval = interval;
    if (changed) {
        scmi_sensor_config_changed(sensor);
    }
    return SCMI_SUCCESS;
}

static ScmiStatus sensor_subscribe_updates(ScmiCall *call)
{
    if (call->payload[1]) {
        scmi_sensor_subscribing(SCMI_SENSOR(call->resource));
    }
    return SCMI_SUCCESS;
}

static const ScmiMessage sensor_messages[] = {
    { SENSOR_DESCRIPTION_GET, "description_get", .min = 4,
      .domain = SCMI_NO_DOMAIN, .handler = scmi_sensor_description_get },
    { SENSOR_TRIP_POINT_NOTIFY, "trip_point_notify", .min = 8, .domain = 0,
      .notify = true, .enable = 1, .event = SCMI_SENSOR_TRIP_POINT_EVENT,
      .supported = sensor_has_trips },
    { SENSOR_TRIP_POINT_CONFIG, "trip_point_config", .min = 16, .domain = 0,
      .handler = sensor_trip_point_config },
    { SENSOR_READING_GET, "reading_get", .min = 8, .domain = 0,
      .handler = sensor_reading_get,
      .complete = sensor_reading_get_complete,
      .pending = SENSOR_MAX_ASYNC },
    { SENSOR_AXIS_DESCRIPTION_GET, "axis_description_get",
      .since = SENSOR_V2, .min = 8, .domain = 0,
      .handler = scmi_sensor_axis_description_get },
    { SENSOR_LIST_UPDATE_INTERVALS, "list_update_intervals",
      .since = SENSOR_V2, .min = 8, .domain = 0,
      .handler = scmi_sensor_list_update_intervals },
    { SENSOR_CONFIG_GET, "config_get", .since = SENSOR_V2, .min = 4,
      .domain = 0, .handler = sensor_config_get },
    { SENSOR_CONFIG_SET, "config_set", .since = SENSOR_V2, .min = 8,
      .domain = 0, .handler = sensor_config_set },
    { SENSOR_CONTINUOUS_UPDATE_NOTIFY, "continuous_update_notify",
      .since = SENSOR_V2, .min = 8, .domain = 0, .notify = true, .enable = 1,
      .event = SCMI_SENSOR_UPDATE, .handler = sensor_subscribe_updates },
    { SENSOR_AXIS_NAME_GET, "axis_name_get", .since = SENSOR_V3, .min = 8,
      .domain = 0, .handler = scmi_sensor_axis_name_get },
};

static bool sensor_add(ScmiPlatform *platform, const ScmiSensorConfig *config,
                       Error **errp)
{
    Object *obj = object_new(TYPE_SCMI_SENSOR);

    if (!scmi_sensor_configure(SCMI_SENSOR(obj), config, errp)) {
        object_unref(obj);
        return false;
    }
    scmi_sensor_add_values(SCMI_SENSOR(obj));
    return scmi_platform_add(platform, &scmi_sensor_protocol,
                             SCMI_RESOURCE(obj), config->name, errp);
}

static bool sensor_populate(ScmiPlatform *platform,
                            const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiSensorConfigList *l = config->sensors;

    if (!scmi_check_count("sensors", QAPI_LIST_LENGTH(l), SCMI_MAX_DOMAINS,
                          errp)) {
        return false;
    }
    for (unsigned id = 0; l; l = l->next, id++) {
        if (!sensor_add(platform, l->value, errp)) {
            error_prepend(errp, "sensors[%u].", id);
            return false;
        }
    }
    return true;
}

const ScmiProtocol scmi_sensor_protocol = {
    .id = SCMI_PROTOCOL_SENSOR,
    .name = "sensor",
    .version = 0x30001,
    .populate = sensor_populate,
    .attributes = sensor_protocol_attributes,
    .name_get = SENSOR_NAME_GET,
    .name_get_since = SENSOR_V3,
    .messages = sensor_messages,
    .num_messages = ARRAY_SIZE(sensor_messages),
};
