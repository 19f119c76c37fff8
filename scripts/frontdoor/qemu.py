# SPDX-License-Identifier: GPL-2.0-or-later
"""Fetch QEMU, put our folders into it, configure it and build it."""

import os
import re
import shutil
import tarfile
import urllib.error
import urllib.request

from . import meson, overlay, runner, system
from .apt import PrivateApt, newest
from .console import Step, say, up_to_date
from .errors import CommandFailed, InfrastructureError, UsageError
from .stamps import digest_of, file_sha256, locked, read_json, write_json

SERIES = "10.0"
# For machines without apt: upstream's release of the same series.
TARBALL = "https://download.qemu.org/qemu-10.0.0.tar.xz"
TARBALL_SHA256 = ("22c075601fdcf8c7b2671a839ebdcef1"
                  "d4f2973eb6735254fd2e1bd0f30b3896")

CONFIGURE = (
    "--python=/usr/bin/python3", "--target-list=aarch64-softmmu",
    "--without-default-features", "--without-default-devices",
    "--with-devices-aarch64=farside", "--enable-tcg", "--enable-fdt=system",
    "--enable-slirp", "--enable-pixman", "--enable-tools", "--disable-docs",
    "--disable-download", "--disable-install-blobs", "--enable-werror",
)
SANITIZE = ("--enable-asan", "--enable-ubsan",
            # A finding has to fail the test that it happens in.
            "--extra-cflags=-fno-sanitize-recover=undefined")
COMPLAINT = re.compile(r"\berror: |\bERROR: |undefined reference|"
                       r"multiple definition|^ninja: error")
SPARE_CORE_NICENESS = "5"
NOT_COPIED = shutil.ignore_patterns(".git", "build", "build-*", "__pycache__")


def prepare(layout, with_tests=False):
    """Bring QEMU, and its test programs, up to date with our sources."""
    with _alone(layout):
        tree = source(layout)
        configure(layout, tree)
        build(layout, with_tests)


def prepare_source(layout):
    """Bring only the source tree up to date; returns it."""
    with _alone(layout):
        return source(layout)


def _alone(layout):
    return locked(layout.build / "qemu.lock",
                  lambda: say("   Waiting for another run's QEMU build"))


# -- source ------------------------------------------------------------------

def source(layout):
    """A QEMU tree with our folders linked and our patches applied."""
    origin, unpack = _origin(layout)
    patch_files = overlay.patches(layout.root)
    key = digest_of(origin, *[patch.name for patch in patch_files],
                    *patch_files)
    stamp = layout.qemu_tree / ".farside.json"
    old = read_json(stamp, {})
    if old.get("key") == key:
        up_to_date("QEMU source", f"{old['version']}, "
                   f"{len(patch_files)} patches")
    else:
        _fresh_tree(layout, unpack, patch_files, key, old)
    count = overlay.link(layout.root, layout.qemu_tree)
    say(f"   {count} links into {layout.qemu_tree}")
    return layout.qemu_tree


def _origin(layout):
    """(identity, function that unpacks into a directory) of the source."""
    if layout.qemu_source:
        return _existing_tree(layout.qemu_source)
    if not system.have_apt():
        return _upstream_tarball(layout)
    apt = PrivateApt(layout)
    record = apt.recorded("qemu") or _choose(apt)
    dsc = apt.file(record, ".dsc")

    def unpack(place, step):
        runner.run(["dpkg-source", "--no-copy", "-x", dsc, place],
                   layout.logs / "qemu-unpack.log", step, runner.last_word)

    return f"dsc {file_sha256(dsc)}", unpack


def _choose(apt):
    """The newest QEMU of our series among Debian 13's source packages."""
    versions = [version for version, suite in apt.candidates("qemu")
                if suite.startswith("trixie")
                and version.startswith(f"1:{SERIES}.")
                and "~bpo" not in version]
    if not versions:
        raise InfrastructureError(
            f"Debian 13's archive has no QEMU {SERIES} source package",
            "give a QEMU tree with --qemu-source DIR")
    return apt.fetch_source("qemu", "qemu", newest(versions))


def _existing_tree(path):
    version = path / "VERSION"
    if not (path / "configure").is_file() or not version.is_file():
        raise UsageError(
            f"{path} is not a QEMU source tree",
            "--qemu-source and FARSIDE_QEMU_SRC name a directory that has "
            "QEMU's configure and VERSION files")

    def unpack(place, _step):
        shutil.copytree(path, place, symlinks=True, ignore=NOT_COPIED)

    identity = (f"tree {path} {version.read_text()} "
                f"{version.stat().st_mtime_ns}")
    return identity, unpack


def _upstream_tarball(layout):
    file = layout.cache / os.path.basename(TARBALL)

    def unpack(place, step):
        if not file.is_file() or file_sha256(file) != TARBALL_SHA256:
            _download(TARBALL, file, TARBALL_SHA256, step)
        unpacked = place.with_name(place.name + ".tar")
        shutil.rmtree(unpacked, ignore_errors=True)
        with tarfile.open(file) as archive:
            archive.extractall(unpacked)
        (unpacked / os.path.basename(TARBALL)[:-len(".tar.xz")]).rename(place)
        unpacked.rmdir()

    return f"tarball {TARBALL_SHA256}", unpack


def _download(url, file, sha256, step):
    partial = file.with_name(file.name + ".partial")
    try:
        with urllib.request.urlopen(url, timeout=60) as stream, \
                open(partial, "wb") as sink:
            while block := stream.read(1 << 20):
                sink.write(block)
                step.detail = f"{sink.tell() >> 20} MiB"
    except (OSError, urllib.error.URLError) as err:
        raise InfrastructureError(
            f"cannot fetch {url}: {err}",
            "the first run needs the network; or give an existing QEMU tree "
            "with --qemu-source DIR")
    if file_sha256(partial) != sha256:
        raise InfrastructureError(
            f"{url} does not have the expected SHA-256 checksum",
            f"look at {partial}, delete it, and try again")
    partial.replace(file)


def _fresh_tree(layout, unpack, patch_files, key, old):
    """Unpack beside the old tree, patch, then swap: never half done."""
    tree = layout.qemu_tree
    # A directory of its own: an interrupted unpacking leaves things behind.
    room = tree.with_name(tree.name + ".new")
    fresh = room / tree.name
    with Step("Unpacking QEMU") as step:
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir()
        unpack(fresh, step)
        version = (fresh / "VERSION").read_text().strip()
        step.done(version)
    if not version.startswith(SERIES + "."):
        say(f"   This is QEMU {version}; the project is built on {SERIES}")
    if patch_files:
        with Step(f"Applying {len(patch_files)} wiring patches"):
            for patch in patch_files:
                overlay.apply_patch(patch, fresh, version,
                                    layout.logs / "qemu-patch.log")
    changed = {name for patch in patch_files
               for name in overlay.files_in(patch)}
    # What a dropped patch had changed has its old content and an old date:
    # a new date makes the build look at it.
    for name in changed | set(old.get("changed", [])):
        if (fresh / name).is_file():
            os.utime(fresh / name)
    write_json(fresh / ".farside.json",
               {"key": key, "version": version, "changed": sorted(changed)})
    shutil.rmtree(tree, ignore_errors=True)
    fresh.rename(tree)
    shutil.rmtree(room)


# -- configure ---------------------------------------------------------------

def _environment(layout):
    """The environment of configure and of ninja, which may configure again."""
    env = dict(os.environ)
    path = meson.module_path(layout)
    if path:
        env["PYTHONPATH"] = path
    env["CC"] = ("ccache " if shutil.which("ccache") else "") + layout.compiler
    # Ask for plain output, whatever the caller's terminal.
    env.pop("NINJA_STATUS", None)
    env.pop("MAKEFLAGS", None)
    return env


def configure(layout, tree):
    version = runner.output([layout.compiler, "--version"])
    if version is None:
        raise InfrastructureError(
            f"there is no {layout.compiler} here",
            "install it, or choose the other one with --cc gcc|clang")
    words = [*CONFIGURE, *(SANITIZE if layout.sanitize else ())]
    key = digest_of(" ".join(words), version.splitlines()[0], str(tree))
    stamp = layout.qemu_build / ".farside.json"
    if read_json(stamp, {}).get("key") == key:
        return
    shutil.rmtree(layout.qemu_build, ignore_errors=True)
    layout.qemu_build.mkdir(parents=True)
    with Step(f"Configuring QEMU with {layout.compiler}") as step:
        runner.run([tree / "configure", *words],
                   layout.logs / "qemu-configure.log", step, runner.last_word,
                   cwd=layout.qemu_build, env=_environment(layout),
                   what="QEMU's configure",
                   hint="see also config.log and meson-logs/meson-log.txt in "
                        f"{layout.qemu_build}")
    write_json(stamp, {"key": key, "compiler": version.splitlines()[0]})


# -- build -------------------------------------------------------------------

def _ninja():
    return shutil.which("ninja") or shutil.which("ninja-build") or "ninja"


def test_targets(layout):
    """The ninja targets of our unit tests and qtests that are wired."""
    names = runner.output([layout.root / "scripts/test-programs",
                           layout.root / "tests"]) or ""
    rules = (layout.qemu_build / "build.ninja").read_text()
    known = set(re.findall(r"^build (tests/(?:unit|qtest)/[^ :]+):", rules,
                           re.MULTILINE))
    return sorted(known & {f"tests/{name}" for name in names.split()})


def build(layout, with_tests):
    env = _environment(layout)
    ninja = [_ninja(), "-C", layout.qemu_build]
    log = layout.logs / f"{layout.qemu_build.name}-build.log"
    with Step(f"Building QEMU with {layout.compiler}") as step:
        try:
            # The build files first: patches may have added test programs.
            runner.run([*ninja, "build.ninja"], log, step,
                       runner.ninja_progress, env=env)
            targets = ["qemu-system-aarch64", "qemu-img"]
            if with_tests:
                targets += test_targets(layout)
            runner.run(["nice", "-n", SPARE_CORE_NICENESS, *ninja, *targets],
                       log, step, runner.ninja_progress, env=env, append=True)
        except CommandFailed as err:
            raise CommandFailed(f"building QEMU with {layout.compiler}", log,
                                _errors_only(log) or err.tail,
                                "correct the error and run the same command "
                                "again: it goes on where it stopped")


def _errors_only(log):
    """The compiler's own complaints, up to twenty lines of them."""
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if COMPLAINT.search(line)][:20]
