"""Jobs by the names people use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LABELS: Final[Mapping[str, str]] = {
    "runs.overnight": "Grouping run",
    "runs.tick": "Look whether the nightly run is due",
    "sources.run_import": "Import",
    "sources.tidy_received_files": "Remove uploads that nothing leads to",
    "privacy.keep_rules": "Remove what the retention rules no longer keep",
    "users.remove_kept_answers": "Remove answers of the API older than a day",
    "grouping.what_if": "Shadow run",
    "delivery.read_lineage": "Look what webhooks are to tell",
    "delivery.look": "Look for webhooks that are due",
    "delivery.send": "Send webhooks",
    "stewardship.answer_batch": "Answers to like questions",
    "stewardship.undo_batch": "Answers taken back",
    "namedays.run": "Name days",
    "printouts.send": "E-mail a printout",
    "printouts.remove_old_mail": "Remove e-mails older than 30 days from the folder",
    "exporting.write": "Export",
    "exporting.remove_expired": "Remove exports older than seven days",
    "bulk_changes.make": "Bulk change",
    "bulk_changes.undo": "Bulk change undone",
    "contacts.rename_all": "Names shown by another rule",
    "jobs.retry_stalled": "Take up jobs of a worker that was killed",
    "find.forget_old_searches": "Forget searches older than a month",
    "jobs.remove_old": "Remove jobs older than two weeks",
    "attachments.sweep": "Remove files that nothing leads to",
    "contacts.apply_suppression_list": "Suppression list",
    "contacts.undo_import": "Import of contacts taken back",
    "sso.take_all": "Take in all single sign-on accounts",
    "sso.take_changes": "Take in single sign-on accounts that changed",
    "privacy.carry_on": "Anonymise",
    "privacy.look": "Look for anonymisations that were cut off",
    "elsewhere.look": "Look what is due to be erased elsewhere",
    "audit.seal": "Seal the audit log",
    "register.mail_link": "E-mail the link that confirms a request",
    "information.remove_expired": "Remove reports that nobody fetched",
    "register.look": "Look which requests of persons are due",
    "audit.verify": "Verify the audit log",
    "backups.look": "Look whether the nightly backup is due",
    "backups.make": "Backup",
    "contacts.keep_suppressions": "Keep suppressions beside the ledger",
}
SUBJECTS: Final[Mapping[str, tuple[str, str]]] = {
    "sources.run_import": ("import", "import_id"),
    "grouping.what_if": ("what_if", "what_if_id"),
    "stewardship.answer_batch": ("review_batch", "batch_id"),
    "stewardship.undo_batch": ("review_batch", "batch_id"),
    "exporting.write": ("export", "export_id"),
    "bulk_changes.make": ("bulk_change", "change_id"),
    "bulk_changes.undo": ("bulk_change", "change_id"),
}
"""Tasks whose subject must hear of a cancel before they start: its kind, the argument that names it."""
HOUSEKEEPING: Final = (
    "runs.tick",
    "sources.tidy_received_files",
    "exporting.remove_expired",
    "users.remove_kept_answers",
    "delivery.read_lineage",
    "delivery.look",
    "delivery.send",
    "printouts.remove_old_mail",
    "jobs.retry_stalled",
    "find.forget_old_searches",
    "jobs.remove_old",
    "audit.seal",
    "register.look",
    "information.remove_expired",
    "privacy.look",
    "elsewhere.look",
    "backups.look",
    "contacts.keep_suppressions",
)
"""Many a day and never of interest, unless they fail."""


def label_of(task_name: str) -> str:
    return LABELS.get(task_name, task_name.replace(".", ": ").replace("_", " "))
