# SPDX-License-Identifier: GPL-2.0-or-later
"""Where everything is: the repository and the build directory below it."""

import os
from dataclasses import dataclass
from pathlib import Path

from .errors import InfrastructureError

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Layout:
    """Every generated path, plus the choices that select among them."""

    build: Path
    qemu_source: Path = None      # --qemu-source: somebody else's QEMU tree
    linux_source: str = None      # --linux-source: package name or directory
    compiler: str = "gcc"         # --cc: gcc or clang, for QEMU only
    sanitize: bool = False        # --sanitize: ASan and UBSan, for QEMU only
    update: bool = False          # --update: look for newer Debian packages

    root = ROOT

    @property
    def logs(self):
        return self.build / "logs"

    @property
    def cache(self):
        return self.build / "cache"

    @property
    def qemu_tree(self):
        return self.build / "qemu-src"

    @property
    def qemu_build(self):
        suffix = "" if self.compiler == "gcc" else f"-{self.compiler}"
        if self.sanitize:
            suffix += "-sanitize"
        return self.build / f"qemu{suffix}"

    @property
    def qemu_binary(self):
        return self.qemu_build / "qemu-system-aarch64"

    @property
    def images(self):
        return self.build / "guest-images"

    def prepare(self):
        """Create the directories, or explain why that is impossible."""
        try:
            for path in (self.logs, self.cache, self.images):
                path.mkdir(parents=True, exist_ok=True)
            probe = self.build / ".writable"
            probe.write_text("")
            probe.unlink()
        except OSError as err:
            raise InfrastructureError(
                f"cannot write to the build directory {self.build}: "
                f"{err.strerror}",
                "choose another one with --build-dir DIR or FARSIDE_BUILD")


def from_options(options):
    """Build the layout from parsed command line options and environment."""
    def path(value):
        return Path(value).expanduser().absolute() if value else None

    return Layout(
        build=path(options.build_dir or os.environ.get("FARSIDE_BUILD")
                   or ROOT / "build"),
        qemu_source=path(options.qemu_source
                         or os.environ.get("FARSIDE_QEMU_SRC")),
        linux_source=options.linux_source,
        compiler=options.cc,
        sanitize=options.sanitize,
        update=options.update)
