# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault profiles: files of rules for firmware that misbehaves, by name.

Each is a FaultRules of qapi/fault.json, which QEMU reads with
-M farside,faults=FILE.
"""

import json
import re
import textwrap
from pathlib import Path

from .errors import UsageError
from .layout import ROOT

FOLDER = ROOT / "faults"
WIDTH = 78
# An option whose value is a file.
FILE = re.compile(r"((?:^|,)scmi-platform=)([^,]+)")


def names():
    """Of all profiles."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def path_of(name):
    if name not in names():
        raise UsageError(f"there is no fault profile {name!r}",
                         "./farside faults list shows them")
    return FOLDER / f"{name}.json"


def load(name):
    """What the file of a profile says."""
    return json.loads(path_of(name).read_text())


def _quoted(path):
    """A path in an option of QEMU's."""
    return str(path).replace(",", ",,")


def platform_options(name):
    """What the rules need besides "-M farside": ",option=value"s, or ""."""
    options = load(name).get("machine", "")
    absolute = FILE.sub(
        lambda found: found[1] + _quoted((FOLDER / found[2]).resolve()),
        options)
    return f",{absolute}" if absolute else ""


def machine(name, base):
    """The value of -M with which the rules are armed from the start."""
    return f"{base}{platform_options(name)},faults={_quoted(path_of(name))}"


def listing():
    """Every profile: its name, and under it what it says of itself."""
    lines = []
    for name in names():
        lines.append(name)
        lines += textwrap.wrap(load(name)["description"], WIDTH,
                               initial_indent="    ",
                               subsequent_indent="    ")
    return "\n".join(lines)
