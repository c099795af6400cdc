from __future__ import annotations

from typing import Final

from django import forms

from kith.contacts.forms import source_choices
from kith.stewardship.review.models import Answer, ReviewItem
from kith.stewardship.review.queue import WHOSE

_PER_CENT: Final = {"min": 0, "max": 100, "inputmode": "numeric"}


class FilterForm(forms.Form):
    """Read by `queue.Filters.read`."""

    source = forms.ChoiceField(label="Source", required=False, choices=source_choices)
    kind = forms.ChoiceField(
        label="Asked because", required=False, choices=[("", "Any"), *ReviewItem.Kind.choices]
    )
    at_least = forms.IntegerField(
        label="Probability from, %", required=False, widget=forms.NumberInput(attrs=_PER_CENT)
    )
    at_most = forms.IntegerField(label="to, %", required=False, widget=forms.NumberInput(attrs=_PER_CENT))
    whose = forms.ChoiceField(label="Assigned to", required=False, choices=WHOSE)


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=Answer.choices)
    master = forms.IntegerField(required=False)
    seen = forms.CharField(required=False, max_length=200)


class AssignForm(forms.Form):
    to = forms.IntegerField(required=False)
    """Id of a user; nothing: nobody."""
