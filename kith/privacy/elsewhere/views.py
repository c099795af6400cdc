"""Tasks to erase elsewhere: what is open, which System Ref it is, and that it is done."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.clock import today
from kith.kernel.errors import DomainError
from kith.privacy.elsewhere import actions
from kith.privacy.elsewhere.models import ElsewhereTask
from kith.privacy.elsewhere.queries import task_of, tasks
from kith.sso.queries import is_configured
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


class CloseForm(forms.Form):
    is_erased = forms.ChoiceField(
        label="There",
        choices=[("yes", "It is erased"), ("no", "It is not, and will not be")],
        widget=forms.RadioSelect,
        initial="yes",
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        help_text="How, when, by whom; or why not. No details of the person.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@needs(Permission.PRIVACY_VIEW)
@require_GET
def task_list(request: KithRequest) -> HttpResponse:
    show_all = request.GET.get("show") == "all"
    page = page_of(tasks(actor=request.actor, state=None if show_all else "open"), request)
    context = {"page": page, "show_all": show_all, "today": today()}
    return render_page(request, "elsewhere/list.html", context)


@needs(Permission.PRIVACY_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def task_detail(request: KithRequest, task_id: int) -> HttpResponse:
    task = task_of(task_id, actor=request.actor)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.close_task(
                actor=request.actor,
                task_id=task_id,
                is_erased=form.cleaned_data["is_erased"] == "yes",
                note=form.cleaned_data["note"],
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Closed. Which System Ref it was is known to nobody here any more.")
            return redirect("elsewhere:list")
    return _page(request, task, form, status=UNPROCESSABLE if form.errors else 200)


@needs(Permission.PRIVACY_EDIT)
@require_POST
def reveal(request: KithRequest, task_id: int) -> HttpResponse:
    """Shown in this answer only, and kept by no cache; the address says nothing of it."""
    task = task_of(task_id, actor=request.actor)
    ref = actions.reveal_ref(actor=request.actor, task_id=task_id)
    page = _page(request, task, CloseForm(), ref=ref)
    page["Cache-Control"] = "private, no-store"
    return page


@needs(Permission.PRIVACY_EDIT)
@require_POST
def take(request: KithRequest, task_id: int) -> HttpResponse:
    actions.take_task(actor=request.actor, task_id=task_id)
    return redirect("elsewhere:task", task_id)


@needs(Permission.SSO_EDIT)
@require_POST
def delete_account(request: KithRequest, task_id: int) -> HttpResponse:
    try:
        actions.delete_sso_account(actor=request.actor, task_id=task_id)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("elsewhere:task", task_id)
    messages.success(request, "The account is deleted at the identity provider.")
    return redirect("elsewhere:list")


def _page(
    request: KithRequest, task: ElsewhereTask, form: CloseForm, *, ref: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "task": task,
        "form": form,
        "ref": ref,
        "may_delete": task.target == ElsewhereTask.Target.SSO
        and is_configured()
        and request.actor.may(Permission.SSO_EDIT),
    }
    return render_page(request, "elsewhere/task.html", context, status=status)
