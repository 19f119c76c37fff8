/*
 * A driver for an ANS disk, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-driver.h"
#include "fault-rules.h"

#define DMA_FROM_DEVICE 1
#define DMA_TO_DEVICE 2

#define CONTROL_EMPTY (1 << 17)

/* The disk */

AnsDisk *ans_disk_new(unsigned blocks, const char *device_options)
{
    AnsDisk *disk = g_new0(AnsDisk, 1);
    int fd = g_file_open_tmp("ans-XXXXXX", &disk->image, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, (off_t)blocks * PAGE), ==, 0);
    close(fd);
    disk->args = g_strdup_printf(
        "-M farside -blockdev driver=file,filename=%s,node-name=file0,"
        "discard=unmap -device farside-ans,drive=%s", disk->image,
        device_options);
    return disk;
}

void ans_disk_free(AnsDisk *disk)
{
    unlink(disk->image);
    g_free(disk->image);
    g_free(disk->args);
    g_free(disk);
}

void ans_end(AnsDriver *d, AnsDisk *disk)
{
    qtest_quit(d->qts);
    ans_disk_free(disk);
}

static int filled(const uint8_t *bytes, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (bytes[i] != bytes[0]) {
            return -1;
        }
    }
    return bytes[0];
}

int ans_disk_byte(AnsDisk *disk, unsigned block)
{
    uint8_t bytes[PAGE];
    int fd = open(disk->image, O_RDONLY);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(pread(fd, bytes, PAGE, (off_t)block * PAGE), ==, PAGE);
    close(fd);
    return filled(bytes, PAGE);
}

/* RTKit */

void ans_driver_init(AnsDriver *d, QTestState *qts)
{
    *d = (AnsDriver) {
        .qts = qts,
        .sart = 2,
        .use_sart = true,
        .entries = 64,
        .next_buffer = RAM_BUFFERS,
        .phase = { true, true },
    };
}

void ans_mbox_send(AnsDriver *d, uint8_t endpoint, uint64_t msg)
{
    qtest_writeq(d->qts, ANS_MBOX + 0x800, msg);
    qtest_writeq(d->qts, ANS_MBOX + 0x808, endpoint);
}

void ans_sart_set(AnsDriver *d, unsigned entry, uint64_t addr, uint32_t pages,
                  uint8_t flags)
{
    uint64_t config = ANS_SART + 4 * entry;

    qtest_writel(d->qts, config + 0x40, addr / PAGE);
    if (d->sart == 3) {
        qtest_writel(d->qts, config + 0x80, pages);
        qtest_writel(d->qts, config, flags);
    } else {
        qtest_writel(d->qts, config, (uint32_t)flags << 24 | pages);
    }
}

uint8_t ans_sart_allow_flags(AnsDriver *d)
{
    return d->sart == 0 ? 0xf : 0xff;
}

static void give_buffer(AnsDriver *d, uint8_t endpoint, uint64_t request)
{
    bool oslog = endpoint == 8;
    uint64_t size = oslog ? extract64(request, 36, 20)
                          : extract64(request, 44, 8) * PAGE;
    uint64_t addr = d->next_buffer;

    d->next_buffer += size;
    if (d->use_sart) {
        ans_sart_set(d, d->sart_used++, addr, size / PAGE,
                     ans_sart_allow_flags(d));
    }
    ans_mbox_send(d, endpoint, request | (oslog ? addr >> 12 : addr));
}

static void start_endpoints(AnsDriver *d)
{
    static const uint64_t endpoints[] = { 1, 2, 3, 4, 8 };

    for (int i = 0; i < ARRAY_SIZE(endpoints); i++) {
        ans_mbox_send(d, 0, 0x0050000000000002 | endpoints[i] << 32);
    }
}

/* Returns true for the acknowledgement of AP ON. */
static bool answer_management(AnsDriver *d, uint64_t msg)
{
    switch (extract64(msg, 52, 8)) {
    case 1:
        ans_mbox_send(d, 0, 0x00200000000c000c);
        return false;
    case 8:
        g_assert_cmphex(msg, ==, 0x008800000000011f);
        ans_mbox_send(d, 0, 0x0088000000000000);
        start_endpoints(d);
        return false;
    case 7:
        g_assert_cmphex(msg, ==, 0x0070000000000020);
        ans_mbox_send(d, 0, 0x00b0000000000020);
        return false;
    default:
        g_assert_cmphex(msg, ==, 0x00b0000000000020);
        return true;
    }
}

static bool answer(AnsDriver *d, uint8_t endpoint, uint64_t msg)
{
    unsigned type = extract64(msg, endpoint == 8 ? 56 : 52, 8);

    if (endpoint == 0) {
        return answer_management(d, msg);
    }
    if (type == 1) {
        give_buffer(d, endpoint, msg);
    } else if (endpoint == 4 || (endpoint == 2 && type == 5)) {
        ans_mbox_send(d, endpoint, msg);
    }
    return false;
}

bool ans_answer_messages(AnsDriver *d)
{
    uint32_t control = ANS_MBOX + (d->ring ? 0x10c : 0x114);
    bool on = false;

    while (!(qtest_readl(d->qts, control) & CONTROL_EMPTY)) {
        uint64_t msg = qtest_readq(d->qts, ANS_MBOX + 0x830);
        uint8_t endpoint = qtest_readq(d->qts, ANS_MBOX + 0x838);

        on |= answer(d, endpoint, msg);
    }
    return on;
}

void ans_boot(AnsDriver *d)
{
    qtest_writel(d->qts, ANS_CPU_CONTROL, CPU_RUN);
    g_assert_true(ans_answer_messages(d));
    g_assert_cmphex(qtest_readl(d->qts, ANS_BOOT_STATUS), ==, BOOT_STATUS_OK);
}

/* The controller */

void ans_setup(AnsDriver *d)
{
    uint32_t last = d->entries - 1;

    for (int q = 0; q < QUEUES; q++) {
        d->sq_tail[q] = 0;
        d->cq_head[q] = 0;
        d->phase[q] = true;
        ans_fill(d, RAM_CQ(q), 0, d->entries * sizeof(NvmeCqe));
    }
    if (!d->ring) {
        qtest_writel(d->qts, ANS_LINEAR_CTRL, 1);
        qtest_writel(d->qts, ANS_NUM_TCBS, last);
        qtest_writeq(d->qts, ANS_TCB_BASE(ADMIN), RAM_TCB(ADMIN));
        qtest_writeq(d->qts, ANS_TCB_BASE(IO), RAM_TCB(IO));
    }
    qtest_writel(d->qts, ANS_AQA, 1 | 1 << 16);
    qtest_writeq(d->qts, ANS_ASQ, RAM_SQ(ADMIN));
    qtest_writeq(d->qts, ANS_ACQ, RAM_CQ(ADMIN));
}

void ans_enable(AnsDriver *d)
{
    qtest_writel(d->qts, ANS_CC, 0x460000);
    qtest_writel(d->qts, ANS_CC, 0x460001);
    g_assert_cmphex(qtest_readl(d->qts, ANS_CSTS), ==, 1);
    ans_answer_messages(d);
}

void ans_create_queues_of(AnsDriver *d, unsigned completions)
{
    NvmeCmd cq = ans_cmd(NVME_ADM_CMD_CREATE_CQ, RAM_CQ(IO), 0);
    NvmeCmd sq = ans_cmd(NVME_ADM_CMD_CREATE_SQ, RAM_SQ(IO), 0);

    cq.cdw10 = cpu_to_le32((completions - 1) << 16 | 1);
    cq.cdw11 = cpu_to_le32(3);
    g_assert_cmphex(ans_do(d, ADMIN, cq), ==, NVME_SUCCESS);
    sq.cdw10 = cpu_to_le32((d->entries - 1) << 16 | 1);
    sq.cdw11 = cpu_to_le32(1 << 16 | 1);
    g_assert_cmphex(ans_do(d, ADMIN, sq), ==, NVME_SUCCESS);
}

void ans_create_queues(AnsDriver *d)
{
    ans_create_queues_of(d, d->entries);
}

void ans_delete_queues(AnsDriver *d)
{
    NvmeCmd sq = ans_cmd(NVME_ADM_CMD_DELETE_SQ, 0, 0);
    NvmeCmd cq = ans_cmd(NVME_ADM_CMD_DELETE_CQ, 0, 0);

    sq.cdw10 = cpu_to_le32(1);
    cq.cdw10 = cpu_to_le32(1);
    g_assert_cmphex(ans_do(d, ADMIN, sq), ==, NVME_SUCCESS);
    g_assert_cmphex(ans_do(d, ADMIN, cq), ==, NVME_SUCCESS);
    d->sq_tail[IO] = 0;
    d->cq_head[IO] = 0;
    d->phase[IO] = true;
    ans_fill(d, RAM_CQ(IO), 0, d->entries * sizeof(NvmeCqe));
}

void ans_start(AnsDriver *d)
{
    ans_boot(d);
    ans_setup(d);
    ans_enable(d);
    ans_create_queues(d);
}

/* Commands */

NvmeCmd ans_cmd(uint8_t opcode, uint64_t prp1, uint64_t prp2)
{
    return (NvmeCmd) {
        .opcode = opcode,
        .nsid = cpu_to_le32(1),
        .dptr.prp1 = cpu_to_le64(prp1),
        .dptr.prp2 = cpu_to_le64(prp2),
    };
}

NvmeCmd ans_rw(uint8_t opcode, uint64_t slba, unsigned blocks, uint64_t prp1,
               uint64_t prp2)
{
    NvmeCmd cmd = ans_cmd(opcode, prp1, prp2);

    cmd.cdw10 = cpu_to_le32(slba);
    cmd.cdw11 = cpu_to_le32(slba >> 32);
    cmd.cdw12 = cpu_to_le32(blocks - 1);
    return cmd;
}

static void write_tcb(AnsDriver *d, int queue, unsigned tag,
                      const NvmeCmd *cmd)
{
    Tcb tcb = {
        .command_id = tag,
        .length = cmd->cdw12,
        .prp1 = cmd->dptr.prp1,
        .prp2 = cmd->dptr.prp2,
    };

    if (cmd->dptr.prp1) {
        tcb.dma_flags = cmd->opcode & 1 ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
    }
    qtest_memwrite(d->qts, RAM_TCB(queue) + tag * sizeof(tcb), &tcb,
                   sizeof(tcb));
}

void ans_write_entry(AnsDriver *d, int queue, unsigned tag, NvmeCmd cmd)
{
    unsigned stride = d->ring && queue == IO ? 128 : 64;
    unsigned slot = d->ring ? d->sq_tail[queue] : tag;

    cmd.cid = cpu_to_le16(tag);
    qtest_memwrite(d->qts, RAM_SQ(queue) + slot * stride, &cmd, sizeof(cmd));
    if (!d->ring) {
        write_tcb(d, queue, tag, &cmd);
    }
}

void ans_ring_doorbell(AnsDriver *d, int queue, unsigned tag)
{
    unsigned size = queue == ADMIN ? 2 : d->entries;

    if (d->ring) {
        d->sq_tail[queue] = (d->sq_tail[queue] + 1) % size;
        qtest_writel(d->qts, ANS_SQ_DB(queue), d->sq_tail[queue]);
    } else {
        qtest_writel(d->qts, ANS_LINEAR_DB(queue), tag);
    }
}

void ans_submit(AnsDriver *d, int queue, unsigned tag, NvmeCmd cmd)
{
    ans_write_entry(d, queue, tag, cmd);
    ans_ring_doorbell(d, queue, tag);
}

static NvmeCqe read_cqe(AnsDriver *d, int queue)
{
    NvmeCqe cqe;

    qtest_memread(d->qts, RAM_CQ(queue) + d->cq_head[queue] * sizeof(cqe),
                  &cqe, sizeof(cqe));
    return cqe;
}

bool ans_has_completion(AnsDriver *d, int queue)
{
    return (le16_to_cpu(read_cqe(d, queue).status) & 1) == d->phase[queue];
}

uint16_t ans_complete(AnsDriver *d, int queue, NvmeCqe *cqe)
{
    unsigned size = queue == ADMIN ? 2 : d->entries;
    NvmeCqe taken;

    while (!ans_has_completion(d, queue)) {
        /* The block layer takes its time. */
    }
    taken = read_cqe(d, queue);
    d->cq_head[queue] = (d->cq_head[queue] + 1) % size;
    d->phase[queue] ^= !d->cq_head[queue];
    if (!d->ring) {
        qtest_writel(d->qts, ANS_TCB_INVAL, le16_to_cpu(taken.cid));
        g_assert_cmphex(qtest_readl(d->qts, ANS_TCB_STAT), ==, 0);
    }
    qtest_writel(d->qts, ANS_CQ_DB(queue), d->cq_head[queue]);
    if (cqe) {
        *cqe = taken;
    }
    return le16_to_cpu(taken.status) >> 1;
}

uint16_t ans_do(AnsDriver *d, int queue, NvmeCmd cmd)
{
    ans_submit(d, queue, queue == ADMIN ? 0 : TAG, cmd);
    return ans_complete(d, queue, NULL);
}

uint16_t ans_read_block(AnsDriver *d, uint64_t slba)
{
    return ans_do(d, IO, ans_rw(NVME_CMD_READ, slba, 1, RAM_DATA, 0));
}

uint16_t ans_write_block(AnsDriver *d, uint64_t slba, uint8_t byte)
{
    ans_fill(d, RAM_DATA, byte, PAGE);
    return ans_do(d, IO, ans_rw(NVME_CMD_WRITE, slba, 1, RAM_DATA, 0));
}

void ans_suspend_io(AnsDriver *d)
{
    fault_add(d->qts, "{ 'id': 'r', 'site': 'nvme-command', 'match': {"
              " 'queue': 1 }, 'action': 'suspend', 'tag': 't' }");
}

void ans_fill(AnsDriver *d, uint64_t addr, uint8_t byte, size_t len)
{
    qtest_memset(d->qts, addr, byte, len);
}

int ans_filled(AnsDriver *d, uint64_t addr, size_t len)
{
    g_autofree uint8_t *bytes = g_malloc(len);

    qtest_memread(d->qts, addr, bytes, len);
    return filled(bytes, len);
}

void ans_assert_works(AnsDriver *d)
{
    g_assert_cmphex(qtest_readl(d->qts, ANS_CSTS), ==, 1);
    g_assert_cmphex(ans_write_block(d, 9, 0x5a), ==, 0);
    g_assert_cmphex(ans_read_block(d, 9), ==, 0);
    g_assert_cmpint(ans_filled(d, RAM_DATA, PAGE), ==, 0x5a);
}
