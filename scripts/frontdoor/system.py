# SPDX-License-Identifier: GPL-2.0-or-later
"""The system packages the builds need, and installing the missing ones."""

import os
import shutil

from . import runner
from .console import Step, say, up_to_date
from .errors import InfrastructureError

# What needs it -> Debian packages.
PACKAGES = {
    "fetching and unpacking": "ca-certificates dpkg-dev patch xz-utils zstd",
    "building QEMU": "gcc libc6-dev make ccache ninja-build pkg-config "
                     "python3-venv libglib2.0-dev libpixman-1-dev libfdt-dev "
                     "libslirp-dev zlib1g-dev flex bison git",
    "building kernels": "bc cpio kmod libelf-dev libssl-dev perl rsync",
    "testing": "clang device-tree-compiler e2fsprogs lld python3-libfdt "
               "python3-pytest python3-pytest-timeout",
}

# Debian 13 has a meson that QEMU accepts; older ones get it privately.
MESON_SINCE = 13


def os_release():
    """/etc/os-release as a dictionary."""
    values = {}
    try:
        with open("/etc/os-release", encoding="utf-8") as stream:
            for line in stream:
                key, _, value = line.strip().partition("=")
                values[key] = value.strip('"')
    except OSError:
        pass
    return values


def debian_version():
    """12, 13, ... ; 0 when this is not a released Debian."""
    release = os_release()
    if release.get("ID") != "debian":
        return 0
    return int(release.get("VERSION_ID") or 99)


def architecture():
    """The host's Debian architecture."""
    return (runner.output(["dpkg", "--print-architecture"]) or "amd64").strip()


def have_apt():
    return bool(shutil.which("apt-get") and shutil.which("dpkg-query"))


def required():
    names = [name for group in PACKAGES.values() for name in group.split()]
    if architecture() == "arm64":
        names.append("gcc")
    else:
        names.append("gcc-aarch64-linux-gnu")
    if debian_version() >= MESON_SINCE:
        names.append("meson")
    return sorted(set(names))


def missing():
    """The required packages that are not installed."""
    names = required()
    listing = runner.output(
        ["sh", "-c", "dpkg-query -W -f '${Package} ${db:Status-Status}\\n' "
                     "\"$@\" 2>/dev/null; true", "sh", *names]) or ""
    installed = {line.split()[0] for line in listing.splitlines()
                 if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def prepare(layout):
    """Install what is missing; say what."""
    if not have_apt():
        say("   No apt here: the programs these Debian packages hold must be "
            "installed already: " + " ".join(required()))
        return
    names = missing()
    if not names:
        up_to_date("System packages")
        return
    say(f"   To be installed with apt-get: {' '.join(names)}")
    with Step(f"Installing {len(names)} packages") as step:
        _install(layout, step, names)


def _install(layout, step, names):
    command = _as_root()
    if command is None:
        raise InfrastructureError(
            "packages are missing, and this is neither root nor a machine "
            "with sudo",
            "as root, run: apt-get install " + " ".join(names))
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    hint = ("is there network, and do the machine's apt sources work?  "
            "By hand: apt-get update && apt-get install " + " ".join(names))
    log = layout.logs / "packages.log"
    apt_get = [*command, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get",
               "-q", "-y"]
    install = [*apt_get, "install", "--no-install-recommends", *names]
    # A fresh container has no package lists, and old ones name packages that
    # the archive has replaced since: either way update and try once more.
    try:
        runner.run(install, log, step, runner.last_word, env=env,
                   terminal=True)
    except InfrastructureError:
        runner.run([*apt_get, "update"], log, step, runner.last_word, env=env,
                   append=True, terminal=True, what="apt-get update",
                   hint=hint)
        runner.run(install, log, step, runner.last_word, env=env, append=True,
                   terminal=True, what="apt-get install", hint=hint)
    left = missing()
    if left:
        raise InfrastructureError(
            f"apt-get succeeded, but these are still missing: "
            f"{' '.join(left)}", hint)


def _as_root():
    """The words that make a command run as root; None if impossible."""
    if os.geteuid() == 0:
        return []
    return ["sudo"] if shutil.which("sudo") else None
