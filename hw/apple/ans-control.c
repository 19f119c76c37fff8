/*
 * Apple NVMe Storage: enabling, disabling and shutting down the controller
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "trace.h"

/* log2 of entry sizes; m1n1 and U-Boot leave them 0. */
#define IOSQES 6
#define IOCQES 4

/* A queue starts at a page, and has room for one entry at least. */
static bool ans_queue_is_valid(AppleAns *s, hwaddr base, unsigned entries)
{
    return !(base % ANS_PAGE_SIZE) && entries >= 2 &&
           entries <= s->variant->max_entries;
}

/* NULL, or what the guest configured wrongly. */
static const char *ans_cannot_enable(AppleAns *s, uint32_t cc)
{
    uint32_t aqa = s->reg[ANS_REG_AQA];

    if (NVME_CC_CSS(cc) != NVME_CC_CSS_NVM || NVME_CC_MPS(cc)) {
        return "CC asks for another command set or page size";
    }
    if ((NVME_CC_IOSQES(cc) && NVME_CC_IOSQES(cc) != IOSQES) ||
        (NVME_CC_IOCQES(cc) && NVME_CC_IOCQES(cc) != IOCQES)) {
        return "CC asks for other entry sizes";
    }
    if (!ans_queue_is_valid(s, ans_reg64(s, ANS_REG_ASQ_LO),
                            NVME_AQA_ASQS(aqa) + 1) ||
        !ans_queue_is_valid(s, ans_reg64(s, ANS_REG_ACQ_LO),
                            NVME_AQA_ACQS(aqa) + 1)) {
        return "admin queues are misplaced or too large or small";
    }
    return NULL;
}

/* In the guest's log, where real firmware talks much more. */
static void ans_announce(AppleAns *s)
{
    char text[RTKIT_SYSLOG_TEXT];

    snprintf(text, sizeof(text), "NVMe enabled, %" PRIu64 " blocks of %u",
             s->num_blocks, 1u << s->lba_bits);
    rtkit_syslog(ans_rtkit(s), "ans", text);
}

static void ans_enable(AppleAns *s, uint32_t cc)
{
    AnsQueue *q = &s->queue[ANS_QUEUE_ADMIN];
    uint32_t aqa = s->reg[ANS_REG_AQA];
    const char *error = ans_cannot_enable(s, cc);

    if (error) {
        ans_fail(s, error, cc);
        return;
    }
    q->sq_base = ans_reg64(s, ANS_REG_ASQ_LO);
    q->sq_size = NVME_AQA_ASQS(aqa) + 1;
    q->cq_base = ans_reg64(s, ANS_REG_ACQ_LO);
    q->cq_size = NVME_AQA_ACQS(aqa) + 1;
    q->phase = true;
    q->interrupts = true;
    s->csts = NVME_CSTS_READY;
    ans_nvmmu_update(s);
    ans_announce(s);
}

/*
 * The queues go first, and what waits to be posted with them, so that what the
 * block layer still completes leaves no trace in the guest's memory; when this
 * returns, nothing is under way. What a fault rule keeps would be taken for
 * what has its slot, or queue, later.
 */
void ans_disable(AppleAns *s)
{
    for (int i = 0; i < ANS_NUM_QUEUES; i++) {
        AnsQueue *q = &s->queue[i];

        q->sq_base = 0;
        q->cq_base = 0;
        q->sq_size = 0;
        q->sq_head = 0;
        q->sq_tail = 0;
        q->cq_size = 0;
        q->cq_head = 0;
        q->cq_tail = 0;
        q->phase = false;
        q->interrupts = false;
        q->rung = 0;
        q->done = 0;
    }
    s->flush_due = false;
    ans_drain(s);
    fault_port_reset(&s->port);
    for (int i = 0; i < ANS_NUM_QUEUES; i++) {
        s->queue[i].busy = 0;
        s->queue[i].stopped = 0;
        s->queue[i].kept = 0;
    }
    s->csts = 0;
    ans_nvmmu_forget(s);
    ans_irq_reset(s);
}

static void ans_set_shutdown_status(AppleAns *s, uint32_t status)
{
    s->csts &= ~(CSTS_SHST_MASK << CSTS_SHST_SHIFT);
    s->csts |= status;
}

static bool ans_is_shutting_down(AppleAns *s)
{
    return (s->csts & (CSTS_SHST_MASK << CSTS_SHST_SHIFT)) ==
           NVME_CSTS_SHST_PROGRESS;
}

/*
 * Once all is on the disk. It is too late to tell the guest of an error. It may
 * have taken that shutdown back, and begun another one.
 */
static void ans_flushed(void *opaque, int ret)
{
    AppleAns *s = opaque;

    s->flushing = false;
    if (s->flush_due) {
        ans_flush_if_idle(s);
    } else if (ans_is_shutting_down(s)) {
        ans_set_shutdown_status(s, NVME_CSTS_SHST_COMPLETE);
    }
}

/*
 * What is under way is to be on the disk, too: only what is done, or is in the
 * hands of a rule, does not keep it waiting.
 */
void ans_flush_if_idle(AppleAns *s)
{
    AnsQueue *q = &s->queue[ANS_QUEUE_IO];

    if (s->flush_due && !s->flushing && !(q->busy & ~(q->done | q->kept))) {
        s->flush_due = false;
        s->flushing = true;
        blk_aio_flush(s->conf.blk, ans_flushed, s);
    }
}

static void ans_shut_down(AppleAns *s)
{
    ans_set_shutdown_status(s, NVME_CSTS_SHST_PROGRESS);
    s->flush_due = true;
    ans_flush_if_idle(s);
}

void ans_write_cc(AppleAns *s, uint32_t value)
{
    uint32_t changed = s->cc ^ value;

    trace_apple_ans_cc(value);
    if (!ans_is_booted(s)) {
        ans_guest_error(s, "the firmware has not booted, CC is lost", value);
        return;
    }
    s->cc = value;
    if (NVME_CC_EN(changed)) {
        if (NVME_CC_EN(value)) {
            ans_enable(s, value);
        } else {
            ans_disable(s);
        }
    }
    if (NVME_CC_SHN(changed) && NVME_CC_SHN(value)) {
        ans_shut_down(s);
    } else if (NVME_CC_SHN(changed)) {
        s->flush_due = false;
        ans_set_shutdown_status(s, NVME_CSTS_SHST_NORMAL);
    }
}
