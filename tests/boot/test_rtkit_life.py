# SPDX-License-Identifier: GPL-2.0-or-later
"""The RTKit co-processor over a machine's life, and on other machines.

Boot, rebind, reboot, power off, migration, latency, firmware versions.
"""

import pytest

import rtkit
import suspend

pytestmark = pytest.mark.kernels("lab")

REBINDS = 20
FLOODS = 40
FLOOD = 100
# The mailbox's slots, and the firmware's queue behind them.
ROOM = 16 + 64
SECONDS = 60
DAY = 24 * 3600

# What the world did to the machine: what Linux shows is not the default.
WORLD = {"TB0T": 61.25, "PHPC": 9.5, "F0Ac": 2048, "BUIC": 31, "B0AC": -850,
         "gP00": True, "gP01": False}

# MBSE as it is kept: the word's letters from the last to the first.
OFF1, PHRA, REST, OFFW = (word[::-1].encode().hex()
                          for word in ("off1", "phra", "rest", "offw"))
HANDED_DOWN = ("Unable to power off system", "Unable to restart system",
               "Failed to issue")


def check_works(guest, kernel):
    """Everything is bound, and Linux shows what QMP shows."""
    rtkit.wait_drivers(guest, kernel)
    assert rtkit.firmware(guest) == rtkit.RUNNING
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)


def check_alive(guest, kernel):
    """The same, with values that are no defaults, and nothing to complain."""
    for key, value in WORLD.items():
        rtkit.put(guest, key, value)
    check_works(guest, kernel)
    assert rtkit.complaints(guest) == []


# -- rebinding ---------------------------------------------------------------

def test_rebind_again_and_again(boot_guest, kernel):
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    endpoints = guest.qom_get(rtkit.RTKIT, "endpoints")
    assert len(endpoints) == 6
    for count in range(REBINDS):
        rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
        assert rtkit.firmware(guest) == rtkit.RUNNING | {
            "state": "quiesced", "iop-power-state": 0x10,
            "ap-power-state": 0x10}
        assert guest.qom_get(rtkit.RTKIT, "endpoints") == []
        assert rtkit.get(guest, "NTAP") is False
        rtkit.put(guest, "BUIC", count)
        rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, True)
        rtkit.wait_drivers(guest, kernel)
        assert guest.qom_get(rtkit.RTKIT, "endpoints") == endpoints
        assert guest.read(f"{rtkit.supply('battery')}/capacity") == str(count)
    check_alive(guest, kernel)


# -- notifications -----------------------------------------------------------

READERS = """
cd {hwmon}
for n in 0 1 2 3; do
    (while read -r t < temp1_input; do :; done; touch /tmp/failed) &
done > /dev/null 2>&1
"""


def test_a_flood_of_notifications_costs_no_answer(boot_guest, kernel):
    """More changes than fit the queue, while Linux reads sensors.

    They are made while the guest stands still: what does not fit is lost and
    counted, but the answers to the commands that follow must find room.
    """
    guest = boot_guest(cpus=4)
    rtkit.wait_drivers(guest, kernel)
    guest.check(READERS.format(hwmon=rtkit.hwmon(guest)))
    for _ in range(FLOODS):
        guest.qmp("stop")
        for percent in range(1, FLOOD + 1):
            rtkit.put(guest, "BUIC", percent)
        guest.qmp("cont")
        guest.check("true")
    assert guest.qom_get(rtkit.RTKIT, "dropped-messages") >= FLOOD - ROOM
    assert not guest.exists("/tmp/failed")
    assert rtkit.complaints(guest) == []
    assert guest.read(f"{rtkit.supply('battery')}/capacity") == str(FLOOD)


# -- reboot and power off ----------------------------------------------------

SCMI_OR_NOT = pytest.mark.parametrize("machine", ["farside",
                                                  "farside,scmi=off"])


def power_words(trace):
    """What was written to MBSE and NTAP, in order."""
    return [line for line in trace.lines()
            if line.split(" ")[0] in ("MBSE", "NTAP")]


@SCMI_OR_NOT
def test_reboot_by_linux(boot_guest, kernel, machine):
    guest = boot_guest(machine=machine, reboot=True)
    rtkit.wait_drivers(guest, kernel)
    for key, value in WORLD.items():
        rtkit.put(guest, key, value)
    # A line that no driver touches when Linux starts.
    guest.check(f"cd {rtkit.gpio_chip(guest)} && echo 8 > export && "
                "echo 1 > gpio8/value")
    assert rtkit.get(guest, "gP08") is True
    with rtkit.Trace(guest, "apple_smc_key_set") as trace:
        guest.send("reboot -f")
        reset = guest.wait_event("RESET")
        guest.wait_ready()
        rtkit.wait_drivers(guest, kernel)
        # That it was the SMC: its words, and nobody after it.
        assert power_words(trace) == [f"MBSE = {REST}", "NTAP = 00",
                                      f"MBSE = {PHRA}", "NTAP = 01"]
    assert reset["data"] == {"guest": True, "reason": "guest-reset"}
    assert [text for text in HANDED_DOWN if text in guest.console()] == []
    check_works(guest, kernel)
    # The world stays as it is; what the guest asked for is forgotten.
    assert {key: rtkit.get(guest, key) for key in WORLD} == WORLD
    assert rtkit.get(guest, "gP08") is False


@SCMI_OR_NOT
def test_power_off_by_linux(boot_guest, kernel, machine):
    """QEMU stays, to be asked who it was."""
    guest = boot_guest(machine=machine, args=["-action", "shutdown=pause"])
    rtkit.wait_drivers(guest, kernel)
    with rtkit.Trace(guest, "apple_smc_key_set") as trace:
        guest.send("poweroff -f")
        event = guest.wait_event("SHUTDOWN")
        guest.wait_event("STOP")
        assert power_words(trace) == [f"MBSE = {OFFW}", "NTAP = 00",
                                      f"MBSE = {OFF1}"]
    assert event["data"] == {"guest": True, "reason": "guest-shutdown"}
    assert rtkit.get(guest, "MBSE", "raw") == OFF1
    assert (guest.qom_get(rtkit.SPMI, "shutdown-flag"),
            guest.qom_get(rtkit.SPMI, "boot-stage")) == (1, 0)
    assert [text for text in HANDED_DOWN if text in guest.console()] == []
    guest.qmp("quit")
    assert guest.wait_shutdown()[1] == 0


@pytest.mark.parametrize("keys, text", [
    ({"B0AV": 8999}, "Emergency shutdown"),
    ({"BCF0": 1}, "Triggering orderly shutdown"),
], ids=["voltage", "flag"])
def test_an_empty_battery_switches_the_machine_off(boot_guest, kernel, keys,
                                                   text):
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    for key, value in keys.items():
        rtkit.put(guest, key, value)
    data, status = guest.wait_shutdown()
    assert (data, status) == ({"guest": True, "reason": "guest-shutdown"}, 0)
    assert text in guest.console()
    assert "Issuing power off (off1)" in guest.console()


# -- suspend -----------------------------------------------------------------

@pytest.mark.parametrize("depth", ["devices", "platform"])
def test_suspend_and_resume(boot_guest, kernel, depth):
    """The SMC's drivers sleep through it, its mailbox does not."""
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    guest.check("echo 0 > /sys/module/suspend/parameters/pm_test_delay && "
                f"echo {depth} > /sys/power/pm_test")
    for _ in range(3):
        guest.check("echo freeze > /sys/power/state")
        check_works(guest, kernel)
    assert guest.read("/sys/power/suspend_stats/success") == "3"


def test_asleep_until_the_host_wakes_it(boot_guest, kernel):
    """Really, twice. What happens meanwhile is heard, but wakes nobody.

    The mailbox's interrupt is on all the time, and Linux 7.3 has no driver
    for the button.
    """
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    suspend.wake_by_agent(guest)
    for level in (41, 7):
        asleep = suspend.fall_asleep(guest)
        assert rtkit.firmware(guest) == rtkit.RUNNING
        with rtkit.Trace(guest, "apple_smc_notify") as trace:
            rtkit.happen(guest, "battery", level=level)
            rtkit.happen(guest, "power-button", pressed=True)
            rtkit.happen(guest, "power-button", pressed=False)
            assert trace.lines() == ["event 0x71010100", "event 0x72010601",
                                     "event 0x72010600"]
        rtkit.put(guest, "TB0T", level)
        assert rtkit.get(guest, "MBSe") == 1
        suspend.periph_is(guest, False)
        suspend.wake(guest, asleep)
        capacity = guest.read(f"{rtkit.supply('battery')}/capacity")
        assert capacity == str(level)
        check_works(guest, kernel)
    assert guest.read("/sys/power/suspend_stats/success") == "2"
    assert rtkit.complaints(guest) == []


# -- the clock ---------------------------------------------------------------

def shown_time(guest):
    return int(guest.read(f"{rtkit.rtc(guest)}/since_epoch"))


def smc_time(guest):
    """What counter and offset come to, in seconds."""
    ticks = rtkit.raw_int(guest, "CLKM") + \
        guest.qom_get(rtkit.SPMI, "rtc-offset")
    return ticks >> 15


def test_clock_set_by_linux_survives_a_reboot(boot_guest, kernel):
    guest = boot_guest(reboot=True)
    rtkit.wait_drivers(guest, kernel)
    device = guest.check(f"basename {rtkit.rtc(guest)}").strip()
    guest.check(f"date -s @1234567890 && hwclock -w -u -f /dev/{device}")
    offset = guest.qom_get(rtkit.SPMI, "rtc-offset")
    year = 365 * DAY << 15
    assert offset < -10 * year
    earliest = smc_time(guest)
    assert 1234567890 <= earliest <= shown_time(guest) <= smc_time(guest)

    guest.send("reboot -f")
    guest.wait_event("RESET")
    guest.wait_ready()
    rtkit.wait_drivers(guest, kernel)
    assert guest.qom_get(rtkit.SPMI, "rtc-offset") == offset
    before = smc_time(guest)
    assert earliest <= before <= shown_time(guest) <= smc_time(guest)


def test_clock_starts_where_it_is_told(boot_guest, kernel):
    guest = boot_guest(args=["-rtc", "base=2020-02-29T12:00:00"])
    rtkit.wait_drivers(guest, kernel)
    assert guest.read(f"{rtkit.rtc(guest)}/date") == "2020-02-29"
    before = smc_time(guest)
    assert before <= shown_time(guest) <= smc_time(guest)


# -- migration ---------------------------------------------------------------

def size(guest, path):
    return int(guest.check(f"wc -c < {path}"))


def test_snapshot_while_linux_runs(boot_guest, kernel, tmp_path):
    """Into a file and, out of it, into another QEMU, with another clock."""
    file = tmp_path / "state"
    source = boot_guest(args=["-rtc", "base=2020-02-29T12:00:00"])
    rtkit.wait_drivers(source, kernel)
    for key, value in WORLD.items():
        rtkit.put(source, key, value)
    source.qom_set(rtkit.SPMI, "rtc-offset", -1 << 40)
    source.write(f"{rtkit.supply('battery')}/charge_behaviour",
                 "force-discharge")
    source.check(f"(cd {rtkit.hwmon(source)}; "
                 "while read -r t < temp1_input && [ $t = 61250 ]; do "
                 "echo >> /tmp/reads; done; "
                 "touch /tmp/stopped) > /dev/null 2>&1 &")
    rtkit.wait_until(lambda: source.exists("/tmp/reads"), "the load")
    source.qmp("migrate", uri=f"file:{file}")
    rtkit.wait_until(lambda: source.qmp("query-migrate").get("status") ==
                     "completed", "the snapshot")
    saved = rtkit.qmp_view(source), rtkit.firmware(source)
    saved_time = smc_time(source)
    source.close()

    target = boot_guest(wait_ready=False, args=["-incoming", "defer"])
    target.qmp("migrate-incoming", uri=f"file:{file}")
    target.wait_event("RESUME", SECONDS)
    assert (rtkit.qmp_view(target), rtkit.firmware(target)) == saved
    reads = size(target, "/tmp/reads")
    rtkit.wait_until(lambda: size(target, "/tmp/reads") > reads,
                     "the load to go on")
    assert not target.exists("/tmp/stopped")
    assert rtkit.get(target, "CH0I") == 1
    assert target.qom_get(rtkit.SPMI, "rtc-offset") == -1 << 40
    before = smc_time(target)
    assert before <= shown_time(target) <= smc_time(target)
    assert saved_time <= before < saved_time + DAY
    with rtkit.Trace(target, "apple_smc_notify") as trace:
        rtkit.put(target, "BUIC", 30)
        assert len(trace.lines()) == 1
    # Ends the load, whose file goes away.
    rtkit.rebind(target, "platform/macsmc")
    check_alive(target, kernel)


# -- other machines ----------------------------------------------------------

def latency(nanoseconds):
    return ["-global", f"apple-asc-mailbox.latency-ns={nanoseconds}"]


@pytest.mark.parametrize("options", [
    {"args": latency(50_000)},
    {"args": latency(5_000_000)},
    {"args": ["-icount", "shift=0"]},
    {"args": ["-icount", "shift=3", *latency(50_000)], "cpus": 1},
    {"cpus": 1, "machine": "farside,gic-version=2"},
    {"cpus": 8, "machine": "farside,virtualization=on,gic-version=3"},
], ids=["latency-50us", "latency-5ms", "icount", "icount-latency",
        "one-cpu-gicv2", "eight-cpus-el2"])
def test_machine(boot_guest, kernel, options):
    guest = boot_guest(**options)
    check_alive(guest, kernel)


def test_rtkit_off(boot_guest, kernel):
    guest = boot_guest(machine="farside,rtkit=off")
    names = guest.check("ls /proc/device-tree")
    assert [name for name in ("mbox@", "smc@", "spmi@") if name in names] == []
    assert rtkit.drivers(guest) == {name: [] for name in
                                    rtkit.expected_drivers(kernel)}
    assert "smc" not in guest.qom_list("/machine")


@pytest.mark.parametrize("cpu", ["cortex-a15", "max"])
@pytest.mark.parametrize("rtkit_option, there", [("on", True),
                                                 ("off", False)])
def test_nodes_for_other_cpus(run_qemu, tmp_path, cpu, rtkit_option, there):
    """32-bit ones included, for which there is no kernel here."""
    blob = tmp_path / "dtb"
    done = run_qemu("-M", f"farside,rtkit={rtkit_option},dumpdtb={blob}",
                    "-cpu", cpu)
    assert done.returncode == 0, done.stderr
    for name in (b"mbox@b108000", b"smc@b100000", b"spmi@b180000"):
        assert (name in blob.read_bytes()) is there


# -- other firmware ----------------------------------------------------------

def versions(lowest, highest):
    return ["-global", f"apple-rtkit.min-version={lowest}",
            "-global", f"apple-rtkit.max-version={highest}"]


@pytest.mark.parametrize("lowest, highest", [(11, 11), (9, 11)])
def test_older_firmware(boot_guest, kernel, lowest, highest):
    guest = boot_guest(args=versions(lowest, highest))
    rtkit.wait_drivers(guest, kernel)
    assert rtkit.firmware(guest) == rtkit.RUNNING | {"version": 11}
    assert "Initializing (protocol version 11)" in guest.check("dmesg")
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)


def check_refused(guest, error):
    """The driver's probe has failed, and its mailbox is as it was."""
    text = f"macsmc b100000.smc: error {error}: Failed to wake up SMC"
    rtkit.wait_until(lambda: text in guest.check("dmesg"), "the refusal")
    assert rtkit.drivers(guest)["platform/macsmc"] == []


@pytest.mark.parametrize("lowest, highest, why", [
    (13, 13, "min version 13 is too new"), (14, 20, "min version 14 is too"),
    (1, 10, "max version 10 is too old"), (0, 0, "max version 0 is too old"),
])
def test_firmware_that_linux_refuses(boot_guest, lowest, highest, why):
    guest = boot_guest(args=versions(lowest, highest))
    check_refused(guest, "-EINVAL")
    assert f"RTKit: Firmware {why}" in guest.check("dmesg")
    # It waits for the reply that Linux does not send.
    assert guest.qom_get(rtkit.RTKIT, "state") == "hello"
    assert guest.qom_get(rtkit.RTKIT, "version") == 0


def test_firmware_that_boots_slowly(boot_guest, kernel):
    guest = boot_guest(args=["-global", "apple-rtkit.boot-ns=200000000"])
    check_alive(guest, kernel)
    rtkit.rebind(guest, "platform/macsmc")
    check_alive(guest, kernel)


def test_firmware_that_boots_too_slowly(boot_guest, kernel):
    """Linux waits for a second; HELLO comes later, to nobody."""
    guest = boot_guest(args=["-global", "apple-rtkit.boot-ns=3600000000000"])
    check_refused(guest, "-ETIME")
    assert guest.qom_get(rtkit.RTKIT, "state") == "boot"
    # Held and run again it is quick, and HELLO waits for the driver.
    guest.qom_set(rtkit.RTKIT, "boot-ns", 0)
    guest.check("devmem 0x0b100044 32 0; devmem 0x0b100044 32 0x10")
    assert guest.qom_get(rtkit.RTKIT, "state") == "hello"
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, True)
    check_works(guest, kernel)


@pytest.mark.parametrize("option, text", [
    ("tracekit=on", "RTKit: Unknown system endpoint: 0x0a"),
    ("echo-endpoint=0x21", "RTKit: Initializing (protocol version 12)"),
])
def test_firmware_with_another_endpoint(boot_guest, kernel, option, text):
    guest = boot_guest(args=["-global", f"apple-rtkit.{option}"])
    check_works(guest, kernel)
    assert text in guest.check("dmesg")


def test_no_place_for_an_endpoint(run_qemu):
    done = run_qemu("-M", "farside", "-global",
                    "apple-rtkit.echo-endpoint=0x20")
    assert done.returncode == 1
    assert "echo-endpoint 0x20 is not free" in done.stderr


def test_no_firmware_has_no_version(run_qemu):
    done = run_qemu("-M", "farside", *versions(12, 11))
    assert done.returncode == 1
    assert "min-version 12 is above max-version 11" in done.stderr
