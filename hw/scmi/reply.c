/*
 * SCMI replies: appending return values
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "protocol.h"

/* Where the next @size bytes go, or NULL if the reply has no room for them. */
static uint8_t *reply_extend(ScmiCall *call, size_t size)
{
    uint8_t *end = call->reply + call->length;

    if (size > call->room - call->length) {
        call->overflow = true;
        return NULL;
    }
    call->length += size;
    return end;
}

void scmi_put_u8(ScmiCall *call, uint8_t value)
{
    uint8_t *end = reply_extend(call, sizeof(value));

    if (end) {
        *end = value;
    }
}

void scmi_put_u16(ScmiCall *call, uint16_t value)
{
    uint8_t *end = reply_extend(call, sizeof(value));

    if (end) {
        stw_le_p(end, value);
    }
}

void scmi_put_u32(ScmiCall *call, uint32_t value)
{
    uint8_t *end = reply_extend(call, sizeof(value));

    if (end) {
        stl_le_p(end, value);
    }
}

void scmi_put_u64(ScmiCall *call, uint64_t value)
{
    scmi_put_u32(call, value);
    scmi_put_u32(call, value >> 32);
}

void scmi_put_text(ScmiCall *call, const char *text, size_t size)
{
    uint8_t *end = reply_extend(call, size);

    if (end) {
        /* Pads with zeros, so nothing older than the reply leaks. */
        strncpy((char *)end, text, size - 1);
        end[size - 1] = '\0';
    }
}

void scmi_put_padding(ScmiCall *call)
{
    while (call->length % sizeof(uint32_t)) {
        scmi_put_u8(call, 0);
    }
}

unsigned scmi_chunk(ScmiCall *call, unsigned first, unsigned total,
                    size_t fixed, size_t size)
{
    size_t room = call->room - call->length;
    unsigned n;

    assert(first <= total);
    n = room <= fixed ? 0 : MIN(total - first, (room - fixed) / size);
    /* Agents stop at an empty part, as if it were the end of the list. */
    call->overflow |= !n && first < total;
    return n;
}
