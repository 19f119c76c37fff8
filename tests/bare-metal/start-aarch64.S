/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry of a bare-metal guest: caches and MMU off, at whichever exception
 * level QEMU starts it. A secondary vCPU enters at secondary_entry with its
 * stack in x0.
 */
    .section .text.start, "ax"
    .global _start, secondary_entry, smccc_smc, smccc_hvc, vectors
    .global exception_level
_start:
    adr     x0, stack_top
    mov     sp, x0
    adr     x0, vectors
    mrs     x1, CurrentEL
    cmp     x1, #(2 << 2)
    b.eq    1f
    msr     vbar_el1, x0
    b       2f
1:  msr     vbar_el2, x0
2:  bl      guest_main
    b       halt

secondary_entry:
    mov     sp, x0
    bl      guest_secondary
halt:
    wfi
    b       halt

exception_level:
    mrs     x0, CurrentEL
    lsr     x0, x0, #2
    ret

/* void smccc_smc(unsigned long regs[8]): x0..x7 in, x0..x3 out */
    .macro  conduit name, insn
\name:
    str     x0, [sp, #-16]!
    mov     x8, x0
    ldp     x0, x1, [x8]
    ldp     x2, x3, [x8, #16]
    ldp     x4, x5, [x8, #32]
    ldp     x6, x7, [x8, #48]
    \insn   #0
    ldr     x8, [sp], #16
    stp     x0, x1, [x8]
    stp     x2, x3, [x8, #16]
    ret
    .endm

    conduit smccc_smc, smc
    conduit smccc_hvc, hvc

/* Any exception ends the guest: nothing here is meant to raise one. */
    .balign 2048
vectors:
    .rept   16
    .balign 128
    b       unexpected
    .endr
unexpected:
    bl      guest_unexpected
    b       halt

    .bss
    .balign 16
    .space  16384
stack_top:
