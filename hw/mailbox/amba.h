/*
 * What makes a mailbox controller an AMBA (PrimeCell) peripheral
 *
 * Source: Linux drivers/amba/bus.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_MAILBOX_AMBA_H
#define HW_MAILBOX_AMBA_H

#include "exec/hwaddr.h"
#include "hw/core/dt-node.h"

/* The identification registers fill the end of a 4 KiB frame. */
#define AMBA_ID_OFFSET 0xfd0
#define AMBA_FRAME_SIZE 0x1000

/**
 * amba_id_read: read an identification register
 * @part: the peripheral's number, as Linux matches it: bits 23:0
 * @offset: from AMBA_ID_OFFSET up to, not including, AMBA_FRAME_SIZE
 */
uint32_t amba_id_read(uint32_t part, hwaddr offset);

/**
 * amba_describe: "compatible" and the clock that such a peripheral must have
 * @node: the path of its node
 *
 * The clock is the machine's /apb-pclk, or is made by that name.
 */
void amba_describe(DtWriter *dt, const char *node, const char *compatible);

#endif
