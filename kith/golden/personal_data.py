from __future__ import annotations

from kith.kernel.personal_data import Declarations, NotPersonal

FIELDS: Declarations = {
    "GoldenRules": {
        "id": NotPersonal.ID,
        "rules": NotPersonal.SETTING,
        "saved_at": NotPersonal.TIME,
        "saved_by": NotPersonal.LINK,
        "note": NotPersonal.NOTE,
    },
}
