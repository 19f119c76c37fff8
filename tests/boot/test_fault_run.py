# SPDX-License-Identifier: GPL-2.0-or-later
"""./farside faults run: every profile, from snapshots of one boot."""

import json
import re
import signal

import pytest

from frontdoor import errors, faultrun, faults

pytestmark = pytest.mark.kernels("lab")

NAMES = faultrun.select_names([])


def test_all_have_an_exercise():
    assert set(NAMES) == set(faults.names())
    assert all("needs" in faults.load(name)["exercise"] for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_profile(run_profile, name):
    outcome, text = run_profile(name)
    assert not outcome.problems and not outcome.lacks, text


def test_the_same_again(run_profile):
    """After another one: but for times, since commands come from outside."""
    def told():
        return re.sub(r"\[ *\d+\.\d+\]", "", run_profile("smc-late-reply")[1])

    first = told()
    run_profile("smc-crash-in-flight")
    assert "Command sequence mismatch" in first
    assert told() == first


@pytest.fixture
def changed(monkeypatch):
    """changed(name, member=value): another exercise, another rule."""
    load = faults.load

    def change(name, rules=None, **exercise):
        profile = load(name)
        profile["exercise"] |= exercise
        profile["rules"] = rules or profile["rules"]
        monkeypatch.setattr(faults, "load", lambda _: json.loads(
            json.dumps(profile)))

    return change


def test_what_is_not_as_expected(run_profile, changed):
    changed("smc-no-reply", expect=["SMC crashed!"])
    assert run_profile("smc-no-reply")[0].problems == [
        "nothing is like 'SMC crashed!'"]


def test_what_was_not_hit(run_profile, changed):
    changed("smc-no-reply", command="true", expect=[])
    assert run_profile("smc-no-reply")[0].problems == [
        "rule no-reply was not hit"]


def test_who_does_not_answer(run_profile, changed, monkeypatch):
    monkeypatch.setattr(faultrun, "ANSWER_SECONDS", 1)
    changed("smc-no-reply", expect=["never"],
            command="while true; do cat /sys/class/hwmon/*/temp4_input; done")
    problems = run_profile("smc-no-reply")[0].problems
    assert problems[0].endswith("the guest does not answer")
    # And the next one is not hurt.
    monkeypatch.undo()
    assert not run_profile("smc-late-reply")[0].problems


def test_who_answers(run_profile, changed):
    changed("smc-no-reply", hangs=True)
    assert run_profile("smc-no-reply")[0].problems == [
        "the guest does not hang"]


def test_who_cannot_be_prepared(run_profile, changed, monkeypatch):
    """It is an outcome as well, and the next one is tried."""
    changed("smc-no-reply", prepare="false")
    problem, = run_profile("smc-no-reply")[0].problems
    assert "`false` exited with 1" in problem
    monkeypatch.undo()
    assert not run_profile("smc-late-reply")[0].problems


def test_the_end_of_the_guest(run_profile, changed):
    """A kernel that dies is an outcome like others."""
    changed("smc-no-reply", expect=["Kernel panic - not syncing: sysrq"],
            command="cat /sys/class/hwmon/*/temp4_input; "
                    "echo c > /proc/sysrq-trigger")
    assert not run_profile("smc-no-reply")[0].problems
    assert not run_profile("smc-late-reply")[0].problems


def test_the_end_of_qemu(run_profile, monkeypatch):
    """It is not the guest's, and the next profile has another one."""
    send = faultrun.Guest.send

    def end(guest, command):
        send(guest, command)
        guest._process.kill()

    monkeypatch.setattr(faultrun.Guest, "send", end)
    problems = run_profile("smc-no-reply")[0].problems
    assert problems[-1] == "QEMU is gone"
    monkeypatch.undo()
    assert not run_profile("smc-late-reply")[0].problems


def test_the_end_by_a_reset(run_profile, changed, monkeypatch):
    """The machine does not start again: it has come to its end, too."""
    changed("smc-no-reply", expect=["never"],
            command="cat /sys/class/hwmon/*/temp4_input; "
                    "echo b > /proc/sysrq-trigger")
    outcome, text = run_profile("smc-no-reply")
    assert outcome.problems == ["the guest has ended",
                                "nothing is like 'never'"]
    assert "Booting Linux" not in text
    monkeypatch.undo()
    assert not run_profile("smc-late-reply")[0].problems


@pytest.mark.parametrize("hangs", [False, True])
def test_qemu_that_does_not_answer(run_profile, changed, monkeypatch, hangs):
    """It is an outcome as well, and the next profile has another QEMU."""
    run = faultrun.Scenario.run

    def freeze(scenario):
        scenario._guest._qmp.settimeout(1)
        scenario._guest._process.send_signal(signal.SIGSTOP)
        return run(scenario)

    monkeypatch.setattr(faultrun.Scenario, "run", freeze)
    changed("smc-no-reply", hangs=hangs)
    outcome, text = run_profile("smc-no-reply")
    silence, *_, again = outcome.problems
    assert silence == "guest faults: no answer in time from QEMU to QMP's " \
        "`query-status`"
    assert again == "guest faults: QEMU does not answer QMP any more: " \
        "`query-faults`"
    assert again in text
    monkeypatch.undo()
    assert not run_profile("smc-late-reply")[0].problems


def test_what_qmp_refuses(run_profile, changed, monkeypatch):
    changed("smc-no-reply", rules=[{"id": "x", "site": "rtkit-send",
                                    "match": {"colour": 1}}])
    problem, = run_profile("smc-no-reply")[0].problems
    assert problem.startswith("guest faults: QMP's `fault-add`: ")
    monkeypatch.undo()
    assert not run_profile("smc-late-reply")[0].problems


def test_failure_is_told(layout, prepared, monkeypatch, changed):
    lines = []
    monkeypatch.setattr(faultrun.console, "say", lines.append)
    changed("smc-no-reply", expect=["SMC crashed!"])
    with pytest.raises(errors.TestFailure, match="not as expected: smc-no-reply"):
        faultrun.run(layout, *prepared, ["smc-no-reply"])
    assert "      nothing is like 'SMC crashed!'" in lines


def test_what_cannot_be_tried(layout, prepared, monkeypatch, changed):
    """Without the driver it is neither good nor bad."""
    lines = []
    monkeypatch.setattr(faultrun.console, "say", lines.append)
    changed("smc-no-reply", needs="/sys/bus/platform/drivers/none")
    with pytest.raises(errors.TestFailure, match="no profile could be tried"):
        faultrun.run(layout, *prepared, ["smc-no-reply"])
    assert lines[0] == "-- smc-no-reply not tried: the guest has no " \
        "/sys/bus/platform/drivers/none"
    assert "0 as expected" in lines[1]


def test_names():
    with pytest.raises(errors.UsageError, match="there is no fault profile 'x'"):
        faultrun.select_names(["x"])
    assert faultrun.select_names(["smc-slow", "ans-slow"]) == ["ans-slow",
                                                               "smc-slow"]
