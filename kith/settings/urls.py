from __future__ import annotations

from django.urls import path

from kith.settings import views

app_name = "settings"
urlpatterns = [
    path("", views.list_settings, name="list"),
    path("export/", views.export_settings, name="export"),
    path("import/", views.import_settings, name="import"),
    path("import/confirm/", views.confirm_import, name="confirm-import"),
    path("versions/<int:version_id>/restore/", views.restore, name="restore"),
    path("history/<slug:key>/", views.history, name="history"),
    path("history/<slug:key>/shipped/", views.restore_shipped, name="restore-shipped"),
]
