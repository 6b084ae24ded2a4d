"""What the handlers work with: one object, made at start, found in the application."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web
from joserfc.jwk import OKPKey

from interprocess.addresses import Networks
from platform_api.clock import Clock, utc_now
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.documents.links import Links
from platform_api.documents.receiving import Receiving
from platform_api.lessons.media import MediaControl
from platform_api.limits import Buckets
from platform_api.metrics import Metrics
from platform_api.people.passwords import Passwords
from platform_api.people.throttle import Throttle
from platform_api.signing import CallVerifier
from platform_api.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of a running api process."""

    config: ApiConfig
    db: Database
    metrics: Metrics
    passwords: Passwords
    throttle: Throttle
    media: MediaControl
    signing_key: OKPKey
    webhooks: CallVerifier
    proxies: Networks
    metrics_readers: Networks
    person_limit: Buckets
    address_limit: Buckets
    storage: Storage
    links: Links
    receiving: Receiving
    calls_under_way: set[tuple[str, str]] = field(default_factory=set)
    """Scope and Idempotency-Key of the calls being done."""
    now: Clock = field(default=utc_now)
    monotonic: Callable[[], float] = field(default=time.monotonic)


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)


def services(request: web.Request) -> Services:
    """The services of the application that serves this request."""
    return request.config_dict[SERVICES]
