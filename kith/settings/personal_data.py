from __future__ import annotations

from kith.kernel.erasing import Erasures, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "SettingsVersion": {
        "id": NotPersonal.ID,
        "section": NotPersonal.STATE,
        "body": NotPersonal.SETTING,
        "note": NotPersonal.SETTING,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {"SettingsVersion": nobodys("versions of settings")}
