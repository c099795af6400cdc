from __future__ import annotations

from typing import Final

from kith.kernel.erasing import Erasures, Fate, HangsOn, OnErasure, Treatment
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

_SEALED: Final = Treatment(
    Fate.STAYS,
    "sealed, and only while the request is open: whoever asked has to be answered",
    not_reported="opened in the section of requests",
)
_FOR_A_DAY: Final = Treatment(
    Fate.STAYS,
    "sealed, and at most a day: nobody knows yet whose it is",
    not_reported="nobody knows yet whose it is",
)
_DIGEST: Final = Treatment(
    Fate.STAYS, "a keyed digest, and at most two days", not_reported="a keyed digest of an address"
)

FIELDS: Declarations = {
    "PersonRequest": {
        "id": NotPersonal.ID,
        "uid": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "channel": NotPersonal.STATE,
        "state": NotPersonal.STATE,
        "version": NotPersonal.COUNT,
        "received_on": NotPersonal.TIME,
        "due_on": NotPersonal.TIME,
        "first_due_on": NotPersonal.TIME,
        "extension_reason": NotPersonal.NOTE,
        "contact_id": NotPersonal.LINK,
        "sealed_words": Personal.RECEIVED,
        "sealed_key": NotPersonal.SETTING,
        "words_gone_at": NotPersonal.TIME,
        "identity_how": NotPersonal.NOTE,
        "identity_at": NotPersonal.TIME,
        "identity_by": NotPersonal.LINK,
        "identity_as": Personal.COLLEAGUE,
        "owner": NotPersonal.LINK,
        "erasure": NotPersonal.LINK,
        "outcome": NotPersonal.NOTE,
        "made_at": NotPersonal.TIME,
        "made_as": Personal.COLLEAGUE,
        "closed_at": NotPersonal.TIME,
        "closed_by": NotPersonal.LINK,
        "closed_as": Personal.COLLEAGUE,
        "case_opened_at": NotPersonal.TIME,
    },
    "UnconfirmedRequest": {
        "uid": NotPersonal.ID,
        "kind": NotPersonal.STATE,
        "sealed_words": Personal.RECEIVED,
        "sealed_key": NotPersonal.SETTING,
        "sealed_link": NotPersonal.SETTING,
        "token_digest": NotPersonal.SETTING,
        "made_at": NotPersonal.TIME,
        "expires_at": NotPersonal.TIME,
        "attempts": NotPersonal.COUNT,
    },
    "PublicUse": {
        "id": NotPersonal.ID,
        "what": NotPersonal.STATE,
        "mark": Personal.DERIVED,
        "began_at": NotPersonal.TIME,
        "count": NotPersonal.COUNT,
    },
}

ON_ERASURE: Erasures = {
    "PersonRequest": OnErasure(
        label="requests of persons",
        hangs_on=HangsOn(contacts=("contact_id",), is_log=True),
        fields={"sealed_words": _SEALED},
    ),
    "UnconfirmedRequest": OnErasure(
        label="requests that wait for their confirmation",
        hangs_on=HangsOn(nobody=True),
        fields={"sealed_words": _FOR_A_DAY},
    ),
    "PublicUse": OnErasure(
        label="counts of the public form", hangs_on=HangsOn(nobody=True), fields={"mark": _DIGEST}
    ),
}
