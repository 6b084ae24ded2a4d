"""Configuration of the api process: one frozen object, read once."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from platform_api.documents.config import DocumentsConfig, StorageConfig
from platform_api.sign_in.config import SignInConfig

Port = Annotated[int, Meta(ge=0, le=65535)]


class ConfigError(ValueError):
    """A setting that cannot be served; the message names the key and what is wrong with it."""


class ApiConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section `api` of the configuration. Relative paths are resolved against the data folder before it comes here."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Port = 7800
    """TCP port to listen on; 0 takes a free one."""
    database_url: str = "sqlite+aiosqlite:///{data_dir}/sfera.db"
    """SQLAlchemy address of the database; `{data_dir}` is replaced by whoever loads the configuration."""
    bus_url: str = ""
    """Address of the NATS server (nats://host:port) that several api processes share; empty: there is one process."""
    event_days: Annotated[int, Meta(ge=1, le=3660)] = 30
    """Days for which the event log keeps what happened; a page that was away longer reads everything anew."""
    event_entries: Annotated[int, Meta(ge=1000)] = 1_000_000
    """Entries the event log keeps at most."""
    public_url: str = ""
    """Address people type, when a proxy stands before this process; `https` there makes the cookie `Secure`."""
    media_control_url: str = "http://127.0.0.1:7802"
    """Base address of the media node's control API."""
    media_signal_url: str = ""
    """WebSocket address given to pages; empty: the host of the page's own request, port `media_port`, /signal."""
    media_port: Port = 7801
    """Port in the address above when `media_signal_url` is empty."""
    hls_control_url: str = "http://127.0.0.1:7805"
    """Base address of the hls process's control API."""
    hls_public_url: str = ""
    """Base address where viewers find broadcasts: the hls process, or a cache before it; empty: the host of the page's
    own request, port `hls_port`."""
    hls_port: Port = 7804
    """Port in the address above when `hls_public_url` is empty."""
    signing_key: str = "keys/api.pem"
    """Path of this process's Ed25519 private key (PEM): signs tickets and control calls."""
    webhook_key: str = "keys/media.pub.pem"
    """Path of the media node's Ed25519 public key (PEM): verifies webhooks."""
    push_key: str = "keys/push.pem"
    """Path of the P-256 key (PEM) by which push services know this server; made at the start where its folder is."""
    push_contact: str = ""
    """Address (mailto: or https:) push services write to when something is wrong; empty: `public_url`."""
    push_services: list[str] = []
    """Origins of push services in a private network; all others are called only at public https addresses."""
    web_dist: str = "web/dist"
    """Folder of the built web client."""
    files_dir: str = "files"
    """Folder of files where there is no bucket (`storage`), and of what is made of them meanwhile."""
    storage: StorageConfig = field(default_factory=StorageConfig)
    """Where files are kept."""
    documents: DocumentsConfig = field(default_factory=DocumentsConfig)
    """Limits of files."""
    tls_cert: str = ""
    """Path of a certificate chain (PEM); given together with `tls_key`, this process speaks HTTPS itself."""
    tls_key: str = ""
    """Path of the certificate's private key (PEM)."""
    session_days: Annotated[int, Meta(ge=1, le=366)] = 14
    """Days until a sign-in ends by itself."""
    ticket_seconds: Annotated[int, Meta(ge=5, le=300)] = 60
    """Seconds a ticket can be used."""
    sign_in: SignInConfig = field(default_factory=SignInConfig)
    """Signing in by accounts elsewhere."""
    language: Literal["ru", "en"] = "ru"
    """Language of refusals for who asks for none and has none of their own."""
    person_calls_per_minute: Annotated[int, Meta(ge=0)] = 1200
    """API calls one person may make in a minute; 0: no limit."""
    address_calls_per_minute: Annotated[int, Meta(ge=0)] = 12_000
    """API calls one address may make in a minute: a whole school is behind one; 0: no limit."""
    idle_lesson_minutes: Annotated[int, Meta(ge=1, le=24 * 60)] = 30
    """Minutes a lesson may stand empty before it is ended."""
    trusted_proxies: list[str] = []
    """Networks (CIDR) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    metrics_from: list[str] = field(default_factory=lambda: ["127.0.0.0/8", "::1/128"])
    """Networks (CIDR) that may read /metrics; for all others it does not exist."""

    @property
    def tls(self) -> bool:
        """Whether this process itself speaks HTTPS."""
        return bool(self.tls_cert and self.tls_key)
