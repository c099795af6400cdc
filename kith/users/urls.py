from django.urls import path

from kith.users import key_views, sign_in, views

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
    path("api-keys/", key_views.key_list, name="api-keys"),
    path("api-keys/add/", key_views.key_add, name="add-api-key"),
    path("api-keys/<int:key_id>/revoke/", key_views.key_revoke, name="revoke-api-key"),
]
