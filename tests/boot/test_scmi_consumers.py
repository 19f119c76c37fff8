# SPDX-License-Identifier: GPL-2.0-or-later
"""What Linux's drivers make of SCMI for user space, both ways against QOM.

On a transport without events (the built-in platform, over SMC) and on one
with them (docs/platforms/phone.json, over a mailbox). Each test leaves the
guest as it found it.
"""

import json
import struct

import pytest

import scmi
from frontdoor.layout import ROOT

# Other kernels have none of these drivers: see test_scmi.py.
pytestmark = pytest.mark.kernels("lab")

PHONE = ROOT / "docs/platforms/phone.json"
CPUFREQ = "/sys/devices/system/cpu/cpufreq"
CPUS = 4


@pytest.fixture(scope="module")
def phone(new_guest):
    with new_guest("phone", machine=f"farside,scmi-platform={PHONE}",
                   cpus=CPUS) as guest:
        yield guest


@pytest.fixture(scope="module")
def built_in(new_guest):
    with new_guest("consumers", cpus=CPUS) as guest:
        yield guest


@pytest.fixture(scope="module")
def config():
    return json.loads(PHONE.read_text())


def lines(guest, pattern):
    """{file's last two names: first line}."""
    return {"/".join(file.split("/")[-2:]): line
            for file, line in scmi.files(guest, pattern).items()}


def test_phone_binds_every_driver(phone):
    """Each device that the core made for a driver has it."""
    # The core makes some of its own, for its channels.
    unbound = phone.check(
        "cd /sys/bus/scmi_protocol/devices; for d in *; do "
        "[ -e $d/driver ] || cat $d/name; done").split()
    assert [name for name in unbound
            if not name.startswith("__scmi_transport_device")] == []
    assert phone.read("/sys/kernel/debug/scmi/0/transport/type") == "arm,scmi"


def test_phone_is_served_by_interrupts(phone):
    def settled():
        counters = scmi.counters(phone)
        return counters["sent_ok"] == counters["response_ok"] > 0

    # The thermal zone sends commands while the counters are read.
    scmi.wait_until(settled, "an answer to each command")
    assert set(scmi.counters(phone)) <= {"sent_ok", "response_ok", "notification_ok",
                             "delayed_response_ok"}


# -- performance -------------------------------------------------------------

# policy of the first and of the last two CPUs: performance domain
POLICIES = {"policy0": "little", "policy2": "big"}

by_policy = pytest.mark.parametrize("policy, domain", POLICIES.items(),
                                    ids=POLICIES.values())


@pytest.fixture(params=["built_in", "phone"])
def cpus(request):
    """A guest, whose governors are put back."""
    guest = request.getfixturevalue(request.param)
    yield guest
    for policy in POLICIES:
        guest.write(f"{CPUFREQ}/{policy}/scaling_governor", "schedutil")


def level(guest, domain):
    return scmi.get(guest, "perf", domain, "level")


def frequencies(guest, policy):
    found = guest.read(f"{CPUFREQ}/{policy}/scaling_available_frequencies")
    return [int(frequency) for frequency in found.split()]


def test_policies(cpus):
    found = lines(cpus, f"{CPUFREQ}/policy*/affected_cpus "
                        f"{CPUFREQ}/policy*/scaling_driver")
    assert found == {"policy0/affected_cpus": "0 1",
                     "policy2/affected_cpus": "2 3",
                     "policy0/scaling_driver": "scmi",
                     "policy2/scaling_driver": "scmi"}


@by_policy
def test_frequencies_are_the_levels(phone, config, policy, domain):
    levels = next(item["levels"] for item in config["perf-domains"]
                  if item["name"] == domain)
    assert frequencies(phone, policy) == [item["level"] for item in levels]
    slowest = max(item["latency"] for item in levels)
    assert phone.read(f"{CPUFREQ}/{policy}/cpuinfo_transition_latency") == \
        str(slowest * 1000)


def test_levels_above_the_sustained_one_are_boost(built_in):
    found = lines(built_in, f"{CPUFREQ}/policy*/scaling_boost_frequencies "
                            f"{CPUFREQ}/policy*/cpuinfo_max_freq")
    assert {name: line.strip() for name, line in found.items()} == {
        "policy2/scaling_boost_frequencies": "2400000",
        "policy2/cpuinfo_max_freq": "2000000",
        "policy0/cpuinfo_max_freq": "1400000"}


@by_policy
def test_userspace_governor_sets_the_level(cpus, policy, domain):
    directory = f"{CPUFREQ}/{policy}"
    cpus.write(f"{directory}/scaling_governor", "userspace")
    for frequency in frequencies(cpus, policy):
        cpus.write(f"{directory}/scaling_setspeed", frequency)
        assert level(cpus, domain) == frequency
        assert cpus.read(f"{directory}/cpuinfo_cur_freq") == str(frequency)


@by_policy
@pytest.mark.parametrize("governor, place", [("powersave", 0),
                                             ("performance", -1)])
def test_governors_of_the_ends(cpus, policy, domain, governor, place):
    cpus.write(f"{CPUFREQ}/{policy}/scaling_governor", governor)
    assert level(cpus, domain) == frequencies(cpus, policy)[place]


@by_policy
def test_level_set_by_the_host_is_read_by_linux(cpus, policy, domain):
    cpus.write(f"{CPUFREQ}/{policy}/scaling_governor", "userspace")
    lowest = frequencies(cpus, policy)[0]
    scmi.put(cpus, "perf", domain, "level", lowest)
    assert cpus.read(f"{CPUFREQ}/{policy}/cpuinfo_cur_freq") == str(lowest)


def test_fast_channels_need_no_messages(cpus):
    """Both kinds, plain and with a doorbell: nothing is sent meanwhile."""
    zone = scmi_zone(cpus)
    cpus.write(f"{zone}/mode", "disabled")  # it reads a sensor now and then
    try:
        for policy in POLICIES:
            cpus.write(f"{CPUFREQ}/{policy}/scaling_governor", "userspace")
        before = scmi.counters(cpus)
        for policy, domain in POLICIES.items():
            for frequency in frequencies(cpus, policy)[:2]:
                cpus.write(f"{CPUFREQ}/{policy}/scaling_setspeed", frequency)
                assert level(cpus, domain) == frequency
        assert scmi.counters(cpus) == before
    finally:
        cpus.write(f"{zone}/mode", "enabled")


@by_policy
def test_platform_holds_to_limits_that_linux_does_not_hear_of(
        built_in, policy, domain):
    """Without events; cpufreq says so when it starts."""
    directory = f"{CPUFREQ}/{policy}"
    highest = scmi.get(built_in, "perf", domain, "max-level")
    limit = frequencies(built_in, policy)[1]
    built_in.write(f"{directory}/scaling_governor", "performance")
    try:
        scmi.put(built_in, "perf", domain, "max-level", limit)
        assert level(built_in, domain) == limit
        assert int(built_in.read(f"{directory}/scaling_max_freq")) > limit
        assert built_in.read(f"{directory}/cpuinfo_cur_freq") == str(limit)
    finally:
        scmi.put(built_in, "perf", domain, "max-level", highest)
        built_in.write(f"{directory}/scaling_governor", "schedutil")


@by_policy
@pytest.mark.parametrize("place", [2, 0])
def test_limits_of_the_host_become_limits_of_the_policy(phone, policy, domain,
                                                        place):
    highest = scmi.get(phone, "perf", domain, "max-level")
    wanted = frequencies(phone, policy)[place]
    events = scmi.counters(phone).get("notification_ok", 0)
    file = f"{CPUFREQ}/{policy}/scaling_max_freq"
    for limit in (wanted, highest):
        scmi.put(phone, "perf", domain, "max-level", limit)
        events += 1
        scmi.wait_until(lambda: phone.read(file) == str(limit),
                        "the policy to follow")
        assert scmi.counters(phone)["notification_ok"] == events
        assert level(phone, domain) <= limit


def test_performance_domains_are_power_domains(phone):
    found = lines(phone, "/sys/kernel/debug/pm_genpd/*/current_state")
    for name in scmi.names(phone, "perf"):
        number = scmi.get(phone, "perf", name, "id")
        assert found[f"{name}_{number}/current_state"] == "on"


# -- power caps --------------------------------------------------------------

POWERCAP = "/sys/class/powercap"
ZONES = {"arm-scmi:0": "package", "arm-scmi:0:0": "cpus"}
# file of a zone: property
CAPPED = {"constraint_0_power_limit_uw": "cap",
          "constraint_0_time_window_us": "pai", "power_uw": "power"}

by_zone = pytest.mark.parametrize("zone, domain", ZONES.items(),
                                  ids=ZONES.values())


@pytest.fixture
def caps(built_in):
    before = {(domain, prop): scmi.get(built_in, "powercap", domain, prop)
              for domain in ZONES.values() for prop in CAPPED.values()}
    yield built_in
    for (domain, prop), value in before.items():
        scmi.put(built_in, "powercap", domain, prop, value)


@by_zone
def test_power_caps_are_the_zones(caps, zone, domain):
    directory = f"{POWERCAP}/{zone}"
    assert caps.read(f"{directory}/name") == domain
    assert {prop: int(caps.read(f"{directory}/{file}"))
            for file, prop in CAPPED.items()} == \
        {prop: scmi.get(caps, "powercap", domain, prop)
         for prop in CAPPED.values()}


@by_zone
@pytest.mark.parametrize("file, value", [
    ("constraint_0_power_limit_uw", 5_000_000),
    ("constraint_0_time_window_us", 42_000), ("power_uw", 7_654_321)])
def test_power_caps_set_by_the_host(caps, zone, domain, file, value):
    scmi.put(caps, "powercap", domain, CAPPED[file], value)
    assert caps.read(f"{POWERCAP}/{zone}/{file}") == str(value)


@by_zone
@pytest.mark.parametrize("file, asked, becomes", [
    ("constraint_0_power_limit_uw", 3_000_000, 3_000_000),
    ("constraint_0_power_limit_uw", 3_000_001, 3_000_000),
    ("constraint_0_time_window_us", 99_000, 99_000)])
def test_power_caps_set_by_linux(caps, zone, domain, file, asked, becomes):
    """Linux rounds to what the domain's description allows."""
    caps.write(f"{POWERCAP}/{zone}/{file}", asked)
    assert scmi.get(caps, "powercap", domain, CAPPED[file]) == becomes
    assert caps.read(f"{POWERCAP}/{zone}/{file}") == str(becomes)


@by_zone
def test_disabling_a_zone_lifts_its_cap(caps, zone, domain):
    """And enabling it brings back the one that Linux set."""
    cap = 4_000_000
    caps.write(f"{POWERCAP}/{zone}/constraint_0_power_limit_uw", cap)
    caps.write(f"{POWERCAP}/{zone}/enabled", 0)
    assert scmi.get(caps, "powercap", domain, "cap") == 0
    assert caps.read(f"{POWERCAP}/{zone}/enabled") == "0"
    caps.write(f"{POWERCAP}/{zone}/enabled", 1)
    assert scmi.get(caps, "powercap", domain, "cap") == cap


# -- regulators --------------------------------------------------------------

OUTPUT = "/sys/devices/platform/regulator-output"
SUPPLY = "vdd-gpu"


def regulators(guest):
    """{name: {file: content}} of those that are the platform's."""
    found = lines(guest, "/sys/class/regulator/*/*")
    names = {key.split("/")[0]: name for key, name in found.items()
             if key.endswith("/name")}
    return {name: {key.split("/")[1]: line for key, line in found.items()
                   if key.startswith(f"{directory}/")}
            for directory, name in names.items()
            if name in scmi.names(guest, "voltage")}


def test_regulators(built_in):
    found = regulators(built_in)
    assert set(found) == set(scmi.names(built_in, "voltage"))
    for name, files in found.items():
        assert files["microvolts"] == \
            str(scmi.get(built_in, "voltage", name, "level"))
        assert files["state"] == ("enabled" if scmi.get(
            built_in, "voltage", name, "on") else "disabled")


def test_regulators_set_by_the_host(built_in):
    before = scmi.get(built_in, "voltage", SUPPLY, "level")
    scmi.put(built_in, "voltage", SUPPLY, "level", 1_006_250)
    scmi.put(built_in, "voltage", SUPPLY, "on", True)
    found = regulators(built_in)[SUPPLY]
    scmi.put(built_in, "voltage", SUPPLY, "level", before)
    scmi.put(built_in, "voltage", SUPPLY, "on", False)
    assert (found["microvolts"], found["state"]) == ("1006250", "enabled")


def test_regulator_switched_by_its_consumer(built_in):
    for state in ("enabled", "disabled"):
        built_in.write(f"{OUTPUT}/state", state)
        assert scmi.get(built_in, "voltage", SUPPLY, "on") is \
            (state == "enabled")
        assert regulators(built_in)[SUPPLY]["state"] == state


def rebind(guest, driver):
    """Give the consumer another driver; the newline alone means its own."""
    guest.check(f"cd {OUTPUT} && echo regulator-output > driver/unbind && "
                f"echo {driver} > driver_override && "
                "echo regulator-output > /sys/bus/platform/drivers_probe")


def test_regulator_set_by_its_consumer(built_in):
    before = scmi.get(built_in, "voltage", SUPPLY, "level")
    rebind(built_in, "reg-virt-consumer")
    try:
        for microvolts in (900_000, 1_100_000, 606_250):
            built_in.write(f"{OUTPUT}/min_microvolts", 0)
            built_in.write(f"{OUTPUT}/max_microvolts", microvolts)
            built_in.write(f"{OUTPUT}/min_microvolts", microvolts)
            assert scmi.get(built_in, "voltage", SUPPLY, "level") == \
                microvolts
            assert scmi.get(built_in, "voltage", SUPPLY, "on")
    finally:
        rebind(built_in, "")
    assert not scmi.get(built_in, "voltage", SUPPLY, "on")
    scmi.put(built_in, "voltage", SUPPLY, "level", before)


# -- sensors -----------------------------------------------------------------

def scmi_zone(guest):
    """The thermal zone whose sensor is the platform's."""
    return guest.check("dirname $(grep -l '^soc-thermal$' "
                       "/sys/class/thermal/thermal_zone*/type)").strip()


def test_power_zones_make_a_tree(built_in):
    """The domains' parents; their ranges are the limits of the constraints."""
    def read(zone, file):
        return int(built_in.read(f"{POWERCAP}/{zone}/constraint_0_{file}"))

    top = built_in.check(f"cd {POWERCAP}/arm-scmi:0 && ls -d arm-scmi*")
    assert top.split() == ["arm-scmi:0:0"]
    assert {zone: (read(zone, "min_power_uw"), read(zone, "max_power_uw"),
                   read(zone, "min_time_window_us"),
                   read(zone, "max_time_window_us")) for zone in ZONES} == {
        "arm-scmi:0": (2_000_000, 12_000_000, 1_000, 1_000_000),
        "arm-scmi:0:0": (1_000_000, 8_000_000, 1_000, 100_000)}


def test_thermal_zone(built_in):
    zone = scmi_zone(built_in)
    for value in (-12_500, 94_999, 42_500):
        scmi.put(built_in, "sensor", "soc-thermal", "value", value)
        assert built_in.read(f"{zone}/temp") == str(value)


def iio(guest, name):
    """The directory of an IIO device."""
    return guest.check("dirname $(grep -l "
                       f"'^{name}$' /sys/bus/iio/devices/*/name)").strip()


# sensor: what IIO calls its channels
CHANNELS = {"accelerometer": "accel", "gyroscope": "anglvel"}

by_channel = pytest.mark.parametrize("sensor, channel", CHANNELS.items(),
                                     ids=CHANNELS)


@by_channel
@pytest.mark.parametrize("value", [0, 1, -39_226_600, 39_226_600])
def test_axes(phone, sensor, channel, value):
    device = iio(phone, sensor)
    for number, axis in enumerate("xyz"):
        before = scmi.get(phone, "sensor", sensor, f"value-{number}")
        scmi.put(phone, "sensor", sensor, f"value-{number}", value + number
                 if value < 1 else value - number)
        assert int(phone.read(f"{device}/in_{channel}_{axis}_raw")) == \
            scmi.get(phone, "sensor", sensor, f"value-{number}")
        assert phone.read(f"{device}/in_{channel}_{axis}_scale") == \
            "0.000001000"
        scmi.put(phone, "sensor", sensor, f"value-{number}", before)


@pytest.mark.parametrize("sensor, available", [
    ("accelerometer", "400.000000 200.000000 100.000000 50.000000 25.000000 "
                      "10.000000"),
    ("gyroscope", "[200.000000 200.000000 10.000000]")])
def test_sampling_frequencies(phone, sensor, available):
    file = f"{iio(phone, sensor)}/in_{CHANNELS[sensor]}_sampling_frequency"
    assert phone.read(f"{file}_available") == available


@by_channel
def test_sampling_frequency_is_the_interval(phone, sensor, channel):
    file = f"{iio(phone, sensor)}/in_{channel}_sampling_frequency"
    for hertz in (10, 100, 50):
        phone.write(file, hertz)
        assert scmi.get(phone, "sensor", sensor, "interval") == \
            1_000_000 // hertz
        assert phone.read(file) == f"{hertz}.000000"


@by_channel
def test_buffer_is_filled_by_events(phone, sensor, channel):
    """Scans of three axes and a timestamp, one for each event."""
    device, scans = iio(phone, sensor), 4
    node = "/dev/" + device.split("/")[-1]
    values = (-1_234_567, 7, 9_806_650)
    for number, value in enumerate(values):
        scmi.put(phone, "sensor", sensor, f"value-{number}", value)
    events = scmi.counters(phone).get("notification_ok", 0)
    phone.check(f"cd {device}/scan_elements && for e in *_en; do "
                "echo 1 > $e; done && echo 64 > ../buffer/length && "
                "echo 1 > ../buffer/enable")
    try:
        assert scmi.get(phone, "sensor", sensor, "enabled")
        status, data = phone.run(f"dd if={node} bs=32 count={scans} "
                                 "2> /dev/null", text=False)
    finally:
        phone.write(f"{device}/buffer/enable", 0)
    assert not scmi.get(phone, "sensor", sensor, "enabled")
    assert status == 0 and len(data) == 32 * scans
    found = [struct.unpack_from("<4q", data, 32 * scan)
             for scan in range(scans)]
    assert [scan[:3] for scan in found] == [values] * scans
    stamps = [scan[3] for scan in found]
    assert stamps == sorted(set(stamps))
    assert scmi.counters(phone)["notification_ok"] >= events + scans


# -- pins --------------------------------------------------------------------

def pinctrl(guest):
    return guest.check("ls -d /sys/kernel/debug/pinctrl/*scmi*").strip()


def test_pins_groups_and_functions(phone, config):
    directory, pins = pinctrl(phone), config["pinctrl"]
    found = phone.read(f"{directory}/pins").splitlines()
    assert found[0] == f"registered pins: {len(pins['pins'])}"
    assert [line.split()[2] for line in found[1:]] == \
        [f"({pin['name']})" for pin in pins["pins"]]
    groups = phone.read(f"{directory}/pingroups").split("group: ")[1:]
    assert [[word.strip("()") for word in group.split()
             if word not in ("pin",) and not word.isdigit()]
            for group in groups] == \
        [[group["name"], *group["pins"]] for group in pins["groups"]]
    assert phone.read(f"{directory}/pinmux-functions").splitlines() == [
        f"function {number}: {function['name']}, groups = [ "
        + " ".join(function["groups"]) + " ]"
        for number, function in enumerate(pins["functions"])]


@pytest.mark.parametrize("function, group", [
    ("i2c", "i2c0_grp"), ("camera", "cam_grp")])
def test_pins_get_a_function(phone, config, function, group):
    pins = next(item["pins"] for item in config["pinctrl"]["groups"]
                if item["name"] == group)
    phone.write(f"{pinctrl(phone)}/pinmux-select", f"{group} {function}")
    assert {name: scmi.get(phone, "pinctrl", name, "function")
            for name in pins} == dict.fromkeys(pins, function)


# -- delayed responses -------------------------------------------------------

def delayed(guest):
    return scmi.counters(guest).get("delayed_response_ok", 0)


def test_slow_sensor_is_answered_later(phone):
    before = delayed(phone)
    assert scmi.hwmon_values(phone)["soc-power"] == \
        ("power1", scmi.get(phone, "sensor", "soc-power", "value"))
    assert delayed(phone) == before + 1


def test_rate_set_is_answered_later(phone):
    chip, before = "/sys/class/pwm/pwmchip0", delayed(phone)
    phone.write(f"{chip}/export", 0)
    try:
        phone.write(f"{chip}/pwm0/period", 100_000)
        phone.write(f"{chip}/pwm0/duty_cycle", 50_000)
        phone.write(f"{chip}/pwm0/enable", 1)
        assert scmi.get(phone, "clock", "pwm-ref", "rate") == 10_000
        assert delayed(phone) == before + 1
    finally:
        phone.write(f"{chip}/pwm0/enable", 0)
        phone.write(f"{chip}/unexport", 0)
