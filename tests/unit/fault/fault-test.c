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
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "../../../hw/fault/effect.h"
#include "fault-test.h"

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

GString *test_effects;

bool fault_effect_watch_line(Object *device, const FaultFields *wanted,
                             Error **errp)
{
    error_setg(errp, "no lines here");
    return false;
}

FaultPort *fault_effect_line_port(Object *device, unsigned number,
                                  Error **errp)
{
    error_setg(errp, "no lines here");
    return NULL;
}

bool fault_effect_check(const FaultRule *rule, Error **errp)
{
    return true;
}

bool fault_effect_set_property(const FaultSetProperty *arg)
{
    g_string_append_printf(test_effects, "set %s;", arg->property);
    return true;
}

bool fault_effect_write_memory(const FaultArmed *armed)
{
    g_string_append_printf(test_effects, "write %zu;", armed->num_bytes);
    return true;
}

void fault_effect_interrupt(FaultArmed *armed)
{
    armed->pulses = armed->rule->u.interrupt.pulses;
    if (!armed->pulses) {
        armed->raised = true;
        g_string_append(test_effects, "raise;");
        return;
    }
    fault_effect_pulse(armed);
}

void fault_effect_pulse(FaultArmed *armed)
{
    armed->pulses--;
    armed->raised = true;
    armed->next_pulse = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                        armed->rule->u.interrupt.interval;
    g_string_append(test_effects, "pulse;");
}

void fault_effect_settle(FaultArmed *armed)
{
    armed->raised = false;
    g_string_append(test_effects, "settle;");
}

/* Two owners with a port each: what is delivered is written down. */

TestPort test_ports[NUM_PORTS];

static bool port_deliver(void *opaque, FaultMessage *m)
{
    TestPort *t = opaque;

    if (t->answers && m->site == FAULT_SITE_SCMI_COMMAND) {
        pass_reply(ldl_le_p(m->bytes));
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

const FaultPortOps test_port_ops = {
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
        test_ports[i].taken = g_string_new(NULL);
        fault_port_init(&test_ports[i].port, owner, &test_port_ops,
                        &test_ports[i]);
        fault_fields_set(&test_ports[i].port.fields, FAULT_FIELD_AGENT, i + 1);
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
void arm(const char *json, const char *error)
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

void pass_to(unsigned i, FaultSite site, uint32_t first,
                    uint32_t second, unsigned length)
{
    uint32_t words[4] = { cpu_to_le32(first), cpu_to_le32(second) };
    FaultMessage m;

    fault_message_init(&m, site, words, length);
    fault_message_set(&m, FAULT_FIELD_PROTOCOL, 0x14);
    fault_message_set(&m, FAULT_FIELD_MESSAGE, first & 0xff);
    fault_pass(&test_ports[i].port, &m);
}

void pass_reply(uint32_t number)
{
    pass_to(0, FAULT_SITE_SCMI_REPLY, number, 0, 8);
}

void assert_taken(unsigned i, const char *expected)
{
    g_assert_cmpstr(test_ports[i].taken->str, ==, expected);
    g_string_truncate(test_ports[i].taken, 0);
}

void clear_rules(void)
{
    fault_log_enable(&fault_engine()->log, false);
    fault_engine_clear(fault_engine());
    for (unsigned i = 0; i < NUM_PORTS; i++) {
        g_string_truncate(test_ports[i].taken, 0);
        test_ports[i].deaf = false;
        test_ports[i].answers = false;
    }
    g_string_truncate(test_effects, 0);
    g_assert_false(fault_watched);
}

FaultArmed *find_rule(const char *id)
{
    return g_hash_table_lookup(fault_engine()->by_id, id);
}

GByteArray *save_engine(void)
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

int load_engine(const GByteArray *stream, size_t length)
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    virtual_clock_init();
    test_effects = g_string_new(NULL);
    add_ports();

    add_match_tests();
    add_action_tests();
    add_refused_tests();
    add_vmstate_tests();
    add_log_tests();
    return g_test_run();
}
