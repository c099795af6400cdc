"""How long does a steward wait? Preview, group, ungroup and undo, golden records and journal included."""

from __future__ import annotations

import json
import os

from bench.benchmark import Measurement, benchmark
from bench.hub import SIZE, grouped, kith

ASKED = int(os.environ.get("BENCH_ASKED", "100"))
TRANSACTIONS = 100_000


@benchmark("stewardship", question=f"what a steward decides at {SIZE:,} System Refs, until it is visible")
def stewardship() -> list[Measurement]:
    source = _DECIDE.replace("ASKED", str(ASKED)).replace("TRANSACTIONS", str(TRANSACTIONS))
    told = kith("shell", "-v0", "-c", source, home=grouped()).output
    figures = json.loads(told.strip().splitlines()[-1])
    return [Measurement(what, times.pop("p50 ms") / 1000, None, times) for what, times in figures.items()]


_DECIDE = """
import json, random, time
from django.db import connection
from kith.access.actors import COMMAND_LINE as actor
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Undo, Ungroup
from kith.grouping.previewing import preview
from kith.sources.models import Membership, SourceSystem

rng = random.Random(7)
several = Contact.objects.filter(state="active", kind="person", record_count__gte=2).order_by("pk")
ids = list(several.values_list("pk", flat=True)[:20_000])
rng.shuffle(ids)
times = {}

def timed(what, work):
    began = time.perf_counter()
    result = work()
    times.setdefault(what, []).append((time.perf_counter() - began) * 1000)
    return result

def there_and_back(intent, name):
    seen = timed("preview " + name, lambda: preview(actor=actor, intent=intent)).seen
    done = timed(name, lambda: carry_out(actor=actor, intent=intent, seen=seen, lift=True))
    back = Undo(operation=done.pk)
    timed("preview undoing " + name, lambda: preview(actor=actor, intent=back))
    timed("undo " + name, lambda: carry_out(actor=actor, intent=back, lift=True))

there_and_back(Group(master=ids.pop(), children=(ids.pop(),)), "group")
times.clear()
for _ in range(ASKED):
    there_and_back(Group(master=ids.pop(), children=(ids.pop(),)), "group")
    there_and_back(Ungroup(contact=ids.pop()), "ungroup")

left, right = ids.pop(), ids.pop()
source = SourceSystem.objects.exclude(code="LOCAL").first()
with connection.cursor() as cursor:
    for group_id in (left, right):
        record = Membership.objects.filter(contact_id=group_id).first().record_id
        cursor.execute(
            "INSERT INTO sources_sourcetransaction (source_id, record_id, reference, date, amount, currency,"
            " kind, description) SELECT %s, %s, 'bench-' || %s || '-' || n, current_date, 9.5, 'EUR', '', ''"
            " FROM generate_series(1, TRANSACTIONS / 2) n",
            [source.pk, record, group_id],
        )
for _ in range(5):
    there_and_back(Group(master=left, children=(right,)), "group with TRANSACTIONS transactions")
with connection.cursor() as cursor:
    cursor.execute("DELETE FROM sources_sourcetransaction WHERE reference LIKE 'bench-%'")

def told(taken):
    taken = sorted(taken)
    at = lambda share: round(taken[min(len(taken) - 1, int(len(taken) * share))], 1)
    return {"p50 ms": at(0.5), "p95 ms": at(0.95), "most ms": round(taken[-1], 1), "asked": len(taken)}

print(json.dumps({what: told(taken) for what, taken in times.items()}))
"""
