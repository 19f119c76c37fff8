/*
 * Apple NVMe Storage: submission and completion queues
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "qemu/atomic.h"
#include "qemu/defer-call.h"
#include "qemu/host-utils.h"
#include "qemu/main-loop.h"
#include "system/runstate.h"
#include "trace.h"

#define ADMIN_SQE_BITS 6

QEMU_BUILD_BUG_ON(APPLE_ANS_MAX_ENTRIES > 64);

/* Completion */

static bool ans_cq_is_full(AnsQueue *q)
{
    return ans_cq_used(q) == q->cq_size - 1;
}

static void ans_free_request(AnsQueue *q, AnsRequest *r)
{
    uint64_t bit = 1ULL << r->slot;

    q->busy &= ~bit;
    q->done &= ~bit;
    q->stopped &= ~bit;
    q->kept &= ~bit;
}

/* The guest polls the phase bit: it is written after everything else. */
static void ans_write_cqe(AppleAns *s, AnsQueue *q, NvmeCqe *cqe)
{
    hwaddr addr = q->cq_base + q->cq_tail * sizeof(*cqe);
    size_t head = offsetof(NvmeCqe, cid);

    cqe->status = cpu_to_le16((le16_to_cpu(cqe->status) & ~1) | q->phase);
    if (ans_dma_write(s, addr, cqe, head)) {
        /* Pairs with the guest's barrier between the phase and the rest. */
        smp_wmb();
        if (ans_dma_write(s, addr + head, &cqe->cid, sizeof(*cqe) - head)) {
            q->cq_tail = (q->cq_tail + 1) % q->cq_size;
            q->phase ^= !q->cq_tail;
            return;
        }
    }
    ans_fail(s, "no memory at the completion queue", q->cq_base);
}

bool ans_put_cqe(AppleAns *s, AnsQueue *q, NvmeCqe *cqe)
{
    if (!ans_is_ready(s) || !q->cq_size || ans_cq_is_full(q)) {
        return false;
    }
    ans_write_cqe(s, q, cqe);
    ans_irq_posted(s);
    return true;
}

static void ans_post(AppleAns *s, AnsQueue *q, AnsRequest *r)
{
    NvmeCqe cqe = {
        .result = cpu_to_le32(r->result),
        .sq_head = cpu_to_le16(q->sq_head),
        .sq_id = cpu_to_le16(r->queue),
        .cid = r->cmd.cid,
        .status = cpu_to_le16(r->status << 1),
    };

    trace_apple_ans_complete(r->queue, le16_to_cpu(r->cmd.cid), r->status,
                             r->result);
    ans_free_request(q, r);
    if (q->sq_head != q->sq_tail) {
        /* What the ring holds may have waited for a free slot. */
        qemu_bh_schedule(s->bh);
    }
    if (fault_watched) {
        ans_pass_completion(r, &cqe);
    } else {
        ans_write_cqe(s, q, &cqe);
    }
}

static void ans_post_all(AppleAns *s, AnsQueue *q)
{
    while (q->done && ans_is_ready(s) && !ans_cq_is_full(q)) {
        ans_post(s, q, &q->request[ctz64(q->done)]);
    }
}

/* While the machine is stopped, nothing changes in it: completions wait. */
static void ans_post_done(void *opaque)
{
    AppleAns *s = opaque;

    if (runstate_is_running()) {
        ans_post_all(s, &s->queue[ANS_QUEUE_IO]);
        ans_post_all(s, &s->queue[ANS_QUEUE_ADMIN]);
        ans_irq_posted(s);
    }
}

/*
 * One interrupt for many: where others are under way, those that end until the
 * main loop comes round are posted together. The guest waits for one that is
 * alone, which goes as soon as the block layer has done what it has to; but not
 * from within the block layer if a rule may crash the firmware, which drains.
 */
void ans_complete(AnsRequest *r, uint16_t status)
{
    AppleAns *s = r->ans;
    AnsQueue *q = &s->queue[r->queue];

    r->status = status;
    if (q->cq_size) {
        q->done |= 1ULL << r->slot;
        if (q->busy == q->done && !fault_watched) {
            defer_call(ans_post_done, s);
        } else {
            qemu_bh_schedule(s->bh);
        }
    } else {
        /* The controller was disabled while the request was under way. */
        ans_free_request(q, r);
    }
    ans_flush_if_idle(s);
}

/* Submission */

void ans_carry_out(AppleAns *s, AnsQueue *q, AnsRequest *r)
{
    uint16_t status;

    if (!ans_is_ready(s)) {
        /* The firmware has died since it was taken: it is lost. */
        q->kept |= 1ULL << r->slot;
        ans_flush_if_idle(s);
        return;
    }
    trace_apple_ans_command(r->queue, le16_to_cpu(r->cmd.cid), r->cmd.opcode,
                            le32_to_cpu(r->cmd.cdw10),
                            le32_to_cpu(r->cmd.cdw12));
    r->result = 0;
    r->error = 0;
    if (r->life != q->life) {
        /* It comes out of a fault rule, and its queue has gone. */
        status = NVME_CMD_ABORT_SQ_DEL;
    } else if (s->variant->linear &&
        !ans_nvmmu_allows(s, r->queue, r->slot, &r->cmd)) {
        status = NVME_DATA_TRAS_ERROR | NVME_DNR;
    } else if (r->cmd.flags) {
        /* Neither SGLs nor fused commands. */
        status = NVME_INVALID_FIELD | NVME_DNR;
    } else if (r->queue == ANS_QUEUE_ADMIN) {
        status = ans_admin_execute(r);
    } else {
        status = ans_io_execute(r);
    }
    if (status != NVME_NO_COMPLETE) {
        ans_complete(r, status);
    }
}

static void ans_execute(AppleAns *s, AnsQueue *q, AnsRequest *r)
{
    if (fault_watched) {
        q->kept |= 1ULL << r->slot;
        ans_pass_command(r);
    } else {
        ans_carry_out(s, q, r);
    }
}

static bool ans_read_sqe(AppleAns *s, AnsQueue *q, AnsRequest *r,
                         unsigned entry)
{
    unsigned bits = r->queue == ANS_QUEUE_IO ? s->variant->iosqe_bits
                                             : ADMIN_SQE_BITS;
    hwaddr addr = q->sq_base + ((hwaddr)entry << bits);

    if (!ans_dma_read(s, addr, &r->cmd, sizeof(r->cmd))) {
        ans_fail(s, "no memory at the submission queue", addr);
        return false;
    }
    q->busy |= 1ULL << r->slot;
    r->life = q->life;
    return true;
}

static bool ans_doorbell_ok(AppleAns *s, uint32_t value, uint16_t size)
{
    if (!size) {
        ans_guest_error(s, "doorbell of a queue that is not enabled", value);
        return false;
    }
    if (value >= size) {
        ans_guest_error(s, "doorbell's value is outside of the queue", value);
        return false;
    }
    return true;
}

static bool ans_sq_doorbell_ok(AppleAns *s, uint32_t value, uint16_t size)
{
    if (!ans_is_ready(s)) {
        ans_guest_error(s, "doorbell of a controller that is not ready",
                        value);
        return false;
    }
    return ans_doorbell_ok(s, value, size);
}

/* The entries of a linear queue whose doorbell was rung. */
static void ans_take_rung(AppleAns *s, AnsQueue *q)
{
    while (q->rung && ans_is_ready(s)) {
        unsigned tag = ctz64(q->rung);
        AnsRequest *r = &q->request[tag];

        q->rung &= q->rung - 1;
        if (ans_read_sqe(s, q, r, tag)) {
            ans_execute(s, q, r);
        }
    }
}

/* What the ring holds, as far as there are free slots. */
static void ans_take_ring(AppleAns *s, AnsQueue *q)
{
    while (q->sq_head != q->sq_tail && ~q->busy && ans_is_ready(s)) {
        AnsRequest *r = &q->request[ctz64(~q->busy)];

        if (ans_read_sqe(s, q, r, q->sq_head)) {
            q->sq_head = (q->sq_head + 1) % q->sq_size;
            ans_execute(s, q, r);
        }
    }
}

void ans_take(AppleAns *s, unsigned queue)
{
    if (s->variant->linear) {
        ans_take_rung(s, &s->queue[queue]);
    } else {
        ans_take_ring(s, &s->queue[queue]);
    }
}

/* What there is of I/O goes to the host in one piece. */
static void ans_take_io(AppleAns *s)
{
    /* A rule may make it crash, which would wait for what is deferred. */
    bool defer = !fault_watched;

    if (defer) {
        defer_call_begin();
    }
    ans_take(s, ANS_QUEUE_IO);
    if (defer) {
        defer_call_end();
    }
}

/*
 * I/O goes to the block layer at once: to have the main loop do it would cost
 * more, as it has to wake, and the VCPU then waits for its lock. Admin commands
 * may wait for I/O, which no VCPU has to.
 */
static void ans_rung(AppleAns *s, unsigned queue)
{
    if (queue == ANS_QUEUE_IO) {
        ans_irq_rung(s);
    }
    if (queue == ANS_QUEUE_IO && runstate_is_running()) {
        ans_take_io(s);
    } else {
        qemu_bh_schedule(s->bh);
    }
}

void ans_submit_tag(AppleAns *s, unsigned queue, uint32_t tag)
{
    AnsQueue *q = &s->queue[queue];

    ans_nvmmu_look(s);
    if (!ans_sq_doorbell_ok(s, tag, q->sq_size)) {
        return;
    }
    if (!(s->reg[ANS_REG_LINEAR_SQ_CTRL] & 1) ||
        !ans_nvmmu_has_tcb(s, tag)) {
        ans_guest_error(s, "linear queues are off, or have no TCB for tag",
                        tag);
        return;
    }
    if ((q->busy | q->rung) & (1ULL << tag)) {
        ans_guest_error(s, "a command is under way with tag", tag);
        return;
    }
    q->rung |= 1ULL << tag;
    ans_rung(s, queue);
}

void ans_write_sq_tail(AppleAns *s, unsigned queue, uint32_t tail)
{
    AnsQueue *q = &s->queue[queue];

    if (ans_sq_doorbell_ok(s, tail, q->sq_size)) {
        q->sq_tail = tail;
        ans_rung(s, queue);
    }
}

/*
 * The bottom half: admin commands, completions that were gathered, and what was
 * left when the machine stopped.
 */
void ans_run(void *opaque)
{
    AppleAns *s = opaque;

    /* A stopped machine is being drained: it takes nothing new. */
    if (runstate_is_running()) {
        ans_take_io(s);
        if (!s->draining) {
            ans_take(s, ANS_QUEUE_ADMIN);
        }
        ans_post_done(s);
    }
}

/*
 * The guest takes entries: it cannot go past those that there are. It takes
 * them also after a crash, which must not leave the line high.
 */
void ans_write_cq_head(AppleAns *s, unsigned queue, uint32_t head)
{
    AnsQueue *q = &s->queue[queue];
    unsigned taken;

    ans_nvmmu_look(s);
    if (!ans_doorbell_ok(s, head, q->cq_size)) {
        return;
    }
    taken = (head + q->cq_size - q->cq_head) % q->cq_size;
    if (taken > ans_cq_used(q)) {
        ans_guest_error(s, "completion doorbell beyond the queue's tail",
                        head);
        return;
    }
    q->cq_head = head;
    ans_post_done(s);
    ans_update_irq(s);
}

/* Stopping */

/*
 * This runs the bottom half. A command that has to wait for others is not
 * overtaken by the next one, which may take away what those others need: that
 * is for the next time.
 */
void ans_drain(AppleAns *s)
{
    bool nested = s->draining;

    s->draining = true;
    blk_drain(s->conf.blk);
    s->draining = nested;
    qemu_bh_schedule(s->bh);
}

void ans_abort_stopped(AppleAns *s, unsigned queue)
{
    AnsQueue *q = &s->queue[queue];
    uint64_t stopped = q->stopped;

    q->stopped = 0;
    while (stopped) {
        AnsRequest *r = &q->request[ctz64(stopped)];

        stopped &= stopped - 1;
        ans_complete(r, NVME_CMD_ABORT_SQ_DEL);
    }
}

static void ans_resume_stopped(AppleAns *s, unsigned queue)
{
    AnsQueue *q = &s->queue[queue];
    uint64_t stopped = q->stopped;

    q->stopped = 0;
    while (stopped) {
        AnsRequest *r = &q->request[ctz64(stopped)];

        stopped &= stopped - 1;
        ans_carry_out(s, q, r);
    }
}

/* While the machine is stopped, what fails waits, and queues stand still. */
void ans_vm_state_changed(void *opaque, bool running, RunState state)
{
    AppleAns *s = opaque;

    if (running) {
        ans_resume_stopped(s, ANS_QUEUE_IO);
        ans_resume_stopped(s, ANS_QUEUE_ADMIN);
        qemu_bh_schedule(s->bh);
    }
}
