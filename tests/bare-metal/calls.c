/*
 * A guest that makes firmware calls and reports the answers
 *
 * Built for AArch64 and AArch32, and run at EL1 and EL2, with SMC and HVC:
 * see tests/boot/test_conduit.py, which judges the answers. Every vCPU but
 * the first is brought up by PSCI and makes a call of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define MAX_CPUS 8
#define STACK_SIZE 4096
#define UNKNOWN_FUNCTION 0x8200abcdul
#define UNKNOWN_SMC64 0xc2000010ul

static uint8_t stacks[MAX_CPUS][STACK_SIZE] __attribute__((aligned(16)));
/* Volatile: written by one vCPU and read by another. */
static volatile unsigned long secondary_answer[MAX_CPUS];
static volatile unsigned long started; /* volatile, as above */

void guest_secondary(void)
{
    secondary_answer[started] = call(SMCCC_VERSION, 0, 0, 0);
    for (;;) {
        __asm__ volatile("wfi");
    }
}

static void start_secondaries(void)
{
    unsigned long cpu_on = sizeof(long) == 8 ? PSCI_CPU_ON_64
                                             : PSCI_CPU_ON_32;

    for (unsigned long cpu = 1; cpu < MAX_CPUS; cpu++) {
        unsigned long stack = (unsigned long)&stacks[cpu][STACK_SIZE];

        started = cpu;
        if (call(cpu_on, cpu, (unsigned long)secondary_entry, stack)) {
            break;
        }
        while (!secondary_answer[cpu]) {
            __asm__ volatile("" : : : "memory");
        }
        report("secondary", secondary_answer[cpu]);
    }
}

static void report_uid(void)
{
    unsigned long regs[8] = {};

    call_results(SIP_UID, regs);
    for (int i = 0; i < 4; i++) {
        report("uid", regs[i]);
    }
}

static void report_scmi(void)
{
    long rc = scmi_command(SCMI_HEADER(0x10, 0), 0, 0);

    report("scmi_call", rc);
    report("scmi_channel", SCMI_SHMEM[SHMEM_STATUS]);
    report("scmi_length", SCMI_SHMEM[SHMEM_LENGTH]);
    report("scmi_status", SCMI_SHMEM[SHMEM_PAYLOAD]);
    report("scmi_version", SCMI_SHMEM[SHMEM_PAYLOAD + 1]);
    /* The channel is ours now: calling again is a mistake. */
    report("scmi_not_handed_over", (long)call(SCMI_FUNCTION, 0, 0, 0));
}

/* The conduit can only be found by trying what the host says it is. */
#ifndef USE_HVC
#define USE_HVC 0
#endif

void guest_main(void)
{
    use_hvc = USE_HVC;
    report("el", exception_level());
    report("smccc_version", call(SMCCC_VERSION, 0, 0, 0));
    report("features_version", call(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0));
    report("features_unknown", call(SMCCC_ARCH_FEATURES, 0x80008000, 0, 0));
    report("psci_features", call(PSCI_FEATURES, SMCCC_VERSION, 0, 0));
    report("psci_features_off", call(PSCI_FEATURES, PSCI_SYSTEM_OFF, 0, 0));
    report("psci_version", call(PSCI_VERSION, 0, 0, 0));
    report("sip_count", call(SIP_CALL_COUNT, 0, 0, 0));
    report("unknown", call(UNKNOWN_FUNCTION, 0, 0, 0));
    report("unknown_smc64", call(UNKNOWN_SMC64, 0, 0, 0));
    report_uid();
    report_scmi();
    start_secondaries();
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}
