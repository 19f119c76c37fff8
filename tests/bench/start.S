/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entered at EL1 with the MMU off, on the first CPU only. */
    .section .text.start, "ax"
    .global _start
_start:
    adrp    x0, stack_top
    add     x0, x0, :lo12:stack_top
    mov     sp, x0
    bl      main
1:  wfi
    b       1b
