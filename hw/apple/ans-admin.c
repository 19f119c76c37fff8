/*
 * Apple NVMe Storage: admin commands
 *
 * None of them takes time: they are done when they have been executed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "trace.h"

#define IO_QUEUE_ID 1
/* 70 degrees C, in kelvin: when a disk says that it is too hot. */
#define TEMPERATURE_LIMIT 343

/* Queues */

static bool ans_is_io_queue(uint16_t id)
{
    return le16_to_cpu(id) == IO_QUEUE_ID;
}

/* The status of a queue's size and place. */
static uint16_t ans_check_queue(AppleAns *s, uint16_t qsize, uint64_t prp1,
                                uint16_t flags)
{
    /* Zero's based; a queue of one entry would never hold any. */
    if (!qsize || qsize >= s->variant->max_entries) {
        return NVME_MAX_QSIZE_EXCEEDED | NVME_DNR;
    }
    if (prp1 % ANS_PAGE_SIZE) {
        return NVME_INVALID_PRP_OFFSET | NVME_DNR;
    }
    /* The flag of both kinds of queue: physically contiguous. */
    if (!NVME_CQ_FLAGS_PC(flags)) {
        return NVME_INVALID_FIELD | NVME_DNR;
    }
    return NVME_SUCCESS;
}

static uint16_t ans_create_cq(AnsRequest *r)
{
    NvmeCreateCq *c = (NvmeCreateCq *)&r->cmd;
    AnsQueue *q = &r->ans->queue[ANS_QUEUE_IO];
    uint16_t flags = le16_to_cpu(c->cq_flags);
    uint16_t status = ans_check_queue(r->ans, le16_to_cpu(c->qsize),
                                      le64_to_cpu(c->prp1), flags);

    if (!ans_is_io_queue(c->cqid) || q->cq_size) {
        return NVME_INVALID_QID | NVME_DNR;
    }
    if (status) {
        return status;
    }
    if (c->irq_vector) {
        return NVME_INVALID_IRQ_VECTOR | NVME_DNR;
    }
    q->cq_base = le64_to_cpu(c->prp1);
    q->cq_size = le16_to_cpu(c->qsize) + 1;
    q->cq_head = 0;
    q->cq_tail = 0;
    q->phase = true;
    q->interrupts = NVME_CQ_FLAGS_IEN(flags);
    return NVME_SUCCESS;
}

static uint16_t ans_create_sq(AnsRequest *r)
{
    NvmeCreateSq *c = (NvmeCreateSq *)&r->cmd;
    AnsQueue *q = &r->ans->queue[ANS_QUEUE_IO];
    uint16_t status = ans_check_queue(r->ans, le16_to_cpu(c->qsize),
                                      le64_to_cpu(c->prp1),
                                      le16_to_cpu(c->sq_flags));

    if (!ans_is_io_queue(c->cqid) || !q->cq_size) {
        return NVME_INVALID_CQID | NVME_DNR;
    }
    if (!ans_is_io_queue(c->sqid) || q->sq_size) {
        return NVME_INVALID_QID | NVME_DNR;
    }
    if (status) {
        return status;
    }
    q->sq_base = le64_to_cpu(c->prp1);
    q->sq_size = le16_to_cpu(c->qsize) + 1;
    q->sq_head = 0;
    q->sq_tail = 0;
    return NVME_SUCCESS;
}

/*
 * Its commands are completed before it goes away, but for those that a rule
 * keeps, which are aborted when they come.
 */
static uint16_t ans_delete_sq(AnsRequest *r)
{
    NvmeDeleteQ *c = (NvmeDeleteQ *)&r->cmd;
    AppleAns *s = r->ans;
    AnsQueue *q = &s->queue[ANS_QUEUE_IO];

    if (!ans_is_io_queue(c->qid) || !q->sq_size) {
        return NVME_INVALID_QID | NVME_DNR;
    }
    ans_take(s, ANS_QUEUE_IO);
    q->sq_size = 0;
    q->sq_head = 0;
    q->sq_tail = 0;
    q->rung = 0;
    q->life++;
    ans_drain(s);
    ans_abort_stopped(s, ANS_QUEUE_IO);
    return NVME_SUCCESS;
}

/* What does not fit the completion queue is lost with it. */
static uint16_t ans_delete_cq(AnsRequest *r)
{
    NvmeDeleteQ *c = (NvmeDeleteQ *)&r->cmd;
    AnsQueue *q = &r->ans->queue[ANS_QUEUE_IO];

    if (!ans_is_io_queue(c->qid) || !q->cq_size) {
        return NVME_INVALID_QID | NVME_DNR;
    }
    if (q->sq_size) {
        return NVME_INVALID_QUEUE_DEL | NVME_DNR;
    }
    q->cq_size = 0;
    q->cq_head = 0;
    q->cq_tail = 0;
    q->interrupts = false;
    q->busy = 0;
    q->done = 0;
    q->stopped = 0;
    q->kept = 0;
    ans_update_irq(r->ans);
    ans_flush_if_idle(r->ans);
    return NVME_SUCCESS;
}

/* Features */

static const struct {
    uint8_t id;
    uint32_t value;
} ans_features[] = {
    { NVME_ARBITRATION, 0 },
    { NVME_POWER_MANAGEMENT, 0 },
    { NVME_TEMPERATURE_THRESHOLD, TEMPERATURE_LIMIT },
    { NVME_ERROR_RECOVERY, 0 },
    /* One queue of each kind, zero's based. */
    { NVME_NUMBER_OF_QUEUES, 0 },
    { NVME_WRITE_ATOMICITY, 0 },
};

static uint16_t ans_get_features(AnsRequest *r)
{
    uint8_t id = NVME_GETSETFEAT_FID(le32_to_cpu(r->cmd.cdw10));

    if (id == NVME_VOLATILE_WRITE_CACHE) {
        r->result = blk_enable_write_cache(r->ans->conf.blk);
        return NVME_SUCCESS;
    }
    for (int i = 0; i < ARRAY_SIZE(ans_features); i++) {
        if (ans_features[i].id == id) {
            r->result = ans_features[i].value;
            return NVME_SUCCESS;
        }
    }
    return NVME_INVALID_FIELD | NVME_DNR;
}

/* The number of queues is asked for, and told; nothing can be changed. */
static uint16_t ans_set_features(AnsRequest *r)
{
    uint16_t status = ans_get_features(r);

    if (status ||
        NVME_GETSETFEAT_FID(le32_to_cpu(r->cmd.cdw10)) ==
        NVME_NUMBER_OF_QUEUES) {
        return status;
    }
    r->result = 0;
    return NVME_FEAT_NOT_CHANGEABLE | NVME_DNR;
}

/* Nothing is ever aborted, which the command may answer. */
static uint16_t ans_abort(AnsRequest *r)
{
    r->result = 1;
    return NVME_SUCCESS;
}

static const struct {
    uint8_t opcode;
    uint16_t (*execute)(AnsRequest *r);
} ans_admin_commands[] = {
    { NVME_ADM_CMD_DELETE_SQ, ans_delete_sq },
    { NVME_ADM_CMD_CREATE_SQ, ans_create_sq },
    { NVME_ADM_CMD_GET_LOG_PAGE, ans_get_log_page },
    { NVME_ADM_CMD_DELETE_CQ, ans_delete_cq },
    { NVME_ADM_CMD_CREATE_CQ, ans_create_cq },
    { NVME_ADM_CMD_IDENTIFY, ans_identify },
    { NVME_ADM_CMD_ABORT, ans_abort },
    { NVME_ADM_CMD_SET_FEATURES, ans_set_features },
    { NVME_ADM_CMD_GET_FEATURES, ans_get_features },
};

uint16_t ans_admin_execute(AnsRequest *r)
{
    for (int i = 0; i < ARRAY_SIZE(ans_admin_commands); i++) {
        if (ans_admin_commands[i].opcode == r->cmd.opcode) {
            return ans_admin_commands[i].execute(r);
        }
    }
    return NVME_INVALID_OPCODE | NVME_DNR;
}
