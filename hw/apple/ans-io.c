/*
 * Apple NVMe Storage: I/O commands, over QEMU's block layer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "trace.h"

/* Ranges of a DSM command, at most. */
#define DSM_MAX_RANGES 256

/**
 * AnsIoCommand: one row for each command
 *
 * @is_write: refused by a read-only disk; its errors are write errors
 * @execute: as ans_io_execute()
 */
typedef struct AnsIoCommand {
    uint8_t opcode;
    bool is_write;
    enum BlockAcctType acct;
    uint16_t (*execute)(AnsRequest *r);
} AnsIoCommand;

static const AnsIoCommand *ans_io_find(uint8_t opcode);

/* Completion */

static bool ans_io_maps_guest_memory(AnsRequest *r, bool *to_guest)
{
    *to_guest = r->cmd.opcode == NVME_CMD_READ;
    return *to_guest || r->cmd.opcode == NVME_CMD_WRITE;
}

/*
 * The block layer failed. The request is over, or it waits until someone has
 * mended the disk and lets the machine run on.
 */
static void ans_io_failed(AnsRequest *r, const AnsIoCommand *command)
{
    AppleAns *s = r->ans;
    BlockBackend *blk = s->conf.blk;
    bool is_read = !command->is_write;
    BlockErrorAction action = blk_get_error_action(blk, is_read, -r->error);

    trace_apple_ans_io_error(le16_to_cpu(r->cmd.cid), r->cmd.opcode,
                             -r->error, action);
    block_acct_failed(blk_get_stats(blk), &r->acct);
    blk_error_action(blk, action, is_read, -r->error);
    switch (action) {
    case BLOCK_ERROR_ACTION_STOP:
        s->queue[r->queue].stopped |= 1ULL << r->slot;
        break;
    case BLOCK_ERROR_ACTION_IGNORE:
        ans_complete(r, NVME_SUCCESS);
        break;
    default:
        ans_complete(r, is_read ? NVME_UNRECOVERED_READ : NVME_WRITE_FAULT);
        break;
    }
}

static void ans_io_done(void *opaque, int ret)
{
    AnsRequest *r = opaque;
    AppleAns *s = r->ans;
    const AnsIoCommand *command = ans_io_find(r->cmd.opcode);
    bool to_guest;

    if (ret < 0 && !r->error) {
        r->error = ret;
    }
    if (--r->pending) {
        return;
    }
    if (ans_io_maps_guest_memory(r, &to_guest)) {
        ans_prp_unmap(r, to_guest);
    }
    if (r->error) {
        ans_io_failed(r, command);
    } else {
        block_acct_done(blk_get_stats(s->conf.blk), &r->acct);
        ans_complete(r, NVME_SUCCESS);
    }
}

/* Submission */

static void ans_io_begin(AnsRequest *r, uint64_t bytes)
{
    block_acct_start(blk_get_stats(r->ans->conf.blk), &r->acct, bytes,
                     ans_io_find(r->cmd.opcode)->acct);
    r->pending = 1;
}

/* Where the command's blocks are, in bytes; a status if nowhere. */
static uint16_t ans_io_range(AppleAns *s, uint64_t slba, uint64_t blocks,
                             int64_t *offset, int64_t *bytes)
{
    if (slba > s->num_blocks || blocks > s->num_blocks - slba) {
        return NVME_LBA_RANGE | NVME_DNR;
    }
    *offset = slba << s->lba_bits;
    *bytes = blocks << s->lba_bits;
    return NVME_SUCCESS;
}

static uint16_t ans_io_rw_range(AnsRequest *r, int64_t *offset,
                                int64_t *bytes)
{
    NvmeRwCmd *rw = (NvmeRwCmd *)&r->cmd;

    return ans_io_range(r->ans, le64_to_cpu(rw->slba),
                        le16_to_cpu(rw->nlb) + 1ULL, offset, bytes);
}

static BdrvRequestFlags ans_io_fua(AnsRequest *r)
{
    NvmeRwCmd *rw = (NvmeRwCmd *)&r->cmd;

    return le16_to_cpu(rw->control) & NVME_RW_FUA ? BDRV_REQ_FUA : 0;
}

static uint16_t ans_io_rw(AnsRequest *r)
{
    bool is_read = r->cmd.opcode == NVME_CMD_READ;
    BlockBackend *blk = r->ans->conf.blk;
    int64_t offset, bytes;
    uint16_t status = ans_io_rw_range(r, &offset, &bytes);

    if (!status && bytes > ANS_PAGE_SIZE << r->ans->mdts) {
        status = NVME_INVALID_FIELD | NVME_DNR;
    }
    if (!status) {
        status = ans_prp_map(r, bytes, is_read);
    }
    if (status) {
        return status;
    }
    ans_io_begin(r, bytes);
    if (is_read) {
        blk_aio_preadv(blk, offset, &r->iov, 0, ans_io_done, r);
    } else {
        blk_aio_pwritev(blk, offset, &r->iov, ans_io_fua(r), ans_io_done, r);
    }
    return NVME_NO_COMPLETE;
}

static uint16_t ans_io_flush(AnsRequest *r)
{
    ans_io_begin(r, 0);
    blk_aio_flush(r->ans->conf.blk, ans_io_done, r);
    return NVME_NO_COMPLETE;
}

static uint16_t ans_io_write_zeroes(AnsRequest *r)
{
    int64_t offset, bytes;
    uint16_t status = ans_io_rw_range(r, &offset, &bytes);

    if (status) {
        return status;
    }
    ans_io_begin(r, bytes);
    blk_aio_pwrite_zeroes(r->ans->conf.blk, offset, bytes,
                          BDRV_REQ_MAY_UNMAP | ans_io_fua(r), ans_io_done, r);
    return NVME_NO_COMPLETE;
}

/* All ranges are checked before the first one is discarded. */
static uint16_t ans_io_discard(AnsRequest *r, const NvmeDsmRange *ranges,
                               unsigned count)
{
    AppleAns *s = r->ans;
    uint64_t total = 0;
    int64_t offset, bytes;
    uint16_t status;

    for (unsigned i = 0; i < count; i++) {
        status = ans_io_range(s, le64_to_cpu(ranges[i].slba),
                              le32_to_cpu(ranges[i].nlb), &offset, &bytes);
        if (status) {
            return status;
        }
        total += bytes;
    }
    ans_io_begin(r, total);
    for (unsigned i = 0; i < count; i++) {
        ans_io_range(s, le64_to_cpu(ranges[i].slba),
                     le32_to_cpu(ranges[i].nlb), &offset, &bytes);
        if (bytes) {
            r->pending++;
            blk_aio_pdiscard(s->conf.blk, offset, bytes, ans_io_done, r);
        }
    }
    ans_io_done(r, 0);
    return NVME_NO_COMPLETE;
}

static uint16_t ans_io_dsm(AnsRequest *r)
{
    NvmeDsmCmd *dsm = (NvmeDsmCmd *)&r->cmd;
    unsigned count = (le32_to_cpu(dsm->nr) & 0xff) + 1;
    NvmeDsmRange ranges[DSM_MAX_RANGES];
    uint16_t status;

    if (!(le32_to_cpu(dsm->attributes) & NVME_DSMGMT_AD)) {
        /* The other attributes are hints. */
        return NVME_SUCCESS;
    }
    status = ans_prp_read(r, ranges, count * sizeof(*ranges));
    return status ?: ans_io_discard(r, ranges, count);
}

static const AnsIoCommand ans_io_commands[] = {
    { NVME_CMD_READ, false, BLOCK_ACCT_READ, ans_io_rw },
    { NVME_CMD_WRITE, true, BLOCK_ACCT_WRITE, ans_io_rw },
    { NVME_CMD_FLUSH, true, BLOCK_ACCT_FLUSH, ans_io_flush },
    { NVME_CMD_WRITE_ZEROES, true, BLOCK_ACCT_WRITE, ans_io_write_zeroes },
    { NVME_CMD_DSM, true, BLOCK_ACCT_UNMAP, ans_io_dsm },
};

static const AnsIoCommand *ans_io_find(uint8_t opcode)
{
    for (int i = 0; i < ARRAY_SIZE(ans_io_commands); i++) {
        if (ans_io_commands[i].opcode == opcode) {
            return &ans_io_commands[i];
        }
    }
    return NULL;
}

uint16_t ans_io_execute(AnsRequest *r)
{
    const AnsIoCommand *command = ans_io_find(r->cmd.opcode);
    uint32_t nsid = le32_to_cpu(r->cmd.nsid);

    if (!command) {
        return NVME_INVALID_OPCODE | NVME_DNR;
    }
    if (nsid != ANS_NSID && !(nsid == NVME_NSID_BROADCAST &&
                              r->cmd.opcode == NVME_CMD_FLUSH)) {
        return NVME_INVALID_NSID | NVME_DNR;
    }
    if (command->is_write && r->cmd.opcode != NVME_CMD_FLUSH &&
        r->ans->read_only) {
        return NVME_WRITE_TO_RO | NVME_DNR;
    }
    return command->execute(r);
}
