from __future__ import annotations

from django.urls import path

from kith.stewardship.review import batch_views, views

app_name = "review"
urlpatterns = [
    path("", views.show_queue, name="queue"),
    path("next/", views.show_next, name="next"),
    path("labels.csv", views.download_labels, name="labels"),
    path("<int:item_id>/", views.show, name="question"),
    path("<int:item_id>/answer/", views.answer, name="answer"),
    path("<int:item_id>/skip/", views.skip, name="skip"),
    path("<int:item_id>/assign/", views.assign, name="assign"),
    path("<int:item_id>/undo/", views.undo, name="undo"),
    path("<int:item_id>/similar/", batch_views.show_similar, name="similar"),
    path("<int:item_id>/similar/answer/", batch_views.answer_similar, name="answer-similar"),
    path("batches/<int:batch_id>/", batch_views.show_batch, name="batch"),
    path("batches/<int:batch_id>/undo/", batch_views.undo_batch, name="undo-batch"),
]
