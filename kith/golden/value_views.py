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
from kith.contacts.models import Contact
from kith.contacts.rights.rules import Shown, Sight
from kith.contacts.rights.seeing import sight_at
from kith.contacts.value_ids import Row, key_of
from kith.golden import actions, overrides
from kith.golden.forms import OverrideForm
from kith.golden.models import GoldenOverride
from kith.golden.pieces import may_be_of
from kith.golden.rows import as_typed, row_at
from kith.golden.rules import AUTHORISATIONS, FIELD_LABELS, LIST_FIELDS, custom_code
from kith.golden.typed import claim_fields, may_be_empty
from kith.golden.waiting import edits_wait
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.sources.custom_fields import custom_fields
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: KithRequest, contact_id: int, field: str) -> HttpResponse:
    contact = _contact(contact_id, field, request=request)
    sight = sight_at(contact, actor=request.actor)
    is_masked = sight.shows(field) is not Shown.SHOWN
    if sight.shows(field) is Shown.HIDDEN:
        raise NotAllowed("You do not see this field of this contact, so you cannot edit it.")
    if request.method != "POST":
        row = None if is_masked else row_at(contact, field, place=request.GET.get("row", ""))
        initial = _initial(contact, field, row, is_masked=is_masked)
        return _page(request, contact, field, _form(contact, field, initial=initial), sight=sight)
    present = {} if is_masked else _present(contact, field)
    form = _form(contact, field, data=request.POST, initial=present)
    clashes: tuple[Clashing, ...] = ()
    if form.is_valid():
        if is_masked and not any(form.typed().values()):
            messages.info(request, "Nothing was typed, so what is there stays.")
            return _to_contact(request, contact_id)
        try:
            made = _save(request, contact_id, field, form)
        except Conflict as conflict:
            form.say({}, otherwise=conflict.message)
            return _clash(request, contact, field, form, sight=sight)
        except Refused as refused:
            form.say(refused.fields, otherwise=refused.message)
            clashes = clashing(refused, actor=request.actor)
        else:
            messages.success(request, _said(made))
            return _to_contact(request, contact_id)
    return _page(request, contact, field, form, sight=sight, status=UNPROCESSABLE, clashes=clashes)


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
        retires=bool(given.get("retires") and given["instead_of"]),
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
        value=as_typed(field, row),
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


def _initial(contact: Contact, field: str, row: Row | None, *, is_masked: bool) -> Mapping[str, object]:
    """What the field is now; of a list the row that is corrected, or nothing for another value. Nothing of
    a masked field.
    """
    seen: dict[str, object] = {"seen": overrides.state_of(contact, field)}
    if is_masked:
        return seen
    if field not in LIST_FIELDS:
        return seen | {name: _as_text(_golden(contact, name)) for name in claim_fields(field)}
    if row is None:
        return seen | {"leads": not getattr(contact, field).exists()}
    return seen | as_typed(field, row) | {"leads": row.is_primary, "instead_of": key_of(row)}


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


def _clash(
    request: KithRequest, contact: Contact, field: str, form: OverrideForm, *, sight: Sight
) -> HttpResponse:
    """What was typed stays; saving again puts it in place of what came meanwhile."""
    contact.refresh_from_db()
    form.data = {**request.POST.dict(), "seen": overrides.state_of(contact, field)}
    return _page(request, contact, field, form, sight=sight, status=UNPROCESSABLE, is_clash=True)


def masked_now(contact: Contact, field: str, sight: Sight) -> str:
    return sight.of(field, overrides.words_now(contact, field)) or "no value"


def _page(
    request: KithRequest,
    contact: Contact,
    field: str,
    form: OverrideForm,
    *,
    sight: Sight,
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
        "may_retire": field == "addresses" and not edits_wait(),
        "may_be_empty": may_be_empty(field),
        "masked": "" if sight.shows(field) is Shown.SHOWN else masked_now(contact, field, sight),
        "now": sight.of(field, overrides.words_now(contact, field)) if is_clash else "",
        "is_clash": is_clash,
        "clashes": clashes,
        "may_group": request.actor.may(Permission.CONTACT_GROUP),
        "countries": country_names() if any("country" in name for name in form.parts) else (),
    }
    return render_page(request, "golden/override_form.html", context, region="form", status=status)
