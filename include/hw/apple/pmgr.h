/*
 * Apple power manager (PMGR): power states and resets of devices
 *
 * A page of registers, one for each domain, which Linux takes as a syscon.
 * A domain resets what it powers: by its RESET bit, and by losing power.
 *
 * QEMU interface of TYPE_APPLE_PMGR:
 *  + sysbus MMIO region 0: the registers, 0x4000 bytes, 32 bits wide; that
 *    of domain i is at 8i
 *  + QOM child "LABEL" <apple-pmgr-domain> for each domain
 *
 * QEMU interface of TYPE_APPLE_PMGR_DOMAIN, a device without a bus:
 *  + GPIO output 0: high while the domain holds its device in reset
 *  + properties "target-state", "actual-state": uint8, read-only, 0 gated,
 *    4 clock-gated, 15 on; "reset": bool, read-only; "resets": uint32,
 *    read-only, how often it held its device in reset since the machine's
 *    reset; "label": string, read-only
 *
 * Register: 3:0 target state, 7:4 actual state (read-only), 8 was power- and
 * 9 was clock-gated (write 1 to clear), 10 device disable, 11 parent off
 * (read-only, 0), 19:16 minimum state, 27:24 auto state, 28 auto enable, 31
 * reset. The actual state follows the target at once. Domains are on after a
 * reset, as the boot loader leaves them.
 *
 * Source: Linux drivers/pmdomain/apple/pmgr-pwrstate.c.
 *
 * All functions are called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_PMGR_H
#define HW_APPLE_PMGR_H

#include "hw/sysbus.h"

#define TYPE_APPLE_PMGR "apple-pmgr"
OBJECT_DECLARE_SIMPLE_TYPE(ApplePmgr, APPLE_PMGR)

#define TYPE_APPLE_PMGR_DOMAIN "apple-pmgr-domain"
OBJECT_DECLARE_SIMPLE_TYPE(ApplePmgrDomain, APPLE_PMGR_DOMAIN)

#define APPLE_PMGR_MMIO_SIZE 0x4000
#define APPLE_PMGR_DOMAIN_SIZE 8
#define APPLE_PMGR_MAX_DOMAINS (APPLE_PMGR_MMIO_SIZE / APPLE_PMGR_DOMAIN_SIZE)

/* @reg: the register; @held: the level of the GPIO output */
struct ApplePmgrDomain {
    DeviceState parent_obj;

    ApplePmgr *pmgr;
    char *label;
    qemu_irq reset;

    uint32_t reg;
    uint32_t resets;
    bool held;
};

struct ApplePmgr {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    GPtrArray *domains;
};

/**
 * apple_pmgr_add_domain: one more domain, at the next free register
 * @label: its name, in QOM and in the device tree; not taken yet
 *
 * To be called before the machine's first reset. Returns NULL if there is no
 * register left. The domain belongs to @pmgr.
 */
ApplePmgrDomain *apple_pmgr_add_domain(ApplePmgr *pmgr, const char *label);

#endif
