/*
 * The far side of a controller's doorbells, for the controller
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_MAILBOX_FAR_SIDE_H
#define HW_MAILBOX_FAR_SIDE_H

#include "hw/mailbox/doorbell.h"

typedef struct FarSideDoorbell {
    const DoorbellOps *ops;
    void *opaque;
} FarSideDoorbell;

/**
 * FarSide: who listens to which doorbell
 * @num: number of doorbells
 */
typedef struct FarSide {
    unsigned num;
    FarSideDoorbell *doorbells;
} FarSide;

void far_side_init(FarSide *far, unsigned num);
void far_side_finalize(FarSide *far);

/* See doorbell_attach(). */
bool far_side_attach(FarSide *far, unsigned doorbell, const DoorbellOps *ops,
                     void *opaque, Error **errp);

/* Which of the doorbells in a word somebody listens to. */
uint32_t far_side_listens(const FarSide *far, unsigned first, uint32_t bits);

/* Tell the far side of the bits in a word, whose bit 0 is doorbell @first. */
void far_side_rung(const FarSide *far, unsigned first, uint32_t bits);
void far_side_taken(const FarSide *far, unsigned first, uint32_t bits);

#endif
