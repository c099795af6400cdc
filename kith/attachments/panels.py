"""Attachments on the contact's page: the tab, and the section at the bottom (C30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kith.access.permissions import Permission
from kith.attachments import queries
from kith.attachments.forms import UploadForm
from kith.attachments.kinds import FileKind, kind_of_type
from kith.attachments.models import Attachment, StoredFile
from kith.attachments.sections import limits_in_force
from kith.contacts.panels import Opened
from kith.web.paging import page_of

IN_SECTION: Final = 5


@dataclass(frozen=True, slots=True)
class Row:
    attachment: Attachment
    file: StoredFile | None
    """None: a web address."""
    kind: FileKind | None
    class_label: str

    @property
    def has_preview(self) -> bool:
        return self.file is not None and bool(self.file.preview_key)


def rows_of(attachments: Sequence[Attachment]) -> list[Row]:
    labels = queries.class_labels()
    return [row_of(one, labels) for one in attachments]


def row_of(attachment: Attachment, labels: Mapping[str, str]) -> Row:
    file = queries.file_of(attachment)
    kind = kind_of_type(file.media_type) if file else None
    return Row(attachment, file, kind, labels.get(attachment.class_code, attachment.class_code))


def tab(opened: Opened) -> Mapping[str, object]:
    page = page_of(queries.attachments_of(opened.contact.pk, actor=opened.actor), opened.request)
    may_edit = opened.actor.may(Permission.CONTACT_EDIT)
    return {
        "page": page,
        "rows": rows_of(page.rows),
        "may_edit": may_edit,
        "form": UploadForm() if may_edit else None,
        "limits": limits_in_force(),
    }


def _newest(opened: Opened) -> list[Row]:
    return rows_of(list(queries.attachments_of(opened.contact.pk, actor=opened.actor)[: IN_SECTION + 1]))


def section(opened: Opened) -> Mapping[str, object]:
    rows = _newest(opened) if opened.tally["attachments"] else []
    return {
        "rows": rows[:IN_SECTION],
        "has_more": len(rows) > IN_SECTION,
        "may_edit": opened.actor.may(Permission.CONTACT_EDIT),
    }
