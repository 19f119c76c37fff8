/*
 * Unit tests of the SCMI platform: vendor protocols of NXP i.MX, CPU and LMM
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define LMM SCMI_PROTOCOL_IMX_LMM
#define CPU SCMI_PROTOCOL_IMX_CPU
#define SELF UINT32_MAX
#define LMM_EVENT (scmi_test_header(LMM, 0) | 3 << 8)

enum { OFF, ON, SUSPENDED, POWERED };
enum { BOOT = 4, RESET, SHUTDOWN, WAKE, SUSPEND, NOTIFY, REASON, POWER_ON };

static ScmiPlatform *imx_platform(void)
{
    return scmi_test_platform(
        "{ 'vendor': 'NXP', 'sub-vendor': 'IMX',"
        "  'agents': [ { 'name': 'linux' }, { 'name': 'rtos' } ],"
        "  'clocks': [ { 'name': 'uart', 'rates': [ 1 ], 'enabled': false } ],"
        "  'imx-cpus': [ { 'name': 'm7', 'reset-vector': 4294967296,"
        "      'lm': 'm7' },"
        "    { 'name': 'a55', 'run-mode': 'start', 'lm': 'ap' } ],"
        "  'imx-lms': [ { 'name': 'ap', 'state': 'on' },"
        "    { 'name': 'm7', 'agents': [ 'rtos' ] } ] }");
}

static uint32_t lm_state(ScmiPlatform *platform, uint32_t lm)
{
    return SEND(platform, LMM, 0x3, lm).values[2];
}

static void test_cpu(void)
{
    ScmiPlatform *platform = imx_platform();
    Object *m7 = scmi_test_resource(platform, "imx-cpu/m7");
    ScmiTestReply reply;

    ASSERT_VALUES(SEND(platform, CPU, 0x0), 0x10000);
    ASSERT_VALUES(SEND(platform, CPU, 0x1), 2);
    reply = SEND(platform, CPU, 0x3, 1);
    g_assert_cmpuint(reply.num_values, ==, 5);
    g_assert_cmphex(reply.values[0], ==, 0);
    scmi_test_assert_text(&reply, 1, "a55", 16);

    ASSERT_VALUES(SEND(platform, CPU, 0xc, 0), 2, 0, 0, 1);
    ASSERT_VALUES(SEND(platform, CPU, 0xc, 1), 0, 0, 0, 0);
    ASSERT_STATUS(SEND(platform, CPU, 0x6, 0, 0x20000000, 0x1000, 2),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CPU, 0x7, 0, 1, 3), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CPU, 0x4, 0), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, CPU, 0xc, 0), 0, 3, 0x1000, 2);
    ASSERT_STATUS(SEND(platform, CPU, 0x6, 0, 0x80000000, 0x55, 0),
                  SCMI_SUCCESS);
    g_assert_cmphex(object_property_get_uint(m7, "resume-vector",
                                             &error_abort), ==, 0x55);
    g_assert_cmphex(object_property_get_uint(m7, "reset-vector",
                                             &error_abort), ==, 0x200001000);
    object_property_set_str(m7, "run-mode", "sleep", &error_abort);
    ASSERT_VALUES(SEND(platform, CPU, 0xc, 0), 3, 3, 0x1000, 2);
    ASSERT_STATUS(SEND(platform, CPU, 0x5, 0), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, CPU, 0xc, 0), 2, 3, 0x1000, 2);

    ASSERT_STATUS(SEND(platform, CPU, 0x4, 2), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, CPU, 0x7, 0, 0, 4), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, CPU, 0x7, 0, 2, 0), SCMI_INVALID_PARAMETERS);
    for (unsigned bit = 1; bit < 29; bit++) {
        ASSERT_STATUS(SEND(platform, CPU, 0x6, 0, 1u << bit, 0, 0),
                      SCMI_INVALID_PARAMETERS);
    }
    device_cold_reset(DEVICE(platform));
    ASSERT_VALUES(SEND(platform, CPU, 0xc, 0), 2, 0, 0, 1);
    scmi_test_free(platform);
}

static void test_lm_attributes(void)
{
    ScmiPlatform *platform = imx_platform();
    ScmiTestReply reply;

    ASSERT_VALUES(SEND(platform, LMM, 0x0), 0x10000);
    ASSERT_VALUES(SEND(platform, LMM, 0x1), 2);
    reply = SEND(platform, LMM, 0x3, 1);
    g_assert_cmpuint(reply.num_values, ==, 8);
    g_assert_cmpuint(reply.values[0], ==, 1);
    g_assert_cmphex(reply.values[1], ==, 0);
    g_assert_cmpuint(reply.values[2], ==, OFF);
    scmi_test_assert_text(&reply, 4, "m7", 16);

    g_assert_cmpuint(SEND(platform, LMM, 0x3, SELF).values[0], ==, 0);
    g_assert_cmpuint(SEND_AS(2, platform, LMM, 0x3, SELF).values[0], ==, 1);
    ASSERT_STATUS(SEND(platform, LMM, 0x3, 2), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, LMM, BOOT, SELF), SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

/* What ran in a machine that is off wants nothing that it asked for. */
static void test_lm_agents(void)
{
    ScmiPlatform *platform = imx_platform();
    Object *clock = scmi_test_resource(platform, "clock/uart");

    ASSERT_STATUS(SEND(platform, LMM, BOOT, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, SCMI_PROTOCOL_CLOCK, 0x7, 0, 1, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, LMM, SUSPEND, 1), SCMI_SUCCESS);
    g_assert_true(object_property_get_bool(clock, "enabled", &error_abort));
    ASSERT_STATUS(SEND(platform, LMM, SHUTDOWN, 1, 0), SCMI_SUCCESS);
    g_assert_false(object_property_get_bool(clock, "enabled", &error_abort));

    /* No machine names this one, so it runs in the first. */
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_CLOCK, 0x7, 0, 1, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, LMM, SHUTDOWN, 0, 0), SCMI_SUCCESS);
    g_assert_false(object_property_get_bool(clock, "enabled", &error_abort));
    scmi_test_free(platform);
}

static void test_lm_life(void)
{
    ScmiPlatform *platform = imx_platform();
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_STATUS(SEND(platform, LMM, NOTIFY, 1, 0x10),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, LMM, NOTIFY, 1, 0xf), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, LMM, POWER_ON, 1), SCMI_SUCCESS);
    g_assert_cmpuint(lm_state(platform, 1), ==, POWERED);
    ASSERT_NO_EVENT(&inbox);
    ASSERT_STATUS(SEND(platform, LMM, 0xc, 1, 0, 0, 0x100, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, LMM, BOOT, 1), SCMI_SUCCESS);
    g_assert_cmpuint(lm_state(platform, 1), ==, ON);
    ASSERT_EVENT(&inbox, LMM_EVENT, 0, 1, 1);
    ASSERT_STATUS(SEND(platform, LMM, SUSPEND, 1), SCMI_SUCCESS);
    ASSERT_EVENT(&inbox, LMM_EVENT, 0, 1, 4);
    ASSERT_STATUS(SEND(platform, LMM, WAKE, 1), SCMI_SUCCESS);
    ASSERT_EVENT(&inbox, LMM_EVENT, 0, 1, 8);
    ASSERT_STATUS(SEND(platform, LMM, RESET, 1, 1), SCMI_SUCCESS);
    ASSERT_EVENT(&inbox, LMM_EVENT, 0, 1, 2);
    ASSERT_EVENT(&inbox, LMM_EVENT, 0, 1, 1);
    /* Only of some. */
    ASSERT_STATUS(SEND(platform, LMM, NOTIFY, 1, 2), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, LMM, SUSPEND, 1), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&inbox);
    ASSERT_STATUS(SEND(platform, LMM, SHUTDOWN, 1, 0), SCMI_SUCCESS);
    ASSERT_EVENT(&inbox, LMM_EVENT, 0, 1, 2);
    g_assert_cmpuint(lm_state(platform, 1), ==, OFF);
    ASSERT_VALUES(SEND(platform, LMM, REASON, 1), 0x90000010, 0x90000010,
                  0, 0, 0);
    /* By itself. */
    ASSERT_STATUS(SEND(platform, LMM, NOTIFY, 1, 1), SCMI_SUCCESS);
    object_property_set_str(scmi_test_resource(platform, "imx-lmm/m7"),
                            "state", "on", &error_abort);
    ASSERT_EVENT(&inbox, LMM_EVENT, 1, 1, 1);
    scmi_test_free(platform);
}

static void assert_run_modes(ScmiPlatform *platform, const char *m7,
                             const char *a55)
{
    g_autofree char *first = object_property_get_str(
        scmi_test_resource(platform, "imx-cpu/m7"), "run-mode", &error_abort);
    g_autofree char *second = object_property_get_str(
        scmi_test_resource(platform, "imx-cpu/a55"), "run-mode",
        &error_abort);

    g_assert_cmpstr(first, ==, m7);
    g_assert_cmpstr(second, ==, a55);
}

/* Processors do as their machine does, and others' do not. */
static void test_lm_processors(void)
{
    static const struct {
        uint8_t message;
        const char *run_mode;
    } steps[] = {
        { POWER_ON, "hold" }, { BOOT, "start" }, { SUSPEND, "sleep" },
        { WAKE, "start" }, { SHUTDOWN, "stop" }, { BOOT, "start" },
        { SUSPEND, "sleep" }, { RESET, "start" },
    };
    ScmiPlatform *platform = imx_platform();

    assert_run_modes(platform, "stop", "start");
    for (unsigned i = 0; i < ARRAY_SIZE(steps); i++) {
        uint8_t message = steps[i].message;

        ASSERT_STATUS(message == SHUTDOWN || message == RESET
                      ? SEND(platform, LMM, message, 1, 0)
                      : SEND(platform, LMM, message, 1), SCMI_SUCCESS);
        assert_run_modes(platform, steps[i].run_mode, "start");
    }
    ASSERT_STATUS(SEND(platform, LMM, 0xc, 1, 0, 0, 0x100, 1), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, CPU, 0xc, 0), 0, 0, 0x100, 1);
    ASSERT_VALUES(SEND(platform, CPU, 0xc, 1), 0, 0, 0, 0);
    object_property_set_str(scmi_test_resource(platform, "imx-lmm/ap"),
                            "state", "off", &error_abort);
    assert_run_modes(platform, "start", "stop");
    scmi_test_free(platform);
}

static void test_lm_refused(void)
{
    static const uint8_t messages[] = {
        BOOT, WAKE, SUSPEND, POWER_ON,
    };
    ScmiPlatform *platform = imx_platform();
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;

    for (unsigned i = 0; i < ARRAY_SIZE(messages); i++) {
        ASSERT_STATUS(SEND(platform, LMM, messages[i], 0),
                      SCMI_INVALID_PARAMETERS);
        ASSERT_STATUS(SEND_AS(2, platform, LMM, messages[i], 1),
                      SCMI_INVALID_PARAMETERS);
        ASSERT_STATUS(SEND(platform, LMM, messages[i], 2), SCMI_NOT_FOUND);
    }
    ASSERT_STATUS(SEND(platform, LMM, SHUTDOWN, 0, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, LMM, SHUTDOWN, 1, 2),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, LMM, RESET, 1, 2), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, LMM, 0xc, 1, 2, 0, 0, 0), SCMI_NOT_FOUND);
    /* A processor of another machine's. */
    ASSERT_STATUS(SEND(platform, LMM, 0xc, 1, 1, 0, 8, 8), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, LMM, 0xc, 1, 0, 1, 0, 0),
                  SCMI_INVALID_PARAMETERS);
    /* What does not run neither sleeps nor wakes. */
    ASSERT_STATUS(SEND(platform, LMM, SUSPEND, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, LMM, WAKE, 1), SCMI_SUCCESS);
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    scmi_test_free(platform);
}

static void test_vmstate(void)
{
    ScmiPlatform *platform = imx_platform();
    DeviceState *lm = DEVICE(scmi_test_resource(platform, "imx-lmm/m7"));
    DeviceState *cpu = DEVICE(scmi_test_resource(platform, "imx-cpu/m7"));
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    GByteArray *lm_stream, *cpu_stream;

    ASSERT_STATUS(SEND(platform, LMM, BOOT, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, LMM, 0xc, 1, 0, 0, 3, 4), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CPU, 0x4, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CPU, 0x6, 0, 0xc0000000, 5, 6),
                  SCMI_SUCCESS);
    before = scmi_test_qom_state(platform);
    lm_stream = scmi_test_save(lm);
    cpu_stream = scmi_test_save(cpu);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpint(scmi_test_load(lm, lm_stream), ==, 0);
    g_assert_cmpint(scmi_test_load(cpu, cpu_stream), ==, 0);
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    lm_stream->data[3] = 4;
    g_assert_cmpint(scmi_test_load(lm, lm_stream), !=, 0);
    cpu_stream->data[3] = 4;
    g_assert_cmpint(scmi_test_load(cpu, cpu_stream), !=, 0);
    g_byte_array_unref(lm_stream);
    g_byte_array_unref(cpu_stream);
    scmi_test_free(platform);
}

void scmi_test_add_imx(void)
{
    g_test_add_func("/scmi/imx/cpu", test_cpu);
    g_test_add_func("/scmi/imx/lm-attributes", test_lm_attributes);
    g_test_add_func("/scmi/imx/lm-life", test_lm_life);
    g_test_add_func("/scmi/imx/lm-agents", test_lm_agents);
    g_test_add_func("/scmi/imx/lm-processors", test_lm_processors);
    g_test_add_func("/scmi/imx/lm-refused", test_lm_refused);
    g_test_add_func("/scmi/imx/vmstate", test_vmstate);
}
