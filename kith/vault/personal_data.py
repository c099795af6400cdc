from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, goes
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "DataKey": {
        "record_id": NotPersonal.LINK,
        "wrapped": NotPersonal.SETTING,
        "master_version": NotPersonal.SETTING,
        "made_at": NotPersonal.TIME,
        "destroyed_at": NotPersonal.TIME,
    },
    "SealedDetail": {
        "id": NotPersonal.ID,
        "entry": NotPersonal.LINK,
        "record_id": NotPersonal.LINK,
        "body": Personal.RECEIVED,
    },
}

ON_ERASURE: Erasures = {
    "SealedDetail": OnErasure(
        label="values before and after changes", hangs_on=HangsOn(records=("record_id",)), fields=goes("body")
    ),
    "DataKey": OnErasure(label="data keys", hangs_on=HangsOn(records=("record_id",), is_log=True), fields={}),
}
