"""Views of a contact: old GroupIDs lead to their successors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from kith.access.http import KithRequest
from kith.contacts import queries
from kith.contacts.models import Contact
from kith.kernel.errors import NotFound
from kith.web.formats import group_id as shown_group_id

ContactView = Callable[[KithRequest, Contact], HttpResponse]
NumberView = Callable[[KithRequest, int], HttpResponse]


def of_contact(view: ContactView) -> NumberView:
    """Gives the view the active contact; a retired GroupID's page becomes its successor's, with its query."""

    @wraps(view)
    def with_contact(request: KithRequest, contact_id: int) -> HttpResponse:
        contact = queries.opened(contact_id, actor=request.actor)
        if contact.state == Contact.State.ACTIVE:
            return view(request, contact)
        successor = queries.successor_of(contact_id)
        if successor is None or request.resolver_match is None:
            raise NotFound("There is no contact with this GroupID.")
        messages.info(request, f"GroupID {shown_group_id(contact_id)} became {shown_group_id(successor)}.")
        url = reverse(request.resolver_match.view_name, args=(successor,), query=request.GET or None)
        return HttpResponse(status=302, headers={"Location": url})

    return with_contact
