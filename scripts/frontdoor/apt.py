# SPDX-License-Identifier: GPL-2.0-or-later
"""A private apt: packages of other Debian releases and architectures.

It has its own lists, cache, and an empty package status below the build
directory, takes the archive addresses from the machine's own sources, and
lets apt check every signature.  The system's apt is only read.

What is fetched is recorded in cache/packages.json, and the record is used
from then on, so that a second run needs no network; --update looks again.
"""

import os
import re
import time
from functools import cmp_to_key
from pathlib import Path

from . import aptsources, runner, system
from .console import Step
from .errors import CommandFailed, InfrastructureError
from .stamps import file_sha256, read_json, write_json

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITES = ("bookworm", "bookworm-updates", "bookworm-backports",
          "trixie", "trixie-updates", "trixie-backports")
SECURITY_SUITES = ("bookworm-security", "trixie-security")
SOURCE_SUITES = ("trixie",)
LISTS_FRESH_SECONDS = 24 * 3600

NETWORK_HINT = ("the first run needs the network; apt's own settings "
                "(proxies, mirrors) are used.  Check it with: apt-get update")


def compare_versions(left, right):
    if left == right:
        return 0
    lower = runner.output(["dpkg", "--compare-versions", left, "lt", right])
    return 1 if lower is None else -1


def newest(versions):
    """The highest of Debian `versions`, or None."""
    ordered = sorted(versions, key=cmp_to_key(compare_versions))
    return ordered[-1] if ordered else None


class PrivateApt:
    """Looks up and fetches packages for one build directory."""

    def __init__(self, layout):
        self.layout = layout
        self.home = layout.cache / "apt"
        self.debs = layout.cache / "packages"
        self._record_file = layout.cache / "packages.json"
        self._updated = False

    # -- the record of what was chosen -----------------------------------

    def recorded(self, key):
        """The record made for `key`, if its files are still there."""
        record = read_json(self._record_file, {}).get(key)
        if self.layout.update or not record:
            return None
        complete = all((self.debs / name).is_file()
                       for name in record["files"])
        return record if complete else None

    def _remember(self, key, package, version, files):
        record = {"package": package, "version": version,
                  "files": {path.name: file_sha256(path) for path in files}}
        everything = read_json(self._record_file, {})
        everything[key] = record
        write_json(self._record_file, everything)
        return record

    # -- looking up ------------------------------------------------------

    def candidates(self, package):
        """(version, suite) pairs in which `package` is available."""
        self._update()
        listing = runner.output(["apt-cache", *self._options(), "madison",
                                 package]) or ""
        pairs = []
        for line in listing.splitlines():
            name, version, where = (part.strip() for part in line.split("|"))
            if name == package or name == package.split(":")[0]:
                pairs.append((version, where.split()[1].split("/")[0]))
        return pairs

    def names(self, pattern):
        """Package names that match the regular expression `pattern`."""
        self._update()
        listing = runner.output(["apt-cache", *self._options(), "search",
                                 "--names-only", pattern]) or ""
        return [line.split()[0] for line in listing.splitlines()]

    def dependencies(self, package, version):
        """(name, exact version) for every `name (= version)` dependency."""
        self._update()
        text = runner.output(["apt-cache", *self._options(), "show",
                              f"{package}={version}"]) or ""
        match = re.search(r"^Depends: (.*)$", text, re.MULTILINE)
        return re.findall(r"(\S+) \(= ([^)]+)\)", match[1]) if match else []

    # -- fetching --------------------------------------------------------

    def fetch(self, key, package, version):
        """Fetch one binary package; returns its record."""
        return self._download(key, package, version,
                              ["download", f"{package}={version}"], "*.deb")

    def fetch_closure(self, key, packages, architecture):
        """Fetch packages with all they depend on; returns one record.

        `packages` are "name:architecture=version".
        """
        self._update()
        listing = runner.output(["apt-get", *self._options(), "-q", "-y",
                                 "install", "--no-install-recommends",
                                 "--print-uris", *packages]) or ""
        names = re.findall(rf"^'\S+' ([^_\s]+)_([^_\s]+)_{architecture}\.deb ",
                           listing, re.MULTILINE)
        words = [f"{name}:{architecture}={version.replace('%3a', ':')}"
                 for name, version in names]
        return self._download(key, " ".join(packages), "with what they need",
                              ["download", *words], "*.deb")

    def fetch_source(self, key, package, version):
        """Fetch one source package, unpacked later; returns its record."""
        return self._download(key, package, version,
                              ["source", "--download-only",
                               f"{package}={version}"], "*")

    def file(self, record, suffix):
        """The recorded file whose name ends in `suffix`."""
        for name in record["files"]:
            if name.endswith(suffix):
                return self.debs / name
        raise InfrastructureError(f"{record['package']} has no *{suffix} file")

    def _download(self, key, package, version, words, pattern):
        self._update()
        room = self.home / "incoming" / key.replace("/", "-")
        room.mkdir(parents=True, exist_ok=True)
        for old in room.iterdir():
            old.unlink()
        with Step(f"Fetching {package} {version}") as step:
            runner.run(["apt-get", *self._options(), "-q", *words],
                       self.layout.logs / "apt-download.log", step,
                       runner.last_word, cwd=room, append=True,
                       what=f"fetching {package}", hint=NETWORK_HINT)
        self.debs.mkdir(parents=True, exist_ok=True)
        files = []
        for path in sorted(room.glob(pattern)):
            files.append(path.replace(self.debs / path.name))
        return self._remember(key, package, version, files)

    # -- configuration ---------------------------------------------------

    def _options(self):
        return ["-c", str(self.home / "apt.conf")]

    def _update(self):
        """Bring the private package lists up to date, once a day at most."""
        stamp = self.home / "updated"
        if self._updated:
            return
        if not system.have_apt():
            raise InfrastructureError(
                "this step fetches Debian packages and needs apt",
                "run on Debian 12 or 13, or in a container of it")
        fresh = stamp.is_file() and \
            time.time() - stamp.stat().st_mtime < LISTS_FRESH_SECONDS
        if not fresh or self.layout.update:
            self._configure()
            with Step("Reading Debian's package lists") as step:
                self._run_update(step)
            stamp.write_text("")
        self._updated = True

    def _run_update(self, step):
        try:
            runner.run(["apt-get", *self._options(), "-q", "update"],
                       self.layout.logs / "apt-update.log", step,
                       runner.last_word, what="apt-get update",
                       hint=NETWORK_HINT)
        except CommandFailed as err:
            # One suite that an archive has dropped must not stop everything:
            # go on when the one that matters most is there.
            if not self._have_lists():
                raise err
        if not self._have_lists():
            log = self.layout.logs / "apt-update.log"
            raise CommandFailed("fetching Debian's package lists", log,
                                log.read_text().splitlines()[-12:],
                                NETWORK_HINT)

    def _have_lists(self):
        return any((self.home / "lists").glob("*_trixie_main_*Packages*"))

    def _configure(self):
        archives = aptsources.find()
        if not archives.main:
            raise InfrastructureError(
                "no Debian archive is among this machine's apt sources",
                "add one (a deb line for a Debian suite with main) to "
                "/etc/apt/sources.list")
        for name in ("lists/partial", "cache/archives/partial"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        (self.home / "status").write_text("")
        (self.home / "sources.list").write_text(self._sources(archives))
        (self.home / "apt.conf").write_text(self._configuration())

    @staticmethod
    def _sources(archives):
        wanted = ",".join(sorted({system.architecture(), "arm64"}))
        signed = f"signed-by={KEYRING}" if Path(KEYRING).is_file() else ""
        lines = []
        for uri, suites in ((archives.main, SUITES),
                            (archives.security, SECURITY_SUITES)):
            if not uri:
                continue
            for suite in suites:
                lines.append(f"deb [arch={wanted} {signed}] {uri} {suite} "
                             "main")
                if suite.startswith(SOURCE_SUITES):
                    lines.append(f"deb-src [{signed}] {uri} {suite} main")
        return "\n".join(lines) + "\n"

    def _configuration(self):
        host = system.architecture()
        others = "" if host == "arm64" else ' "arm64";'
        lines = [
            # A container image's hooks are meant for the system's cache.
            "#clear APT::Update::Post-Invoke;",
            "#clear APT::Update::Post-Invoke-Success;",
            "#clear DPkg::Post-Invoke;",
            "#clear APT::Architectures;",
            f'Dir::Etc::sourcelist "{self.home}/sources.list";',
            'Dir::Etc::sourceparts "-";',
            'Dir::Etc::preferences "-";',
            'Dir::Etc::preferencesparts "-";',
            f'Dir::State::lists "{self.home}/lists";',
            f'Dir::State::status "{self.home}/status";',
            f'Dir::Cache "{self.home}/cache";',
            f'APT::Architecture "{host}";',
            f'APT::Architectures {{ "{host}";{others} }};',
            'APT::Get::List-Cleanup "0";',
            'Acquire::Languages "none";',
            'Acquire::Retries "2";',
            'Debug::NoLocking "1";',
        ]
        if os.geteuid() == 0:
            # The _apt user may not be able to reach the build directory.
            lines.append('APT::Sandbox::User "root";')
        return "\n".join(lines) + "\n"
