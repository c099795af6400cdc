from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries
from kith.contacts.models import Contact
from kith.grouping.why.inspection import MOST_EXPLAINED, TwoOf, inspect, two_of
from kith.kernel.errors import NotFound
from kith.web.rendering import render_page


@needs(Permission.CONTACT_VIEW)
@require_GET
def why(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state == Contact.State.RETIRED:
        successor = queries.successor_of(contact_id)
        if successor is None:
            raise NotFound("There is no such contact.")
        return redirect("grouping:why", successor)
    two = _two(request, contact)
    if two is not None and request.htmx:
        context: dict[str, object] = {"two": two}
        return render_page(request, "grouping/why.html", context, region="bits")
    context = {
        "contact": contact,
        "found": inspect(contact),
        "two": two,
        "most_explained": MOST_EXPLAINED,
        "is_company": contact.kind == Contact.Kind.COMPANY,
        "may_group": request.actor.may(Permission.CONTACT_GROUP),
        "may_see_rules": request.actor.may(Permission.RULES_VIEW),
    }
    return render_page(request, "grouping/why.html", context, region="bits")


def _two(request: KithRequest, contact: Contact) -> TwoOf | None:
    """`?one=…&other=…`: two System Refs of the contact, bit by bit."""
    names = request.GET.get("one", ""), request.GET.get("other", "")
    if not all(name.isascii() and name.isdigit() for name in names):
        return None
    left_id, right_id = sorted(int(name[:18]) for name in names)
    return None if left_id == right_id else two_of(contact, left_id=left_id, right_id=right_id)
