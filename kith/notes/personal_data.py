from __future__ import annotations

from kith.kernel.erasing import WORD, Erasures, HangsOn, OnErasure
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

ON_ERASURE: Erasures = {
    "NoteEdit": OnErasure(
        label="edits of notes", hangs_on=HangsOn(through=("note", "notes.Note")), fields={"text": WORD}
    ),
    "Note": OnErasure(label="notes", hangs_on=HangsOn(records=("record_id",)), fields={"text": WORD}),
}
