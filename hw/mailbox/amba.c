/*
 * What makes a mailbox controller an AMBA (PrimeCell) peripheral
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <libfdt.h>
#include "amba.h"
#include "qemu/bitops.h"
#include "system/device_tree.h"

#define APB_CLOCK "/apb-pclk"
#define APB_CLOCK_HZ 24000000

/* PIDR4, the JEP106 continuation code of Arm. */
#define PID4 0x04

uint32_t amba_id_read(uint32_t part, hwaddr offset)
{
    static const uint8_t cid[] = { 0x0d, 0xf0, 0x05, 0xb1 };
    unsigned i = (offset - AMBA_ID_OFFSET) / 4;

    /* PIDR4-7, PIDR0-3, CIDR0-3 */
    if (i < 4) {
        return i ? 0 : PID4;
    }
    return i < 8 ? extract32(part, 8 * (i - 4), 8) : cid[i - 8];
}

static uint32_t apb_clock(DtWriter *dt)
{
    uint32_t phandle;

    if (fdt_path_offset(dt->fdt, APB_CLOCK) >= 0) {
        return qemu_fdt_get_phandle(dt->fdt, APB_CLOCK);
    }
    phandle = qemu_fdt_alloc_phandle(dt->fdt);
    qemu_fdt_add_subnode(dt->fdt, APB_CLOCK);
    qemu_fdt_setprop_string(dt->fdt, APB_CLOCK, "compatible", "fixed-clock");
    qemu_fdt_setprop_cell(dt->fdt, APB_CLOCK, "#clock-cells", 0);
    qemu_fdt_setprop_cell(dt->fdt, APB_CLOCK, "clock-frequency",
                          APB_CLOCK_HZ);
    qemu_fdt_setprop_cell(dt->fdt, APB_CLOCK, "phandle", phandle);
    return phandle;
}

void amba_describe(DtWriter *dt, const char *node, const char *compatible)
{
    char *strings[] = { (char *)compatible, (char *)"arm,primecell" };

    qemu_fdt_setprop_string_array(dt->fdt, node, "compatible", strings,
                                  ARRAY_SIZE(strings));
    qemu_fdt_setprop_cell(dt->fdt, node, "clocks", apb_clock(dt));
    qemu_fdt_setprop_string(dt->fdt, node, "clock-names", "apb_pclk");
}
