/*
 * SCMI transport over a doorbell mailbox, with shared memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "hw/mailbox/doorbell.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "mailbox-internal.h"
#include "migration/vmstate.h"
#include "trace.h"
#include "transport.h"

QEMU_BUILD_BUG_ON(SCMI_MAILBOX_SHMEM_SIZE != SCMI_SHMEM_SIZE);

/*
 * While events wait and the agent owns their shared memory, the platform looks
 * at it again after this time, doubled each time. In microseconds.
 */
#define MIN_POLL_DELAY 100
#define MAX_POLL_DELAY 100000

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(ScmiMailbox, scmi_mailbox,
                                          SCMI_MAILBOX, SYS_BUS_DEVICE,
                                          { TYPE_DT_NODE },
                                          { TYPE_SCMI_TRANSPORT }, { NULL })

/* Agent to platform: commands. */

static void reply_ring(ScmiMailboxChannel *channel)
{
    channel->reply_waits = channel->reply_untaken;
    if (!channel->reply_untaken) {
        channel->reply_untaken = true;
        doorbell_ring(channel->owner->reply_mailbox, channel->doorbell);
    }
}

static void reply_taken(void *opaque)
{
    ScmiMailboxChannel *channel = opaque;

    channel->reply_untaken = false;
    if (channel->reply_waits) {
        reply_ring(channel);
    }
}

static void channel_replied(void *opaque)
{
    ScmiMailboxChannel *channel = opaque;

    if (channel->owner->completion_irq) {
        reply_ring(channel);
    }
}

static void command_rung(void *opaque)
{
    ScmiMailboxChannel *channel = opaque;
    ScmiMailbox *s = channel->owner;

    if (scmi_shmem_is_free(&channel->shmem)) {
        qemu_log_mask(LOG_GUEST_ERROR, "scmi-mailbox: rung while the agent "
                      "owns the channel\n");
        trace_scmi_mailbox_err_busy(s->agent, channel->doorbell);
        return;
    }
    if (scmi_shmem_run(&channel->shmem)) {
        channel_replied(channel);
    }
}

static const DoorbellOps command_ops = {
    .rung = command_rung,
    .taken = reply_taken,
};

/* Platform to agent: events. */

static void poll_after(ScmiMailbox *s, uint32_t delay)
{
    s->poll_delay = MIN(delay, MAX_POLL_DELAY);
    timer_mod(s->poll_timer, qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) +
                             s->poll_delay);
}

static bool event_send(void *opaque, uint32_t header, const void *payload,
                       size_t length)
{
    ScmiMailbox *s = opaque;

    if (!scmi_shmem_is_free(&s->event_shmem)) {
        if (!timer_pending(s->poll_timer)) {
            poll_after(s, MIN_POLL_DELAY);
        }
        return false;
    }
    if (s->event_untaken) {
        return false;
    }
    s->event_untaken = true;
    scmi_shmem_send(&s->event_shmem, header, payload, length,
                    s->event_completion);
    doorbell_ring(s->reply_mailbox, s->p2a);
    return true;
}

static const ScmiEventSink event_sink = {
    .send = event_send,
};

/* The agent may have given the shared memory back. */
static void event_check(void *opaque)
{
    ScmiMailbox *s = opaque;

    if (scmi_shmem_is_free(&s->event_shmem)) {
        timer_del(s->poll_timer);
        scmi_platform_drained(s->platform, s->agent);
    }
}

static void event_taken(void *opaque)
{
    ScmiMailbox *s = opaque;

    s->event_untaken = false;
    event_check(s);
}

static void event_poll(void *opaque)
{
    ScmiMailbox *s = opaque;

    if (scmi_shmem_is_free(&s->event_shmem)) {
        scmi_platform_drained(s->platform, s->agent);
    } else {
        poll_after(s, MAX(s->poll_delay, MIN_POLL_DELAY) * 2);
    }
}

static const DoorbellOps event_ops = {
    .rung = event_check,
    .taken = event_taken,
};

/* Device. */

static ScmiChannelInfo *event_channel_info(const ScmiMailbox *s)
{
    bool busy = s->event_untaken || !scmi_shmem_is_free(&s->event_shmem);
    ScmiChannelInfo *info =
        scmi_channel_info("event-shmem", true,
                          busy ? SCMI_CHANNEL_STATE_BUSY
                               : SCMI_CHANNEL_STATE_FREE);

    info->has_rung = true;
    info->rung = s->event_untaken;
    return info;
}

static ScmiChannelInfoList *scmi_mailbox_query(ScmiTransport *transport)
{
    ScmiMailbox *s = SCMI_MAILBOX(transport);
    ScmiChannelInfoList *list = NULL, **tail = &list;

    for (unsigned i = 0; i < s->num_channels; i++) {
        const ScmiMailboxChannel *channel = &s->channels[i];
        ScmiChannelInfo *info = scmi_shmem_info(&channel->shmem, s->protocols,
                                                i);

        info->has_rung = true;
        info->rung = channel->reply_untaken;
        QAPI_LIST_APPEND(tail, info);
    }
    if (s->events) {
        QAPI_LIST_APPEND(tail, event_channel_info(s));
    }
    return list;
}

static bool check_directions(const ScmiMailbox *s, Error **errp)
{
    ERRP_GUARD();

    if (!(doorbell_directions(s->mailbox) & DOORBELL_AGENT_RINGS)) {
        error_setg(errp, "scmi-mailbox: the agent cannot ring 'mailbox'");
        return false;
    }
    if (!(doorbell_directions(s->reply_mailbox) & DOORBELL_FAR_SIDE_RINGS)) {
        error_setg(errp, "scmi-mailbox: the platform cannot ring "
                   "'reply-mailbox'");
        error_append_hint(errp, "It is what 'mailbox' is if it is not set.\n");
        return false;
    }
    return true;
}

static bool attach_doorbells(ScmiMailbox *s, DoorbellMailbox *mailbox,
                             Error **errp)
{
    for (unsigned i = 0; i < s->num_channels; i++) {
        if (!doorbell_attach(mailbox, s->channels[i].doorbell, &command_ops,
                             &s->channels[i], errp)) {
            return false;
        }
    }
    return !s->events ||
           doorbell_attach(mailbox, s->p2a, &event_ops, s, errp);
}

static bool add_shmem(ScmiMailbox *s, ScmiShmem *shmem, const char *name,
                      Error **errp)
{
    if (!scmi_shmem_init(shmem, OBJECT(s), TYPE_SCMI_MAILBOX, s->agent, name,
                         errp)) {
        return false;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &shmem->mr);
    return true;
}

/* The doorbells of protocols come behind the two that are configured. */
static uint32_t channel_doorbell(const ScmiMailbox *s, unsigned i)
{
    return i ? MAX(s->a2p, s->events ? s->p2a : 0) + i : s->a2p;
}

static bool add_channels(ScmiMailbox *s, Error **errp)
{
    s->channels = g_new0(ScmiMailboxChannel, s->num_protocols + 1);
    for (unsigned i = 0; i <= s->num_protocols; i++) {
        ScmiMailboxChannel *channel = &s->channels[i];
        g_autofree char *name = scmi_shmem_name(s->protocols, i);

        channel->owner = s;
        channel->doorbell = channel_doorbell(s, i);
        if (!add_shmem(s, &channel->shmem, name, errp)) {
            return false;
        }
        scmi_shmem_connect(&channel->shmem, s->platform, s->agent, i,
                           channel_replied, channel);
        s->num_channels++;
        if (!i && s->events &&
            !add_shmem(s, &s->event_shmem, "event-shmem", errp)) {
            return false;
        }
    }
    return true;
}

static void scmi_mailbox_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    ScmiMailbox *s = SCMI_MAILBOX(dev);

    if (!s->platform || !s->mailbox) {
        error_setg(errp, "scmi-mailbox needs a platform and a mailbox");
        return;
    }
    if (!s->reply_mailbox) {
        s->reply_mailbox = s->mailbox;
        object_ref(OBJECT(s->mailbox)); /* which the property gives up */
    }
    if (!check_directions(s, errp)) {
        return;
    }
    s->agent = scmi_platform_claim(s->platform, s->agent, OBJECT(s), errp);
    if (!s->agent || !add_channels(s, errp) ||
        !attach_doorbells(s, s->mailbox, errp) ||
        (!scmi_mailbox_is_both_ways(s) &&
         !attach_doorbells(s, s->reply_mailbox, errp))) {
        error_prepend(errp, "scmi-mailbox: ");
        return;
    }
    s->poll_timer = timer_new_us(QEMU_CLOCK_VIRTUAL, event_poll, s);
    if (s->events) {
        scmi_platform_attach(s->platform, s->agent, &event_sink, s);
    }
}

static void scmi_mailbox_reset_hold(Object *obj, ResetType type)
{
    ScmiMailbox *s = SCMI_MAILBOX(obj);

    for (unsigned i = 0; i < s->num_channels; i++) {
        ScmiMailboxChannel *channel = &s->channels[i];

        scmi_shmem_reset(&channel->shmem);
        channel->reply_untaken = channel->reply_waits = false;
    }
    if (s->events) {
        scmi_shmem_reset(&s->event_shmem);
    }
    timer_del(s->poll_timer);
    s->poll_delay = 0;
    s->event_untaken = false;
}

/* The shared memory migrates as RAM, and a command is never half done. */
static const VMStateDescription vmstate_scmi_mailbox_channel = {
    .name = "scmi-mailbox-channel",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(reply_untaken, ScmiMailboxChannel),
        VMSTATE_BOOL(reply_waits, ScmiMailboxChannel),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_scmi_mailbox = {
    .name = TYPE_SCMI_MAILBOX,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_TIMER_PTR(poll_timer, ScmiMailbox),
        VMSTATE_UINT32(poll_delay, ScmiMailbox),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(channels, ScmiMailbox,
                                             num_channels,
                                             vmstate_scmi_mailbox_channel,
                                             ScmiMailboxChannel),
        VMSTATE_BOOL(event_untaken, ScmiMailbox),
        VMSTATE_END_OF_LIST()
    },
};

static const Property scmi_mailbox_properties[] = {
    DEFINE_PROP_LINK("platform", ScmiMailbox, platform, TYPE_SCMI_PLATFORM,
                     ScmiPlatform *),
    DEFINE_PROP_LINK("mailbox", ScmiMailbox, mailbox, TYPE_DOORBELL_MAILBOX,
                     DoorbellMailbox *),
    DEFINE_PROP_LINK("reply-mailbox", ScmiMailbox, reply_mailbox,
                     TYPE_DOORBELL_MAILBOX, DoorbellMailbox *),
    DEFINE_PROP_UINT32("agent", ScmiMailbox, agent, 1),
    DEFINE_PROP_UINT32("a2p", ScmiMailbox, a2p, 0),
    DEFINE_PROP_UINT32("p2a", ScmiMailbox, p2a, 1),
    DEFINE_PROP_BOOL("events", ScmiMailbox, events, true),
    DEFINE_PROP_BOOL("event-completion", ScmiMailbox, event_completion,
                     false),
    DEFINE_PROP_BOOL("completion-irq", ScmiMailbox, completion_irq, true),
    DEFINE_PROP_ARRAY("protocols", ScmiMailbox, num_protocols, protocols,
                      qdev_prop_uint8, uint8_t),
};

static void scmi_mailbox_init(Object *obj)
{
}

static void scmi_mailbox_finalize(Object *obj)
{
    ScmiMailbox *s = SCMI_MAILBOX(obj);

    for (unsigned i = 0; i < s->num_channels; i++) {
        scmi_shmem_disconnect(&s->channels[i].shmem);
    }
    timer_free(s->poll_timer);
    g_free(s->channels);
}

static void scmi_mailbox_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->realize = scmi_mailbox_realize;
    dc->vmsd = &vmstate_scmi_mailbox;
    /* Reason: wired by a machine that has the mailboxes */
    dc->user_creatable = false;
    device_class_set_props(dc, scmi_mailbox_properties);
    rc->phases.hold = scmi_mailbox_reset_hold;
    DT_NODE_CLASS(oc)->write = scmi_mailbox_write_dt;
    SCMI_TRANSPORT_CLASS(oc)->query = scmi_mailbox_query;
}
