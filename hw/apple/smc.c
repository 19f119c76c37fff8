/*
 * Apple System Management Controller: the device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/smc.h"
#include "smc-internal.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/timer.h"
#include "system/rtc.h"
#include "system/runstate.h"
#include "system/system.h"
#include "trace.h"

REG32(CPU_CONTROL, 0x44)
    FIELD(CPU_CONTROL, RUN, 4, 1)
/* The bits are those that crash dumps of real machines fit. */
REG32(CPU_STATUS, 0x48)
    FIELD(CPU_STATUS, IDLE, 0, 1)
    FIELD(CPU_STATUS, STOPPED, 1, 1)
    FIELD(CPU_STATUS, IRQ_NOT_PENDING, 2, 1)
    FIELD(CPU_STATUS, FIQ_NOT_PENDING, 3, 1)

/* SRAM */
#define SRAM_KEY_BUFFER 0x20000

static const struct {
    uint8_t endpoint;
    uint32_t offset;
    uint32_t size;
} smc_buffers[] = {
    { RTKIT_EP_CRASHLOG, 0x1000, 0x1000 },
    { RTKIT_EP_SYSLOG, 0x2000, 0x1000 },
    { RTKIT_EP_IOREPORT, 0x4000, 0x1000 },
    { RTKIT_EP_OSLOG, 0, 0 },
};

#define CLOCK_HZ 32768

static void smc_guest_error(AppleSmc *smc, const char *what, hwaddr offset)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(smc));

    trace_apple_smc_guest_error(path, what, offset);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s at 0x%" HWADDR_PRIx "\n",
                  path, what, offset);
}

/* The ASC core */

static uint32_t smc_cpu_status(AppleSmc *smc)
{
    uint32_t status = R_CPU_STATUS_IRQ_NOT_PENDING_MASK |
                      R_CPU_STATUS_FIQ_NOT_PENDING_MASK;

    status = FIELD_DP32(status, CPU_STATUS, IDLE, 1);
    return FIELD_DP32(status, CPU_STATUS, STOPPED,
                      !rtkit_is_running(&smc->rtkit));
}

static uint64_t smc_asc_read(void *opaque, hwaddr offset, unsigned size)
{
    AppleSmc *smc = opaque;

    if (size == sizeof(uint32_t) && offset == A_CPU_CONTROL) {
        return FIELD_DP32(0, CPU_CONTROL, RUN, rtkit_is_running(&smc->rtkit));
    }
    if (size == sizeof(uint32_t) && offset == A_CPU_STATUS) {
        return smc_cpu_status(smc);
    }
    smc_guest_error(smc, "read of an unknown register or width", offset);
    return 0;
}

static void smc_asc_write(void *opaque, hwaddr offset, uint64_t value,
                          unsigned size)
{
    AppleSmc *smc = opaque;

    if (size != sizeof(uint32_t) || offset != A_CPU_CONTROL) {
        smc_guest_error(smc, "write to an unknown register or width", offset);
        return;
    }
    rtkit_set_running(&smc->rtkit, FIELD_EX32(value, CPU_CONTROL, RUN));
}

static const MemoryRegionOps smc_asc_ops = {
    .read = smc_asc_read,
    .write = smc_asc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* SRAM, by its host pointer, so that a command costs no memory dispatch */

static uint64_t smc_sram_base(AppleSmc *smc)
{
    return SYS_BUS_DEVICE(smc)->mmio[1].addr;
}

static void smc_sram_write(AppleSmc *smc, hwaddr offset, const void *buf,
                           size_t len)
{
    uint8_t *sram = memory_region_get_ram_ptr(&smc->sram);

    memcpy(sram + offset, buf, len);
    memory_region_set_dirty(&smc->sram, offset, len);
}

static void smc_key_buffer_read(void *opaque, void *buf, size_t len)
{
    AppleSmc *smc = opaque;
    uint8_t *sram = memory_region_get_ram_ptr(&smc->sram);

    memcpy(buf, sram + SRAM_KEY_BUFFER, len);
}

static void smc_key_buffer_write(void *opaque, const void *buf, size_t len)
{
    smc_sram_write(opaque, SRAM_KEY_BUFFER, buf, len);
}

static uint64_t smc_key_buffer_address(void *opaque)
{
    return smc_sram_base(opaque) + SRAM_KEY_BUFFER;
}

static const AppleSmcBufferOps smc_buffer_ops = {
    .read = smc_key_buffer_read,
    .write = smc_key_buffer_write,
    .address = smc_key_buffer_address,
};

/* RTKit's side */

static bool smc_rtkit_send(void *opaque, uint8_t endpoint, uint64_t msg)
{
    AppleSmc *smc = opaque;

    return asc_mailbox_send(smc->mailbox, msg, endpoint);
}

/* The co-processor sees nothing but its SRAM. */
static bool smc_rtkit_write_memory(void *opaque, uint64_t addr,
                                   const void *buf, size_t len)
{
    AppleSmc *smc = opaque;
    uint64_t base = smc_sram_base(smc);

    if (addr < base || len > APPLE_SMC_SRAM_SIZE ||
        addr - base > APPLE_SMC_SRAM_SIZE - len) {
        return false;
    }
    smc_sram_write(smc, addr - base, buf, len);
    return true;
}

static const RTKitOps smc_rtkit_ops = {
    .send = smc_rtkit_send,
    .write_memory = smc_rtkit_write_memory,
};

/* The mailbox's side */

static void smc_mailbox_receive(void *opaque, uint64_t msg0, uint32_t msg1)
{
    AppleSmc *smc = opaque;

    if (msg1 >= RTKIT_NUM_ENDPOINTS) {
        smc_guest_error(smc, "message for an endpoint above 255", msg1);
        return;
    }
    rtkit_receive(&smc->rtkit, msg1, msg0);
}

static void smc_mailbox_drained(void *opaque)
{
    AppleSmc *smc = opaque;

    rtkit_flush(&smc->rtkit);
}

static const AscMailboxOps smc_mailbox_ops = {
    .receive = smc_mailbox_receive,
    .drained = smc_mailbox_drained,
};

/* The keys' side */

static int64_t smc_rtc_now(void)
{
    return qemu_clock_get_ns(rtc_clock);
}

static uint64_t smc_clock(void *opaque)
{
    AppleSmc *smc = opaque;

    return muldiv64(smc->clock_offset + smc_rtc_now(), CLOCK_HZ,
                    NANOSECONDS_PER_SECOND);
}

static void smc_notify(void *opaque, uint32_t event)
{
    AppleSmc *smc = opaque;

    apple_smc_endpoint_notify(&smc->endpoint, event);
}

static void smc_power(void *opaque, AppleSmcPower action)
{
    if (action == SMC_POWER_OFF) {
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
    } else {
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
    }
}

static const AppleSmcKeysOps smc_keys_ops = {
    .clock = smc_clock,
    .notify = smc_notify,
    .power = smc_power,
};

/* The device */

static void smc_reset_hold(Object *obj, ResetType type)
{
    AppleSmc *smc = APPLE_SMC(obj);

    device_cold_reset(DEVICE(&smc->rtkit));
    apple_smc_keys_reset(smc->keys);
    for (int i = 0; i < ARRAY_SIZE(smc_buffers); i++) {
        rtkit_set_buffer(&smc->rtkit, smc_buffers[i].endpoint,
                         smc_buffers[i].size,
                         smc_sram_base(smc) + smc_buffers[i].offset);
    }
}

/*
 * The start has no fraction of a second: whole ones are subtracted, so that
 * seconds begin when rtc_clock's do, as in every other real-time clock.
 */
static void smc_start_clock(AppleSmc *smc)
{
    struct tm tm;

    qemu_get_timedate(&tm, 0);
    smc->clock_offset = (mktimegm(&tm) - smc_rtc_now() /
                         NANOSECONDS_PER_SECOND) * NANOSECONDS_PER_SECOND;
}

static void smc_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    AppleSmc *smc = APPLE_SMC(dev);

    if (!smc->mailbox) {
        error_setg(errp, "apple-smc needs a mailbox");
        error_append_hint(errp, "Set its link property 'mailbox' to an "
                          TYPE_APPLE_ASC_MAILBOX ".\n");
        return;
    }
    if (!memory_region_init_ram(&smc->sram, OBJECT(dev), "apple-smc.sram",
                                APPLE_SMC_SRAM_SIZE, errp)) {
        return;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &smc->sram);
    if (!qdev_realize(DEVICE(&smc->rtkit), NULL, errp)) {
        return;
    }
    asc_mailbox_attach(smc->mailbox, &smc_mailbox_ops, smc);
    smc_start_clock(smc);
}

static const VMStateDescription vmstate_apple_smc = {
    .name = TYPE_APPLE_SMC,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_POINTER(keys, AppleSmc, vmstate_apple_smc_keys,
                               AppleSmcKeys),
        VMSTATE_STRUCT(endpoint, AppleSmc, 1, vmstate_apple_smc_endpoint,
                       AppleSmcEndpoint),
        VMSTATE_INT64(clock_offset, AppleSmc),
        VMSTATE_END_OF_LIST()
    },
};

static void smc_init(Object *obj)
{
    AppleSmc *smc = APPLE_SMC(obj);

    memory_region_init_io(&smc->asc, obj, &smc_asc_ops, smc,
                          TYPE_APPLE_SMC, APPLE_SMC_ASC_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &smc->asc);
    object_initialize_child(obj, "rtkit", &smc->rtkit, TYPE_APPLE_RTKIT);
    rtkit_connect(&smc->rtkit, &smc_rtkit_ops, smc);
    smc->keys = apple_smc_keys_new(obj, apple_smc_default_keys,
                                   apple_smc_default_key_count,
                                   &smc_keys_ops, smc);
    apple_smc_endpoint_init(&smc->endpoint, &smc->rtkit, smc->keys,
                            &smc_buffer_ops, smc);
}

static const Property smc_properties[] = {
    DEFINE_PROP_LINK("mailbox", AppleSmc, mailbox, TYPE_APPLE_ASC_MAILBOX,
                     AscMailbox *),
    DEFINE_PROP_LINK("spmi", AppleSmc, spmi, TYPE_APPLE_SPMI, AppleSpmi *),
};

static void smc_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple System Management Controller";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    dc->realize = smc_realize;
    dc->vmsd = &vmstate_apple_smc;
    device_class_set_props(dc, smc_properties);
    RESETTABLE_CLASS(oc)->phases.hold = smc_reset_hold;
    DT_NODE_CLASS(oc)->write = apple_smc_write_dt_node;
}

static const TypeInfo smc_info = {
    .name = TYPE_APPLE_SMC,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(AppleSmc),
    .instance_init = smc_init,
    .class_init = smc_class_init,
    .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { } },
};

static void smc_register(void)
{
    type_register_static(&smc_info);
}
type_init(smc_register)
