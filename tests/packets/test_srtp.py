"""SRTP sealed here is opened by pylibsrtp, at every rollover counter; arguments are checked."""

from __future__ import annotations

import os
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from sfu._fastpath import CM, GCM, RingFull, Worker
from sfu._gcm import BACKENDS, seal, seals_as_the_rfc_says
from sfu._srtp import LIBSRTP, Keys, derive
from tests.packets.harness import PASSWORD, PROFILES

HEADER = struct.Struct("!BBHII")


@pytest.mark.parametrize("profile", [GCM, CM])
@pytest.mark.parametrize("backend", [*BACKENDS, LIBSRTP])
@given(st.binary(min_size=1, max_size=1300), st.integers(1, 2**32 - 1), st.integers(0, 0x7FFF))
def test_pylibsrtp_opens_what_is_sealed(profile: str, backend: str, payload: bytes, ssrc: int, sequence: int) -> None:
    size = PROFILES[profile][1]
    local, remote = os.urandom(size), os.urandom(size)
    keys = Keys(profile, local, remote, backend)
    theirs = Session(Policy(key=local, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=PROFILES[profile][0]))
    header = HEADER.pack(0x80, 96, sequence, 1234, ssrc)
    assert theirs.unprotect(keys.seal(header, payload, ssrc, sequence)) == header + payload


@pytest.mark.parametrize("backend", BACKENDS)
@given(st.binary(max_size=1500), st.binary(min_size=12, max_size=80), st.binary(min_size=16, max_size=16))
def test_every_backend_seals_alike(backend: str, plain: bytes, header: bytes, secret: bytes) -> None:
    iv = os.urandom(12)
    assert seals_as_the_rfc_says(backend)
    assert seal(backend, secret, iv, header, plain) == AESGCM(secret).encrypt(iv, plain, header)


def test_the_rollover_counter_is_part_of_the_index() -> None:
    local, remote = os.urandom(28), os.urandom(28)
    keys = Keys(GCM, local, remote)
    theirs = Session(Policy(key=local, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=PROFILES[GCM][0]))
    for index in range(65500, 65600):
        header = HEADER.pack(0x80, 96, index & 0xFFFF, 1234, 42)
        assert theirs.unprotect(keys.seal(header, b"x", 42, index)) == header + b"x"


def test_key_derivation_gives_the_vectors_of_rfc_3711() -> None:
    master = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE4139") + bytes.fromhex("0EC675AD498AFEEBB6960B3AABE6")
    assert derive(master, 0, 16).hex().upper() == "C61E7A93744F39EE10734AFE3FF7A087"
    assert derive(master, 2, 14).hex().upper() == "30CBBC08863D8C85D49DB34A9AE1"
    assert derive(master, 1, 20).hex().upper().startswith("CEBE321F6FF7716B6FD4AB49AF256A15")


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="28 bytes"):
        Keys(GCM, b"short", b"short")
    with pytest.raises(ValueError, match="unknown SRTP profile"):
        Keys("NULL", bytes(28), bytes(28))
    with pytest.raises(ValueError, match="not an IP address"):
        Worker("localhost")
    with pytest.raises(ValueError, match="rot13"):
        Keys(GCM, bytes(28), bytes(28), "rot13")
    with pytest.raises(ValueError, match="crypto"):
        Worker("127.0.0.1", crypto="rot13")
    worker = Worker("127.0.0.1")
    try:
        with pytest.raises(ValueError, match="user fragment"):
            worker.add_transport(1, "x", PASSWORD, direction="send")
        with pytest.raises(ValueError, match="direction"):
            worker.add_transport(1, "abcd", PASSWORD, direction="both")
        with pytest.raises(ValueError, match="none of the transports"):
            worker.remove_transport(3)
        with pytest.raises(OSError, match=str(worker.port)):
            Worker("127.0.0.1", worker.port)
    finally:
        worker.stop()
    with pytest.raises(RingFull):
        worker.add_room()


def send_forever(worker: Worker, transport: int) -> None:
    for _ in range(20000):
        worker.send_dtls(transport, b"x")


def test_a_worker_that_takes_no_commands_refuses_more() -> None:
    worker = Worker("127.0.0.1")  # never started: nothing is taken
    try:
        transport = worker.add_transport(1, "abcd", PASSWORD, direction="send")
        with pytest.raises(RingFull):
            send_forever(worker, transport)
    finally:
        worker.stop()
