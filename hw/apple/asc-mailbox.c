/*
 * Apple ASC mailbox
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "asc-fifo.h"
#include "hw/apple/asc-mailbox.h"
#include "hw/core/dt-node.h"
#include "hw/irq.h"
#include "migration/vmstate.h"
#include "qemu/log.h"
#include "qemu/timer.h"
#include "system/device_tree.h"
#include "trace.h"

/* Words of a FIFO's data registers, from SEND0 on. */
enum {
    WORD_SEND0,
    WORD_SEND1_HI = 3,
    WORD_RECV0,
    WORD_RECV1_HI = 7,
    NUM_WORDS,
};

/*
 * The register at an offset: CONTROL or a data word of one FIFO, or one of
 * the registers for interrupts.
 */
typedef struct AscRegister {
    int fifo;
    int word;
} AscRegister;

enum {
    WORD_CONTROL = -1,
    WORD_IRQ_ENABLE = -2,
    WORD_IRQ_ACK = -3,
};

#define IRQ_MASK MAKE_64BIT_MASK(0, ASC_MAILBOX_NUM_IRQS)

static const char *const fifo_name[] = { "A2I", "I2A" };

static const AscMailboxLayout *asc_mailbox_layout(AscMailbox *mbox)
{
    return APPLE_ASC_MAILBOX_GET_CLASS(mbox)->layout;
}

bool asc_mailbox_is_empty(AscMailbox *mbox, int fifo)
{
    return !mbox->fifo[fifo].count;
}

/* The interrupts whose cause is there, and note that it was. */
static uint8_t asc_mailbox_see_irqs(AscMailbox *mbox)
{
    bool sending = !asc_mailbox_is_empty(mbox, ASC_MAILBOX_A2I);
    bool receiving = !asc_mailbox_is_empty(mbox, ASC_MAILBOX_I2A);
    uint8_t causes = (sending ? 1 << ASC_MAILBOX_IRQ_SEND_NOT_EMPTY
                              : 1 << ASC_MAILBOX_IRQ_SEND_EMPTY) |
                     (receiving ? 1 << ASC_MAILBOX_IRQ_RECV_NOT_EMPTY
                                : 1 << ASC_MAILBOX_IRQ_RECV_EMPTY);

    mbox->irq_seen |= causes;
    return causes;
}

static void asc_mailbox_update_irqs(AscMailbox *mbox)
{
    uint8_t lines = asc_mailbox_see_irqs(mbox);

    if (asc_mailbox_layout(mbox)->irq_enable) {
        lines = mbox->irq_seen & mbox->irq_enable;
    }
    for (int i = 0; i < ASC_MAILBOX_NUM_IRQS; i++) {
        qemu_set_irq(mbox->irq[i], lines & (1 << i) ? 1 : 0);
    }
}

static void asc_mailbox_guest_error(AscMailbox *mbox, const char *what,
                                    hwaddr offset)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(mbox));

    trace_asc_mailbox_guest_error(path, what, offset);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s at 0x%" HWADDR_PRIx "\n",
                  path, what, offset);
}

/* Hand the oldest message to the co-processor. */
static void asc_mailbox_deliver(AscMailbox *mbox)
{
    AscMailboxSlot slot = asc_fifo_pop(&mbox->fifo[ASC_MAILBOX_A2I]);

    trace_asc_mailbox_deliver(slot.msg0, slot.msg1);
    mbox->ops->receive(mbox->opaque, slot.msg0, slot.msg1);
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
    AscMailboxFifo *a2i = &mbox->fifo[ASC_MAILBOX_A2I];

    if (a2i->count && mbox->ops) {
        asc_mailbox_deliver(mbox);
    }
    if (a2i->count && mbox->ops) {
        asc_mailbox_start_timer(mbox);
    }
    asc_mailbox_update_irqs(mbox);
}

/* A message was committed to, or popped from, a FIFO by a register access. */
static void asc_mailbox_committed(AscMailbox *mbox, int fifo)
{
    asc_mailbox_see_irqs(mbox);
    if (fifo == ASC_MAILBOX_A2I && mbox->ops) {
        if (mbox->latency_ns) {
            asc_mailbox_start_timer(mbox);
        } else {
            while (mbox->fifo[fifo].count) {
                asc_mailbox_deliver(mbox);
            }
        }
    }
    asc_mailbox_update_irqs(mbox);
}

static void asc_mailbox_popped(AscMailbox *mbox, int fifo)
{
    if (fifo == ASC_MAILBOX_I2A && mbox->ops) {
        mbox->ops->drained(mbox->opaque);
    }
    asc_mailbox_update_irqs(mbox);
}

static void asc_mailbox_commit(AscMailbox *mbox, int n, hwaddr offset)
{
    AscMailboxFifo *fifo = &mbox->fifo[n];
    uint64_t msg0 = fifo->staged[0] | (uint64_t)fifo->staged[1] << 32;
    uint32_t msg1 = fifo->staged[2];

    trace_asc_mailbox_commit(fifo_name[n], msg0, msg1);
    if (!asc_fifo_push(fifo, msg0, msg1)) {
        fifo->overflow = true;
        asc_mailbox_guest_error(mbox, "message written to a full FIFO",
                                offset);
        return;
    }
    asc_mailbox_committed(mbox, n);
}

static void asc_mailbox_pop(AscMailbox *mbox, int n, hwaddr offset)
{
    AscMailboxFifo *fifo = &mbox->fifo[n];

    if (!fifo->count) {
        fifo->underflow = true;
        memset(fifo->latched, 0, sizeof(fifo->latched));
        asc_mailbox_guest_error(mbox, "message read from an empty FIFO",
                                offset);
        return;
    }
    asc_fifo_latch(fifo);
    trace_asc_mailbox_pop(fifo_name[n], fifo->latched[0] |
                          (uint64_t)fifo->latched[1] << 32, fifo->latched[2]);
    asc_mailbox_popped(mbox, n);
}

static void asc_mailbox_write_control(AscMailbox *mbox, int n, hwaddr offset,
                                      uint32_t value)
{
    AscMailboxFifo *fifo = &mbox->fifo[n];

    if (!asc_fifo_write_control(fifo, value)) {
        asc_mailbox_guest_error(mbox, "write to read-only bits of CONTROL",
                                offset);
    }
}

static void asc_mailbox_write_irq_enable(AscMailbox *mbox, hwaddr offset,
                                         uint32_t value)
{
    if (value & ~IRQ_MASK) {
        asc_mailbox_guest_error(mbox, "enable of an unknown interrupt",
                                offset);
    }
    mbox->irq_enable = value & IRQ_MASK;
    asc_mailbox_update_irqs(mbox);
}

/* What is still there is seen again at once. */
static void asc_mailbox_write_irq_ack(AscMailbox *mbox, hwaddr offset,
                                      uint32_t value)
{
    if (value & ~IRQ_MASK) {
        asc_mailbox_guest_error(mbox, "acknowledgement of an unknown "
                                "interrupt", offset);
    }
    mbox->irq_seen &= ~value;
    asc_mailbox_update_irqs(mbox);
}

/* Which register the word at @offset is part of. */
static bool asc_mailbox_decode(AscMailbox *mbox, hwaddr offset,
                               AscRegister *reg)
{
    const AscMailboxLayout *layout = asc_mailbox_layout(mbox);

    if (layout->irq_enable && offset == layout->irq_enable) {
        *reg = (AscRegister) { .word = WORD_IRQ_ENABLE };
        return true;
    }
    if (layout->irq_ack && offset == layout->irq_ack) {
        *reg = (AscRegister) { .word = WORD_IRQ_ACK };
        return true;
    }
    for (int n = 0; n < ASC_MAILBOX_NUM_FIFOS; n++) {
        hwaddr data = layout->data[n];

        if (offset == layout->control[n]) {
            *reg = (AscRegister) { n, WORD_CONTROL };
            return true;
        }
        if (offset >= data && offset < data + NUM_WORDS * sizeof(uint32_t)) {
            *reg = (AscRegister) { n, (offset - data) / sizeof(uint32_t) };
            return true;
        }
    }
    return false;
}

static uint32_t asc_mailbox_read_word(AscMailbox *mbox, hwaddr offset)
{
    AscRegister reg;

    if (!asc_mailbox_decode(mbox, offset, &reg)) {
        asc_mailbox_guest_error(mbox, "read of an unknown register", offset);
        return 0;
    }
    switch (reg.word) {
    case WORD_CONTROL:
        return asc_fifo_control(&mbox->fifo[reg.fifo]);
    case WORD_IRQ_ENABLE:
        return mbox->irq_enable;
    case WORD_IRQ_ACK:
        return mbox->irq_seen;
    case WORD_SEND0 ... WORD_SEND1_HI:
        asc_mailbox_guest_error(mbox, "read of a write-only register", offset);
        return 0;
    case WORD_RECV0:
        asc_mailbox_pop(mbox, reg.fifo, offset);
        break;
    }
    return mbox->fifo[reg.fifo].latched[reg.word - WORD_RECV0];
}

static void asc_mailbox_write_send(AscMailbox *mbox, AscRegister reg,
                                   hwaddr offset, uint32_t value)
{
    mbox->fifo[reg.fifo].staged[reg.word - WORD_SEND0] = value;
    if (reg.word == WORD_SEND1_HI) {
        asc_mailbox_commit(mbox, reg.fifo, offset);
    }
}

static void asc_mailbox_write_word(AscMailbox *mbox, hwaddr offset,
                                   uint32_t value)
{
    AscRegister reg;

    if (!asc_mailbox_decode(mbox, offset, &reg)) {
        asc_mailbox_guest_error(mbox, "write to an unknown register", offset);
        return;
    }
    switch (reg.word) {
    case WORD_CONTROL:
        asc_mailbox_write_control(mbox, reg.fifo, offset, value);
        break;
    case WORD_IRQ_ENABLE:
        asc_mailbox_write_irq_enable(mbox, offset, value);
        break;
    case WORD_IRQ_ACK:
        asc_mailbox_write_irq_ack(mbox, offset, value);
        break;
    case WORD_SEND0 ... WORD_SEND1_HI:
        asc_mailbox_write_send(mbox, reg, offset, value);
        break;
    default:
        asc_mailbox_guest_error(mbox, "write to a read-only register", offset);
        break;
    }
}

static bool asc_mailbox_access_ok(AscMailbox *mbox, hwaddr offset,
                                  unsigned size)
{
    if (size < sizeof(uint32_t) || offset % size) {
        asc_mailbox_guest_error(mbox, "access that is neither 32 nor 64 bits "
                                "wide, or not aligned", offset);
        return false;
    }
    return true;
}

static uint64_t asc_mailbox_read(void *opaque, hwaddr offset, unsigned size)
{
    AscMailbox *mbox = opaque;
    uint64_t value;

    if (!asc_mailbox_access_ok(mbox, offset, size)) {
        return 0;
    }
    value = asc_mailbox_read_word(mbox, offset);
    if (size == sizeof(uint64_t)) {
        value |= (uint64_t)asc_mailbox_read_word(mbox, offset + 4) << 32;
    }
    return value;
}

static void asc_mailbox_write(void *opaque, hwaddr offset, uint64_t value,
                              unsigned size)
{
    AscMailbox *mbox = opaque;

    if (!asc_mailbox_access_ok(mbox, offset, size)) {
        return;
    }
    asc_mailbox_write_word(mbox, offset, value);
    if (size == sizeof(uint64_t)) {
        asc_mailbox_write_word(mbox, offset + 4, value >> 32);
    }
}

/* Every width reaches us, so that a wrong one is logged as what it is. */
static const MemoryRegionOps asc_mailbox_mmio_ops = {
    .read = asc_mailbox_read,
    .write = asc_mailbox_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

void asc_mailbox_attach(AscMailbox *mbox, const AscMailboxOps *ops,
                        void *opaque)
{
    assert(!mbox->ops);
    mbox->ops = ops;
    mbox->opaque = opaque;
}

bool asc_mailbox_send(AscMailbox *mbox, uint64_t msg0, uint32_t msg1)
{
    if (!asc_fifo_push(&mbox->fifo[ASC_MAILBOX_I2A], msg0, msg1)) {
        return false;
    }
    trace_asc_mailbox_send(msg0, msg1);
    asc_mailbox_update_irqs(mbox);
    return true;
}

static void asc_mailbox_reset_enter(Object *obj, ResetType type)
{
    AscMailbox *mbox = APPLE_ASC_MAILBOX(obj);

    timer_del(mbox->timer);
    memset(mbox->fifo, 0, sizeof(mbox->fifo));
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

    return (mbox->irq_enable | mbox->irq_seen) & ~IRQ_MASK ? -EINVAL : 0;
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

static void asc_mailbox_init(Object *obj)
{
    AscMailbox *mbox = APPLE_ASC_MAILBOX(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&mbox->mmio, obj, &asc_mailbox_mmio_ops, mbox,
                          TYPE_APPLE_ASC_MAILBOX, ASC_MAILBOX_MMIO_SIZE);
    sysbus_init_mmio(sbd, &mbox->mmio);
    for (int i = 0; i < ASC_MAILBOX_NUM_IRQS; i++) {
        sysbus_init_irq(sbd, &mbox->irq[i]);
    }
    mbox->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, asc_mailbox_timer, mbox);
    object_property_add_uint32_ptr(obj, "latency-ns", &mbox->latency_ns,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void asc_mailbox_finalize(Object *obj)
{
    timer_free(APPLE_ASC_MAILBOX(obj)->timer);
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
    .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { } },
};

static void asc_mailbox_register(void)
{
    type_register_static(&asc_mailbox_info);
}
type_init(asc_mailbox_register)
