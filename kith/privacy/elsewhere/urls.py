from __future__ import annotations

from django.urls import path

from kith.privacy.elsewhere import views

app_name = "elsewhere"
urlpatterns = [
    path("", views.task_list, name="list"),
    path("<int:task_id>/", views.task_detail, name="task"),
    path("<int:task_id>/reveal/", views.reveal, name="reveal"),
    path("<int:task_id>/take/", views.take, name="take"),
    path("<int:task_id>/delete-account/", views.delete_account, name="delete-account"),
]
