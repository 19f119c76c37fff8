/*
 * Fault rules from a file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_FILE_H
#define HW_FAULT_FILE_H

/**
 * fault_file_add: arm the rules of @file, a FaultRules of qapi/fault.json
 *
 * Called with the BQL held, when the devices that the rules are about are
 * there. If a rule is wrong, none is added; the error names file and member.
 */
bool fault_file_add(const char *file, Error **errp);

#endif
