# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine's device tree with additions of a test's own.

A consumer that only one test needs is no part of the machine. Additions are
DTS text, which refers to nodes by their paths:

    / { usb { resets = <&{/firmware/scmi/protocol@16} 3>; }; };
"""

import subprocess

SECONDS = 60


def _dtc(*options, **how):
    return subprocess.run(["dtc", "-q", *options], check=True,
                          stdout=subprocess.PIPE, timeout=SECONDS,
                          **how).stdout


def extend(guest, directory, additions):
    """Give a guest that is not started yet its device tree with `additions`.

    Returns the guest.
    """
    plain, full = directory / "plain.dtb", directory / "full.dtb"
    command = guest.command()
    machine = command.index("-M") + 1
    command[machine] += f",dumpdtb={plain}"
    # With as many serial ports as the guest will have, a node for each.
    subprocess.run([*command, "-serial", "null", "-serial", "null"],
                   check=True, stdin=subprocess.DEVNULL, timeout=SECONDS,
                   stderr=subprocess.DEVNULL)
    source = _dtc("-I", "dtb", "-O", "dts", str(plain))
    full.write_bytes(_dtc("-I", "dts", "-O", "dtb",
                          input=source + additions.encode()))
    guest.add_options("-dtb", str(full))
    return guest
