/*
 * The application processor's side of an ANS disk
 *
 * Inline functions for bare-metal guests: the first ANS of -M farside, of
 * variant t8103.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_BARE_METAL_ANS_H
#define TESTS_BARE_METAL_ANS_H

/* As hw/arm/farside-ans.c places them. */
#define ANS  0x0f000000ul
#define ASC  (ANS + 0x30000)
#define SART (ANS + 0x34000)
#define PMGR 0x0b300000ul

#include "poke.h"

#define CC              (ANS + 0x14)
#define CSTS            (ANS + 0x1c)
#define AQA             (ANS + 0x24)
#define ASQ             (ANS + 0x28)
#define ACQ             (ANS + 0x30)
#define SQ_DB(q)        (ANS + 0x1000 + 8 * (q))
#define CQ_DB(q)        (ANS + 0x1004 + 8 * (q))
#define BOOT_STATUS     (ANS + 0x1300)
#define LINEAR_CTRL     (ANS + 0x24908)
#define LINEAR_DB(q)    (ANS + 0x2490c + 4 * (q))
#define NUM_TCBS        (ANS + 0x28100)
#define TCB_BASE(q)     (ANS + 0x28108 + 8 * (q))
#define TCB_INVAL       (ANS + 0x28118)
#define TCB_STAT        (ANS + 0x28120)
#define ANS_SIZE        0x30000

#define CC_ENABLE       0x460001u
#define CSTS_READY      1u
#define CSTS_FAILED     2u
#define BOOT_STATUS_OK  0xde71ce55u
#define DOMAIN_ON       0xfu
#define DOMAIN_RESET    (1u << 31)

enum { ADMIN, IO, QUEUES };

#define PAGE    4096
#define ENTRIES 64
#define TAG     5

/* Where things are in RAM. */
#define RAM_SQ(q)   (0x41000000ul + 0x10000 * (q))
#define RAM_CQ(q)   (0x41004000ul + 0x10000 * (q))
#define RAM_TCB(q)  (0x41008000ul + 0x10000 * (q))
#define RAM_BUFFERS 0x41100000ul
#define RAM_LIST    0x41200000ul
#define RAM_DATA    0x42000000ul

enum {
    CMD_FLUSH = 0x00,
    CMD_WRITE = 0x01,
    CMD_READ = 0x02,
    ADM_CREATE_SQ = 0x01,
    ADM_CREATE_CQ = 0x05,
};

/* NVMe's, and Linux' struct apple_nvmmu_tcb */
struct command {
    uint8_t opcode;
    uint8_t flags;
    uint16_t id;
    uint32_t nsid;
    uint64_t reserved[2];
    uint64_t prp1;
    uint64_t prp2;
    uint32_t dw10;
    uint32_t dw11;
    uint32_t dw12;
    uint32_t dw13[3];
};

struct tcb {
    uint8_t opcode;
    uint8_t dma_flags;
    uint8_t id;
    uint8_t unknown0;
    uint16_t length;
    uint8_t unknown1[18];
    uint64_t prp1;
    uint64_t prp2;
    uint64_t unknown2[11];
};

struct completion {
    uint32_t result;
    uint32_t reserved;
    uint16_t sq_head;
    uint16_t sq_id;
    uint16_t id;
    uint16_t status;
};

_Static_assert(sizeof(struct command) == 64, "as NVMe has it");
_Static_assert(sizeof(struct tcb) == 128, "as Linux has it");

/* volatile: the disk reads and writes them */
#define SQE(q, tag) ((volatile struct command *)RAM_SQ(q) + (tag))
/* volatile: as above */
#define TCB(q, tag) ((volatile struct tcb *)RAM_TCB(q) + (tag))
/* volatile: as above */
#define CQE(q, n)   ((volatile struct completion *)RAM_CQ(q) + (n))

static unsigned cq_head[QUEUES];
static bool cq_phase[QUEUES];

/* Time, in ticks of the counter */

static inline uint64_t ticks(void)
{
    uint64_t value;

    asm volatile("isb; mrs %0, cntvct_el0" : "=r"(value));
    return value;
}

static inline uint64_t milliseconds(unsigned count)
{
    uint64_t frequency;

    asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency / 1000 * count;
}

/* After this long, what was waited for does not come. */
#define WAIT_MS 20000

/* Memory; volatile, as the device looks at it and changes it. */

static inline void fill(unsigned long address, uint64_t pattern,
                        unsigned long size)
{
    for (unsigned long i = 0; i < size; i += sizeof(pattern)) {
        REG(uint64_t, address + i) = pattern;
    }
}

static inline bool is_filled(unsigned long address, uint64_t pattern,
                             unsigned long size)
{
    for (unsigned long i = 0; i < size; i += sizeof(pattern)) {
        if (REG(uint64_t, address + i) != pattern) {
            return false;
        }
    }
    return true;
}

/* RTKit */

static inline void sart_set(unsigned entry, uint64_t address, uint32_t pages,
                            uint8_t flags)
{
    REG(uint32_t, SART + 0x40 + 4 * entry) = address / PAGE;
    REG(uint32_t, SART + 4 * entry) = (uint32_t)flags << 24 | pages;
}

static inline void ans_give_buffer(uint32_t endpoint, uint64_t request,
                                   uint64_t *next)
{
    bool oslog = endpoint == 8;
    uint64_t size = oslog ? request >> 36 & 0xfffff
                          : (request >> 44 & 0xff) * PAGE;

    send(endpoint, request | (oslog ? *next / PAGE : *next));
    *next += size;
}

/* What the firmware says, answered; returns whether it is on. */
static inline bool ans_answer(uint32_t endpoint, uint64_t message,
                              uint64_t *next)
{
    static const uint8_t endpoints[] = { 1, 2, 3, 4, 8 };
    unsigned type = message >> (endpoint == 8 ? 56 : 52) & 0xff;

    if (endpoint != EP_MGMT) {
        if (type == 1) {
            ans_give_buffer(endpoint, message, next);
        }
        return false;
    }
    switch (type) {
    case 1:
        send(EP_MGMT, 0x00200000000c000cull);
        break;
    case 8:
        send(EP_MGMT, 0x0088000000000000ull);
        for (unsigned i = 0; i < sizeof(endpoints); i++) {
            send(EP_MGMT, START_EP(endpoints[i]));
        }
        break;
    case IOP_ACK:
        send(EP_MGMT, AP_ON);
        break;
    }
    return message == AP_ON;
}

/* From whatever it is in: by a reset of its power domain. */
static inline bool ans_boot(void)
{
    uint64_t next = RAM_BUFFERS;
    uint32_t endpoint;
    uint64_t message;

    REG(uint32_t, PMGR) = DOMAIN_ON | DOMAIN_RESET;
    REG(uint32_t, PMGR) = DOMAIN_ON;
    fill(RAM_BUFFERS, 0, 0x80000);
    for (unsigned i = 0; i < 16; i++) {
        sart_set(i, 0, 0, 0);
    }
    sart_set(0, RAM_BUFFERS, 0x80, 0xff);
    REG(uint32_t, CPU_CONTROL) = CPU_RUN;
    while (wait_message(&endpoint, &message)) {
        if (ans_answer(endpoint, message, &next)) {
            return REG(uint32_t, BOOT_STATUS) == BOOT_STATUS_OK;
        }
    }
    return false;
}

/* The controller */

static inline void ans_setup(void)
{
    for (int q = 0; q < QUEUES; q++) {
        cq_head[q] = 0;
        cq_phase[q] = true;
        fill(RAM_CQ(q), 0, ENTRIES * sizeof(struct completion));
        write64(TCB_BASE(q), RAM_TCB(q));
    }
    REG(uint32_t, LINEAR_CTRL) = 1;
    REG(uint32_t, NUM_TCBS) = ENTRIES - 1;
    REG(uint32_t, AQA) = 1 << 16 | 1;
    write64(ASQ, RAM_SQ(ADMIN));
    write64(ACQ, RAM_CQ(ADMIN));
}

/* Write @command and the TCB that it needs, and ring its doorbell. */
static inline void ans_write_entry(int queue, unsigned tag,
                                   struct command command)
{
    command.id = tag;
    *SQE(queue, tag) = command;
    fill((unsigned long)TCB(queue, tag), 0, sizeof(struct tcb));
    TCB(queue, tag)->id = tag;
    TCB(queue, tag)->dma_flags = !command.prp1 ? 0 :
                                 command.opcode & 1 ? 2 : 1;
    TCB(queue, tag)->length = command.dw12;
    TCB(queue, tag)->prp1 = command.prp1;
    TCB(queue, tag)->prp2 = command.prp2;
}

static inline void ans_submit(int queue, unsigned tag, struct command command)
{
    ans_write_entry(queue, tag, command);
    REG(uint32_t, LINEAR_DB(queue)) = tag;
}

/* No command has this status. */
#define NO_COMPLETION 0xffff

/* The next completion's status; NO_COMPLETION, after a while, for none. */
static inline uint16_t ans_wait(int queue)
{
    unsigned head = cq_head[queue];
    uint64_t end = ticks() + milliseconds(WAIT_MS);

    while ((CQE(queue, head)->status & 1) != cq_phase[queue]) {
        if (ticks() > end || REG(uint32_t, CSTS) != CSTS_READY) {
            return NO_COMPLETION;
        }
    }
    REG(uint32_t, TCB_INVAL) = CQE(queue, head)->id;
    cq_head[queue] = (head + 1) % (queue == ADMIN ? 2 : ENTRIES);
    cq_phase[queue] ^= !cq_head[queue];
    REG(uint32_t, CQ_DB(queue)) = cq_head[queue];
    return CQE(queue, head)->status >> 1;
}

static inline uint16_t ans_do(int queue, struct command command)
{
    ans_submit(queue, queue == ADMIN ? 0 : TAG, command);
    return ans_wait(queue);
}

static inline struct command ans_read(uint32_t block, unsigned blocks,
                                      uint64_t prp1, uint64_t prp2)
{
    return (struct command) {
        .opcode = CMD_READ, .nsid = 1, .prp1 = prp1, .prp2 = prp2,
        .dw10 = block, .dw12 = blocks - 1,
    };
}

/* Returns how many steps went wrong. */
static inline unsigned ans_enable(void)
{
    struct command cq = {
        .opcode = ADM_CREATE_CQ, .prp1 = RAM_CQ(IO),
        .dw10 = (ENTRIES - 1) << 16 | 1, .dw11 = 3,
    };
    struct command sq = {
        .opcode = ADM_CREATE_SQ, .prp1 = RAM_SQ(IO),
        .dw10 = (ENTRIES - 1) << 16 | 1, .dw11 = 1 << 16 | 1,
    };

    ans_setup();
    REG(uint32_t, CC) = CC_ENABLE;
    return (REG(uint32_t, CSTS) != CSTS_READY) + (ans_do(ADMIN, cq) != 0) +
           (ans_do(ADMIN, sq) != 0);
}

#endif
