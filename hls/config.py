"""Configuration of the hls process: one frozen object, read once at the edge and passed in."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

Port = Annotated[int, Meta(ge=0, le=65535)]


class HlsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section `hls` of the configuration. Relative paths are resolved against the data folder before it comes here."""

    host: str = "127.0.0.1"
    """Address viewers find broadcasts on (`/live/...`), or a cache before them."""
    port: Port = 7804
    """Its TCP port; 0 takes a free one."""
    control_host: str = "127.0.0.1"
    """Address the control API, `/metrics` and `/health` listen on; keep it off public networks."""
    control_port: Port = 7805
    """Its TCP port; 0 takes a free one."""
    rtp_host: str = "127.0.0.1"
    """Address rooms' packets come to, on a UDP port for each broadcast; of this machine, since they come in clear."""
    data_dir: str = "hls"
    """Folder of the recordings."""
    control_key: str = "keys/api.pub.pem"
    """Path of the api's Ed25519 public key (PEM): verifies control calls."""
    part_target: Annotated[float, Meta(ge=0.2, le=2)] = 1.0
    """Seconds of a part: viewers are about four of them behind."""
    segment_seconds: Annotated[float, Meta(ge=1, le=10)] = 4.0
    """Seconds of a segment, a multiple of `part_target`; each begins with a keyframe."""
    max_broadcasts: Annotated[int, Meta(ge=1, le=1000)] = 20
    """Broadcasts that may be live at once. One takes about a third of a core at 720 lines."""
    max_connections: Annotated[int, Meta(ge=1, le=1_000_000)] = 20_000
    """Viewers' connections open at once."""
    max_connections_per_address: Annotated[int, Meta(ge=0)] = 2_000
    """Of them from one IP address, or one /64 of IPv6: a whole school may stand behind one. 0: no limit."""
    proxies: list[str] = field(default_factory=lambda: ["127.0.0.1", "::1"])
    """IP addresses of caches and reverse proxies of ours: connections that come from one are not counted by address."""
    max_request_bytes: Annotated[int, Meta(ge=512, le=1 << 20)] = 8192
    """Bytes of a request's head."""
    header_seconds: Annotated[int, Meta(ge=1, le=300)] = 10
    """Seconds a request's head may take to arrive."""
    idle_seconds: Annotated[int, Meta(ge=1, le=3600)] = 75
    """Seconds a connection may stay without a request."""
    video_height: Annotated[int, Meta(ge=144, le=1080)] = 720
    """Lines of the picture; it is 16:9."""
    video_fps: Annotated[int, Meta(ge=5, le=30)] = 25
    """Pictures a second."""
    video_kbps: Annotated[int, Meta(ge=100, le=20_000)] = 2500
    """Kilobits a second of video at most."""
    audio_kbps: Annotated[int, Meta(ge=32, le=320)] = 128
    """Kilobits a second of sound."""
    encoder_threads: Annotated[int, Meta(ge=1, le=4)] = 1
    """Threads of one broadcast's video encoder."""
    tls_cert: str = ""
    """Path of a certificate chain (PEM); given together with `tls_key`, viewers are served over HTTPS."""
    tls_key: str = ""
    """Path of the certificate's private key (PEM)."""

    @property
    def tls(self) -> bool:
        """Whether this process itself speaks HTTPS to viewers."""
        return bool(self.tls_cert and self.tls_key)
