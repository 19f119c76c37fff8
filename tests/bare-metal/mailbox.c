/*
 * A guest that sends messages through the SMC mailbox
 *
 * One line for each step; who answers, and how well, is the host's choice:
 * see tests/boot/test_smc_mailbox.py. Between two messages of channel 0 it
 * waits for its line on the console, so that the host can prepare.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define UART ((volatile uint32_t *)0x09000000) /* volatile: registers */
#define UART_FLAGS (0x18 / 4)
#define UART_RECEIVE_EMPTY (1 << 4)

#define MAILBOX_FUNCTION 0x82000020ul
typedef volatile uint32_t Shared; /* volatile: QEMU reads and writes it */
#define PAGE(channel) ((Shared *)(0x0b020000ul + 0x1000ul * (channel)))
enum {
    STATUS = 0x00 / 4,
    ERROR = 0x04 / 4,
    LENGTH = 0x08 / 4,
    MESSAGE = 0x10 / 4,
};
enum { FREE, BUSY, FAILED };

/* The distributor of a GICv2 (the machine's default), SPI 181. */
#define GICD ((volatile uint32_t *)0x08000000) /* volatile: registers */
#define IRQ (32 + 181)
#define ISPENDR (0x200 / 4 + IRQ / 32)
#define ICPENDR (0x280 / 4 + IRQ / 32)
#define ICFGR (0xc00 / 4 + IRQ / 16)
#define PENDING (1u << IRQ % 32)
#define EDGE (2u << IRQ % 16 * 2)

enum { PEER, LOOPBACK, SCMI, CHANNELS };

static void put_message(unsigned channel, uint32_t first, unsigned words)
{
    for (unsigned i = 0; i < words; i++) {
        PAGE(channel)[MESSAGE + i] = first + i;
    }
    PAGE(channel)[LENGTH] = 4 * words;
}

static void send(unsigned channel)
{
    report("call", call(MAILBOX_FUNCTION, channel, 0, 0));
}

static void report_page(unsigned channel)
{
    report("status", PAGE(channel)[STATUS]);
    report("error", PAGE(channel)[STATUS] == FAILED ? PAGE(channel)[ERROR]
                                                    : 0);
    report("length", PAGE(channel)[LENGTH]);
    report("first", PAGE(channel)[MESSAGE]);
}

static void ask_peer(uint32_t first, unsigned words)
{
    GICD[ICPENDR] = PENDING;
    put_message(PEER, first, words);
    send(PEER);
    while (PAGE(PEER)[STATUS] == BUSY) {
        __asm__ volatile("yield" : : : "memory");
    }
    report_page(PEER);
    report("interrupt", !!(GICD[ISPENDR] & PENDING));
}

/* The next character that the host typed. */
static char get_char(void)
{
    while (UART[UART_FLAGS] & UART_RECEIVE_EMPTY) {
        __asm__ volatile("yield" : : : "memory");
    }
    return UART[0];
}

void guest_secondary(void)
{
}

void guest_main(void)
{
    uint32_t words = 1;

    GICD[ICFGR] |= EDGE;
    put_message(LOOPBACK, 0x11223344, 4);
    send(LOOPBACK);
    report_page(LOOPBACK);
    put_message(SCMI, SCMI_HEADER(0x10, 0), 1);
    send(SCMI);
    report_page(SCMI);
    report("version", PAGE(SCMI)[MESSAGE + 2]);
    send(CHANNELS);
    put_string("READY\n");
    /* 's': a message; 'l': the longest; whatever else: the end */
    for (char c = get_char(); c == 's' || c == 'l'; c = get_char()) {
        ask_peer(words << 8, c == 'l' ? 1020 : 2);
        words++;
        put_string("NEXT\n");
    }
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}
