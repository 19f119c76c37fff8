/*
 * Apple NVMe Storage: what it says of itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "hw/pci/pci_ids.h"
#include "qemu/cutils.h"

#define ANS_MODEL "APPLE SSD FARSIDE"
#define ANS_FIRMWARE "1.0"
/* 30 degrees C, in kelvin. */
#define ANS_TEMPERATURE 303
/* SMART counts data in thousands of 512 bytes, rounded up. */
#define SMART_DATA_UNIT (1000 * BDRV_SECTOR_SIZE)

/*
 * No asynchronous events (OAES): Linux's driver has no way to ask for them.
 * No security commands and no namespace management (OACS).
 */
static uint16_t ans_identify_controller(AnsRequest *r)
{
    AppleAns *s = r->ans;
    NvmeIdCtrl id = {
        .vid = cpu_to_le16(PCI_VENDOR_ID_APPLE),
        .ssvid = cpu_to_le16(PCI_VENDOR_ID_APPLE),
        .mdts = s->mdts,
        .ver = cpu_to_le32(ANS_VERSION),
        .sqes = 0x66,
        .cqes = 0x44,
        .nn = cpu_to_le32(ANS_NSID),
        .oncs = cpu_to_le16(NVME_ONCS_WRITE_ZEROES | NVME_ONCS_DSM),
        .vwc = blk_enable_write_cache(s->conf.blk) ? NVME_VWC_PRESENT : 0,
    };

    strpadcpy((char *)id.sn, sizeof(id.sn), s->serial ?: "", ' ');
    strpadcpy((char *)id.mn, sizeof(id.mn), ANS_MODEL, ' ');
    strpadcpy((char *)id.fr, sizeof(id.fr), ANS_FIRMWARE, ' ');
    /* Two controllers of the same subsystem would have to share a disk. */
    if (s->serial) {
        snprintf((char *)id.subnqn, sizeof(id.subnqn),
                 "nqn.2019-08.org.qemu:%s", s->serial);
    }
    return ans_prp_write(r, &id, sizeof(id));
}

static uint16_t ans_identify_namespace(AnsRequest *r)
{
    AppleAns *s = r->ans;
    uint32_t nsid = le32_to_cpu(r->cmd.nsid);
    NvmeIdNs id = { };

    if (nsid != ANS_NSID) {
        return NVME_INVALID_NSID | NVME_DNR;
    }
    id.nsze = cpu_to_le64(s->num_blocks);
    id.ncap = id.nsze;
    id.nuse = id.nsze;
    id.dlfeat = NVME_ID_NS_DLFEAT_READ_BEHAVIOR_UNDEFINED;
    id.nsattr = s->read_only;
    id.lbaf[0].ds = s->lba_bits;
    return ans_prp_write(r, &id, sizeof(id));
}

uint16_t ans_identify(AnsRequest *r)
{
    NvmeIdentify *c = (NvmeIdentify *)&r->cmd;

    switch (c->cns) {
    case NVME_ID_CNS_NS:
        return ans_identify_namespace(r);
    case NVME_ID_CNS_CTRL:
        return ans_identify_controller(r);
    default:
        return NVME_INVALID_FIELD | NVME_DNR;
    }
}

/* Log pages */

static void ans_smart_log(AppleAns *s, NvmeSmartLog *log)
{
    BlockAcctStats *stats = blk_get_stats(s->conf.blk);
    uint64_t *bytes = stats->nr_bytes;
    uint64_t *ops = stats->nr_ops;

    log->temperature = cpu_to_le16(ANS_TEMPERATURE);
    log->available_spare = 100;
    log->data_units_read[0] =
        cpu_to_le64(DIV_ROUND_UP(bytes[BLOCK_ACCT_READ], SMART_DATA_UNIT));
    log->data_units_written[0] =
        cpu_to_le64(DIV_ROUND_UP(bytes[BLOCK_ACCT_WRITE], SMART_DATA_UNIT));
    log->host_read_commands[0] = cpu_to_le64(ops[BLOCK_ACCT_READ]);
    log->host_write_commands[0] = cpu_to_le64(ops[BLOCK_ACCT_WRITE]);
    log->media_errors[0] = cpu_to_le64(stats->failed_ops[BLOCK_ACCT_READ] +
                                       stats->failed_ops[BLOCK_ACCT_WRITE]);
}

/* As much of a log page as the guest asked for, from an offset on. */
static uint16_t ans_send_log(AnsRequest *r, const void *log, size_t size)
{
    uint32_t dw10 = le32_to_cpu(r->cmd.cdw10);
    uint64_t dwords = (dw10 >> 16 |
                       (uint64_t)(le32_to_cpu(r->cmd.cdw11) & 0xffff) << 16) +
                      1;
    uint64_t offset = le32_to_cpu(r->cmd.cdw12) |
                      (uint64_t)le32_to_cpu(r->cmd.cdw13) << 32;

    if (offset % sizeof(uint32_t) || offset >= size) {
        return NVME_INVALID_FIELD | NVME_DNR;
    }
    return ans_prp_write(r, (const uint8_t *)log + offset,
                         MIN(dwords * sizeof(uint32_t), size - offset));
}

uint16_t ans_get_log_page(AnsRequest *r)
{
    union {
        NvmeErrorLog error;
        NvmeSmartLog smart;
        NvmeFwSlotInfoLog firmware;
    } log = { };

    switch (le32_to_cpu(r->cmd.cdw10) & 0xff) {
    case NVME_LOG_ERROR_INFO:
        return ans_send_log(r, &log, sizeof(log.error));
    case NVME_LOG_SMART_INFO:
        ans_smart_log(r->ans, &log.smart);
        return ans_send_log(r, &log, sizeof(log.smart));
    case NVME_LOG_FW_SLOT_INFO:
        log.firmware.afi = 1;
        strpadcpy((char *)log.firmware.frs1, sizeof(log.firmware.frs1),
                  ANS_FIRMWARE, ' ');
        return ans_send_log(r, &log, sizeof(log.firmware));
    default:
        return NVME_INVALID_LOG_ID | NVME_DNR;
    }
}
