from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Entry": {
        "id": NotPersonal.ID,
        "at": NotPersonal.TIME,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "event": NotPersonal.STATE,
        "subject_type": NotPersonal.STATE,
        "subject_id": NotPersonal.LINK,
        "group_id": NotPersonal.LINK,
        "detail": NotPersonal.NOTE,
        "tx": NotPersonal.COUNT,
    },
    "Block": {
        "number": NotPersonal.ID,
        "epoch": NotPersonal.COUNT,
        "after_id": NotPersonal.COUNT,
        "cluster": NotPersonal.COUNT,
        "from_tx": NotPersonal.COUNT,
        "upto_tx": NotPersonal.COUNT,
        "entries": NotPersonal.COUNT,
        "total": NotPersonal.COUNT,
        "first_id": NotPersonal.COUNT,
        "last_id": NotPersonal.COUNT,
        "root": NotPersonal.ID,
        "prev_hash": NotPersonal.ID,
        "hash": NotPersonal.ID,
        "sealed_at": NotPersonal.TIME,
        "key_version": NotPersonal.COUNT,
    },
}

ON_ERASURE: Erasures = {
    "Entry": OnErasure(
        label="entries of the audit log", hangs_on=HangsOn(contacts=("group_id",), is_log=True), fields={}
    ),
    "Block": nobodys("blocks that seal the audit log"),
}
