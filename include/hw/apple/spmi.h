/*
 * Apple SPMI controller, with a PMIC behind it
 *
 * The PMIC is an array of 65536 bytes, some of which are nvmem cells that
 * Linux uses: the offset of the real-time clock, and why the machine last
 * went down. The array survives a reset of the machine.
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the registers, 0x100 bytes, 32 bits wide
 *  + property "slave": the PMIC's SPMI address, 0 to 15, 0xf unless set
 *  + for each nvmem cell, a QOM property of its name: "boot-stage",
 *    "boot-error-count", "panic-count" and "shutdown-flag" (uint64),
 *    "rtc-offset" (int64, in 1/32768 s)
 *
 * Registers:
 *  0x0 STATUS  bit 24: nothing to read
 *  0x4 CMD     a command: opcode and length in 7:0, slave in 11:8, address in
 *              31:16, the rest ignored; then the data of a write, four bytes
 *              a word
 *  0x8 RSP     after a command one status word (here 0 for success, 1 for a
 *              command nobody takes), then the data of a read
 *
 * Source: Linux drivers/spmi/spmi-apple-controller.c and
 * drivers/nvmem/apple-spmi-nvmem.c. Of the status word they say nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_SPMI_H
#define HW_APPLE_SPMI_H

#include "hw/sysbus.h"

#define TYPE_APPLE_SPMI "apple-spmi"
OBJECT_DECLARE_SIMPLE_TYPE(AppleSpmi, APPLE_SPMI)

#define APPLE_SPMI_MMIO_SIZE 0x100
#define APPLE_SPMI_NVMEM_SIZE 0x10000
/* The longest transfer, and the words it leaves to be read. */
#define APPLE_SPMI_MAX_LEN 16
#define APPLE_SPMI_FIFO_LEN 32

/* Names for dt_phandle(): the cells that other nodes refer to. */
#define APPLE_SPMI_CELL_BOOT_STAGE "boot-stage"
#define APPLE_SPMI_CELL_BOOT_ERROR_COUNT "boot-error-count"
#define APPLE_SPMI_CELL_PANIC_COUNT "panic-count"
#define APPLE_SPMI_CELL_SHUTDOWN_FLAG "shutdown-flag"
#define APPLE_SPMI_CELL_RTC_OFFSET "rtc-offset"

/*
 * @rsp: words to be read, the oldest at @rsp_head
 * @write_left: bytes that the write command under way still wants
 */
struct AppleSpmi {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    uint8_t slave;

    uint8_t nvmem[APPLE_SPMI_NVMEM_SIZE];
    uint32_t rsp[APPLE_SPMI_FIFO_LEN];
    uint8_t rsp_head;
    uint8_t rsp_count;
    uint16_t write_addr;
    uint8_t write_left;
    bool write_refused;
};

#endif
