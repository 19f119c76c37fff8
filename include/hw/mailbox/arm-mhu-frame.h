/*
 * Arm Message Handling Unit, versions 2 and 3: one frame
 *
 * "arm-mhuv2" and "arm-mhuv3" model the frame that the agent sees, of an MHU
 * whose other frame is the far side's. Two of them, one of either kind, make a
 * connection in both directions. Of the protocols they have doorbells.
 *
 * Source: Linux drivers/mailbox/arm_mhuv2.c and arm_mhuv3.c,
 * Documentation/devicetree/bindings/mailbox/arm,mhuv2.yaml and arm,mhuv3.yaml.
 *
 * QEMU interface of both:
 *  + sysbus MMIO region 0: the registers, 4 KiB (v2) or 64 KiB (v3)
 *  + sysbus IRQ 0: combined interrupt of all windows (level-high)
 *  + QOM property "sender": whether the agent rings (bool, default false)
 *  + QOM property "windows": channel windows of 32 doorbells (uint32, default
 *    4; at most 124 in v2 and 128 in v3)
 *  + QOM property "ack-irq": whether the device tree tells of a sender's
 *    interrupt (bool, default false). Linux's SCMI then logs an error for each
 *    command, as it means to acknowledge itself.
 *  + implements TYPE_DOORBELL_MAILBOX: doorbell 32 * window + bit, rung by the
 *    agent (sender) or by the far side; and TYPE_DT_NODE
 *
 * and of "arm-mhuv2" alone:
 *  + QOM property "minor": of the version (string, "0" or "1", default "1").
 *    2.0 has no interrupt for the sender and no combined status registers.
 *
 * The far side is always ready: access requests are granted at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_MAILBOX_ARM_MHU_FRAME_H
#define HW_MAILBOX_ARM_MHU_FRAME_H

#include "qom/object.h"

#define TYPE_ARM_MHU_FRAME "arm-mhu-frame"
OBJECT_DECLARE_TYPE(ArmMhuFrame, ArmMhuFrameClass, ARM_MHU_FRAME)

#define TYPE_ARM_MHUV2 "arm-mhuv2"
OBJECT_DECLARE_SIMPLE_TYPE(ArmMhuv2, ARM_MHUV2)

#define TYPE_ARM_MHUV3 "arm-mhuv3"

#define ARM_MHUV2_SIZE 0x1000
#define ARM_MHUV3_SIZE 0x10000

#define ARM_MHU_FRAME_MAX_WINDOWS 128

#endif
