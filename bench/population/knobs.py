"""The knobs of the generator, and the sources that write records down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag, auto
from typing import Final

DEVELOPMENT_SEED: Final = 20_261_122
"""For tuning models, thresholds and rules."""
REPORT_SEED: Final = 7_041_776
"""For published figures only. Nothing may ever be tuned on it."""


class Trouble(IntFlag):
    """What makes a record hard; a bit each in the column `troubles` of the truth."""

    HOUSEHOLD = auto()
    """Lives with somebody else who is also in the data set."""
    TWIN = auto()
    NAMESAKE = auto()
    """Father and son (or mother and daughter) of one name at one address."""
    FORMER_NAME = auto()
    DOUBLE_NAME = auto()
    FORMER_ADDRESS = auto()
    FORMER_EMAIL = auto()
    FORMER_PHONE = auto()
    BORROWED_EMAIL = auto()
    """The e-mail on the record belongs to a partner or parent."""
    BORROWED_PHONE = auto()
    NICKNAME = auto()
    TRANSLITERATED = auto()
    INITIAL = auto()
    TRANSPOSED = auto()
    TYPO_NAME = auto()
    TYPO_REACH = auto()
    """A slip in e-mail, phone or postcode."""
    BIRTH_WRONG = auto()
    BOX_OFFICE_EMAIL = auto()
    SWITCHBOARD = auto()
    COPY = auto()
    COMPANY = auto()
    BRANCH = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How one source writes people down. Numbers are shares of its records, from 0 to 1."""

    name: str
    share: float
    no_first: float = 0.01
    no_last: float = 0.01
    no_birth: float = 0.6
    no_email: float = 0.15
    no_phone: float = 0.35
    no_address: float = 0.4
    no_postcode: float = 0.1
    no_gender: float = 0.4
    identity: float = 0.0
    company: float = 0.0
    """Also names the employer, and gives the employer's switchboard as a phone."""
    carelessness: float = 1.0
    """Multiplies every typing rate of the knobs."""
    scanned: float = 0.0
    """Forms read by a machine: OCR confusions instead of typing slips."""
    desk: float = 0.0
    """Typed by staff, who fill an obligatory e-mail or phone with the box office's own."""


SOURCES: Final = (
    Source(
        name="ticketing", share=0.34, no_birth=0.85, no_email=0.12, no_phone=0.3, no_address=0.55, desk=1.0,
    ),
    Source(
        name="membership", share=0.2, no_birth=0.12, no_phone=0.2, no_address=0.1, no_gender=0.1,
        identity=0.35, carelessness=0.5,
    ),
    Source(
        name="retail", share=0.2, no_birth=0.9, no_email=0.05, no_phone=0.25, no_address=0.08, no_gender=0.6,
    ),
    Source(
        name="newsletter", share=0.14, no_first=0.12, no_last=0.2, no_birth=0.75, no_email=0.0, no_phone=0.9,
        no_address=0.95, no_gender=0.7,
    ),
    Source(
        name="hospitality", share=0.06, no_birth=0.8, no_email=0.2, no_phone=0.15, no_address=0.6,
        identity=0.08, company=0.7, desk=0.5,
    ),
    Source(
        name="paper", share=0.06, no_birth=0.3, no_email=0.5, no_phone=0.3, no_address=0.15, no_postcode=0.2,
        carelessness=2.0, scanned=0.7,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """Every default is a guess from experience of ticketing and membership data, none is measured.

    A score on this data says how methods compare, not what an installation gets. Shares run from 0 to 1;
    those of records unless said otherwise.
    """

    sources: tuple[Source, ...] = SOURCES
    records_per_person: float = 2.315
    unevenness: float = 1.3
    """Shape of the negative binomial of further records: smaller is more uneven. The two defaults together
    give about 1.23 true pairs for each record."""
    copies: float = 0.04

    # of persons or households
    household_sizes: tuple[float, ...] = (0.48, 0.24, 0.13, 0.11, 0.04)
    twins: float = 0.05
    """Of children with an elder sibling."""
    namesakes: float = 0.1
    """Of first-born sons and daughters of a parent of their own sex."""
    shares_email: float = 0.14
    """Of partners; children under 16 borrow a parent's five times as often."""
    shares_phone: float = 0.08
    landline: float = 0.3
    partner_takes_name: float = 0.7
    married_lately: float = 0.35
    """Of those who took a name: some records still bear the former one."""
    double_named: float = 0.1
    """Of those who took a name: some records bear both."""
    moved: float = 0.18
    changed_email: float = 0.25
    changed_phone: float = 0.12
    second_email: float = 0.12
    """Of records that have an e-mail."""
    nameless_email: float = 0.12
    """Of addresses: those that do not tell the owner's name."""
    second_given: float = 0.25
    rare_surnames: float = 0.45
    """Of families: from the long tail of surnames rather than the short head."""

    # of names written down
    nickname: float = 0.14
    transliteration: float = 0.2
    """Of names from cultures with another script: spelt another way than the usual one."""
    initial: float = 0.025
    transposed: float = 0.012
    joined_given: float = 0.15
    """Of persons with a second given name: both in the field of the first."""
    typo_first: float = 0.02
    typo_last: float = 0.025

    # of other values written down
    typo_email: float = 0.012
    typo_phone: float = 0.012
    typo_street: float = 0.03
    typo_postcode: float = 0.015
    birth_swapped: float = 0.012
    """Of dates whose day could be a month."""
    birth_near: float = 0.012
    birth_year: float = 0.01
    birth_first_of_january: float = 0.012
    gender_wrong: float = 0.006
    desk_email: float = 0.02
    """Of records typed by staff: a shared e-mail of the box office."""
    desk_phone: float = 0.02
    desks_per_record: float = 1 / 25_000
    """How many different shared e-mails and numbers there are."""

    # companies
    companies: float = 0.04
    """Of all records."""
    company_branch: float = 0.2
    company_name_varies: float = 0.25
    no_vat: float = 0.45
    no_registration: float = 0.6
    company_no_email: float = 0.25
    company_no_phone: float = 0.3


def without_trouble() -> Knobs:
    """Everything that can be right is right, everybody lives alone and nothing is missing."""
    complete = Source(
        name="complete", share=1.0, no_first=0, no_last=0, no_birth=0, no_email=0, no_phone=0, no_address=0,
        no_postcode=0, no_gender=0, identity=1, carelessness=0,
    )  # fmt: skip
    return Knobs(
        sources=(complete,), copies=0, household_sizes=(1.0,), twins=0, namesakes=0, shares_email=0,
        shares_phone=0, landline=0, partner_takes_name=0, married_lately=0, double_named=0, moved=0,
        changed_email=0, changed_phone=0, second_email=0, nickname=0, transliteration=0, initial=0,
        transposed=0, joined_given=0, typo_first=0, typo_last=0, typo_email=0, typo_phone=0, typo_street=0,
        typo_postcode=0, birth_swapped=0, birth_near=0, birth_year=0, birth_first_of_january=0,
        gender_wrong=0, desk_email=0, desk_phone=0, companies=0, company_branch=0, company_name_varies=0,
        no_vat=0, no_registration=0, company_no_email=0, company_no_phone=0,
    )  # fmt: skip
