"""The key pairs of api and media: made once, private, and their public halves fit."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from sfera.config import Config, ConfigError, load
from sfera.keys import ensure_keys, read_private


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load(None, {"SFERA_DATA_DIR": str(tmp_path / "data")})


def test_both_pairs_are_made_once_and_only_their_owner_reads_them(config: Config) -> None:
    made = ensure_keys(config)
    assert {path.name for path in made} == {"api.pem", "api.pub.pem", "media.pem", "media.pub.pem"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in made)
    assert {path.name for path in made[0].parent.iterdir()} == {path.name for path in made}
    before = {path: path.read_bytes() for path in made}
    assert ensure_keys(config) == []
    assert {path: path.read_bytes() for path in made} == before


def test_what_one_signs_the_other_verifies(config: Config) -> None:
    ensure_keys(config)
    for private, public in (
        (config.api.signing_key, config.media.ticket_key),
        (config.media.webhook_key, config.api.webhook_key),
    ):
        signature = read_private("key", Path(private)).sign(b"ticket")
        verifier = load_pem_public_key(Path(public).read_bytes())
        assert isinstance(verifier, Ed25519PublicKey)
        verifier.verify(signature, b"ticket")


def test_every_process_that_is_called_has_the_callers_public_key(tmp_path: Path) -> None:
    elsewhere = tmp_path / "hls.pub.pem"
    config = load(None, {"SFERA_DATA_DIR": str(tmp_path / "data"), "SFERA_HLS__CONTROL_KEY": str(elsewhere)})
    assert elsewhere in ensure_keys(config)
    assert elsewhere.read_bytes() == Path(config.media.ticket_key).read_bytes()
    assert load(None, {"SFERA_DATA_DIR": "/data"}).hls.control_key == "/data/keys/api.pub.pem"


def test_a_public_half_that_does_not_fit_is_written_anew(config: Config) -> None:
    ensure_keys(config)
    public = Path(config.media.ticket_key)
    right = public.read_bytes()
    public.write_bytes(Path(config.api.webhook_key).read_bytes())
    assert ensure_keys(config) == [public]
    assert public.read_bytes() == right


def test_a_private_key_that_cannot_be_used_is_refused_and_left_alone(config: Config) -> None:
    ensure_keys(config)
    private = Path(config.api.signing_key)
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content, problem in ((b"not a key", "not a private key in PEM"), (other, "not an Ed25519 key")):
        private.write_bytes(content)
        with pytest.raises(ConfigError, match=rf"api\.signing_key: .*{problem}"):
            ensure_keys(config)
        assert private.read_bytes() == content
