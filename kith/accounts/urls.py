from __future__ import annotations

from django.urls import path

from kith.accounts import item_views, views

app_name = "accounts"
urlpatterns = [
    path("of/<int:contact_id>/add/", views.add_account, name="add"),
    path("suspense/", views.suspense, name="suspense"),
    path("suspense/make/", views.make_suspense, name="make-suspense"),
    path("<int:account_id>/", views.account_detail, name="detail"),
    path("<int:account_id>/edit/", views.edit_account, name="edit"),
    path("<int:account_id>/move/", views.move_account, name="move"),
    path("<int:account_id>/delete/", views.delete_account, name="delete"),
    path("<int:account_id>/post/", views.post_transaction, name="post"),
    path("transactions/<int:transaction_id>/billed/", views.set_billed, name="set-billed"),
    path("items/of/<int:contact_id>/add/", item_views.add_item, name="add-item"),
    path("items/<int:item_id>/edit/", item_views.edit_item, name="edit-item"),
    path("items/<int:item_id>/remove/", item_views.remove_item, name="remove-item"),
]
