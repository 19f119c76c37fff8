# SPDX-License-Identifier: GPL-2.0-or-later
"""Prepare what the chosen suites need, run them with meson, count cases."""

import json
import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass

from . import images, meson, qemu, runner, system
from .console import Step, say
from .errors import CommandFailed, InfrastructureError, TestFailure, UsageError

PREPARATIONS = {"source": qemu.prepare_source, "qemu": qemu.prepare,
                "images": images.prepare}
# meson's own words for tests that did not run to a result.
BAD_RESULTS = ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS")


@dataclass(frozen=True)
class Suite:
    about: str
    needs: tuple


SUITES = {
    "style": Suite("checkpatch on every C file; licences; scripts parse",
                   ("source",)),
    "frontdoor": Suite("the front door's own logic, without a build", ()),
    "unit": Suite("protocol cores and tables, without a machine", ("qemu",)),
    "qtest": Suite("devices and the conduit, without a guest", ("qemu",)),
    "boot": Suite("drivers of Linux lab, 6.1 and 6.12 on -M farside",
                  ("qemu", "images")),
}


def show_list():
    for name, suite in SUITES.items():
        say(f"{name:10} {suite.about}")


def check_names(names):
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        raise UsageError(f"there is no test suite {', '.join(unknown)}",
                         "suites: " + ", ".join(SUITES))


def run(layout, names):
    """Run the suites (all if none is named); raises TestFailure."""
    names = list(names) or list(SUITES)
    layout.prepare()
    system.prepare(layout)
    needs = {need for name in names for need in SUITES[name].needs}
    for need, prepare in PREPARATIONS.items():
        if need in needs and not (need == "source" and "qemu" in needs):
            prepare(layout)
    command, extra = meson.command(layout)
    env = dict(os.environ, **extra)
    _setup(layout, command, env)
    status = _run_meson(layout, command, env, names)
    passed, failed, skipped = count(layout.build / "meson-logs")
    return _verdict(layout, status, passed, failed, skipped)


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
    words = [*command, "test", "-C", str(layout.build), "--no-rebuild",
             "--print-errorlogs"]
    for name in names:
        words += ["--suite", name]
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
            return process.wait()
        except BaseException:
            runner.stop(process)
            raise


# -- counting ----------------------------------------------------------------

def count(logs):
    """(passed, failed, skipped) over all cases of the last meson run."""
    total = Counter()
    bad_suites = set()
    for suite in ElementTree.parse(logs / "testlog.junit.xml").iter(
            "testsuite"):
        for case in suite.iter("testcase"):
            kind = _kind(case)
            total[kind] += 1
            if kind == "failed":
                bad_suites |= {suite.get("name"), case.get("name")}
    # A program that crashed after its last good case has no bad case.
    for line in (logs / "testlog.json").read_text().splitlines():
        test = json.loads(line)
        name = test["name"].rpartition(" / ")[2]
        if test["result"] in BAD_RESULTS and \
                not {name, f"farside.{name}"} & bad_suites:
            total["failed"] += 1
    return total["passed"], total["failed"], total["skipped"]


def _kind(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def _verdict(layout, status, passed, failed, skipped):
    log = layout.build / "meson-logs/testlog.txt"
    if status and not failed:
        raise CommandFailed("meson test", layout.logs / "test.log",
                            (layout.logs / "test.log").read_text()
                            .splitlines()[-12:])
    say()
    say(f"Logs: {log}, cases: {log.with_name('testlog.junit.xml')}")
    tail = f", {skipped} skipped" if skipped else ""
    say(f"{passed} passed, {failed} failed{tail}")
    if failed:
        return TestFailure.exit_code
    if not passed:
        raise InfrastructureError("no test was run")
    return 0
