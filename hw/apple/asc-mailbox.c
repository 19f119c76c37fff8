/*
 * Apple ASC mailbox
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "asc-mailbox-internal.h"
#include "hw/core/dt-node.h"
#include "hw/fault/lines.h"
#include "hw/irq.h"
#include "migration/vmstate.h"
#include "qapi/visitor.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "system/device_tree.h"
#include "trace.h"

bool asc_mailbox_is_empty(AscMailbox *mbox, int fifo)
{
    return !mbox->fifo[fifo].count;
}

/* The interrupts whose cause is there, and note that it was. */
static uint8_t asc_mailbox_see_irqs(AscMailbox *mbox)
{
    bool sending = !asc_mailbox_is_empty(mbox, ASC_MAILBOX_A2I) ||
                   mbox->fifo[ASC_MAILBOX_A2I].busy;
    bool receiving = !asc_mailbox_is_empty(mbox, ASC_MAILBOX_I2A);
    uint8_t causes = (sending ? 1 << ASC_MAILBOX_IRQ_SEND_NOT_EMPTY
                              : 1 << ASC_MAILBOX_IRQ_SEND_EMPTY) |
                     (receiving ? 1 << ASC_MAILBOX_IRQ_RECV_NOT_EMPTY
                                : 1 << ASC_MAILBOX_IRQ_RECV_EMPTY);

    mbox->irq_seen |= causes;
    return causes;
}

static uint8_t asc_mailbox_lines(AscMailbox *mbox)
{
    uint8_t causes = asc_mailbox_see_irqs(mbox);

    return mbox->layout->irq_enable ? mbox->irq_seen & mbox->irq_enable
                                    : causes;
}

static bool asc_mailbox_level(Object *obj, unsigned line)
{
    return asc_mailbox_lines(APPLE_ASC_MAILBOX(obj)) & (1 << line);
}

void asc_mailbox_update_irqs(AscMailbox *mbox)
{
    uint8_t lines = asc_mailbox_lines(mbox);

    for (int i = 0; i < ASC_MAILBOX_NUM_IRQS; i++) {
        qemu_set_irq(mbox->irq[i], lines & (1 << i) ? 1 : 0);
    }
}

/* There is a message that the co-processor can take. */
static bool asc_mailbox_has_work(const AscMailbox *mbox)
{
    const AscMailboxFifo *a2i = &mbox->fifo[ASC_MAILBOX_A2I];

    return mbox->ops && a2i->count && !a2i->busy;
}

/* Fault rules see both words as they are in the FIFO. */
static void asc_mailbox_pass(AscMailbox *mbox, FaultSite site, uint64_t msg0,
                             uint32_t msg1)
{
    uint64_t words[2] = { cpu_to_le64(msg0), cpu_to_le64(msg1) };
    FaultMessage m;

    fault_message_init(&m, site, words, sizeof(words));
    fault_message_set(&m, FAULT_FIELD_ENDPOINT, msg1 & UINT8_MAX);
    fault_pass(&mbox->port, &m);
}

/* Hand the oldest message to the co-processor. */
static void asc_mailbox_deliver(AscMailbox *mbox)
{
    AscMailboxSlot slot = asc_fifo_pop(&mbox->fifo[ASC_MAILBOX_A2I]);

    trace_asc_mailbox_deliver(slot.msg0, slot.msg1);
    if (fault_watched) {
        asc_mailbox_pass(mbox, FAULT_SITE_MAILBOX_RECEIVE, slot.msg0,
                         slot.msg1);
    } else {
        mbox->ops->receive(mbox->opaque, slot.msg0, slot.msg1);
    }
}

static void asc_mailbox_start_timer(AscMailbox *mbox)
{
    if (!timer_pending(mbox->timer)) {
        timer_mod(mbox->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                               mbox->latency_ns);
    }
}

static void asc_mailbox_timer(void *opaque)
{
    AscMailbox *mbox = opaque;

    if (asc_mailbox_has_work(mbox)) {
        asc_mailbox_deliver(mbox);
    }
    if (asc_mailbox_has_work(mbox)) {
        asc_mailbox_start_timer(mbox);
    }
    asc_mailbox_update_irqs(mbox);
}

/* The co-processor takes what there is, at its pace. */
static void asc_mailbox_drain(AscMailbox *mbox)
{
    if (mbox->latency_ns) {
        asc_mailbox_start_timer(mbox);
        return;
    }
    while (asc_mailbox_has_work(mbox)) {
        asc_mailbox_deliver(mbox);
    }
}

void asc_mailbox_committed(AscMailbox *mbox, int fifo)
{
    asc_mailbox_see_irqs(mbox);
    if (fifo == ASC_MAILBOX_A2I && asc_mailbox_has_work(mbox)) {
        asc_mailbox_drain(mbox);
    }
    asc_mailbox_update_irqs(mbox);
}

void asc_mailbox_popped(AscMailbox *mbox, int fifo)
{
    if (fifo == ASC_MAILBOX_I2A && mbox->ops) {
        mbox->ops->drained(mbox->opaque);
    }
    asc_mailbox_update_irqs(mbox);
}

void asc_mailbox_attach(AscMailbox *mbox, const AscMailboxOps *ops,
                        void *opaque)
{
    assert(!mbox->ops);
    mbox->ops = ops;
    mbox->opaque = opaque;
}

static bool asc_mailbox_put(AscMailbox *mbox, uint64_t msg0, uint32_t msg1)
{
    if (!asc_fifo_push(&mbox->fifo[ASC_MAILBOX_I2A], msg0, msg1)) {
        return false;
    }
    trace_asc_mailbox_send(msg0, msg1);
    asc_mailbox_update_irqs(mbox);
    return true;
}

/*
 * Who has to wait for room comes again: rules see what there is room for, and
 * see it once. What they add to it, there may be no room for: it is lost.
 */
bool asc_mailbox_send(AscMailbox *mbox, uint64_t msg0, uint32_t msg1)
{
    if (fault_watched &&
        mbox->fifo[ASC_MAILBOX_I2A].count < ASC_MAILBOX_SLOTS) {
        asc_mailbox_pass(mbox, FAULT_SITE_MAILBOX_SEND, msg0, msg1);
        return true;
    }
    return asc_mailbox_put(mbox, msg0, msg1);
}

static bool asc_mailbox_port_deliver(void *opaque, FaultMessage *m)
{
    AscMailbox *mbox = opaque;
    uint64_t msg0 = ldq_le_p(m->bytes);
    uint32_t msg1 = ldl_le_p(m->bytes + sizeof(msg0));

    if (m->length != 2 * sizeof(uint64_t) || !mbox->ops) {
        return false;
    }
    if (m->site == FAULT_SITE_MAILBOX_SEND) {
        return asc_mailbox_put(mbox, msg0, msg1);
    }
    mbox->ops->receive(mbox->opaque, msg0, msg1);
    return true;
}

static void asc_mailbox_port_hold(void *opaque, bool busy)
{
    AscMailbox *mbox = opaque;

    /* After a migration it may be so already. */
    if (mbox->fifo[ASC_MAILBOX_A2I].busy == busy) {
        return;
    }
    mbox->fifo[ASC_MAILBOX_A2I].busy = busy;
    if (asc_mailbox_has_work(mbox)) {
        asc_mailbox_drain(mbox);
    }
    asc_mailbox_update_irqs(mbox);
}

static const FaultPortOps asc_mailbox_port_ops = {
    .sites = 1u << FAULT_SITE_MAILBOX_SEND | 1u << FAULT_SITE_MAILBOX_RECEIVE,
    .deliver = asc_mailbox_port_deliver,
    .hold = asc_mailbox_port_hold,
};

/* A rule that holds a FIFO does so until it, or the whole machine, goes. */
static void asc_mailbox_reset_enter(Object *obj, ResetType type)
{
    AscMailbox *mbox = APPLE_ASC_MAILBOX(obj);
    bool busy = mbox->fifo[ASC_MAILBOX_A2I].busy;

    timer_del(mbox->timer);
    fault_port_reset(&mbox->port);
    memset(mbox->fifo, 0, sizeof(mbox->fifo));
    mbox->fifo[ASC_MAILBOX_A2I].busy = busy;
    mbox->irq_enable = 0;
    mbox->irq_seen = 0;
}

/* Two lines idle high: raise them when the GIC's own reset is behind us. */
static void asc_mailbox_reset_exit(Object *obj, ResetType type)
{
    asc_mailbox_update_irqs(APPLE_ASC_MAILBOX(obj));
}

static int asc_mailbox_post_load(void *opaque, int version_id)
{
    AscMailbox *mbox = opaque;
    uint8_t irqs = mbox->irq_enable | mbox->irq_seen;

    return irqs & ~ASC_MAILBOX_IRQ_MASK ? -EINVAL : 0;
}

static const VMStateDescription vmstate_asc_mailbox = {
    .name = "apple-asc-mailbox",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = asc_mailbox_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(fifo, AscMailbox, ASC_MAILBOX_NUM_FIFOS, 1,
                             vmstate_asc_fifo, AscMailboxFifo),
        VMSTATE_TIMER_PTR(timer, AscMailbox),
        VMSTATE_UINT8(irq_enable, AscMailbox),
        VMSTATE_UINT8(irq_seen, AscMailbox),
        VMSTATE_END_OF_LIST()
    },
};

/* The interrupts that are wired, whose SPIs follow each other. */
static void asc_mailbox_write_dt_irqs(SysBusDevice *sbd, DtWriter *dt,
                                      const char *path, uint32_t first_spi)
{
    static const char *const names[] = {
        "send-empty", "send-not-empty", "recv-empty", "recv-not-empty",
    };
    char *wired[ASC_MAILBOX_NUM_IRQS];
    unsigned count = 0;

    for (int i = 0; i < ASC_MAILBOX_NUM_IRQS; i++) {
        if (sysbus_is_irq_connected(sbd, i)) {
            wired[count++] = (char *)names[i];
        }
    }
    dt_set_level_spis(dt, path, first_spi, count);
    qemu_fdt_setprop_string_array(dt->fdt, path, "interrupt-names", wired,
                                  count);
}

static void asc_mailbox_write_dt_node(DtNode *node, DtWriter *dt,
                                      uint32_t first_spi)
{
    AscMailboxClass *amc = APPLE_ASC_MAILBOX_GET_CLASS(node);
    SysBusDevice *sbd = SYS_BUS_DEVICE(node);
    g_autofree char *path = dt_add_mmio_node(dt, sbd, "mbox");

    qemu_fdt_setprop_string_array(dt->fdt, path, "compatible",
                                  (char **)amc->compatible,
                                  g_strv_length((char **)amc->compatible));
    asc_mailbox_write_dt_irqs(sbd, dt, path, first_spi);
    qemu_fdt_setprop_cell(dt->fdt, path, "#mbox-cells", 0);
}

static void asc_mailbox_get_latency(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &APPLE_ASC_MAILBOX(obj)->latency_ns, errp);
}

/* A wait that is under way begins again. */
static void asc_mailbox_set_latency(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    AscMailbox *mbox = APPLE_ASC_MAILBOX(obj);
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    mbox->latency_ns = value;
    if (timer_pending(mbox->timer)) {
        timer_del(mbox->timer);
        asc_mailbox_start_timer(mbox);
    }
}

static void asc_mailbox_init(Object *obj)
{
    AscMailbox *mbox = APPLE_ASC_MAILBOX(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    mbox->layout = APPLE_ASC_MAILBOX_GET_CLASS(mbox)->layout;
    memory_region_init_io(&mbox->mmio, obj, &asc_mailbox_mmio_ops, mbox,
                          TYPE_APPLE_ASC_MAILBOX, ASC_MAILBOX_MMIO_SIZE);
    sysbus_init_mmio(sbd, &mbox->mmio);
    for (int i = 0; i < ASC_MAILBOX_NUM_IRQS; i++) {
        sysbus_init_irq(sbd, &mbox->irq[i]);
    }
    mbox->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, asc_mailbox_timer, mbox);
    fault_port_init(&mbox->port, obj, &asc_mailbox_port_ops, mbox);
    fault_registers_init(&mbox->registers, obj);
    object_property_add_uint8_ptr(obj, "a2i-messages",
                                  &mbox->fifo[ASC_MAILBOX_A2I].count,
                                  OBJ_PROP_FLAG_READ);
    object_property_add_uint8_ptr(obj, "i2a-messages",
                                  &mbox->fifo[ASC_MAILBOX_I2A].count,
                                  OBJ_PROP_FLAG_READ);
}

static void asc_mailbox_finalize(Object *obj)
{
    AscMailbox *mbox = APPLE_ASC_MAILBOX(obj);

    fault_registers_finalize(&mbox->registers);
    fault_port_finalize(&mbox->port);
    timer_free(mbox->timer);
}

static void asc_mailbox_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->desc = "Apple ASC mailbox";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    dc->vmsd = &vmstate_asc_mailbox;
    rc->phases.enter = asc_mailbox_reset_enter;
    rc->phases.exit = asc_mailbox_reset_exit;
    DT_NODE_CLASS(oc)->write = asc_mailbox_write_dt_node;
    FAULT_LINES_CLASS(oc)->level = asc_mailbox_level;
    object_class_property_add(oc, "latency-ns", "uint32",
                              asc_mailbox_get_latency, asc_mailbox_set_latency,
                              NULL, NULL);
    object_class_property_set_description(oc, "latency-ns",
        "Virtual time that each message to the co-processor takes");
}

static const TypeInfo asc_mailbox_info = {
    .name = TYPE_APPLE_ASC_MAILBOX,
    .parent = TYPE_SYS_BUS_DEVICE,
    .abstract = true,
    .instance_size = sizeof(AscMailbox),
    .instance_init = asc_mailbox_init,
    .instance_finalize = asc_mailbox_finalize,
    .class_size = sizeof(AscMailboxClass),
    .class_init = asc_mailbox_class_init,
    .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { TYPE_FAULT_LINES },
                                      { } },
};

static void asc_mailbox_register(void)
{
    type_register_static(&asc_mailbox_info);
}
type_init(asc_mailbox_register)
