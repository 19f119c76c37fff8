/*
 * Apple NVMe Storage: migration
 *
 * The block layer is drained before a machine is saved, so a command that was
 * taken out of its queue either is done and not posted yet, or was stopped by
 * an error, or with the machine, or is kept by a fault rule. Everything else is
 * in the guest's memory. The bottom half runs when the machine does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "migration/vmstate.h"

static const VMStateDescription vmstate_ans_request = {
    .name = "apple-ans/request",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BUFFER_UNSAFE(cmd, AnsRequest, 1, sizeof(NvmeCmd)),
        VMSTATE_UINT8(life, AnsRequest),
        VMSTATE_UINT16(status, AnsRequest),
        VMSTATE_UINT32(result, AnsRequest),
        VMSTATE_END_OF_LIST()
    },
};

static int ans_queue_pre_save(void *opaque)
{
    AnsQueue *q = opaque;

    assert(q->busy == (q->done | q->stopped | q->kept));
    return 0;
}

static bool ans_queue_indexes_valid(AnsQueue *q)
{
    return q->sq_size <= APPLE_ANS_MAX_ENTRIES &&
           q->cq_size <= APPLE_ANS_MAX_ENTRIES &&
           q->sq_size != 1 && q->cq_size != 1 &&
           q->sq_head < MAX(q->sq_size, 1) &&
           q->sq_tail < MAX(q->sq_size, 1) &&
           q->cq_head < MAX(q->cq_size, 1) &&
           q->cq_tail < MAX(q->cq_size, 1);
}

static int ans_queue_post_load(void *opaque, int version_id)
{
    AnsQueue *q = opaque;

    return ans_queue_indexes_valid(q) && !(q->done & q->stopped) &&
           !(q->kept & (q->done | q->stopped)) &&
           q->busy == (q->done | q->stopped | q->kept) &&
           !(q->rung & q->busy) &&
           (q->sq_size == 64 || !(q->rung >> q->sq_size)) &&
           (q->cq_size || !q->done) ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_ans_queue = {
    .name = "apple-ans/queue",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = ans_queue_pre_save,
    .post_load = ans_queue_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(sq_base, AnsQueue),
        VMSTATE_UINT64(cq_base, AnsQueue),
        VMSTATE_UINT16(sq_size, AnsQueue),
        VMSTATE_UINT16(sq_head, AnsQueue),
        VMSTATE_UINT16(sq_tail, AnsQueue),
        VMSTATE_UINT16(cq_size, AnsQueue),
        VMSTATE_UINT16(cq_head, AnsQueue),
        VMSTATE_UINT16(cq_tail, AnsQueue),
        VMSTATE_BOOL(phase, AnsQueue),
        VMSTATE_UINT8(life, AnsQueue),
        VMSTATE_BOOL(interrupts, AnsQueue),
        VMSTATE_UINT64(rung, AnsQueue),
        VMSTATE_UINT64(busy, AnsQueue),
        VMSTATE_UINT64(done, AnsQueue),
        VMSTATE_UINT64(stopped, AnsQueue),
        VMSTATE_UINT64(kept, AnsQueue),
        VMSTATE_STRUCT_ARRAY(request, AnsQueue, APPLE_ANS_MAX_ENTRIES, 1,
                             vmstate_ans_request, AnsRequest),
        VMSTATE_END_OF_LIST()
    },
};

/* The GIC has kept the level of the line. */
static int ans_post_load(void *opaque, int version_id)
{
    ans_nvmmu_update(opaque);
    return ans_irq_state_valid(opaque) ? 0 : -EINVAL;
}

const VMStateDescription vmstate_apple_ans = {
    .name = TYPE_APPLE_ANS,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ans_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(flush_due, AppleAns),
        VMSTATE_BOOL(in_reset, AppleAns),
        VMSTATE_BOOL(irq_level, AppleAns),
        VMSTATE_TIMER_PTR(coalescing.timer, AppleAns),
        VMSTATE_BOOL(coalescing.ahead, AppleAns),
        VMSTATE_INT8(coalescing.trust, AppleAns),
        VMSTATE_UINT32(cc, AppleAns),
        VMSTATE_UINT32(csts, AppleAns),
        VMSTATE_UINT32(int_mask, AppleAns),
        VMSTATE_BUFFER_POINTER_UNSAFE(nvmmu_page, AppleAns, 1,
                                      ANS_NVMMU_SIZE),
        VMSTATE_UINT32_ARRAY(reg, AppleAns, ANS_NUM_REGS),
        VMSTATE_STRUCT_ARRAY(queue, AppleAns, ANS_NUM_QUEUES, 1,
                             vmstate_ans_queue, AnsQueue),
        VMSTATE_END_OF_LIST()
    },
};
