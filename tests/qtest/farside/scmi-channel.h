/*
 * SCMI over shared memory and an MHU, for qtests
 *
 * A farside machine whose only agent sits behind a mailbox, with one power
 * domain. The three versions of the MHU differ in where the registers are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FARSIDE_SCMI_CHANNEL_H
#define FARSIDE_SCMI_CHANNEL_H

#include "tests/qtest/libqtest.h"

#define CHANNEL_FREE 1
#define CHANNEL_FREE_ERROR 3

/* The doorbells: commands, events, commands of a protocol. */
enum { A2P, P2A, OWN_A2P };

/**
 * Mhu: one version
 * @name: as the platform's configuration has it
 * @send, @receive: paths of the controllers of the two directions
 * @set, @send_stat, @stat, @clear: registers of doorbells 0-31: what the agent
 *                                  sends, then what it receives
 * @commands, @events: shared memory
 * @enable, @enable_value: register that lets the interrupt through, if any
 */
typedef struct Mhu {
    const char *name;
    const char *send;
    const char *receive;
    uint64_t set;
    uint64_t send_stat;
    uint64_t stat;
    uint64_t clear;
    uint64_t commands;
    uint64_t events;
    uint64_t enable;
    uint32_t enable_value;
} Mhu;

/* In the order of the versions; the last one is MHU 2.0. */
extern const Mhu mhus[4];

/* The arguments of a machine with this MHU; the caller frees them. */
char *channel_machine(const Mhu *mhu);

/* The same, and the power protocol has the channel of doorbell OWN_A2P. */
char *own_channel_machine(const Mhu *mhu);
uint64_t own_channel(const Mhu *mhu);

/* A word of shared memory. */
uint32_t shmem_read(QTestState *qts, uint64_t shmem, uint32_t offset);
void shmem_write(QTestState *qts, uint64_t shmem, uint32_t offset,
                 uint32_t value);

/* Lay a command of @n words into the channel, without ringing. */
void channel_put(QTestState *qts, const Mhu *mhu, uint32_t flags,
                 uint32_t header, const uint32_t *words, unsigned n);

/* The message in an area: its status, header and words. */
void shmem_expect(QTestState *qts, uint64_t shmem, uint32_t status,
                  uint32_t header, const uint32_t *words, unsigned n);

/* What an area holds after reset. */
void shmem_expect_idle(QTestState *qts, uint64_t shmem);

/* Run a command, polled, which succeeds with no more than its status. */
void channel_run(QTestState *qts, const Mhu *mhu, uint32_t header,
                 const uint32_t *words, unsigned n);

/* The Base protocol's version, asked for with token 5. */
#define ASK_VERSION 0x00004000
#define TOKEN_5 (5 << 18)
#define VERSION 0x20001

/* Ask for it. */
void channel_ask(QTestState *qts, const Mhu *mhu);
/* It has been answered. */
void channel_expect_answer(QTestState *qts, const Mhu *mhu);
/* The command is as it was, and the channel the platform's. */
void channel_expect_nothing(QTestState *qts, const Mhu *mhu);

/* Whether any of the machine's own interrupts is pending in the GIC. */
bool spi_pending(QTestState *qts);

#endif
