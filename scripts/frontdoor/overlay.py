# SPDX-License-Identifier: GPL-2.0-or-later
"""Put our folders and wiring patches into a QEMU tree.

A directory QEMU does not have becomes one symbolic link; a directory it has
gets one link per file.  Links are made anew on every run (it takes
milliseconds), so a new file is built without further ado.  Patches are
applied once, to a pristine tree.
"""

import os
from pathlib import Path

from . import runner
from .errors import CommandFailed, InfrastructureError

ROOTS = ("hw", "include", "qapi", "configs", "tests/unit", "tests/qtest")
# In a directory that QEMU has too, these are wired by a patch, never linked.
WIRING = ("meson.build", "Kconfig", "trace-events", "trace.h")


def plan(root, tree):
    """{path in the tree: our file or directory} for everything to link."""
    links = {}
    for top in ROOTS:
        if (root / top).is_dir():
            _plan_directory(root, tree, Path(top), links)
    return links


def _plan_directory(root, tree, relative, links):
    for ours in sorted((root / relative).iterdir()):
        inside = relative / ours.name
        theirs = tree / inside
        if ours.name == "__pycache__":
            continue
        real = os.path.lexists(theirs) and not theirs.is_symlink()
        if ours.is_dir() and real:
            _plan_directory(root, tree, inside, links)
        elif real or ours.name in WIRING and not ours.is_dir():
            raise InfrastructureError(
                f"{inside} exists in QEMU's tree as well as in ours",
                "rename our file, or, if it is build wiring, turn it into a "
                "patch under qemu/")
        else:
            links[str(inside)] = ours


def link(root, tree):
    """Make the tree's links exactly those of `plan`; returns their number."""
    wanted = plan(root, tree)
    for path in _links_into(root, tree):
        if str(path.relative_to(tree)) not in wanted:
            path.unlink()
    for inside, ours in wanted.items():
        place = tree / inside
        target = os.path.relpath(ours, place.parent)
        if place.is_symlink():
            if os.readlink(place) == target:
                continue
            place.unlink()
        place.symlink_to(target)
    return len(wanted)


def _links_into(root, tree):
    """Every link of the overlay's directories that leads to our folders."""
    for top in ROOTS:
        for folder, names, files in os.walk(tree / top):
            for name in names + files:
                path = Path(folder, name)
                if not path.is_symlink():
                    continue
                target = Path(os.path.abspath(
                    os.path.join(folder, os.readlink(path))))
                if root in target.parents and tree not in target.parents:
                    yield path


def patches(root):
    return sorted((root / "qemu").glob("*.patch"))


def files_in(patch):
    """The paths a patch changes."""
    found = set()
    for line in patch.read_text(encoding="utf-8").splitlines():
        if line.startswith(("--- a/", "+++ b/")):
            found.add(line[6:].split("\t")[0].strip())
    return found


def apply_patch(patch, tree, version, log):
    """Apply one patch entirely, or change nothing and say what to do."""
    command = ["patch", "-p1", "--forward", "--batch", "--fuzz=0",
               "-i", str(patch)]
    try:
        runner.run([*command, "--dry-run"], log, cwd=tree, append=True)
    except CommandFailed as err:
        failed = [line for line in err.tail if "FAILED" in line
                  or "can't find file" in line]
        where = ", ".join(sorted(files_in(patch)))
        raise CommandFailed(
            f"applying qemu/{patch.name} (it changes {where}) to QEMU "
            f"{version}", log, failed or err.tail,
            "the patch was made for another QEMU: use the version the "
            "project is built on, or refresh the patch by hand")
    runner.run(command, log, cwd=tree, append=True)
