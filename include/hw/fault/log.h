/*
 * The log of messages between the guest and firmware models
 *
 * See qapi/message-log.json. It is off until QMP or this switches it on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_FAULT_LOG_H
#define HW_FAULT_LOG_H

/**
 * fault_log_to_file: log messages, and write them to a file until QEMU ends
 * @path: is made, or overwritten; a line for each message is the JSON of its
 *        LoggedMessage. What is not there after a tenth of a second is after
 *        query-message-log, and at the end.
 *
 * Called with the BQL held, once. False if the file cannot be written.
 */
bool fault_log_to_file(const char *path, Error **errp);

#endif
