/*
 * QMP commands with arguments that are missing, too many, of another type, out
 * of range, or that contradict each other: errors that name them, and nothing
 * has happened. Those of fault rules are in fault-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "fault-rules.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"

#define CMD(name) "{ 'execute': '" name "' }"
#define ARGS(name, members) \
    "{ 'execute': '" name "', 'arguments': { " members " } }"
#define EVENT(members) \
    ARGS("smc-event", "'path': '/machine/smc', 'event': { " members " }")
#define SEND(members) \
    ARGS("fault-send", "'device': '/machine', " members)
#define SMC "'path': '/machine/smc'"
#define RTKIT "'path': '/machine/smc/rtkit'"
#define NOT_SMC "'path': '/machine/scmi-fw'"
#define NOTHING "'path': '/machine/none'"

typedef struct Refusal {
    const char *json;
    const char *error;
} Refusal;

static const Refusal refusals[] = {
    { CMD("message-log"), "'enable' is missing" },
    { ARGS("message-log", "'enable': 1"), "'enable'" },
    { ARGS("message-log", "'enable': true, 'x': 1"), "'x' is unexpected" },
    { ARGS("query-message-log", "'since': '1'"), "'since'" },
    { ARGS("query-message-log", "'since': 2"), "since: " },
    { ARGS("query-message-log", "'since': -1"), "since: " },
    { ARGS("query-message-log", "'max': 0"), "max: " },
    { ARGS("query-message-log", "'max': 4097"), "max: " },
    { ARGS("query-message-log", "'max': -1"), "'max'" },
    { ARGS("query-message-log", "'device': 1"), "'device'" },
    { ARGS("query-message-log", "'device': '/machine/none'"), "device: " },
    { ARGS("query-message-log", "'site': 'sea'"), "'sea'" },
    { ARGS("query-message-log", "'rule': 1"), "'rule'" },
    { ARGS("query-message-log", "'x': 1"), "'x' is unexpected" },

    { ARGS("rtkit-crash", "'reason': 'x'"), "'path' is missing" },
    { ARGS("rtkit-crash", RTKIT), "'reason' is missing" },
    { ARGS("rtkit-crash", RTKIT ", 'reason': 1"), "'reason'" },
    { ARGS("rtkit-crash", RTKIT ", 'reason': 'x', 'x': 1"),
      "'x' is unexpected" },
    { ARGS("rtkit-crash", SMC ", 'reason': 'x'"), "path: " },
    { ARGS("rtkit-crash", NOTHING ", 'reason': 'x'"), "path: " },
    /* The disk's is held in reset. */
    { ARGS("rtkit-crash", "'path': '/machine/ans0/rtkit', 'reason': 'x'"),
      "path: " },
    { CMD("rtkit-hang"), "'path' is missing" },
    { ARGS("rtkit-hang", "'path': 1"), "'path'" },
    { ARGS("rtkit-hang", SMC), "path: " },
    { ARGS("rtkit-hang", RTKIT ", 'reason': 'x'"), "'reason' is unexpected" },
    { ARGS("rtkit-log", RTKIT ", 'text': 'x'"), "'task' is missing" },
    { ARGS("rtkit-log", RTKIT ", 'task': 'x'"), "'text' is missing" },
    { ARGS("rtkit-log", RTKIT ", 'task': 'x', 'text': null"), "'text'" },
    { ARGS("rtkit-log", SMC ", 'task': 'x', 'text': 'x'"), "path: " },
    { ARGS("rtkit-log", RTKIT ", 'task': 'x', 'text': 'x'"),
      "takes no lines" },

    { CMD("query-smc-keys"), "'path' is missing" },
    { ARGS("query-smc-keys", NOT_SMC), "path: " },
    { ARGS("query-smc-keys", NOTHING), "path: " },
    { ARGS("query-smc-keys", SMC ", 'key': 'BUIC'"), "'key' is unexpected" },
    { ARGS("smc-event", SMC), "'event' is missing" },
    { ARGS("smc-event", SMC ", 'event': 'lid'"), "'event'" },
    { ARGS("smc-event", NOT_SMC ", 'event': { 'type': 'raw', 'event': 1 }"),
      "path: " },
    { EVENT("'closed': true"), "'event.type' is missing" },
    { EVENT("'type': 'earthquake'"), "'earthquake'" },
    { EVENT("'type': 'lid'"), "'event.closed' is missing" },
    { EVENT("'type': 'lid', 'closed': 1"), "'event.closed'" },
    { EVENT("'type': 'lid', 'closed': true, 'level': 1"),
      "'event.level' is unexpected" },
    { EVENT("'type': 'battery'"), "'event.level' is missing" },
    { EVENT("'type': 'battery', 'level': -1"), "level" },
    { EVENT("'type': 'battery', 'level': 256"), "level" },
    { EVENT("'type': 'battery', 'level': 101"), "event.level: " },
    { EVENT("'type': 'thermal-pressure', 'level': 1"), "does not listen" },
    { EVENT("'type': 'raw', 'event': 4294967296"), "event" },
    { EVENT("'type': 'raw', 'event': 1"), "does not listen" },

    { ARGS("query-scmi", "'agent': 1"), "'agent' is unexpected" },

    { ARGS("fault-remove", "'id': 'r', 'x': 1"), "'x' is unexpected" },
    { ARGS("fault-resume", "'tag': 1"), "'tag'" },
    { ARGS("fault-resume", "'tag': 't', 'x': 1"), "'x' is unexpected" },
    { SEND("'site': 'sea', 'bytes': '00'"), "'sea'" },
    { SEND("'site': 'irq', 'bytes': 1"), "'bytes'" },
    { SEND("'bytes': '00'"), "'site' is missing" },
    { SEND("'site': 'irq', 'bytes': '00000000'"), "site: " },
    { SEND("'site': 'smccc-return', 'bytes': '00'"),
      "site: nothing can be sent" },
    { SEND("'site': 'rtkit-send', 'bytes': '00'"), "bytes: " },
    { SEND("'site': 'rtkit-send', 'bytes': 'z0'"), "bytes: " },
    { SEND("'site': 'rtkit-send', 'bytes': '1000000000007000', 'agent': 1"),
      "agent: " },
    { SEND("'site': 'rtkit-send', 'bytes': '1000000000007000',"
           " 'endpoint': 256"), "'endpoint'" },
    { SEND("'site': 'scmi-reply', 'bytes': '00400000', 'endpoint': 1"),
      "endpoint: " },
    { SEND("'site': 'scmi-reply', 'bytes': '00400000', 'agent': 9"),
      "agent: " },
    { SEND("'site': 'scmi-reply', 'bytes': '00400000', 'channel': 9"),
      "channel: " },
    { SEND("'site': 'scmi-notification', 'bytes': '00400000', 'channel': 0"),
      "channel: " },
};

/* Rules that would never be hit. */
static const struct {
    const char *rule;
    const char *error;
} never[] = {
    { "'site': 'scmi-reply', 'probability': 1e-300", "probability: " },
    { "'site': 'scmi-reply', 'until': 0", "until: " },
    { "'site': 'scmi-reply', 'from': -5, 'until': -1", "until: " },
    { "'site': 'scmi-notification', 'match': { 'channel': 0 }",
      "match.channel" },
    { "'site': 'scmi-delayed-response', 'match': { 'channel': 0 }",
      "match.channel" },
    { "'site': 'scmi-delayed-response', 'match': { 'protocol': 20,"
      " 'domain': 0 }", "match.domain" },
    { "'site': 'scmi-reply', 'match': { 'protocol': 20, 'message': 1,"
      " 'domain': 0 }", "match.domain" },
    { "'site': 'smc-key', 'match': { 'type': 18, 'key': 'BUIC' }",
      "match.type" },
    { "'site': 'rtkit-send', 'match': { 'device': '/machine/smc/rtkit',"
      " 'type': 3, 'endpoint': 1 }", "match.type" },
};

#define MACHINE "-M farside -blockdev null-co,node-name=disk,size=1048576 " \
                "-device farside-ans,drive=disk"

static void test_refusals(void)
{
    QTestState *qts = qtest_init(MACHINE);

    for (unsigned i = 0; i < ARRAY_SIZE(refusals); i++) {
        fault_refuse(qts, refusals[i].json, refusals[i].error);
    }
    fault_expect_number(qts, 0, 0);
    g_assert_cmpint(qom_get_number(qts, "/machine/smc/keys/BUIC", "value"),
                    ==, 87);
    smc_boot(qts);
    qtest_quit(qts);
}

static void test_never(void)
{
    QTestState *qts = qtest_init("-M farside");

    for (unsigned i = 0; i < ARRAY_SIZE(never); i++) {
        g_autofree char *json = g_strdup_printf(
            ARGS("fault-add", "'rules': [ { 'id': 'r', %s,"
                 " 'action': 'drop' } ]"), never[i].rule);

        fault_refuse(qts, json, never[i].error);
    }
    fault_expect_number(qts, 0, 0);
    qtest_quit(qts);
}

/* Time does not come back. */
static void test_over(void)
{
    static const char rules[] =
        ARGS("fault-add", "'rules': [ { 'id': 'good', 'site': 'scmi-reply',"
             " 'until': 1001, 'action': 'none' }, { 'id': 'r',"
             " 'site': 'scmi-reply', 'until': 1000, 'action': 'none' } ]");
    QTestState *qts = qtest_init("-M farside");

    qtest_clock_step(qts, 1000);
    fault_refuse(qts, rules, "rules[1]: rule 'r': until: it is 1000 already");
    fault_expect_number(qts, 0, 0);
    qtest_quit(qts);
}

/* What was sent says what it is, and no more. */
static void test_sent_is_logged(void)
{
    QTestState *qts = qtest_init("-M farside");
    QDict *answer;
    GString *text;

    fault_run_well(qts, ARGS("message-log", "'enable': true"));
    fault_run_well(qts, SEND("'site': 'scmi-reply', 'bytes': '00400000'"));
    answer = fault_run(qts, CMD("query-message-log"));
    text = qobject_to_json(QOBJECT(answer));
    g_assert_nonnull(strstr(text->str, "\"sent\""));
    g_assert_null(strstr(text->str, "endpoint"));
    g_string_free(text, true);
    qobject_unref(answer);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/qmp-refusals/refusals", test_refusals);
    qtest_add_func("/qmp-refusals/never", test_never);
    qtest_add_func("/qmp-refusals/over", test_over);
    qtest_add_func("/qmp-refusals/sent-is-logged", test_sent_is_logged);
    return g_test_run();
}
