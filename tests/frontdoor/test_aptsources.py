# SPDX-License-Identifier: GPL-2.0-or-later
"""Which archives are taken from a machine's apt sources."""

import pytest

from frontdoor import aptsources

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MIRRORS = "mirror+file:///etc/apt/mirrors/main.list"


@pytest.fixture
def etc(tmp_path):
    (tmp_path / "sources.list.d").mkdir()

    def write(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path

    return write


def test_one_line_format(etc):
    top = etc("sources.list", """
# deb http://commented.example/debian bookworm main
deb [signed-by=/x.gpg arch=amd64] http://mirror.example/debian bookworm main
deb http://security.example/debian-security bookworm-security main contrib
deb-src http://sources.example/debian bookworm main
""")
    found = aptsources.find(top)
    assert found.main == "http://mirror.example/debian"
    assert found.security == "http://security.example/debian-security"


def test_deb822_format(etc):
    top = etc("sources.list.d/debian.sources", f"""\
Types: deb
# a comment between fields
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: {KEYRING}

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
""")
    found = aptsources.find(top)
    assert found.main == "http://mirror.example/debian"
    assert found.security == "http://mirror.example/debian-security"


def test_disabled_and_source_stanzas_do_not_count(etc):
    top = etc("sources.list.d/debian.sources", """\
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
Enabled: no

Types: deb-src
URIs: http://src.example/debian
Suites: trixie
Components: main
""")
    assert aptsources.find(top).main == ""


def test_other_vendors_are_ignored(etc):
    etc("sources.list.d/cloud.list",
        "deb https://packages.vendor.example/apt cloud-sdk-bookworm main\n")
    etc("sources.list.d/tool.list",
        "deb https://apt.vendor.example bookworm main\n")
    top = etc("sources.list.d/zz.sources", f"""\
Types: deb
URIs: {MIRRORS}
Suites: bookworm
Components: main
Signed-By: {KEYRING}
""")
    assert aptsources.find(top).main == MIRRORS


def test_no_security_archive_is_no_error(etc):
    top = etc("sources.list", "deb http://m.example/debian trixie main\n")
    assert aptsources.find(top).security == ""
