# SPDX-License-Identifier: GPL-2.0-or-later
"""scmi-cpufreq and scmi-perf-domain: two performance domains, both ways."""

import pytest

import scmi

# Other kernels have none of these drivers: see test_scmi.py.
pytestmark = pytest.mark.kernels("lab")

CPUFREQ = "/sys/devices/system/cpu/cpufreq"

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
    found = scmi.tails(cpus, f"{CPUFREQ}/policy*/affected_cpus "
                             f"{CPUFREQ}/policy*/scaling_driver")
    assert found == {"policy0/affected_cpus": "0 1",
                     "policy2/affected_cpus": "2 3",
                     "policy0/scaling_driver": "scmi",
                     "policy2/scaling_driver": "scmi"}


@by_policy
def test_frequencies_are_the_levels(phone, phone_config, policy, domain):
    levels = next(item["levels"] for item in phone_config["perf-domains"]
                  if item["name"] == domain)
    assert frequencies(phone, policy) == [item["level"] for item in levels]
    slowest = max(item["latency"] for item in levels)
    assert phone.read(f"{CPUFREQ}/{policy}/cpuinfo_transition_latency") == \
        str(slowest * 1000)


def test_levels_above_the_sustained_one_are_boost(built_in):
    found = scmi.tails(
        built_in, f"{CPUFREQ}/policy*/scaling_boost_frequencies "
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
    zone = scmi.thermal_zone(cpus)
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
    found = scmi.tails(phone, "/sys/kernel/debug/pm_genpd/*/current_state")
    for name in scmi.names(phone, "perf"):
        number = scmi.get(phone, "perf", name, "id")
        assert found[f"{name}_{number}/current_state"] == "on"
