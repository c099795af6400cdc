"""The word on an erasure: what went, what stays and why, what was searched and found. Signed, so that nobody
changes it afterwards, and without a value of the person: it may be handed to anybody.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kith.audit.models import Block
from kith.kernel import proof_keys
from kith.kernel.erasing import Fate
from kith.privacy import ledger
from kith.privacy.erasing.places import places
from kith.privacy.models import Certificate, Erasure
from kith.privacy.proof.files import demo_sources
from kith.privacy.proof.scanning import STATISTICS, Findings
from kith.sources.models import Membership
from kith.vault.models import DataKey

LABEL: Final = "certificates"
FORMAT: Final = 1
Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]
Body = Mapping[str, Json]
LEVEL: Final = "rows and files"
NOT_SEARCHED: Final = (
    "Attachments and old values of other people: they lie sealed under keys of their own.",
    "Pages of the database that were freed and not yet written anew, and its write-ahead log:"
    " “kith scrub-storage” rewrites them, and notes when.",
    "Streams inside PDF files of Kith's own folders, which are compressed, and statements that the database"
    " server still shows of connections that are open.",
    "Copies outside Kith: backups made before, files that were downloaded, e-mails that were sent.",
    "What journald, Docker or a log collector keeps of Kith's console: Kith writes no value of a person"
    " there.",
)
"""Said in each certificate, for what is not searched is not proved."""


def body_of(erasure: Erasure, findings: Findings, *, needles: int, at: datetime) -> Body:
    """`needles`: how many values were looked for."""
    looked = findings.looked
    return {
        "format": FORMAT,
        "key_version": proof_keys.newest(),
        "erasure": str(erasure.uid),
        "group_id": erasure.contact_id,
        "route": erasure.route,
        "asked_by_user": erasure.asked_by_id,
        "asked_at": erasure.asked_at.isoformat(),
        "approved_by_user": erasure.second_by_id,
        "erased_at": erasure.erased_at.isoformat() if erasure.erased_at else None,
        "proved_at": at.isoformat(),
        "system_refs": erasure.records,
        "gone": dict(sorted(erasure.counts.items())),
        "stays": _stays(),
        "keys_destroyed": _keys_destroyed(erasure),
        "files_removed": _files_removed(erasure),
        "elsewhere": _elsewhere(erasure),
        "ledger": asdict(ledger.head()),
        "journal": _journal(),
        "looked_for": needles,
        "searched": {
            "tables": dict(sorted(looked.tables.items())),
            "files": looked.files,
            "bytes": looked.bytes,
        },
        "found": len(findings.of(erasure.uid)),
        "mentions": _mentions(erasure, findings),
        "level": LEVEL,
        "not_searched": list(_not_searched()),
    }


def _not_searched() -> Iterator[str]:
    yield from NOT_SEARCHED
    if demo_sources().exists():
        yield "The files of the demo, which play the source systems: Kith does not change those."


def signature_of(body: Body) -> bytes:
    """Ed25519, by the version of the proof key that the body names."""
    return proof_keys.signing_key(LABEL, version=_version(body)).sign(canonical(body))


def is_authentic(certificate: Certificate) -> bool:
    """False where a letter of it was changed, or it was signed by a key this Kith never had."""
    body: Body = certificate.body
    try:
        public = proof_keys.signing_key(LABEL, version=_version(body)).public_key()
        public.verify(bytes(certificate.signature), canonical(body))
    except (InvalidSignature, proof_keys.BadProofKey):
        return False
    return True


def public_key(version: int) -> str:
    """PEM: with it anybody verifies a certificate without Kith. Raises BadProofKey."""
    made = proof_keys.signing_key(LABEL, version=version).public_key()
    return made.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def canonical(body: Body) -> bytes:
    """What is signed: JSON with sorted names and no blanks, UTF-8."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def as_file(certificate: Certificate) -> bytes:
    """JSON to hand out: what was signed, the signature in hex, the public key."""
    body: Body = certificate.body
    said = {
        "certificate": body,
        "signature": bytes(certificate.signature).hex(),
        "algorithm": "Ed25519 over the certificate as JSON with sorted names and no blanks, in UTF-8",
        "public_key": public_key(_version(body)),
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode()


def _version(body: Body) -> int:
    version = body.get("key_version")
    return version if isinstance(version, int) else 0


def _stays() -> Json:
    reasons: dict[tuple[str, str], list[Json]] = {}
    for place in places():
        for name, treatment in place.rule.fields.items():
            if treatment.fate is Fate.STAYS:
                reasons.setdefault((place.rule.label, treatment.because), []).append(name)
    return [
        {"of": label, "fields": fields, "because": because} for (label, because), fields in reasons.items()
    ]


def _keys_destroyed(erasure: Erasure) -> int:
    records = Membership.objects.filter(contact_id=erasure.contact_id).values("record_id")
    return DataKey.objects.filter(record_id__in=records, destroyed_at__isnull=False).count()


def _elsewhere(erasure: Erasure) -> Json:
    """Accounts and System Refs that have to be erased in their own systems, by what they are."""
    return dict(sorted(Counter(erasure.elsewhere.values_list("target", flat=True)).items()))


def _journal() -> Json:
    """The newest block that was sealed before: what the journal said until then cannot be said otherwise."""
    block = Block.objects.order_by("-number").first()
    return {"block": block.number, "hash": bytes(block.hash).hex()} if block else None


def _files_removed(erasure: Erasure) -> Json:
    removed = erasure.files.filter(removed_at__isnull=False).values_list("what", flat=True)
    return dict(sorted(Counter(removed).items()))


def _mentions(erasure: Erasure, findings: Findings) -> Json:
    """Rows of others that hold the same value, or speak of the person: how many in each table."""
    said = Counter(
        one.place for one in findings.mentions(erasure.uid) if not one.place.startswith(STATISTICS)
    )
    return dict(sorted(said.items()))
