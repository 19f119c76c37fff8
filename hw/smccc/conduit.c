/*
 * SMC Calling Convention conduit: the table of services
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/uuid.h"
#include "qapi/error.h"
#include "hw/fault/port.h"
#include "hw/registerfields.h"
#include "hw/smccc/conduit.h"
#include "system/qtest.h"
#include "system/tcg.h"
#include "trace.h"

FIELD(FUNCTION, NUMBER, 0, 16)
FIELD(FUNCTION, OWNER, 24, 6)
FIELD(FUNCTION, SMC64, 30, 1)

#define OWNER_ARCH       0
#define OWNER_SIP        2
#define OWNER_STANDARD   4
#define OWNER_VENDOR_HYP 6

#define SMCCC_VERSION       0x80000000
#define SMCCC_ARCH_FEATURES 0x80000001
#define PSCI_FEATURES       0x8400000a

/* PSCI owns the numbers below this one in the standard service range. */
#define PSCI_NUMBERS 0x20

/* General queries, the same numbers in each owner's range. */
#define QUERY_CALL_COUNT 0xff00
#define QUERY_UID        0xff01
#define QUERY_REVISION   0xff03
#define QUERY(owner, number) (0x80000000u | ((owner) << 24) | (number))

/*
 * 1.2 is the first version whose callers may rely on x4..x17 being kept.
 * From 1.3 on callers put hints into the function identifier.
 */
#define REPORTED_VERSION 0x00010002

#define REPORTED_REVISION_MAJOR 0
#define REPORTED_REVISION_MINOR 1

/* Tells this firmware from others. */
static const QemuUUID conduit_uid = {
    .data = { 0xda, 0xb6, 0x4e, 0xf3, 0x3d, 0x5e, 0x4d, 0x43,
              0x92, 0xaa, 0x79, 0x03, 0x0b, 0x0b, 0xad, 0xce },
};

typedef struct SMCCCEntry {
    uint32_t function;
    SMCCCService *service;
    void *opaque;
} SMCCCEntry;

struct SMCCCConduit {
    Object parent_obj;
    FaultPort port;
    uint64_t *out;   /* of the call that returns */
    uint32_t version;
    GArray *entries; /* of SMCCCEntry, ascending by function */
};

OBJECT_DEFINE_SIMPLE_TYPE(SMCCCConduit, smccc_conduit, SMCCC_CONDUIT, OBJECT)

/* The index of @function, or where it would have to be inserted. */
static unsigned conduit_find(const SMCCCConduit *s, uint32_t function)
{
    unsigned low = 0, high = s->entries->len;

    while (low < high) {
        unsigned mid = (low + high) / 2;

        if (g_array_index(s->entries, SMCCCEntry, mid).function < function) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static const SMCCCEntry *conduit_lookup(const SMCCCConduit *s,
                                        uint32_t function)
{
    unsigned i = conduit_find(s, function);
    const SMCCCEntry *entry;

    if (i == s->entries->len) {
        return NULL;
    }
    entry = &g_array_index(s->entries, SMCCCEntry, i);
    return entry->function == function ? entry : NULL;
}

/* Fault rules see what a call returns. */

static bool conduit_deliver(void *opaque, FaultMessage *m)
{
    SMCCCConduit *s = opaque;

    if (m->length != SMCCC_NUM_RESULTS * sizeof(*s->out) || !s->out) {
        return false;
    }
    for (unsigned i = 0; i < SMCCC_NUM_RESULTS; i++) {
        s->out[i] = ldq_le_p(m->bytes + i * sizeof(*s->out));
    }
    return true;
}

static bool conduit_check(void *opaque, FaultSite site,
                          const FaultFields *fields, Error **errp)
{
    if (fields->present & (1u << FAULT_FIELD_FUNCTION) &&
        !conduit_lookup(opaque, fields->value[FAULT_FIELD_FUNCTION])) {
        error_setg(errp, "match.function: 0x%08x is nobody's",
                   fields->value[FAULT_FIELD_FUNCTION]);
        return false;
    }
    return true;
}

static const FaultPortOps conduit_port_ops = {
    .sites = 1u << FAULT_SITE_SMCCC_RETURN,
    .deliver = conduit_deliver,
    .check = conduit_check,
};

static void conduit_pass(SMCCCConduit *s, uint32_t function, uint64_t *out)
{
    uint8_t bytes[SMCCC_NUM_RESULTS * sizeof(*out)];
    FaultMessage m;

    for (unsigned i = 0; i < SMCCC_NUM_RESULTS; i++) {
        stq_le_p(bytes + i * sizeof(*out), out[i]);
    }
    fault_message_init(&m, FAULT_SITE_SMCCC_RETURN, bytes, sizeof(bytes));
    fault_message_set(&m, FAULT_FIELD_FUNCTION, function);
    m.group = "smccc";
    s->out = out;
    fault_pass(&s->port, &m);
    s->out = NULL;
}

bool smccc_conduit_call(SMCCCConduit *s, bool aarch64,
                        uint64_t args[SMCCC_NUM_ARGS],
                        uint64_t results[SMCCC_NUM_RESULTS])
{
    uint32_t function = args[0];
    bool smc64 = FIELD_EX32(function, FUNCTION, SMC64);
    uint64_t out[SMCCC_NUM_RESULTS] = {};
    const SMCCCEntry *entry = conduit_lookup(s, function);

    if (!entry || (smc64 && !aarch64)) {
        trace_smccc_not_claimed(function);
        return false;
    }
    args[0] = function;
    if (!smc64) {
        for (unsigned i = 1; i < SMCCC_NUM_ARGS; i++) {
            args[i] = (uint32_t)args[i];
        }
    }
    if (!entry->service(entry->opaque, args, out)) {
        trace_smccc_not_claimed(function);
        return false;
    }
    if (fault_watched) {
        conduit_pass(s, function, out);
    }
    trace_smccc_call(args[0], args[1], args[2], out[0]);
    memcpy(results, out, sizeof(out));
    return true;
}

static bool is_psci(uint32_t function)
{
    return FIELD_EX32(function, FUNCTION, OWNER) == OWNER_STANDARD &&
           FIELD_EX32(function, FUNCTION, NUMBER) < PSCI_NUMBERS;
}

static void conduit_insert(SMCCCConduit *s, uint32_t function,
                           SMCCCService *service, void *opaque)
{
    SMCCCEntry entry = { function, service, opaque };

    g_array_insert_val(s->entries, conduit_find(s, function), entry);
}

bool smccc_conduit_add(SMCCCConduit *s, uint32_t function,
                       SMCCCService *service, void *opaque, Error **errp)
{
    if (is_psci(function)) {
        error_setg(errp, "SMCCC function 0x%08x belongs to PSCI", function);
        return false;
    }
    if (conduit_lookup(s, function)) {
        error_setg(errp, "SMCCC function 0x%08x is taken already", function);
        return false;
    }
    conduit_insert(s, function, service, opaque);
    return true;
}

static bool smccc_version(void *opaque, const uint64_t *args,
                          uint64_t *results)
{
    SMCCCConduit *s = opaque;

    results[0] = s->version;
    return true;
}

static bool smccc_arch_features(void *opaque, const uint64_t *args,
                                uint64_t *results)
{
    uint32_t asked = args[1];
    bool known = FIELD_EX32(asked, FUNCTION, OWNER) == OWNER_ARCH &&
                 conduit_lookup(opaque, asked);

    results[0] = known ? SMCCC_SUCCESS : SMCCC_NOT_SUPPORTED;
    return true;
}

/* QEMU's PSCI does not know that there is an SMCCC_VERSION to be asked for. */
static bool psci_features(void *opaque, const uint64_t *args,
                          uint64_t *results)
{
    results[0] = SMCCC_SUCCESS;
    return args[1] == SMCCC_VERSION;
}

static bool query_call_count(void *opaque, const uint64_t *args,
                             uint64_t *results)
{
    SMCCCConduit *s = opaque;
    uint32_t owner = FIELD_EX32(args[0], FUNCTION, OWNER);

    for (unsigned i = 0; i < s->entries->len; i++) {
        uint32_t function = g_array_index(s->entries, SMCCCEntry, i).function;

        results[0] += FIELD_EX32(function, FUNCTION, OWNER) == owner;
    }
    return true;
}

static bool query_uid(void *opaque, const uint64_t *args, uint64_t *results)
{
    for (unsigned i = 0; i < SMCCC_NUM_RESULTS; i++) {
        results[i] = (uint32_t)ldl_le_p(conduit_uid.data + 4 * i);
    }
    return true;
}

static bool query_revision(void *opaque, const uint64_t *args,
                           uint64_t *results)
{
    results[0] = REPORTED_REVISION_MAJOR;
    results[1] = REPORTED_REVISION_MINOR;
    return true;
}

static const struct {
    uint32_t function;
    SMCCCService *service;
} own_services[] = {
    { SMCCC_VERSION, smccc_version },
    { SMCCC_ARCH_FEATURES, smccc_arch_features },
    { PSCI_FEATURES, psci_features },
    { QUERY(OWNER_SIP, QUERY_CALL_COUNT), query_call_count },
    { QUERY(OWNER_SIP, QUERY_UID), query_uid },
    { QUERY(OWNER_SIP, QUERY_REVISION), query_revision },
    { QUERY(OWNER_VENDOR_HYP, QUERY_CALL_COUNT), query_call_count },
    { QUERY(OWNER_VENDOR_HYP, QUERY_UID), query_uid },
    { QUERY(OWNER_VENDOR_HYP, QUERY_REVISION), query_revision },
};

/* qtest has no vCPU that could issue a call, and no opaque for its callback. */
static SMCCCConduit *qtest_conduit;

static bool conduit_qtest_command(CharBackend *chr, gchar **words)
{
    uint64_t args[SMCCC_NUM_ARGS] = {};
    uint64_t results[SMCCC_NUM_RESULTS] = {};
    bool aarch64 = !strcmp(words[0], "smc");

    if (!aarch64 && strcmp(words[0], "smc32")) {
        return false;
    }
    for (unsigned i = 0; i < SMCCC_NUM_ARGS && words[i + 1]; i++) {
        int rc = qemu_strtou64(words[i + 1], NULL, 0, &args[i]);

        g_assert(rc == 0);
    }
    if (!smccc_conduit_call(qtest_conduit, aarch64, args, results)) {
        results[0] = SMCCC_NOT_SUPPORTED;
    }
    qtest_sendf(chr, "OK 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64
                " 0x%" PRIx64 "\n",
                results[0], results[1], results[2], results[3]);
    return true;
}

SMCCCConduit *smccc_conduit_new(Object *parent, Error **errp)
{
    ERRP_GUARD();
    SMCCCConduit *s = SMCCC_CONDUIT(object_new(TYPE_SMCCC_CONDUIT));

    object_property_add_child(parent, "smccc", OBJECT(s));
    object_unref(OBJECT(s));
    if (qtest_enabled()) {
        qtest_conduit = s;
        qtest_set_command_cb(conduit_qtest_command);
        return s;
    }
    if (!tcg_enabled()) {
        error_setg(errp, "SMC and HVC calls can only be taken under TCG");
        error_append_hint(errp, "Use -accel tcg: another accelerator answers "
                          "these calls without telling QEMU.\n");
        return NULL;
    }
    return smccc_conduit_hook_vcpus(s, errp) ? s : NULL;
}

static void smccc_conduit_init(Object *obj)
{
    SMCCCConduit *s = SMCCC_CONDUIT(obj);

    s->version = REPORTED_VERSION;
    s->entries = g_array_new(false, false, sizeof(SMCCCEntry));
    for (unsigned i = 0; i < ARRAY_SIZE(own_services); i++) {
        conduit_insert(s, own_services[i].function, own_services[i].service,
                       s);
    }
    fault_port_init(&s->port, obj, &conduit_port_ops, s);
    object_property_add_uint32_ptr(obj, "version", &s->version,
                                   OBJ_PROP_FLAG_READ);
}

static void smccc_conduit_finalize(Object *obj)
{
    fault_port_finalize(&SMCCC_CONDUIT(obj)->port);
    g_array_free(SMCCC_CONDUIT(obj)->entries, true);
}

static void smccc_conduit_class_init(ObjectClass *oc, void *data)
{
}
