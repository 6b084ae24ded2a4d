"""Where files are kept and how much of them: sections `api.storage` and `api.documents` of the configuration."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

MIB = 1024 * 1024
Mib = Annotated[int, Meta(ge=1)]


class StorageConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section `api.storage`. Empty: files are kept in the folder `api.files_dir`."""

    bucket: str = ""
    """Name of an S3 bucket; given, files are kept there."""
    prefix: str = ""
    """What all names in the bucket begin with."""
    endpoint: str = ""
    """Address of an S3-compatible service (https://…); empty: Amazon's."""
    region: str = "us-east-1"
    access_key_id: str = ""
    """Empty: as Amazon's own tools look for it (environment, role of the machine)."""
    secret_access_key: str = ""
    retries: Annotated[int, Meta(ge=0, le=20)] = 3
    """How often a call of the service is made again that failed."""


class DocumentsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section `api.documents`: limits of files, and what looks into them."""

    max_file_mib: Mib = 2048
    """Largest file, MiB."""
    own_quota_mib: Mib = 5 * 1024
    """What one person may keep in the own cloud, MiB, its trash with it."""
    school_quota_mib: Mib = 200 * 1024
    """What a school may keep in its sections and those of its classes, MiB."""
    min_free_mib: Annotated[int, Meta(ge=0)] = 512
    """Space the folder's disk must have left, MiB: below it uploads are refused, so that the rest can go on."""
    upload_hours: Annotated[int, Meta(ge=1, le=24 * 14)] = 24
    """Hours after the last piece until an unfinished upload is given up."""
    uploads_at_once: Annotated[int, Meta(ge=1, le=256)] = 16
    """Pieces being received at once; each takes up to 8 MiB of memory."""
    trash_days: Annotated[int, Meta(ge=1, le=3660)] = 30
    """Days that what was deleted can be taken out of the trash."""
    link_minutes: Annotated[int, Meta(ge=1, le=24 * 60)] = 15
    """Minutes after which a link to a file's content can no longer be used."""
    clamd: str = ""
    """Where ClamAV's clamd listens (unix:/run/clamav/clamd.ctl, tcp:host:port); given, every file is scanned."""
    preview_workers: Annotated[int, Meta(ge=0, le=16)] = 1
    """Processes that make previews at once; 0: none are made."""
    preview_memory_mib: Annotated[int, Meta(ge=128)] = 1024
    """Address space of such a process, MiB."""
    preview_seconds: Annotated[int, Meta(ge=1, le=600)] = 60
    """Seconds of CPU, and twice as many of time, such a process gets for pictures, pages and posters."""
    video_seconds: Annotated[int, Meta(ge=1, le=6 * 3600)] = 1800
    """Seconds of CPU, and twice as many of time, it gets to make a video playable everywhere."""
    soffice: str = "soffice"
    """LibreOffice's program, by which office files become pages; where there is none, they have no preview."""
