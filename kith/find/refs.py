"""K4: a search by System Ref lists System Refs, one row per source."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Lower

from kith.access.actors import Actor
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.seeing import sights_at
from kith.find.choosing import chosen
from kith.find.listing import LOOKED_AT
from kith.find.searches import Search
from kith.sources.models import SourceRecord

_REF = "system_ref"
_HEAVY = ("claim", "match_keys", "street_keys", "postcode_keys", "membership__contact__search")


def lists_records(search: Search) -> bool:
    return _REF in search.values


def records_of(search: Search, *, sight: Sight) -> QuerySet[SourceRecord]:
    """The System Refs of those found whose ref begins with what was asked for."""
    wanted = SourceRecord.objects.filter(system_ref__istartswith=search.values[_REF].text)
    sources = search.values.get("source")
    if sources is not None:
        wanted = wanted.filter(source_id__in=[int(code) for code in sources.codes])
    ids = list(chosen(search, sight=sight).values_list("pk", flat=True)[:LOOKED_AT])
    return (
        wanted.filter(membership__contact__in=ids)
        .select_related("source", "membership__contact")
        .defer(*_HEAVY)
        .order_by(Lower("membership__contact__name"), "membership__contact_id", "source__priority", "pk")
    )


def named_as_seen(records: Iterable[SourceRecord], *, actor: Actor) -> None:
    """Whoever has no name is called by an e-mail, which not everybody reads."""
    contacts = [record.membership.contact for record in records]
    sights = sights_at({contact.pk for contact in contacts}, actor=actor)
    for contact in contacts:
        contact.name = sights[contact.pk].name(contact.name)
