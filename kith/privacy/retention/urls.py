from __future__ import annotations

from django.urls import path

from kith.privacy.retention import views
from kith.privacy.retention.editor import EDITOR
from kith.settings.editing import pages_of

app_name = "retention"
urlpatterns = [
    path("contacts/", views.whom, name="whom"),
    *pages_of(EDITOR, place="", name="rules"),
]
