"""The API's description, for programs (openapi.json) and for people (/api/docs): one HTML page without scripts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from platform_api.http.bodies import Raw
from platform_api.http.openapi import Json, describe, operations_of
from platform_api.http.operation import operation

STYLE = Path(__file__).with_name("reference.css")


class Reference:
    """The description of what an application serves; made when it is first asked for."""

    def __init__(self, tables: Iterable[web.RouteTableDef], version: str) -> None:
        self._tables, self._version = tuple(tables), version
        self._made: tuple[bytes, bytes] | None = None

    async def document(self) -> bytes:
        """The OpenAPI document."""
        return (await self._make())[0]

    async def page(self) -> bytes:
        """The page."""
        return (await self._make())[1]

    async def _make(self) -> tuple[bytes, bytes]:
        if self._made is None:
            document = await asyncio.to_thread(describe, operations_of(self._tables), self._version)
            page = await asyncio.to_thread(render_page, document)
            self._made = msgspec.json.encode(document), page.encode()
        return self._made


REFERENCE: web.AppKey[Reference] = web.AppKey("reference", Reference)
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/openapi.json", answers={200: Raw(("application/json",))}, tag="service", open=True)
async def show_openapi(request: web.Request) -> web.Response:
    """What is read here, for programs: OpenAPI 3.1."""
    body = await request.config_dict[REFERENCE].document()
    return _cached(request, body, "application/json")


@routes.get("/api/docs")
async def show_page(request: web.Request) -> web.Response:
    """The description as a page."""
    return _cached(request, await request.config_dict[REFERENCE].page(), "text/html")


@routes.get("/api/docs.css")
async def show_style(request: web.Request) -> web.Response:
    """How the page looks."""
    return _cached(request, await asyncio.to_thread(STYLE.read_bytes), "text/css")


def render_page(document: Json) -> str:
    """The document as HTML: every operation with what it takes and gives, then every form."""
    refusals = document["components"]["responses"]
    by_tag: dict[str, list[str]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            by_tag[described["tags"][0]].append(_operation(method, path, described, refusals))
    schemas = document["components"]["schemas"]
    contents = "".join(f'<li><a href="#{_anchor(tag)}">{escape(tag)}</a></li>' for tag in by_tag)
    chapters = "".join(
        f'<section id="{_anchor(tag)}"><h2>{escape(tag.capitalize())}</h2>{"".join(found)}</section>'
        for tag, found in by_tag.items()
    )
    forms = "".join(_form(name, schema) for name, schema in schemas.items())
    info = document["info"]
    introduction = "".join(f"<p>{_code(part)}</p>" for part in info["description"].split("\n\n"))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])} API</title>"
        '<link rel="stylesheet" href="/api/docs.css"></head><body>'
        f"<header><h1>{escape(info['title'])} API <small>{escape(info['version'])}</small></h1>{introduction}"
        '<p><a href="/api/v1/openapi.json">openapi.json</a></p></header>'
        f'<nav aria-label="Chapters"><ul>{contents}<li><a href="#forms">forms</a></li></ul></nav>'
        f'<main>{chapters}<section id="forms"><h2>Forms</h2>{forms}</section></main></body></html>'
    )


def _cached(request: web.Request, body: bytes, content_type: str) -> web.Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": "no-cache", "ETag": etag}
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=body, content_type=content_type, charset=charset, headers=headers)


def _operation(method: str, path: str, described: Json, refusals: Json) -> str:
    rows = [_parameter(each) for each in described["parameters"]]
    body = described.get("requestBody")
    if body is not None:
        kinds = " or ".join(_content(kind, each) for kind, each in body["content"].items())
        rows.append(f"<tr><td>body</td><td>{kinds}</td><td></td></tr>")
    columns = "<tr><th>takes</th><th>form</th><th>note</th></tr>"
    takes = f"<table><thead>{columns}</thead>{''.join(rows)}</table>" if rows else ""
    gives = "".join(
        _response(status, refusals[each["$ref"].rpartition("/")[2]] if "$ref" in each else each)
        for status, each in described["responses"].items()
    )
    who = "signed in" if described.get("security", [{}])[0] else "anybody"
    more = f"<p>{_code(described['description'])}</p>" if "description" in described else ""
    return (
        f'<details id="{escape(described["operationId"])}"><summary><b class="{method}">{method.upper()}</b> '
        f"<code>{escape(path)}</code> <span>{_code(described['summary'])}</span></summary>"
        f'{more}<p class="who">Who: {who}.</p>{takes}'
        f"<table><thead><tr><th>answers</th><th>form</th><th>note</th></tr></thead>{gives}</table></details>"
    )


def _parameter(parameter: Json) -> str:
    needed = "required" if parameter["required"] else ""
    return (
        f"<tr><td><code>{escape(parameter['name'])}</code> in {parameter['in']}</td>"
        f"<td>{_schema(parameter['schema'])}</td><td>{needed} {_code(parameter.get('description', ''))}</td></tr>"
    )


def _response(status: str, response: Json) -> str:
    problem = int(status) >= 400
    kinds = [_content(kind, each) for kind, each in response.get("content", {}).items()]
    said = _code(response["description"]) if problem else HTTPStatus(int(status)).phrase
    form = "problem" if problem else " or ".join(kinds)
    return f"<tr><td>{status}</td><td>{form}</td><td>{said}</td></tr>"


def _content(kind: str, content: Json) -> str:
    return _schema(content["schema"]) if kind == "application/json" else escape(kind)


def _form(name: str, schema: Json) -> str:
    needed = set(schema.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code></td><td>{_schema(each)}</td>"
        f"<td>{'required' if field in needed else ''} {_code(each.get('description', ''))}</td></tr>"
        for field, each in schema.get("properties", {}).items()
    )
    table = f"<table>{rows}</table>" if rows else f"<p>{_schema(schema)}</p>"
    said = f"<p>{_code(schema['description'])}</p>" if "description" in schema else ""
    return f'<details id="form-{escape(name)}"><summary><code>{escape(name)}</code></summary>{said}{table}</details>'


def _schema(schema: Any) -> str:
    """A schema in a few words; forms by a link."""
    if not isinstance(schema, dict) or not schema:
        return "anything"
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#form-{name}">{name}</a>'
    for key, between in (("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")):
        if key in schema:
            return between.join(_schema(each) for each in schema[key])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    words = escape(str(schema.get("format", schema.get("type", "anything"))))
    if schema.get("type") == "array":
        words = f"list of {_schema(schema.get('items'))}"
    limits: list[tuple[str, Callable[[Any], str]]] = [
        ("minLength", lambda value: f"at least {value} characters"),
        ("maxLength", lambda value: f"at most {value} characters"),
        ("minimum", lambda value: f"from {value}"),
        ("maximum", lambda value: f"to {value}"),
        ("maxItems", lambda value: f"at most {value}"),
        ("pattern", lambda value: f"like {value}"),
        ("default", lambda value: f"else {value!r}"),
    ]
    told = [escape(tell(schema[key])) for key, tell in limits if key in schema]
    return f"{words}, {', '.join(told)}" if told else words


def _code(text: str) -> str:
    """Plain text with `code` in it."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _anchor(text: str) -> str:
    return escape(text.replace(" ", "-"))
