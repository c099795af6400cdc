"""What each source wrote down of a person: cleaned columns, with the troubles of every row noted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from bench.population import homes as addresses
from bench.population.columns import chance, differs, digits, either, lists, nothing, only, present
from bench.population.firms import Firms
from bench.population.knobs import Knobs, Source, Trouble
from bench.population.names import VARIANTS, is_respellable, respelt, written_given, written_surnames
from bench.population.noise import misdated, misdialled, mistyped
from bench.population.persons import People
from kith.demo.people import SPREAD, Homes
from kith.demo.places import COUNTRIES
from kith.demo.pools import Floats, Ints, Mask, Random
from kith.matching.records import PERSON


@dataclass(frozen=True, slots=True)
class Sightings:
    """Rows of one chunk: who was seen, by which source, when (0 oldest, 1 today)."""

    who: Ints
    source: Ints
    seen_at: Floats
    sources: tuple[Source, ...]

    def rate(self, field: str) -> Floats:
        """The source's own share, per row."""
        return np.array([float(getattr(source, field)) for source in self.sources])[self.source]


@dataclass(slots=True)
class Notes:
    """Collects troubles row by row."""

    bits: Ints

    def add(self, trouble: Trouble, where: Mask) -> None:
        self.bits |= np.where(where, int(trouble), 0)


@dataclass(frozen=True, slots=True)
class Making:
    """What every column maker needs."""

    rng: Random
    seen: Sightings
    people: People
    knobs: Knobs
    notes: Notes
    first_person: int
    """The global number of person 0 of this chunk, so that phones and numbers never repeat."""
    desks: int

    @property
    def count(self) -> int:
        return len(self.seen.who)

    def luck(self, share: float | Floats) -> Mask:
        return chance(self.rng, share, count=self.count)

    def slips(self, rate: float) -> Mask:
        return self.luck(rate * self.seen.rate("carelessness"))

    def missing(self, field: str) -> Mask:
        return self.luck(self.seen.rate(field))


def draw(rng: Random, *, size: int, persons: int, knobs: Knobs) -> Sightings:
    """Every person once and again unevenly, in order of person, cut at `size`."""
    shape = knobs.unevenness
    mean = knobs.records_per_person - 1
    extra = rng.negative_binomial(shape, shape / (shape + mean), persons) if mean > 0 else np.zeros(persons)
    who = np.repeat(np.arange(persons), 1 + np.minimum(extra, 60).astype(np.int64))[:size]
    shares = np.array([source.share for source in knobs.sources])
    source = rng.choice(len(shares), size=len(who), p=shares / shares.sum())
    return Sightings(who, source, rng.random(len(who)), knobs.sources)


def observe(making: Making, *, firms: Firms) -> pl.DataFrame:
    """Columns of the cleaned claim that engines read, in the order of the sightings."""
    _note_kin(making)
    first, last, middle = _names(making)
    company, switchboard = _employment(making, firms=firms)
    born = misdated(
        making.rng, days=making.people.kin.birth[making.seen.who], swapped=making.knobs.birth_swapped,
        near=making.knobs.birth_near, year=making.knobs.birth_year,
        first_of_january=making.knobs.birth_first_of_january,
    )  # fmt: skip
    true = pl.Series(making.people.kin.birth[making.seen.who]).cast(pl.Int32).cast(pl.Date)
    born = only(~making.missing("no_birth"), born)
    making.notes.add(Trouble.BIRTH_WRONG, differs(born, true))
    number = digits((making.first_person + making.seen.who) * SPREAD + 17, width=9)
    holds = making.luck(making.seen.rate("identity"))
    passport = making.luck(0.3)
    return pl.DataFrame(
        {
            "kind": pl.Series([PERSON]).new_from_index(0, making.count),
            "gender": _gender(making),
            "birth_date": born,
            "id_number": only(holds & ~passport, number),
            "passport_number": only(holds & passport, "k" + number),
            "social_security_number": nothing(making.count),
            "vat_number": nothing(making.count),
            "registration_number": nothing(making.count),
            "emails": _emails(making),
            "phones": _phones(making, switchboard=switchboard),
            "first_key": first,
            "middle_key": middle,
            "last_key": last,
            "company_key": company,
            **_addresses(making),
        }
    )


def _note_kin(making: Making) -> None:
    who, kin, note = making.seen.who, making.people.kin, making.notes.add
    note(Trouble.HOUSEHOLD, kin.lives_with_others[who])
    note(Trouble.TWIN, kin.twin[who])
    note(Trouble.NAMESAKE, making.people.namesake[who])


def _names(making: Making) -> tuple[pl.Series, pl.Series, pl.Series]:
    first, middle = _given(making)
    last = _last(making)
    scanned = making.luck(making.seen.rate("scanned"))
    for trouble_rate, which in ((making.knobs.typo_first, "first"), (making.knobs.typo_last, "last")):
        where = making.slips(trouble_rate)
        before = first if which == "first" else last
        after = mistyped(making.rng, of=before, where=where, scanned=scanned)
        making.notes.add(Trouble.TYPO_NAME, differs(before, after))
        first, last = (after, last) if which == "first" else (first, after)
    initial = making.slips(making.knobs.initial)
    making.notes.add(Trouble.INITIAL, initial)
    first = either(initial, first.str.slice(0, 1), first)
    turned = making.slips(making.knobs.transposed)
    making.notes.add(Trouble.TRANSPOSED, turned)
    first, last = either(turned, last, first), either(turned, first, last)
    return only(~making.missing("no_first"), first), only(~making.missing("no_last"), last), middle


def _given(making: Making) -> tuple[pl.Series, pl.Series]:
    """First and middle name: own script, Latin, or the nickname one goes by."""
    who, people = making.seen.who, making.people
    script = making.rng.integers(0, 2, making.count) if making.knobs.transliteration else np.zeros_like(who)
    any_nickname = making.rng.integers(2, VARIANTS, making.count)
    nickname = np.where(making.luck(0.6), people.usual_variant[who], any_nickname)
    short = making.luck(making.knobs.nickname)
    plain = written_given(people.given[who], variant=script)
    first = either(short, written_given(people.given[who], variant=nickname), plain)
    making.notes.add(Trouble.NICKNAME, differs(first, plain))
    spelt = _respelt(making, first)
    making.notes.add(Trouble.TRANSLITERATED, differs(first, spelt))
    has_second = people.second_given[who] >= 0
    second = written_given(np.maximum(people.second_given[who], 0), variant=np.zeros_like(who))
    joined = has_second & people.joins_given[who] & making.luck(0.5)
    told = has_second & ~joined & making.luck(0.3)
    middle = only(told, either(making.luck(0.5), second.str.slice(0, 1), second))
    return either(joined, spelt + " " + second, spelt), middle


def _respelt(making: Making, names: pl.Series) -> pl.Series:
    where = is_respellable(making.people.kin.culture[making.seen.who])
    return respelt(making.rng, of=names, where=where & making.luck(making.knobs.transliteration))


def _last(making: Making) -> pl.Series:
    who, people = making.seen.who, making.people
    culture, woman = people.kin.culture[who], people.kin.woman[who]
    latin = making.luck(0.5 if making.knobs.transliteration else 0.0)
    now = written_surnames(people.surname.of(who), culture=culture, woman=woman, latin=latin)
    former = written_surnames(people.former_surname.of(who), culture=culture, woman=woman, latin=latin)
    before = (making.seen.seen_at < people.married_at[who]) & differs(now, former)
    doubled = ~before & people.doubles_name[who] & differs(now, former) & making.luck(0.5)
    making.notes.add(Trouble.FORMER_NAME, before)
    making.notes.add(Trouble.DOUBLE_NAME, doubled)
    last = either(before, former, either(doubled, former + " " + now, now))
    spelt = _respelt(making, last)
    making.notes.add(Trouble.TRANSLITERATED, differs(last, spelt))
    return spelt


def _gender(making: Making) -> pl.Series:
    woman = making.people.kin.woman[making.seen.who] ^ making.slips(making.knobs.gender_wrong)
    told = pl.Series(["male", "female"]).gather(pl.Series(woman.astype(np.int64)))
    return only(~making.missing("no_gender"), told)


def _employment(making: Making, *, firms: Firms) -> tuple[pl.Series, pl.Series]:
    """Employer's key and switchboard, where the source asks for them."""
    if not len(firms.names):
        return nothing(making.count), nothing(making.count)
    employer = pl.Series(making.people.employer[making.seen.who])
    named = making.luck(making.seen.rate("company"))
    dialled = named & making.luck(0.35)
    return only(named, firms.names.gather(employer)), only(dialled, firms.phones.gather(employer))


def _emails(making: Making) -> pl.Series:
    who, people = making.seen.who, making.people
    owner = pl.Series(people.email_owner[who])
    now, former = (emails.gather(owner) for emails in people.emails)
    before = making.seen.seen_at < people.email_changed_at[people.email_owner[who]]
    email = _mistyped_emails(making, either(before, former, now))
    email = only(~making.missing("no_email"), email)
    second = only(making.luck(making.knobs.second_email) & present(email), either(before, now, former))
    desk = making.luck(making.knobs.desk_email * making.seen.rate("desk"))
    making.notes.add(Trouble.FORMER_EMAIL, before & present(email))
    making.notes.add(Trouble.BORROWED_EMAIL, (people.email_owner[who] != who) & present(email) & ~desk)
    making.notes.add(Trouble.BOX_OFFICE_EMAIL, desk)
    number = pl.Series(making.rng.zipf(1.3, making.count) % making.desks).cast(pl.String)
    return lists(either(desk, "boxoffice" + number + "@club.example", email), only(~desk, second))


def _mistyped_emails(making: Making, emails: pl.Series) -> pl.Series:
    where = making.slips(making.knobs.typo_email)
    parts = emails.str.splitn("@", 2).struct.unnest()
    typed = mistyped(making.rng, of=parts["field_0"], where=where) + "@" + parts["field_1"]
    making.notes.add(Trouble.TYPO_REACH, differs(emails, typed))
    return typed


def _phones(making: Making, *, switchboard: pl.Series) -> pl.Series:
    who, people = making.seen.who, making.people
    owner = people.phone_owner[who]
    before = making.seen.seen_at < people.phone_changed_at[owner]
    number = 2 * (making.first_person + owner) + before
    country = people.kin.country_of_home[people.kin.household[owner]]
    mobile = _calling(country) + "9" + digits(number * SPREAD + 29, width=8)
    dialled = misdialled(making.rng, of=mobile, where=making.slips(making.knobs.typo_phone))
    making.notes.add(Trouble.TYPO_REACH, differs(mobile, dialled))
    given = ~making.missing("no_phone")
    household = people.kin.household[who]
    at_home = _calling(country) + "4" + digits((making.first_person + household) * SPREAD + 31, width=8)
    landline = only(people.landline[household] & making.luck(0.5) & given, at_home)
    desk = making.luck(making.knobs.desk_phone * making.seen.rate("desk"))
    place = making.rng.zipf(1.3, making.count) % making.desks
    ours = only(desk, "+35722" + digits(place * SPREAD + 37, width=6))
    making.notes.add(Trouble.FORMER_PHONE, before & given)
    making.notes.add(Trouble.BORROWED_PHONE, (owner != who) & given)
    making.notes.add(Trouble.SWITCHBOARD, desk | present(switchboard))
    return lists(only(given & ~desk, dialled), landline, switchboard, ours)


def _calling(country: Ints) -> pl.Series:
    return pl.Series(["+" + country.calling for country in COUNTRIES]).gather(pl.Series(country))


def _addresses(making: Making) -> dict[str, pl.Series]:
    """Now the present address, now the former, seldom both."""
    household = making.people.kin.household[making.seen.who]
    moved_at = making.people.moved_at[household]
    before = making.seen.seen_at < moved_at
    told = ~making.missing("no_address")
    making.notes.add(Trouble.FORMER_ADDRESS, before & told)
    no_postcode = making.missing("no_postcode")
    latin = making.luck(0.6 if making.knobs.transliteration else 0.0)
    now, former = (
        _address(making, homes=homes, household=household, latin=latin, no_postcode=no_postcode)
        for homes in (making.people.homes, making.people.former_homes)
    )
    both = told & ~before & (moved_at > 0) & making.luck(0.25)
    shown = pl.DataFrame(
        {
            "street": either(before, former[0], now[0]), "code": either(before, former[1], now[1]),
            "street_2": only(both, former[0]), "code_2": only(both, former[1]),
            "addresses": told.astype(np.int64) + both,
        }
    )  # fmt: skip
    held = pl.col("addresses")
    pairs = shown.select(
        pl.concat_list("street", "street_2").list.head(held).alias("street_keys"),
        pl.concat_list("code", "code_2").list.head(held).alias("postcode_keys"),
    )
    return {"street_keys": pairs["street_keys"], "postcode_keys": pairs["postcode_keys"]}


def _address(
    making: Making, *, homes: Homes, household: Ints, latin: Mask, no_postcode: Mask
) -> tuple[pl.Series, pl.Series]:
    """Street and postcode keys, '' where there is none."""
    street = addresses.street_keys(homes, which=household, latin=latin)
    street = mistyped(making.rng, of=street, where=making.slips(making.knobs.typo_street))
    code = addresses.postcode_keys(homes, which=household)
    typed = mistyped(making.rng, of=code, where=making.slips(making.knobs.typo_postcode))
    making.notes.add(Trouble.TYPO_REACH, differs(code, typed))
    return street, only(~no_postcode, typed).fill_null("")
