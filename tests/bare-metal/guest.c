/*
 * What a bare-metal guest needs: firmware calls, a console, SCMI
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define UART_DATA ((volatile uint32_t *)0x09000000) /* volatile: a register */

bool use_hvc;

void call_results(unsigned long function, unsigned long regs[8])
{
    regs[0] = function;
    if (use_hvc) {
        smccc_hvc(regs);
    } else {
        smccc_smc(regs);
    }
}

unsigned long call(unsigned long function, unsigned long a1,
                   unsigned long a2, unsigned long a3)
{
    unsigned long regs[8] = { 0, a1, a2, a3 };

    call_results(function, regs);
    return regs[0];
}

void put_string(const char *s)
{
    while (*s) {
        *UART_DATA = *s++;
    }
}

void put_hex(uint64_t value)
{
    put_string("0x");
    for (int shift = 60; shift >= 0; shift -= 4) {
        *UART_DATA = "0123456789abcdef"[(value >> shift) & 0xf];
    }
}

void put_decimal(uint64_t value)
{
    char digits[24];
    int n = sizeof(digits) - 1;

    digits[n] = '\0';
    do {
        digits[--n] = '0' + value % 10;
        value /= 10;
    } while (value);
    put_string(digits + n);
}

void report(const char *name, uint64_t value)
{
    put_string(name);
    put_string(" ");
    put_hex(value);
    put_string("\n");
}

long scmi_command(uint32_t header, const uint32_t *payload, unsigned words)
{
    scmi_prepare(header, payload, words);
    return call(SCMI_FUNCTION, 0, 0, 0);
}

void guest_unexpected(void)
{
    static bool again;

    if (again) {
        /* The very call raised it: the conduit is the other instruction. */
        use_hvc = !use_hvc;
    } else {
        put_string("UNEXPECTED EXCEPTION\n");
    }
    again = true;
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}
