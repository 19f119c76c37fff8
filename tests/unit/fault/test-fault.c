/*
 * Unit tests of the fault engine: rules, and ports that are the test's own
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "io/channel-buffer.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-fault.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "system/cpu-timers.h"
#include "../../../hw/fault/effect.h"
#include "../../../hw/fault/engine.h"

/* The clock takes the place of QEMU's stubs, whose clock is the host's. */

static int64_t now;

int64_t cpus_get_virtual_clock(void)
{
    return now;
}

void cpus_set_virtual_clock(int64_t new_time)
{
    now = new_time;
}

static void step_clock(int64_t ns)
{
    now += ns;
    qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
}

FaultEngine *fault_engine(void)
{
    static FaultEngine *engine;

    if (!engine) {
        engine = FAULT_ENGINE(object_new(TYPE_FAULT_ENGINE));
        object_property_add_child(object_get_root(), "faults",
                                  OBJECT(engine));
        qdev_realize(DEVICE(engine), NULL, &error_abort);
    }
    return engine;
}

/* The world besides messages is a list of what is done to it. */

static GString *effects;

bool fault_effect_watch_line(Object *device, const FaultFields *wanted,
                             Error **errp)
{
    error_setg(errp, "no lines here");
    return false;
}

bool fault_effect_check(const FaultRule *rule, Error **errp)
{
    return true;
}

bool fault_effect_set_property(const FaultSetProperty *arg)
{
    g_string_append_printf(effects, "set %s;", arg->property);
    return true;
}

bool fault_effect_write_memory(const FaultArmed *armed)
{
    g_string_append_printf(effects, "write %zu;", armed->num_bytes);
    return true;
}

void fault_effect_interrupt(FaultArmed *armed)
{
    armed->pulses = armed->rule->u.interrupt.pulses;
    fault_effect_pulse(armed);
}

void fault_effect_pulse(FaultArmed *armed)
{
    armed->pulses--;
    armed->next_pulse = now + armed->rule->u.interrupt.interval;
    g_string_append(effects, "pulse;");
}

void fault_effect_lower(FaultArmed *armed)
{
    g_string_append(effects, "lower;");
}

/* Two owners with a port each: what is delivered is written down. */

#define NUM_PORTS 2

typedef struct TestPort {
    FaultPort port;
    GString *taken;
    bool deaf;
    bool answers; /* each command, at once */
} TestPort;

static TestPort ports[NUM_PORTS];

static void reply(uint32_t number);

static bool port_deliver(void *opaque, FaultMessage *m)
{
    TestPort *t = opaque;

    if (t->answers && m->site == FAULT_SITE_SCMI_COMMAND) {
        reply(ldl_le_p(m->bytes));
        return true;
    }
    g_string_append_printf(t->taken, "%x/%u:",
                           ldl_le_p(m->bytes), m->length);
    g_string_append_printf(t->taken, "%d ", (int32_t)ldl_le_p(m->bytes + 4));
    return !t->deaf;
}

static bool port_check(void *opaque, FaultSite site, const FaultFields *fields,
                       Error **errp)
{
    if (fields->present & (1u << FAULT_FIELD_PROTOCOL) &&
        fields->value[FAULT_FIELD_PROTOCOL] != 0x14) {
        error_setg(errp, "match.protocol: there is no 0x%x",
                   fields->value[FAULT_FIELD_PROTOCOL]);
        return false;
    }
    return true;
}

static void port_hold(void *opaque, bool busy)
{
    g_string_append(((TestPort *)opaque)->taken, busy ? "busy " : "free ");
}

static bool port_crash(void *opaque, const char *reason, const uint8_t *log,
                       size_t length)
{
    TestPort *t = opaque;

    g_string_append_printf(t->taken, "crash %s ", reason);
    return true;
}

static bool port_power(void *opaque, bool on)
{
    g_string_append(((TestPort *)opaque)->taken, on ? "on " : "off ");
    return true;
}

static const FaultPortOps port_ops = {
    .sites = 1u << FAULT_SITE_SCMI_REPLY | 1u << FAULT_SITE_SCMI_COMMAND |
             1u << FAULT_SITE_RTKIT_SEND | 1u << FAULT_SITE_SCMI_NOTIFICATION,
    .deliver = port_deliver,
    .check = port_check,
    .hold = port_hold,
    .crash = port_crash,
    .power = port_power,
};

static void add_ports(void)
{
    for (unsigned i = 0; i < NUM_PORTS; i++) {
        g_autofree char *name = g_strdup_printf("port%u", i);
        Object *owner = object_new("container");

        object_property_add_child(object_get_root(), name, owner);
        ports[i].taken = g_string_new(NULL);
        fault_port_init(&ports[i].port, owner, &port_ops, &ports[i]);
        fault_fields_set(&ports[i].port.fields, FAULT_FIELD_AGENT, i + 1);
    }
}

/* Helpers */

static FaultRuleList *parse(const char *json)
{
    QObject *object = qobject_from_json(json, &error_abort);
    Visitor *v = qobject_input_visitor_new(object);
    FaultRuleList *rules = NULL;

    visit_type_FaultRuleList(v, NULL, &rules, &error_abort);
    visit_free(v);
    qobject_unref(object);
    return rules;
}

/* Add rules; a text that the error has to have, or NULL for no error. */
static void add(const char *json, const char *error)
{
    FaultRuleList *rules = parse(json);
    Error *err = NULL;

    fault_engine_add(fault_engine(), rules, &err);
    qapi_free_FaultRuleList(rules);
    if (!error) {
        if (err) {
            g_error("%s: %s", json, error_get_pretty(err));
        }
        return;
    }
    g_assert_nonnull(err);
    if (!strstr(error_get_pretty(err), error)) {
        g_test_message("%s is not in: %s", error, error_get_pretty(err));
        g_test_fail();
    }
    error_free(err);
}

static void pass_to(unsigned i, FaultSite site, uint32_t first,
                    uint32_t second, unsigned length)
{
    uint32_t words[4] = { cpu_to_le32(first), cpu_to_le32(second) };
    FaultMessage m;

    fault_message_init(&m, site, words, length);
    fault_message_set(&m, FAULT_FIELD_PROTOCOL, 0x14);
    fault_message_set(&m, FAULT_FIELD_MESSAGE, first & 0xff);
    fault_pass(&ports[i].port, &m);
}

static void reply(uint32_t number)
{
    pass_to(0, FAULT_SITE_SCMI_REPLY, number, 0, 8);
}

static void assert_taken(unsigned i, const char *expected)
{
    g_assert_cmpstr(ports[i].taken->str, ==, expected);
    g_string_truncate(ports[i].taken, 0);
}

static void clear(void)
{
    fault_engine_clear(fault_engine());
    for (unsigned i = 0; i < NUM_PORTS; i++) {
        g_string_truncate(ports[i].taken, 0);
        ports[i].deaf = false;
        ports[i].answers = false;
    }
    g_string_truncate(effects, 0);
    g_assert_false(fault_watched);
}

static FaultArmed *rule(const char *id)
{
    return g_hash_table_lookup(fault_engine()->by_id, id);
}

/* Matching */

static void test_nothing(void)
{
    reply(1);
    assert_taken(0, "1/8:0 ");
}

static void test_match(void)
{
    static const struct {
        const char *match;
        const char *left;
    } cases[] = {
        { "", "" },
        { "'match': {},", "" },
        { "'match': { 'message': 2 },", "1/8:0 " },
        { "'match': { 'protocol': 20, 'message': 1 },", "2/8:0 " },
        { "'match': { 'agent': 1 },", "" },
        { "'match': { 'agent': 2 },", "1/8:0 2/8:0 " },
        { "'match': { 'device': '/port0' },", "" },
        { "'match': { 'device': '/port1' },", "1/8:0 2/8:0 " },
        { "'match': { 'words': [ { 'offset': 0, 'value': 2 } ] },",
          "1/8:0 " },
        { "'match': { 'words': [ { 'offset': 0, 'mask': 2, 'value': 0 } ] },",
          "2/8:0 " },
        { "'match': { 'words': [ { 'offset': 5, 'value': 0 } ] },",
          "1/8:0 2/8:0 " },
        { "'after': 1,", "1/8:0 " },
        { "'times': 1,", "2/8:0 " },
        { "'every': 2,", "1/8:0 " },
        { "'state': 1,", "" },
        { "'state': 2,", "1/8:0 2/8:0 " },
        { "'new-state': 2, 'state': 1,", "2/8:0 " },
        { "'until': 0,", "1/8:0 2/8:0 " },
        { "'from': 9000000000000000000,", "1/8:0 2/8:0 " },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'r', 'site': 'scmi-reply', %s "
                            "'action': 'drop' } ]", cases[i].match);

        add(json, NULL);
        g_assert_true(fault_watched);
        reply(1);
        reply(2);
        assert_taken(0, cases[i].left);
        clear();
    }
}

/* Half of many, and the same half each time. */
static void test_probability(void)
{
    uint64_t hits[3];

    for (unsigned i = 0; i < 3; i++) {
        add(i < 2 ? "[ { 'id': 'r', 'site': 'scmi-reply', 'seed': 1,"
                    "    'probability': 0.5, 'action': 'drop' } ]"
                  : "[ { 'id': 'r', 'site': 'scmi-reply', 'seed': 2,"
                    "    'probability': 0.5, 'action': 'drop' } ]", NULL);
        for (unsigned n = 0; n < 1000; n++) {
            reply(n);
        }
        hits[i] = rule("r")->hits;
        g_assert_cmpuint(rule("r")->matches, ==, 1000);
        g_assert_cmpuint(hits[i], >, 400);
        g_assert_cmpuint(hits[i], <, 600);
        clear();
    }
    g_assert_cmpuint(hits[0], ==, hits[1]);
    g_assert_cmpuint(hits[0], !=, hits[2]);
}

/* Actions */

static void test_bytes(void)
{
    static const struct {
        const char *action;
        const char *taken;
    } cases[] = {
        { "'none'", "1/8:0 " },
        { "'duplicate', 'copies': 2", "1/8:0 1/8:0 1/8:0 " },
        { "'status', 'status': -6", "1/8:-6 " },
        { "'token', 'token': 1023", "ffc0001/8:0 " },
        { "'patch', 'patch': [ { 'offset': 0, 'mask': 240, 'value': 16 },"
          " { 'offset': 4, 'value': 7 } ]", "11/8:7 " },
        { "'truncate', 'length': 4", "1/4:0 " },
        { "'extend', 'bytes': '0a0b0c0d'", "1/12:0 " },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'r', 'site': 'scmi-reply', "
                            "'action': %s } ]", cases[i].action);

        add(json, NULL);
        reply(1);
        assert_taken(0, cases[i].taken);
        g_assert_cmpuint(rule("r")->failures, ==, 0);
        clear();
    }
}

static void test_two_rules(void)
{
    add("[ { 'id': 'a', 'site': 'scmi-reply', 'action': 'status',"
        "    'status': -1 },"
        "  { 'id': 'b', 'site': 'scmi-reply', 'action': 'duplicate' },"
        "  { 'id': 'c', 'site': 'scmi-reply', 'after': 1,"
        "    'action': 'drop' },"
        "  { 'id': 'd', 'site': 'scmi-reply', 'action': 'none' } ]", NULL);
    reply(1);
    reply(2);
    assert_taken(0, "1/8:-1 1/8:-1 ");
    g_assert_cmpuint(rule("d")->hits, ==, 1);
    clear();
}

static void test_cannot(void)
{
    add("[ { 'id': 'short', 'site': 'scmi-reply', 'action': 'status',"
        "    'status': -1 },"
        "  { 'id': 'cut', 'site': 'scmi-reply', 'action': 'truncate',"
        "    'length': 8 } ]", NULL);
    pass_to(0, FAULT_SITE_SCMI_REPLY, 1, 0, 4);
    assert_taken(0, "1/4:0 ");
    g_assert_cmpuint(rule("short")->failures, ==, 1);
    g_assert_cmpuint(rule("cut")->failures, ==, 1);
    clear();
}

static void test_delay(void)
{
    add("[ { 'id': 'long', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'delay', 'ns': 200 },"
        "  { 'id': 'short', 'site': 'scmi-reply', 'times': 2,"
        "    'action': 'delay', 'ns': 100 } ]", NULL);
    for (unsigned i = 1; i <= 4; i++) {
        reply(i);
    }
    assert_taken(0, "4/8:0 ");
    step_clock(99);
    assert_taken(0, "");
    step_clock(1);
    assert_taken(0, "2/8:0 3/8:0 ");
    g_assert_cmpuint(rule("long")->held, ==, 1);
    g_assert_cmpuint(rule("short")->held, ==, 0);
    step_clock(100);
    assert_taken(0, "1/8:0 ");
    clear();
}

static void test_reorder(void)
{
    add("[ { 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'reorder' } ]", NULL);
    reply(1);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 5, 0, 8);
    pass_to(0, FAULT_SITE_SCMI_COMMAND, 6, 0, 8);
    assert_taken(0, "6/8:0 ");
    reply(2);
    assert_taken(0, "2/8:0 1/8:0 ");
    clear();
}

static void test_suspend(void)
{
    Error *err = NULL;

    add("[ { 'id': 'r', 'site': 'scmi-reply', 'match': { 'message': 1 },"
        "    'action': 'suspend', 'tag': 'one' },"
        "  { 'id': 's', 'site': 'scmi-reply', 'match': { 'message': 2 },"
        "    'action': 'suspend', 'tag': 'two' } ]", NULL);
    reply(1);
    reply(2);
    reply(1);
    g_assert_false(fault_held_resume(fault_engine(), "three"));
    assert_taken(0, "");

    /* A message outlives its rule. */
    g_assert_true(fault_engine_remove(fault_engine(), "r", &err));
    g_assert_true(fault_held_resume(fault_engine(), "one"));
    assert_taken(0, "1/8:0 1/8:0 ");
    g_assert_false(fault_held_resume(fault_engine(), "one"));
    g_assert_true(fault_engine_remove(fault_engine(), "s", &err));
    g_assert_true(fault_watched);
    g_assert_true(fault_held_resume(fault_engine(), "two"));
    assert_taken(0, "2/8:0 ");
    g_assert_false(fault_watched);
    clear();
}

/* What is resumed leads to the release of what was kept behind it. */
static void test_resume_overtakes(void)
{
    ports[0].answers = true;
    add("[ { 'id': 'c', 'site': 'scmi-command', 'action': 'suspend',"
        "    'tag': 'one' },"
        "  { 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'reorder' } ]", NULL);
    pass_to(0, FAULT_SITE_SCMI_COMMAND, 1, 0, 8);
    reply(9);
    pass_to(0, FAULT_SITE_SCMI_COMMAND, 2, 0, 8);
    assert_taken(0, "");
    g_assert_true(fault_held_resume(fault_engine(), "one"));
    assert_taken(0, "1/8:0 9/8:0 2/8:0 ");
    g_assert_cmpuint(fault_engine()->num_held, ==, 0);
    clear();
}

static void test_silence(void)
{
    add("[ { 'id': 'r', 'site': 'scmi-reply', 'after': 1, 'times': 1,"
        "    'action': 'silence' } ]", NULL);
    reply(1);
    reply(2);
    pass_to(0, FAULT_SITE_RTKIT_SEND, 3, 0, 8);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 4, 0, 8);
    assert_taken(0, "1/8:0 ");
    assert_taken(1, "4/8:0 ");
    fault_engine_remove(fault_engine(), "r", &error_abort);
    reply(5);
    assert_taken(0, "5/8:0 ");
    clear();
}

static void test_hold(void)
{
    add("[ { 'id': 'r', 'site': 'scmi-reply', 'times': 1, 'action': 'hold',"
        "    'duration': 100 } ]", NULL);
    reply(1);
    assert_taken(0, "busy 1/8:0 ");
    step_clock(100);
    assert_taken(0, "free ");
    clear();

    add("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'hold' } ]", NULL);
    reply(1);
    step_clock(1000000000);
    assert_taken(0, "busy 1/8:0 ");
    fault_engine_remove(fault_engine(), "r", &error_abort);
    assert_taken(0, "free ");
    clear();
}

static void test_aside(void)
{
    add("[ { 'id': 'p', 'site': 'scmi-reply', 'action': 'set-property',"
        "    'path': '/port0', 'property': 'x', 'value': 1 },"
        "  { 'id': 'w', 'site': 'scmi-reply', 'action': 'write-memory',"
        "    'address': 0, 'bytes': '00112233' },"
        "  { 'id': 'i', 'site': 'scmi-reply', 'action': 'interrupt',"
        "    'path': '/port0', 'line': 0, 'pulses': 3, 'interval': 10 },"
        "  { 'id': 's', 'site': 'scmi-reply', 'action': 'send',"
        "    'to': 'scmi-notification', 'bytes': '0900000005000000' },"
        "  { 'id': 'd', 'site': 'scmi-reply', 'action': 'drop' } ]", NULL);
    reply(1);
    assert_taken(0, "9/8:5 ");
    g_assert_cmpstr(effects->str, ==, "set x;write 4;pulse;");
    step_clock(10);
    step_clock(10);
    step_clock(10);
    g_assert_cmpstr(effects->str, ==, "set x;write 4;pulse;pulse;pulse;");
    clear();
}

static void test_life(void)
{
    add("[ { 'id': 'c', 'site': 'rtkit-send', 'times': 1, 'action': 'crash',"
        "    'reason': 'why' },"
        "  { 'id': 'b', 'site': 'rtkit-send', 'times': 1,"
        "    'action': 'reboot' } ]", NULL);
    pass_to(0, FAULT_SITE_RTKIT_SEND, 1, 0, 8);
    assert_taken(0, "1/8:0 crash why off on ");
    clear();
}

/* What cannot be delivered later is a failure, not a success. */
static void test_deaf(void)
{
    add("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'delay',"
        "    'ns': 1 } ]", NULL);
    reply(1);
    ports[0].deaf = true;
    step_clock(1);
    g_assert_cmpuint(rule("r")->failures, ==, 1);
    clear();
}

/* Refusals */

static void test_refused(void)
{
    static const struct {
        const char *rule;
        const char *error;
    } cases[] = {
        { "'id': '0'", "id: '0'" },
        { "'id': ''", "id: ''" },
        { "'id': 'r', 'every': 0", "every: it must" },
        { "'id': 'r', 'times': 0", "times: it must" },
        { "'id': 'r', 'probability': 0", "probability: " },
        { "'id': 'r', 'probability': 1.5", "probability: " },
        { "'id': 'r', 'seed': 3", "seed: " },
        { "'id': 'r', 'from': 5, 'until': 5", "until: " },
        { "'id': 'r', 'match': { 'endpoint': 1 }", "match.endpoint: " },
        { "'id': 'r', 'match': { 'protocol': 21 }", "match.protocol: " },
        { "'id': 'r', 'match': { 'agent': 3 }", "match.agent: " },
        { "'id': 'r', 'match': { 'device': '/nowhere' }", "match.device: " },
        { "'id': 'r', 'match': { 'words': [ { 'offset': 125,"
          " 'value': 0 } ] }", "match.words[0].offset: " },
        { "'id': 'r', 'match': { 'words': [ { 'offset': 0, 'mask': 1,"
          " 'value': 2 } ] }", "match.words[0].mask: " },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'good', 'site': 'scmi-reply',"
                            "    'action': 'none' },"
                            "  { %s, 'site': 'scmi-reply',"
                            "    'action': 'drop' } ]", cases[i].rule);

        add(json, cases[i].error);
        /* Nothing half done. */
        g_assert_true(QTAILQ_EMPTY(&fault_engine()->rules));
        g_assert_false(fault_watched);
    }
}

static void test_refused_action(void)
{
    static const char *const cases[][2] = {
        { "'site': 'rtkit-send', 'action': 'status', 'status': 1",
          "action: " },
        { "'site': 'smccc-return', 'action': 'none'", "site: " },
        { "'site': 'scmi-reply', 'action': 'delay', 'ns': 0", "ns: " },
        { "'site': 'scmi-reply', 'action': 'duplicate', 'copies': 0",
          "copies: " },
        { "'site': 'scmi-reply', 'action': 'truncate', 'length': 3",
          "length: " },
        { "'site': 'scmi-reply', 'action': 'extend', 'bytes': 'abc'",
          "bytes: " },
        { "'site': 'scmi-reply', 'action': 'extend', 'bytes': 'xy'",
          "bytes: " },
        { "'site': 'scmi-reply', 'action': 'patch', 'patch': []", "patch: " },
        { "'site': 'scmi-reply', 'action': 'send', 'bytes': '01'",
          "bytes: " },
        { "'site': 'scmi-reply', 'action': 'send', 'to': 'smc-key',"
          " 'bytes': '0102030405060708'", "to: " },
        { "'site': 'rtkit-send', 'action': 'crash'", "crash: " },
        { "'site': 'rtkit-send', 'action': 'crash', 'reason': 'a',"
          " 'crashlog': '00'", "crash: " },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *json = g_strdup_printf("[ { 'id': 'r', %s } ]",
                                                cases[i][0]);

        add(json, cases[i][1]);
    }
    add("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'none' } ]", NULL);
    add("[ { 'id': 'r', 'site': 'scmi-reply', 'action': 'none' } ]", "id: ");
    clear();
}

/* Many rules, and their end */

static void test_many(void)
{
    for (unsigned i = 0; i < 10000; i++) {
        g_autofree char *json =
            g_strdup_printf("[ { 'id': 'r%u', 'site': 'scmi-reply',"
                            "    'match': { 'message': 99 },"
                            "    'action': 'drop' } ]", i);

        add(json, NULL);
    }
    reply(1);
    reply(99);
    assert_taken(0, "1/8:0 ");
    g_assert_cmpuint(rule("r0")->hits, ==, 1);
    clear();
}

/* Migration */

static GByteArray *save(void)
{
    FaultEngine *s = fault_engine();
    QIOChannelBuffer *buffer = qio_channel_buffer_new(4096);
    QEMUFile *file = qemu_file_new_output(QIO_CHANNEL(buffer));
    GByteArray *stream = g_byte_array_new();

    g_assert_cmpint(vmstate_save_state(file, &vmstate_fault_engine, s, NULL),
                    ==, 0);
    /* No JSON of the fields follows a single device. */
    g_assert_cmpint(qemu_fflush(file), ==, 0);
    g_byte_array_append(stream, buffer->data, buffer->usage);
    object_unref(OBJECT(buffer));
    qemu_fclose(file);
    return stream;
}

static int load(const GByteArray *stream, size_t length)
{
    QIOChannelBuffer *buffer = qio_channel_buffer_new(length + 1);
    QEMUFile *file;
    int ret;

    memcpy(buffer->data, stream->data, length);
    buffer->usage = length;
    file = qemu_file_new_input(QIO_CHANNEL(buffer));
    object_unref(OBJECT(buffer));
    ret = vmstate_load_state(file, &vmstate_fault_engine, fault_engine(), 1);
    qemu_fclose(file);
    return ret;
}

static void arm_everything(void)
{
    add("[ { 'id': 'late', 'site': 'scmi-reply',"
        "    'match': { 'agent': 1, 'message': 1 }, 'times': 2,"
        "    'action': 'delay', 'ns': 100 },"
        "  { 'id': 'wait', 'site': 'scmi-reply', 'match': { 'message': 2 },"
        "    'action': 'suspend', 'tag': 't' },"
        "  { 'id': 'quiet', 'site': 'scmi-reply', 'match': { 'agent': 2 },"
        "    'action': 'silence' },"
        "  { 'id': 'hold', 'site': 'scmi-reply', 'match': { 'message': 3 },"
        "    'new-state': 5, 'action': 'hold', 'duration': 50 },"
        "  { 'id': 'dice', 'site': 'scmi-reply', 'match': { 'message': 4 },"
        "    'probability': 0.5, 'action': 'drop' } ]", NULL);
    reply(1);
    reply(2);
    reply(3);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 1, 0, 8);
    for (unsigned i = 0; i < 8; i++) {
        reply(4);
    }
}

static void go_on(void)
{
    step_clock(100);
    fault_held_resume(fault_engine(), "t");
    pass_to(1, FAULT_SITE_SCMI_REPLY, 7, 0, 8);
    for (unsigned i = 0; i < 100; i++) {
        reply(4);
    }
    reply(1);
    reply(1);
    reply(8);
}

static void test_migrate(void)
{
    g_autofree char *expected = NULL;
    GByteArray *stream;
    int64_t then;

    arm_everything();
    stream = save();
    then = now;
    go_on();
    expected = g_strdup(ports[0].taken->str);
    g_assert_nonnull(strstr(expected, "2/8:0 "));
    assert_taken(1, "");
    clear();

    arm_everything();
    add("[ { 'id': 'gone', 'site': 'scmi-reply', 'action': 'drop' } ]", NULL);
    now = then;
    g_assert_cmpint(load(stream, stream->len), ==, 0);
    g_assert_true(g_str_has_suffix(ports[0].taken->str, "busy "));
    g_assert_null(rule("gone"));
    g_assert_cmpuint(fault_engine()->state, ==, 5);
    g_assert_cmpuint(rule("late")->held, ==, 1);
    go_on();
    /* The first run's text starts with what came before the stream. */
    g_assert_true(g_str_has_suffix(ports[0].taken->str,
                                   strstr(expected, "free ")));
    assert_taken(1, "");
    g_byte_array_unref(stream);
    clear();
}

/* None of them crashes, and none half loads. */
static void test_forged(void)
{
    GByteArray *stream;
    GRand *random = g_rand_new_with_seed(1);

    arm_everything();
    stream = save();
    for (size_t length = 0; length < stream->len; length += 7) {
        g_assert_cmpint(load(stream, length), !=, 0);
    }
    for (unsigned i = 0; i < 2000; i++) {
        size_t at = g_rand_int_range(random, 0, stream->len);
        uint8_t was = stream->data[at];

        stream->data[at] ^= 1 << g_rand_int_range(random, 0, 8);
        if (load(stream, stream->len) == 0) {
            reply(1);
            step_clock(10);
        }
        stream->data[at] = was;
    }
    g_rand_free(random);
    g_byte_array_unref(stream);
    clear();
}

static void test_port_gone(void)
{
    add("[ { 'id': 'late', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'delay', 'ns': 100 },"
        "  { 'id': 'quiet', 'site': 'scmi-reply', 'times': 1,"
        "    'action': 'silence' } ]", NULL);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 1, 0, 8);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 2, 0, 8);
    fault_port_finalize(&ports[1].port);
    step_clock(100);
    assert_taken(1, "");
    fault_port_init(&ports[1].port, object_resolve_path("/port1", NULL),
                    &port_ops, &ports[1]);
    pass_to(1, FAULT_SITE_SCMI_REPLY, 3, 0, 8);
    assert_taken(1, "3/8:0 ");
    clear();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    init_clocks(NULL);
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    effects = g_string_new(NULL);
    add_ports();

    g_test_add_func("/fault/nothing", test_nothing);
    g_test_add_func("/fault/match", test_match);
    g_test_add_func("/fault/probability", test_probability);
    g_test_add_func("/fault/bytes", test_bytes);
    g_test_add_func("/fault/two-rules", test_two_rules);
    g_test_add_func("/fault/cannot", test_cannot);
    g_test_add_func("/fault/delay", test_delay);
    g_test_add_func("/fault/reorder", test_reorder);
    g_test_add_func("/fault/suspend", test_suspend);
    g_test_add_func("/fault/resume-overtakes", test_resume_overtakes);
    g_test_add_func("/fault/silence", test_silence);
    g_test_add_func("/fault/hold", test_hold);
    g_test_add_func("/fault/aside", test_aside);
    g_test_add_func("/fault/life", test_life);
    g_test_add_func("/fault/deaf", test_deaf);
    g_test_add_func("/fault/refused", test_refused);
    g_test_add_func("/fault/refused-action", test_refused_action);
    g_test_add_func("/fault/many", test_many);
    g_test_add_func("/fault/migrate", test_migrate);
    g_test_add_func("/fault/forged", test_forged);
    g_test_add_func("/fault/port-gone", test_port_gone);
    return g_test_run();
}
