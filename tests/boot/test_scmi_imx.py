# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux's drivers of NXP's vendor protocols, on docs/platforms/imx.json."""

import json
import re
import struct

import pytest

import scmi
from frontdoor.layout import ROOT
from scmi import (INVALID_PARAMETERS, NOT_FOUND, PROTOCOL_ERROR, SUCCESS,
                  words)

PLATFORM = ROOT / "docs/platforms/imx.json"
KEY_POWER = 116
LMM, CPU, MISC = 0x80, 0x82, 0x84

# Other kernels have not all of them (see matrix.py), and no counters.
pytestmark = pytest.mark.kernels("lab")

DRIVERS = {"scmi-imx-bbm-key", "scmi-imx-bbm-rtc", "scmi-imx-cpu",
           "scmi-imx-lmm", "scmi-imx-misc-ctrl"}


@pytest.fixture(scope="module")
def config():
    return json.loads(PLATFORM.read_text())


@pytest.fixture(scope="module")
def imx(new_guest):
    with new_guest("imx", machine=f"farside,scmi-platform={PLATFORM}") \
            as guest:
        yield guest


def test_drivers_are_bound(imx):
    bound = imx.check("cd /sys/bus/scmi_protocol/drivers && "
                      "ls -d scmi-imx-*/scmi_dev.*").split()
    assert sorted(line.split("/")[0] for line in bound) == sorted(DRIVERS)


def test_nothing_is_complained_about(imx):
    log = imx.check("dmesg | grep -iE 'scmi|imx'").splitlines()
    assert any("SCMI Protocol v2.1 'NXP:IMX' Firmware version 0x10000" in line
               for line in log)
    wrong = re.compile("fail|error|timed out|unexpected|unable|cannot",
                       re.IGNORECASE)
    assert [line for line in log if wrong.search(line)] == []


def test_kernel_tells_what_it_runs_on(imx, config):
    log, misc = imx.check("dmesg"), config["imx-misc"]
    build = misc["build"]
    for text in (
            f"Build {build['number']}, Commit {build['commit']:08x} "
            f"{build['date']} {build['time']}",
            f"Board\t\t= {misc['board']}",
            f"SM Config\t= {misc['cfg']['name']}, "
            f"mSel = {misc['cfg']['mode-select']}",
            f"i.MX MISC NUM DEV CTRL: {len(misc['controls'])}, "
            f"NUM BRD CTRL: {len(misc['board-controls'])},"
            f"NUM Reason: {len(misc['reset-reasons'])}",
            f"i.MX LMM: {len(config['imx-lms'])} Logical Machines",
            f"i.MX SM CPU: {len(config['imx-cpus'])} cpus",
            *(f"i.MX CPU: name: {cpu['name']}" for cpu in config["imx-cpus"])):
        assert text in log


def test_system_log(imx, config):
    dump = imx.read("/sys/kernel/debug/scmi_imx/syslog").split()
    assert [int(word, 16) for word in dump] == config["imx-misc"]["syslog"]


# -- the real-time clock -----------------------------------------------------

RTC = f"{scmi.PLATFORM}/imx-bbm/bbnsm"
NEW_YEAR = 1_893_456_000  # 2030, in UTC


def rtc(guest):
    """The directory of the real-time clock."""
    return guest.check("dirname $(grep -l scmi-imx-bbm-rtc "
                       "/sys/class/rtc/*/name)").strip()


def test_rtc_set_by_the_host_is_read_by_linux(imx):
    before = imx.qom_get(RTC, "time")
    imx.qom_set(RTC, "time", NEW_YEAR)
    assert imx.read(f"{rtc(imx)}/date") == "2030-01-01"
    seconds = int(imx.read(f"{rtc(imx)}/since_epoch"))
    assert NEW_YEAR <= seconds <= imx.qom_get(RTC, "time")
    imx.qom_set(RTC, "time", before)


def test_rtc_set_by_linux(imx):
    before = imx.qom_get(RTC, "time")
    device = "/dev/" + rtc(imx).split("/")[-1]
    imx.check(f"date -u -s @{NEW_YEAR} && hwclock -u -w -f {device}")
    set_to = imx.qom_get(RTC, "time")
    assert NEW_YEAR <= set_to <= int(imx.check("date +%s")) + 1
    assert imx.check(f"hwclock -u -r -f {device}").split()[4] == "2030"
    imx.qom_set(RTC, "time", before)


def test_alarm_goes_off(imx):
    directory = rtc(imx)
    imx.write(f"{directory}/wakealarm", "+1")
    alarm = imx.qom_get(RTC, "alarm")
    assert alarm > 0
    scmi.wait_until(lambda: not imx.qom_get(RTC, "alarm-enabled"),
                    "the alarm")
    assert imx.qom_get(RTC, "time") >= alarm
    # Linux heard of it when nothing is set any more.
    scmi.wait_until(lambda: imx.read(f"{directory}/wakealarm") == "",
                    "Linux to hear of the alarm")


# -- the button --------------------------------------------------------------

EVENT = struct.Struct("<qqHHi")
EV_SYN, EV_KEY = 0, 1


def test_button_is_the_power_key(imx):
    """Pressed and released, as evdev has it."""
    device = imx.check("grep -l 'bbnsm-pwrkey' /sys/class/input/*/phys"
                       ).split("/")[-2]
    node = imx.check(f"ls -d /sys/class/input/{device}/event*").split("/")[-1]
    imx.check(f"cat /dev/input/{node.strip()} > /tmp/keys 2> /dev/null & "
              "echo $! > /tmp/keys-pid")
    scmi.wait_until(lambda: imx.run("readlink /proc/$(cat /tmp/keys-pid)/fd/0"
                                    " && ls -l /proc/$(cat /tmp/keys-pid)/fd"
                                    " | grep -q /dev/input")[0] == 0,
                    "cat to open the device")

    def keys():
        data = imx.run("cat /tmp/keys", text=False)[1]
        events = [EVENT.unpack_from(data, at)
                  for at in range(0, len(data), EVENT.size)]
        return [(kind, code, value) for _, _, kind, code, value in events
                if kind != EV_SYN]

    pressed = [(EV_KEY, KEY_POWER, 1)]
    button = f"{scmi.PLATFORM}/imx-bbm"
    imx.qom_set(button, "button", True)
    scmi.wait_until(lambda: keys() == pressed, "the key to be pressed")
    imx.qom_set(button, "button", False)
    scmi.wait_until(lambda: keys() == pressed + [(EV_KEY, KEY_POWER, 0)],
                    "the key to be released")
    imx.check("kill $(cat /tmp/keys-pid)")


# -- controls ----------------------------------------------------------------

def control_path(control):
    return f"{scmi.PLATFORM}/imx-misc/{control['name']}"


def value_of(control):
    """The property that is the value's first word."""
    return "value-0" if len(control.get("value", [0])) > 1 else "value"


def numbered(config):
    """{number on the wire: control} of the device's and the board's."""
    misc = config["imx-misc"]
    return dict(enumerate(misc["controls"])) | \
        dict(enumerate(misc["board-controls"], 0x8000))


def test_linux_is_told_of_controls(imx, config):
    """It watches every control, the device's and the board's."""
    for number, control in numbered(config).items():
        raw = scmi.Raw(imx)
        before = scmi.counters(imx).get("notification_ok", 0)
        imx.qom_set(control_path(control), value_of(control), 0x55)
        assert raw.notification() == (MISC, 0, words(number, 1))
        assert scmi.counters(imx)["notification_ok"] == before + 1


def test_controls_set_by_linux(imx, config):
    raw = scmi.Raw(imx)
    for number, control in numbered(config).items():
        size = len(control.get("value", [0]))
        value = words(*range(7, 7 + size))
        before = scmi.counters(imx)["notification_ok"]
        assert raw.many([(MISC, 0x3, words(number, size) + value)]) == \
            [(SUCCESS, b"")]
        assert imx.qom_get(control_path(control), value_of(control)) == 7
        assert raw.call(MISC, 0x4, number) == (SUCCESS, words(size) + value)
        # Nobody needs to be told of what it did itself.
        assert scmi.counters(imx)["notification_ok"] == before


@pytest.mark.parametrize("message, payload, status", [
    (0x3, (3, 1, 0), NOT_FOUND), (0x3, (0x7fff, 1, 0), NOT_FOUND),
    (0x3, (0x8002, 1, 0), NOT_FOUND), (0x3, (0xffffffff, 1, 0), NOT_FOUND),
    (0x3, (0, 2, 0, 0), INVALID_PARAMETERS),
    (0x3, (0x8001, 1, 0), INVALID_PARAMETERS),
    (0x3, (0x8001, 2, 0), PROTOCOL_ERROR),
    (0x4, (3,), NOT_FOUND), (0x8, (3, 1), NOT_FOUND),
    (0x8, (0, 16), INVALID_PARAMETERS)])
def test_controls_that_are_not_there(imx, message, payload, status):
    assert scmi.Raw(imx).call(MISC, message, *payload) == (status, b"")


# fsl_mqs of an i.MX 95 has its one register behind control 1, and a clock; no
# sound card is needed to power it.
CODEC = "/sys/bus/platform/devices/codec/power"
CODEC_DTS = """
/ { codec {
    compatible = "fsl,imx95-aonmix-mqs";
    clocks = <&{/firmware/scmi/protocol@14} 4>;
    clock-names = "mclk";
}; };
"""


def test_codec_has_its_register_in_a_control(boot_guest):
    """What a driver finds in it when it suspends, it sets when it resumes."""
    guest = boot_guest(machine=f"farside,scmi-platform={PLATFORM}",
                       dts=CODEC_DTS)
    register = f"{scmi.PLATFORM}/imx-misc/mqs1-settings"

    def power(control, status):
        guest.write(f"{CODEC}/control", control)
        scmi.wait_until(
            lambda: guest.read(f"{CODEC}/runtime_status") == status, status)
        assert scmi.get(guest, "clock", "usdhc1", "enabled") is \
            (status == "active")

    scmi.wait_until(lambda: guest.exists("/sys/bus/platform/drivers/fsl-mqs/"
                                         "codec"), "the codec")
    power("on", "active")
    guest.qom_set(register, "value", 0x302)
    power("auto", "suspended")
    guest.qom_set(register, "value", 0)
    power("on", "active")
    assert guest.qom_get(register, "value") == 0x302


# -- logical machines and processors -----------------------------------------

LM, CORE = f"{scmi.PLATFORM}/imx-lmm/m7", f"{scmi.PLATFORM}/imx-cpu/m7p"


def test_another_machine_is_booted_and_shut_down(imx):
    raw = scmi.Raw(imx)
    for message, payload, state, number, mode in (
            (0x4, (1,), "on", 1, "start"),
            (0x8, (1,), "suspended", 2, "sleep"),
            (0x7, (1,), "on", 1, "start"), (0x6, (1, 0), "off", 0, "stop"),
            (0xb, (1,), "powered", 3, "hold")):
        assert raw.call(LMM, message, *payload) == (SUCCESS, b"")
        assert imx.qom_get(LM, "state") == state
        assert imx.qom_get(CORE, "run-mode") == mode
        status, reply = raw.call(LMM, 0x3, 1)
        assert (status, reply[8:12]) == (SUCCESS, words(number))


def test_processor_is_started_and_stopped(imx):
    raw = scmi.Raw(imx)
    assert raw.call(CPU, 0x6, 1, 1 << 30, 0x1234, 1) == (SUCCESS, b"")
    assert imx.qom_get(CORE, "reset-vector") == 0x1_0000_1234
    for message, mode, number in ((0x4, "start", 0), (0x5, "stop", 2)):
        assert raw.call(CPU, message, 1) == (SUCCESS, b"")
        assert imx.qom_get(CORE, "run-mode") == mode
        status, reply = raw.call(CPU, 0xc, 1)
        assert (status, reply[:4]) == (SUCCESS, words(number))
        assert reply[8:16] == words(0x1234, 1)


# -- why it was reset --------------------------------------------------------

IMX95 = '/ { compatible = "fsl,imx95", "linux,dummy-virt"; };\n'


def test_kernel_tells_why_it_was_reset(boot_guest):
    """It asks on the boards it knows only; a write is of the last life's."""
    guest = boot_guest(machine=f"farside,scmi-platform={PLATFORM}", dts=IMX95,
                       wait_ready=False, args=["-S"])
    misc = f"{scmi.PLATFORM}/imx-misc"
    valid = 1 << 31
    guest.qom_set(misc, "boot-reason", valid | 8)
    guest.qom_set(misc, "lm-shutdown-reason", valid | 2)
    guest.qmp("cont")
    guest.wait_ready()
    log = guest.check("dmesg | grep reason")
    assert "SYS Boot reason: wdog1, origin: -1, errid: -1" in log
    assert "LM Boot reason: por" in log
    assert "LM shutdown reason: cm7_lockup" in log
    assert "SYS shutdown reason" not in log
