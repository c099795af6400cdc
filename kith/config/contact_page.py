"""The contact page, panel by panel, in order."""

from __future__ import annotations

from typing import Final

from django.urls import NoReverseMatch, reverse

from kith.access.permissions import Permission
from kith.accounts import panel as accounts
from kith.attachments import panels as attachments
from kith.contacts import history, purchases, refs, standing_views, tally
from kith.contacts.panels import Panel, Slot
from kith.golden import panel as golden_panel
from kith.golden.chronicle import ended_by_sources
from kith.grouping.history.happenings import happenings
from kith.grouping.why import reasons as why
from kith.namedays.panel import with_name_day
from kith.notes import panels as notes
from kith.privacy import panel as privacy
from kith.relations import panels as relations
from kith.sso import panel as sign_on
from kith.stewardship import case_views, cases, request_views, requests
from kith.stewardship.review.views import review_panel


def _make_primary_url() -> str:
    try:
        return reverse("golden:make-primary")
    except NoReverseMatch:
        return ""


def _path_url(record_id: int) -> str:
    return reverse("grouping:path", args=[record_id])


def _undo_url(operation_id: int) -> str:
    try:
        return reverse("stewardship:undo", args=[operation_id])
    except NoReverseMatch:
        return ""


TALLIED: Final = {
    **tally.TALLIED,
    "accounts": tally.ON_RECORDS.format(table="accounts_account"),
    "attachments": tally.ON_RECORDS.format(table="attachments_attachment"),
    "photos": tally.ON_RECORDS.format(table="attachments_photo"),
    "notes": tally.ON_RECORDS.format(table="notes_note"),
    "overrides": tally.ON_RECORDS.format(table="golden_goldenoverride"),
    "statements": tally.ON_RECORDS.format(table="golden_valuestatement"),
    "relations": relations.TALLIED,
    "waiting": requests.TALLIED,
    "cases": cases.TALLIED,
}
CHRONICLES: Final = (history.journal, ended_by_sources, happenings(_undo_url), requests.happenings)
PAGE: Final = (
    Panel(
        slot=Slot.MAIN,
        key="waiting",
        label="Waits",
        template="stewardship/_waiting_panel.html",
        load=request_views.waiting_panel,
    ),
    Panel(
        slot=Slot.MAIN,
        key="golden",
        label="Golden details",
        template="golden/_details.html",
        load=golden_panel.golden,
    ),
    Panel(
        slot=Slot.MAIN,
        key="system-refs",
        label="System Refs",
        template="contacts/_system_refs.html",
        load=refs.system_refs(why.reasons_for),
    ),
    Panel(
        slot=Slot.ASIDE,
        key="review",
        label="Possible duplicates",
        template="stewardship/_review_panel.html",
        load=review_panel,
        permission=Permission.CONTACT_GROUP,
    ),
    Panel(
        slot=Slot.ASIDE,
        key="suppressions",
        label="Suppressions",
        template="contacts/_suppressions.html",
        load=standing_views.suppressions,
    ),
    Panel(
        slot=Slot.ASIDE,
        key="cases",
        label="Cases",
        template="stewardship/_cases_panel.html",
        load=case_views.cases_panel,
        permission=Permission.CONTACT_GROUP,
    ),
    Panel(slot=Slot.ASIDE, key="value", label="Value", template="contacts/_value.html", load=purchases.value),
    Panel(
        slot=Slot.TAB,
        key="system-refs",
        label="System Refs",
        template="contacts/_system_refs_tab.html",
        load=refs.claims(
            why.reasons_for,
            make_primary_url=_make_primary_url,
            path_url=_path_url,
            elsewhere=sign_on.addresses_of,
        ),
        count=lambda opened: opened.contact.record_count,
    ),
    Panel(
        slot=Slot.TAB,
        key="transactions",
        label="Transactions",
        template="contacts/_transactions_tab.html",
        load=purchases.transactions,
        count=lambda opened: opened.tally["transactions"],
    ),
    Panel(
        slot=Slot.TAB,
        key="attachments",
        label="Attachments",
        template="attachments/_tab.html",
        load=attachments.tab,
        count=lambda opened: opened.tally["attachments"],
        style="attachments/attachments.css",
        script="attachments/drop.js",
    ),
    Panel(
        slot=Slot.TAB,
        key="accounts",
        label="Accounts",
        template="accounts/_accounts_tab.html",
        load=accounts.tab,
        count=lambda opened: opened.tally["accounts"],
    ),
    Panel(
        slot=Slot.TAB,
        key="history",
        label="History",
        template="contacts/_history_tab.html",
        load=history.history(CHRONICLES),
    ),
    # The five sections at the bottom (C30), in order.
    Panel(
        slot=Slot.BOTTOM,
        key="profile",
        label="Demographics",
        company_label="Company profile",
        template="namedays/_demographics.html",
        load=with_name_day(golden_panel.profile),
    ),
    Panel(
        slot=Slot.BOTTOM,
        key="relations",
        label="Relations",
        template="relations/_section.html",
        load=relations.section,
        style="relations/relations.css",
    ),
    Panel(
        slot=Slot.BOTTOM,
        key="attachments",
        label="Attachments",
        template="attachments/_section.html",
        load=attachments.section,
    ),
    Panel(
        slot=Slot.BOTTOM,
        key="custom",
        label="User-defined fields",
        template="golden/_custom.html",
        load=golden_panel.custom,
    ),
    Panel(
        slot=Slot.BOTTOM,
        key="notes",
        label="Notes and log",
        template="notes/_section.html",
        load=notes.section,
        style="notes/notes.css",
    ),
    Panel(
        slot=Slot.ANONYMISED,
        key="proof",
        label="Proof",
        template="privacy/_proof.html",
        load=privacy.of_anonymised,
        permission=Permission.PRIVACY_VIEW,
    ),
    Panel(
        slot=Slot.ANONYMISED,
        key="accounts",
        label="Accounts",
        template="accounts/_accounts_tab.html",
        load=accounts.of_anonymised,
    ),
    Panel(
        slot=Slot.ANONYMISED,
        key="value",
        label="Value",
        template="contacts/_value.html",
        load=purchases.value,
    ),
)
