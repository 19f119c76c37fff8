/*
 * A guest that does to an ANS disk what it must not
 *
 * Each attack reports how many of its steps had an outcome that is not
 * defined, which has to be 0; after each the domain is reset, and the disk has
 * to be what it was. Every byte of the disk is 0x11. It is slow, so that
 * commands are under way for a while. Numbers come from a fixed seed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ans.h"
#include "random.h"

#define DISK   0x1111111111111111ull
#define CANARY 0xa5a5a5a5a5a5a5a5ull
#define BLOCKS 256

/* Status codes, with "do not retry" */
#define INVALID_OPCODE     0x4001
#define INVALID_FIELD      0x4002
#define TRANSFER_ERROR     0x4004
#define INVALID_PRP_OFFSET 0x4013
#define OUT_OF_RANGE       0x4080

#define NO_MEMORY 0x0a00000000ull
#define RAM_END   0x48000000ul

/* Commands under way at once, and how long the disk would take for them. */
#define UNDER_WAY 30
#define SLOW_MS   500

/* A block of the disk, read: the number of steps that went wrong. */
static unsigned bad_disk(void)
{
    unsigned bad = 0;

    fill(RAM_DATA, CANARY, 2 * PAGE);
    bad += ans_do(IO, ans_read(7, 1, RAM_DATA, 0)) != 0;
    bad += !is_filled(RAM_DATA, DISK, PAGE);
    bad += !is_filled(RAM_DATA + PAGE, CANARY, PAGE);
    return bad;
}

static unsigned start(void)
{
    return !ans_boot() + ans_enable();
}

static void end_attack(const char *name, unsigned bad)
{
    report(name, bad);
    report("start_after", start());
    report("disk_after", bad_disk());
}

/* Registers */

/* Where registers are every offset; elsewhere the first of each 64 bytes. */
static void poke_nvme(void)
{
    static const uint32_t pages[] = { 0, 0x1000, 0x24000, 0x28000, 0x29000 };

    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        poke_region(ANS + pages[i], PAGE);
    }
    for (unsigned long offset = 0; offset < ANS_SIZE; offset += 64) {
        for (unsigned width = 1; width <= 8; width *= 2) {
            poke(ANS + offset, width);
        }
    }
}

static void poke_all(void)
{
    poke_nvme();
    poke_region(SART, 0x100);
    poke_region(SART + 0x3f00, 0x100);
    poke_region(PMGR, 0x100);
    poke_region(PMGR + 0x3f00, 0x100);
    poke_region(ASC, 0x100);
}

/* In each of its lives: enabled, booted, off, and held in reset. */
static void attack_registers(void)
{
    unsigned bad = start();

    poke_all();
    bad += !ans_boot();
    poke_nvme();
    REG(uint32_t, CPU_CONTROL) = 0;
    poke_nvme();
    REG(uint32_t, PMGR) = DOMAIN_ON | DOMAIN_RESET;
    poke_nvme();
    bad += REG(uint32_t, CSTS) != 0;
    end_attack("registers", bad);
}

/* Doorbells of queues that are not there. */
static void ring_all(void)
{
    for (int q = 0; q < QUEUES; q++) {
        for (uint32_t value = 0; value <= ENTRIES; value++) {
            REG(uint32_t, LINEAR_DB(q)) = value;
            REG(uint32_t, SQ_DB(q)) = value;
            REG(uint32_t, CQ_DB(q)) = value;
        }
    }
}

static unsigned bad_silence(void)
{
    unsigned bad = 0;

    for (int q = 0; q < QUEUES; q++) {
        bad += !is_filled(RAM_CQ(q), 0, ENTRIES * sizeof(struct completion));
    }
    return bad + !is_filled(RAM_DATA, CANARY, ENTRIES * PAGE);
}

static void attack_doorbells(void)
{
    unsigned bad = 0;

    fill(RAM_DATA, CANARY, ENTRIES * PAGE);
    for (unsigned tag = 0; tag < ENTRIES; tag++) {
        ans_write_entry(IO, tag, ans_read(tag, 1, RAM_DATA + tag * PAGE, 0));
    }
    REG(uint32_t, PMGR) = DOMAIN_ON | DOMAIN_RESET;
    ring_all();
    REG(uint32_t, PMGR) = DOMAIN_ON;
    ring_all();
    REG(uint32_t, CC) = CC_ENABLE;
    bad += REG(uint32_t, CSTS) != 0;
    bad += !ans_boot();
    ans_setup();
    ring_all();
    bad += bad_silence();
    /* Enabled: the admin queue is there now, but the I/O queue is not. */
    REG(uint32_t, CC) = CC_ENABLE;
    for (uint32_t value = 0; value <= ENTRIES; value++) {
        REG(uint32_t, LINEAR_DB(IO)) = value;
        REG(uint32_t, CQ_DB(IO)) = value;
    }
    bad += bad_silence();
    bad += REG(uint32_t, CSTS) != CSTS_READY;
    /* Both are there: beyond their ends, and beyond what was completed. */
    REG(uint32_t, CC) = 0;
    bad += ans_enable();
    for (int q = 0; q < QUEUES; q++) {
        REG(uint32_t, LINEAR_DB(q)) = q == ADMIN ? 2 : ENTRIES;
        REG(uint32_t, LINEAR_DB(q)) = ~0u;
        REG(uint32_t, CQ_DB(q)) = ~0u;
    }
    REG(uint32_t, CQ_DB(IO)) = 5;
    bad += !is_filled(RAM_CQ(IO), 0, ENTRIES * sizeof(struct completion));
    bad += bad_disk();
    end_attack("doorbells", bad);
}

/* Each byte of a TCB that says something, changed. */
static void attack_tcbs(void)
{
    static const uint8_t meaningful[] = {
        1, 2, 4, 5, 24, 25, 26, 27, 31, 32, 36, 39,
    };
    unsigned bad = start();

    fill(RAM_DATA, CANARY, 2 * PAGE);
    for (unsigned i = 0; i < sizeof(meaningful); i++) {
        ans_write_entry(IO, TAG, ans_read(7, 1, RAM_DATA, 0));
        REG(uint8_t, (unsigned long)TCB(IO, TAG) + meaningful[i]) ^= 0x41;
        REG(uint32_t, LINEAR_DB(IO)) = TAG;
        bad += ans_wait(IO) != TRANSFER_ERROR;
    }
    write64(TCB_BASE(IO), NO_MEMORY);
    bad += ans_do(IO, ans_read(7, 1, RAM_DATA, 0)) != TRANSFER_ERROR;
    write64(TCB_BASE(IO), ANS);
    bad += ans_do(IO, ans_read(7, 1, RAM_DATA, 0)) != TRANSFER_ERROR;
    bad += !is_filled(RAM_DATA, CANARY, 2 * PAGE);
    end_attack("tcbs", bad);
}

/* PRPs */

static void make_list(unsigned long address, unsigned count,
                      unsigned long first)
{
    for (unsigned i = 0; i < count; i++) {
        write64(address + 8 * i, first + i * PAGE);
    }
}

static void attack_prps(void)
{
    static const struct {
        uint64_t prp1;
        uint64_t prp2;
        uint16_t blocks;
        uint16_t status;
    } rows[] = {
        { NO_MEMORY, 0, 1, TRANSFER_ERROR },
        { ANS, 0, 1, TRANSFER_ERROR },
        { SART, 0, 1, TRANSFER_ERROR },
        { RAM_DATA + 1, 0, 1, INVALID_PRP_OFFSET },
        { RAM_DATA + 4, RAM_DATA + 8, 1, INVALID_PRP_OFFSET },
        { RAM_DATA, RAM_DATA + PAGE + 4, 2, INVALID_PRP_OFFSET },
        { RAM_DATA, RAM_LIST + 4, 3, INVALID_PRP_OFFSET },
        { RAM_DATA, NO_MEMORY, 2, TRANSFER_ERROR },
        { RAM_DATA, NO_MEMORY, 3, TRANSFER_ERROR },
        { RAM_DATA, ANS, 3, TRANSFER_ERROR },
        { RAM_END - PAGE, RAM_END, 2, TRANSFER_ERROR },
        { ~0ull << 2, 0, 1, TRANSFER_ERROR },
        { RAM_DATA, ~0ull << 12, 2, TRANSFER_ERROR },
        /* A list at the end of its page: it goes on where it says. */
        { RAM_DATA, RAM_LIST + PAGE - 8, 8, TRANSFER_ERROR },
    };
    unsigned bad = start();

    fill(RAM_DATA, CANARY, 16 * PAGE);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        make_list(RAM_LIST, PAGE / 8, RAM_DATA);
        write64(RAM_LIST + PAGE - 8, NO_MEMORY);
        bad += ans_do(IO, ans_read(0, rows[i].blocks, rows[i].prp1,
                                   rows[i].prp2)) != rows[i].status;
    }
    bad += !is_filled(RAM_DATA, CANARY, 16 * PAGE);
    /* Lists that lead to themselves: they end with the command. */
    for (unsigned i = 0; i < PAGE / 8; i++) {
        write64(RAM_LIST + 8 * i, RAM_LIST);
    }
    bad += ans_do(IO, ans_read(0, 8, RAM_DATA, RAM_LIST)) != 0;
    write64(RAM_LIST + PAGE - 8, RAM_LIST + PAGE - 8);
    bad += ans_do(IO, ans_read(0, 8, RAM_DATA, RAM_LIST + PAGE - 8)) !=
           INVALID_PRP_OFFSET;
    bad += ans_do(IO, ans_read(0, 0x10000, RAM_DATA, RAM_LIST)) !=
           OUT_OF_RANGE;
    end_attack("prps", bad);
}

/* Any command with any fields gets one completion. */
static void attack_commands(void)
{
    unsigned bad = start();

    for (unsigned i = 0; i < 2000; i++) {
        struct command command = {
            .opcode = next_random(), .nsid = next_random() % 3,
            .flags = next_random() % 8 ? 0 : next_random(),
            .prp1 = next_random() % 2 ? RAM_DATA : NO_MEMORY,
            .prp2 = next_random() % 2 ? RAM_LIST : next_random(),
            .dw10 = next_random(), .dw11 = next_random(),
            .dw12 = next_random(),
        };

        bad += ans_do(IO, command) == NO_COMPLETION;
        /* Those of the queues work, as they may. */
        if (command.opcode > ADM_CREATE_CQ) {
            bad += ans_do(ADMIN, command) == NO_COMPLETION;
        }
    }
    end_attack("commands", bad);
}

/* Queues that cannot be: the controller says that it has failed. */
static void attack_queues(void)
{
    static const struct {
        uint32_t aqa;
        uint64_t asq;
        uint64_t acq;
    } rows[] = {
        { 0, RAM_SQ(ADMIN), RAM_CQ(ADMIN) },
        { 1, RAM_SQ(ADMIN), RAM_CQ(ADMIN) },
        { ~0u, RAM_SQ(ADMIN), RAM_CQ(ADMIN) },
        { 1 << 16 | 1, RAM_SQ(ADMIN) + 64, RAM_CQ(ADMIN) },
        { 1 << 16 | 1, RAM_SQ(ADMIN), RAM_CQ(ADMIN) + 16 },
    };
    const uint64_t nowhere[] = { NO_MEMORY, ANS, PMGR, SART };
    unsigned bad = !ans_boot();

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ans_setup();
        REG(uint32_t, AQA) = rows[i].aqa;
        write64(ASQ, rows[i].asq);
        write64(ACQ, rows[i].acq);
        REG(uint32_t, CC) = CC_ENABLE;
        bad += !(REG(uint32_t, CSTS) & CSTS_FAILED);
        ring_all();
        REG(uint32_t, CC) = 0;
        bad += REG(uint32_t, CSTS) != 0;
    }
    for (unsigned i = 0; i < 2 * sizeof(nowhere) / sizeof(nowhere[0]); i++) {
        ans_setup();
        write64(i & 1 ? ASQ : ACQ, nowhere[i / 2]);
        REG(uint32_t, CC) = CC_ENABLE;
        bad += ans_do(ADMIN, (struct command) { .opcode = 0x08 }) !=
               NO_COMPLETION;
        bad += !(REG(uint32_t, CSTS) & CSTS_FAILED);
        REG(uint32_t, CC) = 0;
    }
    end_attack("queues", bad);
}

/* Stale DMA */

static void submit_many(void)
{
    fill(RAM_DATA, CANARY, ENTRIES * PAGE);
    for (unsigned tag = 2; tag < 2 + UNDER_WAY; tag++) {
        ans_submit(IO, tag, ans_read(tag, 1, RAM_DATA + tag * PAGE, 0));
    }
}

/* From now on the memory is somebody else's: nothing is to land there. */
static unsigned bad_stillness(void)
{
    uint64_t end;

    fill(RAM_DATA, CANARY, ENTRIES * PAGE);
    for (int q = 0; q < QUEUES; q++) {
        fill(RAM_CQ(q), 0, ENTRIES * sizeof(struct completion));
    }
    end = ticks() + milliseconds(SLOW_MS);
    while (ticks() < end) {
        (void)REG(uint32_t, CSTS);
    }
    return bad_silence();
}

static void disable(void)
{
    REG(uint32_t, CC) = 0;
}

static void reset_domain(void)
{
    REG(uint32_t, PMGR) = DOMAIN_ON | DOMAIN_RESET;
}

static void gate_domain(void)
{
    REG(uint32_t, PMGR) = 0;
}

static void stop_firmware(void)
{
    REG(uint32_t, CPU_CONTROL) = 0;
}

static void attack_under_way(void)
{
    static void (*const ways[])(void) = {
        disable, reset_domain, gate_domain, stop_firmware,
    };
    unsigned bad = 0;

    for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        bad += start();
        submit_many();
        ways[i]();
        bad += bad_stillness();
    }
    for (unsigned i = 0; i < 50; i++) {
        bad += i == 0 ? start() : ans_enable();
        ans_submit(IO, TAG, ans_read(7, 1, RAM_DATA, 0));
        REG(uint32_t, LINEAR_DB(ADMIN)) = 0;
        disable();
        bad += REG(uint32_t, CSTS) != 0;
    }
    bad += bad_stillness();
    end_attack("under_way", bad);
}

/* The SART: the firmware's buffers, and nothing of the data */
static void attack_sart(void)
{
    uint64_t next = RAM_BUFFERS;
    uint32_t endpoint;
    uint64_t message;
    unsigned bad = start();

    /* Overlaps, ends of the address space, and no entry at all. */
    for (unsigned i = 0; i < 16; i++) {
        sart_set(i, RAM_BUFFERS + i * PAGE, 0xffffff, 0xff);
        REG(uint32_t, SART + 0x40 + 4 * i) = ~0u;
    }
    bad += bad_disk();
    for (unsigned i = 0; i < 16; i++) {
        sart_set(i, 0, 0, 0);
    }
    bad += bad_disk();
    /* It boots no further than to the first buffer that it may not touch. */
    REG(uint32_t, CPU_CONTROL) = 0;
    drain();
    fill(RAM_BUFFERS, CANARY, 0x80000);
    REG(uint32_t, CPU_CONTROL) = CPU_RUN;
    while (pending()) {
        message = receive(&endpoint);
        bad += ans_answer(endpoint, message, &next);
    }
    bad += REG(uint32_t, BOOT_STATUS) == BOOT_STATUS_OK;
    bad += !is_filled(RAM_BUFFERS, CANARY, 0x80000);
    end_attack("sart", bad);
}

void guest_secondary(void)
{
}

void guest_main(void)
{
    report("start", start());
    report("disk", bad_disk());
    attack_registers();
    attack_doorbells();
    attack_tcbs();
    attack_prps();
    attack_commands();
    attack_queues();
    attack_under_way();
    attack_sart();
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}
