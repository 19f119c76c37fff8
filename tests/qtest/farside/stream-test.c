/*
 * Snapshots that somebody has tampered with
 *
 * One of a machine with every kind of device, with rules armed and messages
 * that they keep. Whatever is in it, QEMU takes it or refuses; it lives on,
 * and what it has taken can be used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "ans-driver.h"
#include "farside-apple.h"
#include "fault-rules.h"
#include "migration-stream.h"
#include "scmi-channel.h"
#include "snapshot.h"

#define FORGERIES 1500
#define RELOADS 32
#define TRUNCATIONS 32
#define MAX_FLIPS 4

/* RTKit's management messages */
#define PING 0x0030000000000000

static const Mhu *const mhu = &mhus[0];

/* The machine, with something of everything under way */

typedef struct Machine {
    AnsDisk *disk;
    char *args;
    AnsDriver d;
    char *path;
} Machine;

static const char rules[] =
    "{ 'id': 'reply', 'site': 'scmi-reply', 'times': 1, 'seed': 7,"
    "  'probability': 0.999, 'new-state': 2, 'action': 'suspend',"
    "  'tag': 'tag' },"
    "{ 'id': 'late', 'site': 'scmi-command', 'after': 1, 'times': 1,"
    "  'action': 'delay', 'ns': 500 },"
    "{ 'id': 'behind', 'site': 'scmi-command', 'after': 1, 'times': 1,"
    "  'action': 'reorder' },"
    "{ 'id': 'line', 'site': 'irq', 'match': { 'line': 2,"
    "  'device': '/machine/smc-mailbox' }, 'times': 2, 'action': 'suspend',"
    "  'tag': 'tag' },"
    "{ 'id': 'hello', 'site': 'rtkit-send', 'match': {"
    "  'device': '/machine/smc/rtkit' }, 'times': 1, 'action': 'suspend',"
    "  'tag': 'tag' },"
    "{ 'id': 'quiet', 'site': 'rtkit-send', 'match': {"
    "  'device': '/machine/ans0/rtkit' }, 'action': 'silence' },"
    "{ 'id': 'full', 'site': 'mailbox-receive', 'match': {"
    "  'device': '/machine/smc-mailbox' }, 'action': 'hold',"
    "  'duration': 1000 },"
    "{ 'id': 'storm', 'site': 'mailbox-receive', 'match': {"
    "  'device': '/machine/smc-mailbox' }, 'action': 'interrupt',"
    "  'path': '/machine/smc-mailbox', 'line': 1, 'pulses': 5 },"
    "{ 'id': 'command', 'site': 'nvme-command', 'match': {"
    "  'queue': 1, 'opcode': 2 }, 'action': 'suspend', 'tag': 'tag' },"
    "{ 'id': 'completion', 'site': 'nvme-completion', 'match': {"
    "  'queue': 1, 'opcode': 1 }, 'action': 'suspend', 'tag': 'tag' }";
/* Of reply, line, hello, command and completion. */
#define SUSPENDED 6

static void start(Machine *m)
{
    g_autofree char *scmi = channel_machine(mhu);

    m->disk = ans_disk_new(16, "file0,id=ans0");
    m->args = g_strdup_printf("%s %s -m 48M", scmi, m->disk->args);
    ans_driver_init(&m->d, qtest_init(m->args));
    m->path = snapshot_attach(m->d.qts);
}

static void get_busy(Machine *m)
{
    QTestState *qts = m->d.qts;

    ans_start(&m->d);
    fault_run_well(qts, "{ 'execute': 'message-log',"
                   "  'arguments': { 'enable': true } }");
    fault_add(qts, rules);
    for (unsigned i = 0; i < 3; i++) {
        channel_ask(qts, mhu);
    }
    mbox_send(qts, 0, RTKIT_WAKE);
    ans_mbox_send(&m->d, 0, PING);
    ans_submit(&m->d, IO, 1, ans_rw(NVME_CMD_READ, 0, 1, RAM_DATA, 0));
    ans_submit(&m->d, IO, 2, ans_rw(NVME_CMD_WRITE, 0, 1, RAM_DATA, 0));
    while (fault_suspended(qts) < SUSPENDED) {
        /* The block layer takes its time. */
    }
}

static void stop(Machine *m)
{
    qtest_quit(m->d.qts);
    g_assert_cmpint(g_unlink(m->path), ==, 0);
    g_free(m->path);
    g_free(m->args);
    ans_disk_free(m->disk);
}

/* Let all that was kept go on, and a bit of everything happen. */
static void use(QTestState *qts)
{
    qtest_qmp_assert_success(qts, "{ 'execute': 'cont' }");
    qobject_unref(fault_run(qts, "{ 'execute': 'fault-resume',"
                            "  'arguments': { 'tag': 'tag' } }"));
    qtest_clock_step(qts, 10000);
    channel_ask(qts, mhu);
    mbox_send(qts, 0, RTKIT_WAKE);
    qtest_readq(qts, MBOX_I2A_RECV0);
    qtest_readq(qts, MBOX_I2A_RECV1);
    qtest_writel(qts, ANS_LINEAR_DB(IO), 3);
    qtest_readl(qts, ANS_TCB_STAT);
    qtest_writel(qts, SPMI_CMD, 0x00010000);
    qtest_clock_step(qts, 10000);
    fault_run_well(qts, "{ 'execute': 'query-faults' }");
    fault_run_well(qts, "{ 'execute': 'query-message-log' }");
    qtest_qmp_assert_success(qts, "{ 'execute': 'stop' }");
}

/* Every kind of ours, and several of some. */
static void read_stream(Stream *s, const char *path)
{
    stream_read(s, path);
    g_assert_cmpuint(s->sections->len, >=, 12);
}

/* What the world does to it */

typedef struct Forgery {
    const StreamSection *section;
    unsigned n;
    size_t at[MAX_FLIPS];
    uint8_t was[MAX_FLIPS];
} Forgery;

/* Bits of a section, whatever its size, or all those of a byte. */
static void forge(Stream *s, Forgery *f)
{
    int number = g_test_rand_int_range(0, s->sections->len);

    f->section = &g_array_index(s->sections, StreamSection, number);
    f->n = g_test_rand_int_range(1, MAX_FLIPS + 1);
    for (unsigned i = 0; i < f->n; i++) {
        f->at[i] = f->section->at +
                   g_test_rand_int_range(0, f->section->length);
        f->was[i] = s->bytes[f->at[i]];
        s->bytes[f->at[i]] ^= g_test_rand_bit()
                              ? 1 << g_test_rand_int_range(0, 8)
                              : g_test_rand_int_range(1, 256);
    }
}

static void undo(Stream *s, const Forgery *f)
{
    for (unsigned i = f->n; i--; ) {
        s->bytes[f->at[i]] = f->was[i];
    }
}

static void write_bytes(int fd, const Stream *s, const Forgery *f)
{
    for (unsigned i = 0; i < f->n; i++) {
        g_assert_cmpint(pwrite(fd, s->bytes + f->at[i], 1, f->at[i]), ==, 1);
    }
}

/* Thousands, in one QEMU, which is not to be impressed. */
static void test_forged(void)
{
    unsigned taken = 0;
    Machine m;
    Stream s;
    int fd;

    start(&m);
    get_busy(&m);
    snapshot_save(m.d.qts);
    read_stream(&s, m.path);
    fd = open(m.path, O_WRONLY);
    g_assert_cmpint(fd, >=, 0);
    qtest_qmp_assert_success(m.d.qts, "{ 'execute': 'stop' }");
    for (unsigned i = 0; i < FORGERIES; i++) {
        Forgery f;

        forge(&s, &f);
        write_bytes(fd, &s, &f);
        if (snapshot_load(m.d.qts)) {
            taken++;
        } else {
            /* It is half loaded. */
            system_reset(m.d.qts);
        }
        use(m.d.qts);
        undo(&s, &f);
        write_bytes(fd, &s, &f);
    }
    g_test_message("%u of %u were taken", taken, FORGERIES);
    /* Both happen, and what is right is taken after all. */
    g_assert_cmpuint(taken, >, 0);
    g_assert_cmpuint(taken, <, FORGERIES);
    g_assert_true(snapshot_load(m.d.qts));
    g_assert_cmpuint(fault_suspended(m.d.qts), ==, SUSPENDED);
    close(fd);
    stream_free(&s);
    stop(&m);
}

/* A QEMU of its own for each, that waits for a machine */

/* Whether it takes what is in the file. */
static bool load_file(const Machine *m, const char *path)
{
    QTestState *qts = qtest_initf("%s -incoming defer", m->args);
    const char *status = NULL;
    bool taken = false;

    qtest_qmp_assert_success(qts, "{ 'execute': 'migrate-set-capabilities',"
                             " 'arguments': { 'capabilities': ["
                             " { 'capability': 'events', 'state': true }"
                             " ] } }");
    qtest_qmp_assert_success(qts, "{ 'execute': 'migrate-incoming',"
        "  'arguments': { 'exit-on-error': false, 'channels': [ {"
        "    'channel-type': 'main', 'addr': { 'transport': 'file',"
        "    'filename': %s, 'offset': 0 } } ] } }", path);
    while (!status) {
        QDict *event = qtest_qmp_eventwait_ref(qts, "MIGRATION");

        status = qdict_get_str(qdict_get_qdict(event, "data"), "status");
        taken = !strcmp(status, "completed");
        if (!taken && strcmp(status, "failed")) {
            status = NULL;
        }
        qobject_unref(event);
    }
    if (taken) {
        use(qts);
    }
    qtest_quit(qts);
    return taken;
}

static void test_incoming(void)
{
    g_autofree char *path = temporary_file();
    unsigned taken = 0;
    Machine m;
    Stream s;

    start(&m);
    get_busy(&m);
    save_machine(m.d.qts, path);
    read_stream(&s, path);
    g_assert_true(load_file(&m, path));
    for (unsigned i = 0; i < RELOADS; i++) {
        Forgery f;

        forge(&s, &f);
        g_assert_true(g_file_set_contents(path, (char *)s.bytes, s.length,
                                          NULL));
        taken += load_file(&m, path);
        undo(&s, &f);
    }
    g_assert_cmpuint(taken, <, RELOADS);
    for (unsigned i = 0; i < TRUNCATIONS; i++) {
        const StreamSection *first = &g_array_index(s.sections,
                                                    StreamSection, 0);
        const StreamSection *last = &g_array_index(s.sections, StreamSection,
                                                   s.sections->len - 1);
        size_t length = i % 4
            ? g_test_rand_int_range(first->at, last->at + last->length)
            : g_test_rand_int_range(0, first->at);

        g_assert_true(g_file_set_contents(path, (char *)s.bytes, length,
                                          NULL));
        g_assert_false(load_file(&m, path));
    }
    g_assert_cmpint(g_unlink(path), ==, 0);
    stream_free(&s);
    stop(&m);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/stream/forged", test_forged);
    qtest_add_func("/stream/incoming", test_incoming);
    return g_test_run();
}
