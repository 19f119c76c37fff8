# SPDX-License-Identifier: GPL-2.0-or-later
"""The same platform behind every transport: Linux cannot tell."""

import json
import struct

import pytest

import drivers
import imx_pads
import matrix
import platforms
import scmi
from frontdoor.layout import ROOT
from matrix import CLOCK, SENSOR, TRANSPORTS
from scmi import wait_until
from snapshots import migrate_from, migrate_to

RUNNING = "/sys/kernel/debug/scmi/{}/transport"
POLICY = drivers.POLICY


def on(*kernels):
    return [pytest.param(transport, id=name,
                         marks=pytest.mark.kernels(*transport.kernels))
            for name, transport in TRANSPORTS.items()
            if set(kernels) & set(transport.kernels)]


# The first free SPI, and a PPI that the machine has no use for: edges.
SPI, PPI = (struct.pack(">3I", kind, number, 1) for kind, number
            in ((0, 184), (1, 5)))


@pytest.fixture
def boot_platform(boot_guest, tmp_path):
    """Boots a guest with a platform, which is written to a file."""
    def boot(platform, **options):
        file = platforms.write(tmp_path, platform)
        return boot_guest(machine=f"farside,scmi-platform={file}", **options)

    return boot


def check_bound(guest, kernel, transport, nxp=False):
    """Linux's drivers are bound, or why they cannot be is known."""
    expected = matrix.expected(kernel.name, transport, nxp)
    others = {name for name, driver in matrix.DRIVERS.items()
              if driver.nxp is not nxp}
    # Modules are probed when their turn has come.
    wait_until(lambda: expected <= drivers.bound(guest),
               f"{expected} to be bound")
    assert drivers.bound(guest) - others == expected
    assert drivers.registered(guest) == {
        name for name, driver in matrix.DRIVERS.items()
        if driver.part.state(kernel.name) == matrix.YES}
    return {name for name in expected if matrix.DRIVERS[name].state(
        kernel.name, transport) == matrix.YES}


def counters(guest, instance=0):
    """{counter: count} of those that are not 0."""
    found = scmi.files(guest, RUNNING.format(instance) + "/counters/*")
    return {file.split("/")[-1]: int(count) for file, count in found.items()
            if int(count)}


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
    wait_until(lambda: "xfers_inflight" not in counters(guest),
               "the last reply")
    found = counters(guest)
    sent = found.pop("sent_ok")
    kind = "response_polled_ok" if transport.polled else "response_ok"
    assert found.pop(kind) == sent > 0
    assert (found.pop("notification_ok", 0) >= 2) is transport.events
    assert (found.pop("delayed_response_ok", 0) > 0) is transport.events
    # What asks for events where there are none is refused.
    assert (found.pop("err_protocol", 0) == 0) is transport.events
    assert found == {}


# -- one agent ---------------------------------------------------------------

# Linux has a protocol's consumers wait for the device that it makes of the
# protocol's own mailboxes, and which no driver is for, until this is over: 10
# seconds. Who has modules may need them.
CHANNELS_WAIT = ("", "deferred_probe_timeout=1")


def patience(kernel, transport):
    """Linux 6.1 waits 30 ms for a doorbell's reply: not those of a busy host."""
    if kernel.name == "6.1" and transport.config["type"] == "mailbox":
        return ["-icount", "shift=auto"]
    return []


@pytest.mark.parametrize("transport", on("lab", "6.12", "6.1"))
def test_transport(boot_platform, kernel, transport):
    """Each driver that the kernel has is bound, and does what it is for."""
    guest = boot_platform(drivers.platform(transport.config),
                          append=CHANNELS_WAIT[kernel.name == "lab"],
                          args=patience(kernel, transport))
    assert guest.read("/proc/device-tree/firmware/scmi/compatible") \
        .rstrip("\0") == transport.compatible
    drivers.exercise(guest, check_bound(guest, kernel, transport))
    info, = guest.qmp("query-scmi")
    assert info["agents"][0]["events"] is transport.events
    if kernel.name != "lab":
        return
    assert guest.read(RUNNING.format(0) + "/type") == transport.compatible
    if transport.events:
        check_notification(guest)
    check_counters(guest, transport)


@pytest.mark.parametrize("kind", {kind: None for name in matrix.KERNELS
                                  for kind in matrix.kinds(name)})
@pytest.mark.kernels("lab", "6.12")
def test_nxp_drivers(boot_platform, kernel, kind):
    name = matrix.kinds(kernel.name).get(kind)
    if not name:
        return  # test_transport's parameters say so
    transport = TRANSPORTS[name]
    guest = boot_platform(drivers.imx(transport.config), dts=imx_pads.DTS)
    drivers.exercise(guest, check_bound(guest, kernel, transport, nxp=True))


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
    found = check_bound(guest, kernel, transport)
    # Linux may negotiate down what is newer than itself, but nothing up.
    for number, version in in_use(guest).items():
        assert version <= versions[number]
    assert in_use(guest)[CLOCK] == versions[CLOCK]
    drivers.exercise(guest, found & {"scmi-clocks", "scmi-power-domain",
                                     "scmi-reset", "scmi-hwmon"})


@pytest.mark.kernels("lab")
def test_limits(boot_platform):
    """What a platform says of them is what Linux goes by."""
    limits = {"max-rx-timeout-ms": 77_000, "max-msg": 3, "max-msg-size": 96}
    guest = boot_platform(platforms.small({"type": "mailbox"} | limits))
    for file, limit in zip(("max_rx_timeout_ms", "tx_max_msg",
                            "max_msg_size"), limits.values()):
        assert guest.read(RUNNING.format(0) + f"/{file}") == str(limit)
    drivers.check_clocks(guest)


@pytest.mark.parametrize("mhu", ["v2", "v3"])
@pytest.mark.kernels("lab")
def test_interrupt_of_the_sender(boot_platform, mhu):
    """Linux hears that each ring was taken, which no platform file offers.

    It logs an error each time, as its SCMI acknowledges by itself.
    """
    guest = boot_platform(platforms.small({"type": "mailbox", "mhu": mhu}),
                          args=["-global", f"arm-mhu{mhu}.ack-irq=on"])
    name = {"v2": "mhuv2-tx", "v3": "mhuv3-pbx"}[mhu]
    assert int(guest.check(f"grep {name} /proc/interrupts").split()[1]) > 50
    drivers.check_clocks(guest)
    drivers.check_gpio(guest)


@pytest.mark.kernels("lab")
def test_system_power_without_events(boot_guest):
    """It is offered, but not to the driver that could only fail."""
    guest = boot_guest()
    assert guest.read("/proc/device-tree/firmware/scmi/protocol@12/status") \
        .rstrip("\0") == "disabled"
    assert "scmi-system-power" not in guest.check("dmesg")
    assert scmi.Raw(guest).call(platforms.PROTOCOLS["system"], scmi.VERSION) \
        == (scmi.SUCCESS, scmi.words(0x20001))


def packed(dtb):
    """QEMU makes it twice as large, which of its own MiB is too much."""
    words = list(struct.unpack_from(">10I", dtb))
    words[1] = words[3] + words[8]  # its size: to the end of the strings
    return struct.pack(">10I", *words) + dtb[40:words[1]]


@pytest.mark.kernels("lab")
def test_linux_takes_no_ppi(boot_guest, run_qemu, tmp_path):
    """Why the completion interrupt is an SPI: smc.c calls request_irq()."""
    file = platforms.write(tmp_path, platforms.small(
        TRANSPORTS["smc-interrupt"].config))
    machine = f"farside,scmi-platform={file}"
    dtb = tmp_path / "dtb"
    for kind, fails in ((SPI, False), (PPI, True)):
        run_qemu("-M", f"{machine},dumpdtb={dtb}", "-smp", "2",
                 "-serial", "null", "-serial", "null")
        tree = packed(dtb.read_bytes())
        assert tree.count(SPI) == 1
        dtb.write_bytes(tree.replace(SPI, kind))
        guest = boot_guest(machine=machine, args=["-dtb", str(dtb)])
        assert ("failed to setup SCMI smc irq" in guest.check("dmesg")) \
            is fails
        assert guest.exists("/sys/bus/scmi_protocol/devices/scmi_dev.*") \
            is not fails


@pytest.mark.kernels("lab")
def test_newer_firmware(boot_platform, kernel):
    """Linux negotiates, each protocol, the newest version that it knows."""
    transport = TRANSPORTS["smc"]
    guest = boot_platform(platforms.small(
        transport.config, versions=reporting(firmware(0x50000))))
    found = check_bound(guest, kernel, transport)
    # The driver of system power does not even ask where there are no events.
    assert in_use(guest) == firmware(
        0x30001, base=0x20001, clock=0x30000, perf=0x40000, voltage=0x20001,
        powercap=0x20000, pinctrl=0x10000, system=0x50000)
    drivers.exercise(guest, found & {"scmi-clocks", "scmi-power-domain",
                                     "scmi-reset", "scmi-hwmon"})


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
    drivers.check_gpio(guest)
    check_notification(guest, first)
    found = counters(guest, second)
    assert found["response_polled_ok"] == found["sent_ok"] > 0


@pytest.mark.kernels("lab")
def test_denied_device(boot_platform):
    """Linux finds out what it may not use, and gets by without."""
    guest = boot_platform(platforms.small(devices=[CAMERA], agents=[
        {"name": "OSPM", "denied-devices": ["camera"],
         "denied-protocols": [platforms.PROTOCOLS["powercap"]]}]))
    assert drivers.bound(guest) == matrix.expected(
        "lab", TRANSPORTS["smc"]) - {"scmi-powercap"}
    assert "not implemented" not in guest.check("dmesg")
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
    # The last of these are on their way while it stops. The platform keeps 32
    # for an agent that is slow.
    for level in 14 * [1_000_000, 1_500_000] + [1_000_000]:
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
    assert matrix.expected("lab", TRANSPORTS["smc"]) - {
        "scmi-cpufreq", "scmi-pinctrl", "scmi-regulator"} <= \
        drivers.bound(guest)
    # Linux has no fans of SCMI's.
    sensors = json.loads(file.read_text())["sensors"]
    assert set(scmi.hwmon_values(guest)) == {
        sensor["name"] for sensor in sensors if sensor["type"] != "rpm"}
