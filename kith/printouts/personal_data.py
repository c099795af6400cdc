from __future__ import annotations

from kith.kernel.erasing import DERIVED, Erasures, HangsOn, OnErasure
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Sending": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "preset": NotPersonal.STATE,
        "format": NotPersonal.STATE,
        "sections": NotPersonal.STATE,
        "address_mark": Personal.DERIVED,
        "user": Personal.COLLEAGUE,
        "actor": Personal.COLLEAGUE,
        "roles": NotPersonal.STATE,
        "state": NotPersonal.STATE,
        "trouble": NotPersonal.STATE,
        "attempts": NotPersonal.COUNT,
        "asked_at": NotPersonal.TIME,
        "next_at": NotPersonal.TIME,
        "ended_at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "Sending": OnErasure(
        label="printouts sent by e-mail",
        hangs_on=HangsOn(records=("record_id",), is_log=True),
        fields={"address_mark": DERIVED},
    ),
}
