"""Whom a rule about contacts would anonymise now."""

from __future__ import annotations

from typing import Final

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.privacy.retention.sections import LONGEST
from kith.privacy.scheduled.eligible import Whom, eligible
from kith.sources.models import SourceSystem
from kith.web.rendering import render_page

_SHOWN: Final = 50
_BIGGEST: Final = 2**63 - 1


class WhomForm(forms.Form):
    months = forms.IntegerField(min_value=1, max_value=LONGEST)
    source = forms.CharField(required=False, max_length=30)
    after = forms.IntegerField(required=False, min_value=0, max_value=_BIGGEST)


@needs(Permission.PRIVACY_VIEW)
@require_GET
def whom(request: KithRequest) -> HttpResponse:
    form = WhomForm(request.GET)
    if not form.is_valid():
        raise BadRequest("Say after how many months, as the page Retention rules does.")
    given = form.cleaned_data
    asked = Whom(months=given["months"], source=given["source"])
    ids = eligible(whom=asked, limit=_SHOWN + 1, after=given["after"] or 0)
    context = {
        "whom": asked,
        "source": SourceSystem.objects.filter(code=asked.source).first() if asked.source else None,
        "contacts": Contact.objects.filter(pk__in=ids[:_SHOWN]).only("pk", "created_at").order_by("pk"),
        "next": ids[_SHOWN - 1] if len(ids) > _SHOWN else None,
    }
    return render_page(request, "privacy/retention/whom.html", context)
