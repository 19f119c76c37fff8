# SPDX-License-Identifier: GPL-2.0-or-later
"""virtio-scmi as a device of the user's: on virt, and on the machine."""

import shlex
import subprocess

import pytest

import platforms
import scmi
from drivers import bound
from frontdoor.layout import ROOT
from matrix import TRANSPORTS
from scmi import wait_until
from snapshots import migrate_from, migrate_to
from test_scmi_transports import POLICY, RUNNING, counters, instance

pytestmark = pytest.mark.kernels("lab")

COMPATIBLE = "arm,scmi-virtio"
# Performance: subscribe to the limits of a domain.
LIMITS_NOTIFY = 0x9

# -- plain virt --------------------------------------------------------------

# As docs/scmi-platform.rst has them, which test_documented() sees to.
VIRT = "-M virt -cpu cortex-a76 -smp 2 -nic none"
DUMP = "-M virt,dumpdtb=virt.dtb -cpu cortex-a76 -smp 2 -nic none"
JOIN = ("(dtc -q -I dtb virt.dtb; cat docs/platforms/virt.dtsi) | "
        "dtc -q -O dtb -o scmi.dtb")
DEVICES = {
    "pci": "-device virtio-scmi-pci",
    "mmio": "-device virtio-scmi-device "
            "-global virtio-mmio.force-legacy=off",
}
# Where the platform of an unnamed one on PCI is.
PCI_PLATFORM = "/machine/peripheral-anon/device[0]/virtio-backend/scmi-fw"
# Other layouts of the queues, and a platform from a file.
MORE_DEVICES = {
    "packed": "-device virtio-scmi-pci,packed=on,in_order=on",
    "split": "-device virtio-scmi-pci,event_idx=off,indirect_desc=off",
    "config": "-device virtio-scmi-pci,config=platform.json",
}

BUILT_IN_DRIVERS = {"scmi-clocks", "scmi-cpufreq", "scmi-hwmon",
                    "scmi-perf-domain", "scmi-pinctrl", "scmi-power-domain",
                    "scmi-powercap", "scmi-regulator", "scmi-reset",
                    "scmi-system-power"}


def test_documented():
    text = (ROOT / "docs/scmi-platform.rst").read_text()
    shown = " ".join(text.replace("\\\n", " ").split())
    for words in (VIRT + " -dtb scmi.dtb", DUMP, JOIN, *DEVICES.values(),
                  f"qom-set {PCI_PLATFORM}/perf/little max-level"):
        assert " ".join(words.split()) in shown


@pytest.fixture
def tree(run_qemu, tmp_path):
    """The user's device tree.

    A machine has its second serial port, the agent's, if somebody uses it.
    """
    serial = ["-serial", "null", "-serial", "null"]
    done = run_qemu(*shlex.split(DUMP), *serial, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    subprocess.run(JOIN.replace("docs/", f"{ROOT}/docs/"), shell=True,
                   check=True, cwd=tmp_path)
    return tmp_path / "scmi.dtb"


@pytest.fixture
def boot_virt(boot_guest, tree, tmp_path):
    """Boots a guest on plain virt, with a device."""
    def boot(device, args=(), **options):
        file = platforms.write(tmp_path, platforms.small())
        words = shlex.split(device.replace("platform.json", str(file)))
        return boot_guest(machine="virt", args=[
            *shlex.split(VIRT)[2:], "-dtb", str(tree), *words, *args],
            **options)

    return boot


def check_events(guest, path, most, fewer):
    """What the platform lets a domain run at arrives at cpufreq."""
    # Sets the level when it hears of a limit, so never above it.
    guest.write(f"{POLICY}/scaling_governor", "performance")
    heard = counters(guest).get("notification_ok", 0)
    for limit in (fewer, most):
        guest.qom_set(f"{path}/perf/little", "max-level", limit)
        wait_until(lambda limit=limit: guest.read(
            f"{POLICY}/scaling_max_freq") == str(limit), "cpufreq")
    assert counters(guest)["notification_ok"] == heard + 2


def check_sensor(guest, path):
    guest.qom_set(f"{path}/sensor/soc-thermal", "value", 12_345)
    assert scmi.hwmon_values(guest)["soc-thermal"][1] == 12_345


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_on_virt(boot_virt, device):
    """Linux's drivers bind, and hear of what changes."""
    guest = boot_virt(device)
    info, = guest.qmp("query-scmi")
    assert info["agents"][0]["events"] is True
    assert bound(guest) == BUILT_IN_DRIVERS
    assert guest.read(RUNNING.format(0) + "/type") == COMPATIBLE
    check_sensor(guest, info["path"])
    check_events(guest, info["path"], 1_400_000, 600_000)
    wait_until(lambda: "xfers_inflight" not in counters(guest), "silence")
    found = counters(guest)
    assert found.pop("response_ok") == found.pop("sent_ok") > 0
    assert found.pop("notification_ok") == 2
    # One sensor is read asynchronously.
    assert found.pop("delayed_response_ok") > 0
    assert found == {}


@pytest.mark.parametrize("device", MORE_DEVICES.values(), ids=MORE_DEVICES)
def test_device_options(boot_virt, device):
    guest = boot_virt(device)
    info, = guest.qmp("query-scmi")
    check_sensor(guest, info["path"])
    if "config" in device:
        assert info["sub-vendor"] == "small"
    else:
        check_events(guest, info["path"], 1_400_000, 600_000)


def channels(guest):
    """{name: (whether for events, state)} of the first agent."""
    agent = guest.qmp("query-scmi")[0]["agents"][0]
    return {channel["name"]: (channel["events"], channel["state"])
            for channel in agent["channels"]}


def test_driver_starts_anew(boot_virt):
    """A second driver finds the device as the first one did."""
    guest = boot_virt(DEVICES["pci"])
    path = guest.qmp("query-scmi")[0]["path"]
    assert path == PCI_PLATFORM
    check_sensor(guest, path)
    driver = "/sys/bus/virtio/drivers/scmi-virtio"
    transport = "/sys/bus/platform/drivers/scmi_virtio_transport"
    device = guest.check(f"cd {driver} && ls -d virtio*").strip()
    guest.write(f"{transport}/unbind", "firmware:scmi")
    assert channels(guest) == {"virtqueue-0": (False, "free"),
                               "virtqueue-1": (True, "free")}
    guest.write(f"{driver}/unbind", device)
    assert guest.qmp("query-scmi")[0]["agents"][0]["events"] is False
    assert channels(guest) == {"virtqueue-0": (False, "closed"),
                               "virtqueue-1": (True, "closed")}
    # Nobody listens: nothing is kept for the next one.
    guest.qom_set(f"{path}/perf/little", "max-level", 600_000)
    guest.write(f"{driver}/bind", device)
    guest.write(f"{transport}/bind", "firmware:scmi")
    agent = guest.qmp("query-scmi")[0]["agents"][0]
    assert agent["events"] is True
    assert (agent["queued-events"], agent["dropped-events"]) == (0, 0)
    check_sensor(guest, path)


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_migration_on_virt(boot_virt, device, tmp_path):
    """The platform goes along with the device whose it is."""
    source = boot_virt(device)
    path = source.qmp("query-scmi")[0]["path"]
    check_events(source, path, 1_400_000, 600_000)
    source.qom_set(f"{path}/sensor/soc-thermal", "value", 23_456)
    state = tmp_path / "state"
    migrate_to(source, state)
    source.close()

    target = boot_virt(device, wait_ready=False, args=["-incoming", "defer"])
    migrate_from(target, state)
    assert scmi.hwmon_values(target)["soc-thermal"][1] == 23_456
    check_events(target, path, 1_400_000, 600_000)


def test_legacy_transport(run_qemu):
    """Refused, with what to do about it."""
    done = run_qemu("-M", "virt", "-nodefaults", "-device",
                    "virtio-scmi-device")
    assert done.returncode == 1
    assert "virtio-scmi: the transport is a legacy one" in done.stderr
    assert "-global virtio-mmio.force-legacy=off" in done.stderr


# -- the farside machine -----------------------------------------------------

SECOND = platforms.small(
    **{"sub-vendor": "second", "clocks": [{"name": "second-clock",
                                           "rates": [5_000_000]}],
       "power-domains": [{"name": "second-power"}],
       "sensors": [{"name": "second-sensor", "type": "temperature",
                    "scale": -3, "value": 30_000, "trip-points": 1}]})


@pytest.mark.parametrize("device", ["virtio-scmi-pci", "virtio-scmi-device"])
def test_second_platform(boot_guest, tmp_path, device):
    """The machine's platform and that of a device, in one guest."""
    file = platforms.write(tmp_path, SECOND)
    guest = boot_guest(args=["-device", f"{device},config={file}"])
    assert [guest.read(f"/proc/device-tree/firmware/{node}/compatible")
            .rstrip("\0") for node in ("scmi", "scmi-1")] == \
        ["arm,scmi-smc", COMPATIBLE]
    paths = {info["sub-vendor"]: info["path"]
             for info in guest.qmp("query-scmi")}
    assert set(paths) == {"reference", "second"}
    first, second = (instance(guest, type_)
                     for type_ in ("arm,scmi-smc", COMPATIBLE))
    devices = guest.check("cd /sys/bus/scmi_protocol/drivers && "
                          "ls -d */scmi_dev.*").split()
    for driver in ("scmi-clocks", "scmi-hwmon", "scmi-power-domain",
                   "scmi-reset", "scmi-regulator", "scmi-powercap"):
        assert sum(line.startswith(driver + "/") for line in devices) == 2, \
            driver
    assert guest.read("/sys/kernel/debug/clk/second-clock/clk_rate") == \
        "5000000"
    assert "osc-24m" in scmi.clocks(guest)
    labels = {label: file for file, label in
              scmi.files(guest, "/sys/class/hwmon/*/*_label").items()}
    for name, sensor in (("reference", "soc-thermal"),
                         ("second", "second-sensor")):
        guest.qom_set(f"{paths[name]}/sensor/{sensor}", "value", 12_345)
        assert guest.read(labels[sensor].replace("_label", "_input")) == \
            "12345"
    for number in (first, second):
        found = counters(guest, number)
        assert found["sent_ok"] == found.get("response_ok", 0) + \
            found.get("response_polled_ok", 0) > 0
    # Only virtio has a channel for this.
    guest.qom_set(f"{paths['second']}/system", "request", "shutdown")
    wait_until(lambda: not guest.alive(), "the guest to go down")


@pytest.mark.parametrize("name", ["virtio", "virtio-mmio"])
def test_agent_of_the_machine(boot_guest, tmp_path, name):
    """Two agents of one platform, the second one by virtio."""
    platform = platforms.small(agents=[
        {"name": "OSPM", "transport": {"type": "smc"}},
        {"name": "second", "transport": TRANSPORTS[name].config,
         "denied-protocols": [platforms.PROTOCOLS[name] for name in
                              ("voltage", "clock", "power")]}])
    file = platforms.write(tmp_path, platform)
    guest = boot_guest(machine=f"farside,scmi-platform={file}")
    assert {guest.read(RUNNING.format(i) + "/type") for i in (0, 1)} == \
        {"arm,scmi-smc", COMPATIBLE}
    info, = guest.qmp("query-scmi")
    assert [agent["events"] for agent in info["agents"]] == [False, True]
    # Subscribed, it hears of what the first agent cannot hear of.
    number = instance(guest, COMPATIBLE)
    raw = scmi.Raw(guest, number)
    assert raw.call(scmi.PERF, LIMITS_NOTIFY, 0, 1) == (scmi.SUCCESS, b"")
    heard = counters(guest, number).get("notification_ok", 0)
    guest.qom_set(scmi.path("perf", "little"), "max-level", 1_000_000)
    wait_until(lambda: counters(guest, number).get("notification_ok", 0) ==
               heard + 1, "the notification")


@pytest.mark.parametrize("device", ["virtio-scmi-pci", "virtio-scmi-device"])
def test_only_platform(boot_guest, device):
    """Without one of the machine's, it is the built-in one."""
    guest = boot_guest(machine="farside,scmi=off", args=["-device", device])
    assert guest.read("/proc/device-tree/firmware/scmi/compatible") \
        .rstrip("\0") == COMPATIBLE
    info, = guest.qmp("query-scmi")
    assert info["sub-vendor"] == "reference"
    assert BUILT_IN_DRIVERS - {"scmi-cpufreq"} <= bound(guest)
    check_sensor(guest, info["path"])


def test_no_agent_left(run_qemu):
    done = run_qemu("-M", "farside", "-nodefaults", "-device",
                    "virtio-scmi-pci")
    assert done.returncode == 1
    assert "every agent of the platform has a transport" in done.stderr
    assert "config=FILE.json" in done.stderr


def test_one_device(run_qemu):
    """Linux knows one, wherever its platform comes from."""
    done = run_qemu("-M", "farside,scmi=off", "-nodefaults", "-device",
                    "virtio-scmi-device", "-device", "virtio-scmi-pci")
    assert done.returncode == 1
    assert "there is one virtio-scmi device at most" in done.stderr


def test_no_such_agent(run_qemu):
    done = run_qemu("-M", "virt", "-nodefaults", "-device",
                    "virtio-scmi-pci,agent=2")
    assert done.returncode == 1
    assert "the platform has no agent 2" in done.stderr


def test_own_platform_is_wrong(run_qemu, tmp_path):
    file = platforms.write(tmp_path, {"vendor": "x"})
    done = run_qemu("-M", "virt", "-nodefaults", "-device",
                    f"virtio-scmi-pci,config={file}")
    assert done.returncode == 1
    assert f"SCMI platform '{file}': " in done.stderr
    assert "Parameter 'sub-vendor' is missing" in done.stderr
