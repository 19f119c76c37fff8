/*
 * One FIFO of an Apple ASC mailbox
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "asc-mailbox-internal.h"
#include "hw/registerfields.h"

/* Both CONTROL registers; the offsets are in AscMailboxLayout. */
FIELD(CONTROL, ENABLE, 0, 1)
FIELD(CONTROL, WPTR, 8, 4)
FIELD(CONTROL, RPTR, 12, 4)
FIELD(CONTROL, FULL, 16, 1)
FIELD(CONTROL, EMPTY, 17, 1)
FIELD(CONTROL, OVERFLOW, 18, 1)
FIELD(CONTROL, UNDERFLOW, 19, 1)
FIELD(CONTROL, FIFOCNT, 20, 4)

/* What the FIFO adds to word 1 of a received message, in its upper half. */
FIELD(MSG1_HI, INPTR, 8, 4)
FIELD(MSG1_HI, OUTPTR, 12, 4)
FIELD(MSG1_HI, OUTCNT, 20, 5)

static unsigned fifo_wptr(const AscMailboxFifo *fifo)
{
    return (fifo->rptr + fifo->count) % ASC_MAILBOX_SLOTS;
}

bool asc_fifo_push(AscMailboxFifo *fifo, uint64_t msg0, uint32_t msg1)
{
    if (fifo->count == ASC_MAILBOX_SLOTS || fifo->busy) {
        return false;
    }
    fifo->slot[fifo_wptr(fifo)] = (AscMailboxSlot) { msg0, msg1 };
    fifo->count++;
    return true;
}

AscMailboxSlot asc_fifo_pop(AscMailboxFifo *fifo)
{
    AscMailboxSlot slot = fifo->slot[fifo->rptr];

    fifo->rptr = (fifo->rptr + 1) % ASC_MAILBOX_SLOTS;
    fifo->count--;
    return slot;
}

void asc_fifo_latch(AscMailboxFifo *fifo)
{
    unsigned outcnt = fifo->count;
    unsigned outptr = fifo->rptr;
    unsigned inptr = fifo_wptr(fifo);
    AscMailboxSlot slot = asc_fifo_pop(fifo);
    uint32_t hi = 0;

    hi = FIELD_DP32(hi, MSG1_HI, INPTR, inptr);
    hi = FIELD_DP32(hi, MSG1_HI, OUTPTR, outptr);
    hi = FIELD_DP32(hi, MSG1_HI, OUTCNT, outcnt);
    fifo->latched[0] = slot.msg0;
    fifo->latched[1] = slot.msg0 >> 32;
    fifo->latched[2] = slot.msg1;
    fifo->latched[3] = hi;
}

/* FIFOCNT has no room for 16: it then reads 0, with FULL set. */
uint32_t asc_fifo_control(const AscMailboxFifo *fifo)
{
    uint32_t value = R_CONTROL_ENABLE_MASK;

    value = FIELD_DP32(value, CONTROL, WPTR, fifo_wptr(fifo));
    value = FIELD_DP32(value, CONTROL, RPTR, fifo->rptr);
    value = FIELD_DP32(value, CONTROL, FULL,
                       fifo->count == ASC_MAILBOX_SLOTS || fifo->busy);
    value = FIELD_DP32(value, CONTROL, EMPTY, !fifo->count && !fifo->busy);
    value = FIELD_DP32(value, CONTROL, OVERFLOW, fifo->overflow);
    value = FIELD_DP32(value, CONTROL, UNDERFLOW, fifo->underflow);
    value = FIELD_DP32(value, CONTROL, FIFOCNT,
                       fifo->count % ASC_MAILBOX_SLOTS);
    return value;
}

bool asc_fifo_write_control(AscMailboxFifo *fifo, uint32_t value)
{
    uint32_t sticky = R_CONTROL_OVERFLOW_MASK | R_CONTROL_UNDERFLOW_MASK;
    bool ok = !((value ^ asc_fifo_control(fifo)) & ~sticky);

    if (FIELD_EX32(value, CONTROL, OVERFLOW)) {
        fifo->overflow = false;
    }
    if (FIELD_EX32(value, CONTROL, UNDERFLOW)) {
        fifo->underflow = false;
    }
    return ok;
}

static int asc_fifo_post_load(void *opaque, int version_id)
{
    AscMailboxFifo *fifo = opaque;

    return fifo->rptr < ASC_MAILBOX_SLOTS &&
           fifo->count <= ASC_MAILBOX_SLOTS ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_asc_fifo_slot = {
    .name = "apple-asc-fifo/slot",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(msg0, AscMailboxSlot),
        VMSTATE_UINT32(msg1, AscMailboxSlot),
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_asc_fifo = {
    .name = "apple-asc-fifo",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = asc_fifo_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(slot, AscMailboxFifo, ASC_MAILBOX_SLOTS, 1,
                             vmstate_asc_fifo_slot, AscMailboxSlot),
        VMSTATE_UINT8(rptr, AscMailboxFifo),
        VMSTATE_UINT8(count, AscMailboxFifo),
        VMSTATE_BOOL(busy, AscMailboxFifo),
        VMSTATE_BOOL(overflow, AscMailboxFifo),
        VMSTATE_BOOL(underflow, AscMailboxFifo),
        VMSTATE_UINT32_ARRAY(staged, AscMailboxFifo, 4),
        VMSTATE_UINT32_ARRAY(latched, AscMailboxFifo, 4),
        VMSTATE_END_OF_LIST()
    },
};
