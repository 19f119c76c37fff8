# SPDX-License-Identifier: GPL-2.0-or-later
"""Build and run the small guests of tests/bare-metal, which have no kernel."""

from . import runner
from .kernel import CROSS_COMPILE

# QEMU finds what a call or a return leads to in a cache that has few places
# for each page of the guest: two functions on one page may cost each other
# as much as half a firmware call. On pages of their own they never do.
FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-nostdlib",
         "-static", "-fno-pic", "-fno-stack-protector",
         "-falign-functions=4096", "-Wl,--build-id=none")
# Debian's small cross compilers for 32-bit Arm need a libc: clang does not.
COMPILERS = {
    "aarch64": (f"{CROSS_COMPILE}gcc", "-no-pie", "-mgeneral-regs-only",
                "-mstrict-align", "-fno-tree-loop-distribute-patterns"),
    "arm": ("clang", "--target=arm-none-eabi", "-march=armv7-a",
            "-mfloat-abi=soft", "-fno-builtin", "-fuse-ld=lld",
            "-ffunction-sections", "-Wl,--gc-sections"),
}


def build(layout, name, arch="aarch64", defines=()):
    """Build the guest tests/bare-metal/NAME.c; returns its file."""
    source = layout.root / "tests/bare-metal"
    place = layout.images / "bare-metal"
    place.mkdir(parents=True, exist_ok=True)
    guest = place / ("-".join((name, arch, *defines)) + ".elf")
    runner.run([*COMPILERS[arch], *FLAGS, *(f"-D{word}" for word in defines),
                "-I", source, "-T", source / "guest.ld",
                source / f"start-{arch}.S", source / "guest.c",
                source / f"{name}.c", "-o", guest],
               layout.logs / f"bare-metal-{guest.stem}.log",
               what=f"building tests/bare-metal/{name}.c for {arch}")
    return guest


def command(layout, guest, machine):
    """The QEMU command that runs it, its console on standard output."""
    return [str(layout.qemu_binary), "-M", machine, "-nodefaults", "-display",
            "none", "-no-reboot", "-serial", "stdio", "-kernel", str(guest)]
