# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: what can be asked for, and how failures are reported."""

import argparse
import signal

from . import commands, console
from .errors import FrontDoorError
from .layout import from_options

EXAMPLES = """\
examples:
  ./farside demo                      build everything, show every driver live
  ./farside test                      build everything, run every test
  ./farside test unit qtest           only these suites
  ./farside boot --kernel lab         an interactive shell on -M farside
  ./farside boot --kernel ~/Image --dry-run
                                      the exact QEMU command line, not run
  ./farside timeline FILE             draw what -M farside,message-log=FILE
                                      wrote
  ./farside qemu -- -M farside,help   the built QEMU, for anything else
"""
STOPPED = 3
RUN_QEMU = ("boot", "qemu")


def parser():
    top = argparse.ArgumentParser(
        prog="farside", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="QEMU models of the firmware on the far side of the "
                    "mailbox, and unmodified Linux kernels to run on them.")
    top.add_argument("--build-dir", metavar="DIR",
                     help="where everything generated goes (default: build, "
                          "or the environment variable FARSIDE_BUILD)")
    top.add_argument("--qemu-source", metavar="DIR",
                     help="take QEMU's source from DIR instead of Debian's "
                          "package (or FARSIDE_QEMU_SRC); DIR is copied, "
                          "never changed")
    top.add_argument("--linux-source", metavar="PACKAGE",
                     help="the lab kernel's source: a Debian package such as "
                          "linux-source-6.12, or a directory (default: the "
                          "newest package of Debian 13 backports)")
    top.add_argument("--cc", choices=("gcc", "clang"), default="gcc",
                     help="compiler for QEMU (default: gcc)")
    top.add_argument("--sanitize", action="store_true",
                     help="build QEMU with AddressSanitizer and "
                          "UndefinedBehaviorSanitizer, beside the plain one; "
                          "what either of them finds ends QEMU")
    top.add_argument("--update", action="store_true",
                     help="look for newer Debian packages than those fetched "
                          "by an earlier run")
    commands.add_to(top.add_subparsers(dest="command", metavar="COMMAND",
                                       required=True))
    return top


def main(words):
    """Run one command line; returns the exit code."""
    words, extra = _split(words)
    top = parser()
    options, unknown = top.parse_known_args(words)
    if unknown:
        top.error(f"unrecognized arguments: {' '.join(unknown)}" +
                  ("; options of QEMU go after --"
                   if options.command in RUN_QEMU else ""))
    if extra and options.command not in RUN_QEMU:
        top.error("only boot and qemu take options after --")
    options.extra = extra
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        return options.run(from_options(options), options) or 0
    except FrontDoorError as err:
        console.report(err)
        return err.exit_code
    except KeyboardInterrupt:
        console.say("farside: interrupted; the same command goes on where "
                    "it stopped")
        return STOPPED
    except BrokenPipeError:
        return STOPPED


def _split(words):
    """Everything after `--` belongs to QEMU."""
    if "--" in words:
        cut = words.index("--")
        return words[:cut], words[cut + 1:]
    return words, []


def _interrupt(_number, _frame):
    raise KeyboardInterrupt
