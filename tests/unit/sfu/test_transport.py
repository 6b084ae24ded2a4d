"""A transport between a DTLS client of another make and a worker that writes down its keys."""

from __future__ import annotations

import ipaddress

import pytest

from loadtest.peers.dtls import DtlsClient, Identity
from sfu import events
from sfu.errors import Refused
from sfu.parameters import DtlsFingerprint, DtlsParameters
from sfu.transport import Transport, TransportState
from tests.unit.sfu.recording import Seen, World

IDENTITY = Identity.generate()
OTHER = Identity.generate()


def announced(identity: Identity) -> DtlsParameters:
    return DtlsParameters(
        role="client", fingerprints=[DtlsFingerprint(algorithm="sha-256", value=identity.fingerprint)]
    )


class Handshake:
    """Carries datagrams between a client and a transport, by way of the worker's events and commands."""

    def __init__(self, world: World, transport: Transport, identity: Identity = IDENTITY) -> None:
        self.world = world
        self.transport = transport
        self.client = DtlsClient(identity)
        self._taken = len(self._sent())

    def answers(self) -> list[bytes]:
        sent = self._sent()
        new, self._taken = sent[self._taken :], len(sent)
        return new

    def _sent(self) -> list[bytes]:
        told = self.world.worker.told("send_dtls")
        return [datagram for handle, datagram in told if handle == self.transport.handle]

    def run(self) -> None:
        """Both sides, until nobody has anything to say."""
        outgoing = self.client.start(self.world.now)
        while outgoing:
            for datagram in outgoing:
                self.world.see(Seen("dtls", self.transport.handle, 0, 0, datagram))
            outgoing = [reply for answer in self.answers() for reply in self.client.receive(answer, self.world.now)]


def test_keys_reach_the_worker_when_the_fingerprint_is_right() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    vera.send.connect(announced(IDENTITY))
    handshake = Handshake(world, vera.send)
    handshake.run()
    keys = handshake.client.keys()
    assert world.worker.told("set_keys") == [(vera.send.handle, keys.profile, keys.remote, keys.local)]
    assert handshake.client.server_fingerprint() == vera.send.dtls.fingerprints[0].value
    assert vera.send.state is TransportState.CONNECTED


def test_a_handshake_may_come_before_the_fingerprint_but_no_keys_do() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    Handshake(world, vera.send).run()
    assert not world.worker.told("set_keys")
    vera.send.connect(announced(IDENTITY))
    assert len(world.worker.told("set_keys")) == 1


@pytest.mark.parametrize("connect_first", [True, False])
def test_another_certificate_than_the_announced_one_never_gets_media(connect_first: bool) -> None:
    world = World()
    vera, page = world.enter("Vera", "host")
    if connect_first:
        vera.send.connect(announced(OTHER))
    Handshake(world, vera.send).run()
    if not connect_first:
        vera.send.connect(announced(OTHER))
    assert not world.worker.told("set_keys")
    assert page.last(events.TransportFailed).code == "dtls_fingerprint"
    assert world.metric("dtls_refused_total", cause="fingerprint") == 1
    Handshake(world, vera.send).run()
    assert not world.worker.told("set_keys"), "not at a second attempt either"
    with pytest.raises(Refused):
        vera.send.connect(announced(IDENTITY))
    Handshake(world, vera.receive).run()
    vera.receive.connect(announced(IDENTITY))
    assert len(world.worker.told("set_keys")) == 1, "the other transport is served as before"


def test_fingerprints_cannot_change_and_weak_ones_do_not_count() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    weak = DtlsParameters(fingerprints=[DtlsFingerprint(algorithm="sha-1", value="AA:BB")])
    with pytest.raises(Refused) as caught:
        vera.send.connect(weak)
    assert caught.value.code == "bad_parameters"
    vera.send.connect(announced(IDENTITY))
    vera.send.connect(announced(IDENTITY))
    with pytest.raises(Refused) as caught:
        vera.send.connect(announced(OTHER))
    assert caught.value.code == "already_connected"


def test_garbage_does_no_harm_to_a_handshake() -> None:
    world = World()
    vera, page = world.enter("Vera", "host")
    vera.send.connect(announced(IDENTITY))
    for garbage in (b"", b"\x16", b"\x16\xfe\xfd" + bytes(200), bytes(range(256)) * 4):
        world.see(Seen("dtls", vera.send.handle, 0, 0, garbage))
    Handshake(world, vera.send).run()
    assert world.worker.told("set_keys") and not page.all(events.TransportFailed) and not world.defects


def test_a_lost_flight_is_sent_again_by_the_nodes_clock() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    handshake = Handshake(world, vera.send)
    replies: list[bytes] = []
    for datagram in handshake.client.start(world.now):
        world.see(Seen("dtls", vera.send.handle, 0, 0, datagram))
        replies += handshake.answers()
    assert replies
    assert not handshake.answers()
    world.later(0.25)
    assert handshake.answers() == replies


def test_a_handshake_that_never_ends_is_given_up() -> None:
    world = World()
    vera, page = world.enter("Vera", "host")
    world.see(Seen("dtls", vera.send.handle, 0, 0, DtlsClient(IDENTITY).start(world.now)[0]))
    world.later(31)
    assert page.last(events.TransportFailed).code == "dtls_failed"
    assert world.metric("dtls_refused_total", cause="handshake") == 1


def test_candidates_and_credentials_are_what_ice_asks_for() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    for transport in (vera.send, vera.receive):
        assert [candidate.ip for candidate in transport.candidates] == ["192.0.2.1", "2001:db8::1"]
        assert all(ipaddress.ip_address(candidate.address) for candidate in transport.candidates)
        assert all(candidate.port == world.worker.port for candidate in transport.candidates)
        assert len({candidate.priority for candidate in transport.candidates}) == 2
        assert len(transport.ice.usernameFragment) >= 4 and len(transport.ice.password) >= 22
        assert (transport.ice.usernameFragment + transport.ice.password).isalnum()
    assert vera.send.ice.usernameFragment != vera.receive.ice.usernameFragment


def test_an_ice_restart_gives_the_worker_and_the_page_the_same_new_credentials() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    before = vera.send.ice
    after = vera.send.restart_ice()
    assert after.usernameFragment != before.usernameFragment and after.password != before.password
    assert world.worker.told("restart_ice") == [(vera.send.handle, after.usernameFragment, after.password)]


def test_a_router_may_have_another_port_for_each_worker() -> None:
    world = World(workers=2, announce_port=50_000)
    vera, _ = world.enter("Vera", "host")
    assert {candidate.port for candidate in vera.send.candidates} == {50_000 + world.room.link.index}
