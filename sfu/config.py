"""Configuration of the media process: one frozen object, read once at the edge and passed in."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct, field

Port = Annotated[int, Meta(ge=0, le=65535)]


class MediaConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section `media` of the configuration. Relative paths are resolved against the data folder before it comes
    here."""

    host: str = "127.0.0.1"
    """Address the signalling WebSocket (`/signal`) listens on."""
    port: Port = 7801
    """Its TCP port; 0 takes a free one."""
    control_host: str = "127.0.0.1"
    """Address the control API, `/metrics` and `/health` listen on; keep it off public networks."""
    control_port: Port = 7802
    """Its TCP port; 0 takes a free one."""
    udp_host: str = "0.0.0.0"
    """Address the packet workers receive media on."""
    udp_port: Port = 0
    """UDP port of the first worker, the next worker takes the next one; 0 takes a free one for each."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    """Packet workers: native threads, one UDP port each. More than there are cores brings nothing."""
    participant_packets: Annotated[int, Meta(ge=0, le=1_000_000)] = 4_000
    """Packets a second taken of each path of a participant (a camera in three layers sends 300), and so many at once.
    What is more is dropped and counted. 0: no limit."""
    participant_kbps: Annotated[int, Meta(ge=0, le=10_000_000)] = 30_000
    """Kilobits a second taken of each path of a participant. 0: no limit."""
    announce: list[str] = field(default_factory=lambda: ["127.0.0.1"])
    """IP addresses (v4 and v6) put into ICE candidates: where participants reach `udp_host` from."""
    announce_port: Port = 0
    """UDP port put into candidates for the first worker, where a router or a relay takes another one to `udp_port`; the
    next worker's is the next one. 0: the workers' own."""
    ticket_key: str = "keys/api.pub.pem"
    """Path of the api's Ed25519 public key (PEM): verifies tickets and control calls."""
    webhook_url: str = "http://127.0.0.1:7800/hooks/media"
    """Where events are posted to; empty: nowhere."""
    webhook_key: str = "keys/media.pem"
    """Path of this process's Ed25519 private key (PEM): signs webhooks."""
    webhook_cert: str = ""
    """Path of the certificate (PEM) the api shows when `webhook_url` is HTTPS: exactly this one is accepted. Empty: the
    system's authorities decide."""
    ice_servers: list[dict[str, Any]] = []
    """STUN and TURN servers given to pages, as WebRTC's `RTCIceServer` dictionaries."""
    tls_cert: str = ""
    """Path of a certificate chain (PEM); given together with `tls_key`, the WebSocket is `wss`."""
    tls_key: str = ""
    """Path of the certificate's private key (PEM)."""
    max_participants: Annotated[int, Meta(ge=2, le=50)] = 50
    """Participants a room takes at most, whatever its ticket says."""
    resume_seconds: Annotated[int, Meta(ge=1, le=600)] = 30
    """Seconds a participant whose socket broke keeps the place in the room."""
    max_sockets: Annotated[int, Meta(ge=1)] = 20_000
    """Signalling sockets open at once."""
    max_sockets_per_address: Annotated[int, Meta(ge=0)] = 2_000
    """Of them from one IP address, or one /64 of IPv6: a whole school may stand behind one. 0: no limit."""
    proxies: list[str] = field(default_factory=lambda: ["127.0.0.1", "::1"])
    """IP addresses of reverse proxies of ours: sockets that come through one are not counted by address."""
    allowed_origins: list[str] = []
    """Origins (`https://school.example`) whose pages may connect; empty: any, since entry is by ticket."""
    node_id: Annotated[str, Meta(min_length=1, max_length=64)] = "media-1"
    """Name of this node in webhooks, metrics and logs."""

    @property
    def tls(self) -> bool:
        """Whether this process itself speaks TLS on its WebSocket."""
        return bool(self.tls_cert and self.tls_key)
