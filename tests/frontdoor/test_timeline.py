# SPDX-License-Identifier: GPL-2.0-or-later
"""./farside timeline: a chart has every message of its log, and nothing more
than a browser is needed to see it."""

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from frontdoor import timeline
from frontdoor.errors import InfrastructureError, UsageError

SVG = "{http://www.w3.org/2000/svg}"
SCMI = {"site": "scmi-command", "device": "/machine/scmi-fw", "agent": 1,
        "channel": 0, "protocol": 0x10, "message": 0, "group": "base",
        "name": "PROTOCOL_VERSION", "token": 7, "bytes": "00401c00",
        "fate": "delivered", "copies": 1, "rules": 0}
REPLY = {**SCMI, "site": "scmi-reply", "status": 0, "latency": 1500,
         "bytes": "00401c000000000001000200"}
RTKIT = {"site": "rtkit-send", "device": "/machine/smc/rtkit", "endpoint": 0,
         "type": 1, "group": "management", "name": "hello",
         "bytes": "0b000c0000001000", "fate": "delivered", "copies": 1,
         "rules": 0}


@pytest.fixture
def draw(tmp_path):
    """draw(messages, ...): the parsed page."""
    def run(messages, **options):
        log = tmp_path / "log"
        log.write_text("".join(
            json.dumps({"position": number, "time": 1000 * number, **message})
            + "\n" for number, message in enumerate(messages, 1)))
        path = timeline.write(log, **options)
        return ElementTree.parse(path).getroot()

    return run


def groups(page):
    """{position: the group of that message}."""
    return {int(group.get("id")[1:]): group for group in page.iter(f"{SVG}g")
            if (group.get("id") or "").startswith("m")}


def text(element, name):
    return next(found.text for found in element.iter(f"{SVG}text")
                if found.get("class") == name)


def heads(page):
    return ["|".join(found.text for found in head.iter(f"{SVG}text"))
            for head in page.iter(f"{SVG}g") if head.get("class") == "head"]


def test_every_message_in_order(draw):
    page = draw([SCMI, REPLY, RTKIT])
    found = groups(page)
    assert list(found) == [1, 2, 3]
    assert [text(group, "label") for group in found.values()] == [
        "base PROTOCOL_VERSION #7",
        "base PROTOCOL_VERSION #7 = 0 SUCCESS (1.500 us)", "hello"]
    assert [text(group, "time") for group in found.values()] == \
        ["0.001000", "0.002000", "0.003000"]
    assert heads(page) == ["scmi-fw|agent 1, channel 0",
                           "smc/rtkit|endpoint 0x00 management"]


def ends(group):
    line = next(group.iter(f"{SVG}line"))
    return int(line.get("x1")), int(line.get("x2"))


def test_who_asks_and_who_answers(draw):
    found = groups(draw([SCMI, REPLY]))
    start, end = ends(found[1])
    assert start < end
    assert ends(found[2]) == (end, start)


@pytest.mark.parametrize("fate, action, kind, note", [
    ("delivered", None, "delivered", None),
    ("delivered", "none", "delivered", "by r (none)"),
    ("delivered", "status", "changed", "by r (status)"),
    ("dropped", "drop", "dropped", "dropped by r (drop)"),
    ("delayed", "delay", "delayed", "delayed by r (delay)"),
    ("lost", "suspend", "lost", "lost by r (suspend)"),
    ("failed", None, "failed", "failed"),
    ("sent", "send", "sent", "sent by r (send)"),
])
def test_what_rules_did(draw, fate, action, kind, note):
    rule = {"rule": "r", "action": action, "rules": 1} if action else {}
    page = draw([SCMI, {**REPLY, "fate": fate, **rule}])
    group = groups(page)[2]
    assert group.get("class") == f"m {kind}"
    assert text(group, "note") == note
    # The dropped and the kept do not come to the guest.
    short = fate in ("dropped", "delayed", "lost")
    assert (ends(group)[1] != ends(groups(page)[1])[0]) == short
    legend = [found.get("class") for svg in page.iter(f"{SVG}svg")
              if svg.get("class") == "legend"
              for found in svg.iter(f"{SVG}g")]
    assert legend == sorted({"m delivered", f"m {kind}"},
                            key=lambda name: list(timeline.timelinesvg.KINDS)
                            .index(name[2:]))


def test_released_is_tied_to_when_it_was_kept(draw):
    page = draw([{**REPLY, "fate": "suspended"}, SCMI,
                 {**REPLY, "fate": "released", "of": 1}])
    found = groups(page)
    y = {number: next(group.iter(f"{SVG}line")).get("y1")
         for number, group in found.items()}
    tie = [path.get("d") for path in found[3].iter(f"{SVG}path")
           if path.get("class") == "kept-until"]
    assert [re.sub(r"M\d+,", "", way) for way in tie] == [f"{y[1]} V{y[3]}"]


def test_names_are_text(draw):
    bad = '<script>&"\'\x00\x1b]]>'
    page = draw([{**SCMI, "name": bad, "group": bad, "device": bad,
                  "rule": bad, "action": "drop", "rules": 1}])
    assert "<script>&" in text(groups(page)[1], "label")
    assert not [found for found in page.iter() if "script" in found.tag]


def test_nothing_is_fetched(draw, tmp_path):
    draw([SCMI])
    page = (tmp_path / "log.html").read_text()
    assert set(re.findall(r"\w+://[^\"' )]*", page)) == \
        {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}
    assert not re.search(r"<(script|link|img|iframe)|@import|url\(", page)


def test_bytes_are_seen_on_hovering(draw):
    title = next(groups(draw([REPLY]))[1].iter(f"{SVG}title")).text
    assert "status: 0" in title
    assert "0: 00401c00 00000000 01000200" in title


def test_idle_time_takes_little_room(draw):
    page = draw([SCMI, {**REPLY, "time": 3_600_000_000_000}])
    y = [int(next(group.iter(f"{SVG}line")).get("y1"))
         for group in groups(page).values()]
    assert 24 < y[1] - y[0] < 200
    assert text(page, "idle") == "3600.000 s later"


def test_a_part_of_a_long_log(draw):
    page = draw([SCMI] * 6000)
    assert list(groups(page)) == list(range(1, 5001))
    header = "".join(page.itertext())
    assert "5000 messages, 1000 more of the log are left out" in header
    page = draw([SCMI] * 10, since=4, most=3)
    assert list(groups(page)) == [4, 5, 6]


def test_an_empty_log(draw):
    assert not groups(draw([]))


def test_what_qemu_had_no_time_to_finish(tmp_path):
    log = tmp_path / "log"
    log.write_text(json.dumps({"position": 1, "time": 0, **SCMI}) + '\n{"pos')
    assert len(timeline.read(log)) == 1


@pytest.mark.parametrize("line, reason", [
    ("nonsense", "no JSON"), ("[]", "no message"), ("{}", "'position'"),
    (json.dumps({"position": 1, "time": 0, **SCMI, "token": "x"}), "'token'"),
    (json.dumps({"position": 1, "time": 0, **SCMI, "of": []}), "'of'"),
    (json.dumps({"position": 1, "time": 0, **SCMI, "fate": "x"}), "'x'"),
])
def test_no_log(tmp_path, line, reason):
    log = tmp_path / "log"
    log.write_text(line + "\n")
    with pytest.raises(UsageError, match=f"log:1: .*{reason}"):
        timeline.write(log)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        timeline.write(tmp_path / "nothing")
    (tmp_path / "log").write_text("")
    with pytest.raises(InfrastructureError, match="cannot write"):
        timeline.write(tmp_path / "log", tmp_path / "no" / "folder")
