from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.accounts.models import Account
from kith.contacts import actions
from kith.contacts.may.asking import may_we_each
from kith.contacts.may.rules import Act, Ask
from kith.contacts.standing import standing_of
from kith.kernel.clock import now
from kith.kernel.errors import Refused
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_k22_flagged_deceased_with_a_day_is_suppressed_and_in_no_audience(
    privacy_officer: User, client_of: ClientOf
) -> None:
    contact = factories.eleni()
    client = client_of(privacy_officer)
    page = client.get(reverse("contacts:detail", args=(contact.pk,))).content.decode()
    assert "Flag Deceased…" in page
    url = reverse("contacts:flag-deceased", args=(contact.pk,))
    assert client.get(url).status_code == 200
    assert client.post(url, {"deceased_on": "2026-03-04", "note": "Her son called"}).status_code == 302
    (protection,) = standing_of([contact.pk])[contact.pk]
    assert (protection.reason, protection.deceased_on) == ("deceased", date(2026, 3, 4))
    assert not may_we_each([contact.pk], Ask(act=Act.SELECT))[contact.pk]
    assert "Flagged already" in client.get(reverse("contacts:detail", args=(contact.pk,))).content.decode()
    assert client.post(url, {}).status_code == 422


def test_a11_accounts_stay_as_they_are() -> None:
    contact = factories.person()
    account = Account.objects.create(record_id=contact.primary_record_id, number="A", currency="EUR")
    actions.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="deceased", note="")
    account.refresh_from_db()
    assert account.state == Account.State.ACTIVE


def test_a_day_of_death_is_not_in_the_future_and_of_nobody_else() -> None:
    contact = factories.person()
    tomorrow = now().date() + timedelta(days=1)
    with pytest.raises(Refused, match="future"):
        actions.suppress(
            actor=COMMAND_LINE, contact_id=contact.pk, reason="deceased", note="", deceased_on=tomorrow
        )
    with pytest.raises(Refused, match="nly the deceased"):
        actions.suppress(
            actor=COMMAND_LINE, contact_id=contact.pk, reason="manual", note="", deceased_on=date(2026, 1, 1)
        )


def test_k23_suppressed_by_one_channel_leaves_the_details_and_the_other_channels() -> None:
    contact = factories.eleni()
    actions.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="bounced", note="", scope="email")
    contact.refresh_from_db()
    assert contact.first_name
    (protection,) = standing_of([contact.pk])[contact.pk]
    assert protection.words == "Suppressed: bounced (e-mail only)"
    with pytest.raises(Refused, match="already"):
        actions.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="bounced", note="", scope="email")
    actions.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="bounced", note="", scope="phone")
