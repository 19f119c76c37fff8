/*
 * Unit tests of the SCMI platform: vendor protocols of NXP i.MX, BBM and MISC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define BBM SCMI_PROTOCOL_IMX_BBM
#define MISC SCMI_PROTOCOL_IMX_MISC
#define EVENT(protocol, event) (scmi_test_header(protocol, event) | 3 << 8)

#define SECOND NANOSECONDS_PER_SECOND

enum { ALARM = 1, ROLLOVER = 2, UPDATED = 4 };
enum { SECONDS, TICKS };

static ScmiPlatform *bbm_platform(void)
{
    return scmi_test_platform(
        "{ 'vendor': 'NXP', 'sub-vendor': 'IMX',"
        "  'agents': [ { 'name': 'a' }, { 'name': 'b' } ],"
        "  'imx-bbm': { 'gprs': 3, 'rtcs': [ { 'name': 'bbnsm' },"
        "    { 'name': 'pmic' } ] } }");
}

static uint64_t get_time(ScmiPlatform *platform, uint32_t rtc, uint32_t unit)
{
    ScmiTestReply reply = SEND(platform, BBM, 0x7, rtc, unit);

    g_assert_cmpuint(reply.num_values, ==, 2);
    return deposit64(reply.values[0], 32, 32, reply.values[1]);
}

static void test_gprs(void)
{
    ScmiPlatform *platform = bbm_platform();
    Object *bbm = scmi_test_resource(platform, "imx-bbm");

    ASSERT_VALUES(SEND(platform, BBM, 0x0), 0x10000);
    ASSERT_VALUES(SEND(platform, BBM, 0x1), 0x00020003);
    ASSERT_VALUES(SEND(platform, BBM, 0x4, 2), 0);
    ASSERT_STATUS(SEND(platform, BBM, 0x3, 2, 0x12345678), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, BBM, 0x4, 2), 0x12345678);
    g_assert_cmphex(object_property_get_uint(bbm, "gpr-2", &error_abort), ==,
                    0x12345678);
    ASSERT_STATUS(SEND(platform, BBM, 0x4, 3), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, BBM, 0x3, 3, 0), SCMI_NOT_FOUND);
    /* The battery holds. */
    device_cold_reset(DEVICE(platform));
    ASSERT_VALUES(SEND(platform, BBM, 0x4, 2), 0x12345678);
    scmi_test_free(platform);
}

static void test_rtc(void)
{
    ScmiPlatform *platform = bbm_platform();
    uint64_t other = get_time(platform, 1, TICKS);
    ScmiTestReply reply = SEND(platform, BBM, 0x5, 0);

    g_assert_cmpuint(reply.num_values, ==, 5);
    g_assert_cmphex(reply.values[0], ==, 0x202f8000);
    scmi_test_assert_text(&reply, 1, "bbnsm", 16);

    g_assert_cmpuint(get_time(platform, 0, SECONDS), ==, SCMI_TEST_DATE);
    virtual_clock_step(5 * SECOND);
    g_assert_cmpuint(get_time(platform, 0, SECONDS), ==, SCMI_TEST_DATE + 5);
    ASSERT_STATUS(SEND(platform, BBM, 0x6, 0, SECONDS, 4000000000u, 0),
                  SCMI_SUCCESS);
    g_assert_cmpuint(get_time(platform, 0, SECONDS), ==, 4000000000u);
    g_assert_cmpuint(get_time(platform, 0, TICKS), ==,
                     4000000000ull * 32768);
    ASSERT_STATUS(SEND(platform, BBM, 0x6, 0, TICKS, 0x8000, 1),
                  SCMI_SUCCESS);
    g_assert_cmpuint(get_time(platform, 0, SECONDS), ==, 131073);
    virtual_clock_step(SECOND / 2);
    g_assert_cmpuint(get_time(platform, 0, TICKS), ==, 0x10000c000);
    /* The other clock is another one. */
    g_assert_cmpuint(get_time(platform, 1, TICKS) - other, ==,
                     5 * 32768 + 16384);

    ASSERT_STATUS(SEND(platform, BBM, 0x6, 0, SECONDS, 0, 1),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BBM, 0x6, 0, TICKS, 0, 0x8000),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BBM, 0x6, 0, 2, 0, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BBM, 0x7, 0, 2), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BBM, 0x8, 0, 2, 0, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BBM, 0x8, 0, 1, 0, 1),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BBM, 0x7, 2, 0), SCMI_NOT_FOUND);
    scmi_test_free(platform);
}

static void test_alarm(void)
{
    ScmiPlatform *platform = bbm_platform();
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_STATUS(SEND(platform, BBM, 0xa, 1, 8), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, BBM, 0xa, 1, 7), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, BBM, 0x8, 1, 1, SCMI_TEST_DATE + 10, 0),
                  SCMI_SUCCESS);
    virtual_clock_step(9 * SECOND);
    ASSERT_NO_EVENT(&inbox);
    virtual_clock_step(SECOND + SCALE_MS);
    ASSERT_EVENT(&inbox, EVENT(BBM, 0), 1 << 24 | ALARM);
    virtual_clock_step(20 * SECOND);
    ASSERT_NO_EVENT(&inbox);
    /* Disabled, and one that is over. */
    ASSERT_STATUS(SEND(platform, BBM, 0x8, 1, 1, SCMI_TEST_DATE + 40, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, BBM, 0x8, 1, 0, 0, 0), SCMI_SUCCESS);
    virtual_clock_step(20 * SECOND);
    ASSERT_NO_EVENT(&inbox);
    ASSERT_STATUS(SEND(platform, BBM, 0x8, 1, 1, SCMI_TEST_DATE, 0),
                  SCMI_SUCCESS);
    virtual_clock_step(SCALE_MS);
    ASSERT_EVENT(&inbox, EVENT(BBM, 0), 1 << 24 | ALARM);
    scmi_test_free(platform);
}

static void test_rtc_events(void)
{
    ScmiPlatform *platform = bbm_platform();
    Object *rtc = scmi_test_resource(platform, "imx-bbm/bbnsm");
    ScmiTestInbox inbox = {};
    Error *err = NULL;

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_STATUS(SEND(platform, BBM, 0xa, 0, 7), SCMI_SUCCESS);
    /* Whoever sets the clock knows; the others are told. */
    ASSERT_STATUS(SEND(platform, BBM, 0x6, 0, SECONDS, UINT32_MAX, 0),
                  SCMI_SUCCESS);
    ASSERT_NO_EVENT(&inbox);
    ASSERT_STATUS(SEND_AS(2, platform, BBM, 0x6, 0, SECONDS, UINT32_MAX, 0),
                  SCMI_SUCCESS);
    ASSERT_EVENT(&inbox, EVENT(BBM, 0), UPDATED);
    virtual_clock_step(3 * SECOND);
    ASSERT_EVENT(&inbox, EVENT(BBM, 0), ROLLOVER);
    g_assert_cmpuint(get_time(platform, 0, SECONDS), ==, 2);

    object_property_set_uint(rtc, "time", 77, &error_abort);
    ASSERT_EVENT(&inbox, EVENT(BBM, 0), UPDATED);
    g_assert_cmpuint(get_time(platform, 0, SECONDS), ==, 77);
    g_assert(!object_property_set_uint(rtc, "time", 1ull << 32, &err));
    error_free(err);
    scmi_test_free(platform);
}

static void test_button(void)
{
    ScmiPlatform *platform = bbm_platform();
    Object *bbm = scmi_test_resource(platform, "imx-bbm");
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_STATUS(SEND(platform, BBM, 0xb, 1), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, BBM, 0x9), 0);
    object_property_set_bool(bbm, "button", true, &error_abort);
    ASSERT_EVENT(&inbox, EVENT(BBM, 1), 1);
    ASSERT_VALUES(SEND(platform, BBM, 0x9), 1);
    object_property_set_bool(bbm, "button", true, &error_abort);
    ASSERT_NO_EVENT(&inbox);
    /* Events of the clock are others. */
    ASSERT_STATUS(SEND(platform, BBM, 0xa, 0, 7), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, BBM, 0xb, 0), SCMI_SUCCESS);
    object_property_set_bool(bbm, "button", false, &error_abort);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

static void test_bbm_vmstate(void)
{
    ScmiPlatform *platform = bbm_platform();
    DeviceState *rtc = DEVICE(scmi_test_resource(platform, "imx-bbm/pmic"));
    DeviceState *bbm = DEVICE(scmi_test_resource(platform, "imx-bbm"));
    GByteArray *rtc_stream, *bbm_stream;

    ASSERT_STATUS(SEND(platform, BBM, 0x6, 1, SECONDS, 1000, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, BBM, 0x8, 1, 1, 2000, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, BBM, 0x3, 1, 9), SCMI_SUCCESS);
    rtc_stream = scmi_test_save(rtc);
    bbm_stream = scmi_test_save(bbm);
    ASSERT_STATUS(SEND(platform, BBM, 0x6, 1, SECONDS, 0, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, BBM, 0x3, 1, 0), SCMI_SUCCESS);
    g_assert_cmpint(scmi_test_load(rtc, rtc_stream), ==, 0);
    g_assert_cmpint(scmi_test_load(bbm, bbm_stream), ==, 0);
    g_assert_cmpuint(get_time(platform, 1, SECONDS), ==, 1000);
    ASSERT_VALUES(SEND(platform, BBM, 0x4, 1), 9);
    /* An offset is as good as any other; an alarm is not. */
    memset(rtc_stream->data, 0x80, 8);
    g_assert_cmpint(scmi_test_load(rtc, rtc_stream), ==, 0);
    virtual_clock_step(SECOND);
    rtc_stream->data[11] = 1;
    g_assert_cmpint(scmi_test_load(rtc, rtc_stream), !=, 0);
    bbm_stream->data[4] = 4;
    g_assert_cmpint(scmi_test_load(bbm, bbm_stream), !=, 0);
    g_byte_array_unref(rtc_stream);
    g_byte_array_unref(bbm_stream);
    scmi_test_free(platform);
}

static ScmiPlatform *misc_platform(void)
{
    return scmi_test_platform(
        "{ 'vendor': 'NXP', 'sub-vendor': 'IMX',"
        "  'imx-misc': { 'controls': [ { 'name': 'mqs' },"
        "    { 'name': 'pdm', 'value': [ 1, 2, 3 ] } ],"
        "  'board-controls': [ { 'name': 'wake' } ],"
        "  'reset-reasons': [ 'cm33_lockup', 'cm33_swreq' ],"
        "  'build': { 'number': 7, 'commit': 2882400018, 'date':"
        "             'Nov 20 2026', 'time': '10:00:00' },"
        "  'cfg': { 'mode-select': 1, 'name': 'mx95evk' },"
        "  'rom-passover': [ 5, 6 ], 'syslog': [ 1, 2, 3, 4, 5, 6, 7, 8, 9,"
        "    10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,"
        "    25 ] } }");
}

static void test_controls(void)
{
    ScmiPlatform *platform = misc_platform();
    Object *wake = scmi_test_resource(platform, "imx-misc/wake");
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_VALUES(SEND(platform, MISC, 0x1), 0x01020002);
    ASSERT_VALUES(SEND(platform, MISC, 0x4, 1), 3, 1, 2, 3);
    ASSERT_STATUS(SEND(platform, MISC, 0x3, 1, 3, 7, 8, 9), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, MISC, 0x4, 1), 3, 7, 8, 9);
    /* The whole array, of which one word counts. */
    ASSERT_STATUS(SEND(platform, MISC, 0x3, 0x8000, 1, 4, 0, 0, 0, 0, 0, 0,
                       0), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, MISC, 0x4, 0x8000), 1, 4);
    ASSERT_STATUS(SEND(platform, MISC, 0x3, 1, 3, 7, 8), SCMI_PROTOCOL_ERROR);
    ASSERT_STATUS(SEND(platform, MISC, 0x3, 1, 2, 7, 8),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, MISC, 0x4, 2), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, MISC, 0x4, 0x7fff), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, MISC, 0x4, 0x8001), SCMI_NOT_FOUND);

    ASSERT_STATUS(SEND(platform, MISC, 0x8, 0x8000, 0x10),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, MISC, 0x8, 0x8000, 5), SCMI_SUCCESS);
    object_property_set_uint(wake, "value", 1, &error_abort);
    ASSERT_EVENT(&inbox, EVENT(MISC, 0), 0x8000, 1);
    object_property_set_uint(wake, "event", 6, &error_abort);
    ASSERT_EVENT(&inbox, EVENT(MISC, 0), 0x8000, 4);
    ASSERT_NO_EVENT(&inbox);
    device_cold_reset(DEVICE(platform));
    ASSERT_VALUES(SEND(platform, MISC, 0x4, 1), 3, 1, 2, 3);
    scmi_test_free(platform);
}

static void check_actions(Object *control, unsigned last, unsigned n)
{
    g_assert_cmpuint(object_property_get_uint(control, "action", &error_abort),
                     ==, last);
    g_assert_cmpuint(object_property_get_uint(control, "actions",
                                              &error_abort), ==, n);
}

static void test_actions(void)
{
    ScmiPlatform *platform = misc_platform();
    Object *wake = scmi_test_resource(platform, "imx-misc/wake");

    check_actions(wake, 0, 0);
    ASSERT_VALUES(SEND(platform, MISC, 0x5, 0x8000, 7, 0), 0);
    check_actions(wake, 7, 1);
    ASSERT_VALUES(SEND(platform, MISC, 0x5, 0x8000, 9, 1, 3, 0, 0, 0, 0, 0, 0,
                       0), 0);
    check_actions(wake, 9, 2);
    ASSERT_STATUS(SEND(platform, MISC, 0x5, 0x8000, 8, 2, 1),
                  SCMI_PROTOCOL_ERROR);
    ASSERT_STATUS(SEND(platform, MISC, 0x5, 0x8000, 8, 9, 1),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, MISC, 0x5, 0x8000, 8, 0x40000000),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, MISC, 0x5, 0x8001, 8, 0), SCMI_NOT_FOUND);
    check_actions(wake, 9, 2);
    device_cold_reset(DEVICE(platform));
    check_actions(wake, 0, 0);
    scmi_test_free(platform);
}

static void test_information(void)
{
    ScmiPlatform *platform = misc_platform();
    ScmiTestReply reply = SEND(platform, MISC, 0x6);

    g_assert_cmpuint(reply.num_values, ==, 10);
    g_assert_cmpuint(reply.values[0], ==, 7);
    g_assert_cmphex(reply.values[1], ==, 0xabcdef12);
    scmi_test_assert_text(&reply, 2, "Nov 20 2026", 16);
    scmi_test_assert_text(&reply, 6, "10:00:00", 16);
    reply = SEND(platform, MISC, 0xc);
    g_assert_cmpuint(reply.num_values, ==, 5);
    g_assert_cmpuint(reply.values[0], ==, 1);
    scmi_test_assert_text(&reply, 1, "mx95evk", 16);
    ASSERT_VALUES(SEND(platform, MISC, 0x7), 2, 5, 6);
    /* Not configured. */
    ASSERT_STATUS(SEND(platform, MISC, 0xb), SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, MISC, 0xe), SCMI_NOT_SUPPORTED);

    reply = SEND(platform, MISC, 0x9, 1);
    g_assert_cmpuint(reply.num_values, ==, 5);
    scmi_test_assert_text(&reply, 1, "cm33_swreq", 16);
    ASSERT_STATUS(SEND(platform, MISC, 0x9, 2), SCMI_NOT_FOUND);
    object_property_set_uint(scmi_test_resource(platform, "imx-misc"),
                             "shutdown-reason", 0x80000001, &error_abort);
    ASSERT_VALUES(SEND(platform, MISC, 0xa, 1), 0x8000001f, 0x80000001,
                  0, 0, 0, 0, 0, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, MISC, 0xa, 0), 0x8000001f, 0,
                  0, 0, 0, 0, 0, 0, 0, 0);
    ASSERT_STATUS(SEND(platform, MISC, 0xa, 2), SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

static void test_syslog(void)
{
    ScmiPlatform *platform = misc_platform();
    ScmiTestReply reply = SEND(platform, MISC, 0xd, 0, 0);

    g_assert_cmpuint(reply.num_values, ==, 24);
    g_assert_cmphex(reply.values[0], ==, 2 << 20 | 23);
    g_assert_cmpuint(reply.values[23], ==, 23);
    ASSERT_VALUES(SEND(platform, MISC, 0xd, 0, 23), 2, 24, 25);
    ASSERT_VALUES(SEND(platform, MISC, 0xd, 0, 25), 0);
    ASSERT_STATUS(SEND(platform, MISC, 0xd, 0, 26), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, MISC, 0xd, 1, 0), SCMI_INVALID_PARAMETERS);
    scmi_test_free(platform);
}

void scmi_test_add_imx_bbm(void)
{
    g_test_add_func("/scmi/imx/gprs", test_gprs);
    g_test_add_func("/scmi/imx/rtc", test_rtc);
    g_test_add_func("/scmi/imx/alarm", test_alarm);
    g_test_add_func("/scmi/imx/rtc-events", test_rtc_events);
    g_test_add_func("/scmi/imx/button", test_button);
    g_test_add_func("/scmi/imx/bbm-vmstate", test_bbm_vmstate);
    g_test_add_func("/scmi/imx/controls", test_controls);
    g_test_add_func("/scmi/imx/actions", test_actions);
    g_test_add_func("/scmi/imx/information", test_information);
    g_test_add_func("/scmi/imx/syslog", test_syslog);
}
