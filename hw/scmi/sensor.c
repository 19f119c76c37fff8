/*
 * SCMI sensor management protocol (0x15), version 3.1
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/sensors.c and
 * drivers/hwmon/scmi-hwmon.c.
 *
 * QEMU interface of a sensor ("<platform>/sensor/<name>"):
 *  + QOM property "value": what it reads, in units of its type times ten to
 *    the power of its scale (int64). Writing it is the world changing; it
 *    survives a reset.
 *  + QOM property "enabled": whether an agent enabled it (bool, read-only).
 *    It reads the same when it is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "protocol.h"

#define TYPE_SCMI_SENSOR "scmi-sensor"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiSensor, SCMI_SENSOR)

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

/* Events. */
enum {
    SENSOR_TRIP_POINT_EVENT = 0x0,
    SENSOR_UPDATE = 0x1,
};

#define SENSOR_V2 0x20000
#define SENSOR_V3 0x30000

/* A descriptor: id, two attribute words, short name. */
#define SENSOR_DESCRIPTOR_SIZE (12 + SCMI_SHORT_NAME_SIZE)

FIELD(SENSOR_ATTRIBUTES_LOW, EXTENDED_NAME, 29, 1)
FIELD(SENSOR_ATTRIBUTES_HIGH, TYPE, 0, 8)
FIELD(SENSOR_ATTRIBUTES_HIGH, SCALE, 11, 5)

FIELD(SENSOR_READING_FLAGS, ASYNC, 0, 1)

FIELD(SENSOR_INTERVALS, RETURNED, 0, 12)
FIELD(SENSOR_INTERVAL, SECONDS, 5, 16)

FIELD(SENSOR_CONFIG, ENABLED, 0, 1)
FIELD(SENSOR_CONFIG, INTERVAL, 16, 16)
#define SENSOR_CONFIG_KNOWN (R_SENSOR_CONFIG_ENABLED_MASK | \
                             R_SENSOR_CONFIG_INTERVAL_MASK)

/* The one update interval of every sensor, in seconds. */
#define SENSOR_UPDATE_INTERVAL 1

/* Scales are 5-bit signed powers of ten. */
#define SENSOR_SCALE_MIN (-16)
#define SENSOR_SCALE_MAX 15

static const uint8_t sensor_type_codes[SCMI_SENSOR_TYPE__MAX] = {
    [SCMI_SENSOR_TYPE_TEMPERATURE] = 2,
    [SCMI_SENSOR_TYPE_VOLTAGE] = 5,
    [SCMI_SENSOR_TYPE_CURRENT] = 6,
    [SCMI_SENSOR_TYPE_POWER] = 7,
    [SCMI_SENSOR_TYPE_ENERGY] = 8,
};

struct ScmiSensor {
    ScmiResource parent_obj;
    ScmiSensorType type;
    int8_t scale;
    int64_t value;
    bool enabled;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiSensor, scmi_sensor, SCMI_SENSOR,
                          SCMI_RESOURCE)

static ScmiStatus sensor_protocol_attributes(ScmiCall *call)
{
    scmi_put_u16(call, scmi_num_resources(call->platform, call->protocol));
    /* No asynchronous readings and no shared area with readings. */
    scmi_put_u16(call, 0);
    scmi_put_u64(call, 0);
    scmi_put_u32(call, 0);
    return SCMI_SUCCESS;
}

static void put_descriptor(ScmiCall *call, unsigned id)
{
    ScmiResource *resource = scmi_resource(call->platform, call->protocol,
                                           id);
    ScmiSensor *sensor = SCMI_SENSOR(resource);
    uint32_t low = 0, high = 0;

    low = FIELD_DP32(low, SENSOR_ATTRIBUTES_LOW, EXTENDED_NAME,
                     scmi_call_extended_name(call, resource));
    high = FIELD_DP32(high, SENSOR_ATTRIBUTES_HIGH, TYPE,
                      sensor_type_codes[sensor->type]);
    high = FIELD_DP32(high, SENSOR_ATTRIBUTES_HIGH, SCALE, sensor->scale);
    scmi_put_u32(call, id);
    scmi_put_u32(call, low);
    scmi_put_u32(call, high);
    scmi_put_text(call, resource->name, SCMI_SHORT_NAME_SIZE);
}

static ScmiStatus sensor_description_get(ScmiCall *call)
{
    uint32_t first = call->payload[0];
    unsigned total = scmi_num_resources(call->platform, call->protocol);
    unsigned n;

    if (first >= total) {
        return SCMI_INVALID_PARAMETERS;
    }
    n = scmi_chunk(call, first, total, sizeof(uint32_t),
                   SENSOR_DESCRIPTOR_SIZE);
    scmi_put_u16(call, n);
    scmi_put_u16(call, total - first - n);
    for (unsigned i = 0; i < n; i++) {
        put_descriptor(call, first + i);
    }
    return SCMI_SUCCESS;
}

/* No sensor has trip points, so whichever is named does not exist. */
static ScmiStatus sensor_trip_point_config(ScmiCall *call)
{
    return SCMI_INVALID_PARAMETERS;
}

static ScmiStatus sensor_read(ScmiCall *call)
{
    uint32_t flags = call->payload[1];

    if (flags & ~R_SENSOR_READING_FLAGS_ASYNC_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (flags) {
        return SCMI_NOT_SUPPORTED;
    }
    scmi_put_u64(call, SCMI_SENSOR(call->resource)->value);
    return SCMI_SUCCESS;
}

static ScmiStatus sensor_read_v2(ScmiCall *call)
{
    ScmiStatus status = sensor_read(call);

    /* No timestamp. */
    scmi_put_u64(call, 0);
    return status;
}

/* Every sensor is a scalar. */
static ScmiStatus sensor_axis_refuse(ScmiCall *call)
{
    return SCMI_NOT_SUPPORTED;
}

static ScmiStatus sensor_list_update_intervals(ScmiCall *call)
{
    if (call->payload[1]) {
        return SCMI_INVALID_PARAMETERS;
    }
    scmi_put_u32(call, FIELD_DP32(0, SENSOR_INTERVALS, RETURNED, 1));
    scmi_put_u32(call, FIELD_DP32(0, SENSOR_INTERVAL, SECONDS,
                                  SENSOR_UPDATE_INTERVAL));
    return SCMI_SUCCESS;
}

static ScmiStatus sensor_config_get(ScmiCall *call)
{
    uint32_t config = 0;

    config = FIELD_DP32(config, SENSOR_CONFIG, ENABLED,
                        SCMI_SENSOR(call->resource)->enabled);
    config = FIELD_DP32(config, SENSOR_CONFIG, INTERVAL,
                        SENSOR_UPDATE_INTERVAL);
    scmi_put_u32(call, config);
    return SCMI_SUCCESS;
}

static ScmiStatus sensor_config_set(ScmiCall *call)
{
    uint32_t config = call->payload[1];
    uint32_t interval = FIELD_EX32(config, SENSOR_CONFIG, INTERVAL);

    if (config & ~SENSOR_CONFIG_KNOWN) {
        return SCMI_INVALID_PARAMETERS;
    }
    /* Linux drivers/hwmon/scmi-hwmon.c enables with an interval of 0. */
    if (interval && interval != SENSOR_UPDATE_INTERVAL) {
        return SCMI_INVALID_PARAMETERS;
    }
    SCMI_SENSOR(call->resource)->enabled = FIELD_EX32(config, SENSOR_CONFIG,
                                                      ENABLED);
    return SCMI_SUCCESS;
}

static const ScmiMessage sensor_messages[] = {
    { SENSOR_DESCRIPTION_GET, "description_get", .min = 4,
      .domain = SCMI_NO_DOMAIN, .handler = sensor_description_get },
    { SENSOR_TRIP_POINT_NOTIFY, "trip_point_notify", .min = 8, .domain = 0,
      .notify = true, .enable = 1, .event = SENSOR_TRIP_POINT_EVENT },
    { SENSOR_TRIP_POINT_CONFIG, "trip_point_config", .min = 16, .domain = 0,
      .handler = sensor_trip_point_config },
    { SENSOR_READING_GET, "reading_get", .min = 8, .domain = 0,
      .handler = sensor_read },
    { SENSOR_READING_GET, "reading_get", .since = SENSOR_V2, .min = 8,
      .domain = 0, .handler = sensor_read_v2 },
    { SENSOR_AXIS_DESCRIPTION_GET, "axis_description_get",
      .since = SENSOR_V2, .min = 8, .domain = 0,
      .handler = sensor_axis_refuse },
    { SENSOR_LIST_UPDATE_INTERVALS, "list_update_intervals",
      .since = SENSOR_V2, .min = 8, .domain = 0,
      .handler = sensor_list_update_intervals },
    { SENSOR_CONFIG_GET, "config_get", .since = SENSOR_V2, .min = 4,
      .domain = 0, .handler = sensor_config_get },
    { SENSOR_CONFIG_SET, "config_set", .since = SENSOR_V2, .min = 8,
      .domain = 0, .handler = sensor_config_set },
    { SENSOR_CONTINUOUS_UPDATE_NOTIFY, "continuous_update_notify",
      .since = SENSOR_V2, .min = 8, .domain = 0, .notify = true, .enable = 1,
      .event = SENSOR_UPDATE },
    { SENSOR_AXIS_NAME_GET, "axis_name_get", .since = SENSOR_V3, .min = 8,
      .domain = 0, .handler = sensor_axis_refuse },
};

static bool sensor_populate(ScmiPlatform *platform,
                            const ScmiPlatformConfig *config, Error **errp)
{
    for (ScmiSensorConfigList *l = config->sensors; l; l = l->next) {
        Object *obj = object_new(TYPE_SCMI_SENSOR);
        ScmiSensor *sensor = SCMI_SENSOR(obj);

        if (l->value->scale < SENSOR_SCALE_MIN ||
            l->value->scale > SENSOR_SCALE_MAX) {
            error_setg(errp, "sensor '%s': scale must be from %d to %d",
                       l->value->name, SENSOR_SCALE_MIN, SENSOR_SCALE_MAX);
            object_unref(obj);
            return false;
        }
        sensor->type = l->value->type;
        sensor->scale = l->value->scale;
        sensor->value = l->value->value;
        if (!scmi_platform_add(platform, &scmi_sensor_protocol,
                               SCMI_RESOURCE(obj), l->value->name, errp)) {
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

static const VMStateDescription vmstate_scmi_sensor = {
    .name = TYPE_SCMI_SENSOR,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_INT64(value, ScmiSensor),
        VMSTATE_BOOL(enabled, ScmiSensor),
        VMSTATE_END_OF_LIST()
    },
};

static void sensor_get_value(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_int64(v, name, &SCMI_SENSOR(obj)->value, errp);
}

static void sensor_set_value(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_int64(v, name, &SCMI_SENSOR(obj)->value, errp);
}

static bool sensor_get_enabled(Object *obj, Error **errp)
{
    return SCMI_SENSOR(obj)->enabled;
}

static void sensor_reset_hold(Object *obj, ResetType type)
{
    SCMI_SENSOR(obj)->enabled = false;
}

static void scmi_sensor_init(Object *obj)
{
}

static void scmi_sensor_finalize(Object *obj)
{
}

static void scmi_sensor_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->vmsd = &vmstate_scmi_sensor;
    rc->phases.hold = sensor_reset_hold;
    object_class_property_add(oc, "value", "int64", sensor_get_value,
                              sensor_set_value, NULL, NULL);
    object_class_property_add_bool(oc, "enabled", sensor_get_enabled, NULL);
}
