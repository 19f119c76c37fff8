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
#include "hw/registerfields.h"
#include "qemu/atomic.h"
#include "trace.h"

/* In the page of the NVMMU. */
#define NVMMU_BASE 0x28000
REG32(NUM_TCBS, 0x100)
REG32(ASQ_TCB_BASE_LO, 0x108)
REG32(ASQ_TCB_BASE_HI, 0x10c)
REG32(IOSQ_TCB_BASE_LO, 0x110)
REG32(IOSQ_TCB_BASE_HI, 0x114)
REG32(TCB_INVAL, 0x118)
REG32(TCB_STAT, 0x120)

/* In TCB_INVAL: a tag that no guest has written. */
#define NO_TAG UINT32_MAX

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

/*
 * NULL, or what the command and its TCB do not agree about. A command's own id
 * is its driver's affair: U-Boot's counts on, whatever the tag.
 */
static const char *nvmmu_difference(const AnsTcb *tcb, const NvmeCmd *cmd,
                                    uint32_t tag)
{
    uint8_t needed = nvmmu_needed_flags(cmd);

    if (tcb->command_id != tag) {
        return "TCB is another tag's";
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

/* The registers. A VCPU may be writing them: each is read once. */

static uint32_t nvmmu_get(AppleAns *s, unsigned reg)
{
    return le32_to_cpu(qatomic_read(&s->nvmmu_page[reg]));
}

static void nvmmu_set(AppleAns *s, unsigned reg, uint32_t value)
{
    qatomic_set(&s->nvmmu_page[reg], cpu_to_le32(value));
}

static uint64_t nvmmu_get64(AppleAns *s, unsigned reg)
{
    return nvmmu_get(s, reg) | (uint64_t)nvmmu_get(s, reg + 1) << 32;
}

bool ans_nvmmu_has_tcb(AppleAns *s, uint32_t tag)
{
    return tag <= nvmmu_get(s, R_NUM_TCBS);
}

bool ans_nvmmu_allows(AppleAns *s, unsigned queue, uint32_t tag,
                      const NvmeCmd *cmd)
{
    unsigned reg = queue == ANS_QUEUE_ADMIN ? R_ASQ_TCB_BASE_LO
                                            : R_IOSQ_TCB_BASE_LO;
    const char *difference;
    AnsTcb tcb;

    if (!ans_dma_read(s, nvmmu_get64(s, reg) + tag * sizeof(tcb), &tcb,
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

static void nvmmu_invalidate(AppleAns *s, uint32_t tag)
{
    bool ok = ans_nvmmu_has_tcb(s, tag) && tag < APPLE_ANS_MAX_ENTRIES;

    for (int i = 0; ok && i < ANS_NUM_QUEUES; i++) {
        ok = !(s->queue[i].busy & (1ULL << tag));
    }
    if (!ok) {
        ans_guest_error(s, "invalidation of a TCB that is in use, or of none",
                        tag);
    }
    nvmmu_set(s, R_TCB_STAT, !ok);
}

uint32_t ans_nvmmu_status(AppleAns *s)
{
    return nvmmu_get(s, R_TCB_STAT);
}

/* A register that reads as what was written to it. */
static bool nvmmu_is_plain(hwaddr reg)
{
    switch (reg) {
    case A_NUM_TCBS:
    case A_ASQ_TCB_BASE_LO:
    case A_ASQ_TCB_BASE_HI:
    case A_IOSQ_TCB_BASE_LO:
    case A_IOSQ_TCB_BASE_HI:
        return true;
    default:
        return false;
    }
}

bool ans_nvmmu_read(AppleAns *s, hwaddr offset, uint32_t *value)
{
    hwaddr reg = offset - NVMMU_BASE;

    if (!nvmmu_is_plain(reg) && reg != A_TCB_STAT) {
        return false;
    }
    *value = nvmmu_get(s, reg / sizeof(*value));
    return true;
}

bool ans_nvmmu_write(AppleAns *s, hwaddr offset, uint32_t value)
{
    hwaddr reg = offset - NVMMU_BASE;

    if (reg == A_TCB_INVAL) {
        nvmmu_invalidate(s, value);
        return true;
    }
    if (!nvmmu_is_plain(reg)) {
        return false;
    }
    nvmmu_set(s, reg / sizeof(value), value);
    return true;
}

/*
 * The page as memory
 *
 * An invalidation does nothing here, where no TCB is kept: that a guest does
 * it right can be told later, before the tag is used again.
 */

void ans_nvmmu_look(AppleAns *s)
{
    uint32_t *reg = &s->nvmmu_page[R_TCB_INVAL];
    uint32_t tag;

    if (qatomic_read(reg) == NO_TAG) {
        return;
    }
    tag = le32_to_cpu(qatomic_xchg(reg, NO_TAG));
    nvmmu_invalidate(s, tag);
}

void ans_nvmmu_update(AppleAns *s)
{
    memory_region_set_enabled(&s->nvmmu, s->lazy && s->variant->linear &&
                              NVME_CSTS_RDY(s->csts) && !fault_watched);
}

void ans_nvmmu_forget(AppleAns *s)
{
    nvmmu_set(s, R_TCB_INVAL, NO_TAG);
    nvmmu_set(s, R_TCB_STAT, 0);
    ans_nvmmu_update(s);
}

void ans_nvmmu_reset(AppleAns *s)
{
    memset(s->nvmmu_page, 0, ANS_NVMMU_SIZE);
    ans_nvmmu_forget(s);
}

/* Once, also if a first try to realize the device has failed. */
bool ans_nvmmu_realize(AppleAns *s, Error **errp)
{
    if (s->nvmmu_page) {
        return true;
    }
    /* Its content migrates with the device: 64 of these have one name. */
    if (!memory_region_init_ram_nomigrate(&s->nvmmu, OBJECT(s),
                                          "apple-ans.nvmmu", ANS_NVMMU_SIZE,
                                          errp)) {
        return false;
    }
    s->nvmmu_page = memory_region_get_ram_ptr(&s->nvmmu);
    memory_region_set_enabled(&s->nvmmu, false);
    memory_region_add_subregion(&s->nvme, NVMMU_BASE, &s->nvmmu);
    return true;
}
