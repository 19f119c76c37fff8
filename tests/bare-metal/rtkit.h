/*
 * The application processor's side of a mailbox with RTKit behind it
 *
 * Inline functions for the bare-metal guests that talk to -M farside's SMC.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_BARE_METAL_RTKIT_H
#define TESTS_BARE_METAL_RTKIT_H

#include "guest.h"

/* As hw/arm/farside.c places them. */
#define SMC     0x0b100000ul
#define MAILBOX 0x0b108000ul

/* volatile: they are registers */
#define REG(word_t, address) (*(volatile word_t *)(address))

#define CPU_CONTROL (SMC + 0x44)
#define CPU_STATUS  (SMC + 0x48)
#define CPU_RUN     0x10u

/* The mailbox's variant, option asc-mailbox: 4 is v4, 8015 t8015, 3 m3. */
#ifndef VARIANT
#define VARIANT 4
#endif

#define IS_M3 (VARIANT == 3)
#define A2I_CONTROL (MAILBOX + (IS_M3 ? 0x50 : VARIANT == 4 ? 0x110 : 0x108))
#define I2A_CONTROL (MAILBOX + (IS_M3 ? 0x80 : VARIANT == 4 ? 0x114 : 0x10c))
#define A2I_SEND    (MAILBOX + (IS_M3 ? 0x60 : 0x800))
#define I2A_SEND    (MAILBOX + (IS_M3 ? 0x90 : 0x820))
#define A2I_RECV    (A2I_SEND + 0x10)
#define I2A_RECV    (I2A_SEND + 0x10)
/* The M3's only */
#define IRQ_ENABLE  (MAILBOX + 0x48)
#define IRQ_ACK     (MAILBOX + 0x4c)
#define FULL      (1u << 16)
#define EMPTY     (1u << 17)
#define OVERFLOW  (1u << 18)
#define UNDERFLOW (1u << 19)

#define EP_MGMT 0x00
#define EP_CRASHLOG 0x01
#define EP_SMC  0x20

#define MGMT(type)   ((uint64_t)(type) << 52)
#define PING         MGMT(3)
#define PONG         MGMT(4)
#define START_EP(ep) (MGMT(5) | (uint64_t)(ep) << 32 | 2)
#define WAKE         (MGMT(6) | 0x220)
#define IOP_ACK      7
#define AP_ON        (MGMT(0xb) | 0x20)

/* The page in which the SMC takes and leaves what does not fit a message. */
#define KEY_BUFFER 0x0b220000ul

#define SMC_READ         0x10
#define SMC_WRITE        0x11
#define SMC_INITIALIZE   0x17
#define SMC_NOTIFICATION 0x18
#define SMC_RW           0x20
#define KEY(a, b, c, d) \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

/* More than the mailbox and the firmware's queue hold: nothing gets lost. */
#define DRAIN_MAX 256
#define WAIT_MAX  100000000

/* The mailbox */

static inline uint64_t read64(unsigned long address)
{
    uint32_t low;

    if (sizeof(long) == sizeof(uint64_t)) {
        return REG(uint64_t, address);
    }
    low = REG(uint32_t, address);
    return low | (uint64_t)REG(uint32_t, address + 4) << 32;
}

static inline void write64(unsigned long address, uint64_t value)
{
    if (sizeof(long) == sizeof(uint64_t)) {
        REG(uint64_t, address) = value;
    } else {
        REG(uint32_t, address) = value;
        REG(uint32_t, address + 4) = value >> 32;
    }
}

static inline void send_now(uint32_t endpoint, uint64_t message)
{
    write64(A2I_SEND, message);
    write64(A2I_SEND + 8, endpoint);
}

static inline void send(uint32_t endpoint, uint64_t message)
{
    while (REG(uint32_t, A2I_CONTROL) & FULL) {
        continue;
    }
    send_now(endpoint, message);
}

static inline bool pending(void)
{
    return !(REG(uint32_t, I2A_CONTROL) & EMPTY);
}

static inline uint64_t receive(uint32_t *endpoint)
{
    uint64_t message = read64(I2A_RECV);

    *endpoint = read64(I2A_RECV + 8);
    return message;
}

/* The next message; false, after a long while, if there is none. */
static inline bool wait_message(uint32_t *endpoint, uint64_t *message)
{
    for (unsigned i = 0; i < WAIT_MAX; i++) {
        if (pending()) {
            *message = receive(endpoint);
            return true;
        }
    }
    return false;
}

/* The next message of @endpoint, with others thrown away; 0 if none comes. */
static inline uint64_t wait_for(uint32_t endpoint)
{
    uint64_t message;
    uint32_t from;

    while (wait_message(&from, &message)) {
        if (from == endpoint) {
            return message;
        }
    }
    return 0;
}

static inline unsigned drain(void)
{
    unsigned count = 0;
    uint32_t endpoint;

    while (pending() && count <= DRAIN_MAX) {
        receive(&endpoint);
        count++;
    }
    return count;
}

/* Booting, as Linux does */

static inline void restart(void)
{
    while (!(REG(uint32_t, A2I_CONTROL) & EMPTY)) {
        continue;
    }
    REG(uint32_t, CPU_CONTROL) = 0;
    drain();
    REG(uint32_t, CPU_CONTROL) = CPU_RUN;
}

/* From HELLO on; returns how many steps did not go as they have to. */
static inline unsigned boot_from_hello(void)
{
    static const uint8_t endpoints[] = { 1, 2, 3, 4, 8 };
    unsigned bad = 0;

    bad += wait_for(EP_MGMT) != 0x00100000000c000bull;
    send(EP_MGMT, 0x00200000000c000cull);
    bad += wait_for(EP_MGMT) != 0x008000000000011full;
    send(EP_MGMT, 0x0080000000000001ull);
    bad += wait_for(EP_MGMT) != 0x0088000100000001ull;
    send(EP_MGMT, 0x0088000100000000ull);
    for (unsigned i = 0; i < sizeof(endpoints); i++) {
        send(EP_MGMT, START_EP(endpoints[i]));
    }
    bad += wait_for(EP_MGMT) != (MGMT(IOP_ACK) | 0x20);
    send(EP_MGMT, AP_ON);
    bad += wait_for(EP_MGMT) != AP_ON;
    send(EP_MGMT, START_EP(EP_SMC));
    send(EP_SMC, SMC_INITIALIZE);
    bad += wait_for(EP_SMC) != KEY_BUFFER;
    return bad;
}

static inline unsigned boot(void)
{
    restart();
    return boot_from_hello();
}

/* READ_KEY of the number of keys; a whole reply, as it has to be. */
static inline uint64_t read_key_count(void)
{
    send(EP_SMC, (uint64_t)KEY('#', 'K', 'E', 'Y') << 32 | 4 << 16 |
                 5 << 12 | SMC_READ);
    return wait_for(EP_SMC);
}

static inline void report_attack(const char *name, unsigned bad)
{
    report(name, bad);
    report("boot_after", boot());
    report("keys_after", read_key_count());
}

#endif
