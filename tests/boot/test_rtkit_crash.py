# SPDX-License-Identifier: GPL-2.0-or-later
"""The co-processor's firmware crashes, logs, and is started again."""

import re

import pytest

import rtkit
from test_rtkit_life import check_alive, check_works

pytestmark = pytest.mark.kernels("lab")

CPU_CONTROL, SEND = 0x0b100044, 0x0b108800
HISTORY = 32
EIO = ("I/O error", "Input/output error")
# What Linux says when a crashlog is not what it expects.
MALFORMED = ("Unknown crashlog section", "no footer present", "too large",
             "Expected crashlog header", "too small")


@pytest.fixture
def booted(boot_guest, kernel):
    guest = boot_guest(reboot=True)
    rtkit.wait_drivers(guest, kernel)
    return guest


def crash(guest, reason="on purpose"):
    guest.qmp("rtkit-crash", path=rtkit.RTKIT, reason=reason)


def rtkit_lines(guest):
    """What RTKit said in the kernel's log, without time and device."""
    return guest.check("dmesg | sed -n 's/.*macsmc [^ ]*: //p'").splitlines()


def wait_crashed(guest):
    rtkit.wait_until(lambda: any(line.startswith("SMC crashed!") for line in
                                 rtkit_lines(guest)), "Linux to notice")


def sensor(guest):
    """(exit status, what was printed) of reading a sensor."""
    return guest.run(f"cat {rtkit.hwmon(guest)}/temp1_input 2>&1")


def bind(guest):
    """Exit status of binding the SMC's driver."""
    return guest.run("echo -n b100000.smc > /sys/bus/platform/drivers/"
                     "macsmc/bind")[0]


def check_reboots(guest, kernel):
    guest.send("echo b > /proc/sysrq-trigger")
    guest.wait_event("RESET")
    guest.wait_ready()
    check_alive(guest, kernel)


# -- what Linux sees ---------------------------------------------------------

def test_crash_under_linux(booted, kernel):
    guest = booted
    assert sensor(guest)[0] == 0
    crash(guest)
    wait_crashed(guest)
    assert guest.qom_get(rtkit.RTKIT, "state") == "crashed"
    assert guest.qom_get(rtkit.RTKIT, "endpoints") == []
    # Commands fail at once, for good; nothing hangs.
    for _ in range(3):
        status, output = sensor(guest)
        assert status == 1 and output.strip().endswith(EIO), output
    assert guest.run(f"echo auto > {rtkit.supply('battery')}/"
                     "charge_behaviour")[0] == 1
    # Linux has no recovery: the driver cannot be bound again.
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    assert bind(guest) == 1
    assert "error -ETIME: Failed to wake up SMC" in "\n".join(
        rtkit_lines(guest))
    check_reboots(guest, kernel)


def test_crashlog_is_decoded(booted):
    guest = booted
    messages = ("rtkit_send", "rtkit_receive")
    with rtkit.Trace(guest, *messages) as trace:
        for _ in range(HISTORY):
            assert sensor(guest)[0] == 0
        crash(guest, "assertion failed\nat line 17")
        wait_crashed(guest)
        passed = [re.search("endpoint 0x(..), message 0x(.*)", line).groups()
                  for line in trace.lines()]
    lines = rtkit_lines(guest)
    lines = lines[lines.index("RTKit: co-processor has crashed"):]
    assert [line for line in lines if any(text in line for text in
                                          MALFORMED)] == []
    assert re.match("RTKit: Version: QEMU .*, RTKit protocol 12", lines[1])
    assert lines[2:4] == ["RTKit: Message (id=0): assertion failed",
                          "RTKit: Message (id=0): at line 17"]
    assert re.match(r"RTKit: Crash time: [1-9]\d+$", lines[4])
    assert lines[5] == ("RTKit: Mailbox history (type = 0, "
                        f"index = {HISTORY})")
    shown = [re.match(r"RTKit:  #\d+@[0-9a-f]{8}: 0{14}(..) (.{16})$",
                      line).groups() for line in lines[6:6 + HISTORY]]
    # The notice is what was sent last; it is not in the log.
    assert passed[-1] == ("01", "001010000b201000")
    assert shown == passed[-1 - HISTORY:-1]
    rest = lines[6 + HISTORY:]
    assert rest[:2] == ["RTKit: Exception dump:",
                        "  == Exception taken from EL1h =="]
    assert rest[2:7] == ["  PSR    = 0x3c5", "  PC     = 0x1000",
                         "  ESR    = 0xf2000001", "  FAR    = 0x0",
                         "  SP     = 0x8000"]


@pytest.mark.parametrize("word, reason", [(0x22, "hard crash"),
                                          (0x40, "soft crash")])
def test_crash_asked_for_by_the_guest(booted, word, reason):
    guest = booted
    guest.check(f"devmem {SEND:#x} 64 {word:#x}; devmem {SEND + 8:#x} 64 1")
    wait_crashed(guest)
    assert f"RTKit: Message (id=0): {reason} asked for by the AP" in \
        rtkit_lines(guest)


def test_crash_while_nobody_listens(booted, kernel):
    """Quiesced, it has no buffer for a log: it is just not there any more."""
    guest = booted
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    crash(guest)
    assert bind(guest) == 1
    text = "\n".join(rtkit_lines(guest))
    assert "error -ETIME: Failed to wake up SMC" in text
    assert "crashed" not in text
    check_reboots(guest, kernel)


def test_crash_while_a_command_is_under_way(booted):
    """It has been sent, and is never answered."""
    guest = booted
    guest.qom_set("/machine/smc-mailbox", "latency-ns", 2**32 - 1)
    guest.check(f"(cat {rtkit.hwmon(guest)}/temp1_input; echo $? > /tmp/end)"
                " > /tmp/out 2>&1 &")
    crash(guest)
    wait_crashed(guest)
    rtkit.wait_until(lambda: guest.exists("/tmp/end"), "the command's end")
    assert guest.read("/tmp/end") == "1"
    assert sensor(guest)[1].strip().endswith(EIO)


# -- recovery ----------------------------------------------------------------

def test_cpu_control_starts_it_again(booted, kernel):
    """No driver does so yet: as one that wants to recover would."""
    guest = booted
    for _ in range(3):
        crash(guest)
        rtkit.wait_until(lambda: sensor(guest)[0], "Linux to notice")
        rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
        guest.check(f"devmem {CPU_CONTROL:#x} 32 0")
        assert guest.qom_get(rtkit.RTKIT, "state") == "stopped"
        guest.check(f"devmem {CPU_CONTROL:#x} 32 0x10")
        assert guest.qom_get(rtkit.RTKIT, "state") == "hello"
        assert bind(guest) == 0
        check_works(guest, kernel)


def test_linux_boots_it_before_it_wakes_it(booted, kernel):
    """It may: HELLO is there when it opens the mailbox, and all that follows
    is handled while it probes. The rules make sure of it: the wake comes after
    the second endpoint was started."""
    guest = booted
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    guest.check(f"devmem {CPU_CONTROL:#x} 32 0; "
                f"devmem {CPU_CONTROL:#x} 32 0x10")
    common = {"site": "rtkit-receive", "times": 1}
    match = {"device": rtkit.RTKIT, "endpoint": 0}
    guest.qmp("fault-add", rules=[
        common | {"id": "drop", "match": match | {"type": 6},
                  "action": "drop"},
        common | {"id": "late", "match": match | {"type": 5}, "after": 1,
                  "action": "send", "bytes": "2002000000006000"}])
    assert bind(guest) == 0
    assert [info["hits"] for info in guest.qmp("query-faults")["rules"]] == \
        [1, 1]
    check_works(guest, kernel)


# -- the host's commands -----------------------------------------------------

def refusal(guest, command, **arguments):
    """Why QMP refuses a command."""
    with pytest.raises(Exception) as error:
        guest.qmp(command, **arguments)
    return str(error.value)


def test_commands_refused(booted):
    guest = booted
    for path in ("/machine/smc", "nowhere"):
        assert f"'{path}' is no RTKit firmware" in \
            refusal(guest, "rtkit-crash", path=path, reason="")
        assert f"'{path}' is no RTKit firmware" in \
            refusal(guest, "rtkit-log", path=path, task="", text="")
    # A partial path will do.
    guest.qmp("rtkit-crash", path="smc/rtkit", reason="")
    assert "crashed already" in refusal(guest, "rtkit-crash",
                                        path=rtkit.RTKIT, reason="")
    assert "takes no lines" in refusal(guest, "rtkit-log", path=rtkit.RTKIT,
                                       task="task", text="text")


def test_hang(booted, kernel):
    """Linux is told nothing: its commands time out."""
    guest = booted
    guest.qmp("rtkit-hang", path=rtkit.RTKIT)
    assert sensor(guest)[0]
    assert any("Command timed out" in line for line in rtkit_lines(guest))
    assert not any("crash" in line for line in rtkit_lines(guest))
    assert "crashed already" in refusal(guest, "rtkit-hang", path=rtkit.RTKIT)
    check_reboots(guest, kernel)


def test_lines_of_the_firmware(booted):
    guest = booted
    for number in range(40):
        text = f"line {number}"
        guest.qmp("rtkit-log", path=rtkit.RTKIT, task="thermal", text=text)
        wanted = f"RTKit: syslog message: thermal: {text}"
        rtkit.wait_until(lambda: wanted in rtkit_lines(guest), wanted)
    guest.qmp("rtkit-log", path=rtkit.RTKIT, task="t" * 99, text="x" * 999)
    wanted = f"RTKit: syslog message: {'t' * 23}: {'x' * 95}"
    rtkit.wait_until(lambda: wanted in rtkit_lines(guest), wanted)
    assert rtkit.firmware(guest) == rtkit.RUNNING
