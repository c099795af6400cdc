"""What somebody typed about one person or company: the form as a whole, and the claim it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict

from kith.contacts.checks.formats import too_many
from kith.contacts.forms import (
    AddressForm,
    CompanyForm,
    EmailForm,
    Offered,
    PersonForm,
    PhoneForm,
    TypedForm,
    custom_form_field,
)
from kith.contacts.settings.uniqueness import uniqueness_in_force
from kith.matching.cleaning import CleanedRecord, CleaningOptions, clean_email, clean_record
from kith.matching.records import ADDRESS_PARTS, COMPANY, CUSTOM_PREFIX, MAX_REPEATS, PERSON

Claim = dict[str, str]
"""Claim field (`first_name`, `email_1`, `address_2_city`) to text; nothing empty."""

_FormSet = BaseFormSet[forms.Form]


def _formset(form: type[forms.Form]) -> type[_FormSet]:
    return formset_factory(form, extra=0, min_num=1, max_num=MAX_REPEATS, absolute_max=MAX_REPEATS)


ROWS: Final = {
    "emails": ("email", _formset(EmailForm)),
    "phones": ("phone", _formset(PhoneForm)),
    "addresses": ("address", _formset(AddressForm)),
}
ROW_LABELS: Final = {"emails": "E-mails", "phones": "Phones", "addresses": "Addresses"}


@dataclass(frozen=True, slots=True)
class RowGroup:
    key: str
    label: str
    formset: _FormSet
    primary: int | None
    """Which row was chosen as the primary one."""
    sent: bool

    @property
    def rows(self) -> list[tuple[forms.Form, bool]]:
        """With which of them is the primary one."""
        chosen = self.primary if self.primary is not None or self.sent else 0
        return [(form, place == chosen) for place, form in enumerate(self.formset.forms)]

    def in_order(self) -> list[forms.Form]:
        """What was filled in, the primary one first."""
        filled = _filled(self.formset)
        lead = self.formset.forms[self.primary] if self.primary is not None else None
        return [lead, *(form for form in filled if form is not lead)] if lead in filled else filled

    def troubles(self) -> Iterator[tuple[forms.Form, str | None, str]]:
        """Of addresses exactly one is primary, and one of each type (C23)."""
        filled = _filled(self.formset)
        if self.key != "addresses" or not filled:
            return
        if len(filled) > 1 and (self.primary is None or self.formset.forms[self.primary] not in filled):
            yield filled[0], None, "Choose which address is the primary one."
        seen: set[str] = set()
        for form in filled:
            kind = form.cleaned_data.get("type") or ""
            if kind and kind in seen:
                yield form, "type", "There is another address of this type. Choose another type."
            seen.add(kind)

    @property
    def is_full(self) -> bool:
        return self.formset.total_form_count() >= MAX_REPEATS


class EntryForm:
    """Single fields and rows together; `add_row` names a group that gets one more row."""

    def __init__(
        self,
        *,
        kind: str,
        data: Mapping[str, str] | None = None,
        claim: Claim | None = None,
        add_row: str = "",
    ) -> None:
        self.kind = kind
        offered = Offered.now()
        sent = None if data is None else _with_row(data, add_row)
        self.main: forms.Form = COMPANY_OR_PERSON[kind](sent, initial=claim or {}, offered=offered)
        for one in offered.custom:
            self.main.fields[f"{CUSTOM_PREFIX}{one.code}"] = custom_form_field(one)
        for name in uniqueness_in_force().mandatory(kind):
            if name in self.main.fields:
                self.main.fields[name].required = True
        self.groups = tuple(
            RowGroup(
                key,
                ROW_LABELS[key],
                factory(
                    sent,
                    initial=_rows(claim or {}, stem),
                    prefix=key,
                    form_kwargs={"offered": offered},
                ),
                _chosen(sent, key),
                sent is not None,
            )
            for key, (stem, factory) in ROWS.items()
        )
        self.cleaned: CleanedRecord | None = None
        if add_row:
            self._leave_unchecked()
        self._focus(add_row, is_sent=sent is not None)

    def _leave_unchecked(self) -> None:
        """Whoever adds a row is not done yet: what is missing is not wrong. Django checks what it draws."""
        for form in (self.main, *(form for group in self.groups for form in group.formset.forms)):
            vars(form)["_errors"] = ErrorDict()

    def _focus(self, add_row: str, *, is_sent: bool) -> None:
        """Where typing goes on: in the row that was added, else at the beginning."""
        added = next((group.formset.forms[-1] for group in self.groups if group.key == add_row), None)
        fields = added.fields if added else {} if is_sent else self.main.fields
        wanted = ("value", "line1", "first_name", "company_name")
        if first := next((fields[name] for name in wanted if name in fields), None):
            first.widget.attrs["autofocus"] = True

    def leave_as_it_is(self, masked: Mapping[str, str]) -> None:
        """Fields of the form that say something which is not shown: by name, how it reads."""
        for name, reads in masked.items():
            if name in self.main.fields:
                self.main.fields[name].required = False
                self.main.fields[name].help_text = f"It reads {reads} to you. Left empty, it stays."

    def is_valid(self, *, options: CleaningOptions) -> bool:
        """Shape first, then what cleaning makes of it; every error stands at its field."""
        is_shaped = all([self.main.is_valid(), *(group.formset.is_valid() for group in self.groups)])
        for group in self.groups:
            if group.formset.non_form_errors():
                last = group.formset.forms[-1]
                last.add_error(None if group.key == "addresses" else "value", too_many(group.label.lower()))
            for form, name, sentence in group.troubles():
                form.add_error(name, sentence)
        self.cleaned = clean_record(self.raw(), options=options)
        for where, reason in self._troubles(self.cleaned):
            where.add_error("value" if "value" in where.fields else None, _as_sentence(reason))
        self._add_single_troubles(self.cleaned, is_shaped=is_shaped)
        return self.main.is_valid() and not any(
            form.errors for group in self.groups for form in group.formset.forms
        )

    def cleaned_so_far(self, *, options: CleaningOptions) -> CleanedRecord | None:
        """What can be read of a form that is not finished; None when that is nothing."""
        self.main.is_valid()
        for group in self.groups:
            if not group.formset.is_valid():
                return None
        cleaned = clean_record(self.raw(), options=options) if self.claim() else None
        return cleaned if cleaned and not cleaned.refusals else None

    def claim(self) -> Claim:
        """As typed. Rows left empty take no number."""
        fields = {name: str(value) for name, value in self.main.cleaned_data.items() if value}
        for group in self.groups:
            for number, row in enumerate(group.in_order(), start=1):
                fields |= dict(_row_fields(ROWS[group.key][0], number, row.cleaned_data))
        return fields

    def say(self, troubles: Mapping[str, str], *, otherwise: str) -> None:
        """What saving refused: each trouble at its field (`phone_2`, `address_1_postcode`), else above."""
        for name, reason in troubles.items():
            place, field = self._place_of(name)
            place.add_error(field if field in place.fields else None, reason)
        if not troubles:
            self.main.add_error(None, otherwise)

    def _place_of(self, name: str) -> tuple[forms.Form, str]:
        for group in self.groups:
            stem = ROWS[group.key][0]
            rows = group.in_order() or group.formset.forms[:1]
            for number, row in enumerate(rows, start=1):
                if _is_of(name, f"{stem}_{number}"):
                    return row, name.removeprefix(f"{stem}_{number}").lstrip("_") or "value"
        return self.main, name

    def raw(self) -> Claim:
        return {**self.claim(), "kind": self.kind}

    def _add_single_troubles(self, cleaned: CleanedRecord, *, is_shaped: bool) -> None:
        """What is missing from the whole is not said of half a form."""
        for remark in (*cleaned.remarks, *cleaned.refusals):
            name = remark.field
            if name in self.main.fields and not _read(cleaned, name) and name not in self.main.errors:
                self.main.add_error(name, _as_sentence(remark.reason))
            elif is_shaped and name not in self.main.fields and remark in cleaned.refusals:
                self.main.add_error(None, _as_sentence(remark.reason))

    def _troubles(self, cleaned: CleanedRecord) -> Iterator[tuple[forms.Form, str]]:
        reasons = {remark.field: remark.reason for remark in cleaned.remarks}
        emails, phones, _ = self.groups
        for number, row in enumerate(emails.in_order(), start=1):
            if clean_email(row.cleaned_data["value"]) not in cleaned.emails:
                yield row, reasons.get(f"email_{number}", "not a valid e-mail address")
        for number, row in enumerate(phones.in_order(), start=1):
            if f"phone_{number}" in reasons:
                yield row, reasons[f"phone_{number}"]

    @property
    def sections(self) -> list[Section]:
        """The single fields: the common ones open, others folded unless something stands there, or must."""
        names = list(self.main.fields)
        found = []
        for label, wanted in _SECTIONS[self.kind]:
            fields = [self.main[name] for name in names if name in wanted]
            found.append(Section(label, fields))
        custom = [self.main[name] for name in names if name.startswith(CUSTOM_PREFIX)]
        return [*found, Section("User-defined fields", custom)] if custom else found


def _chosen(sent: Mapping[str, str] | None, key: str) -> int | None:
    text = (sent or {}).get(f"{key}-primary", "")
    return int(text) if text.isascii() and text.isdigit() and int(text[:3]) < MAX_REPEATS else None


def _read(cleaned: CleanedRecord, name: str) -> object:
    if name.startswith(CUSTOM_PREFIX):
        return (cleaned.custom or {}).get(name.removeprefix(CUSTOM_PREFIX))
    return getattr(cleaned, name, None)


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    """'' of the one that is not folded."""
    fields: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        return any(field.value() or field.errors or field.field.required for field in self.fields)


_PERSON_MAIN: Final = ("title", "first_name", "middle_name", "last_name", "gender", "birth_date")
_COMPANY_MAIN: Final = ("company_name", "vat_number", "registration_number", "industry")
_SECTIONS: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    PERSON: (
        ("", (*_PERSON_MAIN, "category", "language", "residence_country")),
        (
            "Documents and name day",
            (
                *("name_day", "id_number", "id_number_country", "id_number_expires", "passport_number"),
                *("passport_country", "passport_expires", "social_security_number"),
            ),
        ),
        ("Marketing", ("direct_marketing", "affiliate_marketing")),
    ),
    COMPANY: (
        ("", (*_COMPANY_MAIN, "category", "language", "residence_country")),
        ("Company profile", ("registration_country", "established_on", "website", "employees")),
        ("Marketing", ("direct_marketing", "affiliate_marketing")),
    ),
}
COMPANY_OR_PERSON: Final[dict[str, type[TypedForm]]] = {PERSON: PersonForm, COMPANY: CompanyForm}


def _filled(formset: _FormSet) -> list[forms.Form]:
    return [form for form in formset.forms if any(getattr(form, "cleaned_data", {}).get(n) for n in _TELLING)]


_TELLING: Final = ("value", *(part for part in ADDRESS_PARTS if part != "country"))


def _row_fields(stem: str, number: int, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value:
            yield (f"{stem}_{number}" if name == "value" else f"{stem}_{number}_{name}"), str(value)


def _rows(claim: Claim, stem: str) -> list[Claim]:
    """The numbered fields of a claim as rows of a form."""
    rows: list[Claim] = []
    for number in range(1, MAX_REPEATS + 1):
        start = f"{stem}_{number}"
        row = {name[len(start) + 1 :] or "value": text for name, text in claim.items() if _is_of(name, start)}
        if row:
            rows.append(row)
    return rows


def _is_of(name: str, start: str) -> bool:
    return name == start or name.startswith(f"{start}_")


def _with_row(data: Mapping[str, str], group: str) -> Mapping[str, str]:
    if group not in ROWS:
        return data
    sent = dict(data.items())
    total = f"{group}-TOTAL_FORMS"
    number = int(sent[total]) if sent.get(total, "").isdigit() else 0
    sent[total] = str(min(number + 1, MAX_REPEATS))
    return sent


def _as_sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
