/*
 * The interface of devices that hold interrupt lines at a level
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/fault/lines.h"
#include "qemu/module.h"

static const TypeInfo fault_lines_info = {
    .name = TYPE_FAULT_LINES,
    .parent = TYPE_INTERFACE,
    .class_size = sizeof(FaultLinesClass),
};

static void fault_lines_register_types(void)
{
    type_register_static(&fault_lines_info);
}
type_init(fault_lines_register_types)
