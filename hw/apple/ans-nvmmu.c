/*
 * Apple NVMe Storage: the NVMMU
 *
 * Whoever may program the NVMMU decides what memory a command may touch: each
 * tag has a transaction control block (TCB), and a command that does not
 * agree with it is not executed. The opcode is not compared: Linux leaves it
 * out since 7.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "trace.h"

/* struct apple_nvmmu_tcb of Linux drivers/nvme/host/apple.c */
typedef struct AnsTcb {
    uint8_t opcode;
    uint8_t dma_flags;
    uint8_t command_id;
    uint8_t unknown0;
    uint16_t length;
    uint8_t unknown1[18];
    uint64_t prp1;
    uint64_t prp2;
    uint8_t unknown2[16];
    uint8_t aes_iv[8];
    uint8_t aes[64];
} AnsTcb;

QEMU_BUILD_BUG_ON(sizeof(AnsTcb) != 128);

enum {
    TCB_DMA_FROM_DEVICE = 1 << 0,
    TCB_DMA_TO_DEVICE = 1 << 1,
};

/* Bits 1:0 of an NVMe opcode say where its data goes. */
enum {
    OPCODE_TO_DEVICE = 1 << 0,
    OPCODE_FROM_DEVICE = 1 << 1,
};

/* What the TCB has to allow. A command without PRPs transfers nothing. */
static uint8_t nvmmu_needed_flags(const NvmeCmd *cmd)
{
    if (!cmd->dptr.prp1) {
        return 0;
    }
    if (cmd->opcode & OPCODE_TO_DEVICE) {
        return TCB_DMA_TO_DEVICE;
    }
    return cmd->opcode & OPCODE_FROM_DEVICE ? TCB_DMA_FROM_DEVICE : 0;
}

/* NULL, or what the command and its TCB do not agree about. */
static const char *nvmmu_difference(const AnsTcb *tcb, const NvmeCmd *cmd,
                                    uint32_t tag)
{
    uint8_t needed = nvmmu_needed_flags(cmd);

    if (le16_to_cpu(cmd->cid) != tag || tcb->command_id != tag) {
        return "command id is not the tag";
    }
    if ((tcb->dma_flags & needed) != needed) {
        return "TCB forbids the direction of the command";
    }
    /* Little-endian both of them. */
    if (tcb->prp1 != cmd->dptr.prp1 || tcb->prp2 != cmd->dptr.prp2) {
        return "TCB has other PRPs than the command";
    }
    if (le16_to_cpu(tcb->length) != (uint16_t)le32_to_cpu(cmd->cdw12)) {
        return "TCB has another length than the command";
    }
    return NULL;
}

bool ans_nvmmu_allows(AppleAns *s, unsigned queue, uint32_t tag,
                      const NvmeCmd *cmd)
{
    unsigned reg = queue == ANS_QUEUE_ADMIN ? ANS_REG_ASQ_TCB_BASE_LO
                                            : ANS_REG_IOSQ_TCB_BASE_LO;
    const char *difference;
    AnsTcb tcb;

    if (!ans_dma_read(s, ans_reg64(s, reg) + tag * sizeof(tcb), &tcb,
                      sizeof(tcb))) {
        ans_guest_error(s, "no memory at the TCB of tag", tag);
        return false;
    }
    difference = nvmmu_difference(&tcb, cmd, tag);
    if (difference) {
        ans_guest_error(s, difference, tag);
    }
    return !difference;
}

/* TCB_STAT: 0 if the last invalidation was all right. */
void ans_nvmmu_invalidate(AppleAns *s, uint32_t tag)
{
    bool ok = tag <= s->reg[ANS_REG_NUM_TCBS] && tag < APPLE_ANS_MAX_ENTRIES;

    for (int i = 0; ok && i < ANS_NUM_QUEUES; i++) {
        ok = !(s->queue[i].busy & (1ULL << tag));
    }
    if (!ok) {
        ans_guest_error(s, "invalidation of a TCB that is in use, or of none",
                        tag);
    }
    s->tcb_stat = !ok;
}
