from __future__ import annotations

from django.urls import path

from kith.settings.editing import pages_of
from kith.sso import views
from kith.sso.editor import EDITOR

app_name = "sso"
urlpatterns = [
    *pages_of(EDITOR, place="settings/", name="settings"),
    path("", views.search, name="search"),
    path("system-refs/<int:record_id>/", views.of_record, name="of-record"),
    path("accounts/new/", views.new, name="new"),
    path("accounts/<str:opened>/", views.account, name="account"),
    path("accounts/<str:opened>/linked/", views.link, name="link"),
    path("accounts/<str:opened>/delete/", views.delete, name="delete"),
]
