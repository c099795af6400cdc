from __future__ import annotations

from django import forms

from kith.access.models import User
from kith.grouping.models import Operation
from kith.stewardship.operations import OperationSearch
from kith.web.typed import GroupIdField


class ConfirmForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with the operation, for whoever asks why later.",
    )
    lift = forms.BooleanField(required=False)
    """Earlier decisions of people are lifted."""
    seen = forms.CharField(max_length=200, required=False)
    """`Outcome.seen` of the preview that was confirmed."""


class UserField(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class OperationFilterForm(forms.Form):
    kind = forms.ChoiceField(required=False, choices=(("", "Anything"), *Operation.Kind.choices))
    by = UserField(User.objects.order_by("name", "pk"), required=False, empty_label="Anybody")
    contact = GroupIdField(required=False)

    def query(self) -> OperationSearch:
        """What is wrong with one filter does not hide the others."""
        self.is_valid()
        said = self.cleaned_data
        by = said.get("by")
        return OperationSearch(
            kind=str(said.get("kind") or ""),
            user_id=by.pk if isinstance(by, User) else None,
            group_id=said.get("contact"),
        )
