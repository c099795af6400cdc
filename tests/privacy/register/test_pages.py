from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.models import User
from kith.config.figures import figures
from kith.kernel.clock import today
from kith.privacy.models import Erasure
from kith.privacy.register.models import Kind, PersonRequest
from tests.conftest import PASSWORD
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow
from tests.privacy.register.people import SAID, identified, received

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LIST = "register:list"


def url(name: str, made: PersonRequest) -> str:
    return reverse(f"register:{name}", args=(made.pk,))


def test_the_list_filters_counts_and_shows_what_is_overdue(
    privacy_officer: User, client_of: ClientOf
) -> None:
    browser = client_of(privacy_officer)
    assert "No open request" in browser.get(reverse(LIST)).text
    late, fresh = received(Kind.ERASURE, on=date(2026, 1, 31)), received()
    near = received(Kind.RESTRICTION, on=today() - timedelta(days=27))
    page = browser.get(reverse(LIST)).text
    assert page.index(f"Request {late.pk}<") < page.index(f"Request {fresh.pk}<")
    assert page.count(">Overdue</span>") == 1
    assert "1 overdue" in page
    assert "1 due soon" in page
    assert f'{reverse(LIST)}?due=soon"' in page
    assert "3 open" in page
    for asked, shown in (
        ({"due": "overdue"}, {late}),
        ({"due": "soon"}, {near}),
        ({"due": "never"}, {late, near, fresh}),
        ({"due": "soon", "kind": "access"}, set()),
        ({"kind": "access"}, {fresh}),
        ({"owner": "nobody"}, {late, near, fresh}),
        ({"owner": str(privacy_officer.pk)}, set()),
        ({"state": "answered"}, set()),
        ({"state": "all"}, {late, near, fresh}),
        ({"state": "nonsense", "owner": "x", "page": "-1"}, {late, near, fresh}),
    ):
        page = browser.get(reverse(LIST), asked).text
        for one in (late, near, fresh):
            assert (f"Request {one.pk}<" in page) == (one in shown), asked
    assert "Nothing fits" in browser.get(reverse(LIST), {"state": "refused"}).text


def test_the_list_takes_a_fixed_number_of_queries(privacy_officer: User, client_of: ClientOf) -> None:
    browser, found = client_of(privacy_officer), []
    received()
    browser.get(reverse(LIST))
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            browser.get(reverse(LIST))
        found.append(len(caught))
        for _ in range(20):
            received()
    assert found[0] == found[1]


def test_an_officer_takes_a_request_in_and_through(privacy_officer: User, client_of: ClientOf) -> None:
    browser, contact = client_of(privacy_officer), factories.person()
    new = reverse("register:new")
    assert browser.get(new).status_code == 200
    given = {
        "kind": "access",
        "channel": "phone",
        "received_on": "2026-11-02",
        "name": SAID.name,
        "reach": SAID.reach,
        "words": SAID.words,
        "contact": "",
    }
    for wrong in ({"kind": "x"}, {"channel": "form"}, {"received_on": "2999-01-01"}, {"contact": "12"}):
        assert browser.post(new, {**given, **wrong}).status_code == 422, wrong
    assert browser.post(new, {**given, "contact": "999999999"}).status_code == 422
    assert not PersonRequest.objects.exists()
    assert browser.post(new, given).status_code == 302
    made = PersonRequest.objects.get()
    assert (made.due_on, made.owner_id) == (date(2026, 12, 2), privacy_officer.pk)
    page = browser.get(url("request", made)).text
    assert SAID.words not in page
    assert browser.get(url("words", made)).status_code == 405
    shown = browser.post(url("words", made))
    assert SAID.words in shown.text
    assert "no-store" in shown["Cache-Control"]

    def post(name: str, **more: str) -> int:
        made.refresh_from_db()
        return browser.post(url(name, made), {"version": made.version, **more}).status_code

    assert post("identify", how="") == 422
    assert post("attach", contact="") == 422
    assert post("attach", contact="999999999") == 422
    assert post("attach", contact=str(contact.pk)) == 302
    assert post("identify", how="Passport at the desk") == 302
    assert post("work") == 302
    assert post("assign", owner="999") == 422
    assert post("assign", owner="nobody") == 302
    assert "Nobody" in browser.get(url("request", made)).text
    assert post("assign", owner=str(privacy_officer.pk)) == 302
    assert reverse("information:report", args=(contact.pk,)) in browser.get(url("request", made)).text
    assert post("extend", months="7", reason="Many") == 422
    assert post("extend", months="1", reason="Many sources") == 302
    assert post("close", ending="answer", outcome="") == 422
    assert post("close", ending="eaten", outcome="x") == 422
    assert post("close", ending="answer", outcome="Report handed over") == 302
    made.refresh_from_db()
    assert made.state == "answered"
    page = browser.get(url("request", made)).text
    assert "Report handed over" in page
    assert "checked the identity" in page


def test_no_two_fields_of_the_page_have_one_id(privacy_officer: User, client_of: ClientOf) -> None:
    allow()
    browser, contact = client_of(privacy_officer), factories.person()
    for made in (received(), identified(Kind.ERASURE, contact_id=contact.pk)):
        ids = re.findall(r' id="([^"]+)"', browser.get(url("request", made)).text)
        assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)


def test_a_page_that_is_too_old_changes_nothing_and_says_so(
    privacy_officer: User, client_of: ClientOf
) -> None:
    made, browser = received(), client_of(privacy_officer)
    answer = browser.post(url("identify", made), {"version": 77, "how": "By phone"})
    assert answer.status_code == 422
    assert "Somebody else changed this request" in answer.text
    assert "Somebody else changed" in browser.post(url("take", made), {"version": "x"}, follow=True).text
    made.refresh_from_db()
    assert (made.version, made.owner_id) == (1, None)


def test_erasure_is_ordered_from_the_request_with_second_thoughts(
    privacy_officer: User, client_of: ClientOf
) -> None:
    allow()
    contact, browser = factories.person(), client_of(privacy_officer)
    made = identified(Kind.ERASURE, contact_id=contact.pk)
    assert reverse("privacy:anonymise", args=(contact.pk,)) in browser.get(url("request", made)).text
    given = {"version": made.version, "typed_group_id": str(contact.pk), "password": PASSWORD}
    assert browser.post(url("erase", made), {**given, "password": "wrong"}).status_code == 422
    of_another = {**given, "typed_group_id": str(contact.pk + 1)}
    assert browser.post(url("erase", made), of_another).status_code == 422
    assert not Erasure.objects.exists()
    assert browser.post(url("erase", made), given).status_code == 302
    erasure = Erasure.objects.get()
    assert (erasure.route, erasure.request_id) == ("request", made.pk)
    assert reverse("privacy:erasure", args=(erasure.pk,)) in browser.get(url("request", made)).text
    late = {"version": made.version + 1, "ending": "answer", "outcome": "Anonymised"}
    refused = browser.post(url("close", made), late)
    assert refused.status_code == 422
    assert "not done and proved yet" in refused.text


def test_overdue_ones_stand_on_home_and_in_the_menu(privacy_officer: User, client_of: ClientOf) -> None:
    received(on=date(2026, 1, 31))
    received()
    assert figures().person_requests_overdue == 1
    page = client_of(privacy_officer).get(reverse("home")).text
    assert "request of persons overdue" in page
    assert reverse(LIST) in page


def test_strangers_sign_in_agents_are_refused_and_what_is_not_there_is_not_found(
    client: Client, agent: User, privacy_officer: User, client_of: ClientOf
) -> None:
    made = received()
    gets = (reverse(LIST), reverse("register:new"), url("request", made), reverse("register:settings"))
    for one in gets:
        assert client.get(one).status_code == 302
    for one in gets[:-1]:
        assert client_of(agent).get(one).status_code == 403
    officer = client_of(privacy_officer)
    assert officer.get(reverse("register:request", args=(made.pk + 99,))).status_code == 404
    assert officer.get(f"{reverse(LIST)}{'9' * 30}/").status_code == 404
    for name in ("words", "take", "assign", "attach", "identify", "work", "extend", "erase", "close"):
        assert client.post(url(name, made)).status_code == 302
        assert client_of(agent).post(url(name, made)).status_code == 403
        assert officer.get(url(name, made)).status_code == 405
        gone = reverse(f"register:{name}", args=(made.pk + 99,))
        assert officer.post(gone, {"version": 1}).status_code == 404, name


def test_the_settings_are_saved_and_bad_ones_refused(
    administrator: User, client_of: ClientOf, settings: LazySettings
) -> None:
    browser = client_of(administrator)
    assert browser.get(reverse("register:settings")).status_code == 200
    save = reverse("register:save-settings")
    good = {"remind_days": "5", "has_public_form": "on", "based_on": "", "note": ""}
    assert browser.post(save, {**good, "remind_days": "99"}).status_code == 422
    assert browser.post(save, good).status_code == 302
    assert Client().get(reverse("privacy-request:form")).status_code == 200
    settings.MAIL_STAYS_HERE = True
    assert "no e-mail leaves this machine" in browser.get(reverse(LIST)).text
    settings.MAIL_STAYS_HERE = False
    assert "no e-mail leaves this machine" not in browser.get(reverse(LIST)).text
