from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, goes
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Relation": {
        "id": NotPersonal.ID,
        "from_record_id": NotPersonal.LINK,
        "to_record_id": NotPersonal.LINK,
        "code": Personal.DEALINGS,
        "inverse": Personal.DEALINGS,
        "note": Personal.DEALINGS,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
        "edits": NotPersonal.COUNT,
    },
}

ON_ERASURE: Erasures = {
    "Relation": OnErasure(
        label="relations",
        hangs_on=HangsOn(records=("from_record_id", "to_record_id")),
        fields=goes("code", "inverse", "note"),
    ),
}
