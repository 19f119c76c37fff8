/*
 * RTKit: messages that are nearly right, in every state
 *
 * Whatever comes, a message is either taken, or is a guest error that changes
 * nothing and is not answered; what is then there migrates, and after a reset
 * it boots. Seeds are fixed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-fixture.h"

#define ROUNDS 150
#define MESSAGES 24

/* Every kind that an AP may send, and those that only the firmware does. */
static const RTKitMessage known[] = {
    { MSG_WAKE, 0 }, { MSG_IOP_ON, 0 }, { MSG_HELLO, 0 },
    { MSG_HELLO_REPLY, 0 }, { MSG_EPMAP_ONLY, 0 }, { MSG_EPMAP_ONLY_REPLY, 0 },
    { MSG_EPMAP_0_REPLY, 0 }, { MSG_STARTEP(1), 0 }, { MSG_STARTEP(2), 0 },
    { MSG_STARTEP(3), 0 }, { MSG_STARTEP(4), 0 }, { MSG_STARTEP(8), 0 },
    { MSG_STARTEP(0x20), 0 }, { MSG_STOPEP(1), 0 }, { MSG_STOPEP(2), 0 },
    { MSG_STOPEP(0x20), 0 }, { MSG_AP_ON, 0 }, { MSG_IOP_ACK_ON, 0 },
    { 0x0030877500000001, 0 }, { 0x0040000000000001, 0 },
    { 0x00b0000000000010, 0 }, { 0x0060000000000010, 0 },
    { 0x0060000000000001, 0 }, { 0x0060000000000201, 0 },
    { 0x0060000000000000, 0 }, { 0x0010400048a00000, 1 }, { 0x22, 1 },
    { 0x40, 1 }, { 0x0010400048a00000, 2 }, { MSG_SYSLOG(0), 2 },
    { MSG_SYSLOG(15), 2 }, { MSG_DEBUG_START, 3 },
    { 0x0010400048a00000, 4 }, { MSG_IOREPORT_START, 4 },
    { 0x0104000000048b00, 8 }, { 0, 0x20 },
};

static RTKitMessage mutate(GRand *rand)
{
    RTKitMessage m = known[g_rand_int_range(rand, 0, ARRAY_SIZE(known))];

    for (int flips = g_rand_int_range(rand, 0, 3); flips > 0; flips--) {
        m.msg ^= 1ULL << g_rand_int_range(rand, 0, 64);
    }
    if (!g_rand_int_range(rand, 0, 16)) {
        m.endpoint = g_rand_int_range(rand, 0, RTKIT_NUM_ENDPOINTS);
    }
    return m;
}

static GBytes *save(RTKitFixture *f)
{
    return fixture_save(DEVICE_GET_CLASS(&f->rtkit)->vmsd, &f->rtkit);
}

/* The messages that passed apart, which errors are part of. */
static void expect_unchanged(RTKitFixture *f, const RTKit *before)
{
    g_assert_cmpint(f->rtkit.state, ==, before->state);
    g_assert_cmpuint(f->rtkit.ap_power, ==, before->ap_power);
    g_assert_cmpuint(f->rtkit.version, ==, before->version);
    g_assert_cmpmem(f->rtkit.endpoint, sizeof(before->endpoint),
                    before->endpoint, sizeof(before->endpoint));
    fixture_expect_silence(f);
}

/* Out of here the dead and the held do not come by any message. */
static bool is_final(RTKitState state)
{
    return state == RTKIT_STATE_STOPPED || state == RTKIT_STATE_OFF ||
           state == RTKIT_STATE_CRASHED;
}

static void step(RTKitFixture *f, GRand *rand)
{
    g_autofree RTKit *before = g_memdup2(&f->rtkit, sizeof(f->rtkit));
    RTKitMessage m = mutate(rand);

    fixture_send(f, m.endpoint, m.msg);
    if (fixture_had_error(f) || is_final(before->state)) {
        expect_unchanged(f, before);
    }
    g_array_set_size(f->out, 0);
    if (!g_rand_int_range(rand, 0, 4)) {
        virtual_clock_step(1);
        rtkit_syslog(&f->rtkit, "task", "text");
        g_array_set_size(f->out, 0);
    }
}

/* What there is now is as good in another firmware of the same kind. */
static void migrate(RTKitFixture *f)
{
    g_autoptr(GBytes) state = save(f);
    g_autoptr(GBytes) again = NULL;

    g_assert_cmpint(fixture_load(DEVICE_GET_CLASS(&f->rtkit)->vmsd,
                                 &f->rtkit, state), ==, 0);
    again = save(f);
    g_assert_true(g_bytes_equal(state, again));
}

static void test_state(const void *opaque)
{
    RTKitState state = GPOINTER_TO_INT(opaque);
    GRand *rand = g_rand_new_with_seed(state);

    for (int i = 0; i < ROUNDS; i++) {
        RTKitFixture *f = fixture_new(true);

        fixture_go_to(f, state);
        for (int n = 0; n < MESSAGES; n++) {
            step(f, rand);
        }
        migrate(f);
        f->rtkit.boot_ns = 0;
        device_cold_reset(DEVICE(&f->rtkit));
        fixture_boot(f);
        fixture_free(f);
    }
    g_rand_free(rand);
}

/*
 * The same with buffers of the AP's, some of which are nowhere, and an AP
 * that takes messages now and then; nothing but survival is defined.
 */
static void test_careless_ap(void)
{
    GRand *rand = g_rand_new_with_seed(RTKIT_STATE__MAX);

    for (int i = 0; i < ROUNDS; i++) {
        RTKitFixture *f = fixture_new(false);

        fixture_add_app(f, 0x20);
        for (int n = 0; n < 20 * MESSAGES; n++) {
            RTKitMessage m = mutate(rand);

            f->room = g_rand_int_range(rand, 0, 3);
            fixture_send(f, m.endpoint, m.msg);
            rtkit_flush(&f->rtkit);
            rtkit_syslog(&f->rtkit, "task", "text");
            g_assert_cmpuint(f->rtkit.queue_count, <=, RTKIT_QUEUE_LEN);
            if (is_final(f->rtkit.state)) {
                rtkit_set_running(&f->rtkit, false);
                rtkit_set_running(&f->rtkit, true);
            }
        }
        migrate(f);
        fixture_had_error(f);
        fixture_free(f);
    }
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    for (int i = 0; i < RTKIT_STATE__MAX; i++) {
        g_autofree char *path = g_strdup_printf("/rtkit/random/%d", i);

        g_test_add_data_func(path, GINT_TO_POINTER(i), test_state);
    }
    g_test_add_func("/rtkit/random/careless-ap", test_careless_ap);
    return g_test_run();
}
