from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Export": {
        "id": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "columns": NotPersonal.SETTING,
        "search_token": NotPersonal.LINK,
        "channel": NotPersonal.SETTING,
        "message": NotPersonal.SETTING,
        "words": NotPersonal.NOTE,
        "state": NotPersonal.STATE,
        "total": NotPersonal.COUNT,
        "failure": NotPersonal.NOTE,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "asked_at": NotPersonal.TIME,
        "ready_at": NotPersonal.TIME,
        "expires_at": NotPersonal.TIME,
        "file_key": NotPersonal.ID,
        "sealed_key": NotPersonal.ID,
        "size": NotPersonal.COUNT,
    },
    "ExportedContact": {
        "id": NotPersonal.ID,
        "export": NotPersonal.LINK,
        "contact_id": NotPersonal.LINK,
    },
}

ON_ERASURE: Erasures = {
    "ExportedContact": OnErasure(
        label="contacts of exports", hangs_on=HangsOn(contacts=("contact_id",), is_log=True), fields={}
    ),
    "Export": nobodys("exports"),
}
