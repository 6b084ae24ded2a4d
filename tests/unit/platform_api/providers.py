"""Other people's sign-ins on a free port: VK ID, Gosuslugi and an OpenID Connect provider, as strict as the real ones.

They enforce what their documents ask for (PKCE, `device_id`, a code once, our GOST signature over exactly these
parameters) and can be told to lie in one way at a time, so that each check of ours is seen to matter.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = "sfera-test"
SECRET = "s3cret+&%"
ESIA_ISSUER = "http://esia.gosuslugi.ru/"
CERTIFICATE_HASH = "A1" * 32


@dataclass
class Granted:
    """A code somebody was sent back with."""

    query: dict[str, str]
    device_id: str
    used: bool = False


@dataclass
class Lie:
    """What a provider does wrong in a test; nothing by default."""

    claims: dict[str, Any] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    key: Any = None
    algorithm: str = ""
    user_id: Any = None
    state: str = ""
    status: int = 0
    body: bytes = b""
    tamper: Callable[[str], str] | None = None


class Gost:
    """Keys of GOST R 34.10-2012 by openssl, and what it signs and verifies on its own command line."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def make(self, name: str) -> tuple[Path, Path]:
        key, public = self.folder / f"{name}.pem", self.folder / f"{name}.pub.pem"
        self._run("genpkey", "-algorithm", "gost2012_256", "-pkeyopt", "paramset:A", "-out", str(key))
        self._run("pkey", "-in", str(key), "-pubout", "-out", str(public))
        return key, public

    def sign(self, key: Path, data: bytes) -> bytes:
        return self._run("dgst", "-md_gost12_256", "-sign", str(key), data=data)

    def holds(self, public: Path, data: bytes, signature: bytes) -> bool:
        file = self.folder / f"signature-{secrets.token_hex(4)}"
        file.write_bytes(signature)
        try:
            self._run("dgst", "-md_gost12_256", "-verify", str(public), "-signature", str(file), data=data)
        except subprocess.CalledProcessError:
            return False
        return True

    def _run(self, command: str, *arguments: str, data: bytes = b"") -> bytes:
        line = ["openssl", command, "-engine", "gost", *arguments]
        return subprocess.run(line, input=data, capture_output=True, check=True, timeout=20).stdout


class Keys:
    """Everybody's keys; making them takes a while, so tests share them."""

    def __init__(self, folder: Path) -> None:
        self.gost = Gost(folder)
        self.ours, self.esia, self.evil = (self.gost.make(name) for name in ("ours", "esia", "evil"))
        self.oidc = RSAKey.generate_key(2048, {"kid": "one"})


class Providers:
    """All three; `base` is set once they listen. People come back at once: nobody has to press anything."""

    def __init__(self, now: Callable[[], float], keys: Keys) -> None:
        self.now = now
        self.base = ""
        self.lie = Lie()
        self.person: dict[str, str] = {
            "id": "1000299353",
            "first": "Вера",
            "last": "Берестова",
            "born": "1988-04-03",
        }
        self.calls: list[str] = []
        self.gost = keys.gost
        self.our_key, self.our_public = keys.ours
        self.their_key, self.their_public = keys.esia
        self.evil_key = keys.evil[0]
        self.oidc_key = keys.oidc
        self._codes: dict[str, Granted] = {}
        self._tokens: dict[str, str] = {}
        self.app = web.Application()
        add = self.app.router
        add.add_get("/authorize", self._authorize)
        add.add_post("/oauth2/auth", self._vk_token)
        add.add_post("/oauth2/user_info", self._vk_info)
        add.add_get("/aas/oauth2/v2/ac", self._esia_authorize)
        add.add_post("/aas/oauth2/v3/te", self._esia_token)
        add.add_get("/rs/prns/{oid}", self._esia_person)
        add.add_get("/.well-known/openid-configuration", self._discovery)
        add.add_get("/keys", self._keys)
        add.add_get("/auth", self._authorize)
        add.add_post("/token", self._oidc_token)

    def configuration(self) -> list[dict[str, Any]]:
        """The providers as they stand in `api.sign_in.providers`."""
        return [
            {"kind": "vk", "client_id": CLIENT, "host": self.base},
            {
                "kind": "esia",
                "client_id": CLIENT,
                "host": self.base,
                "key": str(self.our_key),
                "token_key": str(self.their_public),
                "certificate_hash": CERTIFICATE_HASH,
            },
            {
                "kind": "oidc",
                "id": "school",
                "name": "Школьный вход",
                "issuer": self.base,
                "client_id": CLIENT,
                "client_secret": SECRET,
            },
        ]

    def grant(self, query: dict[str, str]) -> Granted:
        code = secrets.token_urlsafe(16)
        query = dict(query)
        granted = Granted(query, secrets.token_urlsafe(8))
        self._codes[code] = granted
        query["granted"] = code
        granted.query = query
        return granted

    def back(self, granted: Granted, *, device: bool) -> str:
        """The address the browser is sent back to."""
        query = {"code": granted.query["granted"], "state": granted.query["state"]}
        if device:
            query |= {"device_id": granted.device_id, "type": "code_v2", "expires_in": "600"}
        return granted.query["redirect_uri"] + "?" + urllib.parse.urlencode(query)

    async def _authorize(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        vk = request.path == "/authorize"
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == ("s256" if vk else "S256")
        assert len(query["code_challenge"]) == 43
        return web.Response(status=302, headers={"Location": self.back(self.grant(query), device=vk)})

    def _redeem(self, form: dict[str, str]) -> Granted | None:
        """The code of a request for a token, once, by whoever knows the verifier."""
        granted = self._codes.get(form.get("code", ""))
        if granted is None or granted.used or form.get("grant_type") != "authorization_code":
            return None
        granted.used = True
        challenge = granted.query.get("code_challenge")
        if challenge is not None:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge:
                return None
        return granted if granted.query["redirect_uri"] == form.get("redirect_uri") else None

    async def _vk_token(self, request: web.Request) -> web.Response:
        self.calls.append("vk token")
        form = {name: str(value) for name, value in (await request.post()).items()}
        granted = self._redeem(form)
        if granted is None or form.get("device_id") != granted.device_id or form.get("client_id") != CLIENT:
            return self._say({"error": "invalid_grant"}, 400)
        token = secrets.token_urlsafe(16)
        self._tokens[token] = self.person["id"]
        state = self.lie.state or form["state"]
        return self._say({"access_token": token, "user_id": int(self.person["id"]), "expires_in": 3600, "state": state})

    async def _vk_info(self, request: web.Request) -> web.Response:
        form = await request.post()
        if str(form.get("access_token")) not in self._tokens or form.get("client_id") != CLIENT:
            return self._say({"error": "invalid_token"}, 401)
        year, month, day = self.person["born"].split("-")
        told = {
            "user_id": self.lie.user_id or self.person["id"],
            "first_name": self.person["first"],
            "last_name": self.person["last"],
            "birthday": f"{day}.{month}.{year}",
        }
        return self._say({"user": told})

    async def _esia_authorize(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        if not self._signed_by_us(query, ""):
            return web.Response(status=403, text="ESIA-007004")
        return web.Response(status=302, headers={"Location": self.back(self.grant(query), device=False)})

    def _signed_by_us(self, sent: dict[str, str], code: str) -> bool:
        assert sent["client_certificate_hash"] == CERTIFICATE_HASH
        text = "".join(
            sent.get(n, "") for n in ("client_id", "scope", "scope_org", "timestamp", "state", "redirect_uri")
        )
        signature = base64.urlsafe_b64decode(sent["client_secret"])
        return len(signature) == 64 and self.gost.holds(self.our_public, (text + code).encode(), signature)

    async def _esia_token(self, request: web.Request) -> web.Response:
        self.calls.append("esia token")
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not self._signed_by_us(form, form.get("code", "")) or self._redeem(form) is None:
            return self._say({"error": "invalid_request"}, 400)
        token = self.esia_jwt()
        self._tokens[token] = self.person["id"]
        return self._say({"access_token": token, "state": self.lie.state or form["state"], "token_type": "Bearer"})

    def esia_jwt(self) -> str:
        """A token as ESIA makes it, or as the lie has it."""
        claims = {
            "iss": ESIA_ISSUER,
            "urn:esia:sbj_id": int(self.person["id"]),
            "client_id": CLIENT,
            "scope": f"openid fullname?oid={self.person['id']}",
            "iat": self.now(),
            "nbf": self.now(),
            "exp": self.now() + 3600,
            **self.lie.claims,
        }
        header = {"ver": 1, "typ": "JWT", "sbt": "access", "alg": self.lie.algorithm or "GOST3410_2012_256"}
        head = ".".join(_base64(json.dumps(each).encode()) for each in (header, claims))
        token = f"{head}.{_base64(self.gost.sign(self.lie.key or self.their_key, head.encode()))}"
        return self.lie.tamper(token) if self.lie.tamper is not None else token

    async def _esia_person(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token) != request.match_info["oid"]:
            return self._say({"code": "ESIA-005011"}, 403)
        year, month, day = self.person["born"].split("-")
        told = {
            "firstName": self.person["first"],
            "lastName": self.person["last"],
            "birthDate": f"{day}.{month}.{year}",
        }
        return self._say({**told, "trusted": True, "status": "REGISTERED"})

    async def _discovery(self, _request: web.Request) -> web.Response:
        self.calls.append("discovery")
        return self._say(
            {
                "issuer": self.base,
                "authorization_endpoint": f"{self.base}/auth",
                "token_endpoint": f"{self.base}/token",
                "jwks_uri": f"{self.base}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            }
        )

    async def _keys(self, _request: web.Request) -> web.Response:
        self.calls.append("keys")
        return self._say(KeySet([self.oidc_key]).as_dict(private=False))

    async def _oidc_token(self, request: web.Request) -> web.Response:
        self.calls.append("oidc token")
        form = {name: str(value) for name, value in (await request.post()).items()}
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        name, _, secret = base64.b64decode(sent).decode().partition(":")
        known = scheme == "Basic" and (name, urllib.parse.unquote(secret)) == (CLIENT, SECRET)
        granted = self._redeem(form)
        if not known or granted is None:
            return self._say({"error": "invalid_grant"}, 400)
        claims = {
            "iss": self.base,
            "sub": self.person["id"],
            "aud": CLIENT,
            "iat": int(self.now()),
            "exp": int(self.now()) + 300,
            "nonce": granted.query["nonce"],
            "name": f"{self.person['first']} {self.person['last']}",
            "birthdate": self.person["born"],
            **self.lie.claims,
        }
        for name in self.lie.drop:
            del claims[name]
        key = self.lie.key or self.oidc_key
        algorithm = self.lie.algorithm or "RS256"
        token = jwt.encode({"alg": algorithm, "kid": self.oidc_key.kid}, claims, key, algorithms=[algorithm])
        token = self.lie.tamper(token) if self.lie.tamper is not None else token
        return self._say({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _say(self, value: Any, status: int = 200) -> web.Response:
        if self.lie.status:
            status = self.lie.status
        return web.Response(
            body=self.lie.body or json.dumps(value).encode(), status=status, content_type="application/json"
        )


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
