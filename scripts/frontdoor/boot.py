# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU command lines: everything is plain options anybody can type."""

import os
import shlex
from pathlib import Path

from . import stock
from .errors import UsageError
from .kernel import LABS, Kernel

MACHINE = "farside"
MEMORY = "512M"
CPUS = 2
CONSOLE = "console=ttyAMA0"
KERNEL_NAMES = (*LABS, *(f"stock:{series}" for series in stock.SERIES))


def kernel_file(name):
    """The Kernel that a file is."""
    path = Path(name).expanduser()
    return Kernel(path.name, str(path.absolute()), "unknown")


def check_kernel_name(name):
    """Refuse early what cannot be a kernel."""
    if name in KERNEL_NAMES:
        return
    if name.startswith("stock:"):
        raise UsageError(
            f"there is no stock kernel {name.partition(':')[2]!r}",
            "choose one of: " + ", ".join(KERNEL_NAMES))
    check_file(name, "kernel", "give the path of an arm64 Image, or "
               + ", or ".join(KERNEL_NAMES))


def check_file(name, what, hint=None):
    path = Path(name).expanduser()
    if not path.is_file():
        state = "is a directory" if path.is_dir() else "does not exist"
        raise UsageError(f"{what} {name} {state}", hint)
    if not os.access(path, os.R_OK):
        raise UsageError(f"{what} {name} cannot be read", hint)


def guest_options(image, initrd, append, machine=MACHINE, memory=MEMORY,
                  cpus=CPUS):
    """The options that say which guest; not where its consoles go."""
    words = ["-M", machine, "-smp", str(cpus), "-m", memory, "-nodefaults",
             "-display", "none", "-kernel", str(image)]
    if initrd:
        words += ["-initrd", str(initrd)]
    return words + ["-append", " ".join(filter(None, [CONSOLE, append]))]


def interactive(layout, chosen, initrd, append, extra, machine=MACHINE):
    """The whole command for a person at a terminal; `extra` wins."""
    return [str(layout.qemu_binary),
            *guest_options(chosen.image, initrd, append, machine),
            "-serial", "mon:stdio", *extra]


def as_text(command):
    """A command line that can be pasted into a shell."""
    return shlex.join(command)
