/*
 * RTKit system endpoint: crashlog
 *
 * When the firmware crashes it writes a log into its buffer, and repeats the
 * message by which it got the buffer. The log is a header, sections and a
 * footer, all little-endian; Linux drivers/soc/apple/rtkit-crashlog.c prints
 * those that are written here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "qemu/timer.h"

#define FOURCC(a, b, c, d) \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

#define CRASHLOG_HEADER FOURCC('C', 'L', 'H', 'E')
#define CRASHLOG_VERSION 1
#define CRASHLOG_HEADER_PAD 16
#define CRASHLOG_FOOTER_SIZE 16

enum {
    SECTION_VERSION = FOURCC('C', 'v', 'e', 'r'),
    SECTION_STRING = FOURCC('C', 's', 't', 'r'),
    SECTION_TIME = FOURCC('C', 't', 'i', 'm'),
    SECTION_MAILBOX = FOURCC('C', 'm', 'b', 'x'),
    SECTION_REGISTERS = FOURCC('C', 'r', 'g', '8'),
};

#define SECTION_ALIGN 8

#define VERSION_UUID 16

/* Words before type, unknown and index. */
#define MAILBOX_OPAQUE_WORDS 4

/* As 64-bit words, after two 32-bit ones. */
enum {
    REG_X0 = 0,
    REG_SP = 31,
    REG_PC,
    REG_PSR,
    REG_CPACR,
    REG_FPSR,
    REG_FPCR,
    REG_FP0,
    REG_FAR = REG_FP0 + 64,
    REG_UNKNOWN0,
    REG_ESR,
    REG_UNKNOWN1,
    NUM_REGS,
};

/*
 * There is no CPU: what a firmware that called panic() would leave behind.
 * EL1h with interrupts masked, at a BRK instruction.
 */
#define PANIC_PC  0x1000
#define PANIC_SP  0x8000
#define PANIC_PSR 0x3c5
#define PANIC_ESR 0xf2000001

/* What an AP that debugs the firmware asks for, by a bare word. */
enum {
    CRASH_HARD = 0x22,
    CRASH_SOFT = 0x40,
};

static void put32(GByteArray *log, uint32_t value)
{
    value = cpu_to_le32(value);
    g_byte_array_append(log, (const uint8_t *)&value, sizeof(value));
}

static void put64(GByteArray *log, uint64_t value)
{
    value = cpu_to_le64(value);
    g_byte_array_append(log, (const uint8_t *)&value, sizeof(value));
}

static void put_zeros(GByteArray *log, unsigned count)
{
    guint start = log->len;

    g_byte_array_set_size(log, start + count);
    memset(log->data + start, 0, count);
}

/* With its NUL, and more of them up to the next section. */
static void put_text(GByteArray *log, const char *text)
{
    g_byte_array_append(log, (const uint8_t *)text, strlen(text) + 1);
    put_zeros(log, ROUND_UP(log->len, SECTION_ALIGN) - log->len);
}

static void set32(GByteArray *log, guint offset, uint32_t value)
{
    stl_le_p(log->data + offset, value);
}

/* Returns where it begins, for end_section(). */
static guint begin_section(GByteArray *log, uint32_t fourcc)
{
    guint start = log->len;

    put32(log, fourcc);
    put32(log, 0);
    put32(log, 0);
    put32(log, 0);      /* the length, header included */
    return start;
}

static void end_section(GByteArray *log, guint start)
{
    set32(log, start + 12, log->len - start);
}

static void put_version(GByteArray *log, RTKit *rtkit)
{
    g_autofree char *text = g_strdup_printf("QEMU " QEMU_VERSION
                                            ", RTKit protocol %u",
                                            rtkit->version);
    guint start = begin_section(log, SECTION_VERSION);

    put_zeros(log, VERSION_UUID);
    put_text(log, text);
    end_section(log, start);
}

static void put_string(GByteArray *log, const char *text)
{
    g_autofree char *line = g_strndup(text, RTKIT_REASON_LEN - 1);
    guint start = begin_section(log, SECTION_STRING);

    put32(log, 0);
    put_text(log, line);
    end_section(log, start);
}

static void put_time(GByteArray *log)
{
    guint start = begin_section(log, SECTION_TIME);

    put64(log, qemu_clock_get_us(QEMU_CLOCK_VIRTUAL));
    end_section(log, start);
}

/* The messages that passed, the oldest first. */
static void put_mailbox(GByteArray *log, RTKit *rtkit)
{
    unsigned count = MIN(rtkit->num_passed, RTKIT_HISTORY_LEN);
    guint start = begin_section(log, SECTION_MAILBOX);

    put_zeros(log, MAILBOX_OPAQUE_WORDS * sizeof(uint32_t));
    put32(log, 0);      /* type */
    put32(log, 0);
    put32(log, count);  /* index of the next one */
    for (unsigned i = 0; i < count; i++) {
        uint64_t number = rtkit->num_passed - count + i;
        RTKitPassed *p = &rtkit->passed[number % RTKIT_HISTORY_LEN];

        put64(log, p->endpoint);
        put64(log, p->msg);
        put32(log, p->time);
        put32(log, 0);
    }
    end_section(log, start);
}

static void put_registers(GByteArray *log)
{
    static const uint64_t regs[NUM_REGS] = {
        [REG_SP] = PANIC_SP,
        [REG_PC] = PANIC_PC,
        [REG_PSR] = PANIC_PSR,
        [REG_ESR] = PANIC_ESR,
    };
    guint start = begin_section(log, SECTION_REGISTERS);

    put32(log, 0);
    put32(log, 0);
    for (int i = 0; i < NUM_REGS; i++) {
        put64(log, regs[i]);
    }
    end_section(log, start);
}

/*
 * Linux looks for the end of a line beyond that of the text, in the header of
 * the next section: time's has no byte that is one.
 */
static GByteArray *build_crashlog(RTKit *rtkit, const char *reason)
{
    GByteArray *log = g_byte_array_new();
    guint footer;

    put32(log, CRASHLOG_HEADER);
    put32(log, CRASHLOG_VERSION);
    put32(log, 0);      /* the size of it all */
    put32(log, 0);
    put_zeros(log, CRASHLOG_HEADER_PAD);
    put_version(log, rtkit);
    put_string(log, reason);
    put_time(log);
    put_mailbox(log, rtkit);
    put_registers(log);
    footer = begin_section(log, CRASHLOG_HEADER);
    put_zeros(log, CRASHLOG_FOOTER_SIZE);
    end_section(log, footer);
    set32(log, 8, log->len);
    return log;
}

void rtkit_crashlog_send(RTKit *rtkit, const char *reason,
                         const uint8_t *bytes, size_t length)
{
    RTKitEndpoint *ep = &rtkit->endpoint[RTKIT_EP_CRASHLOG];
    g_autoptr(GByteArray) log = NULL;
    uint64_t notice;

    if (!ep->started || ep->waiting) {
        return;
    }
    notice = rtkit_endpoint_buffer_message(ep);
    log = bytes ? g_byte_array_append(g_byte_array_new(), bytes, length)
                : build_crashlog(rtkit, reason);
    if (log->len > ep->size ||
        !rtkit->ops->write_memory(rtkit->opaque, ep->addr, log->data,
                                  log->len)) {
        rtkit_guest_error(rtkit, ep->id, notice, "no room for the crashlog");
    }
    rtkit_send(ep, notice);
}

static bool crashlog_receive(RTKitEndpoint *ep, uint64_t msg)
{
    switch (msg) {
    case CRASH_HARD:
        return rtkit_crash(ep->rtkit, "hard crash asked for by the AP");
    case CRASH_SOFT:
        return rtkit_crash(ep->rtkit, "soft crash asked for by the AP");
    default:
        return false;
    }
}

const RTKitEndpointOps rtkit_crashlog_ops = {
    .name = "crashlog",
    .needed = true,
    .receive = crashlog_receive,
};
