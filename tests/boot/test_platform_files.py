# SPDX-License-Identifier: GPL-2.0-or-later
"""SCMI platforms that people write: what is refused, and what QMP shows."""

import json
import subprocess
from pathlib import Path

import pytest

import platforms

pytestmark = pytest.mark.kernels("lab")

EXAMPLES = sorted((Path(__file__).resolve().parents[2] /
                   "docs/platforms").glob("*.json"))


@pytest.fixture
def load(run_qemu):
    """Starts QEMU, paused, with a platform; ends it with QMP commands."""
    def run(source, *commands):
        lines = [json.dumps({"execute": command}) for command in
                 ("qmp_capabilities", *commands, "quit")]
        done = run_qemu("-nodefaults", "-S", "-M", f"farside,{source}",
                        "-qmp", "stdio", input="\n".join(lines))
        return done

    return run


def returns(done):
    """What the QMP commands between the first and the last returned."""
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [answer["return"] for answer in answers if "return" in answer][1:-1]


def clocks(*list_):
    return {"clocks": list(list_)}


def clock(name="x", **members):
    return {"name": name, "rates": [1]} | members


def perf(*levels, **members):
    return {"perf-domains": [{"name": "x", "levels": [
        {"level": level} for level in levels]} | members]}


def powercap(name="x", **members):
    return {"name": name, "caps": {"min": 1, "max": 1},
            "pais": {"min": 1, "max": 1}} | members


def sensor(**members):
    return {"sensors": [{"name": "x", "type": "power", "scale": 0}
                        | members]}


def transport(type_, **members):
    return {"agents": [{"name": "a", "transport": {"type": type_}
                        | members}]}


# Members that replace those of the small platform, and what is said of them.
WRONG = {
    # what the schema says
    "type": ({"version": "1"}, "Parameter 'version' expects uint64"),
    "type-of-element": (
        clocks(clock("a"), clock("x", rates=[1, "2"])),
        "Parameter 'clocks[1].rates[1]' expects uint64"),
    "unknown": ({"colour": "red"}, "Parameter 'colour' is unexpected"),
    "unknown-inside": (clocks(clock(colour=1)),
                       "Parameter 'clocks[0].colour' is unexpected"),
    "missing-inside": ({"sensors": [{"name": "x"}]},
                       "Parameter 'sensors[0].type' is missing"),
    "enumeration": (sensor(type="taste"), "Parameter 'sensors[0].type' does "
                    "not accept value 'taste'"),
    "enumeration-inside": (
        {"pinctrl": {"pins": [{"name": "a"}, {"name": "b", "settings": [
            {"type": "default", "value": 0}, {"type": "x", "value": 0}]}]}},
        "Parameter 'pinctrl.pins[1].settings[1].type' does not accept value "
        "'x'"),
    "range-of-type": ({"reset-domains": [{"name": "x", "latency": 2 ** 32}]},
                      "Parameter 'reset-domains[0].latency' expects "
                      "uint32_t"),
    "negative": ({"reset-domains": [{"name": "x", "latency": -1}]},
                 "Parameter 'reset-domains[0].latency' is negative"),
    "negative-element": (clocks(clock(rates=[1, -1])),
                         "Parameter 'clocks[0].rates[1]' is negative, or "
                         "above 9223372036854775807"),
    "range-at-the-top": ({"version": 2 ** 32},
                         "Parameter 'version' expects uint32_t"),
    "range-of-element": (transport("smc-param", channels=[0x14, 300]),
                         "Parameter 'agents[0].transport.channels[1]' expects "
                         "uint8_t"),
    "range-behind-lists": (
        {"clocks": [clock("a", rates=[1, 2], parents=[]), clock(
            "b", **{"enable-latency": 2 ** 32})]},
        "Parameter 'clocks[1].enable-latency' expects uint32_t"),
    # names
    "name-twice": (clocks(clock(), clock()), "clocks[1].name: another one is named 'x', too"),
    "name-empty": ({"power-domains": [{"name": ""}]},
                   "power-domains[0].name: '' does not have 1 to 63 characters"),
    "agent-twice": ({"agents": [{"name": "a"}, {"name": "a"}]},
                    "agents[1].name: another one is named 'a', too"),
    "device-twice": ({"devices": [{"name": "a"}, {"name": "a"}]},
                     "devices[1].name: another one is named 'a', too"),
    "device-of-nothing": (
        {"devices": [{"name": "a", "clocks": ["nothing"]}]},
        "devices[0].clocks[0]: none of the platform's clocks is named "
        "'nothing'"),
    "denied-device": ({"agents": [{"name": "a", "denied-devices": ["b"]}]},
                      "agents[0].denied-devices[0]: no device is named 'b'"),
    "denied-base": ({"agents": [{"name": "a", "denied-protocols": [16]}]},
                    "agents[0].denied-protocols[0]: protocol 0x10 is every agent's"),
    "vendor": ({"vendor": "sixteen-letters-"},
               "vendor: 'sixteen-letters-' is longer than 15 characters"),
    # circles
    "clock-circle": (
        clocks(clock("a", parents=["b"]), clock("b", parents=["a"])),
        "clocks[0].parents: by way of them, clock 'a' feeds itself"),
    "clock-self": (clocks(clock(parents=["x"])),
                   "clocks[0].parents[0]: no other clock is named 'x'"),
    "powercap-circle": (
        {"powercap-domains": [powercap("a", parent="b"),
                              powercap("b", parent="a")]},
        "powercap-domains[1].parent: 'a' is part of it"),
    "powercap-parent": ({"powercap-domains": [powercap(parent="y")]},
                        "powercap-domains[0].parent: 'y' is no powercap domain"),
    # values
    "rate-zero": (clocks(clock(rates=[0])),
                  "clocks[0].rates[0]: rates must ascend from above 0"),
    "rate-not-there": (clocks(clock(rate=2)), "clocks[0].rate: the clock cannot run at 2 Hz"),
    "no-levels": (perf(), "perf-domains[0].levels: there are none"),
    "level-zero": (perf(0, 1), "perf-domains[0].levels[0]: levels and their indices "
                   "must ascend, levels from above 0"),
    "level-not-there": (perf(1, 2, level=3), "perf-domains[0].level: there is no level 3"),
    "voltage-descends": ({"voltage-domains": [{"name": "x",
                                               "levels": [2, 1]}]},
                         "voltage-domains[0].levels[1]: levels must ascend"),
    "scale": (sensor(scale=-17), "sensors[0].scale: it must be from -16 to 15"),
    "sensor-range": (sensor(range={"min": 1, "max": 9}, value=10),
                     "sensors[0].value: the sensor cannot measure 10"),
    "pin-of-group": ({"pinctrl": {"pins": [{"name": "a"}], "groups": [
        {"name": "g", "pins": ["b"]}]}},
                     "pinctrl.groups[0].pins[0]: no pin is named 'b'"),
    "version": ({"versions": [{"protocol": 0x14, "version": 1}]},
                "versions[0].version: 0x1 is older than version 1.0"),
    "version-of-nothing": ({"versions": [{"protocol": 1, "version": 65536}]},
                           "versions[0].protocol: there is no protocol 0x1"),
    # numbers of things
    "no-agents": ({"agents": []}, "agents: there are none"),
    "agents": ({"agents": [{"name": str(i)} for i in range(128)]},
               "agents: 128 elements are more than 127"),
    "rates": (clocks(clock(rates=list(range(1, 4097)))),
              "clocks[0].rates: 4096 elements are more than 4095"),
    # transports
    "transport": (transport("pigeon"), "Parameter 'agents[0].transport.type' "
                  "does not accept value 'pigeon'"),
    "smc-channels": (transport("smc", channels=[0x14]),
                     "Parameter 'agents[0].transport.channels' is "
                     "unexpected"),
    "channel-of-nothing": (transport("smc-param", channels=[0x14, 0x7f]),
                           "agents[0].transport.channels[1]: protocol 0x7f "
                           "is not offered"),
    "channel-twice": (transport("qcom-smc", channels=[0x14, 0x14]),
                      "agents[0].transport.channels[1]: protocol 0x14 has a "
                      "channel already"),
    "mailbox-channel-twice": (
        transport("mailbox", channels=[0x14, 0x14]),
        "agents[0].transport.channels[1]: protocol 0x14 has a channel "
        "already"),
    "mailbox-doorbells": (
        transport("mailbox", mhu="v1-word", channels=[0x13, 0x14]),
        "scmi-mailbox: the mailbox has no doorbell 3"),
    "member-of-another": (
        transport("virtio", mhu="v1"),
        "Parameter 'agents[0].transport.mhu' is unexpected"),
    "events-of-smc": (
        transport("smc", events=True),
        "Parameter 'agents[0].transport.events' is unexpected"),
    "timeout": ({"agents": [{"name": "a"}, transport(
        "smc", **{"max-rx-timeout-ms": 0})["agents"][0] | {"name": "b"}]},
                "agents[1].transport.max-rx-timeout-ms: must be from 1 to "
                "3600000"),
    "two-virtio": ({"agents": transport("virtio")["agents"] + [
        {"name": "b", "transport": {"type": "virtio"}}]},
                   "agents[1].transport: there is one virtio-scmi device at "
                   "most"),
    # what the machine has no more of
    "interrupts": (
        {"agents": [{"name": str(i), "transport": {"type": "mailbox",
                                                   "mhu": "v3"}}
                    for i in range(37)]},
        "agents[36].transport: the machine has no interrupt left for "
        "arm-mhuv3"),
    "fast-channels": (
        {"perf-domains": [{"name": str(i), "levels": [{"level": 1}],
                           "fast-channels": "plain"}
                          for i in range(2049)]},
        "scmi-fastchannel: more than 2048 domains have fast channels"),
    # numbers that no type holds
    "number-too-large": (clocks(clock(rates=[2 ** 64])),
                         "Parameter 'clocks[0].rates[0]' expects uint64"),
    "number-with-a-point": ({"version": 1.5},
                            "Parameter 'version' expects uint64"),
    "number-as-text": (transport("smc-param", channels=["0x14"]),
                       "Parameter 'agents[0].transport.channels[0]' expects "
                       "uint64"),
}


@pytest.mark.parametrize("members, message", WRONG.values(), ids=WRONG)
def test_refused(load, tmp_path, members, message):
    file = platforms.write(tmp_path, platforms.small(**members))
    done = load(f"scmi-platform={file}")
    assert f"SCMI platform '{file}': " in done.stderr
    assert message in done.stderr
    assert done.returncode == 1


SMALL_TEXT = json.dumps(platforms.SMALL)
TEXTS = {
    "empty": (b"", "Expecting a JSON value"),
    "truncated": (SMALL_TEXT[:-2].encode(), "JSON parse error"),
    "comment": (b"{ // what it is\n}", "json.tool"),
    "no-object": (b"[1]", "Invalid parameter type"),
    "bytes": (b"{\0}", "not a text file"),
    "binary": (bytes(range(1, 256)), "JSON parse error"),
    "deep": (b"[" * 2000, "JSON nesting depth limit exceeded"),
    "text-behind-it": (SMALL_TEXT.encode() + b"}",
                       "Expecting at most one JSON value"),
    "member-missing": (b"{}", "Parameter 'vendor' is missing"),
}


@pytest.mark.parametrize("content, message", TEXTS.values(), ids=TEXTS)
def test_no_platform(load, tmp_path, content, message):
    """The file is named, and what is wrong with it."""
    file = tmp_path / "platform.json"
    file.write_bytes(content)
    done = load(f"scmi-platform={file}")
    assert f"SCMI platform '{file}': " in done.stderr
    assert message in done.stderr
    assert done.returncode == 1


def test_missing_file(load, tmp_path):
    file = tmp_path / "nothing.json"
    done = load(f"scmi-platform={file}")
    assert (f"SCMI platform '{file}': cannot be read: "
            "No such file or directory") in done.stderr
    assert done.returncode == 1


def test_directory(load, tmp_path):
    done = load(f"scmi-platform={tmp_path}")
    assert (f"SCMI platform '{tmp_path}': cannot be read: Is a directory"
            in done.stderr)
    assert done.returncode == 1


def test_endless_file(load):
    done = load("scmi-platform=/dev/zero")
    assert ("SCMI platform '/dev/zero': more than 67108864 bytes"
            in done.stderr)
    assert done.returncode == 1


def test_too_many_domains(load, tmp_path):
    """Counted, not tried."""
    file = platforms.write(tmp_path, platforms.small(
        **{"power-domains": [{"name": str(i)} for i in range(65536)]}))
    done = load(f"scmi-platform={file}")
    assert (f"SCMI platform '{file}': power-domains: 65536 elements are more "
            "than 65535" in done.stderr)
    assert done.returncode == 1


# -- what is let through -----------------------------------------------------

UNCHECKED = ("clock-circle", "clock-self", "rate-zero", "rate-not-there",
             "level-zero", "voltage-descends")


@pytest.mark.parametrize("case", UNCHECKED)
def test_unchecked(load, tmp_path, case):
    file = platforms.write(tmp_path, platforms.small(
        unchecked=True, **WRONG[case][0]))
    info, = returns(load(f"scmi-platform={file}", "query-scmi"))
    assert len(info) == 1


@pytest.mark.parametrize("case", ["no-levels", "powercap-circle", "rates",
                                  "name-twice", "scale"])
def test_unchecked_has_limits(load, tmp_path, case):
    """What the models rely on is refused all the same."""
    members, message = WRONG[case]
    file = platforms.write(tmp_path, platforms.small(unchecked=True,
                                                     **members))
    done = load(f"scmi-platform={file}")
    assert message in done.stderr
    assert done.returncode == 1


# -- what the device tree has --------------------------------------------------

def tree(run_qemu, tmp_path, **members):
    """{agent: its protocols}, and how many nodes have which `compatible`."""
    file = platforms.write(tmp_path, platforms.small(**members))
    blob = tmp_path / "tree.dtb"
    run_qemu("-nodefaults", "-M",
             f"farside,scmi-platform={file},dumpdtb={blob}")

    def fdtget(*arguments):
        return subprocess.run(["fdtget", *arguments], text=True, check=True,
                              stdout=subprocess.PIPE).stdout.split()

    nodes = {node: {int(name.split("@")[1], 16)
                    for name in fdtget("-l", blob, f"/firmware/{node}")
                    if name.startswith("protocol@")}
             for node in fdtget("-l", blob, "/firmware")
             if node.startswith("scmi")}
    return nodes, [name for name in fdtget("-l", blob, "/")
                   if name.startswith("gpio@")]


def test_denied_protocols_are_not_in_the_tree(run_qemu, tmp_path):
    """Linux looks for what its node lists, and warns if it is not there."""
    every = set(platforms.PROTOCOLS.values())
    clock, power = platforms.PROTOCOLS["clock"], platforms.PROTOCOLS["power"]
    first = {"name": "a", "denied-protocols": [clock]}
    second = {"name": "b", "denied-protocols": [power]}
    _, gpios = tree(run_qemu, tmp_path)
    nodes, gpios_without_clock = tree(run_qemu, tmp_path,
                                      agents=[first, second])
    assert nodes == {"scmi": every - {clock}, "scmi-1": every - {power}}
    # The one whose clock it is.
    assert len(gpios) == len(gpios_without_clock) + 1
    _, gpios_of_first = tree(run_qemu, tmp_path, agents=[{"name": "a"},
                                                         second])
    assert gpios_of_first == gpios
    nodes, _ = tree(run_qemu, tmp_path, unchecked=True, agents=[first])
    assert nodes == {"scmi": every}


# -- what QMP shows ----------------------------------------------------------

def test_query_scmi(load, tmp_path):
    platform = platforms.small(
        agents=[{"name": "OSPM", "transport": {"type": "mailbox",
                                               "channels": [0x13]}},
                {"name": "guest", "denied-protocols": [0x13],
                 "denied-devices": ["usb"]}],
        devices=[{"name": "usb", "power-domains": ["usb"],
                  "reset-domains": ["usb"]},
                 {"name": "both", "reset-domains": ["periph", "usb"]},
                 {"name": "nothing"}])
    file = platforms.write(tmp_path, platform)
    (info,), = returns(load(f"scmi-platform={file}", "query-scmi"))
    assert (info["path"], info["vendor"], info["sub-vendor"]) == \
        ("/machine/scmi-fw", "Farside", "small")
    first, second = info["agents"]
    assert (first["id"], first["name"], first["events"]) == (1, "OSPM", True)
    assert (second["id"], second["name"], second["events"]) == \
        (2, "guest", False)
    assert first["transport"] == "/machine/scmi-mailbox"
    assert second["transport"] == "/machine/scmi-smc-2"
    every = {0x10, *platforms.PROTOCOLS.values()}
    assert [(channel["name"], channel["events"], set(channel["protocols"]),
             channel["state"]) for channel in first["channels"]] == [
        ("shmem", False, every - {0x13}, "free"),
        ("shmem-13", False, {0x13}, "free"),
        ("event-shmem", True, every, "free")]
    assert second["channels"] == [{"name": "shmem", "events": False,
                                   "protocols": sorted(every),
                                   "state": "free"}]
    assert {entry["id"] for entry in first["protocols"]} == every
    assert [entry["id"] for entry in second["protocols"]
            if entry["denied"]] == [0x13]
    assert {entry["name"]: entry["denied-resources"]
            for entry in second["protocols"] if entry["denied-resources"]} \
        == {"power": ["usb"], "reset": ["usb"]}
    assert (first["denied-devices"], second["denied-devices"]) == ([], ["usb"])
    # What a protocol has beside its domains, such as system power, has no id.
    found = {(entry["protocol"], entry.get("id")):
             (entry["name"], entry["state"]) for entry in info["resources"]}
    assert found["clock", 1] == ("sd-ref", {"rate": 100_000, "enabled": False,
                                            "parent": "", "users": []})
    assert found["perf", 0][0] == "little"
    assert found["perf", 0][1]["level"] == 1_000_000
    assert found["sensor", 0][1]["value"] == 41_500
    assert found["sensor", 0][1]["trip-points"] == \
        [{"mode": "off", "value": 0}] * 2
    assert "trip-points" not in found["sensor", 1][1]
    states = {entry["path"]: entry["state"] for entry in info["resources"]}
    assert states["/machine/scmi-fw/pinctrl/groups/uart"] == \
        {"pins": ["pin0", "pin1"]}
    assert states["/machine/scmi-fw/pinctrl/functions/serial"] == \
        {"groups": ["uart"], "gpio": False}


def test_inline_platform(load):
    """Without a file, member by member on the command line."""
    members = ("vendor=Me", "sub-vendor=inline", "version=1",
               "agents.0.name=OSPM", "agents.0.transport.type=smc-param",
               "clocks.0.name=a", "clocks.0.rates.0=5", "clocks.0.rates.1=6",
               "power-domains.0.name=b", "power-domains.0.on=on")
    source = ",".join(f"scmi-platform.{member}" for member in members)
    (info,), = returns(load(source, "query-scmi"))
    assert info["sub-vendor"] == "inline"
    assert [(entry["protocol"], entry["name"]) for entry in info["resources"]
            ] == [("power", "b"), ("clock", "a")]


def test_inline_mistake(load):
    done = load("scmi-platform.vendor=Me,scmi-platform.version=1")
    assert "Parameter 'scmi-platform.sub-vendor' is missing" in done.stderr
    assert done.returncode == 1


def test_inline_negative(load):
    members = ("vendor=Me", "sub-vendor=inline", "version=1",
               "agents.0.name=OSPM", "clocks.0.name=a", "clocks.0.rates.0=-5")
    done = load(",".join(f"scmi-platform.{member}" for member in members))
    assert "Parameter 'scmi-platform.clocks[0].rates[0]' is negative" in \
        done.stderr
    assert done.returncode == 1


def test_inline_range(load):
    members = ("vendor=Me", "sub-vendor=inline", "version=1",
               "agents.0.name=OSPM", "agents.0.transport.type=smc-param",
               "agents.0.transport.channels.0=300")
    done = load(",".join(f"scmi-platform.{member}" for member in members))
    assert ("Parameter 'scmi-platform.agents[0].transport.channels[0]' "
            "expects uint8_t") in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_example(load, file):
    """Each example loads, and has in QMP what it lists."""
    platform = json.loads(file.read_text())
    (info,), = returns(load(f"scmi-platform={file}", "query-scmi"))
    names = [entry["name"] for entry in info["resources"]
             if entry["protocol"] == "clock"]
    assert names == [entry["name"] for entry in platform.get("clocks", [])]
    assert [agent["name"] for agent in info["agents"]] == \
        [agent["name"] for agent in platform["agents"]]
