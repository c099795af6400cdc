from __future__ import annotations

from django.urls import path

from kith.settings.editing import pages_of
from kith.sources import views
from kith.sources.custom_field_pages import CUSTOM_FIELD_EDITOR
from kith.sources.doors import views as doors

app_name = "sources"
urlpatterns = [
    *pages_of(CUSTOM_FIELD_EDITOR, place="custom-fields/", name="custom-fields"),
    path("", views.source_list, name="list"),
    path("add/", views.source_add, name="add"),
    path("cleaning/", views.cleaning, name="cleaning"),
    path("cleaning/save/", views.cleaning_save, name="cleaning-save"),
    path("<int:source_id>/", views.source_edit, name="edit"),
    path("<int:source_id>/pause/", views.source_pause, name="pause"),
    path("<int:source_id>/resume/", views.source_resume, name="resume"),
    path("<int:source_id>/stopped/", doors.stopped, name="stopped"),
    path("<int:source_id>/stopped/admit/", doors.admit, name="admit"),
    path("<int:source_id>/stopped/<int:admission_id>/withdraw/", doors.withdraw, name="withdraw-admission"),
]
