from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.intake import actions, undoing
from kith.sources import queries, rules
from kith.web.rendering import render_page


@needs(Permission.IMPORT_RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def undo_import(request: KithRequest, import_id: int) -> HttpResponse:
    job = queries.import_by_id(import_id, actor=request.actor)
    if request.method == "POST":
        actions.ask_undo(actor=request.actor, import_id=job.pk)
        messages.success(request, "The import is being taken back.")
        return redirect("imports:detail", job.pk)
    context = {"job": job, "allowed": rules.may_undo(job), "would": undoing.would_be(job)}
    return render_page(request, "contacts/import_undo.html", context)
