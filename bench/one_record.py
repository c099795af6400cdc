"""How long until Kith says who one record is, asked through the API and while somebody types it?"""

from __future__ import annotations

import json
import os

from bench.benchmark import Measurement, benchmark
from bench.hub import SIZE, grouped, kith

ASKED = int(os.environ.get("BENCH_ASKED", "500"))


@benchmark("one record", question=f"{ASKED} records, one at a time, against {SIZE:,} stored System Refs")
def one_record() -> list[Measurement]:
    told = kith("shell", "-v0", "-c", _ASK.replace("ASKED", str(ASKED)), home=grouped()).output
    figures = json.loads(told.strip().splitlines()[-1])
    return [Measurement(what, times.pop("p50 ms") / 1000, None, times) for what, times in figures.items()]


_ASK = """
import json, random, time
from django.conf import settings
from django.test import Client
from django.urls import reverse
from kith.access.models import ApiKey, User
from kith.access.roles import RoleName
from kith.contacts import local
from kith.contacts.duplicates import possible_duplicates
from kith.matching.cleaning import clean_record
from kith.sources.models import SourceRecord
from kith.access.actors import COMMAND_LINE
from kith.users.keys import new_token
settings.ALLOWED_HOSTS = ["testserver"]
rng = random.Random(7)
most = SourceRecord.objects.order_by("-id").first().pk
ids = [rng.randrange(1, most + 1) for _ in range(2 * ASKED)]
kept = ("first_name", "last_name", "full_name", "company_name", "birth_date")
claims = list(SourceRecord.objects.filter(pk__in=ids).values_list("kind", "claim"))[:ASKED + 20]
rng.shuffle(claims)

def asked(kind, claim):
    # As another system would ask: the details of a stored System Ref, its last name misspelt in every fifth.
    fields = claim["fields"]
    body = {name: fields[name] for name in kept if fields.get(name)}
    if rng.random() < 0.2 and len(body.get("last_name", "")) > 4:
        body["last_name"] = body["last_name"][:2] + body["last_name"][3:]
    body["kind"] = kind
    body["emails"] = [fields[name] for name in ("email_1", "email_2") if fields.get(name)]
    body["phones"] = [{"value": fields[name]} for name in ("phone_1", "phone_2") if fields.get(name)]
    parts = {part: fields.get("address_1_" + part) for part in ("line1", "postcode", "city", "country")}
    body["addresses"] = [{part: text for part, text in parts.items() if text}] if any(parts.values()) else []
    return body

bodies = [asked(*claim) for claim in claims]
token = new_token()
ApiKey.objects.filter(name="Bench").delete()
ApiKey.objects.create(name="Bench", role=RoleName.STEWARD, prefix=token.prefix, secret_hash=token.secret_hash)
api = Client(headers={"Authorization": "Bearer " + token.text})

def through_api(body):
    answer = api.post("/api/v1/match", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return len(answer.json()["candidates"])

options = local.cleaning_options(local.local_source())

def raw(body):
    given = {name: text for name, text in body.items() if isinstance(text, str)}
    given |= {"email_%d" % n: text for n, text in enumerate(body["emails"], start=1)}
    given |= {"phone_%d" % n: one["value"] for n, one in enumerate(body["phones"], start=1)}
    for one in body["addresses"]:
        given |= {"address_1_" + part: text for part, text in one.items()}
    return given

def in_process(body):
    return len(possible_duplicates(clean_record(raw(body), options=options), actor=COMMAND_LINE))

user = User.objects.filter(email="bench@example.org").first()
user = user or User.objects.create_superuser("bench@example.org")
web = Client()
web.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
typing = reverse("contacts:possible-duplicates")

def typed(body):
    single = ("kind", "first_name", "last_name", "birth_date", "company_name")
    form = {name: body.get(name, "") for name in single}
    form |= {group + "-TOTAL_FORMS": "1" for group in ("emails", "phones", "addresses")}
    form |= {group + "-INITIAL_FORMS": "0" for group in ("emails", "phones", "addresses")}
    form["emails-0-value"] = (body["emails"] or [""])[0]
    form["phones-0-value"] = body["phones"][0]["value"] if body["phones"] else ""
    answer = web.post(typing, form)
    assert answer.status_code == 200, answer.content
    return answer.content.count(b"<li>")

def measure(ask):
    for body in bodies[:20]:
        ask(body)
    took, work, found = [], [], 0
    for body in bodies[20:]:
        began, began_work = time.perf_counter(), time.process_time()
        found += ask(body) > 0
        took.append((time.perf_counter() - began) * 1000)
        work.append((time.process_time() - began_work) * 1000)
    at = {}
    for name, values in (("ms", sorted(took)), ("own CPU ms", sorted(work))):
        for part in (50, 95, 99):
            at["p%d %s" % (part, name)] = round(values[len(values) * part // 100], 2)
    at["found"] = found
    at["asked"] = len(took)
    return at

ways = {"in process": in_process, "while typing": typed, "POST /api/v1/match": through_api}
print(json.dumps({name: measure(ask) for name, ask in ways.items()}))
"""
