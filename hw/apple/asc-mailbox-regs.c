/*
 * Apple ASC mailbox: its registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "asc-mailbox-internal.h"
#include "qemu/log.h"
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

static const char *const fifo_name[] = { "A2I", "I2A" };

static void asc_mailbox_guest_error(AscMailbox *mbox, const char *what,
                                    hwaddr offset)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(mbox));

    trace_asc_mailbox_guest_error(path, what, offset);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s at 0x%" HWADDR_PRIx "\n",
                  path, what, offset);
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
    if (value & ~ASC_MAILBOX_IRQ_MASK) {
        asc_mailbox_guest_error(mbox, "enable of an unknown interrupt",
                                offset);
    }
    mbox->irq_enable = value & ASC_MAILBOX_IRQ_MASK;
    asc_mailbox_update_irqs(mbox);
}

/* What is still there is seen again at once. */
static void asc_mailbox_write_irq_ack(AscMailbox *mbox, hwaddr offset,
                                      uint32_t value)
{
    if (value & ~ASC_MAILBOX_IRQ_MASK) {
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
    const AscMailboxLayout *layout = mbox->layout;

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

static uint32_t asc_mailbox_get_word(AscMailbox *mbox, hwaddr offset)
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

static uint32_t asc_mailbox_read_word(AscMailbox *mbox, hwaddr offset)
{
    uint32_t value = asc_mailbox_get_word(mbox, offset);

    return fault_watched
           ? fault_registers_read(&mbox->registers, offset, value) : value;
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
const MemoryRegionOps asc_mailbox_mmio_ops = {
    .read = asc_mailbox_read,
    .write = asc_mailbox_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};
