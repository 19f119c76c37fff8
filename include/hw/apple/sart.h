/*
 * Apple SART: the filter between a co-processor and the AP's memory
 *
 * Sixteen entries, each a region of memory that the co-processor may touch.
 * What its firmware itself reads or writes (RTKit's buffers) is filtered;
 * what the NVMMU of an ANS has checked is not.
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the registers, 0x4000 bytes, 32 bits wide
 *  + property "version": uint8, 0 (apple,t8015-sart), 2 (apple,t8103-sart,
 *    the default) or 3 (apple,t6000-sart)
 *  + property "refused": uint32, read-only, transactions that were not
 *    allowed since the last reset
 *
 * Registers of entry i:
 *              CONFIG 0x00 + 4i       PADDR 0x40 + 4i     SIZE 0x80 + 4i
 *  version 0   flags 28:24, size 18:0 address >> 12       -
 *  version 2   flags 31:24, size 23:0 address >> 12, 24b  -
 *  version 3   flags 7:0              address >> 12, 30b  size, 30b
 * Sizes are in units of 4 KiB. An entry allows access when all of its allow
 * flags are set (0xf in version 0, else 0xff); what single flags mean is not
 * known.
 *
 * Source: Linux drivers/soc/apple/sart.c.
 *
 * All functions are called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_SART_H
#define HW_APPLE_SART_H

#include "hw/fault/registers.h"
#include "hw/sysbus.h"

#define TYPE_APPLE_SART "apple-sart"
OBJECT_DECLARE_SIMPLE_TYPE(AppleSart, APPLE_SART)

#define APPLE_SART_MMIO_SIZE 0x4000
#define APPLE_SART_ENTRIES 16

enum {
    SART_CONFIG,
    SART_PADDR,
    SART_SIZE,
    SART_NUM_BANKS,
};

typedef struct AppleSartLayout AppleSartLayout;

/* @reg: the banks of registers, as last written */
struct AppleSart {
    SysBusDevice parent_obj;

    FaultRegisters registers;
    MemoryRegion mmio;
    uint8_t version;
    const AppleSartLayout *layout;

    uint32_t reg[SART_NUM_BANKS][APPLE_SART_ENTRIES];
    uint32_t refused;
};

/**
 * apple_sart_allows: may the co-processor access this memory?
 * @addr, @len: in bytes; anything at all may be passed in
 *
 * True if the entries that allow access cover all of it. Otherwise the
 * refusal is logged and counted.
 */
bool apple_sart_allows(AppleSart *sart, hwaddr addr, uint64_t len);

#endif
