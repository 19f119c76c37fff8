# SPDX-License-Identifier: GPL-2.0-or-later
"""A sequence chart of a message log, as one HTML file.

The log is what -M farside,message-log=FILE wrote: a line of JSON for each
message, see LoggedMessage in qapi/message-log.json.  timelinesvg draws it.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from . import console, timelinesvg
from .errors import InfrastructureError, UsageError

MAX = 5000
MOST_DIGITS = 32
NEEDED = {"position": int, "time": int, "site": str, "device": str,
          "bytes": str, "fate": str, "copies": int}
NUMBERS = ("agent", "channel", "protocol", "message", "domain", "endpoint",
           "type", "queue", "opcode", "line", "function", "token", "status",
           "latency", "rules", "of")
TEXTS = ("group", "name", "key", "rule", "action")
# Of these, the guest is the sender; of all others, the model.
TO_MODEL = {"scmi-command", "scmi-fast-write", "rtkit-receive",
            "mailbox-receive", "nvme-command"}
# Rules that neither keep a message nor leave it as it was.
CHANGES = {"status", "token", "patch", "truncate", "extend", "duplicate"}
SCMI_STATUS = {
    0: "SUCCESS", -1: "NOT_SUPPORTED", -2: "INVALID_PARAMETERS", -3: "DENIED",
    -4: "NOT_FOUND", -5: "OUT_OF_RANGE", -6: "BUSY", -7: "COMMS_ERROR",
    -8: "GENERIC_ERROR", -9: "HARDWARE_ERROR", -10: "PROTOCOL_ERROR",
    -11: "IN_USE",
}


@dataclass
class Arrow:
    """A message as it is drawn."""

    lane: int        # 0 is the first one right of the guest
    to_model: bool
    kind: str        # its fate, or "changed"; a class of the style sheet
    text: str
    note: str        # what a rule did
    message: dict


@dataclass
class Chart:
    """What is drawn, in order."""

    name: str
    lanes: list = field(default_factory=list)  # (device, which part of it)
    arrows: list = field(default_factory=list)
    left_out: int = 0
    fates: Counter = field(default_factory=Counter)
    rules: Counter = field(default_factory=Counter)  # (name, action)


def write(log, output=None, since=None, most=MAX):
    """Draw the file `log`; returns the path of what was written."""
    log = Path(log)
    output = Path(output) if output else log.with_name(log.name + ".html")
    page = timelinesvg.page(chart(read(log), log.name, since, most))
    try:
        output.write_text(page, encoding="utf-8")
    except OSError as err:
        raise InfrastructureError(f"cannot write {output}: {err.strerror}")
    return output


def read(path):
    """The messages of a log file, in its order."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as err:
        raise UsageError(f"cannot read {path}: {err.strerror}",
                         "a log is what -M farside,message-log=FILE writes")
    lines = text.split("\n")
    if lines.pop():
        console.say(f"   {path}: the last line is not complete, and left out")
    return [_message(line, f"{path}:{number}")
            for number, line in enumerate(lines, 1)]


def _message(line, place):
    try:
        message = json.loads(line)
    except ValueError:
        raise UsageError(f"{place}: this is no JSON")
    if not isinstance(message, dict):
        raise UsageError(f"{place}: this is no message")
    given = {name: kind for names, kind in ((NUMBERS, int), (TEXTS, str))
             for name in names if name in message}
    for name, kind in {**NEEDED, **given}.items():
        if not isinstance(message.get(name), kind):
            raise UsageError(f"{place}: this message has no good '{name}'")
    if message["fate"] not in timelinesvg.KINDS:
        raise UsageError(f"{place}: there is no fate '{message['fate']}'")
    return message


def chart(messages, name, since=None, most=MAX):
    """The Chart of at most `most` messages from position `since` on."""
    wanted = [m for m in messages if since is None or m["position"] >= since]
    made = Chart(name, left_out=len(messages) - len(wanted[:most]))
    numbers = {}
    for message in wanted[:most]:
        lane = numbers.setdefault(lane_of(message), len(numbers))
        made.arrows.append(Arrow(
            lane, message["site"] in TO_MODEL, kind_of(message),
            text_of(message), note_of(message), message))
        made.fates[kind_of(message)] += 1
        if message.get("rules") and message.get("rule"):
            made.rules[message["rule"], message.get("action", "?")] += 1
    made.lanes = list(numbers)
    return made


def lane_of(message):
    """(Device, which part of it) that a message goes to or comes from."""
    site = message["site"]
    part = site.partition("-")[0]
    if part == "scmi" and "agent" in message:
        part = f"agent {message['agent']}"
        if "channel" in message:
            part += f", channel {message['channel']}"
    elif part == "rtkit" and "endpoint" in message:
        group = message.get("group", "?")
        part = f"endpoint {_hex(message['endpoint'])} {group}"
    elif part == "nvme" and "queue" in message:
        part = f"queue {message['queue']}"
    elif site == "smc-key":
        part = "SMC keys"
    return message["device"], part


def kind_of(message):
    if message["fate"] == "delivered" and message.get("action") in CHANGES:
        return "changed"
    return message["fate"]


def text_of(message):
    """One line: what it is, what came of it, how long that took."""
    words = [message.get("name") or _number(message)]
    if message["site"].startswith(("scmi", "smc-key")):
        words[:0] = [message["group"]] if message.get("group") else []
    for name in ("domain", "key", "line"):
        if name in message:
            words.append(f"{name} {message[name]}")
    if "token" in message and message["site"] != "nvme-command":
        words.append(f"#{message['token']}")
    if "status" in message:
        words.append("= " + status_of(message))
    if message.get("latency", -1) >= 0:
        words.append(f"({timelinesvg.duration(message['latency'])})")
    return " ".join(map(str, words))


def _number(message):
    """What is said of a message that has no name."""
    for name in ("message", "type", "opcode", "function"):
        if name in message:
            number = f"{name} {_hex(message[name])}"
            break
    else:
        number = f"{message['site']} {message['bytes'][:MOST_DIGITS]}"
    if "protocol" in message and not message.get("group"):
        number = f"protocol {_hex(message['protocol'])} {number}"
    return number


def status_of(message):
    status = message["status"]
    if message["site"].startswith("scmi"):
        return f"{status} {SCMI_STATUS.get(status, '')}".rstrip()
    return _hex(status)


def note_of(message):
    """What a rule, or somebody else, did to it."""
    words = []
    if message["fate"] != "delivered":
        words.append(message["fate"])
    if message["copies"] > 1:
        words.append(f"{message['copies']} times")
    if message.get("rule"):
        words.append(f"by {message['rule']} ({message.get('action', '?')})")
    if "of" in message:
        words.append(f"kept at {message['of']}")
    return " ".join(words)


def _hex(value):
    return f"{value:#04x}"
