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
#include "system/device_tree.h"

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

void doorbell_write_dt(DtWriter *dt, const char *node,
                       const DoorbellDtEntry *entries, unsigned n)
{
    uint32_t mboxes[DOORBELL_DT_ENTRIES * (1 + DOORBELL_MAX_CELLS)];
    char *names[DOORBELL_DT_ENTRIES];
    unsigned num_cells = 0;
    unsigned num_names = 0;

    assert(n <= DOORBELL_DT_ENTRIES);
    for (const DoorbellDtEntry *e = entries; e < entries + n; e++) {
        uint32_t specifier[DOORBELL_MAX_CELLS];
        unsigned cells = doorbell_specifier(e->mailbox, e->doorbell,
                                            specifier);

        if (!e->there) {
            continue;
        }
        mboxes[num_cells++] =
            cpu_to_be32(dt_phandle(dt, OBJECT(e->mailbox), ""));
        for (unsigned i = 0; i < cells; i++) {
            mboxes[num_cells++] = cpu_to_be32(specifier[i]);
        }
        names[num_names++] = (char *)e->name;
    }
    qemu_fdt_setprop(dt->fdt, node, "mboxes", mboxes,
                     num_cells * sizeof(*mboxes));
    qemu_fdt_setprop_string_array(dt->fdt, node, "mbox-names", names,
                                  num_names);
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
