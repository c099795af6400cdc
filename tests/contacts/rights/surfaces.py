"""Where values of a contact can be read. Whoever makes another page, file or answer adds it to SURFACES: the
test of field rights then walks through it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from django.test import Client

from kith.access.actors import Actor
from kith.contacts.models import Contact


@dataclass(frozen=True, kw_only=True)
class World:
    contact: Contact
    other: Contact
    """Alike, and asked about in the review queue."""
    local_record: int
    review_item: int
    then: str
    """A moment at which the contact stood as it stands."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One role, by browser, by key, and as jobs act for it."""

    browser: Client
    key: Client
    actor: Actor


@dataclass(frozen=True)
class Surface:
    name: str
    read: Callable[[Reader, World], str | None]
    """All that can be read there; None where the role may not open it."""


def page(address: str) -> Callable[[Reader, World], str | None]:
    def read(reader: Reader, world: World) -> str | None:
        return _text(reader.browser, _filled(address, world))

    return read


def answer(address: str) -> Callable[[Reader, World], str | None]:
    def read(reader: Reader, world: World) -> str | None:
        return _text(reader.key, f"/api/v1{_filled(address, world)}")

    return read


def asked(address: str, **body: object) -> Callable[[Reader, World], str | None]:
    def read(reader: Reader, world: World) -> str | None:
        found = reader.key.post(f"/api/v1{address}", body, content_type="application/json")
        return None if found.status_code == 403 else _of(found.status_code, found.content.decode())

    return read


def printout(reader: Reader, world: World) -> str | None:
    from kith.access.permissions import Permission
    from kith.printouts import actions
    from kith.printouts.formats import Format
    from kith.printouts.queries import Wish

    if not reader.actor.may(Permission.CONTACT_PRINT):
        return None
    kinds = (Format.JSON, Format.CSV, Format.VCARD)
    made = (
        actions.print_contact(actor=reader.actor, contact_id=world.contact.pk, wish=Wish(format=one))
        for one in kinds
    )
    return "\n".join(one.body.decode() for one in made)


def export(reader: Reader, world: World) -> str | None:
    from kith.access.permissions import Permission
    from kith.contacts.rights.sight import sight_of
    from kith.find.exporting.cards import cards_of
    from kith.find.exporting.columns import columns
    from kith.find.exporting.rows import Reader as Rows
    from kith.find.eyes import Eyes

    if not reader.actor.may(Permission.CONTACT_EXPORT):
        return None
    eyes, ids = Eyes(sight_of(reader.actor)), [world.contact.pk]
    rows = Rows(columns(), eyes).rows(ids)
    return "\n".join([*(text for row in rows for text in row), *cards_of(ids, eyes=eyes)])


def _filled(address: str, world: World) -> str:
    return address.format(
        contact=world.contact.pk,
        other=world.other.pk,
        local=world.local_record,
        item=world.review_item,
        then=quote(world.then),
    )


def _text(client: Client, address: str) -> str | None:
    found = client.get(address, follow=True)
    return None if found.status_code == 403 else _of(found.status_code, found.content.decode())


def _of(status: int, text: str) -> str:
    assert status == 200, (status, text[:300])
    return text


FIELD_PAGES = tuple(
    Surface(f"form of {field}", page(f"/golden-values/{{contact}}/{field}/"))
    for field in ("id_number", "passport_number", "birth_date", "custom.industry")
)
SURFACES: tuple[Surface, ...] = (
    Surface("contact page", page("/contacts/{contact}/")),
    Surface("System Refs", page("/contacts/{contact}/system-refs/")),
    Surface("history", page("/contacts/{contact}/history/")),
    Surface("form of LOCAL", page("/contacts/{contact}/local/{local}/")),
    Surface("search", page("/contacts/?q=secretperson&sort=name")),
    Surface("suggestions", page("/contacts/suggest/?q=secretperson")),
    Surface("why", page("/contacts/{contact}/why/")),
    Surface("why not", page("/contacts/{contact}/why-not/{other}/")),
    Surface("choosing another", page("/contacts/{contact}/why-not/?other=secretperson")),
    Surface("as of", page("/contacts/{contact}/as-of/?at={then}")),
    Surface("review card", page("/review/{item}/")),
    Surface("preview of grouping", page("/contacts/{contact}/group/preview/?with={other}&master={contact}")),
    Surface("splitting", page("/contacts/{contact}/split/")),
    Surface("corrections", page("/tell-the-source/")),
    Surface("API: contact", answer("/contacts/{contact}")),
    Surface("API: golden values", answer("/contacts/{contact}/golden-values")),
    Surface("API: list", answer("/contacts")),
    Surface("API: search", asked("/contacts/search", q="secretperson")),
    Surface("API: corrections", answer("/corrections")),
    Surface("API: match", asked("/match", first_name="Kostas", last_name="Secretperson")),
    Surface("printout", printout),
    Surface("export", export),
    *FIELD_PAGES,
)
