"""The OpenAPI document: complete, valid, true. The oracle is schemathesis, which calls a running api by it."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from openapi_spec_validator import OpenAPIV31SpecValidator

from platform_api.http.openapi import describe, operations_of
from platform_api.http.operation import operation_of
from platform_api.http.reference import render_page
from platform_api.routes import ROUTES
from tests.unit.platform_api.registering import child_and_parent, invite
from tests.unit.platform_api.world import ADMINISTRATOR, PASSWORD, World, new_world

NOT_DESCRIBED = {"/api/docs", "/api/docs.css", "/api/v1/events/socket"}
"""Pages for people; a WebSocket, for which OpenAPI has no words (docs/api.md has)."""

ENDS_ITS_OWN_SESSION = "sign_out"

CONFIG = """
base-url = "{base}"
warnings = false
{auth}
[parameters]
{parameters}
[generation]
database = "none"
[checks]
# A valid form is not yet something that may be done now: a name may be taken, a day in the future, a lesson over.
positive_data_acceptance.enabled = false
missing_required_header.expected-statuses = ["400", "401", "403", "404", "415", "422", "428", "429"]
negative_data_rejection.expected-statuses = [
  "400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428", "429"
]
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return describe(operations_of(ROUTES), "0")


def test_every_route_of_the_api_is_described() -> None:
    for table in ROUTES:
        for route in table:
            assert isinstance(route, web.RouteDef)
            if route.path.startswith("/api/") and route.path not in NOT_DESCRIBED:
                described = operation_of(route.handler)
                assert described is not None, f"{route.method} {route.path}: use http.operation"
                assert described.summary, f"{route.method} {route.path} has no docstring"
                assert described.tag, f"{route.method} {route.path} stands in no chapter"


SENT_BY_TUS = "receive_piece"
"""A body of a media type for which no examples can be made; a client of others' sends it (test_uploads)."""


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_fields_that_always_come_are_required(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert "second_step" in schemas["Me"]["required"]
    assert schemas["SignIn"]["required"] == ["login", "password"]
    assert schemas["SignIn"]["additionalProperties"] is False
    assert schemas["Event"]["required"] == ["kind", "subject", "at"], "what is nothing is left out of it"
    assert not [name for name in schemas if "." in name], "names a program can use"


def test_the_page_names_everything(document: dict[str, Any]) -> None:
    page = render_page(document)
    for path, methods in document["paths"].items():
        assert f"<code>{path}</code>" in page
        for described in methods.values():
            assert f'id="{described["operationId"]}"' in page
    for target in set(re.findall(r'href="#([^"]+)"', page)):
        assert f'id="{target}"' in page, f"a link to {target} leads nowhere"
    assert "<script" not in page
    assert " style=" not in page, "our own Content-Security-Policy forbids it"


async def test_it_is_served_and_kept(world: World) -> None:
    page = await world.page()
    served = await page.call("GET", "/openapi.json")
    assert served.json["openapi"] == "3.1.0"
    kept = await page.call("GET", "/openapi.json", headers={"If-None-Match": served.headers["ETag"]})
    assert (kept.status, kept.body) == (304, b"")
    read = await page.call("GET", "/api/docs")
    assert read.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "style-src 'self'" in read.headers["Content-Security-Policy"]
    style = await page.call("GET", "/api/docs.css")
    assert (style.status, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert (await page.call("GET", "/api/other")).status == 404


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["administrator", "nobody"])
async def test_the_api_does_what_the_document_says(tmp_path: Path, seeded: Path, who: str) -> None:
    """No failure of the server, no answer that is not described, nothing taken that the document forbids."""
    async with new_world(tmp_path / "world", seeded) as world:
        token, parameters = await _things_to_meet(world)
        config = tmp_path / "schemathesis.toml"
        listed = "\n".join(f'"path.{name}" = "{value}"' for name, value in parameters.items())
        auth = f'[auth.openapi.bearer]\nbearer = "{token}"' if who == "administrator" else ""
        config.write_text(CONFIG.format(base=world.base, auth=auth, parameters=listed))
        left_out = ("--exclude-operation-id", ENDS_ITS_OWN_SESSION, "--exclude-operation-id", SENT_BY_TUS)
        chosen = left_out if auth else ("--include-tag", "signing in")
        line = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{world.base}/api/v1/openapi.json", "--no-color", "--continue-on-failure"),
            *("--phases", "coverage,fuzzing", "--max-examples", "3", "--generation-deterministic", *chosen),
        ]
        process = await asyncio.create_subprocess_exec(
            *line, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output = (await process.communicate())[0].decode()
    made = re.search(r"(\d+) generated", output)
    print(f"{who}: {made[1] if made else '?'} calls")
    assert process.returncode == 0, "\n".join(line[:300] for line in output.splitlines()[-400:])


async def _things_to_meet(world: World) -> tuple[str, dict[str, str]]:
    """A token, and ids of things that are there, so that calls get further than 404."""
    page = await world.signed_in(ADMINISTRATOR)
    _, lesson = await world.lesson_of("7Б")
    made = await page.call("POST", "/tokens", {"login": ADMINISTRATOR, "password": PASSWORD, "device": "d"})
    school = (await page.call("GET", "/me")).json["memberships"][0]["school"]["id"]
    members = (await page.call("GET", f"/schools/{school}/members?role=student")).json["items"]
    years = (await page.call("GET", f"/schools/{school}/years")).json["items"]
    _, _, child = await child_and_parent(world)
    return made.json["token"], {
        "school_id": school,
        "class_id": await world.class_id("5А"),
        "lesson_id": lesson,
        "person_id": members[0]["id"],
        "membership_id": members[0]["memberships"][0]["id"],
        "child_id": child,
        "year_id": years[0]["id"],
        "code": await invite(world, "teacher"),
    }


def test_everything_that_is_taken_has_limits(document: dict[str, Any]) -> None:
    """No string, list or number without an end; no field that nobody described."""
    schemas = document["components"]["schemas"]
    unlimited: list[str] = []

    def walk(where: str, schema: dict[str, Any]) -> None:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if schemas[name].get("type") == "object" and schemas[name].get("additionalProperties") is not False:
                unlimited.append(f"{name} takes unknown fields")
            for field, inner in schemas[name].get("properties", {}).items():
                walk(f"{name}.{field}", inner)
        for several in ("anyOf", "oneOf", "allOf", "prefixItems"):
            for inner in schema.get(several, ()):
                walk(where, inner)
        kind, bounds = schema.get("type"), {"enum", "const", "pattern", "maxLength", "format", "contentEncoding"}
        if kind == "string" and not bounds & schema.keys():
            unlimited.append(f"{where}: a string without a limit")
        if kind in ("integer", "number") and not {"maximum", "exclusiveMaximum", "enum"} & schema.keys():
            unlimited.append(f"{where}: a number without a limit")
        if kind == "array":
            if "maxItems" not in schema:
                unlimited.append(f"{where}: a list without a limit")
            walk(where, schema.get("items", {}))

    for path, methods in document["paths"].items():
        for method, described in methods.items():
            for parameter in described["parameters"]:
                walk(f"{method} {path} {parameter['name']}", parameter["schema"])
            content = described.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                walk(f"{method} {path}", content["application/json"]["schema"])
    assert not unlimited, "; ".join(sorted(set(unlimited)))
