/*
 * A guest that says to the RTKit co-processor what it must not
 *
 * Each attack reports how many of its steps had an outcome that is not
 * defined, which has to be 0; after each the co-processor is stopped and
 * started, and has to boot. Numbers come from a fixed seed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rtkit.h"

#define MESSAGES 20000
#define RESTART_EVERY 64

static uint32_t seed = 0x5eed5eed;

static uint32_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static uint64_t next_random64(void)
{
    return (uint64_t)next_random() << 32 | next_random();
}

/* Messages */

/* A random one of a known kind, its fields within or beyond their limits. */
static uint64_t random_management(void)
{
    static const uint16_t states[] = {
        0x000, 0x001, 0x010, 0x020, 0x201, 0x202, 0x220, 0xffff,
    };
    uint64_t message = MGMT(next_random() % 0xd);

    switch (next_random() % 4) {
    case 0:
        return message | states[next_random() % 8];
    case 1:
        return message | (uint64_t)(next_random() % 0x28) << 32 |
               next_random() % 4;
    case 2:
        return message | 0x000c000c | (uint64_t)(next_random() % 2) << 51;
    default:
        return message | (next_random64() & (MGMT(1) - 1));
    }
}

static uint64_t random_message(uint32_t *endpoint)
{
    static const uint32_t endpoints[] = {
        0, 0, 0, 0, 1, 2, 3, 4, 8, 0x20, 0x20, 5, 0x1f, 0x21, 0xff, 0x100,
        0xffffffff,
    };

    *endpoint = endpoints[next_random() % (sizeof(endpoints) / 4)];
    return *endpoint == EP_MGMT ? random_management() : next_random64();
}

static void attack_messages(void)
{
    unsigned bad = 0;
    uint32_t endpoint;

    for (unsigned i = 0; i < MESSAGES; i++) {
        uint64_t message = random_message(&endpoint);

        if (i % RESTART_EVERY == 0) {
            if (i % (2 * RESTART_EVERY)) {
                restart();
            } else {
                bad += boot() != 0;
            }
        }
        send(endpoint, message);
        if (next_random() % 4) {
            bad += drain() > DRAIN_MAX;
        }
    }
    report_attack("messages", bad);
}

/* The boot protocol with each of its messages left out. */
static void attack_order(void)
{
    static const uint64_t steps[] = {
        0x00200000000c000cull, 0x0080000000000001ull, 0x0088000100000000ull,
        START_EP(1), START_EP(2), START_EP(4), AP_ON, START_EP(EP_SMC),
    };
    const unsigned count = sizeof(steps) / sizeof(steps[0]);
    unsigned bad = 0;

    for (unsigned missing = 0; missing < count; missing++) {
        restart();
        for (unsigned i = 0; i < count; i++) {
            if (i != missing) {
                send(EP_MGMT, steps[i]);
            }
        }
        send(EP_SMC, SMC_INITIALIZE);
        drain();
        bad += boot() != 0;
    }
    report_attack("order", bad);
}

/* Again and again, as kernels that start each other without a goodbye. */
static void attack_another(void)
{
    unsigned bad = boot();

    for (unsigned i = 0; i < 100; i++) {
        send(EP_MGMT, WAKE);
        bad += boot_from_hello();
        bad += read_key_count() == 0;
    }
    report_attack("another", bad);
}

/* The SMC's commands: exactly one reply each, with the command's id. */

static bool smc_replies(uint64_t command)
{
    uint32_t endpoint;
    uint64_t reply;

    send(EP_SMC, command);
    return wait_message(&endpoint, &reply) && endpoint == EP_SMC &&
           (reply >> 12 & 0xf) == (command >> 12 & 0xf) && !pending();
}

/* Few codes have a meaning: all sizes with those. */
static unsigned bad_replies(uint32_t code, uint32_t key)
{
    static const uint8_t sizes[] = { 0, 1, 2, 3, 4, 5, 8, 32, 254, 255 };
    bool thorough = code >= SMC_READ && code <= SMC_RW;
    unsigned bad = 0;

    for (unsigned size = 0; size < sizeof(sizes); size++) {
        for (unsigned wsize = 0; wsize < sizeof(sizes); wsize++) {
            if (thorough || size == wsize) {
                bad += !smc_replies((uint64_t)key << 32 |
                                    (uint32_t)sizes[wsize] << 24 |
                                    sizes[size] << 16 |
                                    (size & 0xf) << 12 | code);
            }
        }
    }
    return bad;
}

static void attack_commands(void)
{
    static const uint32_t keys[] = {
        KEY('#', 'K', 'E', 'Y'), KEY('B', 'M', 'S', 'N'),
        KEY('C', 'L', 'K', 'M'), KEY('M', 'B', 'S', 'E'),
        KEY('N', 'T', 'A', 'P'), KEY('g', 'P', '0', '0'),
        KEY('g', 'P', '0', 'd'), 0, 74, 75, 0xffffffff,
    };
    unsigned bad = 0;

    for (unsigned code = 0; code < 256; code++) {
        for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
            if (code != SMC_INITIALIZE) {
                bad += bad_replies(code, keys[i]);
            }
        }
    }
    report_attack("commands", bad);
}

/*
 * Orders to GPIO lines, sensible and not. An interrupt that is enabled while
 * its level is there notifies before the reply.
 */

#define IRQ_EVENT 0x7202

static bool is_notification(uint64_t message)
{
    return (uint8_t)message == SMC_NOTIFICATION && message >> 48 == IRQ_EVENT;
}

static bool smc_replies_to(uint64_t command, uint32_t word)
{
    uint32_t endpoint;
    uint64_t message;

    REG(uint32_t, KEY_BUFFER) = word;
    send(EP_SMC, command | 4ull << 24 | 4 << 16);
    do {
        if (!wait_message(&endpoint, &message) || endpoint != EP_SMC) {
            return false;
        }
    } while (is_notification(message));
    return (message & 0xf000) == (command & 0xf000) && !pending();
}

static void attack_lines(void)
{
    static const uint32_t keys[] = {
        KEY('g', 'P', '0', '0'), KEY('g', 'P', '0', '1'),
        KEY('g', 'P', '0', 'b'), KEY('g', 'P', '0', 'd'),
        KEY('g', 'P', '1', 'a'), KEY('g', 'P', '3', 'f'),
    };
    unsigned bad = boot();

    REG(uint32_t, KEY_BUFFER) = 1;
    bad += !smc_replies((uint64_t)KEY('N', 'T', 'A', 'P') << 32 | 1 << 16 |
                        SMC_WRITE);
    for (unsigned i = 0; i < MESSAGES; i++) {
        uint32_t word = next_random();
        uint32_t code = next_random() % 4 ? SMC_WRITE : SMC_RW;

        if (i % 8) {
            word = (word % 8) << 24 | (word >> 16) % 6;
        }
        bad += !smc_replies_to((uint64_t)keys[next_random() % 6] << 32 |
                               (i & 0xf) << 12 | code, word);
    }
    report_attack("lines", bad);
}

/* Crash it by a message: it says so once, and is deaf from then on. */
static void attack_crash(void)
{
    static const uint64_t words[] = { 0x22, 0x40 };
    unsigned bad = 0;
    uint32_t endpoint;
    uint64_t message;

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        bad += boot() != 0;
        drain();
        send(EP_CRASHLOG, words[i]);
        bad += !wait_message(&endpoint, &message) || endpoint != EP_CRASHLOG ||
               message != (MGMT(1) | 1ull << 44 | 0x0b201000);
        bad += REG(uint32_t, CPU_CONTROL) != CPU_RUN;
        for (unsigned n = 0; n < 100; n++) {
            message = random_message(&endpoint);
            send(endpoint, message);
        }
        send(EP_MGMT, WAKE);
        REG(uint32_t, CPU_CONTROL) = CPU_RUN;
        bad += pending();
    }
    report_attack("crash", bad);
}

void guest_secondary(void)
{
}

void guest_main(void)
{
    report("boot", boot());
    report("keys", read_key_count());
    attack_order();
    attack_another();
    attack_messages();
    attack_commands();
    attack_lines();
    attack_crash();
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}
