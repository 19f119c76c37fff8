/*
 * Registers, known or not, read and written with every width
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_BARE_METAL_POKE_H
#define TESTS_BARE_METAL_POKE_H

#include "rtkit.h"

static inline void poke(unsigned long address, unsigned width)
{
    switch (width) {
    case 1:
        (void)REG(uint8_t, address);
        REG(uint8_t, address) = 0xff;
        REG(uint8_t, address) = 0;
        break;
    case 2:
        (void)REG(uint16_t, address);
        REG(uint16_t, address) = 0xffff;
        REG(uint16_t, address) = 0;
        break;
    case 4:
        (void)REG(uint32_t, address);
        REG(uint32_t, address) = 0xffffffff;
        REG(uint32_t, address) = 0;
        break;
    default:
        (void)read64(address);
        write64(address, ~0ull);
        write64(address, 0);
        break;
    }
}

static inline void poke_region(unsigned long base, unsigned long size)
{
    for (unsigned width = 1; width <= 8; width *= 2) {
        for (unsigned long offset = 0; offset < size; offset += width) {
            poke(base + offset, width);
        }
    }
}

#endif
