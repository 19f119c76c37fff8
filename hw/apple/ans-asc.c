/*
 * Apple NVMe Storage: the co-processor, its mailbox and its device-tree node
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "hw/registerfields.h"
#include "qapi/error.h"
#include "system/device_tree.h"
#include "trace.h"

REG32(CPU_CONTROL, 0x44)
    FIELD(CPU_CONTROL, RUN, 4, 1)

static uint64_t ans_asc_read(void *opaque, hwaddr offset, unsigned size)
{
    AppleAns *s = opaque;

    if (size == sizeof(uint32_t) && offset == A_CPU_CONTROL) {
        return FIELD_DP32(0, CPU_CONTROL, RUN, rtkit_is_running(&s->rtkit));
    }
    ans_guest_error(s, "read of an unknown ASC register or width", offset);
    return 0;
}

/* Without its firmware the controller does nothing. */
static void ans_asc_write(void *opaque, hwaddr offset, uint64_t value,
                          unsigned size)
{
    AppleAns *s = opaque;
    bool run = FIELD_EX32(value, CPU_CONTROL, RUN);

    if (size != sizeof(uint32_t) || offset != A_CPU_CONTROL) {
        ans_guest_error(s, "write to an unknown ASC register or width",
                        offset);
    } else if (s->in_reset) {
        ans_guest_error(s, "CPU_CONTROL written while held in reset", value);
    } else {
        if (!run && rtkit_is_running(&s->rtkit)) {
            s->cc = 0;
            ans_disable(s);
        }
        rtkit_set_running(&s->rtkit, run);
    }
}

static const MemoryRegionOps ans_asc_ops = {
    .read = ans_asc_read,
    .write = ans_asc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* RTKit's side */

static bool ans_rtkit_send(void *opaque, uint8_t endpoint, uint64_t msg)
{
    AppleAns *s = opaque;

    return asc_mailbox_send(s->mailbox, msg, endpoint);
}

/* The firmware's buffers are in the AP's memory, behind the SART. */
static bool ans_rtkit_write_memory(void *opaque, uint64_t addr,
                                   const void *buf, size_t len)
{
    AppleAns *s = opaque;

    return apple_sart_allows(s->sart, addr, len) &&
           ans_dma_write(s, addr, buf, len);
}

static bool ans_rtkit_buffer_ok(void *opaque, uint64_t addr, uint64_t size)
{
    AppleAns *s = opaque;

    return apple_sart_allows(s->sart, addr, size);
}

/*
 * A crash leaves commands without completions, but nothing that still writes
 * to the guest's memory.
 */
static void ans_rtkit_state_changed(void *opaque, RTKitState state)
{
    if (state == RTKIT_STATE_CRASHED) {
        ans_drain(opaque);
    }
}

static const RTKitOps ans_rtkit_ops = {
    .send = ans_rtkit_send,
    .write_memory = ans_rtkit_write_memory,
    .buffer_ok = ans_rtkit_buffer_ok,
    .state_changed = ans_rtkit_state_changed,
};

/* The mailbox's side */

static void ans_mailbox_receive(void *opaque, uint64_t msg0, uint32_t msg1)
{
    AppleAns *s = opaque;

    if (msg1 >= RTKIT_NUM_ENDPOINTS) {
        ans_guest_error(s, "message for an endpoint above 255", msg1);
        return;
    }
    rtkit_receive(&s->rtkit, msg1, msg0);
}

static void ans_mailbox_drained(void *opaque)
{
    AppleAns *s = opaque;

    rtkit_flush(&s->rtkit);
}

static const AscMailboxOps ans_mailbox_ops = {
    .receive = ans_mailbox_receive,
    .drained = ans_mailbox_drained,
};

void ans_attach_mailbox(AppleAns *s)
{
    asc_mailbox_attach(s->mailbox, &ans_mailbox_ops, s);
}

void ans_init_asc(AppleAns *s)
{
    memory_region_init_io(&s->asc, OBJECT(s), &ans_asc_ops, s,
                          "apple-ans.asc", APPLE_ANS_ASC_SIZE);
    object_initialize_child(OBJECT(s), "rtkit", &s->rtkit, TYPE_APPLE_RTKIT);
    rtkit_connect(&s->rtkit, &ans_rtkit_ops, s);
    object_property_set_bool(OBJECT(&s->rtkit), "running-at-reset", false,
                             &error_abort);
}

/* Without power domains and reset, which are whoever's that wired them. */
void ans_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    static const char reg_names[] = "nvme\0ans";
    AppleAns *s = APPLE_ANS(node);
    SysBusDevice *sbd = SYS_BUS_DEVICE(node);
    g_autofree char *path = dt_add_mmio_node(dt, sbd, "nvme");

    qemu_fdt_setprop_string_array(dt->fdt, path, "compatible",
                                  (char **)s->variant->compatible,
                                  s->variant->num_compatible);
    qemu_fdt_setprop_sized_cells(dt->fdt, path, "reg",
                                 2, sbd->mmio[0].addr, 2, APPLE_ANS_NVME_SIZE,
                                 2, sbd->mmio[1].addr, 2, APPLE_ANS_ASC_SIZE);
    qemu_fdt_setprop(dt->fdt, path, "reg-names", reg_names,
                     sizeof(reg_names));
    dt_set_level_spis(dt, path, first_spi, 1);
    qemu_fdt_setprop_cell(dt->fdt, path, "mboxes",
                          dt_phandle(dt, OBJECT(s->mailbox), ""));
    qemu_fdt_setprop_cell(dt->fdt, path, "apple,sart",
                          dt_phandle(dt, OBJECT(s->sart), ""));
    qemu_fdt_setprop(dt->fdt, path, "dma-coherent", NULL, 0);
}
