"""What a row of an export can hold. Each column names the golden field whose right counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kith.contacts.life_cycle import life_cycles_of
from kith.contacts.settings.categories import categories_in_force
from kith.contacts.settings.industries import industries_in_force
from kith.contacts.standing import standing_of
from kith.matching.records import CUSTOM_PREFIX
from kith.organisation.queries import owners_of
from kith.sources.custom_fields import custom_fields

OfSlice = Callable[[Sequence[int]], Mapping[int, str]]
"""By GroupID; one query for all of them."""
Reading = Callable[[str], str]


def as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    code: str
    """Never changes: exports asked for yesterday name it."""
    label: str
    field: str = ""
    """The golden field it tells of; '' where it tells of none."""
    sql: str = ""
    """Text or null, of the contact `c` and its primary address `a`; '' where `of_slice` answers."""
    of_slice: OfSlice | None = None
    reads: Callable[[], Reading] = lambda: as_it_is
    """How what is stored reads; asked once per export."""


GROUP_ID: Final = "group_id"
STANDING: Final = "suppressed"
ALWAYS: Final = (GROUP_ID, STANDING)
"""Nobody takes contacts out without seeing which must not be reached."""


def _plain(code: str, label: str, field: str = "") -> Column:
    return Column(code=code, label=label, field=field or code, sql=f"c.{code}::text")


def _yes_no(code: str, label: str) -> Column:
    return Column(code=code, label=label, field=code, sql=f"CASE c.{code} WHEN true THEN 'yes' ELSE 'no' END")


def _reach(code: str, label: str, *, of: str, column: str) -> Column:
    return Column(
        code=code,
        label=label,
        field=of,
        sql=f"(SELECT v.{column} FROM contacts_contact{of[:-1]} v"
        " WHERE v.contact_id = c.id AND v.is_primary)",
    )


def _others(code: str, label: str, *, of: str) -> Column:
    """The golden ones behind the primary one, in their order."""
    return Column(
        code=code,
        label=label,
        field=of,
        sql=f"(SELECT string_agg(v.value, ', ' ORDER BY v.position) FROM contacts_contact{of[:-1]} v"
        " WHERE v.contact_id = c.id AND NOT v.is_primary)",
    )


def _address(code: str, label: str) -> Column:
    return Column(code=f"address_{code}", label=label, field="addresses", sql=f"a.{code}")


def _time(code: str, label: str, *, column: str) -> Column:
    said = f"to_char(c.{column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    return Column(code=code, label=label, sql=said)


_SOURCES: Final = (
    "(SELECT string_agg(s.code, ', ' ORDER BY s.priority, s.code) FROM sources_sourcesystem s"
    " WHERE s.id = ANY(c.source_ids))"
)
_SYSTEM_REFS: Final = (
    "(SELECT string_agg(s.code || ' ' || r.system_ref, ', ' ORDER BY s.priority, s.code, r.system_ref)"
    " FROM sources_membership m JOIN sources_sourcerecord r ON r.id = m.record_id"
    " JOIN sources_sourcesystem s ON s.id = r.source_id WHERE m.contact_id = c.id)"
)


def _owners(ids: Sequence[int]) -> Mapping[int, str]:
    return {pk: str(owner) for pk, owner in owners_of(ids).items()}


def _life_cycles(ids: Sequence[int]) -> Mapping[int, str]:
    return {pk: one.label for pk, one in life_cycles_of(ids).items()}


def standing_words(ids: Sequence[int]) -> Mapping[int, str]:
    """`Suppressed: opt-out`; of several reasons each once."""
    return {
        pk: "; ".join(dict.fromkeys(one.words for one in carried))
        for pk, carried in standing_of(ids).items()
        if carried
    }


def category_words() -> Reading:
    known = {one.category.code: one.path for one in categories_in_force().tree()}
    return lambda code: known.get(code, code)


def _industries() -> Reading:
    return industries_in_force().words


_COLUMNS: Final = (
    Column(code=GROUP_ID, label="GroupID", sql="c.id::text"),
    Column(code="kind", label="Type", sql="c.kind"),
    _plain("name", "Name"),
    _plain("title", "Title", "name"),
    _plain("first_name", "First name", "name"),
    _plain("middle_name", "Middle name", "name"),
    _plain("last_name", "Last name", "name"),
    _plain("company_name", "Company name"),
    _plain("gender", "Gender"),
    _plain("birth_date", "Date of birth"),
    _plain("name_day", "Name day"),
    Column(code="category", label="Category", field="category", sql="c.category", reads=category_words),
    Column(code="life_cycle", label="Life cycle", of_slice=_life_cycles),
    Column(code="owner", label="Owning team", of_slice=_owners),
    _reach("email", "E-mail", of="emails", column="value"),
    _reach("email_type", "E-mail type", of="emails", column="type"),
    _others("other_emails", "Other e-mails", of="emails"),
    _reach("phone", "Phone", of="phones", column="value"),
    _reach("phone_type", "Phone type", of="phones", column="type"),
    _others("other_phones", "Other phones", of="phones"),
    _address("type", "Address type"),
    _address("care_of", "Care of"),
    _address("line1", "Address line 1"),
    _address("line2", "Address line 2"),
    _address("po_box", "PO box"),
    _address("postcode", "Postcode"),
    _address("city", "Town"),
    _address("region", "Region"),
    _address("country", "Country"),
    _plain("language", "Language"),
    _plain("residence_country", "Country of residence"),
    _yes_no("direct_marketing", "Direct marketing"),
    _yes_no("affiliate_marketing", "Affiliate marketing"),
    _plain("id_number", "ID number"),
    _plain("id_number_country", "ID number: country"),
    _plain("id_number_expires", "ID number: expires"),
    _plain("passport_number", "Passport number"),
    _plain("passport_country", "Passport: country"),
    _plain("passport_expires", "Passport: expires"),
    _plain("social_security_number", "Social security number"),
    _plain("vat_number", "VAT number"),
    _plain("registration_number", "Registration number"),
    _plain("registration_country", "Country of registration"),
    _plain("established_on", "Established on"),
    _plain("website", "Website"),
    _plain("employees", "Employees"),
    Column(code="industry", label="Industry", field="industry", sql="c.industry", reads=_industries),
    Column(code="sources", label="Sources", sql=_SOURCES),
    Column(code="system_refs", label="System Refs", sql=_SYSTEM_REFS),
    _time("created", "Created", column="created_at"),
    _time("updated", "Updated", column="claims_received_at"),
    Column(code=STANDING, label="Suppressed", of_slice=standing_words),
)
USUAL: Final = (
    "kind",
    "name",
    "category",
    "email",
    "phone",
    "address_line1",
    "address_postcode",
    "address_city",
    "address_country",
)
"""Where neither a view nor a person chose."""


def columns() -> tuple[Column, ...]:
    """All there are, user-defined fields too, in the order of a file."""
    custom = tuple(
        Column(
            code=f"{CUSTOM_PREFIX}{one.code}",
            label=one.label,
            field=f"{CUSTOM_PREFIX}{one.code}",
            sql=f"c.custom->>'{one.code}'",
        )
        for one in custom_fields()
    )
    return (*_COLUMNS[:-1], *custom, _COLUMNS[-1])


def in_order(codes: Sequence[str]) -> tuple[Column, ...]:
    """Those named, and those that are always there; a code that means nothing any more is left out."""
    wanted = {*codes, *ALWAYS}
    return tuple(one for one in columns() if one.code in wanted)
