"""The API as an OpenAPI 3.1 document, made from the operations and the msgspec types they name."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from platform_api import errors
from platform_api.http.bodies import Raw, Streamed
from platform_api.http.operation import Operation, operation_of
from platform_api.people.rules import COOKIE

Json = dict[str, Any]

REF = "#/components/schemas/{name}"
ID_SCHEMA: Json = {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,64}$"}
SIGNED_IN: list[dict[str, list[str]]] = [{"cookie": []}, {"bearer": []}]
RETRYING = frozenset({429, 503})

INTRODUCTION = """
What pages and apps speak with Sfera. Ids are opaque, moments are RFC 3339 in UTC, lists that can be long come in pages
by an opaque `cursor`. What one may not see answers 404, exactly as what never was.

Refusals are RFC 9457 problem documents; `code` is stable, `title` is in the language of the request. Changing calls
without a JSON body need the header `X-Sfera: 1` or an `Authorization` header.
""".strip()


class Problem(msgspec.Struct, frozen=True):
    """A refusal (RFC 9457). Some codes have further members."""

    type: str
    title: str
    """What the code means, in the person's language."""
    status: int
    detail: str
    """What is special about this occurrence."""
    code: str


def operations_of(tables: Iterable[web.RouteTableDef]) -> list[Operation]:
    """Every described operation of some tables of routes, in their order."""
    found = (operation_of(route.handler) for table in tables for route in table if isinstance(route, web.RouteDef))
    return [each for each in found if each is not None]


def describe(operations: Iterable[Operation], version: str) -> Json:
    """The document."""
    operations = list(operations)
    ids = _ids(operations)
    types = list(dict.fromkeys(_types(operations)))
    references, components = msgspec.json.schema_components(types, ref_template=REF)
    schema_of = dict(zip(types, references, strict=True))
    queries = {each.query for each in operations if each.query is not None}
    paths: Json = {}
    for each in operations:
        described = _operation(each, schema_of, components)
        paths.setdefault(each.path, {})[each.method.lower()] = {"operationId": ids[each.method, each.path], **described}
    _require_what_is_always_sent(operations, schema_of, components)
    refusals: Json = {}
    for methods in paths.values():
        for described in methods.values():
            _share_refusals(described["responses"], refusals)
    # A query is not a body: its fields stand as parameters.
    for query in queries:
        components.pop(_name_of(schema_of[query]), None)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Sfera", "version": version, "description": INTRODUCTION, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(each.tag or "other" for each in operations)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "responses": dict(sorted(refusals.items())),
            "securitySchemes": {
                "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Set by POST /session."},
                "bearer": {"type": "http", "scheme": "bearer", "description": "A token of POST /tokens."},
            },
        },
    }
    return _with_short_names(document, list(components))


def _ids(operations: list[Operation]) -> dict[tuple[str, str], str]:
    """A name for each; those that share one say whose they are: archive_years, archive_classes."""
    names = [each.name for each in operations]
    ids = {
        (each.method, each.path): each.name
        if names.count(each.name) == 1
        else f"{each.name}_{each.path.removeprefix('/api/v1/').partition('/')[0]}"
        for each in operations
    }
    if len(set(ids.values())) < len(operations):
        raise ValueError("operations of the same name under the same noun")
    return ids


def _types(operations: Iterable[Operation]) -> Iterable[Any]:
    yield Problem
    for each in operations:
        if each.body is not None and not isinstance(each.body, Raw | Streamed):
            yield each.body
        if each.query is not None:
            yield each.query
        for answer in each.answers.values():
            if answer is not None and not isinstance(answer, Raw):
                yield answer


def _operation(operation: Operation, schema_of: dict[Any, Json], components: Json) -> Json:
    summary, _, rest = operation.summary.partition("\n\n")
    described: Json = {
        "summary": " ".join(summary.split()),
        "tags": [operation.tag or "other"],
        "parameters": _parameters(operation, schema_of, components),
        "responses": _responses(operation, schema_of),
    }
    if rest:
        described["description"] = rest
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.body, schema_of)}
    if not operation.open:
        described["security"] = SIGNED_IN
    elif "viewer" in operation.wants:
        described["security"] = [{}, *SIGNED_IN]
    return described


def _parameters(operation: Operation, schema_of: dict[Any, Json], components: Json) -> list[Json]:
    found: list[Json] = [{"name": name, "in": "path", "required": True, "schema": ID_SCHEMA} for name in operation.ids]
    if operation.query is not None:
        form = components[_name_of(schema_of[operation.query])]
        found += [
            {"name": name, "in": "query", "required": name in form.get("required", ()), "schema": schema}
            for name, schema in form.get("properties", {}).items()
        ]
    if operation.idempotent:
        found.append(
            _header(
                "Idempotency-Key", "Makes repeating the call safe.", {"type": "string", "pattern": "^[!-~]{1,128}$"}
            )
        )
    if operation.etag and not operation.safe:
        found.append(
            {
                **_header(
                    "If-Match", "The ETag of what is edited.", {"type": "string", "minLength": 1, "maxLength": 1000}
                ),
                "required": True,
            }
        )
    return found


def _responses(operation: Operation, schema_of: dict[Any, Json]) -> Json:
    responses: Json = {}
    for status, form in operation.answers.items():
        response: Json = {"description": HTTPStatus(status).phrase}
        if 300 <= status < 400:
            response["headers"] = {"Location": {"schema": {"type": "string"}}}
        elif form is not None:
            response["content"] = _content(form, schema_of)
        if operation.etag and status < 300 and form is not None:
            response["headers"] = {"ETag": {"schema": {"type": "string"}}}
        responses[str(status)] = response
    by_status: dict[int, list[type[errors.ApiError]]] = {}
    for refusal in operation.refusals():
        by_status.setdefault(refusal.status, []).append(refusal)
    for status, refusals in sorted(by_status.items()):
        response = {
            "description": " ".join(f"`{each.code}`: {each.detail}" for each in refusals),
            "content": {
                errors.PROBLEM_TYPE: {
                    "schema": {
                        "allOf": [
                            schema_of[Problem],
                            {"properties": {"code": {"enum": sorted(each.code for each in refusals)}}},
                        ]
                    }
                }
            },
        }
        if status in RETRYING:
            response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
        responses[str(status)] = response
    return responses


def _require_what_is_always_sent(operations: list[Operation], schema_of: dict[Any, Json], components: Json) -> None:
    """A field with a default need not be in a body; in an answer it always is."""
    taken = _reached((schema_of[each.body] for each in operations if each.body in schema_of), components)
    given = _reached(
        (schema_of[form] for each in operations for form in each.answers.values() if form in schema_of), components
    )
    short = _names_of_structs_that_leave_out()
    for name in given - taken - short:
        if "properties" in components[name]:
            components[name]["required"] = list(components[name]["properties"])


def _names_of_structs_that_leave_out() -> set[str]:
    """Of structs that leave defaults out of their JSON (omit_defaults)."""
    found: set[str] = set()
    waiting = [msgspec.Struct]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if each.__struct_config__.omit_defaults:
                found |= {each.__name__, f"{each.__module__}.{each.__qualname__}"}
    return found


def _reached(schemas: Iterable[Any], components: Json) -> set[str]:
    """The names of the forms that are in some schemas, and in these forms, and so on."""
    found: set[str] = set()
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop()
        if isinstance(schema, list):
            waiting += schema
        elif isinstance(schema, dict):
            waiting += schema.values()
            name = _name_of(schema) if isinstance(schema.get("$ref"), str) else ""
            if name and name not in found:
                found.add(name)
                waiting.append(components[name])
    return found


def _share_refusals(responses: Json, shared: Json) -> None:
    """Let equal problem responses stand in the document once."""
    for status, response in responses.items():
        if int(status) < 400:
            continue
        codes = response["content"][errors.PROBLEM_TYPE]["schema"]["allOf"][1]["properties"]["code"]["enum"]
        name = "-".join((status, *codes))
        shared[name] = response
        responses[status] = {"$ref": f"#/components/responses/{name}"}


def _with_short_names(document: Json, names: Iterable[str]) -> Json:
    """Forms that share a name are called by their modules; make words of these: MembershipsMember."""
    text = msgspec.json.encode(document).decode()
    for name in names:
        if "." in name:
            *modules, last = name.split(".")
            short = "".join(word.capitalize() for word in modules[1].split("_")) + last
            text = text.replace(f'/{name}"', f'/{short}"').replace(f'"{name}":', f'"{short}":')
    short_document: Json = msgspec.json.decode(text)
    return short_document


def _content(form: Any, schema_of: dict[Any, Json]) -> Json:
    if isinstance(form, Raw | Streamed):
        binary: Json = {"type": "string", "format": "binary"}
        return {kind: {"schema": {} if kind == "application/json" else binary} for kind in form.types}
    return {"application/json": {"schema": schema_of[form]}}


def _header(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def _name_of(reference: Json) -> str:
    return str(reference.get("$ref", "")).rpartition("/")[2]
