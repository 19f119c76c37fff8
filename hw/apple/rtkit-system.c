/*
 * RTKit system endpoints: crashlog, syslog, debug, ioreport, oslog
 *
 * They exist in every co-processor. The AP starts them all before the boot
 * is complete. Some APs leave out all but crashlog, ioreport and oslog, so
 * only the first two are waited for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "qemu/cutils.h"
#include "trace.h"

/* Syslog: messages, and an entry of its buffer. */
enum {
    SYSLOG_LOG = 0x5,
    SYSLOG_INIT = 0x8,
};

FIELD(SYSLOG_LOG, INDEX, 0, 8)
FIELD(SYSLOG_INIT, N_ENTRIES, 0, 8)
FIELD(SYSLOG_INIT, MSG_SIZE, 24, 8)

#define SYSLOG_TASK 24

typedef struct SyslogEntry {
    uint32_t header;
    uint32_t unknown;
    char task[SYSLOG_TASK];
    char text[RTKIT_SYSLOG_TEXT];
} SyslogEntry;

QEMU_BUILD_BUG_ON(sizeof(SyslogEntry) != 0x20 + RTKIT_SYSLOG_TEXT);

/* Ioreport: what it tells the AP once it is on; the AP echoes it. */
#define IOREPORT_START 0xc

static void syslog_start(RTKitEndpoint *ep)
{
    uint64_t body = 0;

    body = FIELD_DP64(body, SYSLOG_INIT, N_ENTRIES, RTKIT_SYSLOG_ENTRIES);
    body = FIELD_DP64(body, SYSLOG_INIT, MSG_SIZE, RTKIT_SYSLOG_TEXT);
    rtkit_send(ep, rtkit_message(SYSLOG_INIT, body));
}

/* The AP returns an entry by echoing its message. */
static bool syslog_receive(RTKitEndpoint *ep, uint64_t msg)
{
    unsigned index = FIELD_EX64(msg, SYSLOG_LOG, INDEX);
    uint64_t expected = rtkit_message(SYSLOG_LOG, index);

    if (msg != expected || index >= RTKIT_SYSLOG_ENTRIES ||
        !(ep->rtkit->syslog_busy & (1 << index))) {
        return false;
    }
    ep->rtkit->syslog_busy &= ~(1 << index);
    return true;
}

static void syslog_stop(RTKitEndpoint *ep)
{
    ep->rtkit->syslog_next = 0;
    ep->rtkit->syslog_busy = 0;
}

static bool syslog_write(RTKitEndpoint *ep, unsigned index, const char *task,
                         const char *text)
{
    RTKit *rtkit = ep->rtkit;
    SyslogEntry entry = { };

    pstrcpy(entry.task, sizeof(entry.task), task);
    pstrcpy(entry.text, sizeof(entry.text), text);
    return rtkit->ops->write_memory(rtkit->opaque,
                                    ep->addr + index * sizeof(entry),
                                    &entry, sizeof(entry));
}

bool rtkit_syslog(RTKit *rtkit, const char *task, const char *text)
{
    RTKitEndpoint *ep = &rtkit->endpoint[RTKIT_EP_SYSLOG];
    unsigned index = rtkit->syslog_next;

    trace_rtkit_syslog(task, text);
    if (!rtkit_endpoint_is_live(ep) ||
        ep->size < RTKIT_SYSLOG_ENTRIES * sizeof(SyslogEntry) ||
        rtkit->syslog_busy & (1 << index) ||
        !syslog_write(ep, index, task, text)) {
        return false;
    }
    rtkit->syslog_next = (index + 1) % RTKIT_SYSLOG_ENTRIES;
    rtkit->syslog_busy |= 1 << index;
    rtkit_send(ep, rtkit_message(SYSLOG_LOG, index));
    return true;
}

static void ioreport_ap_on(RTKitEndpoint *ep)
{
    ep->rtkit->ioreport_due = rtkit_message(IOREPORT_START, 0);
    rtkit_send(ep, ep->rtkit->ioreport_due);
}

static bool ioreport_receive(RTKitEndpoint *ep, uint64_t msg)
{
    if (!msg || msg != ep->rtkit->ioreport_due) {
        return false;
    }
    ep->rtkit->ioreport_due = 0;
    return true;
}

static void ioreport_stop(RTKitEndpoint *ep)
{
    ep->rtkit->ioreport_due = 0;
}

/* The buffers are those a co-processor without memory of its own asks for. */
static const struct {
    uint8_t id;
    uint32_t buffer;
    RTKitEndpointOps ops;
} system_endpoints[] = {
    { RTKIT_EP_CRASHLOG, 0x4000, { .name = "crashlog", .needed = true } },
    { RTKIT_EP_SYSLOG, 0x4000,
      { .name = "syslog", .start = syslog_start, .receive = syslog_receive,
        .stop = syslog_stop } },
    { RTKIT_EP_DEBUG, 0, { .name = "debug" } },
    { RTKIT_EP_IOREPORT, 0x4000,
      { .name = "ioreport", .needed = true, .ap_on = ioreport_ap_on,
        .receive = ioreport_receive, .stop = ioreport_stop } },
    { RTKIT_EP_OSLOG, 0x4000, { .name = "oslog", .oslog_layout = true } },
};

void rtkit_add_system_endpoints(RTKit *rtkit)
{
    for (int i = 0; i < ARRAY_SIZE(system_endpoints); i++) {
        rtkit_add_endpoint(rtkit, system_endpoints[i].id,
                           &system_endpoints[i].ops, NULL);
        rtkit_set_buffer(rtkit, system_endpoints[i].id,
                         system_endpoints[i].buffer, 0);
    }
}
