/*
 * What fault rules do besides messages: interrupts, properties, memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "qom/qom-qobject.h"
#include "effect.h"
#include "engine.h"
#include "exec/address-spaces.h"
#include "hw/fault/lines.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "hw/sysbus.h"
#include "system/dma.h"

#define DEFAULT_INTERVAL 1000

/* Interrupt lines that pass a port */

/**
 * FaultLine: a line that was parted
 * @port: of the device
 * @out: where it led to
 *
 * It stays until QEMU ends: a device keeps its lines for so long.
 */
typedef struct FaultLine {
    FaultPort port;
    DeviceState *dev;
    unsigned number;
    qemu_irq out;
    QTAILQ_ENTRY(FaultLine) next;
} FaultLine;

static QTAILQ_HEAD(, FaultLine) lines = QTAILQ_HEAD_INITIALIZER(lines);

static bool line_deliver(void *opaque, FaultMessage *m)
{
    FaultLine *line = opaque;

    if (m->length < sizeof(uint32_t)) {
        return false;
    }
    qemu_set_irq(line->out, ldl_le_p(m->bytes));
    return true;
}

static const FaultPortOps line_ops = {
    .sites = 1u << FAULT_SITE_IRQ,
    .deliver = line_deliver,
};

static void line_set(void *opaque, int n, int level)
{
    FaultLine *line = opaque;
    uint32_t bytes = cpu_to_le32(level);
    FaultMessage m;

    if (!fault_watched) {
        qemu_set_irq(line->out, level);
        return;
    }
    fault_message_init(&m, FAULT_SITE_IRQ, &bytes, sizeof(bytes));
    fault_pass(&line->port, &m);
}

static FaultLine *line_find(const DeviceState *dev, unsigned number)
{
    FaultLine *line;

    QTAILQ_FOREACH(line, &lines, next) {
        if (line->dev == dev && line->number == number) {
            return line;
        }
    }
    return NULL;
}

static DeviceState *device_with_line(Object *obj, unsigned number,
                                     Error **errp)
{
    DeviceState *dev;

    dev = (DeviceState *)object_dynamic_cast(obj, TYPE_SYS_BUS_DEVICE);
    if (!dev || !sysbus_has_irq(SYS_BUS_DEVICE(dev), number)) {
        error_setg(errp, "line: the device has no interrupt line %u", number);
        return NULL;
    }
    if (!sysbus_get_connected_irq(SYS_BUS_DEVICE(dev), number)) {
        error_setg(errp, "line: nothing is connected to interrupt line %u",
                   number);
        return NULL;
    }
    return dev;
}

static FaultLine *line_part(DeviceState *dev, unsigned number)
{
    FaultLine *line = g_new0(FaultLine, 1);

    line->dev = dev;
    line->number = number;
    line->out = qdev_intercept_gpio_out(dev,
                                        qemu_allocate_irq(line_set, line, 0),
                                        SYSBUS_DEVICE_GPIO_IRQ, number);
    QTAILQ_INSERT_TAIL(&lines, line, next);
    fault_port_init(&line->port, OBJECT(dev), &line_ops, line);
    fault_fields_set(&line->port.fields, FAULT_FIELD_LINE, number);
    return line;
}

FaultPort *fault_effect_line_port(Object *device, unsigned number,
                                  Error **errp)
{
    DeviceState *dev = device_with_line(device, number, errp);
    FaultLine *line = dev ? line_find(dev, number) : NULL;

    if (dev && !line) {
        line = line_part(dev, number);
    }
    return line ? &line->port : NULL;
}

bool fault_effect_watch_line(Object *device, const FaultFields *wanted,
                             Error **errp)
{
    if (!device || !(wanted->present & (1u << FAULT_FIELD_LINE))) {
        error_setg(errp, "match: site 'irq' needs 'device' and 'line'");
        return false;
    }
    return fault_effect_line_port(device, wanted->value[FAULT_FIELD_LINE],
                                  errp);
}

/* Interrupts that a rule makes */

static Object *find_object(const char *path, Error **errp)
{
    Object *obj = object_resolve_path(path, NULL);

    if (!obj) {
        error_setg(errp, "path: '%s' is the path of no object, or of more "
                   "than one", path);
    }
    return obj;
}

static bool check_property(Object *obj, const char *name, Error **errp)
{
    const ObjectProperty *prop = object_property_find(obj, name);

    if (!prop) {
        error_setg(errp, "property: there is no '%s'", name);
    } else if (!prop->set) {
        error_setg(errp, "property: '%s' cannot be written", name);
    }
    return prop && prop->set;
}

bool fault_effect_check(const FaultRule *rule, Error **errp)
{
    Object *obj;

    if (rule->action == FAULT_ACTION_INTERRUPT) {
        obj = find_object(rule->u.interrupt.path, errp);
        return obj && device_with_line(obj, rule->u.interrupt.line, errp);
    }
    obj = find_object(rule->u.set_property.path, errp);
    return obj && check_property(obj, rule->u.set_property.property, errp);
}

/* Beyond a parted line's port: what a rule does is no message. */
static qemu_irq line_of(const FaultArmed *armed)
{
    const FaultInterrupt *arg = &armed->rule->u.interrupt;
    Object *obj = object_resolve_path(arg->path, NULL);
    FaultLine *line;

    if (!obj || !device_with_line(obj, arg->line, NULL)) {
        return NULL;
    }
    line = line_find(DEVICE(obj), arg->line);
    return line ? line->out
                : sysbus_get_connected_irq(SYS_BUS_DEVICE(obj), arg->line);
}

/* Only the device knows: there is no asking a line for its level. */
static bool level_of(const FaultInterrupt *arg)
{
    Object *obj = object_resolve_path(arg->path, NULL);
    FaultLinesClass *lines;

    if (!obj || !object_dynamic_cast(obj, TYPE_FAULT_LINES)) {
        return false;
    }
    lines = FAULT_LINES_GET_CLASS(obj);
    return lines->level(obj, arg->line);
}

static bool is_raised(qemu_irq line)
{
    const FaultArmed *armed;

    QTAILQ_FOREACH(armed, &fault_engine()->rules, next) {
        if (armed->raised && line_of(armed) == line) {
            return true;
        }
    }
    return false;
}

/* Another rule that raises the line is not over. */
void fault_effect_settle(FaultArmed *armed)
{
    qemu_irq line = line_of(armed);

    armed->raised = false;
    qemu_set_irq(line, level_of(&armed->rule->u.interrupt) || is_raised(line));
}

/*
 * A pulse takes time, so that it is seen by who looks at levels: the line is
 * up for half of the interval.
 */
void fault_effect_pulse(FaultArmed *armed)
{
    const FaultInterrupt *arg = &armed->rule->u.interrupt;
    uint64_t interval = arg->has_interval ? arg->interval : DEFAULT_INTERVAL;
    uint64_t width = (interval + 1) / 2;

    armed->next_pulse = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    if (armed->raised) {
        fault_effect_settle(armed);
        armed->pulses--;
        armed->next_pulse += interval - width;
    } else {
        armed->raised = true;
        qemu_irq_raise(line_of(armed));
        armed->next_pulse += width;
    }
}

void fault_effect_interrupt(FaultArmed *armed)
{
    const FaultInterrupt *arg = &armed->rule->u.interrupt;

    armed->pulses = arg->has_pulses ? arg->pulses : 1;
    if (armed->pulses && !armed->raised) {
        fault_effect_pulse(armed);
    } else if (!armed->pulses) {
        armed->raised = true;
        qemu_irq_raise(line_of(armed));
    }
}

/* Properties and memory */

bool fault_effect_set_property(const FaultSetProperty *arg)
{
    Object *obj = object_resolve_path(arg->path, NULL);

    return obj && object_property_set_qobject(obj, arg->property, arg->value,
                                              NULL);
}

bool fault_effect_write_memory(const FaultArmed *armed)
{
    return dma_memory_write(&address_space_memory,
                            armed->rule->u.write_memory.address, armed->bytes,
                            armed->num_bytes,
                            MEMTXATTRS_UNSPECIFIED) == MEMTX_OK;
}
