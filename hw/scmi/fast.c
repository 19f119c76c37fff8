/*
 * SCMI fast channels: the platform's side
 *
 * See hw/scmi/fastchannel.h for what agents see. The words that they read are
 * kept up to date with the domains, so that a read need not ask anybody. What
 * they write is gathered in slots, by themselves if a doorbell says when it is
 * complete.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "fast.h"
#include "platform-state.h"
#include "trace.h"

FIELD(FAST_ATTRIBUTES, DOORBELL, 0, 1)
FIELD(FAST_ATTRIBUTES, WIDTH, 1, 2)
#define FAST_DOORBELL_32_BITS 2

FIELD(FAST_MESSAGE_ATTRIBUTES, FAST_CHANNEL, 0, 1)

#define NUM_CHANNELS ARRAY_SIZE(((ScmiFastClass *)NULL)->channels)

size_t scmi_fast_size(const ScmiPlatform *s)
{
    return s->fast->len * SCMI_FAST_ENTRY_SIZE;
}

void scmi_fast_add(ScmiFastDomain *domain)
{
    GPtrArray *fast = domain->platform->fast;

    if (domain->mode != SCMI_FAST_CHANNELS_NONE) {
        domain->place = fast->len;
        g_ptr_array_add(fast, domain);
    }
}

/* Where a word is in each area of a window: all are laid out alike. */
static uint32_t word_offset(const ScmiFastDomain *domain, unsigned word)
{
    return domain->place * SCMI_FAST_ENTRY_SIZE + word * sizeof(uint32_t);
}

static bool has_doorbell(const ScmiFastDomain *domain,
                         const ScmiFastChannel *channel)
{
    return channel->set && domain->mode == SCMI_FAST_CHANNELS_DOORBELL;
}

/* Nobody has to see what is written before a doorbell rings. */
static unsigned channel_area(const ScmiFastDomain *domain,
                             const ScmiFastChannel *channel)
{
    return !channel->set ? SCMI_FAST_STATE :
           has_doorbell(domain, channel) ? SCMI_FAST_SLOTS :
           SCMI_FAST_COMMANDS;
}

/* What agents are shown. */

static void window_changed(const ScmiPlatform *s, unsigned agent,
                           unsigned area)
{
    const ScmiFastWindow *window = s->agents[agent].window;

    if (window->changed) {
        window->changed(window->opaque, agent, area);
    }
}

/* What an agent may not use, it is not shown either. */
static void window_show(const ScmiPlatform *s, unsigned agent,
                        const ScmiFastDomain *domain,
                        const uint32_t entry[SCMI_FAST_ENTRY_WORDS])
{
    uint8_t *state = s->agents[agent].window->state + word_offset(domain, 0);
    bool shown = scmi_agent_may_use(s, agent, domain->class->protocol,
                                    domain->resource->id);

    for (unsigned i = 0; i < SCMI_FAST_ENTRY_WORDS; i++) {
        stl_le_p(state + i * sizeof(entry[0]), shown ? entry[i] : 0);
    }
}

static void domain_show(const ScmiFastDomain *domain)
{
    ScmiPlatform *s = domain->platform;
    uint32_t entry[SCMI_FAST_ENTRY_WORDS] = {};

    domain->class->get(domain, entry);
    for (unsigned i = 1; i < s->num_agents; i++) {
        if (s->agents[i].window) {
            window_show(s, i, domain, entry);
            window_changed(s, i, SCMI_FAST_STATE);
        }
    }
}

void scmi_fast_update(const ScmiFastDomain *domain)
{
    if (domain->mode != SCMI_FAST_CHANNELS_NONE) {
        domain_show(domain);
    }
}

static void window_show_all(const ScmiPlatform *s, unsigned agent)
{
    for (unsigned i = 0; i < s->fast->len; i++) {
        const ScmiFastDomain *domain = g_ptr_array_index(s->fast, i);
        uint32_t entry[SCMI_FAST_ENTRY_WORDS] = {};

        domain->class->get(domain, entry);
        window_show(s, agent, domain, entry);
    }
    window_changed(s, agent, SCMI_FAST_STATE);
}

void scmi_fast_permitted(const ScmiPlatform *s, unsigned agent)
{
    if (s->agents[agent].window) {
        window_show_all(s, agent);
    }
}

void scmi_fast_reset(ScmiPlatform *s, unsigned agent)
{
    const ScmiFastWindow *window = s->agents[agent].window;

    memset(window->state, 0, scmi_fast_size(s));
    memset(window->slots, 0, scmi_fast_size(s));
    window_changed(s, agent, SCMI_FAST_SLOTS);
    window_show_all(s, agent);
}

bool scmi_fast_has_window(const ScmiPlatform *s, unsigned agent)
{
    return s->agents[agent].window;
}

void scmi_fast_attach(ScmiPlatform *s, unsigned agent,
                      const ScmiFastWindow *window)
{
    assert(agent != SCMI_AGENT_PLATFORM && agent < s->num_agents);
    assert(!s->agents[agent].window);
    s->agents[agent].window = window;
    scmi_fast_reset(s, agent);
}

/* What agents write. */

static void log_guest_error(unsigned agent, uint32_t offset, uint32_t value,
                            const char *what)
{
    trace_scmi_fast_error(agent, offset, value, what);
    qemu_log_mask(LOG_GUEST_ERROR, "scmi: agent %u, fast channel 0x%" PRIx32
                  ", value 0x%" PRIx32 ": %s\n", agent, offset, value, what);
}

static void carry_out(unsigned agent, ScmiFastDomain *domain,
                      const ScmiFastChannel *channel, const uint32_t *words)
{
    ScmiPlatform *s = domain->platform;
    const ScmiFastClass *class = domain->class;
    ScmiStatus status = SCMI_DENIED;

    if (scmi_agent_may_use(s, agent, class->protocol, domain->resource->id)) {
        status = class->set(domain, channel->message, words, agent);
    }
    trace_scmi_fast_set(agent, class->protocol->name, channel->message,
                        domain->resource->id, words[0], status);
    if (status != SCMI_SUCCESS) {
        log_guest_error(agent, word_offset(domain, channel->word), words[0],
                        "not carried out");
        scmi_base_report(s, agent, class->protocol, channel->message, status);
    }
}

static void channel_set(unsigned agent, ScmiFastDomain *domain,
                        const ScmiFastChannel *channel)
{
    const ScmiFastWindow *window = domain->platform->agents[agent].window;
    uint32_t offset = word_offset(domain, channel->word);
    uint32_t words[SCMI_FAST_MAX_WORDS];

    for (unsigned i = 0; i < channel->words; i++) {
        words[i] = ldl_le_p(window->slots + offset + i * sizeof(words[0]));
    }
    if (fault_watched) {
        scmi_fast_pass(domain->platform, agent, domain->class->protocol->id,
                       channel->message, domain->resource->id, words,
                       channel->words);
    } else {
        carry_out(agent, domain, channel, words);
    }
}

bool scmi_fast_set(ScmiPlatform *s, unsigned agent, unsigned protocol,
                   unsigned message, unsigned id, const uint32_t *words)
{
    for (unsigned i = 0; i < s->fast->len; i++) {
        ScmiFastDomain *domain = g_ptr_array_index(s->fast, i);

        if (domain->class->protocol->id != protocol ||
            domain->resource->id != id) {
            continue;
        }
        for (unsigned c = 0; c < NUM_CHANNELS; c++) {
            const ScmiFastChannel *channel = &domain->class->channels[c];

            if (channel->set && channel->message == message) {
                carry_out(agent, domain, channel, words);
                return true;
            }
        }
    }
    return false;
}

static void doorbell_ring(unsigned agent, ScmiFastDomain *domain,
                          uint32_t offset, uint32_t value)
{
    for (unsigned i = 0; i < NUM_CHANNELS; i++) {
        const ScmiFastChannel *channel = &domain->class->channels[i];

        if (channel->set && extract32(value, i, 1)) {
            channel_set(agent, domain, channel);
            value = deposit32(value, i, 1, 0);
        }
    }
    if (value) {
        log_guest_error(agent, offset, value, "rings nothing");
    }
}

/* The channel whose command a word is, or part of it. */
static const ScmiFastChannel *set_channel_at(const ScmiFastDomain *domain,
                                             unsigned word)
{
    for (unsigned i = 0; i < NUM_CHANNELS; i++) {
        const ScmiFastChannel *channel = &domain->class->channels[i];

        if (channel_area(domain, channel) == SCMI_FAST_COMMANDS &&
            word >= channel->word &&
            word < channel->word + channel->words) {
            return channel;
        }
    }
    return NULL;
}

void scmi_fast_write(ScmiPlatform *s, unsigned agent, uint32_t offset,
                     uint32_t value)
{
    unsigned word = offset % SCMI_FAST_ENTRY_SIZE / sizeof(uint32_t);
    const ScmiFastChannel *channel;
    ScmiFastDomain *domain;

    if (offset >= scmi_fast_size(s)) {
        log_guest_error(agent, offset, value, "no entry");
        return;
    }
    domain = g_ptr_array_index(s->fast, offset / SCMI_FAST_ENTRY_SIZE);
    if (domain->mode == SCMI_FAST_CHANNELS_DOORBELL &&
        word == SCMI_FAST_DOORBELL / sizeof(uint32_t)) {
        doorbell_ring(agent, domain, offset, value);
        return;
    }
    channel = set_channel_at(domain, word);
    if (!channel) {
        log_guest_error(agent, offset, value, "takes no value");
        return;
    }
    stl_le_p(s->agents[agent].window->slots + offset, value);
    window_changed(s, agent, SCMI_FAST_SLOTS);
    if (word == channel->word + channel->words - 1) {
        channel_set(agent, domain, channel);
    }
}

/* Messages. */

/* Where the agent sees its window, or UINT64_MAX. */
static uint64_t window_address(const ScmiCall *call)
{
    const ScmiFastWindow *w = call->platform->agents[call->agent].window;

    return w ? w->address(w->opaque, call->agent) : UINT64_MAX;
}

bool scmi_fast_offered(const ScmiCall *call, const ScmiFastDomain *domain)
{
    return domain->mode != SCMI_FAST_CHANNELS_NONE &&
           call->version >= domain->since &&
           window_address(call) != UINT64_MAX;
}

uint32_t scmi_fast_message_attributes(const ScmiCall *call)
{
    const GPtrArray *fast = call->platform->fast;

    for (unsigned i = 0; i < fast->len; i++) {
        const ScmiFastDomain *domain = g_ptr_array_index(fast, i);

        if (domain->class->protocol == call->protocol &&
            scmi_fast_offered(call, domain)) {
            return R_FAST_MESSAGE_ATTRIBUTES_FAST_CHANNEL_MASK;
        }
    }
    return 0;
}

/* The words of a description that say how its doorbell is rung. */
static void put_doorbell(ScmiCall *call, const ScmiFastDomain *domain,
                         unsigned bit)
{
    unsigned word = SCMI_FAST_DOORBELL / sizeof(uint32_t);

    scmi_put_u64(call, window_address(call) + word_offset(domain, word));
    scmi_put_u64(call, BIT(bit));
    /* Bits that are 0 ring nothing, so none have to be read and preserved. */
    scmi_put_u64(call, 0);
}

static uint64_t channel_address(const ScmiCall *call,
                                const ScmiFastDomain *domain,
                                const ScmiFastChannel *channel)
{
    const ScmiFastWindow *w = call->platform->agents[call->agent].window;

    return window_address(call) + word_offset(domain, channel->word) +
           channel_area(domain, channel) * w->area_size;
}

static void put_description(ScmiCall *call, const ScmiFastDomain *domain,
                            unsigned place)
{
    const ScmiFastChannel *channel = &domain->class->channels[place];
    bool doorbell = has_doorbell(domain, channel);
    uint32_t attributes = 0;

    if (doorbell) {
        attributes = FIELD_DP32(attributes, FAST_ATTRIBUTES, DOORBELL, 1);
        attributes = FIELD_DP32(attributes, FAST_ATTRIBUTES, WIDTH,
                                FAST_DOORBELL_32_BITS);
    }
    scmi_put_u32(call, attributes);
    scmi_put_u32(call, domain->rate_limit);
    scmi_put_u64(call, channel_address(call, domain, channel));
    scmi_put_u32(call, channel->words * sizeof(uint32_t));
    if (doorbell) {
        put_doorbell(call, domain, place);
    } else {
        for (unsigned i = 0; i < 3; i++) {
            scmi_put_u64(call, 0);
        }
    }
}

ScmiStatus scmi_fast_describe(ScmiCall *call, const ScmiFastDomain *domain)
{
    uint32_t message = call->payload[1];
    unsigned i = 0;

    while (i < NUM_CHANNELS && domain->class->channels[i].message != message) {
        i++;
    }
    if (i == NUM_CHANNELS) {
        return message < SCMI_NUM_MESSAGES && call->view->rows[message]
               ? SCMI_NOT_SUPPORTED : SCMI_NOT_FOUND;
    }
    if (!scmi_fast_offered(call, domain) ||
        (domain->class->channels[i].set &&
         !domain->class->settable(domain, message))) {
        return SCMI_NOT_SUPPORTED;
    }
    put_description(call, domain, i);
    return SCMI_SUCCESS;
}
