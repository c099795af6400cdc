from __future__ import annotations

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
    },
}
