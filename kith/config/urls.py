"""Every address of Kith."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from kith.config.home import home

ROOMS = (
    ("", "kith.users.urls"),
    ("", "kith.grouping.urls"),
    ("", "kith.stewardship.urls"),
    ("audit/", "kith.audit.urls"),
    ("attachments/", "kith.attachments.urls"),
    ("notes/", "kith.notes.urls"),
    ("relations/", "kith.relations.urls"),
    ("name-days/", "kith.namedays.urls"),
    ("contacts/find/", "kith.find.urls"),
    ("contacts/", "kith.contacts.urls"),
    ("suppressions/", "kith.contacts.suppressions.urls"),
    ("privacy/storage/", "kith.privacy.proof.urls"),
    ("privacy/information/", "kith.privacy.information.urls"),
    ("privacy/elsewhere/", "kith.privacy.elsewhere.urls"),
    ("privacy/requests/", "kith.privacy.register.urls"),
    ("privacy-request/", "kith.privacy.register.front.urls"),
    ("privacy/holds/", "kith.privacy.holds.urls"),
    ("privacy/scheduled/", "kith.privacy.scheduled.urls"),
    ("privacy/retention/", "kith.privacy.retention.urls"),
    ("privacy/", "kith.privacy.urls"),
    ("sso/", "kith.sso.urls"),
    ("organisation/", "kith.organisation.urls"),
    ("accounts/", "kith.accounts.urls"),
    ("sources/", "kith.sources.urls"),
    ("imports/", "kith.sources.import_urls"),
    ("imports/", "kith.contacts.intake.urls"),
    ("settings/contacts/", "kith.contacts.settings.urls"),
    ("settings/", "kith.settings.urls"),
    ("runs/settings/stewardship/", "kith.stewardship.settings_urls"),
    ("runs/", "kith.runs.urls"),
    ("review/", "kith.stewardship.review.urls"),
    ("requests/", "kith.stewardship.request_urls"),
    ("cases/", "kith.stewardship.case_urls"),
    ("golden-rules/", "kith.golden.urls"),
    ("golden-values/", "kith.golden.value_urls"),
    ("tell-the-source/", "kith.golden.correction_urls"),
    ("exports/", "kith.find.exporting.urls"),
    ("bulk-changes/", "kith.find.bulk.urls"),
    ("jobs/", "kith.jobs.urls"),
    ("printouts/", "kith.printouts.urls"),
    ("webhooks/", "kith.delivery.urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("api/", include("kith.config.api")),
    *(path(prefix, include(module)) for prefix, module in ROOMS if find_spec(module)),
]

handler400 = "kith.web.errors.bad_request"
handler403 = "kith.web.errors.forbidden"
handler404 = "kith.web.errors.not_found"
handler500 = "kith.web.errors.server_error"
