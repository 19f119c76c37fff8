# SPDX-License-Identifier: GPL-2.0-or-later
"""pinctrl-scmi: pins, both ways."""

import pytest

import scmi
from conftest import PHONE

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


# -- a device whose driver core sets its pins up -----------------------------

CONSUMER = "b010000.gpio"
DRIVER = "/sys/bus/amba/drivers/pl061_gpio"
# Two drivers of pins are built in, each with a device of this protocol, and
# Linux has consumers wait for the one that came first: scmi-pinctrl-imx's, which
# binds on an i.MX only.
ONE_OF_TWO = "fw_devlink=permissive"
# The consumer's pins get a function and settings, one of them other ones.
PINS = """
/ { firmware { scmi { protocol@19 {
    mux-pins { groups = "uart1_grp"; function = "uart"; };
    group-pins { groups = "uart1_grp"; drive-strength = <8>; bias-pull-up; };
    pin-pins { pins = "gpio3"; drive-open-drain; slew-rate = <2>;
               input-schmitt-enable; };
}; }; };
  gpio@b010000 {
    pinctrl-names = "default";
    pinctrl-0 = <&{/firmware/scmi/protocol@19/mux-pins}>,
                <&{/firmware/scmi/protocol@19/group-pins}>,
                <&{/firmware/scmi/protocol@19/pin-pins}>;
}; };
"""


def set_up(guest, pin):
    """What Linux has set up, as QMP has it; outputs are so from reset on."""
    words = scmi.get(guest, "pinctrl", pin, "settings").split()
    return {word for word in words if not word.startswith("output-mode=")}


def claimed(guest, pin):
    """What Linux says of a pin: its owner, function and group, or nobody's."""
    line = guest.check(f"grep '({pin}):' {pinctrl(guest)}/pinmux-pins")
    return line.split(": ")[1].strip()


def configured(guest, pin):
    """What Linux reads back of the pin's settings."""
    line = guest.check(f"grep '({pin}):' {pinctrl(guest)}/pinconf-pins")
    return set(line.split(": ")[1].strip().split(", "))


def test_device_with_pins(boot_guest):
    """Group and pin are set up for it, and given back without it."""
    guest = boot_guest(machine=f"farside,scmi-platform={PHONE}", dts=PINS,
                       append=ONE_OF_TWO)
    owner = f"{CONSUMER} (GPIO UNCLAIMED) function uart group uart1_grp"
    for _ in range(2):
        for pin in ("gpio2", "gpio3"):
            assert scmi.get(guest, "pinctrl", pin, "function") == "uart"
            assert scmi.get(guest, "pinctrl", pin, "owner") == "OSPM"
            assert claimed(guest, pin) == owner
        guest.write(f"{DRIVER}/unbind", CONSUMER)
        for pin in ("gpio2", "gpio3"):
            assert scmi.get(guest, "pinctrl", pin, "owner") == ""
            assert claimed(guest, pin) == "(MUX UNCLAIMED) (GPIO UNCLAIMED)"
        guest.write(f"{DRIVER}/bind", CONSUMER)
    group = {"bias-pull-up=1", "drive-strength=8"}
    assert set_up(guest, "gpio2") == group
    # Linux says with 0 that nothing is said of the kind of drive.
    assert set_up(guest, "gpio3") == group | {
        "drive-open-drain=0", "slew-rate=2", "input-mode=1"}
    pulled = {"input bias pull up (1 ohms)", "output drive strength (8 mA)"}
    assert configured(guest, "gpio2") >= pulled
    assert configured(guest, "gpio3") >= pulled | {
        "output drive open drain", "slew rate (0x2)", "input schmitt enabled"}
    assert set_up(guest, "gpio4") == set()


# -- pins as GPIOs -----------------------------------------------------------

GPIOS = """
/ { scmi-gpio { compatible = "scmi-pinctrl-gpio"; gpio-controller;
    #gpio-cells = <2>; ngpios = <8>;
    gpio-ranges = <&{/firmware/scmi/protocol@19} 0 0 8>; }; };
"""


def test_pins_are_gpios(boot_guest):
    """gpio-by-pinctrl: a level that is read, and one that is driven.

    An output stays one: Linux does not tell firmware of an input.
    """
    guest = boot_guest(machine=f"farside,scmi-platform={PHONE}", dts=GPIOS)
    chip = guest.check("dirname $(grep -l '^scmi-gpio$' "
                       "/sys/class/gpio/chip*/label)").strip()
    line = f"{chip}/gpio4"

    def seen():
        return guest.read(f"{line}/direction"), guest.read(f"{line}/value")

    guest.write(f"{chip}/export", 4)
    assert scmi.get(guest, "pinctrl", "gpio4", "owner") == "OSPM"
    for level in (1, 0):
        scmi.put(guest, "pinctrl", "gpio4", "input-value", level)
        assert seen() == ("in", str(level))
    for file, value, level in (("direction", "high", 1), ("value", 0, 0),
                               ("value", 1, 1), ("direction", "low", 0)):
        guest.write(f"{line}/{file}", value)
        assert set(scmi.get(guest, "pinctrl", "gpio4", "settings").split()) \
            == {"output-mode=1", f"output-value={level}"}
        assert seen() == ("out", str(level))
    guest.write(f"{chip}/unexport", 4)
    assert scmi.get(guest, "pinctrl", "gpio4", "owner") == ""
