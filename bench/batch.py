"""How long does a batch take, to the last certificate? In a store of its own: nothing brings them back."""

from __future__ import annotations

import json
import os
import shutil

from bench.benchmark import Measurement, benchmark
from bench.hub import FOLDER, kith

REFS = int(os.environ.get("BENCH_BATCH_REFS", "30000"))
MANY = int(os.environ.get("BENCH_MANY", "10000"))


@benchmark("batch", question=f"anonymising {MANY:,} contacts for real, each proved, of {REFS:,} System Refs")
def batch() -> list[Measurement]:
    home = FOLDER.parent / "batch"
    shutil.rmtree(home, ignore_errors=True)
    kith("demo", "--size", str(REFS), "--no-serve", home=home)
    told = kith("shell", "-v0", "-c", _BATCH.replace("MANY", str(MANY)), home=home).output
    figures = json.loads(told.strip().splitlines()[-1])
    shutil.rmtree(home, ignore_errors=True)
    return [Measurement(what, times.pop("s"), times.pop("rows"), times) for what, times in figures.items()]


_BATCH = """
import json, logging, time
from kith.access.actors import COMMAND_LINE
from kith.accounts.actions import AccountDetails, make_suspense_account
from kith.accounts.models import Account
from kith.contacts.models import Contact
from kith.privacy.erasing import steps
from kith.privacy.models import Erasure
from kith.privacy.scheduled.actions import order_batch
from kith.privacy.sections import ANONYMISATION, Anonymisation
from kith.settings.actions import save_section

logging.disable(logging.INFO)
if not Account.objects.filter(is_suspense=True).exists():
    make_suspense_account(actor=COMMAND_LINE, details=AccountDetails(number="SUSPENSE-1", currency="EUR"))
save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=Anonymisation(is_enabled=True))
ids = list(Contact.objects.filter(state="active").order_by("pk").values_list("pk", flat=True)[:MANY + 1])

def erased(these):
    began = time.perf_counter()
    order_batch(actor=COMMAND_LINE, contact_ids=these)
    ordered = time.perf_counter() - began
    waiting = Erasure.objects.exclude(state__in=Erasure.ENDED).order_by("pk")
    uids = list(waiting.values_list("uid", flat=True))
    steps.carry_on(uids)
    took = time.perf_counter() - began
    done = Erasure.objects.filter(uid__in=uids, state="done").count()
    return {"s": round(took, 2), "rows": len(these), "ordering s": round(ordered, 2), "done": done}

print(json.dumps({"one, to its certificate": erased(ids[:1]), "a batch": erased(ids[1:])}))
"""
