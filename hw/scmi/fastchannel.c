/*
 * SCMI fast channels: the memory that agents see
 *
 * Only a command leaves translated code: state is read as ROM, and what is
 * written to a slot is looked at when a doorbell rings. A single page that
 * reads as RAM and traps writes (a "ROM device") would do, but QEMU does not
 * end DMA from such a page where the page ends.
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

/* Of an agent's part of an area: 2,048 domains. */
#define MAX_SIZE (64 * KiB)
/* Agents can be kept apart by who is given which pages. */
#define PAGE_SIZE_MIN (4 * KiB)

struct ScmiFastchannel {
    SysBusDevice parent_obj;
    MemoryRegion mmio;
    MemoryRegion areas[SCMI_FAST_NUM_AREAS];
    ScmiPlatform *platform;
    unsigned num_agents;     /* the platform, which has no window, included */
    size_t size;             /* of an agent's part of an area */
    ScmiFastWindow *windows; /* by agent */
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiFastchannel, scmi_fastchannel, SCMI_FASTCHANNEL,
                          SYS_BUS_DEVICE)

/* Where an agent's part of an area starts. */
static size_t agent_offset(const ScmiFastchannel *s, unsigned agent)
{
    return (agent - 1) * s->size;
}

/* UINT64_MAX until it is mapped. */
static uint64_t fastchannel_address(void *opaque, unsigned agent)
{
    hwaddr base = SYS_BUS_DEVICE(opaque)->mmio[0].addr;

    return base == UINT64_MAX ? base : base + agent_offset(opaque, agent);
}

/* QEMU's own writes to RAM are known to nobody, but a migration has to be. */
static void fastchannel_changed(void *opaque, unsigned agent, unsigned area)
{
    ScmiFastchannel *s = opaque;
    MemoryRegion *mr = &s->areas[area];

    if (memory_region_is_logging(mr, DIRTY_MEMORY_MIGRATION)) {
        memory_region_set_dirty(mr, agent_offset(s, agent), s->size);
    }
}

static uint64_t fastchannel_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void fastchannel_write(void *opaque, hwaddr addr, uint64_t value,
                              unsigned size)
{
    ScmiFastchannel *s = opaque;

    scmi_fast_write(s->platform, 1 + addr / s->size, addr % s->size, value);
}

static const MemoryRegionOps fastchannel_ops = {
    .read = fastchannel_read,
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
    if (scmi_fast_has_window(s->platform, SCMI_AGENT_PLATFORM + 1)) {
        error_setg(errp, "scmi-fastchannel: the platform has one already");
        return false;
    }
    if (scmi_fast_size(s->platform) > MAX_SIZE) {
        error_setg(errp, "scmi-fastchannel: more than %u domains have fast "
                   "channels", (unsigned)(MAX_SIZE / SCMI_FAST_ENTRY_SIZE));
        return false;
    }
    return true;
}

/* RAM is known by its name: there may be several platforms. */
static bool fastchannel_add_memory(ScmiFastchannel *s, Error **errp)
{
    const char *name = object_get_canonical_path_component(OBJECT(s));
    g_autofree char *state = g_strdup_printf("%s.state", name);
    g_autofree char *slots = g_strdup_printf("%s.slots", name);
    uint64_t size = agent_offset(s, s->num_agents);

    memory_region_init_io(&s->areas[SCMI_FAST_COMMANDS], OBJECT(s),
                          &fastchannel_ops, s, name, size);
    if (!memory_region_init_rom(&s->areas[SCMI_FAST_STATE], OBJECT(s), state,
                                size, errp) ||
        !memory_region_init_ram(&s->areas[SCMI_FAST_SLOTS], OBJECT(s), slots,
                                size, errp)) {
        return false;
    }
    memory_region_init(&s->mmio, OBJECT(s), name, SCMI_FAST_NUM_AREAS * size);
    for (unsigned i = 0; i < SCMI_FAST_NUM_AREAS; i++) {
        memory_region_add_subregion(&s->mmio, i * size, &s->areas[i]);
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->mmio);
    return true;
}

static void fastchannel_attach(ScmiFastchannel *s)
{
    uint8_t *state = memory_region_get_ram_ptr(&s->areas[SCMI_FAST_STATE]);
    uint8_t *slots = memory_region_get_ram_ptr(&s->areas[SCMI_FAST_SLOTS]);

    s->windows = g_new0(ScmiFastWindow, s->num_agents);
    for (unsigned i = 1; i < s->num_agents; i++) {
        s->windows[i] = (ScmiFastWindow) {
            .address = fastchannel_address,
            .area_size = agent_offset(s, s->num_agents),
            .changed = fastchannel_changed,
            .opaque = s,
            .state = state + agent_offset(s, i),
            .slots = slots + agent_offset(s, i),
        };
        scmi_fast_attach(s->platform, i, &s->windows[i]);
    }
}

static void scmi_fastchannel_realize(DeviceState *dev, Error **errp)
{
    ScmiFastchannel *s = SCMI_FASTCHANNEL(dev);

    if (!fastchannel_check(s, errp)) {
        return;
    }
    s->num_agents = scmi_platform_num_agents(s->platform);
    s->size = MAX(PAGE_SIZE_MIN,
                  QEMU_ALIGN_UP(scmi_fast_size(s->platform), PAGE_SIZE_MIN));
    if (fastchannel_add_memory(s, errp)) {
        fastchannel_attach(s);
    }
}

static void scmi_fastchannel_reset_hold(Object *obj, ResetType type)
{
    ScmiFastchannel *s = SCMI_FASTCHANNEL(obj);

    for (unsigned i = 1; i < s->num_agents; i++) {
        scmi_fast_reset(s->platform, i);
    }
}

/* State and slots migrate as RAM. */
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
};

static void scmi_fastchannel_init(Object *obj)
{
}

static void scmi_fastchannel_finalize(Object *obj)
{
    g_free(SCMI_FASTCHANNEL(obj)->windows);
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
