/*
 * What a machine was saved as, and where in it our devices are, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration-stream.h"
#include "qemu/bswap.h"

/* As in migration/qemu-file-types.h and migration/savevm.h */
#define FILE_MAGIC "QEVM\0\0\0\3"
#define SECTION_FULL 0x04
#define SECTION_FOOTER 0x7e

static bool is_ours(const char *name)
{
    static const char *const ours[] = { "apple-", "scmi", "arm-mhu",
                                        "fault-engine" };
    const char *last = strrchr(name, '/');

    for (unsigned i = 0; i < ARRAY_SIZE(ours); i++) {
        if (g_str_has_prefix(last ? last + 1 : name, ours[i])) {
            return true;
        }
    }
    return false;
}

/* The name of the section behind the footer at @at, if there is one. */
static bool section_at(const Stream *s, size_t at, StreamSection *section)
{
    const uint8_t *bytes = s->bytes + at;
    size_t length;

    if (at + 10 + STREAM_MAX_NAME + 8 > s->length ||
        bytes[0] != SECTION_FOOTER || bytes[5] != SECTION_FULL) {
        return false;
    }
    length = bytes[10];
    if (length < 3 || length >= STREAM_MAX_NAME ||
        ldl_be_p(bytes + 6) != ldl_be_p(bytes + 1) + 1) {
        return false;
    }
    memset(section->name, 0, STREAM_MAX_NAME);
    memcpy(section->name, bytes + 11, length);
    section->at = at + 11 + length + 8;
    return strlen(section->name) == length;
}

static void find_sections(Stream *s)
{
    StreamSection section, found = {};
    bool any = false;

    s->sections = g_array_new(false, true, sizeof(StreamSection));
    for (size_t at = s->start; at < s->length; at++) {
        if (!section_at(s, at, &found)) {
            continue;
        }
        if (any && is_ours(section.name)) {
            section.length = at - section.at;
            g_test_message("%s: %zu bytes", section.name, section.length);
            g_array_append_val(s->sections, section);
        }
        section = found;
        any = true;
    }
}

void stream_read(Stream *s, const char *path)
{
    g_autoptr(GError) err = NULL;
    const uint8_t *found;

    g_assert_true(g_file_get_contents(path, (char **)&s->bytes, &s->length,
                                      &err));
    found = memmem(s->bytes, s->length, FILE_MAGIC, sizeof(FILE_MAGIC) - 1);
    g_assert_nonnull(found);
    s->start = found - s->bytes;
    find_sections(s);
}

void stream_free(Stream *s)
{
    g_array_free(s->sections, true);
    g_free(s->bytes);
}

const StreamSection *stream_find(const Stream *s, const char *name)
{
    for (unsigned i = 0; i < s->sections->len; i++) {
        const StreamSection *section = &g_array_index(s->sections,
                                                      StreamSection, i);

        if (!strcmp(section->name, name)) {
            return section;
        }
    }
    g_assert_not_reached();
}
