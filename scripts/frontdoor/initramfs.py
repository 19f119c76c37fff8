# SPDX-License-Identifier: GPL-2.0-or-later
"""Build the initramfs: busybox, init, the guest agent, a kernel's modules."""

import gzip
import lzma
import re
import shutil
from pathlib import Path

from . import runner
from .apt import PrivateApt, newest
from .console import Step, say, up_to_date
from .cpio import Archive
from .errors import InfrastructureError
from .stamps import digest_of, read_json, write_json

PACKAGE = "busybox-static"
ARCHITECTURE = "arm64"
PLAIN = "initramfs"


def prepare(layout, kernel=None):
    """The initramfs for `kernel`; without modules if it needs none.

    Returns the path of the image.
    """
    with_modules = bool(kernel and kernel.modules)
    name = f"{PLAIN}-{kernel.name}" if with_modules else PLAIN
    image = layout.images / f"{name}.cpio.gz"
    busybox = _busybox(layout)
    scripts = sorted((layout.root / "guest-images/initramfs").iterdir())
    wanted = module_list(layout) if with_modules else []
    key = digest_of(busybox, *scripts, " ".join(wanted),
                    kernel.package if with_modules else "",
                    Path(__file__), Path(__file__).with_name("cpio.py"))
    stamp = layout.images / f"{name}.json"
    if read_json(stamp, {}).get("key") == key and image.is_file():
        up_to_date(f"Initramfs {image.name}")
        return image
    with Step(f"Packing {image.name}") as step:
        archive = _base(busybox, scripts)
        absent = _add_modules(archive, kernel, wanted) if with_modules else []
        partial = image.with_suffix(".partial")
        partial.write_bytes(gzip.compress(archive.data(), 6, mtime=0))
        partial.replace(image)
        step.done(f"{image.stat().st_size >> 10} KiB")
    if absent:
        say(f"   Linux {kernel.release} does not have: " + ", ".join(absent))
    write_json(stamp, {"key": key})
    return image


def module_list(layout):
    """The names in guest-images/stock-modules.list."""
    text = (layout.root / "guest-images/stock-modules.list").read_text()
    return [line.strip() for line in text.splitlines()
            if line.strip() and not line.startswith("#")]


def _base(busybox, scripts):
    archive = Archive()
    archive.file("bin/busybox", busybox.read_bytes(), 0o755)
    for script in scripts:
        archive.file(script.name, script.read_bytes(), 0o755)
    # The kernel opens this before anything can be mounted.
    archive.character_device("dev/console", 5, 1)
    return archive


def _busybox(layout):
    apt = PrivateApt(layout)
    record = apt.recorded("busybox")
    if not record:
        full = f"{PACKAGE}:{ARCHITECTURE}"
        version = newest(version for version, suite in apt.candidates(full)
                         if suite.startswith("trixie"))
        if not version:
            raise InfrastructureError(f"Debian's archive has no {full}")
        record = apt.fetch("busybox", full, version)
    place = layout.cache / "busybox" / re.sub(r"\W", "_", record["version"])
    found = [place / "usr/bin/busybox", place / "bin/busybox"]
    if not any(path.is_file() for path in found):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        runner.run(["dpkg-deb", "-x", apt.file(record, ".deb"), place],
                   layout.logs / "busybox.log")
    return next(path for path in found if path.is_file())


# -- modules -----------------------------------------------------------------

def dependencies(tree):
    """{module name: (its file, files it needs)} from depmod's result."""
    table = {}
    for line in (tree / "modules.dep").read_text().splitlines():
        file, _, needs = line.partition(":")
        table[_module_name(file)] = (file, needs.split())
    return table


def load_order(table, names):
    """Files to load so that each comes after what it depends on.

    Also returns the names that are not in the table.
    """
    order, absent = [], []

    def add(file):
        _, needs = table[_module_name(file)]
        for need in needs:
            add(need)
        if file not in order:
            order.append(file)

    for name in names:
        key = name.replace("-", "_")
        if key in table:
            add(table[key][0])
        else:
            absent.append(name)
    return order, absent


def built_in(tree):
    """The names of modules that are part of the kernel itself."""
    return {_module_name(line) for line in
            (tree / "modules.builtin").read_text().splitlines()}


def _module_name(file):
    return Path(file).name.split(".")[0].replace("-", "_")


def _add_modules(archive, kernel, names):
    tree = Path(kernel.modules) / "lib/modules" / kernel.release
    order, absent = load_order(dependencies(tree), names)
    packed = []
    for file in order:
        content = (tree / file).read_bytes()
        if file.endswith(".xz"):
            content = lzma.decompress(content)
        name = Path(file).name.split(".")[0] + ".ko"
        archive.file(f"lib/modules/{name}", content)
        packed.append(name)
    archive.file("lib/modules/load-order",
                 "".join(f"{name}\n" for name in packed).encode())
    present = built_in(tree)
    return [name for name in absent if name.replace("-", "_") not in present]
