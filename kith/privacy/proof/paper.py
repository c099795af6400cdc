"""The certificate on paper, drawn like every printout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from kith.contacts.report import Column, ReportSection, Table
from kith.contacts.vcard import Card
from kith.kernel.erasing import ANONYMISED
from kith.kernel.errors import Refused
from kith.printouts import pdf
from kith.printouts.document import Document, Part
from kith.privacy.models import Certificate
from kith.privacy.proof.certificate import is_authentic, public_key
from kith.web import formats

Rows = Iterable[tuple[object, ...]]
_WHAT: Final = ("What", "Certified")


def as_pdf(certificate: Certificate) -> bytes:
    """Refused where it cannot be drawn, or was changed since it was signed."""
    if not is_authentic(certificate):
        raise Refused("This certificate was changed since it was signed; it is not drawn.")
    erasure = certificate.erasure
    return pdf.write(
        Document(
            preset="Certificate of anonymising",
            group_id=erasure.contact_id,
            kind="Contact",
            name=ANONYMISED,
            standing="",
            made_at=certificate.at,
            made_by="Kith",
            parts=tuple(_parts(certificate)),
            card=Card(group_id=erasure.contact_id),
        )
    )


def _parts(certificate: Certificate) -> Iterable[Part]:
    said: Mapping[str, object] = certificate.body
    stays = (_mapping(one) for one in _list(said["stays"]))
    yield _part("What was done", _WHAT, _done(said))
    yield _part("How it was proved", _WHAT, _proved(said))
    yield _part(
        "What stays, and why",
        ("Of", "Because", "Columns"),
        ((_begun(one["of"]), one["because"], ", ".join(map(str, _list(one["fields"])))) for one in stays),
    )
    yield _part("What was not searched", ("What",), ((one,) for one in _list(said["not_searched"])))
    yield _part(
        "Signature",
        _WHAT,
        (
            ("Ed25519, over the JSON of this certificate", bytes(certificate.signature).hex()),
            ("Public key", public_key(int(str(said["key_version"])))),
        ),
    )


def _done(said: Mapping[str, object]) -> Rows:
    yield "Number", said["erasure"]
    yield "Asked for", _moment(said["asked_at"])
    yield "Anonymised", _moment(said["erased_at"])
    yield "Data keys destroyed", _count(said["keys_destroyed"])
    for label, number in _mapping(said["gone"]).items():
        yield _begun(label), _count(number)
    for what, number in _mapping(said["files_removed"]).items():
        yield f"Files removed: {what}", _count(number)
    for what, number in _mapping(said.get("elsewhere", {})).items():
        yield f"To be erased elsewhere: {what}", _count(number)


def _proved(said: Mapping[str, object]) -> Rows:
    searched = _mapping(said["searched"])
    yield "Proved", _moment(said["proved_at"])
    yield "Values looked for", _count(said["looked_for"])
    yield "Tables searched", f"{len(_mapping(searched['tables'])):,}, every row"
    yield "Files searched", _count(searched["files"])
    yield "Bytes searched", _count(searched["bytes"])
    yield "Found of the person", _count(said["found"])
    for place, number in _mapping(said["mentions"]).items():
        yield "In rows of others", f"{_count(number)} hold the same value, in {place}"
    if said.get("ledger"):
        yield "Ledger of erasures", f"line {_count(_mapping(said['ledger'])['number'])}"
    if said.get("journal"):
        yield "Audit log sealed up to", f"block {_count(_mapping(said['journal'])['block'])}"


def _part(label: str, heads: Sequence[str], rows: Rows) -> Part:
    columns = tuple(Column(head, head) for head in heads)
    table = Table(columns=columns, rows=tuple(tuple(map(str, row)) for row in rows))
    section = ReportSection(key=label, label=label, about="", load=lambda subject: table)
    return Part(section, table)


def _moment(said: object) -> str:
    return formats.exact(datetime.fromisoformat(str(said))) if said else ""


def _count(said: object) -> str:
    return f"{int(str(said)):,}"


def _begun(said: object) -> str:
    return f"{str(said)[:1].upper()}{str(said)[1:]}"


def _mapping(said: object) -> Mapping[str, object]:
    assert isinstance(said, Mapping)
    return said


def _list(said: object) -> Sequence[object]:
    assert isinstance(said, Sequence)
    return said
