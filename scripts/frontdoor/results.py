# SPDX-License-Identifier: GPL-2.0-or-later
"""Read what meson recorded of a test run: every case, and why it failed."""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field

# meson's own words for programs that did not end well.
BAD_RESULTS = ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS")
NOT_OK = re.compile(r"^not ok \d+ -? ?(.*?)( # .*)?$")


@dataclass
class Program:
    """One meson test: a program with any number of cases."""

    name: str
    result: str
    output: str = ""
    cases: list = field(default_factory=list)  # (name, passed/failed/skipped)

    def failed_cases(self):
        return [name for name, kind in self.cases if kind == "failed"]

    def lost(self):
        """It ended badly, but no case of it failed: a crash, a time-out."""
        return self.result in BAD_RESULTS and not self.failed_cases()

    def why(self, case):
        """The comments that follow a failed case in the program's TAP."""
        lines, inside = [], False
        for line in self.output.splitlines():
            match = NOT_OK.match(line)
            if match or line.startswith("ok "):
                inside = bool(match) and match[1].strip() == case
            elif inside and line.startswith("#"):
                lines.append(line[2:])
        return lines


def read(logs):
    """{name: Program} of the last run, from the directory meson-logs."""
    programs = {}
    for line in (logs / "testlog.json").read_text().splitlines():
        test = json.loads(line)
        name = _short(test["name"])
        programs[name] = Program(name, test["result"], test.get("stdout", ""))
    suites = ElementTree.parse(logs / "testlog.junit.xml")
    for suite in suites.iter("testsuite"):
        for case in suite.iter("testcase"):
            # A program without cases of its own is a case of the project.
            program = programs.get(_short(suite.get("name"))) \
                or programs.get(_short(case.get("name")))
            name = re.sub(r"^\d+ -? ?", "", case.get("name"))
            if program:
                program.cases.append((name, _kind(case)))
    return programs


def count(programs):
    """(passed, failed, skipped) over all cases."""
    total = Counter(kind for program in programs.values()
                    for _, kind in program.cases)
    total["failed"] += sum(program.lost() for program in programs.values())
    return total["passed"], total["failed"], total["skipped"]


def _short(name):
    """`farside:boot / boot-lab`, with or without a prefix: boot-lab."""
    return name.rpartition(" / ")[2]


def _kind(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"
