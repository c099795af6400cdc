"""Permissions are words in code; a change of rights is a reviewed diff."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    CONTACT_VIEW = "contact.view"
    CONTACT_EDIT = "contact.edit"
    CONTACT_GROUP = "contact.group"
    CONTACT_SUPPRESS = "contact.suppress"
    CONTACT_OWN = "contact.own"
    CONTACT_DELETE = "contact.delete"
    CONTACT_EXPORT = "contact.export"
    CONTACT_BULK = "contact.bulk"
    CONTACT_PRINT = "contact.print"
    CONTACT_REVEAL = "contact.reveal"
    CONTACT_LEVEL = "contact.level"
    CONTACT_LIFT_DECEASED = "contact.lift_deceased"
    CONTACT_ANONYMISE = "contact.anonymise"
    CONTACT_REPORT = "contact.report"
    CONTACT_ADMIT = "contact.admit"
    ERASURE_APPROVE = "erasure.approve"
    PRIVACY_VIEW = "privacy.view"
    PRIVACY_EDIT = "privacy.edit"
    SSO_VIEW = "sso.view"
    SSO_EDIT = "sso.edit"
    BACKUP_RUN = "backup.run"
    SOURCE_VIEW = "source.view"
    SOURCE_EDIT = "source.edit"
    IMPORT_VIEW = "import.view"
    IMPORT_RUN = "import.run"
    RULES_VIEW = "rules.view"
    RULES_EDIT = "rules.edit"
    RUN_VIEW = "run.view"
    RUN_START = "run.start"
    RUN_APPROVE = "run.approve"
    JOB_VIEW = "job.view"
    JOB_EDIT = "job.edit"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_EDIT = "settings.edit"
    AUDIT_VIEW = "audit.view"
    USER_VIEW = "user.view"
    USER_EDIT = "user.edit"
    API_KEY_VIEW = "api_key.view"
    API_KEY_EDIT = "api_key.edit"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: dict[Permission, str] = {
    Permission.CONTACT_VIEW: "See contacts",
    Permission.CONTACT_EDIT: "Add and edit contacts",
    Permission.CONTACT_GROUP: "Group contacts and choose the primary System Ref",
    Permission.CONTACT_SUPPRESS: "Suppress contacts and unflag suppressions",
    Permission.CONTACT_OWN: "Change the owning team of contacts",
    Permission.CONTACT_DELETE: "Delete contacts",
    Permission.CONTACT_EXPORT: "Export the result of a search",
    Permission.CONTACT_BULK: "Change everybody a search finds",
    Permission.CONTACT_PRINT: "Print one contact, or send it its printout",
    Permission.CONTACT_REVEAL: "Reveal masked values, for a reason",
    Permission.CONTACT_LEVEL: "Set the privacy level of contacts",
    Permission.CONTACT_LIFT_DECEASED: "Unflag the suppression of a deceased person",
    Permission.CONTACT_ANONYMISE: "Anonymise contacts",
    Permission.CONTACT_REPORT: "Give a person all that is held about them",
    Permission.CONTACT_ADMIT: "Let a person who was anonymised register anew",
    Permission.ERASURE_APPROVE: "Approve what another asked to be anonymised",
    Permission.PRIVACY_VIEW: "See suppressions, erasures, certificates and requests of persons",
    Permission.PRIVACY_EDIT: "Work on requests of persons and on erasures in other systems",
    Permission.SSO_VIEW: "See single sign-on accounts",
    Permission.SSO_EDIT: "Update and delete single sign-on accounts",
    Permission.BACKUP_RUN: "Make and verify backups",
    Permission.SOURCE_VIEW: "See sources",
    Permission.SOURCE_EDIT: "Add, edit and pause sources",
    Permission.IMPORT_VIEW: "See imports",
    Permission.IMPORT_RUN: "Import files",
    Permission.RULES_VIEW: "See matching rules and golden record rules",
    Permission.RULES_EDIT: "Edit matching rules and golden record rules",
    Permission.RUN_VIEW: "See grouping runs",
    Permission.RUN_START: "Start the overnight run now",
    Permission.RUN_APPROVE: "Let a run go on that the circuit breaker stopped",
    Permission.JOB_VIEW: "See jobs",
    Permission.JOB_EDIT: "Cancel and retry jobs",
    Permission.SETTINGS_VIEW: "See settings",
    Permission.SETTINGS_EDIT: "Change settings",
    Permission.AUDIT_VIEW: "See the audit log",
    Permission.USER_VIEW: "See users",
    Permission.USER_EDIT: "Add, edit and unlock users",
    Permission.API_KEY_VIEW: "See API keys",
    Permission.API_KEY_EDIT: "Create and revoke API keys",
}
