"""Typing contacts in: new ones, and LOCAL System Refs again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kith.access.actors import Actor
from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import actions, local
from kith.contacts.checks.clashing import Clashing, clashing
from kith.contacts.duplicates import possible_duplicates
from kith.contacts.entry import Claim, EntryForm
from kith.contacts.forms import country_names
from kith.contacts.merging import merged
from kith.contacts.models import Contact
from kith.contacts.refs import claim_label
from kith.contacts.rights.rules import Shown, Sight
from kith.contacts.rights.seeing import seen_fields, sight_at
from kith.contacts.rights.typed import shown_of, with_what_stays
from kith.contacts.settings.authorisation import authorisation_in_force
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.matching.records import COMPANY, PERSON
from kith.sources.doors.holding import KeptOut
from kith.sources.models import LOCAL, SourceRecord
from kith.sources.past_claims import claim_of_version
from kith.web.formats import group_id as shown_group_id
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: KithRequest) -> HttpResponse:
    return _new(request, kind=PERSON)


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_company(request: KithRequest) -> HttpResponse:
    return _new(request, kind=COMPANY)


def _new(request: KithRequest, *, kind: str) -> HttpResponse:
    if request.method != "POST":
        return _entry_page(request, EntryForm(kind=kind, claim=authorisation_in_force().for_claim({})))
    row = request.POST.get("add", "")
    if row:
        return _entry_page(request, EntryForm(kind=kind, data=request.POST, add_row=row))
    form = EntryForm(kind=kind, data=request.POST)
    if not form.is_valid(options=local.cleaning_options(local.local_source())):
        return _entry_page(request, form, status=UNPROCESSABLE)
    if form.cleaned is not None and not {"save_anyway", "group_with", "returns"} & set(request.POST):
        duplicates = possible_duplicates(form.cleaned, actor=request.actor)
        if duplicates:
            return _entry_page(request, form, status=UNPROCESSABLE, duplicates=duplicates, ask=True)
    try:
        contact_id = actions.add_contact(
            actor=request.actor,
            kind=kind,
            claim=form.claim(),
            to_group_with=frozenset(_group_ids(request, "group_with")),
            returns="returns" in request.POST,
        )
    except Refused as refused:
        found = _refused(form, refused, actor=request.actor)
        may_return = isinstance(refused, KeptOut) and request.actor.may(Permission.CONTACT_ADMIT)
        return _entry_page(request, form, status=UNPROCESSABLE, clashes=found, may_return=may_return)
    others = _group_ids(request, "group_with")
    if others:
        return _group_next(request, contact_id, others)
    messages.success(request, f"Saved under GroupID {shown_group_id(contact_id)}.")
    return redirect("contacts:detail", contact_id)


def _refused(form: EntryForm, refused: Refused, *, actor: Actor) -> tuple[Clashing, ...]:
    """What was typed stays; what is wrong stands at its field, and who has it already below."""
    form.say(refused.fields, otherwise=refused.message)
    return clashing(refused, actor=actor)


def _group_ids(request: KithRequest, name: str) -> list[int]:
    return [
        int(text)
        for text in request.POST.getlist(name)
        if text.isascii() and text.isdigit() and len(text) < 19
    ]


def _group_next(request: KithRequest, contact_id: int, others: list[int]) -> HttpResponse:
    """Saved, for it is about to be the same contact: what grouping would do is shown first, as always."""
    messages.info(request, f"Saved under GroupID {shown_group_id(contact_id)}. Group it now:")
    query = {"with": [contact_id, *others[1:]], "master": others[0]}
    return redirect(reverse("stewardship:group-preview", args=[others[0]], query=query))


@needs(Permission.CONTACT_EDIT)
@require_POST
def show_possible_duplicates(request: KithRequest) -> HttpResponse:
    """While typing; changes nothing, and posts only because names do not belong in addresses."""
    kind = COMPANY if request.POST.get("kind") == COMPANY else PERSON
    form = EntryForm(kind=kind, data=request.POST)
    cleaned = form.cleaned_so_far(options=local.cleaning_options(local.local_source()))
    context = {"duplicates": possible_duplicates(cleaned, actor=request.actor) if cleaned else ()}
    return render_page(request, "contacts/_possible_duplicates.html", context)


def _entry_page(request: KithRequest, form: EntryForm, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "form": form,
        "is_company": form.kind == COMPANY,
        "countries": country_names(),
        "may_group": request.actor.may(Permission.CONTACT_GROUP),
        **more,
    }
    return render_page(request, "contacts/contact_form.html", context, region="form", status=status)


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    theirs: str
    yours: str


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_local(request: KithRequest, contact_id: int, record_id: int) -> HttpResponse:
    record = _local_record(contact_id, record_id)
    if request.method == "POST":
        return _save_local(request, record, contact_id=contact_id)
    return _edit_page(request, record, _form_of(request, record))


def _sight(request: KithRequest, record: SourceRecord) -> Sight:
    contact = Contact.objects.defer("search").get(pk=record.membership.contact_id)
    return sight_at(contact, actor=request.actor)


def _form_of(
    request: KithRequest, record: SourceRecord, *, data: bool = False, add_row: str = ""
) -> EntryForm:
    """What the reader does not see is not in it."""
    claim, sight = _claim_of(record), _sight(request, record)
    sent = request.POST if data else None
    form = EntryForm(kind=record.kind, data=sent, claim=shown_of(claim, sight), add_row=add_row)
    form.leave_as_it_is(
        {
            name: text
            for name, text in seen_fields(claim, sight).items()
            if sight.shows(name) is not Shown.SHOWN
        }
    )
    return form


def _save_local(request: KithRequest, record: SourceRecord, *, contact_id: int) -> HttpResponse:
    row = request.POST.get("add", "")
    form = _form_of(request, record, data=True, add_row=row)
    version = request.POST.get("version", "")
    if row:
        return _edit_page(request, record, form, version=version)
    if not form.is_valid(options=local.cleaning_options(record.source)):
        return _edit_page(request, record, form, version=version, status=UNPROCESSABLE)
    try:
        typed = with_what_stays(_claim_of(record), form.claim(), _sight(request, record))
        claim = {**_not_in_the_form(record, form), **typed}
        return _saved(request, record, contact_id=contact_id, claim=claim, version=version)
    except Conflict:
        return _clash_page(request, _local_record(contact_id, record.pk), form)
    except Refused as refused:
        found = _refused(form, refused, actor=request.actor)
        return _edit_page(request, record, form, version=version, status=UNPROCESSABLE, clashes=found)


def _saved(
    request: KithRequest, record: SourceRecord, *, contact_id: int, claim: Claim, version: str
) -> HttpResponse:
    """With what somebody else changed meanwhile, unless the two contradict each other: Conflict."""
    sentence = "Saved."
    try:
        _edit(request, record, contact_id=contact_id, claim=claim, version=version)
    except Conflict:
        now = _local_record(contact_id, record.pk)
        together = _together(now, claim, version=version)
        if together is None:
            raise
        _edit(request, now, contact_id=contact_id, claim=together, version=now.content_hash.hex)
        sentence = "Saved, together with what somebody else changed meanwhile."
    messages.success(request, sentence)
    return redirect("contacts:detail", contact_id)


def _edit(request: KithRequest, record: SourceRecord, *, contact_id: int, claim: Claim, version: str) -> None:
    actions.edit_local(
        actor=request.actor, contact_id=contact_id, record_id=record.pk, claim=claim, version=version
    )


def _not_in_the_form(record: SourceRecord, form: EntryForm) -> Claim:
    """What an import into LOCAL, or a user-defined field that is inactive by now, had said stays."""
    shown = (*form.main.fields, "kind", "full_name")
    lists = ("email_", "phone_", "address_")
    stated = _claim_of(record).items()
    return {name: text for name, text in stated if name not in shown and not name.startswith(lists)}


def _together(record: SourceRecord, yours: Claim, *, version: str) -> Claim | None:
    """With what came meanwhile, where the claim that was opened is still known and nothing contradicts."""
    opened = claim_of_version(record, version)
    return None if opened is None else merged(base=opened, theirs=_claim_of(record), yours=yours)


def _clash_page(request: KithRequest, record: SourceRecord, form: EntryForm) -> HttpResponse:
    """Both values side by side; what was typed stays in the form, and saving again means it."""
    sight = _sight(request, record)
    theirs, yours = seen_fields(_claim_of(record), sight), form.claim()
    names = [name for name in dict.fromkeys([*theirs, *yours]) if theirs.get(name) != yours.get(name)]
    differences = [Difference(claim_label(name), theirs.get(name, ""), yours.get(name, "")) for name in names]
    return _edit_page(request, record, form, status=UNPROCESSABLE, differences=differences, clash=True)


def _edit_page(
    request: KithRequest,
    record: SourceRecord,
    form: EntryForm,
    *,
    version: str = "",
    status: int = 200,
    **more: object,
) -> HttpResponse:
    context = {
        "form": form,
        "record": record,
        "version": version or record.content_hash.hex,
        "is_company": form.kind == COMPANY,
        "countries": country_names(),
        "may_group": request.actor.may(Permission.CONTACT_GROUP),
        **more,
    }
    return render_page(request, "contacts/contact_form.html", context, region="form", status=status)


def _local_record(contact_id: int, record_id: int) -> SourceRecord:
    record = (
        SourceRecord.objects.of_contact(contact_id)
        .select_related("source", "membership")
        .filter(pk=record_id, source__code=LOCAL)
        .first()
    )
    if record is None:
        raise NotFound("There is no such System Ref typed in Kith.")
    return record


def _claim_of(record: SourceRecord) -> Claim:
    claim: Claim = record.claim.get("fields", {})
    return claim
