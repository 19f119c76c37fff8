/*
 * SCMI transports: what each of them can tell of its channels
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "transport.h"

ScmiChannelInfoList *scmi_transport_query(ScmiTransport *transport)
{
    return SCMI_TRANSPORT_GET_CLASS(transport)->query(transport);
}

ScmiChannelInfo *scmi_channel_info(const char *name, bool events,
                                   ScmiChannelState state)
{
    ScmiChannelInfo *info = g_new0(ScmiChannelInfo, 1);

    info->name = g_strdup(name);
    info->events = events;
    info->state = state;
    return info;
}

static const TypeInfo scmi_transport_info = {
    .name = TYPE_SCMI_TRANSPORT,
    .parent = TYPE_INTERFACE,
    .class_size = sizeof(ScmiTransportClass),
};

static void scmi_transport_register(void)
{
    type_register_static(&scmi_transport_info);
}
type_init(scmi_transport_register)
