/*
 * The message log: what an entry says
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/ctype.h"
#include "message-log.h"
#include "site.h"

/* Where a field goes; the key, which is a text, is none of them. */
typedef struct FieldMember {
    FaultField field;
    size_t has;
    size_t value;
} FieldMember;

#define MEMBER(id, name) {                              \
    FAULT_FIELD_##id, offsetof(LoggedMessage, has_##name), \
    offsetof(LoggedMessage, name)                       \
}

static const FieldMember field_members[] = {
    MEMBER(AGENT, agent),
    MEMBER(CHANNEL, channel),
    MEMBER(PROTOCOL, protocol),
    MEMBER(MESSAGE, message),
    MEMBER(DOMAIN, domain),
    MEMBER(ENDPOINT, endpoint),
    MEMBER(TYPE, type),
    MEMBER(QUEUE, queue),
    MEMBER(OPCODE, opcode),
    MEMBER(LINE, line),
    MEMBER(FUNCTION, function),
};

static char *decode_key(uint32_t key)
{
    char text[sizeof(key) + 1] = {};

    stl_be_p(text, key);
    for (unsigned i = 0; i < sizeof(key); i++) {
        if (!qemu_isprint(text[i])) {
            return g_strdup_printf("0x%08x", key);
        }
    }
    return g_strdup(text);
}

static void decode_fields(LoggedMessage *l, const FaultFields *fields)
{
    for (unsigned i = 0; i < ARRAY_SIZE(field_members); i++) {
        const FieldMember *member = &field_members[i];

        if (fields->present & (1u << member->field)) {
            *(bool *)((char *)l + member->has) = true;
            *(uint32_t *)((char *)l + member->value) =
                fields->value[member->field];
        }
    }
    if (fields->present & (1u << FAULT_FIELD_KEY)) {
        l->key = decode_key(fields->value[FAULT_FIELD_KEY]);
    }
}

static void decode_slots(LoggedMessage *l, const FaultLogEntry *e)
{
    const FaultSiteInfo *info = &fault_sites[e->site];
    uint32_t status;

    l->has_token = fault_slot_get(&info->token, e->bytes, e->length,
                                  &l->token);
    l->has_status = fault_slot_get(&info->status, e->bytes, e->length,
                                   &status);
    if (l->has_status) {
        l->status = sextract64(status, 0, info->status.width == 32 ? 32 : 64);
    }
}

static char *decode_bytes(const FaultLogEntry *e)
{
    static const char digits[] = "0123456789abcdef";
    char *text = g_malloc(2 * e->length + 1);

    for (unsigned i = 0; i < e->length; i++) {
        text[2 * i] = digits[e->bytes[i] >> 4];
        text[2 * i + 1] = digits[e->bytes[i] & 15];
    }
    text[2 * e->length] = 0;
    return text;
}

LoggedMessage *fault_log_decode(const FaultLogEntry *e)
{
    LoggedMessage *l = g_new0(LoggedMessage, 1);

    l->position = e->position;
    l->time = e->time;
    l->site = e->site;
    l->device = g_strdup(e->device ?: "");
    l->group = g_strdup(e->group);
    l->name = g_strdup(e->name);
    l->bytes = decode_bytes(e);
    l->has_latency = e->latency >= 0;
    l->latency = e->latency;
    l->fate = e->fate;
    l->copies = e->copies;
    l->rules = e->rules;
    if (e->rule[0]) {
        l->rule = g_strdup(e->rule);
        l->has_action = true;
        l->action = e->action;
    }
    l->has_of = e->of;
    l->of = e->of;
    decode_fields(l, &e->fields);
    decode_slots(l, e);
    return l;
}
