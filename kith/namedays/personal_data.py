from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, goes, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "NameDay": {
        "contact_id": NotPersonal.LINK,
        "day": Personal.DERIVED,
        "calendar": NotPersonal.PROVENANCE,
        "listed": Personal.DERIVED,
        "is_sure": NotPersonal.STATE,
        "name_hash": Personal.DERIVED,
    },
    "NameDayRun": {
        "id": NotPersonal.ID,
        "state": NotPersonal.STATE,
        "trigger": NotPersonal.STATE,
        "started_by": NotPersonal.LINK,
        "started_at": NotPersonal.TIME,
        "finished_at": NotPersonal.TIME,
        "scope": NotPersonal.SETTING,
        "calendars": NotPersonal.SETTING,
        "counts": NotPersonal.COUNT,
        "error": NotPersonal.NOTE,
    },
}

ON_ERASURE: Erasures = {
    "NameDay": OnErasure(
        label="name days",
        hangs_on=HangsOn(contacts=("contact_id",)),
        fields=goes("day", "listed", "name_hash"),
    ),
    "NameDayRun": nobodys("looks for name days"),
}
