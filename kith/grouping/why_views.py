from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries
from kith.contacts.models import Contact
from kith.grouping.inspection import WIDTH, inspect
from kith.kernel.errors import NotFound
from kith.web.rendering import render_page


@needs(Permission.CONTACT_VIEW)
@require_GET
def why(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state == Contact.State.RETIRED:
        survivor = queries.survivor_of(contact_id)
        if survivor is None:
            raise NotFound("There is no such contact.")
        return redirect("grouping:why", survivor)
    context = {
        "contact": contact,
        "found": inspect(contact),
        "width": WIDTH,
        "is_company": contact.kind == Contact.Kind.COMPANY,
        "may_see_rules": request.actor.may(Permission.RULES_VIEW),
    }
    return render_page(request, "grouping/why.html", context)
