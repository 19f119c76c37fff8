/*
 * A QEMU under qtest whose SMC/HVC conduit can be called
 *
 * libqtest keeps its socket to itself and offers no way to send a command
 * that it does not know, such as the conduit's "smc". This speaks the qtest
 * protocol over a socket of its own, as far as these tests need it, and QMP
 * with libqmp.
 *
 * Whatever does not answer as it should ends the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FARSIDE_SMC_QEMU_H
#define FARSIDE_SMC_QEMU_H

#include "qobject/qdict.h"

#define SMC_NUM_RESULTS 4

typedef struct SmcQemu SmcQemu;

/* Start QEMU with these arguments, as a shell would split them. */
SmcQemu *smc_qemu_start(const char *args);
void smc_qemu_quit(SmcQemu *qemu);

/**
 * smc_qemu_fail: start QEMU with arguments that it must refuse
 *
 * It has to end with status 1. Returns what it wrote to stderr; the caller
 * frees it.
 */
char *smc_qemu_fail(const char *args);

/* A call of an AArch64 or AArch32 caller: x0 and on in, x0..x3 out. */
void smc_qemu_call(SmcQemu *qemu, bool aarch64, const uint64_t *args,
                   unsigned n, uint64_t results[SMC_NUM_RESULTS]);

/* Words of physical memory. */
uint32_t smc_qemu_read(SmcQemu *qemu, uint64_t addr);
void smc_qemu_write(SmcQemu *qemu, uint64_t addr, uint32_t value);

/* Run a QMP command, which has to succeed; the caller unrefs its response. */
QDict *smc_qemu_qmp(SmcQemu *qemu, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* The same, for a command whose response says nothing. */
void smc_qemu_do(SmcQemu *qemu, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Wait for an event; with @status, for one whose data has that status. */
void smc_qemu_event(SmcQemu *qemu, const char *name, const char *status);

void smc_qemu_reset(SmcQemu *qemu);

/* Let the virtual clock go on by @ns. */
void smc_qemu_clock_step(SmcQemu *qemu, int64_t ns);

/* Save the machine and end its QEMU. The caller removes the file, frees it. */
char *smc_qemu_save(SmcQemu *from);

/* Move the machine to a new QEMU with these arguments, through a file. */
SmcQemu *smc_qemu_migrate(SmcQemu *from, const char *args);

#endif
