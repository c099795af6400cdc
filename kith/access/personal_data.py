from __future__ import annotations

from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "User": {
        "id": NotPersonal.ID,
        "password": Personal.COLLEAGUE,
        "last_login": Personal.COLLEAGUE,
        "email": Personal.COLLEAGUE,
        "name": Personal.COLLEAGUE,
        "roles": NotPersonal.SETTING,
        "is_active": NotPersonal.STATE,
        "created_at": NotPersonal.TIME,
    },
}
