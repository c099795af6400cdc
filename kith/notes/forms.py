from __future__ import annotations

from django import forms

from kith.notes.actions import LONGEST


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Note",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "data-key": "n", "data-key-says": "Write a note"}),
        help_text="Everybody who sees the contact sees it.",
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
