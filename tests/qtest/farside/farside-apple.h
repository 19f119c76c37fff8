/*
 * The Apple side of the farside machine, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FARSIDE_APPLE_H
#define FARSIDE_APPLE_H

#include "tests/qtest/libqtest.h"

#define SMC_BASE        0x0b100000
#define SMC_CPU_CONTROL (SMC_BASE + 0x44)
#define SMC_CPU_STATUS  (SMC_BASE + 0x48)
#define SMC_SRAM        0x0b200000
#define SMC_KEY_BUFFER  (SMC_SRAM + 0x20000)

/**
 * MboxVariant: where a variant of the mailbox keeps its registers
 *
 * @option: value of the machine's option asc-mailbox
 * @irq_enable, @irq_ack: 0 if there are none
 */
typedef struct MboxVariant {
    const char *option;
    uint16_t a2i_control;
    uint16_t i2a_control;
    uint16_t a2i_send0;
    uint16_t i2a_send0;
    uint16_t irq_enable;
    uint16_t irq_ack;
} MboxVariant;

#define MBOX_VARIANTS 3
extern const MboxVariant mbox_variants[MBOX_VARIANTS];
/* The one that is used now; the machine's default until it is changed. */
extern const MboxVariant *mbox;

#define MBOX_BASE       0x0b108000
#define MBOX_SIZE       0x4000
#define MBOX_A2I_CONTROL (MBOX_BASE + mbox->a2i_control)
#define MBOX_I2A_CONTROL (MBOX_BASE + mbox->i2a_control)
#define MBOX_A2I_SEND0  (MBOX_BASE + mbox->a2i_send0)
#define MBOX_A2I_SEND1  (MBOX_A2I_SEND0 + 0x08)
#define MBOX_A2I_RECV0  (MBOX_A2I_SEND0 + 0x10)
#define MBOX_A2I_RECV1  (MBOX_A2I_SEND0 + 0x18)
#define MBOX_I2A_SEND0  (MBOX_BASE + mbox->i2a_send0)
#define MBOX_I2A_SEND1  (MBOX_I2A_SEND0 + 0x08)
#define MBOX_I2A_RECV0  (MBOX_I2A_SEND0 + 0x10)
#define MBOX_I2A_RECV1  (MBOX_I2A_SEND0 + 0x18)
#define MBOX_IRQ_ENABLE (MBOX_BASE + mbox->irq_enable)
#define MBOX_IRQ_ACK    (MBOX_BASE + mbox->irq_ack)

#define CONTROL_IDLE    0x00020001
#define CONTROL_FULL    (1 << 16)
#define CONTROL_EMPTY   (1 << 17)
#define CONTROL_OVERFLOW (1 << 18)
#define CONTROL_UNDERFLOW (1 << 19)

#define SPMI_BASE       0x0b180000
#define SPMI_STATUS     (SPMI_BASE + 0x0)
#define SPMI_CMD        (SPMI_BASE + 0x4)
#define SPMI_RSP        (SPMI_BASE + 0x8)

/* Management messages that a boot begins with: AP, co-processor, AP. */
#define RTKIT_WAKE        0x0060000000000220
#define RTKIT_HELLO       0x00100000000c000b
#define RTKIT_HELLO_REPLY 0x00200000000c000c

#define SMC_ENDPOINT    0x20
/* Where a command, and its answer, have their number. */
#define SMC_ID(id)      ((uint64_t)(id) << 12)
/* The answer to smc_ask(), less its number. */
#define SMC_TOLD        0x0000005700010000

void mbox_send(QTestState *qts, uint8_t endpoint, uint64_t msg);
/* The next message for the AP is this one. */
void mbox_expect(QTestState *qts, uint8_t endpoint, uint64_t msg);
void mbox_expect_silence(QTestState *qts);

/* Boot the SMC as Linux does, checking every word, up to INITIALIZE. */
void smc_boot(QTestState *qts);
/* A machine whose SMC has booted. */
QTestState *smc_start(void);
/* Ask, as command number @id, for the battery's charge; and be told: 87. */
void smc_ask(QTestState *qts, unsigned id);
void smc_expect_told(QTestState *qts, unsigned id);
/* One SMC command and its answer, less the id. */
uint64_t smc_command(QTestState *qts, uint8_t command, const char *key,
                     uint8_t size, uint8_t wsize);

void system_reset(QTestState *qts);
void qom_set_number(QTestState *qts, const char *path, const char *property,
                    int64_t value);
int64_t qom_get_number(QTestState *qts, const char *path,
                       const char *property);

/* Migrate to a file. */
void save_machine(QTestState *qts, const char *file);

/*
 * Migrate to a file and start another QEMU from it with the same @args; ends
 * @qts and returns the other.
 */
QTestState *migrate_machine(QTestState *qts, const char *args);

/* The same; @late is called when all memory has been sent once. */
QTestState *migrate_machine_late(QTestState *qts, const char *args,
                                 void (*late)(QTestState *qts));

/* Read and write every register of a region, with every width. */
void sweep_region(QTestState *qts, uint64_t base, uint64_t size);

#endif
