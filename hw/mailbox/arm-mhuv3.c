/*
 * Arm Message Handling Unit, version 3: the registers of a frame
 *
 * With the doorbell extension; of the others, FIFO and fast channels, its
 * registers say that they are not there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/registerfields.h"
#include "mhu-frame.h"
#include "system/device_tree.h"

#define MAX_WINDOWS 128

/* Control page */
REG32(BLK_ID, 0x000)
    FIELD(BLK_ID, RECEIVER, 0, 4)
REG32(FEAT_SPT0, 0x010)
    FIELD(FEAT_SPT0, DBE, 0, 4)
REG32(FEAT_SPT1, 0x014)
    FIELD(FEAT_SPT1, AUTO_OP, 0, 4)
REG32(DBCH_CFG0, 0x020)
REG32(FFCH_CFG0, 0x030)
REG32(FCH_CFG0, 0x040)
REG32(CTRL, 0x100)
    FIELD(CTRL, OP_REQ, 0, 1)
    FIELD(CTRL, CH_OP_MSK, 1, 1)
REG32(DBCH_INT_ST0, 0x400)
REG32(DBCH_INT_ST3, 0x40c)
REG32(IIDR, 0xfc8)
REG32(AIDR, 0xfcc)
    FIELD(AIDR, MINOR, 0, 4)
    FIELD(AIDR, MAJOR, 4, 4)

/* One page of doorbell channel windows follows. */
#define WINDOWS_OFFSET 0x1000

/* The third version counts from 0. */
#define ARCH_MAJOR 2

/* The extension in a specifier: see dt-bindings/arm/mhuv3-dt.h. */
#define DBE_EXT 0

static bool arm_mhuv3_read(ArmMhuFrame *frame, hwaddr offset, uint32_t *value)
{
    switch (offset) {
    case A_BLK_ID:
        *value = FIELD_DP32(0, BLK_ID, RECEIVER, !frame->sender);
        return true;
    case A_FEAT_SPT0:
        *value = FIELD_DP32(0, FEAT_SPT0, DBE, 1);
        return true;
    case A_FEAT_SPT1:
        *value = FIELD_DP32(0, FEAT_SPT1, AUTO_OP, 1);
        return true;
    case A_DBCH_CFG0:
        *value = frame->num_windows - 1;
        return true;
    case A_CTRL:
        *value = frame->control;
        return true;
    case A_DBCH_INT_ST0 ... A_DBCH_INT_ST3:
        *value = mhu_frame_status(frame, (offset - A_DBCH_INT_ST0) / 4);
        return true;
    case A_AIDR:
        *value = FIELD_DP32(0, AIDR, MAJOR, ARCH_MAJOR);
        return true;
    case A_FFCH_CFG0:
    case A_FCH_CFG0:
    case A_IIDR:
        *value = 0;
        return true;
    default:
        return false;
    }
}

static bool arm_mhuv3_write(ArmMhuFrame *frame, hwaddr offset, uint32_t value)
{
    if (offset != A_CTRL) {
        return false;
    }
    frame->control = value & (R_CTRL_OP_REQ_MASK | R_CTRL_CH_OP_MSK_MASK);
    return true;
}

static bool arm_mhuv3_combines(const ArmMhuFrame *frame, unsigned window)
{
    return frame->windows[window].control;
}

static void arm_mhuv3_describe(ArmMhuFrame *frame, DtWriter *dt,
                               const char *node)
{
    qemu_fdt_setprop_string(dt->fdt, node, "compatible", "arm,mhuv3");
    qemu_fdt_setprop_cell(dt->fdt, node, "#mbox-cells", 3);
    if (!frame->sender || frame->ack_irq) {
        qemu_fdt_setprop_string(dt->fdt, node, "interrupt-names", "combined");
    }
}

static unsigned arm_mhuv3_specifier(unsigned window, unsigned bit,
                                    uint32_t cells[DOORBELL_MAX_CELLS])
{
    cells[0] = DBE_EXT;
    cells[1] = window;
    cells[2] = bit;
    return 3;
}

static void arm_mhuv3_class_init(ObjectClass *oc, void *data)
{
    ArmMhuFrameClass *fc = ARM_MHU_FRAME_CLASS(oc);

    fc->max_windows = MAX_WINDOWS;
    fc->has_window_control = true;
    fc->size = ARM_MHUV3_SIZE;
    fc->windows = WINDOWS_OFFSET;
    fc->read = arm_mhuv3_read;
    fc->write = arm_mhuv3_write;
    fc->combines = arm_mhuv3_combines;
    fc->describe = arm_mhuv3_describe;
    fc->specifier = arm_mhuv3_specifier;
}

static const TypeInfo arm_mhuv3_info = {
    .name = TYPE_ARM_MHUV3,
    .parent = TYPE_ARM_MHU_FRAME,
    .class_init = arm_mhuv3_class_init,
};

static void arm_mhuv3_register(void)
{
    type_register_static(&arm_mhuv3_info);
}
type_init(arm_mhuv3_register)
