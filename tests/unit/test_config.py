"""The configuration: what wins, what follows from what, what is refused and how it is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_api.sign_in.config import EsiaConfig, VkConfig
from sfera.config import ConfigError, load


def toml(folder: Path, text: str) -> Path:
    path = folder / "sfera.toml"
    path.write_text(text)
    return path


def test_without_anything_said_the_parts_know_of_each_other() -> None:
    config = load(None, {})
    assert config.api.media_control_url == f"http://127.0.0.1:{config.media.control_port}"
    assert config.api.media_port == config.media.port
    assert config.media.webhook_url == f"http://127.0.0.1:{config.api.port}/hooks/media"
    assert config.api.hls_control_url == f"http://127.0.0.1:{config.hls.control_port}"
    assert config.api.hls_port == config.hls.port
    assert config.hls.data_dir == f"{Path.cwd()}/var/hls"
    assert config.api.database_url == f"sqlite+aiosqlite:///{Path.cwd()}/var/sfera.db"


def test_each_has_the_public_half_of_the_others_key() -> None:
    config = load(None, {"SFERA_DATA_DIR": "/data"})
    assert (config.api.signing_key, config.media.ticket_key) == ("/data/keys/api.pem", "/data/keys/api.pub.pem")
    assert (config.media.webhook_key, config.api.webhook_key) == ("/data/keys/media.pem", "/data/keys/media.pub.pem")


def test_the_file_wins_over_defaults_and_the_environment_over_the_file(tmp_path: Path) -> None:
    path = toml(tmp_path, 'log_level = "debug"\n[api]\nport = 8000\nsession_days = 3\n[media]\nworkers = 2\n')
    config = load(path, {"SFERA_API__PORT": "9000", "PATH": "/bin", "SFERA_CONFIG": str(path)})
    assert (config.log_level, config.api.port, config.api.session_days, config.media.workers) == ("debug", 9000, 3, 2)


def test_ports_that_were_moved_are_followed() -> None:
    config = load(None, {"SFERA_API__PORT": "1", "SFERA_MEDIA__PORT": "2", "SFERA_MEDIA__CONTROL_PORT": "3"})
    assert config.api.media_control_url == "http://127.0.0.1:3"
    assert config.api.media_port == 2
    assert config.media.webhook_url == "http://127.0.0.1:1/hooks/media"


def test_what_was_said_is_not_derived() -> None:
    environ = {"SFERA_MEDIA__WEBHOOK_URL": "https://api.example/hooks/media", "SFERA_API__MEDIA_PORT": "443"}
    config = load(None, environ)
    assert config.media.webhook_url == "https://api.example/hooks/media"
    assert config.api.media_port == 443


def test_the_hls_process_is_followed_too() -> None:
    config = load(None, {"SFERA_HLS__PORT": "4", "SFERA_HLS__CONTROL_PORT": "5", "SFERA_MEDIA__UDP_HOST": "::"})
    assert (config.api.hls_port, config.api.hls_control_url) == (4, "http://127.0.0.1:5")
    assert config.hls.rtp_host == "::1", "a tap comes from the media node's own socket"


@pytest.mark.parametrize(
    ("host", "reached"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("fd00::1", "[fd00::1]"), ("10.0.0.5", "10.0.0.5")]
)
def test_a_listener_is_reached_from_its_own_machine(host: str, reached: str) -> None:
    config = load(None, {"SFERA_MEDIA__CONTROL_HOST": host, "SFERA_API__HOST": host})
    assert config.api.media_control_url == f"http://{reached}:7802"
    assert config.media.webhook_url == f"http://{reached}:7800/hooks/media"


def test_the_certificate_of_the_api_serves_media_too(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()
    (tmp_path / "key.pem").touch()
    text = f'data_dir = "{tmp_path}"\n[api]\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n'
    config = load(toml(tmp_path, text), {})
    assert config.media.tls
    assert config.media.tls_cert == str(tmp_path / "cert.pem")
    assert config.media.webhook_url.startswith("https://")
    assert config.media.webhook_cert == config.api.tls_cert
    assert config.hls.tls and config.hls.tls_key == config.api.tls_key


def test_relative_paths_are_of_the_data_folder_and_absolute_ones_stay() -> None:
    environ = {"SFERA_DATA_DIR": "/data", "SFERA_API__SIGNING_KEY": "a.pem", "SFERA_API__WEB_DIST": "/srv/web"}
    config = load(None, environ)
    assert (config.api.signing_key, config.api.web_dist) == ("/data/a.pem", "/srv/web")
    assert config.api.database_url == "sqlite+aiosqlite:////data/sfera.db"


def test_the_web_client_of_the_checkout_is_served(checkout: Path) -> None:
    assert load(None, {"SFERA_DATA_DIR": "/data"}).api.web_dist == str(checkout / "web" / "dist")


def test_lists_are_written_with_commas_or_as_json() -> None:
    servers = '[{"urls": ["stun:10.0.0.1:3478"]}]'
    config = load(None, {"SFERA_MEDIA__ANNOUNCE": "10.0.0.5, fd00::5", "SFERA_MEDIA__ICE_SERVERS": servers})
    assert config.media.announce == ["10.0.0.5", "fd00::5"]
    assert config.media.ice_servers == [{"urls": ["stun:10.0.0.1:3478"]}]


def test_it_is_frozen() -> None:
    config = load(None, {})
    with pytest.raises(AttributeError):
        config.media.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[api]\nprot = 1", "api.prot: unknown key (did you mean port?)"),
        ("[apj]\nport = 1", "apj: unknown key (did you mean api?)"),
        ('log_leve = "info"', "log_leve: unknown key (did you mean log_level?)"),
        ("api = 3", "api: must be a table ([api])"),
        ("[api]\nport = 65536", "api.port: "),
        ('[api]\nport = "http"', "api.port: "),
        ('log_level = "loud"', "log_level: "),
        ("[media]\nworkers = 0", "media.workers: "),
        ("[media]\nmax_participants = 51", "media.max_participants: "),
        ('[media]\nannounce = ["media.example"]', "media.announce: not an IP address: media.example"),
        ("[media]\nannounce = []", "media.announce: "),
        ("[media]\nudp_port = 65535\nworkers = 2", "media.udp_port: 2 workers would need port 65536"),
        ("[media]\nannounce_port = 65535\nworkers = 2", "media.announce_port: 2 workers would need port 65536"),
        ('[media]\nwebhook_url = "api.example"', "media.webhook_url: "),
        ('[api]\nmedia_signal_url = "http://media"', "api.media_signal_url: "),
        ("[media]\nport = 7800", "media.port: 7800 is also api.port"),
        ('[api]\ntls_cert = "/etc/hosts"', "api.tls_key: tls_cert and tls_key are given together"),
        ('[api]\ntls_cert = "/no/cert"\ntls_key = "/no/key"', "api.tls_cert: no such file: /no/cert"),
        ('[hls]\nrtp_host = "192.0.2.1"', "hls.rtp_host: not an address of this machine alone: 192.0.2.1"),
        ("[hls]\npart_target = 0.75", "hls.part_target: 4 s are no multiple of it"),
        ("[hls]\nvideo_height = 2160", "hls.video_height: "),
        ("[hls]\ncontrol_port = 7802", "hls.control_port: 7802 is also media.control_port"),
        ("[supervisor]\nstop_seconds = 0", "supervisor.stop_seconds: "),
        ("port 1", "sfera.toml: "),
    ],
)
def test_what_cannot_be_served_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(toml(tmp_path, text), {})
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("SFERA_API__PROT", "1", "SFERA_API__PROT: unknown key (did you mean port?)"),
        ("SFERA_MEDIO__PORT", "1", "SFERA_MEDIO__PORT: unknown section (did you mean media?)"),
        ("SFERA_PORT", "1", "SFERA_PORT: unknown key"),
        ("SFERA_API", "1", "SFERA_API: unknown key"),
        ("SFERA_API__PORT", "web", "api.port: "),
        ("SFERA_MEDIA__ANNOUNCE", '["10.0.0.1"', "SFERA_MEDIA__ANNOUNCE: "),
    ],
)
def test_a_variable_that_cannot_be_served_is_refused_by_name(name: str, value: str, named: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(None, {name: value})
    assert str(refused.value).startswith(named)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: No such file"):
        load(tmp_path / "nowhere.toml", {})


def test_sign_ins_elsewhere_are_configured_in_the_file_or_as_one_variable(tmp_path: Path) -> None:
    esia = {"kind": "esia", "client_id": "SCHOOL", "key": "keys/gost.pem", "token_key": "/etc/esia.pem"}
    listed = json.dumps({"providers": [{**esia, "certificate_hash": "A1" * 32}]})
    environ = {"SFERA_DATA_DIR": str(tmp_path), "SFERA_API__SIGN_IN": listed}
    (found,) = load(None, environ).api.sign_in.providers
    assert isinstance(found, EsiaConfig)
    assert (found.key, found.token_key) == (str(tmp_path / "keys/gost.pem"), "/etc/esia.pem")

    path = tmp_path / "sfera.toml"
    path.write_text('[[api.sign_in.providers]]\nkind = "vk"\nclient_id = "1"\nhost = "https://id.vk.ru"\n')
    (vk,) = load(path, {}).api.sign_in.providers
    assert isinstance(vk, VkConfig)
    for wrong in ('kind = "vk"', 'kind = "vkontakte"\nclient_id = "1"', 'kind = "vk"\nclient_id = "1"\nhosts = "x"'):
        path.write_text(f"[[api.sign_in.providers]]\n{wrong}\n")
        with pytest.raises(ConfigError, match=r"api\.sign_in\.providers"):
            load(path, {})
