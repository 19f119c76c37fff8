# SPDX-License-Identifier: GPL-2.0-or-later
"""Run programs: everything into a log, progress out of their output."""

import os
import re
import signal
import subprocess
from collections import deque

from .errors import CommandFailed, InfrastructureError

TAIL_LINES = 25
STOP_SECONDS = 20

NINJA_PROGRESS = re.compile(r"^\[(\d+/\d+)\] (?:\S+ )*?(\S+)$")


def ninja_progress(line):
    """`[12/340] Compiling C object x.o` becomes `12/340 x.o`."""
    match = NINJA_PROGRESS.match(line)
    return f"{match[1]} {os.path.basename(match[2])}" if match else None


def last_word(line):
    """The last word of a line: enough for make's `  CC  kernel/fork.o`."""
    words = line.split()
    return words[-1] if words else None


def run(command, log, step=None, progress=None, cwd=None, env=None,
        what=None, hint=None, append=False, terminal=False):
    """Run `command` to its end, its output going to the file `log`.

    progress(line) returns the text the step shows for a line, or None.
    terminal: stay in the terminal's process group, for a program that may ask
    for a password.  Otherwise the program gets its own, so that an interrupt
    stops its whole family, however it reached us.
    Raises CommandFailed with the log's last lines.
    """
    command = [str(word) for word in command]
    tail = deque(maxlen=TAIL_LINES)
    with open(log, "a" if append else "w", encoding="utf-8") as sink:
        sink.write(f"$ {' '.join(command)}\n")
        sink.flush()
        try:
            process = subprocess.Popen(
                command, cwd=cwd, env=env, text=True, errors="replace",
                stdin=None if terminal else subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                start_new_session=not terminal)
        except OSError as err:
            raise InfrastructureError(
                f"cannot run {command[0]}: {err.strerror}", hint)
        try:
            _follow(process, sink, tail, step, progress)
        except BaseException:
            stop(process, group=not terminal)
            raise
    if process.returncode:
        raise CommandFailed(what or os.path.basename(command[0]), log,
                            list(tail), hint)


def _follow(process, sink, tail, step, progress):
    for line in process.stdout:
        sink.write(line)
        sink.flush()
        text = line.rstrip("\n")
        tail.append(text)
        shown = progress(text) if progress else None
        if step and shown:
            step.detail = shown
    process.wait()


def stop(process, group=True):
    """Interrupt a program (its whole session if `group`), then insist."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        try:
            if group:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            process.wait(STOP_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def output(command, **kwargs):
    """Standard output of a short command, or None if it cannot run."""
    try:
        done = subprocess.run([str(word) for word in command], text=True,
                              stdout=subprocess.PIPE, check=True,
                              stderr=subprocess.DEVNULL, **kwargs)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout
