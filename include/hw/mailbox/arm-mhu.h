/*
 * Arm Message Handling Unit (MHU), the first version
 *
 * Three channels, low priority, high priority and secure, each with a word in
 * either direction. A bit that one side sets interrupts the other one, until
 * that clears it. Linux uses a channel as 32 doorbells, or as one whose word
 * is a message.
 *
 * Source: Arm DUI 0930 (MHU registers), Linux drivers/mailbox/arm_mhu.c and
 * arm_mhu_db.c, Documentation/devicetree/bindings/mailbox/arm,mhu.yaml.
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the registers (4 KiB)
 *  + sysbus IRQs 0-2: low priority, high priority, secure (level-high)
 *  + QOM property "doorbells": whether each bit is a doorbell of its own
 *    (bool, default true): 96 of them, the first 32 of the low-priority
 *    channel. Else there are 3 doorbells, one for each channel.
 *  + implements TYPE_DOORBELL_MAILBOX (both sides ring) and TYPE_DT_NODE
 *
 * The secure channel's registers are there for any access.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_MAILBOX_ARM_MHU_H
#define HW_MAILBOX_ARM_MHU_H

#include "qom/object.h"

#define TYPE_ARM_MHU "arm-mhu"
OBJECT_DECLARE_SIMPLE_TYPE(ArmMhu, ARM_MHU)

#define ARM_MHU_SIZE 0x1000
#define ARM_MHU_NUM_CHANNELS 3
#define ARM_MHU_NUM_IRQS ARM_MHU_NUM_CHANNELS

#endif
