"""The DTLS server against OpenSSL's own clients, over a link that loses what a test says."""

from __future__ import annotations

import heapq
import re
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from loadtest.peers.dtls import CM, GCM, DtlsClient, DtlsError, Identity
from sfu.dtls import MTU, Certificate, DtlsServer, DtlsState
from sfu.parameters import DtlsFingerprint

CERTIFICATE = Certificate.generate()
IDENTITY = Identity.generate()
LATENCY = 0.02


def fingerprint(value: str, algorithm: str = "sha-256") -> DtlsFingerprint:
    return DtlsFingerprint(algorithm=algorithm, value=value)  # type: ignore[arg-type]


class Link:
    """A client and a server in virtual time, `LATENCY` apart. `lose(n)` says whether the n-th datagram is lost."""

    def __init__(self, client: DtlsClient, lose: Callable[[int], bool] = lambda n: False) -> None:
        self.client = client
        self.server = DtlsServer(CERTIFICATE)
        self.lose = lose
        self.now = 1000.0
        self.sent = 0
        self.sizes: list[int] = []
        self.refused: DtlsError | None = None
        self._wire: list[tuple[float, int, bool, bytes]] = []

    def send(self, to_server: bool, datagrams: Iterable[bytes]) -> None:
        for datagram in datagrams:
            number, self.sent = self.sent, self.sent + 1
            self.sizes.append(len(datagram))
            if not self.lose(number):
                heapq.heappush(self._wire, (self.now + LATENCY, number, to_server, datagram))

    def run(self, seconds: float = 60.0) -> None:
        """Until nothing moves any more, or the time is up."""
        end = self.now + seconds
        while True:
            timers = [due for due in (self.client.timer(), self.server.timer()) if due is not None]
            due = min([*timers, *(entry[0] for entry in self._wire[:1])], default=end)
            if due >= end:
                return
            self.now = max(self.now, due)
            if self._wire and self._wire[0][0] <= self.now:
                _, _, to_server, datagram = heapq.heappop(self._wire)
                self._deliver(to_server, datagram)
            self.send(True, self.client.handle_timer(self.now))
            self.send(False, self.server.handle_timer(self.now))

    def _deliver(self, to_server: bool, datagram: bytes) -> None:
        if to_server:
            self.send(False, self.server.receive(datagram, self.now))
            return
        try:
            self.send(True, self.client.receive(datagram, self.now))
        except DtlsError as error:
            self.refused = error

    def shake_hands(self) -> None:
        self.send(True, self.client.start(self.now))
        self.run()


def assert_same_keys(link: Link, profile: str) -> None:
    assert link.server.state is DtlsState.CONNECTED and link.client.connected
    name, local, remote = link.server.keys()
    keys = link.client.keys()
    assert (name, local, remote) == (keys.profile, keys.remote, keys.local)
    assert name == profile
    assert len(local) == len(remote) == (28 if profile == GCM else 30)
    assert local != remote


@pytest.mark.parametrize(
    ("offered", "chosen"), [((GCM, CM), GCM), ((CM, GCM), GCM), ((CM,), CM), ((GCM,), GCM)], ids=str
)
def test_both_sides_have_the_same_keys_and_gcm_comes_first(offered: tuple[str, ...], chosen: str) -> None:
    link = Link(DtlsClient(IDENTITY, offered))
    link.shake_hands()
    assert_same_keys(link, chosen)
    assert link.server.errors == 0
    assert link.server.timer() is None
    assert max(link.sizes) <= MTU


def test_fingerprints_are_the_certificates() -> None:
    link = Link(DtlsClient(IDENTITY))
    with pytest.raises(LookupError):
        link.server.peer_fingerprint("sha-256")
    link.shake_hands()
    assert link.client.server_fingerprint() == CERTIFICATE.fingerprint.value
    assert link.server.peer_fingerprint("sha-256") == IDENTITY.fingerprint
    for algorithm in ("sha-384", "sha-512"):
        assert link.server.peer_fingerprint(algorithm).count(":") == int(algorithm[4:]) // 8 - 1
    with pytest.raises(LookupError):
        link.server.peer_fingerprint("sha-1")


def test_another_certificate_than_the_one_named_is_noticed() -> None:
    link = Link(DtlsClient(Identity.generate()))
    link.shake_hands()
    server = link.server
    own = server.peer_fingerprint("sha-256")
    assert server.matches([fingerprint(own)])
    assert server.matches([fingerprint(own.lower())])
    assert server.matches([fingerprint(IDENTITY.fingerprint), fingerprint(own)])
    assert not server.matches([fingerprint(IDENTITY.fingerprint)])
    # The strongest digest decides: a right SHA-256 beside a wrong SHA-512 does not help.
    strong = server.peer_fingerprint("sha-512")
    assert server.matches([fingerprint(strong, "sha-512"), fingerprint(IDENTITY.fingerprint)])
    wrong = ("FF" if strong.startswith("00") else "00") + strong[2:]
    assert not server.matches([fingerprint(wrong, "sha-512"), fingerprint(own)])
    assert not server.matches([fingerprint(own[:59], "sha-1")])


def test_a_client_without_a_certificate_is_refused() -> None:
    from OpenSSL import SSL

    client = DtlsClient(IDENTITY)
    context = SSL.Context(SSL.DTLS_CLIENT_METHOD)
    context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM")
    client._connection = SSL.Connection(context, None)
    client._connection.set_connect_state()
    link = Link(client)
    link.shake_hands()
    assert link.server.state is DtlsState.FAILED
    assert "certificate" in link.server.reason
    with pytest.raises(RuntimeError):
        link.server.keys()


def test_a_client_without_a_known_profile_is_refused() -> None:
    from OpenSSL import SSL

    client = DtlsClient(IDENTITY)
    context = SSL.Context(SSL.DTLS_CLIENT_METHOD)
    context.use_certificate(IDENTITY.certificate)
    context.use_privatekey(IDENTITY.key)
    client._connection = SSL.Connection(context, None)
    client._connection.set_connect_state()
    link = Link(client)
    link.shake_hands()
    assert link.server.state is DtlsState.FAILED
    assert link.server.errors == 1


def clean_handshake_length() -> int:
    link = Link(DtlsClient(IDENTITY))
    link.shake_hands()
    return link.sent


@pytest.mark.parametrize("lost", range(6))
def test_any_single_datagram_may_be_lost(lost: int) -> None:
    assert clean_handshake_length() <= 6
    link = Link(DtlsClient(IDENTITY), lambda n: n == lost)
    link.shake_hands()
    assert_same_keys(link, GCM)
    assert link.now < 1001.0  # virtual: the repeat came after tenths of a second, not OpenSSL's whole one


@given(st.lists(st.booleans(), min_size=40, max_size=40).filter(lambda lost: sum(lost) < 30))
def test_a_bad_line_only_delays(lost: list[bool]) -> None:
    link = Link(DtlsClient(IDENTITY), lambda n: n < len(lost) and lost[n])
    link.send(True, link.client.start(link.now))
    link.run(29)
    if link.server.state is not DtlsState.CONNECTED or not link.client.connected:
        assert sum(lost[: link.sent]) > 8
        return
    assert_same_keys(link, GCM)


def test_a_finished_server_repeats_its_last_flight_only_so_often() -> None:
    link = Link(DtlsClient(IDENTITY))
    link.shake_hands()
    finished = link.client._flight
    answers = [link.server.receive(datagram, link.now) for _ in range(100) for datagram in finished]
    assert 1 <= sum(1 for answer in answers if answer) <= 16
    assert link.server.state is DtlsState.CONNECTED


def test_a_silent_client_is_given_up() -> None:
    link = Link(DtlsClient(IDENTITY))
    assert link.server.timer() is None
    for datagram in link.client.start(link.now):
        assert link.server.receive(datagram, link.now)
    repeats = 0
    while (due := link.server.timer()) is not None:
        assert link.server.handle_timer(due - 0.001) == []
        repeats += bool(link.server.handle_timer(due))
    assert link.server.state is DtlsState.FAILED
    assert due is None and 8 <= repeats <= 16


def test_a_client_that_leaves_during_the_handshake_waits_for_nothing() -> None:
    link = Link(DtlsClient(IDENTITY))
    answers = [answer for hello in link.client.start(link.now) for answer in link.server.receive(hello, link.now)]
    assert link.client.timer() is not None
    assert link.client.close() == []
    assert link.client.timer() is None
    assert [link.client.receive(answer, link.now) for answer in answers] == [[]] * len(answers)


def test_goodbyes_are_said_both_ways() -> None:
    link = Link(DtlsClient(IDENTITY))
    link.shake_hands()
    link.send(True, link.client.close())
    link.run()
    assert link.server.state is DtlsState.CLOSED
    assert link.server.receive(b"\x16\xfe\xfd" + bytes(10), link.now) == []

    link = Link(DtlsClient(IDENTITY))
    link.shake_hands()
    link.send(False, link.server.close())
    link.run()
    assert link.client.closed and link.server.state is DtlsState.CLOSED
    assert link.server.close() == []


@given(st.binary(max_size=3000))
def test_garbage_is_counted_and_the_handshake_goes_on(garbage: bytes) -> None:
    link = Link(DtlsClient(IDENTITY))
    before = link.server.errors
    assert link.server.receive(garbage, link.now) == []
    assert link.server.errors == before + 1
    link.shake_hands()
    assert_same_keys(link, GCM)
    assert link.server.receive(garbage, link.now) == []
    assert link.server.state is DtlsState.CONNECTED


@given(st.sampled_from([20, 21, 22, 23]), st.binary(max_size=300), st.integers(0, 0xFFFF), st.integers(0, 2**48 - 1))
def test_well_framed_garbage_never_raises(kind: int, body: bytes, epoch: int, sequence: int) -> None:
    header = bytes([kind, 0xFE, 0xFD]) + epoch.to_bytes(2, "big") + sequence.to_bytes(6, "big")
    record = header + len(body).to_bytes(2, "big") + body
    server = DtlsServer(CERTIFICATE)
    for _ in range(3):
        server.receive(record, 1.0)
    server.handle_timer(2.0)
    link = Link(DtlsClient(IDENTITY))
    link.shake_hands()
    link.server.receive(record, link.now)
    if epoch:
        assert link.server.state is DtlsState.CONNECTED


def test_an_endless_handshake_is_cut_off() -> None:
    """Fragments of one huge message, never complete: memory is bounded by bytes taken."""
    server = DtlsServer(CERTIFICATE)
    taken = 0
    for sequence in range(1000):
        body = bytes([1]) + (65000).to_bytes(3, "big") + bytes(2) + (sequence * 40 % 60000).to_bytes(3, "big")
        body += (1000).to_bytes(3, "big") + bytes(1000)
        header = b"\x16\xfe\xfd" + bytes(2) + sequence.to_bytes(6, "big") + len(body).to_bytes(2, "big")
        server.receive(header + body, 1.0)
        taken = sequence
        if server.state is not DtlsState.HANDSHAKING:
            break
    assert server.state is DtlsState.FAILED
    assert taken < 200


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl program is not installed")
@pytest.mark.parametrize(("srtp", "length"), [("SRTP_AEAD_AES_128_GCM", 56), ("SRTP_AES128_CM_SHA1_80", 60)])
def test_openssl_s_client_derives_the_same_keys(srtp: str, length: int, tmp_path: Path) -> None:
    """Another implementation's client, on a real socket, and our last flight lost once on the way to it."""
    pem = tmp_path / "client.pem"
    pem.write_bytes(
        IDENTITY.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + IDENTITY.certificate.public_bytes(serialization.Encoding.PEM)
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        client = subprocess.Popen(
            ["openssl", "s_client", "-dtls1_2", "-connect", f"127.0.0.1:{sock.getsockname()[1]}"]
            + ["-use_srtp", srtp, "-cert", str(pem), "-key", str(pem)]
            + ["-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", str(length)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        server = DtlsServer(CERTIFICATE)
        lost = False
        output = b""
        assert client.stdout is not None and client.stdin is not None
        try:
            while b"Keying material: " not in output or not output.endswith(b"---\n"):
                due = server.timer()
                wait = 10.0 if due is None else max(0.0, due - time.monotonic())
                watched: list[Any] = [sock, client.stdout]
                ready, _, _ = select.select(watched, [], [], wait)
                if not ready:
                    assert due is not None, f"no sign of life: {output.decode()}"
                if sock in ready:
                    datagram, address = sock.recvfrom(4096)
                    answers = server.receive(datagram, time.monotonic())
                    if server.state is DtlsState.CONNECTED and answers and not lost:
                        lost, answers = True, []
                elif client.stdout in ready:
                    chunk = client.stdout.read1(65536)  # type: ignore[attr-defined]
                    assert chunk, output.decode()
                    output += chunk
                    continue
                else:
                    answers = server.handle_timer(time.monotonic())
                for answer in answers:
                    sock.sendto(answer, address)
        finally:
            client.stdin.close()
            client.kill()
            client.wait()
            client.stdout.close()
    found = re.search(rb"Keying material: ([0-9A-F]+)", output)
    assert found is not None
    material = bytes.fromhex(found.group(1).decode())
    _, local, remote = server.keys()
    salt = length // 2 - 16
    assert local == material[16:32] + material[32 + salt :]
    assert remote == material[:16] + material[32 : 32 + salt]
    assert lost
