"""Steps of the guides, and what the calls about them carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

GuideRole = Literal["administrator", "teacher", "student", "parent", "region_operator"]

STEPS: Mapping[GuideRole, tuple[str, ...]] = {
    "administrator": (
        "create_school",
        "fill_page",
        "make_class",
        "invite_teachers",
        "invite_students",
        "second_step",
    ),
    "teacher": ("get_class", "invite_students", "start_lesson", "start_broadcast"),
    "student": ("get_class", "join_lesson", "invite_parents"),
    "parent": ("give_consent", "see_class"),
    "region_operator": ("see_roll_out",),
}
"""Most steps are done by doing them: what is in the database tells. A page may also say that a step is done."""


class Step(Struct, frozen=True):
    """A step of a guide."""

    name: str
    done: bool


class Guide(Struct, frozen=True):
    """What to do first in a role."""

    role: GuideRole
    steps: list[Step]
    done: bool
    put_away: bool


class Guides(Struct, frozen=True):
    """Answer of GET and PUT /me/guide: a guide for each role the person has."""

    items: list[Guide]


class EditGuide(Struct, forbid_unknown_fields=True, frozen=True):
    """Body of PUT /me/guide: put a role's guide away or find it again; say that steps are done."""

    role: GuideRole
    put_away: bool | UnsetType = UNSET
    done: Annotated[list[Annotated[str, Meta(max_length=32)]], Meta(max_length=10)] | UnsetType = UNSET
