/*
 * Apple ASC mailbox
 *
 * Two FIFOs of 96-bit messages between the application processor (AP) and a
 * co-processor (IOP): A2I carries what the AP sends, I2A what it receives.
 * The mailbox knows nothing of what the messages mean.
 *
 * TYPE_APPLE_ASC_MAILBOX is abstract: its three variants keep their registers
 * in different places, and the M3's has registers for its interrupts.
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the registers, 0x4000 bytes
 *  + sysbus IRQ 0: send-empty, high while A2I is empty
 *  + sysbus IRQ 1: send-not-empty, high while A2I holds a message
 *  + sysbus IRQ 2: recv-empty, high while I2A is empty
 *  + sysbus IRQ 3: recv-not-empty, high while I2A holds a message
 *  + property "latency-ns": uint32, how long a message waits in A2I before
 *    the attached co-processor takes it, in nanoseconds of
 *    QEMU_CLOCK_VIRTUAL; 0 (the default) hands it over during the register
 *    write. May change at any time, when a wait under way begins again.
 *  + properties "a2i-messages", "i2a-messages": uint8, read-only, what is in
 *    each FIFO
 *
 * Registers, 32 or 64 bits wide, little-endian; the offsets are those of v4,
 * t8015 and M3:
 *  0x110  0x108  0x50  A2I_CONTROL
 *  0x114  0x10c  0x80  I2A_CONTROL
 *  0x800  0x800  0x60  A2I_SEND0, SEND1 (commits), RECV0 (pops) and RECV1,
 *                      8 bytes each
 *  0x820  0x820  0x90  I2A_SEND0, SEND1, RECV0, RECV1
 *                0x48  IRQ_ENABLE: bit n lets interrupt n through
 *                0x4c  IRQ_ACK: bit n is set if interrupt n's cause is there,
 *                      or has been since it was last written 1
 * An access is done word by word, low word first: a message is committed by
 * the write of the upper word of SEND1 and popped by the read of the lower
 * word of RECV0, which latches the other three words.
 *
 * Source: Linux drivers/soc/apple/mailbox.c (offsets, FULL, EMPTY, fields of
 * word 1) and Documentation/devicetree/bindings/mailbox/apple,mailbox.yaml.
 * No source says how OVERFLOW and UNDERFLOW are cleared, here by writing 1,
 * nor what IRQ_ENABLE is after a reset, here 0, and IRQ_ACK reads as.
 *
 * All functions are called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_ASC_MAILBOX_H
#define HW_APPLE_ASC_MAILBOX_H

#include "hw/fault/port.h"
#include "hw/fault/registers.h"
#include "hw/sysbus.h"

#define TYPE_APPLE_ASC_MAILBOX "apple-asc-mailbox"
OBJECT_DECLARE_TYPE(AscMailbox, AscMailboxClass, APPLE_ASC_MAILBOX)

#define TYPE_APPLE_ASC_MAILBOX_V4 "apple-asc-mailbox-v4"
#define TYPE_APPLE_T8015_ASC_MAILBOX "apple-t8015-asc-mailbox"
#define TYPE_APPLE_M3_MAILBOX_V2 "apple-m3-mailbox-v2"

#define ASC_MAILBOX_MMIO_SIZE 0x4000
#define ASC_MAILBOX_SLOTS 16

/* In the order of the device tree's interrupt-names. */
enum {
    ASC_MAILBOX_IRQ_SEND_EMPTY,
    ASC_MAILBOX_IRQ_SEND_NOT_EMPTY,
    ASC_MAILBOX_IRQ_RECV_EMPTY,
    ASC_MAILBOX_IRQ_RECV_NOT_EMPTY,
    ASC_MAILBOX_NUM_IRQS,
};

/* The FIFOs, named by direction. */
enum {
    ASC_MAILBOX_A2I,
    ASC_MAILBOX_I2A,
    ASC_MAILBOX_NUM_FIFOS,
};

/**
 * AscMailboxOps: a co-processor inside QEMU
 *
 * @receive: the AP's oldest message, taken out of A2I for good.
 * @drained: the AP took a message out of I2A, so that there is room.
 */
typedef struct AscMailboxOps {
    void (*receive)(void *opaque, uint64_t msg0, uint32_t msg1);
    void (*drained)(void *opaque);
} AscMailboxOps;

/**
 * AscMailboxLayout: where a variant keeps its registers
 *
 * @control: offset of CONTROL of each FIFO
 * @data: offset of SEND0 of each FIFO; SEND1, RECV0 and RECV1 follow it
 * @irq_enable, @irq_ack: offsets of the registers for interrupts; both 0 if
 *                        there are none
 */
typedef struct AscMailboxLayout {
    hwaddr control[ASC_MAILBOX_NUM_FIFOS];
    hwaddr data[ASC_MAILBOX_NUM_FIFOS];
    hwaddr irq_enable;
    hwaddr irq_ack;
} AscMailboxLayout;

/**
 * AscMailboxClass: a variant
 *
 * @compatible: the device tree's, the most specific first; NULL ends it
 */
struct AscMailboxClass {
    SysBusDeviceClass parent_class;

    const AscMailboxLayout *layout;
    const char *compatible[3];
};

typedef struct AscMailboxSlot {
    uint64_t msg0;
    uint32_t msg1;
} AscMailboxSlot;

/*
 * @rptr, @count: the oldest message and how many there are (0 to 16)
 * @busy: a fault rule says that it is full, and nobody takes from it
 * @staged: SEND0 and SEND1 as written so far, as 32-bit words
 * @latched: RECV0 and RECV1 of the message popped last, as 32-bit words
 */
typedef struct AscMailboxFifo {
    AscMailboxSlot slot[ASC_MAILBOX_SLOTS];
    uint8_t rptr;
    uint8_t count;
    bool busy;
    bool overflow;
    bool underflow;
    uint32_t staged[4];
    uint32_t latched[4];
} AscMailboxFifo;

/*
 * @layout: the class's
 * @irq_seen: interrupts whose cause has been there since it was acknowledged
 */
struct AscMailbox {
    SysBusDevice parent_obj;

    const AscMailboxLayout *layout;
    FaultPort port;
    FaultRegisters registers;
    MemoryRegion mmio;
    qemu_irq irq[ASC_MAILBOX_NUM_IRQS];
    QEMUTimer *timer;
    uint32_t latency_ns;

    const AscMailboxOps *ops;
    void *opaque;

    AscMailboxFifo fifo[ASC_MAILBOX_NUM_FIFOS];
    uint8_t irq_enable;
    uint8_t irq_seen;
};

/**
 * asc_mailbox_attach: put a co-processor at the far end
 * @ops: borrowed, must outlive the mailbox; only one may ever be attached
 *
 * A mailbox with nothing attached just fills up.
 */
void asc_mailbox_attach(AscMailbox *mbox, const AscMailboxOps *ops,
                        void *opaque);

/**
 * asc_mailbox_send: the co-processor sends a message to the AP
 *
 * Returns false, without changing anything, if I2A is full.
 */
bool asc_mailbox_send(AscMailbox *mbox, uint64_t msg0, uint32_t msg1);

/* Whether the FIFO holds no message. */
bool asc_mailbox_is_empty(AscMailbox *mbox, int fifo);

#endif
