from __future__ import annotations

from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Export": {
        "id": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "columns": NotPersonal.SETTING,
        "search_token": NotPersonal.LINK,
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
