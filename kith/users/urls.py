from django.urls import path

from kith.users import sign_in, views

app_name = "users"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.password, name="password"),
    path("users/", views.user_list, name="list"),
    path("users/add/", views.user_add, name="add"),
    path("users/<int:user_id>/", views.user_edit, name="edit"),
    path("users/<int:user_id>/unlock/", views.user_unlock, name="unlock"),
    path("users/<int:user_id>/new-password/", views.user_new_password, name="new-password"),
]
