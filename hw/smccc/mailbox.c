/*
 * SMC mailbox: firmware calls that a service elsewhere answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/log.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "exec/memory.h"
#include "hw/core/dt-node.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "hw/scmi/platform.h"
#include "hw/smccc/conduit.h"
#include "hw/smccc/mailbox.h"
#include "hw/sysbus.h"
#include "mailbox-peer.h"
#include "migration/vmstate.h"
#include "system/device_tree.h"
#include "system/runstate.h"
#include "trace.h"

typedef struct MailboxBackend MailboxBackend;

/**
 * MailboxChannel:
 * @page: its shared memory, in the host
 * @pending: a message is under way, which is more than the page may say
 * @error: what becomes of it when @timer expires
 * @peer: with backend "chardev", NULL otherwise
 */
typedef struct MailboxChannel {
    SmcMailbox *mailbox;
    uint32_t number;
    uint8_t *page;
    const MailboxBackend *backend;
    MailboxPeer *peer;
    qemu_irq irq;
    bool pending;
    uint32_t error;
    QEMUTimer timer;
} MailboxChannel;

struct SmcMailbox {
    SysBusDevice parent_obj;
    MemoryRegion pages;
    SMCCCConduit *conduit;
    ScmiPlatform *platform;
    uint32_t agent;
    uint32_t function;
    uint32_t timeout_ms;
    uint32_t num_backends;
    char **backends;
    uint32_t num_channels;
    MailboxChannel *channels;
};

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(SmcMailbox, smc_mailbox, SMC_MAILBOX,
                                          SYS_BUS_DEVICE, { TYPE_DT_NODE },
                                          { NULL })

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
static void channel_refuse(MailboxChannel *c, uint32_t error)
{
    trace_smc_mailbox_refuse(c->number, error);
    stl_le_p(c->page + SMC_MAILBOX_ERROR, error);
    channel_set_status(c, SMC_MAILBOX_STATUS_ERROR);
}

/* Backends. */

/**
 * MailboxBackend:
 * @name: as in property "channels", with @argument followed by one
 * @init: called when the device is realized; may be NULL
 * @run: run the message in the page, whose length is known to fit. It ends
 *       with channel_answer() or channel_refuse(), or with the channel pending.
 */
struct MailboxBackend {
    const char *name;
    bool argument;
    bool (*init)(MailboxChannel *c, const char *argument, Error **errp);
    void (*run)(MailboxChannel *c, uint32_t length);
};

static void loopback_run(MailboxChannel *c, uint32_t length)
{
    channel_answer(c, length);
}

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
    return true;
}

static void scmi_run(MailboxChannel *c, uint32_t length)
{
    SmcMailbox *s = c->mailbox;
    uint8_t *header = c->page + SMC_MAILBOX_MESSAGE;
    uint8_t *payload = header + sizeof(uint32_t);

    if (length < sizeof(uint32_t)) {
        channel_refuse(c, SMC_MAILBOX_ERROR_LENGTH);
        return;
    }
    length = scmi_platform_handle(s->platform, s->agent, ldl_le_p(header),
                                  payload, length - sizeof(uint32_t), payload,
                                  SCMI_REPLY_MAX);
    channel_answer(c, sizeof(uint32_t) + length);
}

/* The agent has been told that the page is BUSY. */
static void channel_end(MailboxChannel *c)
{
    c->pending = false;
    timer_del(&c->timer);
    qemu_irq_pulse(c->irq);
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
    channel_refuse(c, c->error);
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
        channel_refuse(c, SMC_MAILBOX_ERROR_NO_PEER);
    }
}

static const MailboxBackend backends[] = {
    { "loopback", false, NULL, loopback_run },
    { "scmi", false, scmi_init, scmi_run },
    { "chardev", true, chardev_init, chardev_run },
};

/* Calls. */

static void guest_error(const MailboxChannel *c, const char *what,
                        uint32_t value)
{
    trace_smc_mailbox_guest_error(c->number, what, value);
    qemu_log_mask(LOG_GUEST_ERROR, "smc-mailbox: channel %u: %s (%u)\n",
                  c->number, what, value);
}

static int channel_call(MailboxChannel *c)
{
    /* Another vCPU may write to it meanwhile: this is the length. */
    uint32_t length = ldl_le_p(c->page + SMC_MAILBOX_LENGTH);

    if (c->pending) {
        guest_error(c, "called while a message is under way", length);
        return SMC_MAILBOX_BUSY;
    }
    trace_smc_mailbox_call(c->number, length);
    if (length > SMC_MAILBOX_MESSAGE_MAX) {
        guest_error(c, "the message's length does not fit", length);
        channel_refuse(c, SMC_MAILBOX_ERROR_LENGTH);
    } else {
        c->backend->run(c, length);
    }
    return 0;
}

static bool smc_mailbox_call(void *opaque, const uint64_t *args,
                             uint64_t *results)
{
    SmcMailbox *s = opaque;

    if (args[1] < s->num_channels) {
        results[0] = channel_call(&s->channels[args[1]]);
        return true;
    }
    trace_smc_mailbox_err_channel(args[1]);
    qemu_log_mask(LOG_GUEST_ERROR, "smc-mailbox: no channel 0x%" PRIx64 "\n",
                  args[1]);
    results[0] = SMC_MAILBOX_INVALID_PARAMETER;
    return true;
}

/* Device. */

static void smc_mailbox_write_dt(DtNode *node, DtWriter *dt,
                                 uint32_t first_spi)
{
    SmcMailbox *s = SMC_MAILBOX(node);
    g_autofree char *path = dt_add_mmio_node(dt, SYS_BUS_DEVICE(s), "mailbox");

    qemu_fdt_setprop_string(dt->fdt, path, "compatible",
                            "farside,smc-mailbox");
    qemu_fdt_setprop_cell(dt->fdt, path, "farside,function-id", s->function);
    qemu_fdt_setprop_cell(dt->fdt, path, "farside,channels", s->num_channels);
    dt_set_edge_spis(dt, path, first_spi, s->num_channels);
}

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

static bool add_channels(SmcMailbox *s, Error **errp)
{
    uint8_t *ram = memory_region_get_ram_ptr(&s->pages);

    s->channels = g_new0(MailboxChannel, s->num_backends);
    for (unsigned i = 0; i < s->num_backends; i++) {
        MailboxChannel *c = &s->channels[i];

        c->mailbox = s;
        c->number = i;
        c->page = ram + i * SMC_MAILBOX_PAGE;
        timer_init_ns(&c->timer, QEMU_CLOCK_VIRTUAL, channel_expire, c);
        sysbus_init_irq(SYS_BUS_DEVICE(s), &c->irq);
        s->num_channels++;
        if (!find_backend(c, s->backends[i], errp)) {
            return false;
        }
    }
    return true;
}

static void smc_mailbox_vm_state(void *opaque, bool running, RunState state)
{
    SmcMailbox *s = opaque;

    for (unsigned i = 0; running && i < s->num_channels; i++) {
        if (s->channels[i].peer) {
            mailbox_peer_resume(s->channels[i].peer);
        }
    }
}

static bool check_properties(const SmcMailbox *s, Error **errp)
{
    if (!s->conduit) {
        error_setg(errp, "smc-mailbox needs a conduit");
        return false;
    }
    if (!s->num_backends || s->num_backends > SMC_MAILBOX_MAX_CHANNELS) {
        error_setg(errp, "smc-mailbox has 1 to %u channels",
                   SMC_MAILBOX_MAX_CHANNELS);
        return false;
    }
    if (!s->timeout_ms) {
        error_setg(errp, "smc-mailbox: timeout-ms cannot be 0");
        return false;
    }
    return true;
}

static void smc_mailbox_realize(DeviceState *dev, Error **errp)
{
    SmcMailbox *s = SMC_MAILBOX(dev);
    g_autofree char *name = g_strdup_printf("smc-mailbox.%x", s->function);

    if (!check_properties(s, errp) ||
        !memory_region_init_ram(&s->pages, OBJECT(s), name,
                                s->num_backends * SMC_MAILBOX_PAGE, errp)) {
        return;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->pages);
    if (!add_channels(s, errp) ||
        !smccc_conduit_add(s->conduit, s->function, smc_mailbox_call, s,
                           errp)) {
        return;
    }
    qdev_add_vm_change_state_handler(dev, smc_mailbox_vm_state, s);
}

static void smc_mailbox_reset_hold(Object *obj, ResetType type)
{
    SmcMailbox *s = SMC_MAILBOX(obj);

    for (unsigned i = 0; i < s->num_channels; i++) {
        MailboxChannel *c = &s->channels[i];

        c->pending = false;
        timer_del(&c->timer);
        if (c->peer) {
            mailbox_peer_forget(c->peer);
        }
        memset(c->page, 0, SMC_MAILBOX_PAGE);
    }
    memory_region_set_dirty(&s->pages, 0,
                            s->num_channels * SMC_MAILBOX_PAGE);
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

static const VMStateDescription vmstate_channel = {
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

/* The pages migrate as RAM. */
static const VMStateDescription vmstate_smc_mailbox = {
    .name = TYPE_SMC_MAILBOX,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(num_channels, SmcMailbox, NULL),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(channels, SmcMailbox,
                                             num_channels, vmstate_channel,
                                             MailboxChannel),
        VMSTATE_END_OF_LIST()
    },
};

static const Property smc_mailbox_properties[] = {
    DEFINE_PROP_LINK("conduit", SmcMailbox, conduit, TYPE_SMCCC_CONDUIT,
                     SMCCCConduit *),
    DEFINE_PROP_LINK("platform", SmcMailbox, platform, TYPE_SCMI_PLATFORM,
                     ScmiPlatform *),
    DEFINE_PROP_UINT32("agent", SmcMailbox, agent, 1),
    DEFINE_PROP_UINT32("function", SmcMailbox, function,
                       SMC_MAILBOX_DEFAULT_FUNCTION),
    DEFINE_PROP_UINT32("timeout-ms", SmcMailbox, timeout_ms, 1000),
    DEFINE_PROP_ARRAY("channels", SmcMailbox, num_backends, backends,
                      qdev_prop_string, char *),
};

static void smc_mailbox_init(Object *obj)
{
}

static void smc_mailbox_finalize(Object *obj)
{
    SmcMailbox *s = SMC_MAILBOX(obj);

    for (unsigned i = 0; i < s->num_channels; i++) {
        timer_del(&s->channels[i].timer);
        mailbox_peer_free(s->channels[i].peer);
    }
    g_free(s->channels);
}

static void smc_mailbox_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->realize = smc_mailbox_realize;
    dc->vmsd = &vmstate_smc_mailbox;
    /* Reason: wired by a machine that has a conduit */
    dc->user_creatable = false;
    device_class_set_props(dc, smc_mailbox_properties);
    rc->phases.hold = smc_mailbox_reset_hold;
    DT_NODE_CLASS(oc)->write = smc_mailbox_write_dt;
}
