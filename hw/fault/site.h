/*
 * Sites: what the messages at each of them have, and what can be done to them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_SITE_H
#define HW_FAULT_SITE_H

#include "hw/fault/port.h"

/* Bits of the little-endian word at @offset; @width 0 is nothing. */
typedef struct FaultSlot {
    uint8_t offset;
    uint8_t shift;
    uint8_t width;
} FaultSlot;

/**
 * FaultSiteInfo:
 * @fields: BIT() of each FaultField that messages may have
 * @actions: BIT() of each FaultAction
 * @min, @max: bytes of a message
 * @status, @token: where they are
 */
typedef struct FaultSiteInfo {
    uint32_t fields;
    uint32_t actions;
    uint16_t min;
    uint16_t max;
    FaultSlot status;
    FaultSlot token;
} FaultSiteInfo;

extern const FaultSiteInfo fault_sites[FAULT_SITE__MAX];

/* Set the bits of @slot if they are within @m. */
bool fault_slot_set(const FaultSlot *slot, FaultMessage *m, uint32_t value);

/* Get the bits of @slot if it is something, and within @length bytes. */
bool fault_slot_get(const FaultSlot *slot, const uint8_t *bytes, size_t length,
                    uint32_t *value);

#endif
