# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of the SCMI platform on reset, reboot and migration."""

import time

import pytest

import scmi
from snapshots import migrate_from, migrate_to

SECONDS = 60

# Changes of every kind of state, none of which Linux makes or undoes while it
# runs: (protocol, name, property, value).
CHANGES = (
    ("clock", "sd-ref", "rate", 50_000_000),
    ("clock", "gpu-core", "enabled", True),
    ("power", "gpu", "on", True),
    ("reset", "usb", "asserted", True),
)
# What the world decides stays as it is when the machine is reset.
SENSOR = ("sensor", "soc-thermal", "value")
TEMPERATURE = 61_500


def change(guest):
    for protocol, name, prop, value in CHANGES:
        scmi.put(guest, protocol, name, prop, value)
    scmi.put(guest, *SENSOR, TEMPERATURE)


def check_drivers_work(guest):
    """Linux reads through SCMI what QMP says, and sends commands."""
    assert {name: int(files["clk_rate"])
            for name, files in scmi.clocks(guest).items()} == \
        {name: scmi.get(guest, "clock", name, "rate")
         for name in scmi.names(guest, "clock")}
    driver = "/sys/bus/amba/drivers/pl061_gpio"
    guest.write(f"{driver}/unbind", "b010000.gpio")
    assert scmi.get(guest, "clock", "periph-apb", "enabled") is False
    guest.write(f"{driver}/bind", "b010000.gpio")
    assert scmi.get(guest, "clock", "periph-apb", "enabled") is True


@pytest.mark.kernels("lab")
def test_machine_reset_restores_the_configuration(boot_guest):
    """Looked at while paused: before the first instruction after it."""
    guest = boot_guest(wait_ready=False, args=["-S"], reboot=True)
    configured = scmi.state(guest)
    guest.qmp("cont")
    guest.wait_ready()
    # One change by an agent that no property of the host's could make.
    raw = scmi.Raw(guest)
    assert raw.call(scmi.CLOCK, 0xd, 7, 0) == (scmi.SUCCESS, b"")
    assert raw.call(scmi.SENSOR, scmi.NEGOTIATE, 0x10000) == \
        (scmi.SUCCESS, b"")
    change(guest)
    assert scmi.state(guest) != configured

    guest.qmp("stop")
    guest.qmp("system_reset")
    guest.wait_event("RESET")
    assert scmi.state(guest) == configured | {SENSOR: TEMPERATURE}
    guest.qmp("cont")
    guest.wait_ready()
    check_drivers_work(guest)


def test_reboot_by_linux(boot_guest):
    """The second boot ends where the first one did."""
    guest = boot_guest(reboot=True)
    booted = scmi.state(guest)
    change(guest)
    guest.send("reboot -f")
    guest.wait_event("RESET")
    guest.wait_ready()
    assert scmi.state(guest) == booted | {SENSOR: TEMPERATURE}
    check_drivers_work(guest)


# -- migration ---------------------------------------------------------------

# Reads sensors and clocks for ever, and says how often, or what went wrong. A
# file that grows is never found empty, as one that is written anew may be.
LOAD = """
cd {hwmon}
( while read -r temperature < temp1_input &&
        [ $temperature = {temperature} ] &&
        read -r rate < /sys/kernel/debug/clk/sd-ref/clk_rate &&
        [ $rate = {rate} ]; do
    echo >> /tmp/reads
done
echo "stopped at $temperature, $rate" > /tmp/stopped ) > /dev/null 2>&1 &
"""


def reads(guest):
    return int(guest.check("cat /tmp/reads 2> /dev/null | wc -l"))


def wait_for_more_reads(guest):
    before, deadline = reads(guest), time.monotonic() + SECONDS
    while reads(guest) < before + 5:
        assert time.monotonic() < deadline, "the load does not go on"


@pytest.mark.kernels("lab")
def test_snapshot_while_linux_uses_scmi(boot_guest, tmp_path):
    """Migrated into a file and, out of it, into another QEMU, while running.

    tests/unit covers a snapshot between any two messages; here it is the real
    shared memory, and drivers that know nothing of it.
    """
    file = tmp_path / "state"
    source = boot_guest()
    change(source)
    raw = scmi.Raw(source)
    assert raw.call(scmi.CLOCK, 0xd, 7, 0) == (scmi.SUCCESS, b"")
    assert raw.call(scmi.RESET, scmi.NEGOTIATE, 0x10000) == \
        (scmi.SUCCESS, b"")
    source.check(LOAD.format(hwmon=scmi.hwmon(source), rate=50_000_000,
                             temperature=TEMPERATURE))
    wait_for_more_reads(source)
    migrate_to(source, file)
    saved = scmi.state(source)
    source.close()

    target = boot_guest(wait_ready=False, args=["-incoming", "defer"])
    assert scmi.state(target) != saved
    migrate_from(target, file)
    assert scmi.state(target) == saved
    wait_for_more_reads(target)
    assert not target.exists("/tmp/stopped")
    # The negotiated version came along: version 1 has no names to get.
    raw = scmi.Raw(target)
    assert raw.call(scmi.RESET, 0x6, 0) == (scmi.NOT_FOUND, b"")
    check_drivers_work(target)
