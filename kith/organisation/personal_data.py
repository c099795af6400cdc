from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure
from kith.kernel.personal_data import Declarations, NotPersonal

_PART = {"id": NotPersonal.ID, "name": NotPersonal.SETTING, "record_id": NotPersonal.LINK}
FIELDS: Declarations = {
    "Community": _PART,
    "OrgGroup": {**_PART, "community": NotPersonal.LINK},
    "Unit": {**_PART, "org_group": NotPersonal.LINK},
    "UserPlace": {
        "user": NotPersonal.LINK,
        "unit": NotPersonal.LINK,
        "record_id": NotPersonal.LINK,
    },
    "Ownership": {
        "record_id": NotPersonal.LINK,
        "org_group": NotPersonal.LINK,
        "since": NotPersonal.TIME,
    },
}

_NAMES = OnErasure(
    label="users, teams, units and communities",
    hangs_on=HangsOn(records=("record_id",), is_log=True),
    fields={},
)
ON_ERASURE: Erasures = {
    "Community": _NAMES,
    "OrgGroup": _NAMES,
    "Unit": _NAMES,
    "UserPlace": _NAMES,
    "Ownership": OnErasure(label="owning teams", hangs_on=HangsOn(records=("record_id",)), fields={}),
}
