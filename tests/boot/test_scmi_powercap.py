# SPDX-License-Identifier: GPL-2.0-or-later
"""arm_scmi_powercap: power caps, both ways."""

import pytest

import scmi

# Other kernels have none of these drivers: see test_scmi.py.
pytestmark = pytest.mark.kernels("lab")

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
