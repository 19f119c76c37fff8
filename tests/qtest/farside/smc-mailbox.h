/*
 * The SMC mailbox of the farside machine, for qtests: its agent and its peer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FARSIDE_SMC_MAILBOX_H
#define FARSIDE_SMC_MAILBOX_H

#include "hw/smccc/mailbox.h"
#include "smc-qemu.h"

#define MAILBOX_MACHINE "-M farside,smccc-mailbox=fw"

/* What the machine makes of the channels. */
enum { PEER, LOOPBACK, SCMI, NUM_CHANNELS };

/* The offset of a word of the message in a channel's page. */
#define MAILBOX_WORD(i) (SMC_MAILBOX_MESSAGE + 4 * (i))

/* A machine, and the test's end of its mailbox, or -1. */
typedef struct Mailbox {
    SmcQemu *qemu;
    int peer;
} Mailbox;

Mailbox mailbox_start(void);
void mailbox_finish(Mailbox *f);

/*
 * The arguments of such a machine, and the test's end; once a QEMU has been
 * started with them, the other end is to be closed: it is QEMU's alone.
 */
char *mailbox_args(int *peer);
void mailbox_close_inherited(const char *args);

/* The agent's side: the call, words of a channel's page, one word to send. */
uint64_t mailbox_call(Mailbox *f, uint64_t channel);
uint32_t mailbox_read(Mailbox *f, unsigned channel, unsigned offset);
void mailbox_write(Mailbox *f, unsigned channel, unsigned offset,
                   uint32_t value);
void mailbox_ask(Mailbox *f, unsigned channel, uint32_t word);

void mailbox_expect_status(Mailbox *f, unsigned channel, uint32_t status);
void mailbox_expect_answer(Mailbox *f, unsigned channel, uint32_t length,
                           uint32_t word);
void mailbox_expect_error(Mailbox *f, unsigned channel, uint32_t error);

/* Whether channel PEER raised its interrupt since this was last asked. */
bool mailbox_interrupted(Mailbox *f);
/* Wait until channel PEER is not busy. */
void mailbox_wait(Mailbox *f);

/*
 * The peer's side: the number of the next request, which has to be this word,
 * and an answer.
 */
uint32_t mailbox_receive(Mailbox *f, uint32_t word);
void mailbox_send(Mailbox *f, uint32_t length, uint32_t channel,
                  uint32_t request, uint32_t word);

#endif
