# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/drivers.rst: which kernel's SCMI driver was seen on which transport.

tests/boot/matrix.py says what is expected, tests/boot/test_scmi_transports.py
holds every kernel to it, and what is written here says "yes" only where that
passed in the last run of the boot tests.
"""

import sys

from . import results
from .errors import InfrastructureError
from .layout import ROOT

FILE = ROOT / "docs/drivers.rst"
CASE = "test_scmi_transports.py::{}[{}]"

HEAD = """\
.. SPDX-License-Identifier: GPL-2.0-or-later
.. Written by `./farside table`; do not edit.

Linux's SCMI drivers
====================

What the boot tests saw each kernel's drivers do, on each transport. A driver
that says *yes* was bound, and a change that it made was seen by QMP, or it
showed one that QMP made. Four do nothing unless somebody asks them to, and told
what the platform has: ``scmi-perf-domain``, ``scmi-imx-misc-ctrl``,
``scmi-imx-lmm`` and ``scmi-imx-cpu``. What else they do was seen on one
transport only. The lab kernel has everything; the others are Debian's, as they
are.

============= ================================================================
**no driver** that version of Linux has none, or not for this variant
**not built** Debian's configuration leaves it out
**no events** it waits for what the transport cannot carry
============= ================================================================

Transports
----------

The name of a platform's transport in the tests, and what it is;
``qapi/scmi.json`` tells how to configure it. "mailboxes" counts the entries
of ``mboxes`` in the device tree; *tx only* are those without a channel to
Linux.

"""

KERNEL = """
Linux {name}
------{line}

{about}

"""

ABOUT = {"lab": "The newest of Debian's ``linux-source`` packages, built with "
                "every driver.",
         "6.12": "Debian 13.", "6.1": "Debian 12."}


def matrix():
    """The tests' own list, which is not on our path by itself."""
    place = str(ROOT / "tests/boot")
    if place not in sys.path:
        sys.path.append(place)
    import matrix as found
    return found


def render():
    """The text of the document."""
    m = matrix()
    rows = [("transport", "what it is", *m.KERNELS)]
    rows += [(name, f"{transport.kind}: {transport.about}",
              *(transport.needs.state(kernel) for kernel in m.KERNELS))
             for name, transport in m.TRANSPORTS.items()]
    text = HEAD + _table(rows)
    for kernel in m.KERNELS:
        text += KERNEL.format(name=kernel, line="-" * len(kernel),
                              about=ABOUT[kernel])
        text += _table(_drivers(m, kernel))
    return text


def _drivers(m, kernel):
    kinds = m.kinds(kernel)
    yield ("driver", "of what", *kinds)
    for name, driver in m.DRIVERS.items():
        yield (name, driver.what, *(driver.state(kernel, m.TRANSPORTS[one])
                                    for one in kinds.values()))


def _table(rows):
    """A simple table of reStructuredText; the first row is its head."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows)]
    rule = " ".join("=" * width for width in widths)
    lines = [" ".join(cell.ljust(width) for cell, width
                      in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule]) + "\n"


def cases():
    """(kernel, name) of each test that the document relies on."""
    m = matrix()
    for kernel in m.KERNELS:
        for name, transport in m.TRANSPORTS.items():
            if kernel in transport.kernels:
                yield kernel, CASE.format("test_transport", name)
        if any(driver.nxp and driver.part.state(kernel) == m.YES
               for driver in m.DRIVERS.values()):
            for kind in m.kinds(kernel):
                yield kernel, CASE.format("test_nxp_drivers", kind)


def unproven(programs):
    """Those of the cases that did not pass in this run."""
    passed = {kernel: {name for name, kind in programs[kernel].cases
                       if kind == "passed"} if kernel in programs else set()
              for kernel in {kernel for kernel, _ in cases()}}
    return [f"{kernel}: {name}" for kernel, name in cases()
            if name not in passed[kernel]]


def write(layout):
    """Write the document, if the last run of the tests bears it out."""
    logs = layout.build / "meson-logs"
    programs = results.read(logs) \
        if (logs / "testlog.junit.xml").is_file() else {}
    missing = unproven({name.removeprefix("boot-"): program
                        for name, program in programs.items()})
    if missing:
        raise InfrastructureError(
            f"{len(missing)} cases did not pass in the last run, the first "
            f"of them {missing[0]}", "run: ./farside test boot")
    FILE.write_text(render(), encoding="utf-8")
    return FILE
