"""Who a source sent again and was stopped; letting in whoever registered anew."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.errors import Refused
from kith.sources import queries as sources
from kith.sources.doors import actions, queries
from kith.sources.models import SYSTEM_REF_MAX_LENGTH, SourceSystem
from kith.web.paging import page_of
from kith.web.rendering import render_page

ADMISSIONS_SHOWN = 200


class AdmitForm(forms.Form):
    system_ref = forms.CharField(
        label="System Ref",
        max_length=SYSTEM_REF_MAX_LENGTH,
        help_text="As the source has it. Kith keeps no System Ref of whoever was anonymised.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    why = forms.ChoiceField(
        choices=[("", "—"), *((one.value, str(one.label)) for one in actions.BY_HAND)],
        help_text="Look at the source first.",
    )


@needs(Permission.SOURCE_VIEW)
@require_GET
def stopped(request: KithRequest, source_id: int) -> HttpResponse:
    return _page(request, sources.source(source_id, actor=request.actor), AdmitForm())


@needs(Permission.CONTACT_ADMIT)
@require_POST
def admit(request: KithRequest, source_id: int) -> HttpResponse:
    source = sources.source(source_id, actor=request.actor)
    form = AdmitForm(request.POST)
    if form.is_valid():
        try:
            actions.admit(actor=request.actor, source_id=source.pk, **form.cleaned_data)
        except Refused as refused:
            for name, sentence in (refused.fields or {"": refused.message}).items():
                form.add_error(name or None, sentence)
        else:
            messages.success(request, "Let in. The next import makes a new contact of it.")
            return redirect("sources:stopped", source.pk)
    return _page(request, source, form, status=422)


@needs(Permission.CONTACT_ADMIT)
@require_POST
def withdraw(request: KithRequest, source_id: int, admission_id: int) -> HttpResponse:
    actions.withdraw_admission(actor=request.actor, admission_id=admission_id)
    messages.success(request, "No longer let in. What came in meanwhile stays.")
    return redirect("sources:stopped", source_id)


def _page(request: KithRequest, source: SourceSystem, form: AdmitForm, *, status: int = 200) -> HttpResponse:
    context = {
        "source": source,
        "page": page_of(queries.stopped(source, actor=request.actor), request),
        "admissions": queries.admissions(source, actor=request.actor)[:ADMISSIONS_SHOWN],
        "form": form,
        "may_admit": request.actor.may(Permission.CONTACT_ADMIT),
    }
    return render_page(request, "sources/stopped.html", context, status=status)
