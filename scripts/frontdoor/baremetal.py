# SPDX-License-Identifier: GPL-2.0-or-later
"""Build and run the small guests of tests/bare-metal, which have no kernel."""

from . import runner
from .kernel import CROSS_COMPILE

FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-nostdlib",
         "-static", "-fno-pic", "-no-pie", "-fno-stack-protector",
         "-fno-tree-loop-distribute-patterns", "-mgeneral-regs-only",
         "-mstrict-align", "-Wl,--build-id=none")


def build(layout, name):
    """Build the AArch64 guest tests/bare-metal/NAME.c; returns its file."""
    source = layout.root / "tests/bare-metal"
    place = layout.images / "bare-metal"
    place.mkdir(parents=True, exist_ok=True)
    guest = place / f"{name}.elf"
    runner.run([f"{CROSS_COMPILE}gcc", *FLAGS, "-I", source,
                "-T", source / "guest.ld", source / "start-aarch64.S",
                source / "guest.c", source / f"{name}.c", "-o", guest],
               layout.logs / f"bare-metal-{name}.log",
               what=f"building tests/bare-metal/{name}.c")
    return guest


def command(layout, guest, machine):
    """The QEMU command that runs it, its console on standard output."""
    return [str(layout.qemu_binary), "-M", machine, "-nodefaults", "-display",
            "none", "-no-reboot", "-serial", "stdio", "-kernel", str(guest)]
