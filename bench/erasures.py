"""How long does anonymising take? The rows of one contact and of many, and the proof that reads the store.

Nothing is kept: each erasure is rolled back, the proof only reads.
"""

from __future__ import annotations

import json
import os

from bench.benchmark import Measurement, benchmark
from bench.hub import SIZE, grouped, kith

ASKED = int(os.environ.get("BENCH_ASKED", "100"))
MANY = int(os.environ.get("BENCH_MANY", "10000"))


@benchmark("erasures", question=f"anonymising, at {SIZE:,} System Refs")
def erasures() -> list[Measurement]:
    source = _ERASE.replace("ASKED", str(ASKED)).replace("MANY", str(MANY))
    told = kith("shell", "-v0", "-c", source, home=grouped()).output
    figures = json.loads(told.strip().splitlines()[-1])
    return [Measurement(what, times.pop("s"), times.pop("rows"), times) for what, times in figures.items()]


_ERASE = """
import json, random, statistics, time
from uuid import uuid4
from django.db import connection, transaction
from kith.contacts.models import Contact
from kith.kernel.leaving import Leaving
from kith.privacy.erasing.rows import erase_rows, what_goes
from kith.privacy.proof.needles import gather
from kith.privacy.proof.scanning import scan
from kith.privacy.scheduled.eligible import Whom, eligible, simulated
from kith.sources.models import Membership

rng = random.Random(7)
ids = list(Contact.objects.filter(state="active").order_by("pk").values_list("pk", flat=True))
rng.shuffle(ids)

def leaving(group_ids):
    records = Membership.objects.filter(contact_id__in=group_ids).order_by("record_id")
    refs = tuple(records.values_list("record_id", flat=True))
    return Leaving(group_ids=tuple(sorted(group_ids)), record_ids=refs)

def erased(of):
    began = time.perf_counter()
    with transaction.atomic():
        erase_rows(of, erasure=uuid4())
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took

def clocked(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began

def simulating():
    "A retention rule of a year, where one System Ref in ten was left alone for two."
    taken = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE sources_sourcerecord SET received_at = now() - interval '2 years'"
                       " WHERE id % 10 = 0")
        found = []
        taken["simulating a retention rule"] = clocked(lambda: found.append(simulated(whom=Whom(months=12))))
        taken["whom a rule takes"] = clocked(lambda: eligible(whom=Whom(months=12), limit=1000))
        transaction.set_rollback(True)
    return found[0].eligible, taken

few, many = [leaving([one]) for one in ids[:ASKED]], leaving(ids[:MANY])
erased(few[0])
previews, rows = sorted(clocked(lambda: what_goes(one)) for one in few), sorted(map(erased, few))
at = lambda taken, share: round(taken[min(len(taken) - 1, int(len(taken) * share))], 4)
told = {
    "preview of one": {"s": at(previews, 0.5), "rows": 1, "p95 s": at(previews, 0.95)},
    "rows of one": {"s": at(rows, 0.5), "rows": 1, "p95 s": at(rows, 0.95), "most s": round(rows[-1], 4)},
    "rows of many": {"s": round(erased(many), 2), "rows": len(many.group_ids)},
}
for what, some in {"proof of one": few[0], "proof of 1,000": leaving(ids[:1000])}.items():
    needles = {uuid4(): gather(some)}
    found = []
    seconds = clocked(lambda: found.append(scan(needles)))
    told[what] = {"s": round(seconds, 2), "rows": len(some.group_ids), "MB": found[0].looked.bytes // 1000000}
due, taken = simulating()
for what, seconds in taken.items():
    told[what] = {"s": round(seconds, 2), "rows": len(ids), "due": due}
print(json.dumps(told))
"""
