from __future__ import annotations

from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "StoredSearch": {
        "token": NotPersonal.ID,
        "owner": NotPersonal.LINK,
        "name": NotPersonal.SETTING,
        "is_shared": NotPersonal.SETTING,
        "body": Personal.IDENTITY,
        "created_at": NotPersonal.TIME,
    },
}
