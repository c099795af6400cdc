from __future__ import annotations

from kith.kernel.erasing import Erasures, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal

FIELDS: Declarations = {
    "Progress": {
        "id": NotPersonal.ID,
        "subject_type": NotPersonal.STATE,
        "subject_id": NotPersonal.LINK,
        "label": NotPersonal.NOTE,
        "job_id": NotPersonal.LINK,
        "done": NotPersonal.COUNT,
        "total": NotPersonal.COUNT,
        "unit": NotPersonal.NOTE,
        "note": NotPersonal.NOTE,
        "cancel_requested": NotPersonal.STATE,
        "started_at": NotPersonal.TIME,
        "updated_at": NotPersonal.TIME,
        "finished_at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {"Progress": nobodys("progress of jobs")}
