"""Class lists: tables as spreadsheets write them, hostile ones, and what becomes of the people in them."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa

from platform_api.errors import InvalidTable
from platform_api.imports.limits import MAX_PART
from platform_api.imports.logins import latin, new_login_for
from platform_api.imports.tables import harmless, read_table, write_csv
from platform_api.schema import people
from tests.unit.platform_api.test_edges import class_names, school_of
from tests.unit.platform_api.world import ADMINISTRATOR, Answer, Page, World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(*rows: list[Any]) -> bytes:
    """A file as openpyxl writes it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.create_sheet("another").append(["not this one"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def send(page: Page, school: str, content: bytes, query: str = "", kind: str = "text/csv") -> Answer:
    return await page.call("POST", f"/schools/{school}/imports?{query}", data=content, headers={"Content-Type": kind})


def test_csv_as_spreadsheets_write_it() -> None:
    rows = [["ФИО", "Класс"], ["Ёжикова Яна", "5А"], ["", ""], ['O"Neil, Ann', "7 Б"]]
    for encoding in ("utf-8", "utf-8-sig", "cp1251"):
        for delimiter in ",;\t":
            lines = [delimiter.join(rows[0]), delimiter.join(rows[1]), delimiter, f'"O""Neil, Ann"{delimiter} 7  Б ']
            for end in ("\n", "\r\n"):
                assert read_table("list.csv", end.join(lines).encode(encoding)) == rows, (encoding, delimiter)


def test_xlsx_as_another_library_writes_it() -> None:
    content = workbook(
        ["Фамилия", "Имя", "Класс", "Дата рождения", 7],
        ["Ёжикова", "  Яна\nМария ", None, "2012-03-04", 3.5],
        [],
        ["=1+1", "<b>", "5А", None, True],
    )
    assert read_table("list.xlsx", content) == [
        ["Фамилия", "Имя", "Класс", "Дата рождения", "7"],
        ["Ёжикова", "Яна Мария", "", "2012-03-04", "3.5"],
        [],
        ["=1+1", "<b>", "5А", "", "1"],
    ]
    # A file is what its bytes are, not what it is called.
    assert read_table("list.csv", content)[0][0] == "Фамилия"


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name.replace("__", "/"), content)
    return out.getvalue()


SHEET = "xl__worksheets__sheet1.xml"
HOSTILE = {
    "empty": b"",
    "blank": b"\n\n;;\n",
    "binary": b"a\0b",
    "old excel": b"\xd0\xcf\x11\xe0" + bytes(600),
    "unfinished quote": b'name\n"a',
    "too many rows": b"name\n" + b"a\n" * 1001,
    "too many columns": b";".join([b"a"] * 21),
    "a cell too long": b"name\n" + b"a" * 501,
    "no zip": b"PK\x03\x04" + bytes(100),
    "no sheet": packed(a=b"b"),
    "no xml": packed(**{SHEET: b"<worksheet><row"}),
    "bomb": packed(**{SHEET: b"<worksheet>" + b" " * (MAX_PART + 1)}),
    "entities": packed(**{SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'}),
    "far column": packed(**{SHEET: b'<worksheet><row r="1"><c r="ZZZ1"><v>1</v></c></row></worksheet>'}),
    "far row": packed(**{SHEET: b'<worksheet><row r="9999999"><c r="A9999999"><v>1</v></c></row></worksheet>'}),
    "wrong string": packed(**{SHEET: b'<worksheet><row r="1"><c r="A1" t="s"><v>7</v></c></row></worksheet>'}),
    "many parts": packed(**{f"p{number}": b"" for number in range(201)}),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_tables_are_refused(content: bytes) -> None:
    with pytest.raises(InvalidTable):
        read_table("list.xlsx" if content.startswith(b"PK") else "list.csv", content)


def test_what_we_write_is_computed_by_no_spreadsheet() -> None:
    for cell in ("=1+1", "+7", "-2", "@SUM(A1)", "\t=1", "\r=1"):
        assert harmless(cell) == f"'{cell}"
    assert write_csv([["=HYPERLINK(1)", 'a;"b"']]).decode("utf-8-sig") == '\'=HYPERLINK(1);"a;""b"""\r\n'


def test_logins_are_spelt_in_latin_and_are_nobodys() -> None:
    assert new_login_for("Яна Ёжикова-Щукина", {"x"}) == "yana.yozhikovashchukina"
    assert new_login_for("Яна Львовна Ёж", {"yana.yozh", "yana.yozh2"}) == "yana.yozh3"
    assert new_login_for("明", set()) == "person"
    assert latin("José") == "jose"


FAULTY = """\
Фамилия;Имя;Класс;Роль;Дата рождения;Любимый цвет
Новая;Яна;5А;;04.03.2012;синий
=cmd|calc;Ян;5А;;;
;;5А;;;
Безклассов;Лев;;;;
Чужой;Лев;8Щ;;;
Новая;Яна;5а;;;
Абрамова;Алиса;5А;;;
Рано;Ева;5А;;31.02.2012;
Некто;Ян;5А;директор;;
<i>;Ян;5А;;;
Учёный;Пётр;7 б;учитель;40972;
"""


async def test_every_line_says_what_is_wrong_with_it_and_nothing_is_half_done(world: World) -> None:
    page = await world.signed_in(ADMINISTRATOR)
    school = await school_of(page)
    read = await send(page, school, FAULTY.encode(), "file_name=%D1%81%D0%BF%D0%B8%D1%81%D0%BE%D0%BA.csv")
    assert read.status == 201, read.json
    faults = {line["line"]: [fault["code"] for fault in line["faults"]] for line in read.json["items"]}
    assert faults == {
        2: [],
        3: ["formula"],
        4: ["name_missing"],
        5: ["class_missing"],
        6: ["class_unknown"],
        7: ["repeated"],
        8: ["already_member"],
        9: ["birth_date_invalid"],
        10: ["role_unknown"],
        11: ["name_invalid"],
        12: [],
    }
    assert (read.json["lines"], read.json["errors"], read.json["ignored"]) == (11, 9, ["Любимый цвет"])
    born = {line["birth_date"] for line in (read.json["items"][0], read.json["items"][-1])}
    assert born == {"2012-03-04"}, "as people write a day, and as spreadsheets number it"
    before = await _count(world)
    refused = await page.call("POST", f"/imports/{read.json['id']}/apply", {"way": "codes"})
    assert (refused.status, refused.json["code"], len(refused.json["items"])) == (409, "import_has_errors", 9)
    assert await _count(world) == before
    headless = await send(page, school, b"a;b\nc;d")
    assert (headless.status, headless.json["code"]) == (422, "invalid_table")
    huge = await send(page, school, b"a" * (512 * 1024 + 1))
    assert (huge.status, huge.json["code"]) == (413, "body_too_large")


async def test_a_list_becomes_a_class_by_codes(world: World) -> None:
    page = await world.signed_in(ADMINISTRATOR)
    school = await school_of(page)
    klass = (await page.call("POST", f"/schools/{school}/classes", {"name": "1А"})).json["id"]
    content = workbook(["ФИО"], ["Яна Новая"], ["Лев Новый"])
    read = await send(page, school, content, f"class_id={klass}&file_name=1.xlsx", XLSX)
    assert (read.status, read.json["errors"]) == (201, 0)
    applied = await page.call("POST", f"/imports/{read.json['id']}/apply", {"way": "codes"})
    assert applied.status == 200, applied.json
    assert (await page.call("POST", f"/imports/{read.json['id']}/apply", {})).json["code"] == "import_applied"
    assert (await page.call("GET", f"/imports/{read.json['id']}")).json["items"] == [], "names are kept once"
    shown = (await page.call("GET", f"/schools/{school}/members?class_id={klass}")).json["items"]
    assert [(one["name"], one["state"]) for one in shown] == [("Лев Новый", "waiting"), ("Яна Новая", "waiting")]
    # Somebody takes the account over by their code; the name stays the school's, and the code is spent.
    yana, lev = applied.json["items"]
    account = {"name": "Яна", "login": "yana.novaya", "password": "a long enough one", "birth_date": "2005-01-01"}
    guest = await world.page()
    taken = await guest.call("POST", "/accounts", {"code": yana["code"], **account})
    assert (taken.status, taken.json["me"]["id"], taken.json["me"]["name"]) == (201, yana["person_id"], "Яна Новая")
    assert await class_names(guest) == ["1А"]
    again = await (await world.page()).call("POST", "/accounts", {"code": yana["code"], **account, "login": "other"})
    assert again.json["code"] == "invitation_spent"
    stranger = await world.signed_in("olga.abramova")
    refused = await stranger.call("POST", f"/invitation-codes/{lev['code']}/accept")
    assert (refused.status, refused.json["code"]) == (403, "invitation_not_yours")


async def test_a_list_becomes_accounts(world: World) -> None:
    page = await world.signed_in(ADMINISTRATOR)
    school = await school_of(page)
    rows = "name,class,role,birth date\nAnn Poe,5А,student,2005-02-03\nEd Poe,7Б,teacher,\n"
    young = (world.clock.now().date().year - 10, 1, 1)
    rows += f"Kid Poe,5А,student,{date(*young).isoformat()}\n"
    read = await send(page, school, rows.encode())
    assert read.json["errors"] == 0, read.json
    applied = await page.call("POST", f"/imports/{read.json['id']}/apply", {"way": "accounts"})
    ann, ed, kid = applied.json["items"]
    assert (ann["login"], ed["login"], kid["login"], ann["code"]) == ("ann.poe", "ed.poe", "kid.poe", None)
    for one, klass in ((ann, "5А"), (ed, "7Б")):
        guest = await world.page()
        assert (await guest.sign_in(one["login"], one["password"])).status == 200
        assert await class_names(guest) == [klass]
    refused = await (await world.page()).sign_in(kid["login"], kid["password"])
    assert refused.json["code"] == "account_inactive", "a parent's consent comes first"
    ageless = await send(page, school, "name,class\nJo Poe,5А\n".encode())
    refused = await page.call("POST", f"/imports/{ageless.json['id']}/apply", {"way": "accounts"})
    assert [fault["code"] for fault in refused.json["items"][0]["faults"]] == ["birth_date_missing"]


async def _count(world: World) -> int:
    async with world.parts.db.read() as conn:
        return await conn.scalar(sa.select(sa.func.count()).select_from(people)) or 0
