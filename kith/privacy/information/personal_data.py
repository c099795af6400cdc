from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "InformationLink": {
        "id": NotPersonal.ID,
        "uid": NotPersonal.ID,
        "token_digest": NotPersonal.SETTING,
        "contact_id": NotPersonal.LINK,
        "file_key": NotPersonal.ID,
        "sealed_key": NotPersonal.SETTING,
        "file_name": NotPersonal.NOTE,
        "media_type": NotPersonal.STATE,
        "size": NotPersonal.COUNT,
        "made_by": NotPersonal.LINK,
        "made_as": Personal.COLLEAGUE,
        "made_at": NotPersonal.TIME,
        "expires_at": NotPersonal.TIME,
        "opened_at": NotPersonal.TIME,
        "withdrawn_at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "InformationLink": OnErasure(
        label="links to reports", hangs_on=HangsOn(contacts=("contact_id",), is_log=True), fields={}
    ),
}
