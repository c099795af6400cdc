"""Which source saw whom, and what it wrote down: one row per System Ref, as claims, before any dialect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from kith.demo import noise, pools
from kith.demo.companies import Companies
from kith.demo.people import EPOCH, SPREAD, Homes, People, landline, mobile
from kith.demo.places import COUNTRIES
from kith.demo.pools import Ints, Mask, Random

TICKETING, MEMBERSHIP, RETAIL, NEWSLETTER, HOSPITALITY = range(5)
CODES: Final = ("ticketing", "membership", "retail", "newsletter", "hospitality")
PERSON_SHARES: Final = (0.36, 0.2, 0.2, 0.2, 0.04)
COMPANY_SHARES: Final = (1e-9, 1e-9, 0.38, 1e-9, 0.62)
TRUNK_ZERO: Final = ("GB", "DE", "NL", "FR", "IE", "UA", "AE", "JP")
FREQUENT_DUPLICATE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Refs:
    """One entry per System Ref. Entities below `people` are persons, the rest companies."""

    entity: Ints
    source: Ints
    copy_of: Ints


def refs(rng: Random, *, size: int, persons: int, companies: int) -> Refs:
    """Every entity once, the rest of `size` given to entities unevenly: regulars are in every source."""
    entities = persons + companies
    eager = np.cumsum(rng.gamma(1.1, 1.0, entities))
    extra = np.searchsorted(eager, rng.random(size - entities) * eager[-1])
    entity = np.sort(np.concatenate([np.arange(entities), extra]))
    rank = np.arange(size) - np.searchsorted(entity, entity)
    source = _sources(rng, entity=entity, rank=rank, persons=persons)
    again = (np.arange(size) > 0) & (rank > 0) & (np.roll(source, 1) == source)
    copies = again & (rng.random(size) < 0.4)
    copies &= ~np.roll(copies, 1)
    return Refs(entity, source, np.where(copies, np.arange(size) - 1, np.arange(size)))


def _sources(rng: Random, *, entity: Ints, rank: Ints, persons: int) -> Ints:
    """Each entity walks its own random order of sources; now and then it stays for a second System Ref."""
    entities = int(entity[-1]) + 1
    shares = np.log(np.where((np.arange(entities) < persons)[:, None], PERSON_SHARES, COMPANY_SHARES))
    order = np.argsort(-(shares + rng.gumbel(size=(entities, 5))), axis=1)
    stays = (rank > 0) & (rng.random(len(entity)) < FREQUENT_DUPLICATE)
    steps = np.cumsum(stays)
    first = np.searchsorted(entity, entity)
    walked = rank - (steps - steps[first])
    width = np.where(entity < persons, 5, 2)
    return order[entity, walked % width]


def observe(rng: Random, *, refs: Refs, people: People, companies: Companies, as_of: date) -> pl.DataFrame:
    """Columns are claim fields; rows stand in the order of `refs`."""
    persons = len(people.given)
    is_person = refs.entity < persons
    seen = pl.concat(
        [
            _persons(
                rng,
                who=refs.entity[is_person],
                source=refs.source[is_person],
                people=people,
                companies=companies,
            ),
            _companies(rng, who=refs.entity[~is_person] - persons, companies=companies),
        ],
        how="diagonal",
    )
    return seen.with_columns(_times(rng, count=len(refs.entity), as_of=as_of))[refs.copy_of]


def _persons(rng: Random, *, who: Ints, source: Ints, people: People, companies: Companies) -> pl.DataFrame:
    count = len(who)
    script = _scripts(rng, who=who, source=source, people=people)
    first, last = _names(rng, who=who, people=people, script=script)
    woman = people.woman[who]
    title = pl.Series(["Mr", "Mrs", "Ms", "Dr"]).gather(
        np.where(rng.random(count) < 0.03, 3, np.where(woman, 1 + (rng.random(count) < 0.4), 0))
    )
    return pl.DataFrame(
        {
            "kind": pl.Series(["PERSON"]).new_from_index(0, count),
            "title": title,
            "first_name": first,
            "last_name": last,
            "gender": pl.Series(["M", "F"]).gather(woman.astype(np.int64)),
            "birth_date": noise.births(rng, true=people.birth[who]),
            "id_number": _identity(who),
            **_employers(rng, who=who, people=people, companies=companies),
            **_reach(rng, who=who, source=source, people=people),
            **_address(
                rng,
                who=people.household[who],
                people=people,
                script=_hands(who, script=script, people=people),
            ),
            "language": pl.Series([c.language for c in COUNTRIES]).gather(
                people.homes.country[people.household[who]]
            ),
        }
    )


def _identity(who: Ints) -> pl.Series:
    return pl.Series(who * SPREAD % 9_000_000 + 1_000_000).cast(pl.String)


def _scripts(rng: Random, *, who: Ints, source: Ints, people: People) -> Ints:
    """0 own script, 1 latin. Ticketing is cp1252: what that cannot hold was always typed in latin."""
    western = (
        pools.given_names().western[people.given[who]] & pools.family_names().western[people.family[who]]
    )
    western &= pools.family_names().western[people.maiden[who]]
    chance = np.where(western, 0.82, np.where(source == MEMBERSHIP, 0.4, 0.2))
    chance = np.where(~western & (source == TICKETING), 0.0, chance)
    return (rng.random(len(who)) >= chance).astype(np.int64)


def _western(who: Ints, *, people: People) -> Mask:
    families = pools.family_names().western
    both = families[people.family[who]] & families[people.maiden[who]]
    return both & pools.given_names().western[people.given[who]]


def _names(rng: Random, *, who: Ints, people: People, script: Ints) -> tuple[pl.Series, pl.Series]:
    count, luck = len(who), rng.random(len(who))
    pet = (script == 1) & (luck < 0.32) | (luck < 0.1) & pools.given_names().western[people.given[who]]
    form = np.where(pet, pools.GIVEN_PET + rng.integers(0, pools.PET_NAMES, count), script)
    first = pools.given_names().forms(people.given[who], form=form)
    family = np.where(rng.random(count) < 0.35, people.maiden[who], people.family[who])
    last = pools.family_names().forms(family, form=script * 2 + people.woman[who])
    first, last = noise.slips(rng, of=first, share=0.02), noise.slips(rng, of=last, share=0.03)
    shout = rng.random(count)
    first, last = _case(first, luck=shout), _case(last, luck=shout)
    nobody = rng.random(count) < 0.004
    return noise.junk(rng, over=first, words=noise.JUNK_NAMES, where=nobody), last


def _case(names: pl.Series, *, luck: pools.Floats) -> pl.Series:
    chance = pl.Series(luck)
    loud, quiet = names.str.to_uppercase(), names.str.to_lowercase()
    return pl.select(
        pl.when(chance < 0.05).then(loud).when(chance < 0.08).then(quiet).otherwise(names)
    ).to_series()


def _employers(rng: Random, *, who: Ints, people: People, companies: Companies) -> dict[str, pl.Series]:
    if not len(companies.names):
        return {"company_name": pl.Series([None], dtype=pl.String).new_from_index(0, len(who))}
    company = people.employer[who]
    return {"company_name": _company_names(rng, which=company, companies=companies)}


def _company_names(rng: Random, *, which: Ints, companies: Companies) -> pl.Series:
    form = rng.choice(4, size=len(which), p=(0.55, 0.2, 0.13, 0.12))
    names = companies.names.gather(which)
    legal = pl.concat(companies.forms).gather(np.minimum(form, 2) * len(companies.names) + which)
    full = pl.select(pl.when(pl.Series(form < 3)).then(names + " " + legal).otherwise(names)).to_series()
    return noise.slips(rng, of=full, share=0.03)


def _reach(rng: Random, *, who: Ints, source: Ints, people: People) -> dict[str, pl.Series]:
    count = len(who)
    office = (source == TICKETING) | (source == HOSPITALITY)
    older = rng.random(count) < np.where(source == HOSPITALITY, 0.6, 0.16)
    own = people.emails.gather(people.email_owner[who])
    work = people.work_emails.gather(who)
    email = pl.select(pl.when(pl.Series(older)).then(work).otherwise(own)).to_series()
    email = _slipped_locals(rng, emails=email)
    email = _shout_email(rng, emails=email)
    email = noise.blank(email, where=(rng.random(count) < 0.22) & office)
    email = noise.junk(rng, over=email, words=noise.JUNK_EMAILS, where=(rng.random(count) < 0.02) & office)
    country = people.homes.country[people.household[who]]
    return {
        "email_1": email,
        "email_2": noise.blank(work, where=(rng.random(count) > 0.2) | older),
        **_phones(rng, who=who, people=people, country=country, office=office),
    }


def _slipped_locals(rng: Random, *, emails: pl.Series) -> pl.Series:
    """Slips stand before the @ only: the domain stays a reserved one."""
    parts = emails.str.splitn("@", 2).struct.unnest()
    return noise.slips(rng, of=parts["field_0"], share=0.012) + "@" + parts["field_1"]


def _shout_email(rng: Random, *, emails: pl.Series) -> pl.Series:
    loud = pl.Series(rng.random(len(emails)) < 0.04)
    return pl.select(pl.when(loud).then(emails.str.to_uppercase()).otherwise(emails)).to_series()


def _phones(rng: Random, *, who: Ints, people: People, country: Ints, office: Mask) -> dict[str, pl.Series]:
    count, owner = len(who), people.phone_owner[who]
    serials, households = people.mobiles[owner], people.household[who]
    numbers = pools.per_group(country, count=len(COUNTRIES), serials=serials, of=mobile)
    fixed = pools.per_group(country, count=len(COUNTRIES), serials=households, of=landline)
    numbers = _dialled(rng, country=country, national=numbers)
    numbers = noise.blank(numbers, where=rng.random(count) < 0.18)
    luck = rng.random(count)
    numbers = noise.junk(rng, over=numbers, words=noise.JUNK_PHONES, where=luck < 0.015)
    numbers = noise.junk(rng, over=numbers, words=(noise.BOX_OFFICE,), where=(luck > 0.965) & office)
    none = ~people.landline[households] | (rng.random(count) < 0.4)
    return {
        "phone_1": numbers,
        "phone_2": noise.blank(_dialled(rng, country=country, national=fixed), where=none),
    }


def _dialled(rng: Random, *, country: Ints, national: pl.Series) -> pl.Series:
    """At home often as one dials it, otherwise with the country's code, spaced this way or that."""
    calling = pl.Series([c.calling for c in COUNTRIES]).gather(country)
    home = np.array([c.code == "CY" for c in COUNTRIES])[country]
    habit = pl.Series(np.where(home, rng.integers(0, 6, len(country)), rng.integers(2, 6, len(country))))
    spaced = national.str.slice(0, 2) + " " + national.str.slice(2)
    return pl.select(
        pl.when(habit == 0).then(national)
        .when(habit == 1).then(spaced)
        .when(habit == 2).then("00" + calling + national)
        .when(habit == 3).then("+" + calling + " " + spaced)
        .when(habit == 4).then("+" + calling + "-" + national)
        .otherwise("+" + calling + national)
    ).to_series()  # fmt: skip


def _address(rng: Random, *, who: Ints, people: People, script: Ints) -> dict[str, pl.Series]:
    old = people.moved[who] & (rng.random(len(who)) < 0.4)
    now, then = (
        _lines(rng, homes=people.homes, which=who, script=script),
        _lines(rng, homes=people.former_homes, which=who, script=script),
    )
    former = pl.Series(old)
    return {
        name: pl.select(pl.when(former).then(then[name]).otherwise(now[name])).to_series() for name in now
    }


def _hands(who: Ints, *, script: Ints, people: People) -> Ints:
    """As scripts, and 2 for who writes own script but has only a Western keyboard."""
    return np.where((script == 0) & _western(who, people=people), 2, script)


def _lines(rng: Random, *, homes: Homes, which: Ints, script: Ints) -> dict[str, pl.Series]:
    country, count = homes.country[which], len(which)
    western = pools.streets().western[homes.street[which]] & pools.towns().western[homes.town[which]]
    own = (script == 0) | (script == 2) & western
    short = np.where(rng.random(count) < 0.3, pools.PLACE_SHORT, pools.PLACE_LATIN)
    street = pools.streets().forms(homes.street[which], form=np.where(own, pools.PLACE_NATIVE, short))
    number = pl.Series(homes.number[which]).cast(pl.String)
    first = pl.Series(np.array([c.number_first for c in COUNTRIES])[country])
    line = pl.select(pl.when(first).then(number + " " + street).otherwise(street + " " + number)).to_series()
    flat = pl.Series(homes.flat[which])
    flats = pl.select(pl.when(flat > 0).then("Flat " + flat.cast(pl.String))).to_series()
    names = pl.Series([c.name for c in COUNTRIES] + [c.code for c in COUNTRIES])
    return {
        "line1": noise.slips(rng, of=line, share=0.02),
        "line2": noise.blank(flats, where=rng.random(count) < 0.25),
        "postcode": _postcodes(homes=homes, which=which),
        "city": pools.towns().forms(
            homes.town[which], form=np.where(own, pools.PLACE_NATIVE, pools.PLACE_LATIN)
        ),
        "country": names.gather(country),
        "country_code": names.gather(country + len(COUNTRIES)),
    }


def _postcodes(*, homes: Homes, which: Ints) -> pl.Series:
    country = homes.country[which]
    prefix = pools.towns().forms(homes.town[which], form=np.full(len(which), 2))
    width = np.array([c.digits for c in COUNTRIES])[country]
    digits = pl.Series(homes.digits[which] % 10**width + 10**width).cast(pl.String).str.slice(1)
    flat_tails = pl.Series([tail for tails in pools.tails() for tail in tails])
    sizes = np.array([len(tails) for tails in pools.tails()])
    tail = flat_tails.gather((np.cumsum(sizes) - sizes)[country] + homes.tail[which])
    code = prefix + digits + tail
    # where a country has no postcodes a form that demands one gets zeros
    forced = pl.Series(homes.digits[which] % 3 == 0)
    zeros = pl.when(forced).then(pl.lit("00000"))
    return pl.select(pl.when(code.str.len_bytes() == 0).then(zeros).otherwise(code)).to_series()


def _companies(rng: Random, *, who: Ints, companies: Companies) -> pl.DataFrame:
    count = len(who)
    country = companies.country[who]
    phones = pools.per_group(country, count=len(COUNTRIES), serials=companies.phones[who], of=landline)
    return pl.DataFrame(
        {
            "kind": pl.Series(["COMPANY"]).new_from_index(0, count),
            "company_name": _company_names(rng, which=who, companies=companies),
            "vat_number": noise.blank(companies.vat.gather(who), where=rng.random(count) < 0.25),
            "registration_number": noise.blank(
                companies.registration.gather(who), where=rng.random(count) < 0.3
            ),
            "email_1": noise.blank(companies.emails.gather(who), where=rng.random(count) < 0.15),
            "phone_1": noise.blank(
                _dialled(rng, country=country, national=phones), where=rng.random(count) < 0.2
            ),
            **_lines(rng, homes=companies.homes, which=who, script=np.ones(count, dtype=np.int64)),
            "language": pl.Series([c.language for c in COUNTRIES]).gather(country),
        }
    )


def _times(rng: Random, *, count: int, as_of: date) -> list[pl.Series]:
    """Created over the last eleven years, last changed somewhere between then and now; opt-in."""
    today = (as_of - EPOCH).days
    created = today - rng.integers(5, 4_000, count)
    changed = created + ((today - created) * rng.random(count) ** 2).astype(np.int64)
    seconds = rng.integers(8 * 3600, 22 * 3600, count)
    return [
        pl.Series("created", created).cast(pl.Int32).cast(pl.Date),
        pl.Series("changed", (changed * 86_400 + seconds) * 1_000_000).cast(pl.Datetime("us")),
        pl.Series("opt_in", rng.random(count) < 0.62),
    ]
