# SPDX-License-Identifier: GPL-2.0-or-later
"""The same platform behind every transport: Linux cannot tell."""

import json
import time
from dataclasses import dataclass

import pytest

import platforms
import scmi
from frontdoor.layout import ROOT
from test_scmi_life import migrate_from, migrate_to

SECONDS = 20
RUNNING = "/sys/kernel/debug/scmi/{}/transport"
POLICY = "/sys/devices/system/cpu/cpufreq/policy0"

PERF, CLOCK, SENSOR = (platforms.PROTOCOLS[name]
                       for name in ("perf", "clock", "sensor"))


@dataclass(frozen=True)
class Transport:
    """@kernels have its driver; @events: it has a channel to the agent."""

    config: dict
    compatible: str
    events: bool = False
    polled: bool = False
    kernels: tuple = ("lab",)


SMC_KERNELS = ("lab", "6.12", "6.1")
# 6.1 knows neither parameters nor capabilities, Debian's 6.12 no virtio and
# of the MHUs only the first, whose doorbells are a module of their own.
TRANSPORTS = {
    "smc": Transport({"type": "smc"}, "arm,scmi-smc", polled=True,
                     kernels=SMC_KERNELS),
    "smc-interrupt": Transport({"type": "smc", "interrupt": True},
                               "arm,scmi-smc", kernels=SMC_KERNELS),
    "smc-param": Transport({"type": "smc-param"}, "arm,scmi-smc-param",
                           polled=True, kernels=SMC_KERNELS[:2]),
    "smc-param-channels": Transport(
        {"type": "smc-param", "interrupt": True,
         "channels": [PERF, CLOCK, SENSOR]}, "arm,scmi-smc-param",
        kernels=SMC_KERNELS[:2]),
    "qcom-smc": Transport({"type": "qcom-smc"}, "qcom,scmi-smc",
                          polled=True, kernels=SMC_KERNELS[:2]),
    "qcom-smc-channels": Transport(
        {"type": "qcom-smc", "interrupt": True, "channels": [CLOCK]},
        "qcom,scmi-smc", kernels=SMC_KERNELS[:2]),
    "mhu": Transport({"type": "mailbox"}, "arm,scmi", events=True),
    "mhuv2": Transport({"type": "mailbox", "mhu": "v2"}, "arm,scmi",
                       events=True),
    "mhuv3": Transport({"type": "mailbox", "mhu": "v3"}, "arm,scmi",
                       events=True),
    "virtio": Transport({"type": "virtio"}, "arm,scmi-virtio", events=True),
    "virtio-mmio": Transport({"type": "virtio", "bus": "mmio"},
                             "arm,scmi-virtio", events=True),
}

# Each kernel's drivers that find something on the small platform; what needs
# events is bound by those transports only.
DRIVERS = {
    "lab": {"scmi-clocks", "scmi-cpufreq", "scmi-hwmon", "scmi-perf-domain",
            "scmi-pinctrl", "scmi-power-domain", "scmi-powercap",
            "scmi-regulator", "scmi-reset"},
    "6.12": {"scmi-clocks", "scmi-perf-domain", "scmi-power-domain",
             "scmi-reset"},
    "6.1": {"scmi-clocks", "scmi-power-domain", "scmi-reset"},
}
EVENT_DRIVERS = {"lab": {"scmi-system-power"}, "6.12": set(), "6.1": set()}


def on(*kernels):
    return [pytest.param(transport, id=name,
                         marks=pytest.mark.kernels(*transport.kernels))
            for name, transport in TRANSPORTS.items()
            if set(kernels) & set(transport.kernels)]


@pytest.fixture
def boot_platform(boot_guest, tmp_path):
    """Boots a guest with a platform, which is written to a file."""
    def boot(platform, **options):
        file = platforms.write(tmp_path, platform)
        return boot_guest(machine=f"farside,scmi-platform={file}", **options)

    return boot


def bound(guest):
    """The drivers of the SCMI bus that have a device."""
    lines = guest.check("cd /sys/bus/scmi_protocol/drivers && "
                        "ls -d */scmi_dev.*").split()
    return {line.split("/")[0] for line in lines}


def counters(guest, instance=0):
    """{counter: count} of those that are not 0."""
    found = scmi.files(guest, RUNNING.format(instance) + "/counters/*")
    return {file.split("/")[-1]: int(count) for file, count in found.items()
            if int(count)}


def wait_until(condition, what):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"


def check_clocks(guest):
    """Linux shows each clock's rate, as the platform was told it or has it."""
    scmi.put(guest, "clock", "sd-ref", "rate", 12_300_000)
    shown = {name: int(files["clk_rate"])
             for name, files in scmi.clocks(guest).items()}
    assert shown == {"periph-apb": 24_000_000, "sd-ref": 12_300_000}


def check_commands(guest):
    """Linux's commands reach the clock, the power domain and the reset."""
    driver = "/sys/bus/amba/drivers/pl061_gpio"
    for action, runs in (("unbind", False), ("bind", True)):
        guest.write(f"{driver}/{action}", "b010000.gpio")
        wait_until(lambda runs=runs: scmi.get(guest, "power", "periph", "on")
                   is runs, f"power after {action}")
        assert scmi.get(guest, "clock", "periph-apb", "enabled") is runs
    assert scmi.get(guest, "reset", "periph", "asserted") is False


def check_sensors(guest):
    scmi.put(guest, "sensor", "soc-thermal", "value", -12_345)
    assert {label: value for label, (_, value)
            in scmi.hwmon_values(guest).items()} == \
        {"soc-thermal": -12_345, "vdd-core": 800}


def check_notification(guest, instance=0):
    """A limit that the platform sets arrives at cpufreq."""
    before = counters(guest, instance).get("notification_ok", 0)
    assert guest.read(f"{POLICY}/scaling_max_freq") == "1500000"
    scmi.put(guest, "perf", "little", "max-level", 1_000_000)
    wait_until(lambda: guest.read(f"{POLICY}/scaling_max_freq") == "1000000",
               "cpufreq to hear of its limit")
    assert counters(guest, instance)["notification_ok"] == before + 1
    scmi.put(guest, "perf", "little", "max-level", 1_500_000)
    wait_until(lambda: guest.read(f"{POLICY}/scaling_max_freq") == "1500000",
               "cpufreq to hear of its limit")


def check_counters(guest, transport):
    """No message was lost, late or unasked for."""
    found = counters(guest)
    sent = found.pop("sent_ok")
    kind = "response_polled_ok" if transport.polled else "response_ok"
    assert found.pop(kind) == sent > 0
    assert found.pop("notification_ok", 0) == 2 * transport.events
    # What asks for events where there are none is refused.
    assert (found.pop("err_protocol", 0) == 0) is transport.events
    assert found == {}


# -- one agent ---------------------------------------------------------------

@pytest.mark.parametrize("transport", on("lab", "6.12", "6.1"))
def test_transport(boot_platform, kernel, transport):
    guest = boot_platform(platforms.small(transport.config))
    assert guest.read("/proc/device-tree/firmware/scmi/compatible") \
        .rstrip("\0") == transport.compatible
    assert bound(guest) == DRIVERS[kernel.name] | \
        (EVENT_DRIVERS[kernel.name] if transport.events else set())
    check_clocks(guest)
    check_commands(guest)
    info, = guest.qmp("query-scmi")
    assert info["agents"][0]["events"] is transport.events
    if kernel.name != "lab":
        return
    assert guest.read(RUNNING.format(0) + "/type") == transport.compatible
    check_sensors(guest)
    # Sets the level when its limits change, and only then.
    guest.write(f"{POLICY}/scaling_governor", "performance")
    if transport.events:
        check_notification(guest)
    check_counters(guest, transport)


def firmware(version, **others):
    """What firmware reports: one version for all protocols but some."""
    numbers = {"base": 0x10, **platforms.PROTOCOLS}
    return {numbers[name]: others.get(name, version) for name in numbers}


# Old firmware throughout, and what Linux takes for that of SCMI 3.1.
OLDER = {
    "1.0": firmware(0x10000),
    "2.0": firmware(0x20000),
    "3.1": firmware(0x30000, base=0x20000, clock=0x20000, system=0x20000,
                    voltage=0x20000, powercap=0x10000, pinctrl=0x10000),
}


def reporting(versions):
    return [{"protocol": number, "version": version}
            for number, version in versions.items()]


def in_use(guest):
    """{protocol: version} of the first agent."""
    info, = guest.qmp("query-scmi")
    return {protocol["id"]: protocol["version"]
            for protocol in info["agents"][0]["protocols"]}


@pytest.mark.parametrize("versions", OLDER.values(), ids=OLDER)
@pytest.mark.parametrize("transport", on("lab", "6.1")[:1])
def test_older_firmware(boot_platform, kernel, transport, versions):
    """Linux makes do with what an older platform has."""
    guest = boot_platform(platforms.small(transport.config,
                                          versions=reporting(versions)))
    assert bound(guest) == DRIVERS[kernel.name]
    # Linux may negotiate down what is newer than itself, but nothing up.
    for number, version in in_use(guest).items():
        assert version <= versions[number]
    assert in_use(guest)[CLOCK] == versions[CLOCK]
    check_clocks(guest)
    check_commands(guest)
    if kernel.name == "lab":
        check_sensors(guest)


@pytest.mark.kernels("lab")
def test_newer_firmware(boot_platform):
    """Linux negotiates, each protocol, the newest version that it knows."""
    guest = boot_platform(platforms.small(
        versions=reporting(firmware(0x50000))))
    assert bound(guest) == DRIVERS["lab"]
    assert in_use(guest) == firmware(
        0x30001, base=0x20001, clock=0x30000, perf=0x40000, voltage=0x20001,
        powercap=0x20000, pinctrl=0x10000, system=0x20001)
    check_clocks(guest)
    check_commands(guest)
    check_sensors(guest)


# -- two agents --------------------------------------------------------------

MAILBOX = {"type": "mailbox"}
CAMERA = {"name": "camera", "clocks": ["sd-ref"], "sensors": ["vdd-core"]}
# Base: agents' permissions.
SET_DEVICE_PERMISSIONS = 0x9


def instance(guest, compatible):
    """The number that Linux gave to the transport of that type."""
    return [guest.read(RUNNING.format(i) + "/type")
            for i in (0, 1)].index(compatible)


def two_agents(**second):
    return platforms.small(devices=[CAMERA], agents=[
        {"name": "OSPM", "transport": MAILBOX, "trusted": True},
        {"name": "second", "transport": {"type": "smc"}} | second])


@pytest.mark.kernels("lab")
def test_two_agents(boot_platform):
    """Two instances of Linux's stack, each with a view of its own.

    Clocks and power domains are one's alone: Linux wants unique names.
    """
    guest = boot_platform(two_agents(
        **{"denied-protocols": [platforms.PROTOCOLS[name] for name in
                                ("voltage", "clock", "power")]}))
    first, second = instance(guest, "arm,scmi"), \
        instance(guest, "arm,scmi-smc")
    assert {first, second} == {0, 1}
    assert guest.read("/proc/device-tree/firmware/scmi-1/compatible") \
        .rstrip("\0") == "arm,scmi-smc"
    devices = guest.check("cd /sys/bus/scmi_protocol/drivers && "
                          "ls -d */scmi_dev.*").split()
    count = {driver: sum(line.startswith(driver + "/") for line in devices)
             for driver in ("scmi-clocks", "scmi-regulator", "scmi-reset")}
    assert count == {"scmi-clocks": 1, "scmi-regulator": 1, "scmi-reset": 2}
    check_commands(guest)
    check_notification(guest, first)
    found = counters(guest, second)
    assert found["response_polled_ok"] == found["sent_ok"] > 0


@pytest.mark.kernels("lab")
def test_denied_device(boot_platform):
    """Linux finds out what it may not use, and gets by without."""
    guest = boot_platform(platforms.small(devices=[CAMERA], agents=[
        {"name": "OSPM", "denied-devices": ["camera"],
         "denied-protocols": [platforms.PROTOCOLS["powercap"]]}]))
    assert bound(guest) == DRIVERS["lab"] - {"scmi-powercap"}
    raw = scmi.Raw(guest)
    assert raw.call(CLOCK, 0x6, 1) == (scmi.DENIED, b"")
    assert raw.call(SENSOR, 0x6, 1, 0) == (scmi.DENIED, b"")
    assert raw.call(CLOCK, 0x6, 0)[0] == scmi.SUCCESS
    assert scmi.get(guest, "clock", "sd-ref", "rate") == 100_000


@pytest.mark.kernels("lab")
def test_trusted_agent_changes_permissions(boot_platform):
    """Only a trusted agent may, and the other one feels it."""
    guest = boot_platform(two_agents())
    first, second = (scmi.Raw(guest, instance(guest, compatible))
                     for compatible in ("arm,scmi", "arm,scmi-smc"))

    def permit(raw, flags):
        return raw.call(scmi.BASE, SET_DEVICE_PERMISSIONS, 2, 0, flags)

    assert second.call(CLOCK, 0x6, 1)[0] == scmi.SUCCESS
    assert permit(second, 0) == (scmi.DENIED, b"")
    assert permit(first, 0) == (scmi.SUCCESS, b"")
    assert second.call(CLOCK, 0x6, 1) == (scmi.DENIED, b"")
    assert first.call(CLOCK, 0x6, 1)[0] == scmi.SUCCESS
    assert permit(first, 1) == (scmi.SUCCESS, b"")
    assert second.call(CLOCK, 0x6, 1)[0] == scmi.SUCCESS


# -- migration ---------------------------------------------------------------

# Asks for a clock's rate for ever; the file grows with each right answer.
LOAD = """
( while read -r rate < /sys/kernel/debug/clk/sd-ref/clk_rate &&
        [ $rate = 12300000 ]; do
    echo >> /tmp/reads
done
echo "stopped at $rate" > /tmp/stopped ) > /dev/null 2>&1 &
"""


def reads(guest):
    return int(guest.check("cat /tmp/reads 2> /dev/null | wc -l"))


def wait_for_reads(guest):
    before = reads(guest)
    wait_until(lambda: reads(guest) > before + 5, "the load")


@pytest.mark.parametrize("name", ["mhu", "mhuv2", "mhuv3", "virtio",
                                  "virtio-mmio"])
@pytest.mark.kernels("lab")
def test_migration_while_events_flow(boot_platform, boot_guest, tmp_path,
                                     name):
    platform = platforms.small(TRANSPORTS[name].config)
    source = boot_platform(platform)
    scmi.put(source, "clock", "sd-ref", "rate", 12_300_000)
    source.check(LOAD)
    wait_for_reads(source)
    # The last of these are on their way while it stops.
    for level in 20 * [1_000_000, 1_500_000] + [1_000_000]:
        scmi.put(source, "perf", "little", "max-level", level)
    state = tmp_path / "state"
    migrate_to(source, state)
    source.close()

    file = tmp_path / "platform.json"
    target = boot_guest(machine=f"farside,scmi-platform={file}",
                        wait_ready=False, args=["-incoming", "defer"])
    migrate_from(target, state)
    wait_until(lambda: target.read(f"{POLICY}/scaling_max_freq") == "1000000",
               "the last event")
    wait_for_reads(target)
    scmi.put(target, "perf", "little", "max-level", 1_500_000)
    wait_until(lambda: target.read(f"{POLICY}/scaling_max_freq") == "1500000",
               "an event after migration")
    assert not target.exists("/tmp/stopped")
    info, = target.qmp("query-scmi")
    assert info["agents"][0]["dropped-events"] == 0


@pytest.mark.kernels("lab")
def test_server_example(boot_guest):
    """docs/platforms/server.json boots, with all that it lists."""
    file = ROOT / "docs/platforms/server.json"
    guest = boot_guest(machine=f"farside,scmi-platform={file}")
    assert DRIVERS["lab"] - {"scmi-cpufreq", "scmi-pinctrl",
                             "scmi-regulator"} <= bound(guest)
    # Linux has no fans of SCMI's.
    sensors = json.loads(file.read_text())["sensors"]
    assert set(scmi.hwmon_values(guest)) == {
        sensor["name"] for sensor in sensors if sensor["type"] != "rpm"}
