from __future__ import annotations

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
