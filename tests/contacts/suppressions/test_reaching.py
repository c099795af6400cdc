"""K22 and K23: whoever is deceased or suppressed is sent nothing, chosen for nothing, and is on the list."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.actions import suppress
from kith.contacts.may.asking import audience, may_we_each
from kith.contacts.may.rules import Act, Ask, Channel, Message
from kith.contacts.models import Contact, Suppression
from kith.find.exporting import actions as exports
from kith.find.exporting import tasks as export_tasks
from kith.find.exporting.contacting import Contacting
from kith.find.exporting.models import Export
from kith.kernel.errors import Refused
from kith.printouts import actions as printouts
from kith.printouts import sending
from kith.printouts.formats import Format
from kith.printouts.queries import Wish
from tests.contacts import factories
from tests.find.searching import kept

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
WISH = Wish(format=Format.JSON, sections=("golden",))
SAID = {"deceased": "the person is deceased", "manual": "it is suppressed", "opt_out": "it is suppressed"}
DETAILS = ("Zoefrieda", "Leeson", "zoe@example.org", "99127766", "12 Harbour Walk")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> None:
    settings.ATTACHMENT_FOLDER = tmp_path / "files"


@pytest.fixture
def zoe() -> Contact:
    """Of two System Refs; Ann beside her may be reached."""
    factories.person("Ann", "Leeson", email_1="ann@example.org")
    return factories.contact(
        factories.record({"first_name": "Zoefrieda", "last_name": "Leeson", "email_1": "zoe@example.org"}),
        factories.record(
            {
                "first_name": "Zoefrieda",
                "last_name": "Leeson",
                "phone_1": "+35799127766",
                "address_1_line1": "12 Harbour Walk",
                "address_1_city": "Limassol",
                "address_1_type": "home",
            },
            code="SHOP",
        ),
    )


def stop(contact: Contact, reason: str) -> None:
    suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason=reason, note="")


@pytest.mark.parametrize("reason", SAID)
def test_k22_k23_x2_a_send_is_refused_at_once_and_one_on_its_way_is_not_sent(
    zoe: Contact, agent: User, reason: str
) -> None:
    asked = printouts.ask_to_send(actor=agent.actor, contact_id=zoe.pk, wish=WISH)
    stop(zoe, reason)
    with pytest.raises(Refused) as refused:
        printouts.ask_to_send(actor=agent.actor, contact_id=zoe.pk, wish=WISH)
    assert SAID[reason] in refused.value.message.lower()
    done = sending.carry_out(asked.pk)
    assert done is not None
    assert (done.state, done.trouble, mail.outbox) == ("failed", "suppressed", [])
    for channel in Channel:
        ask = Ask(act=Act.CONTACT, channel=channel, message=Message.CRITICAL)
        assert SAID[reason] in may_we_each([zoe.pk], ask)[zoe.pk].reasons


def ids_of(client: Client, made: Export) -> set[int]:
    answer = client.get(reverse("exports:download", args=(made.pk,)))
    assert isinstance(answer, StreamingHttpResponse)
    rows = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    return {int(row["GroupID"]) for row in rows}


@pytest.mark.parametrize("reason", SAID)
def test_k22_k23_whoever_is_stopped_is_in_no_audience_and_in_no_list_to_write_to(
    zoe: Contact, steward: User, client_of: ClientOf, reason: str
) -> None:
    ann = Contact.objects.get(first_name="Ann")
    stop(zoe, reason)
    chosen = audience(Contact.objects.all(), Ask(act=Act.SELECT))
    assert list(chosen.values_list("pk", flat=True)) == [ann.pk]
    for channel in Channel:
        asked = exports.ask_export(
            actor=steward.actor,
            token=kept(steward, last_name="Leeson"),
            kind=Export.Kind.CSV,
            codes=["name"],
            contacting=Contacting(channel, Message.SERVICE),
        )
        assert ids_of(client_of(steward), export_tasks.written(asked.pk)) == {ann.pk}, channel


@pytest.mark.parametrize("reason", SAID)
def test_k22_k23_whoever_is_stopped_stands_on_the_suppression_list_under_that_reason(
    zoe: Contact, privacy_officer: User, client_of: ClientOf, reason: str
) -> None:
    client, place = client_of(privacy_officer), reverse("suppressions:list")
    assert client.get(place).context["rows"] == []
    stop(zoe, reason)
    (row,) = client.get(place, {"reason": reason}).context["rows"]
    assert (row.contact_ids, row.is_in_force) == ((zoe.pk,), True)
    other = next(one for one in Suppression.Reason.values if one != reason)
    assert client.get(place, {"reason": other}).context["rows"] == []


@pytest.mark.parametrize("reason", SAID)
def test_k23_all_details_of_whoever_is_stopped_are_readable_still(
    zoe: Contact, privacy_officer: User, client_of: ClientOf, reason: str
) -> None:
    client, place = client_of(privacy_officer), reverse("contacts:detail", args=(zoe.pk,))
    before = client.get(place).text.replace("\u00a0", " ").replace(" ", "")
    stop(zoe, reason)
    after = client.get(place).text.replace("\u00a0", " ").replace(" ", "")
    for detail in DETAILS:
        said = detail.replace(" ", "")
        assert said in before, detail
        assert said in after, detail
