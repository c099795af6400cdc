from __future__ import annotations

from django.urls import path

from kith.stewardship import case_views as views

app_name = "cases"
urlpatterns = [
    path("", views.case_list, name="list"),
    path("new/", views.new_case, name="new"),
    path("<int:case_id>/", views.case_detail, name="detail"),
    path("<int:case_id>/take/", views.take, name="take"),
    path("<int:case_id>/assign/", views.assign, name="assign"),
    path("<int:case_id>/resolve/", views.resolve, name="resolve"),
    path("<int:case_id>/reopen/", views.reopen, name="reopen"),
    path("<int:case_id>/note/", views.add_note, name="note"),
]
