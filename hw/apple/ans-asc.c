/*
 * Apple NVMe Storage: as a co-processor, and its device-tree node
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "qemu/main-loop.h"
#include "system/device_tree.h"

/* The firmware's buffers are in the AP's memory, behind the SART. */
static bool ans_write_memory(AppleAsc *asc, uint64_t addr, const void *buf,
                             size_t len)
{
    AppleAns *s = APPLE_ANS(asc);

    return apple_sart_allows(s->sart, addr, len) &&
           ans_dma_write(s, addr, buf, len);
}

static bool ans_buffer_ok(AppleAsc *asc, uint64_t addr, uint64_t size)
{
    return apple_sart_allows(APPLE_ANS(asc)->sart, addr, size);
}

/*
 * Without its firmware the controller does nothing. When that crashes, or goes
 * to sleep, commands are left without completions, but nothing still writes to
 * the guest's memory; if it was idle only, they are completed later. Firmware
 * that boots knows nothing of the queues of the life before, whose memory is
 * somebody else's if another kernel woke it.
 */
static void ans_state_changed(AppleAsc *asc, RTKitState state)
{
    AppleAns *s = APPLE_ANS(asc);

    switch (state) {
    case RTKIT_STATE_STOPPED:
    case RTKIT_STATE_BOOT:
        s->cc = 0;
        ans_disable(s);
        break;
    case RTKIT_STATE_IDLE:
    case RTKIT_STATE_QUIESCED:
    case RTKIT_STATE_SLEEP:
    case RTKIT_STATE_OFF:
    case RTKIT_STATE_CRASHED:
        ans_drain(s);
        break;
    case RTKIT_STATE_ON:
        qemu_bh_schedule(s->bh);
        break;
    default:
        break;
    }
}

void ans_asc_class_init(ObjectClass *oc)
{
    AppleAscClass *aac = APPLE_ASC_CLASS(oc);

    aac->write_memory = ans_write_memory;
    aac->buffer_ok = ans_buffer_ok;
    aac->state_changed = ans_state_changed;
}

/*
 * Its first registers are the NVMe controller's. Power domains and reset are
 * whoever's that wired them.
 */
void ans_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    static const char reg_names[] = "nvme\0ans";
    AppleAns *s = APPLE_ANS(node);
    SysBusDevice *sbd = SYS_BUS_DEVICE(node);
    g_autofree char *path = g_strdup_printf("/nvme@%" HWADDR_PRIx,
                                            sbd->mmio[1].addr);

    qemu_fdt_add_subnode(dt->fdt, path);
    qemu_fdt_setprop_string_array(dt->fdt, path, "compatible",
                                  (char **)s->variant->compatible,
                                  s->variant->num_compatible);
    qemu_fdt_setprop_sized_cells(dt->fdt, path, "reg",
                                 2, sbd->mmio[1].addr, 2, APPLE_ANS_NVME_SIZE,
                                 2, sbd->mmio[0].addr, 2, APPLE_ASC_MMIO_SIZE);
    qemu_fdt_setprop(dt->fdt, path, "reg-names", reg_names,
                     sizeof(reg_names));
    dt_set_level_spis(dt, path, first_spi, 1);
    qemu_fdt_setprop_cell(dt->fdt, path, "mboxes",
                          dt_phandle(dt, OBJECT(s->parent_obj.mailbox), ""));
    qemu_fdt_setprop_cell(dt->fdt, path, "apple,sart",
                          dt_phandle(dt, OBJECT(s->sart), ""));
    qemu_fdt_setprop(dt->fdt, path, "dma-coherent", NULL, 0);
    qemu_fdt_setprop_cell(dt->fdt, path, "phandle",
                          dt_phandle(dt, OBJECT(s), ""));
}
