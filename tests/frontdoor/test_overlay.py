# SPDX-License-Identifier: GPL-2.0-or-later
"""Linking our folders into a QEMU tree, and patching it."""

import os

import pytest

from frontdoor import overlay
from frontdoor.errors import FrontDoorError

PATCH = """\
SPDX-License-Identifier: GPL-2.0-or-later
--- a/hw/meson.build
+++ b/hw/meson.build
@@ -1 +1,2 @@
 subdir('arm')
+subdir('scmi')
"""


def make(top, *names):
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n")


@pytest.fixture
def trees(tmp_path):
    root, tree = tmp_path / "ours", tmp_path / "ours/build/tree"
    make(tree, "hw/arm/virt.c", "hw/arm/meson.build", "hw/meson.build")
    make(root, "hw/arm/farside.c", "hw/scmi/core.c", "hw/scmi/meson.build")
    return root, tree


def test_new_directories_whole_others_by_file(trees):
    root, tree = trees
    assert overlay.link(root, tree) == 2
    assert (tree / "hw/scmi").is_symlink()
    assert (tree / "hw/arm/farside.c").resolve() == root / "hw/arm/farside.c"
    assert not (tree / "hw/arm").is_symlink()


def test_links_are_relative(trees):
    root, tree = trees
    overlay.link(root, tree)
    assert not os.path.isabs(os.readlink(tree / "hw/scmi"))


def test_links_follow_our_files(trees):
    root, tree = trees
    overlay.link(root, tree)
    (root / "hw/arm/farside.c").rename(root / "hw/arm/renamed.c")
    overlay.link(root, tree)
    assert not os.path.lexists(tree / "hw/arm/farside.c")
    assert (tree / "hw/arm/renamed.c").is_symlink()
    assert (tree / "hw/arm/virt.c").is_file()


@pytest.mark.parametrize("name", ["hw/arm/virt.c", "hw/arm/meson.build"])
def test_a_file_of_qemus_is_refused(trees, name):
    root, tree = trees
    make(root, name)
    with pytest.raises(FrontDoorError, match=name):
        overlay.link(root, tree)


def test_wiring_beside_qemus_files_is_refused(trees):
    root, tree = trees
    make(root, "hw/arm/trace-events")
    with pytest.raises(FrontDoorError, match="trace-events"):
        overlay.link(root, tree)


def test_patch_applies(trees, tmp_path):
    _, tree = trees
    (tree / "hw/meson.build").write_text("subdir('arm')\n")
    patch = tmp_path / "0001-wire.patch"
    patch.write_text(PATCH)
    overlay.apply_patch(patch, tree, "10.0.x", tmp_path / "log")
    assert "scmi" in (tree / "hw/meson.build").read_text()
    assert overlay.files_in(patch) == {"hw/meson.build"}


def test_a_patch_that_does_not_fit_changes_nothing(trees, tmp_path):
    _, tree = trees
    (tree / "hw/meson.build").write_text("something else\n")
    patch = tmp_path / "0001-wire.patch"
    patch.write_text(PATCH)
    with pytest.raises(FrontDoorError) as caught:
        overlay.apply_patch(patch, tree, "10.0.x", tmp_path / "log")
    text = str(caught.value)
    assert "0001-wire.patch" in text and "hw/meson.build" in text
    assert "10.0.x" in text and caught.value.hint
    assert (tree / "hw/meson.build").read_text() == "something else\n"
    assert not list(tree.rglob("*.rej"))
