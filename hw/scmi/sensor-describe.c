/*
 * SCMI sensor: what the platform says of its sensors
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/sensors.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "protocol.h"
#include "sensor.h"

/* The first types have the numbers of the wire, the last one has not. */
#define SENSOR_TYPE_OEM 0xff
QEMU_BUILD_BUG_ON(SCMI_SENSOR_TYPE_RADIANS_SEC_SQUARED != 0x5d);
QEMU_BUILD_BUG_ON(SCMI_SENSOR_TYPE_OEM_UNIT != 0x5e);

/* Descriptors of sensors and axes: id, attribute words, name, and more. */
#define DESCRIPTOR_SIZE (12 + SCMI_SHORT_NAME_SIZE)
#define DESCRIPTOR_POWER_SIZE 4
#define DESCRIPTOR_RANGE_SIZE 20

FIELD(SENSOR_ATTRIBUTES_LOW, TRIP_POINTS, 0, 8)
FIELD(SENSOR_ATTRIBUTES_LOW, EXTENDED, 8, 1)
FIELD(SENSOR_ATTRIBUTES_LOW, TIMESTAMPS, 9, 1)
FIELD(SENSOR_ATTRIBUTES_LOW, TIMESTAMP_EXPONENT, 10, 5)
FIELD(SENSOR_ATTRIBUTES_LOW, EXTENDED_NAME, 29, 1)
FIELD(SENSOR_ATTRIBUTES_LOW, UPDATE_NOTIFY, 30, 1)
FIELD(SENSOR_ATTRIBUTES_LOW, ASYNC, 31, 1)

FIELD(SENSOR_ATTRIBUTES_HIGH, TYPE, 0, 8)
FIELD(SENSOR_ATTRIBUTES_HIGH, HAS_AXES, 8, 1)
FIELD(SENSOR_ATTRIBUTES_HIGH, SCALE, 11, 5)
FIELD(SENSOR_ATTRIBUTES_HIGH, NUM_AXES, 16, 6)
/* Version 1 has its one interval here. */
FIELD(SENSOR_ATTRIBUTES_HIGH_V1, EXPONENT, 22, 5)
FIELD(SENSOR_ATTRIBUTES_HIGH_V1, SECONDS, 27, 5)
#define SECONDS_V1_MAX 31

FIELD(SENSOR_RESOLUTION, VALUE, 0, 27)
FIELD(SENSOR_RESOLUTION, EXPONENT, 27, 5)

FIELD(AXIS_ATTRIBUTES_LOW, EXTENDED, 8, 1)
FIELD(AXIS_ATTRIBUTES_LOW, EXTENDED_NAME, 9, 1)

FIELD(SENSOR_AXES, RETURNED, 0, 6)
FIELD(SENSOR_AXES, REMAINING, 26, 6)

FIELD(SENSOR_INTERVALS, RETURNED, 0, 12)
FIELD(SENSOR_INTERVALS, RANGE, 12, 1)
FIELD(SENSOR_INTERVALS, REMAINING, 16, 16)
FIELD(SENSOR_INTERVAL, EXPONENT, 0, 5)
FIELD(SENSOR_INTERVAL, SECONDS, 5, 16)

static ScmiSensor *sensor_by_id(const ScmiCall *call, unsigned id)
{
    return SCMI_SENSOR(scmi_resource(call->platform, call->protocol, id));
}

/* Trip points are there for the events alone. */
unsigned scmi_sensor_num_trips(const ScmiCall *call, const ScmiSensor *sensor)
{
    return scmi_call_has_events(call) ? sensor->num_trips : 0;
}

bool scmi_sensor_can_read_async(const ScmiCall *call,
                                const ScmiSensor *sensor)
{
    return sensor->async && scmi_call_can_delay(call);
}

static unsigned type_code(ScmiSensorType type)
{
    return type == SCMI_SENSOR_TYPE_OEM_UNIT ? SENSOR_TYPE_OEM : type;
}

static bool has_extended(const ScmiCall *call, const ScmiSensor *sensor)
{
    return call->version >= SENSOR_V2 &&
           (sensor->power || (!sensor->num_axes &&
                              sensor->axes[0].has_range));
}

static uint32_t attributes_low(const ScmiCall *call, ScmiSensor *sensor)
{
    bool v2 = call->version >= SENSOR_V2;
    uint32_t word = 0;

    word = FIELD_DP32(word, SENSOR_ATTRIBUTES_LOW, TRIP_POINTS,
                      scmi_sensor_num_trips(call, sensor));
    word = FIELD_DP32(word, SENSOR_ATTRIBUTES_LOW, EXTENDED,
                      has_extended(call, sensor));
    if (v2 && sensor->has_timestamps) {
        word = FIELD_DP32(word, SENSOR_ATTRIBUTES_LOW, TIMESTAMPS, 1);
        word = FIELD_DP32(word, SENSOR_ATTRIBUTES_LOW, TIMESTAMP_EXPONENT,
                          sensor->timestamp_exponent);
    }
    word = FIELD_DP32(word, SENSOR_ATTRIBUTES_LOW, EXTENDED_NAME,
                      scmi_call_extended_name(call, SCMI_RESOURCE(sensor)));
    word = FIELD_DP32(word, SENSOR_ATTRIBUTES_LOW, UPDATE_NOTIFY,
                      v2 && scmi_call_has_events(call));
    return FIELD_DP32(word, SENSOR_ATTRIBUTES_LOW, ASYNC,
                      scmi_sensor_can_read_async(call, sensor));
}

/* Five bits for the seconds: a longer one with fewer digits may have to do. */
static uint32_t interval_v1(const ScmiSensor *sensor)
{
    uint16_t seconds;
    int8_t exponent;
    uint32_t word = 0;

    scmi_sensor_encode_interval(sensor->interval, &seconds, &exponent);
    while (seconds > SECONDS_V1_MAX) {
        seconds = DIV_ROUND_UP(seconds, 10);
        exponent++;
    }
    word = FIELD_DP32(word, SENSOR_ATTRIBUTES_HIGH_V1, EXPONENT, exponent);
    return FIELD_DP32(word, SENSOR_ATTRIBUTES_HIGH_V1, SECONDS, seconds);
}

static uint32_t attributes_high(const ScmiCall *call, const ScmiSensor *sensor)
{
    uint32_t word = 0;

    if (call->version < SENSOR_V2) {
        word = interval_v1(sensor);
    } else {
        word = FIELD_DP32(word, SENSOR_ATTRIBUTES_HIGH, HAS_AXES,
                          sensor->num_axes != 0);
        word = FIELD_DP32(word, SENSOR_ATTRIBUTES_HIGH, NUM_AXES,
                          sensor->num_axes);
    }
    word = FIELD_DP32(word, SENSOR_ATTRIBUTES_HIGH, TYPE,
                      type_code(sensor->axes[0].type));
    return FIELD_DP32(word, SENSOR_ATTRIBUTES_HIGH, SCALE,
                      sensor->axes[0].scale);
}

static void put_range(ScmiCall *call, const ScmiSensorAxis *axis)
{
    uint32_t word = 0;

    word = FIELD_DP32(word, SENSOR_RESOLUTION, VALUE, axis->resolution);
    word = FIELD_DP32(word, SENSOR_RESOLUTION, EXPONENT, axis->exponent);
    scmi_put_u32(call, word);
    scmi_put_u64(call, axis->min);
    scmi_put_u64(call, axis->max);
}

static size_t descriptor_size(ScmiCall *call, unsigned id)
{
    const ScmiSensor *sensor = sensor_by_id(call, id);

    if (!has_extended(call, sensor)) {
        return DESCRIPTOR_SIZE;
    }
    return DESCRIPTOR_SIZE + DESCRIPTOR_POWER_SIZE +
           (sensor->num_axes ? 0 : DESCRIPTOR_RANGE_SIZE);
}

static void put_descriptor(ScmiCall *call, unsigned id)
{
    ScmiSensor *sensor = sensor_by_id(call, id);

    scmi_put_u32(call, id);
    scmi_put_u32(call, attributes_low(call, sensor));
    scmi_put_u32(call, attributes_high(call, sensor));
    scmi_put_text(call, SCMI_RESOURCE(sensor)->name, SCMI_SHORT_NAME_SIZE);
    if (has_extended(call, sensor)) {
        scmi_put_u32(call, sensor->power);
        if (!sensor->num_axes) {
            put_range(call, &sensor->axes[0]);
        }
    }
}

/* As scmi_chunk(), after a word, where each element has a size of its own. */
static unsigned chunk_of(ScmiCall *call, unsigned first, unsigned total,
                         size_t (*size)(ScmiCall *call, unsigned i))
{
    size_t end = call->length + sizeof(uint32_t);
    unsigned n = 0;

    while (first + n < total && end + size(call, first + n) <= call->room) {
        end += size(call, first + n);
        n++;
    }
    call->overflow |= !n && first < total;
    return n;
}

ScmiStatus scmi_sensor_description_get(ScmiCall *call)
{
    uint32_t first = call->payload[0];
    unsigned total = scmi_num_resources(call->platform, call->protocol);
    unsigned n;

    if (first >= total) {
        return SCMI_INVALID_PARAMETERS;
    }
    n = chunk_of(call, first, total, descriptor_size);
    scmi_put_u16(call, n);
    scmi_put_u16(call, total - first - n);
    for (unsigned i = 0; i < n; i++) {
        put_descriptor(call, first + i);
    }
    return SCMI_SUCCESS;
}

static void put_axes_header(ScmiCall *call, unsigned returned,
                            unsigned remaining)
{
    uint32_t word = 0;

    word = FIELD_DP32(word, SENSOR_AXES, RETURNED, returned);
    word = FIELD_DP32(word, SENSOR_AXES, REMAINING, remaining);
    scmi_put_u32(call, word);
}

static ScmiStatus check_axis(const ScmiCall *call)
{
    ScmiSensor *sensor = SCMI_SENSOR(call->resource);

    if (!sensor->num_axes) {
        return SCMI_NOT_SUPPORTED;
    }
    return call->payload[1] < sensor->num_axes ? SCMI_SUCCESS
                                               : SCMI_INVALID_PARAMETERS;
}

static size_t axis_descriptor_size(ScmiCall *call, unsigned i)
{
    return DESCRIPTOR_SIZE + (SCMI_SENSOR(call->resource)->axes[i].has_range
                              ? DESCRIPTOR_RANGE_SIZE : 0);
}

static void put_axis_descriptor(ScmiCall *call, unsigned i)
{
    const ScmiSensorAxis *axis = &SCMI_SENSOR(call->resource)->axes[i];
    uint32_t low = 0, high = 0;

    low = FIELD_DP32(low, AXIS_ATTRIBUTES_LOW, EXTENDED, axis->has_range);
    low = FIELD_DP32(low, AXIS_ATTRIBUTES_LOW, EXTENDED_NAME,
                     call->version >= SENSOR_V3 &&
                     strlen(axis->name) >= SCMI_SHORT_NAME_SIZE);
    high = FIELD_DP32(high, SENSOR_ATTRIBUTES_HIGH, TYPE,
                      type_code(axis->type));
    high = FIELD_DP32(high, SENSOR_ATTRIBUTES_HIGH, SCALE, axis->scale);
    scmi_put_u32(call, i);
    scmi_put_u32(call, low);
    scmi_put_u32(call, high);
    scmi_put_text(call, axis->name, SCMI_SHORT_NAME_SIZE);
    if (axis->has_range) {
        put_range(call, axis);
    }
}

ScmiStatus scmi_sensor_axis_description_get(ScmiCall *call)
{
    unsigned first = call->payload[1];
    unsigned total = SCMI_SENSOR(call->resource)->num_axes;
    ScmiStatus status = check_axis(call);
    unsigned n;

    if (status != SCMI_SUCCESS) {
        return status;
    }
    n = chunk_of(call, first, total, axis_descriptor_size);
    put_axes_header(call, n, total - first - n);
    for (unsigned i = 0; i < n; i++) {
        put_axis_descriptor(call, first + i);
    }
    return SCMI_SUCCESS;
}

/* Every axis is listed, for the index to be that of the axis. */
ScmiStatus scmi_sensor_axis_name_get(ScmiCall *call)
{
    const ScmiSensor *sensor = SCMI_SENSOR(call->resource);
    unsigned first = call->payload[1];
    ScmiStatus status = check_axis(call);
    unsigned n;

    if (status != SCMI_SUCCESS) {
        return status;
    }
    n = scmi_chunk(call, first, sensor->num_axes, sizeof(uint32_t),
                   sizeof(uint32_t) + SCMI_EXTENDED_NAME_SIZE);
    put_axes_header(call, n, sensor->num_axes - first - n);
    for (unsigned i = first; i < first + n; i++) {
        scmi_put_u32(call, i);
        scmi_put_text(call, sensor->axes[i].name, SCMI_EXTENDED_NAME_SIZE);
    }
    return SCMI_SUCCESS;
}

static void put_interval(ScmiCall *call, uint64_t interval)
{
    uint16_t seconds;
    int8_t exponent;
    uint32_t word = 0;

    scmi_sensor_encode_interval(interval, &seconds, &exponent);
    word = FIELD_DP32(word, SENSOR_INTERVAL, EXPONENT, exponent);
    word = FIELD_DP32(word, SENSOR_INTERVAL, SECONDS, seconds);
    scmi_put_u32(call, word);
}

static void put_intervals_header(ScmiCall *call, unsigned returned,
                                 bool range, unsigned remaining)
{
    uint32_t word = 0;

    word = FIELD_DP32(word, SENSOR_INTERVALS, RETURNED, returned);
    word = FIELD_DP32(word, SENSOR_INTERVALS, RANGE, range);
    word = FIELD_DP32(word, SENSOR_INTERVALS, REMAINING, remaining);
    scmi_put_u32(call, word);
}

ScmiStatus scmi_sensor_list_update_intervals(ScmiCall *call)
{
    const ScmiSensor *sensor = SCMI_SENSOR(call->resource);
    uint32_t first = call->payload[1];
    unsigned n;

    if (first >= MAX(sensor->num_intervals, 1)) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (!sensor->num_intervals) {
        put_intervals_header(call, 3, true, 0);
        put_interval(call, sensor->min_interval);
        put_interval(call, sensor->max_interval);
        put_interval(call, sensor->interval_step);
        return SCMI_SUCCESS;
    }
    n = scmi_chunk(call, first, sensor->num_intervals, sizeof(uint32_t),
                   sizeof(uint32_t));
    put_intervals_header(call, n, false, sensor->num_intervals - first - n);
    for (unsigned i = 0; i < n; i++) {
        put_interval(call, sensor->intervals[first + i]);
    }
    return SCMI_SUCCESS;
}
