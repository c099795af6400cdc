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
    "Basis": {
        "id": NotPersonal.ID,
        "recipe_version": NotPersonal.SETTING,
        "rules_version": NotPersonal.LINK,
        "person_model": NotPersonal.LINK,
        "company_model": NotPersonal.LINK,
        "max_block_size": NotPersonal.SETTING,
        "records": NotPersonal.COUNT,
        "figures": NotPersonal.COUNT,
        "made_at": NotPersonal.TIME,
        "run": NotPersonal.LINK,
    },
    "Evidence": {
        "left_id": NotPersonal.LINK,
        "right_id": NotPersonal.LINK,
        "weight": NotPersonal.COUNT,
        "rule": NotPersonal.NOTE,
        "groups": NotPersonal.NOTE,
    },
    "Doubt": {
        "left_id": NotPersonal.LINK,
        "right_id": NotPersonal.LINK,
        "weight": NotPersonal.COUNT,
        "doubt": NotPersonal.NOTE,
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
