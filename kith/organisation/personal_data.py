from __future__ import annotations

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
