/*
 * Unit tests of the SCMI platform: fast channels
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "scmi-test-fast.h"

#define PERF SCMI_PROTOCOL_PERF
#define POWERCAP SCMI_PROTOCOL_POWERCAP
#define BASE SCMI_PROTOCOL_BASE
#define BASE_ERROR 0x00004300
/* Entries: plain, doorbell, indexed; two of powercap. */
static const char domains[] =
    "{ 'agents': [ { 'name': 'a', 'trusted': true },"
    "    { 'name': 'b', 'denied-devices': [ 'cpu' ] } ],"
    "  'devices': [ { 'name': 'cpu', 'perf-domains': [ 'plain' ] } ],"
    "  'perf-domains': ["
    "    { 'name': 'without', 'levels': [ { 'level': 1 } ] },"
    "    { 'name': 'plain', 'fast-channels': 'plain', 'rate-limit': 77,"
    "      'levels': [ { 'level': 10 }, { 'level': 20 }, { 'level': 30 } ] },"
    "    { 'name': 'bell', 'fast-channels': 'doorbell', 'levels':"
    "      [ { 'level': 10 }, { 'level': 20 }, { 'level': 30 } ] },"
    "    { 'name': 'index', 'fast-channels': 'plain', 'set-limits': false,"
    "      'level-indexing': true, 'levels':"
    "      [ { 'level': 10, 'index': 5 }, { 'level': 20, 'index': 6 } ] } ],"
    "  'powercap-domains': ["
    "    { 'name': 'plain', 'fast-channels': 'plain',"
    "      'caps': { 'min': 10, 'max': 50, 'step': 10 },"
    "      'pais': { 'min': 1, 'max': 9, 'step': 1 } },"
    "    { 'name': 'bell', 'fast-channels': 'doorbell',"
    "      'caps': { 'min': 10, 'max': 50, 'step': 10 },"
    "      'pais': { 'min': 7, 'max': 7 } } ] }";

static uint64_t get_uint(ScmiPlatform *platform, const char *path,
                         const char *property)
{
    return object_property_get_uint(scmi_test_resource(platform, path),
                                    property, &error_abort);
}

/* Without a device, or one that is nowhere. */
static void test_none(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    Window w;

    for (unsigned mapped = 0; mapped < 2; mapped++) {
        ASSERT_VALUES(SEND(platform, PERF, 0x2, 0x7), 0);
        g_assert_cmphex(SEND(platform, PERF, 0x3, 1).values[0], ==,
                        0xc0000000);
        ASSERT_STATUS(SEND(platform, PERF, 0xb, 1, 0x7), SCMI_NOT_SUPPORTED);
        ASSERT_STATUS(SEND(platform, PERF, 0xb, 1, 0x3), SCMI_NOT_SUPPORTED);
        ASSERT_STATUS(SEND(platform, POWERCAP, 0xc, 0, 0x5),
                      SCMI_NOT_SUPPORTED);
        if (!mapped) {
            scmi_test_window(platform, SCMI_TEST_AGENT, &w);
            w.mapped = false;
        }
    }
    scmi_test_free(platform);
}

static void test_advertised(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    Window w;

    scmi_test_window(platform, SCMI_TEST_AGENT, &w);
    for (unsigned id = 0; id <= 0xc; id++) {
        if (id != 0x9 && id != 0xa) {
            ASSERT_VALUES(SEND(platform, PERF, 0x2, id), id >= 5 && id <= 8);
        }
        if (id != 0xa && id != 0xb) {
            ASSERT_VALUES(SEND(platform, POWERCAP, 0x2, id),
                          id >= 4 && id <= 7);
        }
    }
    g_assert_cmphex(SEND(platform, PERF, 0x3, 0).values[0], ==, 0xc0000000);
    g_assert_cmphex(SEND(platform, PERF, 0x3, 1).values[0], ==, 0xc8000000);
    g_assert_cmphex(SEND(platform, PERF, 0x3, 3).values[0], ==, 0x4a000000);
    g_assert_cmphex(SEND(platform, POWERCAP, 0x3, 0).values[0], ==,
                    0x0ec00000);

    /* Another agent has none. */
    ASSERT_VALUES(SEND_AS(2, platform, PERF, 0x2, 0x7), 0);
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0xb, 2, 0x7),
                  SCMI_NOT_SUPPORTED);

    /* Nor has a version that does not know them, or not their language. */
    scmi_test_negotiate(platform, PERF, 0x30000);
    g_assert_cmphex(SEND(platform, PERF, 0x3, 1).values[0], ==, 0xc8000000);
    g_assert_cmphex(SEND(platform, PERF, 0x3, 3).values[0], ==, 0x40000000);
    ASSERT_STATUS(SEND(platform, PERF, 0xb, 3, 0x7), SCMI_NOT_SUPPORTED);
    scmi_test_negotiate(platform, PERF, 0x10000);
    g_assert_cmphex(SEND(platform, PERF, 0x3, 1).values[0], ==, 0xc0000000);
    ASSERT_VALUES(SEND(platform, PERF, 0x2, 0x7), 0);
    scmi_test_free(platform);
}

static void test_described(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    Window w;

    scmi_test_window(platform, SCMI_TEST_AGENT, &w);
    ASSERT_VALUES(SEND(platform, PERF, 0xb, 1, 0x7), 0, 77,
                  BASE_LOW, BASE_HIGH, 4, 0, 0, 0, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, PERF, 0xb, 1, 0x8), 0, 77,
                  STATE - 0x7c, BASE_HIGH + 1, 4, 0, 0, 0, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, PERF, 0xb, 1, 0x5), 0, 77,
                  BASE_LOW + 0x8, BASE_HIGH, 8, 0, 0, 0, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, PERF, 0xb, 1, 0x6), 0, 77,
                  STATE - 0x70, BASE_HIGH + 1, 8, 0, 0, 0, 0, 0, 0);

    /* A doorbell of 32 bits, for what is written. */
    ASSERT_VALUES(SEND(platform, PERF, 0xb, 2, 0x7), 5, 0,
                  SLOTS - 0x60, BASE_HIGH + 1, 4, BASE_LOW + 0x38, BASE_HIGH,
                  1, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, PERF, 0xb, 2, 0x5), 5, 0,
                  SLOTS - 0x58, BASE_HIGH + 1, 8, BASE_LOW + 0x38, BASE_HIGH,
                  2, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, PERF, 0xb, 2, 0x8), 0, 0,
                  STATE - 0x5c, BASE_HIGH + 1, 4, 0, 0, 0, 0, 0, 0);

    /* Further ones come after 4 GiB. */
    ASSERT_VALUES(SEND(platform, POWERCAP, 0xc, 1, 0x5), 5, 0,
                  SLOTS, BASE_HIGH + 1, 4, 0x18, BASE_HIGH + 1,
                  1, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0xc, 0, 0x4), 0, 0,
                  STATE - 0x1c, BASE_HIGH + 1, 4, 0, 0, 0, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0xc, 0, 0x7), 0, 0,
                  BASE_LOW + 0x68, BASE_HIGH, 4, 0, 0, 0, 0, 0, 0);
    ASSERT_VALUES(SEND(platform, POWERCAP, 0xc, 0, 0x6), 0, 0,
                  STATE - 0x14, BASE_HIGH + 1, 4, 0, 0, 0, 0, 0, 0);

    /* Domains without, messages without, what cannot be set. */
    ASSERT_STATUS(SEND(platform, PERF, 0xb, 0, 0x7), SCMI_NOT_SUPPORTED);
    /* A message without a channel, and what is no message. */
    ASSERT_STATUS(SEND(platform, PERF, 0xb, 1, 0x4), SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, PERF, 0xb, 1, 0xd), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, PERF, 0xb, 1, 0x107), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, PERF, 0xb, 4, 0x7), SCMI_NOT_FOUND);
    ASSERT_STATUS(SEND(platform, PERF, 0xb, 3, 0x5), SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0xc, 1, 0x7), SCMI_NOT_SUPPORTED);
    scmi_test_free(platform);
}

static void test_plain(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    Window w;

    scmi_test_window(platform, SCMI_TEST_AGENT, &w);
    g_assert_cmpuint(window_read(&w, 0, 0x4), ==, 10);
    window_write(platform, 0, 0x0, 30);
    g_assert_cmpuint(get_uint(platform, "perf/plain", "level"), ==, 30);
    g_assert_cmpuint(window_read(&w, 0, 0x0), ==, 0);
    g_assert_cmpuint(window_read(&w, 0, 0x4), ==, 30);

    /* The last word is the command. */
    window_write(platform, 0, 0x8, 20);
    g_assert_cmpuint(get_uint(platform, "perf/plain", "max-level"), ==, 30);
    window_write(platform, 0, 0xc, 10);
    g_assert_cmpuint(get_uint(platform, "perf/plain", "max-level"), ==, 20);
    g_assert_cmpuint(window_read(&w, 0, 0x10), ==, 20);
    g_assert_cmpuint(window_read(&w, 0, 0x14), ==, 10);
    g_assert_cmpuint(window_read(&w, 0, 0x4), ==, 20);

    /* What a message would be refused. */
    window_write(platform, 0, 0x0, 30);
    window_write(platform, 0, 0x0, 11);
    window_write(platform, 0, 0xc, 30);
    g_assert_cmpuint(window_read(&w, 0, 0x4), ==, 20);
    g_assert_cmpuint(window_read(&w, 0, 0x14), ==, 10);

    /* Indices, and a message that the domain refuses. */
    window_write(platform, 2, 0x0, 6);
    g_assert_cmpuint(get_uint(platform, "perf/index", "level"), ==, 20);
    g_assert_cmpuint(window_read(&w, 2, 0x4), ==, 6);
    window_write(platform, 2, 0x0, 10);
    window_write(platform, 2, 0x8, 5);
    window_write(platform, 2, 0xc, 5);
    g_assert_cmpuint(window_read(&w, 2, 0x4), ==, 6);
    g_assert_cmpuint(window_read(&w, 2, 0x10), ==, 6);
    scmi_test_free(platform);
}

static void test_doorbell(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    Window w;

    scmi_test_window(platform, SCMI_TEST_AGENT, &w);
    slot_write(&w, 1, 0x0, 20);
    g_assert_cmpuint(get_uint(platform, "perf/bell", "level"), ==, 10);
    window_write(platform, 1, SCMI_FAST_DOORBELL, 1);
    g_assert_cmpuint(get_uint(platform, "perf/bell", "level"), ==, 20);
    g_assert_cmpuint(window_read(&w, 1, SCMI_FAST_DOORBELL), ==, 0);

    /* The commands have no word for it. */
    window_write(platform, 1, 0x0, 30);
    g_assert_cmpuint(window_read(&w, 1, 0x0), ==, 0);
    window_write(platform, 1, SCMI_FAST_DOORBELL, 1);
    g_assert_cmpuint(get_uint(platform, "perf/bell", "level"), ==, 20);

    slot_write(&w, 1, 0x8, 30);
    slot_write(&w, 1, 0xc, 30);
    g_assert_cmpuint(get_uint(platform, "perf/bell", "min-level"), ==, 10);
    window_write(platform, 1, SCMI_FAST_DOORBELL, 2);
    g_assert_cmpuint(get_uint(platform, "perf/bell", "min-level"), ==, 30);
    g_assert_cmpuint(window_read(&w, 1, 0x4), ==, 30);

    /* Get channels and nothing at all have no bit. */
    window_write(platform, 1, SCMI_FAST_DOORBELL, 0xfffffffc);
    /* Where there is none, ringing changes nothing. */
    slot_write(&w, 0, 0x0, 20);
    window_write(platform, 0, SCMI_FAST_DOORBELL, 3);
    g_assert_cmpuint(window_read(&w, 0, SCMI_FAST_DOORBELL), ==, 0);
    g_assert_cmpuint(get_uint(platform, "perf/plain", "level"), ==, 10);

    /* What a message would be refused. */
    slot_write(&w, 1, 0x0, 31);
    window_write(platform, 1, SCMI_FAST_DOORBELL, 1);
    g_assert_cmpuint(window_read(&w, 1, 0x4), ==, 30);

    scmi_fast_reset(platform, SCMI_TEST_AGENT);
    g_assert_cmpuint(ldl_le_p(w.slots + SCMI_FAST_ENTRY_SIZE), ==, 0);
    scmi_test_free(platform);
}

static void test_powercap(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    Window w;

    scmi_test_window(platform, SCMI_TEST_AGENT, &w);
    g_assert_cmpuint(window_read(&w, 3, 0x4), ==, 50);
    g_assert_cmpuint(window_read(&w, 3, 0xc), ==, 1);
    window_write(platform, 3, 0x0, 20);
    window_write(platform, 3, 0x8, 9);
    g_assert_cmpuint(get_uint(platform, "powercap/plain", "cap"), ==, 20);
    g_assert_cmpuint(get_uint(platform, "powercap/plain", "pai"), ==, 9);
    g_assert_cmpuint(window_read(&w, 3, 0x4), ==, 20);
    g_assert_cmpuint(window_read(&w, 3, 0xc), ==, 9);
    window_write(platform, 3, 0x0, 25);
    window_write(platform, 3, 0x8, 10);
    g_assert_cmpuint(window_read(&w, 3, 0x4), ==, 20);
    window_write(platform, 3, 0x0, 0);
    g_assert_cmpuint(window_read(&w, 3, 0x4), ==, 0);

    slot_write(&w, 4, 0x0, 30);
    slot_write(&w, 4, 0x8, 7);
    g_assert_cmpuint(window_read(&w, 4, 0x4), ==, 50);
    window_write(platform, 4, SCMI_FAST_DOORBELL, 3);
    g_assert_cmpuint(window_read(&w, 4, 0x4), ==, 30);
    scmi_test_free(platform);
}

/* However the state changes, it is read at once, and by every agent. */
static void test_shown(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    Window a, b;

    scmi_test_window(platform, 1, &a);
    scmi_test_window(platform, 2, &b);
    ASSERT_STATUS(SEND(platform, PERF, 0x7, 1, 20), SCMI_SUCCESS);
    g_assert_cmpuint(window_read(&a, 0, 0x4), ==, 20);
    slot_write(&a, 1, 0x0, 20);
    window_write(platform, 1, SCMI_FAST_DOORBELL, 1);
    g_assert_cmpuint(window_read(&b, 1, 0x4), ==, 20);
    a.changes = 0;
    object_property_set_uint(scmi_test_resource(platform, "perf/plain"),
                             "level", 30, &error_abort);
    g_assert_cmpuint(window_read(&a, 0, 0x4), ==, 30);
    g_assert_cmpuint(a.changes, >, 0);
    ASSERT_STATUS(SEND(platform, POWERCAP, 0x5, 0, 0, 10), SCMI_SUCCESS);
    g_assert_cmpuint(window_read(&a, 3, 0x4), ==, 10);

    window_write(platform, 0, 0x0, 10);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpuint(window_read(&a, 0, 0x4), ==, 10);
    g_assert_cmpuint(window_read(&a, 3, 0x4), ==, 50);
    scmi_fast_reset(platform, 1);
    g_assert_cmpuint(window_read(&a, 0, 0x0), ==, 0);
    g_assert_cmpuint(window_read(&a, 0, 0x4), ==, 10);
    scmi_test_free(platform);
}

static void test_events(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox inbox = {};
    Window w;

    scmi_test_window(platform, 1, &w);
    scmi_test_attach(platform, 2, &inbox);
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0xa, 2, 1), SCMI_SUCCESS);
    slot_write(&w, 1, 0x0, 20);
    ASSERT_NO_EVENT(&inbox);
    window_write(platform, 1, SCMI_FAST_DOORBELL, 1);
    ASSERT_EVENT(&inbox, 0x00004f01, 1, 2, 20);
    scmi_test_free(platform);
}

/* After this command, the level of the first entry. */
#define ASSERT_SHOWN(w, level, command) do {                            \
        ASSERT_STATUS(command, SCMI_SUCCESS);                           \
        g_assert_cmpuint(window_read(w, 0, 0x4), ==, level);            \
    } while (0)

static void test_denied(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    Window w;

    scmi_test_window(platform, 2, &w);
    ASSERT_STATUS(SEND_AS(2, platform, PERF, 0xb, 1, 0x7), SCMI_DENIED);
    g_assert_cmpuint(window_read(&w, 0, 0x4), ==, 0);
    ASSERT_SHOWN(&w, 0, SEND(platform, PERF, 0x7, 1, 20));
    ASSERT_SHOWN(&w, 20, SEND(platform, BASE, 0x9, 2, 0, 1));
    ASSERT_SHOWN(&w, 0, SEND(platform, BASE, 0xa, 2, 0, PERF, 0));
    ASSERT_SHOWN(&w, 0, SEND(platform, PERF, 0x7, 1, 10));
    ASSERT_SHOWN(&w, 10, SEND(platform, BASE, 0xa, 2, 0, PERF, 1));
    ASSERT_SHOWN(&w, 0, SEND(platform, BASE, 0xb, 2, 1));
    scmi_fast_write(platform, 2, 0x0, 30);
    g_assert_cmpuint(get_uint(platform, "perf/plain", "level"), ==, 10);
    scmi_fast_write(platform, 2, 2 * SCMI_FAST_ENTRY_SIZE, 6);
    g_assert_cmpuint(get_uint(platform, "perf/index", "level"), ==, 20);
    scmi_test_free(platform);
}

/* What is refused nobody is answered, but who asked for errors is told. */
static void test_errors(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    ScmiTestInbox a = {}, b = {};
    Window w;

    scmi_test_window(platform, SCMI_TEST_AGENT, &w);
    scmi_test_attach(platform, 1, &a);
    scmi_test_attach(platform, 2, &b);
    window_write(platform, 0, 0x0, 25);
    ASSERT_STATUS(SEND(platform, BASE, 0x8, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(2, platform, BASE, 0x8, 1), SCMI_SUCCESS);
    window_write(platform, 0, 0x0, 20);
    ASSERT_NO_EVENT(&a);
    window_write(platform, 0, 0x0, 25);
    ASSERT_EVENT(&a, BASE_ERROR, 1, 1, 0x4c07, (uint32_t)SCMI_OUT_OF_RANGE);
    ASSERT_EVENT(&b, BASE_ERROR, 1, 1, 0x4c07, (uint32_t)SCMI_OUT_OF_RANGE);
    slot_write(&w, 4, 0x0, 60);
    window_write(platform, 4, SCMI_FAST_DOORBELL, 1);
    ASSERT_EVENT(&a, BASE_ERROR, 1, 1, 0x6005, (uint32_t)SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, BASE, 0x8, 0), SCMI_SUCCESS);
    window_write(platform, 0, 0x0, 25);
    ASSERT_NO_EVENT(&a);
    scmi_test_free(platform);
}

/* Words that are no channels, and all that lies behind the last entry. */
static void test_elsewhere(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;
    Window w, unwritten;

    scmi_test_window(platform, SCMI_TEST_AGENT, &w);
    unwritten = w;
    for (unsigned entry = 0; entry < NUM_ENTRIES; entry++) {
        window_write(platform, entry, 0x4, 20);
        window_write(platform, entry, 0x10, 20);
        window_write(platform, entry, 0x14, 20);
        window_write(platform, entry, 0x1c, 20);
    }
    window_write(platform, NUM_ENTRIES, 0x0, 20);
    window_write(platform, 127, 0x0, 20);
    scmi_fast_write(platform, SCMI_TEST_AGENT, 0xfffffffc, 20);
    g_assert_cmpmem(w.state, sizeof(w.state), unwritten.state,
                    sizeof(w.state));
    g_assert_cmpmem(w.slots, sizeof(w.slots), unwritten.slots,
                    sizeof(w.slots));
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    scmi_test_free(platform);
}

/* A snapshot that is loaded shows in the window, too. */
static void test_loaded(void)
{
    ScmiPlatform *platform = scmi_test_platform(domains);
    DeviceState *dev = DEVICE(scmi_test_resource(platform, "perf/bell"));
    g_autoptr(GByteArray) stream = scmi_test_save(dev);
    Window w;

    scmi_test_window(platform, SCMI_TEST_AGENT, &w);
    slot_write(&w, 1, 0x0, 30);
    window_write(platform, 1, SCMI_FAST_DOORBELL, 1);
    g_assert_cmpuint(window_read(&w, 1, 0x4), ==, 30);
    g_assert_cmpint(scmi_test_load(dev, stream), ==, 0);
    g_assert_cmpuint(window_read(&w, 1, 0x4), ==, 10);
    scmi_test_free(platform);
}

void scmi_test_add_fast(void)
{
    g_test_add_func("/scmi/fast/none", test_none);
    g_test_add_func("/scmi/fast/advertised", test_advertised);
    g_test_add_func("/scmi/fast/described", test_described);
    g_test_add_func("/scmi/fast/plain", test_plain);
    g_test_add_func("/scmi/fast/doorbell", test_doorbell);
    g_test_add_func("/scmi/fast/powercap", test_powercap);
    g_test_add_func("/scmi/fast/shown", test_shown);
    g_test_add_func("/scmi/fast/events", test_events);
    g_test_add_func("/scmi/fast/denied", test_denied);
    g_test_add_func("/scmi/fast/errors", test_errors);
    g_test_add_func("/scmi/fast/elsewhere", test_elsewhere);
    g_test_add_func("/scmi/fast/loaded", test_loaded);
}
