from __future__ import annotations

from django.urls import path

from kith.privacy.register import views
from kith.privacy.register.sections import EDITOR
from kith.settings.editing import pages_of

app_name = "register"
urlpatterns = [
    *pages_of(EDITOR, place="settings/", name="settings"),
    path("", views.request_list, name="list"),
    path("new/", views.new_request, name="new"),
    path("<int:request_id>/", views.request_detail, name="request"),
    path("<int:request_id>/words/", views.words, name="words"),
    path("<int:request_id>/take/", views.take, name="take"),
    path("<int:request_id>/assign/", views.assign, name="assign"),
    path("<int:request_id>/attach/", views.attach, name="attach"),
    path("<int:request_id>/identify/", views.identify, name="identify"),
    path("<int:request_id>/work/", views.work, name="work"),
    path("<int:request_id>/extend/", views.extend, name="extend"),
    path("<int:request_id>/erase/", views.erase, name="erase"),
    path("<int:request_id>/restrict/", views.restrict, name="restrict"),
    path("<int:request_id>/close/", views.close, name="close"),
]
