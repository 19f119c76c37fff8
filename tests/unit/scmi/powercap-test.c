/*
 * Unit tests of the SCMI platform: powercap protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define POWERCAP SCMI_PROTOCOL_POWERCAP
#define V1 0x10000

/* Notifications, and the delayed response of CAP_SET. */
#define CAP_CHANGED 0x00006300
#define MEASUREMENTS_CHANGED 0x00006301
#define CAP_SET_DONE 0x00006205

#define LONG_NAME "a-name-of-more-than-fifteen"

static const char domains[] =
    "{ 'agents': [ { 'name': 'a' }, { 'name': 'b' } ],"
    "  'powercap-domains': ["
    "    { 'name': 'child', 'parent': 'root', 'unit': 'milliwatt',"
    "      'caps': { 'min': 100, 'max': 1000, 'step': 50 }, 'cap': 500,"
    "      'pais': { 'min': 10, 'max': 30, 'step': 10 }, 'pai': 20,"
    "      'sustainable-power': 700, 'accuracy': 7, 'power': 300 },"
    "    { 'name': 'root', 'caps': { 'min': 5, 'max': 6, 'step': 1 },"
    "      'pais': { 'min': 3, 'max': 3 } },"
    "    { 'name': '" LONG_NAME "', 'unit': 'abstract', 'monitoring': false,"
    "      'caps': { 'min': 8, 'max': 8, 'step': 3 },"
    "      'pais': { 'min': 1, 'max': 4294967295, 'step': 1 } } ] }";

static void set_uint(ScmiPlatform *platform, const char *path,
                     const char *property, uint64_t value)
{
    object_property_set_uint(scmi_test_resource(platform, path), property,
                             value, &error_abort);
}

static uint32_t flags_of(ScmiPlatform *platform, unsigned domain)
{
    return SEND(platform, POWERCAP, 0x3, domain).values[0];
}

static void check_attributes(ScmiPlatform *platform, unsigned domain,
                             uint32_t flags, const char *name,
                             const uint32_t rest[9])
{
    ScmiTestReply reply = SEND(platform, POWERCAP, 0x3, domain);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    g_assert_cmpuint(reply.num_values, ==, 14);
    g_assert_cmphex(reply.values[0], ==, flags);
    scmi_test_assert_text(&reply, 1, name, 16);
    g_assert_cmpmem(reply.values + 5, 36, rest, 36);
}

static void test_attributes(void)
{
    static const uint32_t child[] = { 10, 30, 10, 100, 1000, 50, 700, 7, 1 };
    static const uint32_t root[] = { 3, 3, 0, 5, 6, 1, 6, 0, UINT32_MAX };
    static const uint32_t fixed[] = {
        1, UINT32_MAX, 1, 8, 8, 3, 8, 0, UINT32_MAX,
    };
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox inbox = {};

    ASSERT_VALUES(SEND(platform, POWERCAP, 0x0), 0x20000);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x1), 3);
    check_attributes(platform, 0, 0x0f000000, "child", child);
    check_attributes(platform, 1, 0x0c800000, "root", root);
    check_attributes(platform, 2, 0x12000000, "a-name-of-more-", fixed);

    scmi_test_attach(platform, 1, &inbox);
    g_assert_cmphex(flags_of(platform, 0), ==, 0xef000000);
    g_assert_cmphex(flags_of(platform, 2), ==, 0x92000000);
    scmi_test_free(platform);

    /* Commands that are late are no more if nothing is. */
    platform = scmi_test_platform(
        "{ 'async-latency': 0, 'powercap-domains': [ { 'name': 'd',"
        "    'caps': { 'min': 1, 'max': 2, 'step': 1 },"
        "    'pais': { 'min': 1, 'max': 1 } } ] }");
    scmi_test_attach(platform, 1, &inbox);
    g_assert_cmphex(flags_of(platform, 0), ==, 0xcc800000);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 2, 1), SCMI_NOT_SUPPORTED);
    scmi_test_free(platform);
}

static void test_cap(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 500);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 1), 6);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 1000), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 1000);
    /* Whether a response that there is not would be wanted does not matter. */
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 1, 100), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 100);

    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 99), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 1050),
                  SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, UINT32_MAX),
                  SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 149),
                  SCMI_INVALID_PARAMETERS);
    for (unsigned bit = 2; bit < 32; bit++) {
        ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 1u << bit, 500),
                      SCMI_INVALID_PARAMETERS);
    }
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 2, 500),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 2, 0, 8), SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 2, 0, 0), SCMI_NOT_SUPPORTED);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 100);
    scmi_test_free(platform);
}

/* No cap at all is something that version 1 has no word for. */
static void test_no_cap(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 0), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 0);
    scmi_test_negotiate(platform, POWERCAP, V1);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 1000);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 0), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 150), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 150);
    scmi_test_free(platform);
}

static void test_pai(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    ASSERT_VALUES(SEND(platform, POWERCAP, 0x6, 0), 20);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x7, 0, 0, 30), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x6, 0), 30);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x7, 0, 0, 9), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x7, 0, 0, 31), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x7, 0, 0, 15),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x7, 0, 1, 20),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x7, 1, 0, 3), SCMI_NOT_SUPPORTED);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x6, 0), 30);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x7, 2, 0, UINT32_MAX),
                  SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x6, 2), UINT32_MAX);
    scmi_test_free(platform);
}

static void test_measurements(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    ASSERT_VALUES(SEND(platform, POWERCAP, 0x9, 0), 300, 20);
    set_uint(platform, "powercap/child", "power", UINT32_MAX);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x9, 0), UINT32_MAX, 20);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x9, 2), SCMI_NOT_SUPPORTED);
    scmi_test_free(platform);
}

static void test_async(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 2, 99), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 2, 150), SCMI_SUCCESS);
    virtual_clock_step(99 * 1000);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 500);
    ASSERT_NO_EVENT(&inbox);
    virtual_clock_step(1000);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 150);
    ASSERT_EVENT(&inbox, CAP_SET_DONE, 0, 0, 150);

    /* An agent that wants no response gets none. */
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 3, 200), SCMI_SUCCESS);
    virtual_clock_step(1000 * 1000);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 200);
    ASSERT_NO_EVENT(&inbox);

    /* What it could say when it said so comes true. */
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 2, 0), SCMI_SUCCESS);
    scmi_test_negotiate(platform, POWERCAP, V1);
    virtual_clock_step(1000 * 1000);
    ASSERT_EVENT(&inbox, CAP_SET_DONE, 0, 0, 0);
    scmi_test_free(platform);
}

static void test_cap_events(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox a = {}, b = {};

    scmi_test_attach(platform, 1, &a);
    scmi_test_attach(platform, 2, &b);
    ASSERT_STATUS(SEND_AS(2, platform, POWERCAP, 0x10, V1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(1, platform, POWERCAP, 0xa, 0, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, POWERCAP, 0xa, 0, 1), SCMI_SUCCESS);

    ASSERT_STATUS(SEND_AS(2, platform, POWERCAP, 0x5, 0, 0, 100),
                  SCMI_SUCCESS);
    ASSERT_EVENT(&a, CAP_CHANGED, 2, 0, 100, 20);
    ASSERT_EVENT(&b, CAP_CHANGED, 2, 0, 100, 20);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 100), SCMI_SUCCESS);
    ASSERT_NO_EVENT(&a);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x7, 0, 0, 10), SCMI_SUCCESS);
    ASSERT_EVENT(&a, CAP_CHANGED, 1, 0, 100, 10);
    ASSERT_EVENT(&b, CAP_CHANGED, 1, 0, 100, 10);
    /* No cap, as each of them knows it. */
    set_uint(platform, "powercap/child", "cap", 0);
    ASSERT_EVENT(&a, CAP_CHANGED, 0, 0, 0, 10);
    ASSERT_EVENT(&b, CAP_CHANGED, 0, 0, 1000, 10);
    set_uint(platform, "powercap/child", "pai", 30);
    ASSERT_EVENT(&a, CAP_CHANGED, 0, 0, 0, 30);
    set_uint(platform, "powercap/child", "power", 1);
    ASSERT_NO_EVENT(&a);
    scmi_test_free(platform);
}

static void measure(ScmiPlatform *platform, uint32_t power)
{
    set_uint(platform, "powercap/child", "power", power);
}

static void test_measurement_events(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox a = {}, b = {};

    scmi_test_attach(platform, 1, &a);
    scmi_test_attach(platform, 2, &b);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0xb, 0, 1, 400, 200),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0xb, 0, 2, 200, 400),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0xb, 2, 1, 200, 400),
                  SCMI_NOT_SUPPORTED);
    measure(platform, 1000);
    measure(platform, 300);
    ASSERT_NO_EVENT(&a);

    ASSERT_STATUS(SEND(platform, POWERCAP, 0xb, 0, 1, 200, 400),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, POWERCAP, 0xb, 0, 1, 0, 600),
                  SCMI_SUCCESS);
    /* The thresholds themselves are no crossing. */
    measure(platform, 400);
    measure(platform, 200);
    ASSERT_NO_EVENT(&a);
    measure(platform, 401);
    ASSERT_EVENT(&a, MEASUREMENTS_CHANGED, 0, 0, 401);
    measure(platform, 500);
    ASSERT_NO_EVENT(&a);
    measure(platform, 199);
    ASSERT_EVENT(&a, MEASUREMENTS_CHANGED, 0, 0, 199);
    measure(platform, 300);
    ASSERT_EVENT(&a, MEASUREMENTS_CHANGED, 0, 0, 300);
    ASSERT_NO_EVENT(&b);
    measure(platform, 601);
    ASSERT_EVENT(&a, MEASUREMENTS_CHANGED, 0, 0, 601);
    ASSERT_EVENT(&b, MEASUREMENTS_CHANGED, 0, 0, 601);

    ASSERT_STATUS(SEND(platform, POWERCAP, 0xb, 0, 0, 0, 0), SCMI_SUCCESS);
    measure(platform, 300);
    ASSERT_NO_EVENT(&a);
    ASSERT_EVENT(&b, MEASUREMENTS_CHANGED, 0, 0, 300);
    scmi_test_free(platform);
}

static void check_set_refused(ScmiPlatform *platform, const char *path,
                              const char *property, uint64_t value)
{
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;
    Error *err = NULL;

    g_assert_false(object_property_set_uint(scmi_test_resource(platform, path),
                                            property, value, &err));
    g_test_message("%s", error_get_pretty(err));
    error_free(err);
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
}

static void test_qom(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;

    check_set_refused(platform, "powercap/child", "cap", 1);
    check_set_refused(platform, "powercap/child", "cap", 1001);
    check_set_refused(platform, "powercap/child", "pai", 0);
    check_set_refused(platform, "powercap/child", "pai", 25);
    check_set_refused(platform, "powercap/child", "power", 1ull << 32);
    check_set_refused(platform, "powercap/root", "pai", 4);
    check_set_refused(platform, "powercap/" LONG_NAME, "cap", 0);

    set_uint(platform, "powercap/child", "cap", 1000);
    set_uint(platform, "powercap/child", "pai", 10);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 1000);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x6, 0), 10);
    device_cold_reset(DEVICE(platform));
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);

    /* What is taken does not follow from pressing a button. */
    measure(platform, 77);
    device_cold_reset(DEVICE(platform));
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x9, 0), 77, 20);
    scmi_test_free(platform);
}

/* Cap, interval, power, number of agents, thresholds of each. */
static int load(ScmiPlatform *platform, uint32_t cap, uint32_t pai,
                uint32_t agents, uint32_t low, uint32_t high)
{
    const uint32_t words[] = { cap, pai, 5, agents, 0, 0, low, high, 0, 0 };
    g_autoptr(GByteArray) stream = g_byte_array_new();
    uint8_t bytes[sizeof(words) + 1] = {};

    for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
        stl_be_p(bytes + 4 * i, words[i]);
    }
    g_byte_array_append(stream, bytes, sizeof(bytes));
    return scmi_test_load(DEVICE(scmi_test_resource(platform,
                                                    "powercap/child")),
                          stream);
}

static void test_vmstate(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 1, &inbox);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0xb, 0, 1, 0, 1000), SCMI_SUCCESS);
    g_assert_cmpint(load(platform, 150, 30, 3, 4, 5), ==, 0);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x4, 0), 150);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0x9, 0), 5, 30);
    measure(platform, 6);
    ASSERT_EVENT(&inbox, MEASUREMENTS_CHANGED, 0, 0, 6);
    g_assert_cmpint(load(platform, 0, 30, 3, 0, 0), ==, 0);

    g_assert_cmpint(load(platform, 151, 30, 3, 0, 0), !=, 0);
    g_assert_cmpint(load(platform, 1050, 30, 3, 0, 0), !=, 0);
    g_assert_cmpint(load(platform, 150, 0, 3, 0, 0), !=, 0);
    g_assert_cmpint(load(platform, 150, 31, 3, 0, 0), !=, 0);
    g_assert_cmpint(load(platform, 150, 30, 2, 0, 0), !=, 0);
    g_assert_cmpint(load(platform, 150, 30, UINT32_MAX, 0, 0), !=, 0);
    g_assert_cmpint(load(platform, 150, 30, 3, 5, 4), !=, 0);
    scmi_test_free(platform);
}

#define ONE(members)                                                    \
    "{ 'powercap-domains': [ { 'name': 'x', " members " } ] }"
#define CAPS "'caps': { 'min': 2, 'max': 4, 'step': 2 }"
#define PAIS "'pais': { 'min': 1, 'max': 2, 'step': 1 }"

void scmi_test_add_powercap(void)
{
    g_test_add_func("/scmi/powercap/attributes", test_attributes);
    g_test_add_func("/scmi/powercap/cap", test_cap);
    g_test_add_func("/scmi/powercap/no-cap", test_no_cap);
    g_test_add_func("/scmi/powercap/pai", test_pai);
    g_test_add_func("/scmi/powercap/measurements", test_measurements);
    g_test_add_func("/scmi/powercap/async", test_async);
    g_test_add_func("/scmi/powercap/cap-events", test_cap_events);
    g_test_add_func("/scmi/powercap/measurement-events",
                    test_measurement_events);
    g_test_add_func("/scmi/powercap/qom", test_qom);
    g_test_add_func("/scmi/powercap/vmstate", test_vmstate);
}
