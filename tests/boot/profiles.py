# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault profiles for boot tests: arm one, and see what Linux makes of it."""

import re
from contextlib import contextmanager

import scmi
from frontdoor import faults

OK = re.compile("sent_ok|response_(polled_)?ok|delayed_response_ok"
                "|notification_ok|xfers_inflight")


# A rule that is hit as often tells of each hit.
EVERY_HIT = 2048


class Observed:
    """What became of a profile's rules, and what Linux said and counted."""

    def __init__(self, guest, rules, exercise):
        self.guest = guest
        self.ids = [rule["id"] for rule in rules]
        self._exercise = exercise
        self._events = len(guest.events)
        self._before = scmi.counters(guest)
        guest.check("dmesg -c > /dev/null")

    def exercise(self):
        """Do what the profile says, and see what it expects."""
        for setting in self._exercise.get("set", []):
            self.guest.qom_set(setting["path"], setting["property"],
                               setting["value"])
        output = self.guest.run(self._exercise["command"])[1]
        for line in self._exercise["expect"]:
            scmi.wait_until(lambda line=line: re.search(
                line, output + self.log(), re.MULTILINE),
                            f"'{line}' in the log or in: {output}")

    def log(self):
        return self.guest.check("dmesg")

    def counted(self):
        """{counter: how much more}, without what counts successes."""
        return {name: count - self._before.get(name, 0)
                for name, count in scmi.counters(self.guest).items()
                if not OK.match(name) and count > self._before.get(name, 0)}

    def infos(self):
        return [info for info in self.guest.qmp("query-faults")["rules"]
                if info["rule"]["id"] in self.ids]

    def hits(self):
        """Hits of each rule, none of which failed; each was told of.

        Unless there are so many that not all are.
        """
        infos = self.infos()
        assert [info["failures"] for info in infos] == [0] * len(infos)
        hits = [info["hits"] for info in infos]
        left = sum(hits) if max(hits) < EVERY_HIT else 0
        while left:
            event = self.guest.wait_event("FAULT_HIT", after=self._events)
            self._events = self.guest.events.index(event, self._events) + 1
            assert event["data"]["applied"]
            left -= event["data"]["id"] in self.ids
        return hits

    def expect(self, logs):
        """Lines that match come into the log."""
        for line in logs:
            scmi.wait_until(lambda line=line: re.search(
                line, self.log(), re.MULTILINE),
                            f"'{line}' in the log")

    def expect_counters(self, counters, may=()):
        """These grow, and no others but those that `may`."""
        scmi.wait_until(lambda: set(self.counted()) >= set(counters),
                        f"{counters} to grow")
        counted = self.counted()
        assert set(counted) <= {*counters, *may}, counted


@contextmanager
def armed(guest, name, prepare=True):
    """The rules of profile `name`, until the end of the block.

    prepare: do first what the profile's exercise wants done before
    """
    profile = faults.load(name)
    rules = profile["rules"]
    # Events of one profile are not to be taken for those of another.
    for rule in rules:
        rule["id"] = f"{name}.{rule['id']}"
    if prepare and "prepare" in profile["exercise"]:
        guest.check(profile["exercise"]["prepare"])
    observed = Observed(guest, rules, profile["exercise"])
    guest.qmp("fault-add", **{"rules": rules})
    try:
        yield observed
    finally:
        for rule in rules:
            guest.qmp("fault-remove", id=rule["id"])


# -- guests that look for messages without an end ----------------------------

MANY = 2000


def polls_rule(mailbox):
    """A rule that is hit whenever the guest looks for messages."""
    return {"id": "polls", "site": "register-read", "action": "none",
            "match": {"device": mailbox,
                      "words": [{"offset": 0, "value": 0x114}]}}


def wait_polls(guest):
    """Wait until the guest has looked often since there is such a rule."""
    scmi.wait_until(lambda: any(
        info["hits"] > MANY for info in guest.qmp("query-faults")["rules"]
        if info["rule"]["site"] == "register-read"), "the guest to poll")


def hold_in_handler(guest, name, mailbox, start):
    """What start() leads to keeps the guest in a handler; let it out again."""
    rules = faults.load(name)["rules"]
    if not any(rule["site"] == "register-read" for rule in rules):
        rules.append(polls_rule(mailbox))
    guest.qmp("fault-add", rules=rules)
    start()
    wait_polls(guest)
    for info in guest.qmp("query-faults")["rules"]:
        assert not info["failures"]
        guest.qmp("fault-remove", id=info["rule"]["id"])
