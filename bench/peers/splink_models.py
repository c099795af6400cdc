"""Two Splink models: as its tutorials build one, and as well as we know how to."""

from __future__ import annotations

from typing import Final

import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.comparison_creator import ComparisonCreator

ID: Final = "unique_id"
TERM_FREQUENCIES: Final = {
    "tutorial": ("first_name", "last_name", "email", "phone", "postcode"),
    "tuned": ("first_name", "last_name", "postcode"),
}
SWAPPED: Final = "name_l = turned_name_r"
"""First name for last. In columns of its own: a level that reads `last_name` would keep EM blocked on last
names from training the first name."""
SWAPPED_SHARE: Final = 0.01
"""Set by hand: each EM block fixes one of the two names, so that none meets a swapped pair."""

PERSON_BLOCKS: Final = (("first_canonical", "email"), ("first_canonical", "phone"), ("last_name", "dob"))
"""EM blocks that hold a field of the person, so that it does not learn households; and none of the two names
alone, whose pairs are mostly strangers of one common name at a million records."""
TUTORIAL_BLOCKS: Final = (("email",), ("phone",), ("last_name", "first_name"))
FULL_NAME: Final = ("last_name", "first_name")
PLACE: Final = ("postcode", "dob")

SHARED_RULES: Final = (
    ("email",), ("phone",), ("identity",), ("registration",), ("last_name", "dob"),
    ("first_canonical", "postcode", "street"), ("dob", "postcode"), ("email_name", "first_canonical"),
)  # fmt: skip


def blocking_rules(style: str) -> list[BlockingRuleCreator]:
    """Eleven each. Tuned, a common full name alone makes no pair, and names may be swapped."""
    shared = [block_on(*columns) for columns in SHARED_RULES]
    if style == "tutorial":
        names = (("last_name", "first_name"), ("last_name", "postcode"), ("first_name", "dob"))
        return [*shared, *(block_on(*columns) for columns in names)]
    return [
        *shared,
        block_on("rare_name"),
        block_on("last_name", "postcode", "substr(first_name, 1, 1)"),
        CustomRule("l.name = r.turned_name"),
    ]


def deterministic_rules() -> list[BlockingRuleCreator]:
    """Pairs that are nearly surely one, to estimate lambda from."""
    return [
        block_on("first_canonical", "last_name", "email"),
        block_on("first_canonical", "last_name", "dob"),
        block_on("first_canonical", "last_name", "phone"),
        block_on("first_canonical", "last_name", "postcode", "street"),
    ]


def settings(style: str) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=ID,
        comparisons=list(_tutorial() if style == "tutorial" else _tuned()),
        blocking_rules_to_generate_predictions=list(blocking_rules(style)),
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def _tutorial() -> list[ComparisonCreator]:
    return [
        comparisons.NameComparison("first_name").configure(term_frequency_adjustments=True),
        comparisons.NameComparison("last_name").configure(term_frequency_adjustments=True),
        comparisons.DateOfBirthComparison("dob", input_is_string=False),
        comparisons.EmailComparison("email").configure(term_frequency_adjustments=True),
        comparisons.ExactMatch("phone").configure(term_frequency_adjustments=True),
        comparisons.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    ]


def _tuned() -> list[ComparisonCreator]:
    return [_first(), _last(), _birth(), _emails(), _phones(), _address(), _identity(), _gender()]


def _first() -> ComparisonCreator:
    return comparisons.CustomComparison(
        [
            levels.NullLevel("first_name"),
            levels.ExactMatchLevel("first_name", term_frequency_adjustments=True),
            levels.ExactMatchLevel("first_canonical"),
            levels.CustomLevel(SWAPPED, label_for_charts="swapped with last name").configure(
                m_probability=SWAPPED_SHARE, fix_m_probability=True
            ),
            levels.JaroWinklerLevel("first_name", 0.92),
            levels.CustomLevel(
                "least(length(first_name_l), length(first_name_r)) = 1 AND first_name_l[1] = first_name_r[1]",
                label_for_charts="initial",
            ),
            levels.CustomLevel(
                "starts_with(first_name_l, first_name_r) OR starts_with(first_name_r, first_name_l)",
                label_for_charts="one begins with the other",
            ),
            levels.JaroWinklerLevel("first_name", 0.8),
            levels.ElseLevel(),
        ],
        output_column_name="first_name",
    )


def _last() -> ComparisonCreator:
    return comparisons.CustomComparison(
        [
            levels.NullLevel("last_name"),
            levels.ExactMatchLevel("last_name", term_frequency_adjustments=True),
            levels.CustomLevel(SWAPPED, label_for_charts="swapped with first name").configure(
                m_probability=SWAPPED_SHARE, fix_m_probability=True
            ),
            levels.JaroWinklerLevel("last_name", 0.92),
            levels.CustomLevel(
                "contains(last_name_l, last_name_r) OR contains(last_name_r, last_name_l)",
                label_for_charts="one holds the other",
            ),
            levels.JaroWinklerLevel("last_name", 0.85),
            levels.ElseLevel(),
        ],
        output_column_name="last_name",
    )


def _birth() -> ComparisonCreator:
    return comparisons.CustomComparison(
        [
            levels.NullLevel("dob"),
            levels.ExactMatchLevel("dob"),
            levels.CustomLevel(
                "year(dob_l) = year(dob_r) AND month(dob_l) = day(dob_r) AND day(dob_l) = month(dob_r)",
                label_for_charts="day and month swapped",
            ),
            levels.DamerauLevenshteinLevel("dob_text", 1),
            levels.CustomLevel("year(dob_l) = year(dob_r)", label_for_charts="same year"),
            levels.ElseLevel(),
        ],
        output_column_name="dob",
    )


def _emails() -> ComparisonCreator:
    return comparisons.CustomComparison(
        [
            levels.CustomLevel(
                "len(emails_l) = 0 OR len(emails_r) = 0", label_for_charts="no e-mail on one side"
            ).configure(is_null_level=True),
            levels.ArrayIntersectLevel("emails", 1),
            levels.CustomLevel("email_name_l = email_name_r", label_for_charts="same name, other domain"),
            levels.JaroWinklerLevel("email_name", 0.94),
            levels.ElseLevel(),
        ],
        output_column_name="emails",
    )


def _phones() -> ComparisonCreator:
    return comparisons.CustomComparison(
        [
            levels.CustomLevel(
                "len(phones_l) = 0 OR len(phones_r) = 0", label_for_charts="no phone on one side"
            ).configure(is_null_level=True),
            levels.ArrayIntersectLevel("phones", 1),
            levels.DamerauLevenshteinLevel("phone", 1),
            levels.ElseLevel(),
        ],
        output_column_name="phones",
    )


def _address() -> ComparisonCreator:
    return comparisons.CustomComparison(
        [
            levels.CustomLevel(
                "(postcode_l IS NULL OR postcode_r IS NULL) AND (street_l IS NULL OR street_r IS NULL)",
                label_for_charts="no address on one side",
            ).configure(is_null_level=True),
            levels.And(levels.ExactMatchLevel("street"), levels.ExactMatchLevel("postcode")),
            levels.ExactMatchLevel("street"),
            levels.ExactMatchLevel("postcode", term_frequency_adjustments=True),
            levels.ElseLevel(),
        ],
        output_column_name="postcode",
    )


def _identity() -> ComparisonCreator:
    return comparisons.CustomComparison(
        [
            levels.CustomLevel(
                "coalesce(identity_l = identity_r, registration_l = registration_r) IS NULL",
                label_for_charts="no number of one sort on both sides",
            ).configure(is_null_level=True),
            levels.CustomLevel(
                "identity_l = identity_r OR registration_l = registration_r", label_for_charts="same number"
            ),
            levels.ElseLevel(),
        ],
        output_column_name="identity",
    )


def _gender() -> ComparisonCreator:
    return comparisons.CustomComparison(
        [levels.NullLevel("gender"), levels.ExactMatchLevel("gender"), levels.ElseLevel()],
        output_column_name="gender",
    )
