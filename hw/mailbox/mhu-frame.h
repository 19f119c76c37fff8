/*
 * A frame of an MHUv2 or MHUv3: what the two versions have in common
 *
 * From version 2 on, an MHU carries signals in one direction. The agent sees
 * a sender frame (postbox) of one and a receiver frame (mailbox) of another;
 * the far side has the opposite ones. A frame is an array of channel windows,
 * each with a word of 32 doorbells, and some registers for the whole.
 *
 * Registers of a window, by offset:
 *  + sender: 0x00 STAT, 0x0c SET, 0x10 INT_ST, 0x14 INT_CLR, 0x18 INT_EN
 *  + receiver: 0x00 STAT, 0x04 STAT_MASKED, 0x08 CLEAR, 0x10 MASK,
 *    0x14 MASK_SET, 0x18 MASK_CLEAR
 *  + both, in version 3: 0x1c CTRL
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_MAILBOX_MHU_FRAME_H
#define HW_MAILBOX_MHU_FRAME_H

#include "far-side.h"
#include "hw/core/dt-node.h"
#include "hw/mailbox/arm-mhu-frame.h"
#include "hw/sysbus.h"

#define MHU_WINDOW_SIZE 0x20
#define MHU_WINDOW_BITS 32

/* An interrupt status register has a bit for each of 32 windows. */
#define MHU_STATUS_WORDS (ARM_MHU_FRAME_MAX_WINDOWS / 32)

/**
 * MhuWindow:
 * @stat: doorbells rung and not yet taken
 * @mask: receiver: those that raise no interrupt
 * @taken, @enable: sender: the interrupt that says that one has been taken
 * @control: version 3: bit 0, takes part in the combined interrupt
 */
typedef struct MhuWindow {
    uint32_t stat;
    uint32_t mask;
    uint32_t taken;
    uint32_t enable;
    uint32_t control;
} MhuWindow;

/**
 * ArmMhuFrame:
 * @sender, @ack_irq, @num_windows: properties
 * @control, @enable: registers of the frame, as the version defines them
 */
struct ArmMhuFrame {
    SysBusDevice parent_obj;
    MemoryRegion mmio;
    qemu_irq irq;
    FarSide far;
    bool sender;
    bool ack_irq;
    uint32_t num_windows;
    MhuWindow windows[ARM_MHU_FRAME_MAX_WINDOWS];
    uint32_t control;
    uint32_t enable;
};

/**
 * ArmMhuFrameClass: a version
 * @max_windows: how many windows it can have
 * @has_window_control: whether windows have the CTRL register
 * @size: of its registers, in bytes
 * @windows: where the windows begin, room for all that it can have
 * @read, @write: its other registers; false if there is none that can be
 * @combines: whether a window takes part in the combined interrupt
 * @describe: add to its device-tree node what the version needs
 * @specifier: see doorbell_specifier()
 */
struct ArmMhuFrameClass {
    SysBusDeviceClass parent_class;
    uint32_t max_windows;
    bool has_window_control;
    hwaddr size;
    hwaddr windows;
    bool (*read)(ArmMhuFrame *frame, hwaddr offset, uint32_t *value);
    bool (*write)(ArmMhuFrame *frame, hwaddr offset, uint32_t value);
    bool (*combines)(const ArmMhuFrame *frame, unsigned window);
    void (*describe)(ArmMhuFrame *frame, DtWriter *dt, const char *node);
    unsigned (*specifier)(unsigned window, unsigned bit,
                          uint32_t cells[DOORBELL_MAX_CELLS]);
};

/* Which of the windows 32 * @word and on have an interrupt pending. */
uint32_t mhu_frame_status(const ArmMhuFrame *frame, unsigned word);

#endif
