from __future__ import annotations

from django.urls import path

from kith.contacts.intake import views

app_name = "contact-imports"
urlpatterns = [path("<int:import_id>/undo/", views.undo_import, name="undo")]
