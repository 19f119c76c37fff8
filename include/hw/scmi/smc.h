/*
 * SCMI transport over SMC or HVC, with shared memory
 *
 * The agent lays a command into the shared memory of a channel and calls a
 * function identifier; the reply stands there when the call returns. Variants
 * differ in how a call names its channel:
 *  - "smc" ("arm,scmi-smc"): not at all, so there is one
 *  - "smc-param" ("arm,scmi-smc-param"): by the shared memory's address, the
 *    number of its 4 KiB page in x1 and the offset into it in x2
 *  - "qcom-smc" ("qcom,scmi-smc"): by a capability in x1, which the agent
 *    finds in the last 8 bytes of the shared memory
 *
 * Source: Linux drivers/firmware/arm_scmi/transports/smc.c and shmem.c,
 * Documentation/devicetree/bindings/firmware/arm,scmi.yaml.
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the shared memory (4 KiB of RAM, SMT layout);
 *    region 1 and on: that of each protocol with a channel of its own
 *  + sysbus IRQ, one for each region: a command that asked for an interrupt
 *    has been run (pulse, edge-triggered)
 *  + QOM property "platform": the SCMI platform (link, required)
 *  + QOM property "conduit": where the calls come in (link, required)
 *  + QOM property "agent": whose channels they are (uint32, default 1; 0 for
 *    the first agent without a transport)
 *  + QOM property "function": the function identifier (uint32, default
 *    0x82000010)
 *  + QOM property "variant": see above (string, default "smc")
 *  + QOM property "completion-irq": whether the IRQs are wired (bool, default
 *    false); without them the agent relies on the call having returned
 *  + QOM property "protocols": ids of the protocols that have a channel of
 *    their own (array of uint8, default none; not with variant "smc")
 *
 * A call returns 0 once the channel has been processed, whatever the status
 * in it, and INVALID_PARAMETER (-3) with nothing touched when there is no such
 * channel or the agent has not handed it over.
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

/* The capability of a channel's number 0; the others follow. */
#define SCMI_SMC_CAPABILITY 0x5cc10000

#endif
