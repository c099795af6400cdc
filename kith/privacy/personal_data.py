from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Erasure": {
        "id": NotPersonal.ID,
        "uid": NotPersonal.ID,
        "contact_id": NotPersonal.LINK,
        "route": NotPersonal.STATE,
        "state": NotPersonal.STATE,
        "blocked": NotPersonal.STATE,
        "record_ids": NotPersonal.LINK,
        "months": NotPersonal.COUNT,
        "records": NotPersonal.COUNT,
        "counts": NotPersonal.COUNT,
        "request_id": NotPersonal.LINK,
        "asked_by": NotPersonal.LINK,
        "asked_as": Personal.COLLEAGUE,
        "asked_at": NotPersonal.TIME,
        "second_by": NotPersonal.LINK,
        "second_at": NotPersonal.TIME,
        "erased_at": NotPersonal.TIME,
        "ended_at": NotPersonal.TIME,
        "attempts": NotPersonal.COUNT,
        "trouble": NotPersonal.NOTE,
        "needle_key": NotPersonal.SETTING,
        "tables_at": NotPersonal.TIME,
        "storage_at": NotPersonal.TIME,
    },
    "ErasedFile": {
        "id": NotPersonal.ID,
        "erasure": NotPersonal.LINK,
        "place": NotPersonal.STATE,
        "key": NotPersonal.ID,
        "what": NotPersonal.NOTE,
        "removed_at": NotPersonal.TIME,
    },
    "Certificate": {
        "id": NotPersonal.ID,
        "erasure": NotPersonal.LINK,
        "body": NotPersonal.COUNT,
        "signature": NotPersonal.SETTING,
        "at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "Erasure": OnErasure(
        label="erasures", hangs_on=HangsOn(contacts=("contact_id",), is_log=True), fields={}
    ),
    "ErasedFile": nobodys("files that were erased"),
    "Certificate": nobodys("certificates"),
}
