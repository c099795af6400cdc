from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries
from kith.contacts.models import Contact
from kith.contacts.owning import actions
from kith.contacts.owning.forms import OwnerForm
from kith.kernel.errors import NotFound
from kith.organisation.queries import owners_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def change_owner(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    owner = owners_of([contact_id]).get(contact_id)
    form = OwnerForm(
        request.POST if request.method == "POST" else None, initial={"team": owner.id if owner else ""}
    )
    if form.is_valid():
        team = form.cleaned_data["team"]
        actions.change_owner(actor=request.actor, contact_ids=[contact_id], team_id=team)
        messages.success(request, "The owning team is changed.")
        return redirect("contacts:detail", contact_id)
    context = {"contact": contact, "form": form}
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "contacts/owner_form.html", context, status=status)
