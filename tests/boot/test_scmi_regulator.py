# SPDX-License-Identifier: GPL-2.0-or-later
"""scmi-regulator: supplies, both ways."""

import pytest

import scmi

# Other kernels have none of these drivers: see test_scmi.py.
pytestmark = pytest.mark.kernels("lab")

OUTPUT = "/sys/devices/platform/regulator-output"
SUPPLY = "vdd-gpu"


def regulators(guest):
    """{name: {file: content}} of those that are the platform's."""
    found = scmi.tails(guest, "/sys/class/regulator/*/*")
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
