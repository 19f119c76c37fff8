/*
 * What a machine was saved as, and where in it our devices are, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FARSIDE_MIGRATION_STREAM_H
#define FARSIDE_MIGRATION_STREAM_H

#define STREAM_MAX_NAME 64

/* The state of a device: @length of the bytes, from @at on. */
typedef struct StreamSection {
    size_t at;
    size_t length;
    char name[STREAM_MAX_NAME];
} StreamSection;

/*
 * @bytes: of the file, @length of them, which has other things than the
 *         stream in it if it is an image with a snapshot
 * @start: where the stream begins
 * @sections: of StreamSection, those of our devices
 */
typedef struct Stream {
    uint8_t *bytes;
    size_t length;
    size_t start;
    GArray *sections;
} Stream;

void stream_read(Stream *s, const char *path);
void stream_free(Stream *s);

/* The first one of this name; there must be one. */
const StreamSection *stream_find(const Stream *s, const char *name);

#endif
