/*
 * Snapshots of a machine in an image of their own, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "snapshot.h"

#define IMAGE_SIZE (1 << 20)

char *temporary_file(void)
{
    char *path = NULL;
    int fd = g_file_open_tmp("farside-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    return path;
}

/* Wait for the job's end, and forget it; whether it did what it should. */
static bool end_job(QTestState *qts)
{
    bool concluded = false;
    QDict *answer;
    const QDict *job;
    bool ok;

    while (!concluded) {
        QDict *event = qtest_qmp_eventwait_ref(qts, "JOB_STATUS_CHANGE");
        const QDict *data = qdict_get_qdict(event, "data");

        concluded = !strcmp(qdict_get_str(data, "status"), "concluded");
        qobject_unref(event);
    }
    answer = qtest_qmp(qts, "{ 'execute': 'query-jobs' }");
    job = qobject_to(QDict, qlist_peek(qdict_get_qlist(answer, "return")));
    ok = !qdict_haskey(job, "error");
    qobject_unref(answer);
    qtest_qmp_assert_success(qts, "{ 'execute': 'job-dismiss',"
                             "  'arguments': { 'id': 'job' } }");
    return ok;
}

char *snapshot_attach(QTestState *qts)
{
    char *path = temporary_file();

    qtest_qmp_assert_success(qts, "{ 'execute': 'blockdev-add', 'arguments': {"
        "  'driver': 'file', 'node-name': 'image', 'filename': %s } }", path);
    qtest_qmp_assert_success(qts, "{ 'execute': 'blockdev-create',"
        "  'arguments': { 'job-id': 'job', 'options': { 'driver': 'qcow2',"
        "  'file': 'image', 'size': %d } } }", IMAGE_SIZE);
    g_assert_true(end_job(qts));
    qtest_qmp_assert_success(qts, "{ 'execute': 'blockdev-add', 'arguments': {"
        "  'driver': 'qcow2', 'node-name': 'snapshots', 'file': 'image' } }");
    return path;
}

static bool run(QTestState *qts, const char *command)
{
    qtest_qmp_assert_success(qts, "{ 'execute': %s, 'arguments': {"
        "  'job-id': 'job', 'tag': 'saved', 'vmstate': 'snapshots',"
        "  'devices': [ 'snapshots' ] } }", command);
    return end_job(qts);
}

void snapshot_save(QTestState *qts)
{
    g_assert_true(run(qts, "snapshot-save"));
}

bool snapshot_load(QTestState *qts)
{
    return run(qts, "snapshot-load");
}
