from __future__ import annotations

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
