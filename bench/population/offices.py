"""Records of companies: name variants, numbers now and then, the branch's address or the head office's."""

from __future__ import annotations

import numpy as np
import polars as pl

from bench.population import homes as addresses
from bench.population.columns import chance, either, lists, nothing, only
from bench.population.firms import Firms
from bench.population.knobs import Knobs, Trouble
from bench.population.noise import mistyped
from kith.demo.pools import Ints, Mask, Random
from kith.matching.records import COMPANY


def observe(rng: Random, *, who: Ints, firms: Firms, knobs: Knobs) -> tuple[pl.DataFrame, Ints]:
    """Rows and their troubles, in the order of `who`."""
    count = len(who)
    which = pl.Series(who)
    branch = firms.has_branch[who] & chance(rng, 0.5, count=count)
    varies = chance(rng, knobs.company_name_varies, count=count)
    name = either(varies, firms.short_names.gather(which), firms.names.gather(which))
    typed = mistyped(rng, of=name, where=chance(rng, knobs.typo_last, count=count))
    no_email = chance(rng, knobs.company_no_email, count=count)
    no_phone = chance(rng, knobs.company_no_phone, count=count)
    phones = either(branch, firms.branch_phones.gather(which), firms.phones.gather(which))
    table = pl.DataFrame(
        {
            "kind": pl.Series([COMPANY]).new_from_index(0, count),
            **{
                field: nothing(count)
                for field in ("gender", "id_number", "passport_number", "social_security_number")
            },
            "birth_date": nothing(count).cast(pl.Date),
            "vat_number": only(~chance(rng, knobs.no_vat, count=count), firms.vat.gather(which)),
            "registration_number": only(
                ~chance(rng, knobs.no_registration, count=count), firms.registration.gather(which)
            ),
            "emails": lists(only(~no_email, firms.emails.gather(which))),
            "phones": lists(only(~no_phone, phones)),
            "first_key": nothing(count),
            "middle_key": nothing(count),
            "last_key": nothing(count),
            "company_key": typed,
            **_addresses(rng, who=who, firms=firms, branch=branch),
        }
    )
    troubles = int(Trouble.COMPANY) + np.where(branch, int(Trouble.BRANCH), 0)
    return table, troubles


def _addresses(rng: Random, *, who: Ints, firms: Firms, branch: Mask) -> dict[str, pl.Series]:
    latin = chance(rng, 0.7, count=len(who))
    homes = (firms.branch_homes, firms.homes)
    streets = (addresses.street_keys(home, which=who, latin=latin) for home in homes)
    codes = (addresses.postcode_keys(home, which=who).fill_null("") for home in homes)
    return {
        "street_keys": lists(either(branch, *streets)),
        "postcode_keys": lists(either(branch, *codes)),
    }
