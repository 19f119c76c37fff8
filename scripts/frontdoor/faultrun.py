# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault profiles against a kernel: what it does, and what is expected of it.

Each machine that profiles need is booted once.  A profile starts from a
snapshot of it, at power-on or with the guest at work: its rules are armed, its
exercise is run in the guest, and what that and the kernel say is compared with
what the profile expects.  Time passes as instructions do, and not at all
while the guest waits: a minute's timeout is over at once.
"""

import itertools
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import boot, console, faults, snapshot
from .errors import TestFailure, UsageError
from .guest import Guest, GuestError

# The tick goes on in an idle guest, or a disk's answer would take hours.
APPEND = "nohz=off ignore_loglevel rcupdate.rcu_cpu_stall_timeout=3"
CPUS = 2
DISK = "64M"
POWER_ON, AT_WORK = "power-on", "at-work"
# Probes that are put off come to an end, and nobody but the exercise reads.
SETTLE = ("sleep 5; for f in /sys/class/thermal/thermal_zone*/mode; do "
          "echo disabled > $f; done; echo 8 > /proc/sys/kernel/printk; true")
ANSWER_SECONDS = 60
LOOK_SECONDS = 0.05
# No driver that comes to an end meets firmware as often.
HANG_HITS = 20_000


@dataclass
class Outcome:
    """What came of a profile."""

    name: str
    seconds: float
    # Why it is not as expected; none if it is.
    problems: list = field(default_factory=list)
    # What the guest would have to have, if that is why it was not tried.
    lacks: str = ""


def select_names(names):
    """The profiles that are asked for, those of one machine together."""
    for name in names:
        faults.path_of(name)
    chosen = names or [name for name in faults.names()
                       if "exercise" in faults.load(name)]
    for name in chosen:
        if "exercise" not in faults.load(name):
            raise UsageError(f"fault profile {name!r} has no exercise")
    return sorted(chosen, key=lambda name: (faults.platform_options(name),
                                            name))


def run(layout, kernel, initrd, names):
    """Run profiles, those of one machine together, as select_names() gives them.

    Raises TestFailure if one is not as expected.
    """
    begun = time.monotonic()
    outcomes = []
    logs = layout.logs / "faults"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=layout.build) as folder:
        for options, group in itertools.groupby(names,
                                                faults.platform_options):
            with Machine(layout, kernel, initrd, options,
                         Path(folder)) as machine:
                for name in group:
                    outcomes.append(machine.run(name, logs / f"{name}.log"))
                    _show(outcomes[-1])
    _sum_up(outcomes, time.monotonic() - begun, logs)


def _show(outcome):
    if outcome.lacks:
        console.say(f"-- {outcome.name} not tried: the guest has no "
                    f"{outcome.lacks}")
        return
    mark = console.paint("!!", "red") if outcome.problems \
        else console.paint("ok", "green")
    console.say(f"{mark} {outcome.name} "
                + console.paint(f"({outcome.seconds:.1f} s)", "dim"))
    for problem in outcome.problems:
        console.say(f"      {problem}")


def _sum_up(outcomes, seconds, logs):
    bad = [outcome.name for outcome in outcomes if outcome.problems]
    tried = sum(not outcome.lacks for outcome in outcomes)
    rate = 60 * tried / seconds
    console.say(f"   {tried} profiles in {console.elapsed(seconds)}, "
                f"{rate:.0f} a minute; {tried - len(bad)} as expected")
    if tried < len(outcomes):
        console.say(f"   {len(outcomes) - tried} not tried: this kernel has "
                    "not what they are about")
    if not tried:
        raise TestFailure("no profile could be tried on this kernel",
                          "the lab kernel has every driver")
    if bad:
        raise TestFailure(f"not as expected: {', '.join(bad)}",
                          f"what each printed is in {logs}")


class Machine:
    """One machine, its guest and its snapshots."""

    def __init__(self, layout, kernel, initrd, options, folder, binary=None):
        self.options = options
        self._binary = binary or layout.qemu_binary
        self._image = folder / "snapshots.qcow2"
        # A guest that resets the machine has ended, as one that powers it off.
        # Its vCPUs are idle before the main loop acts, and with no timer to
        # wait for -icount puts the clock to the end of time: in a machine that
        # went on from there, QEMU's own timers would expire for ever.
        self._guest = Guest(
            layout, kernel, initrd, name="faults", append=APPEND, cpus=CPUS,
            binary=self._binary, machine=f"{boot.MACHINE}{options}",
            args=["-S", *snapshot.options(self._image), "-icount",
                  "shift=3,sleep=off", "-no-shutdown", "-device",
                  f"farside-ans,drive={snapshot.NODE},id=ans0"])
        self._has = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._guest.close()

    def run(self, name, log):
        """One profile; what was printed goes to `log`."""
        begun = time.monotonic()
        outcome = Outcome(name, 0)
        log.write_text("")
        try:
            self._try(faults.load(name), outcome, log)
        except GuestError as err:
            # The next one begins with another QEMU.
            outcome.problems.append(_first_line(err))
            with open(log, "a", encoding="utf-8") as file:
                file.write(f"{err}\n")
            self.close()
        outcome.seconds = time.monotonic() - begun
        return outcome

    def _try(self, profile, outcome, log):
        exercise = profile["exercise"]
        if not self._guest.started():
            self._start()
        outcome.lacks = self._lacks(exercise)
        if outcome.lacks:
            return
        self._restore(POWER_ON if exercise.get("boot") else AT_WORK)
        if "prepare" in exercise:
            self._guest.qmp("cont")
            self._guest.check(exercise["prepare"])
            self._guest.qmp("stop")
        scenario = Scenario(self._guest, exercise)
        self._guest.qmp("fault-add", rules=profile["rules"])
        self._guest.qmp("cont")
        outcome.problems += scenario.run()
        log.write_text(scenario.text())
        if not self._guest.alive():
            raise GuestError("QEMU is gone")
        outcome.problems += _rule_problems(self._guest)
        self._guest.qmp("stop")

    def _lacks(self, exercise):
        """What the exercise needs, if the guest does not have it."""
        path = exercise.get("needs", "/")
        if path not in self._has:
            self._restore(AT_WORK)
            self._guest.qmp("cont")
            self._has[path] = self._guest.exists(path)
            self._guest.qmp("stop")
        return "" if self._has[path] else path

    def _start(self):
        """Save it at power-on, and when it has come to rest."""
        snapshot.make(self._binary, self._image, DISK)
        self._guest.start(wait_ready=False)
        self._guest.forget()
        snapshot.save(self._guest, POWER_ON)
        self._guest.qmp("cont")
        self._guest.wait_ready()
        self._guest.check(SETTLE)
        self._guest.qmp("stop")
        snapshot.save(self._guest, AT_WORK)

    def _restore(self, tag):
        if _ended(self._guest):
            self._guest.qmp("set-action", reboot="reset")
            self._guest.qmp("system_reset")
            self._guest.qmp("set-action", reboot="shutdown")
        snapshot.load(self._guest, tag)
        self._guest.forget()


def _first_line(error):
    return str(error).partition("\n")[0]


def _ended(guest):
    """Whether the machine can go on only after a reset."""
    return guest.qmp("query-status")["status"] in ("shutdown",
                                                   "internal-error")


def _rule_problems(guest):
    for info in guest.qmp("query-faults")["rules"]:
        name = info["rule"]["id"]
        if not info["hits"]:
            yield f"rule {name} was not hit"
        elif info["failures"]:
            yield f"rule {name} could not be carried out"


class Scenario:
    """An exercise in a guest that is about to run."""

    def __init__(self, guest, exercise):
        self._guest = guest
        self._command = exercise["command"]
        self._expected = exercise["expect"]
        self._boots = exercise.get("boot", False)
        self._hangs = exercise.get("hangs", False)
        self._set = exercise.get("set", [])
        self._log_start = guest.console_log.stat().st_size
        self._output = ""

    def text(self):
        """What the exercise printed, and then what the kernel said."""
        with open(self._guest.console_log, "rb") as file:
            file.seek(self._log_start)
            kernel = file.read().decode(errors="replace")
        return self._output + kernel.replace("\r", "")

    def missing(self):
        """What is expected and has not been seen."""
        text = self.text()
        return [line for line in self._expected
                if not re.search(line, text, re.MULTILINE)]

    def run(self):
        """Returns what is not as expected."""
        problems = []
        try:
            if self._boots:
                self._guest.wait_ready(ANSWER_SECONDS)
            for setting in self._set:
                self._guest.qom_set(setting["path"], setting["property"],
                                    setting["value"])
            self._guest.send(self._command)
            if self._wait():
                self._output = self._guest.receive(self._command)[1]
                if self._hangs:
                    problems.append("the guest does not hang")
        except GuestError as err:
            problems.append(_first_line(err))
        return problems + [f"nothing is like '{line}'"
                           for line in self.missing()]

    def _wait(self):
        """Whether the command ends; it need not if all has been seen."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if self._guest.has_answer(LOOK_SECONDS):
                return True
            ended = _ended(self._guest)
            if self._has_hung() if self._hangs \
                    else self._expected and not self.missing():
                return False
            if ended:
                raise GuestError("the guest has ended")
        raise GuestError("the guest does not answer")

    def _has_hung(self):
        return any(info["hits"] > HANG_HITS for info
                   in self._guest.qmp("query-faults")["rules"])
