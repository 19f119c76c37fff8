# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands: options of each, and the steps it takes."""

import os
from pathlib import Path

from . import (bench, benchans, benchlog, benchrtkit, benchscmi, boot,
               console, demo, disktools, faultrun, faults, images, qemu,
               system, table, tests, timeline)
from .errors import InfrastructureError, UsageError

PARTS = ("qemu", "lab", "stock", "images", "all", *images.MORE_NAMES)
BENCHES = {"smc": bench, "scmi": benchscmi, "ans": benchans,
           "rtkit": benchrtkit, "log": benchlog}


def add_to(commands):
    command = commands.add_parser(
        "demo", help="build what is missing, boot, show every driver")
    command.set_defaults(run=run_demo)

    command = commands.add_parser(
        "test", help="build what is missing and run the tests",
        description="Run test suites through meson; all if none is named.")
    command.add_argument("suite", nargs="*", metavar="SUITE")
    command.add_argument("--list", action="store_true",
                         help="show the suites and stop")
    command.set_defaults(run=run_test)

    command = commands.add_parser(
        "boot", help="boot a kernel interactively",
        description="Boot a kernel with its console on this terminal.  "
                    "Options after -- go to QEMU and win over ours; Ctrl-A X "
                    "ends QEMU, Ctrl-A H shows its other keys.")
    command.add_argument("--kernel", required=True, metavar="KERNEL",
                         help="an arm64 Image, or "
                              + ", ".join(boot.KERNEL_NAMES))
    command.add_argument("--initrd", metavar="FILE",
                         help="initramfs (default: ours; none for none)")
    command.add_argument("--append", default="", metavar="TEXT",
                         help="more kernel command line")
    command.add_argument("--fault", metavar="NAME",
                         help="firmware that misbehaves like this; see "
                              "./farside faults list")
    command.add_argument("--dry-run", action="store_true",
                         help="print the QEMU command line and stop")
    command.set_defaults(run=run_boot)

    command = commands.add_parser(
        "faults", help="what firmware can be made to do wrong",
        description="list: the profiles that boot takes by --fault NAME, each "
                    "with what Linux is expected to do; their files, in "
                    "faults/, are for -M farside,faults=FILE, and their rules "
                    "for QMP's fault-add.  run: try them on a kernel, from "
                    "snapshots of one boot, and compare what it does with "
                    "what is expected.")
    command.add_argument("action", choices=("list", "run"))
    command.add_argument("profile", nargs="*", metavar="NAME",
                         help="run only these (default: all)")
    command.add_argument("--kernel", metavar="KERNEL",
                         help="an arm64 Image, or one of "
                              f"{', '.join(boot.KERNEL_NAMES)} (default: lab)")
    command.set_defaults(run=run_faults)

    command = commands.add_parser(
        "qemu", usage="farside qemu [-h] -- ARGS",
        help="run the built QEMU: farside qemu -- ARGS",
        description="Bring QEMU up to date and run it; what follows -- goes "
                    "to it.")
    command.set_defaults(run=run_qemu)

    command = commands.add_parser(
        "bench", help="measure; nothing is asserted")
    command.add_argument("what", choices=BENCHES,
                         help="smc: firmware calls, SCMI beside PSCI_VERSION; "
                              "scmi: every transport, fast channels beside "
                              "stores, boots beside virt's (same CPU, kernel "
                              "and initramfs), what a resource costs; ans: fio "
                              "on an ANS disk, QEMU's nvme and virtio-blk; "
                              "rtkit: mailbox round trips, many co-processors; "
                              "log: SCMI commands with the message log; "
                              "see docs/testing.rst")
    command.set_defaults(run=run_bench)

    command = commands.add_parser(
        "timeline", help="draw a message log as a sequence chart",
        description="Draw the file that -M farside,message-log=FILE wrote: "
                    "one HTML file that needs nothing but a browser.")
    command.add_argument("log", metavar="LOG")
    command.add_argument("--output", metavar="FILE",
                         help="default: LOG.html")
    command.add_argument("--since", type=int, metavar="POSITION",
                         help="the first message to draw")
    command.add_argument("--max", type=int, default=timeline.MAX, metavar="N",
                         help="how many to draw (default: %(default)s)")
    command.set_defaults(run=run_timeline)

    command = commands.add_parser(
        "table", help="write docs/drivers.rst from the last boot tests",
        description="Write docs/drivers.rst: which kernel's SCMI driver works "
                    "on which transport.  Refused unless the tests that it "
                    "rests on passed in the last ./farside test.")
    command.set_defaults(run=run_table)

    command = commands.add_parser(
        "build", help="bring parts up to date, run nothing",
        description="Parts: qemu; lab and stock kernels; images (every "
                    "kernel with its initramfs); all (the default) of those; "
                    "and " + ", ".join(images.MORE_NAMES) + ".")
    command.add_argument("part", nargs="*", metavar="PART",
                         help=", ".join(PARTS))
    command.set_defaults(run=run_build)


def run_demo(layout, _options):
    demo.run(layout)


def run_test(layout, options):
    if options.list:
        tests.show_list()
        return 0
    tests.check_names(options.suite)
    return tests.run(layout, options.suite)


def run_build(layout, options):
    unknown = [part for part in options.part if part not in PARTS]
    if unknown:
        raise UsageError(f"there is no part {', '.join(unknown)}",
                         "parts: " + ", ".join(PARTS))
    parts = set(options.part or ["all"])
    layout.prepare()
    system.prepare(layout)
    if parts & {"qemu", "all"}:
        qemu.prepare(layout, with_tests=True)
    names = [name for name in images.NAMES if parts & {"images", "all"}
             or ("lab" if name == "lab" else "stock") in parts]
    names += [name for name in images.MORE_NAMES if name in parts]
    images.prepare(layout, names)
    if parts & {"images", "all"}:
        disktools.prepare(layout)


def run_faults(layout, options):
    if options.action == "list":
        if options.profile or options.kernel:
            raise UsageError("faults list shows all profiles, and boots none")
        print(faults.listing())
        return
    kernel = options.kernel or "lab"
    boot.check_kernel_name(kernel)
    names = faultrun.select_names(options.profile)
    layout.prepare()
    system.prepare(layout)
    qemu.prepare(layout)
    faultrun.run(layout, *_prepared(layout, kernel), names)


def run_boot(layout, options):
    console.use_stderr()
    boot.check_kernel_name(options.kernel)
    if options.fault:
        faults.path_of(options.fault)
    if options.initrd and options.initrd != "none":
        boot.check_file(options.initrd, "initrd")
    if options.dry_run:
        print(boot.as_text(_boot_command(layout, options, _recorded)))
        if not layout.qemu_binary.is_file():
            console.say("   QEMU is not built yet: run ./farside build first")
        return 0
    layout.prepare()
    system.prepare(layout)
    qemu.prepare(layout)
    command = _boot_command(layout, options, _prepared)
    console.say("   " + boot.as_text(command))
    _become(command)
    return 0


def _boot_command(layout, options, find):
    chosen, initrd = find(layout, options.kernel)
    if options.initrd:
        initrd = None if options.initrd == "none" \
            else Path(options.initrd).expanduser().absolute()
    machine = faults.machine(options.fault, boot.MACHINE) if options.fault \
        else boot.MACHINE
    return boot.interactive(layout, chosen, initrd, options.append,
                            options.extra, machine)


def _prepared(layout, name):
    """(Kernel, initramfs) after bringing both up to date."""
    guest = _guest_name(name)
    if guest:
        return images.prepare(layout, [guest])[guest]
    return boot.kernel_file(name), images.plain_initramfs(layout)


def _recorded(layout, name):
    """(Kernel, initramfs) as an earlier run left them."""
    guest = _guest_name(name)
    if guest:
        return images.load(layout, guest)
    return boot.kernel_file(name), images.plain_initramfs_path(layout)


def _guest_name(name):
    """A lab kernel or a stock series; None for a file."""
    return name.removeprefix("stock:") if name in boot.KERNEL_NAMES else None


def run_qemu(layout, options):
    console.use_stderr()
    layout.prepare()
    system.prepare(layout)
    qemu.prepare(layout)
    _become([str(layout.qemu_binary), *options.extra])


def run_bench(layout, options):
    layout.prepare()
    system.prepare(layout)
    qemu.prepare(layout)
    BENCHES[options.what].run(layout)


def run_timeline(_layout, options):
    if options.max < 1:
        raise UsageError("--max must be at least 1")
    path = timeline.write(options.log, options.output, options.since,
                          options.max)
    console.say(f"   Wrote {path}")


def run_table(layout, _options):
    console.say(f"   Wrote {table.write(layout)}")


def _become(command):
    """Replace this process, so that the terminal and signals are QEMU's."""
    try:
        os.execv(command[0], command)
    except OSError as err:
        raise InfrastructureError(f"cannot run {command[0]}: {err.strerror}")
