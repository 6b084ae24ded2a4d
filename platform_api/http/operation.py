"""One decorator for a call of the API: it registers the route, does what every call needs, and describes it.

    @operation(routes, "POST", "/api/v1/schools/{school_id}/classes", body=NewClass, answers={201: SchoolClass},
               problems=(errors.ClassExists,), idempotent=True, tag="schools")
    async def add_class(viewer: Viewer, conn: AsyncConnection, school_id: str, body: NewClass) -> SchoolClass:
        '''Add a class to a school's present year.'''

A handler names what it wants among `request`, `viewer`, `body`, `query`, `conn`, `parts`, `later`, `if_match`,
`prepared` and the ids of its path, and is given these by keyword.

- `viewer`: the signed-in person. Without `open=True` nobody else gets as far as the handler; with it, None is nobody.
- `conn`: the call's transaction, reading for GET and writing otherwise; committed when the handler returns, undone when
  it raises. Whatever waits for something slow (the media node, argon2) does not name it, or does that in `prepare`.
- `later(function)`: called when that transaction is committed.
- `if_match` (with `etag=True`, not GET): the handler calls `if_match.check(etag_of(version))`.

It returns a value (sent as JSON with the first fitting status of `answers`), None (204), an `Answer`, or a response.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.http.answers import Answer, IfMatch
from platform_api.http.bodies import MAX_BODY, Raw, Streamed, decode, path_id, read_bounded, read_query, read_raw
from platform_api.http.repeats import Repeatable, repeatable
from platform_api.http.viewers import find_person, note_seen, token_of
from platform_api.people.queries import Viewer
from platform_api.people.second_step import owes_second_step
from platform_api.proxies import address_of
from platform_api.services import services

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NEEDS_NO_SECOND_STEP = frozenset({"me", "signing in", "service"})
"""Chapters of what everybody may do."""
KNOWN = frozenset({"request", "viewer", "body", "query", "conn", "parts", "later", "if_match", "prepared"})

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one call takes and gives; the OpenAPI document is made of these."""

    method: str
    path: str
    handler: Callable[..., Awaitable[Any]]
    name: str
    summary: str
    body: type[msgspec.Struct] | Raw | Streamed | None = None
    query: type[msgspec.Struct] | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    problems: Sequence[type[errors.ApiError]] = ()
    idempotent: bool = False
    etag: bool = False
    tag: str = ""
    open: bool = False
    slow: bool = False
    max_body: int = MAX_BODY
    prepare: Callable[..., Awaitable[Any]] | None = None
    wants: frozenset[str] = frozenset()
    ids: tuple[str, ...] = ()

    @property
    def safe(self) -> bool:
        """Whether the call changes nothing."""
        return self.method in SAFE_METHODS

    @property
    def asks_second_step(self) -> bool:
        """Whether administrators who still have to set a second step are refused, where that is asked for."""
        return not self.open and self.tag not in NEEDS_NO_SECOND_STEP

    def refusals(self) -> list[type[errors.ApiError]]:
        """Every problem the call may answer with: its own, and those that come with what it takes."""
        found: list[type[errors.ApiError]] = [*self.problems, errors.TooManyRequests, errors.InvalidQuery]
        if not self.open:
            found.append(errors.NotSignedIn)
        if self.asks_second_step:
            found.append(errors.SecondStepRequired)
        if self.ids:
            found.append(errors.NotFound)
        if self.body is not None:
            found.append(errors.UnsupportedMediaType)
        if self.body is not None and not isinstance(self.body, Streamed):
            found.append(errors.BodyTooLarge)
        if self.body is not None and not isinstance(self.body, Raw | Streamed):
            found.append(errors.MalformedJson)
        if not self.safe:
            found += [errors.CrossSite, errors.InvalidBody, errors.BrokenBody, errors.SlowBody]
        if self.idempotent:
            found += [errors.InvalidIdempotencyKey, errors.IdempotencyKeyReused, errors.RequestUnderWay]
        if self.etag and not self.safe:
            found += [errors.PreconditionFailed, errors.PreconditionRequired]
        return list(dict.fromkeys(found))


def operation(
    routes: web.RouteTableDef,
    method: str,
    path: str,
    *,
    body: type[msgspec.Struct] | Raw | Streamed | None = None,
    query: type[msgspec.Struct] | None = None,
    answers: Mapping[int, Any],
    problems: Sequence[type[errors.ApiError]] = (),
    idempotent: bool = False,
    etag: bool = False,
    tag: str = "",
    open: bool = False,
    slow: bool = False,
    max_body: int = MAX_BODY,
    prepare: Callable[..., Awaitable[Any]] | None = None,
) -> Callable[[Handler], Handler]:
    """Register a handler for a call of the API (see the module).

    Args:
        routes: the table the application takes its routes from.
        method: GET, POST, PUT, PATCH or DELETE.
        path: the address, ids in braces.
        body: form of the body: a struct (JSON), `Raw`, or `Streamed`, which the handler reads by itself. None: there
            must be none.
        query: form of the query. None: there must be none.
        answers: what is answered when it goes well, by status: a type, `Raw`, or None for no body.
        problems: refusals of the call's own; those of every such call are added by themselves.
        idempotent: the call takes Idempotency-Key: the answer is kept in its transaction, so the handler names `conn`.
        etag: GET answers carry ETag; changes need If-Match, and the handler names `if_match`.
        tag: the chapter of the documentation it stands in.
        open: anybody may call it.
        slow: its queries may take longer than a millisecond (see `Database.read`).
        max_body: longest JSON body, bytes.
        prepare: awaited before the transaction with what it names among `request`, `viewer`, `body`, `query`, `parts`
            and ids; the handler gets what it returns as `prepared`.
    """
    ids = tuple(re.findall(r"{([a-z_]+)}", path))

    def register(handler: Handler) -> Handler:
        wants = frozenset(inspect.signature(handler).parameters)
        if unknown := wants - KNOWN - set(ids):
            raise TypeError(f"{method} {path}: nobody can give {', '.join(sorted(unknown))}")
        if idempotent and "conn" not in wants:
            raise TypeError(f"{method} {path}: an idempotent call works in the transaction it is given (conn)")
        if etag and method not in SAFE_METHODS and "if_match" not in wants:
            raise TypeError(f"{method} {path}: who edits looks at if_match")
        described = Operation(
            method=method,
            path=path,
            handler=handler,
            name=handler.__name__,
            summary=inspect.cleandoc(handler.__doc__ or ""),
            body=body,
            query=query,
            answers=answers,
            problems=problems,
            idempotent=idempotent,
            etag=etag,
            tag=tag,
            open=open,
            slow=slow,
            max_body=max_body,
            prepare=prepare,
            wants=wants,
            ids=ids,
        )

        async def serve(request: web.Request) -> web.StreamResponse:
            return await _Call(described, request).run()

        serve.__name__, serve.__doc__, serve.__module__ = handler.__name__, handler.__doc__, handler.__module__
        serve.operation = described  # type: ignore[attr-defined]
        # GET brings HEAD along.
        (routes.get(path) if method == "GET" else routes.route(method, path))(serve)
        return handler

    return register


def operation_of(handler: Any) -> Operation | None:
    """The operation a registered route serves; None for routes that were added otherwise."""
    found = getattr(handler, "operation", None)
    return found if isinstance(found, Operation) else None


class _Call:
    """One request on its way through an operation."""

    def __init__(self, operation: Operation, request: web.Request) -> None:
        self.operation = operation
        self.request = request
        self.parts = services(request)
        self.given: dict[str, Any] = {"request": request, "parts": self.parts, "later": self._register}
        self._afterwards: list[Callable[[], Awaitable[None] | None]] = []

    async def run(self) -> web.StreamResponse:
        """Serve the request."""
        if self.operation.safe and "conn" in self.operation.wants:
            # PostgreSQL: one transaction for finding the person and for what they ask, half the round trips.
            async with self.parts.db.read(slow=self.operation.slow) as conn:
                await self._authenticate(conn)
                await self._take()
                self.given["conn"] = conn
                response = await self._handle()
        else:
            await self._authenticate(None)
            body = await self._take()
            repeat = repeatable(self.request, self._scope(), body) if self.operation.idempotent else None
            if repeat is not None:
                async with repeat.alone(self.parts.calls_under_way):
                    response = await self._write(repeat)
            elif "conn" in self.operation.wants:
                response = await self._write(None)
            else:
                await self._prepare()
                response = await self._handle()
        if self.given["viewer"] is not None:
            await note_seen(self.parts, self.given["viewer"])
        for function in self._afterwards:
            pending = function()
            if pending is not None:
                await pending
        return response

    async def _authenticate(self, conn: AsyncConnection | None) -> None:
        viewer: Viewer | None = None
        wanted = not self.operation.open or "viewer" in self.operation.wants
        if wanted and token_of(self.request):
            db = self.parts.db
            viewer = await find_person(self.request, db if conn is None or db.is_sqlite else conn)
        if viewer is not None:
            wait = self.parts.person_limit.take(viewer.id, self.parts.monotonic())
            if wait > 0.0:
                raise errors.TooManyRequests(retry_after=math.ceil(wait))
            if self.operation.asks_second_step and self.parts.config.sign_in.second_step_for_administrators:
                await self._require_second_step(viewer, conn)
        elif not self.operation.open:
            raise errors.NotSignedIn
        self.given["viewer"] = viewer

    async def _require_second_step(self, viewer: Viewer, conn: AsyncConnection | None) -> None:
        if conn is not None:
            owes = await owes_second_step(conn, viewer.id)
        else:
            async with self.parts.db.read() as reading:
                owes = await owes_second_step(reading, viewer.id)
        if owes:
            raise errors.SecondStepRequired

    async def _take(self) -> bytes:
        """Everything the request carries, validated; returns the body's bytes."""
        operation, request = self.operation, self.request
        for name in operation.ids:
            self.given[name] = path_id(request, name)
        self.given["query"] = read_query(request, operation.query)
        body = b""
        if isinstance(operation.body, Raw):
            body = self.given["body"] = await read_raw(request, operation.body)
        elif isinstance(operation.body, Streamed):
            if request.content_type not in operation.body.types:
                raise errors.UnsupportedMediaType(f"Send the body as {' or '.join(operation.body.types)}.")
        elif operation.body is not None:
            if request.content_type != "application/json":
                raise errors.UnsupportedMediaType
            body = await read_bounded(request, operation.max_body)
            self.given["body"] = decode(body, operation.body)
        elif request.body_exists and await read_bounded(request, MAX_BODY):
            raise errors.InvalidBody("This call takes no body")
        if operation.etag and not operation.safe:
            header = request.headers.get("If-Match")
            if header is None:
                raise errors.PreconditionRequired
            self.given["if_match"] = IfMatch(header)
        return body

    async def _prepare(self) -> None:
        prepare = self.operation.prepare
        if prepare is not None:
            names = inspect.signature(prepare).parameters
            self.given["prepared"] = await prepare(**{name: self.given[name] for name in names})

    async def _write(self, repeat: Repeatable | None) -> web.StreamResponse:
        """Handle within a transaction that keeps the answer beside the change."""
        if repeat is not None:
            # Before anything slow is prepared. In the transaction it is looked at again.
            async with self.parts.db.read() as conn:
                kept = await repeat.find(conn, self.parts.now())
            if kept is not None:
                return kept
        await self._prepare()
        async with self.parts.db.write() as conn:
            if repeat is not None:
                kept = await repeat.begin(conn, self.parts.now())
                if kept is not None:
                    return kept
            self.given["conn"] = conn
            response = await self._handle()
            if repeat is not None:
                await repeat.end(conn, response)
        return response

    def _scope(self) -> str:
        viewer = self.given["viewer"]
        return viewer.id if viewer is not None else f"at {address_of(self.request, self.parts.proxies)}"

    async def _handle(self) -> web.StreamResponse:
        result = await self.operation.handler(**{name: self.given[name] for name in self.operation.wants})
        match = self.given.get("if_match")
        if match is not None and not match.checked:
            raise RuntimeError(f"{self.operation.name} did not look at If-Match")
        return render(self.operation, result)

    def _register(self, function: Callable[[], Awaitable[None] | None]) -> None:
        self._afterwards.append(function)


def render(operation: Operation, result: Any) -> web.StreamResponse:
    """What a handler returned, as a response; what a person sees is theirs alone and is kept by no cache."""
    if isinstance(result, web.StreamResponse):
        return result
    told = result if isinstance(result, Answer) else Answer(result)
    status = told.status if told.status is not None else _first(operation, told.value)
    if told.value is None:
        response = web.Response(status=status)
    else:
        response = web.Response(body=msgspec.json.encode(told.value), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(told.headers)
    if told.etag:
        response.headers["ETag"] = told.etag
    return response


def _first(operation: Operation, value: Any) -> int:
    for status, form in operation.answers.items():
        if (form is None) == (value is None):
            return status
    raise RuntimeError(f"{operation.name} answers nothing of this kind")
