/*
 * Unit tests of the SCMI platform: snapshots, true and forged
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/vmstate-if.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define CLOCK SCMI_PROTOCOL_CLOCK

static const char two_of_each[] =
    "{ 'agents': [ { 'name': 'a' }, { 'name': 'b' } ],"
    "  'clocks': [ { 'name': 'list', 'rates': [ 1, 2, 4294967297 ],"
    "                'parents': [ 'range', 'third' ] },"
    "    { 'name': 'range', 'range': { 'min': 10, 'max': 100, 'step': 10 } },"
    "    { 'name': 'third', 'rates': [ 3 ] } ],"
    "  'power-domains': [ { 'name': 'on', 'on': true }, { 'name': 'off' } ],"
    "  'sensors': [ { 'name': 'a', 'type': 'power', 'scale': 0,"
    "                 'value': 1 },"
    "    { 'name': 'b', 'type': 'power', 'scale': 0, 'value': 2 } ],"
    "  'perf-domains': [ { 'name': 'cpu', 'levels': [ { 'level': 1 },"
    "      { 'level': 2 }, { 'level': 3 } ] } ],"
    "  'powercap-domains': [ { 'name': 'cpu',"
    "      'caps': { 'min': 1, 'max': 9, 'step': 1 },"
    "      'pais': { 'min': 1, 'max': 9, 'step': 1 } } ],"
    "  'reset-domains': [ { 'name': 'in', 'asserted': true },"
    "    { 'name': 'out' } ] }";

static DeviceState *device(ScmiPlatform *platform, const char *path)
{
    return DEVICE(scmi_test_resource(platform, path));
}

static void change_everything(ScmiPlatform *platform)
{
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, 0, 1, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x5, 0, 1, 50, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0x7, 1, 0, 0), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, 0xd, 0, 2), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_POWER, 0x4, 0, 0, 0x40000000),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_POWER, 0x4, 0, 1, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_SENSOR, 0xa, 1, 1),
                  SCMI_SUCCESS);
    object_property_set_int(scmi_test_resource(platform, "sensor/a"), "value",
                            INT64_MIN, &error_abort);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_PERF, 0x5, 0, 3, 2),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_PERF, 0x7, 0, 3),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_POWERCAP, 0x5, 0, 0, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_POWERCAP, 0x7, 0, 0, 5),
                  SCMI_SUCCESS);
    object_property_set_uint(scmi_test_resource(platform, "powercap/cpu"),
                             "power", 77, &error_abort);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_RESET, 0x4, 0, 1, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, SCMI_PROTOCOL_RESET, 0x4, 1, 2, 0),
                  SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, CLOCK, 0x10, 0x20000), SCMI_SUCCESS);
    scmi_test_negotiate(platform, SCMI_PROTOCOL_BASE, 0x10000);
}

static void save_one(DeviceState *dev, void *opaque)
{
    g_ptr_array_add(opaque, scmi_test_save(dev));
}

static void load_one(DeviceState *dev, void *opaque)
{
    GPtrArray *streams = opaque;
    GByteArray *stream = g_ptr_array_steal_index(streams, 0);

    g_assert_cmpint(scmi_test_load(dev, stream), ==, 0);
    g_byte_array_unref(stream);
}

static void assert_same_stream(GByteArray *a, GByteArray *b)
{
    g_assert_cmpmem(a->data, a->len, b->data, b->len);
    g_byte_array_unref(a);
    g_byte_array_unref(b);
}

/* Out of one platform, into a fresh one: nobody can tell them apart. */
static void test_round_trip(void)
{
    ScmiPlatform *platform = scmi_test_platform(two_of_each);
    g_autoptr(GPtrArray) streams = g_ptr_array_new();
    g_autofree char *saved = NULL;
    g_autofree char *fresh = NULL;
    g_autofree char *loaded = NULL;
    GByteArray *all;

    change_everything(platform);
    saved = scmi_test_qom_state(platform);
    all = scmi_test_save_all(platform);
    scmi_test_foreach_device(platform, save_one, streams);
    g_assert_cmpuint(streams->len, ==, 12);
    scmi_test_free(platform);

    platform = scmi_test_platform(two_of_each);
    fresh = scmi_test_qom_state(platform);
    g_assert_cmpstr(fresh, !=, saved);
    scmi_test_foreach_device(platform, load_one, streams);
    loaded = scmi_test_qom_state(platform);
    g_assert_cmpstr(loaded, ==, saved);
    assert_same_stream(scmi_test_save_all(platform), all);

    ASSERT_VALUES(SEND(platform, CLOCK, 0x6, 0), 1, 1);
    ASSERT_VALUES(SEND(platform, CLOCK, 0xe, 0), 2);
    ASSERT_STATUS(SEND_AS(2, platform, CLOCK, 0xf, 0), SCMI_NOT_FOUND);
    ASSERT_VALUES(SEND_AS(1, platform, CLOCK, 0xf, 0), 0xe0000000);
    g_assert_cmpuint(SEND(platform, SCMI_PROTOCOL_BASE, 0x7, 0).num_values,
                     ==, 4);
    scmi_test_free(platform);
}

/* A stream cut short anywhere is refused, and crashes nothing. */
static void truncate_one(DeviceState *dev, void *opaque)
{
    GByteArray *stream = scmi_test_save(dev);

    /* The end mark is no part of the device. */
    g_byte_array_set_size(stream, stream->len - 1);
    while (stream->len) {
        g_byte_array_set_size(stream, stream->len - 1);
        g_assert_cmpint(scmi_test_load(dev, stream), !=, 0);
    }
    g_byte_array_unref(stream);
}

static int truncate_child(Object *obj, void *opaque)
{
    if (object_dynamic_cast(obj, TYPE_DEVICE)) {
        truncate_one(DEVICE(obj), NULL);
    }
    return 0;
}

static void test_truncated(void)
{
    ScmiPlatform *platform = scmi_test_platform(two_of_each);

    scmi_test_foreach_device(platform, truncate_one, NULL);
    scmi_test_free(platform);

    platform = scmi_test_full_platform();
    /* The platform's own is long, and was had already. */
    object_child_foreach_recursive(OBJECT(platform), truncate_child, NULL);
    scmi_test_free(platform);
}

/* Whatever device there is, it loads what it saved. */
static void test_full_round_trip(void)
{
    ScmiPlatform *platform = scmi_test_full_platform();
    g_autoptr(GPtrArray) streams = g_ptr_array_new();
    GByteArray *all = scmi_test_save_all(platform);

    scmi_test_foreach_device(platform, save_one, streams);
    scmi_test_foreach_device(platform, load_one, streams);
    assert_same_stream(scmi_test_save_all(platform), all);
    scmi_test_free(platform);
}

/* In version 1 a clock, a power or a voltage domain was on for all agents. */
static void test_old_version(void)
{
    ScmiPlatform *platform = scmi_test_platform(two_of_each);
    DeviceState *dev = DEVICE(platform);
    g_autoptr(GByteArray) stream = scmi_test_save(dev);

    g_assert_cmpint(scmi_test_load(dev, stream), ==, 0);
    g_assert_cmpint(scmi_test_load_version(dev, stream, 1), !=, 0);
    scmi_test_free(platform);
}

/*
 * Streams by hand, big-endian as QEMU writes them, each with its end mark. A
 * clock is its rate, a bit for each agent that wants it on, its parent, no OEM
 * values.
 */
static int load_used_clock(ScmiPlatform *platform, const char *path,
                           uint64_t rate, uint64_t users, uint32_t parent)
{
    g_autoptr(GByteArray) stream = g_byte_array_new();
    uint8_t bytes[33] = {};

    stq_be_p(bytes, rate);
    stq_be_p(bytes + 8, users);
    stl_be_p(bytes + 24, parent);
    g_byte_array_append(stream, bytes, sizeof(bytes));
    return scmi_test_load(device(platform, path), stream);
}

static int load_clock(ScmiPlatform *platform, const char *path, uint64_t rate,
                      uint32_t parent)
{
    return load_used_clock(platform, path, rate, 0, parent);
}

static void test_forged_clock(void)
{
    ScmiPlatform *platform = scmi_test_platform(two_of_each);

    g_assert_cmpint(load_clock(platform, "clock/list", 2, 2), ==, 0);
    ASSERT_VALUES(SEND(platform, CLOCK, 0x6, 0), 2, 0);
    ASSERT_VALUES(SEND(platform, CLOCK, 0xe, 0), 2);

    /* Rates that it cannot have. */
    g_assert_cmpint(load_clock(platform, "clock/list", 0, 2), !=, 0);
    g_assert_cmpint(load_clock(platform, "clock/list", 3, 2), !=, 0);
    g_assert_cmpint(load_clock(platform, "clock/list", UINT64_MAX, 2), !=, 0);
    g_assert_cmpint(load_clock(platform, "clock/range", 15, 0), !=, 0);
    g_assert_cmpint(load_clock(platform, "clock/range", 110, 0), !=, 0);
    g_assert_cmpint(load_clock(platform, "clock/range", 9, 0), !=, 0);
    /* Clocks that do not feed it. */
    g_assert_cmpint(load_clock(platform, "clock/list", 2, 0), !=, 0);
    g_assert_cmpint(load_clock(platform, "clock/list", 2, 3), !=, 0);
    g_assert_cmpint(load_clock(platform, "clock/list", 2, UINT32_MAX), !=, 0);
    /* The platform and two agents; there is no third. */
    g_assert_cmpint(load_used_clock(platform, "clock/list", 2, 7, 2), ==, 0);
    g_assert_cmpint(load_used_clock(platform, "clock/list", 2, 8, 2), !=, 0);
    scmi_test_free(platform);
}

/*
 * The platform begins with the digest of its configuration and the number of
 * views, by agent and protocol; each is a version, a byte for denied, the
 * number of domains and a byte for each.
 */
#define NUM_VIEWS_OFFSET 8

static unsigned num_views(const GByteArray *stream)
{
    return ldl_be_p(stream->data + NUM_VIEWS_OFFSET);
}

static size_t view_offset(const GByteArray *stream, unsigned index)
{
    size_t offset = NUM_VIEWS_OFFSET + 4;

    g_assert_cmpuint(index, <, num_views(stream));
    while (index--) {
        offset += 9 + ldl_be_p(stream->data + offset + 5);
    }
    return offset;
}

/* The place of the clock protocol among an agent's views. */
static unsigned clock_view(const GByteArray *stream, unsigned agent)
{
    unsigned per_agent = num_views(stream) / 3;
    unsigned i = 0;

    while (ldl_be_p(stream->data + view_offset(stream, i)) != 0x30000) {
        i++;
    }
    return agent * per_agent + i;
}

static int load_version(ScmiPlatform *platform, unsigned index,
                        uint32_t version)
{
    g_autoptr(GByteArray) stream = scmi_test_save(DEVICE(platform));

    stl_be_p(stream->data + view_offset(stream, index), version);
    return scmi_test_load(DEVICE(platform), stream);
}

static int load_count(ScmiPlatform *platform, uint32_t count)
{
    g_autoptr(GByteArray) stream = scmi_test_save(DEVICE(platform));

    stl_be_p(stream->data + NUM_VIEWS_OFFSET, count);
    return scmi_test_load(DEVICE(platform), stream);
}

static void test_forged_versions(void)
{
    ScmiPlatform *platform = scmi_test_platform(two_of_each);
    g_autoptr(GByteArray) stream = scmi_test_save(DEVICE(platform));
    unsigned total = num_views(stream);
    unsigned clock = clock_view(stream, 1);

    g_assert_cmpint(load_version(platform, clock, 0x10000), ==, 0);
    ASSERT_STATUS(SEND(platform, CLOCK, 0xf, 0), SCMI_NOT_FOUND);
    g_assert_cmpint(load_version(platform, clock, 0x30000), ==, 0);
    ASSERT_VALUES(SEND(platform, CLOCK, 0xf, 0), 0xe0000000);

    for (unsigned i = 0; i < total; i++) {
        g_assert_cmpint(load_version(platform, i, 0), !=, 0);
        g_assert_cmpint(load_version(platform, i, 0xffff), !=, 0);
        g_assert_cmpint(load_version(platform, i, 0x10001), !=, 0);
        g_assert_cmpint(load_version(platform, i, 0x40001), !=, 0);
        g_assert_cmpint(load_version(platform, i, UINT32_MAX), !=, 0);
        /* What came before it was taken: put that right. */
        g_assert_cmpint(scmi_test_load(DEVICE(platform), stream), ==, 0);
    }
    /* Another number of agents or protocols. */
    g_assert_cmpint(load_count(platform, total - 5), !=, 0);
    g_assert_cmpint(load_count(platform, 0), !=, 0);
    g_assert_cmpint(load_count(platform, UINT32_MAX), !=, 0);
    scmi_test_free(platform);
}

/* The domains of a view start behind their number. */
static int load_subscription(ScmiPlatform *platform, unsigned index)
{
    g_autoptr(GByteArray) stream = scmi_test_save(DEVICE(platform));

    stream->data[view_offset(stream, index) + 9] |= 1;
    return scmi_test_load(DEVICE(platform), stream);
}

/* Nobody is to be told of events that cannot be sent. */
static void test_forged_subscription(void)
{
    ScmiPlatform *platform = scmi_test_platform(two_of_each);
    g_autoptr(GByteArray) stream = scmi_test_save(DEVICE(platform));
    Object *clock = scmi_test_resource(platform, "clock/list");
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, 2, &inbox);
    g_assert_cmpint(load_subscription(platform, clock_view(stream, 0)), !=, 0);
    g_assert_cmpint(scmi_test_load(DEVICE(platform), stream), ==, 0);
    g_assert_cmpint(load_subscription(platform, clock_view(stream, 1)), !=, 0);
    g_assert_cmpint(scmi_test_load(DEVICE(platform), stream), ==, 0);
    g_assert_cmpint(load_subscription(platform, clock_view(stream, 2)), ==, 0);
    object_property_set_uint(clock, "rate", 2, &error_abort);
    ASSERT_EVENT(&inbox, 0x5300, 0, 0, 2, 0);
    scmi_test_free(platform);
}

/* Platforms of one shape, of which one has another rate. */
static void test_other_platform(void)
{
    static const char *const rates[] = { "1", "1", "2" };
    GByteArray *streams[ARRAY_SIZE(rates)];
    ScmiPlatform *platform;

    for (unsigned i = 0; i < ARRAY_SIZE(rates); i++) {
        g_autofree char *json = g_strdup_printf(
            "{ 'clocks': [ { 'name': 'a', 'rates': [ %s ] } ] }", rates[i]);

        platform = scmi_test_platform(json);
        streams[i] = scmi_test_save(DEVICE(platform));
        if (i) {
            g_assert((scmi_test_load(DEVICE(platform), streams[0]) == 0) ==
                     g_str_equal(rates[0], rates[i]));
        }
        scmi_test_free(platform);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(rates); i++) {
        g_byte_array_unref(streams[i]);
    }
}

static void check_id(DeviceState *dev, void *opaque)
{
    g_autofree char *id = vmstate_if_get_id(VMSTATE_IF(dev));
    g_autofree char *path = object_get_canonical_path(OBJECT(dev));

    /* A resource has no section of its own: its platform's holds it. */
    if (DEVICE_GET_CLASS(dev)->vmsd) {
        g_assert_cmpstr(id, ==, path);
    }
}

/* Sections of a stream find their device by its path, not by a number. */
static void test_ids(void)
{
    ScmiPlatform *platform = scmi_test_full_platform();

    scmi_test_foreach_device(platform, check_id, NULL);
    scmi_test_free(platform);
}

/* A byte that is neither true nor false must not become a third thing. */
static void test_forged_bool(void)
{
    ScmiPlatform *platform = scmi_test_platform(two_of_each);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    uint8_t bytes[10] = { 0x80 };
    Object *out = scmi_test_resource(platform, "reset/out");

    g_byte_array_append(stream, bytes, sizeof(bytes));
    g_assert_cmpint(scmi_test_load(DEVICE(out), stream), ==, 0);
    g_assert_cmpint(object_property_get_bool(out, "asserted", &error_abort),
                    ==, true);
    scmi_test_free(platform);
}

void scmi_test_add_vmstate(void)
{
    g_test_add_func("/scmi/vmstate/round-trip", test_round_trip);
    g_test_add_func("/scmi/vmstate/full-round-trip", test_full_round_trip);
    g_test_add_func("/scmi/vmstate/truncated", test_truncated);
    g_test_add_func("/scmi/vmstate/other-platform", test_other_platform);
    g_test_add_func("/scmi/vmstate/ids", test_ids);
    g_test_add_func("/scmi/vmstate/old-version", test_old_version);
    g_test_add_func("/scmi/vmstate/forged-clock", test_forged_clock);
    g_test_add_func("/scmi/vmstate/forged-versions", test_forged_versions);
    g_test_add_func("/scmi/vmstate/forged-subscription",
                    test_forged_subscription);
    g_test_add_func("/scmi/vmstate/forged-bool", test_forged_bool);
}
