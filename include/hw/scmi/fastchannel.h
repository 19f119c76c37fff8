/*
 * SCMI fast channels: memory that stands for a message
 *
 * A performance or powercap domain may offer its most frequent messages as
 * words in memory. Writing a level costs an agent one store that leaves its
 * translated code; with a doorbell, a store to RAM before it. Reading one is a
 * load from RAM. Agents find the words through PERFORMANCE_ and
 * POWERCAP_DESCRIBE_FASTCHANNEL; each agent has words of its own.
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/driver.c
 * (scmi_common_fastchannel_init, scmi_common_fastchannel_db_ring), perf.c and
 * powercap.c.
 *
 * QEMU interface of TYPE_SCMI_FASTCHANNEL:
 *  + MMIO region 0: three areas of one size, one behind the other: commands,
 *    state and slots. Each area has a part for agent 1, for agent 2 and so on,
 *    of whole pages of 4 KiB, 64 KiB at most. Each part has an entry of
 *    SCMI_FAST_ENTRY_SIZE bytes for each domain that has fast channels,
 *    performance domains first, each in the order of the configuration.
 *     - commands: writes are taken in naturally aligned 4 and 8 bytes; reads
 *       return 0
 *     - state: ROM, always as the domains are
 *     - slots: RAM
 *  + no interrupts
 *  + QOM property "platform": whose domains these are (link); a platform has
 *    one such device at most
 *
 * An entry, little-endian words by their offsets in bytes. A get channel is in
 * the state. A set channel is in the commands, or, with a doorbell, in the
 * slots, where nothing is taken before the doorbell rings; that is in the
 * commands.
 *
 *           performance               powercap
 *   0x00    LEVEL_SET                 CAP_SET
 *   0x04    LEVEL_GET                 CAP_GET
 *   0x08    LIMITS_SET: max, min      PAI_SET
 *   0x0c                              PAI_GET
 *   0x10    LIMITS_GET: max, min
 *   0x18    doorbell                  doorbell
 *
 * Without a doorbell, writing the last word of a set channel is the command,
 * and the words wait in the slot until then. With one, the command is writing
 * the channel's bit to the doorbell. Nobody is answered what became of a
 * command: one that a message would have been refused changes nothing, is a
 * logged guest error, and is reported to the agents that asked for errors with
 * BASE_NOTIFY_ERRORS. The state of a domain that its agent is denied reads as
 * 0.
 *
 * Everything here is called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_FASTCHANNEL_H
#define HW_SCMI_FASTCHANNEL_H

#include "hw/scmi/platform.h"

#define TYPE_SCMI_FASTCHANNEL "scmi-fastchannel"

#define SCMI_FAST_ENTRY_SIZE 0x20
#define SCMI_FAST_DOORBELL 0x18

/* The areas of a window, in this order. */
enum {
    SCMI_FAST_COMMANDS,
    SCMI_FAST_STATE,
    SCMI_FAST_SLOTS,
    SCMI_FAST_NUM_AREAS,
};

/**
 * ScmiFastWindow: where an agent sees its fast channels
 * @address: where its commands are in the agent's memory, or UINT64_MAX when
 *           they are nowhere, and then there are no fast channels
 * @area_size: from one area to the same place of the next one, in bytes
 * @changed: the platform wrote to @state or @slots, which is @area; may be NULL
 * @state, @slots: scmi_fast_size() bytes each
 */
typedef struct ScmiFastWindow {
    uint64_t (*address)(void *opaque, unsigned agent);
    uint64_t area_size;
    void (*changed)(void *opaque, unsigned agent, unsigned area);
    void *opaque;
    uint8_t *state;
    uint8_t *slots;
} ScmiFastWindow;

/* Bytes that an agent's entries take in each area. */
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

/* An agent writes a word at @offset (a multiple of 4) of its commands. */
void scmi_fast_write(ScmiPlatform *platform, unsigned agent, uint32_t offset,
                     uint32_t value);

#endif
