/*
 * SCMI sensor: the resource behind the sensor protocol
 *
 * QEMU interface of a sensor ("<platform>/sensor/<name>"):
 *  + QOM property "value": what a sensor without axes reads, in units of its
 *    type times ten to the power of its scale (int64). Writing it is the world
 *    changing, within what the sensor can measure; it survives a reset, and
 *    agents hear of a trip point that it reaches.
 *  + QOM properties "value-0", "value-1", ...: the same for each axis of a
 *    sensor that has axes
 *  + QOM property "enabled": whether an agent enabled it (bool, read-only).
 *    It reads the same when it is not, but sends no updates.
 *  + QOM property "timestamps": whether readings have timestamps, as an agent
 *    chose (bool, read-only)
 *  + QOM property "trip-points": as agents set them (list of
 *    ScmiSensorTripInfo, read-only), of a sensor that has some
 *  + QOM property "interval": between updates, in microseconds (uint64,
 *    read-only)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_SENSOR_H
#define HW_SCMI_SENSOR_H

#include "qemu/timer.h"
#include "protocol.h"

#define TYPE_SCMI_SENSOR "scmi-sensor"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiSensor, SCMI_SENSOR)

/* All readings of a sensor have to fit one reply. */
#define SCMI_SENSOR_MAX_AXES 6

/* Words that the readings of a sensor take: a value and a timestamp each. */
#define SCMI_SENSOR_READING_WORDS 4
#define SCMI_SENSOR_MAX_WORDS (SCMI_SENSOR_MAX_AXES * \
                               SCMI_SENSOR_READING_WORDS)

/* Exponents of ten are 5-bit signed numbers on the wire. */
#define SCMI_SENSOR_EXPONENT_MIN (-16)
#define SCMI_SENSOR_EXPONENT_MAX 15

/* In microseconds: what a host can keep up with, and eleven days. */
#define SCMI_SENSOR_INTERVAL_MIN 100
#define SCMI_SENSOR_INTERVAL_MAX 1000000000000

/* The update interval of a sensor that is configured with none. */
#define SCMI_SENSOR_DEFAULT_INTERVAL 1000000

/**
 * ScmiSensorAxis: what reads one value; a sensor without axes has one, too
 * @name: owned; NULL if the sensor has no axes
 * @has_range: @min to @max and @resolution, times ten to the power of
 *             @exponent, are known. If they are not, @min and @max are those
 *             of the type.
 * @value: what it reads
 */
typedef struct ScmiSensorAxis {
    char *name;
    ScmiSensorType type;
    int8_t scale;
    bool has_range;
    int64_t min;
    int64_t max;
    uint32_t resolution;
    int8_t exponent;
    int64_t value;
} ScmiSensorAxis;

/* When a trip point tells of its value being reached; ScmiSensorTripMode. */
enum {
    SCMI_SENSOR_TRIP_RISING = 1,
    SCMI_SENSOR_TRIP_FALLING = 2,
    SCMI_SENSOR_TRIP_BOTH = 3,
};

typedef struct ScmiSensorTrip {
    uint8_t mode;
    int64_t value;
} ScmiSensorTrip;

/**
 * ScmiSensor:
 * @num_axes: 0 if it is a scalar
 * @num_readings, @axes: one for each axis, or one
 * @power: in microwatts, 0 if unknown
 * @intervals, @num_intervals: its update intervals in microseconds,
 *                             ascending; none if it has a range instead
 * @min_interval, @max_interval, @interval_step: that range
 * @has_timestamps: its readings can have timestamps, in units of ten to the
 *                  power of @timestamp_exponent seconds
 * @async: reading it takes a while
 * @num_trips, @trips: its trip points
 * @enabled, @timestamps, @interval: its state, by CONFIG_SET
 * @next_update: when the next update is due (virtual clock, ns); -1 if none is
 */
struct ScmiSensor {
    ScmiResource parent_obj;

    unsigned num_axes;
    uint32_t num_readings;
    ScmiSensorAxis *axes;
    uint32_t power;
    uint64_t *intervals;
    unsigned num_intervals;
    uint64_t min_interval;
    uint64_t max_interval;
    uint64_t interval_step;
    uint64_t interval_at_reset;
    bool has_timestamps;
    int8_t timestamp_exponent;
    bool async;
    uint32_t num_trips;
    ScmiSensorTrip *trips;

    bool enabled;
    bool timestamps;
    uint64_t interval;
    int64_t next_update;
    QEMUTimer timer;
};

/* Events of a sensor. */
enum ScmiSensorEvent {
    SCMI_SENSOR_TRIP_POINT_EVENT = 0x0,
    SCMI_SENSOR_UPDATE = 0x1,
};

#define SENSOR_V2 0x20000
#define SENSOR_V3 0x30000

/* Take what a configuration says of a sensor. */
bool scmi_sensor_configure(ScmiSensor *sensor, const ScmiSensorConfig *config,
                           Error **errp);

/* Add the properties of a configured sensor's values. */
void scmi_sensor_add_values(ScmiSensor *sensor);

/**
 * scmi_sensor_words: the readings now, as they are sent
 *
 * Returns how many words they are. Timestamps are 0 while the agents want
 * none.
 */
unsigned scmi_sensor_words(const ScmiSensor *sensor,
                           uint32_t words[SCMI_SENSOR_MAX_WORDS]);

/*
 * An interval as the wire has it, @seconds times ten to the power of
 * @exponent; false if it is none that can be written so.
 */
bool scmi_sensor_encode_interval(uint64_t interval, uint16_t *seconds,
                                 int8_t *exponent);

/* How CONFIG_SET rounds, as it encodes it. */
enum ScmiSensorRound {
    SCMI_SENSOR_ROUND_DOWN = 0,
    SCMI_SENSOR_ROUND_UP = 1,
    SCMI_SENSOR_ROUND_AUTO = 2,
};

/**
 * scmi_sensor_round_interval: the interval that the sensor takes when one of
 * @seconds times ten to the power of @exponent is asked for
 *
 * In microseconds; 0 if there is none in that direction.
 */
uint64_t scmi_sensor_round_interval(const ScmiSensor *sensor,
                                    uint16_t seconds, int exponent,
                                    enum ScmiSensorRound round);

/* Whether @interval, in microseconds, is one that the sensor can have. */
bool scmi_sensor_has_interval(const ScmiSensor *sensor, uint64_t interval);

/* The sensor was switched, or its interval changed: count from now on. */
void scmi_sensor_config_changed(ScmiSensor *sensor);

/* An agent is about to subscribe to updates. */
void scmi_sensor_subscribing(ScmiSensor *sensor);

/* What an agent may have of a sensor depends on its transport. */
unsigned scmi_sensor_num_trips(const ScmiCall *call, const ScmiSensor *sensor);
bool scmi_sensor_can_read_async(const ScmiCall *call,
                                const ScmiSensor *sensor);

/* The messages that describe sensors, axes and intervals. */
ScmiHandler scmi_sensor_description_get;
ScmiHandler scmi_sensor_axis_description_get;
ScmiHandler scmi_sensor_axis_name_get;
ScmiHandler scmi_sensor_list_update_intervals;

#endif
