from __future__ import annotations

from kith.privacy.proof.storage_settings import EDITOR
from kith.settings.editing import pages_of

app_name = "proof"
urlpatterns = [*pages_of(EDITOR, place="", name="storage")]
