# SPDX-License-Identifier: GPL-2.0-or-later
"""The message log of a boot: what Linux says and hears, and what a rule did.

tests/unit/fault has each fate of a message; here it is Linux's own traffic.
"""

import json
import re

import pytest

import scmi
from frontdoor import timeline
from snapshots import migrate_from, migrate_to

pytestmark = pytest.mark.kernels("lab")

BASE = 0x10
# scmi_base_protocol_init() asks for these first, in this order.
FIRST = ["protocol_version", "protocol_attributes", "discover_vendor",
         "discover_sub_vendor", "discover_implementation_version"]
FIRST_TOKEN = 1
SENSOR_READING_GET = 6
VDD_CORE = 2  # its place in the built-in platform
BUSY_RULE = {"id": "busy", "site": "scmi-reply",
             "match": {"protocol": scmi.SENSOR, "message": SENSOR_READING_GET,
                       "domain": VDD_CORE},
             "action": "status", "status": -6}
CHANCE = {"id": "chance", "site": "scmi-reply", "probability": 0.1, "seed": 5,
          "action": "status", "status": -9}

# Nothing of the host's is in it.
REPEATABLE = ["-icount", "shift=0,sleep=off", "-seed", "1",
              "-rtc", "base=2026-01-01,clock=vm"]


def read_lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def query_all(guest, **wanted):
    """Everything that the ring has, asked for in small parts."""
    found = guest.qmp("query-message-log", max=100, **wanted)
    messages, first = found["messages"], found["first"]
    while found["messages"]:
        found = guest.qmp("query-message-log", max=100, since=found["next"],
                          **wanted)
        messages += found["messages"]
    return first, messages


@pytest.fixture
def logged(boot_guest, tmp_path):
    """(A guest whose log goes to a file from the start, that file)."""
    file = tmp_path / "log"
    return boot_guest(machine=f"farside,message-log={file}"), file


def test_how_linux_begins(logged):
    _, messages = query_all(logged[0])
    lines = read_lines(logged[1])
    base = [m for m in lines if m.get("protocol") == BASE]
    commands = [m for m in base if m["site"] == "scmi-command"]
    replies = [m for m in base if m["site"] == "scmi-reply"]
    assert [m["name"] for m in commands[:len(FIRST)]] == FIRST
    assert [m["token"] for m in commands[:len(FIRST)]] == \
        list(range(FIRST_TOKEN, FIRST_TOKEN + len(FIRST)))
    assert {m["group"] for m in base} == {"base"}
    # Each command is followed by its answer, which says how long it took.
    assert base == [m for pair in zip(commands, replies) for m in pair]
    for command, reply in zip(commands, replies):
        assert reply["token"] == command["token"]
        assert reply["status"] == 0
        assert reply["latency"] >= reply["time"] - command["time"] >= 0
        assert (command["agent"], command["channel"]) == (1, 0)
    assert "latency" not in commands[0]

    # Linux wakes the co-processor, which greets; the mailbox is in between.
    rtkit = [m for m in lines if m["device"].startswith(
        ("/machine/smc/", "/machine/smc-mailbox"))
             and m["site"] != "register-read"]
    assert [(m["site"], m.get("name")) for m in rtkit[:6]] == [
        ("mailbox-receive", None), ("rtkit-receive", "set-iop-pwr-state"),
        ("rtkit-send", "hello"), ("mailbox-send", None),
        ("mailbox-receive", None), ("rtkit-receive", "hello-reply")]
    assert {m["fate"] for m in lines} == {"delivered"}
    assert not [m for m in lines if "rule" in m]
    # A power button, a fan or a poll may have spoken since.
    assert lines[-len(messages):] == messages[:len(lines)]


def test_file_and_query_agree_on_a_rule(logged):
    guest, file = logged
    sensor = f"{scmi.hwmon(guest)}/in0_input"
    guest.qmp("fault-add", rules=[BUSY_RULE])
    status, output = guest.run(f"cat {sensor} 2>&1")
    assert status and "Device or resource busy" in output
    guest.qmp("fault-remove", id="busy")
    assert guest.read(sensor) == "825"

    # The guest's cat tries a second time, by another system call.
    first, hit = query_all(guest, rule="busy")
    assert 1 <= len(hit) <= 2
    for m in hit:
        assert (m["status"], m["action"], m["rules"], m["fate"]) == \
            (-6, "status", 1, "delivered")
        assert (m["name"], m["domain"]) == ("reading_get", VDD_CORE)
        assert m["bytes"][8:16] == "faffffff"
    lines = read_lines(file)
    assert [m for m in lines if "rule" in m] == hit
    assert [m["position"] for m in lines] == list(range(1, len(lines) + 1))
    _, ring = query_all(guest)
    assert lines[first - 1:] == ring[:len(lines) - first + 1]

    # The chart has all of it, and the rule by name.
    page = timeline.write(file).read_text()
    assert page.count('<g class="m ') >= len(lines)
    assert "by busy (status)" in page


def test_trace_events(boot_guest):
    """One for each message, and for each hit."""
    guest = boot_guest(args=["-trace", "fault_message", "-trace", "fault_hit"])
    guest.qmp("message-log", enable=True)
    guest.qmp("fault-add", rules=[BUSY_RULE])
    guest.run(f"cat {scmi.hwmon(guest)}/in0_input")
    guest.qmp("message-log", enable=False)
    _, messages = query_all(guest)
    lines = guest.qemu_log.read_text().splitlines()
    traced = [line.split() for line in lines if "fault_message" in line]
    assert len(traced) == len(messages) > 2
    for words, m in zip(traced, messages):
        assert {m["device"], m["site"], m["fate"],
                str(m["position"])} <= {word.strip(":,") for word in words}
    hits = [line for line in lines if "fault_hit" in line]
    assert len(hits) == sum(m.get("rule") == "busy" for m in messages) > 0
    assert all("busy" in line and "scmi-reply" in line for line in hits)


def test_queries_select(logged):
    guest = logged[0]
    for wanted, member in (({"site": "smc-key"}, "site"),
                           ({"device": "/machine/smc/rtkit"}, "device")):
        _, found = query_all(guest, **wanted)
        assert found
        assert {m[member] for m in found} == set(wanted.values())
    _, partial = query_all(guest, device="smc/rtkit")
    assert partial[:len(found)] == found


def test_off_and_on(boot_guest):
    guest = boot_guest()
    nothing = {"enabled": False, "first": 1, "next": 1, "messages": []}
    assert guest.qmp("query-message-log") == nothing
    guest.qmp("message-log", enable=True)
    scmi.hwmon_values(guest)
    _, found = query_all(guest, site="scmi-command")
    assert "reading_get" in {m["name"] for m in found}
    guest.qmp("message-log", enable=False)
    end = guest.qmp("query-message-log", max=1, since=1)["first"]
    before = query_all(guest)
    scmi.hwmon_values(guest)
    assert query_all(guest) == before and end == 1


@pytest.mark.parametrize("arguments, text", [
    ({"since": 2}, "since: the next message will be 1"),
    ({"max": 0}, "max: it must be between 1 and 4096"),
    ({"max": 4097}, "max: it must be between 1 and 4096"),
    ({"device": "/nowhere"}, "device: '/nowhere'"),
    ({"site": "nowhere"}, "site"),
    ({"since": "x"}, "since"),
    ({"colour": 1}, "colour"),
])
def test_queries_that_make_no_sense(boot_guest, arguments, text):
    guest = boot_guest(wait_ready=False, args=["-S"])
    with pytest.raises(Exception, match=re.escape(text)):
        guest.qmp("query-message-log", **arguments)


def test_nothing_to_log(boot_guest):
    guest = boot_guest(wait_ready=False, args=["-S"], machine="virt")
    with pytest.raises(Exception, match="no models"):
        guest.qmp("message-log", enable=True)


def test_no_place_for_the_file(run_qemu):
    done = run_qemu("-M", "farside,message-log=/nowhere/log")
    assert done.returncode == 1
    assert "'/nowhere/log'" in done.stderr


def test_the_position_migrates(boot_guest, tmp_path):
    source = boot_guest()
    source.qmp("message-log", enable=True)
    scmi.hwmon_values(source)
    migrate_to(source, tmp_path / "state")
    position = query_all(source)[1][-1]["position"]
    source.close()

    target = boot_guest(wait_ready=False, args=["-incoming", "defer"])
    assert target.qmp("query-message-log")["enabled"] is False
    migrate_from(target, tmp_path / "state")
    scmi.hwmon_values(target)
    first, found = query_all(target)
    assert first == found[0]["position"] == position + 1
    assert "reading_get" in {m.get("name") for m in found}


@pytest.mark.parametrize("rules", [[], [CHANCE]], ids=["well", "flaky"])
def test_the_same_run_has_the_same_log(boot_guest, tmp_path, rules):
    """Up to when the agent is ready; from then on the host has a say."""
    armed = tmp_path / "rules.json"
    armed.write_text(json.dumps({"rules": rules}))
    logs = []
    for name in ("first", "second"):
        file = tmp_path / name
        guest = boot_guest(
            machine=f"farside,faults={armed},message-log={file},"
                    "dtb-randomness=off",
            args=REPEATABLE, cpus=1)
        ready = guest.qmp("query-message-log")["next"]
        guest.close()
        logs.append(read_lines(file)[:ready])
    assert len(logs[0]) > 100
    common = min(map(len, logs))
    assert logs[0][:common] == logs[1][:common]
    hits = sum(m.get("rule") == "chance" for m in logs[0][:common])
    replies = sum(m["site"] == "scmi-reply" for m in logs[0][:common])
    assert 0 < hits < replies if rules else not hits
