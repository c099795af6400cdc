from __future__ import annotations

from django.urls import path

from kith.namedays import editors, views
from kith.settings.editing import pages_of

app_name = "name-days"
urlpatterns = [
    path("", views.celebrating, name="celebrating"),
    path("runs/", views.run_list, name="runs"),
    path("runs/start/", views.start, name="start"),
    path("runs/<int:run_id>/cancel/", views.cancel, name="cancel"),
    *pages_of(editors.SETTINGS, place="settings/", name="settings"),
    path("rules/file.<str:form>", views.export_rules, name="export"),
    path("rules/import/", views.show_import, name="import"),
    path("rules/import/save/", views.import_rules, name="save-import"),
    *pages_of(editors.RULES, place="rules/", name="rules"),
]
