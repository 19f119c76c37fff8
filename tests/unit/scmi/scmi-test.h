/*
 * Unit tests of the SCMI platform: what they share
 *
 * A platform is made from JSON, messages are sent to it as words, and every
 * reply comes back in a structure of its own. Sending checks what holds for
 * each message whatever it is: the reply stays within its room, is whole
 * words unless it lists pins, and is a lone status unless that is SUCCESS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_UNIT_SCMI_TEST_H
#define TESTS_UNIT_SCMI_TEST_H

#include "hw/qdev-core.h"
#include "hw/scmi/platform.h"
#include "hw/scmi/wire.h"
#include "../virtual-clock.h"

#define SCMI_TEST_AGENT 1
#define SCMI_TEST_MAX_VALUES ((SCMI_REPLY_MAX - 4) / 4)

/**
 * ScmiTestReply: what a message was answered
 * @status: its first word
 * @length: in bytes, @status included
 * @num_values, @values: the words behind it, host byte order, the last one
 *                       filled up with zeros
 */
typedef struct ScmiTestReply {
    int32_t status;
    unsigned length;
    unsigned num_values;
    uint32_t values[SCMI_TEST_MAX_VALUES];
} ScmiTestReply;

/**
 * scmi_test_config: a configuration
 * @members: JSON object whose members replace those of an empty platform with
 *           one agent; single quotes are fine
 *
 * The caller frees it.
 */
ScmiPlatformConfig *scmi_test_config(const char *members);

/* A configuration that is refused with an error that starts so. */
void scmi_test_check_config(const ScmiPlatformConfig *config,
                            const char *expected);
void scmi_test_check_refused(const char *members, const char *expected);

/* @json is refused with @error, and that is test "/scmi/refused/@name". */
typedef struct ScmiTestRefusal {
    const char *name;
    const char *json;
    const char *error;
} ScmiTestRefusal;

/* Borrows them. */
void scmi_test_add_refusals(const ScmiTestRefusal *refusals, unsigned n);

/* A platform of that configuration; it must make sense. */
ScmiPlatform *scmi_test_platform(const char *members);
ScmiPlatform *scmi_test_default_platform(void);

/* A platform of @config, which is freed. */
ScmiPlatform *scmi_test_make(ScmiPlatformConfig *config);

/* Have @config report @version for @protocol. */
void scmi_test_report(ScmiPlatformConfig *config, uint8_t protocol,
                      uint32_t version);
/* Both. */
ScmiPlatform *scmi_test_old_platform(ScmiPlatformConfig *config,
                                     uint8_t protocol, uint32_t version);

/* The built-in platform, and every protocol that it does not have. */
ScmiPlatformConfig *scmi_test_full_config(void);
ScmiPlatform *scmi_test_full_platform(void);
/* One with an accelerometer and a gyroscope; see sensor-axes-test.c. */
ScmiPlatform *scmi_test_inertial_platform(void);
void scmi_test_free(ScmiPlatform *platform);

/* A resource by its path below the platform, for example "clock/uart-ref". */
Object *scmi_test_resource(ScmiPlatform *platform, const char *path);

uint32_t scmi_test_header(uint8_t protocol, uint8_t message);

/* Send @length bytes of @payload as they are. */
ScmiTestReply scmi_test_send(ScmiPlatform *platform, unsigned agent,
                             uint32_t header, const void *payload,
                             size_t length, size_t room);

/* Send @n words of payload, the first one skipped (see SEND). */
ScmiTestReply scmi_test_send_words(ScmiPlatform *platform, unsigned agent,
                                   uint8_t protocol, uint8_t message,
                                   const uint32_t *words, unsigned n);

#define SEND_AS(agent, platform, protocol, message, ...)                \
    scmi_test_send_words(platform, agent, protocol, message,            \
                         (const uint32_t[]){ 0, ##__VA_ARGS__ },        \
                         sizeof((const uint32_t[]){ 0, ##__VA_ARGS__ }) / 4)
#define SEND(platform, protocol, message, ...)                          \
    SEND_AS(SCMI_TEST_AGENT, platform, protocol, message, ##__VA_ARGS__)

/* The reply is a lone status. */
#define ASSERT_STATUS(reply, expected) do {                             \
        ScmiTestReply reply_ = (reply);                                 \
        g_assert_cmpint(reply_.status, ==, (expected));                 \
        g_assert_cmpuint(reply_.num_values, ==, 0);                     \
    } while (0)

/* The reply is SUCCESS and these words, no more and no fewer. */
#define ASSERT_VALUES(reply, ...) do {                                  \
        ScmiTestReply reply_ = (reply);                                 \
        const uint32_t expected_[] = { __VA_ARGS__ };                   \
        g_assert_cmpint(reply_.status, ==, SCMI_SUCCESS);               \
        g_assert_cmpmem(reply_.values, reply_.num_values * 4,           \
                        expected_, sizeof(expected_));                  \
    } while (0)

/* Text of @size bytes from value @index on: @expected, padded with zeros. */
void scmi_test_assert_text(const ScmiTestReply *reply, unsigned index,
                           const char *expected, size_t size);

/* Make the agent use @version of @protocol. */
void scmi_test_negotiate(ScmiPlatform *platform, uint8_t protocol,
                         uint32_t version);

/* Events. */

/* A notification or a delayed response, host byte order. */
typedef struct ScmiTestEvent {
    uint32_t header;
    unsigned num_words;
    uint32_t words[SCMI_EVENT_MAX / 4];
} ScmiTestEvent;

/**
 * ScmiTestInbox: what an agent was sent; starts as zeros
 * @busy: its channel is not free
 */
typedef struct ScmiTestInbox {
    bool busy;
    unsigned count;
    ScmiTestEvent events[64];
} ScmiTestInbox;

/* A sink's send, for an ScmiTestInbox. */
bool scmi_test_receive(void *opaque, uint32_t header, const void *payload,
                       size_t length);

/* Have the agent's events sent to @inbox, which outlives the platform. */
void scmi_test_attach(ScmiPlatform *platform, unsigned agent,
                      ScmiTestInbox *inbox);

/* The oldest event, which there has to be. */
ScmiTestEvent scmi_test_take(ScmiTestInbox *inbox);

/* The oldest event has this header and these words, no more and no fewer. */
#define ASSERT_EVENT(inbox, expected_header, ...) do {                  \
        ScmiTestEvent event_ = scmi_test_take(inbox);                   \
        const uint32_t expected_[] = { __VA_ARGS__ };                   \
        g_assert_cmphex(event_.header, ==, (expected_header));          \
        g_assert_cmpmem(event_.words, event_.num_words * 4,             \
                        expected_, sizeof(expected_));                  \
    } while (0)
#define ASSERT_NO_EVENT(inbox) g_assert_cmpuint((inbox)->count, ==, 0)

/* The machine. */

/**
 * ScmiTestMachine: how often the platform asked what of the machine
 * @by_guest: the last one was an agent's doing
 */
typedef struct ScmiTestMachine {
    unsigned shutdowns;
    unsigned resets;
    unsigned suspends;
    bool by_guest;
} ScmiTestMachine;

extern ScmiTestMachine scmi_test_machine;

/* The date when a platform is made, in seconds since 1970. */
#define SCMI_TEST_DATE 1000000000

/* Everything that QOM shows of the platform, as text; the caller frees it. */
char *scmi_test_qom_state(ScmiPlatform *platform);

/**
 * scmi_test_save: what a snapshot holds of a device
 *
 * The last byte is an end mark: QEMU always looks one byte ahead, for a
 * subsection. The caller frees it.
 */
GByteArray *scmi_test_save(DeviceState *dev);

/*
 * Load @stream into @dev, as of its own version or of @version; returns 0 or
 * what refused it.
 */
int scmi_test_load(DeviceState *dev, const GByteArray *stream);
int scmi_test_load_version(DeviceState *dev, const GByteArray *stream,
                           int version);

/* Called for the platform itself and then each of its resources. */
typedef void ScmiTestDeviceFunc(DeviceState *dev, void *opaque);
void scmi_test_foreach_device(ScmiPlatform *platform,
                              ScmiTestDeviceFunc *func, void *opaque);

/* What a snapshot holds of the platform and its resources. */
GByteArray *scmi_test_save_all(ScmiPlatform *platform);

/* The tests, a file each. */
void scmi_test_add_rows(void);
void scmi_test_add_reserved(void);
void scmi_test_add_async(void);
void scmi_test_add_delayed(void);
void scmi_test_add_base(void);
void scmi_test_add_channel(void);
void scmi_test_add_power_reset(void);
void scmi_test_add_clock(void);
void scmi_test_add_clock_rates(void);
void scmi_test_add_sensor(void);
void scmi_test_add_perf(void);
void scmi_test_add_powercap(void);
void scmi_test_add_fast(void);
void scmi_test_add_sensor_axes(void);
void scmi_test_add_sensor_event(void);
void scmi_test_add_voltage(void);
void scmi_test_add_switch(void);
void scmi_test_add_config(void);
void scmi_test_add_config_check(void);
void scmi_test_add_refused(void);
void scmi_test_add_domains_refused(void);
void scmi_test_add_versions(void);
void scmi_test_add_permission(void);
void scmi_test_add_qom(void);
void scmi_test_add_vmstate(void);
void scmi_test_add_system(void);
void scmi_test_add_pinctrl(void);
void scmi_test_add_pinctrl_permission(void);
void scmi_test_add_imx(void);
void scmi_test_add_imx_bbm(void);
void scmi_test_add_vendor(void);
void scmi_test_add_random(void);

#endif
