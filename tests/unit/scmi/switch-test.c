/*
 * Unit tests of the SCMI platform: what two agents switch on and off
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/timer.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"
#include "qom/qom-qobject.h"
#include "hw/qdev-core.h"
#include "scmi-test.h"

#define POWER SCMI_PROTOCOL_POWER
#define CLOCK SCMI_PROTOCOL_CLOCK
#define VOLTAGE SCMI_PROTOCOL_VOLTAGE

#define STATE_CHANGED          0x00004700
#define STATE_CHANGE_REQUESTED 0x00004701
#define ON 0
#define OFF 0x40000000

enum { A = 1, B = 2 };

/**
 * Kind: how agents switch resources of a protocol
 * @property: whether one of them is on
 * @flags_first: a message that sets has flags before the domain
 * @told: the value of a reply that tells its state
 */
typedef struct Kind {
    const char *name;
    const char *property;
    uint8_t protocol;
    uint8_t set;
    uint8_t get;
    bool flags_first;
    unsigned told;
    uint32_t on;
    uint32_t off;
} Kind;

static const Kind kinds[] = {
    { "clock", "enabled", CLOCK, 0x7, 0xb, false, 1, 1, 0 },
    { "power", "on", POWER, 0x4, 0x5, true, 0, ON, OFF },
    { "voltage", "on", VOLTAGE, 0x5, 0x6, false, 0, 7, 0 },
};

/*
 * Of each kind one that is on after reset, and one that is not; "third" is on
 * and no agent's.
 */
static ScmiPlatform *shared(void)
{
    return scmi_test_platform(
        "{ 'agents': [ { 'name': 'a', 'trusted': true,"
        "                'denied-devices': [ 'secure' ] },"
        "              { 'name': 'b', 'denied-devices': [ 'secure' ] } ],"
        "  'devices': [ { 'name': 'gpu', 'clocks': [ 'first', 'second' ],"
        "                 'power-domains': [ 'first', 'second' ],"
        "                 'voltage-domains': [ 'first', 'second' ] },"
        "               { 'name': 'secure', 'clocks': [ 'third' ],"
        "                 'power-domains': [ 'third' ],"
        "                 'voltage-domains': [ 'third' ] } ],"
        "  'clocks': [ { 'name': 'first', 'rates': [ 1 ] },"
        "              { 'name': 'second', 'rates': [ 1 ],"
        "                'enabled': false },"
        "              { 'name': 'third', 'rates': [ 1 ] } ],"
        "  'power-domains': [ { 'name': 'first', 'on': true },"
        "                     { 'name': 'second' },"
        "                     { 'name': 'third', 'on': true } ],"
        "  'voltage-domains': [ { 'name': 'first', 'levels': [ 1 ],"
        "                         'on': true },"
        "                       { 'name': 'second', 'levels': [ 1 ] },"
        "                       { 'name': 'third', 'levels': [ 1 ],"
        "                         'on': true } ] }");
}

static void set(ScmiPlatform *platform, const Kind *kind, unsigned agent,
                unsigned id, bool on)
{
    uint32_t state = on ? kind->on : kind->off;

    if (kind->flags_first) {
        ASSERT_STATUS(SEND_AS(agent, platform, kind->protocol, kind->set, 0,
                              id, state), SCMI_SUCCESS);
    } else if (kind->protocol == CLOCK) {
        ASSERT_STATUS(SEND_AS(agent, platform, CLOCK, kind->set, id, state,
                              0), SCMI_SUCCESS);
    } else {
        ASSERT_STATUS(SEND_AS(agent, platform, kind->protocol, kind->set, id,
                              state), SCMI_SUCCESS);
    }
}

static bool is_told(ScmiPlatform *platform, const Kind *kind, unsigned agent,
                    unsigned id)
{
    ScmiTestReply reply =
        kind->protocol == CLOCK
        ? SEND_AS(agent, platform, CLOCK, kind->get, id, 0)
        : SEND_AS(agent, platform, kind->protocol, kind->get, id);

    g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
    return reply.values[kind->told] == kind->on;
}

static Object *resource(ScmiPlatform *platform, const Kind *kind,
                        const char *name)
{
    g_autofree char *path = g_strdup_printf("%s/%s", kind->name, name);

    g_test_message("%s", path);
    return scmi_test_resource(platform, path);
}

/* It is @on, and @users, one letter each, want it so. */
static void check_users(Object *obj, const Kind *kind, bool on,
                        const char *users)
{
    g_autoptr(QList) list = qobject_to(QList, object_property_get_qobject(
                                           obj, "users", &error_abort));
    g_autoptr(GString) found = g_string_new(NULL);
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(list, entry) {
        g_string_append(found, qstring_get_str(qobject_to(
                            QString, qlist_entry_obj(entry))));
    }
    g_assert_cmpstr(found->str, ==, users);
    g_assert_cmpint(object_property_get_bool(obj, kind->property,
                                             &error_abort), ==, on);
}

/* So it is with the first or the second, and that is what agents are told. */
static void check(ScmiPlatform *platform, const Kind *kind, unsigned id,
                  bool on, bool told_a, bool told_b, const char *users)
{
    check_users(resource(platform, kind, id ? "second" : "first"), kind, on,
                users);
    g_assert_cmpint(is_told(platform, kind, A, id), ==, told_a);
    g_assert_cmpint(is_told(platform, kind, B, id), ==, told_b);
}

static void permit(ScmiPlatform *platform, unsigned agent, bool allow)
{
    ASSERT_STATUS(SEND_AS(A, platform, SCMI_PROTOCOL_BASE, 0x9, agent, 0,
                          allow), SCMI_SUCCESS);
}

static void reset_agent(ScmiPlatform *platform, unsigned agent)
{
    ASSERT_STATUS(SEND_AS(A, platform, SCMI_PROTOCOL_BASE, 0xb, agent, 0),
                  SCMI_SUCCESS);
}

/* On until the last one who wanted it has switched it off. */
static void test_shared(ScmiPlatform *platform, const Kind *kind)
{
    check(platform, kind, 1, false, false, false, "");
    set(platform, kind, A, 1, true);
    check(platform, kind, 1, true, true, false, "a");
    set(platform, kind, B, 1, true);
    check(platform, kind, 1, true, true, true, "ab");
    set(platform, kind, A, 1, false);
    check(platform, kind, 1, true, false, true, "b");
    /* Nor can one that does not use it. */
    set(platform, kind, A, 1, false);
    check(platform, kind, 1, true, false, true, "b");
    set(platform, kind, B, 1, false);
    check(platform, kind, 1, false, false, false, "");
}

/* What is on after reset is every agent's. */
static void test_on_at_reset(ScmiPlatform *platform, const Kind *kind)
{
    check(platform, kind, 0, true, true, true, "ab");
    set(platform, kind, A, 0, true);
    check(platform, kind, 0, true, true, true, "ab");
    set(platform, kind, A, 0, false);
    check(platform, kind, 0, true, false, true, "b");
    set(platform, kind, B, 0, false);
    check(platform, kind, 0, false, false, false, "");
}

/* The world is stronger, and what it does all agents are told. */
static void test_set_by_the_host(ScmiPlatform *platform, const Kind *kind)
{
    Object *obj = resource(platform, kind, "second");

    set(platform, kind, A, 1, true);
    object_property_set_bool(obj, kind->property, false, &error_abort);
    check(platform, kind, 1, false, false, false, "");
    object_property_set_bool(obj, kind->property, true, &error_abort);
    check(platform, kind, 1, true, true, true, "");
    /* To want what is on takes nothing from others. */
    set(platform, kind, A, 1, true);
    check(platform, kind, 1, true, true, true, "a");
    set(platform, kind, A, 1, false);
    check(platform, kind, 1, false, false, false, "");
    /* Nor does the world take anything when it wants what is on. */
    set(platform, kind, B, 1, true);
    object_property_set_bool(obj, kind->property, true, &error_abort);
    check(platform, kind, 1, true, true, true, "b");
    set(platform, kind, A, 1, false);
    check(platform, kind, 1, true, false, true, "b");
}

/* An agent that is reset has what it had after reset. */
static void test_reset_agent(ScmiPlatform *platform, const Kind *kind)
{
    set(platform, kind, A, 0, false);
    set(platform, kind, A, 1, true);
    set(platform, kind, B, 0, false);
    set(platform, kind, B, 1, true);
    check(platform, kind, 0, false, false, false, "");
    reset_agent(platform, A);
    check(platform, kind, 0, true, true, false, "a");
    check(platform, kind, 1, true, false, true, "b");
    reset_agent(platform, B);
    check(platform, kind, 0, true, true, true, "ab");
    check(platform, kind, 1, false, false, false, "");
    reset_agent(platform, B);
    check(platform, kind, 0, true, true, true, "ab");
}

static void test_reset_machine(ScmiPlatform *platform, const Kind *kind)
{
    Object *obj = resource(platform, kind, "second");

    set(platform, kind, A, 0, false);
    set(platform, kind, B, 1, true);
    object_property_set_bool(obj, kind->property, true, &error_abort);
    device_cold_reset(DEVICE(platform));
    check(platform, kind, 0, true, true, true, "ab");
    check(platform, kind, 1, false, false, false, "");
    check_users(resource(platform, kind, "third"), kind, true, "");
}

/* Who may not use it does not; what no agent may use is as configured. */
static void test_denied(ScmiPlatform *platform, const Kind *kind)
{
    check_users(resource(platform, kind, "third"), kind, true, "");
    set(platform, kind, B, 1, true);
    permit(platform, B, false);
    check_users(resource(platform, kind, "first"), kind, true, "a");
    check_users(resource(platform, kind, "second"), kind, false, "");
    reset_agent(platform, B);
    check_users(resource(platform, kind, "first"), kind, true, "a");
    permit(platform, A, false);
    check_users(resource(platform, kind, "first"), kind, true, "");
    permit(platform, B, true);
    check_users(resource(platform, kind, "first"), kind, true, "b");
    check_users(resource(platform, kind, "second"), kind, false, "");
    /* It had been permitted that already. */
    set(platform, kind, B, 0, false);
    permit(platform, B, true);
    check_users(resource(platform, kind, "first"), kind, false, "");
}

/* What agents have switched off, the platform keeps on once none may use it. */
static void test_last_denied(ScmiPlatform *platform, const Kind *kind)
{
    Object *obj = resource(platform, kind, "first");

    set(platform, kind, B, 0, false);
    permit(platform, A, false);
    check_users(obj, kind, false, "");
    g_assert_false(is_told(platform, kind, B, 0));
    set(platform, kind, B, 0, true);
    permit(platform, B, false);
    check_users(obj, kind, true, "");
    permit(platform, B, true);
    set(platform, kind, B, 0, false);
    check_users(obj, kind, false, "");
    /* What is off after reset goes off. */
    set(platform, kind, B, 1, true);
    permit(platform, B, false);
    check_users(resource(platform, kind, "second"), kind, false, "");
}

/* Who cannot take it from another one is heard of. */
static void test_request_is_told(void)
{
    ScmiPlatform *platform = shared();
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, B, &inbox);
    ASSERT_STATUS(SEND_AS(B, platform, POWER, 0x6, 1, 1), SCMI_SUCCESS);
    ASSERT_STATUS(SEND_AS(B, platform, POWER, 0x7, 1, 1), SCMI_SUCCESS);
    set(platform, &kinds[1], B, 1, true);
    ASSERT_EVENT(&inbox, STATE_CHANGED, B, 1, ON);
    set(platform, &kinds[1], A, 1, true);
    ASSERT_EVENT(&inbox, STATE_CHANGE_REQUESTED, A, 1, ON);
    set(platform, &kinds[1], A, 1, false);
    ASSERT_EVENT(&inbox, STATE_CHANGE_REQUESTED, A, 1, OFF);
    set(platform, &kinds[1], B, 1, false);
    ASSERT_EVENT(&inbox, STATE_CHANGED, B, 1, OFF);
    set(platform, &kinds[1], A, 1, true);
    ASSERT_EVENT(&inbox, STATE_CHANGED, A, 1, ON);
    /* Nobody asks, but it goes off; what nobody wanted stays as it is. */
    reset_agent(platform, A);
    ASSERT_EVENT(&inbox, STATE_CHANGED, A, 1, OFF);
    reset_agent(platform, A);
    ASSERT_NO_EVENT(&inbox);

    /* What nobody asked for at reset goes on again, once. */
    ASSERT_STATUS(SEND_AS(B, platform, POWER, 0x6, 0, 1), SCMI_SUCCESS);
    set(platform, &kinds[1], B, 0, false);
    ASSERT_NO_EVENT(&inbox);
    set(platform, &kinds[1], A, 0, false);
    ASSERT_EVENT(&inbox, STATE_CHANGED, A, 0, OFF);
    reset_agent(platform, A);
    ASSERT_EVENT(&inbox, STATE_CHANGED, A, 0, ON);
    reset_agent(platform, A);
    ASSERT_NO_EVENT(&inbox);

    /* What the world does is told as that. */
    object_property_set_bool(resource(platform, &kinds[1], "second"), "on",
                             true, &error_abort);
    ASSERT_EVENT(&inbox, STATE_CHANGED, SCMI_AGENT_PLATFORM, 1, ON);
    scmi_test_free(platform);
}

/* What an agent asked for before it was reset is not carried out after it. */
static void test_reset_with_delayed(void)
{
    ScmiPlatform *platform = shared();
    ScmiTestInbox inbox = {};

    scmi_test_attach(platform, A, &inbox);
    ASSERT_STATUS(SEND_AS(A, platform, POWER, 0x4, 1, 1, ON), SCMI_SUCCESS);
    reset_agent(platform, A);
    virtual_clock_step(NANOSECONDS_PER_SECOND);
    ASSERT_NO_EVENT(&inbox);
    check(platform, &kinds[1], 1, false, false, false, "");
    scmi_test_free(platform);
}

/* Who is denied a protocol wants nothing of it, whatever its devices are. */
static void test_denied_protocol(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'a', 'trusted': true },"
        "              { 'name': 'b', 'denied-protocols': [ 20 ] } ],"
        "  'devices': [ { 'name': 'gpu', 'clocks': [ 'first' ] } ],"
        "  'clocks': [ { 'name': 'first', 'rates': [ 1 ] } ] }");
    Object *clock = resource(platform, &kinds[0], "first");

    check_users(clock, &kinds[0], true, "a");
    permit(platform, B, false);
    permit(platform, B, true);
    check_users(clock, &kinds[0], true, "a");
    reset_agent(platform, B);
    check_users(clock, &kinds[0], true, "a");
    scmi_test_free(platform);
}

/* As many as there can be, and the last one counts. */
static void test_many_agents(void)
{
    const unsigned last = SCMI_MAX_AGENTS - 1;
    g_autoptr(GString) config = g_string_new("{ 'clocks': [ { 'name': 'first',"
                                             " 'rates': [ 1 ] } ],"
                                             " 'agents': [ { 'name': 'a1' }");
    ScmiPlatform *platform;

    for (unsigned i = 2; i <= last; i++) {
        g_string_append_printf(config, ", { 'name': 'a%u' }", i);
    }
    g_string_append(config, " ] }");
    platform = scmi_test_platform(config->str);
    for (unsigned i = 1; i < last; i++) {
        set(platform, &kinds[0], i, 0, false);
    }
    g_assert_false(is_told(platform, &kinds[0], last - 64, 0));
    g_assert_true(is_told(platform, &kinds[0], last, 0));
    check_users(resource(platform, &kinds[0], "first"), &kinds[0], true,
                "a127");
    set(platform, &kinds[0], last, 0, false);
    check_users(resource(platform, &kinds[0], "first"), &kinds[0], false, "");
    scmi_test_free(platform);
}

/* Who may not switch a clock is told whether it runs, and has no say in it. */
static void test_restricted(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'agents': [ { 'name': 'a' }, { 'name': 'b',"
        "    'restricted-clocks': ["
        "      { 'clock': 'first', 'changes': [ 'state' ] },"
        "      { 'clock': 'second', 'changes': [ 'state' ] } ] } ],"
        "  'clocks': [ { 'name': 'first', 'rates': [ 1 ] },"
        "    { 'name': 'second', 'rates': [ 1 ], 'enabled': false },"
        "    { 'name': 'third', 'rates': [ 1 ], 'restricted': true } ] }");

    check(platform, &kinds[0], 0, true, true, true, "a");
    set(platform, &kinds[0], A, 0, false);
    check(platform, &kinds[0], 0, false, false, false, "");
    /* Nobody's. */
    check_users(resource(platform, &kinds[0], "third"), &kinds[0], true, "");
    g_assert_true(is_told(platform, &kinds[0], A, 2));
    check(platform, &kinds[0], 1, false, false, false, "");
    set(platform, &kinds[0], A, 1, true);
    check(platform, &kinds[0], 1, true, true, true, "a");
    g_assert_cmphex(SEND_AS(B, platform, CLOCK, 0x3, 1).values[0] & 1, ==, 1);
    set(platform, &kinds[0], A, 1, false);
    check(platform, &kinds[0], 1, false, false, false, "");
    g_assert_cmphex(SEND_AS(B, platform, CLOCK, 0x3, 1).values[0] & 1, ==, 0);
    scmi_test_free(platform);
}

/* No stream has what an agent that is denied it wants. */
static void test_forged_user(ScmiPlatform *platform, const Kind *kind)
{
    DeviceState *dev = DEVICE(resource(platform, kind, "first"));
    g_autoptr(GByteArray) stream = scmi_test_save(dev);

    permit(platform, B, false);
    g_assert_cmpint(scmi_test_load(dev, stream), !=, 0);
    permit(platform, B, true);
    g_assert_cmpint(scmi_test_load(dev, stream), ==, 0);
    check(platform, kind, 0, true, true, true, "ab");
}

static const struct {
    const char *name;
    void (*run)(ScmiPlatform *platform, const Kind *kind);
} tests[] = {
    { "shared", test_shared },
    { "on-at-reset", test_on_at_reset },
    { "host", test_set_by_the_host },
    { "reset-agent", test_reset_agent },
    { "reset-machine", test_reset_machine },
    { "denied", test_denied },
    { "last-denied", test_last_denied },
    { "forged", test_forged_user },
};

static void test_kind(gconstpointer opaque)
{
    unsigned i = GPOINTER_TO_UINT(opaque);
    ScmiPlatform *platform = shared();

    tests[i / ARRAY_SIZE(kinds)].run(platform, &kinds[i % ARRAY_SIZE(kinds)]);
    scmi_test_free(platform);
}

void scmi_test_add_switch(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(tests) * ARRAY_SIZE(kinds); i++) {
        g_autofree char *path =
            g_strdup_printf("/scmi/switch/%s/%s",
                            tests[i / ARRAY_SIZE(kinds)].name,
                            kinds[i % ARRAY_SIZE(kinds)].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_kind);
    }
    g_test_add_func("/scmi/switch/denied-protocol", test_denied_protocol);
    g_test_add_func("/scmi/switch/many", test_many_agents);
    g_test_add_func("/scmi/switch/restricted", test_restricted);
    g_test_add_func("/scmi/switch/request", test_request_is_told);
    g_test_add_func("/scmi/switch/delayed", test_reset_with_delayed);
}
