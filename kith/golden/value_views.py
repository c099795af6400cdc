"""Editing one golden value on a contact: inside its row, or on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from kith.access.actors import require
from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.checks.clashing import Clashing, clashing
from kith.contacts.forms import country_names
from kith.contacts.models import Contact, ContactAddress, ContactEmail, ContactPhone
from kith.golden import actions, overrides
from kith.golden.forms import OverrideForm
from kith.golden.models import GoldenOverride
from kith.golden.pieces import address_key, may_be_of
from kith.golden.rules import AUTHORISATIONS, FIELD_LABELS, LIST_FIELDS, custom_code
from kith.golden.typed import claim_fields, may_be_empty
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.matching.cleaning.addresses import Details, lines_of
from kith.matching.records import ADDRESS_DETAILS, ADDRESS_PARTS
from kith.sources.custom_fields import custom_fields
from kith.web.rendering import render_page

Row = ContactEmail | ContactPhone | ContactAddress
UNPROCESSABLE = 422


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: KithRequest, contact_id: int, field: str) -> HttpResponse:
    contact = _contact(contact_id, field, request=request)
    if request.method != "POST":
        row = row_at(contact, field, place=request.GET.get("row", ""))
        return _page(request, contact, field, _form(contact, field, initial=_initial(contact, field, row)))
    form = _form(contact, field, data=request.POST, initial=_present(contact, field))
    clashes: tuple[Clashing, ...] = ()
    if form.is_valid():
        try:
            made = _save(request, contact_id, field, form)
        except Conflict as conflict:
            form.say({}, otherwise=conflict.message)
            return _clash(request, contact, field, form)
        except Refused as refused:
            form.say(refused.fields, otherwise=refused.message)
            clashes = clashing(refused)
        else:
            messages.success(request, _said(made))
            return _to_contact(request, contact_id)
    return _page(request, contact, field, form, status=UNPROCESSABLE, clashes=clashes)


def _form(
    contact: Contact,
    field: str,
    *,
    data: Mapping[str, str] | None = None,
    initial: Mapping[str, object] | None = None,
) -> OverrideForm:
    code = custom_code(field)
    custom = next((one for one in custom_fields() if one.code == code), None) if code else None
    return OverrideForm(field=field, kind=contact.kind, data=data, initial=initial, custom=custom)


def _present(contact: Contact, field: str) -> Mapping[str, object]:
    """What it holds already may be saved again, whatever the settings offer by now."""
    return {} if field in LIST_FIELDS else {name: _golden(contact, name) for name in claim_fields(field)}


def _save(request: KithRequest, contact_id: int, field: str, form: OverrideForm) -> GoldenOverride:
    given = form.cleaned_data
    return actions.override(
        actor=request.actor,
        contact_id=contact_id,
        field=field,
        value=form.typed(),
        mode=given["mode"],
        note=given["note"],
        leads=bool(given.get("leads")),
        instead_of=given["instead_of"],
        seen=given["seen"],
    )


@needs(Permission.CONTACT_EDIT)
@require_POST
def make_leading(request: KithRequest, contact_id: int, field: str) -> HttpResponse:
    """One of the e-mails, phones or addresses shown becomes the primary one, pinned."""
    contact = _contact(contact_id, field, request=request)
    row = row_at(contact, field, place=request.POST.get("row", ""))
    if row is None or key_of(row) != request.POST.get("key", ""):
        raise Conflict("This value is not there any more. Load the page again.")
    made = actions.override(
        actor=request.actor,
        contact_id=contact_id,
        field=field,
        value=_as_typed(field, row),
        mode=GoldenOverride.Mode.PINNED,
    )
    messages.success(request, _said(made))
    return redirect("contacts:detail", contact_id)


@needs(Permission.CONTACT_EDIT)
@require_POST
def withdraw(request: KithRequest, override_id: int) -> HttpResponse:
    contact_id, key = overrides.contact_of(override_id), request.POST.get("key", "")
    if key:
        actions.take_back_value(actor=request.actor, override_id=override_id, key=key)
    else:
        actions.withdraw_override(actor=request.actor, override_id=override_id)
    messages.success(request, "Taken back: what the sources say counts again.")
    return redirect("contacts:detail", contact_id)


def _contact(contact_id: int, field: str, *, request: KithRequest) -> Contact:
    require(request.actor, Permission.CONTACT_VIEW)
    contact = Contact.objects.filter(pk=contact_id, state=Contact.State.ACTIVE).defer("search").first()
    if contact is None or not may_be_of(field, contact.kind) or not _is_defined(field):
        raise NotFound("There is no such contact, or it has no such field.")
    return contact


def _is_defined(field: str) -> bool:
    code = custom_code(field)
    return code is None or code in {one.code for one in custom_fields()}


def row_at(contact: Contact, field: str, *, place: str) -> Row | None:
    if field not in LIST_FIELDS or not place.isascii() or not place.isdigit() or len(place) > 4:
        return None
    found: Row | None = getattr(contact, field).filter(position=int(place)).first()
    return found


def key_of(row: Row) -> str:
    return address_key(_parts(row)) if isinstance(row, ContactAddress) else row.value


def _parts(row: ContactAddress) -> dict[str, str | None]:
    return {part: getattr(row, part) for part in ADDRESS_PARTS}


def _without_composed_lines(row: ContactAddress) -> dict[str, str | None]:
    """Lines that were made of the parts are made of them again, also when one of them is corrected."""
    parts = _parts(row)
    details = Details(**{part: parts[part] for part in ADDRESS_DETAILS})
    for line1 in (None, row.line1):
        if lines_of(details, line1=line1, country=row.country) == (row.line1, row.line2):
            return parts | {"line1": line1, "line2": None}
    return parts


def _as_typed(field: str, row: Row) -> dict[str, str]:
    """A golden value as somebody would type it."""
    first, last = claim_fields(field)[0], claim_fields(field)[-1]
    if isinstance(row, ContactAddress):
        stem = first.removesuffix("_line1")
        parts = {f"{stem}_{part}": text for part, text in _without_composed_lines(row).items() if text}
        return {**parts, last: row.type} if row.type else parts
    return {first: row.value, last: row.type} if row.type else {first: row.value}


def _initial(contact: Contact, field: str, row: Row | None) -> Mapping[str, object]:
    """What the field is now; of a list the row that is corrected, or nothing for another value."""
    seen: dict[str, object] = {"seen": overrides.state_of(contact, field)}
    if field not in LIST_FIELDS:
        return seen | {name: _as_text(_golden(contact, name)) for name in claim_fields(field)}
    if row is None:
        return seen | {"leads": not getattr(contact, field).exists()}
    return seen | _as_typed(field, row) | {"leads": row.is_primary, "instead_of": key_of(row)}


def _golden(contact: Contact, name: str) -> object:
    code = custom_code(name)
    return getattr(contact, name) if code is None else (contact.custom or {}).get(code)


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


def _said(made: GoldenOverride) -> str:
    label = FIELD_LABELS[made.field]
    if made.state == GoldenOverride.State.PENDING:
        return f"{label}: saved. It comes into force with the next overnight run."
    return f"{label}: saved."


def _to_contact(request: KithRequest, contact_id: int) -> HttpResponse:
    if request.htmx:
        return HttpResponseClientRedirect(reverse("contacts:detail", args=[contact_id]))
    return redirect("contacts:detail", contact_id)


def _clash(request: KithRequest, contact: Contact, field: str, form: OverrideForm) -> HttpResponse:
    """What was typed stays; saving again puts it in place of what came meanwhile."""
    contact.refresh_from_db()
    form.data = {**request.POST.dict(), "seen": overrides.state_of(contact, field)}
    return _page(request, contact, field, form, status=UNPROCESSABLE, is_clash=True)


def _page(
    request: KithRequest,
    contact: Contact,
    field: str,
    form: OverrideForm,
    *,
    status: int = 200,
    is_clash: bool = False,
    clashes: tuple[Clashing, ...] = (),
) -> HttpResponse:
    context = {
        "contact": contact,
        "field": field,
        "label": FIELD_LABELS[field],
        "form": form,
        "is_list": field in LIST_FIELDS,
        "is_authorisation": field in AUTHORISATIONS,
        "may_be_empty": may_be_empty(field),
        "now": overrides.words_now(contact, field) if is_clash else "",
        "is_clash": is_clash,
        "clashes": clashes,
        "may_group": request.actor.may(Permission.CONTACT_GROUP),
        "countries": country_names() if any("country" in name for name in form.parts) else (),
    }
    return render_page(request, "golden/override_form.html", context, region="form", status=status)
