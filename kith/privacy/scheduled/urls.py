from __future__ import annotations

from django.urls import path

from kith.privacy.scheduled import views
from kith.privacy.scheduled.sections import EDITOR
from kith.settings.editing import pages_of

app_name = "scheduled"
urlpatterns = [
    path("", views.simulation, name="simulation"),
    *pages_of(EDITOR, place="settings/", name="settings"),
]
