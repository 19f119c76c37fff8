/*
 * Apple NVMe Storage: its commands and completions, for fault rules
 *
 * A command that a rule keeps, or drops, has its slot until the controller is
 * disabled, as it would if the firmware had lost it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "system/runstate.h"

/* In a cookie */
#define SLOT_BITS 8
#define QUEUE_BITS 8

static const char *command_name(const AnsRequest *r)
{
    static const struct {
        bool admin;
        uint8_t opcode;
        const char *name;
    } names[] = {
        { true, NVME_ADM_CMD_DELETE_SQ, "delete-sq" },
        { true, NVME_ADM_CMD_CREATE_SQ, "create-sq" },
        { true, NVME_ADM_CMD_GET_LOG_PAGE, "get-log-page" },
        { true, NVME_ADM_CMD_DELETE_CQ, "delete-cq" },
        { true, NVME_ADM_CMD_CREATE_CQ, "create-cq" },
        { true, NVME_ADM_CMD_IDENTIFY, "identify" },
        { true, NVME_ADM_CMD_ABORT, "abort" },
        { true, NVME_ADM_CMD_SET_FEATURES, "set-features" },
        { true, NVME_ADM_CMD_GET_FEATURES, "get-features" },
        { true, NVME_ADM_CMD_ASYNC_EV_REQ, "async-event" },
        { false, NVME_CMD_FLUSH, "flush" },
        { false, NVME_CMD_WRITE, "write" },
        { false, NVME_CMD_READ, "read" },
        { false, NVME_CMD_WRITE_ZEROES, "write-zeroes" },
        { false, NVME_CMD_DSM, "dsm" },
    };
    bool admin = r->queue == ANS_QUEUE_ADMIN;

    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        if (names[i].admin == admin && names[i].opcode == r->cmd.opcode) {
            return names[i].name;
        }
    }
    return NULL;
}

static void message_init(FaultMessage *m, FaultSite site, const AnsRequest *r,
                         const void *bytes, size_t length)
{
    fault_message_init(m, site, bytes, length);
    fault_message_set(m, FAULT_FIELD_QUEUE, r->queue);
    fault_message_set(m, FAULT_FIELD_OPCODE, r->cmd.opcode);
    m->group = r->queue == ANS_QUEUE_ADMIN ? "nvme-admin" : "nvme-io";
    m->name = command_name(r);
    m->cookie = (uint64_t)r->life << (SLOT_BITS + QUEUE_BITS) |
                r->queue << SLOT_BITS | r->slot;
}

void ans_pass_command(AnsRequest *r)
{
    FaultMessage m;

    message_init(&m, FAULT_SITE_NVME_COMMAND, r, &r->cmd, sizeof(r->cmd));
    fault_pass(&r->ans->port, &m);
}

void ans_pass_completion(AnsRequest *r, const NvmeCqe *cqe)
{
    FaultMessage m;

    message_init(&m, FAULT_SITE_NVME_COMPLETION, r, cqe, sizeof(*cqe));
    fault_pass(&r->ans->port, &m);
}

/* False if its slot has gone with its queue, whoever has it now. */
static bool deliver_command(AppleAns *s, AnsQueue *q, unsigned slot,
                            unsigned life, const FaultMessage *m)
{
    AnsRequest *r = &q->request[slot];
    uint64_t bit = 1ULL << slot;

    if (m->length != sizeof(r->cmd) || !(q->kept & bit) || r->life != life) {
        return false;
    }
    q->kept &= ~bit;
    memcpy(&r->cmd, m->bytes, sizeof(r->cmd));
    if (runstate_is_running()) {
        ans_carry_out(s, q, r);
    } else {
        q->stopped |= bit;
    }
    return true;
}

static bool ans_port_deliver(void *opaque, FaultMessage *m)
{
    AppleAns *s = opaque;
    unsigned slot = extract64(m->cookie, 0, SLOT_BITS);
    unsigned queue = extract64(m->cookie, SLOT_BITS, QUEUE_BITS);
    unsigned life = m->cookie >> (SLOT_BITS + QUEUE_BITS);
    NvmeCqe cqe;

    if (queue >= ANS_NUM_QUEUES || slot >= APPLE_ANS_MAX_ENTRIES) {
        return false;
    }
    if (m->site == FAULT_SITE_NVME_COMMAND) {
        return deliver_command(s, &s->queue[queue], slot, life, m);
    }
    if (m->length != sizeof(cqe)) {
        return false;
    }
    memcpy(&cqe, m->bytes, sizeof(cqe));
    return ans_put_cqe(s, &s->queue[queue], &cqe);
}

static bool ans_port_check(void *opaque, FaultSite site,
                           const FaultFields *fields, Error **errp)
{
    if (fields->present & (1u << FAULT_FIELD_QUEUE) &&
        fields->value[FAULT_FIELD_QUEUE] >= ANS_NUM_QUEUES) {
        error_setg(errp, "match.queue: there are %d queues", ANS_NUM_QUEUES);
        return false;
    }
    return true;
}

static bool ans_port_crash(void *opaque, const char *reason,
                           const uint8_t *log, size_t length)
{
    return rtkit_crash_with(ans_rtkit(opaque), reason, log, length);
}

/* There are no registers before the device is realized. */
static void ans_port_watch(void *opaque)
{
    AppleAns *s = opaque;

    if (s->nvmmu_page) {
        ans_nvmmu_update(s);
    }
}

static const FaultPortOps ans_port_ops = {
    .sites = 1u << FAULT_SITE_NVME_COMMAND | 1u << FAULT_SITE_NVME_COMPLETION,
    .deliver = ans_port_deliver,
    .check = ans_port_check,
    .crash = ans_port_crash,
    .watch = ans_port_watch,
};

void ans_port_init(AppleAns *s)
{
    fault_port_init(&s->port, OBJECT(s), &ans_port_ops, s);
    fault_registers_init(&s->registers, OBJECT(s));
}
