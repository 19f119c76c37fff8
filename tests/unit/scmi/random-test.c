/*
 * Unit tests of the SCMI platform: messages at random
 *
 * From several agents, in whatever versions they negotiate, while their
 * channels are free or not, time passes, the world changes properties and the
 * machine is reset.
 *
 * g_test_rand_int() starts from the seed that GLib prints, and repeats with
 * --seed. scmi_test_send() checks each reply; here it is checked besides that
 * whatever fails leaves the platform as it was, and that the platform is in
 * working order at the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define MESSAGES 50000

/* Comparing the whole state costs as much as many messages. */
#define COMPARE_EVERY 16

static const uint8_t protocols[] = {
    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19,
    0x80, 0x81, 0x82, 0x84,
};

static uint32_t random_bits(void)
{
    return g_test_rand_int();
}

static unsigned random_below(unsigned limit)
{
    return random_bits() % limit;
}

/* Mostly a header that means something, and now and then any. */
static uint32_t random_header(ScmiPlatform *platform)
{
    uint32_t header;
    uint8_t protocol;

    if (!random_below(16)) {
        return random_bits();
    }
    do {
        protocol = protocols[random_below(ARRAY_SIZE(protocols))];
    } while (!scmi_platform_has_protocol(platform, protocol));
    header = scmi_test_header(protocol, random_below(0x12));
    return FIELD_DP32(header, SCMI_HEADER, TOKEN, random_bits());
}

/* Small numbers reach further than large ones, edges further than either. */
static uint32_t random_word(void)
{
    static const uint32_t edges[] = {
        0x10000, 0x20000, 0x20001, 0x30000, 0x30001, 0x40000, 0x40000000,
        0x7fffffff, 0x80000000, 0xffffffff, 24000000, 48000000, 100000000,
    };

    switch (random_below(8)) {
    case 0:
        return random_bits();
    case 1:
        return edges[random_below(ARRAY_SIZE(edges))];
    case 2:
        return 1u << random_below(32);
    default:
        return random_below(9);
    }
}

static size_t random_length(void)
{
    static const size_t absurd[] = {
        SCMI_COMMAND_MAX + 1, SCMI_COMMAND_MAX + 4, 4068, UINT32_MAX,
        SIZE_MAX,
    };

    switch (random_below(16)) {
    case 0:
        return random_below(SCMI_COMMAND_MAX + 1);
    case 1:
        return absurd[random_below(ARRAY_SIZE(absurd))];
    default:
        return 4 * random_below(5);
    }
}

static ScmiTestReply send_random(ScmiPlatform *platform)
{
    uint32_t payload[SCMI_COMMAND_MAX / 4];
    unsigned num_agents = scmi_platform_num_agents(platform);
    size_t room = random_below(4) ? SCMI_REPLY_MAX : 4 + random_below(124);

    for (unsigned i = 0; i < ARRAY_SIZE(payload); i++) {
        payload[i] = i < 4 ? cpu_to_le32(random_word()) : 0;
    }
    return scmi_test_send(platform, 1 + random_below(num_agents - 1),
                          random_header(platform), payload, random_length(),
                          room);
}

static void send_compared(ScmiPlatform *platform)
{
    GByteArray *before = scmi_test_save_all(platform);
    ScmiTestReply reply = send_random(platform);
    GByteArray *after = scmi_test_save_all(platform);

    if (reply.status != SCMI_SUCCESS) {
        g_assert_cmpmem(before->data, before->len, after->data, after->len);
    }
    g_byte_array_unref(before);
    g_byte_array_unref(after);
}

/* A transport that takes events only now and then. */
static bool sink_send(void *opaque, uint32_t header, const void *payload,
                      size_t length)
{
    unsigned *sent = opaque;

    g_assert_cmpuint(length, <=, SCMI_EVENT_MAX);
    g_assert_cmpuint(length % 4, ==, 0);
    g_assert_cmpuint(FIELD_EX32(header, SCMI_HEADER, TYPE), >=,
                     SCMI_TYPE_DELAYED_RESPONSE);
    if (!random_below(4)) {
        return false;
    }
    (*sent)++;
    return true;
}

static int collect(Object *obj, void *opaque)
{
    g_ptr_array_add(opaque, obj);
    return 0;
}

/* Write something to a property, which may well refuse it. */
static void change_world(GPtrArray *objects)
{
    Object *obj = g_ptr_array_index(objects, random_below(objects->len));
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        if (!prop->set || random_below(4) ||
            g_str_equal(prop->name, "realized")) {
            continue;
        }
        if (g_str_equal(prop->type, "bool")) {
            object_property_set_bool(obj, prop->name, random_below(2), NULL);
        } else {
            object_property_set_int(obj, prop->name, random_word(), NULL);
        }
    }
}

/* Most messages of this shape that do something subscribe to an event. */
static void subscribe(ScmiPlatform *platform)
{
    for (unsigned i = 0; i < ARRAY_SIZE(protocols); i++) {
        for (unsigned message = 0x4; message < 0xc; message++) {
            SEND(platform, protocols[i], message, random_below(4), 1);
        }
    }
}

static void happen(ScmiPlatform *platform, GPtrArray *objects)
{
    switch (random_below(256)) {
    case 0 ... 1:
        virtual_clock_step(random_below(200 * 1000));
        break;
    case 8 ... 15:
        change_world(objects);
        break;
    case 16 ... 23:
        scmi_platform_drained(platform, 1 + random_below(
                                  scmi_platform_num_agents(platform) - 1));
        break;
    case 24:
        if (!random_below(16)) {
            device_cold_reset(DEVICE(platform));
        }
        break;
    case 25:
        subscribe(platform);
        break;
    default:
        break;
    }
}

static unsigned attack(ScmiPlatform *platform)
{
    g_autoptr(GPtrArray) objects = g_ptr_array_new();
    unsigned successes = 0;

    object_child_foreach_recursive(OBJECT(platform), collect, objects);
    for (unsigned i = 0; i < MESSAGES; i++) {
        happen(platform, objects);
        if (i % COMPARE_EVERY == 0) {
            send_compared(platform);
        } else {
            successes += send_random(platform).status == SCMI_SUCCESS;
        }
    }
    return successes;
}

/* An attack that never gets in proves nothing. */
static void attack_one(ScmiPlatform *platform)
{
    static const ScmiEventSink sink = { .send = sink_send };
    unsigned sent = 0;

    scmi_platform_attach(platform, 1, &sink, &sent);
    g_assert_cmpuint(attack(platform), >, MESSAGES / 50);
    g_assert_cmpuint(sent, >, 0);
    device_cold_reset(DEVICE(platform));
    g_assert_cmpint(SEND(platform, SCMI_PROTOCOL_BASE, 0x1).status, ==,
                    SCMI_SUCCESS);
    scmi_test_free(platform);
}

/* Without events, nor a world around it, a reset undoes all of it. */
static void test_default(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;

    for (unsigned i = 0; i < MESSAGES; i++) {
        send_random(platform);
    }
    device_cold_reset(DEVICE(platform));
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_CLOCK, 0x0), 0x30000);
    scmi_test_free(platform);
}

static void test_full(void)
{
    attack_one(scmi_test_full_platform());
}

static void test_inertial(void)
{
    attack_one(scmi_test_inertial_platform());
}

/* One that may permit, and one that may not do much. */
static void test_agents(void)
{
    attack_one(scmi_test_platform(
        "{ 'agents': [ { 'name': 'a', 'trusted': true }, { 'name': 'b' },"
        "    { 'name': 'c', 'denied-protocols': [ 17 ],"
        "      'denied-devices': [ 'd' ] } ],"
        "  'devices': [ { 'name': 'd', 'clocks': [ 'a' ],"
        "                 'power-domains': [ 'b' ] }, { 'name': 'e' } ],"
        "  'clocks': [ { 'name': 'a', 'rates': [ 1, 2, 3, 4 ],"
        "                'parents': [ 'b' ] },"
        "              { 'name': 'b', 'range': { 'min': 1, 'max': 9,"
        "                'step': 2 } } ],"
        "  'power-domains': [ { 'name': 'a' }, { 'name': 'b' } ] }"));
}

static void test_old(void)
{
    for (uint32_t version = 0x10000; version <= 0x20000; version += 0x10000) {
        ScmiPlatformConfig *config = scmi_test_full_config();

        for (unsigned i = 0; i < ARRAY_SIZE(protocols); i++) {
            scmi_test_report(config, protocols[i], version);
        }
        attack_one(scmi_test_make(config));
    }
}

/* Everything that "unchecked" lets through. */
static void test_unchecked(void)
{
    attack_one(scmi_test_platform(
        "{ 'unchecked': true,"
        "  'clocks': [ { 'name': 'a', 'rates': [ 7, 3, 0, 3 ], 'rate': 5,"
        "                'parents': [ 'b' ] },"
        "    { 'name': 'b', 'rates': [ 0 ], 'parents': [ 'a', 'b' ] },"
        "    { 'name': 'c', 'range': { 'min': 2, 'max': 8, 'step': 3 },"
        "      'rate': 9 } ],"
        "  'perf-domains': ["
        "    { 'name': 'a', 'fast-channels': 'plain', 'levels': ["
        "      { 'level': 9 }, { 'level': 0 }, { 'level': 9 } ] },"
        "    { 'name': 'b', 'level-indexing': true, 'levels': ["
        "      { 'level': 3, 'index': 7 }, { 'level': 2, 'index': 7 },"
        "      { 'level': 1, 'index': 0 } ] } ],"
        "  'voltage-domains': [ { 'name': 'a', 'levels': [ 5, -5, 5 ] } ],"
        "  'powercap-domains': [ { 'name': 'a',"
        "    'caps': { 'min': 2, 'max': 6, 'step': 2 },"
        "    'pais': { 'min': 1, 'max': 1 } } ],"
        "  'sensors': [ { 'name': 'a', 'type': 'power', 'scale': 0,"
        "                 'trip-points': 3, 'async': true } ] }"));
}

void scmi_test_add_random(void)
{
    g_test_add_func("/scmi/random/default", test_default);
    g_test_add_func("/scmi/random/full", test_full);
    g_test_add_func("/scmi/random/inertial", test_inertial);
    g_test_add_func("/scmi/random/agents", test_agents);
    g_test_add_func("/scmi/random/old", test_old);
    g_test_add_func("/scmi/random/unchecked", test_unchecked);
}
