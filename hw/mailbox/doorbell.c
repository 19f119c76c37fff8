/*
 * Doorbell mailboxes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "far-side.h"

unsigned doorbell_directions(DoorbellMailbox *mailbox)
{
    return DOORBELL_MAILBOX_GET_CLASS(mailbox)->directions(mailbox);
}

bool doorbell_attach(DoorbellMailbox *mailbox, unsigned doorbell,
                     const DoorbellOps *ops, void *opaque, Error **errp)
{
    return DOORBELL_MAILBOX_GET_CLASS(mailbox)->attach(mailbox, doorbell, ops,
                                                       opaque, errp);
}

void doorbell_ring(DoorbellMailbox *mailbox, unsigned doorbell)
{
    DOORBELL_MAILBOX_GET_CLASS(mailbox)->ring(mailbox, doorbell);
}

unsigned doorbell_specifier(DoorbellMailbox *mailbox, unsigned doorbell,
                            uint32_t cells[DOORBELL_MAX_CELLS])
{
    return DOORBELL_MAILBOX_GET_CLASS(mailbox)->specifier(mailbox, doorbell,
                                                          cells);
}

/* The controllers' side. */

void far_side_init(FarSide *far, unsigned num)
{
    far->num = num;
    far->doorbells = g_new0(FarSideDoorbell, num);
}

void far_side_finalize(FarSide *far)
{
    g_free(far->doorbells);
}

bool far_side_attach(FarSide *far, unsigned doorbell, const DoorbellOps *ops,
                     void *opaque, Error **errp)
{
    if (doorbell >= far->num) {
        error_setg(errp, "the mailbox has no doorbell %u", doorbell);
        return false;
    }
    if (far->doorbells[doorbell].ops) {
        error_setg(errp, "doorbell %u has a far side already", doorbell);
        return false;
    }
    far->doorbells[doorbell] = (FarSideDoorbell) { ops, opaque };
    return true;
}

uint32_t far_side_listens(const FarSide *far, unsigned first, uint32_t bits)
{
    uint32_t listens = 0;

    for (unsigned i = 0; i < 32 && first + i < far->num; i++) {
        if (far->doorbells[first + i].ops) {
            listens |= 1u << i;
        }
    }
    return bits & listens;
}

void far_side_rung(const FarSide *far, unsigned first, uint32_t bits)
{
    for (bits = far_side_listens(far, first, bits); bits; bits &= bits - 1) {
        const FarSideDoorbell *doorbell = &far->doorbells[first + ctz32(bits)];

        doorbell->ops->rung(doorbell->opaque);
    }
}

void far_side_taken(const FarSide *far, unsigned first, uint32_t bits)
{
    for (bits = far_side_listens(far, first, bits); bits; bits &= bits - 1) {
        const FarSideDoorbell *doorbell = &far->doorbells[first + ctz32(bits)];

        if (doorbell->ops->taken) {
            doorbell->ops->taken(doorbell->opaque);
        }
    }
}

static const TypeInfo doorbell_mailbox_info = {
    .name = TYPE_DOORBELL_MAILBOX,
    .parent = TYPE_INTERFACE,
    .class_size = sizeof(DoorbellMailboxClass),
};

static void doorbell_mailbox_register(void)
{
    type_register_static(&doorbell_mailbox_info);
}
type_init(doorbell_mailbox_register)
