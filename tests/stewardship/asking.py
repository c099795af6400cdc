"""People, contacts and settings for tests of requests."""

from __future__ import annotations

from kith.access.actors import OVERNIGHT
from kith.access.models import User
from kith.access.roles import RoleName
from kith.contacts.models import Contact
from kith.grouping.intents import Group
from kith.runs import actions as runs
from kith.runs.models import Run
from kith.sources.models import Membership
from kith.stewardship.models import StewardshipSettings
from tests.contacts.factories import contact, record


def settle(*, changes_wait: bool = False, second_reviewer: bool = False, edits_wait: bool = False) -> None:
    StewardshipSettings.objects.update_or_create(
        pk=1,
        defaults={
            "changes_wait": changes_wait,
            "second_reviewer": second_reviewer,
            "edits_wait": edits_wait,
        },
    )


def another_steward() -> User:
    return User.objects.create_user(
        "second.steward@example.org", "irrelevant", name="Second Steward", roles=[RoleName.STEWARD]
    )


def strangers(number: int) -> list[Contact]:
    """Persons with nothing in common, whom no run groups."""
    return [
        contact(record({"first_name": f"Given{letter * 4}", "last_name": f"Family{letter * 5}"}))
        for letter in "abcdefghijklmnopqrstuvwxyz"[:number]
    ]


def grouped(master: Contact, *children: Contact) -> Group:
    return Group(master=master.pk, children=tuple(one.pk for one in children))


def night() -> Run:
    return runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)


def members(of: Contact) -> int:
    return Membership.objects.filter(contact=of).count()
