from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, goes
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "PrivacyMark": {
        "record_id": NotPersonal.LINK,
        "level": NotPersonal.STATE,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
    },
    "Reveal": {
        "id": NotPersonal.ID,
        "who": Personal.COLLEAGUE,
        "contact_id": NotPersonal.LINK,
        "field": NotPersonal.STATE,
        "record_ids": NotPersonal.LINK,
        "at": NotPersonal.TIME,
        "expires_at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "PrivacyMark": OnErasure(
        label="privacy levels", hangs_on=HangsOn(records=("record_id",)), fields=goes("level")
    ),
    "Reveal": OnErasure(
        label="reveals",
        hangs_on=HangsOn(records=("record_ids",), contacts=("contact_id",)),
        fields=goes("field"),
    ),
}
