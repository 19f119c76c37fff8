/*
 * Unit tests of the SCMI platform: clock protocol, but for rates
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define CLOCK SCMI_PROTOCOL_CLOCK

#define ATTRIBUTES 0x3
#define CONFIG_SET 0x7
#define CONFIG_GET 0xb
#define PARENTS_GET 0xc
#define PARENT_SET 0xd
#define PARENT_GET 0xe
#define PERMISSIONS 0xf

#define ENABLED 1u
#define RESTRICTED 2u
#define HAS_PARENTS (1u << 28)
#define LONG_NAME (1u << 29)

/* By their numbers on the default platform. */
enum { OSC, SYS_PLL, PERIPH, UART, SD, PWM, GPU, DISPLAY, NUM_CLOCKS };

static void check_attributes(ScmiPlatform *platform, uint32_t id,
                             uint32_t attributes, const char *name)
{
    ScmiTestReply reply = SEND(platform, CLOCK, ATTRIBUTES, id);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    g_assert_cmphex(reply.values[0], ==, attributes);
    scmi_test_assert_text(&reply, 1, name, 16);
}

static void test_attributes(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    ScmiTestReply reply;

    ASSERT_VALUES(SEND(platform, CLOCK, 0x0), 0x30000);
    /* No asynchronous settings. */
    ASSERT_VALUES(SEND(platform, CLOCK, 0x1), NUM_CLOCKS);

    check_attributes(platform, OSC, ENABLED | RESTRICTED, "osc-24m");
    check_attributes(platform, UART, ENABLED, "uart-ref");
    check_attributes(platform, PERIPH, 0, "periph-apb");
    check_attributes(platform, DISPLAY, HAS_PARENTS | LONG_NAME,
                     "display-pixel-p");

    reply = SEND(platform, CLOCK, ATTRIBUTES, GPU);
    g_assert_cmpuint(reply.num_values, ==, 6);
    g_assert_cmpuint(reply.values[5], ==, 120);
    reply = SEND(platform, CLOCK, ATTRIBUTES, UART);
    g_assert_cmpuint(reply.values[5], ==, 0);
    scmi_test_free(platform);
}

static void test_attributes_by_version(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    scmi_test_negotiate(platform, CLOCK, 0x20000);
    g_assert_cmpuint(SEND(platform, CLOCK, ATTRIBUTES, GPU).num_values, ==,
                     6);
    check_attributes(platform, DISPLAY, LONG_NAME, "display-pixel-p");
    check_attributes(platform, OSC, ENABLED, "osc-24m");

    scmi_test_negotiate(platform, CLOCK, 0x10000);
    g_assert_cmpuint(SEND(platform, CLOCK, ATTRIBUTES, GPU).num_values, ==,
                     5);
    check_attributes(platform, DISPLAY, 0, "display-pixel-p");
    check_attributes(platform, OSC, ENABLED, "osc-24m");
    scmi_test_free(platform);
}

static bool is_enabled(ScmiPlatform *platform, const char *path)
{
    return object_property_get_bool(scmi_test_resource(platform, path),
                                    "enabled", &error_abort);
}

/* Up to version 2: one bit, two words. */
static void test_config_set(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    for (uint32_t version = 0x10000; version <= 0x20000;
         version += 0x10000) {
        scmi_test_negotiate(platform, CLOCK, version);
        ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 1),
                      SCMI_SUCCESS);
        g_assert(is_enabled(platform, "clock/gpu-core"));
        ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 2),
                      SCMI_INVALID_PARAMETERS);
        ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 0x80000000),
                      SCMI_INVALID_PARAMETERS);
        ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 0, 0),
                      SCMI_PROTOCOL_ERROR);
        g_assert(is_enabled(platform, "clock/gpu-core"));
        ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 0),
                      SCMI_SUCCESS);
        g_assert(!is_enabled(platform, "clock/gpu-core"));
    }
    scmi_test_free(platform);
}

static void test_config_set_v3(void)
{
    static const uint32_t reserved[] = {
        2, 4, 0x100, 0x8001, 0x01000001, UINT32_MAX,
    };
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 1, 0),
                  SCMI_SUCCESS);
    g_assert(is_enabled(platform, "clock/gpu-core"));
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 3, 0),
                  SCMI_SUCCESS);
    g_assert(is_enabled(platform, "clock/gpu-core"));

    for (unsigned i = 0; i < ARRAY_SIZE(reserved); i++) {
        ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, reserved[i], 0),
                      SCMI_INVALID_PARAMETERS);
    }
    /* Duty cycle, phase, a vendor's own: there are none. */
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 0x00010003, 50),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 0x00020000, 90),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 0x00800000, 0),
                  SCMI_NOT_SUPPORTED);
    g_assert(is_enabled(platform, "clock/gpu-core"));

    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 0, 0),
                  SCMI_SUCCESS);
    g_assert(!is_enabled(platform, "clock/gpu-core"));
    /* Linux 6.1 leaves the last word out. */
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, GPU, 1), SCMI_SUCCESS);
    g_assert(is_enabled(platform, "clock/gpu-core"));
    scmi_test_free(platform);
}

static void test_config_get(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();

    ASSERT_VALUES(SEND(platform, CLOCK, CONFIG_GET, OSC, 0), 0, 1, 0);
    ASSERT_VALUES(SEND(platform, CLOCK, CONFIG_GET, GPU, 0), 0, 0, 0);
    SEND(platform, CLOCK, CONFIG_SET, GPU, 1, 0);
    ASSERT_VALUES(SEND(platform, CLOCK, CONFIG_GET, GPU, 0), 0, 1, 0);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_GET, GPU, 1),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_GET, GPU, 0x80),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_GET, GPU, 0x100),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_GET, GPU, 0x80000001),
                  SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

/* Who may not change a clock may still read it. */
static void test_restricted(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'rates': [ 1, 2 ], 'restricted': true,"
        "                'parents': [ 'b', 'c' ] },"
        "  { 'name': 'b', 'rates': [ 1 ], 'restricted': false },"
        "  { 'name': 'c', 'rates': [ 1 ] } ] }");
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;

    ASSERT_VALUES(SEND(platform, CLOCK, PERMISSIONS, 0), 0);
    ASSERT_VALUES(SEND(platform, CLOCK, PERMISSIONS, 1), 0xe0000000);
    ASSERT_VALUES(SEND(platform, CLOCK, PERMISSIONS, 2), 0xe0000000);

    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, 0, 2, 0), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, 0, 0, 0), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, 0, 1, 0), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, CLOCK, PARENT_SET, 0, 2), SCMI_DENIED);
    ASSERT_VALUES(SEND(platform, CLOCK, 0x6, 0), 1, 0);
    ASSERT_VALUES(SEND(platform, CLOCK, PARENT_GET, 0), 1);
    /* Nor does an older version get around it. */
    scmi_test_negotiate(platform, CLOCK, 0x10000);
    ASSERT_STATUS(SEND(platform, CLOCK, CONFIG_SET, 0, 0), SCMI_DENIED);

    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    scmi_test_free(platform);
}

static void test_parents(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    Object *display = scmi_test_resource(platform,
                                         "clock/display-pixel-primary");
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    ASSERT_VALUES(SEND(platform, CLOCK, PARENTS_GET, DISPLAY, 0),
                  2, SYS_PLL, OSC);
    ASSERT_VALUES(SEND(platform, CLOCK, PARENTS_GET, DISPLAY, 1), 1, OSC);
    ASSERT_VALUES(SEND(platform, CLOCK, PARENTS_GET, DISPLAY, 2), 0);
    ASSERT_STATUS(SEND(platform, CLOCK, PARENTS_GET, DISPLAY, 3),
                  SCMI_OUT_OF_RANGE);
    ASSERT_VALUES(SEND(platform, CLOCK, PARENTS_GET, UART, 0), 0);

    ASSERT_VALUES(SEND(platform, CLOCK, PARENT_GET, DISPLAY), SYS_PLL);
    first = object_property_get_str(display, "parent", &error_abort);
    g_assert_cmpstr(first, ==, "sys-pll");
    ASSERT_STATUS(SEND(platform, CLOCK, PARENT_SET, DISPLAY, OSC),
                  SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, CLOCK, PARENT_GET, DISPLAY), OSC);
    second = object_property_get_str(display, "parent", &error_abort);
    g_assert_cmpstr(second, ==, "osc-24m");
    scmi_test_free(platform);
}

static void test_parents_refused(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    g_autofree char *none = object_property_get_str(
        scmi_test_resource(platform, "clock/uart-ref"), "parent",
        &error_abort);

    g_assert_cmpstr(none, ==, "");
    /* A clock that is no parent of it, itself, none at all. */
    ASSERT_STATUS(SEND(platform, CLOCK, PARENT_SET, DISPLAY, UART),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, CLOCK, PARENT_SET, DISPLAY, DISPLAY),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, CLOCK, PARENT_SET, DISPLAY, NUM_CLOCKS),
                  SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, CLOCK, PARENT_SET, DISPLAY, UINT32_MAX),
                  SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, CLOCK, PARENT_SET, UART, OSC),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, CLOCK, PARENT_GET, UART),
                  SCMI_NOT_SUPPORTED);
    ASSERT_VALUES(SEND(platform, CLOCK, PARENT_GET, DISPLAY), SYS_PLL);
    scmi_test_free(platform);
}

/* As many parents as the wire can count, in as many replies as it takes. */
static void test_many_parents(void)
{
    g_autoptr(GString) json = g_string_new("{ 'clocks': [");
    ScmiPlatform *platform;
    unsigned seen = 0, remaining;

    for (unsigned i = 0; i < 255; i++) {
        g_string_append_printf(json, "{ 'name': 'c%u', 'rates': [ 1 ] },", i);
    }
    g_string_append(json, "{ 'name': 'child', 'rates': [ 1 ], 'parents': [");
    for (unsigned i = 0; i < 255; i++) {
        g_string_append_printf(json, "%s'c%u'", i ? "," : "", 254 - i);
    }
    g_string_append(json, "] } ] }");
    platform = scmi_test_platform(json->str);

    do {
        ScmiTestReply reply = SEND(platform, CLOCK, PARENTS_GET, 255, seen);
        unsigned returned = reply.values[0] & 0xff;

        g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
        g_assert_cmphex(reply.values[0] & 0x00ffff00, ==, 0);
        remaining = reply.values[0] >> 24;
        g_assert_cmpuint(reply.num_values, ==, returned + 1);
        g_assert_cmpuint(returned, >, 0);
        g_assert_cmpuint(seen + returned + remaining, ==, 255);
        for (unsigned i = 0; i < returned; i++) {
            g_assert_cmpuint(reply.values[1 + i], ==, 254 - seen - i);
        }
        seen += returned;
    } while (remaining);
    g_assert_cmpuint(seen, ==, 255);
    scmi_test_free(platform);
}

void scmi_test_add_clock(void)
{
    g_test_add_func("/scmi/clock/attributes", test_attributes);
    g_test_add_func("/scmi/clock/attributes-by-version",
                    test_attributes_by_version);
    g_test_add_func("/scmi/clock/config-set", test_config_set);
    g_test_add_func("/scmi/clock/config-set-v3", test_config_set_v3);
    g_test_add_func("/scmi/clock/config-get", test_config_get);
    g_test_add_func("/scmi/clock/restricted", test_restricted);
    g_test_add_func("/scmi/clock/parents", test_parents);
    g_test_add_func("/scmi/clock/parents-refused", test_parents_refused);
    g_test_add_func("/scmi/clock/many-parents", test_many_parents);
}
