/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entry of a bare-metal guest in AArch32 state; see start-aarch64.S. */
    .arch   armv7-a
    .arch_extension sec
    .arch_extension virt
    .arm
    .section .text.start, "ax"
    .global _start, secondary_entry, smccc_smc, smccc_hvc, exception_level
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

/* Hyp mode is EL2; what else there is without EL3 is EL1. */
exception_level:
    mrs     r0, cpsr
    and     r0, r0, #0x1f
    cmp     r0, #0x1a
    moveq   r0, #2
    movne   r0, #1
    bx      lr

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
