from django.urls import path

from kith.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
    path("system-ref/", views.by_system_ref, name="by-system-ref"),
    path("export/", views.export, name="export"),
    path("contacts/<int:group_id>/", views.of_contact, name="contact"),
    path("users/<int:user_id>/", views.of_user, name="user"),
]
