from __future__ import annotations

from kith.kernel.erasing import DERIVED, EMPTY, Erasures, HangsOn, OnErasure, goes, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "GoldenRules": {
        "id": NotPersonal.ID,
        "rules": NotPersonal.SETTING,
        "saved_at": NotPersonal.TIME,
        "saved_by": NotPersonal.LINK,
        "note": NotPersonal.NOTE,
    },
    "GoldenOverride": {
        "id": NotPersonal.ID,
        "record": NotPersonal.LINK,
        "field": NotPersonal.NOTE,
        "value": Personal.IDENTITY,
        "mode": NotPersonal.STATE,
        "state": NotPersonal.STATE,
        "against": Personal.DERIVED,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "made_at": NotPersonal.TIME,
        "note": Personal.IDENTITY,
        "in_force_at": NotPersonal.TIME,
        "ended_at": NotPersonal.TIME,
        "ended_by": NotPersonal.LINK,
        "ended_because": NotPersonal.STATE,
    },
    "ValueStatement": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "field": NotPersonal.NOTE,
        "key": Personal.REACH,
        "about": NotPersonal.NOTE,
        "said": Personal.REACH,
        "value": Personal.REACH,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
        "ended_at": NotPersonal.TIME,
    },
    "ToldSource": {
        "id": NotPersonal.ID,
        "override": NotPersonal.LINK,
        "record": NotPersonal.LINK,
        "said": Personal.DERIVED,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "ToldSource": OnErasure(
        label="corrections told to sources", hangs_on=HangsOn(records=("record_id",)), fields={"said": EMPTY}
    ),
    "GoldenOverride": OnErasure(
        label="edits of golden values",
        hangs_on=HangsOn(records=("record_id",)),
        fields={"value": EMPTY, "note": EMPTY, "against": DERIVED},
    ),
    "ValueStatement": OnErasure(
        label="notes and states of e-mails, phones and addresses",
        hangs_on=HangsOn(records=("record_id",)),
        fields=goes("key", "said", "value"),
    ),
    "GoldenRules": nobodys("golden record rules"),
}
