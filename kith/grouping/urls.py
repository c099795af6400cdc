"""Mounted at the root, before the rooms whose addresses these pages continue."""

from __future__ import annotations

from django.urls import path

from kith.grouping import run_views
from kith.grouping.history import views as history_views
from kith.grouping.recipe import model_edit_views, model_views, rule_views
from kith.grouping.what_if import known_pair_views, start_views
from kith.grouping.what_if import views as what_if_views
from kith.grouping.why import not_one_views
from kith.grouping.why import views as why_views

app_name = "grouping"
urlpatterns = [
    path("matching-rules/", rule_views.show, name="rules"),
    path("matching-rules/edit/", rule_views.edit, name="edit-rules"),
    path("matching-rules/edit/change/", rule_views.change, name="change-draft"),
    path("matching-rules/edit/try/", rule_views.try_it, name="try-rules"),
    path("matching-rules/edit/save/", rule_views.save, name="save-rules"),
    path("matching-rules/<int:version_id>/", rule_views.show_version, name="rules-version"),
    path("matching-rules/<int:version_id>/restore/", rule_views.restore, name="restore-rules"),
    path("matching-rules/model/<int:model_id>/", model_views.show_version, name="model-version"),
    path("matching-rules/model/<int:model_id>/try/", model_views.try_it, name="try-model"),
    path("matching-rules/model/<int:model_id>/publish/", model_views.publish, name="publish-model"),
    path("matching-rules/model/<int:model_id>/discard/", model_views.discard, name="discard-model"),
    path("matching-rules/model/<int:model_id>/restore/", model_views.restore, name="restore-model"),
    path("matching-rules/model/<slug:kind>/", model_views.show, name="model"),
    path("matching-rules/model/<slug:kind>/shipped/", model_views.show_shipped, name="shipped-model"),
    path(
        "matching-rules/model/<slug:kind>/shipped/restore/",
        model_views.restore_shipped,
        name="restore-shipped-model",
    ),
    path("matching-rules/model/<slug:kind>/compare/", model_views.compare, name="compare-models"),
    path("matching-rules/model/<slug:kind>/file/", model_views.file, name="model-file"),
    path("matching-rules/model/<slug:kind>/edit/", model_edit_views.edit, name="edit-model"),
    path("matching-rules/model/<slug:kind>/edit/check/", model_edit_views.check, name="check-model"),
    path("matching-rules/model/<slug:kind>/edit/save/", model_edit_views.save, name="save-model"),
    path("matching-rules/model/<slug:kind>/upload/", model_edit_views.upload_form, name="upload-model"),
    path("matching-rules/model/<slug:kind>/upload/save/", model_edit_views.upload, name="upload-model-file"),
    path("matching-rules/edit/what-if/", start_views.rules, name="rules-what-if"),
    path("matching-rules/model/<int:model_id>/what-if/", start_views.model, name="model-what-if"),
    path("golden-rules/edit/what-if/", start_views.golden, name="golden-what-if"),
    path("what-if/", what_if_views.what_if_list, name="what-ifs"),
    path("what-if/new/", start_views.new, name="new-what-if"),
    path("what-if/start/", start_views.begin, name="start-what-if"),
    path("what-if/known-pairs/", known_pair_views.known_pairs, name="known-pairs"),
    path("what-if/known-pairs/add/", known_pair_views.add, name="add-known-pair"),
    path("what-if/known-pairs/decided/", known_pair_views.from_decisions, name="known-pairs-decided"),
    path("what-if/known-pairs/<int:pair_id>/remove/", known_pair_views.remove, name="remove-known-pair"),
    path("what-if/<int:what_if_id>/", what_if_views.what_if, name="what-if"),
    path("what-if/<int:what_if_id>/cancel/", what_if_views.cancel, name="cancel-what-if"),
    path("what-if/<int:what_if_id>/publish/", what_if_views.publish, name="publish-what-if"),
    path("what-if/<int:what_if_id>/examples/<slug:kind>/", what_if_views.examples, name="what-if-examples"),
    path(
        "what-if/<int:what_if_id>/pair/<int:left_id>/<int:right_id>/",
        what_if_views.pair,
        name="what-if-pair",
    ),
    path("contacts/<int:contact_id>/why/", why_views.why, name="why"),
    path("contacts/<int:contact_id>/why-not/", not_one_views.choose_other, name="choose-why-not"),
    path("contacts/<int:contact_id>/why-not/<int:other_id>/", not_one_views.why_not, name="why-not"),
    path("contacts/<int:contact_id>/as-of/", history_views.show_as_of, name="as-of"),
    path("system-refs/<int:record_id>/path/", history_views.path, name="path"),
    path("runs/<int:run_id>/changes/", run_views.run_changes, name="run-changes"),
]
