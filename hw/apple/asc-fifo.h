/*
 * One FIFO of an Apple ASC mailbox
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_ASC_FIFO_H
#define HW_APPLE_ASC_FIFO_H

#include "hw/apple/asc-mailbox.h"
#include "migration/vmstate.h"

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

#endif
