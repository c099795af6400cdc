"""Contacts for other systems: list them, open one, and ask who a record is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from ninja import Query, Router

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts import local, queries, said, trail
from kith.contacts.candidates import Candidate
from kith.contacts.criteria import Criterion
from kith.contacts.deletion import actions as deletion
from kith.contacts.duplicates import PossibleContact, possible_duplicates
from kith.contacts.incoming import raw_record, searched
from kith.contacts.owning.actions import change_owner
from kith.contacts.schemas import (
    ContactDeleted,
    ContactDeletionAsked,
    ContactLine,
    ContactOut,
    ContactOwnerChanged,
    ContactOwnerIn,
    ContactsAsked,
    Evidence,
    MatchCandidate,
    MatchOut,
    RecordIn,
    SystemRefName,
)
from kith.kernel.errors import Refused
from kith.matching.cleaning import clean_record
from kith.sources.models import LOCAL
from kith.sources.queries import source_of_code
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    answers,
    only_asks,
    rising,
)

contacts: Final = Router(tags=["contacts"])
matching: Final = Router(tags=["matching"])


@contacts.get(
    "",
    summary="List contacts",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[ContactLine], *WITH_QUERY),
)
def list_contacts(
    request: ApiRequest, asked: Query[ContactsAsked], paging: Query[Paging]
) -> Listed[ContactLine]:
    """All active contacts, by GroupID: to take them over, or to compare. To find somebody, search."""
    _refuse_personal(request)
    page = rising(queries.active(actor=request.auth, kind=asked.kind or ""), paging)
    lines = contact_lines(tuple(one.pk for one in page.rows), actor=request.auth)
    return Listed[ContactLine](items=lines, next=page.next)


@contacts.get(
    "/{group_id}",
    summary="Open a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(ContactOut, *WITH_ID),
)
def open_contact(request: ApiRequest, group_id: Id) -> ContactOut:
    """The golden record, each value with the System Ref that said it.

    A retired GroupID is answered too, with `state` retired, no values, and the `successor` to keep instead.
    """
    contact = queries.opened(group_id, actor=request.auth)
    trail.viewed(contact.pk, by=request.auth, through="API")
    return said.contact_out(contact, queries.records_of(contact))


@contacts.put(
    "/{group_id}/owner",
    summary="Change the owning team",
    auth=with_key(Permission.CONTACT_OWN),
    response=answers(ContactOwnerChanged, *WITH_ID, *WITH_BODY, *CHANGES),
)
def change_contact_owner(request: ApiRequest, group_id: Id, given: ContactOwnerIn) -> ContactOwnerChanged:
    """It hangs on the primary System Ref, and goes where that goes."""
    change_owner(actor=request.auth, contact_ids=[group_id], team_id=given.team, was=str(given.was or ""))
    return ContactOwnerChanged(group_id=group_id, team=given.team)


@contacts.delete(
    "/{group_id}",
    summary="Delete a contact",
    auth=with_key(Permission.CONTACT_DELETE),
    response=answers(ContactDeleted, *WITH_ID, *CHANGES),
)
def delete_contact(request: ApiRequest, group_id: Id, asked: Query[ContactDeletionAsked]) -> ContactDeleted:
    """For good, with everything that hangs on its System Refs. 422 with every reason why not: an account,
    even a terminated one, a linked item, something that runs or names the contact.
    """
    gone = deletion.delete_contact(actor=request.auth, contact_id=group_id, seen=asked.record_count)
    return ContactDeleted(group_id=group_id, system_refs=gone)


@matching.post(
    "",
    summary="Who is this?",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(MatchOut, *WITH_BODY),
)
@only_asks
def match_record(request: ApiRequest, record: RecordIn) -> MatchOut:
    """Contacts that one record probably is, with the reasons. Nothing is written; the record is not kept."""
    sources = queries.sources_by_id()
    code = record.source or LOCAL
    source = next((one for one in sources.values() if one.code == code), None) or source_of_code(code)
    cleaned = clean_record(raw_record(record), options=local.cleaning_options(source))
    found = possible_duplicates(cleaned, actor=request.auth)
    codes = {pk: one.code for pk, one in sources.items()}
    return MatchOut(candidates=[_candidate(one, codes) for one in found], searched=searched(cleaned))


_PERSONAL: Final = frozenset({"q", "source", *(one.value for one in Criterion)})


def _refuse_personal(request: ApiRequest) -> None:
    """Once the search was here. Ignored, they would list everybody to somebody who asked for one."""
    given = sorted(set(request.GET) & _PERSONAL)
    if given:
        sentence = "Names and details do not belong into an address. Send them to POST /contacts/search."
        raise Refused(sentence, fields=dict.fromkeys(given, sentence))


def _codes() -> Mapping[int, str]:
    return {pk: source.code for pk, source in queries.sources_by_id().items()}


def contact_lines(ids: tuple[int, ...], *, actor: Actor) -> list[ContactLine]:
    sources = _codes()
    return [_line(row, sources) for row in queries.in_order(ids, actor=actor)]


def _line(row: queries.ContactRow, sources: Mapping[int, str]) -> ContactLine:
    return ContactLine(
        group_id=row.pk,
        kind=said.kind(row.kind),
        name=row.name,
        birth_date=row.birth_date if isinstance(row.birth_date, date) else None,
        email=row.email,
        phone=row.phone,
        town=row.town,
        sources=[sources[pk] for pk in row.source_ids if pk in sources],
    )


def _candidate(possible: PossibleContact, sources: Mapping[int, str]) -> MatchCandidate:
    """The model's waterfall, where there is one; else the words of the rule that decided."""
    verdict: Literal["same", "review"] = "same" if possible.is_certain else "review"
    weighed = [Evidence(field=one.field, words=one.words, weight=one.bits) for one in possible.evidence]
    said_by_rule = [Evidence(field=None, words=words, weight=None) for words in possible.reasons]
    return MatchCandidate(
        group_id=possible.contact.pk,
        kind=said.kind(possible.contact.kind),
        name=possible.contact.name,
        verdict=verdict,
        weight=possible.weight,
        probability=possible.probability,
        reasons=list(possible.reasons),
        evidence=weighed or said_by_rule,
        missing=list(possible.missing),
        system_ref=_system_ref(possible.record, sources),
    )


def _system_ref(record: Candidate | None, sources: Mapping[int, str]) -> SystemRefName | None:
    if record is None:
        return None
    return SystemRefName(source=sources.get(record.source_id, ""), system_ref=record.system_ref)
