"""What rooms above say of library entries."""

from __future__ import annotations


def _as_consent_form(entry_id: int) -> str:
    return "as a consent form"


AS_CONSENT_FORM = (_as_consent_form,)
NONE = ()
