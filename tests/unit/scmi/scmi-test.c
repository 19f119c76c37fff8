/*
 * Unit tests of the SCMI platform: what they share, and main()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "qapi/qobject-input-visitor.h"
#include "block/qdict.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "io/channel-buffer.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "../migration/qemu-file.h"
#include "hw/scmi/resource.h"
#include "scmi-test.h"

/* Parent of the platforms under test. */
static Object *root;

static const char empty_platform[] =
"{ 'vendor': 'vendor', 'sub-vendor': 'sub-vendor', 'version': 7,"
"  'agents': [ { 'name': 'agent' } ], 'clocks': [], 'power-domains': [],"
"  'sensors': [], 'reset-domains': [] }";

ScmiPlatformConfig *scmi_test_config(const char *members)
{
    QDict *dict = qobject_to(QDict, qobject_from_json(empty_platform,
                                                      &error_abort));
    QDict *changes = qobject_to(QDict, qobject_from_json(members,
                                                         &error_abort));
    ScmiPlatformConfig *config;
    Visitor *v;

    qdict_join(dict, changes, true);
    v = qobject_input_visitor_new(QOBJECT(dict));
    visit_type_ScmiPlatformConfig(v, NULL, &config, &error_abort);
    visit_free(v);
    qobject_unref(dict);
    qobject_unref(changes);
    return config;
}

ScmiPlatform *scmi_test_make(ScmiPlatformConfig *config)
{
    ScmiPlatform *platform = scmi_platform_new(root, "scmi", config,
                                               &error_abort);

    qapi_free_ScmiPlatformConfig(config);
    return platform;
}

ScmiPlatform *scmi_test_platform(const char *members)
{
    return scmi_test_make(scmi_test_config(members));
}

void scmi_test_report(ScmiPlatformConfig *config, uint8_t protocol,
                      uint32_t version)
{
    ScmiProtocolVersion *v = g_new0(ScmiProtocolVersion, 1);

    v->protocol = protocol;
    v->version = version;
    config->has_versions = true;
    QAPI_LIST_PREPEND(config->versions, v);
}

ScmiPlatform *scmi_test_old_platform(ScmiPlatformConfig *config,
                                     uint8_t protocol, uint32_t version)
{
    scmi_test_report(config, protocol, version);
    return scmi_test_make(config);
}

ScmiPlatform *scmi_test_default_platform(void)
{
    return scmi_test_make(scmi_default_platform());
}

static const char beside_default[] =
"{ 'vendor': 'NXP', 'sub-vendor': 'IMX', 'system-power': {},"
"  'imx-lms': [ { 'name': 'ap', 'state': 'on' }, { 'name': 'm7' } ],"
"  'imx-bbm': { 'rtcs': [ { 'name': 'bbnsm' } ], 'gprs': 1 },"
"  'imx-cpus': [ { 'name': 'a55', 'lm': 'ap' } ],"
"  'imx-misc': { 'controls': [ { 'name': 'mqs' } ],"
"    'board-controls': [ { 'name': 'wake' } ],"
"    'reset-reasons': [ 'por' ],"
"    'build': { 'number': 1, 'commit': 2, 'date': 'a', 'time': 'b' },"
"    'silicon': { 'device': 1, 'revision': 2, 'part': 3, 'name': 'c' },"
"    'cfg': { 'mode-select': 1, 'name': 'd' }, 'board': 'e',"
"    'rom-passover': [ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 ],"
"    'syslog': [ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,"
"      18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30 ] } }";

#define STEAL(to, from, member) ((to)->member = \
                                 g_steal_pointer(&(from)->member))

ScmiPlatformConfig *scmi_test_full_config(void)
{
    ScmiPlatformConfig *config = scmi_default_platform();
    g_autoptr(ScmiPlatformConfig) others = scmi_test_config(beside_default);

    g_free(config->vendor);
    g_free(config->sub_vendor);
    STEAL(config, others, vendor);
    STEAL(config, others, sub_vendor);
    STEAL(config, others, system_power);
    STEAL(config, others, imx_bbm);
    STEAL(config, others, imx_misc);
    STEAL(config, others, imx_lms);
    STEAL(config, others, imx_cpus);
    config->has_imx_lms = config->has_imx_cpus = true;
    return config;
}

ScmiPlatform *scmi_test_full_platform(void)
{
    return scmi_test_make(scmi_test_full_config());
}

void scmi_test_free(ScmiPlatform *platform)
{
    object_unparent(OBJECT(platform));
}

Object *scmi_test_resource(ScmiPlatform *platform, const char *path)
{
    Object *obj = object_resolve_path_at(OBJECT(platform), path);

    g_assert_nonnull(obj);
    return obj;
}

uint32_t scmi_test_header(uint8_t protocol, uint8_t message)
{
    return FIELD_DP32(message, SCMI_HEADER, PROTOCOL, protocol);
}

ScmiTestReply scmi_test_send(ScmiPlatform *platform, unsigned agent,
                             uint32_t header, const void *payload,
                             size_t length, size_t room)
{
    /* Of the heap, for sanitizers to see what is read or written beyond. */
    size_t readable = MIN(length, SCMI_COMMAND_MAX);
    g_autofree uint8_t *command = g_memdup2(payload, readable);
    g_autofree uint8_t *bytes = g_malloc(room);
    ScmiTestReply reply = {};
    size_t n;

    memset(bytes, 0xa5, room);
    n = scmi_platform_handle(platform, agent, header, command, length, bytes,
                             room);
    g_assert_cmpuint(n, >=, 4);
    g_assert_cmpuint(n, <=, MIN(room, SCMI_REPLY_MAX));
    /* The identifiers of pins and groups are halves of words. */
    if (FIELD_EX32(header, SCMI_HEADER, PROTOCOL) != SCMI_PROTOCOL_PINCTRL) {
        g_assert_cmpuint(n % 4, ==, 0);
    }
    reply.status = ldl_le_p(bytes);
    reply.length = n;
    reply.num_values = DIV_ROUND_UP(n, 4) - 1;
    memcpy(reply.values, bytes + 4, n - 4);
    for (unsigned i = 0; i < reply.num_values; i++) {
        le32_to_cpus(&reply.values[i]);
    }
    g_assert_cmpint(reply.status, <=, SCMI_SUCCESS);
    g_assert_cmpint(reply.status, >=, SCMI_PROTOCOL_ERROR);
    if (reply.status != SCMI_SUCCESS) {
        g_assert_cmpuint(reply.num_values, ==, 0);
    }
    return reply;
}

ScmiTestReply scmi_test_send_words(ScmiPlatform *platform, unsigned agent,
                                   uint8_t protocol, uint8_t message,
                                   const uint32_t *words, unsigned n)
{
    uint32_t payload[SCMI_COMMAND_MAX / 4];

    g_assert_cmpuint(n - 1, <=, ARRAY_SIZE(payload));
    for (unsigned i = 1; i < n; i++) {
        payload[i - 1] = cpu_to_le32(words[i]);
    }
    return scmi_test_send(platform, agent, scmi_test_header(protocol, message),
                          payload, (n - 1) * 4, SCMI_REPLY_MAX);
}

void scmi_test_assert_text(const ScmiTestReply *reply, unsigned index,
                           const char *expected, size_t size)
{
    g_autofree char *padded = g_malloc0(size);
    g_autofree uint8_t *text = g_malloc(size);

    g_assert_cmpuint(strlen(expected), <, size);
    g_assert_cmpuint(index * 4 + size, <=, reply->num_values * 4);
    strcpy(padded, expected);
    for (unsigned i = 0; i < size / 4; i++) {
        stl_le_p(text + 4 * i, reply->values[index + i]);
    }
    g_assert_cmpmem(text, size, padded, size);
}

void scmi_test_negotiate(ScmiPlatform *platform, uint8_t protocol,
                         uint32_t version)
{
    ASSERT_STATUS(SEND(platform, protocol, SCMI_NEGOTIATE_PROTOCOL_VERSION,
                       version), SCMI_SUCCESS);
}

/* State. */

static void print_object(Object *obj, GString *text)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        g_autofree char *value = NULL;

        if (!prop->get) {
            continue;
        }
        value = object_property_print(obj, prop->name, false, &error_abort);
        g_string_append_printf(text, "%s = %s\n", prop->name, value);
    }
}

static int print_child(Object *obj, void *opaque)
{
    print_object(obj, opaque);
    return 0;
}

char *scmi_test_qom_state(ScmiPlatform *platform)
{
    GString *text = g_string_new("");

    print_object(OBJECT(platform), text);
    object_child_foreach_recursive(OBJECT(platform), print_child, text);
    return g_string_free(text, false);
}

static const VMStateDescription *device_vmsd(DeviceState *dev)
{
    return object_dynamic_cast(OBJECT(dev), TYPE_SCMI_RESOURCE)
           ? SCMI_RESOURCE_GET_CLASS(dev)->vmsd : DEVICE_GET_CLASS(dev)->vmsd;
}

GByteArray *scmi_test_save(DeviceState *dev)
{
    QIOChannelBuffer *buffer = qio_channel_buffer_new(4096);
    QEMUFile *file = qemu_file_new_output(QIO_CHANNEL(buffer));
    GByteArray *stream = g_byte_array_new();

    g_assert_cmpint(vmstate_save_state(file, device_vmsd(dev), dev, NULL), ==,
                    0);
    qemu_put_byte(file, 0);
    g_assert_cmpint(qemu_fflush(file), ==, 0);
    g_byte_array_append(stream, buffer->data, buffer->usage);
    object_unref(OBJECT(buffer));
    qemu_fclose(file);
    return stream;
}

int scmi_test_load_version(DeviceState *dev, const GByteArray *stream,
                           int version)
{
    QIOChannelBuffer *buffer = qio_channel_buffer_new(stream->len);
    QEMUFile *file;
    int ret;

    if (stream->len) {
        memcpy(buffer->data, stream->data, stream->len);
    }
    buffer->usage = stream->len;
    file = qemu_file_new_input(QIO_CHANNEL(buffer));
    object_unref(OBJECT(buffer));
    ret = vmstate_load_state(file, device_vmsd(dev), dev, version);
    qemu_fclose(file);
    return ret;
}

int scmi_test_load(DeviceState *dev, const GByteArray *stream)
{
    return scmi_test_load_version(dev, stream, device_vmsd(dev)->version_id);
}

typedef struct ForeachDevice {
    ScmiTestDeviceFunc *func;
    void *opaque;
} ForeachDevice;

static int foreach_device(Object *obj, void *opaque)
{
    ForeachDevice *foreach = opaque;
    Object *dev = object_dynamic_cast(obj, TYPE_DEVICE);

    if (dev) {
        foreach->func(DEVICE(dev), foreach->opaque);
    }
    return 0;
}

void scmi_test_foreach_device(ScmiPlatform *platform,
                              ScmiTestDeviceFunc *func, void *opaque)
{
    ForeachDevice foreach = { func, opaque };

    func(DEVICE(platform), opaque);
    object_child_foreach_recursive(OBJECT(platform), foreach_device,
                                   &foreach);
}

static void save_device(DeviceState *dev, void *opaque)
{
    GByteArray *one = scmi_test_save(dev);

    g_byte_array_append(opaque, one->data, one->len);
    g_byte_array_unref(one);
}

GByteArray *scmi_test_save_all(ScmiPlatform *platform)
{
    GByteArray *all = g_byte_array_new();

    scmi_test_foreach_device(platform, save_device, all);
    return all;
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    virtual_clock_init();
    root = object_get_root();

    scmi_test_add_rows();
    scmi_test_add_reserved();
    scmi_test_add_async();
    scmi_test_add_delayed();
    scmi_test_add_base();
    scmi_test_add_channel();
    scmi_test_add_power_reset();
    scmi_test_add_clock();
    scmi_test_add_clock_rates();
    scmi_test_add_sensor();
    scmi_test_add_perf();
    scmi_test_add_powercap();
    scmi_test_add_fast();
    scmi_test_add_sensor_axes();
    scmi_test_add_sensor_event();
    scmi_test_add_voltage();
    scmi_test_add_switch();
    scmi_test_add_config();
    scmi_test_add_config_check();
    scmi_test_add_refused();
    scmi_test_add_domains_refused();
    scmi_test_add_versions();
    scmi_test_add_permission();
    scmi_test_add_qom();
    scmi_test_add_vmstate();
    scmi_test_add_system();
    scmi_test_add_pinctrl();
    scmi_test_add_pinctrl_permission();
    scmi_test_add_imx();
    scmi_test_add_imx_bbm();
    scmi_test_add_vendor();
    scmi_test_add_random();
    return g_test_run();
}
