# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands: options of each, and the steps it takes."""

from . import kernel, qemu, stock, system


def add_to(commands):
    build = commands.add_parser("build", help="build the parts, run nothing")
    build.add_argument("part", nargs="*", choices=["qemu", "lab", "stock"], default=["qemu"])
    build.set_defaults(run=run_build)


def run_build(layout, options):
    layout.prepare()
    system.prepare(layout)
    if "qemu" in options.part:
        qemu.prepare(layout)
    if "lab" in options.part:
        kernel.prepare(layout)
    if "stock" in options.part:
        for x in stock.SERIES: stock.prepare(layout, x)
