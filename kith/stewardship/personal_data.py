from __future__ import annotations

from kith.kernel.erasing import EMPTY, WORD, Erasures, HangsOn, OnErasure, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "StewardshipSettings": {
        "id": NotPersonal.ID,
        "changes_wait": NotPersonal.SETTING,
        "edits_wait": NotPersonal.SETTING,
        "second_reviewer": NotPersonal.SETTING,
    },
    "Request": {
        "id": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "intent": NotPersonal.LINK,
        "state": NotPersonal.STATE,
        "reason": Personal.IDENTITY,
        "lift": NotPersonal.STATE,
        "seen": NotPersonal.STATE,
        "asked_by": NotPersonal.LINK,
        "asked_as": Personal.COLLEAGUE,
        "asked_at": NotPersonal.TIME,
        "second_by": NotPersonal.LINK,
        "second_at": NotPersonal.TIME,
        "closed_by": NotPersonal.LINK,
        "closed_at": NotPersonal.TIME,
        "failure": NotPersonal.NOTE,
        "operation": NotPersonal.LINK,
        "run": NotPersonal.LINK,
    },
    "RequestContact": {
        "id": NotPersonal.ID,
        "request": NotPersonal.LINK,
        "contact_id": NotPersonal.LINK,
        "waits": NotPersonal.STATE,
    },
    "Case": {
        "id": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "title": NotPersonal.NOTE,
        "state": NotPersonal.STATE,
        "owner": NotPersonal.LINK,
        "contact_id": NotPersonal.LINK,
        "run": NotPersonal.LINK,
        "request": NotPersonal.LINK,
        "operation": NotPersonal.LINK,
        "opened_at": NotPersonal.TIME,
        "opened_by": NotPersonal.LINK,
        "opened_as": Personal.COLLEAGUE,
        "resolved_at": NotPersonal.TIME,
        "resolved_by": NotPersonal.LINK,
    },
    "CaseNote": {
        "id": NotPersonal.ID,
        "case": NotPersonal.LINK,
        "author": NotPersonal.LINK,
        "author_name": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
        "text": Personal.IDENTITY,
    },
}

ON_ERASURE: Erasures = {
    "CaseNote": OnErasure(
        label="notes of cases", hangs_on=HangsOn(through=("case", "stewardship.Case")), fields={"text": WORD}
    ),
    "Case": OnErasure(
        label="stewardship cases", hangs_on=HangsOn(contacts=("contact_id",), is_log=True), fields={}
    ),
    "RequestContact": OnErasure(
        label="contacts of requests", hangs_on=HangsOn(contacts=("contact_id",), is_log=True), fields={}
    ),
    "Request": OnErasure(label="reasons of requests", hangs_on=HangsOn(), fields={"reason": EMPTY}),
    "StewardshipSettings": nobodys("settings of stewardship"),
}
