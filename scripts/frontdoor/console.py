# SPDX-License-Identifier: GPL-2.0-or-later
"""Steps with live progress and elapsed time, on terminals and in CI logs.

A step is one line.  On a terminal that line is redrawn while the step runs;
elsewhere a line is printed when it starts, every half minute, and when it
ends.
"""

import os
import shutil
import sys
import threading
import time

REDRAW_SECONDS = 0.2
HEARTBEAT_SECONDS = 30

COLOURS = {"green": "32", "red": "31", "yellow": "33", "bold": "1",
           "dim": "2", "cyan": "36"}


class _Output:
    """Where progress goes; a command whose own output is data moves it."""

    stream = sys.stdout


def use_stderr():
    """Keep standard output for the command's result."""
    _Output.stream = sys.stderr


def is_terminal():
    return _Output.stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text, colour):
    """`text` in a colour, when the output shows colours."""
    if not is_terminal() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{COLOURS[colour]}m{text}\033[0m"


def elapsed(seconds):
    """A duration for people: 0.4 s, 12 s, 3 min 07 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


class Step:
    """One thing being done; use as a context manager.

    detail: what is happening right now (a file name, "12/340").
    done(text): replaces the closing words, for example "up to date".
    """

    def __init__(self, title):
        self.title = title
        self.detail = ""
        self.outcome = ""
        self._start = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self):
        if not is_terminal():
            say(f"   {self.title} ...")
        self._thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self._stop.set()
        self._thread.join()
        self._erase()
        took = elapsed(time.monotonic() - self._start)
        if kind is None:
            extra = f": {self.outcome}" if self.outcome else ""
            say(f"{paint('ok', 'green')} {self.title}{extra} "
                + paint(f"({took})", "dim"))
        else:
            word = "stopped" if kind is KeyboardInterrupt else "FAILED"
            say(f"{paint('!!', 'red')} {self.title}: {word} after {took}")

    def done(self, outcome):
        self.outcome = outcome

    def _show(self):
        pause = REDRAW_SECONDS if is_terminal() else HEARTBEAT_SECONDS
        while not self._stop.wait(pause):
            took = elapsed(time.monotonic() - self._start)
            line = f".. {self.title}  {took}  {self.detail}"
            if is_terminal():
                width = shutil.get_terminal_size().columns
                _Output.stream.write("\r\033[K" + line[:width - 1])
                _Output.stream.flush()
            else:
                say(line)

    @staticmethod
    def _erase():
        if is_terminal():
            _Output.stream.write("\r\033[K")


def say(text=""):
    print(text, file=_Output.stream, flush=True)


def up_to_date(title, detail=""):
    """Report a step that has nothing to do."""
    extra = f" ({detail})" if detail else ""
    say(f"{paint('ok', 'green')} {title}: up to date{extra}")


def report(error):
    """Print a FrontDoorError: what happened, the log's end, what to do."""
    out = sys.stderr
    tail = getattr(error, "tail", None)
    if tail:
        print(f"--- last lines of {error.log}", file=out)
        for line in tail:
            print(f"    {line}", file=out)
        print("---", file=out)
    print(f"farside: {error}", file=out)
    if getattr(error, "log", None):
        print(f"farside: the full log is {error.log}", file=out)
    if error.hint:
        print(f"farside: {error.hint}", file=out)
