/*
 * Apple NVMe Storage: the NVMe and NVMMU registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "hw/registerfields.h"

/* NVMe; a 64-bit register is two of 32 bits. */
REG32(CAP_LO, 0x00)
REG32(CAP_HI, 0x04)
REG32(VS, 0x08)
REG32(INTMS, 0x0c)
REG32(INTMC, 0x10)
REG32(CC, 0x14)
REG32(CSTS, 0x1c)
REG32(AQA, 0x24)
REG32(ASQ_LO, 0x28)
REG32(ASQ_HI, 0x2c)
REG32(ACQ_LO, 0x30)
REG32(ACQ_HI, 0x34)
REG32(ASQ_DB, 0x1000)
REG32(ACQ_DB, 0x1004)
REG32(IOSQ_DB, 0x1008)
REG32(IOCQ_DB, 0x100c)
/* Apple's */
REG32(MAX_PEND_CMDS, 0x1210)
REG32(BOOT_STATUS, 0x1300)
REG32(MODESEL, 0x1304)
REG32(UNKNOWN_CTRL, 0x24008)
REG32(LINEAR_SQ_CTRL, 0x24908)
REG32(LINEAR_ASQ_DB, 0x2490c)
REG32(LINEAR_IOSQ_DB, 0x24910)
/* m1n1 reads this one instead of the NVMMU's. */
REG32(TCB_STAT_M1N1, 0x29120)

#define BOOT_STATUS_OK 0xde71ce55
/* 10 s to become ready, in units of 500 ms. */
#define CAP_TIMEOUT 20

/* The index in AppleAns.reg of what lies at @offset, or -1. */
static int ans_find_reg(hwaddr offset)
{
    static const uint32_t offsets[ANS_NUM_REGS] = {
        [ANS_REG_AQA] = A_AQA,
        [ANS_REG_ASQ_LO] = A_ASQ_LO,
        [ANS_REG_ASQ_HI] = A_ASQ_HI,
        [ANS_REG_ACQ_LO] = A_ACQ_LO,
        [ANS_REG_ACQ_HI] = A_ACQ_HI,
        [ANS_REG_MAX_PEND_CMDS] = A_MAX_PEND_CMDS,
        [ANS_REG_MODESEL] = A_MODESEL,
        [ANS_REG_UNKNOWN_CTRL] = A_UNKNOWN_CTRL,
        [ANS_REG_LINEAR_SQ_CTRL] = A_LINEAR_SQ_CTRL,
    };

    for (int i = 0; i < ANS_NUM_REGS; i++) {
        if (offsets[i] == offset) {
            return i;
        }
    }
    return -1;
}

/* Queues are physically contiguous; pages are of 4 KiB. */
static uint64_t ans_cap(AppleAns *s)
{
    uint64_t cap = 0;

    NVME_CAP_SET_MQES(cap, s->variant->max_entries - 1);
    NVME_CAP_SET_CQR(cap, 1);
    NVME_CAP_SET_TO(cap, CAP_TIMEOUT);
    NVME_CAP_SET_CSS(cap, NVME_CAP_CSS_NCSS);
    return cap;
}

static uint32_t ans_get_word(AppleAns *s, hwaddr offset)
{
    uint32_t value;
    int reg;

    if (ans_nvmmu_read(s, offset, &value)) {
        return value;
    }
    switch (offset) {
    case A_TCB_STAT_M1N1:
        ans_nvmmu_look(s);
        return ans_nvmmu_status(s);
    case A_CAP_LO:
        return ans_cap(s);
    case A_CAP_HI:
        return ans_cap(s) >> 32;
    case A_VS:
        return ANS_VERSION;
    case A_INTMS:
    case A_INTMC:
        return s->int_mask;
    case A_CC:
        return s->cc;
    case A_CSTS:
        return s->csts;
    case A_BOOT_STATUS:
        return ans_is_booted(s) ? BOOT_STATUS_OK : 0;
    }
    reg = ans_find_reg(offset);
    if (reg < 0) {
        ans_guest_error(s, "read of an unknown register", offset);
        return 0;
    }
    return s->reg[reg];
}

static uint32_t ans_read_word(AppleAns *s, hwaddr offset)
{
    uint32_t value = ans_get_word(s, offset);

    return fault_watched
           ? fault_registers_read(&s->registers, offset, value) : value;
}

static void ans_write_unusual(AppleAns *s, hwaddr offset, uint32_t value)
{
    int reg = ans_find_reg(offset);

    if (ans_nvmmu_write(s, offset, value)) {
        return;
    }
    if (reg < 0) {
        ans_guest_error(s, "write to an unknown or read-only register",
                        offset);
        return;
    }
    s->reg[reg] = value;
}

/* A doorbell of the kind of queue that this variant does not have. */
static void ans_write_sq_db(AppleAns *s, unsigned queue, bool linear,
                            uint32_t value)
{
    if (linear != s->variant->linear) {
        ans_guest_error(s, "doorbell of another variant", value);
    } else if (linear) {
        ans_submit_tag(s, queue, value);
    } else {
        ans_write_sq_tail(s, queue, value);
    }
}

static void ans_write_word(AppleAns *s, hwaddr offset, uint32_t value)
{
    switch (offset) {
    case A_LINEAR_IOSQ_DB:
        ans_write_sq_db(s, ANS_QUEUE_IO, true, value);
        break;
    case A_IOSQ_DB:
        ans_write_sq_db(s, ANS_QUEUE_IO, false, value);
        break;
    case A_IOCQ_DB:
        ans_write_cq_head(s, ANS_QUEUE_IO, value);
        break;
    case A_LINEAR_ASQ_DB:
        ans_write_sq_db(s, ANS_QUEUE_ADMIN, true, value);
        break;
    case A_ASQ_DB:
        ans_write_sq_db(s, ANS_QUEUE_ADMIN, false, value);
        break;
    case A_ACQ_DB:
        ans_write_cq_head(s, ANS_QUEUE_ADMIN, value);
        break;
    case A_INTMS:
        s->int_mask |= value;
        ans_update_irq(s);
        break;
    case A_INTMC:
        s->int_mask &= ~value;
        ans_update_irq(s);
        break;
    case A_CC:
        ans_write_cc(s, value);
        break;
    default:
        ans_write_unusual(s, offset, value);
        break;
    }
}

static bool ans_access_ok(AppleAns *s, hwaddr offset, unsigned size)
{
    if (size < sizeof(uint32_t) || offset % size) {
        ans_guest_error(s, "access that is neither 32 nor 64 bits wide, or "
                        "not aligned", offset);
        return false;
    }
    if (s->in_reset) {
        ans_guest_error(s, "access while held in reset", offset);
        return false;
    }
    return true;
}

static uint64_t ans_nvme_read(void *opaque, hwaddr offset, unsigned size)
{
    AppleAns *s = opaque;
    uint64_t value;

    if (!ans_access_ok(s, offset, size)) {
        return 0;
    }
    value = ans_read_word(s, offset);
    if (size == sizeof(uint64_t)) {
        value |= (uint64_t)ans_read_word(s, offset + 4) << 32;
    }
    return value;
}

static void ans_nvme_write(void *opaque, hwaddr offset, uint64_t value,
                           unsigned size)
{
    AppleAns *s = opaque;

    if (!ans_access_ok(s, offset, size)) {
        return;
    }
    ans_write_word(s, offset, value);
    if (size == sizeof(uint64_t)) {
        ans_write_word(s, offset + 4, value >> 32);
    }
}

/* Every width reaches us, so that a wrong one is logged as what it is. */
const MemoryRegionOps ans_nvme_ops = {
    .read = ans_nvme_read,
    .write = ans_nvme_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};
