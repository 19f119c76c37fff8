/*
 * SMC Calling Convention conduit: taking the calls of TCG's Arm vCPUs
 *
 * QEMU decides before an SMC or HVC executes whether its PSCI takes it, then
 * raises EXCP_SMC or EXCP_HVC with the program counter already past the
 * instruction. The vCPUs' do_interrupt hook is therefore the one place where
 * a call can be answered before PSCI sees it, and answering means no more
 * than to write the result registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "accel/tcg/cpu-ops.h"
#include "cpu.h"
#include "hw/smccc/conduit.h"
#include "target/arm/kvm-consts.h"

/* The vCPUs' own hooks, but for do_interrupt. */
static TCGCPUOps conduit_ops;
static const TCGCPUOps *original_ops;
static SMCCCConduit *vcpu_conduit;

static bool is_conduit_call(const ARMCPU *cpu, int exception)
{
    switch (cpu->psci_conduit) {
    case QEMU_PSCI_CONDUIT_SMC:
        return exception == EXCP_SMC;
    case QEMU_PSCI_CONDUIT_HVC:
        return exception == EXCP_HVC;
    default:
        return false;
    }
}

static bool conduit_take_call(CPUARMState *env)
{
    uint64_t args[SMCCC_NUM_ARGS], results[SMCCC_NUM_RESULTS];
    bool aarch64 = is_a64(env);

    for (unsigned i = 0; i < SMCCC_NUM_ARGS; i++) {
        args[i] = aarch64 ? env->xregs[i] : env->regs[i];
    }
    if (!smccc_conduit_call(vcpu_conduit, aarch64, args, results)) {
        return false;
    }
    for (unsigned i = 0; i < SMCCC_NUM_RESULTS; i++) {
        if (aarch64) {
            env->xregs[i] = results[i];
        } else {
            env->regs[i] = results[i];
        }
    }
    return true;
}

static void conduit_do_interrupt(CPUState *cs)
{
    ARMCPU *cpu = ARM_CPU(cs);

    if (is_conduit_call(cpu, cs->exception_index) &&
        conduit_take_call(&cpu->env)) {
        return;
    }
    original_ops->do_interrupt(cs);
}

bool smccc_conduit_hook_vcpus(SMCCCConduit *conduit, Error **errp)
{
    ERRP_GUARD();
    CPUClass *cc = CPU_GET_CLASS(first_cpu);
    CPUState *cs;

    assert(!vcpu_conduit);
    CPU_FOREACH(cs) {
        if (ARM_CPU(cs)->psci_conduit == QEMU_PSCI_CONDUIT_DISABLED) {
            error_setg(errp, "the guest's own firmware owns SMC calls");
            error_append_hint(errp, "Start without secure=on or without "
                              "firmware, or switch the SCMI platform off "
                              "(scmi=off).\n");
            return false;
        }
        /* One machine has vCPUs of one type: the hook is the class's. */
        assert(CPU_GET_CLASS(cs) == cc);
    }
    vcpu_conduit = conduit;
    original_ops = cc->tcg_ops;
    conduit_ops = *original_ops;
    conduit_ops.do_interrupt = conduit_do_interrupt;
    cc->tcg_ops = &conduit_ops;
    return true;
}
