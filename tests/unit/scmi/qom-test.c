/*
 * Unit tests of the SCMI platform: QOM properties and reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define CLOCK SCMI_PROTOCOL_CLOCK
#define POWER SCMI_PROTOCOL_POWER
#define RESET SCMI_PROTOCOL_RESET
#define SENSOR SCMI_PROTOCOL_SENSOR

/* By their numbers on the default platform. */
enum { PERIPH = 2, UART = 3, SD = 4, GPU = 6, DISPLAY = 7 };

static uint64_t get_uint(ScmiPlatform *platform, const char *path,
                         const char *property)
{
    return object_property_get_uint(scmi_test_resource(platform, path),
                                    property, &error_abort);
}

static bool get_bool(ScmiPlatform *platform, const char *path,
                     const char *property)
{
    return object_property_get_bool(scmi_test_resource(platform, path),
                                    property, &error_abort);
}

static void set_bool(ScmiPlatform *platform, const char *path,
                     const char *property, bool value)
{
    object_property_set_bool(scmi_test_resource(platform, path), property,
                             value, &error_abort);
}

static void set_value(ScmiPlatform *platform, const char *path, int64_t value)
{
    object_property_set_int(scmi_test_resource(platform, path), "value",
                            value, &error_abort);
}

/* Domain numbers are the places in the configuration's lists. */
static void test_ids(void)
{
    static const struct {
        const char *path;
        unsigned id;
    } ids[] = {
        { "clock/osc-24m", 0 }, { "clock/display-pixel-primary", 7 },
        { "power/soc", 0 }, { "power/usb", 4 },
        { "sensor/soc-thermal", 0 }, { "sensor/soc-total-power", 4 },
        { "reset/periph", 0 }, { "reset/usb", 3 },
    };
    ScmiPlatform *platform = scmi_test_default_platform();

    for (unsigned i = 0; i < ARRAY_SIZE(ids); i++) {
        g_assert_cmpuint(get_uint(platform, ids[i].path, "id"), ==,
                         ids[i].id);
    }
    scmi_test_free(platform);
}

static void test_platform(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    g_autofree char *vendor =
        object_property_get_str(OBJECT(platform), "vendor", &error_abort);
    g_autofree char *sub_vendor =
        object_property_get_str(OBJECT(platform), "sub-vendor", &error_abort);

    g_assert_cmpstr(vendor, ==, "Farside");
    g_assert_cmpstr(sub_vendor, ==, "reference");
    scmi_test_free(platform);
}

/* Set on one side, seen on the other. */
static void test_clock_to_message(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    Object *uart = scmi_test_resource(platform, "clock/uart-ref");

    object_property_set_uint(uart, "rate", 48000000, &error_abort);
    ASSERT_VALUES(SEND(platform, CLOCK, 0x6, UART), 48000000, 0);
    set_bool(platform, "clock/uart-ref", "enabled", false);
    ASSERT_VALUES(SEND(platform, CLOCK, 0xb, UART, 0), 0, 0, 0);
    g_assert_cmphex(SEND(platform, CLOCK, 0x3, UART).values[0], ==, 0);
    /* What agents may not change, the world outside may. */
    set_bool(platform, "clock/osc-24m", "enabled", false);
    ASSERT_VALUES(SEND(platform, CLOCK, 0xb, 0, 0), 0, 0, 0);
    scmi_test_free(platform);
}

static void test_message_to_clock(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, SD, 50000000, 0),
                  SCMI_SUCCESS);
    g_assert_cmpuint(get_uint(platform, "clock/sd-ref", "rate"), ==,
                     50000000);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x7, SD, 1, 0), SCMI_SUCCESS);
    g_assert(get_bool(platform, "clock/sd-ref", "enabled"));
    scmi_test_free(platform);
}

static void test_others_to_message(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    set_bool(platform, "power/gpu", "on", true);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 2), 0);
    set_bool(platform, "power/gpu", "on", false);
    ASSERT_VALUES(SEND(platform, POWER, 0x5, 2), 0x40000000);

    set_value(platform, "sensor/soc-thermal", -273150);
    ASSERT_VALUES(SEND(platform, SENSOR, 0x6, 0, 0),
                  (uint32_t)-273150, UINT32_MAX, 0, 0);
    set_value(platform, "sensor/soc-thermal", INT64_MAX);
    ASSERT_VALUES(SEND(platform, SENSOR, 0x6, 0, 0),
                  UINT32_MAX, INT32_MAX, 0, 0);

    /* Asserted from outside: an agent's assertion then adds no reset. */
    set_bool(platform, "reset/usb", "asserted", true);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 2, 0), SCMI_SUCCESS);
    g_assert_cmpuint(get_uint(platform, "reset/usb", "resets"), ==, 0);
    scmi_test_free(platform);
}

static void check_set_refused(ScmiPlatform *platform, const char *path,
                              const char *property, const char *value)
{
    Object *obj = scmi_test_resource(platform, path);
    g_autofree char *before = object_property_print(obj, property, false,
                                                    &error_abort);
    g_autofree char *after = NULL;
    Error *err = NULL;

    g_assert_false(object_property_parse(obj, property, value, &err));
    g_test_message("%s.%s=%s: %s", path, property, value,
                   error_get_pretty(err));
    error_free(err);
    after = object_property_print(obj, property, false, &error_abort);
    g_assert_cmpstr(before, ==, after);
}

static void test_set_refused(void)
{
    static const struct {
        const char *path;
        const char *property;
        const char *value;
    } cases[] = {
        { "clock/uart-ref", "rate", "0" },
        { "clock/uart-ref", "rate", "1843201" },
        { "clock/uart-ref", "rate", "48000001" },
        { "clock/uart-ref", "rate", "18446744073709551615" },
        { "clock/uart-ref", "rate", "-1" },
        { "clock/uart-ref", "rate", "fast" },
        { "clock/sd-ref", "rate", "450000" },
        { "clock/osc-24m", "rate", "12000000" },
        { "clock/uart-ref", "enabled", "2" },
        { "clock/uart-ref", "id", "1" },
        { "clock/display-pixel-primary", "parent", "osc-24m" },
        { "power/soc", "on", "5" },
        { "power/soc", "id", "1" },
        { "sensor/vdd-core", "value", "9223372036854775808" },
        { "sensor/vdd-core", "value", "warm" },
        { "sensor/vdd-core", "enabled", "on" },
        { "reset/usb", "resets", "1" },
        { "reset/usb", "asserted", "maybe" },
    };
    ScmiPlatform *platform = scmi_test_default_platform();

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        check_set_refused(platform, cases[i].path, cases[i].property,
                          cases[i].value);
    }
    scmi_test_free(platform);
}

/* Change all that can be changed, over messages. */
static void change_everything(ScmiPlatform *platform)
{
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, UART, 48000000, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x7, UART, 0, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x7, GPU, 1, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0xd, DISPLAY, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 0, 0x40000000),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, POWER, 0x4, 0, 1, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SENSOR, 0xa, 1, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 0, 0, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, RESET, 0x4, 3, 2, 0), SCMI_SUCCESS);
}

static void test_reset(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *changed = NULL;
    g_autofree char *after = NULL;

    change_everything(platform);
    changed = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, !=, changed);
    g_assert_cmpuint(get_uint(platform, "reset/usb", "resets"), ==, 1);

    device_cold_reset(DEVICE(platform));
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    ASSERT_VALUES(SEND(platform, CLOCK, 0xe, DISPLAY), 1);
    scmi_test_free(platform);
}

/* The weather does not change because somebody pressed a button. */
static void test_reset_keeps_values(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    set_value(platform, "sensor/soc-thermal", 99000);
    device_cold_reset(DEVICE(platform));
    ASSERT_VALUES(SEND(platform, SENSOR, 0x6, 0, 0), 99000, 0, 0, 0);
    scmi_test_free(platform);
}

static void test_reset_forgets_versions(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'a' }, { 'name': 'b' } ],"
        "  'clocks': [ { 'name': 'a', 'rates': [ 1 ] } ] }");

    for (unsigned agent = 1; agent <= 2; agent++) {
        ASSERT_STATUS(SEND_AS(agent, platform, CLOCK, 0x10, 0x10000),
                      SCMI_SUCCESS);
        ASSERT_STATUS(SEND_AS(agent, platform, CLOCK, 0xf, 0),
                      SCMI_NOT_FOUND);
    }
    device_cold_reset(DEVICE(platform));
    for (unsigned agent = 1; agent <= 2; agent++) {
        ASSERT_VALUES(SEND_AS(agent, platform, CLOCK, 0xf, 0), 0xe0000000);
    }
    scmi_test_free(platform);
}

void scmi_test_add_qom(void)
{
    g_test_add_func("/scmi/qom/ids", test_ids);
    g_test_add_func("/scmi/qom/platform", test_platform);
    g_test_add_func("/scmi/qom/clock-to-message", test_clock_to_message);
    g_test_add_func("/scmi/qom/message-to-clock", test_message_to_clock);
    g_test_add_func("/scmi/qom/others-to-message", test_others_to_message);
    g_test_add_func("/scmi/qom/set-refused", test_set_refused);
    g_test_add_func("/scmi/reset-of-all", test_reset);
    g_test_add_func("/scmi/reset-of-all/keeps-values",
                    test_reset_keeps_values);
    g_test_add_func("/scmi/reset-of-all/forgets-versions",
                    test_reset_forgets_versions);
}
