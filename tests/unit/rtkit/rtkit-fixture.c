/*
 * An RTKit with nobody around it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-fixture.h"
#include "io/channel-buffer.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "../migration/qemu-file.h"

static char *log_file;

static void remove_log(void)
{
    unlink(log_file);
    g_free(log_file);
}

void fixture_global_init(void)
{
    int fd = g_file_open_tmp("rtkit-XXXXXX", &log_file, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    atexit(remove_log);
    g_assert_true(qemu_set_log_filename_flags(log_file, LOG_GUEST_ERROR,
                                              &error_abort));
    module_call_init(MODULE_INIT_QOM);
    virtual_clock_init();
}

static bool fixture_out(void *opaque, uint8_t endpoint, uint64_t msg)
{
    RTKitFixture *f = opaque;
    RTKitMessage m = { msg, endpoint };

    if (!f->room) {
        return false;
    }
    f->room--;
    g_array_append_val(f->out, m);
    return true;
}

static bool fixture_write_memory(void *opaque, uint64_t addr, const void *buf,
                                 size_t len)
{
    RTKitFixture *f = opaque;

    if (addr < FIXTURE_SRAM ||
        addr + len > FIXTURE_SRAM + FIXTURE_SRAM_SIZE) {
        return false;
    }
    memcpy(f->sram + (addr - FIXTURE_SRAM), buf, len);
    return true;
}

static bool fixture_buffer_ok(void *opaque, uint64_t addr, uint64_t size)
{
    RTKitFixture *f = opaque;

    return !f->refused_buffer || addr != f->refused_buffer;
}

static void fixture_state_changed(void *opaque, RTKitState state)
{
    RTKitFixture *f = opaque;

    g_assert_cmpint(f->rtkit.state, ==, state);
    f->changed_to = state;
}

static const RTKitOps fixture_ops = {
    .send = fixture_out,
    .write_memory = fixture_write_memory,
    .buffer_ok = fixture_buffer_ok,
    .state_changed = fixture_state_changed,
};

static void fixture_own_buffers(RTKit *rtkit)
{
    rtkit_set_buffer(rtkit, RTKIT_EP_CRASHLOG, 0x1000, FIXTURE_SRAM + 0x1000);
    rtkit_set_buffer(rtkit, RTKIT_EP_SYSLOG, 0x1000, FIXTURE_SRAM + 0x2000);
    rtkit_set_buffer(rtkit, RTKIT_EP_IOREPORT, 0x1000, FIXTURE_SRAM + 0x4000);
    rtkit_set_buffer(rtkit, RTKIT_EP_OSLOG, 0, 0);
}

RTKitFixture *fixture_prepare(bool own_buffers)
{
    RTKitFixture *f = g_new0(RTKitFixture, 1);

    f->parent = object_new(TYPE_CONTAINER);
    object_property_add_child(object_get_root(), "fixture", f->parent);
    object_unref(f->parent);
    object_initialize_child(f->parent, "rtkit", &f->rtkit, TYPE_APPLE_RTKIT);
    f->out = g_array_new(false, false, sizeof(RTKitMessage));
    f->room = UINT_MAX;
    rtkit_connect(&f->rtkit, &fixture_ops, f);
    if (own_buffers) {
        fixture_own_buffers(&f->rtkit);
    }
    return f;
}

void fixture_realize(RTKitFixture *f)
{
    qdev_realize(DEVICE(&f->rtkit), NULL, &error_abort);
    device_cold_reset(DEVICE(&f->rtkit));
    fixture_expect_error(f, false);
}

RTKitFixture *fixture_new(bool own_buffers)
{
    RTKitFixture *f = fixture_prepare(own_buffers);

    fixture_realize(f);
    return f;
}

void fixture_free(RTKitFixture *f)
{
    object_unparent(f->parent);
    g_array_free(f->out, true);
    g_free(f);
}

static bool app_receive(RTKitEndpoint *ep, uint64_t msg)
{
    RTKitFixture *f = ep->opaque;

    f->app_messages++;
    return true;
}

static void app_stop(RTKitEndpoint *ep)
{
    RTKitFixture *f = ep->opaque;

    f->app_stops++;
}

static const RTKitEndpointOps app_ops = {
    .name = "app",
    .receive = app_receive,
    .stop = app_stop,
};

void fixture_add_app(RTKitFixture *f, uint8_t id)
{
    rtkit_add_endpoint(&f->rtkit, id, &app_ops, f);
}

void fixture_send(RTKitFixture *f, uint8_t endpoint, uint64_t msg)
{
    rtkit_receive(&f->rtkit, endpoint, msg);
}

void fixture_expect(RTKitFixture *f, uint8_t endpoint, uint64_t msg)
{
    RTKitMessage m;

    g_assert_cmpuint(f->out->len, >, 0);
    m = g_array_index(f->out, RTKitMessage, 0);
    g_array_remove_index(f->out, 0);
    g_assert_cmphex(m.msg, ==, msg);
    g_assert_cmphex(m.endpoint, ==, endpoint);
}

void fixture_expect_silence(RTKitFixture *f)
{
    g_assert_cmpuint(f->out->len, ==, 0);
}

bool fixture_had_error(RTKitFixture *f)
{
    static off_t size;
    off_t before = size;
    struct stat st;

    g_assert_cmpint(stat(log_file, &st), ==, 0);
    size = st.st_size;
    return size > before;
}

void fixture_expect_error(RTKitFixture *f, bool error)
{
    g_assert_cmpint(fixture_had_error(f), ==, error);
}

void fixture_expect_state(RTKitFixture *f, const char *state)
{
    g_autofree char *now = object_property_get_str(OBJECT(&f->rtkit), "state",
                                                   &error_abort);

    g_assert_cmpstr(now, ==, state);
}

void fixture_play(RTKitFixture *f, const FixtureLine *line, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (line[i].from == 'A') {
            fixture_send(f, line[i].endpoint, line[i].msg);
        } else {
            fixture_expect(f, line[i].endpoint, line[i].msg);
        }
    }
    fixture_expect_silence(f);
    fixture_expect_error(f, false);
}

static void fixture_start_system_endpoints(RTKitFixture *f)
{
    static const uint8_t system[] = { 1, 2, 3, 4, 8 };

    for (int i = 0; i < ARRAY_SIZE(system); i++) {
        fixture_send(f, 0, MSG_STARTEP(system[i]));
    }
}

void fixture_boot(RTKitFixture *f)
{
    fixture_send(f, 0, MSG_WAKE);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_expect(f, 0, MSG_EPMAP_ONLY);
    fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
    fixture_start_system_endpoints(f);
    fixture_expect(f, 1, 0x001010023fe01000);
    fixture_expect(f, 2, 0x001010023fe02000);
    fixture_expect(f, 2, MSG_SYSLOG_INIT);
    fixture_expect(f, 4, 0x001010023fe04000);
    fixture_expect(f, 0, MSG_IOP_ACK_ON);
    fixture_expect_state(f, "on");
    fixture_send(f, 0, MSG_AP_ON);
    fixture_expect(f, 0, MSG_AP_ON);
    fixture_expect(f, 4, MSG_IOREPORT_START);
    fixture_send(f, 4, MSG_IOREPORT_START);
    fixture_expect_silence(f);
    fixture_expect_error(f, false);
}

/* As far as the protocol goes, from a reset on. */
static void fixture_boot_up_to(RTKitFixture *f, RTKitState state)
{
    static const uint64_t steps[] = {
        MSG_WAKE, MSG_HELLO_REPLY, MSG_EPMAP_ONLY_REPLY,
    };

    for (int i = 0; i < ARRAY_SIZE(steps) && f->rtkit.state != state; i++) {
        fixture_send(f, 0, steps[i]);
    }
}

void fixture_go_to(RTKitFixture *f, RTKitState state)
{
    static const uint64_t down[RTKIT_STATE__MAX] = {
        [RTKIT_STATE_IDLE] = 0x0060000000000201,
        [RTKIT_STATE_QUIESCED] = 0x0060000000000010,
        [RTKIT_STATE_SLEEP] = 0x0060000000000001,
        [RTKIT_STATE_OFF] = 0x0060000000000000,
    };

    if (state == RTKIT_STATE_STOPPED) {
        rtkit_set_running(&f->rtkit, false);
    } else if (state == RTKIT_STATE_CRASHED) {
        g_assert_true(rtkit_crash(&f->rtkit, "on purpose"));
    } else if (state == RTKIT_STATE_ON || down[state]) {
        fixture_boot(f);
        if (down[state]) {
            fixture_send(f, 0, down[state]);
        }
    } else {
        f->rtkit.boot_ns = state == RTKIT_STATE_BOOT;
        fixture_boot_up_to(f, state);
    }
    g_assert_cmpint(f->rtkit.state, ==, state);
    fixture_expect_error(f, false);
    g_array_set_size(f->out, 0);
}

GBytes *fixture_save(const VMStateDescription *vmsd, void *obj)
{
    QIOChannelBuffer *buffer = qio_channel_buffer_new(4096);
    QEMUFile *file = qemu_file_new_output(QIO_CHANNEL(buffer));
    GBytes *state;

    g_assert_cmpint(vmstate_save_state(file, vmsd, obj, NULL), ==, 0);
    qemu_fflush(file);
    state = g_bytes_new(buffer->data, buffer->usage);
    qemu_fclose(file);
    object_unref(OBJECT(buffer));
    return state;
}

int fixture_load(const VMStateDescription *vmsd, void *obj, GBytes *state)
{
    size_t size = g_bytes_get_size(state);
    QIOChannelBuffer *buffer = qio_channel_buffer_new(size);
    QEMUFile *file;
    int ret;

    memcpy(buffer->data, g_bytes_get_data(state, NULL), size);
    buffer->usage = size;
    file = qemu_file_new_input(QIO_CHANNEL(buffer));
    ret = vmstate_load_state(file, vmsd, obj, vmsd->version_id);
    qemu_fclose(file);
    object_unref(OBJECT(buffer));
    return ret;
}
