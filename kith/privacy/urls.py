from __future__ import annotations

from django.urls import path

from kith.privacy import views
from kith.privacy.editor import EDITOR
from kith.settings.editing import pages_of

app_name = "privacy"
urlpatterns = [
    *pages_of(EDITOR, place="settings/", name="settings"),
    path("erasures/", views.erasure_list, name="erasures"),
    path("erasures/<int:erasure_id>/", views.erasure_detail, name="erasure"),
    path("erasures/<int:erasure_id>/approve/", views.approve, name="approve"),
    path("erasures/<int:erasure_id>/cancel/", views.cancel, name="cancel"),
    path("erasures/<int:erasure_id>/retry/", views.retry, name="retry"),
    path("erasures/<int:erasure_id>/certificate/", views.certificate, name="certificate"),
    path("contacts/<int:contact_id>/anonymise/", views.anonymise, name="anonymise"),
]
