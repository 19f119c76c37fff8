/*
 * Configuration in a JSON file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_CORE_JSON_FILE_H
#define HW_CORE_JSON_FILE_H

#include "qobject/qobject.h"

/**
 * json_file_read: what a JSON file says
 * @file: may be a pipe; at most 64 MiB, as QEMU's parser takes them
 *
 * Returns NULL if it cannot be read or is no JSON text; @errp then says why,
 * without the name of the file. The caller unrefs it.
 */
QObject *json_file_read(const char *file, Error **errp);

#endif
