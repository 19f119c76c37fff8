/*
 * SCMI vendor protocol of NXP i.MX: CPU (0x82), version 1.0
 *
 * Starts and stops processors beside those that Linux runs on. A vendor's
 * protocol is a table in a file of its own, as this one.
 *
 * Source: Linux drivers/firmware/arm_scmi/vendors/imx/imx95.rst and
 * imx-sm-cpu.c. Of the reset vector's flags the former has boot at bit 30 and
 * a vector table at bit 0, the latter start at bit 30 and boot at bit 29: all
 * are taken. A processor that is part of a logical machine starts and stops
 * with it.
 *
 * QEMU interface of a processor ("<platform>/imx-cpu/<name>"):
 *  + QOM property "run-mode": what it does (enum ScmiImxCpuRunMode). Writing
 *    it is the processor going to sleep, for example.
 *  + QOM property "sleep-mode": how deeply it may sleep (uint32, read-only)
 *  + QOM property "reset-vector": where it starts (uint64, read-only)
 *  + QOM property "resume-vector": where it resumes (uint64, read-only)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "imx-cpu.h"

#define TYPE_SCMI_IMX_CPU "scmi-imx-cpu"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiImxCpu, SCMI_IMX_CPU)

enum {
    CPU_ATTRIBUTES = 0x3,
    CPU_START = 0x4,
    CPU_STOP = 0x5,
    CPU_RESET_VECTOR_SET = 0x6,
    CPU_SLEEP_MODE_SET = 0x7,
    CPU_INFO_GET = 0xc,
};

FIELD(CPU_VECTOR_FLAGS, TABLE, 0, 1)
FIELD(CPU_VECTOR_FLAGS, RESERVED, 1, 28)
FIELD(CPU_VECTOR_FLAGS, RESUME, 31, 1)

FIELD(CPU_SLEEP_FLAGS, IRQ_MUX, 0, 1)

/* Run, wait, stop and suspend. */
#define CPU_NUM_SLEEP_MODES 4

#define CPU_NO_LM UINT32_MAX

struct ScmiImxCpu {
    ScmiResource parent_obj;
    uint32_t run_mode_at_reset;
    uint64_t reset_vector_at_reset;
    uint32_t lm;
    uint32_t run_mode;
    uint32_t sleep_mode;
    uint64_t reset_vector;
    uint64_t resume_vector;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiImxCpu, scmi_imx_cpu, SCMI_IMX_CPU,
                          SCMI_RESOURCE)

static const ScmiProtocol imx_cpu_protocol;

static ScmiStatus cpu_protocol_attributes(ScmiCall *call)
{
    scmi_put_u32(call, scmi_num_resources(call->platform, call->protocol));
    return SCMI_SUCCESS;
}

static ScmiStatus cpu_attributes(ScmiCall *call)
{
    scmi_put_u32(call, 0);
    scmi_put_text(call, call->resource->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static ScmiStatus cpu_start(ScmiCall *call)
{
    SCMI_IMX_CPU(call->resource)->run_mode = SCMI_IMX_CPU_RUN_MODE_START;
    return SCMI_SUCCESS;
}

static ScmiStatus cpu_stop(ScmiCall *call)
{
    SCMI_IMX_CPU(call->resource)->run_mode = SCMI_IMX_CPU_RUN_MODE_STOP;
    return SCMI_SUCCESS;
}

static ScmiStatus cpu_reset_vector_set(ScmiCall *call)
{
    ScmiImxCpu *cpu = SCMI_IMX_CPU(call->resource);
    uint32_t flags = call->payload[1];
    uint64_t vector = deposit64(call->payload[2], 32, 32, call->payload[3]);

    if (FIELD_EX32(flags, CPU_VECTOR_FLAGS, RESERVED)) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (FIELD_EX32(flags, CPU_VECTOR_FLAGS, RESUME)) {
        cpu->resume_vector = vector;
    }
    if (flags & ~R_CPU_VECTOR_FLAGS_RESUME_MASK &
        ~R_CPU_VECTOR_FLAGS_TABLE_MASK) {
        cpu->reset_vector = vector;
    }
    return SCMI_SUCCESS;
}

static ScmiStatus cpu_sleep_mode_set(ScmiCall *call)
{
    if (call->payload[1] & ~R_CPU_SLEEP_FLAGS_IRQ_MUX_MASK ||
        call->payload[2] >= CPU_NUM_SLEEP_MODES) {
        return SCMI_INVALID_PARAMETERS;
    }
    SCMI_IMX_CPU(call->resource)->sleep_mode = call->payload[2];
    return SCMI_SUCCESS;
}

static ScmiStatus cpu_info_get(ScmiCall *call)
{
    const ScmiImxCpu *cpu = SCMI_IMX_CPU(call->resource);

    scmi_put_u32(call, cpu->run_mode);
    scmi_put_u32(call, cpu->sleep_mode);
    scmi_put_u64(call, cpu->reset_vector);
    return SCMI_SUCCESS;
}

static const ScmiMessage cpu_messages[] = {
    { CPU_ATTRIBUTES, "attributes", .min = 4, .domain = 0,
      .handler = cpu_attributes },
    { CPU_START, "start", .min = 4, .domain = 0, .handler = cpu_start },
    { CPU_STOP, "stop", .min = 4, .domain = 0, .handler = cpu_stop },
    { CPU_RESET_VECTOR_SET, "reset_vector_set", .min = 16, .domain = 0,
      .handler = cpu_reset_vector_set },
    { CPU_SLEEP_MODE_SET, "sleep_mode_set", .min = 12, .domain = 0,
      .handler = cpu_sleep_mode_set },
    { CPU_INFO_GET, "info_get", .min = 4, .domain = 0,
      .handler = cpu_info_get },
};

/* What logical machines do */

static ScmiImxCpu *cpu_of(const ScmiPlatform *platform, uint32_t lm,
                          uint32_t id)
{
    ScmiImxCpu *cpu =
        SCMI_IMX_CPU(scmi_resource(platform, &imx_cpu_protocol, id));

    return cpu->lm == lm ? cpu : NULL;
}

void scmi_imx_cpus_follow(const ScmiPlatform *platform, uint32_t lm,
                          ScmiImxLmState state)
{
    static const ScmiImxCpuRunMode modes[] = {
        [SCMI_IMX_LM_STATE_OFF] = SCMI_IMX_CPU_RUN_MODE_STOP,
        [SCMI_IMX_LM_STATE_ON] = SCMI_IMX_CPU_RUN_MODE_START,
        [SCMI_IMX_LM_STATE_SUSPENDED] = SCMI_IMX_CPU_RUN_MODE_SLEEP,
        [SCMI_IMX_LM_STATE_POWERED] = SCMI_IMX_CPU_RUN_MODE_HOLD,
    };
    unsigned n = scmi_num_resources(platform, &imx_cpu_protocol);

    for (unsigned id = 0; id < n; id++) {
        ScmiImxCpu *cpu = cpu_of(platform, lm, id);

        if (cpu) {
            cpu->run_mode = modes[state];
        }
    }
}

ScmiStatus scmi_imx_cpu_set_reset_vector(const ScmiPlatform *platform,
                                         uint32_t lm, uint32_t id,
                                         uint64_t vector)
{
    ScmiImxCpu *cpu = NULL;

    if (id < scmi_num_resources(platform, &imx_cpu_protocol)) {
        cpu = cpu_of(platform, lm, id);
    }
    if (!cpu) {
        return SCMI_NOT_FOUND;
    }
    cpu->reset_vector = vector;
    return SCMI_SUCCESS;
}

/* Making them */

static bool cpu_find_lm(const ScmiPlatformConfig *config, const char *name,
                        uint32_t *lm, Error **errp)
{
    const ScmiImxLmConfigList *l = config->imx_lms;

    for (*lm = 0; l; l = l->next, (*lm)++) {
        if (!strcmp(l->value->name, name)) {
            return true;
        }
    }
    error_setg(errp, "lm: no machine is named '%s'", name);
    return false;
}

static bool cpu_add(ScmiPlatform *platform, const ScmiPlatformConfig *all,
                    const ScmiImxCpuConfig *config, Error **errp)
{
    uint32_t lm = CPU_NO_LM;
    ScmiImxCpu *cpu;

    if (config->lm && !cpu_find_lm(all, config->lm, &lm, errp)) {
        return false;
    }
    cpu = SCMI_IMX_CPU(object_new(TYPE_SCMI_IMX_CPU));
    cpu->lm = lm;
    cpu->run_mode_at_reset = config->has_run_mode
                             ? config->run_mode : SCMI_IMX_CPU_RUN_MODE_STOP;
    cpu->reset_vector_at_reset = config->has_reset_vector
                                 ? config->reset_vector : 0;
    cpu->run_mode = cpu->run_mode_at_reset;
    cpu->reset_vector = cpu->reset_vector_at_reset;
    return scmi_platform_add(platform, &imx_cpu_protocol, SCMI_RESOURCE(cpu),
                             config->name, errp);
}

static bool cpu_populate(ScmiPlatform *platform,
                         const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiImxCpuConfigList *l = config->imx_cpus;

    if (!scmi_check_count("imx-cpus", QAPI_LIST_LENGTH(l), SCMI_MAX_DOMAINS,
                          errp)) {
        return false;
    }
    for (unsigned id = 0; l; l = l->next, id++) {
        if (!cpu_add(platform, config, l->value, errp)) {
            error_prepend(errp, "imx-cpus[%u].", id);
            return false;
        }
    }
    return true;
}

static const ScmiProtocol imx_cpu_protocol = {
    .id = SCMI_PROTOCOL_IMX_CPU,
    .name = "imx-cpu",
    .version = 0x10000,
    .populate = cpu_populate,
    .attributes = cpu_protocol_attributes,
    .messages = cpu_messages,
    .num_messages = ARRAY_SIZE(cpu_messages),
};

SCMI_PROTOCOL_REGISTER(imx_cpu_protocol)

static int cpu_post_load(void *opaque, int version_id)
{
    const ScmiImxCpu *cpu = opaque;

    return cpu->run_mode < SCMI_IMX_CPU_RUN_MODE__MAX &&
           cpu->sleep_mode < CPU_NUM_SLEEP_MODES ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_imx_cpu = {
    .name = TYPE_SCMI_IMX_CPU,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = cpu_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(run_mode, ScmiImxCpu),
        VMSTATE_UINT32(sleep_mode, ScmiImxCpu),
        VMSTATE_UINT64(reset_vector, ScmiImxCpu),
        VMSTATE_UINT64(resume_vector, ScmiImxCpu),
        VMSTATE_END_OF_LIST()
    },
};

static int cpu_get_run_mode(Object *obj, Error **errp)
{
    return SCMI_IMX_CPU(obj)->run_mode;
}

static void cpu_set_run_mode(Object *obj, int value, Error **errp)
{
    SCMI_IMX_CPU(obj)->run_mode = value;
}

static void cpu_reset_hold(Object *obj, ResetType type)
{
    ScmiImxCpu *cpu = SCMI_IMX_CPU(obj);

    cpu->run_mode = cpu->run_mode_at_reset;
    cpu->sleep_mode = 0;
    cpu->reset_vector = cpu->reset_vector_at_reset;
    cpu->resume_vector = 0;
}

static void scmi_imx_cpu_init(Object *obj)
{
    ScmiImxCpu *cpu = SCMI_IMX_CPU(obj);

    object_property_add_uint32_ptr(obj, "sleep-mode", &cpu->sleep_mode,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "reset-vector", &cpu->reset_vector,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "resume-vector", &cpu->resume_vector,
                                   OBJ_PROP_FLAG_READ);
}

static void scmi_imx_cpu_finalize(Object *obj)
{
}

static void scmi_imx_cpu_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_imx_cpu;
    rc->phases.hold = cpu_reset_hold;
    object_class_property_add_enum(oc, "run-mode", "ScmiImxCpuRunMode",
                                   &ScmiImxCpuRunMode_lookup,
                                   cpu_get_run_mode, cpu_set_run_mode);
}
