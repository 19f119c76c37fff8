# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own arm64 kernels, byte for byte."""

import shutil
from dataclasses import asdict
from pathlib import Path

from . import runner
from .apt import PrivateApt, newest
from .console import Step, up_to_date
from .errors import InfrastructureError, UsageError
from .kernel import Kernel
from .stamps import locked, read_json, write_json

META = "linux-image-arm64"
# Kernel series -> the Debian release that ships it.
SERIES = {"6.1": "bookworm", "6.12": "trixie"}
ARCHITECTURE = "arm64"


def prepare(layout, series):
    """Fetch and unpack the newest kernel of `series`; returns a Kernel."""
    if series not in SERIES:
        raise UsageError(f"there is no stock kernel {series!r}",
                         "choose one of: " + ", ".join(SERIES))
    apt = PrivateApt(layout)
    key = f"stock-{series}"
    with locked(layout.build / f"{key}.lock", lambda: None):
        record = apt.recorded(key) or _choose(apt, key, series)
        place = layout.images / "stock" / series
        known = read_json(place / "version.json", {})
        if known.get("version") == record["version"]:
            up_to_date(f"Stock kernel {series}", known["kernel"]["package"])
            return Kernel(**known["kernel"])
        return _unpack(layout, apt, record, place, series)


def _choose(apt, key, series):
    """Follow the metapackage of that release to the kernel itself."""
    codename = SERIES[series]
    found = newest(version for version, suite
                   in apt.candidates(f"{META}:{ARCHITECTURE}")
                   if version.startswith(f"{series}.")
                   and suite in (codename, f"{codename}-updates",
                                 f"{codename}-security"))
    if found:
        for name, version in apt.dependencies(f"{META}:{ARCHITECTURE}",
                                              found):
            if name.startswith("linux-image-"):
                return apt.fetch(key, f"{name}:{ARCHITECTURE}", version)
    raise InfrastructureError(
        f"Debian's archive has no arm64 kernel {series} in {codename}")


def _unpack(layout, apt, record, place, series):
    name = record["package"].split(":")[0]
    title = f"{name} {record['version']}"
    log = layout.logs / f"stock-{series}.log"
    with Step(f"Unpacking {title}") as step:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        runner.run(["dpkg-deb", "-x", apt.file(record, ".deb"), place], log,
                   step)
        image = next((place / "boot").glob("vmlinuz-*"))
        release = image.name[len("vmlinuz-"):]
        modules = _modules_root(place, release)
        # The package's installation scripts would run depmod.
        runner.run(["depmod", "-b", modules, release], log, step, append=True)
    kernel = Kernel(series, str(image), release, title, str(modules))
    write_json(place / "version.json", {"version": record["version"],
                                        "kernel": asdict(kernel)})
    return kernel


def _modules_root(place, release):
    """The directory above lib/modules; Debian 13 keeps it below usr."""
    if (place / "usr/lib/modules" / release).is_dir():
        if not (place / "lib").exists():
            (place / "lib").symlink_to("usr/lib")
    elif not (place / "lib/modules" / release).is_dir():
        raise InfrastructureError(f"{place} has no modules for {release}")
    return Path(place)
