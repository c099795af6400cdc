"""The models Kith ships: sensible before an installation has trained its own."""

from __future__ import annotations

from typing import Final

from kith.matching.model import Compared, Comparison, Level, Model, Test
from kith.matching.records import COMPANY, PERSON

_PERSON: Final = (
    Comparison(
        Compared.FIRST_NAME,
        (
            Level(Test.EXACT, 0.71, 0.0036, by_frequency=True),
            Level(Test.TRANSPOSED, 0.012, 0.0000002),
            Level(Test.NICKNAME, 0.07, 0.0014),
            Level(Test.SIMILAR, 0.075, 0.0021, threshold=0.9),
            Level(Test.SOUND, 0.02, 0.0016),
            Level(Test.PART, 0.013, 0.0006),
            Level(Test.INITIAL, 0.04, 0.0029),
            Level(Test.ELSE, 0.06, 0.988),
        ),
    ),
    Comparison(
        Compared.MIDDLE_NAME,
        (
            Level(Test.EXACT, 0.7, 0.02),
            Level(Test.INITIAL, 0.25, 0.03),
            Level(Test.ELSE, 0.05, 0.95),
        ),
    ),
    Comparison(
        Compared.LAST_NAME,
        (
            Level(Test.EXACT, 0.88, 0.001, by_frequency=True),
            # The bits are counted with the first name already.
            Level(Test.TRANSPOSED, 0.012, 0.012),
            Level(Test.SIMILAR, 0.07, 0.0015, threshold=0.9),
            Level(Test.FORM, 0.006, 0.0001),
            Level(Test.SOUND, 0.007, 0.0001),
            Level(Test.PART, 0.005, 0.0003),
            # First name and date are counted already; all others of both are "renamed" too.
            Level(Test.RENAMED, 0.005, 0.05),
            Level(Test.ELSE, 0.035, 0.997),
        ),
    ),
    Comparison(Compared.GENDER, (Level(Test.EXACT, 0.985, 0.5), Level(Test.ELSE, 0.015, 0.5))),
    Comparison(
        Compared.BIRTH_DATE,
        (
            Level(Test.EXACT, 0.94, 0.0003),
            Level(Test.SWAPPED, 0.009, 0.00003),
            Level(Test.DIGIT, 0.028, 0.0014),
            Level(Test.SAME_YEAR, 0.015, 0.0155),
            Level(Test.ELSE, 0.008, 0.982),
        ),
    ),
    Comparison(
        Compared.EMAIL,
        (
            Level(Test.OWN, 0.8, 0.0000017, by_size=True),
            Level(Test.EXACT, 0.8, 0.000004, by_size=True),
            Level(Test.EDIT, 0.027, 0.00001),
            Level(Test.LOCAL_PART, 0.02, 0.000006),
            Level(Test.ELSE, 0.1, 0.9999),
        ),
    ),
    Comparison(
        Compared.PHONE,
        (
            Level(Test.EXACT, 0.93, 0.000004, by_size=True),
            Level(Test.EDIT, 0.015, 0.00001),
            Level(Test.ELSE, 0.055, 0.9999),
        ),
    ),
    Comparison(
        Compared.ADDRESS,
        (
            Level(Test.EXACT, 0.73, 0.00002, by_size=True),
            Level(Test.STREET, 0.12, 0.00001, threshold=0.88, by_size=True),
            Level(Test.POSTCODE, 0.075, 0.0002, by_frequency=True),
            Level(Test.ELSE, 0.075, 0.9997),
        ),
    ),
    Comparison(
        Compared.IDENTITY_NUMBER,
        (
            Level(Test.EXACT, 0.97, 0.0000001, by_size=True),
            Level(Test.EDIT, 0.01, 0.000001),
            Level(Test.ELSE, 0.02, 0.999),
        ),
    ),
)

_COMPANY: Final = (
    Comparison(
        Compared.COMPANY_NAME,
        (
            Level(Test.EXACT, 0.75, 0.0005, by_frequency=True),
            Level(Test.SIMILAR, 0.2, 0.001, threshold=0.9),
            Level(Test.ELSE, 0.05, 0.998),
        ),
    ),
    Comparison(
        Compared.EMAIL,
        (
            Level(Test.EXACT, 0.6, 0.0001),
            Level(Test.EDIT, 0.02, 0.0001),
            Level(Test.LOCAL_PART, 0.05, 0.02),
            Level(Test.ELSE, 0.33, 0.97),
        ),
    ),
    Comparison(
        Compared.PHONE,
        (
            Level(Test.EXACT, 0.7, 0.0001),
            Level(Test.EDIT, 0.03, 0.0002),
            Level(Test.ELSE, 0.27, 0.99),
        ),
    ),
    Comparison(
        Compared.ADDRESS,
        (
            Level(Test.EXACT, 0.6, 0.0005),
            Level(Test.STREET, 0.1, 0.0005, threshold=0.88),
            Level(Test.POSTCODE, 0.1, 0.002, by_frequency=True),
            Level(Test.ELSE, 0.2, 0.997),
        ),
    ),
    Comparison(
        Compared.IDENTITY_NUMBER,
        (
            Level(Test.EXACT, 0.96, 0.000001, by_size=True),
            Level(Test.EDIT, 0.03, 0.00001),
            Level(Test.ELSE, 0.01, 0.999),
        ),
    ),
)


def shipped_model(kind: str) -> Model:
    """`kind`: person or company."""
    if kind == COMPANY:
        return Model(kind=COMPANY, comparisons=_COMPANY, pairs_per_record=1.0, group_at=2.0, review_at=-1.0)
    return Model(kind=PERSON, comparisons=_PERSON, pairs_per_record=1.0, group_at=2.0, review_at=-1.0)
