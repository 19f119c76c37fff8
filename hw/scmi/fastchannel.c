/*
 * SCMI fast channels: the memory that an agent sees
 *
 * Agents read it as RAM: no read leaves translated code. A write is taken to
 * the platform, which knows what it means.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "hw/scmi/fastchannel.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"

OBJECT_DECLARE_SIMPLE_TYPE(ScmiFastchannel, SCMI_FASTCHANNEL)

/* As far apart as kernels with large pages map devices by themselves. */
#define MAX_SIZE (64 * KiB)
#define PAGE_SIZE_MIN (4 * KiB)

struct ScmiFastchannel {
    SysBusDevice parent_obj;
    MemoryRegion mmio;
    ScmiFastWindow window;
    ScmiPlatform *platform;
    uint32_t agent;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiFastchannel, scmi_fastchannel, SCMI_FASTCHANNEL,
                          SYS_BUS_DEVICE)

/* UINT64_MAX until it is mapped. */
static uint64_t fastchannel_address(void *opaque)
{
    return SYS_BUS_DEVICE(opaque)->mmio[0].addr;
}

/* QEMU's own writes to RAM are known to nobody, but a migration has to be. */
static void fastchannel_changed(void *opaque)
{
    ScmiFastchannel *s = opaque;

    if (memory_region_is_logging(&s->mmio, DIRTY_MEMORY_MIGRATION)) {
        memory_region_set_dirty(&s->mmio, 0, memory_region_size(&s->mmio));
    }
}

static void fastchannel_write(void *opaque, hwaddr addr, uint64_t value,
                              unsigned size)
{
    ScmiFastchannel *s = opaque;

    scmi_fast_write(s->platform, s->agent, addr, value);
}

static const MemoryRegionOps fastchannel_ops = {
    .write = fastchannel_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

static bool fastchannel_check(ScmiFastchannel *s, Error **errp)
{
    if (!s->platform) {
        error_setg(errp, "scmi-fastchannel needs a platform");
        return false;
    }
    if (s->agent == SCMI_AGENT_PLATFORM ||
        s->agent >= scmi_platform_num_agents(s->platform)) {
        error_setg(errp, "scmi-fastchannel: the platform has no agent %"
                   PRIu32, s->agent);
        return false;
    }
    if (scmi_fast_has_window(s->platform, s->agent)) {
        error_setg(errp, "scmi-fastchannel: agent %" PRIu32 " has one already",
                   s->agent);
        return false;
    }
    if (scmi_fast_size(s->platform) > MAX_SIZE) {
        error_setg(errp, "scmi-fastchannel: more than %u domains have fast "
                   "channels", (unsigned)(MAX_SIZE / SCMI_FAST_RECORD_SIZE));
        return false;
    }
    return true;
}

static void scmi_fastchannel_realize(DeviceState *dev, Error **errp)
{
    ScmiFastchannel *s = SCMI_FASTCHANNEL(dev);
    g_autofree char *name = NULL;
    uint64_t size;

    if (!fastchannel_check(s, errp)) {
        return;
    }
    /* There may be one for each agent, and RAM is known by its name. */
    name = g_strdup_printf("%s.records",
                           object_get_canonical_path_component(OBJECT(s)));
    size = MAX(PAGE_SIZE_MIN,
               QEMU_ALIGN_UP(scmi_fast_size(s->platform), PAGE_SIZE_MIN));
    if (!memory_region_init_rom_device(&s->mmio, OBJECT(s), &fastchannel_ops,
                                       s, name, size, errp)) {
        return;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->mmio);
    s->window = (ScmiFastWindow) {
        .address = fastchannel_address,
        .changed = fastchannel_changed,
        .opaque = s,
        .ram = memory_region_get_ram_ptr(&s->mmio),
    };
    scmi_fast_attach(s->platform, s->agent, &s->window);
}

static void scmi_fastchannel_reset_hold(Object *obj, ResetType type)
{
    ScmiFastchannel *s = SCMI_FASTCHANNEL(obj);

    scmi_fast_reset(s->platform, s->agent);
}

/* The records migrate as RAM. */
static const VMStateDescription vmstate_scmi_fastchannel = {
    .name = TYPE_SCMI_FASTCHANNEL,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
};

static const Property scmi_fastchannel_properties[] = {
    DEFINE_PROP_LINK("platform", ScmiFastchannel, platform,
                     TYPE_SCMI_PLATFORM, ScmiPlatform *),
    DEFINE_PROP_UINT32("agent", ScmiFastchannel, agent, 1),
};

static void scmi_fastchannel_init(Object *obj)
{
}

static void scmi_fastchannel_finalize(Object *obj)
{
}

static void scmi_fastchannel_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->realize = scmi_fastchannel_realize;
    dc->vmsd = &vmstate_scmi_fastchannel;
    /* Reason: wired by a machine that has a platform */
    dc->user_creatable = false;
    device_class_set_props(dc, scmi_fastchannel_properties);
    rc->phases.hold = scmi_fastchannel_reset_hold;
}
