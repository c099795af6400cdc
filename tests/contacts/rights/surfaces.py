"""Where values of a contact can be read. Whoever makes another page, file or answer adds it to SURFACES: the
test of field rights then walks through it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote
from zipfile import ZipFile

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
    nameless: Contact
    """Called by its e-mail; related to the contact, subject of a case, and asked about."""
    case: int
    import_file: int
    """Of typed contacts, with a row taken and a row rejected, of somebody else."""
    draft: int
    """Another file of theirs, that waits for its mapping; it names a contact that is there."""
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


def sent(address: str, **data: str) -> Callable[[Reader, World], str | None]:
    def read(reader: Reader, world: World) -> str | None:
        found = reader.browser.post(_filled(address, world), data, follow=True)
        if found.status_code == 403:
            return None
        return _of(200 if found.status_code == 422 else found.status_code, found.content.decode())

    return read


def file(address: str, *, by_key: bool = False) -> Callable[[Reader, World], str | None]:
    """Streamed, or a spreadsheet."""

    def read(reader: Reader, world: World) -> str | None:
        found = (reader.key if by_key else reader.browser).get(_filled(address, world))
        if found.status_code == 403:
            return None
        body = found.getvalue()
        return _of(found.status_code, words_in(body))

    return read


def words_in(body: bytes) -> str:
    """All parts of a spreadsheet, or the text itself."""
    if not body.startswith(b"PK"):
        return body.decode()
    with ZipFile(BytesIO(body)) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def printout(reader: Reader, world: World) -> str | None:
    """With every section there is, in every format; of a PDF what is drawn into it."""
    from kith.access.permissions import Permission
    from kith.printouts import actions
    from kith.printouts.formats import Format
    from kith.printouts.presets import open_to
    from kith.printouts.queries import Wish, wanted

    if not reader.actor.may(Permission.CONTACT_PRINT):
        return None
    every = tuple(one.key for one in open_to(reader.actor))
    kinds = (Format.JSON, Format.CSV, Format.XLSX, Format.VCARD)
    wishes = [Wish(format=one, sections=every) for one in kinds]
    made = [
        words_in(actions.print_contact(actor=reader.actor, contact_id=world.contact.pk, wish=one).body)
        for one in wishes
    ]
    drawn = wanted(world.contact.pk, wishes[0], actor=reader.actor).document(actor=reader.actor)
    return "\n".join([*made, str(drawn)])


def export(reader: Reader, world: World) -> str | None:
    """Every column, in each kind of file."""
    from kith.access.permissions import Permission
    from kith.contacts.rights.sight import sight_of
    from kith.find.exporting.columns import columns
    from kith.find.exporting.formats import blocks_of
    from kith.find.exporting.models import Export
    from kith.find.eyes import Eyes

    if not reader.actor.may(Permission.CONTACT_EXPORT):
        return None
    ids = sorted((world.contact.pk, world.nameless.pk))
    made = (
        b"".join(blocks_of(kind, [ids], columns=columns(), eyes=Eyes(sight_of(reader.actor))))
        for kind in Export.Kind.values
    )
    return "\n".join(map(words_in, made))


def every_column(reader: Reader, world: World) -> str | None:
    """So many at a time as a list shows."""
    from kith.find.rows import MOST_COLUMNS, offered

    codes = [one.code for one in offered()]
    some = [codes[first : first + MOST_COLUMNS] for first in range(0, len(codes), MOST_COLUMNS)]
    pages = [page(f"/contacts/?kind=person&columns={','.join(one)}")(reader, world) for one in some]
    return "\n".join(one or "" for one in pages)


def _filled(address: str, world: World) -> str:
    return address.format(
        contact=world.contact.pk,
        other=world.other.pk,
        local=world.local_record,
        item=world.review_item,
        nameless=world.nameless.pk,
        case=world.case,
        file=world.import_file,
        draft=world.draft,
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
    *(
        Surface(f"tab {tab}", page(f"/contacts/{{contact}}/{tab}/"))
        for tab in ("transactions", "accounts", "attachments")
    ),
    *(
        Surface(f"form {form}", page(f"/contacts/{{contact}}/{form}/"))
        for form in ("suppress", "privacy-level", "owner", "delete", "group", "ungroup")
    ),
    Surface("contact page of who has no name", page("/contacts/{nameless}/")),
    Surface("form of relations", page("/relations/of/{contact}/")),
    Surface("choosing whom to group", page("/contacts/{contact}/group/?q=secretperson")),
    Surface("preview of moving", page("/system-refs/{local}/move/preview/?to={other}")),
    Surface("path of a System Ref", page("/system-refs/{local}/path/")),
    Surface(
        "preview with who has no name",
        page("/contacts/{contact}/group/preview/?with={nameless}&master={contact}"),
    ),
    Surface("why not, of who has no name", page("/contacts/{contact}/why-not/{nameless}/")),
    Surface("review queue", page("/review/")),
    Surface("next question", page("/review/next/")),
    Surface("alike questions", page("/review/{item}/similar/")),
    Surface("labels", file("/review/labels.csv")),
    Surface("cases", page("/cases/")),
    Surface("case", page("/cases/{case}/")),
    Surface("new case", page("/cases/new/?contact={nameless}")),
    Surface("requests", page("/requests/")),
    Surface("operations", page("/operations/")),
    Surface("journal", page("/audit/")),
    Surface("jobs", page("/jobs/")),
    Surface("home", page("/")),
    Surface("name days", page("/name-days/")),
    Surface("exports", page("/exports/")),
    Surface("webhooks", page("/webhooks/")),
    Surface("page of a printout", page("/printouts/of/{contact}/")),
    Surface("import", page("/imports/{file}/")),
    Surface("preview of an import", page("/imports/{draft}/preview/")),
    Surface("mapping of an import", page("/imports/{draft}/mapping/")),
    Surface("result of an import", file("/imports/{file}/result.csv")),
    Surface("result of an import, as a spreadsheet", file("/imports/{file}/result.xlsx")),
    Surface("rejected rows", file("/imports/{file}/rejected.csv")),
    Surface("newest contacts", page("/contacts/")),
    Surface("search with every column", every_column),
    Surface(
        "possible duplicates",
        sent(
            "/contacts/possible-duplicates/",
            kind="person",
            first_name="Kostas",
            last_name="Secretperson",
            birth_date="27/08/1963",
        ),
    ),
    Surface("API: contact", answer("/contacts/{contact}")),
    Surface("API: golden values", answer("/contacts/{contact}/golden-values")),
    Surface("API: list", answer("/contacts")),
    Surface("API: contact without a name", answer("/contacts/{nameless}")),
    Surface("API: System Ref", answer("/system-refs/{local}")),
    Surface("API: accounts", answer("/contacts/{contact}/accounts")),
    Surface("API: notes", answer("/contacts/{contact}/notes")),
    Surface("API: relations", answer("/contacts/{contact}/relations")),
    Surface("API: printouts", answer("/contacts/{contact}/printouts")),
    Surface("API: operations", answer("/operations")),
    Surface("API: cases", answer("/cases")),
    Surface("API: case", answer("/cases/{case}")),
    Surface("API: review", answer("/review")),
    Surface("API: name days", answer("/name-days")),
    Surface("API: rejected rows", answer("/imports/{file}/rejected-rows")),
    Surface("API: result of an import", file("/api/v1/imports/{file}/result", by_key=True)),
    Surface("API: search", asked("/contacts/search", q="secretperson")),
    Surface("API: corrections", answer("/corrections")),
    Surface("API: match", asked("/match", first_name="Kostas", last_name="Secretperson")),
    Surface("printout", printout),
    Surface("export", export),
    *FIELD_PAGES,
)
