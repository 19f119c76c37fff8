/*
 * Registers that fault rules let read as something else
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/fault/registers.h"
#include "qemu/bswap.h"

/* After the offset. */
#define VALUE sizeof(uint32_t)

static bool registers_deliver(void *opaque, FaultMessage *m)
{
    FaultRegisters *registers = opaque;

    if (m->length != 2 * sizeof(uint32_t) || !registers->value) {
        return false;
    }
    *registers->value = ldl_le_p(m->bytes + VALUE);
    return true;
}

static const FaultPortOps registers_ops = {
    .sites = 1u << FAULT_SITE_REGISTER_READ,
    .deliver = registers_deliver,
};

void fault_registers_init(FaultRegisters *registers, Object *owner)
{
    fault_port_init(&registers->port, owner, &registers_ops, registers);
}

void fault_registers_finalize(FaultRegisters *registers)
{
    fault_port_finalize(&registers->port);
}

uint32_t fault_registers_read(FaultRegisters *registers, uint32_t offset,
                              uint32_t value)
{
    uint32_t words[2] = { cpu_to_le32(offset), cpu_to_le32(value) };
    FaultMessage m;

    fault_message_init(&m, FAULT_SITE_REGISTER_READ, words, sizeof(words));
    m.group = "register";
    registers->value = &value;
    fault_pass(&registers->port, &m);
    registers->value = NULL;
    return value;
}
