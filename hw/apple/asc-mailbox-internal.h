/*
 * Apple ASC mailbox: what its files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_ASC_MAILBOX_INTERNAL_H
#define HW_APPLE_ASC_MAILBOX_INTERNAL_H

#include "hw/apple/asc-mailbox.h"
#include "migration/vmstate.h"

/* asc-fifo.c */

/* False, without a change, if it is full. */
bool asc_fifo_push(AscMailboxFifo *fifo, uint64_t msg0, uint32_t msg1);

/* Take the oldest message; there must be one. */
AscMailboxSlot asc_fifo_pop(AscMailboxFifo *fifo);

/* The same, into the words that RECV0 and RECV1 then read. */
void asc_fifo_latch(AscMailboxFifo *fifo);

/* What CONTROL reads. */
uint32_t asc_fifo_control(const AscMailboxFifo *fifo);

/* Write CONTROL; false if @value would change bits that cannot be. */
bool asc_fifo_write_control(AscMailboxFifo *fifo, uint32_t value);

extern const VMStateDescription vmstate_asc_fifo;

/* asc-mailbox.c */

/* A message was committed to, or popped from, a FIFO by a register access. */
void asc_mailbox_committed(AscMailbox *mbox, int fifo);
void asc_mailbox_popped(AscMailbox *mbox, int fifo);

/* To be called after each change of what the interrupts depend on. */
void asc_mailbox_update_irqs(AscMailbox *mbox);

/* asc-mailbox-regs.c; the opaque is the AscMailbox. */
extern const MemoryRegionOps asc_mailbox_mmio_ops;

/* A bit for each interrupt, as in the registers for them. */
#define ASC_MAILBOX_IRQ_MASK MAKE_64BIT_MASK(0, ASC_MAILBOX_NUM_IRQS)

#endif
