# SPDX-License-Identifier: GPL-2.0-or-later
"""scmi-pinctrl-imx: the pads of an i.MX 95, with NXP's own settings."""

import json

import scmi
from frontdoor.layout import ROOT

PLATFORM = ROOT / "docs/platforms/imx.json"
USER = "/sys/bus/amba/drivers/pl061_gpio/b010000.gpio"
MUX, CONFIG, DAISY_ID, DAISY, EXTENSION = range(192, 197)
# Registers of multiplexer, pad and daisy chain, and what is set in each: see
# drivers/pinctrl/freescale/pinctrl-imx-scmi.c.  The second pad has no daisy
# chain, and what is in bits 15:8 of the multiplexer is an extension.  The driver
# binds on a machine that says it is one of NXP's.
DTS = """
/ { compatible = "fsl,imx95", "linux,dummy-virt";
  firmware { scmi { protocol@19 { gpio-pads {
    fsl,pins = <0x10 0x214 0x420 5 1 0x31e>, <0x14 0x218 0 0x103 0 0x51e>;
}; }; }; };
  gpio@b010000 {
    pinctrl-names = "default";
    pinctrl-0 = <&{/firmware/scmi/protocol@19/gpio-pads}>;
}; };
"""
EXPECTED = {
    "gpio-io00": {MUX: 5, CONFIG: 0x31e, DAISY_ID: (0x420 - 0x408) // 4,
                  DAISY: 1},
    "gpio-io01": {MUX: 3, CONFIG: 0x51e, EXTENSION: 1},
    "gpio-io02": {},
}


def settings(guest, pad):
    """{number of a setting of the vendor's: its value}."""
    words = scmi.get(guest, "pinctrl", pad, "settings").split()
    pairs = (word.removeprefix("oem-").split("=") for word in words
             if word.startswith("oem-"))
    return {int(number): int(value) for number, value in pairs}


def check(guest):
    """A device's pads are set up for it: of a guest with the DTS."""
    scmi.wait_until(lambda: guest.exists(USER), "the pads' user")
    assert {pad: settings(guest, pad) for pad in EXPECTED} == EXPECTED
    directory = guest.check("ls -d /sys/kernel/debug/pinctrl/*scmi*").strip()
    pads = json.loads(PLATFORM.read_text())["pinctrl"]["pins"]
    # What Linux shows of a pad is its configuration, which it asks for.
    assert guest.read(f"{directory}/pinconf-pins").splitlines()[2:] == [
        f"pin {number} ({pad['name']}): "
        f"{EXPECTED.get(pad['name'], {}).get(CONFIG, 0):#x}"
        for number, pad in enumerate(pads)]
