/*
 * SMC Calling Convention conduit
 *
 * The place where a guest's SMC or HVC instruction meets the firmware that is
 * modelled in QEMU: a table from function identifiers to services. It knows
 * nothing of what a service does. Identifiers that no service claims go on to
 * QEMU's own PSCI implementation, which answers NOT_SUPPORTED to those it does
 * not know either.
 *
 * The conduit itself claims what a caller needs to trust the convention: the
 * SMCCC version (Linux issues no call through arm_smccc_1_1_invoke() before it
 * has read 1.1 or later), PSCI_FEATURES asked about it, ARCH_FEATURES, and the
 * general queries (call count, UID, revision) of the SiP and the vendor
 * hypervisor ranges.
 *
 * Source: Arm DEN0028 (SMC Calling Convention), Linux
 * drivers/firmware/psci/psci.c psci_init_smccc(),
 * drivers/firmware/smccc/smccc.c arm_smccc_version_init().
 *
 * QEMU interface (a QOM object, not a device; it has no state to migrate):
 *  + instruction: whichever of SMC and HVC QEMU's PSCI uses on this machine
 *  + QOM property "version": the SMCCC version reported (uint32, read-only)
 *  + qtest commands "smc A0 [A1 ... A7]" (an AArch64 caller) and "smc32 ..."
 *    (an AArch32 caller); both answer "OK R0 R1 R2 R3". An identifier that is
 *    not claimed is answered NOT_SUPPORTED, as no vCPU is there to do PSCI.
 *
 * All functions are called, and all services run, with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SMCCC_CONDUIT_H
#define HW_SMCCC_CONDUIT_H

#include "qom/object.h"

#define TYPE_SMCCC_CONDUIT "smccc-conduit"
OBJECT_DECLARE_SIMPLE_TYPE(SMCCCConduit, SMCCC_CONDUIT)

/* Register file of a call: x0..x7 in, x0..x3 out. */
#define SMCCC_NUM_ARGS    8
#define SMCCC_NUM_RESULTS 4

#define SMCCC_SUCCESS        0
#define SMCCC_NOT_SUPPORTED (-1)

/* Function identifier of a fast 32-bit call to the silicon provider. */
#define SMCCC_SIP_FAST32(number) (0x82000000u | (number))

/**
 * SMCCCService: what runs when a guest calls a function identifier
 * @opaque: as given to smccc_conduit_add()
 * @args: x0..x7 of the caller, cut to 32 bits for the SMC32 convention;
 *        args[0] is the function identifier
 * @results: x0..x3 for the caller, zero on entry
 *
 * Returns false to decline: the call is then treated as not claimed.
 */
typedef bool SMCCCService(void *opaque, const uint64_t *args,
                          uint64_t *results);

/**
 * smccc_conduit_new: make the conduit of this machine and start taking calls
 * @parent: becomes the owner; the child is named "smccc"
 *
 * There is one conduit at most, and every vCPU has to exist by now. Fails
 * unless the accelerator is TCG or qtest, and when the machine's PSCI is
 * disabled because the guest's own firmware owns the exception level that
 * SMC goes to.
 */
SMCCCConduit *smccc_conduit_new(Object *parent, Error **errp);

/**
 * smccc_conduit_add: claim a function identifier
 *
 * Fails when @function is claimed already or belongs to PSCI.
 */
bool smccc_conduit_add(SMCCCConduit *conduit, uint32_t function,
                       SMCCCService *service, void *opaque, Error **errp);

/**
 * smccc_conduit_call: run the service that claims args[0]
 * @aarch64: whether the caller is in AArch64 state
 *
 * Returns false, with @results untouched, when no service takes the call.
 */
bool smccc_conduit_call(SMCCCConduit *conduit, bool aarch64,
                        uint64_t args[SMCCC_NUM_ARGS],
                        uint64_t results[SMCCC_NUM_RESULTS]);

/* Put the conduit before QEMU's PSCI on all vCPUs; see conduit-tcg.c. */
bool smccc_conduit_hook_vcpus(SMCCCConduit *conduit, Error **errp);

#endif
