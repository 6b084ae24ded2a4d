"""Structured logs of every process, to standard error: one JSON object a line, or colours for a person at a terminal.

What libraries log through `logging` comes out in the same form.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import Processor

QUIET = ("aiohttp.access", "aiosqlite", "alembic", "asyncio", "sqlalchemy.engine")
"""Libraries whose chatter below warnings tells an operator nothing."""


def configure(level: str, form: str, process: str) -> structlog.stdlib.BoundLogger:
    """Set up logging of this process and return its logger.

    Args:
        level: "debug", "info", "warning" or "error".
        form: "json" or "console".
        process: bound to every line as `process`: "supervisor", "api" or "media".
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers(form)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.contextvars.bind_contextvars(process=process)
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger()
    return logger


def renderers(form: str) -> Sequence[Processor]:
    """The last processors: an event dictionary into the text of a line."""
    if form == "console":
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
