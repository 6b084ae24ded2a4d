"""Documents of the demonstration school: files, an article with comments, a photo report. All of it is drawn here."""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from PIL import Image, ImageDraw
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.comments import access_commented
from platform_api.access.places import PlaceAccess, access_class_place, access_school_place
from platform_api.access.posts import access_article
from platform_api.albums.queries import make_album
from platform_api.articles.comments import add_comment
from platform_api.articles.document import Block, Heading, Items, Paragraph, Picture, Quote, Span
from platform_api.articles.writing import begin_article, publish_article
from platform_api.clock import new_id, utc_now
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.documents.filing import put_file
from platform_api.documents.finishing import PREVIEWED
from platform_api.documents.kinds import recognise
from platform_api.documents.work import enqueue
from platform_api.errors import NotFound
from platform_api.memberships.change import Change
from platform_api.people.queries import Viewer
from platform_api.schema import classes, contents, files, memberships, people, schools
from platform_api.seed_people import CLASSES, SCHOOL, STUDENTS, TEACHERS
from platform_api.storage import Storage

SAID = (
    (STUDENTS[CLASSES[0]][0][0], "А можно мы будем поливать по очереди?"),
    (TEACHERS[0][0], "Можно и нужно. График повесим в классе."),
)
"""Comments on the article: login and text."""
GREEN, BROWN, SKY, NIGHT = "#3f8f4f", "#7a5230", "#cfe6f5", "#0b1030"


class Drawn(NamedTuple):
    """A file that was put into the storage."""

    content_id: str
    name: str
    data: bytes


def seed_documents(config: ApiConfig) -> None:
    """Put them into the demonstration school, if nothing is there yet. Blocks; call it where no event loop runs."""
    asyncio.run(_seed(config))


async def _seed(config: ApiConfig) -> None:
    db = Database(config.database_url)
    storage = Storage(config.storage, Path(config.files_dir))
    try:
        storage.start()
        async with db.read() as conn:
            if await _has_files(conn):
                return
        drawn = await asyncio.to_thread(_draw)
        for each in drawn.values():
            await storage.put(f"contents/{each.content_id}", each.data)
        async with db.write() as conn:
            await _write(conn, drawn)
    finally:
        await db.close()


async def _has_files(conn: AsyncConnection) -> bool:
    """Whether somebody has put anything there, or the school is not there any more."""
    school_id = await conn.scalar(sa.select(schools.c.id).where(schools.c.name == SCHOOL[0]))
    found = sa.select(files.c.id).where(files.c.school_id == school_id).limit(1)
    return school_id is None or await conn.scalar(found) is not None


async def _write(conn: AsyncConnection, drawn: dict[str, Drawn]) -> None:
    login = TEACHERS[0][0]
    teacher = (await conn.execute(sa.select(people).where(people.c.login == login))).one()
    viewer = Viewer(teacher.id, teacher.name, login)
    change = Change(conn, viewer, utc_now())
    class_id = await conn.scalar(
        sa.select(classes.c.id)
        .join(memberships, memberships.c.class_id == classes.c.id)
        .where(memberships.c.person_id == viewer.id, memberships.c.until.is_(None), classes.c.name == CLASSES[0])
    )
    school_id = await conn.scalar(sa.select(schools.c.id).where(schools.c.name == SCHOOL[0]))
    if class_id is None or school_id is None:
        return  # the teacher was moved since the school was seeded first
    school = await access_school_place(conn, viewer, school_id)
    klass = await access_class_place(conn, viewer, class_id)
    for each in drawn.values():
        await _content(change, each)
    await _put(change, school, drawn["bells"])
    await _put(change, klass, drawn["figures"])
    await _put(change, klass, drawn["table"])
    await _article(change, viewer, school, drawn["garden"])
    await _album(change, school, [drawn[f"stars-{number}"] for number in range(1, 4)])


async def _content(change: Change, drawn: Drawn) -> None:
    found = recognise(drawn.data)
    previewed = found.kind in PREVIEWED
    await change.conn.execute(
        sa.insert(contents).values(
            id=drawn.content_id,
            size=len(drawn.data),
            sha256=hashlib.sha256(drawn.data).digest(),
            media_type=found.media_type,
            kind=found.kind,
            previews="waiting" if previewed else "none",
            created_at=change.now,
        )
    )
    if previewed:
        await enqueue(change.conn, "preview", [drawn.content_id], change.now)


async def _put(change: Change, place: PlaceAccess, drawn: Drawn, section: str = "documents", **values: Any) -> str:
    return await put_file(change, place, place.owner_id, drawn.content_id, drawn.name, section, **values)


async def _article(change: Change, viewer: Viewer, school: PlaceAccess, picture: Drawn) -> None:
    own = PlaceAccess("own", viewer.id, None, None, "", may_post=True)
    file_id = await _put(change, own, picture)
    blocks: list[Block] = [
        Paragraph([Span("Пятые классы посадили за школой "), Span("двенадцать яблонь", bold=True), Span(".")]),
        Picture(file_id, caption="Так будет выглядеть сад", alt="Рисунок: ряд деревьев под светлым небом"),
        Heading("Что понадобилось"),
        Items([[Span("лопаты и вёдра")], [Span("саженцы из питомника")], [Span("три часа и хорошее настроение")]]),
        Quote([Span("Первые яблоки будут года через четыре. Мы подождём.", italic=True)]),
    ]
    article_id = await begin_article(change, viewer, school, "Как мы сажали сад", blocks)
    await publish_article(change, await access_article(change.conn, viewer, article_id), published=True)
    for login, text in SAID:
        row = (await change.conn.execute(sa.select(people).where(people.c.login == login))).one_or_none()
        if row is None:
            continue
        reader = Viewer(row.id, row.name, login)
        with suppress(NotFound):  # who has left the school since says nothing there
            article = await access_commented(change.conn, reader, article_id)
            await add_comment(change.conn, reader, article, new_id(), text, change.now)


async def _album(change: Change, school: PlaceAccess, pictures: list[Drawn]) -> None:
    about = "Что показывал школьный планетарий: звёздное небо осенью, зимой и весной."
    album_id = await make_album(change, school, "Вечер в планетарии", about)
    for position, (drawn, season) in enumerate(zip(pictures, ("Осень", "Зима", "Весна"), strict=True), start=1):
        await _put(change, school, drawn, "albums", album_id=album_id, caption=season, position=position)


def _draw() -> dict[str, Drawn]:
    rows = "\n".join("  ".join(f"{row * column:3}" for column in range(1, 11)) for row in range(1, 11))
    bells = "\n".join(f"{number} урок   {8 + number - 1}:30 – {9 + number - 1}:15" for number in range(1, 7))
    found = {
        "bells": ("Расписание звонков.txt", f"Расписание звонков\n\n{bells}\n".encode()),
        "table": ("Таблица умножения.txt", f"{rows}\n".encode()),
        "figures": ("Фигуры.pdf", _figures()),
        "garden": ("Сад.jpg", _picture(_garden())),
        **{f"stars-{number}": (f"Небо {number}.jpg", _picture(_stars(number))) for number in range(1, 4)},
    }
    return {key: Drawn(new_id(), name, data) for key, (name, data) in found.items()}


def _picture(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _figures() -> bytes:
    """Two pages: circles, and triangles."""
    pages = [Image.new("RGB", (1240, 1754), "white") for _ in range(2)]
    circles, triangles = (ImageDraw.Draw(page) for page in pages)
    for number in range(1, 7):
        side = number * 90
        left, right = 620 - side, 620 + side
        circles.ellipse((left, 877 - side, right, 877 + side), outline=GREEN, width=6)
        triangles.polygon([(620, 877 - side), (left, 877 + side), (right, 877 + side)], outline=BROWN, width=6)
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return out.getvalue()


def _garden() -> Image.Image:
    image = Image.new("RGB", (1600, 1000), SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 700, 1600, 1000), fill="#9ccb86")
    for left in range(100, 1600, 240):
        draw.rectangle((left + 50, 560, left + 70, 760), fill=BROWN)
        draw.ellipse((left - 20, 380, left + 140, 620), fill=GREEN)
    return image


def _stars(season: int) -> Image.Image:
    dice = random.Random(season)
    image = Image.new("RGB", (1600, 1000), NIGHT)
    draw = ImageDraw.Draw(image)
    for _ in range(400):
        x, y, size = dice.randrange(1600), dice.randrange(1000), dice.choice((1, 1, 1, 2, 3))
        draw.ellipse((x - size, y - size, x + size, y + size), fill="white")
    return image
