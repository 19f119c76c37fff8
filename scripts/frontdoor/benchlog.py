# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure what the message log adds to an SCMI command by SMC.

The guest is that of bench.py.  The log is off, and on without a file, in
turns; the least of several runs counts.  The lines of a file are written when
there is time, or when the ring is full: they are no part of a command's cost.
"""

import json
import socket

from . import bench
from .console import say

GUEST = "bench-smc"
SWITCH_ON = [{"execute": "qmp_capabilities"},
             {"execute": "message-log", "arguments": {"enable": True}},
             {"execute": "cont"}]


def run(layout):
    def measure(kind):
        return kinds[kind](layout)

    kinds = {"off": _off, "ring": _ring}
    found = bench.in_turns(measure, kinds)
    best = {kind: {call: min(times[call] for times in runs) / 1000
                   for call in runs[0]} for kind, runs in found.items()}
    say(f"{'ns':32}{'off':>10}{'on':>10}{'added':>10}")
    for call, off in best["off"].items():
        on = best["ring"][call]
        say(f"{call:32}{off:10.1f}{on:10.1f}{on - off:10.1f}")


def _off(layout):
    return bench.measure(layout, GUEST, bench.MACHINE)


def _ring(layout):
    """QEMU finds the commands when it looks at its monitor first."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for command in SWITCH_ON:
            ours.sendall(json.dumps(command).encode() + b"\n")
        fd = theirs.fileno()
        return bench.measure(layout, GUEST, bench.MACHINE, "-S",
                             "-chardev", f"socket,id=qmp,fd={fd}",
                             "-mon", "chardev=qmp,mode=control",
                             pass_fds=[fd])
