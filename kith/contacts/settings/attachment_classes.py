"""C14: what attachments can be filed as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.contacts.settings.codes import by_code, problems_of
from kith.contacts.settings.in_use import removed_but_in_use
from kith.settings.in_force import in_force
from kith.settings.sections import Section

_KEY: Final = "attachment_classes"


@dataclass(frozen=True, slots=True)
class AttachmentClass:
    code: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class AttachmentClasses:
    classes: tuple[AttachmentClass, ...] = ()

    def of(self, code: str) -> AttachmentClass | None:
        return by_code(self.classes).get(code)

    def label(self, code: str) -> str:
        found = self.of(code)
        return found.label if found else code

    def choices(self, *, present: str = "") -> list[tuple[str, str]]:
        offered = [(one.code, one.label) for one in self.classes if one.active or one.code == present]
        return [("", "—"), *offered]


def _shipped() -> AttachmentClasses:
    return AttachmentClasses(
        (
            AttachmentClass("IDENTITY", "Identity document"),
            AttachmentClass("CONTRACT", "Contract"),
            AttachmentClass("CONSENT_FORM", "Consent form"),
            AttachmentClass("CORRESPONDENCE", "Correspondence"),
            AttachmentClass("OTHER", "Other"),
        )
    )


def _problems(value: AttachmentClasses) -> tuple[str, ...]:
    return tuple(problems_of(value.classes, what="classification"))


def _refuses(before: AttachmentClasses, after: AttachmentClasses) -> tuple[str, ...]:
    return removed_but_in_use(before.classes, after.classes, section_key=_KEY, what="classification")


ATTACHMENT_CLASSES: Final = Section(
    key=_KEY,
    label="Classifications of attachments",
    about="What attachments can be filed as.",
    shape=AttachmentClasses,
    shipped=_shipped,
    url_name="contact-settings:attachment-classes",
    problems=_problems,
    refuses=_refuses,
)


def attachment_classes_in_force() -> AttachmentClasses:
    return in_force(ATTACHMENT_CLASSES)
