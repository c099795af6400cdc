from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from kith.attachments.actions import EntryDetails, Filing, GivenFile
from kith.attachments.kinds import LONGEST_NAME, MAY_BE_ALLOWED, Family
from kith.attachments.models import Attachment, LibraryEntry
from kith.attachments.rules import DeleteReason
from kith.attachments.sections import MOST_MEGABYTES, AttachmentLimits
from kith.contacts.settings.attachment_classes import attachment_classes_in_force
from kith.kernel.seen import state_of
from kith.web.edited_form import EditedForm

MOST_AT_ONCE: Final = 20
_LONGEST_NOTE: Final = 500


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """`cleaned_data` holds a list."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data]
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(f"At most {MOST_AT_ONCE} files at once.")
        return [super(ManyFilesField, self).clean(one, initial) for one in given]


def given_of(file: UploadedFile[bytes]) -> GivenFile:
    assert file.file is not None
    return GivenFile(content=file.file, name=file.name or "", size=file.size or 0)


class FilingForm(forms.Form):
    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    class_code = forms.ChoiceField(label="Classification", required=False)
    note = forms.CharField(max_length=_LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, present: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["class_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = attachment_classes_in_force().choices(present=present)

    def filing(self) -> Filing:
        given = self.cleaned_data
        return Filing(name=given.get("name", ""), class_code=given["class_code"], note=given["note"])


class UploadForm(FilingForm):
    """Names come with the files."""

    chosen = ManyFilesField(
        label="Files",
        widget=ManyFilesInput(attrs={"multiple": True, "data-key": "f", "data-key-says": "Choose files"}),
    )
    field_order = ("chosen", "class_code", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name"]

    def given(self) -> list[GivenFile]:
        return [given_of(file) for file in self.cleaned_data["chosen"]]


class NamedForm(FilingForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class RefileForm(EditedForm, NamedForm):
    pass


def of_attachment(attachment: Attachment) -> dict[str, str]:
    """To begin the form with."""
    filing = Filing.of(attachment)
    return {**asdict(filing), "seen": state_of(filing)}


class FromLibraryForm(FilingForm):
    entry = forms.ModelChoiceField(
        LibraryEntry.objects.none(), label="From the library", widget=forms.RadioSelect, empty_label=None
    )
    field_order = ("entry", "name", "class_code", "note")

    def __init__(self, *args: Any, entries: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["entry"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = entries
        self.fields["name"].help_text = "On this contact; else that of the entry."


class DeleteForm(forms.Form):
    reason = forms.ChoiceField(choices=[("", "—"), *((one.value, one.label) for one in DeleteReason)])
    note = forms.CharField(max_length=_LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def given_reason(self) -> DeleteReason:
        return DeleteReason(self.cleaned_data["reason"])


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label="Image",
        help_text="JPEG, PNG, WebP, GIF or TIFF. Kept at most 512 pixels wide, without place and time.",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def given(self) -> GivenFile:
        return given_of(self.cleaned_data["photo"])


class LibraryFileForm(FilingForm):
    file = forms.FileField(help_text="It can be attached to any number of contacts.")
    field_order = ("file", "name", "class_code", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "Else that of the file."

    def given(self) -> GivenFile:
        return given_of(self.cleaned_data["file"])


class LibraryUrlForm(NamedForm):
    url = forms.CharField(label="Web address", max_length=500, widget=forms.URLInput)
    field_order = ("url", "name", "class_code", "note")


class LibraryEntryForm(RefileForm):
    url = forms.CharField(label="Web address", max_length=500, widget=forms.URLInput)
    is_active = forms.BooleanField(
        label="Offered when something is attached",
        required=False,
        help_text="What hangs on contacts already stays there.",
    )
    field_order = ("url", "name", "class_code", "note", "is_active")

    def __init__(self, *args: Any, is_url: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_url:
            del self.fields["url"]


def of_entry(entry: LibraryEntry) -> dict[str, str | bool]:
    """To begin the form with."""
    details = EntryDetails.of_entry(entry)
    return {**asdict(details), "seen": state_of(details)}


class LimitsForm(forms.Form):
    most_megabytes = forms.IntegerField(label="Largest file, in MB", min_value=1, max_value=MOST_MEGABYTES)
    families = forms.MultipleChoiceField(
        label="Kinds of files",
        choices=[(one.value, one.label[:1].upper() + one.label[1:]) for one in MAY_BE_ALLOWED],
        widget=forms.CheckboxSelectMultiple,
        help_text="Told by their content. Programs, scripts and documents with macros are never taken.",
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def limits(self) -> AttachmentLimits:
        given = self.cleaned_data
        return AttachmentLimits(given["most_megabytes"], tuple(Family(one) for one in given["families"]))
