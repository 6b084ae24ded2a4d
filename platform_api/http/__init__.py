"""The door: requests into typed structs and persons, structs into answers, refusals into problems.

New routes are written with `operation`, which checks, authenticates and describes in one place.
"""

from platform_api.http.answers import Answer, IfMatch, Later, answer, etag_of, nothing
from platform_api.http.bodies import MAX_BODY, Raw, Streamed
from platform_api.http.middlewares import limit_addresses, problems, same_site
from platform_api.http.operation import Operation, operation
from platform_api.http.viewers import require_viewer

__all__ = [
    "MAX_BODY",
    "Answer",
    "IfMatch",
    "Later",
    "Operation",
    "Raw",
    "Streamed",
    "answer",
    "etag_of",
    "limit_addresses",
    "nothing",
    "operation",
    "problems",
    "require_viewer",
    "same_site",
]
