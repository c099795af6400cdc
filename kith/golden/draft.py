"""The golden record rules somebody is editing: they live in the form until they are saved.

As with the matching rules, the order of the form's elements is the order of the tie-breakers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from kith.golden.rules import (
    AUTHORISATIONS,
    FIELD_LABELS,
    LABELS,
    RULED_FIELDS,
    UNORDERED,
    Attribute,
    Order,
    Rules,
    TieBreaker,
    TieBreakers,
)
from kith.kernel.errors import Refused

DATES: Final = (
    Attribute.CLAIMED_AT,
    Attribute.RECEIVED_AT,
    Attribute.CREATED_AT,
    Attribute.LATEST_PURCHASE,
)
MOST_TIE_BREAKERS: Final = len(Attribute)


class Posted(Protocol):
    """What of a QueryDict is used here."""

    def get(self, key: str, default: str) -> str | None: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ShownBreaker:
    words: str
    attributes: Sequence[Choice]
    orders: Sequence[Choice]
    """None where the order is not for choosing."""
    takes_sources: bool
    sources: str


@dataclass(frozen=True, slots=True)
class ShownField:
    field: str
    label: str
    breakers: tuple[ShownBreaker, ...]


def read(posted: Posted) -> Rules:
    return Rules({field: tuple(_breakers(posted, field)) for field in RULED_FIELDS})


def _breakers(posted: Posted, field: str) -> list[TieBreaker]:
    return [_breaker(posted, f"{field}.{token}") for token in posted.getlist(field)[:MOST_TIE_BREAKERS]]


def _breaker(posted: Posted, prefix: str) -> TieBreaker:
    try:
        by = Attribute(posted.get(f"{prefix}.by", "") or "")
        order = Order(posted.get(f"{prefix}.order", "") or Order.LAST)
    except ValueError as error:
        raise Refused("A tie-breaker was not understood. Open the page again.") from error
    codes = (posted.get(f"{prefix}.sources", "") or "").replace(",", " ").split()
    sources = tuple(dict.fromkeys(codes)) if by is Attribute.SOURCE else ()
    return TieBreaker(by, Order.LAST if by in UNORDERED else order, sources)


def unknown_sources(rules: Rules, *, known: Sequence[str]) -> list[str]:
    """A sentence for each field that names a source there is not."""
    return [
        f"{FIELD_LABELS[field]}: there is no source “{code}”."
        for field, breakers in rules.by_field.items()
        for breaker in breakers
        for code in breaker.sources
        if code not in known
    ]


def changed(rules: Rules, *, tokens: dict[str, list[str]], order: str) -> Rules:
    """The rules after one button: `up:emails:2`, `remove:emails:0`, `add:emails`; others change nothing."""
    verb, _, rest = order.partition(":")
    field, _, token = rest.partition(":")
    if field not in RULED_FIELDS:
        return rules
    breakers = list(rules.of(field))
    if verb == "add":
        return _with(rules, field, (*breakers, *_another(breakers, field=field)))
    if token not in tokens[field][: len(breakers)]:
        return rules
    return _with(rules, field, tuple(_moved(breakers, tokens[field].index(token), verb=verb)))


def _with(rules: Rules, field: str, breakers: TieBreakers) -> Rules:
    return Rules({**rules.by_field, field: breakers})


def _another(breakers: Sequence[TieBreaker], *, field: str) -> TieBreakers:
    """The first tie-breaker that is not there yet; none when all are."""
    used = {breaker.by for breaker in breakers}
    free = [by for by in _offered(field) if by not in used]
    return (TieBreaker(free[0]),) if free else ()


def _moved(breakers: list[TieBreaker], spot: int, *, verb: str) -> list[TieBreaker]:
    rest = breakers[:spot] + breakers[spot + 1 :]
    match verb:
        case "remove":
            return rest
        case "up":
            place = max(spot - 1, 0)
        case "down":
            place = spot + 1
        case _:
            return breakers
    return [*rest[:place], breakers[spot], *rest[place:]]


def _offered(field: str) -> list[Attribute]:
    return [by for by in Attribute if by is not Attribute.STRICTEST or field in AUTHORISATIONS]


def shown(rules: Rules) -> tuple[ShownField, ...]:
    return tuple(
        ShownField(field, FIELD_LABELS[field], tuple(_shown(one, field=field) for one in rules.of(field)))
        for field in RULED_FIELDS
    )


def _shown(breaker: TieBreaker, *, field: str) -> ShownBreaker:
    orders = () if breaker.by in UNORDERED else (Order.LAST, Order.FIRST)
    return ShownBreaker(
        words=in_words(breaker),
        attributes=[Choice(by.value, LABELS[by], by is breaker.by) for by in _offered(field)],
        orders=[
            Choice(order.value, _order_words(breaker.by, order), order is breaker.order) for order in orders
        ],
        takes_sources=breaker.by is Attribute.SOURCE,
        sources=", ".join(breaker.sources),
    )


def in_words(breaker: TieBreaker) -> str:
    """`Updated at the source, newest first`."""
    if breaker.by is Attribute.SOURCE:
        return f"Source: {', then '.join(breaker.sources) or 'by priority'}"
    if breaker.by in UNORDERED:
        return LABELS[breaker.by]
    return f"{LABELS[breaker.by]}, {_order_words(breaker.by, breaker.order)}"


def _order_words(by: Attribute, order: Order) -> str:
    if by in DATES:
        return "newest first" if order is Order.LAST else "oldest first"
    return "most first" if order is Order.LAST else "fewest first"
