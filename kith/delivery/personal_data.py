from __future__ import annotations

from kith.kernel.erasing import Erasures, HangsOn, OnErasure, nobodys
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Endpoint": {
        "id": NotPersonal.ID,
        "name": NotPersonal.SETTING,
        "url": NotPersonal.SETTING,
        "salt": NotPersonal.SETTING,
        "events": NotPersonal.SETTING,
        "state": NotPersonal.STATE,
        "created_at": NotPersonal.TIME,
        "created_by": Personal.COLLEAGUE,
        "failing_since": NotPersonal.TIME,
        "rests_until": NotPersonal.TIME,
        "rests": NotPersonal.COUNT,
    },
    "LineageRead": {"id": NotPersonal.ID, "last_move_id": NotPersonal.LINK},
    "Event": {
        "id": NotPersonal.ID,
        "uid": NotPersonal.ID,
        "type": NotPersonal.STATE,
        "group_id": NotPersonal.LINK,
        "data": NotPersonal.LINK,
        "at": NotPersonal.TIME,
    },
    "Message": {
        "id": NotPersonal.ID,
        "event": NotPersonal.LINK,
        "endpoint": NotPersonal.LINK,
        "state": NotPersonal.STATE,
        "attempts": NotPersonal.COUNT,
        "next_at": NotPersonal.TIME,
    },
    "Attempt": {
        "id": NotPersonal.ID,
        "message": NotPersonal.LINK,
        "at": NotPersonal.TIME,
        "status": NotPersonal.STATE,
        "trouble": NotPersonal.STATE,
        "duration_ms": NotPersonal.COUNT,
    },
}

ON_ERASURE: Erasures = {
    "Event": OnErasure(
        label="events for webhooks", hangs_on=HangsOn(contacts=("group_id",), is_log=True), fields={}
    ),
    "Endpoint": nobodys("webhooks"),
    "LineageRead": nobodys("places in the lineage"),
    "Message": nobodys("messages to webhooks"),
    "Attempt": nobodys("attempts to send"),
}
