/*
 * A QEMU under qtest whose SMC/HVC conduit can be called
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "qemu/cutils.h"
#include "qobject/qlist.h"
#include "tests/qtest/libqmp.h"
#include "smc-qemu.h"

struct SmcQemu {
    GPid pid;
    int qtest;
    int qmp;
    GQueue events; /* of QDict, received while something else was awaited */
};

static char **qemu_argv(const char *args)
{
    const char *binary = g_getenv("QTEST_QEMU_BINARY");
    g_autofree char *quoted = NULL;
    g_autofree char *command = NULL;
    char **argv = NULL;

    g_assert_nonnull(binary);
    quoted = g_shell_quote(binary);
    command = g_strdup_printf("%s -display none -audio none -nodefaults %s",
                              quoted, args);
    g_test_message("%s", command);
    g_assert_true(g_shell_parse_argv(command, NULL, &argv, NULL));
    return argv;
}

/* A test that fails takes its QEMU along. */
static void die_with_parent(gpointer unused)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

/* A pair of connected sockets: the test's own one is not QEMU's to inherit. */
static int socket_pair(int *theirs)
{
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    g_assert_cmpint(fcntl(fds[0], F_SETFD, FD_CLOEXEC), ==, 0);
    *theirs = fds[1];
    return fds[0];
}

SmcQemu *smc_qemu_start(const char *args)
{
    SmcQemu *qemu = g_new0(SmcQemu, 1);
    g_autofree char *all = NULL;
    g_auto(GStrv) argv = NULL;
    int qtest, qmp;

    g_queue_init(&qemu->events);
    qemu->qtest = socket_pair(&qtest);
    qemu->qmp = socket_pair(&qmp);
    all = g_strdup_printf("-accel qtest -qtest chardev:qtest "
                          "-qtest-log /dev/null "
                          "-chardev socket,id=qtest,fd=%d "
                          "-chardev socket,id=qmp,fd=%d "
                          "-mon chardev=qmp,mode=control %s",
                          qtest, qmp, args);
    argv = qemu_argv(all);
    g_assert_true(g_spawn_async(NULL, argv, NULL,
                                G_SPAWN_LEAVE_DESCRIPTORS_OPEN |
                                G_SPAWN_DO_NOT_REAP_CHILD,
                                die_with_parent, NULL, &qemu->pid, NULL));
    close(qtest);
    close(qmp);
    qobject_unref(qmp_fd_receive(qemu->qmp)); /* the greeting */
    smc_qemu_do(qemu, "{ 'execute': 'qmp_capabilities' }");
    return qemu;
}

static int wait_for(GPid pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0) {
        g_assert_cmpint(errno, ==, EINTR);
    }
    g_spawn_close_pid(pid);
    return status;
}

void smc_qemu_quit(SmcQemu *qemu)
{
    int status;

    smc_qemu_do(qemu, "{ 'execute': 'quit' }");
    status = wait_for(qemu->pid);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(qemu->qtest);
    close(qemu->qmp);
    while (!g_queue_is_empty(&qemu->events)) {
        qobject_unref((QDict *)g_queue_pop_head(&qemu->events));
    }
    g_free(qemu);
}

char *smc_qemu_fail(const char *args)
{
    g_auto(GStrv) argv = qemu_argv(args);
    char *errors = NULL;
    int status;

    g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT,
                               die_with_parent, NULL, NULL, &errors, &status,
                               NULL));
    g_test_message("%s", errors);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    return errors;
}

/* The qtest protocol: a line there, and a line back that starts with OK. */
static char **qtest_command(SmcQemu *qemu, const char *line)
{
    g_autoptr(GString) answer = g_string_new("");
    char **words;
    char c;

    g_assert_cmpint(qemu_write_full(qemu->qtest, line, strlen(line)), ==,
                    strlen(line));
    while (read(qemu->qtest, &c, 1) == 1 && c != '\n') {
        g_string_append_c(answer, c);
    }
    words = g_strsplit(answer->str, " ", -1);
    g_assert_cmpstr(words[0], ==, "OK");
    return words;
}

static uint64_t number(const char *word)
{
    uint64_t value;

    g_assert_nonnull(word);
    g_assert_cmpint(qemu_strtou64(word, NULL, 0, &value), ==, 0);
    return value;
}

void smc_qemu_call(SmcQemu *qemu, bool aarch64, const uint64_t *args,
                   unsigned n, uint64_t results[SMC_NUM_RESULTS])
{
    g_autoptr(GString) line = g_string_new(aarch64 ? "smc" : "smc32");
    g_auto(GStrv) words = NULL;

    for (unsigned i = 0; i < n; i++) {
        g_string_append_printf(line, " 0x%" PRIx64, args[i]);
    }
    g_string_append_c(line, '\n');
    words = qtest_command(qemu, line->str);
    for (unsigned i = 0; i < SMC_NUM_RESULTS; i++) {
        results[i] = number(words[1 + i]);
    }
}

uint32_t smc_qemu_read(SmcQemu *qemu, uint64_t addr)
{
    g_autofree char *line = g_strdup_printf("readl 0x%" PRIx64 "\n", addr);
    g_auto(GStrv) words = qtest_command(qemu, line);

    return number(words[1]);
}

void smc_qemu_write(SmcQemu *qemu, uint64_t addr, uint32_t value)
{
    g_autofree char *line = g_strdup_printf("writel 0x%" PRIx64 " 0x%x\n",
                                            addr, value);

    g_strfreev(qtest_command(qemu, line));
}

static QDict * G_GNUC_PRINTF(2, 0)
qmp_response(SmcQemu *qemu, const char *fmt, va_list ap)
{
    QDict *dict;

    qmp_fd_vsend(qemu->qmp, fmt, ap);
    while (dict = qmp_fd_receive(qemu->qmp), qdict_haskey(dict, "event")) {
        g_queue_push_tail(&qemu->events, dict);
    }
    g_assert_true(qdict_haskey(dict, "return"));
    return dict;
}

QDict *smc_qemu_qmp(SmcQemu *qemu, const char *fmt, ...)
{
    QDict *dict;
    va_list ap;

    va_start(ap, fmt);
    dict = qmp_response(qemu, fmt, ap);
    va_end(ap);
    return dict;
}

void smc_qemu_do(SmcQemu *qemu, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    qobject_unref(qmp_response(qemu, fmt, ap));
    va_end(ap);
}

static bool is_event(const QDict *dict, const char *name, const char *status)
{
    const QDict *data;

    if (g_strcmp0(qdict_get_try_str(dict, "event"), name)) {
        return false;
    }
    data = status ? qdict_get_qdict(dict, "data") : NULL;
    return !status || !g_strcmp0(qdict_get_try_str(data, "status"), status);
}

void smc_qemu_event(SmcQemu *qemu, const char *name, const char *status)
{
    bool found = false;

    while (!found) {
        QDict *dict = g_queue_pop_head(&qemu->events);

        dict = dict ?: qmp_fd_receive(qemu->qmp);
        found = is_event(dict, name, status);
        qobject_unref(dict);
    }
}

void smc_qemu_reset(SmcQemu *qemu)
{
    smc_qemu_do(qemu, "{ 'execute': 'system_reset' }");
    smc_qemu_event(qemu, "RESET", NULL);
}

void smc_qemu_clock_step(SmcQemu *qemu, int64_t ns)
{
    g_autofree char *line = g_strdup_printf("clock_step %" PRId64 "\n", ns);

    g_strfreev(qtest_command(qemu, line));
}

char *smc_qemu_save(SmcQemu *from)
{
    char *path = NULL;
    int fd = g_file_open_tmp("farside-migrate-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    smc_qemu_do(from, "{ 'execute': 'migrate-set-capabilities',"
                "  'arguments': { 'capabilities': ["
                "    { 'capability': 'events', 'state': true } ] } }");
    smc_qemu_do(from, "{ 'execute': 'migrate', 'arguments': {"
                "  'channels': [ { 'channel-type': 'main', 'addr': {"
                "    'transport': 'file', 'filename': %s,"
                "    'offset': 0 } } ] } }", path);
    smc_qemu_event(from, "MIGRATION", "completed");
    smc_qemu_quit(from);
    return path;
}

SmcQemu *smc_qemu_migrate(SmcQemu *from, const char *args)
{
    g_autofree char *all = g_strdup_printf("%s -incoming defer", args);
    SmcQemu *to = smc_qemu_start(all);
    g_autofree char *path = smc_qemu_save(from);

    smc_qemu_do(to, "{ 'execute': 'migrate-incoming', 'arguments': {"
                "  'channels': [ { 'channel-type': 'main', 'addr': {"
                "    'transport': 'file', 'filename': %s,"
                "    'offset': 0 } } ] } }", path);
    smc_qemu_event(to, "RESUME", NULL);
    g_assert_cmpint(g_unlink(path), ==, 0);
    return to;
}
