# SPDX-License-Identifier: GPL-2.0-or-later
"""SCMI for boot tests: the platform as QMP shows it, and raw messages.

Raw messages go through the kernel's debugfs interface (raw mode), so only to a
kernel that has it: lab.
"""

import base64
import gzip
import struct
import time
from functools import lru_cache

PLATFORM = "/machine/scmi-fw"

SECONDS = 20

BASE, POWER, SYSTEM, PERF, CLOCK = 0x10, 0x11, 0x12, 0x13, 0x14
SENSOR, RESET, VOLTAGE, POWERCAP, PINCTRL = 0x15, 0x16, 0x17, 0x18, 0x19
PROTOCOLS = {"base": BASE, "power": POWER, "system": SYSTEM, "perf": PERF,
             "clock": CLOCK, "sensor": SENSOR, "reset": RESET,
             "voltage": VOLTAGE, "powercap": POWERCAP, "pinctrl": PINCTRL}

SUCCESS = 0
NOT_SUPPORTED = -1
INVALID_PARAMETERS = -2
DENIED = -3
NOT_FOUND = -4
OUT_OF_RANGE = -5
PROTOCOL_ERROR = -10

COMMAND, DELAYED_RESPONSE, NOTIFICATION = 0, 2, 3

# Messages that all protocols have.
VERSION, ATTRIBUTES, MESSAGE_ATTRIBUTES, NEGOTIATE = 0x0, 0x1, 0x2, 0x10

# The properties of a resource that are its state, and of those the ones that
# the host can write. Levels of performance are not among them, since Linux
# changes them all the time, nor whether a supply is on: half a minute after
# its boot, Linux switches off those that nobody uses.
STATE = {
    "clock": ("rate", "enabled", "parent"),
    "power": ("on",),
    "sensor": ("value", "enabled"),
    "reset": ("asserted", "resets"),
    "voltage": ("level",),
    "powercap": ("cap", "pai", "power"),
    "pinctrl": ("function", "settings", "owner"),
}
WRITABLE = {"rate", "on", "value", "asserted", "level", "cap", "pai", "power"}
WRITABLE_OF_CLOCK = {"rate", "enabled"}


# -- the platform in QMP -----------------------------------------------------

def path(protocol, name):
    return f"{PLATFORM}/{protocol}/{name}"


def get(guest, protocol, name, prop):
    return guest.qom_get(path(protocol, name), prop)


def put(guest, protocol, name, prop, value):
    guest.qom_set(path(protocol, name), prop, value)


@lru_cache(maxsize=None)
def names(guest, protocol):
    """The resources of a protocol, in the order of their ids."""
    found = [name for name, kind in guest.qom_list(
        f"{PLATFORM}/{protocol}").items()
        if kind.startswith("child<") and kind != "child<container>"]
    return tuple(sorted(found,
                        key=lambda name: get(guest, protocol, name, "id")))


def state(guest, protocols=tuple(STATE)):
    """{(protocol, name, property): value} of the whole platform."""
    return {(protocol, name, prop): get(guest, protocol, name, prop)
            for protocol in protocols for name in names(guest, protocol)
            for prop in STATE[protocol]}


def restore(guest, wanted):
    """Write back what differs from `wanted`, as far as the host can."""
    for (protocol, name, prop), value in state(guest).items():
        writable = WRITABLE_OF_CLOCK if protocol == "clock" else WRITABLE
        if prop in writable and value != wanted[protocol, name, prop]:
            put(guest, protocol, name, prop, wanted[protocol, name, prop])


# -- what Linux says ---------------------------------------------------------

def files(guest, patterns):
    """{path: first line} of files in the guest; one process reads them all.

    Files without content are left out.
    """
    lines = guest.check(
        f"for f in {patterns}; do l=; IFS= read -r l < $f; "
        "[ -n \"$l\" ] && echo \"$f\t$l\"; done 2> /dev/null; true")
    return dict(line.split("\t", 1) for line in lines.splitlines())


def tails(guest, patterns):
    """{last two names of a path: first line} of files in the guest."""
    return {"/".join(file.split("/")[-2:]): line
            for file, line in files(guest, patterns).items()}


def hwmon(guest, name="scmi_sensors"):
    """The hwmon directory of that name in the guest."""
    return guest.check(f"dirname $(grep -l '^{name}$' "
                       "/sys/class/hwmon/*/name)").strip()


def hwmon_values(guest):
    """{label: (file without _input, value)} of the SCMI sensors."""
    found = files(guest, f"{hwmon(guest)}/*_input {hwmon(guest)}/*_label")
    return {label: (file.split("/")[-1].removesuffix("_label"),
                    int(found[file.replace("_label", "_input")]))
            for file, label in found.items() if file.endswith("_label")}


def counters(guest):
    """{name: count} of what the first transport carried, without zeros."""
    found = files(guest, "/sys/kernel/debug/scmi/0/transport/counters/*")
    return {file.split("/")[-1]: int(count) for file, count in found.items()
            if count != "0"}


def delayed(guest):
    """How many delayed responses the first transport carried."""
    return counters(guest).get("delayed_response_ok", 0)


def thermal_zone(guest):
    """The thermal zone whose sensor is the platform's."""
    return guest.check("dirname $(grep -l '^soc-thermal$' "
                       "/sys/class/thermal/thermal_zone*/type)").strip()


def wait_until(condition, what):
    """Poll a condition, which asks the guest or QEMU each time."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"


def clocks(guest):
    """{name: {file: content}} of debugfs for every clock of the platform."""
    found = {name: {} for name in names(guest, "clock")}
    for file, content in files(guest, "/sys/kernel/debug/clk/*/clk_*").items():
        clock, name = file.split("/")[-2:]
        if clock in found:
            found[clock][name] = content
    return found


# -- raw messages ------------------------------------------------------------

def words(*values):
    """32-bit little-endian words; negative ones in two's complement."""
    return b"".join(struct.pack("<I", value % (1 << 32)) for value in values)


def dwords(*values):
    return b"".join(struct.pack("<Q", value % (1 << 64)) for value in values)


def text(string, size=16):
    return string.encode()[:size - 1].ljust(size, b"\0")


class Raw:
    """Sends raw messages through a guest."""

    DIRECTORY = "/sys/kernel/debug/scmi/{}/raw"
    SECONDS = 30

    def __init__(self, guest, instance=0):
        self._directory = self.DIRECTORY.format(instance)
        self._guest = guest
        self._token = 0
        self._message = f"{self._directory}/message"
        guest.write(f"{self._directory}/reset", 1)

    def header(self, protocol, message, kind=COMMAND):
        """A header with a token of its own."""
        self._token = (self._token + 1) % 1024
        return self._token << 18 | protocol << 10 | kind << 8 | message

    def exchange(self, messages):
        """Send whole messages, one after the other; their replies.

        One write carries a message, and a read up to its end the reply. What
        takes time is starting programs, which the shell need not to write,
        and the serial port, hence the packing.
        """
        script = "\n".join(
            "printf '" + "".join(f"\\{byte:03o}" for byte in message)
            + f"' > {self._message}\n"
            f"hexdump -ve '1/1 \"%02x\"' {self._message}\necho"
            for message in messages)
        packed = base64.b64encode(gzip.compress(script.encode())).decode()
        lines = self._guest.check(
            f"echo {packed} | base64 -d | gunzip > /tmp/raw-messages && "
            f"timeout {self.SECONDS} sh /tmp/raw-messages").splitlines()
        assert len(lines) == len(messages), lines
        return [bytes.fromhex(line) for line in lines]

    def many(self, calls):
        """Send (protocol, message, payload[, type]) tuples.

        Returns a list of (status, what follows it).
        """
        headers = [self.header(protocol, message, *kind)
                   for protocol, message, _, *kind in calls]
        replies = self.exchange([words(header) + call[2] for header, call in
                                 zip(headers, calls)])
        results = []
        for header, reply in zip(headers, replies):
            assert len(reply) >= 8, "no reply"
            echoed, status = struct.unpack("<Ii", reply[:8])
            assert echoed == header, "the reply has another header"
            results.append((status, reply[8:]))
        return results

    def delayed(self, protocol, message, *payload):
        """Send a command that is answered twice: (status, delayed payload).

        The delayed payload starts with a status of its own.
        """
        header = self.header(protocol, message)
        file = f"{self._directory}/message_async"
        text_of = "".join(f"\\{byte:03o}"
                          for byte in words(header) + words(*payload))
        first, second = self._guest.check(
            f"printf '{text_of}' > {file}; for i in 1 2; do "
            f"timeout {self.SECONDS} hexdump -ve '1/1 \"%02x\"' {file}; echo; "
            "done").splitlines()
        echoed, status = struct.unpack("<Ii", bytes.fromhex(first))
        assert echoed == header, "the reply has another header"
        late = bytes.fromhex(second)
        assert late[:4] == words(header | DELAYED_RESPONSE << 8)
        return status, late[4:]

    def notification(self):
        """The next event: (protocol, event, payload)."""
        received = bytes.fromhex(self._guest.check(
            f"timeout {self.SECONDS} hexdump -ve '1/1 \"%02x\"' "
            f"{self._directory}/notification"))
        header, = struct.unpack("<I", received[:4])
        assert header >> 8 & 3 == NOTIFICATION
        return header >> 10 & 0xff, header & 0xff, received[4:]

    def call(self, protocol, message, *payload, kind=COMMAND):
        """Send one message of 32-bit words: (status, what follows it)."""
        return self.many([(protocol, message, words(*payload), kind)])[0]
