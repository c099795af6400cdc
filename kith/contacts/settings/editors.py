"""How each section of the settings of contacts is edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from django import forms as django_forms

from kith.access.http import KithRequest
from kith.contacts.settings import forms, trying
from kith.contacts.settings.attachment_classes import (
    ATTACHMENT_CLASSES,
    AttachmentClass,
    AttachmentClasses,
)
from kith.contacts.settings.authorisation import AUTHORISATION, Authorisation
from kith.contacts.settings.categories import CATEGORIES, Categories, Category
from kith.contacts.settings.codes import same
from kith.contacts.settings.formatting import FORMATTING, Characters, FormatRule, Formatting, Method
from kith.contacts.settings.industries import INDUSTRIES, Industries, Industry, Sector
from kith.contacts.settings.name_display import NAME_DISPLAY, NameDisplay, NameOrder
from kith.contacts.settings.relation_types import RELATION_TYPES, RelationType, RelationTypes
from kith.contacts.settings.supported_types import LISTS, ONE, TYPES, SupportedType, SupportedTypes
from kith.contacts.settings.uniqueness import UNIQUENESS, Combination, Uniqueness
from kith.settings.editing import Draft, Editor, Typed
from kith.settings.rows import List, Row, Rows, Values

_UNIQUE: Final = ("code", "label")


def _text(values: Values, name: str) -> str:
    return str(values.get(name) or "")


def _is_on(values: Values, name: str) -> bool:
    return bool(values.get(name))


def _many(values: Values, name: str) -> tuple[str, ...]:
    found = values.get(name)
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def _number(values: Values, name: str) -> int:
    found = values.get(name)
    return found if isinstance(found, int) else 0


def _rows(entries: Sequence[SupportedType | Category | Sector | Industry | AttachmentClass]) -> list[Values]:
    return [asdict(one) for one in entries]


def _choices(row: Row, name: str, choices: list[tuple[str, str]]) -> None:
    field = row.form.fields[name]
    assert isinstance(field, django_forms.ChoiceField)
    field.choices = choices


# Names


def _named(typed: Typed) -> NameDisplay:
    return NameDisplay(NameOrder(_text(typed.single, "persons")))


NAMES: Final = Editor(
    section=NAME_DISPLAY,
    form=forms.NameDisplayForm,
    shown=lambda value: Typed({"persons": value.persons.value}),
    read=_named,
    before="contacts/settings/_names.html",
    saved="Saved. All contacts are being renamed; it shows under Jobs how far that is.",
)

# Authorisation

_SAID: Final[Mapping[bool | None, str]] = {None: "", True: "yes", False: "no"}
_READ: Final[Mapping[str, bool | None]] = {said: value for value, said in _SAID.items()}


def _authorised(typed: Typed) -> Authorisation:
    direct, affiliate = (_text(typed.single, f"{name}_marketing") for name in ("direct", "affiliate"))
    return Authorisation(_READ.get(direct), _READ.get(affiliate))


AUTHORISED: Final = Editor(
    section=AUTHORISATION,
    form=forms.AuthorisationForm,
    shown=lambda value: Typed(
        {
            "direct_marketing": _SAID[value.direct_marketing],
            "affiliate_marketing": _SAID[value.affiliate_marketing],
        }
    ),
    read=_authorised,
    saved="Saved. It counts for contacts typed in from now on; nobody else is changed.",
)

# Uniqueness


def _combinations(entries: Sequence[Combination]) -> list[Values]:
    return [{"parts": list(one.fields)} for one in entries]


def _unique(typed: Typed) -> Uniqueness:
    persons, companies = (
        tuple(Combination(_many(row, "parts")) for row in typed.rows[name])
        for name in ("persons", "companies")
    )
    return Uniqueness(persons, companies)


UNIQUE: Final = Editor(
    section=UNIQUENESS,
    lists=(
        List(
            name="persons",
            label="Persons",
            one="alternative",
            form=forms.PersonCombinationRow,
            about="No alternative at all: persons may share everything.",
        ),
        List(name="companies", label="Companies", one="alternative", form=forms.CompanyCombinationRow),
    ),
    shown=lambda value: Typed(
        rows={"persons": _combinations(value.persons), "companies": _combinations(value.companies)}
    ),
    read=_unique,
    before="contacts/settings/_uniqueness.html",
    saved="Saved. It counts for what is typed in from now on; imports are never stopped by it.",
)

# Types


def _types(typed: Typed) -> SupportedTypes:
    addresses, emails, phones = (
        tuple(
            SupportedType(
                _text(row, "code"), _text(row, "label"), _is_on(row, "mandatory"), _is_on(row, "active")
            )
            for row in typed.rows[name]
        )
        for name in LISTS
    )
    return SupportedTypes(addresses, emails, phones)


TYPE_EDITOR: Final = Editor(
    section=TYPES,
    lists=tuple(
        List(
            name=name,
            label=f"{ONE[name].capitalize()} types",
            one=f"{ONE[name]} type",
            form=forms.TypeRow,
            unique=_UNIQUE,
        )
        for name in LISTS
    ),
    shown=lambda value: Typed(rows={name: _rows(value.of(name)) for name in LISTS}),
    read=_types,
)

# Relations


def _relations_shown(value: RelationTypes) -> Typed:
    rows: list[Values] = [
        {**asdict(one), "kinds": list(one.kinds), "inverse": "" if one.inverse == one.code else one.inverse}
        for one in value.types
    ]
    return Typed(rows={"types": rows})


def _relations(typed: Typed) -> RelationTypes:
    return RelationTypes(
        tuple(
            RelationType(
                code=_text(row, "code"),
                label=_text(row, "label"),
                inverse=_text(row, "inverse") or _text(row, "code"),
                kinds=_many(row, "kinds"),
                mandatory=_is_on(row, "mandatory"),
                active=_is_on(row, "active"),
            )
            for row in typed.rows["types"]
        )
    )


def _coded(rows: Rows) -> Iterator[tuple[str, str]]:
    """(code, label) of each row that has got one."""
    for row in rows.rows:
        code = forms.code_of(row.values)
        if code:
            yield code, _text(row.values, "label") or code


def _offer_inverses(draft: Draft) -> None:
    rows = draft.rows_of("types")
    known = list(_coded(rows))
    for row in rows.rows:
        own = forms.code_of(row.values)
        _choices(row, "inverse", [("", "The same"), *(one for one in known if one[0] != own)])


RELATIONS: Final = Editor(
    section=RELATION_TYPES,
    lists=(
        List(
            name="types",
            label="Relation types",
            one="relation type",
            form=forms.RelationRow,
            about="What the other contact is to this one",
            unique=_UNIQUE,
        ),
    ),
    shown=_relations_shown,
    read=_relations,
    prepare=_offer_inverses,
)

# Categories


def _categories(typed: Typed) -> Categories:
    return Categories(
        tuple(
            Category(_text(row, "code"), _text(row, "label"), _text(row, "parent"), _is_on(row, "active"))
            for row in typed.rows["categories"]
        )
    )


def _offer_parents(draft: Draft) -> None:
    rows = draft.rows_of("categories")
    known = list(_coded(rows))
    for row in rows.rows:
        own = forms.code_of(row.values)
        _choices(row, "parent", [("", "— (a root)"), *(one for one in known if one[0] != own)])


def _check_circles(draft: Draft) -> None:
    """Each circle is said at the row of its first member."""
    parents = {_text(row, "code"): _text(row, "parent") for row in draft.rows_of("categories").cleaned()}
    said: set[str] = set()
    for row in draft.rows_of("categories").rows:
        code = _text(row.form.cleaned_data, "code")
        circle = _circle(code, parents)
        if circle and not circle & said:
            row.form.add_error("parent", "This makes a circle: the category would be below itself.")
            said |= circle


def _circle(code: str, parents: Mapping[str, str]) -> set[str]:
    seen: list[str] = []
    above = code
    while above and above not in seen:
        seen.append(above)
        above = parents.get(above, "")
    return set(seen) if above == code else set()


CATEGORY_EDITOR: Final = Editor(
    section=CATEGORIES,
    lists=(
        List(name="categories", label="Categories", one="category", form=forms.CategoryRow, unique=_UNIQUE),
    ),
    shown=lambda value: Typed(rows={"categories": _rows(value.categories)}),
    read=_categories,
    prepare=_offer_parents,
    check=_check_circles,
)

# Sectors and industries


def _industries(typed: Typed) -> Industries:
    sectors = (
        Sector(_text(row, "code"), _text(row, "label"), _is_on(row, "active"))
        for row in typed.rows["sectors"]
    )
    industries = (
        Industry(_text(row, "code"), _text(row, "label"), _text(row, "sector"), _is_on(row, "active"))
        for row in typed.rows["industries"]
    )
    return Industries(tuple(sectors), tuple(industries))


def _check_sectors(draft: Draft) -> None:
    """A label counts as its code."""
    known = dict(_coded(draft.rows_of("sectors")))
    codes = {label.casefold(): code for code, label in known.items()}
    for row in draft.rows_of("industries").rows:
        typed = _text(row.form.cleaned_data, "sector")
        code = same(typed) if same(typed) in known else codes.get(typed.casefold(), "")
        row.form.cleaned_data["sector"] = code
        if not code:
            row.form.add_error("sector", "There is no such sector above.")


def _known_sectors(request: KithRequest, draft: Draft) -> Mapping[str, object]:
    return {"sectors_known": list(_coded(draft.rows_of("sectors")))}


INDUSTRY_EDITOR: Final = Editor(
    section=INDUSTRIES,
    lists=(
        List(name="sectors", label="Sectors", one="sector", form=forms.ActiveRow, unique=_UNIQUE),
        List(name="industries", label="Industries", one="industry", form=forms.IndustryRow, unique=_UNIQUE),
    ),
    shown=lambda value: Typed(rows={"sectors": _rows(value.sectors), "industries": _rows(value.industries)}),
    read=_industries,
    check=_check_sectors,
    more=_known_sectors,
    after="contacts/settings/_industries.html",
)

# Attachments

CLASS_EDITOR: Final = Editor(
    section=ATTACHMENT_CLASSES,
    lists=(
        List(
            name="classes",
            label="Classifications",
            one="classification",
            form=forms.ActiveRow,
            unique=_UNIQUE,
        ),
    ),
    shown=lambda value: Typed(rows={"classes": _rows(value.classes)}),
    read=lambda typed: AttachmentClasses(
        tuple(
            AttachmentClass(_text(row, "code"), _text(row, "label"), _is_on(row, "active"))
            for row in typed.rows["classes"]
        )
    ),
)

# Formatting


def format_rule(row: Values) -> FormatRule:
    method = Method(_text(row, "method") or Method.SIMPLE)
    is_simple = method is Method.SIMPLE
    return FormatRule(
        field=_text(row, "field"),
        country=_text(row, "country"),
        method=method,
        shortest=_number(row, "shortest") if is_simple else 0,
        longest=_number(row, "longest") if is_simple else 0,
        characters=Characters(_text(row, "characters") or Characters.ANY) if is_simple else Characters.ANY,
        pattern="" if is_simple else _text(row, "pattern"),
        example=_text(row, "example"),
        active=_is_on(row, "active"),
    )


def _formats_shown(value: Formatting) -> Typed:
    rows: list[Values] = [
        {**asdict(one), "shortest": one.shortest or None, "longest": one.longest or None}
        for one in value.rules
    ]
    return Typed(rows={"rules": rows})


def _tried(request: KithRequest, draft: Draft) -> Mapping[str, object]:
    return trying.tried(request, draft, read=format_rule)


def _check_formats(draft: Draft) -> None:
    seen: set[tuple[str, str]] = set()
    for row in draft.rows_of("rules").rows:
        given = row.form.cleaned_data
        key = (_text(given, "field"), _text(given, "country"))
        if key in seen:
            row.form.add_error("country", "Another rule is for this field and country.")
        seen.add(key)


FORMATS: Final = Editor(
    section=FORMATTING,
    lists=(
        List(
            name="rules",
            label="Rules",
            one="rule",
            form=forms.FormatRow,
            about="Without a country: for every country that has no rule of its own",
            is_ordered=False,
        ),
    ),
    shown=_formats_shown,
    read=lambda typed: Formatting(tuple(format_rule(row) for row in typed.rows["rules"])),
    check=_check_formats,
    after="contacts/settings/_formatting.html",
    more=_tried,
    saved="Saved. It counts when a value is typed or changed; what is there stays.",
)
