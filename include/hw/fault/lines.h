/*
 * Interrupt lines that a device holds at a level
 *
 * A fault rule may raise and lower the line of a device behind its back. A
 * device whose lines are levels, not pulses, has this interface, so that a
 * line is afterwards as the device wants it to be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_LINES_H
#define HW_FAULT_LINES_H

#include "qom/object.h"

#define TYPE_FAULT_LINES "fault-lines"
typedef struct FaultLinesClass FaultLinesClass;
DECLARE_CLASS_CHECKERS(FaultLinesClass, FAULT_LINES, TYPE_FAULT_LINES)

/**
 * FaultLinesClass:
 * @level: of the device's interrupt line @line, an existing one, as it is
 *         without any rule
 *
 * Called with the BQL held.
 */
struct FaultLinesClass {
    InterfaceClass parent_class;

    bool (*level)(Object *device, unsigned line);
};

#endif
