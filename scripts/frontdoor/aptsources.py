# SPDX-License-Identifier: GPL-2.0-or-later
"""Find the Debian archives this machine is set up to use.

Reads both formats of apt sources (one line each, and deb822), and picks the
main archive and the security archive.  Nothing is written and no host name is
assumed: a mirror or proxy that works for the machine works for us.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

CODENAMES = ("bookworm", "trixie", "forky", "sid", "stable", "oldstable",
             "testing", "unstable")
ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+"
                      r"(?P<suite>\S+)\s*(?P<components>.*)$")


@dataclass
class Entry:
    """One archive address with the suites it is used for."""

    uri: str
    suites: list
    components: list
    signed_by: str = ""

    def score(self):
        """How sure we are that this is Debian's own archive."""
        return (("debian-archive" in self.signed_by)
                + 2 * bool(re.search(r"/debian(-security)?/?$", self.uri))
                + ("debian" in self.uri))


@dataclass
class Archives:
    """Addresses of the main and the security archive ("" if unknown)."""

    main: str = ""
    security: str = ""
    entries: list = field(default_factory=list)


def parse_one_line(text):
    for line in text.splitlines():
        match = ONE_LINE.match(line.split("#")[0].strip())
        if match:
            signed = re.search(r"signed-by=(\S+)", match["options"] or "")
            yield Entry(match["uri"], [match["suite"]],
                        match["components"].split(),
                        signed[1] if signed else "")


def parse_deb822(text):
    for stanza in re.split(r"\n\s*\n", text):
        fields = {}
        key = None
        for line in stanza.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line[0].isspace() and key:
                fields[key] += " " + line.strip()
            else:
                key, _, value = line.partition(":")
                key = key.strip().lower()
                fields[key] = value.strip()
        if "deb" not in fields.get("types", "").split() or \
                fields.get("enabled", "yes").lower() in ("no", "false"):
            continue
        for uri in fields.get("uris", "").split():
            yield Entry(uri, fields.get("suites", "").split(),
                        fields.get("components", "").split(),
                        fields.get("signed-by", ""))


def read(etc="/etc/apt"):
    """All entries under `etc`, in the order apt reads them."""
    etc = Path(etc)
    parts = etc / "sources.list.d"
    files = [etc / "sources.list"]
    if parts.is_dir():
        files += sorted(parts.iterdir())
    entries = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if file.suffix == ".list":
            entries += parse_one_line(text)
        elif file.suffix == ".sources":
            entries += parse_deb822(text)
    return entries


def find(etc="/etc/apt"):
    """The machine's Debian archives; other vendors' sources are ignored."""
    entries = [entry for entry in read(etc) if "main" in entry.components]

    def best(suffix):
        fitting = [entry for entry in entries
                   if any(suite == name + suffix for suite in entry.suites
                          for name in CODENAMES)]
        fitting.sort(key=Entry.score, reverse=True)
        return fitting[0].uri if fitting and fitting[0].score() else ""

    return Archives(best(""), best("-security"), entries)
