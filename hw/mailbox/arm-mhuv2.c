/*
 * Arm Message Handling Unit, version 2: the registers of a frame
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "amba.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "mhu-frame.h"
#include "system/device_tree.h"

#define MAX_WINDOWS 124

/* As Linux matches them. */
static const uint32_t part[] = { 0xbb0d1, 0xbb076 };

REG32(MHU_CFG, 0xf80)
REG32(RESP_CFG, 0xf84)       /* sender only, and the next two */
REG32(ACCESS_REQUEST, 0xf88)
    FIELD(ACCESS_REQUEST, REQUEST, 0, 1)
REG32(ACCESS_READY, 0xf8c)
REG32(INT_ST, 0xf90)
    FIELD(INT_ST, CHCOMB, 2, 1)
REG32(INT_CLR, 0xf94)
REG32(INT_EN, 0xf98)
    FIELD(INT_EN, CHCOMB, 2, 1)
REG32(CHCOMB_INT_ST0, 0xfa0)
REG32(CHCOMB_INT_ST3, 0xfac)
REG32(IIDR, 0xfc8)
REG32(AIDR, 0xfcc)
    FIELD(AIDR, MINOR, 0, 4)
    FIELD(AIDR, MAJOR, 4, 4)

struct ArmMhuv2 {
    ArmMhuFrame parent_obj;
    uint8_t minor;
};

OBJECT_DEFINE_SIMPLE_TYPE(ArmMhuv2, arm_mhuv2, ARM_MHUV2, ARM_MHU_FRAME)

static uint32_t chcomb(const ArmMhuFrame *frame, unsigned word)
{
    return ARM_MHUV2(frame)->minor ? mhu_frame_status(frame, word) : 0;
}

static uint32_t interrupt_status(const ArmMhuFrame *frame)
{
    uint32_t any = 0;

    for (unsigned i = 0; i < MHU_STATUS_WORDS; i++) {
        any |= chcomb(frame, i);
    }
    return FIELD_DP32(0, INT_ST, CHCOMB, any != 0);
}

static uint32_t architecture(const ArmMhuFrame *frame)
{
    uint32_t aidr = FIELD_DP32(0, AIDR, MAJOR, 1);

    return FIELD_DP32(aidr, AIDR, MINOR, ARM_MHUV2(frame)->minor);
}

static bool arm_mhuv2_read(ArmMhuFrame *frame, hwaddr offset, uint32_t *value)
{
    switch (offset) {
    case A_MHU_CFG:
        *value = frame->num_windows;
        return true;
    case A_ACCESS_REQUEST:
    case A_ACCESS_READY:
        *value = frame->control;
        return true;
    case A_INT_ST:
        *value = interrupt_status(frame);
        return true;
    case A_INT_EN:
        *value = frame->enable;
        return true;
    case A_CHCOMB_INT_ST0 ... A_CHCOMB_INT_ST3:
        *value = chcomb(frame, (offset - A_CHCOMB_INT_ST0) / 4);
        return true;
    case A_AIDR:
        *value = architecture(frame);
        return true;
    case AMBA_ID_OFFSET ... AMBA_FRAME_SIZE - 1:
        *value = amba_id_read(part[ARM_MHUV2(frame)->minor], offset);
        return true;
    case A_RESP_CFG:
    case A_INT_CLR:
    case A_IIDR:
        *value = 0;
        return true;
    default:
        return false;
    }
}

static bool arm_mhuv2_write(ArmMhuFrame *frame, hwaddr offset, uint32_t value)
{
    switch (offset) {
    case A_ACCESS_REQUEST:
        frame->control = value & R_ACCESS_REQUEST_REQUEST_MASK;
        return true;
    case A_INT_EN:
        frame->enable = value & R_INT_EN_CHCOMB_MASK;
        return true;
    case A_RESP_CFG:
    case A_INT_CLR:
        /* A far side that is always ready never says that it is not. */
        return true;
    default:
        return false;
    }
}

/* 2.0 has an interrupt for the receiver only, and nothing to enable it by. */
static bool arm_mhuv2_combines(const ArmMhuFrame *frame, unsigned window)
{
    if (!ARM_MHUV2(frame)->minor) {
        return !frame->sender;
    }
    return FIELD_EX32(frame->enable, INT_EN, CHCOMB);
}

static void arm_mhuv2_describe(ArmMhuFrame *frame, DtWriter *dt,
                               const char *node)
{
    amba_describe(dt, node, frame->sender ? "arm,mhuv2-tx" : "arm,mhuv2-rx");
    qemu_fdt_setprop_cell(dt->fdt, node, "#mbox-cells", 2);
    qemu_fdt_setprop_cells(dt->fdt, node, "arm,mhuv2-protocols", 0,
                           frame->num_windows);
}

static unsigned arm_mhuv2_specifier(unsigned window, unsigned bit,
                                    uint32_t cells[DOORBELL_MAX_CELLS])
{
    cells[0] = window;
    cells[1] = bit;
    return 2;
}

static char *arm_mhuv2_get_minor(Object *obj, Error **errp)
{
    return g_strdup_printf("%u", ARM_MHUV2(obj)->minor);
}

static void arm_mhuv2_set_minor(Object *obj, const char *value, Error **errp)
{
    if (strcmp(value, "0") && strcmp(value, "1")) {
        error_setg(errp, "there is no MHU 2.%s", value);
        return;
    }
    ARM_MHUV2(obj)->minor = value[0] - '0';
}

static void arm_mhuv2_init(Object *obj)
{
    ARM_MHUV2(obj)->minor = 1;
}

static void arm_mhuv2_finalize(Object *obj)
{
}

static void arm_mhuv2_class_init(ObjectClass *oc, void *data)
{
    ArmMhuFrameClass *fc = ARM_MHU_FRAME_CLASS(oc);

    fc->max_windows = MAX_WINDOWS;
    fc->size = ARM_MHUV2_SIZE;
    fc->read = arm_mhuv2_read;
    fc->write = arm_mhuv2_write;
    fc->combines = arm_mhuv2_combines;
    fc->describe = arm_mhuv2_describe;
    fc->specifier = arm_mhuv2_specifier;
    object_class_property_add_str(oc, "minor", arm_mhuv2_get_minor,
                                  arm_mhuv2_set_minor);
}
