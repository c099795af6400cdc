from __future__ import annotations

from kith.kernel.erasing import Erasures, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal

FIELDS: Declarations = {
    "Run": {
        "id": NotPersonal.ID,
        "state": NotPersonal.STATE,
        "trigger": NotPersonal.STATE,
        "started_by": NotPersonal.LINK,
        "started_at": NotPersonal.TIME,
        "finished_at": NotPersonal.TIME,
        "everything": NotPersonal.SETTING,
        "resumed_count": NotPersonal.COUNT,
        "hold_reason": NotPersonal.NOTE,
        "approved_by": NotPersonal.LINK,
        "approved_at": NotPersonal.TIME,
        "error": NotPersonal.NOTE,
    },
    "RunStep": {
        "id": NotPersonal.ID,
        "run": NotPersonal.LINK,
        "position": NotPersonal.COUNT,
        "name": NotPersonal.STATE,
        "label": NotPersonal.NOTE,
        "state": NotPersonal.STATE,
        "started_at": NotPersonal.TIME,
        "finished_at": NotPersonal.TIME,
        "counts": NotPersonal.COUNT,
        "note": NotPersonal.NOTE,
    },
    "RunSettings": {
        "id": NotPersonal.ID,
        "enabled": NotPersonal.SETTING,
        "starts_at": NotPersonal.SETTING,
        "timezone": NotPersonal.SETTING,
        "after_import": NotPersonal.SETTING,
        "breaker_percent": NotPersonal.SETTING,
        "breaker_minimum": NotPersonal.SETTING,
    },
}

ON_ERASURE: Erasures = {
    "Run": nobodys("grouping runs"),
    "RunStep": nobodys("steps of runs"),
    "RunSettings": nobodys("settings of the run"),
}
