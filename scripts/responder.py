#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Answer the messages of an SMC mailbox: the process behind its chardev.

    scripts/responder.py --listen /tmp/mailbox
    qemu-system-aarch64 -M farside,smccc-mailbox=fw \\
        -chardev socket,id=fw,path=/tmp/mailbox,reconnect-ms=1000 ...

Or the other way round: `server=on,wait=off` in QEMU, --connect here.  Frames
are described in include/hw/smccc/mailbox.h.  This one answers each message
with its bytes in reverse order; a service of your own is a function

    def answer(channel, message): -> bytes, or None to stay silent

given to serve().
"""

import argparse
import os
import socket
import stat
import struct
import sys
import time

HEADER = struct.Struct("<III")  # length, channel, number of the request
MESSAGE_MAX = 4080
CONNECT_SECONDS = 10
RETRY_SECONDS = 0.1


def reverse(_channel, message):
    return message[::-1]


def receive(connection, length):
    """Exactly `length` bytes; None when the other end has gone."""
    data = b""
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            return None
        data += more
    return data


def receive_frame(connection):
    """(channel, request, message); None when the other end has gone."""
    header = receive(connection, HEADER.size)
    if header is None:
        return None
    length, channel, request = HEADER.unpack(header)
    if length > MESSAGE_MAX:
        raise ValueError(f"a message of {length} bytes is no message")
    message = receive(connection, length)
    return None if message is None else (channel, request, message)


def frame(channel, request, message):
    """What goes over the wire."""
    return HEADER.pack(len(message), channel, request) + message


def serve(connection, answer):
    """Answer every message of a connection until its other end has gone."""
    while received := receive_frame(connection):
        channel, request, message = received
        reply = answer(channel, message)
        if reply is not None:
            connection.sendall(frame(channel, request, reply))


def is_left_behind(path):
    """Whether a socket is there that nobody listens at any more."""
    if not os.path.exists(path) or not stat.S_ISSOCK(os.stat(path).st_mode):
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return True
    return False


def listener(path):
    """A listening socket at `path`, in the place of one that nobody uses."""
    server = socket.socket(socket.AF_UNIX)
    if is_left_behind(path):
        os.unlink(path)
    server.bind(path)
    server.listen(1)
    return server


def connect(path):
    """A connection to `path`, once somebody listens there."""
    deadline = time.monotonic() + CONNECT_SECONDS
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
            return connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)


def open_at(path, how):
    """how(path), or the reason with the path that it is about."""
    try:
        return how(path)
    except OSError as error:
        raise OSError(f"{path}: {error.strerror}") from error


def main():
    parser = argparse.ArgumentParser(
        description="Answer the messages of an SMC mailbox, each with its "
                    "bytes in reverse order.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--listen", metavar="PATH",
                       help="wait for QEMU at this unix socket, again and "
                            "again")
    where.add_argument("--connect", metavar="PATH",
                       help="connect to QEMU, which listens at this unix "
                            "socket")
    options = parser.parse_args()
    if options.connect:
        with open_at(options.connect, connect) as connection:
            serve(connection, reverse)
        return 0
    with open_at(options.listen, listener) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                try:
                    serve(connection, reverse)
                except (OSError, ValueError) as error:
                    print(f"responder.py: {error}", file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"responder.py: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
