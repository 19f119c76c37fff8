/*
 * SMC mailbox: firmware calls that a service elsewhere answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qapi/error.h"
#include "hw/core/dt-node.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "mailbox-internal.h"
#include "migration/vmstate.h"
#include "system/device_tree.h"
#include "system/runstate.h"
#include "trace.h"

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(SmcMailbox, smc_mailbox, SMC_MAILBOX,
                                          SYS_BUS_DEVICE, { TYPE_DT_NODE },
                                          { NULL })

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
        mailbox_channel_refuse(c, SMC_MAILBOX_ERROR_LENGTH);
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

static bool add_channels(SmcMailbox *s, Error **errp)
{
    uint8_t *ram = memory_region_get_ram_ptr(&s->pages);

    s->channels = g_new0(MailboxChannel, s->num_backends);
    for (unsigned i = 0; i < s->num_backends; i++) {
        MailboxChannel *c = &s->channels[i];

        c->mailbox = s;
        c->number = i;
        c->page = ram + i * SMC_MAILBOX_PAGE;
        sysbus_init_irq(SYS_BUS_DEVICE(s), &c->irq);
        s->num_channels++;
        if (!mailbox_channel_init(c, s->backends[i], errp)) {
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
        mailbox_channel_reset(&s->channels[i]);
    }
    memory_region_set_dirty(&s->pages, 0,
                            s->num_channels * SMC_MAILBOX_PAGE);
}

/* The pages migrate as RAM. */
static const VMStateDescription vmstate_smc_mailbox = {
    .name = TYPE_SMC_MAILBOX,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(num_channels, SmcMailbox, NULL),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(channels, SmcMailbox,
                                             num_channels,
                                             vmstate_mailbox_channel,
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
        mailbox_channel_finalize(&s->channels[i]);
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
