/*
 * Apple NVMe Storage: what its files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_ANS_INTERNAL_H
#define HW_APPLE_ANS_INTERNAL_H

#include "hw/apple/ans.h"
#include "hw/core/dt-node.h"

#define ANS_PAGE_SIZE 4096
#define ANS_NSID 1
/* In UNKNOWN_CTRL, set at reset: a null PRP is an error. */
#define ANS_PRP_NULL_CHECK (1 << 11)
/* With 1.1, Linux asks for nothing but Identify Controller and Namespace. */
#define ANS_VERSION 0x00010100
/* The largest transfer, a power of two of pages: those that an iovec holds. */
#define ANS_MAX_MDTS 10

static inline RTKit *ans_rtkit(AppleAns *s)
{
    return &s->parent_obj.rtkit;
}

/* A 64-bit register of two words. */
static inline uint64_t ans_reg64(AppleAns *s, unsigned low)
{
    return s->reg[low] | (uint64_t)s->reg[low + 1] << 32;
}

/* Completions that are to be taken, of a queue that there is. */
static inline unsigned ans_cq_used(AnsQueue *q)
{
    return (q->cq_tail + q->cq_size - q->cq_head) % q->cq_size;
}

/* The firmware has booted and the controller is enabled and not failed. */
bool ans_is_ready(AppleAns *s);
bool ans_is_booted(AppleAns *s);

/* Log a mistake of the guest's. */
void ans_guest_error(AppleAns *s, const char *what, uint64_t value);

/* A mistake after which no command can be trusted: CSTS.CFS. */
void ans_fail(AppleAns *s, const char *what, uint64_t value);

/* ans-regs.c: the region "nvme" */
extern const MemoryRegionOps ans_nvme_ops;

/* ans-control.c: enabling, disabling, shutting down */
void ans_write_cc(AppleAns *s, uint32_t value);
void ans_disable(AppleAns *s);
/* Go on with a shutdown that waits for I/O, if there is none any more. */
void ans_flush_if_idle(AppleAns *s);

/* ans-irq.c: the interrupt. Whatever it depends on is told by one of these. */
void ans_irq_init(AppleAns *s);
void ans_irq_finalize(AppleAns *s);
/* What was loaded could have been saved. */
bool ans_irq_state_valid(AppleAns *s);
/* The controller was disabled. */
void ans_irq_reset(AppleAns *s);
/* Completions were posted. */
void ans_irq_posted(AppleAns *s);
/* The guest rings for an I/O command, which is not taken yet. */
void ans_irq_rung(AppleAns *s);
/* Anything else: the mask, entries that were taken, queues that come and go. */
void ans_update_irq(AppleAns *s);

/* ans-queue.c: submission and completion */

/* The doorbell of a linear queue: the tag of a new command. */
void ans_submit_tag(AppleAns *s, unsigned queue, uint32_t tag);
/* The doorbell of a ring: its new tail. */
void ans_write_sq_tail(AppleAns *s, unsigned queue, uint32_t tail);
void ans_write_cq_head(AppleAns *s, unsigned queue, uint32_t head);
/* Take the commands of a queue, and execute them. */
void ans_take(AppleAns *s, unsigned queue);
/* The bottom half. */
void ans_run(void *opaque);
/* The request is done; its completion is posted when there is room. */
void ans_complete(AnsRequest *r, uint16_t status);
/* Wait until the block layer has nothing to do with any request. */
void ans_drain(AppleAns *s);
/* Abort what was stopped by an error, and is still waiting, in a queue. */
void ans_abort_stopped(AppleAns *s, unsigned queue);
/* Do what a command says, whoever kept it until now; nothing if not ready. */
void ans_carry_out(AppleAns *s, AnsQueue *q, AnsRequest *r);
/* Post an entry, whose phase bit is still to be set; false without room. */
bool ans_put_cqe(AppleAns *s, AnsQueue *q, NvmeCqe *cqe);

/* ans-port.c: let commands and completions pass fault rules. */
void ans_port_init(AppleAns *s);
void ans_pass_command(AnsRequest *r);
void ans_pass_completion(AnsRequest *r, const NvmeCqe *cqe);

/* ans-nvmmu.c: is the command what its TCB says? */
bool ans_nvmmu_allows(AppleAns *s, unsigned queue, uint32_t tag,
                      const NvmeCmd *cmd);
/* Is there a TCB for this tag? */
bool ans_nvmmu_has_tcb(AppleAns *s, uint32_t tag);
/* A register, by its offset in "nvme"; false if it is none of the NVMMU's. */
bool ans_nvmmu_read(AppleAns *s, hwaddr offset, uint32_t *value);
bool ans_nvmmu_write(AppleAns *s, hwaddr offset, uint32_t value);
/* TCB_STAT: 0 if the last invalidation was all right. */
uint32_t ans_nvmmu_status(AppleAns *s);
/* Look at what was written while the registers are memory. */
void ans_nvmmu_look(AppleAns *s);
/* The controller was enabled or disabled, or who watches has changed. */
void ans_nvmmu_update(AppleAns *s);
/* The controller was disabled; the device is reset. */
void ans_nvmmu_forget(AppleAns *s);
void ans_nvmmu_reset(AppleAns *s);
bool ans_nvmmu_realize(AppleAns *s, Error **errp);
#define ANS_NVMMU_SIZE 0x1000

/* ans-dma.c: the guest's memory. RAM only: the rest of it is refused. */
bool ans_dma_read(AppleAns *s, hwaddr addr, void *buf, size_t len);
bool ans_dma_write(AppleAns *s, hwaddr addr, const void *buf, size_t len);

/*
 * What a command's PRPs describe. The return value is an NVMe status. A map
 * that fails has mapped nothing.
 */
uint16_t ans_prp_read(AnsRequest *r, void *buf, size_t len);
uint16_t ans_prp_write(AnsRequest *r, const void *buf, size_t len);
uint16_t ans_prp_map(AnsRequest *r, uint64_t len, bool to_guest);
void ans_prp_unmap(AnsRequest *r, bool to_guest);

/*
 * Execute a command: a status, or NVME_NO_COMPLETE if ans_complete() will be
 * called.
 */
uint16_t ans_admin_execute(AnsRequest *r);
uint16_t ans_io_execute(AnsRequest *r);

/* ans-identify.c: data structures the guest asks for */
uint16_t ans_identify(AnsRequest *r);
uint16_t ans_get_log_page(AnsRequest *r);

extern const VMStateDescription vmstate_apple_ans;
/* The machine runs, or stops. */
void ans_vm_state_changed(void *opaque, bool running, RunState state);

/* ans-asc.c: the co-processor */
void ans_asc_class_init(ObjectClass *oc);
void ans_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi);

#endif
