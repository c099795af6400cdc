from __future__ import annotations

from kith.kernel.erasing import WORD, Erasures, HangsOn, OnErasure
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "LegalHold": {
        "id": NotPersonal.ID,
        "record_ids": NotPersonal.LINK,
        "reason": Personal.DEALINGS,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
        "review_on": NotPersonal.TIME,
        "lifted_at": NotPersonal.TIME,
        "lifted_by": NotPersonal.LINK,
        "lifted_as": Personal.COLLEAGUE,
        "lift_note": Personal.DEALINGS,
    },
}

ON_ERASURE: Erasures = {
    "LegalHold": OnErasure(
        label="legal holds that were lifted",
        hangs_on=HangsOn(records=("record_ids",)),
        fields={"reason": WORD, "lift_note": WORD},
    ),
}
