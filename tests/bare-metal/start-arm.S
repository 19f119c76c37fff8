/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entry of a bare-metal guest in AArch32 state; see start-aarch64.S. */
    .arch   armv7-a
    .arch_extension sec
    .arch_extension virt
    .arm
    .section .text.start, "ax"
    .global _start, secondary_entry, smccc_smc, smccc_hvc
_start:
    adr     r0, vectors
    mcr     p15, 0, r0, c12, c0, 0
    ldr     sp, =stack_top
    bl      guest_main
    b       halt

secondary_entry:
    mov     sp, r0
    bl      guest_secondary
halt:
    wfi
    b       halt

    .macro  conduit name, insn
\name:
    push    {r4-r8, lr}
    mov     r8, r0
    ldm     r8, {r0-r7}
    \insn   #0
    stm     r8, {r0-r3}
    pop     {r4-r8, pc}
    .endm

    conduit smccc_smc, smc
    conduit smccc_hvc, hvc

    .balign 32
vectors:
    .rept   8
    b       unexpected
    .endr
unexpected:
    ldr     sp, =stack_top
    bl      guest_unexpected
    b       halt

    .bss
    .balign 16
    .space  16384
stack_top:
