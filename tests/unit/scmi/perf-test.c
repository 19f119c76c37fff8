/*
 * Unit tests of the SCMI platform: performance domain protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define PERF SCMI_PROTOCOL_PERF
#define V1 0x10000
#define V2 0x20000
#define V3 0x30000

/* Notifications. */
#define LIMITS_CHANGED 0x00004f00
#define LEVEL_CHANGED 0x00004f01

#define LONG_NAME "a-name-of-more-than-fifteen"

/* Levels 100 to 500; 'i' has indices 0, 3, 4 besides. */
static const char domains[] =
    "{ 'agents': [ { 'name': 'a' }, { 'name': 'b' } ], 'perf-domains': ["
    "  { 'name': 'd', 'level': 200, 'sustained-level': 400,"
    "    'sustained-frequency': 800000, 'rate-limit': 1048575, 'levels': ["
    "      { 'level': 100, 'power': 10, 'latency': 65535 },"
    "      { 'level': 200, 'power': 20, 'frequency': 7 },"
    "      { 'level': 300, 'power': 30 }, { 'level': 400, 'power': 40 },"
    "      { 'level': 500, 'power': 4294967295 } ] },"
    "  { 'name': 'i', 'level-indexing': true, 'levels': ["
    "      { 'level': 100 }, { 'level': 200, 'index': 3 },"
    "      { 'level': 300, 'index': 4 } ] },"
    "  { 'name': '" LONG_NAME "', 'set-level': false, 'set-limits': false,"
    "    'levels': [ { 'level': 1 }, { 'level': 2 } ] } ] }";

static uint64_t get_uint(ScmiPlatform *platform, const char *path,
                         const char *property)
{
    return object_property_get_uint(scmi_test_resource(platform, path),
                                    property, &error_abort);
}

static void set_uint(ScmiPlatform *platform, const char *path,
                     const char *property, uint64_t value)
{
    object_property_set_uint(scmi_test_resource(platform, path), property,
                             value, &error_abort);
}

static void check_attributes(ScmiPlatform *platform, unsigned domain,
                             uint32_t flags, uint32_t rate_limit,
                             uint32_t frequency, uint32_t level,
                             const char *name)
{
    ScmiTestReply reply = SEND(platform, PERF, 0x3, domain);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    g_assert_cmpuint(reply.num_values, ==, 8);
    g_assert_cmphex(reply.values[0], ==, flags);
    g_assert_cmphex(reply.values[1], ==, rate_limit);
    g_assert_cmpuint(reply.values[2], ==, frequency);
    g_assert_cmpuint(reply.values[3], ==, level);
    scmi_test_assert_text(&reply, 4, name, 16);
}

static void test_attributes(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox inbox = {};

    ASSERT_VALUES(SEND(platform, PERF, 0x0), 0x40000);
    ASSERT_VALUES(SEND(platform, PERF, 0x1), 0x00010003, 0, 0, 0);
    check_attributes(platform, 0, 0xc0000000, 0xfffff, 800000, 400, "d");
    check_attributes(platform, 1, 0xc2000000, 0, 300, 300, "i");
    check_attributes(platform, 2, 0x04000000, 0, 2, 2, "a-name-of-more-");

    /* What came with versions 4 and 3. */
    scmi_test_negotiate(platform, PERF, V3);
    check_attributes(platform, 1, 0xc0000000, 0, 300, 300, "i");
    check_attributes(platform, 2, 0x04000000, 0, 2, 2, "a-name-of-more-");
    scmi_test_negotiate(platform, PERF, V2);
    check_attributes(platform, 2, 0, 0, 2, 2, "a-name-of-more-");

    scmi_test_attach(platform, 1, &inbox);
    check_attributes(platform, 0, 0xf0000000, 0xfffff, 800000, 400, "d");
    ASSERT_VALUES(SEND(platform, PERF, 0x2, 0x9), 0);
    ASSERT_VALUES(SEND(platform, PERF, 0x2, 0xa), 0);
    scmi_test_free(platform);
}

static void check_unit(const char *unit, uint32_t version, unsigned flags)
{
    g_autofree char *json = g_strdup_printf(
        "{ 'perf-power-unit': '%s', 'perf-domains': [ { 'name': 'd',"
        "  'levels': [ { 'level': 1 } ] } ] }", unit);
    ScmiPlatform *platform = scmi_test_platform(json);

    scmi_test_negotiate(platform, PERF, version);
    ASSERT_VALUES(SEND(platform, PERF, 0x1), flags << 16 | 1, 0, 0, 0);
    scmi_test_free(platform);
}

static void test_units(void)
{
    check_unit("abstract", V3, 0);
    check_unit("milliwatt", V3, 1);
    check_unit("milliwatt", V1, 1);
    check_unit("microwatt", V3, 2);
    /* Which version 2 does not know. */
    check_unit("microwatt", V2, 0);
}

static void test_describe(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    /* A reply holds four of 20 bytes each. */
    ASSERT_VALUES(SEND(platform, PERF, 0x4, 0, 0), 1 << 16 | 4,
                  100, 10, 65535, 100, 0, 200, 20, 0, 7, 1,
                  300, 30, 0, 300, 2, 400, 40, 0, 400, 3);
    ASSERT_VALUES(SEND(platform, PERF, 0x4, 0, 4), 1,
                  500, UINT32_MAX, 0, 500, 4);
    ASSERT_VALUES(SEND(platform, PERF, 0x4, 1, 1), 2,
                  200, 0, 0, 200, 3, 300, 0, 0, 300, 4);
    ASSERT_STATUS(SEND(platform, PERF, 0x4, 0, 5), SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PERF, 0x4, 0, UINT32_MAX),
                  SCMI_INVALID_PARAMETERS);

    scmi_test_negotiate(platform, PERF, V3);
    ASSERT_VALUES(SEND(platform, PERF, 0x4, 0, 0), 5,
                  100, 10, 65535, 200, 20, 0, 300, 30, 0, 400, 40, 0,
                  500, UINT32_MAX, 0);
    ASSERT_VALUES(SEND(platform, PERF, 0x4, 1, 2), 1, 300, 0, 0);
    scmi_test_free(platform);
}

static void test_level(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    ASSERT_VALUES(SEND(platform, PERF, 0x8, 0), 200);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 500), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 0), 500);
    g_assert_cmpuint(get_uint(platform, "perf/d", "level"), ==, 500);
    /* Neither below, between nor above. */
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 0), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 99), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 250), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 501), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, UINT32_MAX),
                  SCMI_OUT_OF_RANGE);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 0), 500);

    ASSERT_STATUS(SEND(platform, PERF, 0x7, 2, 2), SCMI_DENIED);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 2, 2, 1), SCMI_DENIED);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 2), 1);
    scmi_test_free(platform);
}

static void test_limits(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    ASSERT_VALUES(SEND(platform, PERF, 0x6, 0), 500, 100);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 0, 400, 300), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 0), 400, 300);
    /* The level went where it may be. */
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 0), 300);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 200), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 500), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 400), SCMI_SUCCESS);

    ASSERT_STATUS(SEND(platform, PERF, 0x5, 0, 300, 400),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 0, 501, 100), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 0, 500, 99), SCMI_OUT_OF_RANGE);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 0), 400, 300);

    /* 0 leaves one of them as it is, but not both. */
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 0, 0, 100), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 0), 400, 100);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 0, 200, 0), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 0), 200, 100);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 0), 200);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 0, 0, 300),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 0, 0, 0),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 0), 200, 100);
    scmi_test_free(platform);
}

static void test_indexing(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    ASSERT_VALUES(SEND(platform, PERF, 0x8, 1), 0);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 1, 3), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 1), 3);
    g_assert_cmpuint(get_uint(platform, "perf/i", "level"), ==, 200);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 1, 200), SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 1, 1), SCMI_OUT_OF_RANGE);
    /* Here 0 is a level as others are. */
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 1), 4, 0);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 1, 0, 3),
                  SCMI_INVALID_PARAMETERS);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 1, 0, 0), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 1), 0, 0);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 1), 0);

    scmi_test_negotiate(platform, PERF, V3);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 1), 100, 100);
    ASSERT_STATUS(SEND(platform, PERF, 0x5, 1, 300, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 1, 300), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 1, 3), SCMI_OUT_OF_RANGE);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 1), 300);
    scmi_test_free(platform);
}

static void test_events(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 2, &inbox);
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0x9, 0, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0xa, 0, 1), SCMI_SUCCESS);

    /* By an agent, and only if something changes. */
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 300), SCMI_SUCCESS);
    ASSERT_EVENT(&inbox, LEVEL_CHANGED, 1, 0, 300);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 300), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0x5, 0, 500, 100), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 0, 301), SCMI_OUT_OF_RANGE);
    ASSERT_NO_EVENT(&inbox);

    /* Limits, and the level that follows them. */
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0x5, 0, 200, 100), SCMI_SUCCESS);
    ASSERT_EVENT(&inbox, LIMITS_CHANGED, 2, 0, 200, 100);
    ASSERT_EVENT(&inbox, LEVEL_CHANGED, 2, 0, 200);

    /* By the platform. */
    set_uint(platform, "perf/d", "max-level", 400);
    ASSERT_EVENT(&inbox, LIMITS_CHANGED, 0, 0, 400, 100);
    set_uint(platform, "perf/d", "min-level", 300);
    ASSERT_EVENT(&inbox, LIMITS_CHANGED, 0, 0, 400, 300);
    ASSERT_EVENT(&inbox, LEVEL_CHANGED, 0, 0, 300);
    set_uint(platform, "perf/d", "level", 400);
    ASSERT_EVENT(&inbox, LEVEL_CHANGED, 0, 0, 400);

    /* No other domain, and no more after that. */
    set_uint(platform, "perf/i", "level", 200);
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0xa, 0, 0), SCMI_SUCCESS);
    set_uint(platform, "perf/d", "level", 300);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

/* Each agent is told in the terms of its version. */
static void test_events_indexed(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox a = {}, b = {};

    scmi_test_attach(platform, 1, &a);
    scmi_test_attach(platform, 2, &b);
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0x10, V3), SCMI_SUCCESS);
    for (unsigned agent = 1; agent <= 2; agent++) {
        ASSERT_STATUS(SEND_AS(agent, platform, PERF, 0x9, 1, 1),
                      SCMI_SUCCESS);
        ASSERT_STATUS(SEND_AS(agent, platform, PERF, 0xa, 1, 1),
                      SCMI_SUCCESS);
    }
    set_uint(platform, "perf/i", "min-level", 200);
    ASSERT_EVENT(&a, LIMITS_CHANGED, 0, 1, 4, 3);
    ASSERT_EVENT(&a, LEVEL_CHANGED, 0, 1, 3);
    ASSERT_EVENT(&b, LIMITS_CHANGED, 0, 1, 300, 200);
    ASSERT_EVENT(&b, LEVEL_CHANGED, 0, 1, 200);
    scmi_test_free(platform);
}

static void check_set_refused(ScmiPlatform *platform, const char *property,
                              uint64_t value)
{
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;
    Error *err = NULL;

    g_assert_false(object_property_set_uint(
                       scmi_test_resource(platform, "perf/d"), property,
                       value, &err));
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

    set_uint(platform, "perf/d", "max-level", 400);
    set_uint(platform, "perf/d", "min-level", 200);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 0), 400, 200);
    check_set_refused(platform, "level", 100);
    check_set_refused(platform, "level", 500);
    check_set_refused(platform, "level", 250);
    check_set_refused(platform, "level", 1ull << 32 | 300);
    check_set_refused(platform, "min-level", 500);
    check_set_refused(platform, "min-level", 0);
    check_set_refused(platform, "max-level", 100);
    check_set_refused(platform, "max-level", 501);
    /* What agents may not change, hardware may. */
    set_uint(platform, "perf/" LONG_NAME, "level", 2);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 2), 2);

    device_cold_reset(DEVICE(platform));
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    scmi_test_free(platform);
}

/* A domain's stream: level, lowest, highest, by their places. */
static int load(ScmiPlatform *platform, uint32_t level, uint32_t min,
                uint32_t max)
{
    g_autoptr(GByteArray) stream = g_byte_array_new();
    uint8_t bytes[13] = {};

    stl_be_p(bytes, level);
    stl_be_p(bytes + 4, min);
    stl_be_p(bytes + 8, max);
    g_byte_array_append(stream, bytes, sizeof(bytes));
    return scmi_test_load(DEVICE(scmi_test_resource(platform, "perf/d")),
                          stream);
}

static void test_vmstate(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);

    g_assert_cmpint(load(platform, 3, 2, 4), ==, 0);
    ASSERT_VALUES(SEND(platform, PERF, 0x6, 0), 500, 300);
    ASSERT_VALUES(SEND(platform, PERF, 0x8, 0), 400);
    g_assert_cmpint(load(platform, 3, 2, 5), !=, 0);
    g_assert_cmpint(load(platform, 1, 2, 4), !=, 0);
    g_assert_cmpint(load(platform, 4, 2, 3), !=, 0);
    g_assert_cmpint(load(platform, 3, 4, 3), !=, 0);
    g_assert_cmpint(load(platform, 3, 2, UINT32_MAX), !=, 0);
    g_assert_cmpint(load(platform, UINT32_MAX, 0, 4), !=, 0);
    scmi_test_free(platform);
}

void scmi_test_add_perf(void)
{
    g_test_add_func("/scmi/perf/attributes", test_attributes);
    g_test_add_func("/scmi/perf/units", test_units);
    g_test_add_func("/scmi/perf/describe", test_describe);
    g_test_add_func("/scmi/perf/level", test_level);
    g_test_add_func("/scmi/perf/limits", test_limits);
    g_test_add_func("/scmi/perf/indexing", test_indexing);
    g_test_add_func("/scmi/perf/events", test_events);
    g_test_add_func("/scmi/perf/events-indexed", test_events_indexed);
    g_test_add_func("/scmi/perf/qom", test_qom);
    g_test_add_func("/scmi/perf/vmstate", test_vmstate);
}
