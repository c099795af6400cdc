from __future__ import annotations

from kith.kernel.erasing import EMPTY, Erasures, Fate, HangsOn, OnErasure, Treatment, goes
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "SuppressedValue": {
        "id": NotPersonal.ID,
        "suppression": NotPersonal.LINK,
        "kind": NotPersonal.STATE,
        "digest": Personal.DERIVED,
        "value": Personal.REACH,
        "lift": NotPersonal.LINK,
    },
    "SuppressionList": {
        "id": NotPersonal.ID,
        "state": NotPersonal.STATE,
        "file_name": Personal.RECEIVED,
        "body": Personal.RECEIVED,
        "reason": NotPersonal.STATE,
        "scope": NotPersonal.STATE,
        "ends_on": NotPersonal.TIME,
        "source": Personal.RECEIVED,
        "note": Personal.RECEIVED,
        "known": NotPersonal.COUNT,
        "unknown": NotPersonal.COUNT,
        "repeated": NotPersonal.COUNT,
        "bad": NotPersonal.COUNT,
        "bad_rows": NotPersonal.NOTE,
        "suppression": NotPersonal.LINK,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "made_at": NotPersonal.TIME,
        "applied_at": NotPersonal.TIME,
        "undone_at": NotPersonal.TIME,
    },
    "AskedLift": {
        "id": NotPersonal.ID,
        "suppression": NotPersonal.LINK,
        "contact_id": NotPersonal.LINK,
        "note": Personal.LIKING,
        "person_told": NotPersonal.STATE,
        "state": NotPersonal.STATE,
        "failure": NotPersonal.NOTE,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "asked_at": NotPersonal.TIME,
        "closed_at": NotPersonal.TIME,
    },
}

_OF_A_LIST = Treatment(Fate.EMPTY, not_reported="said of a list of many, not of one person")
ON_ERASURE: Erasures = {
    "SuppressedValue": OnErasure(
        label="suppressed e-mails and phones",
        hangs_on=HangsOn(),
        fields={
            "value": EMPTY,
            "digest": Treatment(
                Fate.STAYS,
                "so that nobody writes to this e-mail or phone when it comes again; cannot be read backwards"
                " without a key outside the database",
                not_reported="says nothing that the value beside it does not say",
            ),
        },
    ),
    "SuppressionList": OnErasure(
        label="suppression lists",
        hangs_on=HangsOn(nobody=True),
        fields={
            **dict.fromkeys(("file_name", "source", "note"), _OF_A_LIST),
            "body": Treatment(
                Fate.STAYS,
                "sealed, until the list is applied; what it says of them is taken out of it",
                not_reported="it is applied or thrown away within days",
            ),
        },
    ),
    "AskedLift": OnErasure(
        label="unflags that wait", hangs_on=HangsOn(contacts=("contact_id",)), fields=goes("note")
    ),
}
