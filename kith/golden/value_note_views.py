"""Notes about single e-mails, phones and addresses, and the life cycle of addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.forms import custom_form_field
from kith.contacts.models import Contact
from kith.contacts.rights.rules import Shown
from kith.contacts.rights.seeing import sight_at
from kith.contacts.value_ids import Row, key_of
from kith.golden import actions
from kith.golden.rows import row_at
from kith.golden.rules import FIELD_LABELS, LIST_FIELDS
from kith.golden.value_statements import statements_of
from kith.golden.wording import address_line
from kith.kernel.errors import Conflict, NotAllowed, NotFound
from kith.matching.cleaning import DateOrder
from kith.matching.cleaning import custom as custom_values
from kith.matching.records import ADDRESS_PARTS
from kith.sources.custom_fields import CustomField, Entity, custom_fields
from kith.web.rendering import UNPROCESSABLE, render_page

_ENTITIES: Final = {"emails": Entity.EMAIL, "phones": Entity.PHONE, "addresses": Entity.ADDRESS}
_VERBS: Final = {
    "deactivate": (actions.deactivate_address, "The address is inactive."),
    "activate": (actions.activate_address, "The address is active."),
    "remove": (actions.remove_address, "The address was removed."),
}


class AboutForm(forms.Form):
    """A note, and the user-defined fields of such values."""

    key = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note", required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        *,
        defined: tuple[CustomField, ...],
        data: Mapping[str, str] | None = None,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.defined = defined
        for one in defined:
            self.fields[f"custom.{one.code}"] = custom_form_field(one)

    def clean(self) -> dict[str, object]:
        for one in self.defined:
            name = f"custom.{one.code}"
            text = str(self.cleaned_data.get(name) or "")
            read = custom_values.read(text, shape=one.shape, order=DateOrder.DMY) if text else ""
            if read is None:
                self.add_error(name, f"This is {custom_values.reason(one.shape)}.")
            self.cleaned_data[name] = read or ""
        return self.cleaned_data

    def custom(self) -> dict[str, str]:
        return {one.code: str(self.cleaned_data[f"custom.{one.code}"]) for one in self.defined}


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: KithRequest, contact_id: int, field: str) -> HttpResponse:
    contact = _contact(contact_id)
    if field not in LIST_FIELDS:
        raise NotFound("Notes are of e-mails, phones and addresses.")
    if sight_at(contact, actor=request.actor).shows(field) is not Shown.SHOWN:
        raise NotAllowed("You see this value masked. Reveal it first, and note something then.")
    defined = custom_fields(_ENTITIES[field])
    if request.method == "POST":
        return _save(request, contact, field, defined)
    row = row_at(contact, field, place=request.GET.get("row", ""))
    if row is None:
        raise NotFound("There is no such value.")
    said, key = statements_of(contact), key_of(row)
    note = said.note(field, key)
    custom = {f"custom.{code}": text for code, text in said.custom(field, key).items()}
    initial = {"key": key, "note": note.text if note else "", **custom}
    return _page(request, contact, field, AboutForm(defined=defined, initial=initial), row=row)


def _save(
    request: KithRequest, contact: Contact, field: str, defined: tuple[CustomField, ...]
) -> HttpResponse:
    form = AboutForm(defined=defined, data=request.POST)
    row = _row_of(contact, field, request.POST.get("key", ""))
    if not form.is_valid():
        return _page(request, contact, field, form, row=row, status=UNPROCESSABLE)
    actions.note_value(
        actor=request.actor,
        contact_id=contact.pk,
        field=field,
        key=form.cleaned_data["key"],
        note=form.cleaned_data["note"],
        custom=form.custom(),
    )
    messages.success(request, "Saved.")
    return redirect("contacts:detail", contact.pk)


@needs(Permission.CONTACT_EDIT)
@require_POST
def change_state(request: KithRequest, contact_id: int, verb: str) -> HttpResponse:
    if verb not in _VERBS:
        raise NotFound("There is no such thing to do.")
    change, sentence = _VERBS[verb]
    change(actor=request.actor, contact_id=contact_id, key=request.POST.get("key", ""))
    messages.success(request, sentence)
    return redirect("contacts:detail", contact_id)


def _contact(contact_id: int) -> Contact:
    contact = Contact.objects.filter(pk=contact_id, state=Contact.State.ACTIVE).defer("search").first()
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact


def _row_of(contact: Contact, field: str, key: str) -> Row:
    rows: Iterable[Row] = getattr(contact, field).all()
    found = next((row for row in rows if key_of(row) == key), None)
    if found is None:
        raise Conflict("This value is not there any more. Load the page again.")
    return found


def _page(
    request: KithRequest, contact: Contact, field: str, form: AboutForm, *, row: Row, status: int = 200
) -> HttpResponse:
    value = getattr(row, "value", None)
    context = {
        "contact": contact,
        "label": FIELD_LABELS[field],
        "value": value or address_line({part: getattr(row, part) for part in ADDRESS_PARTS}),
        "form": form,
    }
    return render_page(request, "golden/about_value.html", context, region="form", status=status)
