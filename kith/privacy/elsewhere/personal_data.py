from __future__ import annotations

from kith.kernel.erasing import Erasures, Fate, HangsOn, OnErasure, Treatment
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "ElsewhereTask": {
        "id": NotPersonal.ID,
        "erasure": NotPersonal.LINK,
        "target": NotPersonal.STATE,
        "source": NotPersonal.LINK,
        "state": NotPersonal.STATE,
        "due_on": NotPersonal.TIME,
        "owner": NotPersonal.LINK,
        "sealed_ref": Personal.REFERENCE,
        "sealed_key": NotPersonal.SETTING,
        "note": NotPersonal.NOTE,
        "closed_at": NotPersonal.TIME,
        "closed_by": NotPersonal.LINK,
        "closed_as": Personal.COLLEAGUE,
        "case_opened_at": NotPersonal.TIME,
        "made_at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "ElsewhereTask": OnErasure(
        label="tasks to erase elsewhere",
        hangs_on=HangsOn(nobody=True),
        fields={
            "sealed_ref": Treatment(
                Fate.STAYS,
                "sealed, until somebody confirms that it is erased there: the source has to be told which",
                not_reported="made by the erasure itself",
            )
        },
    ),
}
