/*
 * Apple SMC: the application endpoint
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/smc-endpoint.h"
#include "hw/registerfields.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "trace.h"

FIELD(SMC_COMMAND, MSG, 0, 8)
FIELD(SMC_COMMAND, ID, 12, 4)
FIELD(SMC_COMMAND, SIZE, 16, 8)
FIELD(SMC_COMMAND, WSIZE, 24, 8)
FIELD(SMC_COMMAND, DATA, 32, 32)

FIELD(SMC_REPLY, RESULT, 0, 8)
FIELD(SMC_REPLY, ID, 12, 4)
FIELD(SMC_REPLY, SIZE, 16, 8)
FIELD(SMC_REPLY, DATA, 32, 32)

enum {
    SMC_MSG_READ_KEY = 0x10,
    SMC_MSG_WRITE_KEY = 0x11,
    SMC_MSG_GET_KEY_BY_INDEX = 0x12,
    SMC_MSG_GET_KEY_INFO = 0x13,
    SMC_MSG_INITIALIZE = 0x17,
    SMC_MSG_NOTIFICATION = 0x18,
    SMC_MSG_RW_KEY = 0x20,
};

/* Up to this many bytes, data travels in the message. */
#define SMC_INLINE_SIZE 4

typedef struct SmcRequest {
    uint8_t command;
    uint8_t id;
    uint8_t size;
    uint8_t wsize;
    uint32_t argument;
} SmcRequest;

typedef struct SmcReply {
    uint8_t size;
    uint32_t data;
} SmcReply;

typedef struct SmcCommand {
    uint8_t code;
    const char *name;
    AppleSmcResult (*run)(AppleSmcEndpoint *smc, AppleSmcKey *key,
                          const SmcRequest *req, SmcReply *reply);
    bool takes_key;
} SmcCommand;

/* Return @wanted bytes to the AP, in the message or in the key buffer. */
static void smc_return(AppleSmcEndpoint *smc, SmcReply *reply,
                       const uint8_t *buf, uint8_t wanted)
{
    if (wanted <= SMC_INLINE_SIZE) {
        reply->data = ldl_le_p(buf);
    } else {
        smc->ops->write(smc->opaque, buf, wanted);
    }
}

static AppleSmcResult smc_read_key(AppleSmcEndpoint *smc, AppleSmcKey *key,
                                   const SmcRequest *req, SmcReply *reply)
{
    uint8_t buf[SMC_KEY_MAX_SIZE] = { };
    AppleSmcResult result = apple_smc_key_read(key, buf, req->size);

    if (result == SMC_SUCCESS) {
        smc_return(smc, reply, buf, req->size);
        reply->size = key->size;
    }
    return result;
}

static AppleSmcResult smc_write_key(AppleSmcEndpoint *smc, AppleSmcKey *key,
                                    const SmcRequest *req, SmcReply *reply)
{
    uint8_t buf[SMC_KEY_MAX_SIZE] = { };

    smc->ops->read(smc->opaque, buf, req->size);
    return apple_smc_key_write(key, buf, req->size);
}

static AppleSmcResult smc_rw_key(AppleSmcEndpoint *smc, AppleSmcKey *key,
                                 const SmcRequest *req, SmcReply *reply)
{
    uint8_t in[SMC_KEY_MAX_SIZE] = { };
    uint8_t buf[SMC_KEY_MAX_SIZE] = { };
    AppleSmcResult result;

    smc->ops->read(smc->opaque, in, req->wsize);
    result = apple_smc_key_call(key, in, req->wsize, buf, req->size);
    if (result == SMC_SUCCESS) {
        smc_return(smc, reply, buf, req->size);
        reply->size = req->size;
    }
    return result;
}

/* The reply of this and the next has size 0: Linux takes more for an error. */
static AppleSmcResult smc_key_by_index(AppleSmcEndpoint *smc,
                                       AppleSmcKey *unused,
                                       const SmcRequest *req, SmcReply *reply)
{
    AppleSmcKey *key = apple_smc_keys_at(smc->keys, req->argument);

    if (!key) {
        return SMC_KEY_INDEX_RANGE;
    }
    reply->data = bswap32(key->name);
    return SMC_SUCCESS;
}

static AppleSmcResult smc_key_info(AppleSmcEndpoint *smc, AppleSmcKey *key,
                                   const SmcRequest *req, SmcReply *reply)
{
    uint8_t info[6] = { key->size };

    stl_be_p(&info[1], SMC_KEY(key->def->type));
    info[5] = key->def->flags;
    smc->ops->write(smc->opaque, info, sizeof(info));
    return SMC_SUCCESS;
}

static const SmcCommand smc_commands[] = {
    { SMC_MSG_READ_KEY, "READ_KEY", smc_read_key, true },
    { SMC_MSG_WRITE_KEY, "WRITE_KEY", smc_write_key, true },
    { SMC_MSG_GET_KEY_BY_INDEX, "GET_KEY_BY_INDEX", smc_key_by_index },
    { SMC_MSG_GET_KEY_INFO, "GET_KEY_INFO", smc_key_info, true },
    { SMC_MSG_RW_KEY, "RW_KEY", smc_rw_key, true },
};

static const SmcCommand *smc_find_command(uint8_t code)
{
    for (int i = 0; i < ARRAY_SIZE(smc_commands); i++) {
        if (smc_commands[i].code == code) {
            return &smc_commands[i];
        }
    }
    return NULL;
}

static AppleSmcResult smc_run(AppleSmcEndpoint *smc, const SmcRequest *req,
                              SmcReply *reply)
{
    const SmcCommand *command = smc_find_command(req->command);
    AppleSmcKey *key = NULL;

    if (!command) {
        return SMC_BAD_COMMAND;
    }
    if (!smc->initialized) {
        return SMC_ERROR;
    }
    if (command->takes_key) {
        key = apple_smc_keys_find(smc->keys, req->argument);
        if (!key) {
            return SMC_KEY_NOT_FOUND;
        }
    }
    return command->run(smc, key, req, reply);
}

/* Fault rules see a reply before RTKit does, and what it is about. */

static bool smc_port_deliver(void *opaque, FaultMessage *m)
{
    AppleSmcEndpoint *smc = opaque;
    RTKitEndpoint *ep = &smc->rtkit->endpoint[SMC_ENDPOINT];

    if (m->length != sizeof(uint64_t) || !rtkit_endpoint_is_live(ep)) {
        return false;
    }
    rtkit_send(ep, ldq_le_p(m->bytes));
    return true;
}

static bool smc_port_check(void *opaque, FaultSite site,
                           const FaultFields *fields, Error **errp)
{
    AppleSmcEndpoint *smc = opaque;
    bool has_key = fields->present & (1u << FAULT_FIELD_KEY);
    const SmcCommand *command;

    if (has_key &&
        !apple_smc_keys_find(smc->keys, fields->value[FAULT_FIELD_KEY])) {
        error_setg(errp, "match.key: the SMC has no such key");
        return false;
    }
    if (!(fields->present & (1u << FAULT_FIELD_TYPE))) {
        return true;
    }
    command = smc_find_command(fields->value[FAULT_FIELD_TYPE]);
    if (!command || (has_key && !command->takes_key)) {
        error_setg(errp, "match.type: the SMC has no command 0x%02x%s",
                   fields->value[FAULT_FIELD_TYPE],
                   has_key ? " that names a key" : "");
        return false;
    }
    return true;
}

static bool smc_port_crash(void *opaque, const char *reason,
                           const uint8_t *log, size_t length)
{
    AppleSmcEndpoint *smc = opaque;

    return rtkit_crash_with(smc->rtkit, reason, log, length);
}

static const FaultPortOps smc_port_ops = {
    .sites = 1u << FAULT_SITE_SMC_KEY,
    .deliver = smc_port_deliver,
    .check = smc_port_check,
    .crash = smc_port_crash,
};

static void smc_pass(AppleSmcEndpoint *smc, const SmcRequest *req,
                     uint64_t msg)
{
    const SmcCommand *command = smc_find_command(req->command);
    uint64_t bytes = cpu_to_le64(msg);
    FaultMessage m;

    fault_message_init(&m, FAULT_SITE_SMC_KEY, &bytes, sizeof(bytes));
    fault_message_set(&m, FAULT_FIELD_TYPE, req->command);
    if (command && command->takes_key) {
        fault_message_set(&m, FAULT_FIELD_KEY, req->argument);
    }
    m.group = "smc";
    m.name = command ? command->name : NULL;
    fault_pass(&smc->port, &m);
}

static void smc_reply(RTKitEndpoint *ep, const SmcRequest *req,
                      AppleSmcResult result, const SmcReply *reply)
{
    uint64_t msg = 0;

    msg = FIELD_DP64(msg, SMC_REPLY, RESULT, result);
    msg = FIELD_DP64(msg, SMC_REPLY, ID, req->id);
    msg = FIELD_DP64(msg, SMC_REPLY, SIZE, reply->size);
    msg = FIELD_DP64(msg, SMC_REPLY, DATA, reply->data);
    trace_apple_smc_reply(req->id, result, reply->size, reply->data);
    if (fault_watched) {
        smc_pass(ep->opaque, req, msg);
    } else {
        rtkit_send(ep, msg);
    }
}

/* Answered by the bare address, which is what makes it special. */
static void smc_initialize(AppleSmcEndpoint *smc, RTKitEndpoint *ep)
{
    uint64_t address = smc->ops->address(smc->opaque);

    trace_apple_smc_initialize(address);
    smc->initialized = true;
    rtkit_send(ep, address);
}

static bool smc_receive(RTKitEndpoint *ep, uint64_t msg)
{
    AppleSmcEndpoint *smc = ep->opaque;
    SmcReply reply = { };
    SmcRequest req = {
        .command = FIELD_EX64(msg, SMC_COMMAND, MSG),
        .id = FIELD_EX64(msg, SMC_COMMAND, ID),
        .size = FIELD_EX64(msg, SMC_COMMAND, SIZE),
        .wsize = FIELD_EX64(msg, SMC_COMMAND, WSIZE),
        .argument = FIELD_EX64(msg, SMC_COMMAND, DATA),
    };
    AppleSmcResult result;

    if (req.command == SMC_MSG_INITIALIZE) {
        smc_initialize(smc, ep);
        return true;
    }
    trace_apple_smc_command(req.id, req.command, req.argument, req.size,
                            req.wsize);
    result = smc_run(smc, &req, &reply);
    smc_reply(ep, &req, result, &reply);
    apple_smc_keys_answered(smc->keys);
    return result != SMC_BAD_COMMAND && result != SMC_ERROR;
}

static void smc_ap_on(RTKitEndpoint *ep)
{
    AppleSmcEndpoint *smc = ep->opaque;
    g_autofree char *text = g_strdup_printf("%u keys", smc->keys->count);

    rtkit_syslog(ep->rtkit, "smc", text);
}

static void smc_stop(RTKitEndpoint *ep)
{
    AppleSmcEndpoint *smc = ep->opaque;

    smc->initialized = false;
}

static const RTKitEndpointOps smc_endpoint_ops = {
    .name = "smc",
    .ap_on = smc_ap_on,
    .receive = smc_receive,
    .stop = smc_stop,
};

void apple_smc_endpoint_init(AppleSmcEndpoint *endpoint, RTKit *rtkit,
                             AppleSmcKeys *keys, const AppleSmcBufferOps *ops,
                             void *opaque)
{
    endpoint->rtkit = rtkit;
    endpoint->keys = keys;
    endpoint->ops = ops;
    endpoint->opaque = opaque;
    rtkit_add_endpoint(rtkit, SMC_ENDPOINT, &smc_endpoint_ops, endpoint);
    fault_port_init(&endpoint->port, OBJECT(rtkit), &smc_port_ops, endpoint);
}

void apple_smc_endpoint_finalize(AppleSmcEndpoint *endpoint)
{
    fault_port_finalize(&endpoint->port);
}

/* Linux takes the first message it gets for the address of the key buffer. */
bool apple_smc_endpoint_notify(AppleSmcEndpoint *endpoint, uint32_t event)
{
    RTKitEndpoint *ep = &endpoint->rtkit->endpoint[SMC_ENDPOINT];
    uint64_t msg = SMC_MSG_NOTIFICATION;

    if (!rtkit_endpoint_is_live(ep) || !endpoint->initialized) {
        return false;
    }
    trace_apple_smc_notify(event);
    return rtkit_notify(ep, FIELD_DP64(msg, SMC_REPLY, DATA, event));
}

const VMStateDescription vmstate_apple_smc_endpoint = {
    .name = "apple-smc-endpoint",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(initialized, AppleSmcEndpoint),
        VMSTATE_END_OF_LIST()
    },
};
