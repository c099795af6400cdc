from __future__ import annotations

from django import forms

from kith.stewardship.models import StewardshipSettings


class StewardshipSettingsForm(forms.ModelForm[StewardshipSettings]):
    class Meta:
        model = StewardshipSettings
        fields = ("changes_wait", "edits_wait", "second_reviewer")
        labels = {
            "changes_wait": "Group, ungroup, split and move wait for the overnight run",
            "edits_wait": "Edits of golden details wait for the overnight run",
            "second_reviewer": "A second person approves groupings across accounts or protections",
        }
        help_texts = {
            "changes_wait": "Until then they show as queued on every contact they involve, and whoever may "
            "group contacts can cancel them. Otherwise they happen at once. Keep apart and Undo always do.",
            "edits_wait": "Until then the contact shows the new value as pending beside the current one.",
            "second_reviewer": "When both contacts have transactions, or one is suppressed and the other is "
            "not, or for another reason. Nobody approves what they asked for themselves.",
        }
