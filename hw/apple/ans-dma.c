/*
 * Apple NVMe Storage: the guest's memory, and the PRPs that describe it
 *
 * Only RAM is read and written. A guest that points a command at a device,
 * this one included, gets an error, so that no transfer can reenter a model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "exec/address-spaces.h"
#include "trace.h"

#define PRP_OFFSET_MASK (ANS_PAGE_SIZE - 1)
#define PRPS_PER_PAGE (ANS_PAGE_SIZE / sizeof(uint64_t))

/* A function that is called for each piece of contiguous memory. */
typedef uint16_t AnsPieceFn(void *opaque, hwaddr addr, uint64_t len);

/* Pieces are joined while they are contiguous. */
typedef struct PrpWalk {
    AppleAns *s;
    AnsPieceFn *fn;
    void *opaque;
    hwaddr addr;
    uint64_t len;
} PrpWalk;

static const MemTxAttrs ans_dma_attrs = { .memory = 1 };

bool ans_dma_read(AppleAns *s, hwaddr addr, void *buf, size_t len)
{
    return address_space_read(&address_space_memory, addr, ans_dma_attrs, buf,
                              len) == MEMTX_OK;
}

bool ans_dma_write(AppleAns *s, hwaddr addr, const void *buf, size_t len)
{
    return address_space_write(&address_space_memory, addr, ans_dma_attrs,
                               buf, len) == MEMTX_OK;
}

/* PRPs */

static uint16_t prp_flush(PrpWalk *w)
{
    uint16_t status = NVME_SUCCESS;

    if (w->len) {
        status = w->fn(w->opaque, w->addr, w->len);
        w->len = 0;
    }
    return status;
}

static uint16_t prp_add(PrpWalk *w, hwaddr addr, uint64_t len)
{
    uint16_t status = NVME_SUCCESS;

    if (w->len && addr == w->addr + w->len) {
        w->len += len;
    } else {
        status = prp_flush(w);
        w->addr = addr;
        w->len = len;
    }
    return status;
}

/* Add the @count pages of @list, of which the last one may end early. */
static uint16_t prp_add_pages(PrpWalk *w, const uint64_t *list,
                              unsigned count, uint64_t *len)
{
    for (unsigned i = 0; i < count; i++) {
        hwaddr addr = le64_to_cpu(list[i]);
        uint64_t part = MIN(*len, ANS_PAGE_SIZE);
        uint16_t status;

        if (addr & PRP_OFFSET_MASK) {
            return NVME_INVALID_PRP_OFFSET | NVME_DNR;
        }
        status = prp_add(w, addr, part);
        if (status) {
            return status;
        }
        *len -= part;
    }
    return NVME_SUCCESS;
}

/*
 * A list of pages, which goes on in another list if it does not fit its page.
 * Only the first list may start inside of a page, so each further one has
 * pages in it, and a list that leads back to itself ends with @len.
 */
static uint16_t prp_walk_list(PrpWalk *w, hwaddr addr, uint64_t len)
{
    uint64_t list[PRPS_PER_PAGE];
    uint16_t status = NVME_SUCCESS;

    if (addr % sizeof(uint64_t)) {
        return NVME_INVALID_PRP_OFFSET | NVME_DNR;
    }
    while (!status) {
        unsigned room = (ANS_PAGE_SIZE - (addr & PRP_OFFSET_MASK)) /
                        sizeof(uint64_t);
        uint64_t needed = DIV_ROUND_UP(len, ANS_PAGE_SIZE);
        unsigned count = MIN(room, needed);
        bool last = needed <= room;

        if (!ans_dma_read(w->s, addr, list, count * sizeof(uint64_t))) {
            return NVME_DATA_TRAS_ERROR | NVME_DNR;
        }
        status = prp_add_pages(w, list, last ? count : count - 1, &len);
        if (last) {
            return status;
        }
        addr = le64_to_cpu(list[count - 1]);
        if (addr & PRP_OFFSET_MASK) {
            return NVME_INVALID_PRP_OFFSET | NVME_DNR;
        }
    }
    return status;
}

static uint16_t prp_walk_rest(PrpWalk *w, hwaddr prp2, uint64_t len)
{
    if (len > ANS_PAGE_SIZE) {
        return prp_walk_list(w, prp2, len);
    }
    if (prp2 & PRP_OFFSET_MASK) {
        return NVME_INVALID_PRP_OFFSET | NVME_DNR;
    }
    return prp_add(w, prp2, len);
}

/*
 * m1n1 reads two blocks into the room of one, without a second PRP. It has
 * switched off the check for that, and gets the first one.
 */
static bool prp_ends_here(AnsRequest *r, hwaddr prp2)
{
    return !prp2 && r->queue == ANS_QUEUE_IO &&
           r->cmd.opcode == NVME_CMD_READ &&
           !(r->ans->reg[ANS_REG_UNKNOWN_CTRL] & ANS_PRP_NULL_CHECK);
}

static uint16_t prp_walk(AnsRequest *r, uint64_t len, AnsPieceFn *fn,
                         void *opaque)
{
    PrpWalk w = { .s = r->ans, .fn = fn, .opaque = opaque };
    hwaddr prp1 = le64_to_cpu(r->cmd.dptr.prp1);
    hwaddr prp2 = le64_to_cpu(r->cmd.dptr.prp2);
    uint64_t first = MIN(len, ANS_PAGE_SIZE - (prp1 & PRP_OFFSET_MASK));
    uint16_t status;

    if (prp1 % sizeof(uint32_t)) {
        status = NVME_INVALID_PRP_OFFSET | NVME_DNR;
    } else {
        status = prp_add(&w, prp1, first);
        if (!status && len > first && !prp_ends_here(r, prp2)) {
            status = prp_walk_rest(&w, prp2, len - first);
        }
        if (!status) {
            status = prp_flush(&w);
        }
    }
    if (status) {
        ans_guest_error(r->ans, "PRPs describe no memory, status", status);
    }
    return status;
}

/* Copying */

typedef struct PrpCopy {
    AppleAns *s;
    uint8_t *buf;
    bool to_guest;
} PrpCopy;

static uint16_t prp_copy_piece(void *opaque, hwaddr addr, uint64_t len)
{
    PrpCopy *copy = opaque;
    bool ok = copy->to_guest ? ans_dma_write(copy->s, addr, copy->buf, len)
                             : ans_dma_read(copy->s, addr, copy->buf, len);

    copy->buf += len;
    return ok ? NVME_SUCCESS : NVME_DATA_TRAS_ERROR | NVME_DNR;
}

uint16_t ans_prp_read(AnsRequest *r, void *buf, size_t len)
{
    PrpCopy copy = { r->ans, buf, false };

    return prp_walk(r, len, prp_copy_piece, &copy);
}

uint16_t ans_prp_write(AnsRequest *r, const void *buf, size_t len)
{
    PrpCopy copy = { r->ans, (void *)buf, true };

    return prp_walk(r, len, prp_copy_piece, &copy);
}

/* Mapping */

typedef struct PrpMap {
    QEMUIOVector *iov;
    bool to_guest;
} PrpMap;

static bool prp_is_ram(hwaddr addr, hwaddr len, bool is_write)
{
    hwaddr xlat;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&address_space_memory, addr, &xlat, &len,
                                 is_write, ans_dma_attrs);
    return memory_access_is_direct(mr, is_write, ans_dma_attrs);
}

/* What is not RAM would be mapped by a copy. */
static uint16_t prp_map_piece(void *opaque, hwaddr addr, uint64_t len)
{
    PrpMap *map = opaque;

    while (len) {
        hwaddr part = len;
        void *host;

        if (map->iov->niov == IOV_MAX) {
            return NVME_INTERNAL_DEV_ERROR | NVME_DNR;
        }
        if (!prp_is_ram(addr, part, map->to_guest)) {
            return NVME_DATA_TRAS_ERROR | NVME_DNR;
        }
        host = address_space_map(&address_space_memory, addr, &part,
                                 map->to_guest, ans_dma_attrs);
        if (!host) {
            return NVME_DATA_TRAS_ERROR | NVME_DNR;
        }
        qemu_iovec_add(map->iov, host, part);
        addr += part;
        len -= part;
    }
    return NVME_SUCCESS;
}

uint16_t ans_prp_map(AnsRequest *r, uint64_t len, bool to_guest)
{
    PrpMap map = { &r->iov, to_guest };
    uint16_t status = prp_walk(r, len, prp_map_piece, &map);

    if (status) {
        ans_prp_unmap(r, to_guest);
    }
    return status;
}

void ans_prp_unmap(AnsRequest *r, bool to_guest)
{
    for (int i = 0; i < r->iov.niov; i++) {
        struct iovec *iov = &r->iov.iov[i];

        address_space_unmap(&address_space_memory, iov->iov_base,
                            iov->iov_len, to_guest, iov->iov_len);
    }
    qemu_iovec_reset(&r->iov);
}
