# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk image with fio and mke2fs for guests, from Debian's packages.

The image, build/guest-images/disk-tools.ext4, is for a virtio disk: an
initramfs that carried the libraries would slow every boot down.  In the guest
    mount -t ext4 -o ro /dev/vda /mnt && /mnt/fio --version
"""

import re
import shutil
from pathlib import Path

from . import runner
from .apt import PrivateApt, newest
from .console import Step, up_to_date
from .errors import InfrastructureError
from .stamps import digest_of, read_json, write_json

PACKAGES = ("fio", "e2fsprogs")
# What the guest gets, by the name it has there.
PROGRAMS = {"fio": "usr/bin/fio", "mke2fs": "usr/sbin/mke2fs",
            "e2fsck": "usr/sbin/e2fsck"}
LOADER = "ld-linux-aarch64.so.1"
READELF = "aarch64-linux-gnu-readelf"
SUITE = "trixie"
# A program is found beside its libraries, wherever the image is mounted.
WRAPPER = """#!/bin/sh
here=${{0%/*}}
exec $here/lib/{loader} --library-path $here/lib $here/bin/{name} "$@"
"""


def image_path(layout):
    return layout.images / "disk-tools.ext4"


def prepare(layout):
    """Bring the image up to date; returns its path."""
    image = image_path(layout)
    apt = PrivateApt(layout)
    record = apt.recorded("disk-tools") or _fetch(apt)
    debs = [apt.debs / name for name in sorted(record["files"])]
    key = digest_of(Path(__file__), " ".join(deb.name for deb in debs))
    stamp = layout.images / "disk-tools.json"
    if read_json(stamp, {}).get("key") == key and image.is_file():
        up_to_date(f"Disk tools {image.name}")
        return image
    with Step(f"Packing {image.name}"):
        root = layout.cache / "disk-tools"
        _unpack(layout, debs, root)
        _make_image(layout, root, image)
    write_json(stamp, {"key": key})
    return image


def _fetch(apt):
    wanted = []
    for package in PACKAGES:
        full = f"{package}:arm64"
        version = newest(version for version, suite in apt.candidates(full)
                         if suite.startswith(SUITE))
        if not version:
            raise InfrastructureError(f"Debian's archive has no {full}")
        wanted.append(f"{full}={version}")
    return apt.fetch_closure("disk-tools", wanted, "arm64")


def _unpack(layout, debs, root):
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for deb in debs:
        runner.run(["dpkg-deb", "-x", deb, root],
                   layout.logs / "disk-tools.log", append=True)


def _libraries(root):
    """{soname: its file} of everything that was unpacked."""
    return {path.name: path.resolve()
            for path in root.glob("**/*.so*") if path.is_file()}


def _needed(file):
    listing = runner.output([READELF, "-d", str(file)]) or ""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", listing)


def _make_image(layout, root, image):
    libraries = _libraries(root)
    tree = root.with_name("disk-tools-tree")
    shutil.rmtree(tree, ignore_errors=True)
    for name in ("bin", "lib"):
        (tree / name).mkdir(parents=True)
    pending = [LOADER]
    for name, path in PROGRAMS.items():
        shutil.copy(root / path, tree / "bin" / name)
        wrapper = tree / name
        wrapper.write_text(WRAPPER.format(loader=LOADER, name=name))
        wrapper.chmod(0o755)
        pending += _needed(root / path)
    while pending:
        name = pending.pop()
        if (tree / "lib" / name).exists():
            continue
        if name not in libraries:
            raise InfrastructureError(f"no package of {PACKAGES} has {name}")
        shutil.copy(libraries[name], tree / "lib" / name)
        pending += _needed(libraries[name])
    partial = image.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    runner.run(["/sbin/mkfs.ext4", "-q", "-O", "^has_journal", "-d", tree,
                partial, "128M"], layout.logs / "disk-tools.log", append=True)
    partial.replace(image)
