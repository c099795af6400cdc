from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "BulkChange": {
        "id": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "value": NotPersonal.SETTING,
        "words": NotPersonal.NOTE,
        "state": NotPersonal.STATE,
        "total": NotPersonal.COUNT,
        "changed_count": NotPersonal.COUNT,
        "same_count": NotPersonal.COUNT,
        "refused_count": NotPersonal.COUNT,
        "kept_count": NotPersonal.COUNT,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "asked_at": NotPersonal.TIME,
        "finished_at": NotPersonal.TIME,
        "undo_user": NotPersonal.LINK,
        "undo_actor": Personal.COLLEAGUE,
    },
    "ChangedContact": {
        "id": NotPersonal.ID,
        "bulk_change": NotPersonal.LINK,
        "contact_id": NotPersonal.LINK,
        "state": NotPersonal.STATE,
        "record_id": NotPersonal.LINK,
        "override_id": NotPersonal.LINK,
        "replaced": NotPersonal.LINK,
        "before_team": NotPersonal.LINK,
        "since": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "ChangedContact": OnErasure(
        label="contacts of bulk changes",
        hangs_on=HangsOn(records=("record_id",), contacts=("contact_id",), is_log=True),
        fields={},
    ),
    "BulkChange": nobodys("bulk changes"),
}
