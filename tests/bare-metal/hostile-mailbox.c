/*
 * A guest that does to the ASC mailbox what it must not
 *
 * Each attack reports how many of its steps had an outcome that is not
 * defined, which has to be 0; after each the co-processor is stopped and
 * started, and has to boot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "poke.h"

/* 1: the co-processor takes its time for each message. */
#ifndef SLOW
#define SLOW 0
#endif

/* Of a FIFO of the mailbox, and of the firmware's queue behind it. */
#define SLOTS 16
#define QUEUE 64
#define PINGS 200

/* Every width at every aligned offset, known registers or not */

static bool is_readable(unsigned long address)
{
    return address == A2I_CONTROL || address == I2A_CONTROL ||
           (address >= A2I_RECV && address < A2I_RECV + 0x10) ||
           (address >= I2A_RECV && address < I2A_RECV + 0x10) ||
           (IS_M3 && (address == IRQ_ENABLE || address == IRQ_ACK)) ||
           address == CPU_CONTROL || address == CPU_STATUS;
}

/* What is no register reads 0, as does the wrong width. */
static unsigned bad_reads(unsigned long base, unsigned long size)
{
    unsigned bad = 0;

    for (unsigned long address = base; address < base + size; address += 4) {
        bad += !is_readable(address) && REG(uint32_t, address) != 0;
        bad += REG(uint16_t, address) != 0;
        bad += REG(uint8_t, address) != 0;
    }
    return bad;
}

static void attack_registers(void)
{
    unsigned bad = 0;

    poke_region(MAILBOX, 0x900);
    poke_region(MAILBOX + 0x3f00, 0x100);
    poke_region(ASC, 0x100);
    poke_region(ASC + 0x3f00, 0x100);
    bad += bad_reads(MAILBOX, 0x900);
    bad += bad_reads(ASC, 0x100);
    report_attack("registers", bad);
}

/* The AP plays the co-processor: it reads A2I, and writes into I2A. */
static void attack_wrong_side(void)
{
    unsigned bad = 0;
    uint32_t endpoint;

    drain();
    bad += read64(A2I_RECV) != 0 || read64(A2I_RECV + 8) != 0;
    for (unsigned i = 0; i < 2 * SLOTS; i++) {
        write64(I2A_SEND, 0x1000 + i);
        write64(I2A_SEND + 8, 0x77);
    }
    bad += !(REG(uint32_t, I2A_CONTROL) & OVERFLOW);
    REG(uint32_t, I2A_CONTROL) = OVERFLOW;
    /* What the co-processor says meanwhile comes after it. */
    send(EP_MGMT, PING | 5);
    for (unsigned i = 0; i < SLOTS; i++) {
        bad += receive(&endpoint) != 0x1000 + i || endpoint != 0x77;
    }
    bad += receive(&endpoint) != (PONG | 5) || endpoint != EP_MGMT;
    report_attack("wrong_side", bad);
}

/* FIFOs */

static void attack_empty_fifo(void)
{
    unsigned bad = 0;
    uint32_t endpoint = ~0u;

    drain();
    bad += receive(&endpoint) != 0 || endpoint != 0;
    bad += !(REG(uint32_t, I2A_CONTROL) & UNDERFLOW);
    REG(uint32_t, I2A_CONTROL) = UNDERFLOW;
    bad += (REG(uint32_t, I2A_CONTROL) & (UNDERFLOW | EMPTY)) != EMPTY;
    report_attack("empty_fifo", bad);
}

/* With a slow co-processor (property latency-ns) the last one is too much. */
static void attack_full_fifo(void)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        send_now(EP_MGMT, PING | i);
    }
    report("full", REG(uint32_t, A2I_CONTROL) & (FULL | OVERFLOW));
    send_now(EP_MGMT, PING | SLOTS);
    report("overflow", REG(uint32_t, A2I_CONTROL) & (FULL | OVERFLOW));
    REG(uint32_t, A2I_CONTROL) = OVERFLOW;
    report("overflow_cleared", REG(uint32_t, A2I_CONTROL) & OVERFLOW);
    for (unsigned i = 0; i < SLOTS; i++) {
        report("pong", wait_for(EP_MGMT));
    }
    report_attack("full_fifo", 0);
}

/* Nobody takes the replies: mailbox and queue fill, in order, the rest goes. */
static void attack_deaf(void)
{
    unsigned bad = 0;
    uint32_t endpoint;
    uint64_t message;

    drain();
    for (unsigned i = 0; i < PINGS; i++) {
        send(EP_MGMT, PING | i);
    }
    for (unsigned i = 0; i < SLOTS + QUEUE; i++) {
        bad += !wait_message(&endpoint, &message) || endpoint != EP_MGMT ||
               message != (PONG | i);
    }
    bad += drain() != 0;
    report_attack("deaf", bad);
}

void guest_secondary(void)
{
}

void guest_main(void)
{
    report("boot", boot());
    report("keys", read_key_count());
    if (SLOW) {
        attack_full_fifo();
    } else {
        attack_registers();
        attack_wrong_side();
        attack_empty_fifo();
        attack_deaf();
    }
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}
