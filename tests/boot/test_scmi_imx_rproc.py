# SPDX-License-Identifier: GPL-2.0-or-later
"""imx_rproc: Linux's consumer of NXP's CPU and LMM protocols.

Linux loads firmware for the Cortex-M7 of an i.MX 95 and starts it: by itself
if the core is of the machine that Linux runs in, and otherwise by booting the
machine that it is of. On docs/platforms/imx.json it is of another one.
"""

import base64
import json
import struct

import pytest

import scmi
from frontdoor.layout import ROOT

# Other kernels have no driver of these protocols: see matrix.py.
pytestmark = pytest.mark.kernels("lab")

PLATFORM = ROOT / "docs/platforms/imx.json"
LM, CORE = f"{scmi.PLATFORM}/imx-lmm/m7", f"{scmi.PLATFORM}/imx-cpu/m7p"

# Where a core of an i.MX 95 sees memory, so far up that the guest needs much.
MEMORY, CARVEOUT = "1280M", 0x80000000
LOADED_AT = CARVEOUT + 0x10000
# The driver makes it the start of 64 KiB, where the vectors are.
ENTRY = LOADED_AT + 0x401
DTS = f"""
/ {{ reserved-memory {{
    #address-cells = <2>; #size-cells = <2>; ranges;
    memory@{CARVEOUT:x} {{ reg = <0 {CARVEOUT:#x} 0 0x100000>; no-map; }};
  }};
  m7 {{ compatible = "fsl,imx95-cm7";
       memory-region = <&{{/reserved-memory/memory@{CARVEOUT:x}}}>; }};
}};
"""
DEVICE = "m7"
DRIVER = "/sys/bus/platform/drivers/imx-rproc"
RPROC = f"/sys/bus/platform/devices/{DEVICE}/remoteproc/remoteproc*"
FIRMWARE = f"/lib/firmware/rproc-{DEVICE}-fw"
VECTORS = struct.pack("<II", 0x20040000, ENTRY)


def elf():
    """An ELF file of the vectors alone, for 32-bit Arm."""
    executable, arm, load, readable = 2, 40, 1, 4
    header_size, segment_size = 52, 32
    header = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01",
                         executable, arm, 1, ENTRY, header_size, 0, 0,
                         header_size, segment_size, 1, 0, 0, 0)
    segment = struct.pack("<8I", load, header_size + segment_size, LOADED_AT,
                          LOADED_AT, len(VECTORS), len(VECTORS), readable, 4)
    return header + segment + VECTORS


@pytest.fixture
def boot(boot_guest, tmp_path):
    """boot(name of the machine that Linux runs in)"""
    def boot_in(lm):
        config = json.loads(PLATFORM.read_text())
        for machine in config["imx-lms"]:
            own = machine["name"] == lm
            machine["agents"] = ["AP"] if own else []
            machine["state"] = "on" if own else machine["state"]
        platform = tmp_path / "platform.json"
        platform.write_text(json.dumps(config))
        guest = boot_guest(machine=f"farside,scmi-platform={platform}",
                           memory=MEMORY, dts=DTS)
        scmi.wait_until(lambda: guest.exists(f"{DRIVER}/{DEVICE}"),
                        "the driver to be bound")
        guest.check(f"mkdir -p /lib/firmware && base64 -d > {FIRMWARE} "
                    f"<< end\n{base64.b64encode(elf()).decode()}\nend")
        return guest

    return boot_in


def rproc(guest):
    """What Linux says that the core does."""
    return guest.check(f"cat {RPROC}/state").strip()


def order(guest, what):
    guest.check(f"echo {what} > $(echo {RPROC}/state)")


def seen(guest):
    """What the platform says: the machine's state and the core's."""
    return guest.qom_get(LM, "state"), guest.qom_get(CORE, "run-mode")


def vector(guest):
    return guest.qom_get(CORE, "reset-vector")


def test_core_of_another_machine_is_started_and_stopped(boot):
    """Its machine was powered: Linux makes it its own by shutting it down."""
    guest = boot("ap")
    assert "Using LMM Protocol OPS" in guest.check("dmesg")
    assert (rproc(guest), seen(guest)) == ("offline", ("off", "stop"))
    assert vector(guest) != LOADED_AT
    for _ in range(2):
        order(guest, "start")
        assert (rproc(guest), seen(guest)) == ("running", ("on", "start"))
        assert vector(guest) == LOADED_AT
        order(guest, "stop")
        assert (rproc(guest), seen(guest)) == ("offline", ("off", "stop"))


def test_core_of_the_same_machine_is_started_and_stopped(boot):
    """Its machine stays as it is."""
    guest = boot("m7")
    assert "Using CPU Protocol OPS" in guest.check("dmesg")
    assert (rproc(guest), seen(guest)) == ("offline", ("on", "hold"))
    assert vector(guest) != LOADED_AT
    for _ in range(2):
        order(guest, "start")
        assert (rproc(guest), seen(guest)) == ("running", ("on", "start"))
        assert vector(guest) == LOADED_AT
        order(guest, "stop")
        assert (rproc(guest), seen(guest)) == ("offline", ("on", "stop"))


@pytest.mark.parametrize("linux, path, prop, value, before, after", [
    ("ap", LM, "state", "on", ("on", "start"), ("off", "stop")),
    ("ap", LM, "state", "suspended", ("suspended", "sleep"), ("off", "stop")),
    ("m7", CORE, "run-mode", "start", ("on", "start"), ("on", "stop")),
    ("m7", CORE, "run-mode", "sleep", ("on", "sleep"), ("on", "stop"))])
def test_core_that_runs_already_is_attached_to(boot, linux, path, prop, value,
                                               before, after):
    """It is left alone, until it is to stop."""
    guest = boot(linux)
    guest.write(f"{DRIVER}/unbind", DEVICE)
    guest.qom_set(path, prop, value)
    started_at = vector(guest)
    guest.write(f"{DRIVER}/bind", DEVICE)
    scmi.wait_until(lambda: rproc(guest) == "attached", "Linux to attach")
    assert (seen(guest), vector(guest)) == (before, started_at)
    order(guest, "stop")
    assert (rproc(guest), seen(guest)) == ("offline", after)
