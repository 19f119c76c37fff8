# SPDX-License-Identifier: GPL-2.0-or-later
"""Prepare what the chosen suites need, run them with meson, count cases."""

import functools
import os
import subprocess
from dataclasses import dataclass

from . import disktools, images, meson, qemu, results, runner, system
from .console import Step, say
from .errors import CommandFailed, InfrastructureError, TestFailure, UsageError

PREPARATIONS = {"source": qemu.prepare_source,
                "qemu": qemu.prepare,
                "programs": lambda layout: qemu.prepare(layout, True),
                "images": images.prepare,
                **{name: functools.partial(images.prepare, names=(name,))
                   for name in images.MORE_NAMES},
                "disk-tools": disktools.prepare}
# Whoever needs the first is served by the second as well.
INCLUDED = {"source": {"qemu", "programs"}, "qemu": {"programs"}}
SHOWN_LINES = 20
# How much longer tests may take then.
SANITIZE_TIMES = "4"


@dataclass(frozen=True)
class Suite:
    about: str
    needs: tuple
    default: bool = True  # without it the suite has to be named


SUITES = {
    "style": Suite("checkpatch on every C file; licences; scripts parse",
                   ("source",)),
    "frontdoor": Suite("the front door's own logic, without a build", ()),
    "unit": Suite("protocol cores and tables, without a machine",
                  ("programs",)),
    "qtest": Suite("devices and the conduit, without a guest",
                   ("programs",)),
    "boot": Suite("drivers of Linux lab, 6.1 and 6.12 on -M farside",
                  ("qemu", "images", "disk-tools")),
    "boot-16k": Suite("the lab kernel's boot tests, with pages of 16 KiB",
                      ("qemu", "lab-16k", "disk-tools"), default=False),
    "boot-debug": Suite("what the lab kernel's own checks say under each "
                        "fault profile", ("qemu", "lab-debug"),
                        default=False),
    "boot-6.12": Suite("RTKit and ANS drivers of Linux 6.12, which Debian's "
                       "kernels lack", ("qemu", "lab-6.12", "disk-tools"),
                       default=False),
}


def show_list():
    for name, suite in SUITES.items():
        note = "" if suite.default else " (only when named)"
        say(f"{name:10} {suite.about}{note}")


def check_names(names):
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        raise UsageError(f"there is no test suite {', '.join(unknown)}",
                         "suites: " + ", ".join(SUITES))


def run(layout, names):
    """Run the suites (if none is named, the default ones); raises TestFailure.
    """
    names = list(names) or [name for name, suite in SUITES.items()
                            if suite.default]
    layout.prepare()
    system.prepare(layout)
    needs = {need for name in names for need in SUITES[name].needs}
    for need, prepare in PREPARATIONS.items():
        if need in needs and not INCLUDED.get(need, set()) & needs:
            prepare(layout)
    command, extra = meson.command(layout)
    env = dict(os.environ, **extra)
    if layout.sanitize:
        # QEMU itself exits without giving back what it has.
        env.setdefault("ASAN_OPTIONS", "detect_leaks=0")
    _setup(layout, command, env)
    _run_meson(layout, command, env, names)
    if not (layout.build / "meson-logs/testlog.junit.xml").is_file():
        raise CommandFailed("meson test", layout.logs / "test.log",
                            (layout.logs / "test.log").read_text()
                            .splitlines()[-SHOWN_LINES:])
    programs = results.read(layout.build / "meson-logs")
    _show_failures(programs)
    return _verdict(layout, *results.count(programs))


def _setup(layout, command, env):
    """(Re)configure: new test programs are found, and nothing else costs."""
    words = [*command, "setup", layout.build, layout.root,
             f"-Dqemu={layout.qemu_build.name}"]
    if (layout.build / "meson-private/coredata.dat").is_file():
        words.append("--reconfigure")
    with Step("Setting up the test suites"):
        runner.run(words, layout.logs / "meson-setup.log", env=env,
                   what="meson setup")


def _run_meson(layout, command, env, names):
    words = [*command, "test", "-C", str(layout.build), "--no-rebuild"]
    if layout.sanitize:
        words += ["--timeout-multiplier", SANITIZE_TIMES]
    for name in names:
        words += ["--suite", name]
    for old in (layout.build / "meson-logs").glob("testlog.*"):
        old.unlink()
    say(f"   Running {', '.join(names)}")
    with open(layout.logs / "test.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(words, env=env, text=True, errors="replace",
                                   stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            for line in process.stdout:
                log.write(line)
                say(line.rstrip("\n"))
            process.wait()
        except BaseException:
            runner.stop(process)
            raise


# -- results -----------------------------------------------------------------

def _show_failures(programs):
    """Each failed case, with the end of what it said."""
    for program in programs.values():
        if program.lost():
            say(f"FAILED {program.name}: {program.result}, but no case of it "
                "failed")
            _show_lines(program.output.splitlines())
        for case in program.failed_cases():
            say(f"FAILED {program.name}: {case}")
            _show_lines(program.why(case))


def _show_lines(lines):
    for line in lines[-SHOWN_LINES:]:
        say(f"    {line}")


def _verdict(layout, passed, failed, skipped):
    log = layout.build / "meson-logs/testlog.txt"
    say()
    say(f"Logs: {log}, cases: {log.with_name('testlog.junit.xml')}")
    tail = f", {skipped} skipped" if skipped else ""
    say(f"{passed} passed, {failed} failed{tail}")
    if failed:
        return TestFailure.exit_code
    if not passed:
        raise InfrastructureError("no test was run")
    return 0
