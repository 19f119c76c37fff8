# SPDX-License-Identifier: GPL-2.0-or-later
"""pinctrl-scmi: pins, both ways."""

import pytest

import scmi

# Other kernels have none of these drivers: see test_scmi.py.
pytestmark = pytest.mark.kernels("lab")


def pinctrl(guest):
    return guest.check("ls -d /sys/kernel/debug/pinctrl/*scmi*").strip()


def test_pins_groups_and_functions(phone, phone_config):
    directory, pins = pinctrl(phone), phone_config["pinctrl"]
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
def test_pins_get_a_function(phone, phone_config, function, group):
    pins = next(item["pins"] for item in phone_config["pinctrl"]["groups"]
                if item["name"] == group)
    phone.write(f"{pinctrl(phone)}/pinmux-select", f"{group} {function}")
    assert {name: scmi.get(phone, "pinctrl", name, "function")
            for name in pins} == dict.fromkeys(pins, function)
