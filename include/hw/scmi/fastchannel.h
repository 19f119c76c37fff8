/*
 * SCMI fast channels: memory that stands for a message
 *
 * A performance or powercap domain may offer its most frequent messages as
 * words in memory. Writing a level costs an agent one store, or two with a
 * doorbell; reading one is a load from RAM. Agents find the words through
 * PERFORMANCE_ and POWERCAP_DESCRIBE_FASTCHANNEL.
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/driver.c
 * (scmi_common_fastchannel_init, scmi_common_fastchannel_db_ring), perf.c and
 * powercap.c.
 *
 * QEMU interface of TYPE_SCMI_FASTCHANNEL:
 *  + MMIO region 0: a record of SCMI_FAST_RECORD_SIZE bytes for each domain
 *    that has fast channels, performance domains first, each in the order of
 *    the configuration; rounded up to whole pages, 64 KiB at most. Reads are
 *    RAM, writes are taken in naturally aligned 4 and 8 bytes.
 *  + no interrupts
 *  + QOM property "platform": whose domains these are (link)
 *  + QOM property "agent": which agent writes here (default 1); an agent has
 *    one such device at most
 *
 * A record, little-endian words by their offsets in bytes. A set channel
 * reads as it was written, a get channel as the state of the domain.
 *
 *           performance               powercap
 *   0x00    LEVEL_SET                 CAP_SET
 *   0x04    LEVEL_GET                 CAP_GET
 *   0x08    LIMITS_SET: max, min      PAI_SET
 *   0x0c                              PAI_GET
 *   0x10    LIMITS_GET: max, min
 *   0x18    doorbell                  doorbell
 *
 * Without a doorbell, writing the last word of a set channel is the command.
 * With one, the command is writing the channel's bit to the doorbell, which
 * reads as 0. Nobody is told what became of a command: one that a message
 * would have been refused changes nothing and is a logged guest error.
 *
 * Everything here is called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_FASTCHANNEL_H
#define HW_SCMI_FASTCHANNEL_H

#include "hw/scmi/platform.h"

#define TYPE_SCMI_FASTCHANNEL "scmi-fastchannel"

#define SCMI_FAST_RECORD_SIZE 0x20
#define SCMI_FAST_DOORBELL 0x18

/**
 * ScmiFastWindow: where an agent sees the records
 * @address: where the first one is in the agent's memory, or UINT64_MAX when
 *           it is nowhere, and then there are no fast channels
 * @changed: the platform wrote to @ram; may be NULL
 * @ram: scmi_fast_size() bytes
 */
typedef struct ScmiFastWindow {
    uint64_t (*address)(void *opaque);
    void (*changed)(void *opaque);
    void *opaque;
    uint8_t *ram;
} ScmiFastWindow;

/* Bytes that the records of a platform take. */
size_t scmi_fast_size(const ScmiPlatform *platform);

/* Whether an agent has fast channels already. */
bool scmi_fast_has_window(const ScmiPlatform *platform, unsigned agent);

/**
 * scmi_fast_attach: offer fast channels to an agent
 *
 * Once for an agent, before the machine starts. @window is borrowed.
 */
void scmi_fast_attach(ScmiPlatform *platform, unsigned agent,
                      const ScmiFastWindow *window);

/* Bring an agent's window to the state of the domains, nothing written yet. */
void scmi_fast_reset(ScmiPlatform *platform, unsigned agent);

/* An agent writes a word at @offset (a multiple of 4) of its window. */
void scmi_fast_write(ScmiPlatform *platform, unsigned agent, uint32_t offset,
                     uint32_t value);

#endif
