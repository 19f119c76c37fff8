/*
 * A guest that does to the SCMI channel what it must not
 *
 * Each attack reports how many of its calls were answered in a way that is
 * not defined, which has to be 0, and what else tests/boot/test_hostile.py
 * wants to know. Numbers come from a fixed seed: each run is the same, but for
 * the race between two vCPUs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define SHMEM_WORDS 1024
#define SHMEM_BYTES (4 * SHMEM_WORDS)
#define SHMEM_MAX_LENGTH (SHMEM_BYTES - 4 * SHMEM_HEADER)

#define CHANNEL_FREE 1
#define CHANNEL_FREE_AND_ERROR 3

#define REPLY_MAX 104 /* header included */
#define LOWEST_STATUS (-10)
#define PROTOCOL_ERROR ((uint32_t)-10)
#define INVALID_PARAMETER (-3l)
#define NOT_SUPPORTED (-1l)

#define BASE_VERSION SCMI_HEADER(0x10, 0x0)
#define CLOCK_RATE_GET SCMI_HEADER(0x14, 0x6)
#define HEADER_TOKEN(token) ((uint32_t)(token) << 18)
#define HEADER_RESERVED 0xf0000000u

#define RANDOM_CALLS 100000
#define RACING_CALLS 100000
#define RACING_CALLS_MAX 100000000
#define REWRITES 100000

static uint8_t stack[4096] __attribute__((aligned(16)));
/* Volatile: each of these is written by one vCPU and read by the other. */
static volatile bool racing;
static volatile uint32_t rewrites; /* volatile, as above */
static volatile bool race_over; /* volatile, as above */

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static long scmi_call(void)
{
    /* Functions of the 32-bit convention return 32 bits. */
    return (int32_t)call(SCMI_FUNCTION, 0, 0, 0);
}

/* Whether the channel holds a reply that an agent can take apart. */
static bool reply_is_defined(uint32_t header)
{
    uint32_t length = SCMI_SHMEM[SHMEM_LENGTH];
    int32_t status = SCMI_SHMEM[SHMEM_PAYLOAD];

    return SCMI_SHMEM[SHMEM_STATUS] == CHANNEL_FREE &&
           SCMI_SHMEM[SHMEM_HEADER] == header &&
           length >= 8 && length <= REPLY_MAX && length % 4 == 0 &&
           status <= 0 && status >= LOWEST_STATUS &&
           (status == 0 || length == 8);
}

static bool reply_is_error(uint32_t channel)
{
    return SCMI_SHMEM[SHMEM_STATUS] == channel &&
           SCMI_SHMEM[SHMEM_LENGTH] == 8 &&
           SCMI_SHMEM[SHMEM_PAYLOAD] == PROTOCOL_ERROR;
}

/* Lengths that no channel has, and lengths that no command has. */
static void attack_lengths(void)
{
    static const uint32_t absurd[] = {
        0, 1, 3, SHMEM_MAX_LENGTH + 1, SHMEM_BYTES, SHMEM_BYTES + 4, 0x10000,
        0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff,
    };
    unsigned bad = 0;

    for (unsigned i = 0; i < sizeof(absurd) / sizeof(absurd[0]); i++) {
        scmi_prepare(BASE_VERSION, 0, 0);
        SCMI_SHMEM[SHMEM_LENGTH] = absurd[i];
        bad += scmi_call() || !reply_is_error(CHANNEL_FREE_AND_ERROR);
    }
    for (uint32_t length = 5; length <= SHMEM_MAX_LENGTH; length++) {
        scmi_prepare(BASE_VERSION, 0, 0);
        SCMI_SHMEM[SHMEM_LENGTH] = length;
        bad += scmi_call() || !reply_is_error(CHANNEL_FREE);
    }
    report("lengths", bad);
}

/* Headers from @first to @last, each with the same payload. */
static unsigned bad_headers(uint32_t first, uint32_t last,
                            const uint32_t *payload, unsigned words)
{
    unsigned bad = 0;

    for (uint32_t header = first; header <= last; header++) {
        scmi_prepare(header, payload, words);
        bad += scmi_call() || !reply_is_defined(header);
    }
    return bad;
}

/*
 * Every message of every protocol, as each type; and those of the protocols
 * around the known ones with more and with less payload.
 */
static void attack_headers(void)
{
    static const uint32_t zeros[4], ones[4] = { ~0u, ~0u, ~0u, ~0u };
    unsigned bad = bad_headers(0, SCMI_HEADER(0xff, 0x3ff), ones, 1);

    for (uint32_t protocol = 0x10; protocol < 0x18; protocol++) {
        for (unsigned words = 0; words <= 4; words++) {
            bad += bad_headers(SCMI_HEADER(protocol, 0),
                               SCMI_HEADER(protocol, 0xff), ones, words);
            bad += bad_headers(SCMI_HEADER(protocol, 0),
                               SCMI_HEADER(protocol, 0xff), zeros, words);
        }
    }
    report("headers", bad);
}

static void attack_tokens(void)
{
    unsigned bad = 0;

    for (uint32_t token = 0; token < 1024; token++) {
        uint32_t header = HEADER_TOKEN(token) | BASE_VERSION;

        bad += scmi_command(header, 0, 0) || !reply_is_defined(header);
        header |= HEADER_RESERVED;
        bad += scmi_command(header, 0, 0) || !reply_is_defined(header);
    }
    report("tokens", bad);
}

/* Known protocols, mostly possible lengths, domains that may exist. */
static void attack_randomly(void)
{
    uint32_t seed = 0x5eed5eed;
    unsigned bad = 0;

    for (unsigned i = 0; i < RANDOM_CALLS; i++) {
        uint32_t payload[8];
        uint32_t header = SCMI_HEADER(0x10 + next_random(&seed) % 8,
                                      next_random(&seed) % 0x12);

        for (unsigned j = 0; j < 8; j++) {
            uint32_t word = next_random(&seed);

            payload[j] = word & 0x80000000 ? word : word % 10;
        }
        scmi_prepare(header, payload, next_random(&seed) % 8);
        bad += scmi_call() || !reply_is_defined(header);
    }
    report("random", bad);
}

/* The channel is the agent's until handed over: a call changes nothing. */
static void attack_without_handing_over(void)
{
    unsigned bad = 0;

    for (uint32_t status = 1; status; status = status << 2 | 1) {
        scmi_prepare(BASE_VERSION, 0, 0);
        SCMI_SHMEM[SHMEM_PAYLOAD] = 0x12345678;
        SCMI_SHMEM[SHMEM_STATUS] = status;
        bad += scmi_call() != INVALID_PARAMETER ||
               SCMI_SHMEM[SHMEM_STATUS] != status ||
               SCMI_SHMEM[SHMEM_LENGTH] != 4 ||
               SCMI_SHMEM[SHMEM_PAYLOAD] != 0x12345678;
        if (status == 0x55555555) {
            break;
        }
    }
    report("not_handed_over", bad);
}

/* Every word of the page holds what was written, and then a call is made. */
static void attack_page(void)
{
    static const uint32_t patterns[] = { 0, 0xffffffff, 0x5a5a5a5a, 4 };
    unsigned bad = 0;

    for (unsigned i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        for (unsigned word = 0; word < SHMEM_WORDS; word++) {
            SCMI_SHMEM[word] = patterns[i] + word;
        }
        for (unsigned word = 0; word < SHMEM_WORDS; word++) {
            bad += SCMI_SHMEM[word] != patterns[i] + word;
        }
        scmi_call();
    }
    report("page", bad);
}

/*
 * Every owner's range of functions, in both conventions, fast and yielding,
 * but for PSCI's own. The answer is how many are there.
 */
static void attack_functions(void)
{
    unsigned claimed = 0;

    for (unsigned owner = 0; owner < 64; owner++) {
        for (unsigned number = 0; number < 0x10000;
             number += number == 0x1ff ? 0xfd01 : 1) {
            for (unsigned kind = 0; kind < 4; kind++) {
                uint32_t function = kind << 30 | owner << 24 | number;

                if (owner == 4 && number < 0x20) {
                    continue;
                }
                claimed += (int32_t)call(function, 0, 0, 0) != NOT_SUPPORTED;
            }
        }
    }
    report("functions", claimed);
}

/* The other vCPU: rewrites the channel while commands in it are being run. */
void guest_secondary(void)
{
    uint32_t seed = 0xfeedface;

    while (racing) {
        uint32_t word = next_random(&seed);

        SCMI_SHMEM[SHMEM_LENGTH] = word % 16 ? word % 128 : word;
        SCMI_SHMEM[SHMEM_HEADER] = SCMI_HEADER(0x10 + word % 8,
                                               word / 8 % 0x12);
        SCMI_SHMEM[SHMEM_PAYLOAD + word / 256 % 8] = word / 2048 % 10;
        SCMI_SHMEM[SHMEM_STATUS] = word / 4096 % 4;
        rewrites++;
    }
    race_over = true;
    for (;;) {
        __asm__ volatile("wfi");
    }
}

/*
 * There is no telling what is answered: only that the call returns. A busy
 * host may keep either vCPU waiting, so both have to get their share.
 */
static void attack_from_another_vcpu(void)
{
    static const uint32_t clock[] = { 3 };
    unsigned calls = 0, run = 0, refused = 0;

    racing = true;
    if (call(PSCI_CPU_ON_64, 1, (unsigned long)secondary_entry,
             (unsigned long)stack + sizeof(stack))) {
        put_string("PSCI refused to start the other vCPU\n");
        return;
    }
    while ((calls < RACING_CALLS || rewrites < REWRITES) &&
           calls < RACING_CALLS_MAX) {
        long rc = scmi_command(CLOCK_RATE_GET, clock, 1);

        calls++;
        run += rc == 0;
        refused += rc == INVALID_PARAMETER;
    }
    racing = false;
    while (!race_over) {
        __asm__ volatile("yield");
    }
    report("race", calls - run - refused);
    report("race_rewrites", rewrites);
    report("race_refused", refused);
}

/* After all this an agent can start over, and is served. */
static void report_recovery(void)
{
    static const uint32_t reset_agent[] = { 1, 0 };
    static const uint32_t osc[] = { 0 };

    report("reset_agent", scmi_command(SCMI_HEADER(0x10, 0xb), reset_agent,
                                       2) | SCMI_SHMEM[SHMEM_PAYLOAD]);
    report("version_call", scmi_command(BASE_VERSION, 0, 0));
    report("version", SCMI_SHMEM[SHMEM_PAYLOAD + 1]);
    report("rate_call", scmi_command(CLOCK_RATE_GET, osc, 1));
    report("rate_channel", SCMI_SHMEM[SHMEM_STATUS]);
    report("rate_length", SCMI_SHMEM[SHMEM_LENGTH]);
    report("rate_status", SCMI_SHMEM[SHMEM_PAYLOAD]);
    report("rate", SCMI_SHMEM[SHMEM_PAYLOAD + 1]);
}

void guest_main(void)
{
    attack_lengths();
    attack_headers();
    attack_tokens();
    attack_randomly();
    attack_without_handing_over();
    attack_page();
    attack_functions();
    attack_from_another_vcpu();
    report_recovery();
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}
