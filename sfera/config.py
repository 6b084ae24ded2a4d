"""The configuration of all processes: one frozen object, from TOML and the environment, which wins.

A key `port` of section `api` is `SFERA_API__PORT` in the environment, a key outside of sections (`log_level`) is
`SFERA_LOG_LEVEL`. Lists are written with commas or as JSON. What no section knows is refused by name: a misspelt key
never silently means the default.
"""

from __future__ import annotations

import difflib
import ipaddress
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from hls.config import HlsConfig
from platform_api.config import ApiConfig
from sfu.config import MediaConfig

PREFIX = "SFERA_"
CONFIG_VARIABLE = "SFERA_CONFIG"
"""Path of the TOML file when `--config` is not given; not a key."""

Port = Annotated[int, Meta(ge=0, le=65535)]
Table = dict[str, Any]


class ConfigError(Exception):
    """The configuration cannot be used; the message begins with the key (or file) that is wrong."""


class SupervisorConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section `supervisor`: the process that runs the others under `sfera serve`."""

    host: str = "127.0.0.1"
    """Address its `/metrics` and `/health` listen on."""
    port: Port = 7803
    """Its TCP port; 0 takes a free one."""
    stop_seconds: Annotated[float, Meta(gt=0, le=300)] = 10.0
    """Seconds the processes get to stop cleanly before they are killed."""


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything `sfera` is configured with. Paths in it are absolute."""

    data_dir: str = "var"
    """Folder of everything Sfera keeps: database, keys, files, `run.json`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    supervisor: SupervisorConfig = field(default_factory=SupervisorConfig)
    api: ApiConfig = field(default_factory=ApiConfig)
    media: MediaConfig = field(default_factory=MediaConfig)
    hls: HlsConfig = field(default_factory=HlsConfig)


SECTIONS: dict[str, type[Struct]] = {
    "supervisor": SupervisorConfig,
    "api": ApiConfig,
    "media": MediaConfig,
    "hls": HlsConfig,
}
PATHS = {
    "api": ("signing_key", "webhook_key", "push_key", "web_dist", "files_dir", "tls_cert", "tls_key"),
    "media": ("ticket_key", "webhook_key", "webhook_cert", "tls_cert", "tls_key"),
    "hls": ("data_dir", "control_key", "tls_cert", "tls_key"),
}
PROVIDER_PATHS = ("key", "token_key")
"""Of a sign-in elsewhere (`[[api.sign_in.providers]]`)."""


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration.

    Args:
        path: a TOML file; None for defaults and environment alone.
        environ: the environment; only names that begin with `SFERA_` are looked at.

    Raises:
        ConfigError: the file cannot be read, or a key is unknown or has a value that cannot be served.
    """
    raw = read_toml(path) if path is not None else {}
    merge_environment(raw, environ)
    refuse_unknown(raw)
    fill_in(raw)
    try:
        config = msgspec.convert(raw, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(explain(error)) from None
    check(config)
    return config


def read_toml(path: Path) -> Table:
    """The file's tables; `ConfigError` names the file, and for a mistake in the text its line."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None


def merge_environment(raw: Table, environ: Mapping[str, str]) -> None:
    """Put the environment's values over those of the file, in place."""
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name == CONFIG_VARIABLE:
            continue
        section, separator, key = name.removeprefix(PREFIX).lower().partition("__")
        if not separator:
            if section not in Config.__struct_fields__ or section in SECTIONS:
                raise ConfigError(f"{name}: unknown key{suggestion(section, plain_keys())}")
            raw[section] = environ[name]
            continue
        struct = SECTIONS.get(section)
        if struct is None:
            raise ConfigError(f"{name}: unknown section{suggestion(section, list(SECTIONS))}")
        if key not in struct.__struct_fields__:
            raise ConfigError(f"{name}: unknown key{suggestion(key, struct.__struct_fields__)}")
        table = raw.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = from_text(name, environ[name], struct, key)


def from_text(name: str, text: str, struct: type[Struct], key: str) -> object:
    """A variable's text as the value `msgspec.convert` takes; lists by commas, lists and tables as JSON."""
    kind = msgspec.inspect.type_info(next(f.type for f in msgspec.structs.fields(struct) if f.name == key))
    if isinstance(kind, msgspec.inspect.StructType) or (
        isinstance(kind, msgspec.inspect.ListType) and text.lstrip().startswith("[")
    ):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise ConfigError(f"{name}: {error}") from None
    if not isinstance(kind, msgspec.inspect.ListType):
        return text
    return [item.strip() for item in text.split(",") if item.strip()]


def refuse_unknown(raw: Table) -> None:
    """Name the first key of the file that no section has."""
    for key, value in raw.items():
        if key not in Config.__struct_fields__:
            raise ConfigError(f"{key}: unknown key{suggestion(key, Config.__struct_fields__)}")
        struct = SECTIONS.get(key)
        if struct is None:
            continue
        if not isinstance(value, dict):
            raise ConfigError(f"{key}: must be a table ([{key}])")
        for inner in value:
            if inner not in struct.__struct_fields__:
                raise ConfigError(f"{key}.{inner}: unknown key{suggestion(inner, struct.__struct_fields__)}")


def fill_in(raw: Table) -> None:
    """Make paths absolute, and derive what one process must know of the other unless it was said.

    On one machine nothing needs saying twice: where the control APIs are, where webhooks go, under which ports pages
    find the media process and broadcasts, and the certificate follow from the other sections.
    """
    data_dir = Path(str(raw.get("data_dir", "var"))).expanduser().absolute()
    raw["data_dir"] = str(data_dir)
    api: Table = raw.setdefault("api", {})
    media: Table = raw.setdefault("media", {})
    hls: Table = raw.setdefault("hls", {})
    api_defaults, media_defaults, hls_defaults = ApiConfig(), MediaConfig(), HlsConfig()

    for key in ("tls_cert", "tls_key"):
        media.setdefault(key, api.get(key, ""))
        hls.setdefault(key, api.get(key, ""))
    control_host = media.get("control_host", media_defaults.control_host)
    control_port = media.get("control_port", media_defaults.control_port)
    api.setdefault("media_control_url", f"http://{url_host(control_host)}:{control_port}")
    api.setdefault("media_port", media.get("port", media_defaults.port))
    hls_control = url_host(hls.get("control_host", hls_defaults.control_host))
    api.setdefault("hls_control_url", f"http://{hls_control}:{hls.get('control_port', hls_defaults.control_port)}")
    api.setdefault("hls_port", hls.get("port", hls_defaults.port))
    if ":" in str(media.get("udp_host", media_defaults.udp_host)):
        hls.setdefault("rtp_host", "::1")  # a tap comes from the media node's own socket
    scheme = "https" if api.get("tls_cert") else "http"
    api_host = url_host(api.get("host", api_defaults.host))
    media.setdefault("webhook_url", f"{scheme}://{api_host}:{api.get('port', api_defaults.port)}/hooks/media")
    media.setdefault("webhook_cert", api.get("tls_cert", ""))
    api.setdefault("web_dist", str(Path(__file__).absolute().parent.parent / "web" / "dist"))

    for section, keys in PATHS.items():
        table = raw[section]
        for key in keys:
            text = table.get(key, getattr(SECTIONS[section](), key))
            if isinstance(text, str) and text:
                table[key] = str(data_dir / Path(text).expanduser())
    for provider in sign_in_providers(api):
        for key in PROVIDER_PATHS:
            if isinstance(provider.get(key), str):
                provider[key] = str(data_dir / Path(provider[key]).expanduser())
    url = api.get("database_url", api_defaults.database_url)
    if isinstance(url, str):
        api["database_url"] = url.replace("{data_dir}", str(data_dir))


def sign_in_providers(api: Table) -> list[Table]:
    """The tables `[[api.sign_in.providers]]`; what is not of that form is refused later, by its type."""
    section = api.get("sign_in")
    found = section.get("providers") if isinstance(section, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def check(config: Config) -> None:
    """What types cannot say; raises `ConfigError` naming the key."""
    for section, struct in (("api", config.api), ("media", config.media), ("hls", config.hls)):
        if bool(struct.tls_cert) != bool(struct.tls_key):
            missing = "tls_key" if struct.tls_cert else "tls_cert"
            raise ConfigError(f"{section}.{missing}: tls_cert and tls_key are given together or not at all")
        for key in ("tls_cert", "tls_key"):
            text = getattr(struct, key)
            if text and not Path(text).is_file():
                raise ConfigError(f"{section}.{key}: no such file: {text}")
    media = config.media
    require(bool(media.announce), "media.announce", "at least one IP address that participants can reach")
    for address in media.announce:
        require(is_address(address), "media.announce", f"not an IP address: {address}")
    for section, proxies in (("media", media.proxies), ("hls", config.hls.proxies)):
        for address in proxies:
            require(is_address(address), f"{section}.proxies", f"not an IP address: {address}")
    require(is_address(media.udp_host), "media.udp_host", f"not an IP address: {media.udp_host}")
    last = media.udp_port + media.workers - 1
    require(not media.udp_port or last <= 65535, "media.udp_port", f"{media.workers} workers would need port {last}")
    last = media.announce_port + media.workers - 1
    require(last <= 65535, "media.announce_port", f"{media.workers} workers would need port {last}")
    hls = config.hls
    require(is_loopback(hls.rtp_host), "hls.rtp_host", f"not an address of this machine alone: {hls.rtp_host}")
    parts = hls.segment_seconds / hls.part_target
    require(abs(parts - round(parts)) < 1e-6, "hls.part_target", f"{hls.segment_seconds:g} s are no multiple of it")
    for key, url in (
        ("api.hls_control_url", config.api.hls_control_url),
        ("api.hls_public_url", config.api.hls_public_url),
        ("api.media_control_url", config.api.media_control_url),
        ("api.public_url", config.api.public_url),
        ("media.webhook_url", media.webhook_url),
    ):
        require(not url or url.startswith(("http://", "https://")), key, f"not an http or https address: {url}")
    signal = config.api.media_signal_url
    is_socket = signal.startswith(("ws://", "wss://"))
    require(not signal or is_socket, "api.media_signal_url", f"not a ws or wss address: {signal}")
    taken: dict[int, str] = {}
    for key, port in listeners(config).items():
        require(not port or port not in taken, key, f"{port} is also {taken.get(port)}")
        taken[port] = key


def listeners(config: Config) -> dict[str, int]:
    """Every TCP port something of this configuration listens on, by its key."""
    return {
        "api.port": config.api.port,
        "media.port": config.media.port,
        "media.control_port": config.media.control_port,
        "hls.port": config.hls.port,
        "hls.control_port": config.hls.control_port,
        "supervisor.port": config.supervisor.port,
    }


def url_host(host: object) -> str:
    """How a process on the same machine reaches a listener of this host: wildcards by loopback, IPv6 in brackets."""
    text = str(host)
    if text in ("", "0.0.0.0"):
        return "127.0.0.1"
    if text == "::":
        return "[::1]"
    return f"[{text}]" if ":" in text else text


def explain(error: msgspec.ValidationError) -> str:
    """`msgspec`'s message, turned to begin with the key."""
    text, _, path = str(error).rpartition(" - at `$.")
    return f"{path.rstrip('`')}: {text}" if text else str(error)


def suggestion(key: str, known: tuple[str, ...] | list[str]) -> str:
    """The known key somebody may have meant."""
    close = difflib.get_close_matches(key, known, 1)
    return f" (did you mean {close[0]}?)" if close else f" (known: {', '.join(known)})"


def plain_keys() -> list[str]:
    """Keys that stand outside of sections."""
    return [name for name in Config.__struct_fields__ if name not in SECTIONS]


def is_address(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address."""
    parse: Callable[[str], object] = ipaddress.ip_address
    try:
        parse(text)
    except ValueError:
        return False
    return True


def is_loopback(text: str) -> bool:
    """Whether this is an address that leads nowhere but to this machine."""
    return is_address(text) and ipaddress.ip_address(text).is_loopback


def require(condition: bool, key: str, problem: str) -> None:
    """`ConfigError` for this key unless the condition holds."""
    if not condition:
        raise ConfigError(f"{key}: {problem}")
