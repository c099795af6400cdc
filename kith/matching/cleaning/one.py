"""One record at a time, for forms and other systems; the same cleaning as for a million."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Final, TypedDict, TypeVar, cast

from kith.matching.cleaning import addresses, custom, dates, emails, values, words
from kith.matching.cleaning.columns import CUT, NUL_REMOVED
from kith.matching.cleaning.further import FURTHER_FIELDS, NOT_OF_COMPANIES, NOT_OF_PERSONS, Found
from kith.matching.cleaning.names import (
    NOBODY,
    Name,
    read_first_name,
    read_last_name,
    read_title,
    split_full_name,
)
from kith.matching.cleaning.names import read_company as read_company_name
from kith.matching.cleaning.options import CleaningOptions
from kith.matching.cleaning.repeats import UNKNOWN_COUNTRY, UNKNOWN_PHONE_COUNTRY
from kith.matching.cleaning.table import PLACEHOLDER_NAME, UNKNOWN_KIND, UNKNOWN_WORD
from kith.matching.cleaning.text import tidy, well_formed
from kith.matching.records import (
    ADDRESS_DETAILS,
    ADDRESS_PARTS,
    COMPANY,
    CUSTOM_PREFIX,
    MAX_REPEATS,
    PERSON,
)

_Word = TypeVar("_Word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedAddress:
    type: str | None
    line1: str | None
    line2: str | None
    postcode: str | None
    city: str | None
    region: str | None
    country: str | None
    street: str | None = None
    street_number: str | None = None
    floor: str | None = None
    apartment: str | None = None
    area: str | None = None
    district: str | None = None
    municipality: str | None = None
    po_box: str | None = None
    po_box_postcode: str | None = None
    care_of: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """As it is stored: without the details it has not."""
        stated = asdict(self)
        return {
            part: text for part, text in stated.items() if text is not None or part not in ADDRESS_DETAILS
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedRecord:
    """One row of `kith.matching.records.CLEANED`, name for name."""

    kind: str
    title: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    gender: str | None
    birth_date: date | None
    company_name: str | None
    id_number: str | None
    passport_number: str | None
    social_security_number: str | None
    vat_number: str | None
    registration_number: str | None
    category: str | None
    id_number_country: str | None
    id_number_expires: date | None
    passport_country: str | None
    passport_expires: date | None
    name_day: str | None
    industry: str | None
    registration_country: str | None
    established_on: date | None
    website: str | None
    employees: int | None
    custom: dict[str, str] | None
    """User-defined fields: text by code."""
    language: str | None
    residence_country: str | None
    direct_marketing: bool | None
    affiliate_marketing: bool | None
    claimed_at: datetime | None
    source_created_at: datetime | None
    emails: tuple[str, ...]
    email_types: tuple[str | None, ...]
    phones: tuple[str, ...]
    phone_types: tuple[str | None, ...]
    addresses: tuple[CleanedAddress, ...]
    first_key: str | None
    middle_key: str | None
    last_key: str | None
    company_key: str | None
    street_keys: tuple[str, ...]
    postcode_keys: tuple[str, ...]
    remarks: tuple[Remark, ...]
    refusals: tuple[Remark, ...]


def clean_record(raw: Mapping[str, str | None], *, options: CleaningOptions) -> CleanedRecord:
    """As `table.clean` makes it of one row, value by value and remark by remark, without any table."""
    row = _Row(raw, options=options)
    single = _single(row)
    emails = _listed(_emails(row))
    phones = _listed(_phones(row))
    found = tuple(_addresses(row, residence=single.residence_country))
    names = single.names
    return CleanedRecord(
        kind=names.kind,
        title=names.title,
        first_name=names.first.shown,
        middle_name=names.middle.shown,
        last_name=names.last.shown,
        gender=single.gender,
        birth_date=single.birth_date,
        company_name=names.company.shown,
        **single.numbers,
        **single.further,
        custom=single.custom,
        language=single.language,
        residence_country=single.residence_country,
        direct_marketing=single.direct_marketing,
        affiliate_marketing=single.affiliate_marketing,
        claimed_at=single.claimed_at,
        source_created_at=single.source_created_at,
        emails=tuple(emails),
        email_types=tuple(emails.values()),
        phones=tuple(phones),
        phone_types=tuple(phones.values()),
        addresses=found,
        first_key=names.first.key,
        middle_key=names.middle.key,
        last_key=names.last.key,
        company_key=names.company.key,
        street_keys=tuple(addresses.street_key(one.line1) if one.line1 else "" for one in found),
        postcode_keys=tuple(addresses.postcode_key(one.postcode) if one.postcode else "" for one in found),
        remarks=tuple(row.remarks),
        refusals=tuple(row.refusals),
    )


class _Row:
    """The raw texts, tidied when asked for, with what there is to say of them."""

    def __init__(self, raw: Mapping[str, str | None], *, options: CleaningOptions) -> None:
        self._raw = raw
        self.options = options
        self.remarks: list[Remark] = []
        self.refusals: list[Remark] = []

    def say(self, field: str, reason: str | None) -> None:
        if reason:
            self.remarks.append(Remark(field=field, reason=reason))

    def refuse(self, field: str, reason: str) -> None:
        self.refusals.append(Remark(field=field, reason=reason))

    def text(self, field: str) -> str | None:
        stated = self._raw.get(field)
        if not stated:
            return None
        text = self._tidied(field, well_formed(stated))
        if text is None or values.is_word_field(field) or not self.is_placeholder(text):
            return text
        self.say(field, values.A_PLACEHOLDER)
        return None

    def starting_with(self, prefix: str) -> list[str]:
        return sorted(name for name in self._raw if name.startswith(prefix))

    def is_placeholder(self, text: str) -> bool:
        return values.is_placeholder(text, junk=self.options.junk)

    def _tidied(self, field: str, stated: str) -> str | None:
        if "\x00" in stated:
            self.say(field, NUL_REMOVED)
        text, longest = tidy(stated), values.longest(field)
        if len(text) > longest:
            self.say(field, CUT)
            text = text[:longest].strip()
        return text or None

    def word(self, field: str, read: Callable[[str], _Word | None], *, reason: str) -> _Word | None:
        stated = self.text(field)
        if stated is None:
            return None
        found = read(stated)
        if found is None:
            self.say(field, values.A_PLACEHOLDER if self.is_placeholder(stated) else reason)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    kind: str
    title: str | None
    first: Name
    middle: Name
    last: Name
    company: Name


class _Numbers(TypedDict):
    """By `identifiers.NUMBER_FIELDS`."""

    id_number: str | None
    passport_number: str | None
    social_security_number: str | None
    vat_number: str | None
    registration_number: str | None


class _Further(TypedDict):
    """By `further.FURTHER_FIELDS`."""

    category: str | None
    id_number_country: str | None
    id_number_expires: date | None
    passport_country: str | None
    passport_expires: date | None
    name_day: str | None
    industry: str | None
    registration_country: str | None
    established_on: date | None
    website: str | None
    employees: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Single:
    """The fields in the order in which the table reads them, so that the remarks come in the same order."""

    residence_country: str | None
    names: _Names
    gender: str | None
    language: str | None
    birth_date: date | None
    direct_marketing: bool | None
    affiliate_marketing: bool | None
    claimed_at: datetime | None
    source_created_at: datetime | None
    numbers: _Numbers
    further: _Further
    custom: dict[str, str] | None


def _single(row: _Row) -> _Single:
    residence = row.word("residence_country", words.read_country, reason=UNKNOWN_COUNTRY)
    names = _names(row)
    return _Single(
        residence_country=residence,
        names=names,
        gender=row.word("gender", words.read_gender, reason=UNKNOWN_WORD),
        language=row.word("language", words.read_language, reason=UNKNOWN_WORD),
        birth_date=_birth_date(row),
        direct_marketing=row.word("direct_marketing", words.read_yes_or_no, reason=UNKNOWN_WORD),
        affiliate_marketing=row.word("affiliate_marketing", words.read_yes_or_no, reason=UNKNOWN_WORD),
        claimed_at=_moment(row, "claimed_at"),
        source_created_at=_moment(row, "source_created_at"),
        numbers=_numbers(row, country=residence),
        **_further_and_custom(row, kind=names.kind),
    )


class _More(TypedDict):
    further: _Further
    custom: dict[str, str] | None


def _further_and_custom(row: _Row, *, kind: str) -> _More:
    found: dict[str, Found] = {}
    for one in FURTHER_FIELDS:
        found[one.name] = cast(Found, row.word(one.name, one.reader(row.options), reason=one.reason))
    industry = found["industry"]
    if kind == COMPANY and found["name_day"] is not None:
        row.say("name_day", NOT_OF_COMPANIES)
        found["name_day"] = None
    if kind != COMPANY:
        row.say("industry", NOT_OF_PERSONS if industry is not None else None)
        found["industry"] = None
    stray = None if kind == COMPANY or industry is None else str(industry)
    return _More(further=cast(_Further, found), custom=_custom(row, stray=stray))


def _custom(row: _Row, *, stray: str | None) -> dict[str, str] | None:
    """`stray`: the industry of a person."""
    shapes = {shape.code: shape for shape in row.options.custom}
    values: dict[str, str] = {}
    for name in row.starting_with(CUSTOM_PREFIX):
        code = name.removeprefix(CUSTOM_PREFIX)
        shape = shapes.get(code)
        text = row.word(
            name,
            partial(custom.read, shape=shape, order=row.options.date_order),
            reason=custom.reason(shape),
        )
        if text is not None:
            values[code] = text
    if stray is not None:
        values.setdefault("industry", stray)
    return dict(sorted(values.items())) or None


_UNNAMED: Final = Name(None, None, None)


def _names(row: _Row) -> _Names:
    full, company, first, last, middle = (
        row.text(field) for field in ("full_name", "company_name", "first_name", "last_name", "middle_name")
    )
    nameless = first is None and last is None
    kind = _kind(row, guessed=COMPANY if company is not None and nameless and full is None else PERSON)
    if kind == COMPANY and company is None:
        company = full
    split = split_full_name(full) if full is not None and nameless and kind != COMPANY else NOBODY
    read_first = _read(_first_of(first, split.first), read_first_name)
    read_middle = _read(_first_of(middle, split.middle), read_first_name)
    read_last = _read(_first_of(last, split.last), read_last_name)
    read_company = _read(company, read_company_name)
    stated = row.text("title")
    title = None if stated is None else read_title(stated)
    for taken in (split.title, read_first.title, read_last.title):
        title = _first_of(title, taken)
    if (read_first.key or "") + (read_last.key or "") in row.options.junk.name_keys():
        row.say("last_name", PLACEHOLDER_NAME)
        read_first = read_middle = read_last = _UNNAMED
    return _Names(
        kind=kind, title=title, first=read_first, middle=read_middle, last=read_last, company=read_company
    )


def _read(text: str | None, read: Callable[[str], Name]) -> Name:
    return _UNNAMED if text is None else read(text)


def _first_of(one: str | None, other: str | None) -> str | None:
    return other if one is None else one


def _kind(row: _Row, *, guessed: str) -> str:
    stated = row.text("kind")
    found = None if stated is None else words.read_kind(stated)
    if stated is not None and found is None and not row.is_placeholder(stated):
        row.refuse("kind", UNKNOWN_KIND)
    return found or row.options.default_kind or guessed


def _birth_date(row: _Row) -> date | None:
    stated = row.text("birth_date")
    if stated is None:
        return None
    found, reason = values.read_birth_date(stated, options=row.options)
    row.say("birth_date", reason)
    return found


def _moment(row: _Row, field: str) -> datetime | None:
    stated = row.text(field)
    if stated is None:
        return None
    found = values.read_moment(stated, options=row.options)
    if found is None:
        row.say(field, dates.NOT_A_TIME)
        return None
    if row.options.junk.is_date(found.date()):
        row.say(field, dates.PLACEHOLDER)
        return None
    return found.replace(tzinfo=UTC)


def _numbers(row: _Row, *, country: str | None) -> _Numbers:
    at = country or row.options.default_country
    return _Numbers(
        id_number=_number(row, "id_number", country=at),
        social_security_number=_number(row, "social_security_number", country=at),
        vat_number=_number(row, "vat_number", country=at),
        registration_number=_number(row, "registration_number", country=at),
        passport_number=_number(row, "passport_number", country=at),
    )


def _number(row: _Row, field: str, *, country: str | None) -> str | None:
    stated = row.text(field)
    if stated is None:
        return None
    found, reason = values.read_number(stated, field=field, country=country, junk=row.options.junk)
    row.say(field, reason)
    return found


@dataclass(frozen=True, slots=True)
class _Slot:
    """`phone_2` with its parts."""

    field: str
    texts: Mapping[str, str | None]
    """'' is the field itself."""


def _slots(row: _Row, *, prefix: str, parts: tuple[str, ...], telling: tuple[str, ...]) -> list[_Slot]:
    """Those that say something; all are read before any is judged, as in the table."""
    found = []
    for number in range(1, MAX_REPEATS + 1):
        field = f"{prefix}_{number}"
        texts = {part: row.text(f"{field}_{part}" if part else field) for part in parts}
        if any(texts[part] is not None for part in telling):
            found.append(_Slot(field, texts))
    return found


def _listed(found: Iterator[tuple[str, str | None]]) -> dict[str, str | None]:
    """Each value once, with the type it had first."""
    listed: dict[str, str | None] = {}
    for value, kind in found:
        listed.setdefault(value, kind)
    return listed


def _emails(row: _Row) -> Iterator[tuple[str, str | None]]:
    for slot in _slots(row, prefix="email", parts=("", "type"), telling=("",)):
        found = emails.clean_email((slot.texts[""] or "").lower())
        if found is None:
            row.say(slot.field, emails.NOT_ONE)
        elif row.options.junk.is_email(found):
            row.say(slot.field, values.A_PLACEHOLDER)
        else:
            yield found, slot.texts["type"]


def _phones(row: _Row) -> Iterator[tuple[str, str | None]]:
    slots = _slots(row, prefix="phone", parts=("", "type", "country"), telling=("",))
    for slot in slots:
        stated = slot.texts["country"]
        country = None if stated is None else words.country_of_code(stated)
        at = country or row.options.default_country
        if stated is not None and country is None and _is_refused(row, stated):
            row.refuse(f"{slot.field}_country", UNKNOWN_PHONE_COUNTRY)
            at = None
        found, reason = values.read_phone(slot.texts[""] or "", country=at, junk=row.options.junk)
        row.say(slot.field, reason)
        if found is not None:
            yield found, slot.texts["type"]


def _is_refused(row: _Row, country: str) -> bool:
    return words.is_private_code(country) or not row.is_placeholder(country)


def _addresses(row: _Row, *, residence: str | None) -> Iterator[CleanedAddress]:
    slots = _slots(row, prefix="address", parts=("", "type", *ADDRESS_PARTS), telling=ADDRESS_PARTS)
    countries = [_country(row, slot) for slot in slots]
    places = [country or residence or row.options.default_country for country in countries]
    postcodes, boxes = (
        [_postcode(row, slot, part, country=at) for slot, at in zip(slots, places, strict=True)]
        for part in ("postcode", "po_box_postcode")
    )
    for slot, country, at, postcode, box in zip(slots, countries, places, postcodes, boxes, strict=True):
        details = addresses.Details(
            **{part: _place(slot.texts[part]) for part in ADDRESS_DETAILS if part != "po_box_postcode"},
            po_box_postcode=box,
        )
        lines = addresses.Lines(_place(slot.texts["line1"]), _place(slot.texts["line2"]))
        if lines.line2 is None:
            lines = addresses.lines_of(details, line1=lines.line1, country=at)
        made = CleanedAddress(
            type=slot.texts["type"],
            line1=lines.line1,
            line2=lines.line2,
            postcode=postcode,
            city=_place(slot.texts["city"]),
            region=_place(slot.texts["region"]),
            country=country,
            **details._asdict(),
        )
        if any(getattr(made, part) is not None for part in ADDRESS_PARTS):
            yield made


def _country(row: _Row, slot: _Slot) -> str | None:
    stated = slot.texts["country"]
    if stated is None:
        return None
    found = words.read_country(stated)
    if found is None:
        row.say(f"{slot.field}_country", UNKNOWN_COUNTRY)
    return found


def _postcode(row: _Row, slot: _Slot, part: str, *, country: str | None) -> str | None:
    stated = slot.texts[part]
    if stated is None:
        return None
    found, reason = values.read_postcode(stated, country=country, junk=row.options.junk)
    row.say(f"{slot.field}_{part}", reason)
    return found


def _place(text: str | None) -> str | None:
    if text is None or text not in {text.upper(), text.lower()}:
        return text
    return addresses.place(text)
