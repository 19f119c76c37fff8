# SPDX-License-Identifier: GPL-2.0-or-later
"""A meson that QEMU's build accepts: the system's, or a private copy."""

import shutil

from . import runner
from .apt import PrivateApt, newest
from .console import Step
from .errors import InfrastructureError

MINIMUM = (1, 5)
MODULES = "usr/lib/python3/dist-packages"
PYTHON = "/usr/bin/python3"


def system_version(python=PYTHON):
    """(major, minor) of the meson that `python` can import; (0, 0) if none."""
    text = runner.output([python, "-c",
                          "import mesonbuild.coredata as c; print(c.version)"])
    if not text:
        return (0, 0)
    major, minor = text.split(".")[:2]
    return (int(major), int(minor))


def module_path(layout):
    """The PYTHONPATH entry that provides meson; "" for the system's own."""
    if system_version() >= MINIMUM:
        return ""
    apt = PrivateApt(layout)
    record = apt.recorded("meson") or _choose(apt)
    place = layout.cache / "meson" / record["version"].replace(":", "_")
    if not (place / ".complete").is_file():
        with Step(f"Unpacking meson {record['version']}") as step:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            runner.run(["dpkg-deb", "-x", apt.file(record, ".deb"), place],
                       layout.logs / "meson-unpack.log", step)
            (place / ".complete").write_text("")
    return str(place / MODULES)


def _choose(apt):
    """The private copy must run on this Debian's Python: take the backport."""
    pairs = apt.candidates("meson")
    version = newest(version for version, suite in pairs
                     if suite.endswith("-backports")) \
        or newest(version for version, _ in pairs)
    if not version:
        raise InfrastructureError(
            "no meson >= 1.5 is among Debian's packages",
            "install one that /usr/bin/python3 can import")
    return apt.fetch("meson", "meson", version)


def command(layout):
    """(words, environment additions) that run meson."""
    path = module_path(layout)
    extra = {"PYTHONPATH": path} if path else {}
    return [PYTHON, "-m", "mesonbuild.mesonmain"], extra
