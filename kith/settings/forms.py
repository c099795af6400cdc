from __future__ import annotations

from typing import Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from kith.settings.carrying import MOST_BYTES

_MEGABYTES: Final = MOST_BYTES // (1024 * 1024)


class ImportForm(forms.Form):
    """Its cleaned `file` is the text in it."""

    file = forms.FileField(
        label="File of settings",
        help_text="One that “Export” of this or another Kith made",
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> str:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(f"This file is larger than {_MEGABYTES} MB: no file of settings is.")
        try:
            return bytes(file.read()).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("This is no file of settings: it is not text.") from None
