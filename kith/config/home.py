"""Home: what waits, what the last run did, how the sources stand."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from kith.access.actors import Actor
from kith.access.http import SIGNED_IN, KithRequest, open_to
from kith.access.permissions import Permission
from kith.config import standing
from kith.config.figures import Figures, figures
from kith.config.last_run import last_run
from kith.namedays.today import name_days_now
from kith.web.rendering import render_page


@dataclass(frozen=True, slots=True)
class Waiting:
    count: int
    words: str
    advice: str
    url: str


@open_to(SIGNED_IN, because="everybody lands here; each part shows only what the actor may see")
@require_GET
def home(request: KithRequest) -> HttpResponse:
    now = figures()
    counted = standing.counted()
    sources = standing.sources(counted.figures) if request.actor.may(Permission.SOURCE_VIEW) else []
    growth = standing.growth()
    run = last_run() if request.actor.may(Permission.RUN_VIEW) else None
    context = {
        "is_new": not now.contacts and not now.unplaced,
        "waiting": waiting(now, actor=request.actor),
        "run": run,
        "name_days": name_days_now(actor=request.actor),
        "run_url": address("runs:detail", run.id) if run else "",
        "figures": now,
        "counted": counted,
        "sources": sources,
        "growth": growth,
        "growth_total": sum(growth),
        "growth_words": f"New System Refs: {sum(growth):,} in 30 days, at most {max(growth):,} in a day",
        "has_own_source": now.sources > 1,
        "links": links(),
    }
    return render_page(request, "config/home.html", context)


def waiting(now: Figures, *, actor: Actor) -> list[Waiting]:
    """Only what is not zero and what the actor can look into."""
    rows = (
        (
            Permission.RUN_VIEW,
            now.held_runs,
            "run held by the circuit breaker",
            "Look at what it would change, then let it go on or cancel it.",
            "runs:list",
        ),
        (
            Permission.CONTACT_GROUP,
            now.questions,
            "question" + _s(now.questions) + " in the review queue",
            "Say who is one person, the most harmful first.",
            "review:queue",
        ),
        (
            Permission.CONTACT_GROUP,
            now.requests_to_decide,
            "request" + _s(now.requests_to_decide) + " for a second person",
            "Look at what somebody asked for, then approve or reject it.",
            "requests:list",
        ),
        (
            Permission.CONTACT_GROUP,
            now.open_cases,
            "open case" + _s(now.open_cases),
            "Take one, and say when it is settled.",
            "cases:list",
        ),
        (
            Permission.PRIVACY_VIEW,
            now.person_requests_overdue,
            "request" + _s(now.person_requests_overdue) + " of persons overdue",
            "The law gives a month: answer first, tidy up later.",
            "register:list",
        ),
        (
            Permission.SETTINGS_VIEW,
            now.broken_webhooks,
            "webhook" + _s(now.broken_webhooks) + " that Kith stopped calling",
            "Read why, then switch it on again.",
            "delivery:list",
        ),
        (
            Permission.JOB_VIEW,
            now.failed_jobs,
            "failed job" + _s(now.failed_jobs),
            "Read why, then try again.",
            "jobs:list",
        ),
        (
            Permission.IMPORT_VIEW,
            now.drafts,
            "file" + _s(now.drafts) + " waiting for mapping",
            "Say what the columns mean, then import.",
            "imports:list",
        ),
        (
            Permission.RUN_VIEW,
            now.unplaced,
            "System Ref" + _s(now.unplaced) + " without a GroupID",
            "The next run places them.",
            "runs:list",
        ),
    )
    return [
        Waiting(count, words, advice, address(url))
        for permission, count, words, advice, url in rows
        if count and actor.may(permission)
    ]


def links() -> dict[str, str]:
    """Addresses of rooms; empty where a room is not there."""
    names = {
        "contacts": "contacts:search",
        "runs": "runs:list",
        "sources": "sources:list",
        "add_source": "sources:add",
        "imports": "imports:list",
        "add_import": "imports:add",
    }
    return {key: address(name) for key, name in names.items()}


def address(name: str, *arguments: object) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def _s(number: int) -> str:
    return "" if number == 1 else "s"
