# SPDX-License-Identifier: GPL-2.0-or-later
"""Run pytest and print TAP, so that meson sees every case by name.

    python3 -m frontdoor.tap [PYTEST OPTIONS] DIRECTORY

An option that a conftest.py adds must be written --option=value.
"""

import os
import sys

import pytest


class Reporter:
    """A pytest plugin that writes one TAP line a test to `stream`."""

    def __init__(self, stream):
        self._stream = stream
        self._count = 0

    def _line(self, good, name, note="", detail=""):
        self._count += 1
        word = "ok" if good else "not ok"
        print(f"{word} {self._count} {name.replace('#', '_')}{note}",
              file=self._stream)
        for line in detail.splitlines():
            print(f"# {line}", file=self._stream)
        self._stream.flush()

    def pytest_collectreport(self, report):
        if report.failed:
            self._line(False, report.nodeid or "collection",
                       detail=report.longreprtext)

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.rpartition("/")[2]
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) \
                else "expected to fail"
            self._line(True, name, f" # SKIP {reason}")
        elif report.failed:
            if report.when != "call":
                name = f"{name} ({report.when})"
            self._line(False, name, detail=self._detail(report))
        elif report.when == "call":
            self._line(True, name)

    @staticmethod
    def _detail(report):
        parts = [report.longreprtext]
        parts += [f"--- {title}\n{text}" for title, text in report.sections]
        return "\n".join(parts)

    def pytest_sessionfinish(self):
        print(f"1..{self._count}", file=self._stream, flush=True)


def main(words):
    # Results go to the real standard output, and pytest's own report, which
    # cannot be switched off without losing options it needs, to nowhere.
    stream = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    options = ["-p", "no:cacheprovider", "--tb=short", "--timeout=300"]
    status = pytest.main([*options, *words], plugins=[Reporter(stream)])
    # Failed tests have their lines; any other trouble must be seen as such.
    return 0 if status == pytest.ExitCode.TESTS_FAILED else int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
