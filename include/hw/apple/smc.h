/*
 * Apple System Management Controller
 *
 * A co-processor that runs RTKit and one application, endpoint 0x20, which
 * reads and writes keys. Its CPU runs, never booted, when the machine starts;
 * Linux wakes it with a message and never touches CPU_CONTROL.
 *
 * QEMU interface, in addition to that of every co-processor (asc.h):
 *  + sysbus MMIO region 1: SRAM, 1 MiB of RAM
 *  + link property "spmi" <apple-spmi>: the PMIC whose nvmem cells the rtc
 *    and reboot nodes refer to; without it there is no rtc node and reboot
 *    has no cells
 *  + QOM child "keys" with a child for each key
 *
 * SRAM, by offset: 0x1000 crashlog, 0x2000 syslog, 0x4000 ioreport, a page
 * each; 0x20000 the key buffer, a page. It must be mapped before the machine
 * runs, for its addresses are sent to the AP.
 *
 * A machine creates it so:
 *
 *     mbox = qdev_new(TYPE_APPLE_ASC_MAILBOX_V4); // MMIO 0, 4 IRQs
 *     sysbus_realize_and_unref(SYS_BUS_DEVICE(mbox), &error_fatal);
 *     spmi = qdev_new(TYPE_APPLE_SPMI);          // MMIO 0, no IRQ
 *     sysbus_realize_and_unref(SYS_BUS_DEVICE(spmi), &error_fatal);
 *     smc = qdev_new(TYPE_APPLE_SMC);            // MMIO 0 and 1, no IRQ
 *     object_property_set_link(OBJECT(smc), "mailbox", OBJECT(mbox), ...);
 *     object_property_set_link(OBJECT(smc), "spmi", OBJECT(spmi), ...);
 *     sysbus_realize_and_unref(SYS_BUS_DEVICE(smc), &error_fatal);
 *
 * Source: Linux drivers/mfd/macsmc.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_SMC_H
#define HW_APPLE_SMC_H

#include "hw/apple/asc.h"
#include "hw/apple/smc-endpoint.h"
#include "hw/apple/smc-keys.h"
#include "hw/apple/spmi.h"

#define TYPE_APPLE_SMC "apple-smc"
OBJECT_DECLARE_TYPE(AppleSmc, AppleSmcClass, APPLE_SMC)

#define APPLE_SMC_SRAM_SIZE 0x100000

struct AppleSmcClass {
    AppleAscClass parent_class;

    DeviceRealize parent_realize;
};

struct AppleSmc {
    AppleAsc parent_obj;

    MemoryRegion sram;
    AppleSpmi *spmi;

    AppleSmcKeys *keys;
    AppleSmcEndpoint endpoint;

    /* What to add to rtc_clock, in ns, to get UTC. */
    int64_t clock_offset;
};

#endif
