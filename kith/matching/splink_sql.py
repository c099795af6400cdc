"""Each level kind as a condition in SQL, over the columns of `splink_columns`; and such conditions read back.

The names are unquoted, so that DuckDB and Spark both read them. Some functions they call by other names.
One edit (`Test.EDIT`) is coarser in SQL: any one, where our engine wants one that looks like a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, TypeAlias

from kith.matching.model import FITTING, WITH_THRESHOLD, Compared, Test
from kith.matching.prepared import NUMBER_KINDS


class Dialect(StrEnum):
    DUCKDB = "duckdb"
    SPARK = "spark"


@dataclass(frozen=True, slots=True)
class Meaning:
    field: Compared
    test: Test
    threshold: float | None = None


COLUMN: Final = {
    Compared.FIRST_NAME: "first_key",
    Compared.MIDDLE_NAME: "middle_key",
    Compared.LAST_NAME: "last_key",
    Compared.COMPANY_NAME: "company_key",
    Compared.GENDER: "gender",
    Compared.BIRTH_DATE: "birth_date",
    Compared.EMAIL: "emails",
    Compared.PHONE: "phones",
    Compared.ADDRESS: "postcode_keys",
}
"""The column that says whether a field is known, by field. Identity numbers have one for each kind."""

_ALIASES: Final = {
    "first_key": ("first_name", "firstname", "forename", "given_name"),
    "middle_key": ("middle_name", "middlename"),
    "last_key": ("last_name", "lastname", "surname", "family_name"),
    "company_key": ("company_name", "company", "organisation_name", "organization_name"),
    "gender": ("sex",),
    "birth_date": ("dob", "date_of_birth", "birthdate", "birthday"),
    "email": ("email_address", "mail"),
    "phone": ("phone_number", "telephone", "mobile"),
    "postcode": ("postal_code", "zip", "zip_code"),
    "postcode_keys": ("postcodes",),
}
_CANONICAL: Final = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_THRESHOLD: Final = "{t}"
_NO_MALE: Final = "coalesce(gender_l, '') <> 'male' and coalesce(gender_r, '') <> 'male'"

_Found: TypeAlias = tuple[Compared, Test, str]


def condition(field: Compared, test: Test, *, threshold: float | None, dialect: Dialect) -> str:
    if test is Test.ELSE:
        return "ELSE"
    sql = next(sql for one, other, sql in _written(dialect) if (one, other) == (field, test))
    return sql.replace(_THRESHOLD, repr(threshold))


def unknown_condition(field: Compared) -> str:
    """Holds where one side does not know the field."""
    columns = NUMBER_KINDS if field is Compared.IDENTITY_NUMBER else (COLUMN[field],)
    parts = [f"{column}_l is null or {column}_r is null" for column in columns]
    return parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)


def meanings(sql: str) -> tuple[Meaning, ...]:
    """What a condition can mean, one per field at most; none when it is not of the closed set."""
    text = _plain(sql)
    if text == "else":
        return tuple(Meaning(field, Test.ELSE) for field in Compared)
    found = []
    for field, test, pattern in _patterns():
        held = pattern.fullmatch(text)
        if held is not None:
            found.append(Meaning(field, test, float(held["t"]) if test in WITH_THRESHOLD else None))
    return tuple(dict.fromkeys(found))


def says_unknown(sql: str, field: Compared) -> bool:
    """Whether a null level's condition asks for nothing but absent values of the field."""
    parts = re.split(r" (?:or|and) ", re.sub(r"\((?![a-z_0-9]+\))|(?<!_[lr])\)", "", _plain(sql)))
    columns = "|".join(sorted(_columns_of(field)))
    absent = re.compile(
        rf"(?:{columns})_[lr](?: is null|='')|(?:len|length|array_length|size)\((?:{columns})_[lr]\)=0"
    )
    return all(absent.fullmatch(part.strip()) for part in parts)


def _columns_of(field: Compared) -> tuple[str, ...]:
    if field is Compared.IDENTITY_NUMBER:
        return NUMBER_KINDS
    single = {Compared.EMAIL: "email", Compared.PHONE: "phone", Compared.ADDRESS: "postcode"}
    more = ("addresses", "address") if field is Compared.ADDRESS else ()
    return (COLUMN[field], *([single[field]] if field in single else []), *more)


def _written(dialect: Dialect) -> Iterator[_Found]:
    yield from _of_names(dialect)
    yield (Compared.GENDER, Test.EXACT, "gender_l = gender_r")
    yield from _of_dates()
    yield from _of_lists(dialect)
    yield from _of_numbers()
    yield (Compared.ADDRESS, Test.EXACT, _shared("addresses", dialect))
    yield (Compared.ADDRESS, Test.STREET, _near_street(dialect))
    yield (Compared.ADDRESS, Test.POSTCODE, _shared("postcode_keys", dialect))


def _of_names(dialect: Dialect) -> Iterator[_Found]:
    similar = "jaro_winkler_similarity" if dialect is Dialect.DUCKDB else "jaro_winkler"
    fields = (Compared.FIRST_NAME, Compared.MIDDLE_NAME, Compared.LAST_NAME, Compared.COMPANY_NAME)
    for field in fields:
        name = COLUMN[field]
        made = {
            Test.EXACT: f"{name}_l = {name}_r",
            Test.TRANSPOSED: "first_key_l = last_key_r and first_key_r = last_key_l"
            " and first_key_l <> last_key_l",
            Test.NICKNAME: _shared("first_nicknames", dialect),
            Test.FORM: "last_stem_l = last_stem_r",
            Test.SIMILAR: f"{similar}({name}_l, {name}_r) >= {_THRESHOLD}",
            Test.SOUND: _shared(name.replace("_key", "_sounds"), dialect),
            Test.PART: _part(name),
            Test.INITIAL: f"(length({name}_l) = 1 or length({name}_r) = 1)"
            f" and left({name}_l, 1) = left({name}_r, 1)",
            Test.RENAMED: "birth_date_l = birth_date_r and (first_key_l = first_key_r or "
            f"{_shared('first_nicknames', dialect)}) and {_NO_MALE}",
        }
        yield from ((field, test, sql) for test, sql in made.items() if test in FITTING[field])


def _of_dates() -> Iterator[_Found]:
    date = Compared.BIRTH_DATE
    yield (date, Test.EXACT, "birth_date_l = birth_date_r")
    swapped = (
        "year(birth_date_l) = year(birth_date_r) and month(birth_date_l) = day(birth_date_r)"
        " and day(birth_date_l) = month(birth_date_r) and birth_date_l <> birth_date_r"
    )
    yield (date, Test.SWAPPED, swapped)
    # Of texts of one length, so it is a digit changed, never one added or lost.
    yield (date, Test.DIGIT, "levenshtein(birth_digits_l, birth_digits_r) = 1")
    yield (date, Test.SAME_YEAR, "year(birth_date_l) = year(birth_date_r)")


def _of_lists(dialect: Dialect) -> Iterator[_Found]:
    for field in (Compared.EMAIL, Compared.PHONE):
        name = COLUMN[field]
        yield (field, Test.EXACT, _shared(name, dialect))
        yield (field, Test.EDIT, f"{_nearest(name, dialect)} <= 1")
    yield (Compared.EMAIL, Test.LOCAL_PART, _shared("local_parts", dialect))
    yield (Compared.EMAIL, Test.OWN, _named_after(dialect))


def _of_numbers() -> Iterator[_Found]:
    same = " or ".join(f"{kind}_l = {kind}_r" for kind in NUMBER_KINDS)
    near = " or ".join(
        f"(damerau_levenshtein({kind}_l, {kind}_r) = 1 and greatest(length({kind}_l), length({kind}_r)) >= 5)"
        for kind in NUMBER_KINDS
    )
    yield (Compared.IDENTITY_NUMBER, Test.EXACT, same)
    yield (Compared.IDENTITY_NUMBER, Test.EDIT, near)


def _shared(name: str, dialect: Dialect) -> str:
    if dialect is Dialect.DUCKDB:
        return f"array_length(list_intersect({name}_l, {name}_r)) >= 1"
    return f"size(array_intersect({name}_l, {name}_r)) >= 1"


def _named_after(dialect: Dialect) -> str:
    name = "coalesce(first_key_l, first_key_r)"
    told = f"{_given('x', dialect)} contains(split_part(x, '@', 1), {name})"
    shared = (
        f"array_length(list_filter(list_intersect(emails_l, emails_r), {told})) >= 1"
        if dialect is Dialect.DUCKDB
        else f"size(filter(array_intersect(emails_l, emails_r), {told})) >= 1"
    )
    return f"(first_key_l is null) <> (first_key_r is null) and length({name}) >= 3 and {shared}"


def _crossed(name: str, measure: str, dialect: Dialect, *, best: str) -> str:
    """`measure` of every two values, the best of them; `{a}` and `{b}` stand for the two."""
    if dialect is Dialect.DUCKDB:
        each, first, second, pick = "list_transform", "pair[1]", "pair[2]", f"list_{best}"
    else:
        each, first, second, pick = "transform", "pair[0]", "pair[1]", f"array_{best}"
    x, y, pair = (_given(one, dialect) for one in ("x", "y", "pair"))
    # As Splink itself writes it for two lists of texts, but for the arrow, which DuckDB 2 refuses.
    every = f"flatten({each}({name}_l, {x} {each}({name}_r, {y} [x, y])))"
    said = measure.replace("{a}", first).replace("{b}", second)
    return f"{pick}({each}({every}, {pair} {said}))"


def _given(name: str, dialect: Dialect) -> str:
    """The head of a function of one argument."""
    return f"lambda {name}:" if dialect is Dialect.DUCKDB else f"{name} ->"


def _nearest(name: str, dialect: Dialect) -> str:
    return _crossed(name, "damerau_levenshtein({a}, {b})", dialect, best="min")


def _near_street(dialect: Dialect) -> str:
    similar = "jaro_winkler_similarity" if dialect is Dialect.DUCKDB else "jaro_winkler"
    measure = (
        "case when split_part({a}, '|', 2) = split_part({b}, '|', 2) then "
        f"{similar}(split_part({{a}}, '|', 1), split_part({{b}}, '|', 1)) else 0.0 end"
    )
    return f"{_crossed('addresses', measure, dialect, best='max')} >= {_THRESHOLD}"


def _part(name: str) -> str:
    one, other = f"{name}_l", f"{name}_r"
    sides = (
        f"{way}({long}, length({short})) = {short}"
        for long, short in ((one, other), (other, one))
        for way in ("left", "right")
    )
    return f"least(length({one}), length({other})) >= 3 and ({' or '.join(sides)})"


_ALSO_READ: Final[tuple[_Found, ...]] = (
    # A single value where we hold a list.
    (Compared.EMAIL, Test.EXACT, "email_l = email_r"),
    (Compared.PHONE, Test.EXACT, "phone_l = phone_r"),
    (Compared.ADDRESS, Test.POSTCODE, "postcode_l = postcode_r"),
    *(
        (field, Test.EDIT, f"{how}({name}_l, {name}_r) <= 1")
        for field, name in ((Compared.EMAIL, "email"), (Compared.PHONE, "phone"))
        for how in ("levenshtein", "damerau_levenshtein")
    ),
    *((Compared.IDENTITY_NUMBER, Test.EXACT, f"{kind}_l = {kind}_r") for kind in NUMBER_KINDS),
    *(
        (Compared.IDENTITY_NUMBER, Test.EDIT, f"{how}({kind}_l, {kind}_r) <= 1")
        for kind in NUMBER_KINDS
        for how in ("levenshtein", "damerau_levenshtein")
    ),
    # What Splink's library writes: the user name of an e-mail, both names reversed, a date as text.
    (
        Compared.EMAIL,
        Test.LOCAL_PART,
        "nullif(regexp_extract(email_l, '^[^@]+', 0), '') = nullif(regexp_extract(email_r, '^[^@]+', 0), '')",
    ),
    *(
        (field, Test.TRANSPOSED, "first_key_l = last_key_r and first_key_r = last_key_l")
        for field in (Compared.FIRST_NAME, Compared.LAST_NAME)
    ),
    (Compared.BIRTH_DATE, Test.DIGIT, "levenshtein(birth_date_l, birth_date_r) <= 1"),
)


@cache
def _patterns() -> tuple[tuple[Compared, Test, re.Pattern[str]], ...]:
    found: Iterable[_Found] = (
        *_written(Dialect.DUCKDB), *_written(Dialect.SPARK), *_ALSO_READ,
    )  # fmt: skip
    return tuple((field, test, _pattern(sql)) for field, test, sql in found)


def _pattern(sql: str) -> re.Pattern[str]:
    before, placeholder, after = _plain(sql).partition(_THRESHOLD)
    number = r"(?P<t>\d+(?:\.\d+)?)" if placeholder else ""
    return re.compile(re.escape(before) + number + re.escape(after))


def _plain(sql: str) -> str:
    """Case, quotes, spaces, casts to text and the customary names of columns do not matter."""
    text = re.sub(r'["`]', "", sql).lower().strip()
    text = re.sub(r"\bcast\(([a-z_0-9]+) as (?:text|varchar|string|date)\)", r"\1", text)
    text = re.sub(r"\b(?:try_)?strptime\(([a-z_0-9]+), *'[^']*'\)", r"\1", text)
    text = re.sub(r"([a-z_0-9]+)::(?:text|varchar|string|date)\b", r"\1", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\blambda ([a-z]+) ?:", r"\1->", text)
    text = re.sub(r" ?(->|<>|<=|>=|[=,()\[\]]) ?", r"\1", text)
    text = re.sub(r"\)(and|or|is|then|else|end)\b", r") \1", text)
    text = re.sub(r"\b(and|or)\(", r"\1 (", text)
    return re.sub(r"\b([a-z_0-9]+)_([lr])\b", _canonical, text)


def _canonical(named: re.Match[str]) -> str:
    return f"{_CANONICAL.get(named[1], named[1])}_{named[2]}"
