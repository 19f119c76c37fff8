# SPDX-License-Identifier: GPL-2.0-or-later
"""All guests that tests boot: each kernel with its initramfs.

What was prepared is in build/guest-images/manifest.json, so that tests find
it without preparing (or downloading) anything themselves.
"""

from dataclasses import asdict

from . import initramfs, kernel, stock
from .errors import InfrastructureError
from .kernel import Kernel
from .stamps import read_json, write_json

NAMES = ("lab", *stock.SERIES)
# Those of suites that have to be asked for.
MORE_NAMES = tuple(name for name in kernel.LABS if name not in NAMES)


def prepare(layout, names=NAMES):
    """Bring the named guests up to date; returns {name: (Kernel, initrd)}."""
    found = {}
    for name in names:
        chosen = kernel.prepare(layout, name) if name in kernel.LABS \
            else stock.prepare(layout, name)
        found[name] = (chosen, str(initramfs.prepare(layout, chosen)))
    manifest = read_json(_manifest(layout), {})
    for name, (chosen, initrd) in found.items():
        manifest[name] = {"kernel": asdict(chosen), "initrd": initrd}
    write_json(_manifest(layout), manifest)
    return found


def load(layout, name):
    """A prepared guest: (Kernel, path of the initramfs)."""
    entry = read_json(_manifest(layout), {}).get(name)
    if not entry:
        raise InfrastructureError(f"guest {name} has not been prepared",
                                  "run: ./farside build "
                                  + (name if name in MORE_NAMES else "images"))
    return Kernel(**entry["kernel"]), entry["initrd"]


def plain_initramfs(layout):
    """The initramfs without modules, for a kernel we know nothing about."""
    return str(initramfs.prepare(layout))


def plain_initramfs_path(layout):
    return str(layout.images / f"{initramfs.PLAIN}.cpio.gz")


def _manifest(layout):
    return layout.images / "manifest.json"
