/*
 * SCMI protocols: which there are, and in which versions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "platform-state.h"

/* In the order of their ids, in which LIST_PROTOCOLS names them, too. */
const ScmiProtocol *scmi_protocols[SCMI_MAX_PROTOCOLS];
unsigned scmi_num_protocols;
/* Their places there, by id: every message asks for one. */
static uint8_t protocol_places[UINT8_MAX + 1];

static const ScmiProtocol *const standard_protocols[] = {
    &scmi_base_protocol,
    &scmi_power_protocol,
    &scmi_perf_protocol,
    &scmi_powercap_protocol,
    &scmi_clock_protocol,
    &scmi_sensor_protocol,
    &scmi_reset_protocol,
    &scmi_voltage_protocol,
    &scmi_system_protocol,
    &scmi_pinctrl_protocol,
};

void scmi_protocol_register(const ScmiProtocol *protocol)
{
    unsigned i = scmi_num_protocols++;

    assert(i < SCMI_MAX_PROTOCOLS);
    for (; i && scmi_protocols[i - 1]->id > protocol->id; i--) {
        scmi_protocols[i] = scmi_protocols[i - 1];
    }
    assert(!i || scmi_protocols[i - 1]->id != protocol->id);
    scmi_protocols[i] = protocol;
    for (; i < scmi_num_protocols; i++) {
        protocol_places[scmi_protocols[i]->id] = i;
    }
}

static void register_standard_protocols(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(standard_protocols); i++) {
        scmi_protocol_register(standard_protocols[i]);
    }
}
type_init(register_standard_protocols)

unsigned scmi_protocol_place(const ScmiProtocol *protocol)
{
    return protocol_places[protocol->id];
}

const ScmiProtocol *scmi_protocol_by_id(uint8_t id)
{
    for (unsigned i = 0; i < scmi_num_protocols; i++) {
        if (scmi_protocols[i]->id == id) {
            return scmi_protocols[i];
        }
    }
    return NULL;
}

/*
 * Minor versions came with SCMI 3.2, of which the newest versions here are:
 * all before it end in .0. What a platform reports it has, whatever it is.
 */
bool scmi_protocol_has_version(const ScmiProtocol *protocol,
                               uint32_t reported, uint32_t version)
{
    uint32_t newest = protocol->version;

    if (version >= reported) {
        return version == reported;
    }
    return version >= SCMI_OLDEST_VERSION && version <= newest &&
           (!(version & UINT16_MAX) || version >> 16 == newest >> 16);
}
