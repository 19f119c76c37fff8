/*
 * SCMI sensor: its configuration, and its update intervals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "sensor.h"
#include "hw/scmi/wire.h"

/* What the wire can count and write. */
#define MAX_INTERVALS  4095
#define MAX_RESOLUTION MAKE_64BIT_MASK(0, 27)

/* Finer than QEMU's clock would be a lie. */
#define TIMESTAMP_EXPONENT_MIN (-9)

/* Intervals */

bool scmi_sensor_encode_interval(uint64_t interval, uint16_t *seconds,
                                 int8_t *exponent)
{
    int e = -6;

    while (interval && interval % 10 == 0) {
        interval /= 10;
        e++;
    }
    *seconds = interval;
    *exponent = e;
    return interval && interval <= UINT16_MAX;
}

static uint64_t ten_to_the(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent--) {
        power *= 10;
    }
    return power;
}

/* In nanoseconds, as long as can be if it is longer. */
static uint64_t decode_interval(uint16_t seconds, int exponent)
{
    exponent += 9;
    if (exponent < 0) {
        return seconds / ten_to_the(-exponent);
    }
    /* UINT16_MAX * 10^14 fits 64 bits. */
    return exponent > 14 ? UINT64_MAX : seconds * ten_to_the(exponent);
}

/* The neighbours of an interval of @ns; each 0 if there is none. */
static void find_neighbours(const ScmiSensor *sensor, uint64_t ns,
                            uint64_t *shorter, uint64_t *longer)
{
    uint64_t us = ns / 1000;

    *shorter = *longer = 0;
    if (us < sensor->min_interval) {
        *longer = sensor->min_interval;
    } else if (us >= sensor->max_interval) {
        *shorter = sensor->max_interval;
    } else if (!sensor->num_intervals) {
        *shorter = us - (us - sensor->min_interval) % sensor->interval_step;
        *longer = *shorter + sensor->interval_step;
    } else {
        unsigned i = 0;

        while (sensor->intervals[i] <= us) {
            i++;
        }
        *shorter = sensor->intervals[i - 1];
        *longer = sensor->intervals[i];
    }
}

static uint64_t round_ns(const ScmiSensor *sensor, uint64_t ns,
                         enum ScmiSensorRound round)
{
    uint64_t shorter, longer;

    find_neighbours(sensor, ns, &shorter, &longer);
    if ((shorter && shorter * 1000 == ns) ||
        round == SCMI_SENSOR_ROUND_DOWN) {
        return shorter;
    }
    if (round == SCMI_SENSOR_ROUND_UP) {
        return longer;
    }
    if (!shorter || !longer) {
        return shorter + longer;
    }
    return ns - shorter * 1000 <= longer * 1000 - ns ? shorter : longer;
}

uint64_t scmi_sensor_round_interval(const ScmiSensor *sensor,
                                    uint16_t seconds, int exponent,
                                    enum ScmiSensorRound round)
{
    return round_ns(sensor, decode_interval(seconds, exponent), round);
}

bool scmi_sensor_has_interval(const ScmiSensor *sensor, uint64_t interval)
{
    return interval && interval <= SCMI_SENSOR_INTERVAL_MAX &&
           round_ns(sensor, interval * 1000,
                    SCMI_SENSOR_ROUND_DOWN) == interval;
}

/* Configuration */

static bool interval_check(uint64_t interval, Error **errp)
{
    uint16_t seconds;
    int8_t exponent;

    if (interval < SCMI_SENSOR_INTERVAL_MIN ||
        interval > SCMI_SENSOR_INTERVAL_MAX) {
        error_setg(errp, ": an interval has %d to %" PRIu64 " microseconds",
                   SCMI_SENSOR_INTERVAL_MIN,
                   (uint64_t)SCMI_SENSOR_INTERVAL_MAX);
        return false;
    }
    if (!scmi_sensor_encode_interval(interval, &seconds, &exponent)) {
        error_setg(errp, ": an interval of %" PRIu64
                   " microseconds has too many digits", interval);
        return false;
    }
    return true;
}

static bool set_intervals(ScmiSensor *sensor, const uint64List *intervals,
                          Error **errp)
{
    ERRP_GUARD();
    unsigned n = QAPI_LIST_LENGTH(intervals);

    if (!scmi_check_count("intervals", n, MAX_INTERVALS, errp)) {
        return false;
    }
    sensor->intervals = g_new(uint64_t, n);
    for (; intervals; intervals = intervals->next) {
        if (!interval_check(intervals->value, errp)) {
            error_prepend(errp, "intervals[%u]", sensor->num_intervals);
            return false;
        }
        if (intervals->value <= sensor->max_interval) {
            error_setg(errp, "intervals[%u]: intervals must ascend",
                       sensor->num_intervals);
            return false;
        }
        sensor->max_interval = intervals->value;
        sensor->intervals[sensor->num_intervals++] = intervals->value;
    }
    sensor->min_interval = sensor->intervals[0];
    return true;
}

/* Whether each interval of a range can be written with one exponent. */
static bool range_fits_wire(const ScmiSensorIntervalRange *range)
{
    uint64_t unit = 1;

    while (range->min % (unit * 10) == 0 && range->step % (unit * 10) == 0) {
        unit *= 10;
    }
    return range->max / unit <= UINT16_MAX;
}

static bool set_interval_range(ScmiSensor *sensor,
                               const ScmiSensorIntervalRange *range,
                               Error **errp)
{
    ERRP_GUARD();

    if (!interval_check(range->min, errp)) {
        error_prepend(errp, "interval-range.min");
        return false;
    }
    if (!interval_check(range->max, errp)) {
        error_prepend(errp, "interval-range.max");
        return false;
    }
    if (range->min >= range->max || !range->step ||
        (range->max - range->min) % range->step) {
        error_setg(errp, "interval-range: it must ascend in whole steps");
        return false;
    }
    if (!range_fits_wire(range)) {
        error_setg(errp, "interval-range: its intervals have too many "
                   "digits");
        return false;
    }
    sensor->min_interval = range->min;
    sensor->max_interval = range->max;
    sensor->interval_step = range->step;
    return true;
}

static bool configure_intervals(ScmiSensor *sensor,
                                const ScmiSensorConfig *config, Error **errp)
{
    const uint64List second = { .value = SCMI_SENSOR_DEFAULT_INTERVAL };
    bool ok;

    if (config->intervals && config->interval_range) {
        error_setg(errp, "intervals: there are either intervals or a range "
                   "of them");
        return false;
    }
    ok = config->interval_range
         ? set_interval_range(sensor, config->interval_range, errp)
         : set_intervals(sensor, config->intervals ?: &second, errp);
    if (!ok) {
        return false;
    }
    sensor->interval = config->has_interval ? config->interval
                                            : sensor->min_interval;
    sensor->interval_at_reset = sensor->interval;
    if (!scmi_sensor_has_interval(sensor, sensor->interval)) {
        error_setg(errp, "interval: there is none of %" PRIu64
                   " microseconds", sensor->interval);
        return false;
    }
    return true;
}

static bool exponent_check(int exponent, const char *member, Error **errp)
{
    if (exponent < SCMI_SENSOR_EXPONENT_MIN ||
        exponent > SCMI_SENSOR_EXPONENT_MAX) {
        error_setg(errp, "%s: it must be from %d to %d", member,
                   SCMI_SENSOR_EXPONENT_MIN, SCMI_SENSOR_EXPONENT_MAX);
        return false;
    }
    return true;
}

static bool axis_set_range(ScmiSensorAxis *axis, const ScmiSensorRange *range,
                           Error **errp)
{
    axis->min = INT64_MIN;
    axis->max = INT64_MAX;
    if (!range) {
        return true;
    }
    if (range->min >= range->max) {
        error_setg(errp, "range: it must ascend");
        return false;
    }
    if (range->resolution > MAX_RESOLUTION) {
        error_setg(errp, "range.resolution: it is more than %" PRIu64,
                   (uint64_t)MAX_RESOLUTION);
        return false;
    }
    axis->has_range = true;
    axis->min = range->min;
    axis->max = range->max;
    axis->resolution = range->resolution;
    axis->exponent = range->resolution_exponent;
    return exponent_check(axis->exponent, "range.resolution-exponent", errp);
}

static bool axis_configure(ScmiSensorAxis *axis, ScmiSensorType type,
                           int8_t scale, int64_t value,
                           const ScmiSensorRange *range, Error **errp)
{
    if (!exponent_check(scale, "scale", errp) ||
        !axis_set_range(axis, range, errp)) {
        return false;
    }
    if (value < axis->min || value > axis->max) {
        error_setg(errp, "value: the sensor cannot measure %" PRId64, value);
        return false;
    }
    axis->type = type;
    axis->scale = scale;
    axis->value = value;
    return true;
}

static bool configure_axes(ScmiSensor *sensor, const ScmiSensorConfig *config,
                           Error **errp)
{
    ERRP_GUARD();
    const ScmiSensorAxisConfigList *l = config->axes;

    for (unsigned i = 0; i < sensor->num_axes; i++, l = l->next) {
        const ScmiSensorAxisConfig *axis = l->value;

        sensor->axes[i].name = g_strdup(axis->name);
        if (!scmi_check_name(axis->name, errp) ||
            !axis_configure(&sensor->axes[i],
                            axis->has_type ? axis->type : config->type,
                            axis->has_scale ? axis->scale : config->scale,
                            axis->value, axis->range, errp)) {
            error_prepend(errp, "axes[%u].", i);
            return false;
        }
    }
    return true;
}

static bool configure_readings(ScmiSensor *sensor,
                               const ScmiSensorConfig *config, Error **errp)
{
    unsigned n = QAPI_LIST_LENGTH(config->axes);

    if (!scmi_check_count("axes", n, SCMI_SENSOR_MAX_AXES, errp)) {
        return false;
    }
    if (n && (config->has_value || config->range || config->trip_points)) {
        error_setg(errp, "%s: it is for sensors without axes",
                   config->has_value ? "value"
                   : config->range ? "range" : "trip-points");
        return false;
    }
    sensor->num_axes = n;
    sensor->num_readings = MAX(n, 1);
    sensor->axes = g_new0(ScmiSensorAxis, sensor->num_readings);
    /* This is the one reading of a scalar, and checks what all share. */
    return axis_configure(&sensor->axes[0], config->type, config->scale,
                          config->value, config->range, errp) &&
           configure_axes(sensor, config, errp);
}

bool scmi_sensor_configure(ScmiSensor *sensor, const ScmiSensorConfig *config,
                           Error **errp)
{
    if (!configure_readings(sensor, config, errp) ||
        !configure_intervals(sensor, config, errp)) {
        return false;
    }
    sensor->has_timestamps = config->has_timestamp_exponent;
    sensor->timestamp_exponent = config->timestamp_exponent;
    if (sensor->timestamp_exponent < TIMESTAMP_EXPONENT_MIN ||
        sensor->timestamp_exponent > 0) {
        error_setg(errp, "timestamp-exponent: it must be from %d to 0",
                   TIMESTAMP_EXPONENT_MIN);
        return false;
    }
    sensor->power = config->power;
    sensor->async = config->async;
    sensor->num_trips = config->trip_points;
    sensor->trips = g_new0(ScmiSensorTrip, sensor->num_trips);
    return true;
}
