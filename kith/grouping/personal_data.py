from __future__ import annotations

from kith.kernel.personal_data import Declarations, NotPersonal

FIELDS: Declarations = {
    "MatchingRules": {
        "id": NotPersonal.ID,
        "rules": NotPersonal.SETTING,
        "saved_at": NotPersonal.TIME,
        "saved_by": NotPersonal.LINK,
        "note": NotPersonal.NOTE,
    },
    "MatchingModel": {
        "id": NotPersonal.ID,
        "kind": NotPersonal.SETTING,
        "body": NotPersonal.SETTING,
        "version": NotPersonal.SETTING,
        "state": NotPersonal.SETTING,
        "based_on": NotPersonal.LINK,
        "note": NotPersonal.NOTE,
        "report": NotPersonal.SETTING,
        "saved_at": NotPersonal.TIME,
        "saved_by": NotPersonal.LINK,
        "published_at": NotPersonal.TIME,
        "published_by": NotPersonal.LINK,
    },
    "Evidence": {
        "id": NotPersonal.ID,
        "left_id": NotPersonal.LINK,
        "right_id": NotPersonal.LINK,
        "rules": NotPersonal.NOTE,
        "rules_version": NotPersonal.LINK,
    },
    "Move": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "from_contact_id": NotPersonal.LINK,
        "to_contact_id": NotPersonal.LINK,
        "because": NotPersonal.NOTE,
        "run": NotPersonal.LINK,
        "user": NotPersonal.LINK,
        "at": NotPersonal.TIME,
    },
}
