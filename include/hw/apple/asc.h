/*
 * Apple ASC: what every co-processor with RTKit has
 *
 * An abstract device: the registers that hold and run its CPU, the firmware,
 * and the mailbox through which that talks. A co-processor derives from it
 * and adds its endpoints, in instance_init, with rtkit_add_endpoint().
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the ASC core, 0x4000 bytes, 32 bits wide:
 *    0x44 CPU_CONTROL  bit 4 RUN; held, the firmware forgets everything
 *    0x48 CPU_STATUS   read-only: bit 0 idle, 1 stopped, 2 no message waits
 *                      for it, 3 no FIQ pending (always), 5 no message waits
 *                      for the AP
 *  + link property "mailbox" <apple-asc-mailbox>, which must be realized and
 *    not have a co-processor yet
 *  + QOM child "rtkit" <apple-rtkit>, reset along with the co-processor,
 *    before its own "hold" phase
 *
 * Source: Linux drivers/nvme/host/apple.c (CPU_CONTROL); the bits of
 * CPU_STATUS are those that crash dumps of real machines fit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_ASC_H
#define HW_APPLE_ASC_H

#include "hw/apple/asc-mailbox.h"
#include "hw/apple/rtkit.h"
#include "hw/sysbus.h"

#define TYPE_APPLE_ASC "apple-asc"
OBJECT_DECLARE_TYPE(AppleAsc, AppleAscClass, APPLE_ASC)

#define APPLE_ASC_MMIO_SIZE 0x4000

/**
 * AppleAscClass: a kind of co-processor; see RTKitOps for the functions
 */
struct AppleAscClass {
    SysBusDeviceClass parent_class;

    bool (*write_memory)(AppleAsc *asc, uint64_t addr, const void *buf,
                         size_t len);
    bool (*buffer_ok)(AppleAsc *asc, uint64_t addr, uint64_t size);
    void (*state_changed)(AppleAsc *asc, RTKitState state);

    void (*parent_child_foreach)(Object *obj, ResettableChildCallback cb,
                                 void *opaque, ResetType type);
};

struct AppleAsc {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    AscMailbox *mailbox;
    RTKit rtkit;
};

#endif
