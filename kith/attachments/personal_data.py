from __future__ import annotations

from kith.kernel.erasing import EMPTY, WORD, Erasures, HangsOn, OnErasure, goes, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "StoredFile": {
        "id": NotPersonal.ID,
        "key": NotPersonal.ID,
        "preview_key": NotPersonal.ID,
        "preview_type": NotPersonal.STATE,
        "record_id": NotPersonal.LINK,
        "media_type": NotPersonal.STATE,
        "size": NotPersonal.COUNT,
    },
    "LibraryEntry": {
        "id": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "name": NotPersonal.SETTING,
        "class_code": NotPersonal.SETTING,
        "note": NotPersonal.SETTING,
        "url": NotPersonal.SETTING,
        "file": NotPersonal.LINK,
        "is_active": NotPersonal.STATE,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
    },
    "Attachment": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "name": Personal.DEALINGS,
        "class_code": NotPersonal.STATE,
        "note": Personal.DEALINGS,
        "file": NotPersonal.LINK,
        "entry": NotPersonal.LINK,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
    },
    "Photo": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "file": NotPersonal.LINK,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "Attachment": OnErasure(
        label="attachments",
        hangs_on=HangsOn(records=("record_id",)),
        fields={"name": WORD, "note": EMPTY, "file": EMPTY, "entry": EMPTY},
    ),
    "Photo": OnErasure(label="photos", hangs_on=HangsOn(records=("record_id",)), fields=goes("file")),
    "StoredFile": OnErasure(
        label="stored files", hangs_on=HangsOn(records=("record_id",)), fields=goes("key")
    ),
    "LibraryEntry": nobodys("entries of the attachments library"),
}
