"""How the look of printouts is edited."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from kith.printouts.branding import BRANDING, Branding
from kith.printouts.forms import BrandingForm
from kith.settings.editing import Editor, Typed


def _branding(typed: Typed) -> Branding:
    given = {name: str(typed.single.get(name) or "") for name in BrandingForm.base_fields}
    return Branding(
        organisation=given["organisation"],
        colour=given["colour"],
        logo=given["logo"],
        footer=given["footer"],
        subject=given["subject"],
        message=given["message"],
    )


LOOK: Final = Editor(
    section=BRANDING,
    form=BrandingForm,
    shown=lambda value: Typed(asdict(value)),
    read=_branding,
    saved="Saved. Printouts look like this from now on.",
)
