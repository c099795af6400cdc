from __future__ import annotations

from zoneinfo import available_timezones

from django import forms

from kith.runs.models import RunSettings


def timezones() -> list[tuple[str, str]]:
    """UTC first, then by name; without the aliases that have no place in them."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in ("UTC", *places)]


class RunSettingsForm(forms.ModelForm[RunSettings]):
    timezone = forms.ChoiceField(label="Time zone", choices=timezones)
    breaker_percent = forms.IntegerField(
        label="Ask first above this share of GroupIDs",
        min_value=0,
        max_value=100,
        help_text="Per cent. A run that would change more stops and waits for a person.",
    )

    class Meta:
        model = RunSettings
        fields = ("enabled", "starts_at", "timezone", "after_import", "breaker_percent", "breaker_minimum")
        labels = {
            "enabled": "Run every night",
            "starts_at": "Starts at",
            "after_import": "Run after each import too",
            "breaker_minimum": "But never ask below this many GroupIDs",
        }
        help_texts = {
            "starts_at": "In the time zone beside it. A machine that was off then runs it within six hours.",
            "after_import": "So that what was just imported is on the contact pages a little later.",
            "breaker_minimum": "Small changes are never worth waking somebody for.",
        }
        widgets = {
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "breaker_minimum": forms.NumberInput(attrs={"min": 0}),
        }
