"""How long does it take to look through everything for the values of one person, and of many at once?

Over the hub that `import` and `run` made: every row, file and statistic; nobody is anonymised.
"""

from __future__ import annotations

import json
import os

from bench.benchmark import Measurement, benchmark
from bench.hub import SIZE, grouped, kith

ASKED = tuple(int(one) for one in os.environ.get("BENCH_ASKED_OF", "1,100").split(","))


@benchmark("proof", question=f"looking through a store of {SIZE:,} System Refs for values of people")
def proof() -> list[Measurement]:
    told = kith("shell", "-v0", "-c", _LOOK.replace("ASKED", repr(ASKED)), home=grouped()).output
    figures = json.loads(told.strip().splitlines()[-1])
    return [Measurement(what, said.pop("seconds"), said.pop("rows"), said) for what, said in figures.items()]


_LOOK = """
import json, time
from uuid import uuid4
from kith.contacts.deletion.registry import leaving_of
from kith.contacts.models import Contact
from kith.privacy.proof.needles import gather
from kith.privacy.proof.scanning import scan

figures = {}
active = Contact.objects.filter(state="active").order_by("-record_count", "pk")
for number in ASKED:
    ids = list(active.values_list("pk", flat=True)[:number])
    began = time.perf_counter()
    needles = {uuid4(): gather(leaving_of(pk)) for pk in ids}
    gathered = time.perf_counter()
    findings = scan(needles)
    seconds = time.perf_counter() - gathered
    looked = findings.looked
    figures[f"{number} people"] = {
        "seconds": seconds,
        "rows": sum(looked.tables.values()),
        "MB": round(looked.bytes / 1024**2),
        "MB/s": round(looked.bytes / 1024**2 / seconds),
        "values": sum(map(len, needles.values())),
        "gathering s": round(gathered - began, 2),
    }
print(json.dumps(figures))
"""
