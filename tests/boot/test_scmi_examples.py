# SPDX-License-Identifier: GPL-2.0-or-later
"""The example platforms, value by value: what sysfs shows is what they list."""

import json

import pytest

import scmi
from frontdoor.layout import ROOT

# Other kernels have not got most of these drivers: see test_scmi.py.
pytestmark = pytest.mark.kernels("lab")

SERVER = ROOT / "docs/platforms/server.json"
SERVER_CPUS = 8  # as many as it has clusters

CPUFREQ = "/sys/devices/system/cpu/cpufreq"
POWERCAP = "/sys/class/powercap"
# What hwmon makes of these types; it passes over the others.
HWMON = {"temperature": "temp", "voltage": "in", "current": "curr",
         "power": "power"}


@pytest.fixture(scope="module")
def server(new_guest):
    with new_guest("server", machine=f"farside,scmi-platform={SERVER}",
                   cpus=SERVER_CPUS) as guest:
        yield guest


@pytest.fixture(params=["phone", "server"])
def example(request, phone_config):
    """(guest, its platform as JSON has it)."""
    return request.getfixturevalue(request.param), \
        phone_config if request.param == "phone" \
        else json.loads(SERVER.read_text())


def rates(clock):
    """The lowest and the highest rate of a clock, and that at reset."""
    if "rates" in clock:
        ends = clock["rates"][0], clock["rates"][-1]
    else:
        ends = clock["range"]["min"], clock["range"]["max"]
    return *ends, clock.get("rate", ends[0])


def test_clocks(example):
    guest, platform = example
    found = scmi.clocks(guest)
    assert {name: tuple(int(files[file]) for file in
                        ("clk_min_rate", "clk_max_rate", "clk_rate"))
            for name, files in found.items()} == \
        {clock["name"]: rates(clock) for clock in platform["clocks"]}
    for clock in platform["clocks"]:
        parents = " ".join(clock.get("parents", []))
        assert found[clock["name"]].get("clk_parent", "") == parents


def test_power_domains(example):
    guest, platform = example
    found = scmi.tails(guest, "/sys/kernel/debug/pm_genpd/*/current_state")
    perf = {f"{domain['name']}_{number}" for number, domain in
            enumerate(platform["perf-domains"])}
    assert {name.split("/")[0] for name in found} == perf | {
        domain["name"] for domain in platform["power-domains"]}


def test_levels(example):
    """Each CPU's frequencies, and the energy model's power of each."""
    guest, platform = example
    domains = [domain["levels"] for domain in platform["perf-domains"]]
    found = scmi.tails(guest, f"{CPUFREQ}/*/scaling_available_frequencies "
                              f"{CPUFREQ}/*/affected_cpus")
    policies = sorted({name.split("/")[0] for name in found})
    for policy, levels in zip(policies, domains, strict=True):
        assert found[f"{policy}/scaling_available_frequencies"].split() == \
            [str(level["level"]) for level in levels]
        cpu = found[f"{policy}/affected_cpus"].split()[0]
        power = scmi.files(guest, f"/sys/kernel/debug/energy_model/cpu{cpu}/"
                                  "ps:*/power")
        assert sorted(map(int, power.values())) == \
            [level["power"] * 1000 for level in levels]


def test_sensors(example):
    guest, platform = example
    counts, expected = dict.fromkeys(HWMON, 0), {}
    for sensor in platform["sensors"]:
        kind = sensor["type"]
        if kind in HWMON:
            counts[kind] += 1
            # Voltages are counted from 0.
            number = counts[kind] - (kind == "voltage")
            expected[sensor["name"]] = (f"{HWMON[kind]}{number}",
                                        sensor["value"])
    assert scmi.hwmon_values(guest) == expected


def test_supplies(example):
    guest, platform = example
    found = scmi.tails(guest, "/sys/class/regulator/*/name "
                              "/sys/class/regulator/*/microvolts")
    names = {key.split("/")[0]: name for key, name in found.items()
             if key.endswith("/name")}
    volts = {names[key.split("/")[0]]: int(value) for key, value in
             found.items() if key.endswith("/microvolts")}
    for supply in platform.get("voltage-domains", []):
        lowest = supply["levels"][0] if "levels" in supply else \
            supply["range"]["min"]
        assert volts[supply["name"]] == supply.get("level", lowest)


def powercap_files(domain):
    """What Linux shows of a domain that is as its description says."""
    caps, pais = domain["caps"], domain["pais"]
    shown = {"name": domain["name"], "power_uw": domain["power"]}
    constraint = {
        "power_limit_uw": domain.get("cap", caps["max"]),
        "time_window_us": domain.get("pai", pais["min"]),
        "min_power_uw": caps["min"], "max_power_uw": caps["max"],
        "min_time_window_us": pais["min"], "max_time_window_us": pais["max"]}
    shown |= {f"constraint_0_{name}": value
              for name, value in constraint.items()}
    return {name: str(value) for name, value in shown.items()}


def test_tree_of_power_caps(server):
    """Zones inside of zones, as the parents say, in the order of the list."""
    domains = json.loads(SERVER.read_text())["powercap-domains"]
    zones, children = {}, {}
    for domain in domains:
        parent = domain.get("parent")
        number = children.setdefault(parent, 0)
        children[parent] += 1
        zones[domain["name"]] = f"{zones.get(parent, 'arm-scmi')}:{number}"
    found = scmi.tails(server, f"{POWERCAP}/arm-scmi:*/*")
    for domain in domains:
        zone = zones[domain["name"]]
        expected = powercap_files(domain)
        assert {file: found[f"{zone}/{file}"] for file in expected} == expected
        parent = zones.get(domain.get("parent"), "arm-scmi")
        assert server.check(f"readlink -f {POWERCAP}/{zone}").split("/")[-2] \
            == parent
    assert len({name.split("/")[0] for name in found}) == len(domains)


@pytest.mark.parametrize("number", [0, SERVER_CPUS - 1])
def test_level_indexing(server, number):
    """Linux and the platform speak of indices; both show levels."""
    domain, policy = f"cluster{number}", f"{CPUFREQ}/policy{number}"
    levels = json.loads(SERVER.read_text())["perf-domains"][number]["levels"]
    server.write(f"{policy}/scaling_governor", "userspace")
    for level in (item["level"] for item in levels):
        server.write(f"{policy}/scaling_setspeed", level)
        assert scmi.get(server, "perf", domain, "level") == level
        assert server.read(f"{policy}/cpuinfo_cur_freq") == str(level)
    for level in (item["level"] for item in levels):
        scmi.put(server, "perf", domain, "level", level)
        assert server.read(f"{policy}/cpuinfo_cur_freq") == str(level)
    server.write(f"{policy}/scaling_governor", "schedutil")


def test_protocols_have_channels_of_their_own(server):
    """As many as the agent's transport lists, and one for all others."""
    agent, = json.loads(SERVER.read_text())["agents"]
    channels = server.check("ls /sys/kernel/debug/scmi/0/raw/channels")
    assert [int(name, 16) for name in channels.split()] == \
        [scmi.BASE, *agent["transport"]["channels"]]
