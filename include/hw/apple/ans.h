/*
 * Apple NVMe Storage: a co-processor that runs RTKit, and the NVMe
 * controller that it is the firmware of
 *
 * The controller is an NVMe 1.1 one with one namespace and one I/O queue. In
 * all variants but t8015 its submission queues are "linear": arrays indexed
 * by the command's tag, which the doorbell takes; and the NVMMU checks each
 * command against a transaction control block (TCB) of the same tag.
 *
 * QEMU interface:
 *  + all of TYPE_APPLE_ASC, whose sysbus MMIO region 0 is "ans"
 *  + sysbus MMIO region 1: "nvme", the NVMe and NVMMU registers, 0x30000
 *    bytes, 32 or 64 bits wide
 *  + sysbus IRQ 0: high while a completion queue has entries that the AP has
 *    not taken. That of I/O may wait until the AP rings for the next command,
 *    for 100 us of the virtual clock at most, while it rings faster than it
 *    takes them and neither fault rules nor a log watch.
 *  + GPIO input 0: held in reset while it is high; resets the mailbox, too.
 *    The firmware that is started meanwhile is gone when it is released.
 *  + property "drive": id of a block node, required; and the block device
 *    properties of QEMU's other disks, with "rerror" and "werror". The
 *    default of "logical_block_size" is 4096.
 *  + property "serial": string of at most 20 characters. Linux rejects a
 *    second disk with the same one, or a second one without.
 *  + property "mdts": 1 to 10, 10. The largest transfer is two to the power of
 *    it pages of 4 KiB; Linux' driver takes no more than 10 gives.
 *  + property "lazy": bool, on. Off, no interrupt waits (see AnsCoalescing),
 *    and the NVMMU's registers are never memory: a guest sees at once what it
 *    would see a little later, at the price of speed.
 *  + property "variant": a name of apple_ans_find_variant(), "t8103"
 *  + link property "sart" <apple-sart>: filters what the firmware does to
 *    its buffers in the AP's memory
 *  + property "ready", "failed": bool, read-only, CSTS.RDY and CSTS.CFS
 *
 * Registers of "nvme": those of NVMe from 0 on, and
 *  0x01210 MAX_PEND_CMDS   0x01300 BOOT_STATUS    0x01304 MODESEL
 *  0x24008 UNKNOWN_CTRL    0x24908 LINEAR_SQ_CTRL
 *  0x2490c LINEAR_ASQ_DB   0x24910 LINEAR_IOSQ_DB
 *  0x28100 NUM_TCBS        0x28108 ASQ_TCB_BASE   0x28110 IOSQ_TCB_BASE
 *  0x28118 TCB_INVAL       0x28120 TCB_STAT       0x29120 TCB_STAT, to m1n1
 *
 * While the controller is enabled, the page of the NVMMU, from 0x28000 on, is
 * memory, as a driver goes there twice for each command. What is wrong with a
 * tag in TCB_INVAL is seen, and shown in TCB_STAT, when the next doorbell is
 * rung. While fault rules or a log watch, or not "lazy", it is registers.
 *
 * Source: Linux drivers/nvme/host/apple.c; NVM Express Base Specification
 * 1.4, whose structures are in QEMU's block/nvme.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_ANS_H
#define HW_APPLE_ANS_H

#include "block/nvme.h"
#include "hw/apple/asc.h"
#include "hw/apple/sart.h"
#include "hw/block/block.h"
#include "hw/fault/registers.h"
#include "system/block-backend.h"

#define TYPE_APPLE_ANS "apple-ans"
OBJECT_DECLARE_TYPE(AppleAns, AppleAnsClass, APPLE_ANS)

#define APPLE_ANS_NVME_SIZE 0x30000

/* Entries of a queue, and commands under way in it, at most. */
#define APPLE_ANS_MAX_ENTRIES 64

enum {
    ANS_QUEUE_ADMIN,
    ANS_QUEUE_IO,
    ANS_NUM_QUEUES,
};

/* Registers that do nothing but keep what is written to them. */
enum {
    ANS_REG_AQA,
    ANS_REG_ASQ_LO,
    ANS_REG_ASQ_HI,
    ANS_REG_ACQ_LO,
    ANS_REG_ACQ_HI,
    ANS_REG_MAX_PEND_CMDS,
    ANS_REG_MODESEL,
    ANS_REG_UNKNOWN_CTRL,
    ANS_REG_LINEAR_SQ_CTRL,
    ANS_NUM_REGS,
};

/**
 * AppleAnsVariant: what the SoCs differ in
 *
 * @compatible: @num_compatible strings
 * @linear: linear submission queues and an NVMMU
 * @max_entries: of a queue
 * @iosqe_bits: log2 of the distance of two entries of the I/O queue
 * @sart_version: as the SART's property
 * @pcie_domains: power domains of the storage modules
 */
typedef struct AppleAnsVariant {
    const char *name;
    const char *compatible[2];
    uint8_t num_compatible;
    const char *mailbox_type;
    bool linear;
    uint8_t max_entries;
    uint8_t iosqe_bits;
    uint8_t sart_version;
    uint8_t pcie_domains;
} AppleAnsVariant;

/* The variant of that name; sets @errp, with a hint, if there is none. */
const AppleAnsVariant *apple_ans_find_variant(const char *name, Error **errp);

#define APPLE_ANS_DEFAULT_VARIANT "t8103"

/**
 * AnsRequest: a command that was taken out of its queue
 *
 * @cmd: as the guest wrote it, copied once
 * @life: of its queue, when it was taken
 * @status, @result: for the completion
 * @pending: block layer operations under way; the request is done without any
 * @error: the first error of them, a negative errno, or 0
 * @iov: the guest's memory, mapped while an operation is under way
 */
typedef struct AnsRequest {
    AppleAns *ans;
    uint8_t queue;
    uint8_t slot;

    NvmeCmd cmd;
    uint8_t life;
    uint16_t status;
    uint32_t result;

    uint16_t pending;
    int error;
    BlockAcctCookie acct;
    QEMUIOVector iov;
} AnsRequest;

/**
 * AnsQueue: a submission queue and its completion queue
 *
 * @sq_size, @cq_size: in entries; 0 if there is none
 * @sq_head, @sq_tail: of a ring; not used by linear queues
 * @phase: what the phase bit of the next completion is
 * @life: counts the submission queues that there were
 * @interrupts: raise the interrupt for its completions
 * @rung: tags of a linear queue whose commands are to be taken, a bit each
 * @busy: slots of @request that are taken, a bit each; of these are
 * @done: those that wait to be posted to the completion queue
 * @stopped: those that failed, or came from a fault rule when the machine was
 *           stopped, and are tried when it runs on
 * @kept: those that a fault rule keeps, or that are lost: by a rule, or with
 *        the firmware
 */
typedef struct AnsQueue {
    uint64_t sq_base;
    uint64_t cq_base;
    uint16_t sq_size;
    uint16_t sq_head;
    uint16_t sq_tail;
    uint16_t cq_size;
    uint16_t cq_head;
    uint16_t cq_tail;
    bool phase;
    uint8_t life;
    bool interrupts;
    uint64_t rung;
    uint64_t busy;
    uint64_t done;
    uint64_t stopped;
    uint64_t kept;
    AnsRequest request[APPLE_ANS_MAX_ENTRIES];
} AnsQueue;

/**
 * AnsCoalescing: whether the interrupt of I/O waits for the next command
 *
 * @timer: ends the wait, by the virtual clock; pending as long as it waits
 * @ahead: the guest rang for its last command before it had taken the
 *         completions of all earlier ones
 * @trust: how many waits were ended by a doorbell, against those that were in
 *         vain; below 0, completions still to come that do not wait
 */
typedef struct AnsCoalescing {
    QEMUTimer *timer;
    bool ahead;
    int8_t trust;
} AnsCoalescing;

struct AppleAnsClass {
    AppleAscClass parent_class;

    DeviceRealize parent_realize;
};

/*
 * @nvmmu: the page of the NVMMU's registers, where they are memory
 * @nvmmu_page: what is in them, little-endian
 * @flush_due: shutting down, once nothing is under way
 * @flushing: for a shutdown; never when the machine is saved
 * @draining: in ans_drain(), which runs @bh, whose admin commands have to wait
 * @bh: executes admin commands, posts completions that were gathered, and does
 *      what was left when the machine stopped
 * @num_blocks: of the namespace, in logical blocks
 */
struct AppleAns {
    AppleAsc parent_obj;

    FaultPort port;
    FaultRegisters registers;
    MemoryRegion nvme;
    MemoryRegion nvmmu;
    uint32_t *nvmmu_page;
    QEMUBH *bh;
    qemu_irq irq;
    AppleSart *sart;

    BlockConf conf;
    char *serial;
    char *variant_name;
    const AppleAnsVariant *variant;
    uint8_t mdts;
    uint8_t lba_bits;
    uint64_t num_blocks;
    bool read_only;
    bool lazy;

    bool flush_due;
    bool flushing;
    bool draining;
    bool in_reset;
    bool irq_level;
    AnsCoalescing coalescing;
    uint32_t cc;
    uint32_t csts;
    uint32_t int_mask;
    uint32_t reg[ANS_NUM_REGS];
    AnsQueue queue[ANS_NUM_QUEUES];
};

#endif
