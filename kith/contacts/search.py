"""What somebody typed into the search box, as a query over `Contact.search`. Pure: asks no database.

Words are ANDed; each is ORed over the classes of lexeme its shape allows (see `Shape`), as a prefix. A single
letter begins a tenth of all there is: it is left out beside longer words, and without them is a whole word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from kith.contacts.rights.rules import IDENTITY, Shown, Sight
from kith.kernel.group_ids import read_group_id
from kith.matching.cleaning import DateOrder, fold, parse_date
from kith.matching.cleaning.text import fold_words, tidy
from kith.matching.sounding import last_name_sound, sounds_of_alike

LONGEST_TEXT: Final = 200
MOST_WORDS: Final = 8
SHORTEST_CODE: Final = 3
_BEGINS_ALIKE: Final = 4
"""Letters."""
SHORTEST_NUMBER: Final = 5
"""Signs of an identity number that one may ask by without seeing it: shorter ones can be guessed."""

_NUMBER_PIECE: Final = re.compile(r"^\+?[\d()./-]*\d[\d()./-]*$")
_DATE: Final = re.compile(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})$")
_ISO_START: Final = re.compile(r"^(18|19|20)\d\d(-\d\d?)?-?$")
_DAY: Final = re.compile(r"^\d{1,2}(st|nd|rd|th)?$")
_YEAR: Final = re.compile(r"^(18|19|20)\d\d$")
_PARTICLES: Final = frozenset(
    {"van", "von", "der", "den", "de", "la", "del", "della", "di", "da", "dos", "du", "ter", "el", "al"}
)
_SPLIT_POSTCODES: Final = (
    (re.compile(r"^[a-z]{1,2}\d[a-z\d]?$"), re.compile(r"^\d([a-z]{1,2})?$")),
    (re.compile(r"^\d{4}$"), re.compile(r"^[a-z]{2}$")),
    (re.compile(r"^[a-z]\d[a-z]$"), re.compile(r"^\d([a-z]\d?)?$")),
)
"""Postcodes written in two words: United Kingdom, Netherlands, Canada."""


class Shape(StrEnum):
    """Classes of lexeme; the value is the prefix they are stored under."""

    FIRST_NAME = "f:"
    MIDDLE_NAME = "m:"
    LAST_NAME = "l:"
    COMPANY = "c:"
    EMAIL = "e:"
    DOMAIN = "d:"
    PHONE = "p:"
    POSTCODE = "z:"
    SYSTEM_REF = "r:"
    IDENTITY = "i:"
    BIRTH_DATE = "b:"
    FIRST_SOUND = "g:"
    LAST_SOUND = "k:"


_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    Shape.EMAIL: ("emails",),
    Shape.DOMAIN: ("emails",),
    Shape.PHONE: ("phones",),
    Shape.POSTCODE: ("addresses",),
    Shape.IDENTITY: IDENTITY,
    Shape.BIRTH_DATE: ("birth_date",),
}
"""Golden fields behind each class; names and System Refs are shown to everybody."""

NAMES: Final = (Shape.FIRST_NAME, Shape.MIDDLE_NAME, Shape.LAST_NAME, Shape.COMPANY)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the search: any of these beginnings, or all of `together` (parts of `reid-smith`)."""

    beginnings: tuple[str, ...]
    together: tuple[Term, ...] = ()
    is_whole: bool = False
    """Whole words, not beginnings."""
    wholes: tuple[str, ...] = ()
    """Beside the beginnings: these, whole."""

    def as_tsquery(self) -> str:
        choices = [_quoted(text) if self.is_whole else f"{_quoted(text)}:*" for text in self.beginnings]
        choices += [_quoted(text) for text in self.wholes]
        if self.together:
            choices.append(f"({' & '.join(term.as_tsquery() for term in self.together)})")
        return f"({' | '.join(choices)})"


@dataclass(frozen=True, slots=True)
class Reading:
    """`group_id`: the whole text can be one. `terms`: empty when nothing searchable was typed."""

    group_id: int | None
    terms: tuple[Term, ...]

    @property
    def tsquery(self) -> str:
        """For `to_tsquery('simple', …)`; '' when there is no term."""
        return " & ".join(term.as_tsquery() for term in self.terms)

    @property
    def is_empty(self) -> bool:
        return self.group_id is None and not self.terms


def read(text: str) -> Reading:
    """Anything typed, of any script and length; never raises."""
    shown = tidy(text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8"))[:LONGEST_TEXT]
    pieces = _pieces(shown.lower())
    longer = [piece for piece in pieces if not _is_one_sign(piece)]
    pieces = longer or pieces
    terms = tuple(term for piece in pieces if (term := _term(piece, is_alone=len(pieces) == 1)).beginnings)
    if not longer:
        terms = tuple(replace(term, is_whole=True) for term in terms)
    return Reading(read_group_id(shown), terms[:MOST_WORDS])


def _is_one_sign(piece: str) -> bool:
    """Of an alphabet; one Chinese sign is a whole name, and folds to more than one letter."""
    return len(piece) == 1 and len(fold(piece)) <= 1


def name_terms(text: str, *, shapes: tuple[Shape, ...] = NAMES) -> tuple[Term, ...]:
    return tuple(_of(shapes, word) for word in fold_words(tidy(text)[:LONGEST_TEXT])[:MOST_WORDS])


def sound_terms(text: str) -> tuple[Term, ...]:
    """Names that sound like these words, in either place; beside others a word may only begin alike. Empty
    where a word is no name."""
    words = words_to_hear(text)
    return tuple(_sound_term(word, is_alone=len(words) == 1) for word in words)


def words_to_hear(text: str) -> tuple[str, ...]:
    words = tuple(fold_words(tidy(text)[:LONGEST_TEXT])[:MOST_WORDS])
    return words if all(word.isalpha() and len(word) > 1 for word in words) else ()


def _sound_term(word: str, *, is_alone: bool) -> Term:
    first = tuple(f"{Shape.FIRST_SOUND}{sound}" for sound in sounds_of_alike(word))
    last = last_name_sound(word)
    begins = word[:_BEGINS_ALIKE] if not is_alone and len(word) > _BEGINS_ALIKE else ""
    return Term(
        tuple(f"{shape}{begins}" for shape in (Shape.FIRST_NAME, Shape.LAST_NAME) if begins),
        wholes=(*first, f"{Shape.LAST_SOUND}{last}") if last else first,
    )


def phone_term(text: str) -> Term:
    digits = re.sub(r"\D", "", text)
    return Term(tuple(f"{Shape.PHONE}{variant}" for variant in _phone_variants(digits)))


def plain_term(text: str, *, shape: Shape) -> Term:
    """A value of one known class: e-mail, postcode, System Ref, identity number."""
    lowered = tidy(text).lower()
    if shape in {Shape.POSTCODE, Shape.IDENTITY}:
        lowered = fold(lowered)
    return _of((shape,), lowered)


def date_term(day: date) -> Term:
    return Term((f"{Shape.BIRTH_DATE}{day.isoformat()}",))


def seen_by(sight: Sight, terms: tuple[Term, ...]) -> tuple[Term, ...] | None:
    """Without what this sight does not show; masked identity numbers only as a whole. None: a word of it can
    be nothing that may be asked by."""
    found = tuple(_seen_by(sight, term) for term in terms)
    return found if all(term.beginnings or term.wholes or term.together for term in found) else None


def fields_of(terms: Iterable[Term]) -> tuple[str, ...]:
    """Golden fields that these words may be found by."""
    asked = tuple(terms)
    every = [*asked, *(part for term in asked for part in term.together)]
    found = (field for term in every for text in term.beginnings for field in _FIELDS.get(text[:2], ()))
    return tuple(dict.fromkeys(found))


def _seen_by(sight: Sight, term: Term) -> Term:
    shown = tuple(text for text in term.beginnings if _shows(sight, text) is Shown.SHOWN)
    whole = tuple(text for text in term.beginnings if _is_masked_number(sight, text))
    return replace(term, beginnings=shown, wholes=(*term.wholes, *whole))


def _is_masked_number(sight: Sight, lexeme: str) -> bool:
    is_number = lexeme.startswith(Shape.IDENTITY) and len(lexeme) >= len(Shape.IDENTITY) + SHORTEST_NUMBER
    return is_number and _shows(sight, lexeme) is Shown.MASKED


def _shows(sight: Sight, lexeme: str) -> Shown:
    fields = _FIELDS.get(lexeme[:2], ("name",))
    return max((sight.shows(field) for field in fields), key=lambda shown: shown.rank)


def both(terms: tuple[Term, ...]) -> str:
    return Reading(None, terms).tsquery


def _of(shapes: tuple[Shape, ...], text: str) -> Term:
    return Term(tuple(f"{shape}{text}" for shape in shapes) if text else ())


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _pieces(text: str) -> list[str]:
    """Words; joined where they are one: `+44 7700 900 412`, `sw1a 1aa`, `14 mar 1987`, `van der berg`."""
    words, pieces = text.split(" ") if text else [], list[str]()
    while words:
        length = (
            _date_words(words)
            or _number_words(words)
            or _postcode_words(words)
            or _particle_words(words)
            or 1
        )
        pieces.append(" ".join(words[:length]))
        del words[:length]
    return pieces


def _date_words(words: list[str]) -> int:
    three = words[:3]
    if len(three) < 3 or not (_DAY.match(three[0]) and three[1][0].isalpha() and _YEAR.match(three[2])):
        return 0
    return 3 if parse_date(" ".join(three), order=DateOrder.DMY) else 0


def _number_words(words: list[str]) -> int:
    length = 0
    for word in words:
        if not _NUMBER_PIECE.match(word) or _DATE.match(word):
            break
        length += 1
    if length == 1 and _postcode_words(words):
        return 0
    return length


def _postcode_words(words: list[str]) -> int:
    if len(words) < 2:
        return 0
    return 2 if any(a.match(words[0]) and b.match(words[1]) for a, b in _SPLIT_POSTCODES) else 0


def _particle_words(words: list[str]) -> int:
    """Stored names are folded whole, so a particle belongs to the word after it."""
    length = 0
    while length < len(words) - 1 and words[length] in _PARTICLES:
        length += 1
    return length + 1 if length else 0


def _term(piece: str, *, is_alone: bool) -> Term:
    if "@" in piece:
        return _email_term(piece)
    days = _days(piece)
    if days:
        return Term(tuple(f"{Shape.BIRTH_DATE}{day.isoformat()}" for day in days))
    if all(_NUMBER_PIECE.match(word) for word in piece.split(" ")):
        return _number_term(piece)
    return _word_term(piece, is_alone=is_alone)


def _email_term(piece: str) -> Term:
    local, _, domain = piece.partition("@")
    if not local:
        return _of((Shape.DOMAIN,), domain)
    return _of((Shape.EMAIL,), piece)


def _days(piece: str) -> tuple[date, ...]:
    """Both readings of an ambiguous day and month."""
    if not (_DATE.match(piece) or (" " in piece and any(sign.isalpha() for sign in piece))):
        return ()
    found = (parse_date(piece, order=order) for order in (DateOrder.DMY, DateOrder.MDY))
    return tuple(dict.fromkeys(day for day in found if day is not None))


def _number_term(piece: str) -> Term:
    digits = re.sub(r"\D", "", piece)
    compact = piece.replace(" ", "")
    beginnings = [f"{Shape.PHONE}{variant}" for variant in _phone_variants(digits)]
    beginnings += [f"{Shape.POSTCODE}{digits}", f"{Shape.IDENTITY}{digits}"]
    beginnings += [f"{Shape.SYSTEM_REF}{text}" for text in (compact, piece)]
    if _ISO_START.match(compact):
        beginnings.append(f"{Shape.BIRTH_DATE}{compact}")
    return Term(tuple(dict.fromkeys(beginnings)))


def _phone_variants(digits: str) -> tuple[str, ...]:
    """As stored: with the country's code or without it, never with a trunk or international prefix."""
    bare = digits.lstrip("0")
    return tuple(dict.fromkeys(text for text in (digits, bare) if text))


def _word_term(piece: str, *, is_alone: bool) -> Term:
    """Plain letters beside other words, or too few of them, are a name: as the beginning of an e-mail or a
    System Ref they would have the index walk through a hundred thousand of these."""
    if any(sign.isdigit() for sign in piece):
        return _code_term(piece)
    folded, parts = fold(piece), fold_words(piece)
    beginnings = [f"{shape}{folded}" for shape in NAMES] if folded else []
    if beginnings and piece.isalpha() and not (is_alone and len(piece) >= SHORTEST_CODE):
        return Term(tuple(beginnings))
    if folded or len(piece) > 1:
        beginnings.append(f"{Shape.SYSTEM_REF}{piece}")
    if piece.isascii() and beginnings:
        beginnings += [f"{Shape.EMAIL}{piece}"] + ([f"{Shape.DOMAIN}{piece}"] if "." in piece else [])
    together = tuple(_of(NAMES, part) for part in parts) if len(parts) > 1 else ()
    return Term(tuple(beginnings), together)


def _code_term(piece: str) -> Term:
    """Letters and digits together: a postcode, a System Ref, an identity number, a name such as `3com`."""
    folded = fold(piece)
    beginnings = [f"{Shape.POSTCODE}{folded}", f"{Shape.IDENTITY}{folded}", f"{Shape.SYSTEM_REF}{piece}"]
    beginnings += [f"{Shape.COMPANY}{folded}", f"{Shape.EMAIL}{piece}"]
    if folded != piece:
        beginnings.append(f"{Shape.SYSTEM_REF}{folded}")
    return Term(tuple(text for text in beginnings if len(text) > 2))
