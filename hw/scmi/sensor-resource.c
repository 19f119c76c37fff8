/*
 * SCMI sensor: the resource behind the sensor protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "protocol.h"
#include "sensor.h"

OBJECT_DEFINE_SIMPLE_TYPE(ScmiSensor, scmi_sensor, SCMI_SENSOR,
                          SCMI_RESOURCE)

QEMU_BUILD_BUG_ON((int)SCMI_SENSOR_TRIP_MODE_RISING !=
                  SCMI_SENSOR_TRIP_RISING);
QEMU_BUILD_BUG_ON((int)SCMI_SENSOR_TRIP_MODE_BOTH != SCMI_SENSOR_TRIP_BOTH);

FIELD(TRIP_EVENT, ID, 0, 8)
FIELD(TRIP_EVENT, RISING, 16, 1)

/* Readings */

static uint64_t timestamp_now(const ScmiSensor *sensor)
{
    uint64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    for (int i = -9; i < sensor->timestamp_exponent; i++) {
        now /= 10;
    }
    return now;
}

unsigned scmi_sensor_words(const ScmiSensor *sensor,
                           uint32_t words[SCMI_SENSOR_MAX_WORDS])
{
    uint64_t timestamp = sensor->timestamps ? timestamp_now(sensor) : 0;
    unsigned n = 0;

    for (unsigned i = 0; i < sensor->num_readings; i++) {
        uint64_t value = sensor->axes[i].value;

        words[n++] = value;
        words[n++] = value >> 32;
        words[n++] = timestamp;
        words[n++] = timestamp >> 32;
    }
    return n;
}

/* Updates */

static void update_schedule(ScmiSensor *sensor, int64_t deadline)
{
    sensor->next_update = deadline;
    timer_mod(&sensor->timer, deadline);
}

static void update_stop(ScmiSensor *sensor)
{
    sensor->next_update = -1;
    timer_del(&sensor->timer);
}

static bool update_wanted(ScmiSensor *sensor)
{
    ScmiResource *resource = SCMI_RESOURCE(sensor);

    return sensor->enabled &&
           scmi_is_subscribed(scmi_resource_platform(resource),
                              &scmi_sensor_protocol, SCMI_SENSOR_UPDATE,
                              resource->id);
}

static void update_start(ScmiSensor *sensor)
{
    update_schedule(sensor, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                            sensor->interval * SCALE_US);
}

void scmi_sensor_config_changed(ScmiSensor *sensor)
{
    if (update_wanted(sensor)) {
        update_start(sensor);
    } else {
        update_stop(sensor);
    }
}

void scmi_sensor_subscribing(ScmiSensor *sensor)
{
    if (sensor->enabled && sensor->next_update < 0) {
        update_start(sensor);
    }
}

static void update_send(ScmiSensor *sensor)
{
    ScmiResource *resource = SCMI_RESOURCE(sensor);
    uint32_t words[1 + SCMI_SENSOR_MAX_WORDS] = { resource->id };
    unsigned n = 1 + scmi_sensor_words(sensor, words + 1);

    scmi_notify(scmi_resource_platform(resource), &scmi_sensor_protocol,
                SCMI_SENSOR_UPDATE, resource->id, SCMI_AGENT_PLATFORM, words,
                n);
}

/* Without subscribers left it stops by itself. */
static void update_expired(void *opaque)
{
    ScmiSensor *sensor = opaque;
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    int64_t interval = sensor->interval * SCALE_US;
    int64_t next = sensor->next_update + interval;

    if (!update_wanted(sensor)) {
        update_stop(sensor);
        return;
    }
    /* What was missed is not made up for. An event may end the updates. */
    update_schedule(sensor, next > now ? next : now + interval);
    update_send(sensor);
}

/* Trip points */

static void trip_notify(ScmiSensor *sensor, unsigned id, bool rising)
{
    ScmiResource *resource = SCMI_RESOURCE(sensor);
    uint32_t words[] = { resource->id, 0 };

    words[1] = FIELD_DP32(words[1], TRIP_EVENT, ID, id);
    words[1] = FIELD_DP32(words[1], TRIP_EVENT, RISING, rising);
    scmi_notify(scmi_resource_platform(resource), &scmi_sensor_protocol,
                SCMI_SENSOR_TRIP_POINT_EVENT, resource->id,
                SCMI_AGENT_PLATFORM, words, ARRAY_SIZE(words));
}

/* A trip point is reached from below or above; leaving it is nothing. */
static void trips_check(ScmiSensor *sensor, int64_t before, int64_t after)
{
    for (unsigned i = 0; i < sensor->num_trips; i++) {
        const ScmiSensorTrip *trip = &sensor->trips[i];

        if ((trip->mode & SCMI_SENSOR_TRIP_RISING) &&
            before < trip->value && after >= trip->value) {
            trip_notify(sensor, i, true);
        }
        if ((trip->mode & SCMI_SENSOR_TRIP_FALLING) &&
            before > trip->value && after <= trip->value) {
            trip_notify(sensor, i, false);
        }
    }
}

/* Properties */

static void sensor_get_value(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ScmiSensorAxis *axis = opaque;

    visit_type_int64(v, name, &axis->value, errp);
}

static void sensor_set_value(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ScmiSensorAxis *axis = opaque;
    int64_t before = axis->value;
    int64_t value;

    if (!visit_type_int64(v, name, &value, errp)) {
        return;
    }
    if (value < axis->min || value > axis->max) {
        error_setg(errp, "sensor '%s' cannot measure %" PRId64,
                   SCMI_RESOURCE(obj)->name, value);
        return;
    }
    axis->value = value;
    trips_check(SCMI_SENSOR(obj), before, value);
}

static void sensor_get_trips(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ScmiSensor *sensor = SCMI_SENSOR(obj);
    g_autoptr(ScmiSensorTripInfoList) list = NULL;
    ScmiSensorTripInfoList **tail = &list;

    for (unsigned i = 0; i < sensor->num_trips; i++) {
        ScmiSensorTripInfo *info = g_new0(ScmiSensorTripInfo, 1);

        info->mode = sensor->trips[i].mode;
        info->value = sensor->trips[i].value;
        QAPI_LIST_APPEND(tail, info);
    }
    visit_type_ScmiSensorTripInfoList(v, name, &list, errp);
}

void scmi_sensor_add_values(ScmiSensor *sensor)
{
    if (sensor->num_trips) {
        object_property_add(OBJECT(sensor), "trip-points",
                            "ScmiSensorTripInfoList", sensor_get_trips, NULL,
                            NULL, NULL);
    }
    for (unsigned i = 0; i < sensor->num_readings; i++) {
        g_autofree char *name = sensor->num_axes
                                ? g_strdup_printf("value-%u", i)
                                : g_strdup("value");

        object_property_add(OBJECT(sensor), name, "int64", sensor_get_value,
                            sensor_set_value, NULL, &sensor->axes[i]);
    }
}

static bool sensor_get_enabled(Object *obj, Error **errp)
{
    return SCMI_SENSOR(obj)->enabled;
}

static bool sensor_get_timestamps(Object *obj, Error **errp)
{
    return SCMI_SENSOR(obj)->timestamps;
}

/* State */

static bool axes_are_possible(const ScmiSensor *sensor)
{
    for (unsigned i = 0; i < sensor->num_readings; i++) {
        const ScmiSensorAxis *axis = &sensor->axes[i];

        if (axis->value < axis->min || axis->value > axis->max) {
            return false;
        }
    }
    return true;
}

static int sensor_post_load(void *opaque, int version_id)
{
    ScmiSensor *sensor = opaque;

    if (!axes_are_possible(sensor) ||
        !scmi_sensor_has_interval(sensor, sensor->interval) ||
        (sensor->timestamps && !sensor->has_timestamps) ||
        sensor->next_update < -1 ||
        (sensor->next_update >= 0 && !sensor->enabled)) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < sensor->num_trips; i++) {
        if (sensor->trips[i].mode > SCMI_SENSOR_TRIP_BOTH) {
            return -EINVAL;
        }
    }
    if (sensor->next_update >= 0) {
        timer_mod(&sensor->timer, sensor->next_update);
    } else {
        timer_del(&sensor->timer);
    }
    return 0;
}

static const VMStateDescription vmstate_scmi_sensor_axis = {
    .name = "scmi-sensor-axis",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_INT64(value, ScmiSensorAxis),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_scmi_sensor_trip = {
    .name = "scmi-sensor-trip",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(mode, ScmiSensorTrip),
        VMSTATE_INT64(value, ScmiSensorTrip),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_scmi_sensor = {
    .name = TYPE_SCMI_SENSOR,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = sensor_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(num_readings, ScmiSensor, "number of axes"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(axes, ScmiSensor, num_readings,
                                             vmstate_scmi_sensor_axis,
                                             ScmiSensorAxis),
        VMSTATE_UINT32_EQUAL(num_trips, ScmiSensor, "number of trip points"),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(trips, ScmiSensor, num_trips,
                                             vmstate_scmi_sensor_trip,
                                             ScmiSensorTrip),
        VMSTATE_BOOL(enabled, ScmiSensor),
        VMSTATE_BOOL(timestamps, ScmiSensor),
        VMSTATE_UINT64(interval, ScmiSensor),
        VMSTATE_INT64(next_update, ScmiSensor),
        VMSTATE_END_OF_LIST()
    },
};

static void sensor_reset_hold(Object *obj, ResetType type)
{
    ScmiSensor *sensor = SCMI_SENSOR(obj);

    sensor->enabled = false;
    sensor->timestamps = false;
    sensor->interval = sensor->interval_at_reset;
    for (unsigned i = 0; i < sensor->num_trips; i++) {
        sensor->trips[i] = (ScmiSensorTrip) {};
    }
    update_stop(sensor);
}

static void scmi_sensor_init(Object *obj)
{
    ScmiSensor *sensor = SCMI_SENSOR(obj);

    sensor->next_update = -1;
    timer_init_ns(&sensor->timer, QEMU_CLOCK_VIRTUAL, update_expired, sensor);
    object_property_add_uint64_ptr(obj, "interval", &sensor->interval,
                                   OBJ_PROP_FLAG_READ);
}

static void scmi_sensor_finalize(Object *obj)
{
    ScmiSensor *sensor = SCMI_SENSOR(obj);

    timer_del(&sensor->timer);
    for (unsigned i = 0; i < sensor->num_readings; i++) {
        g_free(sensor->axes[i].name);
    }
    g_free(sensor->axes);
    g_free(sensor->intervals);
    g_free(sensor->trips);
}

static void scmi_sensor_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_scmi_sensor;
    rc->phases.hold = sensor_reset_hold;
    object_class_property_add_bool(oc, "enabled", sensor_get_enabled, NULL);
    object_class_property_add_bool(oc, "timestamps", sensor_get_timestamps,
                                   NULL);
}
