/*
 * SCMI shared memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qapi/error.h"
#include "hw/scmi/wire.h"
#include "shmem.h"
#include "system/device_tree.h"
#include "trace.h"
#include "transport.h"

#define MAX_LENGTH (SCMI_SHMEM_SIZE - SCMI_SHMEM_HEADER)

char *scmi_shmem_name(const uint8_t *protocols, unsigned i)
{
    return i ? g_strdup_printf("shmem-%x", protocols[i - 1])
             : g_strdup("shmem");
}

bool scmi_shmem_init(ScmiShmem *shmem, Object *owner, const char *transport,
                     unsigned agent, const char *name, Error **errp)
{
    g_autofree char *region = g_strdup_printf("%s.agent%u.%s", transport,
                                              agent, name);

    shmem->transport = transport;
    if (!memory_region_init_ram(&shmem->mr, owner, region, SCMI_SHMEM_SIZE,
                                errp)) {
        return false;
    }
    shmem->ram = memory_region_get_ram_ptr(&shmem->mr);
    return true;
}

void scmi_shmem_reset(ScmiShmem *shmem)
{
    shmem->busy = false;
    memset(shmem->ram, 0, SCMI_SHMEM_SIZE);
    stl_le_p(shmem->ram + SCMI_SHMEM_STATUS, R_SCMI_SHMEM_STATUS_FREE_MASK);
    memory_region_set_dirty(&shmem->mr, 0, SCMI_SHMEM_SIZE);
}

bool scmi_shmem_is_free(const ScmiShmem *shmem)
{
    return FIELD_EX32(ldl_le_p(shmem->ram + SCMI_SHMEM_STATUS),
                      SCMI_SHMEM_STATUS, FREE);
}

ScmiChannelInfo *scmi_shmem_info(const ScmiShmem *shmem,
                                 const uint8_t *protocols, unsigned i)
{
    g_autofree char *name = scmi_shmem_name(protocols, i);
    ScmiChannelInfo *info =
        scmi_channel_info(name, false, scmi_shmem_is_free(shmem)
                                       ? SCMI_CHANNEL_STATE_FREE
                                       : SCMI_CHANNEL_STATE_BUSY);

    if (i) {
        QAPI_LIST_PREPEND(info->protocols, protocols[i - 1]);
    }
    return info;
}

/*
 * Hand the area over with @length bytes of payload. QEMU's own writes to RAM
 * are known to nobody: a migration that is under way has to be told of them.
 */
static void hand_over(ScmiShmem *shmem, size_t length, uint32_t status)
{
    stl_le_p(shmem->ram + SCMI_SHMEM_LENGTH, sizeof(uint32_t) + length);
    /* A polling agent on another vCPU has to see the message first. */
    smp_wmb();
    stl_le_p(shmem->ram + SCMI_SHMEM_STATUS, status);
    if (memory_region_is_logging(&shmem->mr, DIRTY_MEMORY_MIGRATION)) {
        memory_region_set_dirty(&shmem->mr, 0, SCMI_SHMEM_SIZE);
    }
}

static bool wants_interrupt(const ScmiShmem *shmem)
{
    return FIELD_EX32(ldl_le_p(shmem->ram + SCMI_SHMEM_FLAGS),
                      SCMI_SHMEM_FLAGS, INTERRUPT);
}

/* A reply that did not come at once: where it goes, the agent may have been. */
static bool shmem_reply(void *opaque, uint64_t cookie, uint32_t header,
                        const void *payload, size_t length)
{
    ScmiShmem *shmem = opaque;

    stl_le_p(shmem->ram + SCMI_SHMEM_HEADER, header);
    memcpy(shmem->ram + SCMI_SHMEM_PAYLOAD, payload, length);
    hand_over(shmem, length, shmem->busy ? 0 : R_SCMI_SHMEM_STATUS_FREE_MASK);
    if (wants_interrupt(shmem)) {
        shmem->replied(shmem->opaque);
    }
    return true;
}

static void shmem_hold(void *opaque, bool busy)
{
    ScmiShmem *shmem = opaque;

    shmem->busy = busy;
    if (!busy) {
        stl_le_p(shmem->ram + SCMI_SHMEM_STATUS,
                 R_SCMI_SHMEM_STATUS_FREE_MASK);
        memory_region_set_dirty(&shmem->mr, 0, SCMI_SHMEM_SIZE);
    }
}

static const ScmiChannelOps shmem_channel_ops = {
    .reply = shmem_reply,
    .hold = shmem_hold,
};

void scmi_shmem_connect(ScmiShmem *shmem, ScmiPlatform *platform,
                        unsigned agent, unsigned number,
                        void (*replied)(void *opaque), void *opaque)
{
    shmem->replied = replied;
    shmem->opaque = opaque;
    scmi_channel_init(&shmem->channel, platform, agent, number,
                      &shmem_channel_ops, shmem);
}

void scmi_shmem_disconnect(ScmiShmem *shmem)
{
    scmi_channel_finalize(&shmem->channel);
}

bool scmi_shmem_run(ScmiShmem *shmem)
{
    bool interrupt = wants_interrupt(shmem);
    uint32_t length = ldl_le_p(shmem->ram + SCMI_SHMEM_LENGTH);
    uint32_t header = ldl_le_p(shmem->ram + SCMI_SHMEM_HEADER);
    uint8_t *payload = shmem->ram + SCMI_SHMEM_PAYLOAD;

    if (length < sizeof(header) || length > MAX_LENGTH) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: length %" PRIu32
                      " does not fit the channel\n", shmem->transport,
                      length);
        trace_scmi_shmem_err_length(shmem->transport, length);
        stl_le_p(payload, SCMI_PROTOCOL_ERROR);
        hand_over(shmem, sizeof(uint32_t), R_SCMI_SHMEM_STATUS_FREE_MASK |
                  R_SCMI_SHMEM_STATUS_ERROR_MASK);
        return interrupt;
    }
    length = scmi_channel_run(&shmem->channel, 0, header, payload,
                              length - sizeof(header), payload,
                              SCMI_REPLY_MAX);
    if (!length) {
        return false;
    }
    hand_over(shmem, length, R_SCMI_SHMEM_STATUS_FREE_MASK);
    return interrupt;
}

void scmi_shmem_send(ScmiShmem *shmem, uint32_t header, const void *payload,
                     size_t length, bool interrupt)
{
    uint32_t flags = FIELD_DP32(0, SCMI_SHMEM_FLAGS, INTERRUPT, interrupt);

    assert(length <= SCMI_EVENT_MAX);
    stl_le_p(shmem->ram + SCMI_SHMEM_FLAGS, flags);
    stl_le_p(shmem->ram + SCMI_SHMEM_HEADER, header);
    memcpy(shmem->ram + SCMI_SHMEM_PAYLOAD, payload, length);
    hand_over(shmem, length, 0);
}

void scmi_shmem_write_dt(DtWriter *dt, Object *owner, const char *name,
                         hwaddr base)
{
    g_autofree char *sram = g_strdup_printf("/sram@%" PRIx64, base);
    g_autofree char *node = g_strdup_printf("%s/scmi-shmem@0", sram);

    qemu_fdt_add_subnode(dt->fdt, sram);
    qemu_fdt_setprop_string(dt->fdt, sram, "compatible", "mmio-sram");
    qemu_fdt_setprop_sized_cells(dt->fdt, sram, "reg", 2, base,
                                 2, SCMI_SHMEM_SIZE);
    qemu_fdt_setprop_cell(dt->fdt, sram, "#address-cells", 1);
    qemu_fdt_setprop_cell(dt->fdt, sram, "#size-cells", 1);
    qemu_fdt_setprop_sized_cells(dt->fdt, sram, "ranges", 1, 0, 2, base,
                                 1, SCMI_SHMEM_SIZE);
    qemu_fdt_add_subnode(dt->fdt, node);
    qemu_fdt_setprop_string(dt->fdt, node, "compatible", "arm,scmi-shmem");
    qemu_fdt_setprop_cells(dt->fdt, node, "reg", 0, SCMI_SHMEM_SIZE);
    qemu_fdt_setprop_cell(dt->fdt, node, "phandle",
                          dt_phandle(dt, owner, name));
}
