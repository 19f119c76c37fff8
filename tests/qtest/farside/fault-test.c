/*
 * Fault rules: QMP, and SCMI messages that they keep from going their way
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "fault-rules.h"
#include "hw/scmi/wire.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "scmi-channel.h"
#include "smc-qemu.h"

#define RAM 0x40000000

static const Mhu *const mhu = &mhus[0];

static QTestState *start(const char *more)
{
    g_autofree char *machine = channel_machine(mhu);
    g_autofree char *args = g_strdup_printf("%s %s", machine, more);

    return qtest_init(args);
}

/* QMP */

#define ADD(rules) \
    "{ 'execute': 'fault-add', 'arguments': { 'rules': [ " rules " ] } }"
#define RULE(members) "{ 'id': 'r', 'site': 'scmi-reply', " members " }"
#define DROP "'action': 'drop'"
#define GOOD "{ 'id': 'good', 'site': 'scmi-reply', 'action': 'drop' }"
#define SEND(members) \
    "{ 'execute': 'fault-send', 'arguments': { " members " } }"

static const struct {
    const char *json;
    const char *error;
} refusals[] = {
    /* missing, extra, of another type */
    { "{ 'execute': 'fault-add' }", "'rules' is missing" },
    { "{ 'execute': 'fault-add', 'arguments': { 'rules': 1 } }", "'rules'" },
    { "{ 'execute': 'fault-add', 'arguments': { 'rules': [], 'x': 1 } }",
      "'x' is unexpected" },
    { ADD("{ 'site': 'scmi-reply', 'action': 'drop' }"),
      "'rules[0].id' is missing" },
    { ADD("{ 'id': 'r', 'action': 'drop' }"), "'rules[0].site' is missing" },
    { ADD("{ 'id': 'r', 'site': 'scmi-reply' }"),
      "'rules[0].action' is missing" },
    { ADD("{ 'id': 'r', 'site': 'sea', 'action': 'drop' }"), "'sea'" },
    { ADD(RULE("'action': 'melt'")), "'melt'" },
    { ADD(RULE("'action': 'drop', 'ns': 1")), "'rules[0].ns' is unexpected" },
    { ADD(RULE("'action': 'delay'")), "'rules[0].ns' is missing" },
    { ADD(RULE("'action': 'delay', 'ns': '1'")), "'rules[0].ns'" },
    { ADD(RULE("'times': '1', " DROP)), "'rules[0].times'" },
    { ADD(RULE("'match': [], " DROP)), "'rules[0].match'" },
    { ADD(RULE("'match': { 'color': 1 }, " DROP)), "match.color" },
    { "{ 'execute': 'fault-remove' }", "'id' is missing" },
    { "{ 'execute': 'fault-remove', 'arguments': { 'id': 1 } }", "'id'" },
    { "{ 'execute': 'fault-remove', 'arguments': { 'id': 'no' } }",
      "id: there is no rule 'no'" },
    { "{ 'execute': 'fault-resume' }", "'tag' is missing" },
    { "{ 'execute': 'fault-resume', 'arguments': { 'tag': 'no' } }",
      "tag: no message" },
    { "{ 'execute': 'query-faults', 'arguments': { 'x': 1 } }",
      "'x' is unexpected" },
    { SEND("'device': '/machine/scmi-fw', 'site': 'scmi-reply'"),
      "'bytes' is missing" },
    /* beyond their range */
    { ADD(RULE("'times': -1, " DROP)), "times: " },
    { ADD(RULE("'after': -1, " DROP)), "after: " },
    { ADD(RULE("'times': 0, " DROP)), "times: " },
    { ADD(RULE("'every': 0, " DROP)), "every: " },
    { ADD(RULE("'probability': 0, " DROP)), "probability: " },
    { ADD(RULE("'probability': 1.1, " DROP)), "probability: " },
    { ADD(RULE("'match': { 'protocol': 256 }, " DROP)), "'protocol'" },
    { ADD(RULE("'match': { 'protocol': 21 }, " DROP)), "match.protocol" },
    { ADD(RULE("'match': { 'protocol': 16, 'message': 255 }, " DROP)),
      "match.message" },
    { ADD(RULE("'match': { 'protocol': 17, 'domain': 1 }, " DROP)),
      "match.domain" },
    { ADD(RULE("'match': { 'agent': 7 }, " DROP)), "match.agent" },
    { ADD(RULE("'match': { 'channel': 7 }, " DROP)), "match.channel" },
    { ADD(RULE("'match': { 'words': [ { 'offset': 200, 'value': 0 } ] }, "
               DROP)), "match.words[0].offset" },
    { ADD(RULE("'action': 'delay', 'ns': 0")), "ns: " },
    { ADD(RULE("'action': 'duplicate', 'copies': 0")), "copies: " },
    { ADD(RULE("'action': 'duplicate', 'copies': 1001")), "copies: " },
    { ADD(RULE("'action': 'truncate', 'length': 3")), "length: " },
    { ADD(RULE("'action': 'extend', 'bytes': ''")), "bytes: " },
    { ADD(RULE("'action': 'extend', 'bytes': 'abc'")), "bytes: " },
    { ADD(RULE("'action': 'extend', 'bytes': 'xy'")), "bytes: " },
    { ADD(RULE("'action': 'patch', 'patch': []")), "patch: " },
    { ADD(RULE("'action': 'hold', 'duration': 0")), "duration: " },
    { ADD(RULE("'action': 'send', 'bytes': 'ff'")), "bytes: " },
    { ADD("{ 'id': '1', 'site': 'scmi-reply', 'action': 'drop' }"), "id: " },
    { SEND("'device': '/machine/scmi-fw', 'site': 'scmi-reply', "
           "'bytes': 'ff'"), "bytes: " },
    { SEND("'device': '/machine/scmi-fw', 'site': 'scmi-reply', 'agent': 9, "
           "'bytes': '00400000'"), "agent: " },
    { SEND("'device': '/nowhere', 'site': 'scmi-reply', "
           "'bytes': '00400000'"), "device: " },
    /* what contradicts each other, or cannot be there */
    { ADD(RULE("'from': 5, 'until': 5, " DROP)), "until: " },
    { ADD(RULE("'seed': 5, " DROP)), "seed: " },
    { ADD(RULE("'match': { 'domain': 0 }, " DROP)), "match.domain" },
    { ADD(RULE("'match': { 'endpoint': 0 }, " DROP)), "match.endpoint" },
    { ADD(RULE("'match': { 'device': '/machine/none' }, " DROP)),
      "match.device" },
    { ADD(RULE("'match': { 'device': '/machine/smc' }, " DROP)), "site: " },
    { ADD(RULE("'match': { 'words': [ { 'offset': 0, 'mask': 1,"
               " 'value': 2 } ] }, " DROP)), "match.words[0].mask" },
    { ADD(RULE("'action': 'crash', 'reason': 'x'")), "action: " },
    { ADD("{ 'id': 'r', 'site': 'scmi-command', 'action': 'hold' }"),
      "action: " },
    { ADD("{ 'id': 'r', 'site': 'scmi-fast-write', 'action': 'drop' }"),
      "site: " },
    { ADD("{ 'id': 'r', 'site': 'irq', 'action': 'drop' }"), "match: " },
    { ADD(RULE("'action': 'interrupt', 'path': '/machine/none',"
               " 'line': 0")), "path: " },
    { ADD(RULE("'action': 'interrupt', 'path': '/machine/scmi-mhu',"
               " 'line': 9")), "line: " },
    { ADD(RULE("'action': 'set-property', 'path': '/machine',"
               " 'property': 'none', 'value': 1")), "property: " },
    { ADD(RULE("'action': 'set-property', 'path': '/machine/scmi-fw',"
               " 'property': 'type', 'value': 'x'")), "property: 'type'" },
    /* one that is wrong among others */
    { ADD(GOOD ", " RULE("'times': 0, " DROP)), "rules[1]: rule 'r': times" },
    { ADD(GOOD ", " GOOD), "rules[1]: id: there is a rule 'good' already" },
};

static void test_refusals(void)
{
    QTestState *qts = start("");

    for (unsigned i = 0; i < ARRAY_SIZE(refusals); i++) {
        fault_refuse(qts, refusals[i].json, refusals[i].error);
        fault_expect_number(qts, 0, 0);
    }
    qtest_quit(qts);
}

/* Messages */

/* What a reply becomes: its status, header and words. */
static const struct {
    const char *action;
    uint32_t status;
    uint32_t header;
    unsigned n;
    uint32_t words[4];
} changes[] = {
    { "'none'", CHANNEL_FREE, TOKEN_5, 2, { 0, VERSION } },
    { "'drop'", 0, TOKEN_5, 0 },
    { "'silence'", 0, TOKEN_5, 0 },
    { "'duplicate'", CHANNEL_FREE, TOKEN_5, 2, { 0, VERSION } },
    { "'status', 'status': -6", CHANNEL_FREE, TOKEN_5, 2, { -6, VERSION } },
    { "'token', 'token': 1023", CHANNEL_FREE, 1023 << 18, 2, { 0, VERSION } },
    { "'patch', 'patch': [ { 'offset': 8, 'mask': 255, 'value': 7 } ]",
      CHANNEL_FREE, TOKEN_5, 2, { 0, 0x20007 } },
    { "'truncate', 'length': 8", CHANNEL_FREE, TOKEN_5, 1, { 0 } },
    { "'truncate', 'length': 4", CHANNEL_FREE, TOKEN_5, 0 },
    { "'extend', 'bytes': '78563412'", CHANNEL_FREE, TOKEN_5, 3,
      { 0, VERSION, 0x12345678 } },
    { "'send', 'bytes': '0040180001000000'", CHANNEL_FREE, 6 << 18, 1,
      { 1 } },
    { "'hold'", 0, TOKEN_5, 2, { 0, VERSION } },
};

static void test_changes(void)
{
    QTestState *qts = start("");

    for (unsigned i = 0; i < ARRAY_SIZE(changes); i++) {
        g_autofree char *rule = g_strdup_printf(
            "{ 'id': 'r', 'site': 'scmi-reply', 'action': %s }",
            changes[i].action);

        g_test_message("%s", rule);
        fault_add(qts, rule);
        channel_ask(qts, mhu);
        shmem_expect(qts, mhu->commands, changes[i].status,
                     ASK_VERSION | changes[i].header, changes[i].words,
                     changes[i].n);
        fault_expect_count(qts, "hits", 1);
        fault_expect_count(qts, "failures", 0);
        fault_remove(qts, "r");
        channel_ask(qts, mhu);
        channel_expect_answer(qts, mhu);
    }
    qtest_quit(qts);
}

static void test_delay(void)
{
    QTestState *qts = start("");

    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-command', 'action': 'delay',"
        "  'ns': 1000 }");
    channel_ask(qts, mhu);
    qtest_clock_step(qts, 999);
    channel_expect_nothing(qts, mhu);
    qtest_clock_step(qts, 1);
    channel_expect_answer(qts, mhu);
    qtest_quit(qts);
}

/* A message outlives its rule, and a reset forgets it. */
static void test_suspend(void)
{
    QTestState *qts = start("");

    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 2,"
        "  'action': 'suspend', 'tag': 'later' }");
    channel_ask(qts, mhu);
    channel_expect_nothing(qts, mhu);
    fault_expect_number(qts, 1, 1);
    fault_remove(qts, "r");
    fault_expect_number(qts, 0, 1);
    channel_expect_nothing(qts, mhu);
    fault_resume(qts, "later");
    fault_expect_number(qts, 0, 0);
    channel_expect_answer(qts, mhu);

    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'suspend', 'tag': 'later' }");
    channel_ask(qts, mhu);
    qtest_system_reset(qts);
    fault_expect_number(qts, 1, 0);
    shmem_expect_idle(qts, mhu->commands);
    qtest_quit(qts);
}

/* A mailbox's interrupt, that its firmware has replied. */
static void test_irq(void)
{
    QTestState *qts = start("-M rtkit=off");
    const uint32_t interrupt = 1;

    fault_add(qts, "{ 'id': 'r', 'site': 'irq', 'match': {"
        "  'device': '/machine/scmi-mhu', 'line': 0 }, 'action': 'drop' }");
    channel_put(qts, mhu, interrupt, ASK_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
    g_assert_cmphex(shmem_read(qts, mhu->commands, SCMI_SHMEM_STATUS), ==,
                    CHANNEL_FREE);
    g_assert_cmphex(qtest_readl(qts, mhu->stat), ==, 1 << A2P);
    g_assert_cmphex(spi_pending(qts), ==, 0);
    fault_remove(qts, "r");
    qtest_writel(qts, mhu->clear, 1 << A2P);
    channel_put(qts, mhu, interrupt, ASK_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
    g_assert_cmphex(spi_pending(qts), !=, 0);
    qtest_quit(qts);
}

/* Besides messages */
static void test_aside(void)
{
    QTestState *qts = start("-M rtkit=off");

    fault_add(qts,
        "{ 'id': 'm', 'site': 'scmi-reply', 'action': 'write-memory',"
        "  'address': 1073741824, 'bytes': '78563412' },"
        "{ 'id': 'i', 'site': 'scmi-reply', 'action': 'interrupt',"
        "  'path': '/machine/scmi-mhu', 'line': 0, 'pulses': 0 },"
        "{ 'id': 'p', 'site': 'scmi-reply', 'action': 'set-property',"
        "  'path': '/machine/scmi-fw/power/gpu', 'property': 'on',"
        "  'value': false }");
    channel_ask(qts, mhu);
    channel_expect_answer(qts, mhu);
    g_assert_cmphex(qtest_readl(qts, RAM), ==, 0x12345678);
    g_assert_cmphex(spi_pending(qts), !=, 0);
    g_assert_false(qtest_qom_get_bool(qts, "/machine/scmi-fw/power/gpu",
                                      "on"));
    qtest_quit(qts);
}

static void test_paused(void)
{
    QTestState *qts = start("-S");

    fault_add(qts, GOOD ", { 'id': 'other', 'site': 'scmi-command',"
        "  'action': 'drop' }");
    fault_remove(qts, "other");
    fault_expect_number(qts, 1, 0);
    fault_run_well(qts, "{ 'execute': 'cont' }");
    channel_ask(qts, mhu);
    channel_expect_nothing(qts, mhu);
    fault_remove(qts, "good");
    channel_ask(qts, mhu);
    channel_expect_answer(qts, mhu);
    qtest_quit(qts);
}

/* -M farside,faults=FILE */

static char *write_file(const char *text)
{
    char *path = NULL;
    int fd = g_file_open_tmp("farside-faults-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void test_file(void)
{
    g_autofree char *path = write_file(
        "{ 'description': 'x', 'machine': 'y', 'rules': [ " GOOD " ] }");
    g_autofree char *machine = channel_machine(mhu);
    g_autofree char *args = g_strdup_printf("%s,faults=%s", machine, path);
    QTestState *qts = qtest_init(args);

    fault_expect_number(qts, 1, 0);
    channel_ask(qts, mhu);
    channel_expect_nothing(qts, mhu);
    fault_expect_count(qts, "hits", 1);
    qtest_quit(qts);
    g_assert_cmpint(g_unlink(path), ==, 0);
}

static const struct {
    const char *text;
    const char *error;
} bad_files[] = {
    { "{", "JSON" },
    { "{}", "'rules' is missing" },
    { "{ 'rules': [], 'x': 1 }", "'x' is unexpected" },
    { "{ 'rules': [ {} ] }", "'rules[0].id' is missing" },
    { "{ 'rules': [ " GOOD ", " GOOD " ] }", "rules[1]: id: " },
    { "{ 'rules': [ " RULE("'match': { 'protocol': 21 }, " DROP) " ] }",
      "rules[0]: rule 'r': match.protocol" },
};

static void test_bad_file(void)
{
    g_autofree char *machine = channel_machine(mhu);
    g_autofree char *no_file = g_strdup_printf("%s,faults=/no/file", machine);
    g_autofree char *no_file_error = smc_qemu_fail(no_file);

    g_assert_nonnull(strstr(no_file_error, "'/no/file'"));
    for (unsigned i = 0; i < ARRAY_SIZE(bad_files); i++) {
        g_autofree char *path = write_file(bad_files[i].text);
        g_autofree char *args = g_strdup_printf("%s,faults=%s", machine, path);
        g_autofree char *error = smc_qemu_fail(args);

        g_assert_nonnull(strstr(error, path));
        g_assert_nonnull(strstr(error, bad_files[i].error));
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/fault/refusals", test_refusals);
    qtest_add_func("/fault/changes", test_changes);
    qtest_add_func("/fault/delay", test_delay);
    qtest_add_func("/fault/suspend", test_suspend);
    qtest_add_func("/fault/irq", test_irq);
    qtest_add_func("/fault/aside", test_aside);
    qtest_add_func("/fault/paused", test_paused);
    qtest_add_func("/fault/file", test_file);
    qtest_add_func("/fault/bad-file", test_bad_file);
    return g_test_run();
}
