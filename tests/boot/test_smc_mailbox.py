# SPDX-License-Identifier: GPL-2.0-or-later
"""The SMC mailbox, with a guest of ours and a process that answers it.

tests/bare-metal/mailbox.c sends a message whenever it is told to on its
console.  Here is who answers: scripts/responder.py as anybody would start it,
or a peer that does not do as it should.
"""

import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from frontdoor import baremetal
from frontdoor.layout import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

import responder  # noqa: E402

# One kernel's run is enough: this guest has none.
pytestmark = pytest.mark.kernels("lab")

SECONDS = 60
RESPONDER = ROOT / "scripts/responder.py"
FREE, FAILED = 0, 2
TIMEOUT, NO_PEER, ANSWER_TOO_LONG = 2, 3, 4
NO_CHANNEL = (1 << 64) - 3
LONGEST = 4080
SCMI_VERSION = 0x10 << 10
VERSION_REPLY = 12
SCMI_BASE_2_1 = 0x20001


class MailboxGuest:
    """A running tests/bare-metal/mailbox.c, its console a socket."""

    def __init__(self, process, console):
        self.process = process
        self._console = console
        self._buffer = b""

    def until(self, end):
        """{name: value} of the lines up to the line `end`."""
        told = {}
        while (line := self._line()) != end:
            name, value = line.split()
            told.setdefault(name, []).append(int(value, 16))
        return told

    def type(self, text):
        self._console.sendall(text.encode())

    def result(self):
        """What became of the message that it is sending."""
        return {name: value for name, (value,) in self.until("NEXT").items()}

    def ask(self, what="s"):
        """Let it send a message that needs no help of this thread."""
        self.type(what)
        return self.result()

    def end(self):
        self.type("q")
        self.until("END")
        assert self.process.wait(SECONDS) == 0

    def _line(self):
        while b"\n" not in self._buffer:
            data = self._console.recv(4096)
            assert data, "the guest is gone"
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode()


@contextmanager
def running(layout, qemu, *options):
    ours, theirs = socket.socketpair()
    ours.settimeout(SECONDS)
    command = baremetal.command(layout, baremetal.build(layout, "mailbox"),
                                "farside,smccc-mailbox=fw")
    command[0] = qemu
    command[command.index("stdio")] = "chardev:console"
    process = subprocess.Popen(
        [*command, "-chardev", f"socket,id=console,fd={theirs.fileno()}",
         *options], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    theirs.close()
    try:
        yield MailboxGuest(process, ours)
    finally:
        process.kill()
        process.wait()
        ours.close()


@pytest.fixture
def guest_with(layout, qemu, tmp_path):
    """guest_with(wait=, timeout_ms=): (guest, path) of a QEMU that listens.

    With `wait` its guest starts when somebody has connected.
    """
    @contextmanager
    def make(wait, timeout_ms=None):
        path = str(tmp_path / "mailbox")
        options = ["-chardev", f"socket,id=fw,path={path},server=on,"
                   f"wait={'on' if wait else 'off'}"]
        if timeout_ms:
            options += ["-global", f"smc-mailbox.timeout-ms={timeout_ms}"]
        with running(layout, qemu, *options) as guest:
            yield guest, path

    return make


@pytest.fixture
def guest_and_peer(guest_with):
    """The same, with a connection that QEMU has: (guest, peer, path)."""
    @contextmanager
    def make(timeout_ms=None):
        with guest_with(True, timeout_ms) as (guest, path), \
                responder.connect(path) as peer:
            peer.settimeout(SECONDS)
            guest.until("READY")
            yield guest, peer, path

    return make


def answered(first, length=4):
    """What the guest reports of an answer that came."""
    return {"call": 0, "status": FREE, "error": 0, "length": length,
            "first": first, "interrupt": 1}


def refused(error, first, interrupt):
    """What it reports when none came to its two words from `first` on."""
    return {"call": 0, "status": FAILED, "error": error, "length": 8,
            "first": first, "interrupt": interrupt}


def word(value):
    return value.to_bytes(4, "little")


def ask_and_answer(guest, peer, value):
    """A message that the peer answers with one word."""
    guest.type("s")
    channel, request, _message = responder.receive_frame(peer)
    peer.sendall(responder.frame(channel, request, word(value)))
    return guest.result()


def test_channels_that_answer_at_once(guest_with):
    with guest_with(wait=False) as (guest, _path):
        told = guest.until("READY")
        # The loopback, the SCMI platform, and a channel that is not there.
        assert told == {
            "call": [0, 0, NO_CHANNEL],
            "status": [FREE, FREE],
            "error": [0, 0],
            "length": [16, VERSION_REPLY],
            "first": [0x11223344, SCMI_VERSION],
            "version": [SCMI_BASE_2_1],
        }
        guest.end()


def test_nobody_there(guest_with):
    with guest_with(wait=False) as (guest, _path):
        guest.until("READY")
        assert guest.ask() == refused(NO_PEER, 0x100, interrupt=0)
        guest.end()


def swapped(value):
    """A word whose bytes are in reverse order."""
    return int.from_bytes(word(value), "big")


def test_responder(guest_with):
    """As shipped; QEMU listens."""
    with guest_with(wait=True) as (guest, path), \
            subprocess.Popen([RESPONDER, "--connect", path]) as process:
        guest.until("READY")
        # Two words from 0x100 on, and as many as there can be from 0x200 on.
        assert guest.ask() == answered(swapped(0x101), length=8)
        assert guest.ask("l") == answered(swapped(0x200 + LONGEST // 4 - 1),
                                          length=LONGEST)
        guest.end()
        assert process.wait(SECONDS) == 0


def test_responder_listens(layout, qemu, tmp_path):
    path = str(tmp_path / "mailbox")
    with subprocess.Popen([RESPONDER, "--listen", path]) as process:
        try:
            responder.connect(path).close()
            with running(layout, qemu, "-chardev",
                         f"socket,id=fw,path={path}") as guest:
                guest.until("READY")
                assert guest.ask() == answered(swapped(0x101), length=8)
                guest.end()
        finally:
            process.kill()


def listen(path):
    """What a responder that cannot listen there says."""
    done = subprocess.run([RESPONDER, "--listen", path], capture_output=True,
                          text=True, timeout=SECONDS)
    assert done.returncode == 1
    return done.stderr


def test_responder_takes_no_others_place(tmp_path):
    """Not a file's, and no socket's that is listened at."""
    file = tmp_path / "file"
    file.write_text("precious")
    assert listen(file) == f"responder.py: {file}: Address already in use\n"
    assert file.read_text() == "precious"
    path = str(tmp_path / "mailbox")
    with responder.listener(path):
        assert listen(path) == f"responder.py: {path}: Address already in use\n"
        responder.connect(path).close()
    # That one has gone, and left its socket.
    responder.listener(path).close()


def test_responder_without_directory(tmp_path):
    path = tmp_path / "nothing" / "mailbox"
    assert listen(path) == (f"responder.py: {path}: No such file or "
                            "directory\n")


def test_silent_peer(guest_and_peer):
    """A timeout; the answer that comes after it is nobody's."""
    with guest_and_peer(timeout_ms=100) as (guest, peer, _path):
        assert guest.ask() == refused(TIMEOUT, 0x100, interrupt=1)
        channel, request, message = responder.receive_frame(peer)
        assert message == word(0x100) + word(0x101)
        peer.sendall(responder.frame(channel, request, word(0xbad)))
        # Not asserted to be in time, only not to be the old one.
        result = ask_and_answer(guest, peer, 0x600d)
        assert result in (answered(0x600d),
                          refused(TIMEOUT, 0x200, interrupt=1))
        guest.end()


def reconnect(guest, path):
    """A second connection, once QEMU has it."""
    peer = responder.connect(path)
    peer.settimeout(SECONDS)
    threading.Thread(target=responder.serve, daemon=True,
                     args=(peer, responder.reverse)).start()
    deadline = time.monotonic() + SECONDS
    while (result := guest.ask())["error"] == NO_PEER:
        assert time.monotonic() < deadline
    return result


@pytest.mark.parametrize("sent", [
    b"", b"\x08", responder.HEADER.pack(8, 0, 1),
    responder.HEADER.pack(8, 0, 1) + b"1234567",
], ids=["nothing", "a-byte", "header", "all-but-a-byte"])
def test_peer_dies_in_the_middle(guest_and_peer, sent):
    with guest_and_peer() as (guest, peer, path):
        guest.type("s")
        assert responder.receive_frame(peer)[:2] == (0, 1)
        peer.sendall(sent)
        peer.close()
        assert guest.result() == refused(NO_PEER, 0x100, interrupt=1)
        assert guest.ask() == refused(NO_PEER, 0x200, interrupt=0)
        result = reconnect(guest, path)
        assert (result["status"], result["length"]) == (FREE, 8)
        guest.end()


def test_answer_too_long(guest_and_peer):
    """Its request fails; its content is skipped, and the next one is read."""
    with guest_and_peer() as (guest, peer, _path):
        guest.type("s")
        channel, request, _message = responder.receive_frame(peer)
        too_long = bytes(range(256)) * 40
        peer.sendall(responder.frame(channel, request, too_long))
        assert guest.result() == refused(ANSWER_TOO_LONG, 0x100, interrupt=1)
        assert ask_and_answer(guest, peer, 0x600d) == answered(0x600d)
        guest.end()


def test_frames_that_answer_nothing(guest_and_peer):
    """Another channel's, an earlier and a later request's, byte by byte."""
    with guest_and_peer() as (guest, peer, _path):
        peer.sendall(responder.frame(0, 0, word(0xbad)))
        guest.type("s")
        channel, request, _message = responder.receive_frame(peer)
        stream = b"".join((
            responder.frame(channel + 1, request, word(0xbad)),
            responder.frame(channel, request - 1, word(0xbad)),
            responder.frame(channel, request + 1, b""),
            responder.frame(channel, request, word(0x600d))))
        for i in range(len(stream)):
            peer.sendall(stream[i:i + 1])
        assert guest.result() == answered(0x600d)
        guest.end()


def test_peer_that_does_not_read(guest_and_peer):
    """What it does not take fails at once; QEMU and the guest go on."""
    with guest_and_peer(timeout_ms=1) as (guest, peer, _path):
        errors = []
        while not errors or errors[-1] != NO_PEER:
            errors.append(guest.ask("l")["error"])
            assert len(errors) < 10000
        assert set(errors[:-1]) == {TIMEOUT}
        # Whole frames up to the one that QEMU could not send all of.
        for number in range(1, len(errors)):
            channel, request, message = responder.receive_frame(peer)
            assert (channel, request, len(message)) == (0, number, LONGEST)
        guest.end()
