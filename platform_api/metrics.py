"""Metrics of the api process, in a registry of its own so that several can live in one test run."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from platform_api.errors import all_codes

WEBHOOK_RESULTS = ("taken", "repeated", "unknown_room", "unknown_event", "refused")
PUSH_RESULTS = ("sent", "again", "failed", "gone", "refused", "dropped")
SIGN_IN_RESULTS = (
    "signed_in",
    "wrong_credentials",
    "code_needed",
    "wrong_code",
    "account_inactive",
    "too_many_attempts",
    "busy",
)

UPLOAD_RESULTS = (
    "begun",
    "done",
    "cancelled",
    "file_too_large",
    "quota_exceeded",
    "storage_full",
    "infected",
    "scan_failed",
    "storage_unavailable",
)


class Metrics:
    """Every count and duration the process reports; names begin with `sfera_api_`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = Counter(
            "sfera_api_requests", "HTTP requests answered.", ["route", "method", "status"], registry=self.registry
        )
        self.request_seconds = Histogram(
            "sfera_api_request_seconds",
            "Seconds from a request's header to its answer.",
            ["route"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )
        self.refusals = Counter(
            "sfera_api_refusals", "Requests refused, by the problem's code.", ["code"], registry=self.registry
        )
        self.connections_refused = Counter(
            "sfera_api_connections_refused",
            "Connections closed because no request came in time, or too many had sent none.",
            ["cause"],
            registry=self.registry,
        )
        self.sign_ins = Counter("sfera_api_sign_ins", "Tries to sign in.", ["result"], registry=self.registry)
        self.lessons_started = Counter("sfera_api_lessons_started", "Lessons started.", registry=self.registry)
        self.lessons_ended = Counter(
            "sfera_api_lessons_ended",
            "Lessons ended: by a host, by the room, or because they stood empty.",
            ["by"],
            registry=self.registry,
        )
        self.lessons_running = Gauge("sfera_api_lessons_running", "Lessons going on.", registry=self.registry)
        self.tickets = Counter("sfera_api_tickets", "Tickets signed.", ["role"], registry=self.registry)
        self.media_calls = Counter(
            "sfera_api_media_calls",
            "Calls of the media node's control API.",
            ["call", "result"],
            registry=self.registry,
        )
        self.hls_calls = Counter(
            "sfera_api_hls_calls", "Calls of the hls process's control API.", ["call", "result"], registry=self.registry
        )
        self.broadcasts_started = Counter("sfera_api_broadcasts_started", "Broadcasts started.", registry=self.registry)
        self.broadcasts_live = Gauge("sfera_api_broadcasts_live", "Broadcasts on air.", registry=self.registry)
        self.webhooks = Counter("sfera_api_webhooks", "Webhooks received.", ["result"], registry=self.registry)
        self.webhook_refusals = Counter(
            "sfera_api_webhook_refusals", "Webhooks whose signature was refused.", ["reason"], registry=self.registry
        )
        self.events = Counter(
            "sfera_api_events", "Entries of the event log, by what changed.", ["thing"], registry=self.registry
        )
        self.event_sockets = Gauge("sfera_api_event_sockets", "Open event sockets.", registry=self.registry)
        self.uploads = Counter(
            "sfera_api_uploads", "Uploads begun, done, cancelled, refused (by the code).", ["result"],
            registry=self.registry,
        )  # fmt: skip
        self.upload_bytes = Counter("sfera_api_upload_bytes", "Bytes of files received.", registry=self.registry)
        self.downloads = Counter("sfera_api_downloads", "Answers with bytes of files.", registry=self.registry)
        self.downloads_cut = Counter(
            "sfera_api_downloads_cut", "Downloads ended because the right to them ended.", registry=self.registry
        )
        self.previews = Counter(
            "sfera_api_previews", "Files looked into for previews.", ["result"], registry=self.registry
        )
        self.file_work = Gauge("sfera_api_file_work", "Work with files that waits.", ["kind"], registry=self.registry)
        self.file_work_failures = Counter(
            "sfera_api_file_work_failures", "Work with files that failed and is tried again, or given up.", ["kind"],
            registry=self.registry,
        )  # fmt: skip
        for result in UPLOAD_RESULTS:
            self.uploads.labels(result)
        for result in ("made", "none"):
            self.previews.labels(result)
        for kind in ("finish", "preview", "video", "drop"):
            self.file_work.labels(kind)
            self.file_work_failures.labels(kind)
        self.messages_sent = Counter("sfera_api_messages_sent", "Messages written.", registry=self.registry)
        self.message_batches = Counter(
            "sfera_api_message_batches", "Transactions in which messages were written.", registry=self.registry
        )
        self.pushes = Counter("sfera_api_pushes", "Pushes of messages.", ["result"], registry=self.registry)
        for result in PUSH_RESULTS:
            self.pushes.labels(result)
        for code in all_codes():
            self.refusals.labels(code)
        for result in SIGN_IN_RESULTS:
            self.sign_ins.labels(result)
        for result in WEBHOOK_RESULTS:
            self.webhooks.labels(result)
        for by in ("host", "room", "idle"):
            self.lessons_ended.labels(by)
        for role in ("host", "member"):
            self.tickets.labels(role)
