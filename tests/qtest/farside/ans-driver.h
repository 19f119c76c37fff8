/*
 * A driver for an ANS disk, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ANS_DRIVER_H
#define ANS_DRIVER_H

#include "tests/qtest/libqtest.h"
#include "block/nvme.h"

/* The first ANS disk of the machine. */
#define ANS_BASE        0x0f000000
#define ANS_CAP         (ANS_BASE + 0x0)
#define ANS_INTMS       (ANS_BASE + 0xc)
#define ANS_INTMC       (ANS_BASE + 0x10)
#define ANS_CC          (ANS_BASE + 0x14)
#define ANS_CSTS        (ANS_BASE + 0x1c)
#define ANS_AQA         (ANS_BASE + 0x24)
#define ANS_ASQ         (ANS_BASE + 0x28)
#define ANS_ACQ         (ANS_BASE + 0x30)
#define ANS_SQ_DB(q)    (ANS_BASE + 0x1000 + 8 * (q))
#define ANS_CQ_DB(q)    (ANS_BASE + 0x1004 + 8 * (q))
#define ANS_BOOT_STATUS (ANS_BASE + 0x1300)
#define ANS_LINEAR_CTRL (ANS_BASE + 0x24908)
#define ANS_LINEAR_DB(q) (ANS_BASE + 0x2490c + 4 * (q))
#define ANS_NUM_TCBS    (ANS_BASE + 0x28100)
#define ANS_TCB_BASE(q) (ANS_BASE + 0x28108 + 8 * (q))
#define ANS_TCB_INVAL   (ANS_BASE + 0x28118)
#define ANS_TCB_STAT    (ANS_BASE + 0x28120)
#define ANS_NVME_SIZE   0x30000
#define ANS_CPU_CONTROL (ANS_BASE + 0x30044)
#define ANS_ASC_BASE    (ANS_BASE + 0x30000)
#define ANS_SART        (ANS_BASE + 0x34000)
#define ANS_MBOX        (ANS_BASE + 0x38000)

#define PMGR_BASE       0x0b300000
#define PMGR_SIZE       0x4000

#define BOOT_STATUS_OK  0xde71ce55
#define CPU_RUN         0x10

enum { ADMIN, IO, QUEUES };

/* Where things are in the guest's RAM. */
#define RAM_SQ(q)       (0x41000000 + 0x10000 * (q))
#define RAM_CQ(q)       (0x41004000 + 0x10000 * (q))
#define RAM_TCB(q)      (0x41008000 + 0x10000 * (q))
#define RAM_BUFFERS     0x41100000
#define RAM_LIST        0x41200000
#define RAM_DATA        0x42000000

#define PAGE 4096
#define TAG 5

typedef struct Tcb {
    uint8_t opcode;
    uint8_t dma_flags;
    uint8_t command_id;
    uint8_t unknown0;
    uint16_t length;
    uint8_t unknown1[18];
    uint64_t prp1;
    uint64_t prp2;
    uint8_t unknown2[88];
} Tcb;

/*
 * @ring: its submission queues are rings (t8015)
 * @sart: the version of its SART
 * @use_sart: tell the SART of the buffers that the firmware gets
 */
typedef struct AnsDriver {
    QTestState *qts;
    bool ring;
    int sart;
    bool use_sart;
    unsigned entries;
    unsigned sart_used;
    uint64_t next_buffer;
    uint16_t sq_tail[QUEUES];
    uint16_t cq_head[QUEUES];
    bool phase[QUEUES];
} AnsDriver;

/* A machine with an ANS on a new image file of @blocks pages. */
typedef struct AnsDisk {
    char *image;
    char *args;
} AnsDisk;
AnsDisk *ans_disk_new(unsigned blocks, const char *device_options);
void ans_disk_free(AnsDisk *disk);
/* End the machine, and its disk. */
void ans_end(AnsDriver *d, AnsDisk *disk);
/* What the image has in block @block, as a byte that fills it, or -1. */
int ans_disk_byte(AnsDisk *disk, unsigned block);

void ans_driver_init(AnsDriver *d, QTestState *qts);

/* Let the CPU run, and take part in RTKit's boot until it is on. */
void ans_boot(AnsDriver *d);
/* Answer the firmware's messages; returns whether it said that the AP is on. */
bool ans_answer_messages(AnsDriver *d);
/* An entry of the SART, of whatever version; and the flags that it allows. */
void ans_sart_set(AnsDriver *d, unsigned entry, uint64_t addr, uint32_t pages,
                  uint8_t flags);
uint8_t ans_sart_allow_flags(AnsDriver *d);
void ans_mbox_send(AnsDriver *d, uint8_t endpoint, uint64_t msg);

/* Set the controller up and enable it; then its I/O queue. */
void ans_setup(AnsDriver *d);
void ans_enable(AnsDriver *d);
void ans_create_queues(AnsDriver *d);
/* The same with a completion queue of so many entries. */
void ans_create_queues_of(AnsDriver *d, unsigned completions);
/* Delete the I/O queue, for another one to be created. */
void ans_delete_queues(AnsDriver *d);
/* All of it, from the boot on. */
void ans_start(AnsDriver *d);

NvmeCmd ans_cmd(uint8_t opcode, uint64_t prp1, uint64_t prp2);
NvmeCmd ans_rw(uint8_t opcode, uint64_t slba, unsigned blocks, uint64_t prp1,
               uint64_t prp2);
void ans_write_entry(AnsDriver *d, int queue, unsigned tag, NvmeCmd cmd);
void ans_ring_doorbell(AnsDriver *d, int queue, unsigned tag);
void ans_submit(AnsDriver *d, int queue, unsigned tag, NvmeCmd cmd);
bool ans_has_completion(AnsDriver *d, int queue);
/* The next completion, waited for, taken and acknowledged: its status. */
uint16_t ans_complete(AnsDriver *d, int queue, NvmeCqe *cqe);
/* A command on tag TAG (or 0, for admin) and its status. */
uint16_t ans_do(AnsDriver *d, int queue, NvmeCmd cmd);
uint16_t ans_read_block(AnsDriver *d, uint64_t slba);
uint16_t ans_write_block(AnsDriver *d, uint64_t slba, uint8_t byte);
/* The controller is ready; it writes a block, and reads what was written. */
void ans_assert_works(AnsDriver *d);

/* A rule "r" that keeps I/O commands until tag "t" is resumed. */
void ans_suspend_io(AnsDriver *d);

void ans_fill(AnsDriver *d, uint64_t addr, uint8_t byte, size_t len);
/* The byte that fills this memory, or -1. */
int ans_filled(AnsDriver *d, uint64_t addr, size_t len);

#endif
