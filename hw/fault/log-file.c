/*
 * The message log: a file of JSON lines
 *
 * It follows the ring, a little behind, so that no message waits for a text to
 * be made or a file to be written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-message-log.h"
#include "qapi/qobject-output-visitor.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "message-log.h"

/* How far it is behind, in milliseconds of the host's time. */
#define FOLLOW_MS 100

static void write_line(FILE *file, const FaultLogEntry *e)
{
    LoggedMessage *l = fault_log_decode(e);
    QObject *object;
    Visitor *v = qobject_output_visitor_new(&object);
    GString *json;

    visit_type_LoggedMessage(v, NULL, &l, &error_abort);
    visit_complete(v, &object);
    visit_free(v);
    qapi_free_LoggedMessage(l);
    json = qobject_to_json(object);
    qobject_unref(object);
    g_string_append_c(json, '\n');
    fwrite(json->str, 1, json->len, file);
    g_string_free(json, true);
}

static void write_until(FaultLog *log, uint64_t next)
{
    for (; log->written < next; log->written++) {
        write_line(log->file, fault_log_at(log, log->written));
    }
}

void fault_log_flush(FaultLog *log)
{
    if (!log->file) {
        return;
    }
    write_until(log, log->next);
    if (fflush(log->file) || ferror(log->file)) {
        error_report("message log: %s; there is no more of it in the file",
                     strerror(errno));
        fclose(log->file);
        log->file = NULL;
    }
}

static void flush_expired(void *opaque)
{
    fault_log_flush(opaque);
}

void fault_log_follow(FaultLog *log)
{
    if (log->next - log->written == FAULT_LOG_SIZE) {
        /* What becomes of the newest ones is still to be seen. */
        write_until(log, log->next - FAULT_LOG_SIZE / 2);
    } else if (!timer_pending(log->timer)) {
        timer_mod(log->timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) +
                              FOLLOW_MS);
    }
}

bool fault_log_open(FaultLog *log, const char *path, Error **errp)
{
    log->file = fopen(path, "we");
    if (!log->file) {
        error_setg_file_open(errp, errno, path);
        return false;
    }
    log->written = log->next;
    log->timer = timer_new_ms(QEMU_CLOCK_REALTIME, flush_expired, log);
    fault_log_enable(log, true);
    return true;
}
