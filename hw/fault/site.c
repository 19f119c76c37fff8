/*
 * Sites: what the messages at each of them have, and what can be done to them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "site.h"

#define FIELD_BIT(name) (1u << FAULT_FIELD_##name)
#define ACTION_BIT(name) (1u << FAULT_ACTION_##name)

/* What happens besides the message. */
#define ACTIONS_ASIDE (ACTION_BIT(NONE) | ACTION_BIT(INTERRUPT) | \
                       ACTION_BIT(SET_PROPERTY) | ACTION_BIT(WRITE_MEMORY))
/* What needs only that the message is bytes. */
#define ACTIONS_BYTES (ACTIONS_ASIDE | ACTION_BIT(PATCH))
/* What needs that it can arrive at another time, or not at all. */
#define ACTIONS_TIME (ACTION_BIT(DROP) | ACTION_BIT(DELAY) | \
                      ACTION_BIT(DUPLICATE) | ACTION_BIT(REORDER) | \
                      ACTION_BIT(SUSPEND) | ACTION_BIT(SILENCE))
#define ACTIONS_LENGTH (ACTION_BIT(TRUNCATE) | ACTION_BIT(EXTEND))
#define ACTIONS_LIFE (ACTION_BIT(CRASH) | ACTION_BIT(POWER_OFF) | \
                      ACTION_BIT(REBOOT))
#define ACTIONS_MESSAGE (ACTIONS_BYTES | ACTIONS_TIME | ACTION_BIT(SEND))
#define ACTIONS_SCMI (ACTIONS_MESSAGE | ACTIONS_LENGTH | ACTION_BIT(TOKEN))

#define FIELDS_SCMI (FIELDS_EVENT | FIELD_BIT(CHANNEL) | FIELD_BIT(DOMAIN))
/* It goes to an agent, whichever channels that has. */
#define FIELDS_EVENT (FIELD_BIT(AGENT) | FIELD_BIT(PROTOCOL) | \
                      FIELD_BIT(MESSAGE))
#define SCMI_TOKEN_SLOT { 0, 18, 10 }
#define SCMI_STATUS_SLOT { 4, 0, 32 }

const FaultSiteInfo fault_sites[FAULT_SITE__MAX] = {
    [FAULT_SITE_SCMI_COMMAND] = {
        FIELDS_SCMI, ACTIONS_SCMI, 4, FAULT_MESSAGE_MAX,
        .token = SCMI_TOKEN_SLOT,
    },
    [FAULT_SITE_SCMI_REPLY] = {
        FIELDS_SCMI, ACTIONS_SCMI | ACTION_BIT(STATUS) | ACTION_BIT(HOLD), 4,
        FAULT_MESSAGE_MAX, SCMI_STATUS_SLOT, SCMI_TOKEN_SLOT,
    },
    [FAULT_SITE_SCMI_DELAYED_RESPONSE] = {
        FIELDS_EVENT, ACTIONS_SCMI | ACTION_BIT(STATUS), 4, FAULT_MESSAGE_MAX,
        SCMI_STATUS_SLOT, SCMI_TOKEN_SLOT,
    },
    [FAULT_SITE_SCMI_NOTIFICATION] = {
        FIELDS_EVENT, ACTIONS_SCMI, 4, FAULT_MESSAGE_MAX,
        .token = SCMI_TOKEN_SLOT,
    },
    [FAULT_SITE_SCMI_FAST_WRITE] = {
        FIELD_BIT(AGENT) | FIELD_BIT(PROTOCOL) | FIELD_BIT(MESSAGE) |
        FIELD_BIT(DOMAIN), ACTIONS_BYTES | ACTIONS_TIME, 4, 8,
    },
    [FAULT_SITE_RTKIT_RECEIVE] = {
        FIELD_BIT(ENDPOINT) | FIELD_BIT(TYPE), ACTIONS_MESSAGE | ACTIONS_LIFE,
        8, 8,
    },
    [FAULT_SITE_RTKIT_SEND] = {
        FIELD_BIT(ENDPOINT) | FIELD_BIT(TYPE), ACTIONS_MESSAGE | ACTIONS_LIFE,
        8, 8,
    },
    [FAULT_SITE_MAILBOX_RECEIVE] = {
        FIELD_BIT(ENDPOINT), ACTIONS_MESSAGE | ACTION_BIT(HOLD), 16, 16,
    },
    [FAULT_SITE_MAILBOX_SEND] = {
        FIELD_BIT(ENDPOINT), ACTIONS_MESSAGE, 16, 16,
    },
    [FAULT_SITE_SMC_KEY] = {
        FIELD_BIT(KEY) | FIELD_BIT(TYPE),
        ACTIONS_MESSAGE | ACTION_BIT(STATUS) | ACTION_BIT(TOKEN) |
        ACTION_BIT(CRASH), 8, 8,
        { 0, 0, 8 }, { 0, 12, 4 },
    },
    [FAULT_SITE_NVME_COMMAND] = {
        FIELD_BIT(QUEUE) | FIELD_BIT(OPCODE),
        ACTIONS_BYTES | (ACTIONS_TIME & ~ACTION_BIT(DUPLICATE)) |
        ACTION_BIT(TOKEN) | ACTION_BIT(CRASH), 64, 64,
        .token = { 0, 16, 16 },
    },
    [FAULT_SITE_NVME_COMPLETION] = {
        FIELD_BIT(QUEUE) | FIELD_BIT(OPCODE),
        ACTIONS_MESSAGE | ACTION_BIT(STATUS) | ACTION_BIT(TOKEN) |
        ACTION_BIT(CRASH), 16, 16,
        { 12, 17, 15 }, { 12, 0, 16 },
    },
    [FAULT_SITE_IRQ] = {
        FIELD_BIT(LINE), ACTIONS_BYTES | ACTIONS_TIME, 4, 4,
    },
    [FAULT_SITE_SMCCC_RETURN] = {
        FIELD_BIT(FUNCTION), ACTIONS_BYTES | ACTION_BIT(STATUS), 32, 32,
        .status = { 0, 0, 32 },
    },
    [FAULT_SITE_REGISTER_READ] = { 0, ACTIONS_BYTES, 8, 8 },
};

bool fault_slot_set(const FaultSlot *slot, FaultMessage *m, uint32_t value)
{
    uint8_t *word = m->bytes + slot->offset;

    if (slot->offset + sizeof(uint32_t) > m->length) {
        return false;
    }
    stl_le_p(word, deposit32(ldl_le_p(word), slot->shift, slot->width, value));
    return true;
}

bool fault_slot_get(const FaultSlot *slot, const uint8_t *bytes, size_t length,
                    uint32_t *value)
{
    if (!slot->width || slot->offset + sizeof(uint32_t) > length) {
        return false;
    }
    *value = extract32(ldl_le_p(bytes + slot->offset), slot->shift,
                       slot->width);
    return true;
}
