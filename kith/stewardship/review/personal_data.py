from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, goes, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal

FIELDS: Declarations = {
    "ReviewItem": {
        "id": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "contact_kind": NotPersonal.STATE,
        "left_contact_id": NotPersonal.LINK,
        "right_contact_id": NotPersonal.LINK,
        "left_record_id": NotPersonal.LINK,
        "right_record_id": NotPersonal.LINK,
        "weight": NotPersonal.COUNT,
        "probability": NotPersonal.COUNT,
        "uncertainty": NotPersonal.COUNT,
        "harm": NotPersonal.COUNT,
        "priority": NotPersonal.COUNT,
        "pattern": NotPersonal.NOTE,
        "source_ids": NotPersonal.LINK,
        "state": NotPersonal.STATE,
        "turn": NotPersonal.COUNT,
        "skipped_at": NotPersonal.TIME,
        "assigned_to": NotPersonal.LINK,
        "asked_at": NotPersonal.TIME,
        "answer": NotPersonal.STATE,
        "decided_by": NotPersonal.LINK,
        "decided_at": NotPersonal.TIME,
        "operation": NotPersonal.LINK,
        "request": NotPersonal.LINK,
        "batch": NotPersonal.LINK,
    },
    "ReviewBatch": {
        "id": NotPersonal.ID,
        "answer": NotPersonal.STATE,
        "kind": NotPersonal.STATE,
        "contact_kind": NotPersonal.STATE,
        "pattern": NotPersonal.NOTE,
        "state": NotPersonal.STATE,
        "total": NotPersonal.COUNT,
        "done_count": NotPersonal.COUNT,
        "refused_count": NotPersonal.COUNT,
        "asked_by": NotPersonal.LINK,
        "asked_at": NotPersonal.TIME,
        "finished_at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "ReviewItem": OnErasure(
        label="questions of the review queue",
        hangs_on=HangsOn(
            records=("left_record_id", "right_record_id"),
            contacts=("left_contact_id", "right_contact_id"),
            is_log=True,
        ),
        fields=goes("pattern"),
    ),
    "ReviewBatch": nobodys("answers to many questions"),
}
