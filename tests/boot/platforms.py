# SPDX-License-Identifier: GPL-2.0-or-later
"""SCMI platforms for boot tests: one of everything, to be varied."""

import copy
import json

PROTOCOLS = {"power": 0x11, "system": 0x12, "perf": 0x13, "clock": 0x14,
             "sensor": 0x15, "reset": 0x16, "voltage": 0x17,
             "powercap": 0x18, "pinctrl": 0x19}

SMALL = {
    "vendor": "Farside",
    "sub-vendor": "small",
    "version": 7,
    "agents": [{"name": "OSPM"}],
    "clocks": [
        {"name": "periph-apb", "rates": [24_000_000, 50_000_000],
         "enabled": False},
        {"name": "sd-ref", "range": {"min": 100_000, "max": 50_000_000,
                                     "step": 100_000}, "enabled": False},
    ],
    "power-domains": [{"name": "periph"}, {"name": "usb"}],
    "perf-domains": [
        {"name": "little", "level": 1_000_000, "levels": [
            {"level": 500_000, "power": 50},
            {"level": 1_000_000, "power": 120},
            {"level": 1_500_000, "power": 300}]},
    ],
    "sensors": [
        {"name": "soc-thermal", "type": "temperature", "scale": -3,
         "value": 41_500, "trip-points": 2},
        {"name": "vdd-core", "type": "voltage", "scale": -3, "value": 800},
    ],
    "reset-domains": [{"name": "periph", "asserted": True}, {"name": "usb"}],
    "voltage-domains": [{"name": "vcc-io", "levels": [1_800_000]}],
    "powercap-domains": [
        {"name": "soc", "caps": {"min": 1_000_000, "max": 9_000_000,
                                 "step": 1_000_000},
         "pais": {"min": 1_000_000, "max": 1_000_000}, "power": 2_500_000},
    ],
    "system-power": {},
    "pinctrl": {
        "pins": [{"name": "pin0"}, {"name": "pin1"}],
        "groups": [{"name": "uart", "pins": ["pin0", "pin1"]}],
        "functions": [{"name": "serial", "groups": ["uart"]}],
    },
}


def small(transport=None, **members):
    """The small platform, with other members and the transport of agent 1."""
    platform = copy.deepcopy(SMALL) | members
    if transport:
        platform["agents"][0]["transport"] = transport
    return platform


def write(directory, platform, name="platform.json"):
    """Write a platform to a file; returns the file's path."""
    file = directory / name
    file.write_text(json.dumps(platform))
    return file
