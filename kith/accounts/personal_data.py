from __future__ import annotations

from kith.kernel.erasing import DIGEST, EMPTY, WORD, Erasures, HangsOn, OnErasure, stays
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Account": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "number": Personal.REFERENCE,
        "name": Personal.IDENTITY,
        "classification": Personal.DEALINGS,
        "currency": Personal.DEALINGS,
        "state": Personal.DEALINGS,
        "is_suspense": NotPersonal.STATE,
        "billing_address": Personal.DERIVED,
        "opened_at": NotPersonal.TIME,
        "terminated_at": NotPersonal.TIME,
    },
    "AccountTransaction": {
        "id": NotPersonal.ID,
        "account": NotPersonal.LINK,
        "kind": Personal.DEALINGS,
        "reference": Personal.REFERENCE,
        "date": Personal.DEALINGS,
        "amount": Personal.DEALINGS,
        "currency": Personal.DEALINGS,
        "is_unbilled": Personal.DEALINGS,
        "description": Personal.DEALINGS,
        "posted_at": NotPersonal.TIME,
    },
    "LinkedItem": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "kind": Personal.DEALINGS,
        "reference": Personal.REFERENCE,
        "title": Personal.DEALINGS,
        "is_running": Personal.DEALINGS,
        "started_date": Personal.DEALINGS,
        "ended_date": Personal.DEALINGS,
        "amount": Personal.DEALINGS,
        "currency": Personal.DEALINGS,
        "is_unbilled": Personal.DEALINGS,
        "notes": Personal.DEALINGS,
        "received_at": NotPersonal.TIME,
    },
}

_BOOKS = "amounts, dates and numbers remain for the books"
ON_ERASURE: Erasures = {
    "AccountTransaction": OnErasure(
        label="account transactions",
        hangs_on=HangsOn(through=("account", "accounts.Account")),
        fields={
            **stays(_BOOKS, "kind", "reference", "date", "amount", "currency", "is_unbilled"),
            "description": EMPTY,
        },
    ),
    "Account": OnErasure(
        label="accounts",
        hangs_on=HangsOn(records=("record_id",)),
        fields={
            **stays("payments that name it must find their way to the Suspense Account", "number"),
            **stays(_BOOKS, "currency", "state"),
            "name": WORD,
            "classification": EMPTY,
            "billing_address": EMPTY,
        },
    ),
    "LinkedItem": OnErasure(
        label="linked items",
        hangs_on=HangsOn(records=("record_id",)),
        fields={
            "reference": DIGEST,
            "title": WORD,
            "notes": EMPTY,
            **stays(
                _BOOKS,
                "kind",
                "is_running",
                "started_date",
                "ended_date",
                "amount",
                "currency",
                "is_unbilled",
            ),
        },
    ),
}
