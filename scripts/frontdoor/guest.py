# SPDX-License-Identifier: GPL-2.0-or-later
"""A running guest: commands in it through the agent, QEMU through QMP.

    with Guest(layout, kernel, initrd, name="example") as guest:
        guest.check("cat /proc/version")
        guest.qom_set("/machine/...", "temperature", 45000)

Nothing here has a fixed port or path: QMP and the agent's serial port are
socket pairs that QEMU inherits.  Logs are in build/logs/guests/NAME/:
console.log (the guest), qemu.log (QEMU), command (how it was started).
A wait that takes too long raises GuestError with the console's last lines, and
so does a QEMU that no longer answers.
"""

import asyncio
import base64
import select
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

from . import boot, runner
from .errors import TestFailure

BOOT_SECONDS = 120
COMMAND_SECONDS = 60
QMP_SECONDS = 60
TAIL_LINES = 30
# A guest that panics must end, not wait for a person.
APPEND = "panic=-1 oops=panic"


class GuestError(TestFailure):
    """The guest or its QEMU did not do what was asked."""


class Guest:
    """One QEMU process with its guest; see the module's text."""

    def __init__(self, layout, kernel, initrd, name="guest", append="",
                 args=(), reboot=False, binary=None, **options):
        """`args` are more QEMU options, `options` those of boot.guest_options.

        reboot: let the guest reset the machine; otherwise a reset ends QEMU.
        """
        self.layout = layout
        self.kernel = kernel
        self.name = name
        self.binary = str(binary or layout.qemu_binary)
        self.logs = layout.logs / "guests" / name
        self.console_log = self.logs / "console.log"
        self.qemu_log = self.logs / "qemu.log"
        self.events = []
        self.ready_seconds = None  # from QEMU's start to the agent's
        self._options = boot.guest_options(
            kernel.image, initrd, " ".join(filter(None, [APPEND, append])),
            **options)
        self._args = list(args) + ([] if reboot else ["-no-reboot"])
        self._process = None
        self._agent = None
        self._buffer = b""
        self._number = 0
        self._qmp = None
        self._qmp_error = None  # what all of qemu.qmp's errors are
        self._silent = False  # a QMP command was not answered

    # -- before its life -------------------------------------------------

    def command(self):
        """QEMU's command line, but for what this object talks to."""
        return [self.binary, *self._options, *self._args]

    def add_options(self, *options):
        """More QEMU options, for a guest that is not started yet."""
        self._args += options

    # -- life ------------------------------------------------------------

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    def start(self, wait_ready=True):
        """Start QEMU; with `wait_ready`, return when the agent answers."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.console_log.write_bytes(b"")
        ours, theirs = zip(socket.socketpair(), socket.socketpair())
        command = [self.binary, *self._options,
                   "-chardev", f"file,id=console,path={self.console_log}",
                   "-serial", "chardev:console",
                   "-chardev", f"socket,id=agent,fd={theirs[0].fileno()}",
                   "-serial", "chardev:agent",
                   "-chardev", f"socket,id=qmp,fd={theirs[1].fileno()}",
                   "-mon", "chardev=qmp,mode=control", *self._args]
        (self.logs / "command").write_text(boot.as_text(command) + "\n")
        begun = time.monotonic()
        with open(self.qemu_log, "wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[end.fileno() for end in theirs],
                start_new_session=True)
        for end in theirs:
            end.close()
        self._agent = ours[0]
        self._connect_qmp(ours[1])
        if wait_ready:
            self.wait_ready()
            self.ready_seconds = time.monotonic() - begun
        return self

    def wait_ready(self, timeout=BOOT_SECONDS):
        """Wait until the agent in the guest listens."""
        deadline = time.monotonic() + timeout
        while self._line(deadline, "the guest's agent") != b"READY":
            pass

    def started(self):
        """Whether start() has been called, and close() has not."""
        return self._agent is not None

    def forget(self):
        """Nothing is on its way from the agent: the guest was put back."""
        self._buffer = b""
        while self.has_answer(0) and self._receive():
            pass

    def alive(self):
        """Whether QEMU runs."""
        return self._process is not None and self._process.poll() is None

    def cpu_seconds(self):
        """Processor time that QEMU's threads have taken so far."""
        tasks = Path(f"/proc/{self._process.pid}/task")
        return sum(int(path.read_text().split()[0])
                   for path in tasks.glob("*/schedstat")) / 1e9

    def close(self):
        """End QEMU, whatever state it is in."""
        if self._process:
            if self._silent:  # to signals neither
                self._process.kill()
            runner.stop(self._process)
        self._close_qmp()
        if self._agent:
            self._agent.close()
            self._agent = None

    # -- commands in the guest -------------------------------------------

    def run(self, command, timeout=COMMAND_SECONDS, text=True):
        """Run a shell command; returns (exit status, what it printed)."""
        self.send(command)
        return self.receive(command, timeout, text)

    def send(self, command):
        """Start a command whose end need not be seen (poweroff)."""
        self._number += 1
        encoded = base64.b64encode(command.encode() + b"\n").decode()
        self._send(f"RUN {self._number} {encoded}\n".encode())

    def has_answer(self, seconds):
        """Whether the agent says something within that time."""
        return bool(self._buffer or select.select([self._agent], [], [],
                                                  seconds)[0])

    def poke(self):
        """Send the agent an empty line: an interrupt that wakes the guest."""
        self._send(b"\n")

    def receive(self, command, timeout=COMMAND_SECONDS, text=True):
        """Collect the result of the last `send`."""
        deadline = time.monotonic() + timeout
        while True:
            words = self._line(deadline, f"`{command}`").split(b" ")
            if words[0] == b"DONE" and int(words[1]) == self._number:
                output = base64.b64decode(words[3] if len(words) > 3 else b"")
                return int(words[2]), (output.decode(errors="replace")
                                       if text else output)

    def check(self, command, timeout=COMMAND_SECONDS):
        """Run a command that must succeed; returns what it printed."""
        status, output = self.run(command, timeout)
        if status:
            raise GuestError(f"in the guest, `{command}` exited with "
                             f"{status}: {output.strip()}")
        return output

    def read(self, path):
        """The content of a file in the guest, without the last newline."""
        return self.check(f"cat '{path}'").rstrip("\n")

    def write(self, path, value):
        """Write `value` to a file in the guest (sysfs, debugfs)."""
        self.check(f"printf '%s' {shlex.quote(str(value))} > '{path}'")

    def exists(self, path):
        """Whether a path, which may be a pattern, exists in the guest."""
        return self.run(f"ls -d {path}")[0] == 0

    # -- QMP -------------------------------------------------------------

    def qmp(self, command, **arguments):
        """Execute a QMP command; returns its return value.

        Raises GuestError if it is refused, or QEMU does not answer; after
        that no other command is tried.
        """
        if self._silent:
            raise self._error(f"QEMU does not answer QMP any more: `{command}`")
        try:
            return self._qmp.cmd(command, **arguments)
        except asyncio.TimeoutError:
            self._silent = True
            raise self._error("no answer in time from QEMU to QMP's "
                              f"`{command}`") from None
        except self._qmp_error as err:
            if not self.alive():
                raise self._error("QEMU is gone") from err
            raise GuestError(f"guest {self.name}: QMP's `{command}`: "
                             f"{err}") from err
        except OSError as err:
            raise self._error("QEMU is gone") from err

    def qom_get(self, path, name):
        return self.qmp("qom-get", path=path, property=name)

    def qom_set(self, path, name, value):
        return self.qmp("qom-set", path=path, property=name, value=value)

    def qom_list(self, path):
        """{property: type} of the object at `path`."""
        return {item["name"]: item["type"]
                for item in self.qmp("qom-list", path=path)}

    def wait_event(self, name, timeout=COMMAND_SECONDS, after=0):
        """The first event `name` at or after index `after` of `events`."""
        deadline = time.monotonic() + timeout
        while True:
            for event in self.events[after:]:
                if event["event"] == name:
                    return event
            after = len(self.events)
            self._pull_event(deadline, name)

    def wait_shutdown(self, timeout=COMMAND_SECONDS):
        """Wait for the machine's end: (QMP SHUTDOWN data, exit status)."""
        event = self.wait_event("SHUTDOWN", timeout)
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise self._error("QEMU did not exit after the shutdown")
        return event["data"], status

    # -- looking at it ---------------------------------------------------

    def console(self):
        """Everything the guest wrote to its console so far."""
        return self.console_log.read_text(errors="replace")

    def _error(self, what):
        """A GuestError that says why, with the console's last lines."""
        lines = self.console().splitlines() if \
            self.console_log.exists() else []
        for line in lines:
            if "Kernel panic" in line:
                what += f"; the guest's kernel panicked: {line.strip()}"
                break
        status = self._process.poll() if self._process else None
        if status is not None:
            what += f"; QEMU exited with status {status}"
            lines += self.qemu_log.read_text(errors="replace").splitlines()
        tail = "".join(f"\n    {line}" for line in lines[-TAIL_LINES:])
        error = GuestError(f"guest {self.name}: {what}{tail}")
        error.log = self.console_log
        return error

    # -- inside ----------------------------------------------------------

    def _line(self, deadline, what):
        """The next line from the agent."""
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            ready = left > 0 and select.select([self._agent], [], [], left)[0]
            if not ready:
                raise self._error(f"no answer in time from {what}")
            data = self._receive()
            if not data:
                self._await_end()
                raise self._error(f"the machine ended while {what} was "
                                  "awaited")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _receive(self):
        """What the agent says next; nothing if QEMU is gone."""
        try:
            return self._agent.recv(1 << 16)
        except OSError:
            return b""

    def _send(self, data):
        try:
            self._agent.sendall(data)
        except OSError:
            raise self._error("QEMU is gone") from None

    def _await_end(self):
        """QEMU is about to exit: then _error() can tell its status."""
        try:
            self._process.wait(COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            pass

    def _connect_qmp(self, end):
        path = str(self.layout.qemu_tree / "python")
        if path not in sys.path:
            sys.path.append(path)
        # QEMU's own library, found only now that its tree exists.
        from qemu.qmp import QMPError
        from qemu.qmp.legacy import QEMUMonitorProtocol
        self._qmp_error = QMPError
        self._silent = False
        self._qmp = QEMUMonitorProtocol(end, nickname=self.name)
        self._qmp.settimeout(QMP_SECONDS)
        try:
            # connect() has no timeout; the greeting comes by itself.
            if not select.select([end], [], [], QMP_SECONDS)[0]:
                raise asyncio.TimeoutError
            self._qmp.connect()
        except Exception:
            self._await_end()
            raise self._error("QEMU did not start") from None

    def _close_qmp(self):
        if not self._qmp:
            return
        try:
            self._qmp.close()
        except Exception:  # QEMU is gone, which is what was wanted
            pass
        self._qmp = None

    def _pull_event(self, deadline, name):
        left = deadline - time.monotonic()
        try:
            if left > 0:
                self.events.append(self._qmp.pull_event(wait=float(left)))
                return
        except Exception as err:
            raise self._error(f"event {name} did not come ({err!r})") from err
        raise self._error(f"event {name} did not come in time")
