from __future__ import annotations

from kith.kernel.erasing import Erasures, nobodys
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
    "ApiKey": {
        "id": NotPersonal.ID,
        "name": NotPersonal.SETTING,
        "role": NotPersonal.SETTING,
        "scopes": NotPersonal.SETTING,
        "requests_per_minute": NotPersonal.SETTING,
        "prefix": NotPersonal.ID,
        "secret_hash": NotPersonal.SETTING,
        "created_at": NotPersonal.TIME,
        "created_by": Personal.COLLEAGUE,
        "last_used_at": NotPersonal.TIME,
        "expires_at": NotPersonal.TIME,
        "revoked_at": NotPersonal.TIME,
    },
    "FailedKeyUse": {
        "id": NotPersonal.ID,
        "prefix": NotPersonal.ID,
        "address": Personal.COLLEAGUE,
        "count": NotPersonal.COUNT,
        "last_at": NotPersonal.TIME,
    },
    "KeyUse": {"key": NotPersonal.LINK, "began_at": NotPersonal.TIME, "count": NotPersonal.COUNT},
    "KeptAnswer": {
        "id": NotPersonal.ID,
        "key": NotPersonal.LINK,
        "name": NotPersonal.ID,
        "fingerprint": NotPersonal.ID,
        "status": NotPersonal.STATE,
        "body": NotPersonal.ID,
        "at": NotPersonal.TIME,
    },
}

ON_ERASURE: Erasures = {
    "User": nobodys("users"),
    "ApiKey": nobodys("API keys"),
    "FailedKeyUse": nobodys("failed uses of API keys"),
    "KeyUse": nobodys("uses of API keys"),
    "KeptAnswer": nobodys("kept answers of the API"),
}
