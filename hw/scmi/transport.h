/*
 * SCMI transports: what each of them can tell of its channels
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_TRANSPORT_H
#define HW_SCMI_TRANSPORT_H

#include "qom/object.h"
#include "qapi/qapi-types-scmi.h"

#define TYPE_SCMI_TRANSPORT "scmi-transport"
typedef struct ScmiTransportClass ScmiTransportClass;
typedef struct ScmiTransport ScmiTransport;
DECLARE_CLASS_CHECKERS(ScmiTransportClass, SCMI_TRANSPORT,
                       TYPE_SCMI_TRANSPORT)
#define SCMI_TRANSPORT(obj) \
    INTERFACE_CHECK(ScmiTransport, (obj), TYPE_SCMI_TRANSPORT)

struct ScmiTransportClass {
    InterfaceClass parent;

    /**
     * @query: the channels of a realized transport, and their state now
     *
     * Made with scmi_channel_info(); the caller frees them. A channel for
     * commands that names no protocol is of all that no other one names.
     * Called with the BQL held.
     */
    ScmiChannelInfoList *(*query)(ScmiTransport *transport);
};

/* The channels of @transport; see ScmiTransportClass::query. */
ScmiChannelInfoList *scmi_transport_query(ScmiTransport *transport);

/**
 * scmi_channel_info: a channel that names no protocol
 * @name: of what carries it; copied
 */
ScmiChannelInfo *scmi_channel_info(const char *name, bool events,
                                   ScmiChannelState state);

#endif
