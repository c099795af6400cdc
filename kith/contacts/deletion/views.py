"""Deleting a contact: what goes with it, or why it may not go."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries
from kith.contacts.deletion import actions, registry
from kith.contacts.models import Contact
from kith.kernel.decision import Decision
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.kernel.leaving import Leaving
from kith.sources.models import SourceRecord
from kith.web.rendering import UNPROCESSABLE, render_page

_REFS_SHOWN: Final = 20


class DeleteForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    sure = forms.BooleanField(
        label="I am sure: this cannot be undone",
        error_messages={"required": "Confirm that this contact is to be deleted for good."},
    )


@needs(Permission.CONTACT_DELETE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_contact(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    leaving = registry.leaving_of(contact_id)
    allowed = registry.may_delete(leaving)
    if request.method != "POST" or not allowed:
        form = DeleteForm(initial={"seen": len(leaving.record_ids)})
        status = UNPROCESSABLE if request.method == "POST" else 200
        return _page(request, contact, leaving, form, allowed=allowed, status=status)
    form = DeleteForm(request.POST)
    if form.is_valid():
        try:
            actions.delete_contact(actor=request.actor, contact_id=contact_id, seen=form.cleaned_data["seen"])
        except (Refused, Conflict) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The contact is deleted, with everything that hung on its System Refs.")
            return redirect("contacts:search")
    return _page(request, contact, leaving, form, allowed=allowed, status=UNPROCESSABLE)


def _page(
    request: KithRequest,
    contact: Contact,
    leaving: Leaving,
    form: DeleteForm,
    *,
    allowed: Decision,
    status: int,
) -> HttpResponse:
    records = SourceRecord.objects.filter(pk__in=leaving.record_ids[:_REFS_SHOWN]).select_related("source")
    context = {
        "contact": contact,
        "form": form,
        "allowed": allowed,
        "goes": registry.what_goes(leaving),
        "records": records.only("system_ref", "source").order_by("source__priority", "pk"),
        "more": max(len(leaving.record_ids) - _REFS_SHOWN, 0),
    }
    return render_page(request, "contacts/contact_delete.html", context, status=status)
