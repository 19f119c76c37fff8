/*
 * Apple NVMe Storage: the interrupt, and its coalescing
 *
 * The line is high as long as there is a completion to take.
 *
 * A guest that is interrupted at work waits first for the lock that whoever
 * raised the line still holds. Where it rings for commands faster than it
 * takes their completions, the interrupt of I/O waits until it rings for the
 * next one: then its VCPU has the lock anyhow. The completions are in the
 * queue all the while.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "hw/irq.h"
#include "qemu/timer.h"
#include "trace.h"

/* As long the interrupt waits at most; and not with so many completions. */
#define WAIT_NS (100 * SCALE_US)
#define WAIT_ENTRIES 4

/*
 * A guest at depth 2 or so stops ringing to wait for its interrupt, and loses
 * all of WAIT_NS: one wait in vain has to be made up for by many that were
 * ended by a doorbell.
 */
#define TRUST_MAX 64
#define TRUST_LOST 32

static bool ans_queue_wants_irq(AnsQueue *q)
{
    return q->cq_size && q->interrupts && q->cq_head != q->cq_tail;
}

static bool ans_irq_waits(AppleAns *s)
{
    return timer_pending(s->coalescing.timer);
}

static void ans_end_wait(AppleAns *s)
{
    if (ans_irq_waits(s)) {
        timer_del(s->coalescing.timer);
    }
}

void ans_update_irq(AppleAns *s)
{
    bool io = ans_queue_wants_irq(&s->queue[ANS_QUEUE_IO]);
    bool admin = ans_queue_wants_irq(&s->queue[ANS_QUEUE_ADMIN]);
    bool level;

    if (!io) {
        ans_end_wait(s);
    }
    level = !(s->int_mask & 1) && (admin || (io && !ans_irq_waits(s)));
    if (level != s->irq_level) {
        s->irq_level = level;
        qemu_set_irq(s->irq, level);
    }
}

/* While commands are under way, completions are gathered without waiting. */
static bool ans_irq_may_wait(AppleAns *s)
{
    AnsQueue *q = &s->queue[ANS_QUEUE_IO];

    return s->lazy && s->coalescing.ahead && !fault_watched &&
           !s->irq_level && !(s->int_mask & 1) && ans_queue_wants_irq(q) &&
           !q->busy && ans_cq_used(q) < WAIT_ENTRIES;
}

static void ans_begin_wait(AppleAns *s)
{
    AnsCoalescing *c = &s->coalescing;

    if (c->trust < 0) {
        c->trust++;
    } else {
        timer_mod(c->timer,
                  qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + WAIT_NS);
    }
}

void ans_irq_posted(AppleAns *s)
{
    if (!ans_irq_may_wait(s)) {
        ans_end_wait(s);
    } else if (!ans_irq_waits(s)) {
        ans_begin_wait(s);
    }
    ans_update_irq(s);
}

void ans_irq_rung(AppleAns *s)
{
    AnsCoalescing *c = &s->coalescing;
    AnsQueue *q = &s->queue[ANS_QUEUE_IO];

    c->ahead = q->busy || q->cq_head != q->cq_tail;
    if (ans_irq_waits(s)) {
        c->trust = MIN(c->trust + 1, TRUST_MAX);
        ans_end_wait(s);
        ans_update_irq(s);
    }
}

static void ans_irq_waited_in_vain(void *opaque)
{
    AppleAns *s = opaque;

    trace_apple_ans_waited_in_vain(s->coalescing.trust);
    s->coalescing.trust -= TRUST_LOST;
    ans_update_irq(s);
}

void ans_irq_init(AppleAns *s)
{
    s->coalescing.timer = timer_new_ns(QEMU_CLOCK_VIRTUAL,
                                       ans_irq_waited_in_vain, s);
}

void ans_irq_finalize(AppleAns *s)
{
    timer_free(s->coalescing.timer);
}

bool ans_irq_state_valid(AppleAns *s)
{
    return s->coalescing.trust >= -TRUST_LOST &&
           s->coalescing.trust <= TRUST_MAX;
}

void ans_irq_reset(AppleAns *s)
{
    ans_end_wait(s);
    s->coalescing.ahead = false;
    s->coalescing.trust = 0;
    ans_update_irq(s);
}
