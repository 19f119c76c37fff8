# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure what a firmware call costs, with a bare-metal guest of ours.

The guest (tests/bench) has no kernel in the way; it times PSCI_VERSION and
SCMI commands in the same run and prints nanoseconds.  Where the shared memory
is, and which function id rings the doorbell, comes from the machine's own
device tree.
"""

import subprocess

from . import runner
from .console import Step, say
from .errors import CommandFailed, InfrastructureError
from .kernel import CROSS_COMPILE

SECONDS = 120
BASELINE = "PSCI_VERSION"
FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-nostdlib",
         "-static", "-fno-pic", "-no-pie", "-fno-stack-protector",
         "-mgeneral-regs-only", "-mstrict-align", "-Wl,--build-id=none")


def run(layout, conduit):
    """Build the guest, run it, print a table."""
    machine = f"farside,conduit={conduit}"
    channel = _channel(layout, machine)
    guest = _build(layout, conduit, channel)
    with Step(f"Timing calls through {conduit.upper()}"):
        log = layout.logs / "bench.log"
        times = _measure(layout, machine, guest, log)
    base = dict(times)[BASELINE]
    say(f"{'call':32}{'ns':>10}{'ratio':>8}")
    for name, cost in times:
        say(f"{name:32}{cost:10.1f}{cost / base:8.2f}")


def _channel(layout, machine):
    """(shared memory address, function id) from the device tree."""
    blob = layout.images / "bench.dtb"
    runner.run([layout.qemu_binary, "-M", f"{machine},dumpdtb={blob}",
                "-nodefaults", "-display", "none"],
               layout.logs / "bench-dtb.log", what="writing the device tree")
    import libfdt  # pylint: disable=import-outside-toplevel
    tree = libfdt.FdtRo(blob.read_bytes())
    node = tree.node_offset_by_compatible(-1, "arm,scmi-smc")
    memory = tree.node_offset_by_phandle(
        tree.getprop(node, "shmem").as_uint32())
    sram = tree.parent_offset(memory)
    base = int.from_bytes(bytes(tree.getprop(sram, "reg"))[:8], "big")
    offset = int.from_bytes(bytes(tree.getprop(memory, "reg"))[:4], "big")
    return base + offset, tree.getprop(node, "arm,smc-id").as_uint32()


def _build(layout, conduit, channel):
    source = layout.root / "tests/bench"
    guest = layout.images / f"bench-{conduit}.elf"
    with Step("Building the bare-metal guest"):
        runner.run([f"{CROSS_COMPILE}gcc", *FLAGS, f"-DCONDUIT={conduit}",
                    f"-DSHMEM={channel[0]:#x}UL", f"-DSCMI_CALL={channel[1]:#x}U",
                    "-T", source / "bench.ld", source / "start.S",
                    source / "bench.c", "-o", guest],
                   layout.logs / "bench-build.log",
                   what="building the bare-metal guest")
    return guest


def _measure(layout, machine, guest, log):
    """[(name, nanoseconds)] as the guest printed them."""
    command = [layout.qemu_binary, "-M", machine, "-nodefaults", "-display",
               "none", "-no-reboot", "-serial", "stdio", "-kernel", guest]
    try:
        done = subprocess.run([str(word) for word in command], text=True,
                              stdin=subprocess.DEVNULL, timeout=SECONDS,
                              stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired as err:
        raise InfrastructureError(f"the guest did not end within {SECONDS} s"
                                  ) from err
    log.write_text(done.stdout)
    lines = [line.split() for line in done.stdout.splitlines()]
    times = [(words[1], int(words[2]) / 1000) for words in lines
             if len(words) == 3 and words[0] == "TIME"]
    if done.returncode or not times or times[0][0] != BASELINE:
        raise CommandFailed("the bare-metal guest", log,
                            done.stdout.splitlines()[-12:])
    return times
