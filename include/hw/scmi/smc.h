/*
 * SCMI transport over SMC or HVC, with shared memory
 *
 * One channel of one agent: the agent lays a command into shared memory and
 * calls a function identifier; the reply stands there when the call returns.
 *
 * Source: Linux drivers/firmware/arm_scmi/transports/smc.c and shmem.c,
 * Documentation/devicetree/bindings/firmware/arm,scmi.yaml ("arm,scmi-smc").
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the shared memory (4 KiB of RAM, SMT layout)
 *  + QOM property "platform": the SCMI platform (link, required)
 *  + QOM property "conduit": where the calls come in (link, required)
 *  + QOM property "agent": whose channel it is (uint32, default 1)
 *  + QOM property "function": the function identifier (uint32, default
 *    0x82000010)
 *
 * A call returns 0 once the channel has been processed, whatever the status
 * in it, and INVALID_PARAMETER (-3) with the channel untouched when the agent
 * has not handed the channel over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_SMC_H
#define HW_SCMI_SMC_H

#include "qom/object.h"

#define TYPE_SCMI_SMC "scmi-smc"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiSmc, SCMI_SMC)

#define SCMI_SMC_SHMEM_SIZE 0x1000

/* A number that TF-A platforms use, so it collides with no other service. */
#define SCMI_SMC_DEFAULT_FUNCTION 0x82000010

#endif
