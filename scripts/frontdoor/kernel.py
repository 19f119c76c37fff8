# SPDX-License-Identifier: GPL-2.0-or-later
"""Lab kernels: Debian's kernel source, our configuration.

The source is unmodified.  The configuration is `allnoconfig` plus every
fragment in guest-images/lab/, and each symbol a fragment asks for is checked
afterwards: a kernel that lacks a driver is never built silently.  LABS names
them; the first one is what everybody uses, the others are for a suite each.
"""

import os
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from . import runner
from .apt import PrivateApt, newest
from .console import Step, paint, say, up_to_date
from .errors import CommandFailed, InfrastructureError, UsageError
from .stamps import digest_of, locked, read_json, write_json

PACKAGE = re.compile(r"^linux-source-(\d+\.\d+)$")
REQUEST = re.compile(r"(CONFIG_\w+)=.*|# (CONFIG_\w+) is not set")
CROSS_COMPILE = "aarch64-linux-gnu-"
SUITE = "trixie-backports"
# The same source and configuration give the same bytes, and ccache hits.
REPRODUCIBLE = {"KBUILD_BUILD_USER": "farside", "KBUILD_BUILD_HOST": "farside",
                "KBUILD_BUILD_TIMESTAMP": "1970-01-01"}
NOT_INHERITED = ("MAKEFLAGS", "ARCH", "CROSS_COMPILE", "KBUILD_OUTPUT")


@dataclass(frozen=True)
class Lab:
    """A kernel that is built here."""

    about: str
    source: str = ""      # package; "" for the newest, or --linux-source
    more: str = ""        # a folder of guest-images whose fragments win
    drivers_of: str = ""  # its drivers are those of that kernel


LABS = {
    "lab": Lab("the lab kernel"),
    "lab-16k": Lab("the lab kernel with pages of 16 KiB", more="lab-16k",
                   drivers_of="lab"),
    "lab-debug": Lab("the lab kernel with its checks", more="lab-debug"),
    "lab-6.12": Lab("the lab kernel of Linux 6.12",
                    source="linux-source-6.12"),
}


@dataclass
class Kernel:
    """A kernel that can be booted."""

    name: str          # whose drivers it has: lab, 6.1, ... or a file name
    image: str         # what QEMU's -kernel gets
    release: str       # uname -r
    package: str = ""  # where it comes from, with its Debian version
    modules: str = ""  # root of its modules' tree, if it needs any


@dataclass
class Source:
    name: str          # linux-7.2
    tree: Path
    identity: str      # for the cache key; "" if it may change under us
    package: str


def prepare(layout, name="lab"):
    """Bring a lab kernel up to date; returns it as a Kernel."""
    source = _source(layout, LABS[name].source or layout.linux_source)
    with locked(layout.build / f"{source.name}.lock",
                lambda: say("   Waiting for another run's kernel build")):
        return _build(layout, name, source)


# -- source ------------------------------------------------------------------

def _source(layout, wanted):
    if wanted and Path(wanted).is_dir():
        return _directory(Path(wanted).resolve())
    if wanted and not PACKAGE.match(wanted):
        raise UsageError(
            f"--linux-source {wanted}: neither a directory nor a package "
            "name such as linux-source-6.12")
    apt = PrivateApt(layout)
    key = wanted or "linux-source"
    record = apt.recorded(key) or _choose(apt, key, wanted)
    name = record["package"].replace("-source", "")
    title = f"{record['package']} {record['version']}"
    tree = layout.build / name / "source"
    stamp = layout.build / name / "source.json"
    if read_json(stamp, {}).get("version") != record["version"]:
        _unpack(layout, apt.file(record, ".deb"), tree, title)
        write_json(stamp, {"version": record["version"]})
    return Source(name, tree, f"deb {record['files']}", title)


def _choose(apt, key, wanted):
    names = [wanted] if wanted else \
        [name for name in apt.names("^linux-source-[0-9]")
         if PACKAGE.match(name)
         and any(suite == SUITE for _, suite in apt.candidates(name))]
    names.sort(key=lambda name: [int(part) for part
                                 in PACKAGE.match(name)[1].split(".")])
    versions = apt.candidates(names[-1]) if names else []
    if not versions:
        raise InfrastructureError(
            f"Debian's archive has no {wanted or 'linux-source package'}",
            "choose another with --linux-source PACKAGE")
    return apt.fetch(key, names[-1],
                     newest(version for version, _ in versions))


def _directory(tree):
    if not (tree / "Kbuild").is_file():
        raise UsageError(f"{tree} is not a kernel source tree",
                         "--linux-source names a directory that has the "
                         "kernel's Kbuild, or a package such as "
                         "linux-source-6.12")
    return Source(f"linux-{tree.name}", tree, "", str(tree))


def _unpack(layout, deb, tree, title):
    log = layout.logs / "linux-unpack.log"
    with Step(f"Unpacking {title}") as step:
        room = tree.with_name("unpacked")
        shutil.rmtree(room, ignore_errors=True)
        shutil.rmtree(tree, ignore_errors=True)
        room.mkdir(parents=True)
        runner.run(["dpkg-deb", "-x", deb, room], log, step)
        archive = next((room / "usr/src").glob("linux-source-*.tar.xz"))
        runner.run(["tar", "-xJf", archive, "-C", room], log, step,
                   append=True)
        next(room.glob("linux-source-*")).rename(tree)
        shutil.rmtree(room)


# -- configuration -----------------------------------------------------------

def fragments(layout, name="lab"):
    """In order: of two that disagree, the later one wins."""
    folders = filter(None, ("lab", LABS[name].more))
    return [file for folder in folders for file in
            sorted((layout.root / "guest-images" / folder).glob("*.config"))]


def requested(files):
    """{symbol: its whole line} for everything the fragments ask for."""
    found = (REQUEST.fullmatch(line.strip()) for file in files
             for line in file.read_text().splitlines())
    return {match[1] or match[2]: match[0] for match in found if match}


def _check_config(config, files):
    """Name every requested line that the final configuration lacks.

    Kernels rename symbols, older ones have fewer drivers, and the package
    that is built is the newest one: whatever else is missed shows by itself,
    as a driver that does not bind.
    """
    final = set(config.read_text().splitlines())
    lost = [symbol.replace("CONFIG_", "")
            for symbol, line in requested(files).items()
            if line not in final and not line.startswith("#")]
    if lost:
        say("   This kernel does not have: " + ", ".join(lost))


# -- build -------------------------------------------------------------------

def _environment():
    env = {key: value for key, value in os.environ.items()
           if key not in NOT_INHERITED}
    env.update(REPRODUCIBLE)
    return env


def _make(source, output):
    compiler = f"{CROSS_COMPILE}gcc"
    words = ["nice", "-n", "5", "make", "-C", source.tree, f"O={output}",
             "ARCH=arm64", f"CROSS_COMPILE={CROSS_COMPILE}"]
    if shutil.which("ccache"):
        words += [f"CC=ccache {compiler}", "HOSTCC=ccache gcc"]
    return words


def _build(layout, name, source):
    files = fragments(layout, name)
    compiler = runner.output([f"{CROSS_COMPILE}gcc", "--version"]) or ""
    key = digest_of(source.identity, compiler, *files)
    place = layout.images / name / source.name
    record = place / "version.json"
    known = read_json(record, {})
    if source.identity and known.get("key") == key and \
            (place / "Image").is_file():
        up_to_date(_title(name), known["release"])
        # The folder may have been moved since.
        return Kernel(**dict(known["kernel"], image=str(place / "Image")))
    output = layout.build / source.name / name.replace("lab", "build", 1)
    output.mkdir(parents=True, exist_ok=True)
    _configure(layout, name, source, output, files)
    release = _compile(layout, name, source, output)
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy2(output / "arch/arm64/boot/Image", place / "Image")
    shutil.copy2(output / ".config", place / "config")
    kernel = Kernel(LABS[name].drivers_of or name, str(place / "Image"),
                    release, source.package)
    write_json(record, {"key": key, "release": release,
                        "kernel": asdict(kernel)})
    return kernel


def _title(name):
    about = LABS[name].about.removeprefix("the ")
    return about[0].upper() + about[1:]


def _configure(layout, name, source, output, files):
    merged = output / "farside.config"
    text = "".join(f"{line}\n" for line in requested(files).values())
    if not merged.is_file() or merged.read_text() != text \
            or not (output / ".config").is_file():
        merged.write_text(text)
        (output / ".config").unlink(missing_ok=True)
    if not (output / ".config").is_file():
        what = f"onfiguring {LABS[name].about}"
        with Step(f"C{what}"):
            env = dict(_environment(), KCONFIG_ALLCONFIG=str(merged))
            runner.run([*_make(source, output), "-s", "allnoconfig"],
                       layout.logs / f"linux-configure-{name}.log", env=env,
                       what=f"c{what}")
    _check_config(output / ".config", files)


def _compile(layout, name, source, output):
    log = layout.logs / f"linux-build-{name}.log"
    built = 0

    def progress(line):
        nonlocal built
        words = line.split()
        if len(words) < 2 or not words[0].isupper():
            return None
        built += 1
        return f"{built} files, {words[-1]}"

    jobs = f"-j{os.cpu_count() or 1}"
    with Step(f"Building {LABS[name].about} from {source.package}") as step:
        try:
            runner.run([*_make(source, output), jobs, "Image"], log, step,
                       progress, env=_environment())
        except CommandFailed as err:
            lines = log.read_text(errors="replace").splitlines()
            errors = [line for line in lines if re.search(r"[Ee]rror\b", line)]
            raise CommandFailed(
                f"building {LABS[name].about}", log, errors[:20] or err.tail,
                "correct the error and run the same command again: it goes "
                "on where it stopped")
        release = (output / "include/config/kernel.release").read_text()
        step.done(paint(release.strip(), "bold"))
    return release.strip()
