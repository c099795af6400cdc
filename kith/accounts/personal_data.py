from __future__ import annotations

from kith.kernel.personal_data import Declarations, NotPersonal, Personal

FIELDS: Declarations = {
    "Account": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "number": Personal.REFERENCE,
        "name": Personal.IDENTITY,
        "classification": Personal.DEALINGS,
        "currency": Personal.DEALINGS,
        "state": Personal.DEALINGS,
        "is_suspense": NotPersonal.STATE,
        "billing_address": Personal.DERIVED,
        "opened_at": NotPersonal.TIME,
        "terminated_at": NotPersonal.TIME,
    },
    "AccountTransaction": {
        "id": NotPersonal.ID,
        "account": NotPersonal.LINK,
        "kind": Personal.DEALINGS,
        "reference": Personal.REFERENCE,
        "date": Personal.DEALINGS,
        "amount": Personal.DEALINGS,
        "currency": Personal.DEALINGS,
        "is_unbilled": Personal.DEALINGS,
        "description": Personal.DEALINGS,
        "posted_at": NotPersonal.TIME,
    },
    "LinkedItem": {
        "id": NotPersonal.ID,
        "record_id": NotPersonal.LINK,
        "kind": Personal.DEALINGS,
        "reference": Personal.REFERENCE,
        "title": Personal.DEALINGS,
        "is_running": Personal.DEALINGS,
        "started_date": Personal.DEALINGS,
        "ended_date": Personal.DEALINGS,
        "amount": Personal.DEALINGS,
        "currency": Personal.DEALINGS,
        "is_unbilled": Personal.DEALINGS,
        "notes": Personal.DEALINGS,
        "received_at": NotPersonal.TIME,
    },
}
