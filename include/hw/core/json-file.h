/*
 * Configuration in a JSON file, to be read by a QAPI visitor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_CORE_JSON_FILE_H
#define HW_CORE_JSON_FILE_H

#include "qapi/visitor.h"

/**
 * json_file_visitor_new: an input visitor for what a JSON file says
 * @file: may be a pipe; at most 64 MiB, as QEMU's parser takes them
 *
 * Returns NULL if it cannot be read or is no JSON text; @errp then says why,
 * without the name of the file. The caller frees it with visit_free().
 */
Visitor *json_file_visitor_new(const char *file, Error **errp);

#endif
