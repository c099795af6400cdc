from django.urls import path

from kith.delivery import views

app_name = "delivery"
urlpatterns = [
    path("", views.endpoint_list, name="list"),
    path("add/", views.endpoint_add, name="add"),
    path("<int:endpoint_id>/", views.endpoint_detail, name="detail"),
    path("<int:endpoint_id>/edit/", views.endpoint_edit, name="edit"),
    path("<int:endpoint_id>/pause/", views.endpoint_pause, name="pause"),
    path("<int:endpoint_id>/resume/", views.endpoint_resume, name="resume"),
    path("<int:endpoint_id>/remove/", views.endpoint_remove, name="remove"),
    path("<int:endpoint_id>/new-secret/", views.endpoint_new_secret, name="new-secret"),
    path("<int:endpoint_id>/test/", views.endpoint_test, name="test"),
    path("messages/<int:message_id>/again/", views.message_again, name="again"),
]
