/*
 * The fault engine of a QEMU with a machine
 *
 * It is there from the machine's completion on if there is anything to watch,
 * so that either side of a migration has one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/notify.h"
#include "hw/fault/log.h"
#include "engine.h"
#include "port-internal.h"
#include "system/reset.h"
#include "system/system.h"

FaultEngine *fault_engine(void)
{
    static FaultEngine *engine;

    if (!engine) {
        engine = FAULT_ENGINE(object_new(TYPE_FAULT_ENGINE));
        object_property_add_child(object_get_root(), "faults",
                                  OBJECT(engine));
        qdev_realize(DEVICE(engine), NULL, &error_abort);
        qemu_register_resettable(OBJECT(engine));
    }
    return engine;
}

static void flush_log(Notifier *notifier, void *data)
{
    fault_log_flush(&fault_engine()->log);
}

bool fault_log_to_file(const char *path, Error **errp)
{
    static Notifier at_exit = { .notify = flush_log };
    FaultEngine *s = fault_engine();

    if (!fault_log_open(&s->log, path, errp)) {
        return false;
    }
    fault_engine_watch(s);
    qemu_add_exit_notifier(&at_exit);
    return true;
}

static void machine_done(Notifier *notifier, void *data)
{
    if (!QTAILQ_EMPTY(&fault_ports)) {
        fault_engine();
    }
}

static void fault_instance_register(void)
{
    static Notifier done = { .notify = machine_done };

    qemu_add_machine_init_done_notifier(&done);
}
type_init(fault_instance_register)
