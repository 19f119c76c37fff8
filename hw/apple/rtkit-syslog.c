/*
 * RTKit system endpoint: syslog
 *
 * A ring of entries in a shared buffer. The firmware fills the next free one
 * and names it; the AP returns it by echoing the message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "migration/vmstate.h"
#include "qemu/cutils.h"
#include "trace.h"

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

/* @next: the entry to fill next, if it is free; @busy: bit n, the AP has it */
typedef struct Syslog {
    uint8_t next;
    uint16_t busy;
} Syslog;

static void syslog_start(RTKitEndpoint *ep)
{
    uint64_t body = 0;

    body = FIELD_DP64(body, SYSLOG_INIT, N_ENTRIES, RTKIT_SYSLOG_ENTRIES);
    body = FIELD_DP64(body, SYSLOG_INIT, MSG_SIZE, RTKIT_SYSLOG_TEXT);
    rtkit_send(ep, rtkit_message(SYSLOG_INIT, body));
}

static bool syslog_receive(RTKitEndpoint *ep, uint64_t msg)
{
    Syslog *syslog = ep->state;
    unsigned index = FIELD_EX64(msg, SYSLOG_LOG, INDEX);

    if (msg != rtkit_message(SYSLOG_LOG, index) ||
        index >= RTKIT_SYSLOG_ENTRIES || !(syslog->busy & (1 << index))) {
        return false;
    }
    syslog->busy &= ~(1 << index);
    return true;
}

/* One that never comes back does not stop the others. */
static unsigned syslog_next_free(Syslog *syslog)
{
    unsigned index = syslog->next;

    for (int i = 0; i < RTKIT_SYSLOG_ENTRIES; i++) {
        if (!(syslog->busy & (1 << index))) {
            return index;
        }
        index = (index + 1) % RTKIT_SYSLOG_ENTRIES;
    }
    return RTKIT_SYSLOG_ENTRIES;
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
    Syslog *syslog = ep->state;
    unsigned index = syslog_next_free(syslog);

    trace_rtkit_syslog(task, text);
    if (!rtkit_endpoint_is_live(ep) ||
        ep->size < RTKIT_SYSLOG_ENTRIES * sizeof(SyslogEntry) ||
        index == RTKIT_SYSLOG_ENTRIES ||
        !syslog_write(ep, index, task, text)) {
        return false;
    }
    syslog->next = (index + 1) % RTKIT_SYSLOG_ENTRIES;
    syslog->busy |= 1 << index;
    rtkit_send(ep, rtkit_message(SYSLOG_LOG, index));
    return true;
}

static int syslog_post_load(void *opaque, int version_id)
{
    Syslog *syslog = opaque;

    return syslog->next < RTKIT_SYSLOG_ENTRIES ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_syslog = {
    .name = "apple-rtkit/syslog",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = syslog_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(next, Syslog),
        VMSTATE_UINT16(busy, Syslog),
        VMSTATE_END_OF_LIST()
    },
};

const RTKitEndpointOps rtkit_syslog_ops = {
    .name = "syslog",
    .state_size = sizeof(Syslog),
    .vmsd = &vmstate_syslog,
    .start = syslog_start,
    .receive = syslog_receive,
};
