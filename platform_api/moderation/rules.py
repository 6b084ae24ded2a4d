"""What the calls about the safety of chats carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from platform_api.articles.rules import Comment
from platform_api.messages.rules import Message
from platform_api.messages.words import MAX_WORDS, RestrictedWord
from platform_api.paging import PageQuery
from platform_api.people.rules import Named

Reason = Literal["rude", "danger", "spam", "other"]
MIN_RETENTION_DAYS, MAX_RETENTION_DAYS = 30, 3650


class NewReport(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST …/report."""

    reason: Reason
    note: Annotated[str, Meta(max_length=500)] = ""


class ReportsQuery(PageQuery, forbid_unknown_fields=True, frozen=True):
    """Query of GET /schools/{id}/reports."""

    state: Literal["open", "decided"] = "open"


class Report(Struct, frozen=True):
    """What somebody, or a word of the school's list (`word`), has brought before the administrators: a message of a
    chat, or a comment on an article."""

    id: str
    chat: Named | None
    message: Message | None
    article: Named | None
    comment: Comment | None
    text: str
    """As it was when it was reported."""
    reporter: Named | None
    reason: Literal["rude", "danger", "spam", "other", "word"]
    note: str
    """What the reporter said; of `word` the word."""
    at: datetime
    state: Literal["open", "dismissed", "deleted"]
    decided_by: Named | None
    decided_at: datetime | None


class Reports(Struct, frozen=True):
    """A page of reports: open ones the oldest first, decided ones the newest first."""

    items: list[Report]
    next: str | None


class Decision(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of POST /reports/{id}/decide."""

    action: Literal["dismiss", "delete"]


class ChatPolicy(Struct, frozen=True):
    """What a school has decided about its chats."""

    words: list[RestrictedWord]
    retention_days: int | None
    """Messages older than this are deleted; null: never."""
    version: int


class NewChatPolicy(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PUT /schools/{id}/chat-policy."""

    words: Annotated[list[RestrictedWord], Meta(max_length=MAX_WORDS)]
    retention_days: Annotated[int, Meta(ge=MIN_RETENTION_DAYS, le=MAX_RETENTION_DAYS)] | None = None
