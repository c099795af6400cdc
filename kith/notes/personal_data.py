from __future__ import annotations

from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Note": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "text": Personal.DEALINGS,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
        "edits": NotPersonal.COUNT,
    },
    "NoteEdit": {
        "id": NotPersonal.ID,
        "note": NotPersonal.LINK,
        "text": Personal.DEALINGS,
        "user": NotPersonal.LINK,
        "actor": Personal.COLLEAGUE,
        "at": NotPersonal.TIME,
    },
}
