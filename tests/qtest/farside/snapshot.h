/*
 * Snapshots of a machine in an image of their own, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FARSIDE_SNAPSHOT_H
#define FARSIDE_SNAPSHOT_H

#include "tests/qtest/libqtest.h"

/* Give the machine an image; the caller removes the file, frees its name. */
char *snapshot_attach(QTestState *qts);

void snapshot_save(QTestState *qts);

/* Back to what was saved; false if QEMU refuses. */
bool snapshot_load(QTestState *qts);

/* An empty file; the caller removes it, frees its name. */
char *temporary_file(void);

#endif
