/*
 * Apple System Management Controller: the device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/smc.h"
#include "smc-internal.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/timer.h"
#include "system/rtc.h"
#include "system/runstate.h"
#include "system/system.h"

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

/* Its buffers are those of smc_buffers[]: nobody gives it any other. */
static bool smc_write_memory(AppleAsc *asc, uint64_t addr, const void *buf,
                             size_t len)
{
    AppleSmc *smc = APPLE_SMC(asc);
    uint64_t base = smc_sram_base(smc);

    assert(addr >= base && len <= APPLE_SMC_SRAM_SIZE &&
           addr - base <= APPLE_SMC_SRAM_SIZE - len);
    smc_sram_write(smc, addr - base, buf, len);
    return true;
}

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

static bool smc_notify(void *opaque, uint32_t event)
{
    AppleSmc *smc = opaque;

    return apple_smc_endpoint_notify(&smc->endpoint, event);
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

    apple_smc_keys_reset(smc->keys);
    for (int i = 0; i < ARRAY_SIZE(smc_buffers); i++) {
        rtkit_set_buffer(&APPLE_ASC(smc)->rtkit, smc_buffers[i].endpoint,
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

/* Once, also if a first try to realize the device has failed. */
static bool smc_make_keys(AppleSmc *smc, Error **errp)
{
    ERRP_GUARD();
    SmcKeyTable *table = NULL;

    if (smc->keys) {
        return true;
    }
    if (smc->key_file) {
        table = apple_smc_read_key_file(smc->key_file, errp);
        if (!table) {
            return false;
        }
    }
    smc->keys = apple_smc_keys_load(OBJECT(smc), table, &smc_keys_ops, smc,
                                    errp);
    if (!smc->keys) {
        error_prepend(errp, "SMC keys '%s': ", smc->key_file);
        return false;
    }
    apple_smc_endpoint_init(&smc->endpoint, &APPLE_ASC(smc)->rtkit, smc->keys,
                            &smc_buffer_ops, smc);
    return true;
}

static void smc_realize(DeviceState *dev, Error **errp)
{
    AppleSmc *smc = APPLE_SMC(dev);
    Error *local_err = NULL;

    if (!smc_make_keys(smc, errp)) {
        return;
    }
    APPLE_SMC_GET_CLASS(dev)->parent_realize(dev, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        return;
    }
    if (!memory_region_init_ram(&smc->sram, OBJECT(dev), "apple-smc.sram",
                                APPLE_SMC_SRAM_SIZE, errp)) {
        return;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &smc->sram);
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

static const Property smc_properties[] = {
    DEFINE_PROP_STRING("key-file", AppleSmc, key_file),
    DEFINE_PROP_LINK("spmi", AppleSmc, spmi, TYPE_APPLE_SPMI, AppleSpmi *),
};

static void smc_finalize(Object *obj)
{
    apple_smc_endpoint_finalize(&APPLE_SMC(obj)->endpoint);
}

static void smc_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple System Management Controller";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_parent_realize(dc, smc_realize,
                                    &APPLE_SMC_CLASS(oc)->parent_realize);
    dc->vmsd = &vmstate_apple_smc;
    device_class_set_props(dc, smc_properties);
    APPLE_ASC_CLASS(oc)->write_memory = smc_write_memory;
    RESETTABLE_CLASS(oc)->phases.hold = smc_reset_hold;
    DT_NODE_CLASS(oc)->write = apple_smc_write_dt_node;
}

static const TypeInfo smc_info = {
    .name = TYPE_APPLE_SMC,
    .parent = TYPE_APPLE_ASC,
    .instance_size = sizeof(AppleSmc),
    .instance_finalize = smc_finalize,
    .class_size = sizeof(AppleSmcClass),
    .class_init = smc_class_init,
    .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { } },
};

static void smc_register(void)
{
    type_register_static(&smc_info);
}
type_init(smc_register)
