/*
 * Registers that fault rules let read as something else
 *
 * A device that has them is a place where messages pass, of site
 * register-read: whatever the guest reads there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_REGISTERS_H
#define HW_FAULT_REGISTERS_H

#include "hw/fault/port.h"

/* @value: of the read that is under way, or NULL */
typedef struct FaultRegisters {
    FaultPort port;
    uint32_t *value;
} FaultRegisters;

/* @owner: the device, whose registers are of 32 bits each */
void fault_registers_init(FaultRegisters *registers, Object *owner);
void fault_registers_finalize(FaultRegisters *registers);

/**
 * fault_registers_read: what the guest reads
 * @offset: of the register, in its region
 * @value: what is in it
 *
 * To be called while fault_watched. BQL held.
 */
uint32_t fault_registers_read(FaultRegisters *registers, uint32_t offset,
                              uint32_t value);

#endif
