from __future__ import annotations

from typing import Final

from kith.kernel.erasing import NOBODYS, Erasures, Fate, OnErasure, Treatment
from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "SsoAccount": {
        "id": NotPersonal.ID,
        "uid": NotPersonal.ID,
        "sealed_words": Personal.RECEIVED,
        "sealed_key": NotPersonal.SETTING,
        "id_mark": Personal.DERIVED,
        "marks": Personal.DERIVED,
        "version": NotPersonal.COUNT,
        "changed_at": NotPersonal.TIME,
        "made_at": NotPersonal.TIME,
    },
}

_MARK: Final = Treatment(
    Fate.STAYS,
    "finds the account until it is deleted; cannot be read backwards without a key outside the database",
    not_reported="says nothing that the account does not say",
)
ON_ERASURE: Erasures = {
    "SsoAccount": OnErasure(
        label="single sign-on accounts that Kith keeps itself",
        hangs_on=NOBODYS,
        fields={
            "sealed_words": Treatment(
                Fate.STAYS,
                "sealed, until somebody deletes the account: anonymising does not, a task to erase elsewhere"
                " asks for it",
                not_reported="opened in the section of single sign-on accounts",
            ),
            "id_mark": _MARK,
            "marks": _MARK,
        },
    ),
}
