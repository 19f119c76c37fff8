/*
 * Doorbell mailboxes: an interrupt in each direction, and nothing else
 *
 * A mailbox controller between the agent, which runs on the machine's vCPUs
 * and sees the registers, and the far side, which is a model. A controller
 * has a number of doorbells, counted from 0; each is rung by the agent, or by
 * the far side, or by both. What it means that a doorbell has been rung is for
 * the two to agree upon: shared memory, as a rule.
 *
 * The far side uses this interface and does not know which controller it
 * sits on. All functions are called, and all callbacks run, with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_MAILBOX_DOORBELL_H
#define HW_MAILBOX_DOORBELL_H

#include "hw/core/dt-node.h"

#define TYPE_DOORBELL_MAILBOX "doorbell-mailbox"
typedef struct DoorbellMailboxClass DoorbellMailboxClass;
typedef struct DoorbellMailbox DoorbellMailbox;
DECLARE_CLASS_CHECKERS(DoorbellMailboxClass, DOORBELL_MAILBOX,
                       TYPE_DOORBELL_MAILBOX)
#define DOORBELL_MAILBOX(obj) \
    INTERFACE_CHECK(DoorbellMailbox, (obj), TYPE_DOORBELL_MAILBOX)

/* Who can ring the doorbells of a controller. */
enum {
    DOORBELL_AGENT_RINGS = 1,
    DOORBELL_FAR_SIDE_RINGS = 2,
};

/* Cells of a device-tree specifier, at most; see doorbell_specifier(). */
#define DOORBELL_MAX_CELLS 3

/**
 * DoorbellOps: what the far side is told of a doorbell
 * @rung: the agent rang it. The far side has taken it by then: the agent sees
 *        that it is no longer pending.
 * @taken: the agent took a ring of the far side; may be NULL. Drivers differ
 *         in whether they look at the shared memory before or after.
 */
typedef struct DoorbellOps {
    void (*rung)(void *opaque);
    void (*taken)(void *opaque);
} DoorbellOps;

struct DoorbellMailboxClass {
    InterfaceClass parent;

    unsigned (*directions)(DoorbellMailbox *mailbox);
    bool (*attach)(DoorbellMailbox *mailbox, unsigned doorbell,
                   const DoorbellOps *ops, void *opaque, Error **errp);
    void (*ring)(DoorbellMailbox *mailbox, unsigned doorbell);
    unsigned (*specifier)(DoorbellMailbox *mailbox, unsigned doorbell,
                          uint32_t cells[DOORBELL_MAX_CELLS]);
};

/* DOORBELL_AGENT_RINGS, DOORBELL_FAR_SIDE_RINGS or both. */
unsigned doorbell_directions(DoorbellMailbox *mailbox);

/**
 * doorbell_attach: become the far side of a doorbell
 *
 * The controller has been realized. Fails when there is no such doorbell or
 * it has a far side. @ops and @opaque are borrowed.
 */
bool doorbell_attach(DoorbellMailbox *mailbox, unsigned doorbell,
                     const DoorbellOps *ops, void *opaque, Error **errp);

/**
 * doorbell_ring: ring, so that the agent gets an interrupt
 *
 * Ringing again what the agent has not taken yet makes no difference.
 */
void doorbell_ring(DoorbellMailbox *mailbox, unsigned doorbell);

/**
 * doorbell_specifier: what follows the controller's phandle in "mboxes"
 *
 * Returns the number of @cells.
 */
unsigned doorbell_specifier(DoorbellMailbox *mailbox, unsigned doorbell,
                            uint32_t cells[DOORBELL_MAX_CELLS]);

/**
 * DoorbellDtEntry: an entry of "mboxes"
 * @name: of "mbox-names"
 * @there: whether it is; spares callers a list of their own
 */
typedef struct DoorbellDtEntry {
    const char *name;
    DoorbellMailbox *mailbox;
    unsigned doorbell;
    bool there;
} DoorbellDtEntry;

/* At most. */
#define DOORBELL_DT_ENTRIES 4

/* Set "mboxes" and "mbox-names" of @node, the client of these doorbells. */
void doorbell_write_dt(DtWriter *dt, const char *node,
                       const DoorbellDtEntry *entries, unsigned n);

#endif
