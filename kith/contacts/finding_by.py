"""What this room lets one ask of contacts (C25)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.lookups import GreaterThanOrEqual, In, LessThanOrEqual

from kith.contacts import queries
from kith.contacts.asking import Choices, SearchCriterion, Shape, Value
from kith.contacts.criteria import LABELS, Criterion
from kith.contacts.models import Contact, SuppressedRecord, Suppression
from kith.contacts.possible_duplicates import possible_duplicates
from kith.contacts.rights.rules import IDENTITY, Sight
from kith.contacts.search import Shape as Lexeme
from kith.contacts.search import plain_term, seen_by, sound_terms
from kith.contacts.settings.categories import categories_in_force
from kith.contacts.settings.industries import industries_in_force
from kith.matching.cleaning import DateOrder, custom
from kith.matching.cleaning.custom import CustomType
from kith.organisation.models import Ownership
from kith.organisation.queries import teams
from kith.sources.custom_fields import CustomField, custom_fields
from kith.sources.models import Membership, SourceSystem

WHO: Final = "Who"
REACH: Final = "How to reach"
NUMBERS: Final = "Numbers"
STANDING: Final = "Standing"
ORIGIN: Final = "Where from, and when"
FIELDS: Final = "User-defined fields"
NO_TEAM: Final = "none"

_PLACES: Final = (
    (Criterion.NAME, WHO, ()),
    (Criterion.FIRST_NAME, WHO, ()),
    (Criterion.LAST_NAME, WHO, ()),
    (Criterion.COMPANY_NAME, WHO, ()),
    (Criterion.BIRTH_DATE, WHO, ("birth_date",)),
    (Criterion.EMAIL, REACH, ("emails",)),
    (Criterion.PHONE, REACH, ("phones",)),
    (Criterion.POSTCODE, REACH, ("addresses",)),
    (Criterion.TOWN, REACH, ("addresses",)),
    (Criterion.IDENTITY_NUMBER, NUMBERS, IDENTITY),
    (Criterion.GROUP_ID, NUMBERS, ()),
    (Criterion.SYSTEM_REF, NUMBERS, ()),
)


def finding_by() -> tuple[SearchCriterion, ...]:
    texts = tuple(_text(one, heading, fields) for one, heading, fields in _PLACES)
    return (*texts, _SOUNDS_LIKE, *_FIXED, *(_custom(one) for one in custom_fields()))


def anything() -> tuple[SearchCriterion, ...]:
    """The one box."""
    return (
        SearchCriterion(
            key="q",
            label="Anything",
            heading="",
            shape=Shape.TEXT,
            condition=lambda value, sight: queries.condition_of_text(value.text, sight=sight),
            is_personal=True,
        ),
    )


def _text(one: Criterion, heading: str, fields: tuple[str, ...]) -> SearchCriterion:
    condition = _identity if one is Criterion.IDENTITY_NUMBER else _of(one)
    return SearchCriterion(
        key=one.value,
        label=LABELS[one],
        heading=heading,
        shape=Shape.TEXT,
        condition=condition,
        fields=fields,
        whole_where_masked=one is Criterion.IDENTITY_NUMBER,
        is_personal=one is not Criterion.GROUP_ID,
    )


def _of(one: Criterion) -> Callable[[Value, Sight], Q | None]:
    return lambda value, sight: queries.condition_of(one, value.text)


def _identity(value: Value, sight: Sight) -> Q | None:
    term = plain_term(value.text, shape=Lexeme.IDENTITY)
    terms = seen_by(sight.mildest(), (term,)) if term.beginnings else None
    return queries.matching(terms) if terms else None


def _choice(
    key: str,
    label: str,
    heading: str,
    *,
    choices: Callable[[], Choices],
    condition: Callable[[Value], Q | None],
    fields: tuple[str, ...] = (),
) -> SearchCriterion:
    return SearchCriterion(
        key=key,
        label=label,
        heading=heading,
        shape=Shape.CHOICE,
        condition=lambda value, sight: condition(value),
        choices=choices,
        fields=fields,
    )


def _sounding(value: Value, sight: Sight) -> Q | None:
    terms = sound_terms(value.text)
    return queries.matching(terms) if terms else None


_SOUNDS_LIKE: Final = SearchCriterion(
    key="sounds_like",
    label="Name, as it sounds",
    heading=WHO,
    shape=Shape.TEXT,
    condition=_sounding,
    is_personal=True,
)


def _days(key: str, label: str, column: str, *, heading: str = ORIGIN) -> SearchCriterion:
    return SearchCriterion(
        key=key,
        label=label,
        heading=heading,
        shape=Shape.DAYS,
        condition=lambda value, sight: queries.between(column, value.first, value.last),
    )


def _yes_no(
    key: str, label: str, heading: str, condition: Callable[[Value], Q], *, fields: tuple[str, ...] = ()
) -> SearchCriterion:
    return SearchCriterion(
        key=key,
        label=label,
        heading=heading,
        shape=Shape.YES_NO,
        condition=lambda value, sight: condition(value),
        fields=fields,
    )


def _in_categories(value: Value) -> Q:
    """Whoever looks for partners means suppliers too."""
    known = categories_in_force()
    return Q(category__in=sorted({below for code in value.codes for below in known.within(code)}))


def _category_choices() -> Choices:
    known = categories_in_force()
    return known.choices(present=[one.code for one in known.categories])


def _industry_choices() -> Choices:
    return [choice for _, of_sector in industries_in_force().choices() for choice in of_sector]


def _source_choices() -> Choices:
    rows = SourceSystem.objects.order_by("priority", "name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def _of_sources(value: Value) -> Q | None:
    ids = [int(code) for code in value.codes if code.isascii() and code.isdigit()]
    return Q(pk__in=Membership.objects.filter(record__source_id__in=ids).values("contact_id"))


def _carrying(carried: QuerySet[SuppressedRecord]) -> QuerySet[Membership]:
    in_force = carried.filter(lift__isnull=True, withdrawn_by__isnull=True)
    return Membership.objects.filter(contact_id=OuterRef("pk"), record_id__in=in_force.values("record_id"))


def _is_suppressed(value: Value) -> Q:
    carrying = Q(Exists(_carrying(SuppressedRecord.objects.all())))
    return carrying if value.is_yes else ~carrying


def _suppressed_because(value: Value) -> Q:
    return Q(Exists(_carrying(SuppressedRecord.objects.filter(suppression__reason__in=value.codes))))


def _team_choices() -> Choices:
    return [(NO_TEAM, "None"), *((str(one.id), str(one)) for one in teams())]


def _of_teams(value: Value) -> Q:
    """As `organisation.queries.owners_of` has it: the primary System Ref's, else the longest."""
    ids = [int(code) for code in value.codes if code.isascii() and code.isdigit()]
    members = Membership.objects.filter(contact_id=OuterRef("pk"))
    owned = Ownership.objects.filter(org_group_id__in=ids).values("record_id")
    # Annotated, for Django resolves no OuterRef in an order once this search is part of another query.
    theirs = (
        Ownership.objects.filter(
            record_id__in=Membership.objects.filter(contact_id=OuterRef(OuterRef("pk"))).values("record_id")
        )
        .annotate(
            turn=Case(
                When(record_id=OuterRef("primary_record_id"), then=0), default=1, output_field=IntegerField()
            )
        )
        .order_by("turn", "since", "record_id")
    )
    first = Subquery(theirs.values("org_group_id")[:1], output_field=BigIntegerField())
    has = Q(pk__in=Membership.objects.filter(record_id__in=owned).values("contact_id")) & Q(
        In(first, ids or [0])
    )
    if NO_TEAM not in value.codes:
        return has
    return has | ~Q(Exists(members.filter(record_id__in=Ownership.objects.values("record_id"))))


def _duplicates(value: Value) -> Q:
    condition = possible_duplicates().condition()
    return condition if value.is_yes else ~condition


_FIXED: Final[Sequence[SearchCriterion]] = (
    _choice(
        "kind",
        "Type",
        WHO,
        choices=lambda: [(str(code), str(label)) for code, label in Contact.Kind.choices],
        condition=lambda value: Q(kind__in=value.codes),
    ),
    _choice(
        "category", "Category", WHO, choices=_category_choices, condition=_in_categories, fields=("category",)
    ),
    _choice(
        "industry",
        "Industry",
        WHO,
        choices=_industry_choices,
        condition=lambda value: Q(industry__in=value.codes),
        fields=("industry",),
    ),
    _yes_no("suppressed", "Suppressed", STANDING, _is_suppressed),
    _choice(
        "suppressed_because",
        "Suppressed because",
        STANDING,
        choices=lambda: [(str(code), str(label)) for code, label in Suppression.Reason.choices],
        condition=_suppressed_because,
    ),
    _yes_no(
        "direct_marketing",
        "Direct marketing",
        STANDING,
        lambda value: Q(direct_marketing=value.is_yes),
        fields=("direct_marketing",),
    ),
    _yes_no(
        "affiliate_marketing",
        "Affiliate marketing",
        STANDING,
        lambda value: Q(affiliate_marketing=value.is_yes),
        fields=("affiliate_marketing",),
    ),
    _yes_no("possible_duplicates", "Possible duplicates", STANDING, _duplicates),
    _choice("team", "Owning team", STANDING, choices=_team_choices, condition=_of_teams),
    _choice("source", "Source", ORIGIN, choices=_source_choices, condition=_of_sources),
    _days("created", "Created", "created_at"),
    _days("updated", "Updated", "claims_received_at"),
)


def _custom(one: CustomField) -> SearchCriterion:
    condition = _CUSTOM[one.type]
    shape = _CUSTOM_SHAPES.get(one.type, Shape.TEXT)
    return SearchCriterion(
        key=f"custom.{one.code}",
        label=one.label,
        heading=FIELDS,
        shape=shape,
        condition=lambda value, sight: Q(custom__isnull=False) & condition(one, value),
        choices=(lambda: [(choice.code, choice.label) for choice in one.choices])
        if shape is Shape.CHOICE
        else None,
        fields=(f"custom.{one.code}",),
        is_personal=True,
    )


def _begins(one: CustomField, value: Value) -> Q:
    return Q(**{f"custom__{one.code}__istartswith": value.text.strip()})


def _is_number(one: CustomField, value: Value) -> Q:
    text = custom.read(value.text.strip(), shape=one.shape, order=DateOrder.DMY)
    return Q(**{f"custom__{one.code}": text}) if text else Q(pk__in=[])


def _is_any(one: CustomField, value: Value) -> Q:
    """`yes` and `no` are stored so, too."""
    return Q(**{f"custom__{one.code}__in": list(value.codes)})


def _on_days(one: CustomField, value: Value) -> Q:
    stored = KT(f"custom__{one.code}")
    first = Q(GreaterThanOrEqual(stored, value.first.isoformat())) if value.first else Q()
    return first & (Q(LessThanOrEqual(stored, value.last.isoformat())) if value.last else Q())


_CUSTOM: Final[Mapping[CustomType, Callable[[CustomField, Value], Q]]] = {
    CustomType.TEXT: _begins,
    CustomType.NUMBER: _is_number,
    CustomType.CHOICE: _is_any,
    CustomType.YES_NO: _is_any,
    CustomType.DATE: _on_days,
}
_CUSTOM_SHAPES: Final = {
    CustomType.CHOICE: Shape.CHOICE,
    CustomType.YES_NO: Shape.YES_NO,
    CustomType.DATE: Shape.DAYS,
}
