/*
 * What a bare-metal guest needs: firmware calls, a console, SCMI
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_BARE_METAL_GUEST_H
#define TESTS_BARE_METAL_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#define SMCCC_VERSION       0x80000000ul
#define SMCCC_ARCH_FEATURES 0x80000001ul
#define SIP_CALL_COUNT      0x8200ff00ul
#define SIP_UID             0x8200ff01ul
#define PSCI_VERSION        0x84000000ul
#define PSCI_CPU_ON_32      0x84000003ul
#define PSCI_CPU_ON_64      0xc4000003ul
#define PSCI_SYSTEM_OFF     0x84000008ul
#define PSCI_FEATURES       0x8400000aul
#define SCMI_FUNCTION       0x82000010ul

/* The channel, as hw/arm/farside.c places it. */
#define SCMI_SHMEM ((volatile uint32_t *)0x0b000000)
enum {
    SHMEM_STATUS = 0x04 / 4,
    SHMEM_FLAGS = 0x10 / 4,
    SHMEM_LENGTH = 0x14 / 4,
    SHMEM_HEADER = 0x18 / 4,
    SHMEM_PAYLOAD = 0x1c / 4,
};

#define SCMI_HEADER(protocol, message) ((protocol) << 10 | (message))

/* start-*.S: registers 0 to 7 in, 0 to 3 out. */
void smccc_smc(unsigned long regs[8]);
void smccc_hvc(unsigned long regs[8]);
void secondary_entry(void);
/* 1 or 2 */
unsigned exception_level(void);

/* Provided by each guest. */
void guest_main(void);
void guest_secondary(void);

/* guest.c */
extern bool use_hvc;
unsigned long call(unsigned long function, unsigned long a1,
                   unsigned long a2, unsigned long a3);
void call_results(unsigned long function, unsigned long regs[8]);
/* Every exception leads here. */
void guest_unexpected(void);
void put_string(const char *s);
void put_hex(uint64_t value);
void put_decimal(uint64_t value);

/* "NAME 0xVALUE", a line; what the host side of a test looks at. */
void report(const char *name, uint64_t value);

/*
 * Lay a command into the channel; @words of payload. Inline, as it is timed:
 * a guest's function calls are slow in an emulator.
 */
static inline void scmi_prepare(uint32_t header, const uint32_t *payload,
                                unsigned words)
{
    SCMI_SHMEM[SHMEM_STATUS] = 0;
    SCMI_SHMEM[SHMEM_FLAGS] = 0;
    SCMI_SHMEM[SHMEM_LENGTH] = 4 + 4 * words;
    SCMI_SHMEM[SHMEM_HEADER] = header;
    for (unsigned i = 0; i < words; i++) {
        SCMI_SHMEM[SHMEM_PAYLOAD + i] = payload[i];
    }
}

/* Run a command; returns what the call returned. */
long scmi_command(uint32_t header, const uint32_t *payload, unsigned words);

#endif
