/*
 * Bare-metal guest that times firmware calls
 *
 * Times PSCI_VERSION, which is as cheap as a call can be, and SCMI commands
 * through shared memory, in turns, so that whatever else the host does is
 * spread over all of them. Prints one line for each: TIME name picoseconds,
 * the best round's mean. The front door defines CONDUIT (smc or hvc), SHMEM
 * (address of the channel) and SCMI_CALL (function id of the doorbell).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRING(x) STRING_(x)
#define STRING_(x) #x

#define PSCI_VERSION 0x84000000u
#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u

#define UART 0x09000000ul /* PL011 of QEMU's virt machine */
#define UART_DR 0x00
#define UART_FR 0x18
#define UART_FR_TXFF (1u << 5)

/* The channel: DEN0056, "Shared memory area layout". */
#define CHANNEL_STATUS 0x04
#define CHANNEL_FREE 1u
#define CHANNEL_ERROR 2u
#define CHANNEL_FLAGS 0x10
#define CHANNEL_LENGTH 0x14
#define CHANNEL_HEADER 0x18
#define CHANNEL_PAYLOAD 0x1c

#define ROUNDS 20
#define CALLS 20000
#define MAX_PAYLOAD 2

typedef struct {
    const char *name;
    bool scmi;
    uint32_t header; /* message id, and protocol id from bit 10 up */
    uint32_t words;
    uint32_t payload[MAX_PAYLOAD];
} Call;

#define SCMI(protocol, message) ((protocol) << 10 | (message))

static const Call calls[] = {
    { .name = "PSCI_VERSION" },
    { .name = "BASE_PROTOCOL_VERSION", .scmi = true,
      .header = SCMI(0x10, 0) },
    { .name = "POWER_STATE_GET", .scmi = true, .header = SCMI(0x11, 5),
      .words = 1 },
    { .name = "CLOCK_RATE_GET", .scmi = true, .header = SCMI(0x14, 6),
      .words = 1 },
    { .name = "CLOCK_RATE_SET", .scmi = true, .header = SCMI(0x14, 5),
      .words = 2 },
    { .name = "SENSOR_READING_GET", .scmi = true, .header = SCMI(0x15, 6),
      .words = 2 },
};

#define NUM_CALLS (sizeof(calls) / sizeof(calls[0]))

static uint64_t firmware(uint32_t function)
{
    register uint64_t x0 asm("x0") = function;

    asm volatile(STRING(CONDUIT) " #0"
                 : "+r"(x0)
                 :
                 : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
                   "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                   "memory");
    return x0;
}

static uint64_t counter(void)
{
    uint64_t value;

    asm volatile("isb; mrs %0, cntvct_el0" : "=r"(value) : : "memory");
    return value;
}

static uint64_t frequency(void)
{
    uint64_t value;

    asm volatile("mrs %0, cntfrq_el0" : "=r"(value));
    return value;
}

static volatile uint32_t *word(uint64_t base, uint32_t offset)
{
    return (volatile uint32_t *)(base + offset);
}

static void put(char c)
{
    while (*word(UART, UART_FR) & UART_FR_TXFF) {
        continue;
    }
    *word(UART, UART_DR) = c;
}

static void print(const char *text)
{
    while (*text) {
        put(*text++);
    }
}

static void print_number(uint64_t value)
{
    char digits[21];
    char *p = digits + sizeof(digits) - 1;

    *p = '\0';
    do {
        *--p = '0' + value % 10;
        value /= 10;
    } while (value);
    print(p);
}

/* Issue one call; false if the platform did not take it. */
static bool issue(const Call *call)
{
    if (!call->scmi) {
        return firmware(PSCI_VERSION) != UINT32_MAX;
    }
    *word(SHMEM, CHANNEL_STATUS) = 0;
    *word(SHMEM, CHANNEL_FLAGS) = 0;
    *word(SHMEM, CHANNEL_LENGTH) = sizeof(uint32_t) * (1 + call->words);
    *word(SHMEM, CHANNEL_HEADER) = call->header;
    for (uint32_t i = 0; i < call->words; i++) {
        *word(SHMEM, CHANNEL_PAYLOAD + sizeof(uint32_t) * i) =
            call->payload[i];
    }
    return firmware(SCMI_CALL) == 0 &&
           *word(SHMEM, CHANNEL_STATUS) == CHANNEL_FREE;
}

/* The mean cost of a call over one round, in counter ticks times CALLS. */
static uint64_t one_round(const Call *call)
{
    uint64_t start = counter();

    for (int i = 0; i < CALLS; i++) {
        issue(call);
    }
    return counter() - start;
}

/* Each call must succeed before its time means anything. */
static bool check(const Call *call)
{
    bool good = issue(call);

    if (good && call->scmi) {
        good = *word(SHMEM, CHANNEL_PAYLOAD) == 0;
    }
    if (!good) {
        print("FAILED ");
        print(call->name);
        print("\n");
    }
    return good;
}

static void report(const Call *call, uint64_t ticks)
{
    print("TIME ");
    print(call->name);
    print(" ");
    /* Picoseconds; the counter's frequency divides 10^12 closely enough. */
    print_number(ticks * (1000000000000ul / frequency()) / CALLS);
    print("\n");
}

void main(void)
{
    uint64_t best[NUM_CALLS];

    for (size_t i = 0; i < NUM_CALLS; i++) {
        best[i] = UINT64_MAX;
        if (!check(&calls[i])) {
            firmware(PSCI_SYSTEM_RESET);
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < NUM_CALLS; i++) {
            uint64_t ticks = one_round(&calls[i]);

            best[i] = ticks < best[i] ? ticks : best[i];
        }
    }
    for (size_t i = 0; i < NUM_CALLS; i++) {
        report(&calls[i], best[i]);
    }
    firmware(PSCI_SYSTEM_OFF);
}
