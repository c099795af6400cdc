from __future__ import annotations

from django.urls import path

from kith.sources import import_views as views
from kith.sources import typed_import_views as typed_views

app_name = "imports"
urlpatterns = [
    path("", views.import_list, name="list"),
    path("new/", views.import_add, name="add"),
    path("contacts/", typed_views.contacts_add, name="contacts"),
    path("templates/<slug:kind>.<slug:form>", views.claim_template, name="template"),
    path("<int:import_id>/", views.import_detail, name="detail"),
    path("<int:import_id>/mapping/", views.import_mapping, name="mapping"),
    path("<int:import_id>/preview/", views.import_preview, name="preview"),
    path("<int:import_id>/start/", views.import_start, name="start"),
    path("<int:import_id>/cancel/", views.import_cancel, name="cancel"),
    path("<int:import_id>/result.<slug:form>", typed_views.import_result, name="result"),
    path("<int:import_id>/rejected.csv", views.import_rejects, name="rejects"),
]
