from __future__ import annotations

from kith.kernel.erasing import NOBODYS, Erasures, OnErasure, goes
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

ON_ERASURE: Erasures = {
    "StoredSearch": OnErasure(label="searches", hangs_on=NOBODYS, fields=goes("body")),
}
