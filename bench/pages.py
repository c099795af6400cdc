"""How long does the server take for the pages people use all day, over everything in the bench hub?

Each page twice: right after PostgreSQL was started, when everything comes from disk, and once more.
"""

from __future__ import annotations

import json

from bench.benchmark import Measurement, benchmark
from bench.hub import SIZE, grouped, kith


@benchmark("pages", question=f"server time of the contact page and of search over {SIZE:,} System Refs")
def pages() -> list[Measurement]:
    told = kith("shell", "-v0", "-c", _VISIT, home=grouped()).output
    figures = json.loads(told.strip().splitlines()[-1])
    return [
        Measurement(
            what,
            again["p50"] / 1000,
            None,
            {
                "p95 ms": again["p95"],
                "max ms": again["max"],
                "at the start: p50 ms": first["p50"],
                "at the start: p95 ms": first["p95"],
            },
        )
        for what, (first, again) in figures.items()
    ]


_VISIT = """
import json, random, time
from django.conf import settings
from django.test import Client
from django.urls import reverse
from kith.access.models import User
from kith.contacts.models import Contact
settings.ALLOWED_HOSTS = ["testserver"]
user = User.objects.filter(email="bench@example.org").first()
user = user or User.objects.create_superuser("bench@example.org")
client = Client()
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
rng = random.Random(7)
first = Contact.objects.order_by("id").first().pk
ids = [pk for pk in (first + rng.randrange(Contact.objects.count()) for _ in range(300))]
people = list(Contact.objects.filter(pk__in=ids, state="active", kind="person").exclude(last_name=None)
              .exclude(first_name=None).prefetch_related("emails", "phones", "addresses"))[:100]
search, suggest = reverse("contacts:search"), reverse("contacts:suggest")

def visit(urls):
    took = []
    for url, data in urls:
        began = time.perf_counter()
        answer = client.post(url, data, follow=True) if data else client.get(url)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (url, answer.status_code)
    took.sort()
    at = {"p50": took[len(took) // 2], "p95": took[int(len(took) * .95)], "max": took[-1]}
    return {name: round(value, 1) for name, value in at.items()}

postcodes = [a.postcode for p in people for a in p.addresses.all() if a.postcode][:100]
visit([(search, {"q": "warm"})])
cases = {
    "contact page": [(reverse("contacts:detail", args=[p.pk]), {}) for p in people],
    "search: full name": [(search, {"q": p.first_name + " " + p.last_name}) for p in people],
    "search: last name": [(search, {"q": p.last_name}) for p in people],
    "search: e-mail": [(search, {"q": e.value}) for p in people for e in p.emails.all()[:1]],
    "search: phone": [(search, {"q": t.value}) for p in people for t in p.phones.all()[:1]],
    "search: postcode": [(search, {"q": code}) for code in postcodes],
    "search: surname and type": [(search, {"last_name": p.last_name, "kind": "person"}) for p in people],
    "search: by ear": [(search, {"sounds_like": p.first_name + " " + p.last_name}) for p in people],
    "search: GroupID": [(search, {"q": str(p.pk)}) for p in people],
    "as you type: 2 letters": [(suggest, {"q": p.last_name[:2]}) for p in people],
    "as you type: 3 letters": [(suggest, {"q": p.last_name[:3]}) for p in people],
}
first = {name: visit(urls) for name, urls in cases.items() if urls}
again = {name: visit(urls) for name, urls in cases.items() if urls}
print(json.dumps({name: [first[name], again[name]] for name in first}))
"""
