/*
 * A guest that does to the SPMI controller what it must not
 *
 * Each attack reports how many of its steps had an outcome that is not
 * defined, which has to be 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

/* As hw/arm/farside.c places it. */
#define SPMI      0x0b180000ul
#define SPMI_SIZE 0x100

/* volatile: they are registers */
#define REG(word_t, address) (*(volatile word_t *)(address))

#define SPMI_STATUS   (SPMI + 0x0)
#define SPMI_CMD      (SPMI + 0x4)
#define SPMI_RSP      (SPMI + 0x8)
#define SPMI_RX_EMPTY (1u << 24)

/* A command for slave 15, Linux' PMIC; bit 15 Linux sets always. */
#define COMMAND(opcode, address) \
    ((uint32_t)(address) << 16 | 0x8f00 | (opcode))
#define WRITE_BYTE 0x30
#define READ_BYTE  0x38
#define READ_EIGHT 0x3f
#define FIFO_WORDS 32

#define PANIC_COUNT 0x9f02

static unsigned spmi_drain(void)
{
    unsigned count = 0;

    while (!(REG(uint32_t, SPMI_STATUS) & SPMI_RX_EMPTY)) {
        (void)REG(uint32_t, SPMI_RSP);
        count++;
    }
    return count;
}

/* Nothing but 32 bits at the registers there are does anything. */
static void attack_registers(void)
{
    unsigned bad = 0;

    for (unsigned long offset = 0; offset < SPMI_SIZE; offset++) {
        REG(uint8_t, SPMI + offset) = 0xff;
        bad += REG(uint8_t, SPMI + offset) != 0;
        if (offset % 2 == 0) {
            REG(uint16_t, SPMI + offset) = 0xffff;
            bad += REG(uint16_t, SPMI + offset) != 0;
        }
        if (offset % 8 == 0 && sizeof(long) == sizeof(uint64_t)) {
            REG(uint64_t, SPMI + offset) = ~0ull;
            bad += REG(uint64_t, SPMI + offset) != 0;
        }
        if (offset % 4 == 0 && offset > 8) {
            REG(uint32_t, SPMI + offset) = 0xffffffff;
            bad += REG(uint32_t, SPMI + offset) != 0;
        }
    }
    REG(uint32_t, SPMI_STATUS) = 0;
    REG(uint32_t, SPMI_RSP) = 0xffffffff;
    bad += REG(uint32_t, SPMI_STATUS) != SPMI_RX_EMPTY;
    bad += REG(uint32_t, SPMI_RSP) != 0;
    report("registers", bad);
}

/* How many words answer a command, and how many have to follow it. */
static void spmi_expect(uint8_t opcode, unsigned *answers, unsigned *data)
{
    unsigned words = ((opcode & (opcode < 0x30 ? 0xf : 7)) + 4) / 4;
    bool write = opcode < 0x10 || (opcode >= 0x30 && opcode < 0x38);
    bool read = (opcode >= 0x20 && opcode < 0x30) ||
                (opcode >= 0x38 && opcode < 0x40);

    *answers = 1 + (read ? words : 0);
    *data = write ? words : 0;
}

/* Every opcode, of slaves there are and are not, up to the last address. */
static void attack_opcodes(void)
{
    static const uint32_t tails[] = {
        0x0000, 0x00008000, 0x00008f00, 0xfffc8f00, 0xffff8f00, 0xffffff00,
    };
    unsigned bad = 0;

    for (unsigned opcode = 0; opcode < 256; opcode++) {
        unsigned answers, data;

        spmi_expect(opcode, &answers, &data);
        for (unsigned t = 0; t < sizeof(tails) / 4; t++) {
            REG(uint32_t, SPMI_CMD) = tails[t] | opcode;
            for (unsigned i = 0; i < data; i++) {
                bad += spmi_drain() != 0;
                REG(uint32_t, SPMI_CMD) = ~0u;
            }
            bad += spmi_drain() != answers;
        }
    }
    (void)REG(uint32_t, SPMI_RSP);
    bad += spmi_drain() != 0;
    report("opcodes", bad);
}

/* Nobody takes the answers: the first ones are kept, the others are lost. */
static void attack_deaf(void)
{
    unsigned bad = 0;

    for (unsigned i = 0; i < 100; i++) {
        REG(uint32_t, SPMI_CMD) = COMMAND(READ_EIGHT, 0);
    }
    bad += spmi_drain() != FIFO_WORDS;
    REG(uint32_t, SPMI_CMD) = COMMAND(READ_BYTE, 0);
    bad += spmi_drain() != 2;
    report("deaf", bad);
}

/* After all this a byte is written and read as ever. */
static void report_recovery(void)
{
    REG(uint32_t, SPMI_CMD) = COMMAND(WRITE_BYTE, PANIC_COUNT);
    REG(uint32_t, SPMI_CMD) = 0x12345678;
    report("write_status", REG(uint32_t, SPMI_RSP));
    REG(uint32_t, SPMI_CMD) = COMMAND(READ_BYTE, PANIC_COUNT);
    report("read_status", REG(uint32_t, SPMI_RSP));
    report("byte", REG(uint32_t, SPMI_RSP));
}

void guest_secondary(void)
{
}

void guest_main(void)
{
    attack_registers();
    attack_opcodes();
    attack_deaf();
    report_recovery();
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}
