/*
 * Fault rules: what they keep, hold and raise goes along with a machine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "farside-apple.h"
#include "fault-rules.h"
#include "hw/scmi/wire.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "scmi-channel.h"
#include "snapshot.h"
#include "virtio-scmi.h"

static const Mhu *const mhu = &mhus[0];

/* The co-processor's lines that idle high would be pending. */
#define QUIET "-M rtkit=off"

static char *arguments(void)
{
    g_autofree char *machine = channel_machine(mhu);

    return g_strdup_printf("%s " QUIET, machine);
}

static QTestState *start(void)
{
    g_autofree char *args = arguments();

    return qtest_init(args);
}

static QTestState *move(QTestState *qts)
{
    g_autofree char *args = arguments();

    return migrate_machine(qts, args);
}

static void test_suspended(void)
{
    QTestState *qts = start();

    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 2,"
        "  'action': 'suspend', 'tag': 'later' }");
    channel_ask(qts, mhu);
    qts = move(qts);
    fault_expect_number(qts, 1, 1);
    fault_expect_count(qts, "hits", 1);
    channel_expect_nothing(qts, mhu);
    fault_resume(qts, "later");
    channel_expect_answer(qts, mhu);
    /* Once more, and it is spent. */
    channel_ask(qts, mhu);
    channel_expect_nothing(qts, mhu);
    fault_resume(qts, "later");
    channel_ask(qts, mhu);
    channel_expect_answer(qts, mhu);
    qtest_quit(qts);
}

static void test_held_channel(void)
{
    const uint32_t words[] = { SCMI_SUCCESS, VERSION };
    QTestState *qts = start();

    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'hold' }");
    channel_ask(qts, mhu);
    qts = move(qts);
    shmem_expect(qts, mhu->commands, 0, ASK_VERSION | TOKEN_5, words, 2);
    channel_ask(qts, mhu);
    shmem_expect(qts, mhu->commands, 0, ASK_VERSION | TOKEN_5, words, 2);
    fault_remove(qts, "r");
    shmem_expect(qts, mhu->commands, CHANNEL_FREE, ASK_VERSION | TOKEN_5,
                 words, 2);
    qtest_quit(qts);
}

/* A driver's buffer is the device's until the reply is in it. */
static void test_virtio(void)
{
    VirtioScmi *v = virtio_scmi_start(VIRTIO_SCMI_VIRT, VIRTIO_SCMI_EVENTS);
    const uint32_t command = ASK_VERSION;
    const uint32_t expected[] = { ASK_VERSION, SCMI_SUCCESS, VERSION };
    uint64_t request = guest_alloc(&v->alloc, VIRTIO_SCMI_BUFFER);
    uint64_t response = guest_alloc(&v->alloc, VIRTIO_SCMI_BUFFER);
    uint32_t reply[ARRAY_SIZE(expected)];
    uint32_t head, index, length;

    fault_add(v->qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'suspend', 'tag': 'later' }");
    qtest_memwrite(v->qts, request, &command, sizeof(command));
    head = qvirtqueue_add(v->qts, v->commands, request, sizeof(command),
                          false, true);
    qvirtqueue_add(v->qts, v->commands, response, VIRTIO_SCMI_BUFFER, true,
                   false);
    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->commands, head);
    fault_expect_number(v->qts, 1, 1);
    v->qts = migrate_machine(v->qts, VIRTIO_SCMI_VIRT);
    v->mmio.qts = v->qts;
    g_assert_false(qvirtqueue_get_buf(v->qts, v->commands, NULL, NULL));
    fault_resume(v->qts, "later");
    g_assert_true(qvirtqueue_get_buf(v->qts, v->commands, &index, &length));
    g_assert_cmpuint(index, ==, head);
    g_assert_cmpuint(length, ==, sizeof(expected));
    qtest_memread(v->qts, response, reply, sizeof(reply));
    g_assert_cmpmem(reply, sizeof(reply), expected, sizeof(expected));
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

static void test_delayed(void)
{
    QTestState *qts = start();

    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'delay', 'ns': 1000 }");
    channel_ask(qts, mhu);
    qts = move(qts);
    fault_expect_count(qts, "held", 1);
    qtest_clock_step(qts, 999);
    channel_expect_nothing(qts, mhu);
    qtest_clock_step(qts, 1);
    channel_expect_answer(qts, mhu);
    qtest_quit(qts);
}

/* The first answer comes behind the second, where it stays. */
static void test_reordered(void)
{
    const uint32_t other = ASK_VERSION | 6 << 18;
    QTestState *qts = start();

    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'reorder' }");
    channel_ask(qts, mhu);
    qts = move(qts);
    fault_expect_count(qts, "held", 1);
    channel_expect_nothing(qts, mhu);
    channel_put(qts, mhu, 0, other, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
    fault_expect_count(qts, "held", 0);
    channel_expect_answer(qts, mhu);
    qtest_quit(qts);
}

/* Rules on lines of the MHU, the other one first. */
#define OTHER_LINE \
    "{ 'id': 'other', 'site': 'irq', 'match': {" \
    "  'device': '/machine/scmi-mhu', 'line': 1 }, 'action': 'drop' }"
#define KEPT_LINE \
    "{ 'id': 'r', 'site': 'irq', 'match': {" \
    "  'device': '/machine/scmi-mhu', 'line': 0 }, 'action': 'suspend'," \
    "  'tag': 'level' }"

static void ask_for_interrupt(QTestState *qts)
{
    channel_put(qts, mhu, 1, ASK_VERSION, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
}

/*
 * A level that is kept is no interrupt, before and behind. @with_rule: the
 * rule is still there; if not, nothing but the level names the line.
 */
static void check_line(bool with_rule)
{
    QTestState *qts = start();

    fault_add(qts, OTHER_LINE);
    fault_add(qts, KEPT_LINE);
    fault_remove(qts, "other");
    ask_for_interrupt(qts);
    if (!with_rule) {
        fault_remove(qts, "r");
    }
    g_assert_cmphex(qtest_readl(qts, mhu->stat), ==, 1 << A2P);
    qts = move(qts);
    fault_expect_number(qts, with_rule, 1);
    g_assert_cmphex(qtest_readl(qts, mhu->stat), ==, 1 << A2P);
    g_assert_false(spi_pending(qts));
    fault_resume(qts, "level");
    g_assert_true(spi_pending(qts));
    qtest_quit(qts);
}

static void test_line(void)
{
    check_line(true);
}

static void test_line_without_rule(void)
{
    check_line(false);
}

/* A line that a rule raised: the machine goes back to when it was. */
static void test_raised(void)
{
    QTestState *qts = start();
    g_autofree char *path = snapshot_attach(qts);

    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-reply',"
        "  'action': 'interrupt', 'path': '/machine/scmi-mhu', 'line': 0,"
        "  'pulses': 0 }");
    channel_ask(qts, mhu);
    g_assert_true(spi_pending(qts));
    snapshot_save(qts);
    g_assert_true(spi_pending(qts));
    g_assert_true(snapshot_load(qts));
    g_assert_true(spi_pending(qts));
    fault_remove(qts, "r");
    g_assert_false(spi_pending(qts));
    qtest_quit(qts);
    g_assert_cmpint(g_unlink(path), ==, 0);
}

/* What is released behind is called what it was before. */
static void test_names(void)
{
    QTestState *qts = start();
    QDict *answer, *last;
    QList *messages;

    fault_run_well(qts, "{ 'execute': 'message-log',"
                   "  'arguments': { 'enable': true } }");
    fault_add(qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'suspend', 'tag': 'later' }");
    channel_ask(qts, mhu);
    qts = move(qts);
    fault_resume(qts, "later");
    answer = fault_run(qts, "{ 'execute': 'query-message-log',"
                       "  'arguments': { 'site': 'scmi-reply' } }");
    messages = qdict_get_qlist(qdict_get_qdict(answer, "return"), "messages");
    g_assert_cmpuint(qlist_size(messages), ==, 1);
    last = qobject_to(QDict, qlist_peek(messages));
    g_assert_cmpstr(qdict_get_str(last, "fate"), ==, "released");
    g_assert_cmpstr(qdict_get_str(last, "group"), ==, "base");
    g_assert_cmpstr(qdict_get_str(last, "name"), ==, "protocol_version");
    /* The command, the reply that was kept, this one. */
    g_assert_cmpint(qdict_get_int(last, "position"), ==, 3);
    g_assert_cmpint(qdict_get_int(last, "of"), ==, 2);
    qobject_unref(answer);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/fault/migrate/suspended", test_suspended);
    qtest_add_func("/fault/migrate/held-channel", test_held_channel);
    qtest_add_func("/fault/migrate/virtio", test_virtio);
    qtest_add_func("/fault/migrate/delayed", test_delayed);
    qtest_add_func("/fault/migrate/reordered", test_reordered);
    qtest_add_func("/fault/migrate/line", test_line);
    qtest_add_func("/fault/migrate/line-without-rule", test_line_without_rule);
    qtest_add_func("/fault/migrate/raised", test_raised);
    qtest_add_func("/fault/migrate/names", test_names);
    return g_test_run();
}
