"""Which pages the frame leads to, and the figures beside them."""

from __future__ import annotations

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.config.figures import kept_figures
from kith.config.home import address
from kith.config.last_run import last_run_line
from kith.web.frame import NavGroup, Navigation, NavItem, Status


def last_run(actor: Actor) -> Status | None:
    """`Last run 02:00 · 1,204 System Refs · 318 regrouped`."""
    if not actor.may(Permission.RUN_VIEW):
        return None
    run = last_run_line()
    return Status(run, address("runs:list")) if run else None


NAVIGATION = Navigation(
    groups=(
        NavGroup(
            "",
            (
                NavItem("Home", "home"),
                NavItem("Contacts", "contacts:search", Permission.CONTACT_VIEW, "contacts"),
                NavItem("Name days", "name-days:celebrating", Permission.CONTACT_VIEW),
                NavItem("Exports", "exports:list", Permission.CONTACT_EXPORT),
                NavItem("Bulk changes", "bulk-changes:list", Permission.CONTACT_BULK),
            ),
        ),
        NavGroup(
            "Stewardship",
            (
                NavItem("Review queue", "review:queue", Permission.CONTACT_GROUP, "questions", waits=True),
                NavItem(
                    "Requests", "requests:list", Permission.CONTACT_GROUP, "requests_to_decide", waits=True
                ),
                NavItem("Cases", "cases:list", Permission.CONTACT_GROUP, "open_cases", waits=True),
                NavItem("Operations", "stewardship:operations", Permission.CONTACT_GROUP),
                NavItem("Grouping runs", "runs:list", Permission.RUN_VIEW, "held_runs", waits=True),
                NavItem("Matching rules", "grouping:rules", Permission.RULES_VIEW),
                NavItem("Golden record rules", "golden:rules", Permission.RULES_VIEW),
                NavItem("What if", "grouping:what-ifs", Permission.RULES_VIEW),
                NavItem("Tell the source", "corrections:list", Permission.CONTACT_EDIT),
                NavItem("Sources", "sources:list", Permission.SOURCE_VIEW, "sources"),
                NavItem("Imports", "imports:list", Permission.IMPORT_VIEW, "drafts", waits=True),
            ),
        ),
        NavGroup(
            "Compliance",
            (
                NavItem("Suppressions", "suppressions:list", Permission.PRIVACY_VIEW),
                NavItem(
                    "Requests of persons",
                    "register:list",
                    Permission.PRIVACY_VIEW,
                    "person_requests_overdue",
                    waits=True,
                ),
                NavItem(
                    "Anonymised contacts",
                    "privacy:erasures",
                    Permission.PRIVACY_VIEW,
                    "erasures_waiting",
                    waits=True,
                ),
                NavItem(
                    "Erase elsewhere",
                    "elsewhere:list",
                    Permission.PRIVACY_VIEW,
                    "erasures_elsewhere",
                    waits=True,
                ),
                NavItem("Legal holds", "holds:list", Permission.PRIVACY_VIEW),
                NavItem("Retention rules", "retention:rules", Permission.SETTINGS_VIEW),
                NavItem("Audit log", "audit:log", Permission.AUDIT_VIEW),
                NavItem("Single sign-on", "sso:search", Permission.SSO_VIEW),
            ),
        ),
        NavGroup(
            "System",
            (
                NavItem("Jobs", "jobs:list", Permission.JOB_VIEW, "failed_jobs", waits=True),
                NavItem("Users", "users:list", Permission.USER_VIEW),
                NavItem("Organisation", "organisation:tree", Permission.SETTINGS_VIEW),
                NavItem("API keys", "users:api-keys", Permission.API_KEY_VIEW),
                NavItem("Webhooks", "delivery:list", Permission.SETTINGS_VIEW, "broken_webhooks", waits=True),
                NavItem("Attachments library", "attachments:library", Permission.SETTINGS_VIEW),
                NavItem("Settings", "settings:list", Permission.SETTINGS_VIEW),
            ),
        ),
    ),
    figures=kept_figures,
    status=last_run,
    search_url_name="contacts:search",
    suggest_url_name="contacts:suggest",
)
