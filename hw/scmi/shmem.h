/*
 * SCMI shared memory: a channel's buffer, as SMC and mailboxes use it
 *
 * RAM that is read and written through its host pointer: a command costs no
 * MMIO exit. Another vCPU can write to it at any time, so each word is read
 * once and only what was read is looked at.
 *
 * Source: Linux drivers/firmware/arm_scmi/shmem.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_SHMEM_H
#define HW_SCMI_SHMEM_H

#include "exec/memory.h"
#include "hw/core/dt-node.h"
#include "hw/scmi/channel.h"

/* A page: what Linux maps, and more than any message needs. */
#define SCMI_SHMEM_SIZE 0x1000

/**
 * ScmiShmem: one area
 * @mr: the region, for the transport to map
 * @channel: what commands in it go by, see scmi_shmem_connect()
 * @busy: a fault rule says that it is not given back
 * @replied, @opaque: likewise
 * @ram: its bytes, in the host
 * @transport: who owns it, for messages about the guest's mistakes; borrowed
 */
typedef struct ScmiShmem {
    MemoryRegion mr;
    ScmiChannel channel;
    bool busy;
    void (*replied)(void *opaque);
    void *opaque;
    uint8_t *ram;
    const char *transport;
} ScmiShmem;

/*
 * The name of the commands' area of channel @i, which the caller frees: the
 * first channel serves all protocols without, the others one each.
 */
char *scmi_shmem_name(const uint8_t *protocols, unsigned i);

/**
 * scmi_shmem_init: make the area
 * @owner: the device
 * @transport: see ScmiShmem
 * @agent, @name: make the name of its RAM, which a migration goes by
 */
bool scmi_shmem_init(ScmiShmem *shmem, Object *owner, const char *transport,
                     unsigned agent, const char *name, Error **errp);

/**
 * scmi_shmem_connect: make the area the channel @number of @agent's commands
 * @replied: a reply came later than its command: the agent wants an interrupt
 *
 * The area is to be disconnected before it goes.
 */
void scmi_shmem_connect(ScmiShmem *shmem, ScmiPlatform *platform,
                        unsigned agent, unsigned number,
                        void (*replied)(void *opaque), void *opaque);
void scmi_shmem_disconnect(ScmiShmem *shmem);

/* Zero it and give it to the sender. */
void scmi_shmem_reset(ScmiShmem *shmem);

/* Whether the sender owns it: the agent of commands, the platform of events. */
bool scmi_shmem_is_free(const ScmiShmem *shmem);

/**
 * scmi_shmem_info: the channel of commands number @i, for query-scmi
 * @protocols: as of scmi_shmem_name()
 */
ScmiChannelInfo *scmi_shmem_info(const ScmiShmem *shmem,
                                 const uint8_t *protocols, unsigned i);

/**
 * scmi_shmem_run: run the command in an area that the agent handed over
 *
 * The area is the agent's again afterwards, or once the reply has come.
 * Returns whether the agent wants an interrupt now.
 */
bool scmi_shmem_run(ScmiShmem *shmem);

/**
 * scmi_shmem_send: lay a message for the agent into an area that is free
 * @length: of @payload in bytes, SCMI_EVENT_MAX at most
 * @interrupt: ask the agent to signal when it has taken it
 */
void scmi_shmem_send(ScmiShmem *shmem, uint32_t header, const void *payload,
                     size_t length, bool interrupt);

/**
 * scmi_shmem_write_dt: describe an area that is mapped at @base
 * @owner, @name: what dt_phandle() knows it by
 */
void scmi_shmem_write_dt(DtWriter *dt, Object *owner, const char *name,
                         hwaddr base);

#endif
