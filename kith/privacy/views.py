"""Anonymising: what would go and what stands against it, second thoughts, how far it is, the certificate."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.models import User
from kith.access.permissions import Permission
from kith.contacts import queries as contacts
from kith.contacts.deletion.registry import leaving_of
from kith.contacts.models import Contact
from kith.kernel.errors import Conflict, DomainError, NotFound, Refused
from kith.privacy import queries
from kith.privacy.erasing import actions
from kith.privacy.erasing.blockers import NOT_SET_UP, blockers_of
from kith.privacy.erasing.rows import files_of, what_goes, what_stays
from kith.privacy.erasing.waiting import waits_for_the_night
from kith.privacy.forms import AnonymiseForm
from kith.privacy.models import Erasure
from kith.privacy.proof.certificate import as_file, is_authentic
from kith.privacy.proof.paper import as_pdf
from kith.privacy.sections import anonymisation_in_force
from kith.sso.refs import linked_refs
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_ANONYMISE)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def anonymise(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = contacts.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("There is no such contact.")
    user = request.user if isinstance(request.user, User) else None
    if request.method != "POST":
        return _preview(request, contact, AnonymiseForm(user=user))
    form = AnonymiseForm(request.POST, user=user)
    if form.is_valid():
        try:
            erasure = actions.order_erasure(
                actor=request.actor,
                contact_id=contact_id,
                typed_group_id=form.cleaned_data["typed_group_id"],
                as_soon_as_it_may="as_soon_as_it_may" in request.POST,
            )
        except (Refused, Conflict) as error:
            form.add_error(None, error.message)
        else:
            return redirect("privacy:erasure", erasure.pk)
    return _preview(request, contact, form, status=UNPROCESSABLE)


@needs(Permission.PRIVACY_VIEW)
@require_GET
def erasure_list(request: KithRequest) -> HttpResponse:
    shown = request.GET.get("show", "")
    rows = queries.erasures(actor=request.actor, shown=shown)
    context = {"page": page_of(rows, request), "shown": shown, "choices": _choices()}
    return render_page(request, "privacy/erasures.html", context)


@needs(Permission.PRIVACY_VIEW)
@require_GET
def erasure_detail(request: KithRequest, erasure_id: int) -> HttpResponse:
    erasure = queries.erasure_of(erasure_id, actor=request.actor)
    blocked = erasure.state == Erasure.State.BLOCKED
    tonight = erasure.state == Erasure.State.QUEUED and waits_for_the_night(erasure.contact_id)
    is_under_way = erasure.state in queries.UNDER_WAY and not tonight
    context = {
        "erasure": erasure,
        "stages": queries.stages_of(erasure),
        "blockers": blockers_of(leaving_of(erasure.contact_id), route=erasure.route, months=erasure.months)
        if blocked
        else (),
        "may_cancel": erasure.state in Erasure.OPEN and request.actor.may(Permission.CONTACT_ANONYMISE),
        "may_retry": erasure.state in {Erasure.State.BLOCKED, Erasure.State.STUCK}
        and request.actor.may(Permission.CONTACT_ANONYMISE),
        "may_approve": erasure.state == Erasure.State.WAITS_SECOND
        and request.actor.may(Permission.ERASURE_APPROVE)
        and erasure.asked_by_id != request.actor.user_id,
        "is_under_way": is_under_way,
        "counts": sorted(erasure.counts.items(), key=lambda one: -one[1]),
        "waits_for_the_night": tonight,
    }
    page = render_page(request, "privacy/erasure.html", context, region="progress")
    if request.htmx and not is_under_way:  # what was looked at has ended: the rest of the page changes too
        page["HX-Refresh"] = "true"
    return page


@needs(Permission.PRIVACY_VIEW)
@require_GET
def certificate(request: KithRequest, erasure_id: int) -> HttpResponse:
    found = queries.certificate_of(erasure_id, actor=request.actor)
    if request.GET.get("as") == "json":
        answer = HttpResponse(as_file(found), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="certificate-{found.body["erasure"]}.json"'
        return answer
    if request.GET.get("as") == "pdf":
        answer = HttpResponse(as_pdf(found), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="certificate-{found.body["erasure"]}.pdf"'
        return answer
    context = {"certificate": found, "erasure": found.erasure, "is_authentic": is_authentic(found)}
    return render_page(request, "privacy/certificate.html", context)


@needs(Permission.ERASURE_APPROVE)
@require_POST
def approve(request: KithRequest, erasure_id: int) -> HttpResponse:
    return _done(request, erasure_id, actions.approve_erasure, "Approved.")


@needs(Permission.CONTACT_ANONYMISE)
@require_POST
def cancel(request: KithRequest, erasure_id: int) -> HttpResponse:
    return _done(request, erasure_id, actions.cancel_erasure, "Cancelled. Nothing was anonymised.")


@needs(Permission.CONTACT_ANONYMISE)
@require_POST
def retry(request: KithRequest, erasure_id: int) -> HttpResponse:
    return _done(request, erasure_id, actions.retry_erasure, "It is tried again.")


def _done(request: KithRequest, erasure_id: int, action: Callable[..., Erasure], said: str) -> HttpResponse:
    erasure = queries.erasure_of(erasure_id, actor=request.actor)
    try:
        done = action(actor=request.actor, uid=erasure.uid)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        waits = done.state == Erasure.State.WAITS_SECOND
        messages.success(request, "It waits for a second person." if waits else said)
    return redirect("privacy:erasure", erasure_id)


def _preview(
    request: KithRequest, contact: Contact, form: AnonymiseForm, *, status: int = 200
) -> HttpResponse:
    leaving = leaving_of(contact.pk)
    blockers = blockers_of(leaving)
    context = {
        "contact": contact,
        "form": form,
        "order": queries.open_order_of(contact.pk),
        "blockers": blockers,
        "may_wait": bool(blockers) and not {one.code for one in blockers} & NOT_SET_UP,
        "goes": what_goes(leaving),
        "files": len(files_of(leaving)),
        "stays": what_stays(leaving),
        "sso_accounts": linked_refs(leaving.record_ids),
        "waits_for_the_night": waits_for_the_night(contact.pk),
        "four_eyes": anonymisation_in_force().four_eyes,
    }
    return render_page(request, "privacy/anonymise.html", context, status=status)


def _choices() -> list[tuple[str, str]]:
    return [(key, label) for key, (label, _) in queries.SHOWN.items()]
