/*
 * SMC mailbox: what answers a message
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qapi/error.h"
#include "mailbox-internal.h"
#include "migration/vmstate.h"
#include "trace.h"

/* For fault rules: an agent's other transport has the channels below. */
#define SCMI_FIRST 256

/* QEMU's own writes to RAM are known to nobody but a migration that asks. */
static void channel_set_status(MailboxChannel *c, uint32_t status)
{
    MemoryRegion *mr = &c->mailbox->pages;

    /* An agent that polls on another vCPU has to see the message first. */
    smp_wmb();
    stl_le_p(c->page + SMC_MAILBOX_STATUS, status);
    if (memory_region_is_logging(mr, DIRTY_MEMORY_MIGRATION)) {
        memory_region_set_dirty(mr, c->number * SMC_MAILBOX_PAGE,
                                SMC_MAILBOX_PAGE);
    }
}

/* The page is the agent's again, with an answer of @length bytes. */
static void channel_answer(MailboxChannel *c, uint32_t length)
{
    trace_smc_mailbox_answer(c->number, length);
    stl_le_p(c->page + SMC_MAILBOX_LENGTH, length);
    stl_le_p(c->page + SMC_MAILBOX_ERROR, SMC_MAILBOX_ERROR_NONE);
    channel_set_status(c, SMC_MAILBOX_STATUS_FREE);
}

/* The page is the agent's again, without. */
void mailbox_channel_refuse(MailboxChannel *c, uint32_t error)
{
    trace_smc_mailbox_refuse(c->number, error);
    stl_le_p(c->page + SMC_MAILBOX_ERROR, error);
    channel_set_status(c, SMC_MAILBOX_STATUS_ERROR);
}

static void loopback_run(MailboxChannel *c, uint32_t length)
{
    channel_answer(c, length);
}

static void scmi_run(MailboxChannel *c, uint32_t length)
{
    uint8_t *header = c->page + SMC_MAILBOX_MESSAGE;
    uint8_t *payload = header + sizeof(uint32_t);

    if (length < sizeof(uint32_t)) {
        mailbox_channel_refuse(c, SMC_MAILBOX_ERROR_LENGTH);
        return;
    }
    c->answered = false;
    length = scmi_channel_run(&c->scmi, 0, ldl_le_p(header), payload,
                              length - sizeof(uint32_t), payload,
                              SCMI_REPLY_MAX);
    if (length) {
        channel_answer(c, sizeof(uint32_t) + length);
    } else {
        c->pending = !c->answered;
    }
}

/* The agent has been told that the page is BUSY. */
static void channel_end(MailboxChannel *c)
{
    c->pending = false;
    timer_del(&c->timer);
    qemu_irq_pulse(c->irq);
}

/* A reply that fault rules have seen. */
static bool scmi_replied(void *opaque, uint64_t cookie, uint32_t header,
                         const void *payload, size_t length)
{
    MailboxChannel *c = opaque;

    stl_le_p(c->page + SMC_MAILBOX_MESSAGE, header);
    memcpy(c->page + SMC_MAILBOX_MESSAGE + sizeof(header), payload, length);
    channel_answer(c, sizeof(header) + length);
    c->answered = true;
    if (c->pending) {
        channel_end(c);
    }
    return true;
}

static const ScmiChannelOps scmi_ops = {
    .reply = scmi_replied,
};

static bool scmi_init(MailboxChannel *c, const char *argument, Error **errp)
{
    SmcMailbox *s = c->mailbox;

    if (!s->platform) {
        error_setg(errp, "channel %u needs an SCMI platform", c->number);
        return false;
    }
    if (s->agent == SCMI_AGENT_PLATFORM ||
        s->agent >= scmi_platform_num_agents(s->platform)) {
        error_setg(errp, "the SCMI platform has no agent %u", s->agent);
        return false;
    }
    scmi_channel_init(&c->scmi, s->platform, s->agent, SCMI_FIRST + c->number,
                      &scmi_ops, c);
    return true;
}

static void chardev_answered(void *opaque, const uint8_t *message,
                             uint32_t length)
{
    MailboxChannel *c = opaque;

    memcpy(c->page + SMC_MAILBOX_MESSAGE, message, length);
    channel_answer(c, length);
    channel_end(c);
}

/* The clock stands still while the machine is stopped: so does its memory. */
static void chardev_failed(void *opaque, uint32_t error)
{
    MailboxChannel *c = opaque;

    c->error = error;
    timer_mod(&c->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

static void channel_expire(void *opaque)
{
    MailboxChannel *c = opaque;

    mailbox_peer_forget(c->peer);
    mailbox_channel_refuse(c, c->error);
    channel_end(c);
}

static const MailboxPeerOps chardev_ops = {
    .answered = chardev_answered,
    .failed = chardev_failed,
};

static bool chardev_init(MailboxChannel *c, const char *argument, Error **errp)
{
    c->peer = mailbox_peer_new(argument, c->number, &chardev_ops, c, errp);
    return c->peer;
}

static void chardev_run(MailboxChannel *c, uint32_t length)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    c->pending = true;
    c->error = SMC_MAILBOX_ERROR_TIMEOUT;
    timer_mod(&c->timer, now + c->mailbox->timeout_ms * (int64_t)SCALE_MS);
    channel_set_status(c, SMC_MAILBOX_STATUS_BUSY);
    if (!mailbox_peer_send(c->peer, c->page + SMC_MAILBOX_MESSAGE, length)) {
        timer_del(&c->timer);
        c->pending = false;
        mailbox_channel_refuse(c, SMC_MAILBOX_ERROR_NO_PEER);
    }
}

static const MailboxBackend backends[] = {
    { "loopback", false, NULL, loopback_run },
    { "scmi", false, scmi_init, scmi_run },
    { "chardev", true, chardev_init, chardev_run },
};

/* Life. */

/* "NAME", or "NAME:ARGUMENT" */
static bool find_backend(MailboxChannel *c, const char *text, Error **errp)
{
    ERRP_GUARD();

    for (unsigned i = 0; i < ARRAY_SIZE(backends); i++) {
        const MailboxBackend *backend = &backends[i];
        const char *rest;

        if (strstart(text, backend->name, &rest) &&
            *rest == (backend->argument ? ':' : '\0')) {
            c->backend = backend;
            return !backend->init || backend->init(c, rest + 1, errp);
        }
    }
    error_setg(errp, "smc-mailbox: there is no backend '%s'", text);
    error_append_hint(errp, "Backends are loopback, scmi and chardev:ID.\n");
    return false;
}

bool mailbox_channel_init(MailboxChannel *c, const char *text, Error **errp)
{
    timer_init_ns(&c->timer, QEMU_CLOCK_VIRTUAL, channel_expire, c);
    return find_backend(c, text, errp);
}

void mailbox_channel_finalize(MailboxChannel *c)
{
    timer_del(&c->timer);
    mailbox_peer_free(c->peer);
    scmi_channel_finalize(&c->scmi);
}

void mailbox_channel_reset(MailboxChannel *c)
{
    c->pending = false;
    timer_del(&c->timer);
    if (c->peer) {
        mailbox_peer_forget(c->peer);
    }
    memset(c->page, 0, SMC_MAILBOX_PAGE);
}

/* Whoever was asked, it was not by this machine. */
static int channel_post_load(void *opaque, int version_id)
{
    MailboxChannel *c = opaque;

    if (c->pending != timer_pending(&c->timer) || (c->pending && !c->peer)) {
        return -EINVAL;
    }
    if (c->pending && (c->error < SMC_MAILBOX_ERROR_TIMEOUT ||
                       c->error > SMC_MAILBOX_ERROR_ANSWER)) {
        return -EINVAL;
    }
    if (c->peer) {
        mailbox_peer_forget(c->peer);
    }
    return 0;
}

const VMStateDescription vmstate_mailbox_channel = {
    .name = "smc-mailbox/channel",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = channel_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(pending, MailboxChannel),
        VMSTATE_UINT32(error, MailboxChannel),
        VMSTATE_TIMER(timer, MailboxChannel),
        VMSTATE_END_OF_LIST()
    },
};

