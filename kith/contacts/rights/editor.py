"""The page on which privacy levels are edited."""

from __future__ import annotations

from typing import Final

from django import forms as django_forms

from kith.access.roles import ROLES
from kith.contacts.rights import forms
from kith.contacts.rights.masks import Mask
from kith.contacts.rights.rules import MASKS, Shown
from kith.contacts.rights.sections import (
    PRIVACY_LEVELS,
    Assignment,
    Level,
    PrivacyLevels,
    Rights,
    rights_of,
)
from kith.contacts.settings.categories import categories_in_force
from kith.contacts.settings.codes import same
from kith.matching.records import CUSTOM_PREFIX
from kith.organisation.queries import teams
from kith.settings.editing import Draft, Editor, Typed
from kith.settings.rows import List, Values
from kith.sources.custom_fields import custom_fields
from kith.sources.models import SourceSystem


def _text(values: Values, name: str) -> str:
    return str(values.get(name) or "")


def _shown(value: PrivacyLevels) -> Typed:
    return Typed(
        {
            "default": value.default,
            "birth_date_shows": value.birth_date_shows.value,
            "reveal_minutes": value.reveal_minutes,
            "most_reveals": value.most_reveals,
        },
        {
            "levels": [
                {"code": one.code, "label": one.label, "is_active": one.is_active} for one in value.levels
            ],
            "rules": [
                {
                    "level": one.level,
                    "kind": one.kind,
                    "category": one.category,
                    "life_cycle": one.life_cycle,
                    "source": one.source,
                    "team": str(one.team or ""),
                }
                for one in value.rules
            ],
            "rights": [
                {
                    "role": one.role,
                    "level": one.level,
                    "masked": [field for field, shown in one.cells.items() if shown is Shown.MASKED],
                    "hidden": [field for field, shown in one.cells.items() if shown is Shown.HIDDEN],
                }
                for one in value.rights
            ],
        },
    )


def _read(typed: Typed) -> PrivacyLevels:
    levels = tuple(
        Level(
            code=same(_text(row, "code")),
            label=_text(row, "label").strip(),
            is_active=bool(row.get("is_active")),
        )
        for row in typed.rows["levels"]
    )
    rights = tuple(_rights(row) for row in typed.rows["rights"])
    return PrivacyLevels(
        levels=levels,
        rights=(*rights, *_of_new_levels(levels, rights)),
        rules=tuple(_assignment(row) for row in typed.rows["rules"]),
        default=_text(typed.single, "default"),
        birth_date_shows=Mask(_text(typed.single, "birth_date_shows")),
        reveal_minutes=int(_text(typed.single, "reveal_minutes")),
        most_reveals=int(_text(typed.single, "most_reveals")),
    )


def _rights(row: Values) -> Rights:
    masked, hidden = (_many(row, name) for name in ("masked", "hidden"))
    custom = sorted(one for one in masked | hidden if one.startswith(CUSTOM_PREFIX))
    cells = {
        field: Shown.HIDDEN if field in hidden else Shown.MASKED if field in masked else Shown.SHOWN
        for field in (*MASKS, *custom)
    }
    return rights_of(_text(row, "role"), _text(row, "level"), cells)


def _many(row: Values, name: str) -> frozenset[str]:
    found = row.get(name)
    return frozenset(str(one) for one in found) if isinstance(found, list) else frozenset()


def _of_new_levels(levels: tuple[Level, ...], rights: tuple[Rights, ...]) -> tuple[Rights, ...]:
    """A level that was just added shows nothing, until somebody says what it shows."""
    said = {(one.role, one.level) for one in rights}
    nothing = dict.fromkeys(MASKS, Shown.HIDDEN)
    return tuple(
        rights_of(role, level.code, nothing)
        for level in levels
        for role in ROLES
        if (role, level.code) not in said
    )


def _assignment(row: Values) -> Assignment:
    team = _text(row, "team")
    return Assignment(
        level=_text(row, "level"),
        kind=_text(row, "kind"),
        category=_text(row, "category"),
        life_cycle=_text(row, "life_cycle"),
        source=_text(row, "source"),
        team=int(team) if team.isdigit() else None,
    )


def _prepare(draft: Draft) -> None:
    levels = [(same(_text(row.values, "code")), row.name) for row in draft.rows_of("levels").rows]
    levels = [(code, label) for code, label in levels if code]
    assert draft.form is not None
    _offer(draft.form, "default", levels)
    categories = [("", "Any"), *categories_in_force().choices(present=[])]
    sources = [("", "Any"), *SourceSystem.objects.order_by("priority").values_list("code", "name")]
    owners = [("", "Any"), *((str(one.id), str(one)) for one in teams())]
    for row in draft.rows_of("rules").rows:
        for name, choices in (
            ("level", levels),
            ("category", categories),
            ("source", sources),
            ("team", owners),
        ):
            _offer(row.form, name, choices)
    own = [(f"{CUSTOM_PREFIX}{one.code}", one.label) for one in custom_fields()]
    for row in draft.rows_of("rights").rows:
        _offer(row.form, "level", levels)
        for name in ("masked", "hidden"):
            _offer(row.form, name, [*forms.FIELDS, *own])


def _offer(form: django_forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, django_forms.ChoiceField)
    field.choices = choices


EDITOR: Final = Editor(
    section=PRIVACY_LEVELS,
    form=forms.PrivacyForm,
    lists=(
        List(
            name="levels",
            label="Levels",
            one="level",
            form=forms.LevelRow,
            about="From the mildest to the strictest. A new one shows nothing until you say so below.",
            unique=("code", "label"),
        ),
        List(
            name="rules",
            label="Which contact has which level",
            one="assignment rule",
            form=forms.AssignmentRow,
            about="The first that holds counts; all that it says must hold. A level set by hand goes first.",
        ),
        List(
            name="rights",
            label="What each role sees",
            one="role at a level",
            form=forms.RightsRow,
            about="What is neither masked nor hidden is shown. Names always are. Whoever has several roles "
            "sees what any of them sees.",
            is_ordered=False,
        ),
    ),
    shown=_shown,
    read=_read,
    prepare=_prepare,
    saved="Saved. It counts from now on, on every page, in every file and through the API.",
)
